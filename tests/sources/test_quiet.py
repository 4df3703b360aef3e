"""No credential of any account reaches a log, not even at DEBUG."""

from __future__ import annotations

import logging

import boto3
import pytest
from moto import mock_aws

from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.sources.aws import gather_account, open_account
from cloudpack_baseline.sources.quiet import SECRETIVE, without_secrets
from cloudpack_baseline.sources.targets import SourceAccount
from support import ACCOUNT, REGION


@pytest.fixture
def credentials(monkeypatch):
    """The secrets of the ambient credentials, and of every role that moto hands out."""
    from moto.sts import models  # noqa: PLC0415 - after moto's own imports

    held = ["ASIAAMBIENTAMBIENTAM", "ambient-secret", "ambient-token"]
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    with mock_aws():
        for name, value in zip(names, held, strict=True):
            monkeypatch.setenv(name, value)
        __init__ = models.AssumedRole.__init__

        def noted(role, *args, **kwargs):
            __init__(role, *args, **kwargs)
            held.extend((role.access_key_id, role.secret_access_key, role.session_token))

        monkeypatch.setattr(models.AssumedRole, "__init__", noted)
        yield held


def test_reading_through_a_role_logs_no_credential(caplog, credentials):
    caplog.set_level(logging.DEBUG)
    role = f"arn:aws:iam::{ACCOUNT}:role/audit"
    session = open_account(SourceAccount(id=ACCOUNT, role_arn=role), region=REGION)
    gather_account(session, [reads(AccountSummary)])
    assert len(credentials) > 3, "the role was not assumed"
    assert not [secret for secret in credentials if secret in caplog.text]


def test_the_users_own_calls_log_as_before_and_after(caplog, credentials):
    assert credentials
    caplog.set_level(logging.DEBUG)
    session = boto3.Session(region_name=REGION)
    gather_account(session, [reads(AccountSummary)])
    session.client("sts").get_caller_identity()
    assert {record.name for record in caplog.records} & set(SECRETIVE)


def test_warnings_are_heard_and_overlapping_blocks_keep_each_other(caplog):
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger(SECRETIVE[0])
    outer, inner = without_secrets(), without_secrets()
    outer.__enter__()
    inner.__enter__()
    outer.__exit__(None, None, None)
    logger.debug("hushed")
    logger.warning("heard")
    inner.__exit__(None, None, None)
    logger.debug("after")
    assert [record.message for record in caplog.records] == ["heard", "after"]
