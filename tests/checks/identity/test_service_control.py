"""Service control policies, as source-network takes them (4.5.2)."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Baseline, Outcome, check_source_network
from cloudpack_baseline.model.iam_principals import InlinePolicy, UserDetail
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ServiceControlPolicy,
)
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from support import ACCOUNT, denied, world

MANAGEMENT = "999988887777"
ROOT, UNIT = "r-abcd", "ou-abcd-11111111"
NETWORK = "203.0.113.0/28"
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
BOUND = DENY | {
    "Condition": {
        "NotIpAddress": {"aws:SourceIp": NETWORK},
        "BoolIfExists": {"aws:ViaAWSService": "false"},
    }
}
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ORGANIZATION = Organization(
    arn=f"arn:aws:organizations::{MANAGEMENT}:organization/o-abcde12345",
    account=ACCOUNT,
    name="o-abcde12345",
    id="o-abcde12345",
    management_account=MANAGEMENT,
)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def policy(name, *statements, at=(ROOT, UNIT, ACCOUNT), **changes):
    fields = {
        "arn": f"arn:aws:organizations::{MANAGEMENT}:policy/o-abcde12345/p-{name}",
        "account": MANAGEMENT,
        "name": name,
        "document": document(*statements),
        "targets": tuple(at),
    }
    return ServiceControlPolicy(**(fields | changes))


def place(service_control=True, id_=ACCOUNT):  # noqa: FBT002 - may be unknown
    return OrganizationAccount(
        arn=f"arn:aws:organizations::{MANAGEMENT}:account/o-abcde12345/{id_}",
        account=MANAGEMENT,
        name=id_,
        id=id_,
        path=(ROOT, UNIT, id_),
        service_control=service_control,
    )


EVERYTHING = policy("full", FULL)


def operator(**changes):
    policy_document = document({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})
    fields = {
        "arn": f"arn:aws:iam::{ACCOUNT}:user/u",
        "account": ACCOUNT,
        "name": "u",
        "inline_policies": (InlinePolicy(name="own", document=policy_document),),
        "password": True,
    }
    return UserDetail(**(fields | changes))


def judged(*told, gaps=None, user=None, management=True):
    """The finding on the user, where the management account tells this."""
    alone = world("source-network", user or operator(), ORGANIZATION, *told)
    more = [
        Coverage(kind=kind, account=MANAGEMENT, unknown=(gaps or {}).get(kind))
        for kind in ("OrganizationAccount", "ServiceControlPolicy")
    ]
    both = (AccountScope(id=ACCOUNT), AccountScope(id=MANAGEMENT))
    snapshot = world(
        "source-network",
        *alone.records,
        accounts=both if management else both[:1],
        coverage=(*alone.coverage, *(more if management else ())),
    )
    baseline = Baseline.from_mapping({"networks": {"corporate": [NETWORK]}})
    findings = check_source_network(snapshot, baseline).findings
    return next(one for one in findings if one.resource.name == "u")


def outcome(*told, **fields):
    return judged(*told, **fields).outcome


@pytest.mark.parametrize("at", [ROOT, UNIT, ACCOUNT])
def test_a_deny_at_any_level_binds(at):
    assert outcome(place(), EVERYTHING, policy("bound", BOUND, at=[at])) is Outcome.PASS


@pytest.mark.parametrize(
    "policies",
    [
        [EVERYTHING],
        # Attached elsewhere, or not at all.
        [EVERYTHING, policy("bound", BOUND, at=["ou-abcd-22222222", "111122223333"])],
        [EVERYTHING, policy("bound", BOUND, at=[])],
        # Other networks, other actions.
        [EVERYTHING, policy("some", BOUND | {"Action": "iam:*"})],
        # Two policies of a level allow together.
        [policy("iam", FULL | {"Action": "iam:*"}), policy("ec2", FULL | {"Action": "ec2:*"})],
    ],
)
def test_what_no_level_stops_fails(policies):
    finding = judged(place(), *policies)
    assert finding.outcome is Outcome.FAIL
    (observation,) = finding.observations
    assert observation.witness


def test_each_level_has_to_allow():
    narrow = policy("iam", FULL | {"Action": "iam:*"}, at=[UNIT])
    above = policy("full", FULL, at=[ROOT, ACCOUNT])
    assert outcome(place(), above, narrow) is Outcome.PASS
    assert outcome(place(), above) is Outcome.PASS
    assert outcome(place(), above, policy("unit", FULL, at=[UNIT])) is Outcome.FAIL


def test_policies_that_are_not_enabled_bind_nobody():
    assert outcome(place(service_control=False)) is Outcome.FAIL
    bound = policy("bound", BOUND)
    assert outcome(place(service_control=False), EVERYTHING, bound) is Outcome.FAIL


def test_a_pass_says_that_a_service_control_policy_made_it():
    (observation,) = judged(place(), EVERYTHING, policy("bound", BOUND)).observations
    assert "service control policies" in observation.message.in_language("en")
    assert "サービスコントロールポリシー" in observation.message.in_language("ja")


UNREAD = denied("organizations:DescribePolicy")


@pytest.mark.parametrize(
    ("told", "gaps"),
    [
        ([EVERYTHING], {}),
        ([place(id_="111122223333"), EVERYTHING], {}),
        ([EVERYTHING], {"OrganizationAccount": UNREAD}),
        ([place(service_control=UNREAD), EVERYTHING], {}),
        ([place(), EVERYTHING], {"ServiceControlPolicy": UNREAD}),
        ([place(), EVERYTHING, policy("bound", document=UNREAD)], {}),
        ([place(), EVERYTHING, policy("bound", targets=UNREAD)], {}),
        ([place(), EVERYTHING, policy("bound", document="{")], {}),
    ],
)
def test_what_was_not_read_may_bind(told, gaps):
    assert outcome(*told, gaps=gaps) is Outcome.UNKNOWN


def test_a_malformed_policy_names_itself_and_the_call():
    (observation,) = judged(place(), EVERYTHING, policy("bound", document="{")).observations
    (cause,) = observation.causes
    assert cause.operation == "organizations:DescribePolicy"
    assert "p-bound" in cause.detail


def test_a_policy_attached_elsewhere_need_not_be_read():
    policy_document = policy("other", at=["ou-abcd-22222222"], document=UNREAD)
    assert outcome(place(), EVERYTHING, policy_document) is Outcome.FAIL


def test_a_gap_among_the_accounts_does_not_hide_this_one():
    gaps = {"OrganizationAccount": UNREAD}
    assert outcome(place(), EVERYTHING, gaps=gaps) is Outcome.FAIL


def test_without_the_management_account_it_is_named():
    (observation,) = judged(management=False).observations
    assert observation.outcome is Outcome.UNKNOWN
    (cause,) = observation.causes
    assert MANAGEMENT in cause.detail


def test_credentials_that_were_not_read():
    user = operator(password=denied("iam:GetLoginProfile"))
    bound = policy("bound", BOUND)
    assert outcome(place(), EVERYTHING, user=user) is Outcome.UNKNOWN
    assert outcome(place(), EVERYTHING, bound, user=user) is Outcome.PASS


def test_a_policy_that_cannot_be_taken_exactly():
    odd = policy("odd", BOUND | {"Condition": {"StringUnlike": {"aws:userid": "x"}}})
    assert outcome(place(), EVERYTHING, odd) is Outcome.UNKNOWN
