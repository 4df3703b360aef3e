"""The service and resource control policies that apply to an account."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import TypeAlias

from attrs import evolve

from cloudpack_baseline.access import Policy
from cloudpack_baseline.access.policy import PolicyKind
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity._policies import parse_document
from cloudpack_baseline.checks.identity.permission_reads import SERVICE_CONTROL
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ResourceControlPolicy,
    ServiceControlPolicy,
)
from cloudpack_baseline.model.values import Unknown, Why

__all__ = [
    "SERVICE_CONTROL",
    "Levels",
    "organization_account",
    "organization_members",
    "resource_control_levels",
    "service_control",
]

Levels: TypeAlias = tuple[tuple[Policy, ...], ...]
"""The policies of the root, of each organizational unit, and of the account: each level has
to allow (AWS Organizations User Guide, SCP evaluation)."""

ControlPolicy: TypeAlias = ServiceControlPolicy | ResourceControlPolicy

_CONTENT = "organizations:DescribePolicy"


def service_control(view: AccountView) -> Levels | Unknown:
    """The levels that bind the account; empty: none does.

    They bind neither the management account nor an account outside an organization. A
    member account cannot read them, so its management account has to be in the snapshot.
    """
    return _levels(view, ServiceControlPolicy)


def resource_control_levels(view: AccountView) -> Levels | Unknown:
    """The levels that restrict the resources of the account; empty: none does.

    The same accounts are bound, and the same account can read them. They deny only.
    """
    return _levels(view, ResourceControlPolicy)


def organization_account(
    view: AccountView, organization: Organization
) -> OrganizationAccount | Unknown:
    """The account of the view, as its management account describes it."""
    above = _above(view, organization)
    return above if isinstance(above, Unknown) else _place(above, view.account.id)


def organization_members(view: AccountView, organization: Organization) -> tuple[str, ...]:
    """The accounts of the organization; empty: the management account did not list all of them."""
    above = _above(view, organization)
    if isinstance(above, Unknown) or above.gap(OrganizationAccount) is not None:
        return ()
    return tuple(sorted(entry.id for entry in above.all(OrganizationAccount)))


def _levels(view: AccountView, kind: type[ControlPolicy]) -> Levels | Unknown:
    gap = view.gap(Organization)
    if gap is not None:
        return gap
    for organization in view.all(Organization):
        if organization.management_account != view.account.id:
            above = _above(view, organization)
            if isinstance(above, Unknown):
                return above
            return _read_above(above, view.account.id, kind)
    return ()


def _above(view: AccountView, organization: Organization) -> AccountView | Unknown:
    """The view of the management account."""
    manager = organization.management_account
    for scope in view.snapshot.accounts:
        if scope.id == manager:
            return evolve(view, account=scope)
    detail = f"service control policies of {organization.id}: account {manager} was not read"
    return Unknown.because(Why.NOT_PROVIDED, detail=detail)


def _read_above(above: AccountView, account: str, kind: type[ControlPolicy]) -> Levels | Unknown:
    """The levels that the management account lists for the account."""
    place = _place(above, account)
    if isinstance(place, Unknown):
        return place
    is_service_control = kind is ServiceControlPolicy
    enabled = place.service_control if is_service_control else place.resource_control
    if isinstance(enabled, Unknown):
        return enabled
    if not enabled:
        return ()
    gap = above.gap(kind)
    return _attached(above, place, kind) if gap is None else gap


def _place(above: AccountView, account: str) -> OrganizationAccount | Unknown:
    for entry in above.all(OrganizationAccount):
        if entry.id == account:
            return entry
    gap = above.gap(OrganizationAccount)
    if gap is not None:
        return gap
    return Unknown.because(Why.UNDETERMINED, detail=f"{account} is not in the organization")


def _attached(
    above: AccountView, place: OrganizationAccount, kind: type[ControlPolicy]
) -> Levels | Unknown:
    levels = [tuple(_level(above, target, kind)) for target in place.path]
    unread = [policy for level in levels for policy in level if isinstance(policy, Unknown)]
    if unread:
        return reduce(or_, unread)
    return tuple(
        tuple(policy for policy in level if isinstance(policy, Policy)) for level in levels
    )


def _level(
    above: AccountView, target: str, kind: type[ControlPolicy]
) -> Iterator[Policy | Unknown]:
    language: PolicyKind = "identity" if kind is ServiceControlPolicy else "resource"
    for entry in above.all(kind):
        if isinstance(entry.targets, Unknown):
            yield entry.targets
        elif target in entry.targets:
            document = entry.document
            yield (
                document
                if isinstance(document, Unknown)
                else parse_document(document, language, entry.arn, _CONTENT)
            )
