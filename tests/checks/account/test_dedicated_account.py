"""dedicated-account (5.3.1, 5.3.3)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from cloudpack_baseline import Outcome, check_dedicated_account
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ServiceControlPolicy,
)
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.testing import records
from support import ACCOUNT, denied, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
MANAGEMENT = "999988887777"
ID = "o-abcde12345"
ROOT = "r-abcd"
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
LEAVE = {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}
ORGANIZATION = records.record(
    Organization, "organization", region="", id=ID, management_account=MANAGEMENT
)
UNREAD = denied("organizations:DescribeOrganization")


def member(joined="CREATED", **fields):
    return OrganizationAccount(
        arn=f"arn:aws:organizations::{MANAGEMENT}:account/{ID}/{ACCOUNT}",
        account=MANAGEMENT,
        name=ACCOUNT,
        **(
            {
                "id": ACCOUNT,
                "path": (ROOT, ACCOUNT),
                "service_control": True,
                "joined_method": joined,
            }
            | fields
        ),
    )


def policies(*statements, **fields):
    """The policy that allows everything, and one with the statements at the root."""
    documents = {"full": records.policy(FULL), "own": records.policy(*statements)}
    return tuple(
        ServiceControlPolicy(
            arn=f"arn:aws:organizations::{MANAGEMENT}:policy/{ID}/p-{name}",
            account=MANAGEMENT,
            name=name,
            **({"document": document, "targets": (ROOT, ACCOUNT)} | fields),
        )
        for name, document in documents.items()
        if name == "full" or statements
    )


def baseline(accounts=(ACCOUNT,), organization=ID, confirmed=()):
    options = {"confirmed": list(confirmed)}
    if organization:
        options["organization"] = organization
    declared = {f"account-{account}": {"id": account} for account in accounts}
    return Baseline.from_mapping({"accounts": declared, "controls": {"dedicated-account": options}})


def judge(*held, declared=None, management=True, gaps=None):
    alone = world("dedicated-account", *held, gaps=gaps)
    above = [
        Coverage(kind=kind, account=MANAGEMENT)
        for kind in ("OrganizationAccount", "ServiceControlPolicy")
    ]
    both = (AccountScope(id=ACCOUNT), AccountScope(id=MANAGEMENT))
    snapshot = evolve(
        alone,
        accounts=both if management else both[:1],
        coverage=(*alone.coverage, *(above if management else ())),
    )
    findings = check_dedicated_account(snapshot, declared or baseline()).findings
    return next(finding for finding in findings if finding.resource.key == ACCOUNT)


GOOD = (ORGANIZATION, member(), *policies(LEAVE))


def messages(finding):
    return [observation.message.id for observation in finding.observations]


def test_the_declared_account_in_the_declared_organization():
    finding = judge(*GOOD)
    assert finding.outcome is PASS
    assert messages(finding) == [
        "account.declared",
        "account.organization-declared",
        "account.created",
        "account.cannot-leave",
    ]


@pytest.mark.parametrize(
    ("held", "outcome"),
    [
        ((ORGANIZATION, member("INVITED"), *policies(LEAVE)), FAIL),
        ((ORGANIZATION, member(UNREAD), *policies(LEAVE)), UNKNOWN),
        # Whoever reads it does not list the account.
        ((ORGANIZATION, *policies(LEAVE)), UNKNOWN),
        ((ORGANIZATION, member(), *policies()), FAIL),
        ((ORGANIZATION, member(service_control=False), *policies(LEAVE)), FAIL),
        ((ORGANIZATION, member(service_control=UNREAD), *policies(LEAVE)), UNKNOWN),
        ((), FAIL),
        ((evolve(ORGANIZATION, id="o-other12345"), member(), *policies(LEAVE)), FAIL),
    ],
)
def test_what_the_management_account_reports(held, outcome):
    assert judge(*held).outcome is outcome


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (LEAVE | {"Action": "organizations:*"}, PASS),
        (LEAVE | {"Action": "organizations:Leave*"}, PASS),
        (LEAVE | {"Action": "organizations:DeleteOrganization"}, FAIL),
        # The root user is exempt.
        (
            LEAVE | {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}},
            FAIL,
        ),
        # Whether such a role exists is not read.
        (
            LEAVE
            | {
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}}
            },
            UNKNOWN,
        ),
        (LEAVE | {"Condition": {"NoSuchOperator": {"aws:PrincipalArn": "x"}}}, UNKNOWN),
    ],
)
def test_leaving_is_denied_to_everyone(statement, outcome):
    finding = judge(ORGANIZATION, member(), *policies(statement))
    assert finding.outcome is outcome
    if outcome is FAIL:
        (request,) = finding.observations[0].witness.requests
        assert (request.principal_kind, request.principal) == (
            "account",
            f"arn:aws:iam::{ACCOUNT}:root",
        )
        assert (request.action, request.resource) == ("organizations:LeaveOrganization", "*")
    if outcome is UNKNOWN:
        (cause,) = finding.observations[0].causes
        assert cause.operation == "organizations:DescribePolicy"


def test_without_the_management_account():
    finding = judge(ORGANIZATION, management=False)
    assert [observation.outcome for observation in finding.observations].count(UNKNOWN) == 2
    assert MANAGEMENT in finding.observations[0].message.in_language("en")


CONFIRMED = {"account": ACCOUNT, "on": date(2026, 10, 1), "ticket": "OPS-3"}


def test_a_confirmation_stands_in_for_the_management_account():
    confirmed = baseline(confirmed=[CONFIRMED])
    finding = judge(ORGANIZATION, management=False, declared=confirmed)
    assert finding.outcome is PASS
    assert "OPS-3" in finding.observations[-1].message.in_language("en")
    # It does not excuse what was read.
    assert judge(ORGANIZATION, member("INVITED"), declared=confirmed).outcome is FAIL
    of_another = baseline(confirmed=[CONFIRMED | {"account": MANAGEMENT}])
    assert judge(ORGANIZATION, management=False, declared=of_another).outcome is UNKNOWN


def test_the_management_account_itself():
    changed_organization = evolve(ORGANIZATION, management_account=ACCOUNT)
    finding = judge(changed_organization, management=False)
    assert finding.outcome is PASS
    assert messages(finding)[-1] == "account.is-management"


def test_an_account_that_is_not_declared():
    assert judge(*GOOD, declared=baseline(accounts=[MANAGEMENT])).outcome is FAIL


def test_what_is_not_declared_is_not_compared():
    changed_organization = evolve(ORGANIZATION, id="o-other12345")
    good = (changed_organization, member(), *policies(LEAVE))
    assert judge(*good, declared=baseline(organization=None)).outcome is PASS
    finding = judge(ORGANIZATION, declared=baseline(accounts=[]))
    assert (finding.outcome, messages(finding)) == (NOT_APPLICABLE, ["account.nothing-declared"])


def test_an_organization_that_could_not_be_read():
    finding = judge(gaps={"Organization": UNREAD})
    assert finding.outcome is UNKNOWN
    not_declared = baseline(accounts=[MANAGEMENT])
    assert judge(gaps={"Organization": UNREAD}, declared=not_declared).outcome is FAIL
