"""Amazon S3: buckets and the account's own settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any, TypeAlias

from attrs import frozen

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.s3 import (
    AccountPublicAccessBlock,
    Bucket,
    PublicAccessBlock,
)
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, both, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer
from cloudpack_baseline.sources.gatherers._s3 import block_of, gone, told_by
from cloudpack_baseline.sources.gatherers._s3_access_points import ACCESS_POINTS
from cloudpack_baseline.sources.gatherers._s3_readings import NO_BLOCK, READINGS, Reading

__all__ = ["GATHERERS"]

_LIST = "s3:ListBuckets"
_ACCOUNT_BLOCK = "s3control:GetPublicAccessBlock"
_EFFECTIVE = "organizations:DescribeEffectivePolicy"

_Told: TypeAlias = Mapping[str, Answer | Unknown | None]
"""What each operation told of a bucket."""


@frozen
class _Place:
    """A bucket of the listing.

    Attributes:
        name: of the bucket.
        region: where it is; empty where the listing leaves it out (S3 then redirects).
    """

    name: str
    region: str

    @classmethod
    def of(cls, item: Answer) -> _Place:
        return cls(
            string(item, "Name"), string(item, "BucketRegion") if "BucketRegion" in item else ""
        )


def _buckets(calls: Calls, wanted: frozenset[str]) -> Gathered:
    """Every bucket of the account: S3's listing knows no regions."""
    listing = calls.listing(_LIST)
    made = [converted(_LIST, _Place.of, item) for item in listing.items]
    places = [place for place in made if isinstance(place, _Place)]
    odd = [place for place in made if isinstance(place, Unknown)]
    told = _told(calls, places, {READINGS[name] for name in wanted.intersection(READINGS)})
    return Gathered(
        tuple(
            _bucket(calls, place, told[place])
            for place in places
            if not any(gone(answer) for answer in told[place].values())
        ),
        reduce(both, odd, listing.unknown),
    )


def _told(
    calls: Calls, places: Iterable[_Place], readings: Iterable[Reading]
) -> Mapping[_Place, _Told]:
    """What each bucket's own calls tell: one for each operation, all at once."""
    absent = {reading.operation: reading.absent for reading in readings}
    asked = [(place, operation) for place in places for operation in sorted(absent)]

    def ask(one: tuple[_Place, str]) -> Answer | Unknown | None:
        place, operation = one
        there = calls.in_region(place.region or calls.region)
        return there.get(operation, absent=(absent[operation],), Bucket=place.name)

    told: dict[_Place, dict[str, Answer | Unknown | None]] = {place: {} for place in places}
    for (place, operation), answer in zip(asked, calls.map(ask, asked), strict=True):
        told[place][operation] = answer
    return told


def _bucket(calls: Calls, place: _Place, told: _Told) -> Bucket:
    return Bucket(
        arn=str(Arn(calls.partition, "s3", "", "", place.name)),
        account=calls.account,
        region=place.region,
        name=place.name,
        origin=Origin(operation=_LIST),
        origins=tuple(
            (name, Origin(operation=reading.operation))
            for name, reading in READINGS.items()
            if reading.operation in told
        ),
        **{name: _field(reading, told) for name, reading in READINGS.items()},
    )


def _field(reading: Reading, told: _Told) -> Any:  # noqa: ANN401 - of the field
    key = reading.operation
    if key not in told:
        return Unknown.because(Why.NOT_GATHERED, operation=key)
    return told_by(key, reading.convert, told[key])


def _account_block(calls: Calls, wanted: frozenset[str]) -> Gathered:
    answer = calls.get(_ACCOUNT_BLOCK, absent=(NO_BLOCK,), AccountId=calls.account)
    record = AccountPublicAccessBlock(
        arn=str(Arn(calls.partition, "iam", "", calls.account, "root")),
        account=calls.account,
        name=calls.account,
        origin=Origin(operation=_ACCOUNT_BLOCK),
        settings=told_by(_ACCOUNT_BLOCK, block_of, answer),
        organization=_organization(calls) if "organization" in wanted else _NOT_ASKED,
    )
    return Gathered((record,))


_NOT_ASKED = Unknown.because(Why.NOT_GATHERED, operation=_EFFECTIVE)


def _organization(calls: Calls) -> Field[PublicAccessBlock | None]:
    answer = calls.get(
        _EFFECTIVE,
        absent=("AWSOrganizationsNotInUseException", "EffectivePolicyNotFoundException"),
        PolicyType="S3_POLICY",
    )
    return told_by(_EFFECTIVE, _enforced, answer)


def _enforced(answer: Answer) -> PublicAccessBlock | None:
    """All four settings or none (AWS Organizations User Guide, Amazon S3 policy syntax)."""
    content = json.loads(answer["EffectivePolicy"]["PolicyContent"])
    told = content.get("s3_attributes", {}).get("public_access_block_configuration")
    if told is None:
        return None
    if told not in ("all", "none"):
        raise ValueError(f"no such public_access_block_configuration: {told!r}")
    on = told == "all"
    return PublicAccessBlock(
        block_public_acls=on,
        ignore_public_acls=on,
        block_public_policy=on,
        restrict_public_buckets=on,
    )


GATHERERS = (
    Gatherer(
        kind=Bucket,
        run=_buckets,
        operations=(_LIST,),
        fields={name: (reading.operation,) for name, reading in READINGS.items()},
        regional=False,
    ),
    Gatherer(
        kind=AccountPublicAccessBlock,
        run=_account_block,
        operations=(_ACCOUNT_BLOCK,),
        fields={"organization": (_EFFECTIVE,)},
        regional=False,
    ),
    ACCESS_POINTS,
)
