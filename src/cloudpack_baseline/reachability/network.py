"""The network of an account, and the questions that it answers."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import evolve, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.reachability.atoms import Atoms
from cloudpack_baseline.reachability.bulk import Bulk, atoms_of
from cloudpack_baseline.reachability.endpoint_runs import (
    EndpointRun,
    count_of,
    endpoints_in,
    without,
)
from cloudpack_baseline.reachability.endpoints import Endpoint
from cloudpack_baseline.reachability.ends import Addresses, End, Interfaces, Internet
from cloudpack_baseline.reachability.intervals import EMPTY, Intervals
from cloudpack_baseline.reachability.ipset import IPV4, Family, IpSet, address_text, parse_address
from cloudpack_baseline.reachability.matrix import Matrix, matrix_of, outside_of
from cloudpack_baseline.reachability.nat64 import extracted, in_family
from cloudpack_baseline.reachability.outside import Outside
from cloudpack_baseline.reachability.plans import Plan, between, inward, outward
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.results import FlowResult, Hop, PacketWitness
from cloudpack_baseline.reachability.sender import Sender
from cloudpack_baseline.reachability.sites import Gap
from cloudpack_baseline.reachability.topology import Topology
from cloudpack_baseline.reachability.trace import (
    Peer,
    Trial,
    best,
    hand_on,
    packet_of,
    spot_of,
    together,
    try_plan,
)
from cloudpack_baseline.reachability.traffic import (
    CLIENT_PORTS,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    TrafficSet,
    protocol_number,
)

__all__ = ["Network"]

_DNS = TrafficSet.parse("dns")
_METADATA = "metadata-service"
_LOCAL_SERVICES = tuple(
    (name, TrafficSet.parse(service), parse_address(address))
    for name, service, *addresses in (
        ("resolver", "dns", "169.254.169.253", "fd00:ec2::253"),
        ("time-service", "ntp", "169.254.169.123", "fd00:ec2::123"),
        ("license-service", "tcp/1688", "169.254.169.250", "169.254.169.251", "fd00:ec2::250"),
        (_METADATA, "http", "169.254.169.254", "fd00:ec2::254"),
    )
    for address in addresses
)
"""What security groups and ACLs do not filter (Amazon VPC User Guide, "Security groups" and
"Network ACL basics"), at its link-local addresses."""
_ECHO = {ICMP: 8, ICMPV6: 128}
# Tracing a pair takes about 0.3 ms, the bit sets of two segments about 20 ms.
_MANY = 64
"""The number of pairs of endpoints from which the pair to trace is found by bit sets."""


@frozen(eq=False)
class Network:
    """The network that records describe; build it with `from_records`.

    It is immutable. What questions have in common is computed once, when it is first needed. One
    network can contain several accounts, Regions and VPCs.
    """

    topology: Topology = field(repr=False)

    @classmethod
    def from_records(cls, records: Iterable[Record], gap: Gap | None = None) -> Network:
        """The network of the records; other kinds of records are ignored.

        Args:
            records: records of any accounts and Regions.
            gap: why there may be more records of a kind, for reasons of unknown answers; by default
                there are no more.
        """
        return cls(Topology.of(records, gap) if gap else Topology.of(records))

    @functools.cached_property
    def _atoms(self) -> Atoms:
        return atoms_of(self.topology)

    # One flow

    def flow(
        self,
        source: End,
        destination: End,
        protocol: str | int | TrafficSet,
        port: int | None = None,
    ) -> FlowResult:
        """Whether any connection passes from any part of one end to any part of the other.

        `port` is the destination port, or the ICMP type (default: an echo request);
        if
        omitted, any port. `protocol` is a name, a number, a service (``https``) or a `TrafficSet`.

        Raises:
            ValueError: there is no such protocol, service or port.
        """
        traffic = _asked(protocol, port)
        packets = self._packets(source, destination)
        tried: list[FlowResult] = []
        ports = EMPTY
        is_open = False
        for kind in self._kinds(traffic):
            # Once one is open, further packets add client ports only, and no more than all.
            has_ports = kind // 65536 in (TCP, UDP)
            if ports == CLIENT_PORTS or (is_open and not has_ports):
                continue
            for result in packets(kind):
                tried.append(result)
                if result.verdict == "open":
                    is_open = True
                    ports |= result.client_ports
                    if ports == CLIENT_PORTS or not has_ports:
                        break
        return best(tried)

    def _packets(self, source: End, destination: End) -> Callable[[int], Iterator[FlowResult]]:
        """Tries one packet of a kind from each part of one end to each part of the other."""
        sending, receivers = self._sender(source), self._holders(destination)
        sources, targets = sending.runs, self._located(destination)
        are_many = sending.number * count_of(targets) > _MANY
        arriving: list[tuple[Endpoint, object]] = []
        if not isinstance(source, Interfaces):
            ends = self.topology.ends.distinct((*targets, *receivers))
            arriving = [(end, self._likeness(end)) for end in ends]

        def of_kind(kind: int) -> Iterator[FlowResult]:
            if are_many:
                yield from self._informative_pair(sending, targets, kind)
            else:
                yield from self._each_pair(sources, targets, kind)
            yield from self._from_outside(source, arriving, kind)
            yield from self._to_outside(sources, destination, kind)
            holders = {run.origin for run in sending.holders}
            for run in sources if receivers else sending.holders:
                targeted = (*receivers, *(targets if run.origin in holders else ()))
                for sender, receiver in itertools.product(run, endpoints_in(targeted)):
                    if (
                        sender.family == receiver.family
                        and sender.interface_id != receiver.interface_id
                        and receiver.public
                    ):
                        yield self._over_internet(sender, receiver, kind)

        return of_kind

    def _kinds(self, traffic: TrafficSet) -> Iterator[int]:
        """One kind of packet for each atom of the traffic."""
        last = -1
        for low, high in traffic.kinds:
            yield low
            last = high
            if low != high:
                yield from (cut for cut in self._atoms.starts if low < cut <= last)

    def _sender(self, end: End) -> Sender:
        """The endpoints of an end that sends; of addresses, the same for all destinations."""

        def sender() -> Sender:
            return Sender(self.topology.ends, self._located(end), self._holders(end))

        return (
            sender()
            if isinstance(end, Interfaces)
            else self.topology.derived(("sender", end), sender)
        )

    def _located(self, end: End) -> tuple[EndpointRun, ...]:
        """The endpoints of an end: of interfaces by ID, or of addresses inside."""
        if isinstance(end, Internet):
            return ()
        if isinstance(end, Interfaces):
            return tuple(
                run for name in sorted(end.ids) for run in self.topology.ends.runs_of(name)
            )
        embedding = IpSet(end.blocks.v4 | extracted(end.blocks.v6), end.blocks.v6)
        if not embedding & self.topology.all_blocks:
            return ()

        def stretches(run: EndpointRun) -> tuple[tuple[int, int], ...]:
            blocks = embedding if run.undivided.is_embedded else end.blocks
            return _stretches_within(run, blocks.family(run.undivided.packet_family))

        def located() -> Iterator[EndpointRun]:
            alike: dict[object, tuple[tuple[int, int], ...]] = {}
            for run in self.topology.ends.runs:
                if len(run) > 1 and run.shape not in alike:
                    alike[run.shape] = stretches(run)
                for low, high in alike[run.shape] if len(run) > 1 else stretches(run):
                    yield run.stretch(low, high)

        return self.topology.derived(("located", end.blocks), lambda: tuple(located()))

    def _each_pair(
        self, sources: tuple[EndpointRun, ...], targets: tuple[EndpointRun, ...], kind: int
    ) -> Iterator[FlowResult]:
        for source in endpoints_in(sources):
            for target in endpoints_in(targets):
                if _may_connect(source, target):
                    yield self._pair(source, target, kind)

    def _informative_pair(
        self, sender: Sender, targets: tuple[EndpointRun, ...], kind: int
    ) -> Iterator[FlowResult]:
        """The most informative pair, by bit sets; a stopped one if there is none."""
        is_vague = sender.is_vague or self.topology.ends.is_vague(targets)
        for doubtful in (False, True):
            pair, saw_doubt = self._first_pair(sender, targets, kind, doubtful=doubtful)
            if pair is not None:
                yield self._pair(*pair, kind)
                return
            if not (is_vague or saw_doubt):
                break
        first = (
            (source, target)
            for source in sender.runs
            for target in targets
            if _may_connect(source.undivided, target.undivided)
        )
        for source, target in first:
            yield self._pair(source.endpoint(0), target.endpoint(0), kind)
            return

    def _first_pair(
        self, sender: Sender, targets: tuple[EndpointRun, ...], kind: int, *, doubtful: bool
    ) -> tuple[tuple[Endpoint, Endpoint] | None, bool]:
        """The pair, and whether the unknown may make a difference to there being none."""
        saw_doubt = False
        for family in sorted({end.family for end in targets}):
            if family not in sender.families:
                continue
            bulk = self._bulk(family, sender, targets, kind, doubtful=doubtful)
            within = bulk.fields[0].bits
            for _, row in bulk.rows(bulk.placed(targets)):
                tried: set[object] = set()
                for place in row.places:
                    likeness = bulk.end(place).interface_id, row.likeness(place)
                    if likeness in tried:
                        continue  # a further part of an unknown address
                    tried.add(likeness)
                    mine = within & ~bulk.interface_bits([place])
                    for _, _, bits in row.steps(place, mine):
                        return (bulk.first_source(bits), bulk.end(place)), saw_doubt
            saw_doubt |= bulk.saw_doubt
        return None, saw_doubt

    def _bulk(
        self,
        family: Family,
        sender: Sender,
        targets: tuple[EndpointRun, ...],
        kind: int,
        *,
        doubtful: bool,
    ) -> Bulk:
        """The relation from the sources; one for all targets, if most endpoints are sources."""

        def bulk_to(further: Iterable[EndpointRun]) -> Bulk:
            layout = [sender.runs, without(further, sender.runs)]
            atoms = self._atoms.focused(kind)
            return Bulk(self.topology, family, doubtful, atoms, layout)

        # Interfaces are there; to count all endpoints first divides each of them.
        are_few = 4 * sender.number < len(self.topology.interfaces)
        if are_few or 2 * sender.number < self.topology.ends.number:
            return bulk_to(targets)
        key = "sources", id(sender.runs), family, kind, doubtful  # the relation keeps the sources
        return self.topology.derived(key, lambda: bulk_to(self.topology.ends.runs))

    def _pair(self, source: Endpoint, target: Endpoint, kind: int) -> FlowResult:
        plans = between(self.topology, spot_of(source), spot_of(target))
        return self._tried(
            plans,
            source.family,
            Peer(source.low, source.groups, source),
            Peer(target.low, target.groups, target),
            kind,
        )

    def _tried(
        self, plans: Iterable[Plan], family: Family, source: Peer, target: Peer, kind: int
    ) -> FlowResult:
        return together(
            [try_plan(self.topology, plan, family, source, target, kind) for plan in plans]
        )

    def _likeness(self, target: Endpoint) -> object:
        """Equal for endpoints that packets from outside reach alike, for the same reasons.

        The endpoint itself, if it has reasons of its own.
        """
        has_reasons = isinstance(target.groups, StopReason) or not target.sure
        is_placed = target.site.subnet_id in self.topology.sites
        if has_reasons or not is_placed or self.topology.forwarded_to(target):
            return target
        of_end = target.leaves_by_gateway, target.groups, target.unfiltered
        return self.topology.ends.cell(target), of_end

    def _from_outside(
        self, source: End, targets: Iterable[tuple[Endpoint, object]], kind: int
    ) -> Iterator[FlowResult]:
        if isinstance(source, Interfaces):
            return
        outside = self._outside(source)
        decided: set[object] = set()
        for target, likeness in targets:
            if likeness in decided:
                continue
            decided.add(likeness)
            address = _candidate(outside, target, kind, egress=False)
            if address is not None:
                plans = self._inward(address, target, declared=outside.declared)
                peer = Peer(target.low, target.groups, target)
                unseen = _stranger(address, plans)
                yield self._tried(plans, target.family, unseen, peer, kind)
            yield from self._handed_on(outside, target, kind)

    def _inward(self, address: int, target: Endpoint, *, declared: bool) -> tuple[Plan, ...]:
        """The plans from an address outside; the same for every kind of packet."""
        return self.topology.derived(
            ("inward", address, id(target), declared),  # the topology keeps its endpoints
            lambda: inward(self.topology, address, spot_of(target), declared=declared),
        )

    def _handed_on(self, outside: Outside, target: Endpoint, kind: int) -> Iterator[FlowResult]:
        """Through load balancers that leave the client's address on the packet."""
        for forwarding, entry, zone in outside.forwarded(target):
            certain, doubtful = outside.admitted(target, zone, kind, egress=False)
            clients = certain or doubtful
            if kind in zone.maybe and clients:
                client = Peer(clients.first, ())
                trials: list[Trial] = []
                if entry and not forwarding.doubt:
                    spot, peer = spot_of(entry), Peer(entry.low, entry.groups, entry)
                    first = forwarding.listened.kinds.first
                    trials = [
                        try_plan(self.topology, plan, entry.family, client, peer, first)
                        for plan in inward(
                            self.topology, client.address, spot, declared=outside.declared
                        )
                    ]
                yield together(
                    [
                        hand_on(self.topology, forwarding, arriving, client, target, kind)
                        for arriving in trials or (None,)
                    ]
                )

    def _to_outside(
        self, sources: tuple[EndpointRun, ...], destination: End, kind: int
    ) -> Iterator[FlowResult]:
        if isinstance(destination, Interfaces):
            return
        outside = self._outside(destination)
        if isinstance(destination, Addresses):
            for run in sources:
                # They answer whatever the address of the sender is.
                if not run.undivided.is_embedded:
                    yield from self._to_local_service(run.endpoint(0), destination, kind)
        for source in self.topology.ends.distinct(sources):
            address = _candidate(outside, source, kind, egress=True)
            if address is not None:
                plans = outward(self.topology, spot_of(source), address, declared=outside.declared)
                peer = Peer(source.low, source.groups, source)
                yield self._tried(plans, source.family, peer, _stranger(address, plans), kind)

    def _outside(self, end: Internet | Addresses) -> Outside:
        """The addresses of an end that no recorded interface holds."""

        def without_holders() -> Outside:
            outside = outside_of(self.topology, end)
            holders = self._sender(end).holders
            public = [holder.undivided.public or 0 for holder in holders]
            inside = IpSet(Intervals.of((address, address) for address in public))
            return evolve(outside, addresses=outside.addresses - inside) if holders else outside

        return self.topology.derived(("outside", end), without_holders)

    def _holders(self, end: End) -> tuple[EndpointRun, ...]:
        """The endpoints with the requested public address: the same hosts by another name."""
        if not isinstance(end, Addresses):
            return ()
        public = self.topology.derived(
            "public",
            lambda: tuple(run for run in self.topology.ends.runs if run.undivided.public),
        )
        blocks = end.blocks.v4
        return tuple(run for run in public if (run.undivided.public or 0) in blocks)

    def _to_local_service(
        self, source: Endpoint, destination: Addresses, kind: int
    ) -> Iterator[FlowResult]:
        """What the network itself offers answers whatever groups and ACLs say."""
        for name, traffic, (family, number) in self._local_services(source):
            in_blocks = family == source.family and number in destination.blocks.family(family)
            if in_blocks and kind in traffic:
                packet = packet_of(family, source.low, number, CLIENT_PORTS.first, kind)
                hop = Hop(name, address_text(family, number))
                yield FlowResult("open", CLIENT_PORTS, PacketWitness(packet, (hop,)))

    def _local_services(
        self, source: Endpoint
    ) -> Iterator[tuple[str, TrafficSet, tuple[Family, int]]]:
        for address in self.topology.resolver(source.site.vpc_id):
            yield "resolver", _DNS, address
        for name, traffic, address in _LOCAL_SERVICES:
            if name != _METADATA or self.topology.has_metadata(source):
                yield name, traffic, address

    def _over_internet(self, source: Endpoint, target: Endpoint, kind: int) -> FlowResult:
        """From an interface to another's public address: out by a gateway and in again."""
        public = target.public or 0
        trials = []
        for plan in outward(self.topology, spot_of(source), public):
            seen_address = self._seen_as(source, plan)
            for entry in inward(self.topology, seen_address, spot_of(target)):
                far = Peer(public, ())
                near = Peer(seen_address, ())
                out = try_plan(
                    self.topology,
                    plan,
                    IPV4,
                    Peer(source.low, source.groups, source),
                    far,
                    kind,
                )
                into = try_plan(
                    self.topology, entry, IPV4, near, Peer(target.low, target.groups, target), kind
                )
                merged = evolve(out, steps=(*out.steps, *into.steps), ports=out.ports & into.ports)
                trials.append(merged)
        return together(trials)

    def _seen_as(self, source: Endpoint, plan: Plan) -> int:
        """The address that the internet sees: the source's own, or a NAT gateway's."""
        for step in plan.steps:
            nat = self.topology.nats.get(step.hop.id)
            for nat_address in nat.addresses if nat else ():
                if nat_address.public_ip:
                    return parse_address(nat_address.public_ip)[1]
        return source.low if source.public is None else source.public

    # Many flows

    def matrix(self, ends: Mapping[str, End]) -> Matrix:
        """All that passes between all pairs of named ends."""
        return matrix_of(self.topology, ends)


