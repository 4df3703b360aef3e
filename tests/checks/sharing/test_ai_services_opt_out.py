"""ai-services-opt-out (5.4, 5.6)."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Outcome, check_ai_services_opt_out
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.model.organizations import AIServicesOptOutPolicy
from cloudpack_baseline.model.values import Unknown, Why
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
KEY = "organizations:DescribeEffectivePolicy"
UNREAD = denied(KEY)


def judge(services, used=None):
    pairs = tuple(sorted(services.items())) if isinstance(services, dict) else services
    arn = f"arn:aws:iam::{ACCOUNT}:root"
    policy = records.record(AIServicesOptOutPolicy, ACCOUNT, arn=arn, region="", services=pairs)
    options = {} if used is None else {"controls": {"ai-services-opt-out": {"services": used}}}
    snapshot = world("ai-services-opt-out", policy)
    return only(check_ai_services_opt_out(snapshot, Baseline.from_mapping(options)))


@pytest.mark.parametrize(
    ("services", "used", "outcome"),
    [
        ({"default": "optOut"}, None, PASS),
        ({"default": "optIn"}, None, FAIL),
        # One service among all opts in.
        ({"default": "optOut", "rekognition": "optIn"}, None, FAIL),
        ({"default": "optOut", "rekognition": "optIn"}, ["lex"], PASS),
        ({"default": "optOut", "rekognition": "optIn"}, ["lex", "rekognition"], FAIL),
        # Without a default the others are not opted out.
        ({"rekognition": "optOut"}, None, FAIL),
        ({"rekognition": "optOut"}, ["rekognition"], PASS),
        ({"rekognition": "optOut"}, ["lex"], FAIL),
        # Capitalization counts.
        ({"default": "optout"}, None, FAIL),
        ({}, None, FAIL),
        (None, None, FAIL),
        (UNREAD, None, UNKNOWN),
        (None, [], NOT_APPLICABLE),
        (UNREAD, [], NOT_APPLICABLE),
    ],
)
def test_ai_services_opt_out(services, used, outcome):
    assert judge(services, used).outcome is outcome


def test_without_a_default_it_is_the_default_that_opts_in():
    (observation,) = judge({"rekognition": "optOut"}).observations
    assert dict(observation.message.parameters)["services"] == ("default",)


def test_a_failure_names_the_services():
    message = judge({"default": "optOut", "lex": "optIn"}).observations[0].message
    assert message.in_language("en").endswith(": lex")


def gathered(answer):
    transport = calls({(KEY, "AISERVICES_OPT_OUT_POLICY"): answer, KEY: {"EffectivePolicy": {}}})
    (record,) = gatherer_of(AIServicesOptOutPolicy).run(transport, frozenset()).records
    return record.services


def policy(content):
    return {"EffectivePolicy": {"PolicyContent": content}}


def test_the_policy_of_that_type_is_read():
    content = {
        "services": {
            "lex": {"opt_out_policy": "optIn"},
            "default": {"opt_out_policy": "optOut"},
        }
    }
    assert gathered(policy(json.dumps(content))) == (("default", "optOut"), ("lex", "optIn"))


@pytest.mark.parametrize(
    "code", ["AWSOrganizationsNotInUseException", "EffectivePolicyNotFoundException"]
)
def test_no_policy(code):
    assert gathered(code) is None


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"services": {"lex": {}}}',
        '{"services": {"lex": {"opt_out_policy": 1}}}',
        1,
    ],
)
def test_an_odd_policy_is_unknown(content):
    services = gathered(policy(content))
    assert isinstance(services, Unknown)
    assert services.causes[0].why is Why.MALFORMED


def test_a_denied_call_is_unknown():
    assert gathered("AccessDeniedException").causes[0].actions == (KEY,)
