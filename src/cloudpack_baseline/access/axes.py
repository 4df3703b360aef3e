"""Axes: the values of one condition key, divided into classes that no test distinguishes.

Class 0 of every axis is the absence of the key. A test becomes two bit masks over the classes:
what it certainly matches and what it possibly matches.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from attrs import define, field

from cloudpack_baseline.access.keys import Kind
from cloudpack_baseline.access.networks import LAST, V6, Interval, address_text, union
from cloudpack_baseline.access.patterns import ANYTHING, STEPS, Pattern, string_classes
from cloudpack_baseline.access.predicates import (
    AddressPredicate,
    BoolPredicate,
    NumberPredicate,
    StringPredicate,
    addresses_of,
    read_date,
    read_number,
)
from cloudpack_baseline.immutable import frozen

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

Row = tuple[Pattern, ...]
"""Patterns of which one has to match."""

_OF_IDS: Final = "0123456789abcdef"
"""The characters with which IDs are made up that no test names."""
_SET_LIMIT: Final = 4_096
"""The maximum number of sets of values of a multi-valued key: all that 12 independent tests
distinguish."""
_TLS: Final = ("1.3", "1.2", "1.1", "1.0")
_ACCOUNT_DIGITS: Final = 12
_LAST_MOMENT: Final = 253_402_300_800
"""The year 10000."""

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

    ``samples`` contains one value for each class, None first; ``some_value`` and ``every_value``
    hold, for each test, the classes of which some value, or every value, passes (the same for
    single values).
    """

    name: str
    samples: list[object]
    some_value: dict[Predicate, Masks] = field(factory=dict)
    every_value: dict[Predicate, Masks] = field(factory=dict)
    spans: list[list[Interval]] = field(factory=list)

    @property
    def full(self) -> int:
        """All classes, absence included."""
        return (1 << len(self.samples)) - 1

    @property
    def present(self) -> int:
        """All classes but absence."""
        return self.full & ~ABSENT

    def spans_of(self, mask: int) -> list[Interval]:
        """The stretches of addresses of some classes."""
        return [span for i, group in enumerate(self.spans) if mask >> i & 1 for span in group]

    @property
    def named(self) -> frozenset[str]:
        """The values that some test names; their classes stand for nothing else."""
        return frozenset(
            pattern.exact
            for test in self.some_value
            if isinstance(test, StringPredicate)
            for pattern in test.patterns
            if pattern.exact is not None
        )

    def where(self, predicate: Predicate) -> int:
        """The classes of which some value surely passes."""
        return self.some_value[predicate][0]

    def mask(self, operator: Operator, predicate: Predicate) -> Masks:
        """What a whole condition matches."""
        if operator.quantifier == "forallvalues":
            return self._flip(
                self.some_value if operator.negated else self.every_value,
                operator,
                ABSENT,
                predicate,
            )
        if operator.quantifier == "foranyvalue":
            return self._flip(
                self.every_value if operator.negated else self.some_value, operator, 0, predicate
            )
        absent = ABSENT if operator.negated or operator.if_exists else 0
        return self._flip(self.some_value, operator, absent, predicate)

    def _flip(
        self, table: dict[Predicate, Masks], operator: Operator, absent: int, predicate: Predicate
    ) -> Masks:
        low, high = table[predicate]
        if operator.negated:
            low, high = self.present & ~high, self.present & ~low
        return low | absent, high | absent


def build_axis(key: Key, predicates: Iterable[Predicate], *, steps: int = STEPS) -> Axis:
    """Cut the values of a key by all tests on it; ``steps`` bounds the work on texts."""
    tests = list(dict.fromkeys(predicates))
    if key.kind is Kind.BOOL:
        words = ("true", "false") if key.id == "aws:securetransport" else ("false", "true")
        classes = [(word, _vector(tests, _Point(word))) for word in words]
        return _from_vectors(key.id, tests, classes)
    if key.kind is Kind.ADDRESS:
        return _addresses(key, tests, with_words=False)
    if key.kind in {Kind.NUMBER, Kind.DATE}:
        return _finite(key, tests, _numbers(key, tests))
    return _text(key, tests, steps)


