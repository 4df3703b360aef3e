"""root-mfa (5.3.2)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Outcome, check_root_mfa
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.snapshot import AccountScope
from support import ACCOUNT, denied, only, world

ARN = f"arn:aws:iam::{ACCOUNT}:root"
UNREAD = denied("iam:GetAccountSummary")


def summary(mfa, password=None, keys=None, certificates=None):
    return AccountSummary(
        arn=ARN,
        account=ACCOUNT,
        name="root",
        mfa_enabled=mfa,
        password_present=password,
        access_keys_present=keys,
        signing_certificates_present=certificates,
    )


@pytest.mark.parametrize(
    ("partition", "record", "outcome"),
    [
        ("aws", summary(False, None, None, None), Outcome.FAIL),
        ("aws-us-gov", summary(False, None, None, None), Outcome.NOT_APPLICABLE),
        ("aws-us-gov", summary(False, None, False, None), Outcome.NOT_APPLICABLE),
        ("aws-cn", summary(False, None, None, None), Outcome.NOT_APPLICABLE),
        # Its keys work without MFA.
        ("aws-us-gov", summary(False, None, True, None), Outcome.FAIL),
        ("aws-us-gov", summary(False, None, UNREAD, None), Outcome.FAIL),
        ("aws-us-gov", summary(True, None, None, None), Outcome.PASS),
        ("aws-us-gov", summary(UNREAD, UNREAD, UNREAD, UNREAD), Outcome.UNKNOWN),
    ],
)
def test_where_the_root_user_cannot_sign_in(partition, record, outcome):
    account = AccountScope(id=ACCOUNT, partition=partition)
    snapshot = world("root-mfa", record, accounts=(account,))
    assert only(check_root_mfa(snapshot)).outcome is outcome


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (summary(True), Outcome.PASS),
        (summary(True, True, True, True), Outcome.PASS),
        (summary(False, True, False, False), Outcome.FAIL),
        # Nothing left to sign in with: removed centrally.
        (summary(False, False, False, False), Outcome.PASS),
        # One of the three is left.
        (summary(False, False, True, False), Outcome.FAIL),
        (summary(False, False, False, True), Outcome.FAIL),
        # What could only excuse is not required to fail.
        (summary(False), Outcome.FAIL),
        (summary(False, UNREAD, False, False), Outcome.FAIL),
        (summary(False, None, False, False), Outcome.FAIL),
        # The flag itself is not known.
        (summary(UNREAD, UNREAD, UNREAD, UNREAD), Outcome.UNKNOWN),
        (summary(UNREAD, True, False, False), Outcome.UNKNOWN),
        (summary(UNREAD, False, False, False), Outcome.PASS),
    ],
)
def test_root_mfa(record, outcome):
    finding = only(check_root_mfa(world("root-mfa", record)))
    assert finding.outcome is outcome
    assert finding.resource.arn == ARN


def test_a_failure_names_what_is_left():
    finding = only(check_root_mfa(world("root-mfa", summary(False, True, True, False))))
    message = finding.observations[0].message
    assert "a password, an access key" in message.in_language("en")
    assert "パスワード、アクセスキー" in message.in_language("ja")
    finding = only(check_root_mfa(world("root-mfa", summary(False, False, False, True))))
    assert "a signing certificate" in finding.observations[0].message.in_language("en")


def test_a_refused_call_names_the_missing_action():
    assessment = check_root_mfa(world("root-mfa", summary(UNREAD)))
    assert not assessment
    with pytest.raises(AssertionError, match="allow iam:GetAccountSummary"):
        assessment.require()
