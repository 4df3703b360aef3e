"""All pairs of interfaces at once, with bit sets over the sources.

Each address of an interface has one bit. For a destination, each filter is a list of (ports, bits
of the sources that it allows). The lists are joined by port range, and the result is projected on
the declared segments. Sources are laid out segment by segment with a guard bit after each: adding a
mask of ones carries into the guard bit exactly where a segment has any bit set.
"""

from __future__ import annotations

import functools
import operator
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from attrs import define, field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.atoms import Atoms, Stretch, runs, steps_of
from cloudpack_baseline.reachability.bits import bits_at
from cloudpack_baseline.reachability.cells import Cells, Routed
from cloudpack_baseline.reachability.endpoint_runs import EndpointRun
from cloudpack_baseline.reachability.endpoints import Endpoint
from cloudpack_baseline.reachability.filters import GroupRule
from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import ADDRESS_BITS, Family
from cloudpack_baseline.reachability.path import Translation
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.steps import (
    OutboundRules,
    Steps,
    filled,
    intersected,
    met,
    positions,
)
from cloudpack_baseline.reachability.topology import Topology
from cloudpack_baseline.reachability.traffic import TrafficSet

__all__ = ["Bulk", "Field", "Row", "atoms_of"]


def atoms_of(net: Topology) -> Atoms:
    """The atoms of all groups and ACLs of the network."""
    return net.derived("atoms", lambda: Atoms.of(_filtered(net)))


def _filtered(net: Topology) -> list[TrafficSet]:
    """What groups, ACLs and load balancers distinguish."""
    sets: list[TrafficSet] = []
    for group in net.groups.values():
        for rules in (group.inbound, group.outbound):
            if not isinstance(rules, StopReason):
                sets += (rule.traffic for rule in rules)
    sets += (traffic for forwarding in net.forwardings.each() for traffic in forwarding.traffic)
    for site in net.sites.values():
        for entries in site.acl.entries.values():
            sets += (entry.traffic for entry in entries)
    return sets


@frozen(eq=False)
class Field:
    """A run of source bits that belong together, with the spare bit above them."""

    low: int
    size: int

    @functools.cached_property
    def bits(self) -> int:
        """Its source bits."""
        return ((1 << self.size) - 1) << self.low

    @property
    def guard(self) -> int:
        """Its spare bit."""
        return 1 << (self.low + self.size)