def text_axis(  # noqa: PLR0913 - which texts there are, and how far to go
    name: str,
    tests: Sequence[StringPredicate],
    *,
    empty: bool = True,
    several: bool = False,
    prefix: str = "",
    alphabet: str | None = None,
    steps: int = STEPS,
) -> Axis:
    """Cut texts by string tests; only texts that continue the prefix by the alphabet count."""
    pairs = [(test.patterns, test.patterns + test.maybe) for test in tests]
    classes = _cut(pairs, prefix, empty=empty, alphabet=alphabet, steps=steps)
    if classes is None:
        pairs = [_bounds(test) for test in tests]
        anything = sum(2 << 2 * index for index in range(len(tests)))
        classes = _cut(pairs, prefix, empty=empty, alphabet=alphabet, steps=steps) or [
            ("k", anything)
        ]
    _usual(name, classes, [row for pair in pairs for row in pair])
    if several:
        return _sets(name, tests, classes)
    return _from_vectors(name, tests, classes)


def _cut(
    pairs: Sequence[tuple[Row, Row]], prefix: str, *, empty: bool, alphabet: str | None, steps: int
) -> list[tuple[str, int]] | None:
    """The classes of texts, with two bits a pair; equal rows are run but once."""
    place: dict[Row, int] = {}
    for pair in pairs:
        for row in pair:
            place.setdefault(row, len(place))
    classes = _classes_of(tuple(place), prefix, alphabet, steps, empty=empty)
    if classes is None:
        return None
    bits = [(place[sure], place[possible]) for sure, possible in pairs]
    return [
        (
            word,
            sum(
                (vector >> low & 1 | (vector >> high & 1) << 1) << 2 * index
                for index, (low, high) in enumerate(bits)
            ),
        )
        for word, vector in classes
    ]


@lru_cache(maxsize=64)
def _classes_of(
    rows: tuple[Row, ...], prefix: str, alphabet: str | None, steps: int, *, empty: bool
) -> list[tuple[str, int]] | None:
    """The classes of texts by the rows; several questions about a policy have the same rows."""
    return string_classes(rows, prefix=prefix, empty=empty, alphabet=alphabet, steps=steps)


def _bounds(test: StringPredicate) -> tuple[Row, Row]:
    """Simple patterns that match no more, and no less, than the test: where it is too complex."""
    sure = tuple(p for p in test.patterns if p.exact is not None or p.head is not None)
    return sure, tuple(pattern.loosened() for pattern in test.patterns + test.maybe)


def _usual(name: str, classes: list[tuple[str, int]], rows: Sequence[Sequence[Pattern]]) -> None:
    """Represent a class by a familiar value, so that witnesses are easy to read."""
    text = _USUAL.get(name)
    if text is None:
        return
    vector = sum(1 << i for i, row in enumerate(rows) if any(p.matches(text) for p in row))
    for index, (_, class_vector) in enumerate(classes):
        if class_vector == vector:
            classes[index] = (text, vector)


def _from_vectors(
    name: str, tests: Sequence[Predicate], classes: Sequence[tuple[object, int]]
) -> Axis:
    """An axis from classes whose vectors hold two bits a test: surely, possibly."""
    axis = Axis(name, [None, *(sample for sample, _ in classes)])
    for index, test in enumerate(tests):
        low = high = 0
        for position, (_, vector) in enumerate(classes, 1):
            # Two bits a test, and one bit a class: the table is transposed here.
            pair = vector >> 2 * index
            low |= (pair & 1) << position
            high |= (pair >> 1 & 1) << position
        axis.some_value[test] = axis.every_value[test] = (low, high)
    return axis


def _sets(name: str, tests: Sequence[Predicate], classes: Sequence[tuple[str, int]]) -> Axis:
    """The values of a multi-valued key: sets of strings, by what some and all values pass."""
    full = (1 << 2 * len(tests)) - 1
    value_sets: dict[tuple[int, int], tuple[str, ...]] = {(0, full): ()}
    queue = [(0, full)]
    for passed_by_some, passed_by_every in queue:
        for word, vector in classes:
            reached = (passed_by_some | vector, passed_by_every & vector)
            if reached not in value_sets:
                value_sets[reached] = (*value_sets[passed_by_some, passed_by_every], word)
                queue.append(reached)
        if len(value_sets) > _SET_LIMIT:
            return _unknown_sets(name, tests, classes)
    axis = Axis(name, [None, *value_sets.values()])
    for table, side in ((axis.some_value, 0), (axis.every_value, 1)):
        classes_of_sets = [(sample, vectors[side]) for vectors, sample in value_sets.items()]
        table.update(_from_vectors(name, tests, classes_of_sets).some_value)
    return axis


