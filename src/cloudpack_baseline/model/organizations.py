"""Records of AWS Organizations."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["Organization", "OrganizationAccount", "ServiceControlPolicy"]


@frozen(kw_only=True)
class Organization(Record):
    """The organization that the account is in (Organizations API Reference, Organization).

    An account that is in none has no such record.

    Attributes:
        id: as ``o-exampleorgid``.
        management_account: MasterAccountId.
    """

    id: str
    management_account: str


@frozen(kw_only=True)
class OrganizationAccount(Record):
    """An account of the organization, and where it stands, as the management account tells.

    Attributes:
        id: 12 digits.
        path: ids from the root over organizational units (ListOrganizationalUnitsForParent)
            down to the account itself (ListAccountsForParent).
        service_control: whether the root has service control policies enabled (ListRoots,
            PolicyTypes).
    """

    id: str
    path: tuple[str, ...]
    service_control: Field[bool]


@frozen(kw_only=True)
class ServiceControlPolicy(Record):
    """A service control policy, as the management account tells (ListPolicies).

    Attributes:
        document: Content, JSON text (DescribePolicy).
        targets: ids of the roots, organizational units and accounts that it is attached to
            (ListTargetsForPolicy).
    """

    document: Field[str]
    targets: Field[tuple[str, ...]]
