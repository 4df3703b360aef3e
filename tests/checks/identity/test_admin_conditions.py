"""Conditions that hold for a principal, and those that never do (admin-privileges)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Outcome
from cloudpack_baseline.model.organizations import Organization
from principals import EVERYTHING, IAM, UNREAD, allow, deny, judged, managed, me, role, trusting
from support import ACCOUNT

FAIL, PASSES = Outcome.FAIL, Outcome.PASS
ACTIONS = ("iam:PutUserPolicy", "lambda:UpdateFunctionCode")
NEVER = [
    ("StringEquals", "aws:PrincipalAccount", "210987654321"),
    ("ArnEquals", "aws:PrincipalArn", f"{IAM}user/other"),
    ("StringEquals", "aws:username", "other"),
    ("StringEquals", "aws:userid", "AIDAOTHER"),
    ("StringLike", "aws:userid", "AROA*:*"),
    ("StringEquals", "aws:PrincipalType", "AssumedRole"),
    ("Bool", "aws:PrincipalIsAWSService", "true"),
    ("StringEquals", "aws:SourceAccount", ACCOUNT),
    ("StringEquals", "aws:PrincipalOrgID", "o-abcde12345"),
    ("NumericLessThan", "aws:EpochTime", "1577836800"),
    ("StringEquals", "aws:ResourceAccount", "210987654321"),
    ("StringEquals", "aws:ResourceTag/team", "a"),
    ("StringEquals", "aws:PrincipalTag/team", "a"),
]
SOMETIMES = [
    ("Bool", "aws:MultiFactorAuthPresent", "true"),
    ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    ("Bool", "aws:SecureTransport", "true"),
    ("StringEquals", "aws:ResourceAccount", ACCOUNT),
    ("StringEquals", "aws:userid", "AIDAMINE"),
    ("StringLike", "aws:userid", "AIDA*"),
]


def when(operator, key, value):
    return {"Condition": {operator: {key: value}}}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("condition", NEVER)
def test_a_condition_that_never_holds(action, condition):
    one = me(allow(action, **when(*condition)), tags=(), id="AIDAMINE")
    assert judged(one).outcome is PASSES
    # Where it has to hold to be spared, nothing is.
    guarded = me(allow(action), deny(**when(*condition)), tags=(), id="AIDAMINE")
    assert judged(guarded).outcome is FAIL


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("condition", SOMETIMES)
def test_a_condition_that_may_hold(action, condition):
    assert judged(me(allow(action, **when(*condition)), tags=(), id="AIDAMINE")).outcome is FAIL


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("AROAMINE:*", FAIL),
        ("AROAMINE:deploy", FAIL),
        ("AROAOTHER:*", PASSES),
        ("AROAMINE", PASSES),
    ],
)
def test_the_id_of_a_session(value, outcome):
    role_record = role(
        "r", allow("iam:PutUserPolicy", **when("StringLike", "aws:userid", value)), id="AROAMINE"
    )
    assert judged(role_record, principal="r").outcome is outcome


@pytest.mark.parametrize("key", ["aws:SourceIdentity", "aws:FederatedProvider"])
def test_a_user_has_no_keys_of_sessions_of_roles(key):
    statements = [allow("iam:PutUserPolicy"), deny(**when("Null", key, "true"))]
    assert judged(me(*statements)).outcome is PASSES
    assert judged(role("r", *statements), principal="r").outcome is FAIL
    assert (
        judged(me(allow("iam:PutUserPolicy"), deny(**when("Null", key, "false")))).outcome is FAIL
    )


def organization_of_account(id_):
    return Organization(
        arn=f"arn:aws:organizations::{ACCOUNT}:organization/{id_}",
        account=ACCOUNT,
        name=id_,
        id=id_,
        management_account=ACCOUNT,
    )


@pytest.mark.parametrize(("id_", "outcome"), [("o-abcde12345", FAIL), ("o-other12345", PASSES)])
@pytest.mark.parametrize("key", ["aws:PrincipalOrgID", "aws:ResourceOrgID"])
def test_the_organization_that_a_trust_policy_requires(key, id_, outcome):
    trust = trusting({"AWS": ACCOUNT}, **when("StringEquals", key, "o-abcde12345"))
    administrator = role("boss", EVERYTHING, trust=trust)
    one = me(allow("sts:AssumeRole", administrator.arn))
    assert judged(one, administrator, organization_of_account(id_)).outcome is outcome


@pytest.mark.parametrize(("id_", "outcome"), [("o-abcde12345", FAIL), ("o-other12345", PASSES)])
def test_the_organization_of_the_account(id_, outcome):
    organization = organization_of_account(id_)
    one = me(
        allow("iam:PutUserPolicy", **when("StringEquals", "aws:PrincipalOrgID", "o-abcde12345"))
    )
    assert judged(one, organization).outcome is outcome
    # It may be that one where it was not read.
    assert judged(one, gaps={"Organization": UNREAD}).outcome is FAIL


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        (("StringEquals", "aws:PrincipalTag/team", "security"), FAIL),
        (("StringEquals", "aws:PrincipalTag/TEAM", "security"), FAIL),
        (("StringEquals", "aws:PrincipalTag/team", "SECURITY"), PASSES),
        (("StringEquals", "aws:PrincipalTag/unit", "security"), PASSES),
        (("StringEqualsIfExists", "aws:PrincipalTag/unit", "security"), FAIL),
        (("StringNotEquals", "aws:PrincipalTag/team", "security"), PASSES),
        (("Null", "aws:PrincipalTag/unit", "true"), FAIL),
        (("Null", "aws:PrincipalTag/team", "true"), PASSES),
        (("StringLike", "aws:userid", "AIDA*"), FAIL),
        (("StringNotLike", "aws:userid", "AIDA*"), PASSES),
        (("StringEquals", "aws:userid", "AIDAOTHER"), PASSES),
        (("StringEquals", "aws:PrincipalOrgID", "o-abcde12345"), PASSES),
        (("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-abcde12345/*"), FAIL),
    ],
)
def test_what_a_trust_policy_requires_of_the_principal(condition, outcome):
    trust = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    administrator = role("boss", EVERYTHING, trust=trusting(trust, **when(*condition)))
    one = me(
        allow("sts:AssumeRole", administrator.arn),
        tags=(("team", "security"),),
        id="AIDAMINE",
    )
    assert judged(one, administrator).outcome is outcome


OFFICE, VPN = "203.0.113.0/24", "198.51.100.0/24"


@pytest.mark.parametrize(
    ("own", "trusted", "outcome"),
    [
        (("IpAddress", "aws:SourceIp", OFFICE), ("IpAddress", "aws:SourceIp", OFFICE), FAIL),
        (("IpAddress", "aws:SourceIp", OFFICE), ("IpAddress", "aws:SourceIp", VPN), PASSES),
        (
            ("Bool", "aws:MultiFactorAuthPresent", "false"),
            ("Bool", "aws:MultiFactorAuthPresent", "true"),
            PASSES,
        ),
        # Different keys are no contradiction.
        (
            ("IpAddress", "aws:SourceIp", OFFICE),
            ("Bool", "aws:MultiFactorAuthPresent", "true"),
            FAIL,
        ),
        (None, ("StringEquals", "aws:ResourceTag/team", "security"), FAIL),
        (None, ("StringEquals", "aws:ResourceTag/team", "web"), PASSES),
        (None, ("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}"), PASSES),
    ],
)
@pytest.mark.parametrize("named", [False, True])
def test_conditions_of_both_sides_hold_for_one_request(own, trusted, outcome, named):
    trust = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/me" if named else ACCOUNT}
    administrator = role(
        "boss",
        EVERYTHING,
        trust=trusting(trust, **when(*trusted)),
        tags=(("team", "security"),),
    )
    statement = allow("sts:AssumeRole", administrator.arn, **(when(*own) if own else {}))
    one = me(statement, tags=(("team", "ops"),), id="AIDAMINE")
    # Whom the trust policy names needs no permission of its own.
    assert judged(one, administrator).outcome is (FAIL if named and own else outcome)


@pytest.mark.parametrize(("team", "outcome"), [("security", FAIL), ("web", PASSES)])
def test_a_tag_of_the_role_beside_another_condition(team, outcome):
    conditions = {
        "Condition": {
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "StringEquals": {"aws:ResourceTag/team": team},
        }
    }
    administrator = role(
        "boss",
        EVERYTHING,
        trust=trusting({"AWS": ACCOUNT}, **conditions),
        tags=(("team", "security"),),
    )
    assert judged(me(allow("sts:AssumeRole", administrator.arn)), administrator).outcome is outcome


def test_a_boundary_and_a_trust_policy_that_contradict_each_other():
    trust = {"AWS": ACCOUNT}
    administrator = role(
        "boss", EVERYTHING, trust=trusting(trust, **when("IpAddress", "aws:SourceIp", OFFICE))
    )
    for network, outcome in ((OFFICE, FAIL), (VPN, PASSES)):
        boundary = managed("b", allow("sts:*", **when("IpAddress", "aws:SourceIp", network)))
        one = me(allow("sts:AssumeRole", administrator.arn), boundary=boundary.arn)
        assert judged(one, administrator, boundary).outcome is outcome


LOCK = ("StringNotEquals", "aws:RequestedRegion")


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        # Requests to IAM are made in one region.
        ([allow("iam:PutUserPolicy"), deny(**when(*LOCK, "eu-west-1"))], PASSES),
        ([allow("iam:PutUserPolicy"), deny(**when(*LOCK, ["eu-west-1", "us-east-1"]))], FAIL),
        (
            [
                allow("iam:PutUserPolicy"),
                {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}
                | when(*LOCK, "eu-west-1"),
            ],
            FAIL,
        ),
        ([allow("lambda:UpdateFunctionCode"), deny(**when(*LOCK, "eu-west-1"))], FAIL),
        (
            [
                allow(
                    "lambda:UpdateFunctionCode", **when("StringLike", "aws:RequestedRegion", "eu-*")
                )
            ],
            FAIL,
        ),
        (
            [
                allow("lambda:UpdateFunctionCode", "arn:aws:lambda:ap-northeast-1:*:function:*"),
                deny(**when(*LOCK, "eu-west-1")),
            ],
            PASSES,
        ),
        # A role is passed in the region of the service.
        (
            [
                allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]),
                deny(**when(*LOCK, "eu-west-1")),
            ],
            FAIL,
        ),
    ],
)
def test_regions(statements, outcome):
    assert judged(me(*statements)).outcome is outcome


FUNCTIONS = [allow("iam:PassRole"), allow("lambda:CreateFunction"), allow("lambda:InvokeFunction")]


@pytest.mark.parametrize(
    ("denied", "outcome"),
    [
        (deny(**when("StringEquals", "aws:RequestedRegion", "ap-northeast-1")), FAIL),
        (deny(**when("StringLike", "aws:RequestedRegion", "ap-*")), FAIL),
        (deny("lambda:*", "arn:aws:lambda:ap-northeast-1:*:*"), FAIL),
        (deny("lambda:*", "arn:aws:lambda:*:*:*"), PASSES),
        (deny(**when("StringLike", "aws:RequestedRegion", "*")), PASSES),
    ],
)
def test_a_deny_in_some_regions_leaves_the_others(denied, outcome):
    assert judged(me(*FUNCTIONS, denied)).outcome is outcome


@pytest.mark.parametrize("granting", ["iam:PutUserPolicy", "iam:AttachUserPolicy"])
@pytest.mark.parametrize(("keys", "outcome"), [("dev-*", FAIL), ("ops-*", PASSES)])
def test_a_user_may_be_created_by_a_name_of_a_later_step(granting, keys, outcome):
    one = me(
        allow("iam:CreateUser", f"{IAM}user/*"),
        allow(granting, f"{IAM}user/dev-*"),
        allow("iam:CreateAccessKey", f"{IAM}user/{keys}"),
    )
    assert judged(one).outcome is outcome
