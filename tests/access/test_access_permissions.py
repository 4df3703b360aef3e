"""What one principal may do, asked request by request (access)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpack_baseline.access import (
    EffectivePermissions,
    PrincipalIdentity,
    can_act_from_outside,
    has_full_admin,
    may,
    parse_policy,
)
from cloudpack_baseline.access.service_keys import find_service_key, is_carried

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/u"
PRINCIPAL = PrincipalIdentity(account=ACCOUNT, arn=USER, tags={"team": "a"}, session_tags=False)
INSTANCE = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-1"
IMAGE = "arn:aws:ec2:eu-west-1::image/ami-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


def policy(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return parse_policy(json.dumps(document), kind="identity")


def allow(action="*", resource="*", **condition):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def deny(action="*", resource="*", **condition):
    return allow(action, resource, **condition) | {"Effect": "Deny"}


def permissions(*statements, **fields):
    return EffectivePermissions(policies=(policy(*statements),), principal=PRINCIPAL, **fields)


def test_a_plain_allow_needs_no_condition():
    allowed_request = permissions(deny("s3:*"), allow("ec2:Run*")).allowed(
        "ec2:RunInstances", INSTANCE
    )
    assert (allowed_request.action, allowed_request.resource, allowed_request.path) == (
        "ec2:RunInstances",
        INSTANCE,
        "$.Statement[1]",
    )
    assert allowed_request.exact


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [allow("ec2:Start*")],
        [allow("ec2:*", IMAGE)],
        [allow(), deny("ec2:*")],
        [allow(), deny("*", INSTANCE)],
        [{"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"}],
        [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:ec2:*"}],
        [allow("ec2:*", "arn:aws:ec2:*:*:instance/${aws:username}")],
    ],
)
def test_what_no_statement_allows(statements):
    assert permissions(*statements).allowed("ec2:RunInstances", INSTANCE) is None


def test_a_deny_of_resources_with_a_variable():
    denied = permissions(allow("s3:*"), deny("s3:*", "arn:aws:s3:::b/${aws:username}/*"))
    assert denied.allowed("s3:GetObject", "arn:aws:s3:::b/u/x") is None
    assert denied.allowed("s3:GetObject", "arn:aws:s3:::b/v/x").exact
    several = ["arn:aws:s3:::c/*", "arn:aws:s3:::b/${aws:username}/*"]
    denied = permissions(allow("s3:*"), deny("s3:*", several))
    assert denied.allowed("s3:GetObject", "arn:aws:s3:::b/u/x") is None
    assert denied.allowed("s3:GetObject", "arn:aws:s3:::c/x") is None


def test_one_of_several_actions():
    either = permissions(allow(["s3:*", "ec2:Run*"]))
    assert either.allowed("ec2:RunInstances", INSTANCE).exact
    assert either.allowed("s3:GetObject", "arn:aws:s3:::b/k").exact
    assert either.allowed("ec2:StopInstances", INSTANCE) is None


def test_each_layer_has_to_allow():
    narrow, wide = policy(allow("s3:*")), policy(allow())
    ask = ("ec2:RunInstances", INSTANCE)
    assert permissions(allow(), boundary=narrow).allowed(*ask) is None
    assert permissions(allow(), boundary=wide).allowed(*ask)
    assert permissions(allow(), scps=[[narrow], [wide]]).allowed(*ask) is None
    assert permissions(allow(), scps=[[narrow, wide]]).allowed(*ask)
    conditional = policy(allow(StringEquals={"aws:PrincipalTag/team": "b"}))
    assert permissions(allow(), boundary=conditional).allowed(*ask) is None
    assert permissions(allow(), boundary=conditional, scps=[[wide]]).allowed(*ask) is None
    assert permissions(allow(), boundary=wide, scps=[[conditional]]).allowed(*ask) is None
    met = policy(allow(StringEquals={"aws:PrincipalTag/team": "a"}))
    assert permissions(allow(), boundary=wide, scps=[[met]]).allowed(*ask).exact


def test_a_context_is_settled():
    passing = permissions(
        allow("iam:PassRole", StringEquals={"iam:PassedToService": "ec2.amazonaws.com"})
    )
    service = "iam:PassedToService"
    assert passing.allowed("iam:PassRole", ROLE, {service: "ec2.amazonaws.com"}).exact
    assert passing.allowed("iam:PassRole", ROLE, {service: "lambda.amazonaws.com"}) is None
    assert passing.allowed("iam:PassRole", ROLE, {service: None}) is None
    assert passing.allowed("iam:PassRole", ROLE)
    # The same question again.
    assert passing.allowed("iam:PassRole", ROLE, {service: None}) is None


def test_the_tags_of_the_resource_are_settled():
    tagged = permissions(allow("iam:*", StringEquals={"iam:ResourceTag/Team": "a"}))
    assert tagged.allowed("iam:PutRolePolicy", ROLE, tags={"team": "a"})
    assert tagged.allowed("iam:PutRolePolicy", ROLE, tags={}) is None
    assert tagged.allowed("iam:PutRolePolicy", ROLE)


@pytest.mark.parametrize(
    ("guard", "resource", "allowed"),
    [
        # The caller chooses.
        (
            deny("ec2:*", "*:instance/*", StringNotEquals={"ec2:MetadataHttpTokens": "required"}),
            INSTANCE,
            True,
        ),
        (deny("ec2:*", "*:instance/*", Null={"ec2:InstanceType": "true"}), INSTANCE, True),
        # An image has no instance type, so that the Deny is about each.
        (deny("ec2:*", StringNotEquals={"ec2:InstanceType": "t3.micro"}), IMAGE, False),
        (deny("ec2:*", StringNotEquals={"ec2:InstanceType": "t3.micro"}), INSTANCE, True),
        (deny("ec2:*", ["*:volume/*", INSTANCE]), INSTANCE, False),
        (deny("ec2:*", ["*:volume/*", "*:subnet/*"]), INSTANCE, True),
        # A key of another service is absent.
        (deny("ec2:*", StringNotEquals={"s3:prefix": "x"}), INSTANCE, False),
        # A key of the caller's credentials is there whatever the service.
        (deny("ec2:*", StringNotEquals={"ssm:SourceInstanceARN": INSTANCE}), INSTANCE, True),
        (deny("ec2:*", StringNotEquals={"s3tables:namespace": "x"}), INSTANCE, False),
    ],
)
def test_keys_of_services(guard, resource, allowed):
    allowed_request = permissions(allow(), guard).allowed("ec2:RunInstances", resource)
    assert (allowed_request is not None) is allowed
    assert allowed_request is None or allowed_request.exact


@pytest.mark.parametrize(
    ("action", "resource", "region"),
    [
        ("ec2:RunInstances", INSTANCE, "eu-west-1"),
        # Requests to IAM are in one region of each partition; a role is passed in any.
        ("iam:PutRolePolicy", ROLE, "us-east-1"),
        ("iam:PutRolePolicy", ROLE.replace("arn:aws:", "arn:aws-cn:"), "cn-north-1"),
        ("iam:PutRolePolicy", ROLE.replace("arn:aws:", "arn:aws-us-gov:"), "us-gov-west-1"),
        ("iam:PassRole", ROLE, None),
        ("sts:AssumeRole", ROLE, None),
        ("s3:GetObject", "arn:aws:s3:::b/k", None),
        ("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f:v", "eu-west-1"),
    ],
)
def test_the_region_of_a_resource(action, resource, region):
    for name in ("eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1"):
        within = permissions(allow(StringEquals={"aws:RequestedRegion": name}))
        assert (within.allowed(action, resource) is not None) is (region in {name, None})


@pytest.mark.parametrize(
    ("resource", "account"),
    [(INSTANCE, ACCOUNT), (IMAGE, None), ("arn:aws:s3:::b/k", None), ("*", None)],
)
def test_the_account_of_a_resource(resource, account):
    for name in (ACCOUNT, "111122223333"):
        within = permissions(allow(StringEquals={"aws:ResourceAccount": name}))
        allowed_request = within.allowed("ec2:RunInstances", resource)
        assert (allowed_request is not None) is (account in {name, None})


def test_an_unknown_key_is_in_doubt():
    allowed_request = permissions(allow(StringEquals={"odd:key": "x"})).allowed(
        "s3:GetObject", "arn:x"
    )
    assert not allowed_request.exact


def test_what_has_ended_allows_nothing():
    ended = {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}
    now = datetime(2026, 1, 1, tzinfo=UTC)
    ask = ("s3:GetObject", "arn:aws:s3:::b/k")
    assert permissions(allow(**ended)).allowed(*ask)
    assert permissions(allow(**ended), since=now).allowed(*ask) is None


def test_the_reference_of_service_keys():
    assert find_service_key("EC2:metadatahttptokens").name == "ec2:MetadataHttpTokens"
    assert find_service_key("ec2:ResourceTag/Team").name == "ec2:ResourceTag/Team"
    assert find_service_key("ec2:ResourceTag/") is None
    assert find_service_key("ec2:Nothing") is None
    assert find_service_key("acm:DomainNames").several
    assert not find_service_key("ec2:InstanceType").several
    assert is_carried("ec2:resourcetag/team", "ec2:RunInstances", IMAGE)
    assert not is_carried("ec2:instancetype", "ec2:RunInstances", IMAGE)
    # An action without a row carries the keys of its service.
    assert is_carried("s3:prefix", "s3:NoSuchAction", "*")
    assert not is_carried("ec2:instancetype", "s3:NoSuchAction", "*")


ACTIONS = ("s3:GetObject", "s3:PutObject", "ec2:RunInstances", "iam:PassRole")
RESOURCES = ("arn:aws:s3:::b/k", "arn:aws:s3:::c/k", ROLE, INSTANCE)
CONDITIONS = (
    {},
    {"StringEquals": {"aws:PrincipalTag/team": "a"}},
    {"StringNotEquals": {"aws:PrincipalTag/team": "a"}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "false"}},
    {"StringLike": {"iam:PassedToService": "ec2*"}},
)
STATEMENTS = st.builds(
    lambda effect, action, negated, resource, condition: {
        "Effect": effect,
        "NotAction" if negated else "Action": action,
        "Resource": resource,
        "Condition": condition,
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["*", "s3:*", "s3:Get*", "iam:*", *ACTIONS]),
    st.booleans(),
    st.sampled_from(["*", "arn:aws:s3:::*", "arn:aws:s3:::${aws:username}*", *RESOURCES]),
    st.sampled_from(CONDITIONS),
)


@settings(max_examples=60)
@given(
    st.lists(STATEMENTS, min_size=1, max_size=5),
    st.sampled_from(ACTIONS),
    st.sampled_from(RESOURCES),
)
def test_it_agrees_with_the_question_over_all_requests(statements, action, resource):
    policy_document = policy(*statements)
    found = EffectivePermissions(policies=(policy_document,), principal=PRINCIPAL).allowed(
        action, resource
    )
    allowed_request = may([policy_document], action, resource=resource, principal=PRINCIPAL)
    assert (found is None) is (allowed_request is None)
    assert found is None or found.exact is allowed_request.exact


OFFICE = ["203.0.113.0/24"]


def test_one_allow_settles_what_all_together_do_not():
    odd = allow("s3:*", StringUnlike={"aws:userid": "x"})
    plain = allow("ec2:RunInstances", f"arn:aws:ec2:*:*:*/{'*-' * 3}")
    outside_request = can_act_from_outside(
        [policy(odd), policy(odd, plain)], networks=OFFICE, principal=PRINCIPAL
    )
    assert outside_request.exact
    assert (outside_request.policy, outside_request.path) == (1, "$.Statement[1]")


def test_only_actions_of_a_service_carry_its_keys():
    # No request of Amazon S3 has an instance type, so that the Deny is about each of them.
    guarded = policy(allow("s3:*"), deny("*", StringNotEquals={"ec2:InstanceType": "t3.micro"}))
    assert may([guarded], "s3:GetObject") is None
    assert may([guarded], "ec2:RunInstances") is None
    launching = policy(allow(), deny("*", StringNotEquals={"ec2:InstanceType": "t3.micro"}))
    assert may([launching], "ec2:RunInstances").exact
    assert not has_full_admin([launching]).full
    absent = policy(allow("s3:*", StringEquals={"ec2:ResourceTag/team": "a"}))
    assert can_act_from_outside([absent], networks=OFFICE, principal=PRINCIPAL) is None
    listing = deny("*", StringNotEquals={"s3:prefix": "x"})
    assert may([policy(allow(), listing)], "ec2:RunInstances") is None
    assert may([policy(allow(), listing)], "s3:ListBucket").exact
    assert not has_full_admin([policy(allow(), listing)]).full
    tagged = policy(allow("ec2:*", StringEquals={"ec2:ResourceTag/team": "a"}))
    assert can_act_from_outside([tagged], networks=OFFICE, principal=PRINCIPAL).exact
    # Keys that another service carries as well.
    connect = policy(allow("ec2-instance-connect:*", StringEquals={"ec2:ResourceTag/team": "a"}))
    assert can_act_from_outside([connect], networks=OFFICE, principal=PRINCIPAL).exact
