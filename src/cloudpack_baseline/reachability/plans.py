"""What a connection requires of the network between its ends, in both directions, without groups.

A `Plan` combines the path of the first packet and the path of the reply. If the records leave
several paths possible, there are several plans: a connection is certain only if every plan allows
it, and possible if one does.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.ipset import INTERNET, IPV4, IPV6, Family
from cloudpack_baseline.reachability.nat64 import in_family, is_embedded
from cloudpack_baseline.reachability.path import Crossing, Path, References, Transit, Translation
from cloudpack_baseline.reachability.paths import from_gateway, from_transit, paths
from cloudpack_baseline.reachability.public_access import Allowance, Use, allowance
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.results import Hop
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.topology import Topology
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
    """A hop, and whether it passes the packet on; None if that is unknown."""

    hop: Hop
    passes: bool | None = True
    reasons: tuple[StopReason, ...] = ()


@frozen
class Border:
    """A network ACL that applies to a packet to or from a peer address of the family."""

    crossing: Crossing
    family: Family
    peer: int

    def admitted(self) -> TrafficSet | StopReason:
        """What it allows, or why that is unknown."""
        acl = self.crossing.site.acl
        return acl.doubt or acl.admitted(self.family, self.peer, egress=self.crossing.egress)


@frozen(eq=False)
class Spot:
    """Where an end of a connection is.

    Attributes:
        site: its subnet.
        family: the version of IP.
        address: its address.
        public: whether an internet gateway translates it, or need not (IPv6).
    """

    site: Site
    family: Family
    address: int
    public: bool


@frozen(eq=False)
class Plan:
    """One path there and back.

    Attributes:
        steps: routes and gateways, those of the reply after those of the packet.
        forward: the ACLs on the path of the first packet.
        reply: the ACLs on the path of the reply to the client port.
        translated: the ACLs on the path of the reply to a port of each NAT.
        limit: the traffic that the gateways on the path can carry.
        group_references: as in `Path`.
        sender: the translated sender that the groups of the target see; None if they see the
            sender itself.
    """

    steps: tuple[Step, ...] = ()
    forward: tuple[Border, ...] = ()
    reply: tuple[Border, ...] = ()
    translated: tuple[tuple[Border, ...], ...] = ()
    limit: TrafficSet = ALL_TRAFFIC
    group_references: References = "both"
    sender: Translation | None = None

    def passed(self, family: Family, *, doubtful: bool) -> TrafficSet:
        """The traffic that passes and is answered.

        The unknown stops everything, or nothing if `doubtful`.
        """
        for step in self.steps:
            if step.passes is False or (step.passes is None and not doubtful):
                return NO_TRAFFIC
        passed = self.limit & of_family(family) & _through(self.forward, doubtful=doubtful)
        # Each NAT takes the reply at a port of its own choice.
        for borders in (self.reply, *self.translated):
            passed &= repliable(_through(borders, doubtful=doubtful))
        return passed


def _through(borders: Iterable[Border], *, doubtful: bool) -> TrafficSet:
    passed = ALL_TRAFFIC
    for border in borders:
        admitted = border.admitted()
        if not isinstance(admitted, StopReason):
            passed &= admitted
        elif not doubtful:
            return NO_TRAFFIC
    return passed


# Very many pairs share few ACLs, and so few distinct sets of replies.
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
    """What passes under every plan, or (`doubtful`) under at least one."""
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
    return tuple(Step(step.hop.of_reply(), step.passes, step.reasons) for step in steps)


def _borders(path: Path, family: Family, source: int, destination: int) -> tuple[Border, ...]:
    return tuple(_border(crossing, family, source, destination) for crossing in path.crossings)


def _border(crossing: Crossing, family: Family, source: int, destination: int) -> Border:
    """The border as packets of the family cross it, or as a NAT before it has changed them."""
    if crossing.translation:
        family, source = crossing.translation.family, crossing.translation.address
    peer = in_family(destination, family) if crossing.egress else source
    return Border(crossing, family, peer)


def _reaches(net: Topology, path: Path, spot: Spot) -> Path:
    """The path, stopped if it leads to another place than the spot."""
    subnet_id, vpc_id = spot.site.subnet_id, spot.site.vpc_id
    if _delivered_in(path) not in (None, vpc_id):
        return _elsewhere(path, subnet_id)
    if subnet_id not in net.sites and path.arrival == "vpc" and spot.site.is_filtered:
        hop, reason = Hop("subnet", subnet_id), net.subnet_not_recorded(subnet_id)
        return evolve(path, arrival="unknown", hops=(*path.hops, hop), reasons=(reason,))
    if path.arrival in ("stopped", "unknown") or (path.site is spot.site and path.arrival == "vpc"):
        return path
    return _elsewhere(path, subnet_id)


def _elsewhere(path: Path, subnet_id: str) -> Path:
    stop = Hop("route-table", subnet_id, text("reachability.route-elsewhere"))
    return evolve(path, arrival="stopped", hops=(*path.hops, stop))


def _delivered_in(path: Path) -> str | None:
    """The VPC that a path leads to, even if its subnet is not recorded; None if no VPC."""
    if path.site is not None and path.arrival == "vpc":
        return path.site.vpc_id
    last = path.hops[-1] if path.hops else None
    return last.id if last and last.kind == "vpc" and path.arrival == "unknown" else None


_OUTBOUND_ONLY = text("reachability.outbound-only")


def _replies(net: Topology, site: Site, family: Family, address: int) -> Iterator[Path]:
    """The paths of a reply."""
    return _of_replies(paths(net, site, family, address))


def _of_replies(candidates: Iterable[Path]) -> Iterator[Path]:
    """Paths, as replies take them: no NAT takes one that does not return to the NAT itself."""
    for path in candidates:
        if path.through_nat_gateway:
            nat = next(hop for hop in path.hops if hop.kind == "nat-gateway")
            stop = evolve(nat, detail=_OUTBOUND_ONLY)
            yield Path("stopped", (*path.hops[: path.hops.index(nat)], stop))
        elif not path.translations:
            yield path


def _round_trips(
    net: Topology, source: Spot, forward: Path, destination: int, first: Sequence[Path]
) -> Iterator[Plan]:
    """The plans of one path forward, with every combination of paths of the reply.

    Args:
        net: the network.
        source: the sender.
        forward: the path of the first packet.
        destination: the address that it is sent to.
        first: the paths of the reply to the last NAT, or to the sender without one.
    """
    # The reply goes from NAT to NAT in reverse, and at last to the sender.
    stops = [source, *map(_behind, forward.translations)]
    legs = [first]
    for near, far in reversed(list(itertools.pairwise(stops))):
        replies = _replies(net, far.site, near.family, near.address)
        legs.append([_reaches(net, path, near) for path in replies])
    for returns in itertools.product(*legs):
        borders = [
            _borders(path, stop.family, in_family(destination, stop.family), stop.address)
            for path, stop in zip(returns, reversed(stops), strict=True)
        ]
        yield Plan(
            steps=(*_steps(forward), *(step for path in returns for step in _back(_steps(path)))),
            forward=_borders(forward, source.family, source.address, destination),
            reply=borders[-1],
            translated=tuple(borders[:-1]),
            limit=_carried(forward),
            group_references=forward.group_references,
            sender=forward.translations[-1] if forward.translations else None,
        )


def _carried(path: Path) -> TrafficSet:
    """What every NAT on the path carries."""
    carries = (translation.carries for translation in path.translations)
    return functools.reduce(operator.and_, carries, ALL_TRAFFIC)


def _last_stop(source: Spot, forward: Path) -> Spot:
    """Where the reply leaves the network of the destination for: the last NAT, or the sender."""
    return _behind(forward.translations[-1]) if forward.translations else source


def _behind(translation: Translation) -> Spot:
    """A NAT as the sender that everything behind it sees."""
    return Spot(translation.site, translation.family, translation.address, public=True)


def between(net: Topology, source: Spot, target: Spot) -> tuple[Plan, ...]:
    """The plans for a connection between two interfaces."""
    return tuple(
        plan
        for forward in paths(net, source.site, source.family, target.address)
        for plan in _between(net, source, target, forward)
    )


def _between(net: Topology, source: Spot, target: Spot, forward: Path) -> Iterator[Plan]:
    home = _last_stop(source, forward)
    outside = ("internet", "egress-only")
    replies = list(_replies(net, target.site, home.family, home.address))
    if home.family == IPV6 and forward.arrival in outside:
        if any(path.arrival in outside for path in replies):
            yield from _over_internet(net, source, target)
        replies = [path for path in replies if path.arrival not in outside]
    if replies:
        first = [_reaches(net, path, home) for path in replies]
        reached = _reaches(net, forward, target)
        yield from _round_trips(net, source, reached, target.address, first)


def _over_internet(net: Topology, source: Spot, target: Spot) -> Iterable[Plan]:
    """IPv6 from one VPC to another through their internet gateways."""
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


def _stop(path: Path, hop: Hop) -> Plan:
    return Plan(steps=(*_steps(path), Step(hop, passes=False)), group_references="none")


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

    `declared` says that someone is known to be there behind a VPN, Direct Connect or
    a gateway endpoint; else only the internet counts, and what lies behind a VPN may
    or may not lead there.
    """
    return tuple(
        plan
        for path in paths(net, source.site, source.family, address)
        # An appliance may send it anywhere, translated or not: that is one plan.
        if path.through_nat_gateway or not path.translations
        for plan in _outward(net, source, address, path, declared=declared)
    )