def _unknown_sets(
    name: str, tests: Sequence[Predicate], classes: Sequence[tuple[str, int]]
) -> Axis:
    axis = Axis(name, [None, (classes[0][0],)])
    for test in tests:
        axis.some_value[test] = axis.every_value[test] = (0, 2)
    return axis


@frozen
class _Point:
    """One value: ``text`` and its other notations, and the number that it is.

    ``alone`` is false for a value that stands for a whole gap of numbers, in which nobody knows
    which notations a pattern meets.
    """

    text: str
    number: Decimal | None = None
    notations: tuple[str, ...] = ()
    alone: bool = True


def _vector(tests: Sequence[Predicate], point: _Point) -> int:
    vector = 0
    for index, test in enumerate(tests):
        if isinstance(test, NumberPredicate):
            low = point.number is not None and test.accepts(point.number)
            high = low or test.unsure
        elif isinstance(test, StringPredicate) and not point.alone:
            low = ANYTHING in test.patterns
            loose = any(p.exact is None for p in test.patterns)
            high = low or loose or bool(test.maybe)
        else:
            verdicts = [test.verdict(text) for text in (point.text, *point.notations)]
            low, high = any(result for result, _ in verdicts), any(result for _, result in verdicts)
        vector |= (low | high << 1) << 2 * index
    return vector


def _finite(key: Key, tests: Sequence[Predicate], points: Iterable[_Point]) -> Axis:
    """An axis whose classes are found by trying values."""
    samples: dict[int, str] = {}
    classes: list[tuple[object, int]] = []
    for point in points:
        vector = _vector(tests, point)
        # Each version of TLS is identified by its name.
        if key.id == "s3:tlsversion" or vector not in samples:
            classes.append((point.text, vector))
        samples.setdefault(vector, point.text)
    return _from_vectors(key.id, tests, classes)


def _numbers(key: Key, tests: Sequence[Predicate]) -> list[_Point]:
    """Every number that a test names, and one in every gap that holds a possible value."""
    if key.id == "s3:tlsversion":
        return [_Point(text, Decimal(text)) for text in _TLS]
    make_point = _instant if key.kind is Kind.DATE else _number
    ordered = sorted(_named(key, tests))
    if not ordered:
        return [make_point(Decimal(0), alone=False)]
    # Exact whatever the number of digits, so that no midpoint is rounded onto a bound.
    digits = max(len(n.as_tuple().digits) + abs(n.adjusted()) for n in ordered)
    with localcontext(prec=2 * digits + 9):
        gaps = (
            _whole_gaps(ordered)
            if key.integral
            else _gaps(ordered, whole_numbers=key.kind is Kind.DATE)
        )
        possible = [
            n for n in ordered if not key.integral or (n >= 0 and n == n.to_integral_value())
        ]
        return [
            *(make_point(number, alone=True) for number in possible),
            *(make_point(number, alone=False) for number in gaps),
        ]


def _named(key: Key, tests: Iterable[Predicate]) -> set[Decimal]:
    read = read_date if key.kind is Kind.DATE else read_number
    numbers: set[Decimal] = set()
    for test in tests:
        if isinstance(test, NumberPredicate):
            numbers.update(test.numbers)
        elif isinstance(test, StringPredicate):
            # What a pattern begins with is a number that it surely meets.
            texts = (pattern.exact or pattern.head for pattern in test.patterns)
            numbers.update(n for n in map(read, filter(None, texts)) if n is not None)
    return numbers


def _gaps(ordered: list[Decimal], *, whole_numbers: bool) -> list[Decimal]:
    """A number below all, one between each two, one above all; whole ones where there are."""
    numbers = [ordered[0] - 1, ordered[-1] + 1]
    for low, high in pairwise(ordered):
        middle = (low + high) / 2
        floor = middle.to_integral_value(rounding="ROUND_FLOOR")
        numbers.append(floor if whole_numbers and floor > low else middle)
    return numbers


def _whole_gaps(ordered: list[Decimal]) -> list[Decimal]:
    numbers: list[Decimal] = []
    taken = set(ordered)
    for bound in (Decimal(-1), *ordered):
        after = bound.to_integral_value(rounding="ROUND_FLOOR") + 1
        if after >= 0 and after not in taken:
            taken.add(after)
            numbers.append(after)
    return numbers


def _number(number: Decimal, *, alone: bool) -> _Point:
    return _Point(f"{number:f}", number, (), alone)


