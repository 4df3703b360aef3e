"""Amazon S3: the settings of buckets and of the account."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from operator import attrgetter, or_
from types import MappingProxyType

from cloudpack_baseline.baseline import BucketDeclaration
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    causes_text,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import (
    AccountPublicAccessBlock,
    Bucket,
    PublicAccessBlock,
)
from cloudpack_baseline.model.values import Field, Origin, Truth, Unknown, any_of
from cloudpack_baseline.texts import Text, text

__all__ = ["s3_public_access_block"]

_SETTINGS: Mapping[str, Callable[[PublicAccessBlock], bool]] = MappingProxyType(
    {
        "BlockPublicAcls": attrgetter("block_public_acls"),
        "IgnorePublicAcls": attrgetter("ignore_public_acls"),
        "BlockPublicPolicy": attrgetter("block_public_policy"),
        "RestrictPublicBuckets": attrgetter("restrict_public_buckets"),
    }
)


_ALL_ON = ", ".join(f"{name}=true" for name in _SETTINGS)


@check(reads(Bucket, "public_access_block"), reads(AccountPublicAccessBlock, "organization"))
def s3_public_access_block(view: AccountView) -> Iterator[Finding]:
    """Reads the four settings of ``PublicAccessBlockConfiguration``.

    Each is on at one level at least: the organization (DescribeEffectivePolicy,
    ``S3_POLICY``), the account or the bucket (GetPublicAccessBlock). Where no bucket of the
    account is declared public, they are on for the account as well, so that a new bucket has
    them too.
    """
    above = _account_levels(view)
    for bucket in view.all(Bucket):
        if _is_public(view.baseline.openings(bucket.name)):
            seen = not_applicable(text("storage.declared-public"))
        else:
            origin = bucket.origin_of("public_access_block")
            seen = _blocks((*above, bucket.public_access_block), origin)
        yield view.finding(bucket, seen, notes=_excuses(view, seen))
    for account in view.all(AccountPublicAccessBlock):
        seen = _account_blocks(view, account, above)
        yield view.finding(account, seen, notes=_excuses(view, seen))


def _is_public(openings: Iterable[BucketDeclaration]) -> bool:
    return any("public" in one.exposure for one in openings)


def _account_levels(view: AccountView) -> tuple[Field[PublicAccessBlock | None], ...]:
    """The levels above the buckets; few auditors may read what the organization enforces.

    Where it was not read it excuses nothing.
    """
    found = view.all(AccountPublicAccessBlock)
    if found:
        levels = (found[0].organization, found[0].settings)
        return levels[1:] if isinstance(levels[0], Unknown) else levels
    gap = view.gap(AccountPublicAccessBlock)
    return () if gap is None else (gap,)


def _excuses(view: AccountView, seen: Observation) -> tuple[Text, ...]:
    """That what the organization enforces was not read, where it might have excused a failure."""
    if seen.outcome is not Outcome.FAIL:
        return ()
    unread = (one.organization for one in view.all(AccountPublicAccessBlock))
    return tuple(
        text("storage.excuse", cause=causes_text(one.causes))
        for one in unread
        if isinstance(one, Unknown)
    )


def _account_blocks(
    view: AccountView,
    account: AccountPublicAccessBlock,
    above: tuple[Field[PublicAccessBlock | None], ...],
) -> Observation:
    buckets = (one.name for one in view.all(Bucket))
    public = next((one for one in buckets if _is_public(view.baseline.openings(one))), None)
    if public is not None:
        return not_applicable(text("storage.public-bucket", bucket=public))
    seen = _blocks(above, account.origin_of("settings"))
    gap = view.gap(Bucket)
    if seen.outcome is Outcome.FAIL and gap is not None and _is_public(view.baseline.buckets):
        # A bucket that is declared public may be among those that were not listed.
        return unknown("Buckets", gap, expected=_ALL_ON)
    return seen


def _blocks(
    levels: Iterable[Field[PublicAccessBlock | None]], origin: Origin | None
) -> Observation:
    """Whether each setting is on at one of the levels."""
    levels = tuple(levels)
    settings = {
        name: any_of(_on(is_on, one) for one in levels) for name, is_on in _SETTINGS.items()
    }
    off = tuple(name for name, held in settings.items() if held is False)
    if off:
        return failed(
            text("storage.blocks-off", settings=off),
            read=", ".join(f"{name}=false" for name in off),
            expected=", ".join(f"{name}=true" for name in off),
            origin=origin,
        )
    unread = [held for held in settings.values() if isinstance(held, Unknown)]
    if unread:
        why = reduce(or_, unread)
        return unknown("PublicAccessBlockConfiguration", why, expected=_ALL_ON, origin=origin)
    return passed(text("storage.blocks-on"), read=_ALL_ON, expected=_ALL_ON, origin=origin)


def _on(
    is_on: Callable[[PublicAccessBlock], bool], level: Field[PublicAccessBlock | None]
) -> Truth:
    if isinstance(level, Unknown):
        return level
    return level is not None and is_on(level)
