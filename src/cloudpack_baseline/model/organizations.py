"""Records of AWS Organizations."""

from __future__ import annotations

import json

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, Singular, derived, described
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = [
    "AIServicesOptOutPolicy",
    "Organization",
    "OrganizationAccount",
    "ResourceControlPolicy",
    "ServiceControlPolicy",
]

_NOT_RECORDED = Unknown.because(Why.NOT_GATHERED, operation="organizations:ListAccountsForParent")
_NO_ROOTS = Unknown.because(Why.NOT_GATHERED, operation="organizations:ListRoots")
"""Of an account in a snapshot of an earlier version."""


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
        resource_control: whether the root has resource control policies enabled.
        joined_method: ``CREATED``: the account was created in the organization; ``INVITED``.
        state: ``ACTIVE``, ``PENDING_CLOSURE``, ``SUSPENDED``, ``CLOSED``, ``PENDING_ACTIVATION``.
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
    resource_control: Field[bool] = derived(default=_NO_ROOTS)
    joined_method: Field[str] = described("JoinedMethod", required=True, default=_NOT_RECORDED)
    state: Field[str] = described("State", required=True, default=_NOT_RECORDED)


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


@frozen(kw_only=True)
class ResourceControlPolicy(Record):
    """A resource control policy, as the management account describes it (ListPolicies).

    Attributes:
        document: Content, a JSON string (DescribePolicy).
        targets: IDs of the roots, organizational units and accounts that it is attached to
            (ListTargetsForPolicy).
    """

    api = Listed(
        "organizations:ListPolicies",
        arn="Arn",
        id="Id",
        name="Name",
        parameters={"Filter": "RESOURCE_CONTROL_POLICY"},
        regional=False,
    )

    document: Field[str] = described(
        "Policy.Content", operation="organizations:DescribePolicy", always_read=True
    )
    targets: Field[tuple[str, ...]] = described(
        "Targets[].TargetId", operation="organizations:ListTargetsForPolicy", always_read=True
    )


def _opt_outs(content: object) -> tuple[tuple[str, str], ...]:
    """``{"services": {"default": {"opt_out_policy": "optOut"}}}`` as pairs."""
    if not isinstance(content, str):
        raise Misshapen("PolicyContent: is not a string")
    services = json.loads(content)["services"]
    opt_outs = {name: service["opt_out_policy"] for name, service in services.items()}
    if not all(isinstance(opt_out, str) for opt_out in opt_outs.values()):
        raise Misshapen("opt_out_policy: is not a string")
    return tuple(sorted(opt_outs.items()))


@frozen(kw_only=True)
class AIServicesOptOutPolicy(Record):
    """The AI services opt-out policy that is in effect (DescribeEffectivePolicy).

    Attributes:
        services: by service, sorted: ``optOut`` or ``optIn``; ``default`` stands for all others.
            ``None``: no such policy, or no organization.
    """

    api = Singular(
        "organizations:DescribeEffectivePolicy",
        arn="arn:{partition}:iam::{account}:root",
        name="{account}",
        parameters={"PolicyType": "AISERVICES_OPT_OUT_POLICY"},
        absent=("AWSOrganizationsNotInUseException", "EffectivePolicyNotFoundException"),
        regional=False,
    )

    services: Field[tuple[tuple[str, str], ...] | None] = described(
        "EffectivePolicy.PolicyContent", convert=_opt_outs, required=True, default=None
    )
