"""Records of AWS Organizations."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Listed, derived, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["Organization", "OrganizationAccount", "ServiceControlPolicy"]


@frozen(kw_only=True)
class Organization(Record):
    """The organization that the account is in (Organizations API Reference, Organization).

    An account that is in none has no such record.

    Attributes:
        id: such as ``o-exampleorgid``.
        management_account: MasterAccountId.
    """

    api = Listed(
        "organizations:DescribeOrganization",
        arn="Organization.Arn",
        name="Organization.Id",
        absent="AWSOrganizationsNotInUseException",
        regional=False,
    )

    id: str = described("Organization.Id")
    management_account: str = described("Organization.MasterAccountId")


@frozen(kw_only=True)
class OrganizationAccount(Record):
    """An account of the organization and its place, as the management account describes it.

    Attributes:
        id: 12 digits.
        path: IDs from the root through organizational units (ListOrganizationalUnitsForParent)
            to the account itself (ListAccountsForParent).
        service_control: whether the root has service control policies enabled (ListRoots,
            PolicyTypes).
    """

    api = Listed(
        "organizations:ListAccountsForParent",
        arn="Arn",
        id="Id",
        regional=False,
    )

    id: str
    path: tuple[str, ...] = derived()
    service_control: Field[bool] = derived()


@frozen(kw_only=True)
class ServiceControlPolicy(Record):
    """A service control policy, as the management account describes it (ListPolicies).

    Attributes:
        document: Content, a JSON string (DescribePolicy).
        targets: IDs of the roots, organizational units and accounts that it is attached to
            (ListTargetsForPolicy).
    """

    api = Listed("organizations:ListPolicies", arn="Arn", id="Id", name="Name", regional=False)

    document: Field[str] = described(
        "Policy.Content", operation="organizations:DescribePolicy", always_read=True
    )
    targets: Field[tuple[str, ...]] = described(
        "Targets[].TargetId", operation="organizations:ListTargetsForPolicy", always_read=True
    )
