"""Amazon S3: buckets, access points where their buckets are, and Multi-Region Access Points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TypeGuard

from attrs import evolve

from cloudpack_baseline.model.reading import member, value_of
from cloudpack_baseline.model.s3 import AccessPoint, Bucket, MultiRegionAccessPoint
from cloudpack_baseline.model.ssm import SessionPreferences, SessionRecording
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, converted
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
_OWNERSHIP = "s3:GetBucketOwnershipControls"
_ACL = "s3:GetBucketAcl"
_NO_LOCK = ("ObjectLockConfigurationNotFoundError",)
_NO_REPLICATION = ("ReplicationConfigurationNotFoundError",)
_NO_LIFECYCLE = ("NoSuchLifecycleConfiguration",)
_BUCKET = described_gatherer(Bucket)
_ACCESS_POINTS = described_gatherer(AccessPoint)
_MULTI_REGION = described_gatherer(MultiRegionAccessPoint)


def _gather_buckets(calls: Calls, selected: frozenset[str]) -> Gathered:
    """What keeps logs is read of buckets that receive logs: two calls a bucket are saved.

    Object Lock and replication need versioning, which cannot be suspended under them (Amazon S3
    User Guide, "How S3 Object Lock works", "Requirements and considerations for replication"). So
    neither is asked of a bucket that is not versioned. Nor is the ACL if ACLs are disabled: it
    gives the owner full control (ibid., "Controlling ownership of objects"). A template can declare
    what S3 rejects, so it is asked everything.
    """
    listing = calls.listing(_BUCKETS)
    logs: Field[frozenset[str]] = frozenset()
    if selected & {"lifecycle", "default_retention"}:
        logs = _log_buckets(calls, _places(calls, listing))
    reads_acl = "ownership" in selected and selected & {"acl", "owner"}
    owner = _owner(calls) if reads_acl else ""
    lock = partial(_of_log_bucket, logs, _OBJECT_LOCK, _NO_LOCK)
    answered: dict[str, Answered] = {
        _LIFECYCLE: partial(_of_log_bucket, logs, _LIFECYCLE, _NO_LIFECYCLE),
        _OBJECT_LOCK: partial(_if_versioned, lock),
        _REPLICATION: partial(_if_versioned, partial(_asked, _REPLICATION, _NO_REPLICATION)),
        _ACL: partial(_acl, owner),
    }
    return records_of(
        calls,
        Bucket,
        _BUCKETS,
        listing,
        selected,
        answered=answered,
        asked_before=(_VERSIONING, _OWNERSHIP),
    )


def _owner(calls: Calls) -> str:
    """The canonical user ID of the account, which owns each bucket that it lists."""
    for page in calls.pages(_BUCKETS).items:
        return str(member(page, "Owner.ID") or "")
    return ""


def _acl(owner: str, calls: Calls, item: ListedItem) -> Reply:
    reply = item.replies.get(_OWNERSHIP)
    if owner and _is_in_effect(reply):
        setting = converted(_OWNERSHIP, partial(value_of, Bucket, "ownership"), reply)
        if setting == "BucketOwnerEnforced":
            grantee = {"ID": owner, "Type": "CanonicalUser"}
            grant = {"Grantee": grantee, "Permission": "FULL_CONTROL"}
            return {"Owner": {"ID": owner}, "Grants": [grant]}
    return calls.get(_ACL, Bucket=item.subject)


def _if_versioned(ask: Answered, calls: Calls, item: ListedItem) -> Reply:
    """``None``, that there is none, of a bucket that is known not to be versioned."""
    reply = item.replies.get(_VERSIONING)
    if _is_in_effect(reply) and reply.get("Status") in (None, "Suspended"):
        return None
    return ask(calls, item)


def _is_in_effect(reply: Reply) -> TypeGuard[Answer]:
    """Whether S3 itself says so, and not a template: only its answers have an origin."""
    return isinstance(reply, Mapping) and getattr(reply, "origin", None) is None


def _asked(key: str, absent: tuple[str, ...], calls: Calls, item: ListedItem) -> Reply:
    return calls.get(key, absent=absent, Bucket=item.subject)


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
    logs: Field[frozenset[str]], key: str, absent: tuple[str, ...], calls: Calls, item: ListedItem
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
    return Gathered.joined(gathered, buckets.unknown)


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
