"""The tables that would declare the current access to a bucket, as suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from attrs import evolve

from cloudpack_baseline.access import (
    CLOUDFRONT_SERVICE,
    BucketAccess,
    ExcessAccess,
    compare_access,
)
from cloudpack_baseline.baseline import Baseline, BucketDeclaration
from cloudpack_baseline.baseline.formats import ObjectAccess
from cloudpack_baseline.baseline.initial import Opening
from cloudpack_baseline.checks import AccountView
from cloudpack_baseline.checks.storage.bucket_access import access_bounds
from cloudpack_baseline.checks.storage.declared_exposure import exposure_declarations
from cloudpack_baseline.model.s3 import Bucket

__all__ = ["openings_of"]

_ANYONE = "anonymous"
_ACCESS: Mapping[str, ObjectAccess] = {access: access for access in get_args(ObjectAccess)}


def openings_of(view: AccountView, bucket: Bucket) -> tuple[tuple[Opening, ...], bool]:
    """The tables of the bucket, and whether there is no access beyond them.

    None where nothing fits (a canonical user, a service, any account), or nothing is sure.
    """
    access = access_bounds(view, bucket)
    if access.lower is None or access.unknown is not None:
        return (), False
    # Unsigned requests first: from where they are allowed, any account is, too.
    unsigned = _declaring(
        excess for excess in _beyond(view, access.lower) if excess.principal_kind == _ANYONE
    )
    openings = unsigned + _declaring(_beyond(view, access.lower, unsigned))
    return openings, not _beyond(view, access.lower, openings)


def _declaring(excesses: Iterable[ExcessAccess]) -> tuple[Opening, ...]:
    """The tables that declare the access, as far as it is certain and can be declared."""
    return tuple(
        _joined(opening for excess in excesses if excess.exact for opening in _opening(excess))
    )


def _opening(excess: ExcessAccess) -> Iterator[Opening]:
    if excess.access not in _ACCESS:
        return
    access = (_ACCESS[excess.access],)
    if excess.principal_kind == _ANYONE:
        reach = excess.reach
        cidrs = (*reach.ipv4, *reach.ipv6)
        through = (*reach.endpoints.endpoints, *reach.endpoints.vpcs)
        if reach.scope == "all":
            yield Opening(exposure="public", access=access)
        elif cidrs or through:
            yield Opening(exposure="networks", access=access, networks=cidrs, endpoints=through)
    elif excess.principal_kind == "account" and excess.principal.isdigit():
        yield Opening(exposure="accounts", access=access, accounts=(excess.principal,))
    elif excess.principal_kind == "account" and excess.organizations:
        yield Opening(exposure="accounts", access=access, organizations=excess.organizations)
    elif excess.principal_kind == "cloudfront" or excess.principal == CLOUDFRONT_SERVICE:
        yield Opening(exposure="cloudfront", access=access)


def _joined(openings: Iterable[Opening]) -> Iterator[Opening]:
    """One table for all that the same callers may do, and for all accounts that may do the same."""
    by_callers: dict[Opening, set[ObjectAccess]] = {}
    for opening in openings:
        by_callers.setdefault(evolve(opening, access=()), set()).update(opening.access)
    accounts: dict[tuple[ObjectAccess, ...], list[str]] = {}
    for opening, access in by_callers.items():
        ordered = tuple(name for name in _ACCESS.values() if name in access)
        if opening.accounts:
            accounts.setdefault(ordered, []).extend(opening.accounts)
        else:
            yield evolve(opening, access=ordered)
    for ordered, ids in accounts.items():
        yield Opening(exposure="accounts", access=ordered, accounts=tuple(ids))


def _beyond(
    view: AccountView, bucket: BucketAccess, openings: Iterable[Opening] = ()
) -> tuple[ExcessAccess, ...]:
    """The access beyond what these tables declare."""
    tables = {f"seen-{number}": opening for number, opening in enumerate(openings)}
    rows = [
        BucketDeclaration(
            name=bucket.name,
            exposure=(opening.exposure,),
            access=opening.access,
            networks=(name,) if opening.networks else (),
            endpoints=opening.endpoints,
            accounts=opening.accounts,
            organizations=opening.organizations,
        )
        for name, opening in tables.items()
    ]
    baseline = Baseline(networks={name: opening.networks for name, opening in tables.items()})
    return compare_access(
        bucket, exposure_declarations(baseline, rows, bucket), since=view.as_of
    ).excess
