"""Axes: the values of one condition key, cut into the classes that no test tells apart.

Class 0 of every axis is the absence of the key. A test becomes two bit masks over the classes: what
it surely lets through and what it possibly does.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from attrs import define, field

from cloudpack_baseline.access.keys import Kind
from cloudpack_baseline.access.networks import LAST, V6, Interval, address_text, union
from cloudpack_baseline.access.patterns import Pattern, string_classes
from cloudpack_baseline.access.predicates import (
    AddressPredicate,
    BoolPredicate,
    NumberPredicate,
    StringPredicate,
    addresses_of,
    read_date,
    read_number,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cloudpack_baseline.access.keys import Key
    from cloudpack_baseline.access.policy import Operator
    from cloudpack_baseline.access.predicates import Predicate

__all__ = ["ABSENT", "Axis", "Masks", "build_axis"]

ABSENT: Final = 1
"""The mask of class 0."""

Masks = tuple[int, int]
"""What passes surely, and what passes possibly."""

_SET_LIMIT: Final = 1_000
_TLS: Final = ("1.3", "1.2", "1.1", "1.0")

_USUAL: Final = {
    "aws:referer": "https://example.com/",
    "aws:requestedregion": "us-east-1",
    "aws:sourceaccount": "210987654321",
    "aws:sourcearn": "arn:aws:sns:us-east-1:210987654321:topic",
    "aws:sourcevpc": "vpc-0fedcba9876543210",
    "aws:sourcevpce": "vpce-0fedcba9876543210",
    "aws:useragent": "curl/8.5.0",
    "aws:vpceaccount": "210987654321",
    "aws:principalorgid": "o-zyxwvutsrq",
    "object": "file.txt",
    "resource": "arn:aws:s3:::example/file.txt",
    "s3:prefix": "photos/",
}


@define(eq=False)
class Axis:
    """The classes of one key.

    ``samples`` holds one value a class, None first; ``some`` and ``every`` hold, for each test,
    the classes of which some value, or every value, passes (the same for single values).
    """

    name: str
    samples: list[object]
    some: dict[Predicate, Masks] = field(factory=dict)
    every: dict[Predicate, Masks] = field(factory=dict)
    spans: list[list[Interval]] = field(factory=list)

    @property
    def full(self) -> int:
        """All classes, absence included."""
        return (1 << len(self.samples)) - 1

    @property
    def present(self) -> int:
        """All classes but absence."""
        return self.full & ~ABSENT

    def where(self, predicate: Predicate) -> int:
        """The classes of which some value surely passes."""
        return self.some[predicate][0]

    def mask(self, operator: Operator, predicate: Predicate) -> Masks:
        """What a whole condition lets through."""
        if operator.quantifier == "forallvalues":
            return self._flip(self.some if operator.negated else self.every, operator, ABSENT,
                              predicate)  # fmt: skip
        if operator.quantifier == "foranyvalue":
            return self._flip(self.every if operator.negated else self.some, operator, 0, predicate)
        absent = ABSENT if operator.negated or operator.if_exists else 0
        return self._flip(self.some, operator, absent, predicate)

    def _flip(
        self, table: dict[Predicate, Masks], operator: Operator, absent: int, predicate: Predicate
    ) -> Masks:
        low, high = table[predicate]
        if operator.negated:
            low, high = self.present & ~high, self.present & ~low
        return low | absent, high | absent


def build_axis(key: Key, predicates: Iterable[Predicate]) -> Axis:
    """Cut the values of a key by all tests on it."""
    tests = list(dict.fromkeys(predicates))
    if key.kind is Kind.BOOL:
        words = ("true", "false") if key.id == "aws:securetransport" else ("false", "true")
        classes = [(word, _vector(tests, word, is_point=True)) for word in words]
        return _from_vectors(key.id, tests, classes)
    if key.kind is Kind.ADDRESS:
        return _addresses(key, tests, other=False)
    if key.kind in {Kind.NUMBER, Kind.DATE}:
        return _finite(key, tests, _numbers(key, tests))
    return _text(key, tests)


def text_axis(
    name: str,
    tests: Sequence[StringPredicate],
    *,
    empty: bool = True,
    several: bool = False,
    prefix: str = "",
) -> Axis:
    """Cut texts by string tests; only texts after the prefix count."""
    rows = [row for test in tests for row in (test.patterns, test.patterns + test.maybe)]
    classes = string_classes(rows, prefix=prefix, empty=empty)
    if classes is None:
        rows = [row for test in tests for row in _bounds(test)]
        anything = sum(2 << 2 * index for index in range(len(tests)))
        classes = string_classes(rows, prefix=prefix, empty=empty) or [("k", anything)]
    _usual(name, classes, rows)
    if several:
        return _sets(name, tests, classes)
    return _from_vectors(name, tests, classes)


def _bounds(test: StringPredicate) -> tuple[tuple[Pattern, ...], tuple[Pattern, ...]]:
    """Simple patterns that match no more, and no less, than the test: where it is too complex."""
    sure = tuple(p for p in test.patterns if p.exact is not None or p.head is not None)
    return sure, tuple(pattern.loosened() for pattern in test.patterns + test.maybe)


def _usual(name: str, classes: list[tuple[str, int]], rows: Sequence[Sequence[Pattern]]) -> None:
    """Let a familiar value stand for its class, so that witnesses read well."""
    text = _USUAL.get(name)
    if text is None:
        return
    vector = sum(1 << i for i, row in enumerate(rows) if any(p.matches(text) for p in row))
    for index, (_, other) in enumerate(classes):
        if other == vector:
            classes[index] = (text, vector)


def _from_vectors(
    name: str, tests: Sequence[Predicate], classes: Sequence[tuple[object, int]]
) -> Axis:
    """An axis from classes whose vectors hold two bits a test: surely, possibly."""
    axis = Axis(name, [None, *(sample for sample, _ in classes)])
    for index, test in enumerate(tests):
        low = high = 0
        for position, (_, vector) in enumerate(classes, 1):
            pair = vector >> 2 * index
            low |= (pair & 1) << position
            high |= (pair >> 1 & 1) << position
        axis.some[test] = axis.every[test] = (low, high)
    return axis


def _sets(name: str, tests: Sequence[Predicate], classes: Sequence[tuple[str, int]]) -> Axis:
    """The values of a multi-valued key: sets of texts, told apart by what some and all pass."""
    full = (1 << 2 * len(tests)) - 1
    found: dict[tuple[int, int], tuple[str, ...]] = {(0, full): ()}
    queue = [(0, full)]
    for some, every in queue:
        for word, vector in classes:
            reached = (some | vector, every & vector)
            if reached not in found:
                found[reached] = (*found[some, every], word)
                queue.append(reached)
        if len(found) > _SET_LIMIT:
            return _unknown_sets(name, tests, classes)
    axis = Axis(name, [None, *found.values()])
    for table, side in ((axis.some, 0), (axis.every, 1)):
        parts = [(sample, vectors[side]) for vectors, sample in found.items()]
        table.update(_from_vectors(name, tests, parts).some)
    return axis


def _unknown_sets(
    name: str, tests: Sequence[Predicate], classes: Sequence[tuple[str, int]]
) -> Axis:
    axis = Axis(name, [None, (classes[0][0],)])
    for test in tests:
        axis.some[test] = axis.every[test] = (0, 2)
    return axis


def _vector(tests: Sequence[Predicate], text: str, *, is_point: bool) -> int:
    vector = 0
    for index, test in enumerate(tests):
        low, high = test.verdict(text)
        if isinstance(test, StringPredicate) and not is_point:
            # Between two points nobody knows which notations a pattern with wildcards meets.
            loose = [p for p in test.patterns if p.exact is None and p.head != ""]
            low = any(p.head == "" for p in test.patterns)
            high = low or bool(loose) or bool(test.maybe)
        vector |= (low | high << 1) << 2 * index
    return vector


def _finite(key: Key, tests: Sequence[Predicate], points: Sequence[tuple[str, bool]]) -> Axis:
    """An axis whose classes are found by trying values."""
    found: dict[int, str] = {}
    for text, is_point in points:
        found.setdefault(_vector(tests, text, is_point=is_point), text)
    if key.id == "s3:tlsversion":
        kept = [(text, _vector(tests, text, is_point=True)) for text in _TLS]
        known = {vector for _, vector in kept}
        rest = [(text, vector) for vector, text in found.items() if vector not in known]
        classes = kept + rest
    else:
        classes = [(text, vector) for vector, text in found.items()]
    return _from_vectors(key.id, tests, classes)


def _numbers(key: Key, tests: Sequence[Predicate]) -> list[tuple[str, bool]]:
    """Every number that a test names, and one in every gap that holds a possible value."""
    read = read_date if key.kind is Kind.DATE else read_number
    points: set[Decimal] = {Decimal(text) for text in _TLS} if key.id == "s3:tlsversion" else set()
    for test in tests:
        if isinstance(test, NumberPredicate):
            points.update(test.numbers)
        elif isinstance(test, StringPredicate):
            texts = (pattern.exact for pattern in test.patterns)
            points.update(n for n in map(read, filter(None, texts)) if n is not None)
    ordered = sorted(points)
    if not ordered:
        return [("0", False)]
    # Exact whatever the number of digits, so that no midpoint is rounded onto a bound.
    digits = max(len(n.as_tuple().digits) + abs(n.adjusted()) for n in ordered)
    with localcontext(prec=2 * digits + 9):
        return _whole_numbers(ordered) if key.whole else _points_and_gaps(ordered)


def _points_and_gaps(ordered: list[Decimal]) -> list[tuple[str, bool]]:
    gaps = [ordered[0] - 1, *((low + high) / 2 for low, high in pairwise(ordered)), ordered[-1] + 1]
    return [(_plain(n), True) for n in ordered] + [(_plain(n), False) for n in gaps]


def _whole_numbers(ordered: list[Decimal]) -> list[tuple[str, bool]]:
    points = [n for n in ordered if n >= 0 and n == n.to_integral_value()]
    found = [(_plain(n), True) for n in points]
    taken = set(points)
    for bound in (Decimal(-1), *ordered):
        after = bound.to_integral_value(rounding="ROUND_FLOOR") + 1
        if after >= 0 and after not in taken:
            taken.add(after)
            found.append((_plain(after), False))
    return found


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _text(key: Key, tests: Sequence[Predicate]) -> Axis:
    kinds = {type(test) for test in tests}
    if kinds == {NumberPredicate}:
        plain = [(text, point) for text, point in _numbers(key, tests)]
        return _finite(key, tests, [*plain, ("word", True)])
    if kinds == {AddressPredicate}:
        return _addresses(key, tests, other=True)
    strings = {test: _as_string(test) for test in tests}
    axis = text_axis(key.id, list(dict.fromkeys(strings.values())), several=key.several)
    for test, string in strings.items():
        axis.some[test] = axis.some[string]
        axis.every[test] = axis.every[string]
    return axis


def _as_string(test: Predicate) -> StringPredicate:
    if isinstance(test, StringPredicate):
        return test
    if isinstance(test, BoolPredicate):
        return test.as_string()
    return StringPredicate((), (Pattern((1,)),))


def _spans_of(test: Predicate) -> tuple[Sequence[Interval], Sequence[Interval]]:
    everywhere = ((0, LAST),)
    if isinstance(test, AddressPredicate):
        return test.intervals, everywhere if test.unsure else test.intervals
    if not isinstance(test, StringPredicate):
        return (), everywhere
    sure: list[Interval] = []
    open_ended = bool(test.maybe)
    for pattern in test.patterns:
        found = addresses_of(pattern)
        open_ended |= found is None
        sure.extend(found or ())
    disjoint = union(sure)
    return disjoint, everywhere if open_ended else disjoint


def _addresses(key: Key, tests: Sequence[Predicate], *, other: bool) -> Axis:
    """Cut the line of addresses at every bound; equal stretches are one class."""
    spans = [_spans_of(test) for test in tests]
    # At each bound, the bits of the tests that begin or end there.
    turns = {0: 0, V6: 0}
    for index, (sure, possible) in enumerate(spans):
        sides = ((sure, 3),) if sure is possible else ((sure, 1), (possible, 2))
        for intervals, bits in sides:
            turn = bits << 2 * index
            for low, high in intervals:
                turns[low] = turns.get(low, 0) ^ turn
                turns[high + 1] = turns.get(high + 1, 0) ^ turn
    turns.pop(LAST + 1, None)
    starts = sorted(turns)
    vector = 0
    found: dict[int, list[Interval]] = {}
    for start, following in pairwise([*starts, LAST + 1]):
        vector ^= turns[start]
        found.setdefault(vector, []).append((start, following - 1))
    classes = [(_sample(stretches), vector) for vector, stretches in found.items()]
    groups = list(found.values())
    if other:
        unsure = sum((2 if high and high[-1][1] == LAST else 0) << 2 * i for i, (_, high) in
                     enumerate(spans))  # fmt: skip
        classes.append(("word", unsure))
        groups.append([])
    axis = _from_vectors(key.id, tests, classes)
    axis.spans = [[], *groups]
    return axis


_EXAMPLE: Final = 8 << 24 | 8 << 16 | 8 << 8 | 8


def _sample(stretches: Sequence[Interval]) -> str:
    """An address of the class, a usual one where there is a choice."""
    for low, high in stretches:
        if low <= _EXAMPLE <= high:
            return address_text(_EXAMPLE)
    return address_text(stretches[0][0])
