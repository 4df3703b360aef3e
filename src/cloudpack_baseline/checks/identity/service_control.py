"""The service control policies that apply to an account."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import TypeAlias

from attrs import evolve

from cloudpack_baseline.access import Policy
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity._permission_reads import SERVICE_CONTROL
from cloudpack_baseline.checks.identity._policies import parse_document
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ServiceControlPolicy,
)
from cloudpack_baseline.model.values import Unknown, Why

__all__ = ["SERVICE_CONTROL", "Levels", "organization_account", "service_control"]

Levels: TypeAlias = tuple[tuple[Policy, ...], ...]
"""The policies of the root, of each organizational unit, and of the account: each level has
to allow (AWS Organizations User Guide, SCP evaluation)."""

_CONTENT = "organizations:DescribePolicy"


def service_control(view: AccountView) -> Levels | Unknown:
    """The levels that bind the account; empty: none does.

    They bind neither the management account nor an account outside an organization. A
    member account cannot read them, so its management account has to be in the snapshot.
    """
    gap = view.gap(Organization)
    if gap is not None:
        return gap
    for organization in view.all(Organization):
        if organization.management_account != view.account.id:
            return _levels(view, organization)
    return ()


def organization_account(
    view: AccountView, organization: Organization
) -> OrganizationAccount | Unknown:
    """The account of the view, as its management account describes it."""
    above = _above(view, organization)
    return above if isinstance(above, Unknown) else _place(above, view.account.id)


def _levels(view: AccountView, organization: Organization) -> Levels | Unknown:
    above = _above(view, organization)
    return above if isinstance(above, Unknown) else _read_above(above, view.account.id)


def _above(view: AccountView, organization: Organization) -> AccountView | Unknown:
    """The view of the management account."""
    manager = organization.management_account
    for scope in view.snapshot.accounts:
        if scope.id == manager:
            return evolve(view, account=scope)
    detail = f"service control policies of {organization.id}: account {manager} was not read"
    return Unknown.because(Why.NOT_TOLD, detail=detail)


def _read_above(above: AccountView, account: str) -> Levels | Unknown:
    """The levels that the management account lists for the account."""
    place = _place(above, account)
    if isinstance(place, Unknown):
        return place
    if isinstance(place.service_control, Unknown):
        return place.service_control
    if not place.service_control:
        return ()
    gap = above.gap(ServiceControlPolicy)
    return _attached(above, place) if gap is None else gap


def _place(above: AccountView, account: str) -> OrganizationAccount | Unknown:
    for entry in above.all(OrganizationAccount):
        if entry.id == account:
            return entry
    gap = above.gap(OrganizationAccount)
    if gap is not None:
        return gap
    return Unknown.because(Why.UNDETERMINED, detail=f"{account} is not in the organization")


def _attached(above: AccountView, place: OrganizationAccount) -> Levels | Unknown:
    levels = [tuple(_level(above, target)) for target in place.path]
    unread = [policy for level in levels for policy in level if isinstance(policy, Unknown)]
    if unread:
        return reduce(or_, unread)
    return tuple(
        tuple(policy for policy in level if isinstance(policy, Policy)) for level in levels
    )


def _level(above: AccountView, target: str) -> Iterator[Policy | Unknown]:
    for entry in above.all(ServiceControlPolicy):
        if isinstance(entry.targets, Unknown):
            yield entry.targets
        elif target not in entry.targets:
            continue
        elif isinstance(entry.document, Unknown):
            yield entry.document
        else:
            yield parse_document(entry.document, "identity", entry.arn, _CONTENT)
