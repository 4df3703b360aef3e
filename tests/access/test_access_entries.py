"""Trust policies: providers that nobody names, and how one principal gets in."""

from __future__ import annotations

import pytest

from cloudpack_baseline.access import parse_policy, trust_grant_for, who_can_assume

OWN = "123456789012"
OTHER = "210987654321"
USER = f"arn:aws:iam::{OWN}:user/u"
WEB, SAML = "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"
HUB = "token.actions.githubusercontent.com"
HUB_ARN = f"arn:aws:iam::{OWN}:oidc-provider/{HUB}"


def let(principal, action="sts:AssumeRole", condition=None, **fields):
    held = {"Effect": "Allow", "Principal": principal, "Action": action} | fields
    held = {key: value for key, value in held.items() if value is not None}
    return held | ({"Condition": condition} if condition else {})


def trust(*statements):
    return parse_policy({"Version": "2012-10-17", "Statement": list(statements)}, kind="trust")


def federated(*statements):
    allowed_assumers = who_can_assume(trust(*statements), account=OWN)
    return {
        (one.principal, one.action) for one in allowed_assumers if one.principal_kind == "federated"
    }


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([let("*", WEB)], {("*", WEB)}),
        ([let("*", SAML)], {("*", SAML)}),
        ([let("*", "sts:*")], {("*", SAML), ("*", WEB)}),
        ([let("*")], set()),
        ([let(None, WEB, NotPrincipal={"AWS": OTHER})], {("*", WEB)}),
        ([let("*", WEB), let("*", "sts:*", Effect="Deny")], set()),
        # A claim is one of its provider's.
        ([let("*", WEB, {"StringEquals": {f"{HUB}:sub": "repo:o/r:x"}})], {(HUB_ARN, WEB)}),
        (
            [let("*", WEB, {"StringEquals": {"accounts.google.com:aud": "x"}})],
            {("accounts.google.com", WEB)},
        ),
        ([let("*", SAML, {"StringEquals": {"SAML:aud": "x"}})], {("*", SAML)}),
        ([let({"Federated": HUB_ARN}, WEB)], {(HUB_ARN, WEB)}),
    ],
)
def test_everybody_includes_who_comes_by_a_provider(statements, expected):
    assert federated(*statements) == expected


@pytest.mark.parametrize(
    ("statements", "direct"),
    [
        ([let({"AWS": USER})], True),
        ([let("*")], True),
        ([let({"AWS": "*"})], True),
        ([let(None, NotPrincipal={"AWS": f"arn:aws:iam::{OTHER}:root"})], True),
        ([let({"AWS": OWN})], False),
        ([let({"AWS": OWN}), let({"AWS": USER})], True),
        ([let({"AWS": OWN}, condition={"ArnLike": {"aws:PrincipalArn": "*:user/u"}})], None),
        (
            [let({"AWS": OWN}, condition={"ArnLike": {"aws:PrincipalArn": "arn:*:*:*:*:user/u"}})],
            False,
        ),
        ([let({"AWS": f"arn:aws:iam::{OWN}:user/other"})], None),
        ([let({"AWS": OTHER})], None),
        ([let({"Service": "ec2.amazonaws.com"})], None),
        ([let({"AWS": USER}), let({"AWS": USER}, Effect="Deny")], None),
        ([let({"AWS": USER}, WEB)], None),
    ],
)
def test_how_a_user_gets_in(statements, direct):
    trust_grant = trust_grant_for(trust(*statements), USER, account=OWN)
    assert (trust_grant and trust_grant.direct) is direct
    assert trust_grant is None or trust_grant.exact


def test_from_another_account():
    assert trust_grant_for(trust(let({"AWS": OWN})), USER, account=OTHER) is not None
    assert trust_grant_for(trust(let({"AWS": OTHER})), USER, account=OTHER) is None


def test_a_sure_entry_goes_before_a_doubtful_one():
    odd = let({"AWS": USER}, condition={"StringUnlike": {"aws:userid": "x"}})
    assert not trust_grant_for(trust(odd), USER, account=OWN).exact
    trust_grant = trust_grant_for(trust(odd, let({"AWS": OWN})), USER, account=OWN)
    assert (trust_grant.exact, trust_grant.direct, trust_grant.path) == (
        True,
        False,
        "$.Statement[1]",
    )
