"""AWS Organizations: what only the management account of an organization can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ResourceControlPolicy,
    ServiceControlPolicy,
)
from cloudpack_baseline.model.reading import string, value_of
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted, known_of
from cloudpack_baseline.sources.gatherers._described import described_gatherer
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS"]

_DESCRIBE = "organizations:DescribeOrganization"
_ROOTS = "organizations:ListRoots"
_UNITS = "organizations:ListOrganizationalUnitsForParent"
_ACCOUNTS = "organizations:ListAccountsForParent"
_POLICIES = "organizations:ListPolicies"
_SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
_RESOURCE_CONTROL = "RESOURCE_CONTROL_POLICY"
_Run: TypeAlias = Callable[[Calls, frozenset[str]], Gathered]

_POLICIES_OF = (
    described_gatherer(ServiceControlPolicy),
    described_gatherer(ResourceControlPolicy),
)


def _in_management(key: str, run: _Run, calls: Calls, selected: frozenset[str]) -> Gathered:
    """What it reads if the account is the management account; no other account can read it."""
    answer = calls.get(_DESCRIBE, absent=("AWSOrganizationsNotInUseException",))
    if answer is None:
        return Gathered(())
    management = answer if isinstance(answer, Unknown) else converted(_DESCRIBE, _manager, answer)
    if isinstance(management, Unknown):
        return Gathered((), management)
    if management == calls.account:
        return run(calls, selected)
    detail = f"visible only to the management account {management}"
    return Gathered((), Unknown.because(Why.NOT_PROVIDED, operation=key, detail=detail))


def _manager(answer: Answer) -> str:
    account: str = value_of(Organization, "management_account", answer)
    return account


@frozen(kw_only=True)
class _Node:
    """A root or an organizational unit: the IDs from the root to it."""

    path: tuple[str, ...]
    service_control: Field[bool]
    resource_control: Field[bool]


def _nodes(
    calls: Calls, key: str, convert: Callable[[Answer], _Node], **parameters: object
) -> tuple[tuple[_Node, ...], Unknown | None]:
    listing = calls.listing(key, **parameters)
    return known_of((converted(key, convert, item) for item in listing.items), listing.unknown)


def _root(item: Answer) -> _Node:
    statuses = {policy_type["Type"]: policy_type["Status"] for policy_type in item["PolicyTypes"]}
    return _Node(
        path=(string(item, "Id"),),
        service_control=_enabled(statuses, _SERVICE_CONTROL),
        resource_control=_enabled(statuses, _RESOURCE_CONTROL),
    )


def _enabled(statuses: Mapping[str, str], kind: str) -> Field[bool]:
    status = statuses.get(kind, "")
    if status in ("", "ENABLED"):
        return status == "ENABLED"
    return Unknown.because(Why.UNDETERMINED, operation=_ROOTS, detail=f"{kind}: {status}")


def _unit(parent: _Node, item: Answer) -> _Node:
    id_ = string(item, "Id")
    if id_ in parent.path:
        raise ValueError(f"{id_} is below itself")
    return evolve(parent, path=(*parent.path, id_))


def _accounts(calls: Calls, _selected: frozenset[str]) -> Gathered:
    """Level by level, so that the calls of one are under way at once."""
    nodes, unknown = _nodes(calls, _ROOTS, _root)
    gathered: list[Gathered] = []
    while nodes:
        below = calls.map(partial(_below, calls), nodes)
        gathered += (accounts for accounts, _ in below)
        nodes = tuple(unit for _, units in below for unit in units)
    return Gathered.joined(gathered, unknown)


def _below(calls: Calls, node: _Node) -> tuple[Gathered, tuple[_Node, ...]]:
    parent = node.path[-1]
    units, unknown = _nodes(calls, _UNITS, partial(_unit, node), ParentId=parent)
    accounts = calls.records(_ACCOUNTS, partial(_account, calls, node), ParentId=parent)
    return Gathered.joined([accounts], unknown), units


def _account(calls: Calls, node: _Node, item: Answer) -> OrganizationAccount:
    id_ = string(item, "Id")
    return OrganizationAccount(
        arn=string(item, "Arn"),
        account=calls.account,
        name=id_,
        origin=Origin(operation=_ACCOUNTS),
        id=id_,
        path=(*node.path, id_),
        service_control=node.service_control,
        resource_control=node.resource_control,
        joined_method=converted(_ACCOUNTS, partial(_member, "joined_method"), item),
        state=converted(_ACCOUNTS, partial(_member, "state"), item),
    )


def _member(field: str, item: Answer) -> str:
    member: str = value_of(OrganizationAccount, field, item)
    return member


GATHERERS = (
    Gatherer(
        kind=OrganizationAccount,
        run=partial(_in_management, _ROOTS, _accounts),
        operations=(_DESCRIBE, _ROOTS, _UNITS, _ACCOUNTS),
        regional=False,
    ),
    *(
        evolve(
            gatherer,
            run=partial(_in_management, _POLICIES, gatherer.run),
            operations=(_DESCRIBE, *gatherer.operations),
        )
        for gatherer in _POLICIES_OF
    ),
)
