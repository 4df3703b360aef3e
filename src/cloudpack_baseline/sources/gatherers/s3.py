"""Amazon S3: access points, where their buckets are, and Multi-Region Access Points."""

from __future__ import annotations

from functools import reduce
from operator import add

from attrs import evolve

from cloudpack_baseline.model.reading import member
from cloudpack_baseline.model.s3 import AccessPoint, MultiRegionAccessPoint
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import described_gatherer, records_of
from cloudpack_baseline.sources.operations import MULTI_REGION

__all__ = ["GATHERERS"]

_BUCKETS = "s3:ListBuckets"
_LIST = "s3control:ListAccessPoints"
_ACCESS_POINTS = described_gatherer(AccessPoint)
_MULTI_REGION = described_gatherer(MultiRegionAccessPoint)


def _access_points(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Access points are in the Region of their bucket, whatever other Regions are gathered."""
    buckets = calls.listing(_BUCKETS)
    regions = sorted({member(item, "BucketRegion") or calls.region for item in buckets.items})
    places = [calls.in_region(region) for region in regions]
    listings = calls.map(lambda place: place.listing(_LIST), places)
    gathered = [
        records_of(place, AccessPoint, _LIST, listing, selected)
        for place, listing in zip(places, listings, strict=True)
    ]
    return reduce(add, gathered, Gathered((), buckets.unknown))


def _multi_region_access_points(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Multi-Region Access Points exist in the commercial partition, managed in one Region."""
    if calls.partition != "aws":
        return Gathered(())
    return _MULTI_REGION.run(calls.in_region(MULTI_REGION), selected)


GATHERERS = (
    evolve(_ACCESS_POINTS, run=_access_points, operations=(_BUCKETS, *_ACCESS_POINTS.operations)),
    evolve(_MULTI_REGION, run=_multi_region_access_points),
)
