"""Which ends reach which: all pairs of ends, with sets of traffic."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.atoms import Atoms
from cloudpack_baseline.reachability.bulk import Bulk, Row, atoms_of
from cloudpack_baseline.reachability.endpoint_runs import EndpointRun
from cloudpack_baseline.reachability.endpoints import Endpoint
from cloudpack_baseline.reachability.ends import Addresses, End, Interfaces, Internet
from cloudpack_baseline.reachability.ipset import FAMILIES
from cloudpack_baseline.reachability.outside import Outside
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.topology import Topology
from cloudpack_baseline.reachability.traffic import NO_TRAFFIC, TrafficSet

__all__ = ["Matrix", "Pair", "matrix_of", "outside_of"]

Pair: TypeAlias = tuple[str, str]
"""(from, to) by the names of the ends."""


@frozen
class Matrix:
    """All flows between named ends.

    Attributes:
        names: the ends, in the given order.
        open: what certainly passes, by (from, to); pairs without any are omitted. From an end to
            itself: between two different interfaces.
        unknown: what may or may not pass, depending on what the records do not contain.
    """

    names: tuple[str, ...]
    open: Mapping[Pair, TrafficSet]
    unknown: Mapping[Pair, TrafficSet]

    def __getitem__(self, pair: Pair) -> TrafficSet:
        """What surely passes from one end to the other."""
        return self.open.get(pair, NO_TRAFFIC)

    def doubtful(self, pair: Pair) -> TrafficSet:
        """What may or may not pass from one end to the other."""
        return self.unknown.get(pair, NO_TRAFFIC)


def outside_of(net: Topology, end: Internet | Addresses) -> Outside:
    """The addresses of an end that are outside of all recorded VPCs."""
    return net.derived(end, partial(_outside_of, net, end))


def _outside_of(net: Topology, end: Internet | Addresses) -> Outside:
    if isinstance(end, Internet):
        addresses = net.internet & end.blocks if end.blocks else net.internet
        return Outside(net, addresses, declared=False)
    return Outside(net, end.blocks, declared=True)


def matrix_of(net: Topology, ends: Mapping[str, End]) -> Matrix:
    """The matrix of all pairs of the ends."""
    atoms = atoms_of(net)
    sure: dict[Pair, int] = {}
    maybe: dict[Pair, int] = {}
    layout = _layout(net, ends)
    segments = list(layout.values())
    is_vague = net.ends.is_vague(itertools.chain(*segments))
    for family in FAMILIES:
        bulk = Bulk(net, family, doubtful=False, atoms=atoms, layout=segments)
        _inside(bulk, list(layout), sure)
        if is_vague or bulk.saw_doubt:
            bulk = Bulk(net, family, doubtful=True, atoms=atoms, layout=segments)
            _inside(bulk, list(layout), maybe)
    places = _places(net, layout)
    for name, end in ends.items():
        if not isinstance(end, Interfaces):
            for pair, certain, possible in _across(atoms, outside_of(net, end), name, places):
                sure[pair] = sure.get(pair, 0) | certain
                maybe[pair] = maybe.get(pair, 0) | possible
    undecided = {pair: mask & ~sure.get(pair, 0) for pair, mask in maybe.items()}
    return Matrix(
        tuple(ends),
        {pair: atoms.traffic(mask) for pair, mask in sure.items() if mask},
        {pair: atoms.traffic(mask) for pair, mask in undecided.items() if mask},
    )


_Layout: TypeAlias = dict[tuple[str, ...], list[EndpointRun]]
"""Endpoints by the names of the segments that hold their interface."""


def _layout(net: Topology, ends: Mapping[str, End]) -> _Layout:
    member: dict[str, list[str]] = {}
    for name, end in ends.items():
        if isinstance(end, Interfaces):
            for interface in sorted(end.ids):
                member.setdefault(interface, []).append(name)
    layout: _Layout = {}
    for interface, names in member.items():
        layout.setdefault(tuple(names), []).extend(net.ends.runs_of(interface))
    return layout


def _inside(bulk: Bulk, names: list[tuple[str, ...]], into: dict[Pair, int]) -> None:
    spares_by_row: dict[tuple[int, int], int] = {}
    for number, row in bulk.rows():
        for spare, mask in _projected(bulk, number, row).items():
            key = spare, number
            spares_by_row[key] = spares_by_row.get(key, 0) | mask
    source_of = {source_field.guard: source for source, source_field in enumerate(bulk.fields)}
    pairs: dict[tuple[int, int], int] = {}
    for (spare, target), mask in spares_by_row.items():
        guards = spare
        while guards:
            low = guards & -guards
            guards ^= low
            pair = source_of[low], target
            pairs[pair] = pairs.get(pair, 0) | mask
    for (source, target), mask in pairs.items():
        for source_name in names[source]:
            for target_name in names[target]:
                into[source_name, target_name] = into.get((source_name, target_name), 0) | mask


def _projected(bulk: Bulk, number: int, row: Row) -> dict[int, int]:
    """Which fields reach the row, as spare bits, with the traffic of each such set.

    An interface does not count as reaching itself.
    """
    row_field = bulk.fields[number]
    own_bits = bulk.interface_bits(row.places)
    other_bits, guard = row_field.bits & ~own_bits, row_field.guard
    masks: dict[int, int] = {}
    unsure = False
    spare = start = end = 0
    for low, high, bits in row.steps():
        now = bulk.present(bits)
        if now & guard and not bits & other_bits:
            now ^= guard
            unsure = True
        if now == spare and low == end:
            end = high
            continue
        if spare:
            masks[spare] = masks.get(spare, 0) | (1 << end) - (1 << start)
        spare, start, end = now, low, high
    if spare:
        masks[spare] = masks.get(spare, 0) | (1 << end) - (1 << start)
    if unsure and len(row.places) > 1:
        mask = masks.get(guard, 0)
        for place in row.places:
            within = row_field.bits & ~bulk.interface_bits([place])
            for low, high, _ in row.steps(place, within):
                mask |= (1 << high) - (1 << low)
        if mask:
            masks[guard] = mask
    return masks


def _across(
    atoms: Atoms, outside: Outside, name: str, places: _Places
) -> Iterator[tuple[Pair, int, int]]:
    """(pair, sure, perhaps) between an outside end and each segment, both ways."""
    for segments, (plain, odd) in places.items():
        totals = {egress: [0, 0] for egress in (False, True)}
        for egress, total in totals.items():
            results = [
                outside.through_groups(atoms, endpoint, groups, egress=egress)
                for endpoint, groups in plain
            ]
            results += [outside.traffic(atoms, endpoint, egress=egress) for endpoint in odd]
            for sure, maybe in results:
                total[0] |= sure
                total[1] |= maybe
        for segment in segments:
            yield (name, segment), totals[False][0], totals[False][1]
            yield (segment, name), totals[True][0], totals[True][1]


_Places: TypeAlias = dict[tuple[str, ...], tuple[list[tuple[Endpoint, set[str]]], list[Endpoint]]]
"""By segments: one endpoint of each place with the groups of all that are there, and the
endpoints whose addresses or groups are not known."""


def _places(net: Topology, layout: _Layout) -> _Places:
    places: _Places = {}
    for segments, runs in layout.items():
        regular: dict[object, tuple[Endpoint, set[str]]] = {}
        odd: list[EndpointRun] = []
        for run in runs:
            undivided = run.undivided
            if (
                undivided.unfiltered
                or isinstance(undivided.groups, StopReason)
                or not undivided.sure
            ):
                odd.append(run)
                continue
            for endpoint in run:
                key = (
                    net.ends.cell(endpoint),
                    endpoint.leaves_by_gateway,
                    net.forwarded_to(endpoint),
                )
                regular.setdefault(key, (endpoint, set()))[1].update(undivided.groups)
        places[segments] = list(regular.values()), [*net.ends.distinct(odd)]
    return places
