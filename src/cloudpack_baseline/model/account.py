"""Records of AWS Account Management."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Singular, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["SecurityContact"]


@frozen(kw_only=True)
class SecurityContact(Record):
    """The alternate security contact (Account Management API Reference, GetAlternateContact).

    Attributes:
        email_address: whom AWS notifies of security issues; ``None``: no contact is set.
    """

    api = Singular(
        "account:GetAlternateContact",
        arn="arn:{partition}:account::{account}:account",
        name="{account}",
        absent="ResourceNotFoundException",
        regional=False,
    )

    email_address: Field[str | None] = described(
        "AlternateContact.EmailAddress", required=True, default=None
    )
