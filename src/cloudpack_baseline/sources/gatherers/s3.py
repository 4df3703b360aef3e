"""Amazon S3: buckets, access points where their buckets are, and Multi-Region Access Points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial, reduce
from operator import add

from attrs import evolve

from cloudpack_baseline.model.reading import member, value_of
from cloudpack_baseline.model.s3 import AccessPoint, Bucket, MultiRegionAccessPoint
from cloudpack_baseline.model.ssm import SessionPreferences, SessionRecording
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.sources.calls import Calls, Gathered, Listing, converted
from cloudpack_baseline.sources.gatherers._described import (
    Answered,
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
_VERSIONING = "s3:GetBucketVersioning"
_REPLICATION = "s3:GetBucketReplication"
_NO_LOCK = "ObjectLockConfigurationNotFoundError"
_NO_REPLICATION = "ReplicationConfigurationNotFoundError"
_BUCKET = described_gatherer(Bucket)
_ACCESS_POINTS = described_gatherer(AccessPoint)
_MULTI_REGION = described_gatherer(MultiRegionAccessPoint)


def _gather_buckets(calls: Calls, selected: frozenset[str]) -> Gathered:
    """What keeps logs is read of buckets that receive logs: two calls a bucket are saved.

    Object Lock and replication need versioning, which cannot be suspended under them (Amazon S3
    User Guide, "How S3 Object Lock works", "Requirements and considerations for replication"). So
    neither is asked of a bucket that receives logs and is not versioned.
    """
    listing = calls.listing(_BUCKETS)
    logs: Field[frozenset[str]] = frozenset()
    if selected & {"lifecycle", "default_retention"}:
        logs = _log_buckets(calls, _places(calls, listing))
    versioning: Mapping[str, Reply] = {}
    if not isinstance(logs, Unknown) and selected & {"versioning", "mfa_delete"}:
        versioning = _versioning_of(calls, listing, logs)
    lock = partial(_of_log_bucket, logs, _OBJECT_LOCK, _NO_LOCK)
    replication = partial(_asked, _REPLICATION, _NO_REPLICATION)
    answered: dict[str, Answered] = {
        _LIFECYCLE: partial(_of_log_bucket, logs, _LIFECYCLE, "NoSuchLifecycleConfiguration"),
        _OBJECT_LOCK: partial(_if_versioned, versioning, lock),
        _REPLICATION: partial(_if_versioned, versioning, replication),
        _VERSIONING: partial(_known_versioning, versioning),
    }
    return records_of(calls, Bucket, _BUCKETS, listing, selected, answered=answered)


def _versioning_of(calls: Calls, buckets: Listing, names: frozenset[str]) -> dict[str, Reply]:
    """The versioning of the named buckets, which decides what else is asked of them."""
    asked = [
        (name, member(item, "BucketRegion") or calls.region)
        for item in buckets.items
        if (name := member(item, "Name")) in names
    ]
    replies = calls.map(
        lambda place: calls.in_region(place[1]).get(_VERSIONING, Bucket=place[0]), asked
    )
    return {name: reply for (name, _), reply in zip(asked, replies, strict=True)}


def _known_versioning(versioning: Mapping[str, Reply], calls: Calls, item: ListedItem) -> Reply:
    if item.subject in versioning:
        return versioning[item.subject]
    return calls.get(_VERSIONING, Bucket=item.subject)


def _if_versioned(
    versioning: Mapping[str, Reply], ask: Answered, calls: Calls, item: ListedItem
) -> Reply:
    """``None``, that there is none, of a bucket that is known not to be versioned."""
    reply = versioning.get(item.subject)
    if isinstance(reply, Mapping) and reply.get("Status") in (None, "Suspended"):
        return None
    return ask(calls, item)


def _asked(key: str, absent: str, calls: Calls, item: ListedItem) -> Reply:
    return calls.get(key, absent=(absent,), Bucket=item.subject)


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
    return _asked(key, absent, calls, item)


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
