"""What would have to be declared for what a bucket lets in now: for a user to accept or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from attrs import evolve

from cloudpack_baseline.access import BucketAccess, ExcessAccess, compare
from cloudpack_baseline.baseline import Baseline, BucketDeclaration
from cloudpack_baseline.baseline.formats import ObjectAccess
from cloudpack_baseline.baseline.initial import Opening
from cloudpack_baseline.checks import AccountView
from cloudpack_baseline.checks.storage.bucket_access import access_bounds
from cloudpack_baseline.checks.storage.declared_exposure import declarations
from cloudpack_baseline.model.s3 import Bucket

__all__ = ["openings_of"]

_ANYONE = "anonymous"
_ACCESS: Mapping[str, ObjectAccess] = {one: one for one in get_args(ObjectAccess)}


def openings_of(view: AccountView, bucket: Bucket) -> tuple[tuple[Opening, ...], bool]:
    """The tables of the bucket, and whether it lets in nothing beyond them.

    None where nothing fits (a canonical user, a service, any account), or nothing is sure.
    """
    held = access_bounds(view, bucket)
    if held.lower is None or held.unknown is not None:
        return (), False
    # Unsigned requests first: from where they get in, any account does too.
    everybody = _for(one for one in _beyond(view, held.lower) if one.principal_kind == _ANYONE)
    openings = everybody + _for(_beyond(view, held.lower, everybody))
    return openings, not _beyond(view, held.lower, openings)


def _for(surplus: Iterable[ExcessAccess]) -> tuple[Opening, ...]:
    return tuple(_joined(one for each in surplus if each.exact for one in _opening(each)))


def _opening(one: ExcessAccess) -> Iterator[Opening]:
    if one.access not in _ACCESS:
        return
    access = (_ACCESS[one.access],)
    if one.principal_kind == _ANYONE:
        reach = one.reach
        cidrs = (*reach.ipv4, *reach.ipv6)
        through = (*reach.endpoints.endpoints, *reach.endpoints.vpcs)
        if reach.scope == "all":
            yield Opening(exposure="public", access=access)
        elif cidrs or through:
            yield Opening(exposure="networks", access=access, networks=cidrs, endpoints=through)
    elif one.principal_kind == "account" and one.principal.isdigit():
        yield Opening(exposure="accounts", access=access, accounts=(one.principal,))
    elif one.principal_kind == "account" and one.organizations:
        yield Opening(exposure="accounts", access=access, organizations=one.organizations)
    elif one.principal_kind == "cloudfront" or one.principal == "cloudfront.amazonaws.com":
        yield Opening(exposure="cloudfront", access=access)


def _joined(openings: Iterable[Opening]) -> Iterator[Opening]:
    """One table for all that the same callers may do, and for all accounts that may do the same."""
    by_callers: dict[Opening, set[ObjectAccess]] = {}
    for one in openings:
        by_callers.setdefault(evolve(one, access=()), set()).update(one.access)
    accounts: dict[tuple[ObjectAccess, ...], list[str]] = {}
    for one, access in by_callers.items():
        ordered = tuple(name for name in _ACCESS.values() if name in access)
        if one.accounts:
            accounts.setdefault(ordered, []).extend(one.accounts)
        else:
            yield evolve(one, access=ordered)
    for ordered, ids in accounts.items():
        yield Opening(exposure="accounts", access=ordered, accounts=tuple(ids))


def _beyond(
    view: AccountView, bucket: BucketAccess, openings: Iterable[Opening] = ()
) -> tuple[ExcessAccess, ...]:
    """What gets in that these would not let in."""
    names = {f"seen-{number}": one for number, one in enumerate(openings)}
    rows = [
        BucketDeclaration(
            name=bucket.name,
            exposure=(one.exposure,),
            access=one.access,
            networks=(name,) if one.networks else (),
            endpoints=one.endpoints,
            accounts=one.accounts,
            organizations=one.organizations,
        )
        for name, one in names.items()
    ]
    baseline = Baseline(networks={name: one.networks for name, one in names.items()})
    return compare(bucket, declarations(baseline, rows, bucket), since=view.as_of).excess
