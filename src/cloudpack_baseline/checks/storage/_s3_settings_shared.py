"""Amazon S3: the settings of buckets and of the account."""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Resource,
)
from cloudpack_baseline.model.s3 import (
    Bucket,
)
from cloudpack_baseline.texts import Text

__all__ = ["exempt", "finding"]


def finding(
    view: AccountView, bucket: Bucket, seen: Observation, notes: tuple[Text, ...] = ()
) -> Finding:
    return Finding(
        control=view.control, resource=Resource.of(bucket), observations=(seen,), notes=notes
    )


def exempt(message: Text) -> Observation:
    return Observation(outcome=Outcome.NOT_APPLICABLE, message=message)
