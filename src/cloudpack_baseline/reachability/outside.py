"""Connections to and from addresses outside of all recorded VPCs.

For one place in the network the addresses outside fall into a few zones that its
routes and ACLs treat alike; security groups then cut the zones by address.
"""

from __future__ import annotations

import functools
import itertools
import operator
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from attrs import evolve, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.atoms import Atoms
from cloudpack_baseline.reachability.endpoints import Endpoint
from cloudpack_baseline.reachability.filters import GroupRule
from cloudpack_baseline.reachability.forwarding import Forwarding
from cloudpack_baseline.reachability.intervals import Intervals, Span
from cloudpack_baseline.reachability.ipset import INTERNET, IPV4, IPV6, Family, IpSet
from cloudpack_baseline.reachability.nat64 import NAT64, embedded, embedded_set, in_family
from cloudpack_baseline.reachability.plans import (
    Border,
    Plan,
    Spot,
    inward,
    outward,
    possible,
    repliable,
)
from cloudpack_baseline.reachability.public_access import allowance
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.tables import Table
from cloudpack_baseline.reachability.topology import Topology
from cloudpack_baseline.reachability.traffic import NO_TRAFFIC, TrafficSet, of_family

__all__ = ["Outside", "Zone"]


@frozen
class Zone:
    """Addresses outside with the same connection to a place in the network.

    Attributes:
        addresses: the addresses, of one family.
        sure: the traffic that passes in both directions, without security groups.
        maybe: the same, with the unknown counted as open.
        references: whether a reference to a security group might match there.
    """

    addresses: Intervals
    sure: TrafficSet
    maybe: TrafficSet
    references: bool


