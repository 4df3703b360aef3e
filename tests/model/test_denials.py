"""Which kind of policy denied a call."""

from __future__ import annotations

import pytest

from cloudpack_baseline.findings import cause_text
from cloudpack_baseline.model.denials import POLICIES, denying_policy
from cloudpack_baseline.model.values import Cause, Why
from cloudpack_baseline.texts import LANGUAGES

CALLER = "User: arn:aws:sts::123456789012:assumed-role/Audit/x is not authorized to perform: "
ON = f"{CALLER}ec2:DescribeVpcs on resource: arn:aws:ec2:eu-west-1:123456789012:vpc/*"


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_an_explicit_deny(policy):
    article = "an" if policy.startswith("identity") else "a"
    assert denying_policy(f"{ON} with an explicit deny in {article} {policy}") == policy
    assert denying_policy(f"{ON} with an explicit deny in {article} {policy}: arn:aws:x") == policy


@pytest.mark.parametrize("policy", sorted(POLICIES - {"identity-based policy"}))
def test_a_policy_that_does_not_allow(policy):
    assert denying_policy(f"{ON} because no {policy} allows the ec2:DescribeVpcs action") == policy


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Access Denied",
        f"{ON} because no identity-based policy allows the ec2:DescribeVpcs action",
        f"{ON} with an explicit deny in a policy of the moon",
        f"{ON} with an explicit deny",
    ],
)
def test_the_caller_lacks_the_permission_or_nobody_knows(message):
    assert denying_policy(message) == ""


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_the_cause_names_policy_call_and_action(policy):
    cause = Cause(
        why=Why.DENIED,
        operation="s3:GetPublicAccessBlock",
        code="AccessDenied",
        actions=("s3:GetBucketPublicAccessBlock",),
        detail=policy,
    )
    words = [cause_text(cause).in_language(language) for language in LANGUAGES]
    assert any(policy in sentence for sentence in words)
    for sentence in words:
        assert "s3:GetPublicAccessBlock" in sentence
        assert "s3:GetBucketPublicAccessBlock" in sentence