_LEAVING = ("internet", "egress-only", "on-premises", "service")


def _outward(
    net: Topology, source: Spot, address: int, path: Path, *, declared: bool
) -> Iterable[Plan]:
    untranslated = all(translation.family == source.family for translation in path.translations)
    if is_embedded(source.family, address) and untranslated and path.arrival in _LEAVING:
        return (_stop(path, Hop("protocol", "", text("reachability.no-nat64"))),)
    if path.arrival in ("internet", "egress-only"):
        return _by_gateway(net, source, address, path)
    if path.arrival == "on-premises":
        beyond = _beyond(path, declared=declared)
        home = tuple(_of_replies(_home(net, path, _last_stop(source, path))))
        return _left(net, source, address, path, beyond, home)
    if path.arrival == "service":
        return _by_endpoint(net, source, address, path, declared=declared)
    if path.arrival == "vpc" and not path.reasons:
        return (_stop(path, Hop("vpc", _vpc(path), text("reachability.no-interface"))),)
    borders = _borders(path, source.family, source.address, address)
    references = _outside_references(source.family, address, path, declared=declared)
    return (Plan(_steps(path), borders, limit=_carried(path), group_references=references),)


def _outside_references(family: Family, address: int, path: Path, *, declared: bool) -> References:
    """Whether an address outside may be a member of a security group.

    A reference admits the private addresses of members: nobody on the internet has one.
    A declared network may be a VPC that is not in the records.
    """
    on_internet = family == IPV4 and address in INTERNET.v4
    return path.group_references if declared and not on_internet else "none"