@frozen(eq=False)
class Outside:
    """A set of addresses outside, and their connections with interfaces.

    Attributes:
        net: the network.
        addresses: the addresses; for an interface, those of VPCs that are connected with its own
            are not outside.
        declared: whether hosts are known to exist there (as in `plans.outward`).
    """

    net: Topology
    addresses: IpSet
    declared: bool
    _routed_alike: dict[object, list[list[Span]]] = field(factory=dict, init=False, repr=False)
    _memo: dict[object, tuple[Zone, ...]] = field(factory=dict, init=False, repr=False)
    _handed_on: dict[object, tuple[tuple[Forwarding, Endpoint | None, Zone], ...]] = field(
        factory=dict, init=False, repr=False
    )
    _cut: dict[object, bool] = field(factory=dict, init=False, repr=False)
    _zone_masks: dict[object, list[tuple[Zone, int, int]]] = field(
        factory=dict, init=False, repr=False
    )
    _group_masks: dict[object, tuple[int, int]] = field(factory=dict, init=False, repr=False)

    def zones(self, endpoint: Endpoint, *, egress: bool) -> tuple[Zone, ...]:
        """The zones for connections from (egress) or to the place of an endpoint."""
        if endpoint.is_embedded:
            return ()
        handed_on = () if egress else (zone for *_, zone in self.forwarded(endpoint))
        return (*self._by_route(endpoint, egress=egress), *handed_on)

    def _by_route(self, endpoint: Endpoint, *, egress: bool) -> tuple[Zone, ...]:
        key = self._place(endpoint), endpoint.leaves_by_gateway, egress
        if key not in self._memo:
            spot = Spot(endpoint.site, endpoint.family, endpoint.low, endpoint.leaves_by_gateway)
            self._memo[key] = self._zones(spot, egress=egress)
        return self._memo[key]

    def _zones(self, spot: Spot, *, egress: bool) -> tuple[Zone, ...]:
        merged: dict[tuple[TrafficSet, TrafficSet, bool], list[tuple[int, int]]] = {}
        references = {"both"} if egress else {"both", "inbound"}
        for pieces in self._stretches_of(spot.family, spot.site, egress=egress):
            first = pieces[0][0]
            plans = self.plans(spot, first, egress=egress)
            cuts = sorted(set(_cuts(plans, spot.family, first)))
            # All routes treat the pieces alike; only the ACLs on the path can distinguish them.
            for low, high in _split(pieces, cuts):
                plans_here = [_moved(plan, first, low) for plan in plans]
                key = (
                    possible(plans_here, spot.family, doubtful=False),
                    possible(plans_here, spot.family, doubtful=True),
                    any(plan.group_references in references for plan in plans_here),
                )
                if key[1]:
                    merged.setdefault(key, []).append((low, high))
        return tuple(Zone(Intervals.of(spans), *key) for key, spans in merged.items())

    def forwarded(self, endpoint: Endpoint) -> tuple[tuple[Forwarding, Endpoint | None, Zone], ...]:
        """The zones whose clients reach it through a load balancer that preserves addresses."""
        forwardings = () if endpoint.is_embedded else self.net.forwarded_to(endpoint)
        key = self.net.ends.cell(endpoint), forwardings
        if forwardings and key not in self._handed_on:
            self._handed_on[key] = tuple(
                (forwarding, entry, zone)
                for forwarding in forwardings
                for entry, zone in self._handed(endpoint, forwarding)
            )
        return self._handed_on[key] if forwardings else ()

    def _handed(
        self, endpoint: Endpoint, forwarding: Forwarding
    ) -> Iterator[tuple[Endpoint | None, Zone]]:
        site, family = endpoint.site, endpoint.family
        allowed = forwarding.listened or allowance(self.net, site, "inbound")
        if allowed is False or family not in forwarding.families:
            return  # VPC Block Public Access stops accelerators, too
        is_sure = not forwarding.doubt and not isinstance(allowed, StopReason)
        for entry, sure, maybe in self._arriving(family, forwarding):
            same_subnet = entry is not None and entry.site is site
            if entry and not forwarding.across_zones and entry.site.zone != site.zone:
                continue
            for addresses, certain in ((sure, is_sure), (maybe - sure, False)):
                pieces = _split(addresses, () if same_subnet else _acl_cuts(site, family))
                for low, high in pieces:
                    passing, unknown = forwarding.delivered & of_family(family), None
                    if not same_subnet:
                        passing, unknown = _past_acl(site, family, low, passing)
                    if passing:
                        known = passing if certain and unknown is None else NO_TRAFFIC
                        zone = Zone(Intervals(((low, high),)), known, passing, references=False)
                        yield entry, zone

    def _arriving(
        self, family: Family, forwarding: Forwarding
    ) -> Iterator[tuple[Endpoint | None, Intervals, Intervals]]:
        """The addresses that surely, and perhaps, get to each address of the load balancer."""
        if not forwarding.listened:
            clients = self.addresses.family(family) & INTERNET.family(family)
            yield None, clients, clients
            return
        entries = self.net.ends.of(forwarding.interface_id)
        for entry in (entry for entry in entries if entry.family == family):
            if forwarding.doubt:  # any port is possible: what routes allow counts
                zones = self._by_route(entry, egress=False)
                reached = [(Intervals(), zone.addresses) for zone in zones]
            else:
                ports = [low for low, _ in forwarding.listened.kinds]
                reached = [self.peers(entry, port, egress=False) for port in ports]
            sure = functools.reduce(operator.or_, (pair[0] for pair in reached), Intervals())
            maybe = functools.reduce(operator.or_, (pair[1] for pair in reached), Intervals())
            yield entry, sure, maybe

    def plans(self, spot: Spot, address: int, *, egress: bool) -> Sequence[Plan]:
        """The plans between the spot and one address outside."""
        if egress:
            return outward(self.net, spot, address, declared=self.declared)
        return inward(self.net, address, spot, declared=self.declared)

    def seen_from(self, endpoint: Endpoint, *, egress: bool) -> Intervals:
        """The addresses that are outside to the endpoint."""
        if endpoint.is_embedded:
            return Intervals()
        return self._seen_from(endpoint.family, endpoint.site.vpc_id, egress=egress)

    def _seen_from(self, family: Family, vpc_id: str, *, egress: bool) -> Intervals:
        addresses = self.addresses - self.net.joins.near_blocks(vpc_id)
        if self._embeds(family, egress=egress):
            return addresses.v6 | embedded_set(addresses.v4)
        return addresses.family(family)

    def _embeds(self, family: Family, *, egress: bool) -> bool:
        """Whether addresses of IPv4 are reached through NAT64."""
        return family == IPV6 and egress and self.net.ends.has_nat64

    def _stretches_of(self, family: Family, site: Site, *, egress: bool) -> list[list[Span]]:
        """The addresses, divided into those that every route treats alike."""
        embeds = self._embeds(family, egress=egress)
        tables = () if embeds else self.net.tables_from(site)
        key = family, site.vpc_id, embeds, tuple(map(id, tables))
        if key not in self._routed_alike:
            addresses = self._seen_from(family, site.vpc_id, egress=egress)
            if tables:
                self._routed_alike[key] = _stretches_by_route(family, addresses, tables)
            else:
                cuts = self._cuts_of(family, site.vpc_id, embeds=embeds)
                self._routed_alike[key] = _stretches_by_place(family, addresses, cuts)
        return self._routed_alike[key]

    def _cuts_of(self, family: Family, vpc_id: str, *, embeds: bool) -> tuple[int, ...]:
        cuts = set(self.net.cuts.routes_of(family, vpc_id))
        if family == IPV6:
            # One route may lead to hosts of IPv6 and to NAT64, which are different ends.
            cuts.update((NAT64[0], NAT64[1] + 1))
        if embeds:
            cuts.update(map(embedded, self.net.cuts.routes_of(IPV4, vpc_id)))
        return tuple(sorted(cuts))

    # With security groups

    def traffic(self, atoms: Atoms, endpoint: Endpoint, *, egress: bool) -> tuple[int, int]:
        """Masks of what certainly and what possibly passes between an endpoint and any address."""
        names = () if isinstance(endpoint.groups, StopReason) else endpoint.groups
        sure, maybe = self.through_groups(atoms, endpoint, names, egress=egress)
        if endpoint.unfiltered or isinstance(endpoint.groups, StopReason):
            zones = self._masks(atoms, endpoint, egress=egress)
            sure = sum_of(mask for _, mask, _ in zones) if endpoint.unfiltered else 0
            maybe = sum_of(mask for *_, mask in zones)
        return (sure if endpoint.sure else 0), maybe

    def through_groups(
        self, atoms: Atoms, endpoint: Endpoint, names: Iterable[str], *, egress: bool
    ) -> tuple[int, int]:
        """The same for the endpoint's place and any of the security groups."""
        sure = maybe = 0
        if self._masks(atoms, endpoint, egress=egress):
            for name in names:
                certain, possible_mask = self._of_group(atoms, endpoint, name, egress=egress)
                sure |= certain
                maybe |= possible_mask
        return sure, maybe

    def _key(self, endpoint: Endpoint, *, egress: bool) -> tuple[object, ...]:
        """Equal for endpoints that are connected with the outside alike, groups aside."""
        handed_on = () if egress else self.net.forwarded_to(endpoint)
        return self._place(endpoint), endpoint.leaves_by_gateway, egress, handed_on

    def _place(self, endpoint: Endpoint) -> object:
        """Equal for endpoints whose connections with the outside take the same routes.

        Where the subnet is not recorded, none is known, whatever the address is.
        """
        if self.net.ends.locates(endpoint.site):
            return self.net.ends.cell(endpoint)
        return endpoint.site.vpc_id, endpoint.family, endpoint.is_embedded

    def _masks(
        self, atoms: Atoms, endpoint: Endpoint, *, egress: bool
    ) -> list[tuple[Zone, int, int]]:
        key = self._key(endpoint, egress=egress)
        if key not in self._zone_masks:
            self._zone_masks[key] = [
                (zone, atoms.mask(zone.sure), atoms.mask(zone.maybe))
                for zone in self.zones(endpoint, egress=egress)
            ]
        return self._zone_masks[key]

    def _of_group(
        self, atoms: Atoms, endpoint: Endpoint, name: str, *, egress: bool
    ) -> tuple[int, int]:
        key = *self._key(endpoint, egress=egress), name
        if key not in self._group_masks:
            zones = self._masks(atoms, endpoint, egress=egress)
            self._group_masks[key] = self._filtered(
                atoms, endpoint.family, name, zones, egress=egress
            )
        return self._group_masks[key]

    def _filtered(
        self,
        atoms: Atoms,
        family: Family,
        name: str,
        zones: list[tuple[Zone, int, int]],
        *,
        egress: bool,
    ) -> tuple[int, int]:
        group = self.net.groups.get(name)
        rules = group.rules(egress=egress) if group else None
        if not isinstance(rules, tuple):
            return 0, sum_of(maybe for *_, maybe in zones)
        sure = maybe = 0
        for zone, certain, possible_ in zones:
            for rule in rules:
                if self._meets(rule, family, zone):
                    mask = atoms.mask(rule.traffic)
                    sure |= mask & certain
                    maybe |= mask & possible_
                elif rule.vague or (rule.groups and zone.references):
                    maybe |= atoms.mask(rule.traffic) & possible_
        return sure, maybe

    def _meets(self, rule: GroupRule, family: Family, zone: Zone) -> bool:
        peers = rule.peers.family(family)
        if not peers:
            return False
        key = peers, zone.addresses
        if key not in self._cut:
            self._cut[key] = bool(peers & zone.addresses)
        return self._cut[key]

    def peers(self, endpoint: Endpoint, kind: int, *, egress: bool) -> tuple[Intervals, Intervals]:
        """The addresses that surely, and perhaps, have such a connection."""
        sure = maybe = Intervals()
        for zone in self.zones(endpoint, egress=egress):
            if kind not in zone.maybe:
                continue
            certain, doubtful = self.admitted(endpoint, zone, kind, egress=egress)
            maybe |= certain | doubtful
            if kind in zone.sure and endpoint.sure:
                sure |= certain
        return sure, maybe

    def admitted(
        self, endpoint: Endpoint, zone: Zone, kind: int, *, egress: bool
    ) -> tuple[Intervals, Intervals]:
        """The addresses of the zone that the endpoint's groups surely, and perhaps, admit."""
        if endpoint.unfiltered:
            return zone.addresses, zone.addresses
        certain = Intervals()
        for rule in group_rules(self.net, endpoint, egress=egress):
            if rule is None:
                return certain & zone.addresses, zone.addresses
            if kind in rule.traffic:
                if rule.vague or (rule.groups and zone.references):
                    return certain & zone.addresses, zone.addresses
                certain |= rule.peers.family(endpoint.family)
        admitted = certain & zone.addresses
        return admitted, admitted


