"""A user's project in a temporary folder: a baseline file, and snapshots to judge.

Each test writes what it needs, and runs pytest as a user would.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

# Loaded here once: what a run in this process imports anew is forgotten at its end.
import boto3  # noqa: F401

from cloudpack_baseline import testing  # noqa: F401
from cloudpack_baseline._pytest import fixtures, plugin  # noqa: F401
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.rds import DBInstance  # noqa: F401
from cloudpack_baseline.model.snapshot import AccountScope, Coverage, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources import moto, recorded  # noqa: F401
from cloudpack_baseline.sources.recording import write_snapshot
from processes import time_limit

MAIN = "123456789012"
OTHER = "210987654321"
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
ROOT = f"arn:aws:iam::{MAIN}:root"
DENIED = Unknown.because(
    Why.DENIED,
    operation="iam:GetAccountSummary",
    code="AccessDenied",
    actions=("iam:GetAccountSummary",),
)

BASELINE = f"""
regions = ["ap-northeast-1"]

[accounts.production]
id = "{MAIN}"
"""

WAIVER = f"""
[[waivers]]
control = "root-mfa"
resource = "{ROOT}"
reason = "hardware key on its way"
approved_by = "ops@example.jp"
approved_on = 2026-10-01
expires = 2027-03-31
"""


def summary(mfa, account=MAIN):
    return AccountSummary(
        arn=f"arn:aws:iam::{account}:root",
        account=account,
        name="root",
        mfa_enabled=mfa,
        password_present=DENIED if mfa is DENIED else True,
        access_keys_present=DENIED if mfa is DENIED else False,
        signing_certificates_present=DENIED if mfa is DENIED else False,
    )


def snapshot(accounts, **changes):
    """Of each account, whether its root user has MFA (or the unknown in its place).

    Databases are covered, and there are none.
    """
    kinds = ("DBCluster", "DBClusterSnapshot", "DBInstance", "DBSnapshot")
    tables = {
        "taken_at": NOW,
        "source": "aws",
        "accounts": [AccountScope(id=account, regions=("ap-northeast-1",)) for account in accounts],
        "records": [summary(mfa, account) for account, mfa in accounts.items()],
        "coverage": [
            *(Coverage(kind="AccountSummary", account=account) for account in accounts),
            *(
                Coverage(kind=kind, account=account, region="ap-northeast-1")
                for account in accounts
                for kind in kinds
            ),
        ],
    }
    return Snapshot(**(tables | changes))


class Project:
    """The folder that a run starts in."""

    def __init__(self, pytester):
        self.pytester = pytester
        self.path = pytester.path
        self.ini("")

    def baseline(self, text=BASELINE, path="cloudpack-baseline.toml"):
        file = self.path / path
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text, encoding="utf-8")
        return file

    def recorded(self, accounts=None, path="recorded.json", **changes):
        contents = snapshot({MAIN: True} if accounts is None else accounts, **changes)
        write_snapshot(contents, self.path / path)
        return contents

    def ini(self, text):
        held = f"[tool.pytest.ini_options]\n{text}\n"
        (self.path / "pyproject.toml").write_text(held, encoding="utf-8")

    def run(self, *args, controls="root-mfa", source="snapshot:recorded.json"):
        chosen = [] if controls is None else ["--cloudpack-control", controls]
        told = [] if source is None else ["--cloudpack-source", source]
        return self.pytester.runpytest("--cloudpack-baseline", *chosen, *told, *args)

    def run_apart(self, *args):
        """In a process of its own, with nothing chosen."""
        return self.pytester.runpytest_subprocess(*args, timeout=time_limit())

    def report(self, path="report.json"):
        return json.loads((self.path / path).read_text(encoding="utf-8"))
