"""Access points: in every region where the account has a bucket."""

from __future__ import annotations

from functools import reduce
from operator import add

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.s3 import AccessPoint
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, both, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer
from cloudpack_baseline.sources.gatherers._s3 import block_of, gone, told_by

__all__ = ["ACCESS_POINTS"]

_BUCKETS = "s3:ListBuckets"
_LIST = "s3control:ListAccessPoints"
_GET = "s3control:GetAccessPoint"
_POLICY = "s3control:GetAccessPointPolicy"


def _access_points(calls: Calls, wanted: frozenset[str]) -> Gathered:
    """Access points stand where their bucket is, whatever regions are gathered else."""
    buckets = calls.listing(_BUCKETS)
    regions = sorted({item.get("BucketRegion", calls.region) for item in buckets.items})
    parts = calls.map(calls.in_region, regions)
    listings = calls.map(_listed, parts)
    found = [
        _in_region(part, listing, wanted) for part, listing in zip(parts, listings, strict=True)
    ]
    return reduce(add, found, Gathered((), buckets.unknown))


def _listed(calls: Calls) -> Listing:
    return calls.listing(_LIST, AccountId=calls.account)


def _in_region(calls: Calls, listing: Listing, wanted: frozenset[str]) -> Gathered:
    made = [
        made
        for made in calls.map(lambda item: _read(calls, item, wanted), listing.items)
        if made is not None
    ]
    return Gathered(
        tuple(one for one in made if isinstance(one, AccessPoint)),
        reduce(both, (one for one in made if isinstance(one, Unknown)), listing.unknown),
    )


def _read(calls: Calls, item: Answer, wanted: frozenset[str]) -> AccessPoint | Unknown | None:
    """The access point; ``None`` if it was deleted since it was listed."""
    name = item.get("Name")
    block = _asked(calls, _GET, "", name, "public_access_block" in wanted)
    policy = _asked(calls, _POLICY, "NoSuchAccessPointPolicy", name, "policy" in wanted)
    if gone(block) or gone(policy):
        return None
    return converted(_LIST, lambda held: _made(calls, held, block, policy), item)


def _asked(
    calls: Calls,
    key: str,
    absent: str,
    name: object,
    is_wanted: bool,  # noqa: FBT001 - private
) -> Answer | Unknown | None:
    if not is_wanted:
        return Unknown.because(Why.NOT_GATHERED, operation=key)
    return calls.get(key, absent=(absent,), AccountId=calls.account, Name=name)


def _made(
    calls: Calls, item: Answer, block: Answer | Unknown | None, policy: Answer | Unknown | None
) -> AccessPoint:
    arn = string(item, "AccessPointArn")
    held: Field[str | None] = told_by(_POLICY, lambda answer: string(answer, "Policy"), policy)
    return AccessPoint(
        arn=arn,
        account=calls.account,
        region=Arn.parse(arn).region,
        name=string(item, "Name"),
        origin=Origin(operation=_LIST),
        bucket=item.get("Bucket", ""),
        bucket_account=item.get("BucketAccountId", ""),
        network_origin=string(item, "NetworkOrigin"),
        vpc=(item.get("VpcConfiguration") or {}).get("VpcId"),
        policy=held,
        public_access_block=told_by(_GET, block_of, block),
    )


ACCESS_POINTS = Gatherer(
    kind=AccessPoint,
    run=_access_points,
    operations=(_BUCKETS, _LIST),
    fields={"policy": (_POLICY,), "public_access_block": (_GET,)},
    regional=False,
)
