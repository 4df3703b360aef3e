"""Buckets that are set up to receive server access logs.

Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging": a bucket policy for the
service, or a grant to the log delivery group in the ACL.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.access import (
    LOG_DELIVERY,
    MalformedPolicy,
    Statement,
    means_action,
    parse_policy,
)
from cloudpack_baseline.model.s3 import Bucket, Grant
from cloudpack_baseline.model.values import Truth, any_of, lift

__all__ = ["receives_access_logs"]

_LOGGING = "logging.s3.amazonaws.com"


def receives_access_logs(bucket: Bucket) -> Truth:
    """Whether its policy or its ACL lets Amazon S3 deliver server access logs."""
    return any_of((lift(_by_acl, bucket.acl), lift(_by_policy, bucket.policy)))


def _by_acl(grants: Iterable[Grant]) -> bool:
    return any(grant.grantee == LOG_DELIVERY and grant.permission == "WRITE" for grant in grants)


def _by_policy(policy: str | None) -> bool:
    if policy is None:
        return False
    try:
        statements = parse_policy(policy).statements
    except MalformedPolicy:
        return False
    return any(map(_admits_logs, statements))


def _admits_logs(statement: Statement) -> bool:
    principal = statement.principal
    return (
        statement.effect == "Allow"
        and not statement.not_principal
        and principal is not None
        and _LOGGING in principal.services
        and means_action(statement, "s3:PutObject")
    )
