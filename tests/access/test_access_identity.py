"""Identity policies, boundaries and SCPs; trust policies of roles."""

from __future__ import annotations

import string

import pytest

from cloudpack_baseline.access import (
    PrincipalIdentity,
    can_act_from_outside,
    has_full_admin,
    may,
    parse_policy,
    who_can_assume,
)

OFFICE = ["203.0.113.0/24"]
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
OUTSIDE = {
    "Effect": "Deny",
    "Action": "*",
    "Resource": "*",
    "Condition": {"NotIpAddress": {"aws:SourceIp": OFFICE}, "Bool": {"aws:ViaAWSService": "false"}},
}


def identity(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return parse_policy(document, kind="identity")


def changed(statement, **fields):
    found = {**statement, **fields}
    return {key: value for key, value in found.items() if value is not None}


EXEMPT = changed(OUTSIDE, Action=None, NotAction=["iam:ChangePassword"])
ONLY = {"IpAddress": {"aws:SourceIp": OFFICE}}


@pytest.mark.parametrize(
    ("policies", "more", "outside"),
    [
        ([identity(ALL)], {}, True),
        ([identity(ALL, OUTSIDE)], {}, False),
        ([identity(ALL), identity(OUTSIDE)], {}, False),
        ([identity(changed(ALL, Condition=ONLY))], {}, False),
        ([identity(ALL, changed(OUTSIDE, Action="s3:*"))], {}, True),
        ([identity(ALL)], {"boundary": identity(changed(ALL, Condition=ONLY))}, False),
        ([identity(ALL)], {"scps": [[identity(ALL)], [identity(ALL, OUTSIDE)]]}, False),
        (
            [identity(ALL)],
            {"scps": [[identity(ALL), identity(changed(ALL, Condition=ONLY))]]},
            True,
        ),
        ([identity(ALL, EXEMPT)], {}, True),
        ([identity(ALL, EXEMPT)], {"ignored_actions": ["iam:ChangePassword"]}, False),
        ([identity(ALL)], {"ignored_actions": ["iam:ChangePassword"]}, True),
        (
            [identity(changed(ALL, Action=["iam:ChangePassword", "iam:GetUser"]))],
            {"ignored_actions": ["iam:change*", "IAM:GetUser"]},
            False,
        ),
        (
            [identity(changed(ALL, Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}))],
            {},
            False,
        ),
        (
            [identity(changed(ALL, Condition={"IpAddressIfExists": {"aws:SourceIp": OFFICE}}))],
            {},
            False,
        ),
        ([identity(changed(ALL, Condition={"Bool": {"aws:ViaAWSService": "true"}}))], {}, False),
        ([], {}, False),
    ],
)
def test_acting_from_outside(policies, more, outside):
    outside_request = can_act_from_outside(policies, networks=OFFICE, **more)
    assert (outside_request is not None) is outside
    if outside_request is not None:
        assert outside_request.exact
        assert not outside_request.context["aws:SourceIp"].startswith("203.0.113.")


def test_narrower_networks_leave_a_witness_in_the_gap():
    outside_request = can_act_from_outside([identity(ALL, OUTSIDE)], networks=["203.0.113.0/25"])
    assert outside_request.context["aws:SourceIp"] == "203.0.113.128"


def test_an_unknown_key_is_taken_on_the_side_of_exposure():
    deny = changed(OUTSIDE, Condition={"StringEquals": {"foo:bar": "x"}})
    outside_request = can_act_from_outside([identity(ALL, deny)], networks=OFFICE)
    assert not outside_request.exact


@pytest.mark.parametrize(
    ("statements", "full", "unconditional"),
    [
        ([ALL], True, True),
        ([changed(ALL, Action=[f"{c}*" for c in string.ascii_lowercase])], True, True),
        ([changed(ALL, Action=[f"{c}*" for c in string.ascii_lowercase[1:]])], False, False),
        ([changed(ALL, Action="*:*")], True, True),
        ([changed(ALL, Action=["iam:*"])], False, False),
        ([changed(ALL, Action=None, NotAction="iam:*")], False, False),
        ([changed(ALL, Action=None, NotAction="iam:*"), changed(ALL, Action="iam:*")], True, True),
        ([ALL, changed(OUTSIDE, Action="iam:*", Condition=None)], False, False),
        ([ALL, OUTSIDE], True, False),
        ([changed(ALL, Resource="arn:aws:s3:::*")], False, False),
        ([changed(ALL, Resource="arn:*")], True, True),
        ([changed(ALL, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})], True, False),
        ([], False, False),
    ],
)
def test_full_admin(statements, full, unconditional):
    full_admin = has_full_admin([identity(*statements)])
    assert (full_admin.full, full_admin.unconditional) == (full, unconditional)
    assert (full_admin.missing is None) is full


def test_may():
    policy = identity(changed(ALL, Action="s3:Get*", Resource="arn:aws:s3:::b/*"))
    assert may([policy], "s3:GetObject").resource.startswith("arn:aws:s3:::b/")
    assert may([policy], "s3:GetObject", resource="arn:aws:s3:::b/x") is not None
    assert may([policy], "s3:GetObject", resource="arn:aws:s3:::c/x") is None
    assert may([policy], "s3:PutObject") is None
    principal = PrincipalIdentity(arn="arn:aws:iam::123456789012:user/al")
    home = identity(changed(ALL, Resource="arn:aws:s3:::b/${aws:username}/*"))
    assert may([home], "s3:GetObject", resource="arn:aws:s3:::b/al/x", principal=principal).exact
    assert may([home], "s3:GetObject", resource="arn:aws:s3:::b/bo/x", principal=principal) is None


