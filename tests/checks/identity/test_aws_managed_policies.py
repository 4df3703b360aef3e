"""AWS's own managed policies, each given to a user: hardly any of them is in doubt."""

from __future__ import annotations

import json
from functools import cache

import pytest

from cloudpack_baseline import Baseline, Outcome, check_admin_privileges, check_source_network
from cloudpack_baseline.model.iam_principals import (
    InlinePolicy,
    ManagedPolicyDetail,
    UserDetail,
)
from principals import IAM, allow, deny, document
from support import ACCOUNT, world

pytestmark = pytest.mark.lengthy

OFFICE = {"networks": {"office": ["203.0.113.0/24"]}}
GUARD = deny(
    Condition={
        "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
        "BoolIfExists": {"aws:ViaAWSService": "false"},
    }
)
SHARE = 0.005


@cache
def managed_policies():
    module = pytest.importorskip("moto.iam.aws_managed_policies")
    return json.loads(module.aws_managed_policies_data)


def judged(control, check, baseline, *statements, step=1):
    names = sorted(managed_policies())[::step]
    policies = [
        ManagedPolicyDetail(
            arn=f"arn:aws:iam::aws:policy/{name}",
            account=ACCOUNT,
            name=name,
            document=json.dumps(managed_policies()[name]["Document"]),
        )
        for name in names
    ]
    inline = (InlinePolicy(name="own", document=document(*statements)),) if statements else ()
    users = [
        UserDetail(
            arn=f"{IAM}user/{policy.name}",
            account=ACCOUNT,
            name=policy.name,
            attached_policies=(policy.arn,),
            inline_policies=inline,
            password=True,
            tags=(),
        )
        for policy in policies
    ]
    controls = {"controls": {control: {}}}
    snapshot = world(control, *users, *policies)
    findings = check(snapshot, Baseline.from_mapping(baseline | controls)).findings
    return {finding.resource.name: finding.outcome for finding in findings}


def test_admin_privileges():
    outcomes = judged("admin-privileges", check_admin_privileges, {})
    unknown = {name for name, outcome in outcomes.items() if outcome is Outcome.UNKNOWN}
    assert len(outcomes) > 1_000
    assert len(unknown) <= SHARE * len(outcomes), unknown
    # They depend on condition keys that no reference has.
    assert unknown <= {"AWSSSOServiceRolePolicy", "AWSCloudWatchOmniServiceRolePolicy"}
    assert outcomes["AdministratorAccess"] is outcomes["IAMFullAccess"] is Outcome.FAIL
    assert outcomes["ReadOnlyAccess"] is outcomes["AWSBackupFullAccess"] is Outcome.PASS


def test_source_network():
    outcomes = judged("source-network", check_source_network, OFFICE, step=17)
    unknown = {name for name, outcome in outcomes.items() if outcome is Outcome.UNKNOWN}
    assert unknown <= {"AWSDeepRacerAccountAdminAccess", "CloudWatchOmniDomainAccessPolicy"}


def test_source_network_beside_a_guard():
    outcomes = judged("source-network", check_source_network, OFFICE, GUARD, step=17)
    assert set(outcomes.values()) == {Outcome.PASS}
    outcomes = judged("source-network", check_source_network, OFFICE, allow("s3:*"), step=70)
    assert set(outcomes.values()) == {Outcome.FAIL}
