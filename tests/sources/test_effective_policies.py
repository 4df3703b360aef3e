"""The policy of an organization that is in effect for an account of moto."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline.model.organizations import AIServicesOptOutPolicy
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import AccountPublicAccessBlock
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.mock import Mock
from support import ACCOUNT, REGION

AI = "AISERVICES_OPT_OUT_POLICY"
NOBODY = {"@@operators_allowed_for_child_policies": ["@@none"]}


def opting(value="optOut"):
    policy = NOBODY | {"opt_out_policy": NOBODY | {"@@assign": value}}
    return {"services": NOBODY | {"default": policy}}


@pytest.fixture
def organization(session):
    client = session.client("organizations")
    client.create_organization(FeatureSet="ALL")
    (root,) = client.list_roots()["Roots"]
    client.enable_policy_type(RootId=root["Id"], PolicyType=AI)
    return client, root["Id"]


def attach(organization, content, *targets, name="opt-out"):
    client, _ = organization
    policy = client.create_policy(Content=json.dumps(content), Description="-", Name=name, Type=AI)[
        "Policy"
    ]["PolicySummary"]["Id"]
    for target in targets:
        client.attach_policy(PolicyId=policy, TargetId=target)


def read(session):
    selection = [reads(AIServicesOptOutPolicy, "services")]
    snapshot = gather_account(session, selection, regions=[REGION], via=Mock())
    (policy,) = snapshot.all(AIServicesOptOutPolicy, ACCOUNT)
    return policy.services, snapshot.assumptions


def test_a_policy_of_the_root_or_of_the_account_is_in_effect(session, organization):
    attach(organization, opting(), organization[1])
    assert read(session) == ((("default", "optOut"),), ())


def test_a_policy_of_the_account(session, organization):
    attach(organization, opting("optIn"), ACCOUNT)
    assert read(session)[0] == (("default", "optIn"),)


def test_a_policy_that_is_attached_to_nobody_has_no_effect(session, organization):
    attach(organization, opting())
    assert read(session) == (None, ("no-organization-s3-policy",))


def test_no_organization(session):
    assert read(session) == (None, ("no-organization-s3-policy",))


def test_several_policies_are_not_combined(session, organization):
    attach(organization, opting(), organization[1])
    attach(organization, opting("optIn"), ACCOUNT, name="opt-in")
    assert isinstance(read(session)[0], Unknown)


def unit_below(client, parent, name):
    return client.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]


def test_a_policy_of_a_unit_without_the_account_has_no_effect(session, organization):
    client, root = organization
    attach(organization, opting(), unit_below(client, root, "apps"))
    assert read(session) == (None, ("no-organization-s3-policy",))


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_policy_of_a_unit_of_the_account_is_in_effect(session, organization, depth):
    client, root = organization
    units = [root]
    for number in range(depth):
        units.append(unit_below(client, units[-1], f"level-{number}"))
    client.move_account(AccountId=ACCOUNT, SourceParentId=root, DestinationParentId=units[-1])
    attach(organization, opting(), units[1])
    assert read(session) == ((("default", "optOut"),), ())


def test_a_policy_below_the_account_has_no_effect(session, organization):
    client, root = organization
    unit = unit_below(client, root, "apps")
    client.move_account(AccountId=ACCOUNT, SourceParentId=root, DestinationParentId=unit)
    attach(organization, opting(), unit_below(client, unit, "web"))
    assert read(session)[0] is None


def test_policies_of_two_units_are_not_combined(session, organization):
    client, root = organization
    unit = unit_below(client, root, "apps")
    client.move_account(AccountId=ACCOUNT, SourceParentId=root, DestinationParentId=unit)
    attach(organization, opting(), root)
    attach(organization, opting("optIn"), unit, name="opt-in")
    assert isinstance(read(session)[0], Unknown)


def test_a_policy_of_another_type_does_not_count(session, organization):
    attach(organization, opting(), organization[1])
    selection = [reads(AccountPublicAccessBlock, "organization")]
    snapshot = gather_account(session, selection, regions=[REGION], via=Mock())
    (block,) = snapshot.all(AccountPublicAccessBlock, ACCOUNT)
    assert block.organization is None
