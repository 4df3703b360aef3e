"""password-policy (4.4.3) and console-user-mfa (4.4.3, 4.5.2)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Outcome, check_console_user_mfa, check_password_policy
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.iam_credentials import AccountPasswordPolicy
from cloudpack_baseline.testing import records
from credentials import entry, user
from support import ACCOUNT, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
UNREAD = denied("iam:GetAccountPasswordPolicy")
NO_REPORT = denied("iam:GetCredentialReport")
WITHOUT_MFA = entry("ann", password_enabled=True)
WITH_MFA = entry("bob", password_enabled=True, mfa_active=True)
PROGRAM = entry("ci")
CLASSES = (
    "require_symbols",
    "require_numbers",
    "require_uppercase_characters",
    "require_lowercase_characters",
)


def policy(**fields):
    strong = {
        "arn": f"arn:aws:iam::{ACCOUNT}:root",
        "region": "",
        "minimum_password_length": 14,
        **dict.fromkeys(CLASSES, True),
        "max_password_age": 90,
        "password_reuse_prevention": 24,
    }
    return records.record(AccountPasswordPolicy, "root", **(strong | fields))


NOT_SET = policy(
    minimum_password_length=None,
    max_password_age=None,
    password_reuse_prevention=None,
    **dict.fromkeys(CLASSES),
)


def judge(record, *entries, baseline=None, **changes):
    snapshot = world("password-policy", record, *entries, **changes)
    return only(check_password_policy(snapshot, baseline))


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, PASS),
        ({"minimum_password_length": 13}, FAIL),
        ({"minimum_password_length": 15}, PASS),
        ({"minimum_password_length": UNREAD}, UNKNOWN),
        *(({name: False}, FAIL) for name in CLASSES),
        *(({name: UNREAD}, UNKNOWN) for name in CLASSES),
        ({"require_symbols": UNREAD, "require_numbers": False}, FAIL),
        ({"password_reuse_prevention": 23}, FAIL),
        ({"password_reuse_prevention": None}, FAIL),
        ({"password_reuse_prevention": UNREAD}, UNKNOWN),
        ({"max_password_age": 89}, PASS),
        ({"max_password_age": 91}, FAIL),
        # Without expiry there is no number that is too large.
        ({"max_password_age": None}, FAIL),
        ({"max_password_age": UNREAD}, UNKNOWN),
    ],
)
def test_each_field(fields, outcome):
    assert judge(policy(**fields), WITHOUT_MFA).outcome is outcome


@pytest.mark.parametrize("age", [None, 91, UNREAD])
def test_expiry_counts_while_a_password_is_the_only_factor(age):
    record = policy(max_password_age=age)
    assert judge(record, WITH_MFA, PROGRAM).outcome is PASS
    assert judge(record, WITH_MFA, PROGRAM, WITHOUT_MFA).outcome in (FAIL, UNKNOWN)
    odd = entry("eve", password_enabled=True, mfa_active=NO_REPORT)
    assert judge(record, WITH_MFA, odd).outcome is UNKNOWN
    incomplete = {"CredentialReportEntry": NO_REPORT}
    assert judge(record, WITH_MFA, gaps=incomplete).outcome is UNKNOWN


def test_a_failure_names_the_users_without_mfa():
    finding = judge(policy(max_password_age=None), WITHOUT_MFA, WITH_MFA)
    (observation,) = [
        observation for observation in finding.observations if observation.outcome is FAIL
    ]
    message = observation.message.in_language("en")
    assert message.endswith("MFA: ann")


def test_each_value_is_shown_by_the_name_that_the_api_gives_it():
    weak = policy(
        minimum_password_length=8,
        max_password_age=91,
        password_reuse_prevention=None,
        **dict.fromkeys(CLASSES, False),
    )
    assert {entry.read for entry in judge(weak, WITHOUT_MFA).observations} == {
        "MinimumPasswordLength=8",
        "MaxPasswordAge=91",
        "PasswordReusePrevention=0",
        ", ".join(
            f"Require{name}=false"
            for name in ("Symbols", "Numbers", "UppercaseCharacters", "LowercaseCharacters")
        ),
    }


def test_no_policy_is_the_default_of_aws():
    (observation,) = judge(NOT_SET, WITHOUT_MFA).observations
    assert observation.outcome is FAIL
    assert "AWS default" in observation.message.in_language("en")


def test_nobody_has_a_password():
    root = entry("<root_account>", password_enabled=True)
    assert judge(NOT_SET).outcome is NOT_APPLICABLE
    assert judge(NOT_SET, PROGRAM, root).outcome is NOT_APPLICABLE
    assert judge(NOT_SET, PROGRAM, gaps={"CredentialReportEntry": NO_REPORT}).outcome is UNKNOWN
    odd = entry("eve", password_enabled=NO_REPORT)
    assert judge(NOT_SET, odd).outcome is UNKNOWN
    # "not_supported" is no password.
    assert judge(NOT_SET, entry("eve", password_enabled=None)).outcome is NOT_APPLICABLE


def test_equal_is_reported_as_equal():
    messages = [
        observation.message.in_language("en")
        for observation in judge(policy(max_password_age=90), WITHOUT_MFA).observations
    ]
    assert [message for message in messages if "equal" in message] == [
        "passwords expire after 90 days, which is equal to what PCI DSS 8.3.9 requires (90)"
    ]
    weak = Baseline.from_mapping(
        {"controls": {"password-policy": {"minimum_length": 12, "reuse": 4}}}
    )
    record = policy(minimum_password_length=12, password_reuse_prevention=4, max_password_age=30)
    finding = judge(record, WITHOUT_MFA, baseline=weak)
    messages = [observation.message.in_language("en") for observation in finding.observations]
    assert finding.outcome is PASS
    assert sum("is equal to" in message for message in messages) == 2
    assert any("after 30 days, which is stronger" in message for message in messages)
    record = policy(minimum_password_length=13, password_reuse_prevention=5, max_password_age=89)
    finding = judge(record, WITHOUT_MFA, baseline=weak)
    messages = [observation.message.in_language("en") for observation in finding.observations]
    assert not any("is equal to" in message for message in messages)


@pytest.mark.parametrize("values", [{"minimum_length": 11}, {"reuse": 3}, {"max_age_days": 91}])
def test_the_baseline_cannot_be_weaker_than_the_standard(values):
    with pytest.raises(InputError):
        Baseline.from_mapping({"controls": {"password-policy": values}})


DEVICES = ("arn:aws:iam::123456789012:mfa/phone",)
LIVE = denied("iam:ListMFADevices")


@pytest.mark.parametrize(
    ("password", "devices", "outcome"),
    [
        (True, DEVICES, PASS),
        (True, (), FAIL),
        (False, (), NOT_APPLICABLE),
        (False, LIVE, NOT_APPLICABLE),
        (True, LIVE, UNKNOWN),
        (LIVE, (), UNKNOWN),
        (LIVE, DEVICES, PASS),
        (LIVE, LIVE, UNKNOWN),
    ],
)
def test_console_user_mfa(password, devices, outcome):
    snapshot = world("console-user-mfa", user(password=password, mfa_devices=devices))
    assert only(check_console_user_mfa(snapshot)).outcome is outcome
