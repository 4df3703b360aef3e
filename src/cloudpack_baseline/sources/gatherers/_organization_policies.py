"""Accounts of an organization and its service control policies: told to its management only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from attrs import frozen

from cloudpack_baseline.model.organizations import OrganizationAccount, ServiceControlPolicy
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, both, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["POLICIES"]

_DESCRIBE = "organizations:DescribeOrganization"
_ROOTS = "organizations:ListRoots"
_UNITS = "organizations:ListOrganizationalUnitsForParent"
_ACCOUNTS = "organizations:ListAccountsForParent"
_POLICIES = "organizations:ListPolicies"
_CONTENT = "organizations:DescribePolicy"
_TARGETS = "organizations:ListTargetsForPolicy"
_KIND = "SERVICE_CONTROL_POLICY"


def _in_management(key: str, run: Callable[[Calls], Gathered], calls: Calls) -> Gathered:
    """What it reads, where the account manages its organization; elsewhere it is not told."""
    answer = calls.get(_DESCRIBE, absent=("AWSOrganizationsNotInUseException",))
    if answer is None:
        return Gathered(())
    if isinstance(answer, Unknown):
        return Gathered((), answer)
    management = converted(
        _DESCRIBE, lambda held: string(held["Organization"], "MasterAccountId"), answer
    )
    if isinstance(management, Unknown):
        return Gathered((), management)
    if management != calls.account:
        detail = f"told to the management account {management} only"
        return Gathered((), Unknown.because(Why.NOT_TOLD, operation=key, detail=detail))
    return run(calls)


@frozen(kw_only=True)
class _Node:
    """A root or an organizational unit: the ids from the root to it."""

    path: tuple[str, ...]
    service_control: Field[bool]


def _nodes(
    calls: Calls, key: str, convert: Callable[[Answer], _Node], **parameters: object
) -> tuple[tuple[_Node, ...], Unknown | None]:
    listing = calls.listing(key, **parameters)
    made = [converted(key, convert, item) for item in listing.items]
    unknown = listing.unknown
    for one in made:
        unknown = both(unknown, one if isinstance(one, Unknown) else None)
    return tuple(one for one in made if isinstance(one, _Node)), unknown


def _root(item: Answer) -> _Node:
    held = {one["Type"]: one["Status"] for one in item["PolicyTypes"]}
    status = held.get(_KIND, "")
    enabled: Field[bool] = status == "ENABLED"
    if status not in ("", "ENABLED"):
        enabled = Unknown.because(Why.UNDETERMINED, operation=_ROOTS, detail=f"{_KIND}: {status}")
    return _Node(path=(string(item, "Id"),), service_control=enabled)


def _unit(parent: _Node, item: Answer) -> _Node:
    id_ = string(item, "Id")
    if id_ in parent.path:
        raise ValueError(f"{id_} is below itself")
    return _Node(path=(*parent.path, id_), service_control=parent.service_control)


def _accounts(calls: Calls) -> Gathered:
    """Level by level, so that the calls of one are under way at once."""
    nodes, unknown = _nodes(calls, _ROOTS, _root)
    found = Gathered((), unknown)
    while nodes:
        below = calls.map(partial(_below, calls), nodes)
        found = sum((accounts for accounts, _ in below), found)
        nodes = tuple(unit for _, units in below for unit in units)
    return found


def _below(calls: Calls, node: _Node) -> tuple[Gathered, tuple[_Node, ...]]:
    parent = node.path[-1]
    units, unknown = _nodes(calls, _UNITS, partial(_unit, node), ParentId=parent)
    accounts = calls.records(_ACCOUNTS, partial(_account, calls, node), ParentId=parent)
    return accounts + Gathered((), unknown), units


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
    )


def _policies(calls: Calls) -> Gathered:
    listing = calls.listing(_POLICIES, Filter=_KIND)
    made = calls.map(
        lambda item: converted(_POLICIES, partial(_policy, calls), item), listing.items
    )
    found = Gathered((), listing.unknown)
    for one in made:
        found += Gathered((), one) if isinstance(one, Unknown) else Gathered((one,))
    return found


def _policy(calls: Calls, item: Answer) -> ServiceControlPolicy:
    id_ = string(item, "Id")
    return ServiceControlPolicy(
        arn=string(item, "Arn"),
        account=calls.account,
        name=string(item, "Name"),
        origin=Origin(operation=_POLICIES),
        document=_document(calls, id_),
        targets=_targets(calls, id_),
    )


def _document(calls: Calls, id_: str) -> Field[str]:
    answer = calls.get(_CONTENT, PolicyId=id_)
    if isinstance(answer, Unknown):
        return answer
    return converted(_CONTENT, lambda held: string(held["Policy"], "Content"), answer or {})


def _targets(calls: Calls, id_: str) -> Field[tuple[str, ...]]:
    listing = calls.listing(_TARGETS, PolicyId=id_)
    if listing.unknown is not None:
        return listing.unknown
    held = {"Targets": listing.items}
    return converted(_TARGETS, _target_ids, held)


def _target_ids(held: Answer) -> tuple[str, ...]:
    return tuple(string(one, "TargetId") for one in held["Targets"])


POLICIES = (
    Gatherer(
        kind=OrganizationAccount,
        run=lambda calls, _wanted: _in_management(_ROOTS, _accounts, calls),
        operations=(_DESCRIBE, _ROOTS, _UNITS, _ACCOUNTS),
        regional=False,
    ),
    Gatherer(
        kind=ServiceControlPolicy,
        run=lambda calls, _wanted: _in_management(_POLICIES, _policies, calls),
        operations=(_DESCRIBE, _POLICIES, _CONTENT, _TARGETS),
        regional=False,
    ),
)
