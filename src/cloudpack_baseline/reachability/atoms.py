"""Traffic as bit masks: one bit for all packets that no filter distinguishes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import Family
from cloudpack_baseline.reachability.traffic import (
    ALL_TRAFFIC,
    CLIENT_PORTS,
    ICMP,
    ICMPV6,
    TCP,
    UDP,
    TrafficSet,
    echo_types,
    of_family,
)

__all__ = ["Atoms", "Stretch", "runs", "steps_of"]

Stretch = tuple[int, int]
"""First atom, and the one after the last."""


def runs(mask: int) -> list[Stretch]:
    """The stretches of set bits, ascending."""
    stretches, changes, start = [], mask ^ (mask << 1), -1
    while changes:
        low = changes & -changes  # the lowest bit at which the mask changes
        place = low.bit_length() - 1
        if start < 0:
            start = place
        else:
            stretches.append((start, place))
            start = -1
        changes ^= low
    return stretches


def steps_of(bits_of: dict[Stretch, int]) -> list[tuple[int, int, int]]:
    """Overlapping stretches, each with bits, as disjoint ones with the union of the bits.

    Ascending, without gaps' zeros; a segment tree keeps it near n log n.
    """
    cuts = sorted({end for stretch in bits_of for end in stretch})
    if len(cuts) <= 2:  # noqa: PLR2004 - a single stretch
        return [(low, high, bits) for (low, high), bits in bits_of.items() if bits]
    index_of = {cut: index for index, cut in enumerate(cuts)}
    # A segment tree: the root is node 1, the leaves start at `size`. Each stretch is stored at
    # the few nodes that it covers exactly, and then handed down to the leaves.
    size = 1 << (len(cuts) - 2).bit_length()
    tree = [0] * (2 * size)
    for (low, high), bits in bits_of.items():
        low_node, high_node = index_of[low] + size, index_of[high] + size
        while low_node < high_node:
            if low_node & 1:
                tree[low_node] |= bits
                low_node += 1
            if high_node & 1:
                high_node -= 1
                tree[high_node] |= bits
            low_node >>= 1
            high_node >>= 1
    for node in range(1, size):
        if tree[node]:
            tree[2 * node] |= tree[node]
            tree[2 * node + 1] |= tree[node]
    return [
        (cuts[index], cuts[index + 1], tree[size + index])
        for index in range(len(cuts) - 1)
        if tree[size + index]
    ]


def _boundaries() -> Iterable[TrafficSet]:
    """What replies distinguish, beside the rules."""
    for protocol in (TCP, UDP):
        yield TrafficSet.span(protocol)
        yield TrafficSet.span(protocol, CLIENT_PORTS.first)
    for protocol in (ICMP, ICMPV6):
        yield TrafficSet.span(protocol)
        for request, answer in echo_types(protocol).items():
            yield TrafficSet.of(protocol, request)
            yield TrafficSet.of(protocol, answer, 0)


@frozen(eq=False)
class Atoms:
    """The atoms of a network's filters.

    Attributes:
        starts: the first kind of packet of each atom, ascending, and the end of all.
        focus: the only range that is evaluated; None for all. Outside of it, the masks of group
            rules are empty.
    """

    starts: tuple[int, ...]
    focus: Stretch | None = None
    _memo: dict[TrafficSet, int] = field(factory=dict, init=False, repr=False)
    _traffic: dict[int, TrafficSet] = field(factory=dict, init=False, repr=False)
    _replies: dict[int, int] = field(factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, sets: Iterable[TrafficSet]) -> Atoms:
        """Atoms that each of the sets is a union of."""
        cuts = {ALL_TRAFFIC.kinds.first, ALL_TRAFFIC.kinds.spans[-1][1] + 1}
        for traffic in {*sets, *_boundaries()}:
            for low, high in traffic.kinds:
                cuts |= {low, high + 1}
        # Protocols without ports are one atom each: AWS's filters know nothing finer.
        cuts.update(protocol * 65536 for protocol in range(1, 256) if protocol not in _PORTED)
        return cls(tuple(sorted(cuts)))

    def focused(self, kind: int) -> Atoms:
        """The same atoms, focused on the one that contains the kind of packet."""
        place = bisect_right(self.starts, kind) - 1
        return Atoms(self.starts, (place, place + 1))

    @property
    def everything(self) -> Stretch:
        """The range that is evaluated."""
        return self.focus or (0, len(self.starts) - 1)

    def asked(self, traffic: TrafficSet) -> list[Stretch]:
        """The set as ranges of atoms, limited to the focus."""
        if self.focus is None:
            return self.stretches(traffic)
        inside = traffic.kinds.overlaps(self.starts[self.focus[0]], self.starts[self.focus[0]])
        return [self.focus] if inside else []

    @property
    def all(self) -> int:
        """Every atom."""
        return (1 << (len(self.starts) - 1)) - 1

    def stretches(self, traffic: TrafficSet) -> list[Stretch]:
        """The set as stretches of atoms; it must be a union of atoms."""
        return [
            (bisect_left(self.starts, low), bisect_left(self.starts, high + 1))
            for low, high in traffic.kinds
        ]

    def mask(self, traffic: TrafficSet) -> int:
        """The set as a mask; it must be a union of atoms."""
        if traffic not in self._memo:
            self._memo[traffic] = sum(
                (1 << high) - (1 << low) for low, high in self.stretches(traffic)
            )
        return self._memo[traffic]

    def traffic(self, mask: int) -> TrafficSet:
        """The set of a mask."""
        if mask not in self._traffic:
            spans = ((self.starts[low], self.starts[high] - 1) for low, high in runs(mask))
            self._traffic[mask] = TrafficSet(Intervals.of(spans))
        return self._traffic[mask]

    def family(self, family: Family) -> int:
        """The traffic that exists in the family."""
        return self.mask(of_family(family))

    def repliable(self, replies: int) -> int:
        """The traffic that is answered if `replies` pass, or needs no answer."""
        if replies not in self._replies:
            # TCP and UDP need one client port, ICMP requests their reply; the rest, itself.
            answered = self.all
            for request, answers in self._asked():
                if not replies & answers:
                    answered &= ~request
            unported = self.mask(_UNPORTED)
            self._replies[replies] = answered & ~(unported & ~replies)
        return self._replies[replies]

    def _asked(self) -> Iterable[tuple[int, int]]:
        for protocol in (TCP, UDP):
            clients = TrafficSet.span(protocol, CLIENT_PORTS.first)
            yield self.mask(TrafficSet.span(protocol)), self.mask(clients)
        for protocol in (ICMP, ICMPV6):
            for request, answer in echo_types(protocol).items():
                answered = TrafficSet.of(protocol, answer, 0)
                yield self.mask(TrafficSet.of(protocol, request)), self.mask(answered)


_PORTED = (TCP, UDP, ICMP, ICMPV6)
_UNPORTED = ~TrafficSet.parse("tcp, udp, icmp, icmpv6")
