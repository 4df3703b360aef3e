"""What reaches the resources of a control, by declared segments and networks.

One evaluation answers for all targets at once. Besides declared sources there are four more:
interfaces in no segment, interfaces whose segment is unknown, undeclared private networks (through
VPN, Direct Connect or peering), and the rest of the internet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from attrs import field

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network._stores import Store
from cloudpack_baseline.checks.network.doubt import why_undecided
from cloudpack_baseline.checks.network.ends import DeclaredEnd, declared_ends
from cloudpack_baseline.checks.network.network_reads import network_of
from cloudpack_baseline.checks.network.packet_witnesses import packet_witness, port_ranges
from cloudpack_baseline.checks.network.segments import Membership, memberships
from cloudpack_baseline.findings import Observation, failed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import (
    ALL_TRAFFIC,
    Addresses,
    End,
    FlowResult,
    Interfaces,
    Intervals,
    IpSet,
    Network,
    TrafficSet,
)
from cloudpack_baseline.reachability.arrivals import Arrivals, arrivals_of
from cloudpack_baseline.reachability.endpoints import is_host
from cloudpack_baseline.texts import Text, abridged, text
from cloudpack_baseline.witnesses import PassingTraffic

__all__ = ["Arrival", "InboundReach", "TrafficSource"]

_PRIVATE = IpSet.parse(
    ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""Addresses that private networks have (RFC 1918, RFC 6598, RFC 4193)."""


@frozen
class TrafficSource:
    """A source of connections.

    Attributes:
        end: a declared end, or one that covers no declared name.
        label: as shown.
        doubt: why it is unknown what it is; ``None``: it is known.
    """

    end: DeclaredEnd
    label: str | Text
    doubt: Unknown | None = None


@frozen
class Arrival:
    """What of the traffic in question comes from one source to one target."""

    source: TrafficSource
    sure: TrafficSet
    maybe: TrafficSet


@frozen
class InboundReach:
    """The sources, the targets, and what passes between them; build it with `of`.

    Attributes:
        view: the account.
        network: the network, for witnesses.
        sources: everything that connections may come from.
        targets: by name.
        alike: for names of targets with the interfaces of another target, that one's name.
        placed: the segments of each interface of the account, by its ID.
        arrived: what comes from each source to each target.
    """

    view: AccountView
    network: Network
    sources: tuple[TrafficSource, ...]
    targets: Mapping[str, Interfaces]
    alike: Mapping[str, str]
    placed: Mapping[str, Membership]
    arrived: Arrivals
    _results: dict[tuple[End, str, TrafficSet], FlowResult] = field(factory=dict)
    _segments: dict[str, frozenset[str]] = field(factory=dict)

    @classmethod
    def of(
        cls,
        view: AccountView,
        targets: Mapping[str, Iterable[str]],
        *,
        alike: Mapping[str, str] = MappingProxyType({}),
        stand_ins: Iterable[NetworkInterface] = (),
        traffic: TrafficSet = ALL_TRAFFIC,
    ) -> InboundReach:
        """Of the account.

        Args:
            view: what was gathered and declared.
            targets: interface IDs by target name.
            alike: for further names, the name of the target that has the same interfaces.
            stand_ins: interfaces that are not among the records.
            traffic: what is asked for; by default anything.
        """
        stand_ins = tuple(stand_ins)
        network = network_of(view, stand_ins)
        placed = memberships(view, (*view.all(NetworkInterface), *stand_ins))
        sources = (*_declared(view, placed), *_undeclared(view, placed))
        ends = {name: frozenset(ids) for name, ids in targets.items()}
        named = {source.end.name: source.end.end for source in sources}
        return cls(
            view,
            network,
            sources,
            {name: Interfaces(ids) for name, ids in ends.items()},
            alike,
            {membership.interface.network_interface_id: membership for membership in placed},
            network.topology.derived(  # scenarios and controls ask the same
                ("arrivals", tuple(named.items()), tuple(ends.items()), traffic),
                lambda: arrivals_of(network, named, ends, traffic),
            ),
        )

    @classmethod
    def of_stores(cls, view: AccountView, stores: Iterable[Store]) -> InboundReach:
        """Of the account, with stores as targets, by the keys of their records.

        Stand-in interfaces are added to the network for stores without any.
        """
        stores = tuple(stores)
        # Databases in the same place share their interfaces, so that they are one target.
        first = {id(store.interfaces): store for store in reversed(stores)}
        recorded = {interface.network_interface_id for interface in view.all(NetworkInterface)}
        stand_ins = {
            interface.network_interface_id: interface
            for store in first.values()
            for interface in store.interfaces
            if interface.network_interface_id not in recorded
        }
        targets = {
            store.record.key: [interface.network_interface_id for interface in store.interfaces]
            for store in first.values()
        }
        alike = {store.record.key: first[id(store.interfaces)].record.key for store in stores}
        return cls.of(view, targets, alike=alike, stand_ins=stand_ins.values())

    @property
    def outside(self) -> tuple[TrafficSource, ...]:
        """The sources that are no interfaces of the snapshot."""
        return tuple(
            source for source in self.sources if not isinstance(source.end.end, Interfaces)
        )

    def arrivals(
        self, target: str, traffic: TrafficSet, sources: Iterable[TrafficSource] | None = None
    ) -> Iterator[Arrival]:
        """What comes, or may come, to the target; sources of nothing are left out.

        Args:
            target: its name.
            traffic: what matters.
            sources: those that matter; by default all.
        """
        name = self.alike.get(target, target)
        for source in self.sources if sources is None else sources:
            sure, maybe = self.arrived.between(source.end.name, name)
            if (sure & traffic) or (maybe & traffic):
                yield Arrival(source, sure & traffic, maybe & traffic)

    def segments(self, target: str) -> frozenset[str]:
        """The segments that the target's interfaces are in."""
        name = self.alike.get(target, target)
        if name not in self._segments:
            memberships = (self.placed.get(interface) for interface in self.targets[name].ids)
            self._segments[name] = frozenset(
                segment
                for membership in memberships
                if membership is not None
                for segment in membership.segments
            )
        return self._segments[name]

    def excess(
        self, target: str, arrival: Arrival, allowed: TrafficSet, message: str
    ) -> Iterator[Observation]:
        """What arrives and is not allowed: failures with a packet, doubts with their reasons.

        Args:
            target: its name.
            arrival: what arrives.
            allowed: what of it may.
            message: the ID of the text of a failure; it has ``source`` and ``traffic``.
        """
        sure, maybe = arrival.sure - allowed, arrival.maybe - allowed
        source = arrival.source
        if not sure and not maybe:
            return
        result = self.asked(source, target, sure or maybe)
        if sure and source.doubt is None:
            yield failed(
                text(message, source=source.label, traffic=sure.text),
                read=text("common.labelled", label=source.end.name, value=sure.text),
                expected=text("common.labelled", label=source.end.name, value=allowed.text),
                witness=packet_witness(self.view.snapshot, result),
                allowed=PassingTraffic(
                    source=source.label,
                    target=target,
                    ports=port_ranges(sure),
                    expected=port_ranges(allowed),
                ),
            )
        else:
            yield _doubtful(self.view, source, sure or maybe, result)

    def asked(self, source: TrafficSource, target: str, traffic: TrafficSet) -> FlowResult:
        """One packet of the traffic; the same for targets with the same interfaces."""
        name = self.alike.get(target, target)
        key = source.end.end, name, traffic  # parts of a source have its name, too
        if key not in self._results:
            self._results[key] = self._flow(source, name, traffic)
        return self._results[key]

    def _flow(self, source: TrafficSource, target: str, traffic: TrafficSet) -> FlowResult:
        sample = self.arrived.sample(source.end.name, target, traffic)
        if sample is not None:
            kind, sender, receiver = sample
            return self._passing(Interfaces((sender,)), Interfaces((receiver,)), kind)
        # For a source outside, the lowest kind of packet suffices; evaluating all takes long.
        lowest = TrafficSet(Intervals(((traffic.kinds.first, traffic.kinds.first),)))
        return self._passing(source.end.end, self.targets[target], lowest)

    def _passing(self, sender: End, receiver: Interfaces, traffic: TrafficSet) -> FlowResult:
        """The flow; scenarios and controls ask for the same."""
        key = "flow", sender, receiver, traffic
        return self.network.topology.derived(
            key, lambda: self.network.flow(sender, receiver, traffic)
        )


