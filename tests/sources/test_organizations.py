"""How the organization is read: from moto's answers, and from odd ones."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ResourceControlPolicy,
    ServiceControlPolicy,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.calls import CallError, Calls
from cloudpack_baseline.sources.gatherers import gatherer_of
from support import ACCOUNT, REGION


def test_the_organization_and_its_management_account(session):
    client = session.client("organizations")
    id_ = client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    snapshot = gather_account(session, [reads(Organization)])
    (organization,) = snapshot.all(Organization, ACCOUNT)
    assert (organization.id, organization.name, organization.management_account) == (
        id_,
        id_,
        ACCOUNT,
    )


def test_an_account_of_its_own(session):
    snapshot = gather_account(session, [reads(Organization)])
    assert snapshot.all(Organization, ACCOUNT) == ()
    (covered,) = snapshot.covered(Organization, ACCOUNT)
    assert covered.unknown is None


class Answers:
    """A transport with one answer (a code: the error)."""

    assumptions = frozenset()

    def __init__(self, answer):
        self.answer = answer

    def pages(self, operation, region, parameters):  # noqa: ARG002 - the protocol's
        if isinstance(self.answer, str):
            raise CallError(self.answer)
        yield self.answer

    def release(self, client, region):
        pass


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("AccessDeniedException", Why.DENIED),
        ({}, Why.MALFORMED),
        ({"Organization": {"Id": "o-1"}}, Why.MALFORMED),
    ],
)
def test_what_cannot_be_read_is_unknown(answer, why):
    calls = Calls(transport=Answers(answer), account=ACCOUNT, partition="aws", region=REGION)
    gathering = gatherer_of(Organization).run(calls, frozenset())
    assert gathering.records == ()
    assert gathering.unknown.causes[0].why is why


def test_policies_of_each_kind_are_listed_apart(session):
    client = session.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    client.enable_policy_type(RootId=root, PolicyType="RESOURCE_CONTROL_POLICY")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    content = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    created = client.create_policy(
        Content=content, Description="", Name="perimeter", Type="RESOURCE_CONTROL_POLICY"
    )["Policy"]["PolicySummary"]
    client.attach_policy(PolicyId=created["Id"], TargetId=root)
    kinds = (OrganizationAccount, ResourceControlPolicy, ServiceControlPolicy)
    snapshot = gather_account(session, [reads(kind) for kind in kinds])
    named = {
        resource_control_policy.name: resource_control_policy
        for resource_control_policy in snapshot.all(ResourceControlPolicy, ACCOUNT)
    }
    assert set(named) == {"RCPFullAWSAccess", "perimeter"}
    assert json.loads(named["perimeter"].document) == json.loads(content)
    assert named["perimeter"].targets == (root,)
    assert "perimeter" not in {
        service_control_policy.name
        for service_control_policy in snapshot.all(ServiceControlPolicy, ACCOUNT)
    }
    assert {
        organization_account.resource_control
        for organization_account in snapshot.all(OrganizationAccount, ACCOUNT)
    } == {True}
