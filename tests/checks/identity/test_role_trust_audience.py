"""role-trust (4.5.2): where the audience of an OpenID Connect provider is pinned."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Baseline, check_role_trust
from cloudpack_baseline.model.iam_principals import OpenIDConnectProvider, RoleDetail
from support import ACCOUNT, denied, only, world

GITHUB = "token.actions.githubusercontent.com"
GOOGLE = "accounts.google.com"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
SUBJECT = {"ForAnyValue:StringLike": {f"{GITHUB}:sub": "repo:own/*"}}
UNREAD = denied("iam:GetOpenIDConnectProvider")


def role(principal=OIDC, **condition):
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": principal},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = f"arn:aws:iam::{ACCOUNT}:role/r"
    return RoleDetail(arn=arn, account=ACCOUNT, name="r", trust=trust)


def provider(*clients, arn=OIDC, **changes):
    fields = {"arn": arn, "account": ACCOUNT, "name": GITHUB, "client_ids": clients}
    return OpenIDConnectProvider(**(fields | changes))


def judged(*records, gaps=None):
    options = {"providers": [OIDC, GOOGLE]}
    baseline = Baseline.from_mapping({"controls": {"role-trust": options}})
    return only(check_role_trust(world("role-trust", *records, gaps=gaps), baseline))


def told(*records, gaps=None):
    finding = judged(*records, gaps=gaps)
    return str(finding.outcome), finding.observations[0].message.id


DECLARED = ("pass", "identity.trust-declared")
OPEN = ("fail", "identity.no-audience")


@pytest.mark.parametrize(
    ("clients", "expected"),
    [(["sts.amazonaws.com"], DECLARED), (["one", "two"], DECLARED), ([], OPEN)],
)
def test_the_provider_pins_it(clients, expected):
    assert told(role(**SUBJECT), provider(*clients)) == expected


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ({"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}, DECLARED),
        ({"StringLike": {f"{GITHUB}:aud": "*"}}, OPEN),
        ({"StringLike": {f"{GITHUB}:aud": ["sts.amazonaws.com", "*"]}}, OPEN),
        ({"StringNotEquals": {f"{GITHUB}:aud": "other"}}, OPEN),
    ],
)
def test_the_policy_pins_it(audience, expected):
    assert told(role(**SUBJECT, **audience), provider()) == expected


def test_a_pinned_audience_stands_in_for_no_subject():
    assert told(role(), provider("sts.amazonaws.com")) == ("fail", "identity.no-subject")


def test_nobody_comes_by_a_provider_that_is_not_registered():
    other = provider(arn=f"{OIDC}.example.jp")
    assert told(role(**SUBJECT), other) == DECLARED


GAP = {"OpenIDConnectProvider": denied("iam:ListOpenIDConnectProviders")}


def test_a_provider_that_was_not_read():
    unread = provider(client_ids=UNREAD)
    audience = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
    assert judged(role(**SUBJECT), unread).outcome == "unknown"
    assert judged(role(**SUBJECT), gaps=GAP).outcome == "unknown"
    # What the policy or the subject decides needs no provider.
    assert judged(role(**SUBJECT, **audience), unread).outcome == "pass"
    assert judged(role(**SUBJECT, **audience), gaps=GAP).outcome == "pass"
    assert judged(role(), unread).outcome == "fail"
    assert judged(role(**SUBJECT), provider("sts.amazonaws.com"), gaps=GAP).outcome == "pass"


def test_an_unknown_names_what_was_not_read():
    (observation,) = judged(role(**SUBJECT), provider(client_ids=UNREAD)).observations
    assert "iam:GetOpenIDConnectProvider" in observation.message.in_language("ja")


@pytest.mark.parametrize(
    ("audience", "expected"),
    [({"StringEquals": {f"{GOOGLE}:aud": "123.apps.example"}}, DECLARED), ({}, OPEN)],
)
def test_a_provider_of_everybody(audience, expected):
    held = {f"{GOOGLE}:sub": "1234567890"} | audience.get("StringEquals", {})
    assert told(role(GOOGLE, StringEquals=held)) == expected