def _declared(view: AccountView, placed: Iterable[Membership]) -> Iterator[TrafficSource]:
    hosts = [membership for membership in placed if is_host(membership.interface)]
    for end in declared_ends(view.baseline, hosts):
        yield TrafficSource(end, end.name)
    networks = IpSet.parse(view.baseline.cidrs_of(view.baseline.networks))
    private = _end("(private)", Addresses(_PRIVATE - networks))
    yield TrafficSource(private, text("network.private"))


def _undeclared(view: AccountView, placed: Iterable[Membership]) -> Iterator[TrafficSource]:
    """Interfaces of no segment: of the account, and of the other accounts of the snapshot."""
    loose = [
        membership
        for membership in placed
        if not membership.segments and is_host(membership.interface)
    ]
    for membership in loose:
        if membership.unknown is not None:
            name = membership.interface.network_interface_id
            yield TrafficSource(_end(f"({name})", Interfaces((name,))), name, membership.unknown)
    foreign = [
        record
        for record in view.snapshot.records
        if isinstance(record, NetworkInterface)
        and record.account != view.account.id
        and is_host(record)
    ]
    groups: dict[frozenset[str], list[str]] = {frozenset(): []}
    for interface in (
        *(membership.interface for membership in loose if membership.unknown is None),
        *foreign,
    ):
        known = frozenset(_names_of(view, interface))
        groups.setdefault(known, []).append(interface.network_interface_id)
    for names, ids in groups.items():
        label = " & ".join(sorted(names))
        end = DeclaredEnd(f"(no segment) {label}".strip(), names, Interfaces(ids))
        yield TrafficSource(end, label or text("network.unplaced"))


def _names_of(view: AccountView, interface: NetworkInterface) -> Iterator[str]:
    """The declared networks that it is in: a bastion may be in another account."""
    private_addresses = interface.private_ip_addresses
    addresses = (
        []
        if isinstance(private_addresses, Unknown)
        else [address.private_ip_address for address in private_addresses]
    )
    for name, cidrs in view.baseline.networks.items():
        blocks = IpSet.parse(cidrs)
        if addresses and all(address in blocks for address in addresses):
            yield name


def _end(name: str, end: Interfaces | Addresses) -> DeclaredEnd:
    return DeclaredEnd(name, frozenset(), end)


def _doubtful(
    view: AccountView, source: TrafficSource, traffic: TrafficSet, result: FlowResult
) -> Observation:
    reasons = abridged(reason.text for reason in result.reasons)
    why = why_undecided(view, result.reasons) if result.reasons else Unknown(())
    if source.doubt is not None:
        why |= source.doubt
    message = text(
        "network.paths-in-question",
        source=source.label,
        traffic=traffic.text,
        reasons=reasons or (text("network.segment-unknown"),),
    )
    return unknown(message, why)