def group_rules(net: Topology, endpoint: Endpoint, *, egress: bool) -> Iterator[GroupRule | None]:
    """The rules of the groups of an endpoint, known ones first; None if some are unknown."""
    blind = isinstance(endpoint.groups, StopReason)
    for name in () if isinstance(endpoint.groups, StopReason) else endpoint.groups:
        group = net.groups.get(name)
        rules = group.rules(egress=egress) if group else None
        if rules is None or isinstance(rules, StopReason):
            blind = True
        else:
            yield from (rule for rule in rules if not rule.vague and not rule.groups)
            yield from (rule for rule in rules if rule.vague or rule.groups)
    if blind:
        yield None


def sum_of(masks: Iterable[int]) -> int:
    """The union of masks."""
    return functools.reduce(operator.or_, masks, 0)


def _cuts(plans: Iterable[Plan], family: Family, address: int) -> Iterator[int]:
    for plan in plans:
        for border in (*plan.forward, *plan.reply, *itertools.chain(*plan.translated)):
            if border.peer == in_family(address, border.family):
                acl = border.crossing.site.acl
                cuts = acl.cuts(border.family, egress=border.crossing.egress)
                yield from cuts if border.family == family else map(embedded, cuts)


def _acl_cuts(site: Site, family: Family) -> list[int]:
    cuts = {cut for egress in (False, True) for cut in site.acl.cuts(family, egress=egress)}
    return sorted(cuts)