def _instant(number: Decimal, *, alone: bool) -> _Point:
    """A moment, as aws:CurrentTime has it and as aws:EpochTime has it."""
    seconds = f"{number:f}"
    if number != number.to_integral_value() or not 0 <= number < _LAST_MOMENT:
        return _Point(seconds, number, (), alone)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(number))
    return _Point(f"{moment:%Y-%m-%dT%H:%M:%SZ}", number, (seconds,), alone)


def _text(key: Key, tests: Sequence[Predicate], steps: int) -> Axis:
    kinds = {type(test) for test in tests}
    if kinds == {AddressPredicate}:
        return _addresses(key, tests, with_words=True)
    if NumberPredicate in kinds and not key.several and all(map(_names_values, tests)):
        return _finite(key, tests, _words(key, tests))
    strings = {test: _of_key(key, _as_string(test)) for test in tests}
    axis = text_axis(
        key.id,
        list(dict.fromkeys(strings.values())),
        empty=not key.prefix,
        several=key.several,
        prefix=key.prefix,
        alphabet=_OF_IDS if key.prefix else None,
        steps=steps,
    )
    for test, string in strings.items():
        axis.some_value[test] = axis.some_value[string]
        axis.every_value[test] = axis.every_value[string]
    return axis


def _names_values(test: Predicate) -> bool:
    """Whether the test can be decided by trying the values that all tests name."""
    if isinstance(test, StringPredicate):
        return not test.maybe and all(pattern.exact is not None for pattern in test.patterns)
    return isinstance(test, (NumberPredicate, BoolPredicate))


def _words(key: Key, tests: Sequence[Predicate]) -> Iterable[_Point]:
    """Numbers in two notations each, the texts that tests name, and one that is neither."""
    texts: dict[str, None] = {}
    for point in _numbers(key, tests):
        texts[point.text] = None
        # The number of an account has but one notation.
        if len(point.text) != _ACCOUNT_DIGITS:
            texts[f"{point.text}{'0' if '.' in point.text else '.0'}"] = None
    for test in tests:
        if isinstance(test, StringPredicate):
            texts |= dict.fromkeys(pattern.text for pattern in test.patterns)
        elif isinstance(test, BoolPredicate):
            texts |= dict.fromkeys(form for word in test.words for form in (word, word.upper()))
    for text in (*texts, "word"):
        yield _Point(text, read_number(text))


def _as_string(test: Predicate) -> StringPredicate:
    if isinstance(test, StringPredicate):
        return test
    if isinstance(test, BoolPredicate):
        return test.as_string()
    return StringPredicate((), (Pattern((1,)),))


def _of_key(key: Key, test: StringPredicate) -> StringPredicate:
    """The test without literals that are no ids: StringEquals takes a star as it is."""
    if not key.prefix:
        return test
    with_values = (p for p in test.patterns if p.exact is None or key.has_value(p.exact))
    return StringPredicate(tuple(with_values), test.maybe)


def _spans_of(test: Predicate) -> tuple[Sequence[Interval], Sequence[Interval]]:
    everywhere = ((0, LAST),)
    if isinstance(test, AddressPredicate):
        return test.intervals, everywhere if test.unsure else test.intervals
    if not isinstance(test, StringPredicate):
        return (), everywhere
    sure: list[Interval] = []
    open_ended = bool(test.maybe)
    for pattern in test.patterns:
        intervals = addresses_of(pattern)
        open_ended |= intervals is None
        sure.extend(intervals or ())
    disjoint = union(sure)
    return disjoint, everywhere if open_ended else disjoint


def _addresses(key: Key, tests: Sequence[Predicate], *, with_words: bool) -> Axis:
    """Cut the line of addresses at every bound; equal stretches are one class."""
    spans = [_spans_of(test) for test in tests]
    # At each bound, the bits of the tests that begin or end there: as the line is walked, an
    # exclusive-or with them keeps the vector of all tests, whatever their number.
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
    stretches_by_vector: dict[int, list[Interval]] = {}
    for start, following in pairwise([*starts, LAST + 1]):
        vector ^= turns[start]
        stretches_by_vector.setdefault(vector, []).append((start, following - 1))
    classes = [(_sample(stretches), vector) for vector, stretches in stretches_by_vector.items()]
    groups = list(stretches_by_vector.values())
    if with_words:
        unsure = sum(
            (2 if high and high[-1][1] == LAST else 0) << 2 * i for i, (_, high) in enumerate(spans)
        )
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
