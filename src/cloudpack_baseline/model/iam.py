"""Records of AWS Identity and Access Management."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Singular, described
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["AccountSummary"]


def _is_positive(count: object) -> bool:
    if not isinstance(count, int):
        raise Misshapen("a count is not a whole number")
    return count > 0


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

    api = Singular(
        "iam:GetAccountSummary",
        arn="arn:{partition}:iam::{account}:root",
        name="root",
        regional=False,
    )

    mfa_enabled: Field[bool] = described("SummaryMap.AccountMFAEnabled", convert=_is_positive)
    password_present: Field[bool | None] = described(
        "SummaryMap.AccountPasswordPresent", convert=_is_positive, default=None
    )
    access_keys_present: Field[bool | None] = described(
        "SummaryMap.AccountAccessKeysPresent", convert=_is_positive, default=None
    )
    signing_certificates_present: Field[bool | None] = described(
        "SummaryMap.AccountSigningCertificatesPresent", convert=_is_positive, default=None
    )
