"""What a connection needs of the network between its ends: both ways, without groups.

A `Plan` joins the way of the first packet and the way of the reply. Where the
records leave several ways open there are several plans; a connection is certain
only if every plan lets it through, and possible if one does.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Sequence
from typing import Literal

from attrs import evolve, frozen

from cloudpack_baseline.reachability.ipset import INTERNET, Family, parse_address
from cloudpack_baseline.reachability.paths import Crossing, Path, from_gateway, from_transit, paths
from cloudpack_baseline.reachability.public_access import Allowance, allowance
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.results import Hop
from cloudpack_baseline.reachability.topology import Site, Topology
from cloudpack_baseline.reachability.traffic import (
    ALL_TRAFFIC,
    CLIENT_PORTS,
    ICMP,
    ICMPV6,
    NO_TRAFFIC,
    TCP,
    UDP,
    TrafficSet,
    echo_types,
    of_family,
)
from cloudpack_baseline.texts import text

__all__ = [
    "Border",
    "Plan",
    "Spot",
    "Step",
    "between",
    "inward",
    "outward",
    "possible",
    "repliable",
]


@frozen
class Step:
    """A hop and whether it lets the packet on; None if the records do not tell."""

    hop: Hop
    passes: bool | None = True
    reasons: tuple[StopReason, ...] = ()


@frozen
class Border:
    """A network ACL that is asked about a packet to or from a peer address."""

    crossing: Crossing
    peer: int

    def admitted(self, family: Family) -> TrafficSet | StopReason:
        """What it lets through, or why that is not known."""
        acl = self.crossing.site.acl
        return acl.doubt or acl.admitted(family, self.peer, egress=self.crossing.egress)


@frozen(eq=False)
class Spot:
    """Where an end of a connection is.

    Attributes:
        site: its subnet.
        family: the version of IP.
        address: its address.
        public: whether an Internet gateway translates it, or need not (IPv6).
    """

    site: Site
    family: Family
    address: int
    public: bool


@frozen(eq=False)
class Plan:
    """One way there and back.

    Attributes:
        steps: routes and gateways, the reply's after the packet's.
        forward: the ACLs that the first packet meets.
        reply: the ACLs that the reply meets on its way to the client's port.
        translated: the ACLs that the reply meets on its way to a port of a NAT gateway.
        limit: what the gateways on the way carry at all.
        group_references: as in `Path`.
    """

    steps: tuple[Step, ...] = ()
    forward: tuple[Border, ...] = ()
    reply: tuple[Border, ...] = ()
    translated: tuple[Border, ...] = ()
    limit: TrafficSet = ALL_TRAFFIC
    group_references: Literal["both", "inbound", "none"] = "both"

    def passed(self, family: Family, *, doubtful: bool) -> TrafficSet:
        """The traffic that passes and is answered.

        What is not known stops everything, or nothing if `doubtful`.
        """
        for step in self.steps:
            if step.passes is False or (step.passes is None and not doubtful):
                return NO_TRAFFIC
        answer = _through(self.reply, family, doubtful=doubtful)
        translated = _through(self.translated, family, doubtful=doubtful)
        return (
            self.limit
            & of_family(family)
            & _through(self.forward, family, doubtful=doubtful)
            & repliable(answer)
            & repliable(translated)
        )


def _through(borders: Iterable[Border], family: Family, *, doubtful: bool) -> TrafficSet:
    passed = ALL_TRAFFIC
    for border in borders:
        admitted = border.admitted(family)
        if not isinstance(admitted, StopReason):
            passed &= admitted
        elif not doubtful:
            return NO_TRAFFIC
    return passed


@functools.lru_cache(maxsize=65536)
def repliable(replies: TrafficSet) -> TrafficSet:
    """The traffic whose replies are among `replies`, or which has none."""
    answered = TrafficSet.parse("all")
    for protocol in (TCP, UDP):
        if not replies.ports(protocol) & CLIENT_PORTS:
            answered -= TrafficSet.span(protocol)
    for protocol in (ICMP, ICMPV6):
        for request, answer in echo_types(protocol).items():
            if not replies.ports(protocol).overlaps(answer * 256, answer * 256):
                answered -= TrafficSet.of(protocol, request)
    return answered - (_UNPORTED - replies)


_UNPORTED = ~TrafficSet.parse("tcp, udp, icmp, icmpv6")


def possible(plans: Sequence[Plan], family: Family, *, doubtful: bool) -> TrafficSet:
    """What passes whichever plan holds, or (`doubtful`) what passes if one holds."""
    passing = [plan.passed(family, doubtful=doubtful) for plan in plans]
    return functools.reduce(operator.or_ if doubtful else operator.and_, passing)


def _steps(path: Path) -> tuple[Step, ...]:
    """The hops of a path; the last one bears what stops it or makes it uncertain."""
    if not path.hops:
        return ()
    passes: bool | None = True
    if path.arrival == "stopped":
        passes = False
    elif path.arrival == "unknown" or path.reasons:
        passes = None
    *earlier, last = path.hops
    return (*map(Step, earlier), Step(last, passes, path.reasons))


def _back(steps: Iterable[Step]) -> tuple[Step, ...]:
    return tuple(evolve(step, hop=evolve(step.hop, reply=True)) for step in steps)


def _borders(path: Path, source: int, destination: int) -> tuple[Border, ...]:
    return tuple(
        Border(crossing, destination if crossing.egress else source) for crossing in path.crossings
    )


def _reaches(net: Topology, path: Path, spot: Spot) -> Path:
    """The path, stopped if it leads to another place than the spot."""
    if spot.site.subnet_id not in net.sites and path.arrival == "vpc":
        reason = StopReason.of("subnet-not-recorded", spot.site.subnet_id)
        hop = Hop("subnet", spot.site.subnet_id)
        return evolve(path, arrival="unknown", hops=(*path.hops, hop), reasons=(reason,))
    if path.arrival in ("stopped", "unknown") or (path.site is spot.site and path.arrival == "vpc"):
        return path
    stop = Hop("route-table", spot.site.subnet_id, text("reachability.route-elsewhere"))
    return evolve(path, arrival="stopped", hops=(*path.hops, stop))


def between(net: Topology, source: Spot, target: Spot) -> tuple[Plan, ...]:
    """The plans for a connection between two interfaces."""
    forward = paths(net, source.site, source.family, target.address)
    backward = paths(net, target.site, source.family, source.address)
    return tuple(
        plan
        for path, reply_path in itertools.product(forward, backward)
        for plan in _joined(net, source, target, path, reply_path)
    )


def _joined(
    net: Topology, source: Spot, target: Spot, forward_path: Path, backward_path: Path
) -> Iterable[Plan]:
    outside = ("internet", "egress-only")
    if source.family == 6 and forward_path.arrival in outside and backward_path.arrival in outside:  # noqa: PLR2004 - version of IP
        return _over_internet(net, source, target)
    forward, reply = _reaches(net, forward_path, target), _reaches(net, backward_path, source)
    return (
        Plan(
            steps=(*_steps(forward), *_back(_steps(reply))),
            forward=_borders(forward, source.address, target.address),
            reply=_borders(reply, target.address, source.address),
            group_references=forward.group_references,
        ),
    )


def _over_internet(net: Topology, source: Spot, target: Spot) -> Iterable[Plan]:
    """IPv6 from one VPC to another through their Internet gateways."""
    for leaving, entering in itertools.product(
        outward(net, source, target.address), inward(net, source.address, target)
    ):
        yield joined(leaving, entering)


def joined(first: Plan, second: Plan) -> Plan:
    """Two stretches of one connection, one after the other."""
    return Plan(
        steps=first.steps + second.steps,
        forward=first.forward + second.forward,
        reply=first.reply + second.reply,
        translated=first.translated + second.translated,
        limit=first.limit & second.limit,
        group_references="none",
    )


def _stop(path: Path, hop: Hop, *, before: tuple[Step, ...] = ()) -> Plan:
    return Plan(steps=(*before, *_steps(path), Step(hop, passes=False)), group_references="none")


def _gate(path: Path, allowed: Allowance, subject: Site) -> Step:
    """What the block of public access says."""
    hop = Hop("block-public-access", subject.vpc_id, path.gateway)
    if isinstance(allowed, StopReason):
        return Step(hop, None, (allowed,))
    return Step(hop, allowed)


def outward(
    net: Topology, source: Spot, address: int, *, declared: bool = False
) -> tuple[Plan, ...]:
    """The plans for a connection from an interface to an address outside of all VPCs.

    `declared` says that somebody is known to be there behind a VPN, Direct Connect or
    a gateway endpoint; else only the Internet counts, and what lies behind a VPN may
    or may not lead there.
    """
    return tuple(
        plan
        for path in paths(net, source.site, source.family, address)
        for plan in _outward(net, source, address, path, declared=declared)
    )


def _outward(  # noqa: PLR0911 - a return a kind of arrival
    net: Topology, source: Spot, address: int, path: Path, *, declared: bool
) -> tuple[Plan, ...]:
    if path.arrival in ("internet", "nat", "egress-only"):
        if address not in INTERNET.family(source.family):
            return (_stop(path, Hop("internet", "", text("reachability.not-internet"))),)
        if path.arrival == "nat":
            return _by_nat(net, source, address, path)
        return _by_gateway(net, source, address, path)
    if path.arrival == "on-premises":
        return _by_vpn(net, source, address, path, declared=declared)
    if path.arrival == "service":
        return (_by_endpoint(source, address, path, declared=declared),)
    if path.arrival == "vpc" and not path.reasons:
        return (_stop(path, Hop("vpc", _vpc(path), text("reachability.no-interface"))),)
    borders = _borders(path, source.address, address)
    return (Plan(_steps(path), borders, group_references=path.group_references),)


def _vpc(path: Path) -> str:
    return path.site.vpc_id if path.site else ""


def _by_gateway(net: Topology, source: Spot, address: int, path: Path) -> tuple[Plan, ...]:
    if not source.public:
        return (
            _stop(
                path, Hop("public-address", path.gateway, text("reachability.no-public-address"))
            ),
        )
    kind: Literal["outbound", "egress-only"] = (
        "outbound" if path.arrival == "internet" else "egress-only"
    )
    gate = _gate(path, allowance(net, source.site, kind), source.site)
    returns = (
        from_gateway(net, path.gateway, source.site, source.family, source.address)
        if path.arrival == "internet"
        else (Path("vpc", (), (Crossing(source.site, egress=False),), source.site),)
    )
    return tuple(
        Plan(
            steps=(*_steps(path), gate, *_back(_steps(back))),
            forward=_borders(path, source.address, address),
            reply=_borders(back, address, source.address),
            group_references="none",
        )
        for back in returns
    )


_NAT_CARRIES = TrafficSet.parse("tcp, udp, icmp")


def _by_nat(net: Topology, source: Spot, address: int, path: Path) -> tuple[Plan, ...]:
    nat_site = path.site or source.site
    gate = _gate(path, allowance(net, nat_site, "nat"), nat_site)
    addresses = net.nats[path.gateway].addresses
    private = next(
        (
            parse_address(address_record.private_ip)[1]
            for address_record in addresses
            if address_record.private_ip
        ),
        None,
    )
    gateway = next(hop.id for hop in path.hops if hop.kind == "internet-gateway")
    inside = nat_site.blocks.v4.first if private is None else private
    plans = []
    for into, home in itertools.product(
        from_gateway(net, gateway, nat_site, 4, inside), paths(net, nat_site, 4, source.address)
    ):
        back = _reaches(net, home, source)
        plans.append(
            Plan(
                steps=(*_steps(path), gate, *_back(_steps(into)), *_back(_steps(back))),
                forward=_borders(path, source.address, address),
                reply=_borders(back, address, source.address),
                translated=_borders(into, address, inside),
                limit=_NAT_CARRIES,
                group_references="none",
            )
        )
    return tuple(plans)


def _home(net: Topology, gateway: str, spot: Spot) -> tuple[Path, ...]:
    """The ways from a VPN or Direct Connect to the spot."""
    if gateway in net.attachments:
        returns = from_transit(net, gateway, spot.family, spot.address)
        return tuple(_reaches(net, path, spot) for path in returns)
    return from_gateway(net, gateway, spot.site, spot.family, spot.address)


def _by_vpn(
    net: Topology, source: Spot, address: int, path: Path, *, declared: bool
) -> tuple[Plan, ...]:
    beyond = _beyond(path, declared=declared)
    return tuple(
        Plan(
            steps=(*_steps(path), beyond, *_back(_steps(back))),
            forward=_borders(path, source.address, address),
            reply=_borders(back, address, source.address),
            group_references="none",
        )
        for back in _home(net, path.gateway, source)
    )


def _beyond(path: Path, *, declared: bool) -> Step:
    hop = Hop("on-premises", path.gateway)
    if declared:
        return Step(hop)
    return Step(hop, None, (StopReason.of("on-premises", path.gateway),))


def _by_endpoint(source: Spot, address: int, path: Path, *, declared: bool) -> Plan:
    if not declared:
        return _stop(path, Hop("gateway-endpoint", path.gateway, text("reachability.service-only")))
    return Plan(
        steps=_steps(path),
        forward=_borders(path, source.address, address),
        reply=(Border(Crossing(source.site, egress=False), address),),
        group_references="none",
    )


def inward(
    net: Topology, address: int, target: Spot, *, declared: bool = False
) -> tuple[Plan, ...]:
    """The plans for a connection from an address outside of all VPCs to an interface.

    How it comes in follows from the way of the reply. `declared` as in `outward`.
    """
    return tuple(
        plan
        for back in paths(net, target.site, target.family, address)
        for plan in _inward(net, address, target, back, declared=declared)
    )


_ONE_WAY = {
    "nat": "nat-gateway",
    "egress-only": "egress-only-internet-gateway",
    "service": "gateway-endpoint",
}
"""Ways out that let no connection in, by the kind of their hop."""


def _inward(  # noqa: PLR0911 - a return a kind of arrival
    net: Topology, address: int, target: Spot, back: Path, *, declared: bool
) -> tuple[Plan, ...]:
    if back.arrival == "internet":
        if address not in INTERNET.family(target.family):
            return (_stop(back, Hop("internet", "", text("reachability.not-internet"))),)
        if not target.public:
            return (
                _stop(
                    Path("vpc"),
                    Hop("public-address", back.gateway, text("reachability.no-public-address")),
                ),
            )
        gate = _gate(back, allowance(net, target.site, "inbound"), target.site)
        entries = from_gateway(net, back.gateway, target.site, target.family, target.address)
        return _arrivals(address, target, back, (gate,), entries)
    if back.arrival == "on-premises":
        beyond = (_beyond(back, declared=declared),)
        return _arrivals(address, target, back, beyond, _home(net, back.gateway, target))
    if back.arrival in _ONE_WAY:
        only = Hop(_ONE_WAY[back.arrival], back.gateway, text("reachability.outbound-only"))
        return (Plan(_back((Step(only, passes=False),)), group_references="none"),)
    if back.arrival == "vpc" and not back.reasons:
        return (_stop(back, Hop("vpc", _vpc(back), text("reachability.no-interface"))),)
    borders = _borders(back, target.address, address)
    return (Plan(_back(_steps(back)), reply=borders, group_references=back.group_references),)


def _arrivals(
    address: int, target: Spot, back: Path, before: tuple[Step, ...], entries: Iterable[Path]
) -> tuple[Plan, ...]:
    return tuple(
        Plan(
            steps=(*before, *_steps(entry), *_back(_steps(back))),
            forward=_borders(entry, address, target.address),
            reply=_borders(back, target.address, address),
            group_references="none",
        )
        for entry in entries
    )
