"""Whether the root user has MFA."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.account._root import (
    has_no_credentials,
    root_credentials,
    without_sign_in,
)
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["root_mfa"]


@check(reads(AccountSummary))
def root_mfa(view: AccountView) -> Iterator[Finding]:
    """Reads ``AccountMFAEnabled`` of GetAccountSummary.

    A member account whose root credentials were removed centrally reports no MFA, and no
    password, access key or signing certificate either: nothing is left for MFA to protect. In
    the AWS GovCloud (US) and China partitions, the root user cannot sign in to the console or
    have MFA: without access keys, the control is not applicable there.
    """
    for summary in view.all(AccountSummary):
        exemption = without_sign_in(view.account.partition, summary)
        yield view.finding(summary, exemption or _root_mfa(summary))


def _root_mfa(summary: AccountSummary) -> Observation:
    enabled = summary.mfa_enabled
    origin = summary.origin_of("mfa_enabled")
    if enabled is True:
        return passed(
            text("account.root-with-mfa"),
            read="AccountMFAEnabled=1",
            expected="AccountMFAEnabled=1",
            origin=origin,
        )
    if has_no_credentials(summary) is True:
        return passed(text("account.root-without-credentials"), origin=origin)
    if isinstance(enabled, Unknown):
        return unknown("AccountMFAEnabled", enabled, expected="AccountMFAEnabled=1", origin=origin)
    # Credentials that could not be read could only excuse: no MFA is enough to fail.
    usable = tuple(
        text(f"account.{name}") for name, value in root_credentials(summary) if value is True
    )
    message = (
        text("account.root-without-mfa-usable", credentials=usable)
        if usable
        else text("account.root-without-mfa")
    )
    return failed(
        message, read="AccountMFAEnabled=0", expected="AccountMFAEnabled=1", origin=origin
    )
