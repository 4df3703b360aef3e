"""Route tables: the longest prefix that covers an address."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import Route, RouteTable
from cloudpack_baseline.model.ec2_gateways import TransitGatewayRoute, TransitGatewayRouteTable
from cloudpack_baseline.model.values import Origin, Unknown
from cloudpack_baseline.reachability.filters import PrefixLists
from cloudpack_baseline.reachability.intervals import Span
from cloudpack_baseline.reachability.ipset import (
    ADDRESS_BITS,
    IPV6,
    Family,
    block_text,
    parse_block,
)
from cloudpack_baseline.reachability.nat64 import NAT64
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.texts import Text, text

__all__ = ["Entry", "RouteMap", "Table", "compile_table", "compile_transit_table"]


@frozen
class Entry:
    """One route for one block.

    Attributes:
        destination: the block as text.
        kind: what the target is: ``local``, ``igw``, ``vgw``, ``nat``, ``tgw``,
            ``pcx``, ``eigw``, ``eni``, ``vpce``, ``attachment`` or ``other``.
        targets: IDs of the target; several where a transit gateway shares the load.
        active: False for a blackhole.
        rivals: routes for the same block of which AWS takes any one (prefix lists).
        written_at: its place in a template or plan.
    """

    destination: str
    kind: str
    targets: tuple[str, ...]
    active: bool = True
    rivals: tuple[Entry, ...] = ()
    written_at: Origin | None = field(default=None, eq=False)

    @property
    def target(self) -> str:
        """The first target's ID."""
        return self.targets[0] if self.targets else ""

    @property
    def onward(self) -> tuple[object, ...]:
        """Equal for routes that lead to the same, wherever a packet out of the VPC is sent."""
        inside = self.destination if self.kind == "local" else ""
        rivals = tuple(rival.onward for rival in self.rivals)
        return self.kind, inside, self.targets, self.active, rivals

    @property
    def shown(self) -> str:
        """Its destination and targets."""
        return f"{self.destination} -> {', '.join(self.targets) or 'blackhole'}"

    @property
    def text(self) -> str | Text:
        """The route in words."""
        place = self.written_at.place if self.written_at else ""
        route = f"{self.shown} ({place})" if place else self.shown
        return route if self.active else text("reachability.blackhole", route=route)


_Ranked = tuple[Family, Span, int, Entry]


@frozen(eq=False)
class RouteMap:
    """The routes of one table for one family, the longest prefix first.

    Attributes:
        starts: ascending first addresses of stretches that share a route.
        entries: the route of each stretch, None where no route covers it.
    """

    starts: tuple[int, ...]
    entries: tuple[Entry | None, ...]

    @classmethod
    def of(cls, routes: Iterable[tuple[Span, int, Entry]]) -> RouteMap:
        """From (block, rank, route): the longest block wins, then the lowest rank."""
        best: dict[Span, tuple[int, Entry]] = {}
        for span, rank, entry in routes:
            if span not in best or rank < best[span][0]:
                best[span] = (rank, entry)
            elif rank == best[span][0] == _PREFIX_LIST_RANK:
                best[span] = (rank, _rivalled(best[span][1], entry))
        starts, entries = [0], [None]  # type: list[int], list[Entry | None]
        open_blocks: list[tuple[int, Entry]] = []

        def close(until: int) -> None:
            while open_blocks and open_blocks[-1][0] < until:
                end, _ = open_blocks.pop()
                change(end + 1, open_blocks[-1][1] if open_blocks else None)

        def change(start: int, entry: Entry | None) -> None:
            if starts[-1] == start:
                entries[-1] = entry
            else:
                starts.append(start)
                entries.append(entry)

        # Wider blocks come first, so that the stack holds what covers the current address.
        for low, high in sorted(best, key=lambda span: (span[0], -span[1])):
            close(low)
            entry = best[low, high][1]
            open_blocks.append((high, entry))
            change(low, entry)
        close(1 << 129)  # above every address of both families: nothing stays open
        return cls(tuple(starts), tuple(entries))

    def find(self, address: int) -> Entry | None:
        """The route to the address."""
        return self.entries[bisect_right(self.starts, address) - 1]

    def between(self, low: int, high: int) -> tuple[Entry | None, ...]:
        """The routes to the addresses, one for each stretch."""
        return self.entries[bisect_right(self.starts, low) - 1 : bisect_right(self.starts, high)]


