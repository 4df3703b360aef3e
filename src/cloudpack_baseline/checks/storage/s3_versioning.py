"""Amazon S3: the settings of buckets and of the account."""

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
from cloudpack_baseline.model.s3 import (
    Bucket,
)
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["s3_versioning"]


@check(reads(Bucket, "versioning"))
def s3_versioning(view: AccountView) -> Iterator[Finding]:
    """Reads ``Status`` of GetBucketVersioning; suspended is off.

    A bucket may be declared to need no versions (``versioning = false``).
    """
    for bucket in view.all(Bucket):
        yield view.finding(bucket, _versioning(bucket, view.baseline.bucket(bucket.name)))


def _versioning(bucket: Bucket, declared: BucketDeclaration) -> Observation:
    held, origin = bucket.versioning, bucket.origin_of("versioning")
    wanted = "Status=Enabled"
    if held == "Enabled":
        return passed(text("storage.versioned"), read=wanted, expected=wanted, origin=origin)
    if not declared.versioning:
        return not_applicable(text("storage.unversioned-declared"))
    if isinstance(held, Unknown):
        return unknown("Status", held, expected=wanted, origin=origin)
    name = "suspended" if held == "Suspended" else "unversioned"
    message = text(f"storage.{name}")
    return failed(message, read=f"Status={held or ''}", expected=wanted, origin=origin)