def _left(  # noqa: PLR0913, PLR0917 - a packet, its path and what it meets behind it
    net: Topology,
    source: Spot,
    address: int,
    path: Path,
    gate: Step,
    first: Sequence[Path],
) -> Iterator[Plan]:
    """The plans of a packet that leaves all VPCs past a gate."""
    for plan in _round_trips(net, source, path, address, first):
        forward_hops = len(path.hops)
        steps = (*plan.steps[:forward_hops], gate, *plan.steps[forward_hops:])
        yield evolve(plan, steps=steps, group_references="none")


def _vpc(path: Path) -> str:
    return path.site.vpc_id if path.site else ""


def _by_gateway(net: Topology, source: Spot, address: int, path: Path) -> Iterable[Plan]:
    home = _last_stop(source, path)
    if in_family(address, home.family) not in INTERNET.family(home.family):
        return (_stop(path, Hop("internet", "", text("reachability.not-internet"))),)
    if not home.public:
        detail = text("reachability.no-public-address")
        return (_stop(path, Hop("public-address", path.gateway, detail)),)
    if path.arrival == "egress-only":
        use: Use = "egress-only"
        first: Sequence[Path] = (_entered(source.site),)
    else:
        use = "nat" if path.translations else "outbound"
        first = from_gateway(net, path.gateway, home.site, home.family, home.address)
    gate = _gate(path, allowance(net, home.site, use), home.site)
    return _left(net, source, address, path, gate, first)


