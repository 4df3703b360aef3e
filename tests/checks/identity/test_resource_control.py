"""Resource control policies, as the controls of external access take them (5.1.2, 5.4, 4.5.2)."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from cloudpack_baseline import (
    Outcome,
    check_resource_sharing,
    check_role_trust,
    check_s3_exposure,
    check_s3_tls_only,
)
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ResourceControlPolicy,
)
from cloudpack_baseline.model.secretsmanager import Secret
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.model.sns import Topic
from cloudpack_baseline.model.sqs import Queue
from cloudpack_baseline.testing import records
from support import ACCOUNT, denied, world

PASS, FAIL = Outcome.PASS, Outcome.FAIL
MANAGEMENT, STRANGER = "999988887777", "222233334444"
ROOT, UNIT, ORGANIZATION_ID = "r-abcd", "ou-abcd-11111111", "o-abcde12345"
DENY = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
PERIMETER = DENY | {
    "Condition": {
        "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION_ID},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
}
PLAIN_HTTP = DENY | {"Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}
PUBLIC = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::docs/*",
}
TO_STRANGER = {"Effect": "Allow", "Principal": {"AWS": STRANGER}, "Action": "*", "Resource": "*"}
FULL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


BLOCKS = records.account_public_access_block()


def document(*statements, version="2012-10-17"):
    return json.dumps({"Version": version, "Statement": list(statements)})


def organization(management=MANAGEMENT):
    return records.record(
        Organization,
        "organization",
        region="",
        id=ORGANIZATION_ID,
        management_account=management,
    )


def place(resource_control=True):  # noqa: FBT002 - may be unknown
    return OrganizationAccount(
        arn=f"arn:aws:organizations::{MANAGEMENT}:account/{ORGANIZATION_ID}/{ACCOUNT}",
        account=MANAGEMENT,
        name=ACCOUNT,
        id=ACCOUNT,
        path=(ROOT, UNIT, ACCOUNT),
        service_control=False,
        resource_control=resource_control,
    )


def control(*statements, at=(ROOT,), **changes):
    fields = {
        "arn": f"arn:aws:organizations::{MANAGEMENT}:policy/{ORGANIZATION_ID}/p-perimeter",
        "account": MANAGEMENT,
        "name": "perimeter",
        "document": document(*statements),
        "targets": tuple(at),
    }
    return ResourceControlPolicy(**(fields | changes))


def judged(check, resource, *others, management=True, gaps=None):
    """The finding on a resource of a member account."""
    name = check.__name__.removeprefix("check_").replace("_", "-")
    alone = world(name, resource, BLOCKS, organization(), *others)
    accounts = (AccountScope(id=ACCOUNT), AccountScope(id=MANAGEMENT))
    coverage = [
        Coverage(kind=kind, account=MANAGEMENT, unknown=(gaps or {}).get(kind))
        for kind in ("OrganizationAccount", "ResourceControlPolicy")
    ]
    snapshot = world(
        name,
        *alone.records,
        accounts=accounts if management else accounts[:1],
        coverage=(*alone.coverage, *(coverage if management else ())),
    )
    (finding,) = (
        finding for finding in check(snapshot).findings if finding.resource.key == resource.key
    )
    return finding


def public_bucket(**fields):
    return records.bucket("docs", PUBLIC, **fields)


CUSTOMER_KEY = {
    "key_manager": "CUSTOMER",
    "key_spec": "SYMMETRIC_DEFAULT",
    "key_state": "Enabled",
    "key_material": "AWS_KMS",
    "grantees": (),
}


def of(kind, name, service, *statements, **fields):
    return records.record(kind, name, service=service, policy=document(*statements), **fields)


@pytest.mark.parametrize("at", [ROOT, UNIT, ACCOUNT])
def test_a_deny_at_any_level_restricts_a_bucket(at):
    shared = records.bucket("docs", PUBLIC | {"Principal": {"AWS": STRANGER}})
    finding = judged(check_s3_exposure, shared, place(), control(PERIMETER, at=[at]))
    assert (finding.outcome, finding.notes) == (PASS, ())


def test_a_public_bucket_stays_open_to_services():
    finding = judged(check_s3_exposure, public_bucket(), place(), control(PERIMETER))
    assert finding.outcome is FAIL
    messages = [observation.message.in_language("en") for observation in finding.observations]
    assert messages
    assert all("anyone" not in message for message in messages)
    assert judged(check_s3_exposure, public_bucket(), place(), control(DENY)).outcome is PASS


def test_a_member_of_the_organization_is_within_its_perimeter():
    shared = records.bucket("docs", PUBLIC | {"Principal": {"AWS": STRANGER}})
    member = evolve(place(), id=STRANGER, name=STRANGER, arn=place().arn.replace(ACCOUNT, STRANGER))
    finding = judged(check_s3_exposure, shared, place(), member, control(PERIMETER))
    assert finding.outcome is FAIL
    two = {"StringNotEquals": {"aws:PrincipalOrgID": [ORGANIZATION_ID, "o-other12345"]}}
    assert judged(check_s3_exposure, shared, place(), control(PERIMETER)).outcome is PASS
    # More accounts may belong to it.
    gaps = {"OrganizationAccount": denied("organizations:ListAccountsForParent")}
    finding_by_name = judged(check_s3_exposure, shared, place(), control(PERIMETER), gaps=gaps)
    assert finding_by_name.outcome is FAIL
    # Nobody knows the accounts of the other organization.
    unsure = control(DENY | {"Condition": two})
    assert judged(check_s3_exposure, shared, place(), unsure).outcome is FAIL


@pytest.mark.parametrize(
    "policies",
    [
        [],
        [control(FULL)],
        [control(PERIMETER, at=["ou-abcd-22222222"])],
        [control(PERIMETER | {"Action": "sqs:*"})],
        [control(PERIMETER | {"Resource": "arn:aws:s3:::other/*"})],
    ],
)
def test_what_no_policy_denies_fails(policies):
    finding = judged(check_s3_exposure, public_bucket(), place(), *policies)
    assert (finding.outcome, finding.notes) == (FAIL, ())


def test_policies_that_are_not_enabled_deny_nothing():
    policies = (place(resource_control=False), control(PERIMETER))
    assert judged(check_s3_exposure, public_bucket(), *policies).outcome is FAIL


@pytest.mark.parametrize(
    ("others", "changes"),
    [
        ([place(), control(PERIMETER)], {"management": False}),
        ([place(denied("organizations:ListRoots")), control(PERIMETER)], {}),
        ([place(), control(document=denied("organizations:DescribePolicy"))], {}),
        ([place(), control(targets=denied("organizations:ListTargetsForPolicy"))], {}),
        ([place(), control(document="{}")], {}),
        ([place()], {"gaps": {"ResourceControlPolicy": denied("organizations:ListPolicies")}}),
        ([], {"gaps": {"OrganizationAccount": denied("organizations:ListRoots")}}),
    ],
)
def test_what_could_not_be_read_excuses_nothing(others, changes):
    finding = judged(check_s3_exposure, public_bucket(), *others, **changes)
    assert finding.outcome is FAIL
    (note,) = finding.notes
    assert ORGANIZATION_ID in note.in_language("en")


def test_an_organization_that_could_not_be_read():
    snapshot = world(
        "s3-exposure",
        public_bucket(),
        BLOCKS,
        gaps={"Organization": denied("organizations:DescribeOrganization")},
    )
    (finding,) = check_s3_exposure(snapshot).findings
    assert (finding.outcome, finding.notes) == (FAIL, ())


def test_a_private_bucket_has_no_note():
    finding = judged(check_s3_exposure, records.bucket("docs"), management=False)
    assert (finding.outcome, finding.notes) == (PASS, ())


def test_the_management_account_is_not_restricted():
    snapshot = world(
        "s3-exposure", public_bucket(), BLOCKS, organization(ACCOUNT), control(PERIMETER)
    )
    (finding,) = check_s3_exposure(snapshot).findings
    assert (finding.outcome, finding.notes) == (FAIL, ())


@pytest.mark.parametrize(
    ("resource", "outcome"),
    [
        (of(Queue, "orders", "sqs", TO_STRANGER), PASS),
        (of(Secret, "secret:db", "secretsmanager", TO_STRANGER), PASS),
        (of(Repository, "repository/web", "ecr", TO_STRANGER, scan_frequency="MANUAL"), PASS),
        (of(KmsKey, "key/1", "kms", TO_STRANGER, **CUSTOMER_KEY), PASS),
        # Amazon SNS does not support resource control policies.
        (of(Topic, "alerts", "sns", TO_STRANGER), FAIL),
    ],
)
def test_resources_of_supported_services(resource, outcome):
    finding = judged(check_resource_sharing, resource, place(), control(PERIMETER))
    assert (finding.outcome, finding.notes) == (outcome, ())


@pytest.mark.parametrize(
    ("resource", "notes"),
    [(of(Queue, "orders", "sqs", TO_STRANGER), 1), (of(Topic, "alerts", "sns", TO_STRANGER), 0)],
)
def test_a_shared_resource_has_a_note_if_the_policies_are_not_read(resource, notes):
    finding = judged(check_resource_sharing, resource, management=False)
    assert (finding.outcome, len(finding.notes)) == (FAIL, notes)


@pytest.mark.parametrize("version", ["2008-10-17", "2012-10-17"])
@pytest.mark.parametrize(
    ("user", "outcomes"),
    [("*", (PASS, PASS)), ("${aws:username}", (FAIL, PASS))],
)
def test_variables_of_an_old_policy_stay_text(version, user, outcomes):
    statement = TO_STRANGER | {"Condition": {"StringLike": {"aws:username": user}}}
    resource = records.record(
        Queue, "orders", service="sqs", policy=document(statement, version=version)
    )
    finding = judged(check_resource_sharing, resource, place(), control(PERIMETER))
    assert finding.outcome is outcomes[version == "2012-10-17"]


def test_roles_are_assumed_within_the_organization_only():
    role = records.role(
        "deploy",
        trust=[{"Effect": "Allow", "Principal": {"AWS": STRANGER}, "Action": "sts:AssumeRole"}],
    )
    for statement in (DENY, PERIMETER):
        assert judged(check_role_trust, role, place(), control(statement)).outcome is PASS
    some = control(DENY | {"Resource": "arn:aws:iam::*:role/other"})
    assert judged(check_role_trust, role, place(), some).outcome is FAIL
    unread = judged(check_role_trust, role, management=False)
    assert (unread.outcome, len(unread.notes)) == (FAIL, 1)


@pytest.mark.parametrize(
    ("others", "outcome"),
    [([control(PLAIN_HTTP)], PASS), ([control(PERIMETER)], FAIL), ([], FAIL)],
)
def test_plain_http_may_be_denied_for_the_whole_organization(others, outcome):
    finding = judged(check_s3_tls_only, records.bucket("docs"), place(), *others)
    assert finding.outcome is outcome
    unread = judged(check_s3_tls_only, records.bucket("docs"), *others, management=False)
    assert (unread.outcome, len(unread.notes)) == (FAIL, 1)
