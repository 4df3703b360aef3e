"""Records of AWS Identity and Access Management."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["AccountSummary"]


@frozen(kw_only=True)
class AccountSummary(Record):
    """Counts and flags of an account (IAM API Reference, GetAccountSummary).

    Attributes:
        mfa_enabled: AccountMFAEnabled: the root user has an MFA device.
        password_present: AccountPasswordPresent: the root user has a password.
            ``None`` where the answer leaves it out.
        access_keys_present: AccountAccessKeysPresent: the root user has an access key.
        signing_certificates_present: AccountSigningCertificatesPresent.
    """

    mfa_enabled: Field[bool]
    password_present: Field[bool | None] = None
    access_keys_present: Field[bool | None] = None
    signing_certificates_present: Field[bool | None] = None
