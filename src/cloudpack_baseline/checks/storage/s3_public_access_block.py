"""Whether Block Public Access is in effect for everything that is not declared public."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from operator import attrgetter, or_
from types import MappingProxyType

from cloudpack_baseline.baseline import BucketDeclaration
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    FieldValue,
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

_SETTINGS: Mapping[str, Callable[[PublicAccessBlock], Truth]] = MappingProxyType(
    {
        "BlockPublicAcls": attrgetter("block_public_acls"),
        "IgnorePublicAcls": attrgetter("ignore_public_acls"),
        "BlockPublicPolicy": attrgetter("block_public_policy"),
        "RestrictPublicBuckets": attrgetter("restrict_public_buckets"),
    }
)


_ALL_ON = FieldValue.each(_SETTINGS, "true")


@check(reads(Bucket, "public_access_block"), reads(AccountPublicAccessBlock, "organization"))
def s3_public_access_block(view: AccountView) -> Iterator[Finding]:
    """Reads the four settings of ``PublicAccessBlockConfiguration``.

    Each has to be on at one level at least: the organization (DescribeEffectivePolicy,
    ``S3_POLICY``), the account or the bucket (GetPublicAccessBlock). If no bucket of the account
    is declared public, they have to be on for the account as well, so that new buckets have them
    too.
    """
    above = _account_levels(view)
    for bucket in view.all(Bucket):
        if _is_public(view.baseline.openings(bucket.name)):
            observation = not_applicable(text("storage.declared-public"))
        else:
            origin = bucket.origin_of("public_access_block")
            observation = _blocks((*above, bucket.public_access_block), origin)
        yield view.finding(bucket, observation, notes=_excuses(view, observation))
    for account in view.all(AccountPublicAccessBlock):
        observation = _account_blocks(view, account, above)
        yield view.finding(account, observation, notes=_excuses(view, observation))


def _is_public(openings: Iterable[BucketDeclaration]) -> bool:
    return any("public" in opening.exposure for opening in openings)


def _account_levels(view: AccountView) -> tuple[Field[PublicAccessBlock | None], ...]:
    """The levels above the buckets; few auditors may read what the organization enforces.

    Where it was not read it excuses nothing.
    """
    blocks = view.all(AccountPublicAccessBlock)
    if blocks:
        levels = (blocks[0].organization, blocks[0].settings)
        return levels[1:] if isinstance(levels[0], Unknown) else levels
    gap = view.gap(AccountPublicAccessBlock)
    return () if gap is None else (gap,)


def _excuses(view: AccountView, observation: Observation) -> tuple[Text, ...]:
    """That what the organization enforces was not read, where it might have excused a failure."""
    if observation.outcome is not Outcome.FAIL:
        return ()
    settings = (account.organization for account in view.all(AccountPublicAccessBlock))
    return tuple(
        text("storage.excuse", cause=causes_text(setting.causes))
        for setting in settings
        if isinstance(setting, Unknown)
    )


def _account_blocks(
    view: AccountView,
    account: AccountPublicAccessBlock,
    above: tuple[Field[PublicAccessBlock | None], ...],
) -> Observation:
    names = (bucket.name for bucket in view.all(Bucket))
    public = next((name for name in names if _is_public(view.baseline.openings(name))), None)
    if public is not None:
        return not_applicable(text("storage.public-bucket", bucket=public))
    observation = _blocks(above, account.origin_of("settings"))
    gap = view.gap(Bucket)
    if (
        observation.outcome is Outcome.FAIL
        and gap is not None
        and _is_public(view.baseline.buckets)
    ):
        # A bucket that is declared public may be among those that were not listed.
        return unknown("Buckets", gap, expected=_ALL_ON)
    return observation


def _blocks(
    levels: Iterable[Field[PublicAccessBlock | None]], origin: Origin | None
) -> Observation:
    """Whether each setting is on at one of the levels."""
    levels = tuple(levels)
    settings = {
        name: any_of(_on(is_on, level) for level in levels) for name, is_on in _SETTINGS.items()
    }
    off = tuple(name for name, is_on in settings.items() if is_on is False)
    if off:
        return failed(
            text("storage.blocks-off", settings=off),
            read=FieldValue.each(off, "false"),
            expected=FieldValue.each(off, "true"),
            origin=origin,
        )
    unread = [is_on for is_on in settings.values() if isinstance(is_on, Unknown)]
    if unread:
        why = reduce(or_, unread)
        return unknown("PublicAccessBlockConfiguration", why, expected=_ALL_ON, origin=origin)
    return passed(text("storage.blocks-on"), read=_ALL_ON, expected=_ALL_ON, origin=origin)


def _on(
    is_on: Callable[[PublicAccessBlock], Truth], level: Field[PublicAccessBlock | None]
) -> Truth:
    if isinstance(level, Unknown):
        return level
    return False if level is None else is_on(level)
