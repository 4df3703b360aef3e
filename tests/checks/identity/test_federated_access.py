"""federated-access (4.4.4, 4.5.2)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Outcome, check_federated_access
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.model.iam_principals import AccessKey, SAMLProvider
from cloudpack_baseline.testing import records
from credentials import ago, user
from support import ACCOUNT, denied, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
UNREAD = denied("iam:ListSAMLProviders")
JUMP = "111122223333"


def provider(name):
    arn = f"arn:aws:iam::{ACCOUNT}:saml-provider/{name}"
    return records.record(SAMLProvider, name, arn=arn, region="")


def trusts(principal, action="sts:AssumeRole", **fields):
    return {"Effect": "Allow", "Principal": principal, "Action": action} | fields


def saml(name, role="people"):
    return records.role(
        role, trust=[trusts({"Federated": provider(name).arn}, "sts:AssumeRoleWithSAML")]
    )


CENTER = evolve(
    saml("AWSSSO_1234_DO_NOT_DELETE", "AWSReservedSSO_Admin"),
    path="/aws-reserved/sso.amazonaws.com/",
)
CENTER_PROVIDER = provider("AWSSSO_1234_DO_NOT_DELETE")
OKTA = (saml("okta"), provider("okta"))
FROM_JUMP = records.role("operators", trust=[trusts({"AWS": f"arn:aws:iam::{JUMP}:root"})])
FROM_JUMP_ROLE = records.role("ops", trust=[trusts({"AWS": f"arn:aws:iam::{JUMP}:role/people"})])
SERVER = records.role("server", trust=[trusts({"Service": "ec2.amazonaws.com"})])
LINKED = evolve(saml("other", "linked"), path="/aws-service-role/x.amazonaws.com/")
ISSUER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
GITHUB = records.role(
    "deploy",
    trust=[
        trusts(
            {"Federated": ISSUER},
            "sts:AssumeRoleWithWebIdentity",
        )
    ],
)
PERSON = user("ann", password=True)
JUMPS = Baseline.from_mapping({"controls": {"federated-access": {"accounts": [JUMP]}}})


def of_account(*held, baseline=None, **changes):
    assessment = check_federated_access(world("federated-access", *held, **changes), baseline)
    (finding,) = [finding for finding in assessment.findings if finding.resource.key == ACCOUNT]
    return finding


@pytest.mark.parametrize(
    ("held", "outcome"),
    [
        ([CENTER, CENTER_PROVIDER, SERVER], PASS),
        ([*OKTA, SERVER, GITHUB, LINKED, provider("other")], PASS),
        ([*OKTA, saml("okta", "second")], PASS),
        ([*OKTA, CENTER, CENTER_PROVIDER], FAIL),
        ([*OKTA, saml("entra", "b"), provider("entra")], FAIL),
        # A provider that no role trusts, or that does not exist, is no way in.
        ([*OKTA, provider("entra")], PASS),
        ([*OKTA, saml("entra", "b")], PASS),
        ([saml("okta")], NOT_APPLICABLE),
        ([saml("okta"), PERSON], FAIL),
        ([PERSON, SERVER, GITHUB], FAIL),
        ([SERVER, GITHUB, user()], NOT_APPLICABLE),
        ([user(password=denied("iam:GetLoginProfile"))], UNKNOWN),
        # Programs do not trust an account that is not declared for people.
        ([FROM_JUMP], NOT_APPLICABLE),
        ([*OKTA, FROM_JUMP], PASS),
    ],
)
def test_one_sign_in(held, outcome):
    assert of_account(*held).outcome is outcome


def test_a_declared_account_is_where_people_sign_in():
    assert of_account(FROM_JUMP, FROM_JUMP_ROLE, SERVER, baseline=JUMPS).outcome is PASS
    assert of_account(*OKTA, FROM_JUMP, baseline=JUMPS).outcome is FAIL


def test_a_further_provider_is_declared():
    baseline = Baseline.from_mapping(
        {"controls": {"federated-access": {"providers": ["arn:aws:iam::*:saml-provider/entra"]}}}
    )
    both = (*OKTA, saml("entra", "b"), provider("entra"))
    assert of_account(*both, baseline=baseline).outcome is PASS


@pytest.mark.parametrize("kind", ["SAMLProvider", "RoleDetail"])
def test_none_is_not_the_same_as_unread(kind):
    gaps = {kind: UNREAD}
    assert of_account(user(), gaps=gaps).outcome is UNKNOWN
    assert of_account(CENTER, gaps=gaps).outcome is UNKNOWN
    # Two are too many, whatever else there may be.
    assert of_account(CENTER, *OKTA, gaps=gaps).outcome is FAIL


def test_users_that_could_not_be_listed():
    assert of_account(SERVER, gaps={"UserDetail": UNREAD}).outcome is UNKNOWN
    assert of_account(*OKTA, gaps={"UserDetail": UNREAD}).outcome is PASS


def test_a_trust_policy_that_could_not_be_read():
    odd = evolve(SERVER, trust=UNREAD)
    assert of_account(*OKTA, odd).outcome is UNKNOWN
    assert of_account(evolve(SERVER, trust="{")).outcome is UNKNOWN


KEY = AccessKey(id="AKIA1", active=True, created_at=ago(1))
USERS = [{"user": "break-glass-*", "reason": "emergencies", "ticket": "OPS-9"}]


def of_user(record, users=USERS):
    baseline = Baseline.from_mapping({"controls": {"federated-access": {"users": users}}})
    findings = check_federated_access(world("federated-access", record), baseline).findings
    return next(finding for finding in findings if finding.resource.key == record.arn)


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (user(), NOT_APPLICABLE),
        (user(access_keys=(evolve(KEY, active=False),)), NOT_APPLICABLE),
        (user(password=True), FAIL),
        (user(access_keys=(KEY,)), FAIL),
        (user(password=UNREAD, access_keys=(KEY,)), FAIL),
        (user(password=UNREAD), UNKNOWN),
        (user(access_keys=UNREAD), UNKNOWN),
        (user("break-glass-1", password=True), PASS),
        (user("break-glass-1", access_keys=(KEY,)), PASS),
        (user("break-glass-1", password=UNREAD), PASS),
        (user("break-glass-1"), NOT_APPLICABLE),
    ],
)
def test_users_with_credentials_are_declared(record, outcome):
    assert of_user(record).outcome is outcome


def test_a_declaration_shows_its_ticket():
    message = of_user(user("break-glass-1", password=True)).observations[0].message
    assert message.in_language("en") == "the user is declared (OPS-9): emergencies"


def test_a_template_is_not_all_of_the_account():
    planned = world("federated-access", PERSON, source="template")
    (finding,) = check_federated_access(planned).findings
    assert (finding.resource.name, finding.outcome) == ("ann", FAIL)
