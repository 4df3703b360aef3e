"""Options of controls of the account and its root user."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeAlias

from cloudpack_baseline.baseline.formats import AccountId, Between, Format, OrganizationId, Words
from cloudpack_baseline.immutable import frozen

__all__ = [
    "AccountDecommissionedOptions",
    "ConfirmedAccount",
    "DedicatedAccountOptions",
    "EndedContract",
    "RootHardwareMfaOptions",
    "RootUnusedOptions",
    "RootUse",
]

_UtcOffset: TypeAlias = Annotated[
    str, Format(r"[+-](0[0-9]|1[0-4]):[0-5][0-9]", "an offset such as '+09:00'")
]


@frozen(kw_only=True)
class EndedContract:
    """The end of the contract for an account.

    Attributes:
        account: the account ID.
        ends: the last day of the contract, in the time zone of the options.
        deleted_on: the day on which the last resource was deleted.
        closed_on: the day on which the closing of the account began.
    """

    account: AccountId
    ends: date
    deleted_on: date | None = None
    closed_on: date | None = None


@frozen(kw_only=True)
class AccountDecommissionedOptions:
    """Options of account-decommissioned.

    Attributes:
        contracts: contracts that end: tables with ``account``, ``ends`` (a day) and, once they are
            known, ``deleted_on`` and ``closed_on``.
        deletion_days: the number of days after the end in which every resource is deleted (5.4: a
            week).
        closing_days: the number of days after the deletion in which the account is closed (5.4).
        utc_offset: the time zone in which days are counted: that of Asia/Tokyo.
        exempt: resources that may be left: patterns of names or ARNs.
    """

    contracts: tuple[EndedContract, ...] = ()
    deletion_days: Annotated[int, Between(0, 365)] = 7
    closing_days: Annotated[int, Between(0, 365)] = 60
    utc_offset: _UtcOffset = "+09:00"
    exempt: tuple[str, ...] = ()


@frozen(kw_only=True)
class RootHardwareMfaOptions:
    """Options of root-hardware-mfa.

    Attributes:
        required: whether the MFA devices of the root user have to be hardware devices.
    """

    required: bool = True


@frozen(kw_only=True)
class RootUse:
    """A use of the root user for a special reason.

    Attributes:
        on: the day, in Japan or in UTC.
        reason: why it was necessary, such as a change of the AWS contract.
        ticket: where it is recorded.
        account: the ID of the account; without it, any account.
    """

    on: date
    reason: Words
    ticket: Words
    account: AccountId | None = None


@frozen(kw_only=True)
class RootUnusedOptions:
    """Options of root-unused.

    Attributes:
        days: the length of the audit period, which ends when the account is judged.
        building_days: the number of days after the creation of the account in which its building
            may need the root user.
        uses: declared uses: tables with ``on`` (a day), ``reason``, ``ticket`` and, for one account
            only, ``account``.
    """

    days: Annotated[int, Between(1, 3650)] = 365
    building_days: Annotated[int, Between(0, 365)] = 7
    uses: tuple[RootUse, ...] = ()


@frozen(kw_only=True)
class ConfirmedAccount:
    """What somebody confirmed in the management account.

    It was created in the organization, and service control policies keep it there.

    Attributes:
        account: the ID of the account.
        on: the day of the confirmation.
        ticket: where it is recorded.
    """

    account: AccountId
    on: date
    ticket: Words


@frozen(kw_only=True)
class DedicatedAccountOptions:
    """Options of dedicated-account.

    Attributes:
        organization: the ID of the organization that the accounts belong to.
        confirmed: accounts that were confirmed in a management account that is not read: tables
            with ``account``, ``on`` (a day) and ``ticket``.
    """

    organization: OrganizationId | None = None
    confirmed: tuple[ConfirmedAccount, ...] = ()