def _asked(protocol: str | int | TrafficSet, port: int | None) -> TrafficSet:
    """The traffic that a question is about."""
    if isinstance(protocol, TrafficSet):
        return protocol
    try:
        number = protocol_number(str(protocol))
    except ValueError:
        if port is not None:
            raise
        return TrafficSet.parse(str(protocol))
    if number in _ECHO and port is None:
        port = _ECHO[number]
    return TrafficSet.of("all" if number is None else number, port)


def _stretches_within(run: EndpointRun, blocks: Intervals) -> tuple[tuple[int, int], ...]:
    """The endpoints of the run that have any of the addresses, as stretches of places."""
    family = run.undivided.packet_family
    stretches: list[tuple[int, int]] = []
    for place in range(len(run)):
        low, high = in_family(run.low(place), family), in_family(run.high(place), family)
        if blocks.overlaps(low, high):
            start = stretches.pop()[0] if stretches and stretches[-1][1] == place else place
            stretches.append((start, place + 1))
    return tuple(stretches)


def _may_connect(source: Endpoint, target: Endpoint) -> bool:
    return (
        source.family == target.family
        and source.interface_id != target.interface_id
        and not source.is_embedded
    )


def _candidate(outside: Outside, endpoint: Endpoint, kind: int, *, egress: bool) -> int | None:
    """The address outside to try: one that passes, else that may, else any; None if none."""
    sure, maybe = outside.peers(endpoint, kind, egress=egress)
    addresses = sure or maybe or outside.seen_from(endpoint, egress=egress)
    return addresses.first if addresses else None


def _stranger(address: int, plans: Iterable[Plan]) -> Peer:
    """An end outside; where its groups might be referred to, they are not known."""
    if any(plan.group_references != "none" for plan in plans):
        return Peer(address, StopReason("peer-groups-unknown"))
    return Peer(address, ())