def _rivalled(entry: Entry, rival: Entry) -> Entry:
    if (entry.kind, entry.targets, entry.active) == (rival.kind, rival.targets, rival.active):
        return entry
    return evolve(entry, rivals=(*entry.rivals, rival))


_NOWHERE = RouteMap((0,), (None,))


@frozen(eq=False)
class Table:
    """A route table.

    Attributes:
        table_id: ``rtb-...``, or the subnet's ID where its table is not recorded.
        maps: the routes of each family.
        vague: routes whose prefix list could not be read, with the reason: each may
            cover any address.
        doubt: why it is unknown; None if it was read.
    """

    table_id: str
    maps: Mapping[Family, RouteMap] = field(factory=dict)
    vague: tuple[tuple[Entry, StopReason], ...] = ()
    doubt: StopReason | None = None

    def find(self, family: Family, address: int) -> Entry | None:
        """The route to the address, as far as routes are known."""
        return self.maps.get(family, _NOWHERE).find(address)

    @property
    def may_lead_to_nat64(self) -> bool:
        """Whether a route leads addresses of NAT64 to what translates them, or may."""
        entries = self.maps.get(IPV6, _NOWHERE).between(*NAT64)
        listed = (entry for entry, _ in self.vague)
        return self.doubt is not None or any(
            entry is not None and entry.kind in _MAY_TRANSLATE for entry in (*entries, *listed)
        )

    def routes(self) -> Iterator[Entry]:
        """Each route; rivals and those of prefix lists that could not be read included."""
        entries = [entry for routes in self.maps.values() for entry in routes.entries if entry]
        for entry in (*entries, *(entry for entry, _ in self.vague)):
            yield entry
            yield from entry.rivals

    @property
    def interface_targets(self) -> frozenset[str]:
        """The interfaces and instances that its routes lead to."""
        entries = (entry for routes in self.maps.values() for entry in routes.entries)
        rivals = (
            (entry, *entry.rivals)
            for entry in (*entries, *(entry for entry, _ in self.vague))
            if entry
        )
        return frozenset(entry.target for alike in rivals for entry in alike if entry.kind == "eni")

    def cuts(self, family: Family) -> tuple[int, ...]:
        """Where stretches of one route start."""
        return self.maps.get(family, _NOWHERE).starts


_MAY_TRANSLATE = frozenset({"nat", "tgw", "eni", "vpce", "other"})
"""Targets behind which IPv6 may become IPv4: an appliance, or a NAT gateway of another VPC."""
_PROPAGATED = "EnableVgwRoutePropagation"
_STATIC = frozenset({"CreateRouteTable", "CreateRoute"})
_STATIC_RANK, _PREFIX_LIST_RANK, _LEARNED_RANK, _IMPLIED_RANK = range(4)
"""Of routes for the same block, the lowest applies."""


def _target(route: Route) -> tuple[str, str]:
    gateway = route.gateway_id or ""
    named = (
        ("local", gateway if gateway == "local" else None),
        ("igw", gateway if gateway.startswith("igw-") else None),
        ("vgw", gateway if gateway.startswith("vgw-") else None),
        ("vpce", gateway if gateway.startswith("vpce-") else None),
        ("nat", route.nat_gateway_id),
        ("tgw", route.transit_gateway_id),
        ("pcx", route.vpc_peering_connection_id),
        ("eigw", route.egress_only_internet_gateway_id),
        ("eni", route.network_interface_id),
        ("eni", route.instance_id),
        ("other", route.other_target or gateway),
    )
    return next((kind, target) for kind, target in named if target is not None)