def _entered(site: Site) -> Path:
    """A reply that comes from a gateway into a subnet, past its ACL."""
    return Path("vpc", (), (Crossing(site, egress=False),) if site.is_filtered else (), site)


def _home(net: Topology, path: Path, spot: Spot) -> tuple[Path, ...]:
    """The paths from a VPN or Direct Connect to the spot."""
    if path.transit:
        transit = Transit(path.transit, path.gateway, spot.family, spot.address)
        return tuple(_reaches(net, back, spot) for back in from_transit(net, transit))
    return from_gateway(net, path.gateway, spot.site, spot.family, spot.address)


def _entries(net: Topology, back: Path, target: Spot) -> Iterator[Path]:
    """The paths of a connection from a VPN or Direct Connect; replies would return to a NAT."""
    for path in _home(net, back, target):
        if path.translations and path.arrival != "stopped":
            reason = StopReason.of("nat-not-followed", back.gateway)
            yield evolve(path, reasons=(*path.reasons, reason))
        else:
            yield path


def _beyond(path: Path, *, declared: bool) -> Step:
    hop = Hop("on-premises", path.gateway)
    if declared:
        return Step(hop)
    return Step(hop, None, (StopReason.of("on-premises", path.gateway),))


def _by_endpoint(
    net: Topology, source: Spot, address: int, path: Path, *, declared: bool
) -> Iterable[Plan]:
    if not declared:
        detail = text("reachability.service-only")
        return (_stop(path, Hop("gateway-endpoint", path.gateway, detail)),)
    first = (_entered(_last_stop(source, path).site),)
    plans = _round_trips(net, source, path, address, first)
    return (evolve(plan, group_references="none") for plan in plans)


def inward(
    net: Topology, address: int, target: Spot, *, declared: bool = False
) -> tuple[Plan, ...]:
    """The plans for a connection from an address outside of all VPCs to an interface.

    How it comes in follows from the path of the reply. `declared` as in `outward`.
    """
    return tuple(
        plan
        for back in _replies(net, target.site, target.family, address)
        for plan in _inward(net, address, target, back, declared=declared)
    )


_ONE_WAY = {
    "egress-only": "egress-only-internet-gateway",
    "service": "gateway-endpoint",
}
"""Arrivals that let no connection in, by the kind of their hop."""


def _inward(  # noqa: PLR0911 - one return for each kind of arrival
    net: Topology, address: int, target: Spot, back: Path, *, declared: bool
) -> tuple[Plan, ...]:
    if back.arrival == "internet":
        if address not in INTERNET.family(target.family):
            return (_stop(back, Hop("internet", "", text("reachability.not-internet"))),)
        if not target.public:
            detail = text("reachability.no-public-address")
            return (_stop(Path("vpc"), Hop("public-address", back.gateway, detail)),)
        gate = _gate(back, allowance(net, target.site, "inbound"), target.site)
        entries = from_gateway(net, back.gateway, target.site, target.family, target.address)
        return _arrivals(address, target, back, gate, entries)
    if back.arrival == "on-premises":
        beyond = _beyond(back, declared=declared)
        return _arrivals(address, target, back, beyond, _entries(net, back, target))
    if back.arrival in _ONE_WAY:
        only = Hop(_ONE_WAY[back.arrival], back.gateway, _OUTBOUND_ONLY)
        stop = Step(only, reasons=back.reasons, passes=False)
        return (Plan(_back((stop,)), group_references="none"),)
    if back.arrival == "vpc" and not back.reasons:
        return (_stop(back, Hop("vpc", _vpc(back), text("reachability.no-interface"))),)
    borders = _borders(back, target.family, target.address, address)
    references = _outside_references(target.family, address, back, declared=declared)
    return (Plan(_back(_steps(back)), reply=borders, group_references=references),)


def _arrivals(
    address: int, target: Spot, back: Path, gate: Step, entries: Iterable[Path]
) -> tuple[Plan, ...]:
    return tuple(
        Plan(
            steps=(gate, *_steps(entry), *_back(_steps(back))),
            forward=_borders(entry, target.family, address, target.address),
            reply=_borders(back, target.family, target.address, address),
            group_references="none",
        )
        for entry in entries
    )
