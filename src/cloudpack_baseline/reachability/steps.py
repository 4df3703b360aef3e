"""Sources as bits, by stretch of traffic."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.atoms import Stretch, runs, steps_of
from cloudpack_baseline.reachability.intervals import Intervals

__all__ = ["OutboundRules", "Steps", "filled", "intersected", "met", "positions"]


Steps: TypeAlias = tuple[list[int], list[int]]
"""Bits by stretch of traffic: ascending first atoms, and the bits from there on."""


def positions(masks: dict[int, int]) -> Steps:
    """Masks of traffic with their sources, as sources by stretch: (starts, bits)."""
    toggles: dict[int, int] = {0: 0}
    for mask, bits in masks.items():
        for low, high in runs(mask):
            # Masks of different sources overlap in traffic but never in sources, so that
            # exclusive-or adds and removes their bits at the ends of each stretch.
            toggles[low] = toggles.get(low, 0) ^ bits
            toggles[high] = toggles.get(high, 0) ^ bits
    starts: list[int] = []
    values: list[int] = []
    now = 0
    for start in sorted(toggles):
        now ^= toggles[start]
        starts.append(start)
        values.append(now)
    return starts, values


def intersected(first: Steps, second: Steps) -> Steps:
    """The intersection of two lists of sources by stretch."""
    starts: list[int] = []
    values: list[int] = []
    i = j = 0
    while True:
        start = max(first[0][i], second[0][j])
        bits = first[1][i] & second[1][j]
        if not values or values[-1] != bits:
            starts.append(start)
            values.append(bits)
        ends = [
            side[0][at + 1] if at + 1 < len(side[0]) else None
            for side, at in ((first, i), (second, j))
        ]
        if ends[0] is not None and (ends[1] is None or ends[0] <= ends[1]):
            j += ends[0] == ends[1]
            i += 1
        elif ends[1] is not None:
            j += 1
        else:
            return starts, values


@frozen(eq=False)
class OutboundRules:
    """Outbound rules by the destination's address and groups."""

    base: dict[Stretch, int]
    cuts: list[int]
    rules: list[tuple[int, ...]]
    narrow: list[tuple[Intervals, list[Stretch], int]]
    by_group: dict[str, list[tuple[Stretch, int]]]
    memo: dict[tuple[int, ...], Steps] = field(factory=dict)

    @classmethod
    def of(
        cls,
        base: dict[Stretch, int],
        narrow: list[tuple[Intervals, list[Stretch], int]],
        by_group: dict[str, list[tuple[Stretch, int]]],
    ) -> OutboundRules:
        """The rules, indexed by the address of the destination.

        Args:
            base: the senders to every address, by stretch of traffic.
            narrow: the blocks of rules for some addresses, their traffic and their senders.
            by_group: the traffic and senders of rules that refer to a group.
        """
        cuts = sorted({edge for peers, _, _ in narrow for s, e in peers for edge in (s, e + 1)})
        rules: list[list[int]] = [[] for _ in range(len(cuts) + 1)]
        for number, (peers, _, _) in enumerate(narrow):
            for low, high in peers:
                for at in range(bisect_left(cuts, low) + 1, bisect_left(cuts, high + 1) + 1):
                    rules[at].append(number)
        return cls(base, cuts, [tuple(covering) for covering in rules], narrow, by_group)

    def stretch(self, address: int) -> int:
        """Which outbound rules cover the address, as a number."""
        return bisect_right(self.cuts, address)

    def steps(self, stretch: int) -> Steps:
        """Sources by stretch of traffic that may send to the addresses."""
        numbers = self.rules[stretch]
        if numbers not in self.memo:
            senders = dict(self.base)
            for number in numbers:
                _, stretches, bits = self.narrow[number]
                for covered in stretches:
                    senders[covered] = senders.get(covered, 0) | bits
            self.memo[numbers] = filled(steps_of(senders))
        return self.memo[numbers]


def filled(steps: Iterable[tuple[int, int, int]]) -> Steps:
    """Disjoint stretches as (starts, bits) from zero on, gaps with no bits."""
    starts, values = [0], [0]
    for low, high, bits in steps:
        if starts[-1] == low:
            values[-1] = bits
        else:
            starts.append(low)
            values.append(bits)
        starts.append(high)
        values.append(0)
    return starts, values


def met(steps: Iterable[tuple[int, int, int]], allowed: Steps) -> Iterator[tuple[int, int, int]]:
    """The intersection of disjoint stretches, as (first atom, end, bits), with steps."""
    starts, values = allowed
    last = len(starts) - 1
    for low, high, bits in steps:
        at = bisect_right(starts, low) - 1
        while True:
            end = starts[at + 1] if at < last else high
            remaining = bits & values[at]
            if remaining:
                yield max(low, starts[at]), min(high, end), remaining
            if end >= high:
                break
            at += 1
