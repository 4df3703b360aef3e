"""The account's summary: flags as numbers, and what happens where one is odd."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT

KEY = "iam:GetAccountSummary"


def summary(answer):
    (record,) = gatherer_of(AccountSummary).run(calls({KEY: answer}), frozenset()).records
    return record


def test_flags():
    record = summary({"SummaryMap": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0}})
    assert record.arn == f"arn:aws:iam::{ACCOUNT}:root"
    assert (record.mfa_enabled, record.access_keys_present) == (True, False)
    assert (record.password_present, record.signing_certificates_present) == (None, None)


def test_two_devices_are_a_device():
    assert summary({"SummaryMap": {"AccountMFAEnabled": 2}}).mfa_enabled is True


@pytest.mark.parametrize(
    "answer",
    [{}, {"SummaryMap": {}}, {"SummaryMap": []}, {"SummaryMap": {"AccountMFAEnabled": "1"}}],
)
def test_an_odd_answer_is_unknown(answer):
    (cause,) = summary(answer).mfa_enabled.causes
    assert (cause.why, cause.operation) == (Why.MALFORMED, KEY)


def test_a_denied_call_makes_every_flag_unknown():
    one = summary("AccessDenied")
    flags = (one.mfa_enabled, one.password_present, one.access_keys_present)
    assert {flag.causes[0].actions for flag in flags} == {("iam:GetAccountSummary",)}
