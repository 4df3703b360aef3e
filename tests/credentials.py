"""Rows of the credential report, users and their keys, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cloudpack_baseline.model.iam_credentials import CredentialReportEntry
from cloudpack_baseline.model.iam_principals import UserDetail
from cloudpack_baseline.testing import records
from support import ACCOUNT, NOW

CREATED = datetime(2020, 1, 1, tzinfo=UTC)


def ago(days, **more):
    return NOW - timedelta(days=days, **more)


def entry(name="ann", **fields):
    """A user without credentials in the report, save the fields."""
    suffix = "root" if name == "<root_account>" else f"user/{name}"
    empty = {
        "user_creation_time": CREATED,
        "password_enabled": False,
        "password_last_used": None,
        "password_last_changed": None,
        "mfa_active": False,
    }
    for key in ("access_key_1", "access_key_2"):
        empty |= {
            f"{key}_active": False,
            f"{key}_last_rotated": None,
            f"{key}_last_used_date": None,
        }
    for certificate in ("cert_1", "cert_2"):
        empty |= {f"{certificate}_active": False, f"{certificate}_last_rotated": None}
    identity = {"arn": f"arn:aws:iam::{ACCOUNT}:{suffix}", "region": "", "name": name}
    return records.record(CredentialReportEntry, name, **(identity | empty | fields))


def user(name="ann", **fields):
    """A user without credentials, save the fields."""
    defaults = {
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "region": "",
        "name": name,
        "password": False,
        "access_keys": (),
        "mfa_devices": (),
        "ssh_public_keys": (),
    }
    return records.record(UserDetail, name, **(defaults | fields))