def _past_acl(
    site: Site, family: Family, client: int, traffic: TrafficSet
) -> tuple[TrafficSet, StopReason | None]:
    """What the ACL of the subnet allows from the client and back, or why it is unknown."""
    acl = site.acl
    if acl.doubt:
        return traffic, acl.doubt
    entering = acl.admitted(family, client, egress=False)
    return traffic & entering & repliable(acl.admitted(family, client, egress=True)), None


def _stretches(
    public: Intervals,
    addresses: Intervals,
    cuts: Sequence[int],
    routing_of: Callable[[int], object],
) -> list[list[Span]]:
    """The addresses by what routes do with them, the public ones apart.

    Args:
        public: the addresses of the internet.
        addresses: what to divide.
        cuts: where a route begins, ascending.
        routing_of: what routes do with all addresses from this one to the next cut.
    """
    stretches: dict[tuple[object, bool], list[Span]] = {}
    for shared, is_public in ((addresses & public, True), (addresses - public, False)):
        for low, high in _split(shared, cuts):
            stretches.setdefault((routing_of(low), is_public), []).append((low, high))
    return list(stretches.values())


def _stretches_by_place(
    family: Family, addresses: Intervals, cuts: Sequence[int]
) -> list[list[Span]]:
    """The addresses that lie between the same cuts."""
    public = INTERNET.family(family)
    if family == IPV6:
        public |= embedded_set(INTERNET.v4)
    return _stretches(public, addresses, cuts, partial(bisect_right, cuts))


def _stretches_by_route(
    family: Family, addresses: Intervals, tables: Sequence[Table]
) -> list[list[Span]]:
    """The addresses that routes to the same targets cover."""
    cuts = sorted({cut for table in tables for cut in table.cuts(family)})

    def onward(address: int) -> object:
        entries = (table.find(family, address) for table in tables)
        return tuple(entry and entry.onward for entry in entries)

    return _stretches(INTERNET.family(family), addresses, cuts, onward)


def _split(pieces: Iterable[tuple[int, int]], cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    for low, high in pieces:
        start = low
        for at in range(bisect_right(cuts, low), bisect_left(cuts, high + 1)):
            yield start, cuts[at] - 1
            start = cuts[at]
        yield start, high


def _moved(plan: Plan, old: int, new: int) -> Plan:
    """The plan for another address that all routes treat alike."""

    def move(borders: tuple[Border, ...]) -> tuple[Border, ...]:
        return tuple(
            Border(border.crossing, border.family, in_family(new, border.family))
            if border.peer == in_family(old, border.family)
            else border
            for border in borders
        )

    return evolve(
        plan,
        forward=move(plan.forward),
        reply=move(plan.reply),
        translated=tuple(map(move, plan.translated)),
    )
