"""Sets of integers as sorted, disjoint spans: the base of address and port sets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from cloudpack_baseline.immutable import frozen

__all__ = ["EMPTY", "Intervals", "Span"]

Span: TypeAlias = tuple[int, int]
"""First and last member, both included."""


def _merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)


@frozen(repr=False, cache_hash=True)
class Intervals:
    """An immutable set of whole numbers.

    `spans` is canonical (sorted, disjoint, not adjacent), so equal sets are equal
    values. Build one with `of`, which puts any spans into that form.
    """

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Intervals:
        """The union of the spans; a span whose last is below its first is empty."""
        return cls(_merge(span for span in spans if span[0] <= span[1]))

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __len__(self) -> int:
        """How many numbers there are."""
        return sum(high - low + 1 for low, high in self.spans)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self.spans, (number, number))
        if place < len(self.spans) and self.spans[place][0] == number:
            return True
        return place > 0 and number <= self.spans[place - 1][1]

    def __or__(self, other: Intervals) -> Intervals:
        if not other.spans or self.spans == other.spans:
            return self
        if not self.spans:
            return other
        return Intervals(_merge(self.spans + other.spans))

    def __and__(self, other: Intervals) -> Intervals:
        mine, theirs = self.spans, other.spans
        common: list[Span] = []
        i = j = 0
        while i < len(mine) and j < len(theirs):
            low = max(mine[i][0], theirs[j][0])
            high = min(mine[i][1], theirs[j][1])
            if low <= high:
                common.append((low, high))
            if mine[i][1] < theirs[j][1]:
                i += 1
            else:
                j += 1
        return Intervals(tuple(common))

    def __sub__(self, other: Intervals) -> Intervals:
        if not self.spans or not other.spans:
            return self
        remaining: list[Span] = []
        place, theirs = 0, other.spans
        for first, high in self.spans:
            low = first
            while place < len(theirs) and theirs[place][1] < low:
                place += 1
            at = place
            while at < len(theirs) and theirs[at][0] <= high:
                if low < theirs[at][0]:
                    remaining.append((low, theirs[at][0] - 1))
                low = theirs[at][1] + 1
                at += 1
            if low <= high:
                remaining.append((low, high))
        return Intervals(tuple(remaining))

    def __le__(self, other: Intervals) -> bool:
        """Whether every number is in the other set."""
        return not (self - other)

    def overlaps(self, low: int, high: int) -> bool:
        """Whether any number from `low` to `high` is in the set."""
        place = bisect_right(self.spans, (high, high))
        if place < len(self.spans) and self.spans[place][0] == high:
            return True
        return place > 0 and self.spans[place - 1][1] >= low

    @property
    def first(self) -> int:
        """The smallest number.

        Raises:
            IndexError: the set is empty.
        """
        return self.spans[0][0]

    def __repr__(self) -> str:
        spans = (str(low) if low == high else f"{low}-{high}" for low, high in self.spans)
        return f"Intervals({', '.join(spans)})"


EMPTY = Intervals()
