"""Access points of buckets that a template or plan does not contain.

A request through an access point needs the policy of the bucket too. That is taken to delegate all
access to the access point, as AWS recommends: what the access point then allows beyond the declared
is not known, and what it does not allow is not allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cloudpack_baseline import access
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.storage.bucket_access import bucket_points
from cloudpack_baseline.findings import Finding, Observation, passed, unknown
from cloudpack_baseline.model.s3 import AccessPoint, Bucket, MultiRegionAccessPoint
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["Compare", "findings_of_points"]

Compare = Callable[[access.BucketAccess], access.Comparison]
"""Compares the access to a bucket with what is declared of it."""


def findings_of_points(view: AccountView, bucket: Bucket, compare: Compare) -> Iterator[Finding]:
    """A finding for each access point of a bucket elsewhere whose policy is not in the template.

    Args:
        view: of the account.
        bucket: its record.
        compare: with the declared access.
    """
    if bucket.is_elsewhere and isinstance(bucket.policy, Unknown):
        for point, converted in bucket_points(view, bucket):
            yield view.finding(point, _observation(point, converted, bucket, compare))


def _observation(
    point: AccessPoint | MultiRegionAccessPoint,
    converted: access.AccessPointAccess | Unknown,
    bucket: Bucket,
    compare: Compare,
) -> Observation:
    if isinstance(converted, Unknown):
        return unknown("Policy", converted)
    delegation = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"ArnEquals": {"s3:DataAccessPointArn": converted.arn}},
    }
    comparison = compare(
        access.BucketAccess(
            name=bucket.name,
            owner_account=bucket.account,
            policy=access.parse_policy({"Version": "2012-10-17", "Statement": [delegation]}),
            access_points=(converted,),
        )
    )
    if not comparison.excess:
        return passed(text("storage.point-elsewhere", bucket=bucket.name))
    why = Unknown.because(Why.UNDETERMINED, detail=f"the policy of the bucket of {point.name}")
    return unknown(text("storage.point-in-doubt", bucket=bucket.name), why)
