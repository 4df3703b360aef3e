"""Whether ACLs of buckets are off."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline import BucketDeclaration
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["s3_acl_disabled"]


@check(reads(Bucket, "ownership"))
def s3_acl_disabled(view: AccountView) -> Iterator[Finding]:
    """Reads ``ObjectOwnership`` (GetBucketOwnershipControls).

    ``BucketOwnerEnforced`` passes. A bucket can be declared to need ACLs (``acls``). For an old
    bucket without ownership controls, ACLs are enabled.
    """
    for bucket in view.all(Bucket):
        yield view.finding(bucket, _ownership(bucket, view.baseline.bucket(bucket.name)))


def _ownership(bucket: Bucket, declared: BucketDeclaration) -> Observation:
    ownership, origin = bucket.ownership, bucket.origin_of("ownership")
    expected = "ObjectOwnership=BucketOwnerEnforced"
    if ownership == "BucketOwnerEnforced":
        return passed(text("storage.acls-off"), read=expected, expected=expected, origin=origin)
    if declared.acls:
        return not_applicable(text("storage.acls-declared"))
    if isinstance(ownership, Unknown):
        return unknown("ObjectOwnership", ownership, expected=expected, origin=origin)
    read = f"ObjectOwnership={ownership or ''}"
    return failed(text("storage.acls-on"), read=read, expected=expected, origin=origin)
