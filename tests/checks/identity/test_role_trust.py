"""role-trust (4.5.2)."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Baseline, Outcome, check_role_trust
from cloudpack_baseline.access import who_can_assume
from cloudpack_baseline.checks.identity import _trusted_principals
from cloudpack_baseline.model.iam_principals import RoleDetail
from support import ACCOUNT, denied, only, world

JUMP = "111122223333"
VENDOR = "444455556666"
STRANGER = "999988887777"
ORGANIZATION = "o-abcde12345"
GITHUB = "token.actions.githubusercontent.com"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/corporate"
AUDIENCE = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
DECLARED = {
    "accounts": [JUMP],
    "third_parties": [VENDOR],
    "organizations": [ORGANIZATION],
    "providers": [OIDC, SAML, "cognito-identity.amazonaws.com"],
}


def allow(principal, action="sts:AssumeRole", **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return statement | ({"Condition": condition} if condition else {})


def web(principal=OIDC, **condition):
    return allow({"Federated": principal}, "sts:AssumeRoleWithWebIdentity", **condition)


def saml(principal=SAML, **condition):
    return allow({"Federated": principal}, "sts:AssumeRoleWithSAML", **condition)


def role(*statements, trust=None, **changes):
    if trust is None:
        trust = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    fields = {
        "arn": f"arn:aws:iam::{ACCOUNT}:role/r",
        "account": ACCOUNT,
        "name": "r",
        "trust": trust,
    }
    return RoleDetail(**(fields | changes))


def judged(one, options=DECLARED, **fields):
    baseline = Baseline.from_mapping({"controls": {"role-trust": options}} | fields)
    return only(check_role_trust(world("role-trust", one), baseline))


def fault(one, options=DECLARED):
    """The outcome, and the text of the worst observation."""
    finding = judged(one, options)
    return str(finding.outcome), finding.observations[0].message.id.partition(".")[2]


PASS, FAIL = "pass", "fail"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), (PASS, "trust-declared")),
        (allow({"AWS": f"arn:aws:iam::{ACCOUNT}:role/deploy"}), (PASS, "trust-declared")),
        (allow({"Service": "ec2.amazonaws.com"}), (PASS, "trust-declared")),
        (allow({"AWS": JUMP}), (PASS, "trust-declared")),
        (allow({"AWS": f"arn:aws:iam::{JUMP}:role/operator"}), (PASS, "trust-declared")),
        (allow({"AWS": STRANGER}), (FAIL, "undeclared-account")),
        (allow({"AWS": f"arn:aws:iam::{STRANGER}:role/operator"}), (FAIL, "undeclared-account")),
        (
            allow({"AWS": STRANGER}, StringEquals={"sts:ExternalId": "shared"}),
            (FAIL, "undeclared-account"),
        ),
        (allow({"AWS": "*"}), (FAIL, "anybody")),
        (allow("*"), (FAIL, "anybody")),
        # A person of the own account by MFA is still of the own account.
        (
            allow({"AWS": ACCOUNT}, Bool={"aws:MultiFactorAuthPresent": "true"}),
            (PASS, "trust-declared"),
        ),
        # Third parties bring an external id that the policy names.
        (allow({"AWS": VENDOR}), (FAIL, "no-external-id")),
        (
            allow({"AWS": VENDOR}, StringEquals={"sts:ExternalId": "shared"}),
            (PASS, "trust-declared"),
        ),
        (allow({"AWS": VENDOR}, StringLike={"sts:ExternalId": "*"}), (FAIL, "any-external-id")),
        (
            allow({"AWS": VENDOR}, StringNotEquals={"sts:ExternalId": "other"}),
            (FAIL, "no-external-id"),
        ),
        # The own organization, bound by its id.
        (
            allow({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": ORGANIZATION}),
            (PASS, "trust-declared"),
        ),
        (
            allow({"AWS": STRANGER}, StringEquals={"aws:PrincipalOrgID": ORGANIZATION}),
            (PASS, "trust-declared"),
        ),
        (
            allow({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": "o-zzzzz12345"}),
            (FAIL, "undeclared-organization"),
        ),
        (allow({"AWS": "*"}, StringLike={"aws:PrincipalOrgID": "o-*"}), (FAIL, "anybody")),
        (
            allow({"AWS": "*"}, StringEqualsIfExists={"aws:PrincipalOrgID": ORGANIZATION}),
            (FAIL, "anybody"),
        ),
        # A deleted principal is nobody.
        (allow({"AWS": "AIDAEXAMPLEDELETED01"}), (PASS, "trust-nobody")),
    ],
)
def test_accounts_and_services(statement, expected):
    assert fault(role(statement)) == expected


def test_everybody_includes_every_service():
    told = {observation.message.id for observation in judged(role(allow("*"))).observations}
    assert told == {"identity.anybody", "identity.any-service"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (saml(**AUDIENCE), (PASS, "trust-declared")),
        (saml(), (FAIL, "no-audience")),
        (
            saml(StringNotEquals={"SAML:aud": "https://example.jp/saml"}),
            (FAIL, "no-audience"),
        ),
        (saml(f"{SAML}-2", **AUDIENCE), (FAIL, "undeclared-provider")),
    ],
)
def test_saml_providers(statement, expected):
    assert fault(role(statement)) == expected


def test_roles_of_identity_center_need_no_declaration():
    provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
    path = "/aws-reserved/sso.amazonaws.com/ap-northeast-1/"
    assert fault(role(saml(provider, **AUDIENCE), path=path), {}) == (PASS, "trust-declared")
    # Anybody can take the name of the provider, but not the path of the role.
    assert fault(role(saml(provider, **AUDIENCE)), {}) == (FAIL, "undeclared-provider")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {f"{GITHUB}:sub": "repo:own/app:ref:refs/heads/main"}}, PASS),
        ({"StringLike": {f"{GITHUB}:sub": "repo:own/*"}}, PASS),
        ({"StringLike": {f"{GITHUB}:sub": "repo:own/app:*"}}, PASS),
        ({"ForAnyValue:StringLike": {f"{GITHUB}:sub": "repo:own/*"}}, PASS),
        ({"StringLike": {f"{GITHUB}:sub": "*"}}, "any-repository"),
        ({"StringLike": {f"{GITHUB}:sub": "repo:*"}}, "any-repository"),
        ({"StringLike": {f"{GITHUB}:sub": "repo:own*"}}, "any-owner"),
        ({"StringLike": {f"{GITHUB}:sub": ["repo:own/*", "repo:*/app:*"]}}, "any-repository"),
        ({"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}, "no-subject"),
        ({"StringNotLike": {f"{GITHUB}:sub": "repo:evil/*"}}, "no-subject"),
        # Every token has a subject.
        ({"StringLikeIfExists": {f"{GITHUB}:sub": "repo:own/*"}}, PASS),
        ({}, "no-subject"),
    ],
)
def test_subjects_of_openid_connect(condition, expected):
    outcome, told = fault(role(web(**condition)))
    assert expected == (PASS if outcome == PASS else told)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("repo:own/app:*", PASS),
        ("repo:own/*", PASS),
        ("repo:other/app:*", FAIL),
        ("repo:own-2/app:ref:x", FAIL),
        ("*", FAIL),
    ],
)
def test_declared_subjects(subject, expected):
    options = DECLARED | {"subjects": ["repo:own/*"]}
    statement = web(StringLike={f"{GITHUB}:sub": subject})
    assert judged(role(statement), options).outcome == expected


def test_every_statement_has_to_name_the_subject():
    pinned = web(StringLike={f"{GITHUB}:sub": "repo:own/*"})
    assert fault(role(pinned, web())) == (FAIL, "no-subject")
    others = (
        allow({"AWS": JUMP}),
        {"Effect": "Deny", "Principal": {"Federated": OIDC}, "Action": "sts:TagSession"},
        {"Effect": "Allow", "NotPrincipal": {"AWS": JUMP}, "Action": "sts:TagSession"},
    )
    assert fault(role(pinned, *others)) == (PASS, "trust-declared")


def test_a_provider_that_nobody_declared():
    pinned = web(StringLike={f"{GITHUB}:sub": "repo:own/*"})
    assert fault(role(pinned), {}) == (FAIL, "undeclared-provider")


COGNITO = "cognito-identity.amazonaws.com"
POOL = {"StringEquals": {f"{COGNITO}:aud": "ap-northeast-1:pool"}}


def like(pool):
    return {"StringLike": {f"{COGNITO}:aud": pool}}


def by(*amr, operator="ForAnyValue:StringLike", pool=POOL):
    return pool | {operator: {f"{COGNITO}:amr": list(amr)}}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (by("authenticated"), PASS),
        (by("cognito-idp.*"), PASS),
        (by("unauthenticated"), "guests"),
        (by("authenticated", "unauthenticated"), "guests"),
        (by("*authenticated"), "guests"),
        (by("authenticated", operator="ForAnyValue:StringNotEquals"), "guests"),
        (POOL, "guests"),
        ({"StringEquals": {f"{COGNITO}:amr": "authenticated"}}, "no-audience"),
        # Anyone may create pools, also with a certain beginning.
        (by("authenticated", pool=like("ap-northeast-1:*")), "no-audience"),
        (by("authenticated", pool=like("ap-northeast-1:po?l")), "no-audience"),
        (by("authenticated", pool=like("ap-northeast-1:pool")), PASS),
        ({}, "no-audience"),
    ],
)
def test_cognito_pins_its_pool_and_who_signed_in(condition, expected):
    outcome, told = fault(role(web(COGNITO, **condition)))
    assert expected == (PASS if outcome == PASS else told)


def test_declared_guests_are_a_note():
    options = DECLARED | {"guest_pools": ["ap-northeast-1:pool"]}
    finding = judged(role(web(COGNITO, **by("unauthenticated"))), options)
    assert finding.outcome is Outcome.PASS
    assert [note.id for note in finding.notes] == ["identity.guests-declared"]
    assert judged(role(web(COGNITO, **by("authenticated"))), options).notes == ()
    open_too = role(web(COGNITO, **by("unauthenticated")), allow("*"))
    assert judged(open_too, options).notes == ()
    named = by("unauthenticated") | {"Null": {f"{COGNITO}:aud": "false"}}
    assert judged(role(web(COGNITO, **named)), options).outcome is Outcome.PASS
    with_admins = role(web(COGNITO, **by("unauthenticated")), allow({"AWS": ACCOUNT}))
    assert [note.id for note in judged(with_admins, options).notes] == ["identity.guests-declared"]
    other = DECLARED | {"guest_pools": ["ap-northeast-1:other"]}
    assert fault(role(web(COGNITO, **by("unauthenticated"))), other) == (FAIL, "guests")


def told(one, options=DECLARED):
    observation = judged(one, options).observations[0]
    return observation.message.in_language("en"), observation.message.in_language("ja"), observation


@pytest.mark.parametrize(
    ("condition", "accounts"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, []),
        ({"StringEquals": {"aws:SourceAccount": JUMP}}, []),
        ({"StringEquals": {"aws:SourceAccount": [ACCOUNT, STRANGER]}}, [STRANGER]),
        ({"StringLike": {"aws:SourceArn": f"arn:aws:logs:*:{STRANGER}:*"}}, [STRANGER]),
        ({"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{STRANGER}:t"}}, [STRANGER]),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::uploads"}}, []),
        ({"StringLike": {"aws:SourceArn": "*"}}, []),
        ({"StringEqualsIfExists": {"aws:SourceAccount": STRANGER}}, []),
    ],
)
def test_services_for_other_accounts_are_a_note(condition, accounts):
    finding = judged(role(allow({"Service": "logs.amazonaws.com"}, **condition)))
    assert finding.outcome is Outcome.PASS
    named = [note.in_language("en").partition("declared: ")[2] for note in finding.notes]
    assert named == accounts


def test_a_caller_for_another_account_is_no_service():
    finding = judged(role(allow({"AWS": ACCOUNT}, StringEquals={"aws:SourceAccount": STRANGER})))
    assert (finding.outcome, finding.notes) == (Outcome.PASS, ())


def test_the_texts_of_subjects():
    english, japanese, _ = told(role(web(StringLike={f"{GITHUB}:sub": "repo:*"})))
    assert english.startswith("the subject condition repo:* matches any repository")
    assert japanese.startswith("sub の条件 repo:* ではどのリポジトリからでも")
    options = DECLARED | {"subjects": ["repo:own/*"]}
    english, _, _ = told(role(web(StringLike={f"{GITHUB}:sub": "repo:*"})), options)
    assert english.endswith("matches more than the declared subjects")
    other = f"arn:aws:iam::{ACCOUNT}:oidc-provider/id.example.jp"
    options = DECLARED | {"providers": [other]}
    _, _, observation = told(role(web(other, StringLike={"id.example.jp:sub": "*"})), options)
    assert observation.message.id == "identity.any-subject"


def test_any_external_id():
    english, japanese, seen = told(role(allow({"AWS": VENDOR}, StringLike={"sts:ExternalId": "*"})))
    assert english.endswith("with any external ID")
    assert "任意の外部 ID で" in japanese
    steps = [step.in_language("en") for step in seen.witness.steps]
    assert "with any sts:ExternalId" in steps


def test_accounts_of_an_organization():
    english, japanese, seen = told(
        role(allow({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": "o-zzzzz12345"}))
    )
    assert english.startswith("any account in organization o-zzzzz12345")
    assert "組織 o-zzzzz12345 のどのアカウントでも" in japanese
    assert seen.witness.summary.in_language("en").startswith("any account in organization o-zz")
    declared = role(allow({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": ORGANIZATION}))
    english, _, _ = told(declared)
    begin = f"only declared principals can assume it: any account in organization {ORGANIZATION}, "
    assert english.startswith(begin)


@pytest.mark.parametrize("action", ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"])
def test_everybody_by_any_provider(action):
    assert fault(role(allow("*", action))) == (FAIL, "any-provider")
    _, _, seen = told(role(allow("*", action)))
    assert seen.witness.summary.in_language("en").startswith(f"anyone calls {action}")


def test_accounts_of_the_file_are_declared():
    accounts = {"main": {"id": ACCOUNT}, "jump": {"id": JUMP}}
    assert judged(role(allow({"AWS": JUMP})), {}, accounts=accounts).outcome is Outcome.PASS
    assert judged(role(allow({"AWS": JUMP})), {}).outcome is Outcome.FAIL


def test_a_deny_counts():
    deny = {"Effect": "Deny", "Principal": {"AWS": STRANGER}, "Action": "sts:AssumeRole"}
    assert fault(role(allow({"AWS": STRANGER}), deny)) == (PASS, "trust-nobody")


def test_a_service_linked_role_is_not_applicable():
    path = "/aws-service-role/ecs.amazonaws.com/"
    role_record = role(allow("*"), path=path)
    finding = judged(role_record)
    assert (finding.resource.name, finding.outcome) == ("r", Outcome.NOT_APPLICABLE)


@pytest.mark.parametrize("trust", [denied("iam:GetAccountAuthorizationDetails"), "{", "{}"])
def test_a_trust_policy_that_was_not_read(trust):
    assert judged(role(trust=trust)).outcome is Outcome.UNKNOWN


def test_a_statement_that_cannot_be_taken_exactly():
    odd = allow({"AWS": STRANGER}, StringUnlike={"aws:userid": "x"})
    assert fault(role(odd)) == ("unknown", "trust-in-doubt")
    # What fails in any case fails.
    assert judged(role(odd, allow({"AWS": "*"}))).outcome is Outcome.FAIL


def test_a_failure_shows_who_and_how():
    finding = judged(role(allow({"AWS": STRANGER}) | {"Sid": "Open"}))
    (observation,) = finding.observations
    assert observation.read == f"sts:AssumeRole: {STRANGER}"
    assert STRANGER in observation.witness.summary.in_language("ja")
    assert observation.witness.steps[-1].in_language("en") == "allowed by Open"


def test_roles_that_could_not_be_listed():
    gaps = {"RoleDetail": denied("iam:GetAccountAuthorizationDetails")}
    assert only(check_role_trust(world("role-trust", gaps=gaps))).outcome is Outcome.UNKNOWN


def test_the_witness_is_a_request_with_the_statement_that_allows_it():
    statement = allow({"AWS": STRANGER}, StringEquals={"sts:ExternalId": "x"}) | {"Sid": "Vendor"}
    (request,) = judged(role(statement)).observations[0].witness.requests
    assert (request.principal, request.action) == (STRANGER, "sts:AssumeRole")
    assert dict(request.context)["sts:ExternalId"] == ("x",)
    (access,) = (observation.allowed for observation in judged(role(statement)).observations)
    assert (access.principal, access.organizations, access.from_anywhere) == (STRANGER, (), None)
    (by,) = request.statements
    assert (by.policy, by.sid, by.index) == ("trust", "Vendor", 0)
    assert by.policy_arn == request.resource == f"arn:aws:iam::{ACCOUNT}:role/r"
    (request,) = judged(role(allow({"AWS": STRANGER}))).observations[0].witness.requests
    assert request.statements[0].sid == ""


def test_equal_trust_policies_are_evaluated_once(monkeypatch):
    evaluated = []

    def counted(trust, **asked):
        evaluated.append(trust)
        return who_can_assume(trust, **asked)

    monkeypatch.setattr(_trusted_principals, "who_can_assume", counted)
    names = ["a", "b", "c", "d"]
    roles = [
        role(
            allow({"AWS": STRANGER if name == "c" else JUMP}),
            arn=f"arn:aws:iam::{ACCOUNT}:role/{name}",
            name=name,
        )
        for name in names
    ]
    baseline = Baseline.from_mapping({"controls": {"role-trust": DECLARED}})
    findings = check_role_trust(world("role-trust", *roles), baseline).findings
    assert [finding.resource.name for finding in findings] == names
    assert [finding.resource.name for finding in findings if finding.outcome is Outcome.FAIL] == [
        "c"
    ]
    assert len(evaluated) == 2
