"""Amazon S3: buckets, access points where their buckets are, and Multi-Region Access Points."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial, reduce
from operator import add

from attrs import evolve

from cloudpack_baseline.model.reading import member, value_of
from cloudpack_baseline.model.s3 import AccessPoint, Bucket, MultiRegionAccessPoint
from cloudpack_baseline.model.ssm import SessionPreferences, SessionRecording
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.sources.calls import Calls, Gathered, Listing, converted
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)
from cloudpack_baseline.sources.operations import MULTI_REGION

__all__ = ["GATHERERS"]

_BUCKETS = "s3:ListBuckets"
_LIST = "s3control:ListAccessPoints"
_TRAILS = "cloudtrail:DescribeTrails"
_SESSIONS = "ssm:GetDocument"
_LIFECYCLE = "s3:GetBucketLifecycleConfiguration"
_OBJECT_LOCK = "s3:GetObjectLockConfiguration"
_BUCKET = described_gatherer(Bucket)
_ACCESS_POINTS = described_gatherer(AccessPoint)
_MULTI_REGION = described_gatherer(MultiRegionAccessPoint)


def _gather_buckets(calls: Calls, selected: frozenset[str]) -> Gathered:
    """What keeps logs is read of buckets that receive logs: two calls a bucket are saved."""
    listing = calls.listing(_BUCKETS)
    logs: Field[frozenset[str]] = frozenset()
    if selected & {"lifecycle", "default_retention"}:
        logs = _log_buckets(calls, _places(calls, listing))
    answered = {
        key: partial(_of_log_bucket, logs, key, absent)
        for key, absent in (
            (_LIFECYCLE, "NoSuchLifecycleConfiguration"),
            (_OBJECT_LOCK, "ObjectLockConfigurationNotFoundError"),
        )
    }
    return records_of(calls, Bucket, _BUCKETS, listing, selected, answered=answered)


def _places(calls: Calls, buckets: Listing) -> list[Calls]:
    regions = sorted({member(item, "BucketRegion") or calls.region for item in buckets.items})
    return [calls.in_region(region) for region in regions]


def _log_buckets(calls: Calls, places: Iterable[Calls]) -> Field[frozenset[str]]:
    """The buckets of trails and of Session Manager in the Regions of the buckets."""
    places = list(places)
    names: set[str] = set()
    for trails in calls.map(lambda place: place.listing(_TRAILS), places):
        if trails.unknown is not None:
            return trails.unknown
        names.update(member(trail, "S3BucketName") or "" for trail in trails.items)
    names.update(calls.map(_session_bucket, places))
    return frozenset(names)


def _session_bucket(calls: Calls) -> str:
    """Where sessions are recorded; the record of the preferences says if it cannot be read."""
    answer = calls.get(_SESSIONS, absent=("InvalidDocument",))
    recording = None
    if not isinstance(answer, Unknown):
        recording = converted(_SESSIONS, partial(value_of, SessionPreferences, "recording"), answer)
    return recording.s3_bucket if isinstance(recording, SessionRecording) else ""


def _of_log_bucket(
    logs: Field[frozenset[str]], key: str, absent: str, calls: Calls, item: ListedItem
) -> Reply:
    if isinstance(logs, Unknown):
        return logs
    if item.subject not in logs:
        detail = f"{item.subject} receives no logs of trails or sessions"
        return Unknown.because(Why.NOT_GATHERED, operation=key, detail=detail)
    return calls.get(key, absent=(absent,), Bucket=item.subject)


def _access_points(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Access points are in the Region of their bucket, whatever other Regions are gathered."""
    buckets = calls.listing(_BUCKETS)
    places = _places(calls, buckets)
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


_LOGS = (_TRAILS, _SESSIONS)

GATHERERS = (
    evolve(
        _BUCKET,
        run=_gather_buckets,
        fields={
            **_BUCKET.fields,
            "lifecycle": (_LIFECYCLE, *_LOGS),
            "default_retention": (_OBJECT_LOCK, *_LOGS),
        },
    ),
    evolve(_ACCESS_POINTS, run=_access_points, operations=(_BUCKETS, *_ACCESS_POINTS.operations)),
    evolve(_MULTI_REGION, run=_multi_region_access_points),
)
