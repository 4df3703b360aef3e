"""Settings of buckets."""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.settings import Setting, each
from cloudpack_baseline.findings import Observation, not_applicable
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.texts import text

__all__ = ["s3_acl_disabled", "s3_versioning"]


def _needs_acls(view: AccountView, bucket: Bucket) -> Observation | None:
    if bucket.ownership == "BucketOwnerEnforced" or not view.baseline.bucket(bucket.name).acls:
        return None
    return not_applicable(text("storage.acls-declared"))


def _needs_no_versions(view: AccountView, bucket: Bucket) -> Observation | None:
    if bucket.versioning == "Enabled" or view.baseline.bucket(bucket.name).versioning:
        return None
    return not_applicable(text("storage.unversioned-declared"))


s3_acl_disabled = each(
    Bucket,
    Setting("ownership", "BucketOwnerEnforced"),
    exempt=_needs_acls,
    evidence="""Reads ``ObjectOwnership`` (GetBucketOwnershipControls).

``BucketOwnerEnforced`` passes. A bucket can be declared to need ACLs (``acls``). For an old
bucket without ownership controls, ACLs are enabled.""",
)

s3_versioning = each(
    Bucket,
    Setting("versioning", "Enabled"),
    exempt=_needs_no_versions,
    evidence="""Reads ``Status`` of GetBucketVersioning; suspended counts as disabled.

A bucket can be declared to need no versions (``versioning = false``).""",
)
