"""Whether the root user has MFA."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, all_of, is_known
from cloudpack_baseline.texts import text

__all__ = ["root_mfa"]

_WITHOUT_SIGN_IN = frozenset(("aws-cn", "aws-us-gov"))
"""AWS GovCloud (US) User Guide, AWS GovCloud (US) account root user; in China accounts are
opened with an IAM user (AWS China, Signing up)."""


@check(reads(AccountSummary))
def root_mfa(view: AccountView) -> Iterator[Finding]:
    """Reads ``AccountMFAEnabled`` of GetAccountSummary.

    A member account whose root credentials were removed centrally reports no MFA, and no
    password, access key or signing certificate either: nothing is left for MFA to protect. In
    the AWS GovCloud (US) and China partitions, the root user cannot sign in to the console or
    have MFA: without access keys, the control is not applicable there.
    """
    for summary in view.all(AccountSummary):
        observation = _root_mfa(summary)
        if _cannot_sign_in(view.account.partition, summary):
            message = text("account.root-cannot-sign-in", partition=view.account.partition)
            observation = not_applicable(message)
        yield view.finding(summary, observation)


def _cannot_sign_in(partition: str, summary: AccountSummary) -> bool:
    keys = summary.access_keys_present
    has_keys = isinstance(keys, Unknown) or bool(keys)
    return partition in _WITHOUT_SIGN_IN and summary.mfa_enabled is False and not has_keys


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