def _ranked(
    route: Route, lists: PrefixLists
) -> tuple[list[_Ranked], list[tuple[Entry, StopReason]]]:
    kind, target = _target(route)
    active = route.state == "active"
    rank = _STATIC_RANK if route.origin in _STATIC else _LEARNED_RANK
    block = route.destination_cidr_block or route.destination_ipv6_cidr_block
    if block:
        family, span = parse_block(block)
        entry = Entry(block, kind, (target,), active, written_at=route.written_at)
        return [(family, span, rank, entry)], []
    list_id = route.destination_prefix_list_id or ""
    listed = Entry(list_id, kind, (target,), active, written_at=route.written_at)
    blocks = lists.blocks(list_id)
    if isinstance(blocks, StopReason):
        return [], [(listed, blocks)]
    return [(*parse_block(text), _PREFIX_LIST_RANK, listed) for text in blocks], []


def compile_table(record: RouteTable, vpc_blocks: Iterable[str], lists: PrefixLists) -> Table:
    """The table of a record; every block of the VPC has a local route, said or not."""
    if isinstance(record.routes, Unknown):
        reason = StopReason.of("route-table-unreadable", record.route_table_id, record.routes)
        return Table(record.route_table_id, doubt=reason)
    try:
        return _compiled(record.route_table_id, record.routes, vpc_blocks, lists)
    except ValueError as error:
        reason = StopReason.malformed("route-table-unreadable", record.route_table_id, error)
        return Table(record.route_table_id, doubt=reason)


def _compiled(
    table_id: str, routes: Iterable[Route], vpc_blocks: Iterable[str], lists: PrefixLists
) -> Table:
    routes = tuple(routes)
    local = [parse_block(block) for block in (*vpc_blocks, *_local_blocks(routes))]
    ranked: list[_Ranked] = []
    vague: list[tuple[Entry, StopReason]] = []
    for route in routes:
        ranked_routes, unread = _ranked(route, lists)
        if route.origin == _PROPAGATED:
            # The local route beats what a VPN gateway has learned, however narrow that is.
            ranked_routes = [
                candidate for candidate in ranked_routes if not _is_local(candidate, local)
            ]
        ranked += ranked_routes
        vague += unread
    for family, span in local:
        entry = Entry(_text(family, span), "local", ("local",))
        ranked.append((family, span, _IMPLIED_RANK, entry))
    return Table(table_id, _maps(ranked), tuple(vague))


def _local_blocks(routes: Iterable[Route]) -> Iterator[str]:
    """The blocks of local routes: those of the VPC, even if its record is missing."""
    for route in routes:
        block = route.destination_cidr_block or route.destination_ipv6_cidr_block
        if route.gateway_id == "local" and block:
            yield block


def _is_local(ranked: _Ranked, local: Iterable[tuple[Family, Span]]) -> bool:
    family, (low, high), *_ = ranked
    return any(
        family == local_family and first <= low and high <= last
        for local_family, (first, last) in local
    )


def _text(family: Family, span: Span) -> str:
    low, high = span
    length = ADDRESS_BITS[family] - (high - low + 1).bit_length() + 1
    return block_text(family, low, length)


def _maps(ranked: list[_Ranked]) -> dict[Family, RouteMap]:
    by_family: dict[Family, list[tuple[Span, int, Entry]]] = {}
    for family, span, rank, entry in ranked:
        by_family.setdefault(family, []).append((span, rank, entry))
    return {family: RouteMap.of(routes) for family, routes in by_family.items()}


def compile_transit_table(record: TransitGatewayRouteTable) -> Table:
    """The table of a transit gateway."""
    name = record.transit_gateway_route_table_id
    if isinstance(record.routes, Unknown):
        return Table(name, doubt=StopReason.of("transit-unreadable", name, record.routes))
    try:
        return Table(name, _maps([_transit_ranked(route) for route in record.routes]))
    except ValueError as error:
        return Table(name, doubt=StopReason.malformed("transit-unreadable", name, error))


def _transit_ranked(route: TransitGatewayRoute) -> _Ranked:
    family, span = parse_block(route.destination_cidr_block)
    entry = Entry(
        _text(family, span),
        "attachment",
        tuple(sorted(route.attachment_ids)),
        route.state == "active" and bool(route.attachment_ids),
    )
    return family, span, _STATIC_RANK if route.type == "static" else _LEARNED_RANK, entry
