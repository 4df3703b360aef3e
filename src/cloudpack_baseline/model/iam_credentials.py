"""Records of long-lived credentials in IAM, and of the rules for passwords.

The credential report answers for all users at once. It may be up to four hours old (IAM User
Guide, Generate credential reports for your AWS account).
"""

from __future__ import annotations

from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, Singular, described
from cloudpack_baseline.model.reading import Misshapen, instant
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = [
    "ROOT_USER",
    "AccountPasswordPolicy",
    "CredentialReportEntry",
    "ServiceSpecificCredential",
    "VirtualMFADevice",
]

ROOT_USER = "<root_account>"
"""The name of the root user in the credential report."""

_NO_VALUE = ("N/A", "no_information", "not_supported")


def _time(cell: object) -> datetime | None:
    return None if cell in _NO_VALUE else instant(cell)


def _days(number: object) -> int | None:
    """A number of days; moto has 0 where AWS leaves it out."""
    if not isinstance(number, int) or isinstance(number, bool):
        raise Misshapen("MaxPasswordAge: is not a whole number")
    return number or None


def _flag(cell: object) -> bool | None:
    if cell in _NO_VALUE:
        return None
    flags = {"true": True, "false": False}
    if not isinstance(cell, str) or cell.lower() not in flags:
        raise Misshapen(f"{cell!r} is neither true nor false")
    return flags[cell.lower()]


@frozen(kw_only=True)
class CredentialReportEntry(Record):
    """A user in the credential report (IAM API Reference, GetCredentialReport).

    Times are ``None`` where the report has ``N/A``, ``no_information`` or ``not_supported``: the
    user has no such credential, or it was never used since AWS began to track its use.

    Attributes:
        user_creation_time: for the root user, when the account was created.
        password_enabled: ``None`` where the report does not say, as for the root user.
        password_last_used: when the user last signed in with the password.
        password_last_changed: when the password was set.
        mfa_active: whether an MFA device is enabled.
        access_key_1_active: whether there is a first access key that is active.
        access_key_1_last_rotated: when it was created or last changed.
        access_key_1_last_used_date: when it last signed a request.
        access_key_2_active: the same for the second access key.
        access_key_2_last_rotated: the same.
        access_key_2_last_used_date: the same.
        cert_1_active: whether there is a first signing certificate that is active.
        cert_1_last_rotated: when it was uploaded or last changed.
        cert_2_active: the same for the second signing certificate.
        cert_2_last_rotated: the same.
    """

    api = Listed("iam:GetCredentialReport", arn="arn", name="user", regional=False)

    user_creation_time: Field[datetime | None] = described("user_creation_time", convert=_time)
    password_enabled: Field[bool | None] = described("password_enabled", convert=_flag)
    password_last_used: Field[datetime | None] = described("password_last_used", convert=_time)
    password_last_changed: Field[datetime | None] = described(
        "password_last_changed", convert=_time
    )
    mfa_active: Field[bool | None] = described("mfa_active", convert=_flag)
    access_key_1_active: Field[bool | None] = described("access_key_1_active", convert=_flag)
    access_key_1_last_rotated: Field[datetime | None] = described(
        "access_key_1_last_rotated", convert=_time
    )
    access_key_1_last_used_date: Field[datetime | None] = described(
        "access_key_1_last_used_date", convert=_time
    )
    access_key_2_active: Field[bool | None] = described("access_key_2_active", convert=_flag)
    access_key_2_last_rotated: Field[datetime | None] = described(
        "access_key_2_last_rotated", convert=_time
    )
    access_key_2_last_used_date: Field[datetime | None] = described(
        "access_key_2_last_used_date", convert=_time
    )
    cert_1_active: Field[bool | None] = described("cert_1_active", convert=_flag)
    cert_1_last_rotated: Field[datetime | None] = described("cert_1_last_rotated", convert=_time)
    cert_2_active: Field[bool | None] = described("cert_2_active", convert=_flag)
    cert_2_last_rotated: Field[datetime | None] = described("cert_2_last_rotated", convert=_time)


@frozen(kw_only=True)
class VirtualMFADevice(Record):
    """A virtual MFA device (ListVirtualMFADevices); those that nobody has are not asked for.

    Attributes:
        user: the ARN of the user; that of the root user ends in ``:root``. ``None``: it is
            assigned to nobody.
    """

    api = Listed(
        "iam:ListVirtualMFADevices",
        arn="SerialNumber",
        id="SerialNumber",
        name="SerialNumber",
        parameters={"AssignmentStatus": "Assigned"},
        regional=False,
    )

    user: Field[str | None] = described("User.Arn", omitted=None)


@frozen(kw_only=True)
class AccountPasswordPolicy(Record):
    """The password policy for IAM users (GetAccountPasswordPolicy).

    Without a policy, all fields are ``None``: AWS's default applies.

    Attributes:
        minimum_password_length: in characters.
        require_symbols: whether a password needs a symbol.
        require_numbers: whether it needs a digit.
        require_uppercase_characters: whether it needs an uppercase letter.
        require_lowercase_characters: whether it needs a lowercase letter.
        max_password_age: in days; ``None``: passwords do not expire.
        password_reuse_prevention: how many previous passwords cannot be used again; ``None``: all
            can.
    """

    api = Singular(
        "iam:GetAccountPasswordPolicy",
        arn="arn:{partition}:iam::{account}:root",
        name="{account}",
        absent=("NoSuchEntity", "NoSuchEntityException"),
        regional=False,
    )

    minimum_password_length: Field[int | None] = described(
        "PasswordPolicy.MinimumPasswordLength", required=True, default=None
    )
    require_symbols: Field[bool | None] = described(
        "PasswordPolicy.RequireSymbols", required=True, default=None
    )
    require_numbers: Field[bool | None] = described(
        "PasswordPolicy.RequireNumbers", required=True, default=None
    )
    require_uppercase_characters: Field[bool | None] = described(
        "PasswordPolicy.RequireUppercaseCharacters", required=True, default=None
    )
    require_lowercase_characters: Field[bool | None] = described(
        "PasswordPolicy.RequireLowercaseCharacters", required=True, default=None
    )
    max_password_age: Field[int | None] = described(
        "PasswordPolicy.MaxPasswordAge", convert=_days, default=None
    )
    password_reuse_prevention: Field[int | None] = described(
        "PasswordPolicy.PasswordReusePrevention", default=None
    )


@frozen(kw_only=True)
class ServiceSpecificCredential(Record):
    """A credential of a user for one service: a password, or an API key of Amazon Bedrock.

    AWS does not report when it was last used (ListServiceSpecificCredentials).

    Attributes:
        id: ServiceSpecificCredentialId.
        user_name: whose it is.
        service_name: such as ``codecommit.amazonaws.com``.
        status: ``Active``, ``Inactive`` or ``Expired``.
        create_date: when it was created.
        expiration_date: ``None``: it does not expire.
    """

    api = Listed(
        "iam:ListServiceSpecificCredentials",
        arn="arn:{partition}:iam::{account}:user/{UserName}/{ServiceSpecificCredentialId}",
        id="ServiceSpecificCredentialId",
        name="ServiceSpecificCredentialId",
        parameters={"AllUsers": True},
        regional=False,
    )

    id: str = described("ServiceSpecificCredentialId")
    user_name: str
    service_name: Field[str]
    status: Field[str]
    create_date: Field[datetime]
    expiration_date: Field[datetime | None] = None
