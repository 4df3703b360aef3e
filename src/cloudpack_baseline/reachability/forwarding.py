"""Load balancers and accelerators that forward connections with the client IP address.

Behind an Application Load Balancer, or a Network Load Balancer that does not preserve
client addresses, a target sees the load balancer: those are two connections of interfaces.
Where client addresses are preserved, the groups of the target have to admit the clients,
and its subnet needs no route to them (Elastic Load Balancing User Guide, Client IP
preservation; AWS Global Accelerator Developer Guide, Preserve client IP addresses).
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.elbv2 import Listener, LoadBalancer, Target, TargetGroup
from cloudpack_baseline.model.globalaccelerator import (
    Accelerator,
    AcceleratorEndpointGroup,
    AcceleratorListener,
    CrossAccountAttachment,
    CustomRoutingAccelerator,
)
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability.ipset import FAMILIES, IPV4, Family
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.traffic import (
    NO_TRAFFIC,
    TCP,
    TrafficSet,
    protocol_number,
)

__all__ = ["ACCELERATOR", "BALANCER", "Accelerators", "Forwarding", "Forwardings"]

BALANCER = "network_load_balancer"
ACCELERATOR = "global_accelerator_managed"

_PROTOCOLS = {
    "TCP": ("tcp",),
    "TLS": ("tcp",),
    "UDP": ("udp",),
    "QUIC": ("udp",),
    "TCP_UDP": ("tcp", "udp"),
    "TCP_QUIC": ("tcp", "udp"),
}
_EITHER = ("tcp", "udp")
"""For a protocol that Elastic Load Balancing may add."""
_ALWAYS_PRESERVED = frozenset({"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"})
_ANY = TrafficSet.parse("tcp, udp")
_LAST_PORT = 65535


@frozen
class Forwarding:
    """What leads to a target through one interface of a load balancer or accelerator.

    Attributes:
        interface_id: that interface.
        listened: the traffic that clients send to it; none for an accelerator, whose
            clients are on the internet.
        delivered: the same as the target gets it.
        across_zones: whether it reaches targets in other Availability Zones.
        families: the versions of IP of the clients.
        doubt: why it is not certain; None if it is.
    """

    interface_id: str
    listened: TrafficSet
    delivered: TrafficSet
    across_zones: bool = True
    families: tuple[Family, ...] = FAMILIES
    doubt: StopReason | None = None

    @property
    def traffic(self) -> tuple[TrafficSet, TrafficSet]:
        """What filters have to distinguish."""
        return self.listened, self.delivered


@frozen(eq=False)
class Forwardings:
    """All forwardings: by target interface, and by VPC if the targets are unknown."""

    by_interface: Mapping[str, tuple[Forwarding, ...]]
    by_vpc: Mapping[str, tuple[Forwarding, ...]]

    @classmethod
    def of(
        cls,
        interfaces: Iterable[NetworkInterface],
        balancers: Iterable[LoadBalancer],
        groups: Iterable[TargetGroup],
        gaps: Iterable[Unknown | None],
        accelerators: Accelerators,
    ) -> Forwardings:
        """The forwardings of the records.

        Args:
            interfaces: the attached interfaces.
            balancers: the load balancers.
            groups: the target groups.
            gaps: why there may be more of the two.
            accelerators: the accelerators.
        """
        interfaces = tuple(interfaces)
        config = _Configuration(
            {_suffix(balancer.arn): balancer for balancer in balancers},
            {group.arn: group for group in groups},
            interfaces,
        )
        unread = next((gap for gap in gaps if gap is not None), None)
        by_interface: dict[str, list[Forwarding]] = {}
        by_vpc: dict[str, list[Forwarding]] = {}
        for interface in interfaces:
            if interface.interface_type == ACCELERATOR:
                known = accelerators.forwardings(interface, interfaces)
            elif interface.interface_type == BALANCER:
                known = config.forwardings(interface)
            else:
                continue
            if isinstance(known, StopReason):
                of_balancers = unread if interface.interface_type == BALANCER else None
                anything = _anything(interface, known, of_balancers)
                by_vpc.setdefault(interface.vpc_id, []).append(anything)
                continue
            for target, forwarding in known:
                by_interface.setdefault(target, []).append(forwarding)
        return cls(
            {name: tuple(forwardings) for name, forwardings in by_interface.items()},
            {vpc: tuple(forwardings) for vpc, forwardings in by_vpc.items()},
        )

    def each(self) -> Iterator[Forwarding]:
        """All of them."""
        for forwardings in (*self.by_interface.values(), *self.by_vpc.values()):
            yield from forwardings

    def to(self, interface: NetworkInterface) -> tuple[Forwarding, ...]:
        """The forwardings to an interface; none to another load balancer of the kind."""
        known = self.by_interface.get(interface.network_interface_id, ())
        if interface.interface_type == BALANCER:
            return known
        return (*known, *self.by_vpc.get(interface.vpc_id, ()))


@frozen(eq=False)
class Accelerators:
    """The accelerators of the records.

    Attributes:
        standard: those whose endpoints are known.
        custom: custom routing accelerators, which lead to instances of their own choice.
        attachments: what accelerators of other accounts may use.
        unread: why there may be more; None: there are no more.
    """

    standard: tuple[Accelerator, ...] = ()
    custom: tuple[CustomRoutingAccelerator, ...] = ()
    attachments: tuple[CrossAccountAttachment, ...] = ()
    unread: Unknown | None = None

    def forwardings(
        self, entry: NetworkInterface, interfaces: Iterable[NetworkInterface]
    ) -> list[tuple[str, Forwarding]] | StopReason:
        """What comes through an interface of Global Accelerator, by target in its VPC."""
        unread = next(self._unknowns(), self.unread)
        not_known = StopReason.of("targets-unknown", entry.network_interface_id, unread)
        is_used = [accelerator for accelerator in self.custom if accelerator.enabled is not False]
        if unread is not None or is_used:
            return not_known
        near = [interface for interface in interfaces if interface.vpc_id == entry.vpc_id]
        known: list[tuple[str, Forwarding]] = []
        for endpoint_id, forwarding in self._each(entry, not_known):
            targets = list(_holders(near, endpoint_id))
            # An instance gets it by its first interface, and nothing says which one that is.
            is_vague = endpoint_id.startswith("i-") and len(targets) > 1
            to_each = evolve(forwarding, doubt=not_known) if is_vague else forwarding
            known += ((target, to_each) for target in targets)
        return known or not_known

    def _unknowns(self) -> Iterator[Unknown]:
        for accelerator in self.standard:
            for value in (accelerator.listeners, accelerator.enabled, accelerator.ip_address_type):
                if isinstance(value, Unknown):
                    yield value
        for attachment in self.attachments:
            if isinstance(attachment.endpoint_ids, Unknown):
                yield attachment.endpoint_ids

    def _each(
        self, entry: NetworkInterface, not_known: StopReason
    ) -> Iterator[tuple[str, Forwarding]]:
        """By endpoint: what accelerators of the account lead to it, and those of others may."""
        name = entry.network_interface_id
        for accelerator in self.standard:
            families = (IPV4,) if accelerator.ip_address_type == "IPV4" else FAMILIES
            for endpoint_id, delivered in _delivered(accelerator):
                yield endpoint_id, Forwarding(name, NO_TRAFFIC, delivered, families=families)
        for attachment in self.attachments:
            ids = attachment.endpoint_ids
            for endpoint_id in () if isinstance(ids, Unknown) else ids:
                yield endpoint_id, Forwarding(name, NO_TRAFFIC, _ANY, doubt=not_known)


def _delivered(accelerator: Accelerator) -> Iterator[tuple[str, TrafficSet]]:
    """What each endpoint gets under the addresses of clients."""
    listeners = accelerator.listeners
    if isinstance(listeners, Unknown) or accelerator.enabled is not True:
        return
    for listener in listeners:
        for group in listener.endpoint_groups:
            delivered = _ports_of(listener, group)
            for endpoint in group.endpoints:
                if endpoint.client_ip_preservation and endpoint.weight:
                    yield endpoint.endpoint_id, delivered


def _ports_of(listener: AcceleratorListener, group: AcceleratorEndpointGroup) -> TrafficSet:
    protocol = listener.protocol.lower()
    number = protocol_number(protocol) or TCP
    accepted = [
        TrafficSet.span(number, ports.from_port, ports.to_port) for ports in listener.port_ranges
    ]
    delivered = functools.reduce(operator.or_, accepted, NO_TRAFFIC)
    for override in group.port_overrides:
        delivered -= TrafficSet.of(number, override.listener_port)
    for override in group.port_overrides:
        delivered |= TrafficSet.of(number, override.endpoint_port)
    return delivered


def _holders(interfaces: Iterable[NetworkInterface], endpoint_id: str) -> Iterator[str]:
    target = Target(id=endpoint_id)
    for interface in interfaces:
        if _is_target(interface, target):
            yield interface.network_interface_id


def _anything(
    interface: NetworkInterface, reason: StopReason, unread: Unknown | None
) -> Forwarding:
    """A load balancer whose targets are not known may lead to any interface of its VPC."""
    listened = NO_TRAFFIC if interface.interface_type == ACCELERATOR else _ANY
    if not reason.causes:
        reason = StopReason.of(reason.id, reason.subject, unread)
    return Forwarding(interface.network_interface_id, listened, _ANY, doubt=reason)


def _suffix(arn: str) -> str:
    """``net/NAME/ID`` of an ARN, by which descriptions of interfaces name the load balancer."""
    return arn.rpartition(":loadbalancer/")[2]


@frozen(eq=False)
class _Configuration:
    """The load balancers by suffix of ARN, the target groups by ARN, and all interfaces."""

    balancers: Mapping[str, LoadBalancer]
    groups: Mapping[str, TargetGroup]
    interfaces: tuple[NetworkInterface, ...]

    def forwardings(self, interface: NetworkInterface) -> list[tuple[str, Forwarding]] | StopReason:
        """What leads through the interface, by target; a reason where that is not known."""
        name = interface.description.removeprefix("ELB ")
        balancer = self.balancers.get(name)
        if balancer is None:
            return StopReason.of("targets-unknown", interface.network_interface_id)
        listeners = balancer.listeners
        for value in (balancer.type, balancer.cross_zone):
            if isinstance(value, Unknown):
                return StopReason.of("targets-unknown", balancer.name, value)
        if isinstance(listeners, Unknown):
            return StopReason.of("targets-unknown", balancer.name, listeners)
        by_target: list[tuple[str, Forwarding]] = []
        for listener in listeners:
            targets = self._listener_targets(interface, balancer, listener)
            if isinstance(targets, StopReason):
                return targets
            by_target += targets
        return by_target

    def _listener_targets(
        self, interface: NetworkInterface, balancer: LoadBalancer, listener: Listener
    ) -> list[tuple[str, Forwarding]] | StopReason:
        protocol, port, arns = listener.protocol, listener.port, listener.target_groups
        if isinstance(protocol, Unknown):
            return StopReason.of("targets-unknown", balancer.name, protocol)
        if isinstance(port, Unknown):
            return StopReason.of("targets-unknown", balancer.name, port)
        if isinstance(arns, Unknown):
            return StopReason.of("targets-unknown", balancer.name, arns)
        by_target: list[tuple[str, Forwarding]] = []
        for arn in arns:
            group = self.groups.get(arn)
            if group is None:
                return StopReason.of("targets-unknown", balancer.name)
            targets = self._targets(interface, balancer, _traffic(protocol, port), group)
            if isinstance(targets, StopReason):
                return targets
            by_target += targets
        return by_target

    def _targets(
        self,
        interface: NetworkInterface,
        balancer: LoadBalancer,
        listened: TrafficSet,
        group: TargetGroup,
    ) -> list[tuple[str, Forwarding]] | StopReason:
        protocol, port, targets = group.protocol, group.port, group.targets
        for value in (group.target_type, group.preserve_client_ip, group.cross_zone):
            if isinstance(value, Unknown):
                return StopReason.of("targets-unknown", group.name, value)
        if isinstance(protocol, Unknown):
            return StopReason.of("targets-unknown", group.name, protocol)
        if isinstance(port, Unknown):
            return StopReason.of("targets-unknown", group.name, port)
        if isinstance(targets, Unknown):
            return StopReason.of("targets-unknown", group.name, targets)
        if not _preserves(group):
            return []
        across = balancer.cross_zone == "true"
        if group.cross_zone in ("true", "false"):
            across = group.cross_zone == "true"
        return [
            (
                name,
                Forwarding(
                    interface.network_interface_id,
                    listened,
                    _traffic(protocol, target.port or port) & _same(listened),
                    across,
                ),
            )
            for target in targets
            for name in self._interfaces_of(group, target)
        ]

    def _interfaces_of(self, group: TargetGroup, target: Target) -> Iterator[str]:
        for interface in self.interfaces:
            if interface.vpc_id == group.vpc_id and _is_target(interface, target):
                yield interface.network_interface_id


def _same(traffic: TrafficSet) -> TrafficSet:
    """The protocols of the traffic, at every port."""
    return TrafficSet.parse([str(protocol) for protocol, _, _ in traffic]) if traffic else traffic


def _traffic(protocol: str, port: int | None) -> TrafficSet:
    names = _PROTOCOLS.get(protocol, _EITHER)
    has_port = port is not None and 0 < port <= _LAST_PORT
    return TrafficSet.parse([f"{name}/{port}" if has_port else name for name in names])


def _preserves(group: TargetGroup) -> bool:
    """Whether targets see the client: as the attribute says, else by default."""
    if group.target_type == "alb" or group.protocol in _ALWAYS_PRESERVED:
        return True
    if group.preserve_client_ip in ("true", "false"):
        return group.preserve_client_ip == "true"
    return group.target_type == "instance"


def _is_target(interface: NetworkInterface, target: Target) -> bool:
    if target.id.startswith("arn:"):
        return interface.description.removeprefix("ELB ") == _suffix(target.id)
    if target.id.startswith("i-"):
        return interface.instance_id == target.id
    if isinstance(interface.private_ip_addresses, Unknown):
        return False
    addresses = {address.private_ip_address for address in interface.private_ip_addresses}
    if not isinstance(interface.ipv6_addresses, Unknown):
        addresses |= {address.ipv6_address for address in interface.ipv6_addresses}
    return target.id in addresses
