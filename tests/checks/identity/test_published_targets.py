"""Published paths that pass a role, towards a real one, and their closed twins (admin-privileges).

The principal may pass one role, which is an administrator and trusts the services of the path.
"""

from __future__ import annotations

import json

import pytest

from checks.identity.test_published_paths import SETS, allow, deny, document, ids, is_path
from cloudpack_baseline import Baseline, Outcome, check_admin_privileges
from cloudpack_baseline.checks.identity._path_catalogue import path_catalogue
from cloudpack_baseline.model.iam_principals import (
    InlinePolicy,
    ManagedPolicyDetail,
    RoleDetail,
    UserDetail,
)
from principals import BOSS, IAM, NOT_READ
from support import ACCOUNT, world

pytestmark = pytest.mark.lengthy

BOUND = f"{IAM}policy/bound"
PASSING = [actions for actions in SETS if "iam:PassRole" in actions]
EVERYTHING = allow(["*"])


def services_of(actions):
    """The services that the actions may pass the role to."""
    principals = {
        principal for action in actions for principal in path_catalogue().principals(action, "aws")
    }
    return sorted(principals | {f"{action.partition(':')[0]}.amazonaws.com" for action in actions})


def outcome_of(passing, others, *, services, of_role=EVERYTHING, boundary=None, tags=()):
    trust = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
    role = RoleDetail(
        arn=BOSS,
        account=ACCOUNT,
        name="boss",
        trust=document(trust),
        inline_policies=(InlinePolicy(name="own", document=document(of_role)),),
    )
    user = UserDetail(
        arn=f"{IAM}user/u",
        account=ACCOUNT,
        name="u",
        inline_policies=(InlinePolicy(name="own", document=document(*passing, allow(others))),),
        boundary=BOUND if boundary else None,
        tags=tags,
    )
    bound = ManagedPolicyDetail(
        arn=BOUND, account=ACCOUNT, name="bound", document=json.dumps(boundary)
    )
    baseline = Baseline.from_mapping({"controls": {"admin-privileges": {"principals": ["boss"]}}})
    records = (user, role, *([bound] if boundary else []))
    findings = check_admin_privileges(
        world("admin-privileges", *records, gaps=NOT_READ), baseline
    ).findings
    return next(finding.outcome for finding in findings if finding.resource.name == "u")


def when(**conditions):
    return {"Condition": conditions}


@pytest.mark.parametrize("actions", PASSING, ids=ids)
def test_the_role_is_reached(actions):
    others = [action for action in actions if action != "iam:PassRole"]
    services = services_of(others)
    for passing in (
        allow(["iam:PassRole"], BOSS),
        allow(["iam:PassRole"], f"{IAM}role/b*"),
        allow(["iam:PassRole"], BOSS, **when(StringEquals={"iam:PassedToService": services})),
        allow(["iam:PassRole"], BOSS, **when(Bool={"aws:MultiFactorAuthPresent": "true"})),
    ):
        assert outcome_of([passing], others, services=services) is Outcome.FAIL


@pytest.mark.parametrize("actions", PASSING, ids=ids)
def test_its_twins_are_closed(actions):
    others = [action for action in actions if action != "iam:PassRole"]
    services = services_of(others)
    closed = Outcome.FAIL if is_path(others) else Outcome.PASS
    passing = allow(["iam:PassRole"], BOSS)
    limits = {"Version": "2012-10-17", "Statement": [EVERYTHING, deny(["iam:PassRole"])]}
    tagged = when(StringEquals={"aws:PrincipalTag/team": "ops"})
    elsewhere = when(StringEquals={"iam:PassedToService": "polly.amazonaws.com"})
    twins = (
        outcome_of([passing, deny(["iam:PassRole"])], others, services=services),
        outcome_of([passing], others, services=services, boundary=limits),
        outcome_of([passing | tagged], others, services=services),
        outcome_of([passing | elsewhere], others, services=services),
        outcome_of([passing], others, services=services, of_role=allow(["s3:Get*"])),
        outcome_of([passing], others, services=["polly.amazonaws.com"]),
        outcome_of([allow(["iam:PassRole"], f"{BOSS}-2")], others, services=services),
    )
    assert set(twins) == {closed}
    owner = (("team", "ops"),)
    assert outcome_of([passing | tagged], others, services=services, tags=owner) is Outcome.FAIL
