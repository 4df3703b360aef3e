"""Controls of the account that a single setting decides."""

from __future__ import annotations

from cloudpack_baseline.checks.settings import Expected, Setting, each
from cloudpack_baseline.model.account import SecurityContact

__all__ = ["security_contact"]

security_contact = each(
    SecurityContact,
    Setting("email_address", expected=Expected("=*", bool)),
    evidence=(
        "Reads ``EmailAddress`` of the alternate security contact (GetAlternateContact). Whether "
        "messages to it are read is not evaluated."
    ),
)
