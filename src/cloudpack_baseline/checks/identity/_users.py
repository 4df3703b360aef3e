"""The IAM users in the credential report, and whether they sign in with a password alone."""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.model.iam_credentials import ROOT_USER, CredentialReportEntry
from cloudpack_baseline.model.values import Truth, all_of, any_of, lift

__all__ = ["any_user", "has_password", "has_password_alone", "reported_users"]


def reported_users(view: AccountView) -> tuple[CredentialReportEntry, ...]:
    """The rows of the report, without that of the root user."""
    return tuple(entry for entry in view.all(CredentialReportEntry) if entry.name != ROOT_USER)


def has_password(user: CredentialReportEntry) -> Truth:
    """Whether the user can sign in to the console with a password."""
    return lift(lambda enabled: enabled is True, user.password_enabled)


def has_password_alone(user: CredentialReportEntry) -> Truth:
    """Whether the user has a password and no MFA."""
    return all_of((has_password(user), lift(lambda active: active is not True, user.mfa_active)))


def any_user(view: AccountView, *truths: Truth) -> Truth:
    """Whether one of them is true; unknown if none is and the report is incomplete."""
    gap = view.gap(CredentialReportEntry)
    return any_of(truths if gap is None else (*truths, gap))
