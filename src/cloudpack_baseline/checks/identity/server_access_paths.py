"""The check of ``server-access-paths``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, reduce
from operator import or_
from typing import TypeVar

from attrs import frozen

from cloudpack_baseline.baseline import ServerAccessPathsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity._path_catalogue import catalogue
from cloudpack_baseline.checks.identity.account_permissions import (
    PERMISSION_READS,
    Ability,
    AccountPermissions,
    ActionRequest,
    PrincipalPermissions,
    granted_to,
)
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.ec2 import Instance, IpPermission, SecurityGroup
from cloudpack_baseline.model.ec2_posture import InstanceConnectEndpoint, SerialConsoleAccess
from cloudpack_baseline.model.ecs import EcsCluster
from cloudpack_baseline.model.iam_principals import RoleDetail, UserDetail
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Truth, Unknown, Why, all_of, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["server_access_paths"]

R = TypeVar("R", bound=Record)

_INSTANCE = "arn:{p}:ec2:{r}:{a}:instance/{n}"
_NODE = "arn:{p}:ssm:{r}:{a}:managed-instance/{n}"
_SERVERS = (_INSTANCE, _NODE)
_OWN_DOCUMENT = "arn:{p}:ssm:{r}:{a}:document/{n}"


def _documents(action: str) -> tuple[str, ...]:
    """Documents by which the action runs what the caller says; others have a fixed purpose."""
    names = (
        name for path in catalogue().running if path.actions == (action,) for name in path.documents
    )
    return (*(f"arn:{{p}}:ssm:{{r}}::document/{name}" for name in names), _OWN_DOCUMENT)


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
_PORTS = (22, 3389)


@check(
    *PERMISSION_READS,
    reads(Instance),
    reads(SecurityGroup),
    reads(EcsCluster, "settings"),
    reads(SerialConsoleAccess),
    reads(InstanceConnectEndpoint),
    subjects=(UserDetail, RoleDetail, Instance),
)
def server_access_paths(view: AccountView) -> Iterator[Finding]:
    """Evaluates who can open a session on servers without a packet that the network shows.

    For each user and role, the policies, the boundary and, if the management account is in the
    snapshot, the service control policies are evaluated together: Session Manager
    (``ssm:StartSession``, ``ssm:ResumeSession`` of other sessions than its own), Run Command and
    State Manager (``ssm:SendCommand``, ``ssm:CreateAssociation``, with a document that runs the
    caller's commands), Automation, just-in-time node access (``ssm:StartAccessRequest`` with
    ``ssm:GetAccessToken``), the remote desktop of Fleet Manager
    (``ssm-guiconnect:StartConnection``), EC2 Instance Connect, its endpoints where there are any
    (DescribeInstanceConnectEndpoints), ECS Exec where containers run (DescribeClusters), and the
    serial console where it is enabled (GetSerialConsoleAccessStatus). Limits to tags or to some
    servers do not make a difference. Administrators are operators only if they are declared.

    A running instance must not carry a key pair (``KeyName``) that is not declared if its
    security groups allow SSH or RDP, because such keys bypass central authentication.
    """
    options = view.baseline.options(ServerAccessPathsOptions)
    account = AccountPermissions.of(view, options.operators)
    paths = tuple(_paths(view)) if account.principals else ()
    for principal in account.principals:
        yield view.finding(principal.principal, _observe(view, account, principal, paths))
    groups = {group.group_id: group for group in view.all(SecurityGroup)}
    for instance in view.all(Instance):
        if instance.state == "running":
            yield view.finding(instance, _key_pair(view, instance, groups))


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


def _key_pair(
    view: AccountView, instance: Instance, groups: Mapping[str, SecurityGroup]
) -> Observation:
    """Whether the server carries a key pair that somebody could use."""
    name = instance.key_name
    if isinstance(name, Unknown):
        return unknown("KeyName", name)
    if name is None:
        return passed(text("identity.no-key-pair"), read="KeyName=")
    declared = view.baseline.options(ServerAccessPathsOptions).key_pairs
    if any(matches(pattern, name) for pattern in declared):
        return passed(text("identity.key-pair-declared"), read=f"KeyName={name}")
    reached = _allows_administration(view, instance, groups)
    if isinstance(reached, Unknown):
        return unknown("SecurityGroups", reached)
    if reached:
        return failed(text("identity.key-pair", name=name), read=f"KeyName={name}")
    return passed(text("identity.key-pair-unreached"), read=f"KeyName={name}")


def _allows_administration(
    view: AccountView, instance: Instance, groups: Mapping[str, SecurityGroup]
) -> Truth:
    """Whether a security group of its first interface allows SSH or RDP, from any source."""
    names = instance.security_groups
    if isinstance(names, Unknown):
        return names
    gap = view.gap(SecurityGroup, instance.region)
    unread = Unknown.because(Why.NOT_TOLD, detail="SecurityGroups") if gap is None else gap
    return any_of(_of_group(groups[name]) if name in groups else unread for name in names)


def _of_group(group: SecurityGroup) -> Truth:
    return lift(lambda permissions: any(map(_allows_port, permissions)), group.ip_permissions)


def _allows_port(permission: IpPermission) -> bool:
    if permission.ip_protocol == "-1":
        return True
    first, last = permission.from_port, permission.to_port
    return permission.ip_protocol == "tcp" and any(
        (first or 0) <= port <= (65535 if last is None else last) for port in _PORTS
    )
