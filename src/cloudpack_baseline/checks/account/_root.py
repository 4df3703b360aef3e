"""The root user: which credentials it has, and whether it can sign in."""

from __future__ import annotations

from cloudpack_baseline.findings import Observation, not_applicable
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.values import Field, Truth, Unknown, all_of, is_known
from cloudpack_baseline.texts import text

__all__ = ["has_no_credentials", "root_credentials", "without_sign_in"]

_WITHOUT_SIGN_IN = frozenset(("aws-cn", "aws-us-gov"))
"""AWS GovCloud (US) User Guide, AWS Identity and Access Management in AWS GovCloud (US); in China
accounts are opened with an IAM user (AWS China, Signing up)."""


def root_credentials(summary: AccountSummary) -> tuple[tuple[str, Field[bool | None]], ...]:
    """The kinds of credentials, each with whether the root user has one."""
    return (
        ("password", summary.password_present),
        ("access-key", summary.access_keys_present),
        ("certificate", summary.signing_certificates_present),
    )


def has_no_credentials(summary: AccountSummary) -> Truth:
    """Whether the root user has no credentials at all, as after their central removal."""
    return all_of(
        value is False if is_known(value) else value for _, value in root_credentials(summary)
    )


def without_sign_in(partition: str, summary: AccountSummary) -> Observation | None:
    """That the root user has no access key and cannot sign in in the partition, if so."""
    keys = summary.access_keys_present
    has_keys = isinstance(keys, Unknown) or bool(keys)
    if partition in _WITHOUT_SIGN_IN and summary.mfa_enabled is False and not has_keys:
        return not_applicable(text("account.root-cannot-sign-in", partition=partition))
    return None
