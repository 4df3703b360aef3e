"""Rows of the credential report, users and their keys, for tests."""

from __future__ import annotations

from datetime import timedelta

from cloudpack_baseline.testing.records import credential_report_entry as entry
from cloudpack_baseline.testing.records import user
from support import NOW

__all__ = ["ago", "entry", "user"]


def ago(days, **fields):
    return NOW - timedelta(days=days, **fields)
