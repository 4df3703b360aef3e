"""source-network: whether the root user can sign in from the declared networks only (5.3.2)."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Baseline, Outcome, check_source_network
from cloudpack_baseline.model.signin import ConsoleSignInPolicy
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.testing import records
from fakes import calls
from support import ACCOUNT, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OFFICE = "203.0.113.0/28"
OUTSIDE = {"NotIpAddress": {"aws:SourceIp": [OFFICE]}}
WIDER = {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}
UNREAD = denied("signin:GetResourcePolicy")


def deny(condition, **changes):
    return {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": ["signin:Authenticate"],
        "Resource": "*",
        "Condition": condition,
    } | changes


def policy(*statements, **fields):
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    defaults = {"arn": ROOT, "region": "", "document": document, "enabled": True}
    return records.record(ConsoleSignInPolicy, "root", **(defaults | fields))


def judged(*entries, networks=(OFFICE,), **changes):
    values = {"networks": {"office": list(networks)}} if networks else {}
    snapshot = world("source-network", *entries, **changes)
    return only(check_source_network(snapshot, Baseline.from_mapping(values)))


def outcome(*statements, **fields):
    return judged(policy(*statements, **fields)).outcome


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([deny(OUTSIDE)], PASS),
        ([deny(WIDER)], FAIL),
        ([deny(WIDER), deny(OUTSIDE)], PASS),
        ([deny(OUTSIDE, Action=["signin:*"])], PASS),
        ([deny(OUTSIDE, Action=["signin:AuthorizeOAuth2Access"])], FAIL),
        # Requests from the internet come from no VPC.
        ([deny({"StringNotEquals": {"aws:SourceVpc": ["vpc-1"]}})], PASS),
        ([deny(OUTSIDE, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/u"})], FAIL),
        ([deny(OUTSIDE | {"ArnNotLike": {"aws:PrincipalArn": [ROOT]}})], FAIL),
        ([deny(OUTSIDE | {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/r"]}})], PASS),
        ([deny(OUTSIDE, Effect="Allow")], FAIL),
        # The resource is the sign-in, whether the statement says so or not.
        ([{name: value for name, value in deny(OUTSIDE).items() if name != "Resource"}], PASS),
        ([], FAIL),
    ],
)
def test_from_where_the_root_user_signs_in(statements, expected):
    assert outcome(*statements) is expected


def test_what_was_read_is_shown_by_the_names_of_the_api():
    (malformed,) = judged(policy(document="{")).observations
    assert malformed.outcome is UNKNOWN
    assert [cause.operation for cause in malformed.causes] == ["signin:GetResourcePolicy"]
    (off,) = judged(policy(deny(OUTSIDE), enabled=False)).observations
    assert (off.outcome, off.read) == (FAIL, "consoleAuthorizationEnabled=false")


def test_an_address_from_which_it_signs_in_is_named():
    (observation,) = judged(policy(deny(WIDER))).observations
    assert "203.0.113." in observation.message.in_language("en")


def test_a_condition_that_is_not_known():
    assert outcome(deny({"SomeOperator": {"aws:SourceIp": [OFFICE]}})) is UNKNOWN


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"enabled": False}, FAIL),
        ({"enabled": UNREAD}, UNKNOWN),
        ({"document": UNREAD}, UNKNOWN),
        ({"document": "{}"}, UNKNOWN),
    ],
)
def test_whether_the_policy_is_in_effect(fields, expected):
    finding = judged(policy(deny(OUTSIDE), **fields))
    assert (finding.resource.key, finding.outcome) == (ROOT, expected)


def test_without_declared_networks():
    assert judged(policy(deny(OUTSIDE)), networks=()).outcome is NOT_APPLICABLE


@pytest.mark.parametrize("entries", [[], [policy(document=None, enabled=False)]])
def test_without_a_policy_nothing_is_reported(entries):
    finding = judged(*entries)
    assert (finding.resource.kind, finding.outcome) == ("Account", NOT_APPLICABLE)


AS_ANSWERED = {
    "effect": "Deny",
    "principal": {"AWS": "*"},
    "action": ["signin:Authenticate"],
    "resource": "*",
    "condition": OUTSIDE,
}


class TestReading:
    def read(self, answer, enabled):
        answers = {
            "signin:GetResourcePolicy": answer,
            "signin:GetConsoleAuthorizationConfiguration": enabled,
        }
        run = gatherer_of(ConsoleSignInPolicy).run
        return only_record(run(calls(answers), frozenset(("enabled",))))

    def test_a_policy(self):
        answer = {
            "signinResourceBasedPolicy": {"version": "2012-10-17", "statement": [AS_ANSWERED]}
        }
        record = self.read(answer, {"consoleAuthorizationEnabled": True})
        assert json.loads(record.document)["Statement"] == [deny(OUTSIDE)]
        assert record.enabled is True
        assert judged(record).outcome is PASS

    @pytest.mark.parametrize("absent", ["ResourceNotFoundException", "EndpointConnectionError"])
    def test_none(self, absent):
        record = self.read(absent, absent)
        assert (record.arn, record.document, record.enabled) == (ROOT, None, False)

    def test_half_an_answer(self):
        record = self.read({"signinResourceBasedPolicy": {"version": "2012-10-17"}}, "AccessDenied")
        assert judged(record).outcome is UNKNOWN


def only_record(gathered):
    (record,) = gathered.records
    return record
