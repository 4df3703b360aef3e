"""The Regions that are gathered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, converted, known_of

__all__ = ["CLOUDFRONT_REGIONS", "REGION_LISTING", "Regions", "every", "regions_of"]

REGION_LISTING = "ec2:DescribeRegions"

CLOUDFRONT_REGIONS: Mapping[str, str] = MappingProxyType(
    {"aws": "us-east-1", "aws-cn": "cn-northwest-1"}
)
"""Where CloudFront keeps its settings and the deliveries of its logs, by partition; no
other partition has it (Amazon CloudFront Developer Guide, Configure standard logging v2)."""


@frozen(kw_only=True)
class Regions:
    """The Regions of one gathering.

    Attributes:
        read: the Regions that are gathered, sorted.
        off: Regions that are named but not enabled in the account, sorted.
        gaps: (Region, why) for Regions that could not be read; ``*`` stands for Regions that
            could not be listed.
    """

    read: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    gaps: tuple[tuple[str, Unknown], ...] = ()


def every(named: Iterable[str] | None) -> bool:
    """Whether every enabled region is meant: nothing is named, or ``*``."""
    return named is None or "*" in named


def regions_of(calls: Calls, named: tuple[str, ...] | None) -> Regions:
    """The Regions to gather: the named ones that are enabled, or all enabled ones.

    Needs one call (Amazon EC2 API Reference, DescribeRegions). If it is denied, the named Regions
    are used; if none is named, there is a gap, and only the Region of the session is read.

    Raises:
        InputError: a named Region that the partition does not have.
    """
    listing = calls.listing(REGION_LISTING, AllRegions=True)
    statuses, unknown = known_of(
        (converted(REGION_LISTING, _status, item) for item in listing.items), listing.unknown
    )
    if unknown is not None:
        if not every(named):
            return Regions(read=_sorted(named or ()))
        return Regions(read=(calls.region,), gaps=(("*", unknown),))
    status = dict(statuses)
    enabled = {name for name, opted in status.items() if opted != "not-opted-in"}
    if every(named):
        return Regions(read=_sorted(enabled))
    requested = set(named or ())
    if missing := requested - set(status):
        raise InputError(
            f"there is no such Region in partition {calls.partition}: {', '.join(sorted(missing))}"
        )
    off = _sorted(requested - enabled)
    return Regions(
        read=_sorted(requested & enabled),
        off=off,
        gaps=tuple((entry, _off(entry)) for entry in off),
    )


def _status(item: Answer) -> tuple[str, str]:
    return str(item["RegionName"]), str(item.get("OptInStatus", ""))


def _off(region: str) -> Unknown:
    return Unknown.because(
        Why.NOT_PROVIDED, operation=REGION_LISTING, detail=f"{region} is not enabled in the account"
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
