"""Which users and roles can open a session on servers or containers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, reduce
from operator import or_
from typing import TypeVar

from cloudpack_baseline.baseline.options.identity import ServerAccessPathsOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity._path_catalogue import path_catalogue
from cloudpack_baseline.checks.identity.account_permissions import (
    Ability,
    AccountPermissions,
    ActionRequest,
    PrincipalPermissions,
    granted_to,
)
from cloudpack_baseline.findings import Finding, Observation, not_applicable, passed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.ec2_posture import InstanceConnectEndpoint, SerialConsoleAccess
from cloudpack_baseline.model.ecs import EcsCluster
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Truth, Unknown, all_of, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["principal_findings"]

R = TypeVar("R", bound=Record)

_INSTANCE = "arn:{p}:ec2:{r}:{a}:instance/{n}"
_NODE = "arn:{p}:ssm:{r}:{a}:managed-instance/{n}"
_SERVERS = (_INSTANCE, _NODE)
_OWN_DOCUMENT = "arn:{p}:ssm:{r}:{a}:document/{n}"


def _documents(action: str) -> tuple[str, ...]:
    """Documents by which the action runs what the caller says; others have a fixed purpose."""
    names = (
        name
        for path in path_catalogue().running
        if path.actions == (action,)
        for name in path.documents
    )
    documents = (f"arn:{{p}}:ssm:{{r}}::document/{name}" for name in dict.fromkeys(names))
    return (*documents, _OWN_DOCUMENT)


def _ability(*requests: tuple[str, tuple[str, ...]]) -> Ability:
    return Ability(
        requests=tuple(
            ActionRequest(action=action, resources=resources) for action, resources in requests
        )
    )


def _command(action: str) -> Ability:
    """The document and the server are both required (Service Authorization Reference)."""
    return _ability((action, _SERVERS), (action, _documents(action)))


@cache
def _anywhere() -> tuple[Ability, ...]:
    """What opens a session or runs commands on a server."""
    return (
        _ability(("ssm:StartSession", _SERVERS)),
        _ability(("ssm:ResumeSession", ("arn:{p}:ssm:{r}:{a}:session/{n}",))),
        _command("ssm:SendCommand"),
        _ability(
            (
                "ssm:StartAutomationExecution",
                (
                    "arn:{p}:ssm:{r}:{a}:automation-definition/{n}:$DEFAULT",
                    _OWN_DOCUMENT,
                ),
            )
        ),
        _command("ssm:CreateAssociation"),
        _ability(
            ("ssm:StartAccessRequest", _SERVERS),
            ("ssm:GetAccessToken", ("arn:{p}:ssm:{r}:{a}:opsitem/{n}",)),
        ),
        _ability(("ssm-guiconnect:StartConnection", ("*",))),
        _ability(("ec2-instance-connect:SendSSHPublicKey", (_INSTANCE,))),
    )


_CONTAINERS = _ability(
    ("ecs:ExecuteCommand", ("arn:{p}:ecs:{r}:{a}:cluster/{n}",)),
    ("ecs:ExecuteCommand", ("arn:{p}:ecs:{r}:{a}:task/{n}/{n}",)),
)
_SERIAL_CONSOLE = _ability(("ec2-instance-connect:SendSerialConsoleSSHPublicKey", (_INSTANCE,)))
_TUNNEL = _ability(
    (
        "ec2-instance-connect:OpenTunnel",
        ("arn:{p}:ec2:{r}:{a}:instance-connect-endpoint/{n}",),
    )
)
_GONE = ("terminated", "shutting-down")


def principal_findings(view: AccountView) -> Iterator[Finding]:
    """A finding for each user and role."""
    options = view.baseline.options(ServerAccessPathsOptions)
    account = AccountPermissions.of(view, options.operators)
    paths = tuple(_paths(view))
    for principal in account.principals:
        yield view.finding(principal.principal, _observe(view, account, principal, paths))


@frozen(kw_only=True)
class _AccessPath:
    """What opens a session, and whether there is something that it opens one on."""

    ability: Ability
    usable: Truth


def _paths(view: AccountView) -> Iterator[_AccessPath]:
    """The paths to servers and containers, without those to nothing."""
    servers = _exists(view, Instance, lambda instance: instance.state not in _GONE)
    containers = _exists(view, EcsCluster, _has_tasks)
    console = _exists(view, SerialConsoleAccess, lambda access: access.enabled)
    endpoints = _exists(view, InstanceConnectEndpoint, lambda _: True)
    usable = [
        *((ability, servers) for ability in _anywhere()),
        (_CONTAINERS, containers),
        (_SERIAL_CONSOLE, all_of((servers, console))),
        (_TUNNEL, all_of((servers, endpoints))),
    ]
    for ability, truth in usable:
        if truth is not False:
            yield _AccessPath(ability=ability, usable=truth)


def _exists(view: AccountView, kind: type[R], test: Callable[[R], Truth]) -> Truth:
    gap = view.gap(kind)
    return any_of([*map(test, view.all(kind)), *([] if gap is None else [gap])])


def _has_tasks(cluster: EcsCluster) -> Truth:
    return lift(lambda settings: settings.running_tasks > 0, cluster.settings)


def _regions(view: AccountView) -> tuple[str, ...]:
    """The Regions with servers or containers; all of them if there are none."""
    records: tuple[Record, ...] = (*view.all(Instance), *view.all(EcsCluster))
    return tuple(sorted({record.region for record in records})) or view.account.regions


def _observe(
    view: AccountView,
    account: AccountPermissions,
    principal: PrincipalPermissions,
    paths: Sequence[_AccessPath],
) -> Observation:
    if not paths:
        return not_applicable(text("identity.no-servers"))
    if principal.declared:
        return passed(text("identity.server-access-declared"))
    policies = principal.policies
    if policies.unknown is not None:
        return policies.report_unread(policies.unknown)
    regions = _regions(view)
    granted = [
        (path, requests)
        for path in paths
        if (requests := principal.granted(path.ability, regions)) is not None
    ]
    if not granted:
        return passed(text("identity.no-server-access"))
    usable = [requests for path, requests in granted if path.usable is True]
    if usable:
        return granted_to(principal, usable, account.levels_unknown, "identity.server-access")
    actions = tuple(path.ability.name for path, _ in granted)
    doubts = [path.usable for path, _ in granted if isinstance(path.usable, Unknown)]
    return unknown(text("identity.server-access-unread", actions=actions), reduce(or_, doubts))
