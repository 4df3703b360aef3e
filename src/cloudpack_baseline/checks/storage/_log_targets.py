"""Buckets that are set up to receive server access logs.

Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging": a bucket policy for the
service, or a grant to the log delivery group in the ACL.
"""

from __future__ import annotations

from cloudpack_baseline.access import (
    LOG_DELIVERY,
    MalformedPolicy,
    Statement,
    means_action,
    parse_policy,
)
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import is_known

__all__ = ["may_receive_access_logs"]

_LOGGING = "logging.s3.amazonaws.com"


def may_receive_access_logs(bucket: Bucket) -> bool:
    """Whether its policy or its ACL lets Amazon S3 deliver server access logs, as far as known."""
    return _by_acl(bucket) or _by_policy(bucket)


def _by_acl(bucket: Bucket) -> bool:
    grants = bucket.acl if is_known(bucket.acl) else ()
    return any(grant.grantee == LOG_DELIVERY and grant.permission == "WRITE" for grant in grants)


def _by_policy(bucket: Bucket) -> bool:
    if not isinstance(bucket.policy, str):
        return False
    try:
        policy = parse_policy(bucket.policy)
    except MalformedPolicy:
        return False
    return any(map(_admits_logs, policy.statements))


def _admits_logs(statement: Statement) -> bool:
    principal = statement.principal
    return (
        statement.effect == "Allow"
        and not statement.not_principal
        and principal is not None
        and _LOGGING in principal.services
        and means_action(statement, "s3:PutObject")
    )
