"""role-trust (4.5.2): what outsiders can choose in the tokens of each provider."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files

import pytest

from cloudpack_baseline import Baseline, check_role_trust
from cloudpack_baseline.model.iam_principals import OpenIDConnectProvider, RoleDetail
from support import ACCOUNT, only, world

BASE = f"arn:aws:iam::{ACCOUNT}:oidc-provider/"
GITHUB = "token.actions.githubusercontent.com"
GITLAB = "gitlab.com"
BITBUCKET = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc"
EKS = "oidc.eks.ap-northeast-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
CIRCLECI = "oidc.circleci.com/org/11111111-2222-3333-4444-555555555555"
TERRAFORM = "app.terraform.io"
BUILDKITE = "agent.buildkite.com"
GOOGLE = "accounts.google.com"
UNKNOWN = "id.example.jp"
ENTERPRISE = "github.example.jp/_services/token"
UUID = "{aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee}"
VENDOR = "444455556666"


def allow(principal, action, condition):
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition}


def web(provider, condition):
    principal = provider if provider == GOOGLE else f"{BASE}{provider}"
    return allow({"Federated": principal}, "sts:AssumeRoleWithWebIdentity", condition)


def outcome_of(*statements, **options):
    role = RoleDetail(
        arn=f"arn:aws:iam::{ACCOUNT}:role/r",
        account=ACCOUNT,
        name="r",
        trust=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}),
    )
    providers = [
        OpenIDConnectProvider(arn=f"{BASE}{url}", account=ACCOUNT, name=url, client_ids=("aud",))
        for url in (GITHUB, GITLAB, BITBUCKET, EKS, CIRCLECI, TERRAFORM, BUILDKITE, UNKNOWN)
    ]
    declared = {"providers": [f"{BASE}*", GOOGLE], "third_parties": [VENDOR]} | options
    baseline = Baseline.from_mapping({"controls": {"role-trust": declared}})
    finding = only(check_role_trust(world("role-trust", role, *providers), baseline))
    return str(finding.outcome)


PINNED = [
    (GITHUB, "repo:acme/*"),
    (GITHUB, "repo:acme/app:environment:prod"),
    (GITHUB, "repository_owner:acme:environment:prod"),
    (GITHUB, "repository_id:123456"),
    (ENTERPRISE, "repo:acme/*"),
    (GITLAB, "project_path:acme/app:ref_type:branch:ref:main"),
    (GITLAB, "project_path:acme/*"),
    (BITBUCKET, f"{UUID}*:*"),
    (BITBUCKET, f"{UUID}:*"),
    (EKS, "system:serviceaccount:prod:app"),
    (EKS, "system:serviceaccount:prod:*"),
    (CIRCLECI, "org/1111/project/2222/user/*"),
    (TERRAFORM, "organization:acme:project:app:workspace:prod:run_phase:*"),
    (BUILDKITE, "organization:acme:pipeline:app:*"),
    (GOOGLE, "123456789012345678901"),
    (UNKNOWN, "exactly-this"),
    (UNKNOWN, "https://example.com/~alice"),
]
OPEN = [
    (GITHUB, "*"),
    (GITHUB, "repo:*"),
    (GITHUB, "repo:acme*"),
    (GITHUB, "repo:*/app:*"),
    (GITHUB, "repo:?cme/app:*"),
    (GITHUB, "ref:refs/heads/main"),
    (GITHUB, "environment:prod"),
    (GITHUB, "job_workflow_ref:acme/app/.github/workflows/x.yml@main"),
    (GITLAB, "project_path:*"),
    (GITLAB, "project_path:acme*"),
    (BITBUCKET, "*:*"),
    (EKS, "system:serviceaccount:*"),
    (EKS, "system:serviceaccount:*:app"),
    (EKS, "system:*"),
    (CIRCLECI, "org/*"),
    (TERRAFORM, "organization:*"),
    (TERRAFORM, "organization:acme*:project:app:*"),
    (BUILDKITE, "organization:*:pipeline:app:*"),
    (GOOGLE, "1*"),
    (UNKNOWN, "almost-*"),
    (UNKNOWN, "repo:acme/*"),
]


@pytest.mark.parametrize(("provider", "subject"), PINNED)
def test_a_subject_that_no_outsider_has(provider, subject):
    audience = {"StringEquals": {f"{provider}:aud": "aud"}}
    condition = {"StringLike": {f"{provider}:sub": subject}}
    assert outcome_of(web(provider, condition | audience)) == "pass"
    # A further subject that others have opens it again.
    others = {"StringLike": {f"{provider}:sub": [subject, "*"]}}
    assert outcome_of(web(provider, others | audience)) == "fail"


@pytest.mark.parametrize(("provider", "subject"), OPEN)
def test_a_subject_that_outsiders_have(provider, subject):
    audience = {"StringEquals": {f"{provider}:aud": "aud"}}
    assert outcome_of(web(provider, {"StringLike": {f"{provider}:sub": subject}} | audience)) == (
        "fail"
    )


@pytest.mark.parametrize(
    ("provider", "subject", "expected"),
    [
        # Names of owners do not differ in upper and lower case alone.
        (GITHUB, "repo:ACME/app:ref:refs/heads/main", "pass"),
        (GITLAB, "PROJECT_PATH:acme/app:ref_type:branch:ref:main", "pass"),
        (GITHUB, "REF:refs/heads/main", "fail"),
        # Those of an unknown provider may.
        (UNKNOWN, "exactly-this", "fail"),
    ],
)
def test_a_subject_in_upper_or_lower_case(provider, subject, expected):
    keys = {f"{provider}:sub": subject, f"{provider}:aud": "aud"}
    assert outcome_of(web(provider, {"StringEqualsIgnoreCase": keys})) == expected


def test_a_subject_that_only_has_to_be_there():
    assert outcome_of(web(GITHUB, {"Null": {f"{GITHUB}:sub": "false"}})) == "fail"


def test_a_deny_pins_the_subject():
    key = f"{GITHUB}:sub"
    anybody = web(GITHUB, {"StringLike": {key: "*"}})
    guard = web(GITHUB, {"StringNotLike": {key: "repo:acme/*"}}) | {"Effect": "Deny"}
    assert outcome_of(anybody, guard) == "pass"
    wide = web(GITHUB, {"StringNotLike": {key: "repo:acme*"}}) | {"Effect": "Deny"}
    assert outcome_of(anybody, wide) == "fail"


@pytest.mark.parametrize(
    ("claim", "value", "expected"),
    [
        ("repository", "acme/app", "pass"),
        ("repository_owner", "acme", "pass"),
        ("repository_owner", "*", "fail"),
        ("ref", "refs/heads/main", "fail"),
    ],
)
def test_further_claims_of_github(claim, value, expected):
    assert outcome_of(web(GITHUB, {"StringLike": {f"{GITHUB}:{claim}": value}})) == expected


@pytest.mark.parametrize("action", ["sts:TagSession", "sts:SetSourceIdentity"])
def test_a_statement_that_lets_nobody_in(action):
    pinned = web(GITHUB, {"StringLike": {f"{GITHUB}:sub": "repo:acme/*"}})
    tags = {"Effect": "Allow", "Principal": {"Federated": f"{BASE}{GITHUB}"}, "Action": action}
    assert outcome_of(pinned, tags) == "pass"
    assert outcome_of(tags) == "pass"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("shared-secret", "pass"),
        ("acme-*", "pass"),
        ("*", "fail"),
        ("?*", "fail"),
        ("??*", "fail"),
        ("*-*", "fail"),
        ("?????", "fail"),
    ],
)
def test_external_ids(value, expected):
    statement = allow({"AWS": VENDOR}, "sts:AssumeRole", {"StringLike": {"sts:ExternalId": value}})
    assert outcome_of(statement) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abcde12345/r-ab12/*"}}, "pass"),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abcde12345/*"}}, "pass"),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-other12345/*"}}, "fail"),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*"}}, "fail"),
        ({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-abcde12345/*"}}, "fail"),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, "pass"),
    ],
)
def test_organizations_and_time(condition, expected):
    statement = allow({"AWS": "*"}, "sts:AssumeRole", condition)
    assert outcome_of(statement, organizations=["o-abcde12345"]) == expected


@pytest.mark.parametrize("operator", ["ForAnyValue:StringLike", "ForAllValues:StringLike"])
def test_paths_of_an_organization_where_none_is_declared(operator):
    condition = {operator: {"aws:PrincipalOrgPaths": "o-abcde12345/r-ab12/*"}}
    assert outcome_of(allow({"AWS": "*"}, "sts:AssumeRole", condition)) == "fail"


def test_each_provider_names_its_source():
    package = files("cloudpack_baseline.checks.identity")
    rows = tomllib.loads(package.joinpath("identity_providers.toml").read_text("utf-8"))
    assert all(row["source"] and row["url"] and row["subjects"] for row in rows["provider"])
