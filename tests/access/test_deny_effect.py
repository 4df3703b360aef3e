"""What a single Deny of a bucket policy denies."""

from __future__ import annotations

from cloudpack_baseline.access import BucketAccess, denied_by, parse_policy

OWNER = "123456789012"
ALLOW = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b/*",
}
DENY = ALLOW | {"Effect": "Deny", "Resource": "arn:aws:s3:::b/private/*"}
CLEAR_TEXT = DENY | {
    "Resource": "arn:aws:s3:::b/*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def bucket(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return BucketAccess(name="b", owner_account=OWNER, policy=parse_policy(document))


def test_a_request_that_only_this_deny_denies():
    request = denied_by(bucket(ALLOW, DENY), "$.Statement[1]")
    assert request.action == "s3:GetObject"
    assert request.resource.startswith("arn:aws:s3:::b/private/")


def test_what_another_deny_denies_too_is_not_its_effect():
    assert denied_by(bucket(ALLOW, DENY, DENY), "$.Statement[1]") is None
    request = denied_by(bucket(ALLOW, DENY, CLEAR_TEXT), "$.Statement[1]")
    assert request.context["aws:SecureTransport"] == "true"


def test_a_deny_of_what_nothing_allows():
    assert (
        denied_by(bucket(ALLOW | {"Resource": "arn:aws:s3:::b/open/*"}, DENY), "$.Statement[1]")
        is None
    )
    assert denied_by(bucket(DENY), "$.Statement[0]") is None
    assert denied_by(bucket(ALLOW), "$.Statement[0]") is None
