"""How the management account tells of accounts and service control policies."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline.model.organizations import OrganizationAccount, ServiceControlPolicy
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT

DESCRIBE = "organizations:DescribeOrganization"
ROOTS = "organizations:ListRoots"
UNITS = "organizations:ListOrganizationalUnitsForParent"
ACCOUNTS = "organizations:ListAccountsForParent"
POLICIES = "organizations:ListPolicies"
CONTENT = "organizations:DescribePolicy"
TARGETS = "organizations:ListTargetsForPolicy"
HERE = {DESCRIBE: {"Organization": {"MasterAccountId": ACCOUNT}}}
ENABLED = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
KINDS = pytest.mark.parametrize("kind", [OrganizationAccount, ServiceControlPolicy])


def gathered(kind, answers):
    return gatherer_of(kind).run(calls(answers), frozenset())


def tree(policy_types=ENABLED, **changes):
    """A root with a unit within a unit, and an account below each."""
    held = {
        ROOTS: {"Roots": [{"Id": "r-1", "PolicyTypes": policy_types}]},
        (UNITS, "r-1"): {"OrganizationalUnits": [{"Id": "ou-1"}]},
        (UNITS, "ou-1"): {"OrganizationalUnits": [{"Id": "ou-2"}]},
        (UNITS, "ou-2"): {"OrganizationalUnits": []},
    }
    for number, parent in enumerate(("r-1", "ou-1", "ou-2")):
        item = {"Id": f"{number}" * 12, "Arn": f"arn:aws:organizations::1:account/o-1/{number}"}
        held[ACCOUNTS, parent] = {"Accounts": [item]}
    return HERE | held | changes


def policies(**changes):
    arn = "arn:aws:organizations::1:policy/o-1/service_control_policy/p-1"
    held = {
        POLICIES: {"Policies": [{"Id": "p-1", "Arn": arn, "Name": "bound"}]},
        CONTENT: {"Policy": {"Content": "{}"}},
        TARGETS: {"Targets": [{"TargetId": "r-1"}, {"TargetId": "ou-1"}]},
    }
    return HERE | held | changes


def test_an_organization_on_moto(session):
    client = session.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    client.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    unit = client.create_organizational_unit(ParentId=root, Name="u")["OrganizationalUnit"]["Id"]
    made = client.create_account(Email="m@example.com", AccountName="member")
    member = made["CreateAccountStatus"]["AccountId"]
    client.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit)
    content = json.dumps({"Version": "2012-10-17", "Statement": []})
    policy = client.create_policy(
        Content=content, Description="d", Name="bound", Type="SERVICE_CONTROL_POLICY"
    )["Policy"]["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=policy, TargetId=unit)

    snapshot = gather_account(session, [reads(OrganizationAccount), reads(ServiceControlPolicy)])
    paths = {
        organization_account.id: organization_account.path
        for organization_account in snapshot.all(OrganizationAccount, ACCOUNT)
    }
    assert paths == {ACCOUNT: (root, ACCOUNT), member: (root, unit, member)}
    accounts = snapshot.all(OrganizationAccount, ACCOUNT)
    assert all(account.service_control is True for account in accounts)
    assert {account.joined_method for account in accounts} == {"CREATED"}
    held = {
        service_control_policy.name: service_control_policy
        for service_control_policy in snapshot.all(ServiceControlPolicy, ACCOUNT)
    }
    assert (held["bound"].document, held["bound"].targets) == (content, (unit,))
    assert root in held["FullAWSAccess"].targets


@KINDS
def test_an_account_of_its_own_has_none(kind):
    gathering = gathered(kind, {DESCRIBE: "AWSOrganizationsNotInUseException"})
    assert (gathering.records, gathering.unknown) == ((), None)


@KINDS
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("AccessDeniedException", Why.DENIED),
        ({"Organization": {}}, Why.MALFORMED),
        ({"Organization": {"MasterAccountId": "999988887777"}}, Why.NOT_PROVIDED),
    ],
)
def test_a_member_is_not_told_and_does_not_ask(kind, answer, why):
    bound = calls({DESCRIBE: answer})
    gathering = gatherer_of(kind).run(bound, frozenset())
    assert gathering.records == ()
    assert gathering.unknown.causes[0].why is why
    assert [key for key, _, _ in bound.transport.asked] == [DESCRIBE]


def test_the_path_of_each_account():
    organization_account = gathered(OrganizationAccount, tree())
    assert organization_account.unknown is None
    assert [record.path for record in organization_account.records] == [
        ("r-1", "0" * 12),
        ("r-1", "ou-1", "1" * 12),
        ("r-1", "ou-1", "ou-2", "2" * 12),
    ]


@pytest.mark.parametrize(
    ("policy_types", "enabled"),
    [
        ([], False),
        ([{"Type": "TAG_POLICY", "Status": "ENABLED"}], False),
        (ENABLED, True),
    ],
)
def test_whether_policies_are_enabled(policy_types, enabled):
    organization_account = gathered(OrganizationAccount, tree(policy_types))
    assert {record.service_control for record in organization_account.records} == {enabled}


def test_policies_that_are_being_enabled():
    pending = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "PENDING_ENABLE"}]
    organization_account = gathered(OrganizationAccount, tree(pending))
    assert all(
        isinstance(record.service_control, Unknown) for record in organization_account.records
    )


@pytest.mark.parametrize(
    ("key", "answer", "why", "left"),
    [
        (ROOTS, "AccessDeniedException", Why.DENIED, 0),
        (ROOTS, {"Roots": [{"Id": "r-1"}]}, Why.MALFORMED, 0),
        ((UNITS, "r-1"), "TooManyRequestsException", Why.THROTTLED, 1),
        ((UNITS, "ou-1"), {"OrganizationalUnits": [{}]}, Why.MALFORMED, 2),
        # No organization is like this; it must come to an end all the same.
        ((UNITS, "ou-2"), {"OrganizationalUnits": [{"Id": "ou-1"}]}, Why.MALFORMED, 3),
        ((ACCOUNTS, "ou-1"), "AccessDeniedException", Why.DENIED, 2),
        ((ACCOUNTS, "ou-2"), {"Accounts": [{"Id": "1"}]}, Why.MALFORMED, 2),
    ],
)
def test_a_fault_costs_only_what_is_below_it(key, answer, why, left):
    organization_account = gathered(OrganizationAccount, tree() | {key: answer})
    assert len(organization_account.records) == left
    assert organization_account.unknown.causes[0].why is why


def test_a_policy_and_its_targets():
    (record,) = gathered(ServiceControlPolicy, policies()).records
    assert (record.name, record.document, record.targets) == ("bound", "{}", ("r-1", "ou-1"))


@pytest.mark.parametrize(
    ("key", "field", "answer", "why"),
    [
        (CONTENT, "document", "AccessDeniedException", Why.DENIED),
        (CONTENT, "document", {"Policy": {}}, Why.MALFORMED),
        (TARGETS, "targets", "AccessDeniedException", Why.DENIED),
        (TARGETS, "targets", {"Targets": [{}]}, Why.MALFORMED),
    ],
)
def test_a_part_of_a_policy_that_cannot_be_read(key, field, answer, why):
    (record,) = gathered(ServiceControlPolicy, policies() | {key: answer}).records
    assert getattr(record, field).causes[0].why is why


@pytest.mark.parametrize(
    ("answer", "why"),
    [("AccessDeniedException", Why.DENIED), ({"Policies": [{"Id": "p-1"}]}, Why.MALFORMED)],
)
def test_a_list_of_policies_that_cannot_be_read(answer, why):
    service_control_policy = gathered(ServiceControlPolicy, policies() | {POLICIES: answer})
    assert service_control_policy.records == ()
    assert service_control_policy.unknown.causes[0].why is why
