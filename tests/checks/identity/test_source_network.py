"""source-network (4.5.2)."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Baseline, Outcome, check_source_network
from cloudpack_baseline.model.iam_principals import (
    AccessKey,
    InlinePolicy,
    ManagedPolicyDetail,
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.model.organizations import Organization
from support import ACCOUNT, denied, world

NETWORKS = {"corporate": ["203.0.113.0/28", "2001:db8:10::/48"], "site": ["198.51.100.0/24"]}
OUTSIDE = {"NotIpAddress": {"aws:SourceIp": [*NETWORKS["corporate"], *NETWORKS["site"]]}}
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
BOUND = DENY | {"Condition": OUTSIDE | {"BoolIfExists": {"aws:ViaAWSService": "false"}}}
ALLOW = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
UNREAD = denied("iam:GetLoginProfile")
KEY = AccessKey(id="AKIAEXAMPLE", active=True)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def inline(*statements):
    return (InlinePolicy(name="own", document=document(*statements)),)


def user(*statements, **changes):
    fields = {
        "arn": f"arn:aws:iam::{ACCOUNT}:user/u",
        "account": ACCOUNT,
        "name": "u",
        "inline_policies": inline(*statements),
        "password": True,
    }
    return UserDetail(**(fields | changes))


def role(*statements, principal=None, action="sts:AssumeRole", **changes):
    trust = {"Effect": "Allow", "Principal": principal or {"AWS": ACCOUNT}, "Action": action}
    fields = {
        "arn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "account": ACCOUNT,
        "name": "r",
        "inline_policies": inline(*statements),
        "trust": document(trust),
    }
    return RoleDetail(**(fields | changes))


def organization(management):
    return Organization(
        arn=f"arn:aws:organizations::{management}:organization/o-abcde12345",
        account=ACCOUNT,
        name="o-abcde12345",
        id="o-abcde12345",
        management_account=management,
    )


def judged(one, *others, options=None, networks=NETWORKS, gaps=None):
    tables = {"networks": networks, "controls": {"source-network": options or {}}}
    snapshot = world("source-network", one, *others, gaps=gaps)
    findings = check_source_network(snapshot, Baseline.from_mapping(tables)).findings
    return next(finding for finding in findings if finding.resource.name == one.name)


def outcome(one, *others, **fields):
    return judged(one, *others, **fields).outcome


@pytest.mark.parametrize("make", [user, role])
@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([ALLOW], "fail"),
        ([ALLOW, BOUND], "pass"),
        ([ALLOW, DENY | {"Condition": OUTSIDE}], "pass"),
        ([ALLOW | {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.8/29"}}}], "pass"),
        ([ALLOW | {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/27"}}}], "fail"),
        (
            [ALLOW, DENY | {"Condition": {"NotIpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}],
            "fail",
        ),
        # A Deny of some actions leaves the others.
        ([ALLOW, BOUND | {"Action": "ec2:RunInstances"}], "fail"),
        ([], "pass"),
    ],
)
def test_bound_by_its_own_policies(make, statements, expected):
    assert outcome(make(*statements)) == expected


def test_bound_by_its_boundary():
    bound = ManagedPolicyDetail(
        arn=f"arn:aws:iam::{ACCOUNT}:policy/bound",
        account=ACCOUNT,
        name="bound",
        document=document(ALLOW, BOUND),
    )
    assert outcome(role(ALLOW, boundary=bound.arn), bound) is Outcome.PASS
    assert outcome(role(ALLOW, boundary=bound.arn)) is Outcome.UNKNOWN


def test_a_condition_of_the_trust_policy_does_not_bind_the_session():
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": "sts:AssumeRole",
        "Condition": {"IpAddress": {"aws:SourceIp": NETWORKS["corporate"]}},
    }
    assert outcome(role(ALLOW, trust=document(statement))) is Outcome.FAIL


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"password": True, "access_keys": ()}, "fail"),
        ({"password": False, "access_keys": (KEY,)}, "fail"),
        ({"password": False, "access_keys": ()}, "not applicable"),
        (
            {"password": False, "access_keys": (AccessKey(id="AKIAOLD", active=False),)},
            "not applicable",
        ),
        ({"password": UNREAD, "access_keys": (KEY,)}, "fail"),
        ({"password": UNREAD, "access_keys": ()}, "unknown"),
        ({"password": False, "access_keys": UNREAD}, "unknown"),
    ],
)
def test_users_with_credentials(changes, expected):
    finding = judged(user(ALLOW, **changes))
    assert finding.outcome == expected
    if expected == "unknown":
        assert "Credentials could not" in finding.observations[0].message.in_language("en")
    bound = user(ALLOW, BOUND, **changes)
    assert outcome(bound) in (Outcome.PASS, Outcome.NOT_APPLICABLE)


OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"


@pytest.mark.parametrize(
    ("principal", "action", "expected"),
    [
        ({"AWS": "111122223333"}, "sts:AssumeRole", "fail"),
        ({"Federated": SAML}, "sts:AssumeRoleWithSAML", "fail"),
        ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole", "not applicable"),
        ({"Federated": OIDC}, "sts:AssumeRoleWithWebIdentity", "not applicable"),
        ({"Service": "ec2.amazonaws.com", "AWS": ACCOUNT}, "sts:AssumeRole", "fail"),
    ],
)
def test_roles_that_people_can_assume(principal, action, expected):
    assert outcome(role(ALLOW, principal=principal, action=action)) == expected


@pytest.mark.parametrize("trust", [denied("iam:GetAccountAuthorizationDetails"), "{"])
def test_a_role_whose_trust_was_not_read(trust):
    finding = judged(role(ALLOW, trust=trust))
    assert finding.outcome is Outcome.UNKNOWN
    assert "Trust could not" in finding.observations[0].message.in_language("en")
    assert outcome(role(ALLOW, BOUND, trust=trust)) is Outcome.PASS


@pytest.mark.parametrize(
    ("others", "gaps", "expected"),
    [
        ([], None, "fail"),
        # Service control policies bind members only.
        ([organization(ACCOUNT)], None, "fail"),
        ([organization("999988887777")], None, "unknown"),
        ([], {"Organization": denied("organizations:DescribeOrganization")}, "unknown"),
    ],
)
def test_what_service_control_policies_could_bind(others, gaps, expected):
    assert outcome(user(ALLOW), *others, gaps=gaps) == expected
    assert outcome(user(ALLOW, BOUND), *others, gaps=gaps) is Outcome.PASS


def test_some_of_the_networks():
    site = user(ALLOW | {"Condition": {"IpAddress": {"aws:SourceIp": NETWORKS["site"]}}})
    assert outcome(site) is Outcome.PASS
    assert outcome(site, options={"networks": ["corporate"]}) is Outcome.FAIL


def test_no_network_is_declared():
    assert outcome(user(ALLOW), networks={}) is Outcome.NOT_APPLICABLE


def test_what_is_no_operator():
    options = {"exempt": ["arn:aws:iam::*:user/u"]}
    assert outcome(user(ALLOW), options=options) is Outcome.NOT_APPLICABLE
    assert outcome(role(ALLOW), options=options) is Outcome.FAIL
    linked = role(ALLOW, path="/aws-service-role/x.amazonaws.com/")
    assert outcome(linked) is Outcome.NOT_APPLICABLE


def test_a_statement_that_cannot_be_taken_exactly():
    odd = ALLOW | {"Condition": {"StringUnlike": {"aws:userid": "x"}}}
    assert outcome(user(odd)) is Outcome.UNKNOWN


def test_a_failure_shows_a_request_from_outside():
    (observation,) = judged(user(ALLOW | {"Sid": "Servers"})).observations
    address = observation.read.removeprefix("aws:SourceIp=")
    assert address
    assert address in observation.message.in_language("ja")
    summary = observation.witness.summary.in_language("en")
    assert summary.endswith("user/u calls ec2:DescribeInstances on *")
    told = observation.witness.steps[-1]
    assert told.in_language("en") == "allowed by the inline policy own, $.Statement[0] (Servers)"


UNLESS_TAGGED = DENY | {
    "Condition": OUTSIDE | {"StringNotEquals": {"aws:PrincipalTag/place": "anywhere"}}
}
ANYWHERE = (("Place", "anywhere"),)
FEDERATE = {"Effect": "Allow", "Action": ["sts:GetFederationToken"], "Resource": "*"}
TAG = {"Effect": "Allow", "Action": "sts:TagSession", "Resource": "*"}


@pytest.mark.parametrize(
    ("statements", "tags", "expected"),
    [
        ([ALLOW], (), "pass"),
        ([ALLOW], (("place", "office"),), "pass"),
        ([ALLOW], ANYWHERE, "fail"),
        # A snapshot of before tags were read.
        ([ALLOW], None, "fail"),
        # Only a federated session brings tags of its own.
        ([ALLOW, TAG], (), "pass"),
        ([ALLOW, FEDERATE], (), "pass"),
        ([ALLOW, FEDERATE, TAG], (), "fail"),
    ],
)
def test_the_tags_of_a_user_are_known(statements, tags, expected):
    assert outcome(user(*statements, UNLESS_TAGGED, tags=tags)) == expected


@pytest.mark.parametrize(
    ("action", "tags", "expected"),
    [
        ("sts:AssumeRole", (), "pass"),
        ("sts:AssumeRole", ANYWHERE, "fail"),
        (["sts:AssumeRole", "sts:TagSession"], (), "fail"),
        (["sts:AssumeRole", "sts:TagSession"], (("place", "office"),), "fail"),
        ("sts:*", (), "fail"),
    ],
)
def test_sessions_of_a_role_add_tags_where_its_trust_policy_lets_them(action, tags, expected):
    assert outcome(role(ALLOW, UNLESS_TAGGED, action=action, tags=tags)) == expected


@pytest.mark.parametrize("trust", [denied("iam:GetAccountAuthorizationDetails"), "{"])
def test_a_role_whose_trust_was_not_read_may_let_sessions_be_tagged(trust):
    assert outcome(role(ALLOW, UNLESS_TAGGED, tags=(), trust=trust)) is Outcome.UNKNOWN


def test_a_role_that_a_trust_policy_may_or_may_not_give_to_people():
    part = {"StringEquals": {"cloudpack-baseline:undetermined/parameter A": "true"}}
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    unsure = role(ALLOW, trust=document(trust | {"Condition": part}))
    assert judged(unsure).outcome is Outcome.UNKNOWN
    assert judged(role(ALLOW)).outcome is Outcome.FAIL
