"""Administration: of servers by the bastion, of the bastion, and of applications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.baseline.options.network import (
    AdminIngressOptions,
    BastionIngressOptions,
    CustomerAdminAccessOptions,
)
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network._instances import instances
from cloudpack_baseline.checks.network._layer_seven import LayerSeven
from cloudpack_baseline.checks.network._reach import Arrival, InboundReach
from cloudpack_baseline.checks.network._subnets import is_load_balancer
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.checks.network.segments import Membership, memberships
from cloudpack_baseline.findings import Observation, passed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import Instance, NetworkInterface
from cloudpack_baseline.model.ec2_gateways import VpcPeeringConnection
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import (
    ALL_TRAFFIC,
    NO_TRAFFIC,
    Interfaces,
    IpSet,
    TrafficSet,
)
from cloudpack_baseline.reachability.results import Verdict
from cloudpack_baseline.texts import text

__all__ = ["Bastion", "Servers", "administered", "bastions", "entered", "served", "with_peers"]

_PING = TrafficSet.parse("icmp, icmpv6")
_RDP = TrafficSet.parse("rdp")
_WEAK = TrafficSet.parse("tcp/20-21, telnet")
"""Protocols that send passwords in the clear, whatever the application."""
_CLEAR = TrafficSet.parse("http")
"""In the clear too; weak only where the application is administered over it."""


def bastions(view: AccountView) -> frozenset[str]:
    """Names of the segments that operators connect through."""
    return frozenset(
        segment.name for segment in view.baseline.segments if segment.role == "bastion"
    )


def with_peers(view: AccountView, peers: Iterable[str]) -> AccountView:
    """The view with each declared peering connection as a network of its ID."""
    networks: dict[str, tuple[str, ...]] = {}
    declared = frozenset(peers)
    for peering in view.all(VpcPeeringConnection):
        id_ = peering.vpc_peering_connection_id
        if id_ not in declared or peering.status != "active":
            continue
        is_requester = peering.requester.owner_id == view.account.id
        far_side = peering.accepter if is_requester else peering.requester
        networks[id_] = (*far_side.cidr_blocks, *far_side.ipv6_cidr_blocks)
    baseline = evolve(view.baseline, networks={**view.baseline.networks, **networks})
    return evolve(view, baseline=baseline)


@frozen
class Bastion:
    """The allowed sources of administration: names of segments, networks and peers."""

    names: frozenset[str]

    @classmethod
    def of(cls, view: AccountView, options: AdminIngressOptions) -> Bastion:
        """As declared."""
        return cls(bastions(view) | {*options.networks, *options.peers})

    def allows(self, arrival: Arrival) -> bool:
        """Whether what arrives comes from the bastion."""
        return not arrival.source.end.covers.isdisjoint(self.names)


@frozen
class Servers:
    """The instances that are no bastion, with their interfaces; build it with `of`.

    Attributes:
        view: the account.
        plain: the instances.
        members: the segments of the interfaces of each instance, by its ID.
    """

    view: AccountView
    plain: tuple[Instance, ...]
    members: Mapping[str, tuple[Membership, ...]]

    @classmethod
    def of(cls, view: AccountView) -> Servers:
        """Of the account."""
        members: dict[str, list[Membership]] = {}
        for membership in memberships(view):
            if membership.interface.instance_id is not None:
                members.setdefault(membership.interface.instance_id, []).append(membership)
        inside = bastions(view)
        plain = [
            instance
            for instance in instances(view)
            if all(
                inside.isdisjoint(membership.segments)
                for membership in members.get(instance.instance_id, ())
            )
        ]
        return cls(
            view,
            tuple(plain),
            {id_: tuple(instance_members) for id_, instance_members in members.items()},
        )

    def interfaces(self, instance: Instance) -> tuple[str, ...]:
        """IDs of its interfaces; none if it may be the bastion itself."""
        members = self.members.get(instance.instance_id, ())
        if bastions(self.view) and any(membership.unknown is not None for membership in members):
            return ()
        return tuple(membership.interface.network_interface_id for membership in members)

    def doubts(self, instance: Instance) -> Iterator[Observation]:
        """Why the sources of administration are unknown, or not fully known."""
        gap = self.view.gap(NetworkInterface, instance.region)
        for membership in self.members.get(instance.instance_id, ()):
            if membership.unknown is not None and bastions(self.view):
                yield unknown("Segment", membership.unknown)
        if gap is not None or instance.instance_id not in self.members:
            yield unknown(
                "NetworkInterface",
                missing(gap, NetworkInterface, f"NetworkInterface of {instance.name}"),
            )


def administered(
    reach: InboundReach, target: str, bastion: Bastion, traffic: TrafficSet
) -> Iterator[Observation]:
    """Of a server: its administration ports are reached from the bastion only."""
    failures = [
        observation
        for arrival in reach.arrivals(target, traffic)
        if not bastion.allows(arrival)
        for observation in reach.excess(target, arrival, NO_TRAFFIC, "network.admin-open")
    ]
    yield from failures or [passed(text("network.admin-bastion-only", traffic=traffic.text))]


def entered(
    view: AccountView, reach: InboundReach, target: str, options: BastionIngressOptions
) -> Iterator[Observation]:
    """Of the bastion: from which networks, over which protocols."""
    inside = bastions(view)
    networks = frozenset(options.networks) or _named_by_flows(view, inside)
    services = TrafficSet.parse(options.services) | _PING
    services |= _RDP if options.rdp_over_tls else NO_TRAFFIC
    failures: list[Observation] = []
    for arrival in reach.arrivals(target, ALL_TRAFFIC):
        covers = arrival.source.end.covers
        if not covers.isdisjoint(inside):
            continue
        known = not covers.isdisjoint(networks)
        message = "network.bastion-protocol" if known else "network.bastion-source"
        allowed = services if known else NO_TRAFFIC
        failures += reach.excess(target, arrival, allowed, message)
    yield from failures or [passed(text("network.bastion-restricted"))]


def _named_by_flows(view: AccountView, inside: frozenset[str]) -> frozenset[str]:
    flows = [flow for flow in view.baseline.flows if not inside.isdisjoint(flow.to)]
    return frozenset(
        name for flow in flows for name in flow.from_ if name in view.baseline.networks
    )


def served(
    reach: InboundReach,
    layer_seven: LayerSeven,
    interface: NetworkInterface,
    options: CustomerAdminAccessOptions,
) -> Iterator[Observation]:
    """Of an interface of the application: its administration is open to the customer only."""
    target = interface.key
    administration = TrafficSet.parse(options.services)
    failures: list[Observation] = []
    for arrival in reach.arrivals(target, administration | _WEAK):
        if isinstance(arrival.source.end.end, Interfaces):
            continue
        if not arrival.source.end.covers.isdisjoint(options.networks):
            failures += reach.excess(
                target, arrival, administration - _WEAK - _CLEAR, "network.weak"
            )
        else:
            undeclared = evolve(
                arrival, sure=arrival.sure & administration, maybe=arrival.maybe & administration
            )
            failures += _from_strangers(reach, layer_seven, interface, undeclared)
    yield from failures or [passed(text("network.customer-only", traffic=administration.text))]


def _from_strangers(
    reach: InboundReach, layer_seven: LayerSeven, interface: NetworkInterface, arrival: Arrival
) -> Iterator[Observation]:
    if not is_load_balancer(interface):
        yield from reach.excess(interface.key, arrival, NO_TRAFFIC, "network.customer-excess")
        return
    for traffic, passage in layer_seven.passages(interface, arrival.sure | arrival.maybe):
        sure, maybe = (
            _within(arrival, addresses, traffic) for addresses in (passage.sure, passage.maybe)
        )
        verdict = _verdict(reach, interface, sure, traffic)
        if sure is not None and verdict != "stopped":
            if verdict == "unknown":  # what of the whole source is certain need not be of a part
                sure = evolve(sure, sure=NO_TRAFFIC, maybe=sure.sure | sure.maybe)
            yield from reach.excess(interface.key, sure, NO_TRAFFIC, "network.customer-excess")
        elif _verdict(reach, interface, maybe, traffic) != "stopped":
            detail = f"{interface.description or interface.name}: {traffic}"
            undecided = Unknown.because(Why.UNSUPPORTED, detail=detail)
            why = undecided if passage.unread is None else passage.unread
            yield unknown(text("network.layer-seven", traffic=traffic.text), why)


def _verdict(
    reach: InboundReach, interface: NetworkInterface, arrival: Arrival | None, traffic: TrafficSet
) -> Verdict:
    """Whether the network lets it through to the load balancer."""
    if arrival is None:
        return "stopped"
    return reach.asked(arrival.source, interface.key, traffic).verdict


def _within(arrival: Arrival, addresses: IpSet, traffic: TrafficSet) -> Arrival | None:
    """What of the traffic comes from the addresses; None: they are elsewhere."""
    end = arrival.source.end
    named = None if isinstance(end.end, Interfaces) else end.end.blocks
    blocks = named and named & addresses
    if isinstance(end.end, Interfaces) or not blocks:
        return None
    source = evolve(arrival.source, end=evolve(end, end=evolve(end.end, blocks=blocks)))
    return Arrival(source, arrival.sure & traffic, arrival.maybe & traffic)