def assumers(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return who_can_assume(parse_policy(document, kind="trust"), account="123456789012")


TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole"}
FRIEND = {"AWS": "111122223333"}
GITHUB = "token.actions.githubusercontent.com"
PROVIDER = {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}
WEB = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": PROVIDER}


def test_an_account_without_an_external_id():
    (assumer,) = assumers({**TRUST, "Principal": FRIEND})
    assert (assumer.principal, assumer.needs("sts:ExternalId")) == ("111122223333", False)
    assert assumer.whole_account


def test_an_account_with_an_external_id():
    condition = {"StringEquals": {"sts:ExternalId": "abc"}}
    (assumer,) = assumers({**TRUST, "Principal": FRIEND, "Condition": condition})
    assert assumer.needs("sts:ExternalId")
    assert assumer.keys["sts:externalid"].values == ("abc",)


def test_an_external_id_if_it_exists_is_none():
    condition = {"StringEqualsIfExists": {"sts:ExternalId": "abc"}}
    (assumer,) = assumers({**TRUST, "Principal": FRIEND, "Condition": condition})
    assert not assumer.needs("sts:ExternalId")


@pytest.mark.parametrize(("operator", "needed"), [("Bool", True), ("BoolIfExists", False)])
def test_mfa(operator, needed):
    condition = {operator: {"aws:MultiFactorAuthPresent": "true"}}
    (assumer,) = assumers({**TRUST, "Principal": FRIEND, "Condition": condition})
    assert assumer.needs("aws:MultiFactorAuthPresent") is needed


def test_everybody_and_the_organization():
    assert next(iter(assumers({**TRUST, "Principal": "*"}))).principal == "*"
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    allowed_assumers = assumers({**TRUST, "Principal": {"AWS": "*"}, "Condition": condition})
    assert all(a.keys["aws:principalorgid"].values == ("o-1",) for a in allowed_assumers)


def test_a_deny_of_all_others():
    deny = {"Effect": "Deny", "NotPrincipal": FRIEND, "Action": "*"}
    assert [a.principal for a in assumers({**TRUST, "Principal": "*"}, deny)] == ["111122223333"]


def test_roles_by_pattern():
    condition = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci-*"}}
    (assumer,) = assumers({**TRUST, "Principal": {"AWS": "*"}, "Condition": condition})
    assert (assumer.principal, assumer.whole_account) == ("111122223333", False)
    assert assumer.context["aws:PrincipalArn"].startswith("arn:aws:iam::111122223333:role/ci-")


def test_web_identity():
    (assumer,) = assumers(WEB)
    assert not assumer.needs(f"{GITHUB}:sub")
    condition = {
        "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{GITHUB}:sub": "repo:org/x:*"},
    }
    (assumer,) = assumers({**WEB, "Condition": condition})
    assert assumer.needs(f"{GITHUB}:sub")
    assert assumer.keys[f"{GITHUB}:aud"].values == ("sts.amazonaws.com",)


def test_the_wrong_action_for_a_provider_lets_nobody_in():
    assert assumers({**WEB, "Action": "sts:AssumeRole"}) == ()


@pytest.mark.parametrize(
    ("condition", "bound"), [({}, False), ({"StringEquals": {"aws:SourceAccount": "1" * 12}}, True)]
)
def test_services(condition, bound):
    service = {"Service": "events.amazonaws.com"}
    (assumer,) = assumers({**TRUST, "Principal": service, "Condition": condition})
    assert (assumer.principal, assumer.bound) == ("events.amazonaws.com", bound)


def test_all_resources_but_some():
    spared = identity(changed(ALL, Resource=None, NotResource="arn:aws:s3:::spared/*"))
    assert may([spared], "s3:GetObject", resource="arn:aws:s3:::other/key")
    assert not may([spared], "s3:GetObject", resource="arn:aws:s3:::spared/key")


def test_the_witness_leaves_out_absent_keys():
    no_agent = identity(changed(ALL, Condition={"Null": {"aws:Referer": "true"}}))
    allowed_request = may([no_agent], "s3:GetObject")
    assert allowed_request is not None
    assert "aws:Referer" not in allowed_request.context


def test_a_workload_with_a_certificate():
    trust = parse_policy(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "rolesanywhere.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
                "Condition": {"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "backup"}},
            },
        },
        kind="trust",
    )
    (found,) = who_can_assume(trust, account="123456789012")
    assert found.principal == "rolesanywhere.amazonaws.com"
    assert found.needs("aws:PrincipalTag/x509Subject/CN")


@pytest.mark.parametrize(
    "policy",
    [
        identity(
            changed(
                ALL,
                Condition={
                    "ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}
                },
            )
        ),
        identity(
            ALL,
            changed(
                OUTSIDE,
                Condition={
                    "NotIpAddress": {"aws:SourceIp": OFFICE},
                    "Null": {"aws:CalledViaFirst": "true"},
                },
            ),
        ),
    ],
)
def test_who_is_called_via_a_service_does_not_call(policy):
    assert can_act_from_outside([policy], networks=OFFICE) is None


def test_nothing_is_named_with_a_wildcard():
    roles = parse_policy(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:role/*"},
                "Action": "sts:AssumeRole",
            },
        },
        kind="trust",
    )
    assert who_can_assume(roles, account="123456789012") == ()
