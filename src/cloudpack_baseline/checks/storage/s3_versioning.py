"""Whether versioning of buckets is on."""

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

__all__ = ["s3_versioning"]


@check(reads(Bucket, "versioning"))
def s3_versioning(view: AccountView) -> Iterator[Finding]:
    """Reads ``Status`` of GetBucketVersioning; suspended counts as disabled.

    A bucket can be declared to need no versions (``versioning = false``).
    """
    for bucket in view.all(Bucket):
        yield view.finding(bucket, _versioning(bucket, view.baseline.bucket(bucket.name)))


def _versioning(bucket: Bucket, declared: BucketDeclaration) -> Observation:
    status, origin = bucket.versioning, bucket.origin_of("versioning")
    expected = "Status=Enabled"
    if status == "Enabled":
        return passed(text("storage.versioned"), read=expected, expected=expected, origin=origin)
    if not declared.versioning:
        return not_applicable(text("storage.unversioned-declared"))
    if isinstance(status, Unknown):
        return unknown("Status", status, expected=expected, origin=origin)
    name = "suspended" if status == "Suspended" else "unversioned"
    message = text(f"storage.{name}")
    return failed(message, read=f"Status={status or ''}", expected=expected, origin=origin)
