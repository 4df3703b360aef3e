"""Helpers for your own tests: mocked accounts, facts that moto cannot report, assertions.

Importing this module does not import moto; the functions import it when they need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cloudpack_baseline.sources.mocked import DEFAULT_ACCOUNT, MockedAccount
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.testing.verdicts import must_fail, must_pass

if TYPE_CHECKING:
    from cloudpack_baseline.assessment import Assessment

__all__ = [
    "DEFAULT_ACCOUNT",
    "MockedAccount",
    "assert_outcomes",
    "mocked_account",
    "must_fail",
    "must_pass",
    "set_root",
]


def set_root(  # noqa: PLR0913 - one for each fact, by name
    account: MockedAccount | str = DEFAULT_ACCOUNT,
    *,
    mfa: bool,
    password: bool = True,
    access_keys: bool = False,
    signing_certificates: bool = False,
    last_used: datetime | None = None,
) -> None:
    """Declare the facts about the root user of an account on moto, which returns constants.

    They apply until moto is reset: to the end of a `mocked_account` or ``mock_aws`` block.

    Args:
        account: a mocked account, or its ID.
        mfa: the root user has an MFA device.
        password: it has a password.
        access_keys: it has an access key.
        signing_certificates: it has a signing certificate.
        last_used: when it last signed in, with a time zone; ``None``: never.

    Raises:
        MissingExtraError: moto is not installed.
    """
    from cloudpack_baseline.sources.facts import declare, root_facts  # noqa: PLC0415 - loads moto

    facts = root_facts(
        mfa=mfa,
        password=password,
        access_keys=access_keys,
        signing_certificates=signing_certificates,
        last_used=last_used,
    )
    account_id = account if isinstance(account, str) else account.id
    for operation, answer in facts.items():
        declare(account_id, operation, answer)


@contextmanager
def mocked_account(
    account_id: str = DEFAULT_ACCOUNT, *, region: str = "us-east-1"
) -> Iterator[MockedAccount]:
    """An empty account on its own moto server; no call leaves the machine in the meantime.

    Inside the block, ``boto3.client(...)`` and every tool that uses the AWS environment
    variables call this account.

    Args:
        account_id: 12 digits.
        region: the default Region of its sessions.

    Raises:
        MissingExtraError: moto is not installed.
    """
    from cloudpack_baseline.sources.moto import MotoSource  # noqa: PLC0415 - loads moto

    with MotoSource().open((SourceAccount(id=account_id, regions=(region,)),)) as cloud:
        yield cloud.accounts[0]


def assert_outcomes(  # noqa: PLR0913 - one for each outcome, by name
    assessment: Assessment,
    *,
    passed: int = 0,
    failed: int = 0,
    unknown: int = 0,
    not_applicable: int = 0,
    waived: int = 0,
) -> None:
    """Compare how many findings came to what.

    Args:
        assessment: of a check, or of many.
        passed: findings that pass.
        failed: findings that fail and are not waived.
        unknown: findings that nobody could judge.
        not_applicable: findings that have nothing to judge.
        waived: failures that are waived.

    Raises:
        AssertionError: the numbers differ; it shows the worst findings.
    """
    expected: Mapping[str, Any] = {
        "pass": passed,
        "fail": failed,
        "unknown": unknown,
        "not applicable": not_applicable,
        "waived": waived,
    }
    if assessment.counts != expected:
        raise AssertionError(f"expected {expected}, got {assessment.counts}: {assessment!r}")
