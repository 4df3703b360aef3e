"""Whether the root user has MFA."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, all_of, is_known
from cloudpack_baseline.texts import text

__all__ = ["root_mfa"]


@check(reads(AccountSummary))
def root_mfa(view: AccountView) -> Iterator[Finding]:
    """Reads ``AccountMFAEnabled`` of GetAccountSummary.

    A member account whose root credentials were removed centrally reports no MFA, and no
    password, access key or certificate either: nothing is left that MFA would protect.
    """
    for summary in view.all(AccountSummary):
        yield view.finding(summary, _root_mfa(summary))


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
    gone = all_of(
        value is False if is_known(value) else value for _, value in _credentials(summary)
    )
    if gone is True:
        return passed(text("account.root-without-credentials"), origin=origin)
    if isinstance(enabled, Unknown):
        return unknown("AccountMFAEnabled", enabled, expected="AccountMFAEnabled=1", origin=origin)
    # Credentials that could not be read could only excuse: no MFA is enough to fail.
    usable = tuple(
        text(f"account.{name}") for name, value in _credentials(summary) if value is True
    )
    message = (
        text("account.root-without-mfa-usable", credentials=usable)
        if usable
        else text("account.root-without-mfa")
    )
    return failed(
        message, read="AccountMFAEnabled=0", expected="AccountMFAEnabled=1", origin=origin
    )


def _credentials(summary: AccountSummary) -> tuple[tuple[str, Field[bool | None]], ...]:
    return (
        ("password", summary.password_present),
        ("access-key", summary.access_keys_present),
        ("certificate", summary.signing_certificates_present),
    )
