"""The check of ``server-access-paths``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudpack_baseline.baseline.options.identity import ServerAccessPathsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.identity.permission_reads import PERMISSION_READS
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import Instance, IpPermission, NetworkInterface, SecurityGroup
from cloudpack_baseline.model.ec2_posture import InstanceConnectEndpoint, SerialConsoleAccess
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Truth, Unknown, Why, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["server_access_paths"]

_PORTS = (22, 3389)


@check(
    *PERMISSION_READS,
    reads(Instance),
    reads(SecurityGroup),
    reads(NetworkInterface),
    reads("EcsCluster", "settings"),
    reads(SerialConsoleAccess),
    reads(InstanceConnectEndpoint),
    subjects=("UserDetail", "RoleDetail", Instance),
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
    if view.named("UserDetail") or view.named("RoleDetail"):
        from cloudpack_baseline.checks.identity._server_access import (  # noqa: PLC0415 - loads much
            principal_findings,
        )

        yield from principal_findings(view)
    network = _Network.of(view)
    for instance in view.all(Instance):
        if instance.state == "running":
            yield view.finding(instance, _key_pair(view, instance, network))


@frozen(kw_only=True)
class _Network:
    """The security groups and network interfaces of the account, by ID."""

    groups: Mapping[str, SecurityGroup]
    interfaces: Mapping[str, NetworkInterface]

    @classmethod
    def of(cls, view: AccountView) -> _Network:
        """Those of the account of the view."""
        return cls(
            groups={group.group_id: group for group in view.all(SecurityGroup)},
            interfaces={
                interface.network_interface_id: interface
                for interface in view.all(NetworkInterface)
            },
        )


def _key_pair(view: AccountView, instance: Instance, network: _Network) -> Observation:
    """Whether the server carries a key pair that somebody could use."""
    name = instance.key_name
    if isinstance(name, Unknown):
        return unknown("KeyName", name)
    if name is None:
        return passed(text("identity.no-key-pair"), read="KeyName=")
    declared = view.baseline.options(ServerAccessPathsOptions).key_pairs
    if any(matches(pattern, name) for pattern in declared):
        return passed(text("identity.key-pair-declared"), read=f"KeyName={name}")
    reached = _allows_administration(view, instance, network)
    if reached is True and declared and _PLACEHOLDER in name:
        doubt = Unknown.because(Why.UNDETERMINED, detail=f"the key pair {name}")
        return unknown("KeyName", doubt)
    return _undeclared_key_pair(name, reached)


def _undeclared_key_pair(name: str, reached: Truth) -> Observation:
    if isinstance(reached, Unknown):
        return unknown("SecurityGroups", reached)
    if reached:
        return failed(text("identity.key-pair", name=name), read=f"KeyName={name}")
    return passed(text("identity.key-pair-unreached"), read=f"KeyName={name}")


_PLACEHOLDER = "<"
"""What the part of a name begins with that only the deployment of a template knows."""


def _allows_administration(view: AccountView, instance: Instance, network: _Network) -> Truth:
    """Whether a security group of one of its interfaces allows SSH or RDP, from any source."""
    gap = view.gap(SecurityGroup, instance.region)
    unread = Unknown.because(Why.NOT_PROVIDED, detail="SecurityGroups") if gap is None else gap

    def allow(names: tuple[str, ...] | Unknown) -> Truth:
        if isinstance(names, Unknown):
            return names
        return any_of(
            _of_group(network.groups[name]) if name in network.groups else unread for name in names
        )

    return any_of(map(allow, _group_names(view, instance, network)))


def _group_names(
    view: AccountView, instance: Instance, network: _Network
) -> Iterator[tuple[str, ...] | Unknown]:
    """The groups that DescribeInstances names, of one interface, and those of several."""
    yield instance.security_groups
    interfaces = instance.network_interface_ids
    if isinstance(interfaces, Unknown):
        yield interfaces
        return
    if len(interfaces) > 1:
        gap = view.gap(NetworkInterface, instance.region)
        for name in interfaces:
            unread = Unknown.because(Why.NOT_PROVIDED, detail=name) if gap is None else gap
            yield network.interfaces[name].groups if name in network.interfaces else unread


def _of_group(group: SecurityGroup) -> Truth:
    return lift(lambda permissions: any(map(_allows_port, permissions)), group.ip_permissions)


def _allows_port(permission: IpPermission) -> bool:
    if permission.ip_protocol == "-1":
        return True
    first, last = permission.from_port, permission.to_port
    return permission.ip_protocol == "tcp" and any(
        (first or 0) <= port <= (65535 if last is None else last) for port in _PORTS
    )