@define(eq=False)
class Bulk:
    """The relation "can connect to" of one family, over given endpoints.

    Attributes:
        net: the network.
        family: the version of IP.
        doubtful: whether the unknown counts as open (otherwise as closed).
        atoms: the atoms of traffic.
        layout: the endpoints, segment by segment; each endpoint once.
        fields: where the bits of each segment are.
        runs: the endpoints, each run with the place of its first bit; ascending.
        every_bit: every source bit.
    """

    net: Topology
    family: Family
    doubtful: bool
    atoms: Atoms
    layout: Sequence[Sequence[EndpointRun]]
    fields: list[Field] = field(init=False, factory=list)
    runs: list[tuple[int, EndpointRun]] = field(init=False, factory=list)
    every_bit: int = field(init=False, default=0)
    _starts: list[int] = field(init=False, factory=list)
    _of_interface: dict[str, list[tuple[int, EndpointRun]]] = field(init=False, factory=dict)
    _own_bits: dict[str, int] = field(init=False, factory=dict)
    _of_group: dict[str, int] = field(init=False, factory=dict)
    _loose: int = field(init=False, default=0)
    _guards: int = field(init=False, default=0)
    _prefix: dict[int, int] = field(init=False, factory=dict)
    _cells: Cells = field(init=False)
    _inbound: dict[str, list[tuple[Stretch, int, int]]] = field(init=False, factory=dict)
    _kinds_of_runs: dict[object, list[tuple[int, int, int]]] = field(init=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        place = 0
        for segment in self.layout:
            low = place
            for run in segment:
                if run.family == self.family and (self.doubtful or run.undivided.sure):
                    self.runs.append((place, run))
                    self._starts.append(place)
                    place += len(run)
            self.fields.append(Field(low, place - low))
            place += 1  # the spare bit: no source has it
        self.every_bit = sum(source_field.bits for source_field in self.fields)
        self._guards = sum(source_field.guard for source_field in self.fields)
        of_group: dict[str, list[tuple[int, EndpointRun]]] = {}
        loose: list[tuple[int, EndpointRun]] = []
        for placed in self.runs:
            undivided = placed[1].undivided
            self._of_interface.setdefault(undivided.interface_id, []).append(placed)
            if isinstance(undivided.groups, StopReason):
                loose.append(placed)
            for group in () if isinstance(undivided.groups, StopReason) else undivided.groups:
                of_group.setdefault(group, []).append(placed)
        self._of_group = {name: _bits_of(placed) for name, placed in of_group.items()}
        self._loose = _bits_of(loose)
        self._snapshot()
        self._cells = Cells(self.net, self.family, self.doubtful, self.atoms, self.runs)

    @property
    def saw_doubt(self) -> bool:
        """Whether, so far, the unknown made a difference on paths between subnets."""
        return self._cells.saw_doubt

    # Addresses

    def _rules(self) -> Iterator[GroupRule]:
        for name in self._of_group:
            group = self.net.groups.get(name)
            for rules in (group.inbound, group.outbound) if group else ():
                if not isinstance(rules, StopReason):
                    yield from rules

    def _snapshot(self) -> None:
        """The bits of all addresses below each bound of a rule's blocks."""
        bounds = {
            edge
            for rule in self._rules()
            for low, high in rule.peers.family(self.family)
            for edge in (low, high + 1)
        }
        addresses, divided = self._by_address()
        counts = [0] * len(divided)
        last_place, last_run = self.runs[-1] if self.runs else (0, ())
        below, several = bytearray((last_place + len(last_run) + 7) // 8 or 1), 0
        index = 0
        # Bytes are set in place; an integer of 10,000 bits would be copied for each source.
        for bound in sorted(bounds):
            while index < len(addresses) and addresses[index][0] < bound:
                place = addresses[index][1]
                below[place >> 3] |= 1 << (place & 7)
                index += 1
            for number, (run, starts) in enumerate(divided):
                count = run.count_below(bound)
                # Of each run, the bits from the last count to this one: the places never overlap.
                several |= (starts << count) - (starts << counts[number])
                counts[number] = count
            self._prefix[bound] = int.from_bytes(below, "little") | several

    def _by_address(self) -> tuple[list[tuple[int, int]], list[tuple[EndpointRun, int]]]:
        """The places of single addresses, ascending; each divided run, and where such ones start.

        Runs that are divided alike are listed once.
        """
        alike: dict[object, tuple[EndpointRun, list[int]]] = {}
        addresses: list[tuple[int, int]] = []
        for place, run in self.runs:
            if len(run) == 1:
                addresses.append((run.low(0), place))
            else:
                alike.setdefault(run.shape, (run, []))[1].append(place)
        return sorted(addresses), [(run, bits_at(places)) for run, places in alike.values()]

    def _within(self, addresses: Intervals) -> int:
        bits = 0
        for low, high in addresses:
            # The sources below the end, without those below the start.
            bits |= self._prefix[high + 1] ^ self._prefix[low]
        return bits

    # Security groups

    def _group_in(self, name: str) -> list[tuple[Stretch, int, int]]:
        """For each stretch of an inbound rule: the sources by address, and by group."""
        if name in self._inbound:
            return self._inbound[name]
        group = self.net.groups.get(name)
        rules = group.inbound if group else StopReason.of("security-group-not-recorded", name)
        merged: dict[Stretch, tuple[int, int]] = {}
        if isinstance(rules, StopReason):
            if self.doubtful:
                merged[self.atoms.everything] = (self.every_bit, 0)
            rules = ()
        for rule in rules:
            by_address = self._within(rule.peers.family(self.family))
            if rule.vague and self.doubtful:
                by_address = self.every_bit
            by_group = self._members(rule)
            for stretch in self.atoms.asked(rule.traffic):
                old = merged.get(stretch, (0, 0))
                merged[stretch] = old[0] | by_address, old[1] | by_group
        self._inbound[name] = [(stretch, *bits) for stretch, bits in merged.items()]
        return self._inbound[name]

    def _members(self, rule: GroupRule) -> int:
        bits = 0
        for name in rule.groups:
            bits |= self._of_group.get(name, 0)
        return bits | self._loose if rule.groups and self.doubtful else bits

    def inbound_parts(
        self, ends: Iterable[Endpoint], referred: int, within: int
    ) -> dict[Stretch, int]:
        """What the groups of the endpoints admit, as sources by stretch of traffic."""
        admitted: dict[Stretch, int] = {}
        everything = self.atoms.everything
        names: set[str] = set()
        behind_nat: set[str] = set()
        for end in ends:
            if end.unfiltered or (isinstance(end.groups, StopReason) and self.doubtful):
                admitted[everything] = within
            elif not isinstance(end.groups, StopReason):
                (behind_nat if end.is_embedded else names).update(end.groups)
        for name in behind_nat:
            admitted.update(dict.fromkeys(self._from_anybody(name), within))
        for name in names:
            for stretch, by_address, by_group in self._group_in(name):
                bits = (by_address | by_group & referred) & within
                if bits:
                    admitted[stretch] = admitted.get(stretch, 0) | bits
        return admitted

    def _from_anybody(self, name: str) -> Iterator[Stretch]:
        """What a group may admit from a NAT gateway that is not known."""
        group = self.net.groups.get(name)
        rules = group.inbound if group else None
        if not isinstance(rules, tuple):
            yield self.atoms.everything
            return
        for rule in rules:
            if rule.peers.v4 or rule.vague or rule.groups:
                yield from self.atoms.asked(rule.traffic)

    def _mask_from_anybody(self, name: str) -> int:
        mask = 0
        for low, high in self._from_anybody(name):
            mask |= (1 << high) - (1 << low)
        return mask

    def admitted_from(self, end: Endpoint, sender: Translation) -> int:
        """What the groups of an endpoint admit from a NAT, as a mask of traffic."""
        unfiltered = self.atoms.all if end.unfiltered else 0
        unknown = self.atoms.all if self.doubtful else 0
        if end.unfiltered or isinstance(end.groups, StopReason):
            return unfiltered or unknown
        if sender.family != end.packet_family:
            masks = (self._mask_from_anybody(name) for name in end.groups)
            return unknown & functools.reduce(operator.or_, masks, 0)
        mask = 0
        for name in end.groups:
            group = self.net.groups.get(name)
            rules = group.inbound if group else None
            if not isinstance(rules, tuple):
                mask |= unknown
                continue
            for rule in rules:
                if self._admits_sender(rule, sender):
                    mask |= self.atoms.mask(rule.traffic)
        return mask

    def _admits_sender(self, rule: GroupRule, sender: Translation) -> bool:
        if sender.address in rule.peers.family(sender.family):
            return True
        # Only NAT instances have groups, and no path through one is ever certain.
        names = rule.groups if isinstance(sender.groups, StopReason) else sender.groups
        return self.doubtful and bool(rule.vague or not rule.groups.isdisjoint(names))

    def _outbound_rules(self) -> list[tuple[GroupRule, int]]:
        """Each distinct outbound rule with the sources that have it."""
        merged: dict[object, tuple[GroupRule, int]] = {}
        for name, bits in self._of_group.items():
            group = self.net.groups.get(name)
            if group and not isinstance(group.outbound, StopReason):
                for rule in group.outbound:
                    key = rule.traffic, rule.peers, rule.groups, bool(rule.vague)
                    bearers = merged.get(key, (rule, 0))[1]
                    merged[key] = rule, bearers | bits
        return list(merged.values())

    def _free(self) -> int:
        """Sources that nothing is known to filter on their way out."""
        bits = _bits_of([placed for placed in self.runs if placed[1].undivided.unfiltered])
        if self.doubtful:
            bits |= self._loose
            for name, members in self._of_group.items():
                group = self.net.groups.get(name)
                if group is None or isinstance(group.outbound, StopReason):
                    bits |= members
        return bits

    @functools.cached_property
    def outbound(self) -> OutboundRules:
        """The outbound side, made ready once for all rows."""
        everything = self.atoms.everything
        base: dict[Stretch, int] = {everything: self._free()}
        narrow: list[tuple[Intervals, list[Stretch], int]] = []
        by_group: dict[str, list[tuple[Stretch, int]]] = {}
        span = (0, (1 << ADDRESS_BITS[self.family]) - 1)
        for rule, bits in self._outbound_rules():
            stretches = self.atoms.asked(rule.traffic)
            peers = rule.peers.family(self.family)
            if peers.spans == (span,) or (rule.vague and self.doubtful):
                for stretch in stretches:
                    base[stretch] = base.get(stretch, 0) | bits
            elif peers:
                narrow.append((peers, stretches, bits))
            for name in rule.groups:
                by_group.setdefault(name, []).extend((stretch, bits) for stretch in stretches)
        return OutboundRules.of(base, narrow, by_group)

    # The whole relation

    def rows(
        self, targets: Iterable[tuple[int, EndpointRun]] | None = None
    ) -> Iterator[tuple[int, Row]]:
        """What reaches each field and cell of destinations: (field, row).

        `targets` limits the destinations: runs with the places of their first bits.
        """
        groups: dict[tuple[int, int, int], list[int]] = {}
        starts = [source_field.low for source_field in self.fields]
        for place, run in self.runs if targets is None else sorted(targets, key=_place):
            number = bisect_right(starts, place) - 1
            for cell, stretch, nth in self._kinds(run):
                groups.setdefault((cell, stretch, number), []).append(place + nth)
        outbound = self.outbound
        # Sorted by cell, so that what routes and ACLs allow is computed once for each cell.
        last_cell, last_pair = -1, (-1, -1)
        routed = Routed()
        open_now: Steps = ([], [])
        allowed: Steps = ([], [])
        for key in sorted(groups):
            cell, stretch, number = key
            if cell != last_cell:
                last_cell, routed = cell, self._cells.reachable(self._cells.cells[cell])
                open_now = positions(routed.masks)
            places = groups[key]
            if (cell, stretch) != last_pair:
                last_pair = cell, stretch
                allowed = intersected(outbound.steps(stretch), open_now)
            yield number, Row(self, places, routed, open_now, outbound, allowed)

    def _kinds(self, run: EndpointRun) -> Iterable[tuple[int, int, int]]:
        """The cells and stretches of outbound rules of a run, each with its first endpoint.

        Further endpoints of it in the same are further parts of an address that is not known.
        """
        cells = self._cells.of(run)
        if len(run) == 1:
            return (
                (self._cells.first_alike(cells[0]).place, self.outbound.stretch(run.low(0)), 0),
            )
        key = id(cells), run.shape
        if key not in self._kinds_of_runs:
            kinds: dict[tuple[int, int], int] = {}
            for nth, cell in enumerate(cells):
                kind = self._cells.first_alike(cell).place, self.outbound.stretch(run.low(nth))
                kinds.setdefault(kind, nth)
            self._kinds_of_runs[key] = [(*kind, nth) for kind, nth in kinds.items()]
        return self._kinds_of_runs[key]

    def placed(self, runs: Iterable[EndpointRun]) -> Iterator[tuple[int, EndpointRun]]:
        """Those of the endpoints that have bits, each run with the place of its first bit."""
        for run in runs:
            for place, known in self._of_interface.get(run.undivided.interface_id, ()):
                low, high = max(run.first, known.first), min(run.stop, known.stop)
                if run.origin == known.origin and low < high:
                    stretch = known.stretch(low - known.first, high - known.first)
                    yield place + low - known.first, stretch

    def placed_of(self, interface_ids: Iterable[str]) -> list[tuple[int, EndpointRun]]:
        """All endpoints of the interfaces, each run with the place of its first bit."""
        return [placed for name in interface_ids for placed in self._of_interface.get(name, ())]

    def end(self, place: int) -> Endpoint:
        """The endpoint of a bit."""
        start, run = self.runs[bisect_right(self._starts, place) - 1]
        return run.endpoint(place - start)

    def first_source(self, bits: int) -> Endpoint:
        """The endpoint of the lowest of the bits."""
        return self.end((bits & -bits).bit_length() - 1)

    def present(self, bits: int) -> int:
        """The spare bits of the fields that have any of the bits."""
        # A field of only ones has every source bit set. Adding it to any set bit carries into
        # the spare bit above the field, and adding it to none does not: one addition answers
        # for all segments.
        return (bits + self.every_bit) & self._guards

    def interface_bits(self, places: Iterable[int]) -> int:
        """All bits of the interfaces at the places."""
        bits = 0
        for place in places:
            bits |= self.bits_of(self.end(place).interface_id)
        return bits

    def bits_of(self, interface_id: str) -> int:
        """All bits of an interface."""
        if interface_id not in self._own_bits:
            self._own_bits[interface_id] = _bits_of(self._of_interface.get(interface_id, ()))
        return self._own_bits[interface_id]


def _place(placed: tuple[int, EndpointRun]) -> int:
    return placed[0]


def _bits_of(placed: Iterable[tuple[int, EndpointRun]]) -> int:
    """The bits of the endpoints of runs."""
    single: list[int] = []
    bits = 0
    for place, run in placed:
        if len(run) == 1:
            single.append(place)
        else:
            bits |= ((1 << len(run)) - 1) << place
    return bits | bits_at(single)


@frozen(eq=False)
class Row:
    """Destinations alike but for their groups, and what reaches them."""

    bulk: Bulk
    places: list[int]
    routed: Routed
    passable: Steps
    outbound: OutboundRules
    allowed: Steps

    def likeness(self, place: int) -> object:
        """Equal for places that the same reaches: those with the same groups."""
        end = self.bulk.end(place)
        return place if end.unfiltered or isinstance(end.groups, StopReason) else end.groups

    def steps(
        self, only: int | None = None, within: int | None = None
    ) -> Iterator[tuple[int, int, int]]:
        """(first atom, end, sources) of what reaches any of them, or one of them."""
        bulk, inbound, outward = self.bulk, self.routed.inbound, self.routed.outbound
        bits = bulk.every_bit if within is None else within
        places = self.places if only is None else [only]
        ends = [bulk.end(place) for place in places]
        admitted = bulk.inbound_parts(ends, inbound, bits)
        if admitted:
            yield from met(steps_of(admitted), self.allowed)
        for end in ends if self.routed.translated else ():
            yield from self._translated(end, bits)
        for end in ends:
            names: Iterable[str] = ()
            if not isinstance(end.groups, StopReason):
                names = end.groups
            elif bulk.doubtful:
                names = self.outbound.by_group
            if names and self.outbound.by_group:
                extra = self._by_group(names, outward)
                if extra:
                    senders = functools.reduce(operator.or_, extra.values())
                    by_address = steps_of(bulk.inbound_parts([end], inbound, bits & senders))
                    referred = met(by_address, filled(steps_of(extra)))
                    yield from met(referred, self.passable)

    def _translated(self, end: Endpoint, within: int) -> Iterator[tuple[int, int, int]]:
        """What reaches one of them through NATs, which its groups see as the sender."""
        sending = self.outbound.steps(self.outbound.stretch(end.low))
        join = operator.or_ if self.bulk.doubtful else operator.and_
        for bits, mask, senders in self.routed.translated:
            masks = [self.bulk.admitted_from(end, sender) for sender in senders]
            admitted = functools.reduce(join, masks)
            stretches = runs(mask & admitted)
            yield from met([(low, high, bits & within) for low, high in stretches], sending)

    def _by_group(self, groups: Iterable[str], outward: int) -> dict[Stretch, int]:
        senders: dict[Stretch, int] = {}
        for name in groups:
            for stretch, bits in self.outbound.by_group.get(name, ()):
                if bits & outward:
                    senders[stretch] = senders.get(stretch, 0) | bits & outward
        return senders
