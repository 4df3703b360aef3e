"""Tests of one condition value, each with what it certainly and what it possibly accepts.

The two differ only where a value cannot be read (a date that is none) or depends on another free
value (``${aws:username}`` of an unnamed user).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from attrs import field

from cloudpack_baseline.access import patterns
from cloudpack_baseline.access.networks import LAST, V6, Interval, parse_network, union
from cloudpack_baseline.access.patterns import ANYTHING, Pattern, Segment
from cloudpack_baseline.access.policy import TEXT_FAMILIES
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cloudpack_baseline.access.policy import Operator

__all__ = [
    "AddressPredicate",
    "BoolPredicate",
    "NumberPredicate",
    "Predicate",
    "StringPredicate",
    "Value",
    "equal_to",
    "make_predicate",
    "not_before",
    "read_date",
    "read_number",
    "string_pattern",
]


@frozen
class Value:
    """A condition value with its variables replaced.

    ``open`` means that a free variable follows the segments, so that only this beginning is known.
    """

    segments: tuple[Segment, ...]
    open: bool = False

    @property
    def text(self) -> str:
        """The string itself."""
        return "".join(text for text, _ in self.segments)


@frozen(cache_hash=True)
class StringPredicate:
    """Some pattern matches; ``maybe`` are patterns that possibly do."""

    patterns: tuple[Pattern, ...]
    maybe: tuple[Pattern, ...] = ()

    def verdict(self, text: str) -> tuple[bool, bool]:
        """Surely, possibly."""
        if patterns.matches_any(self.patterns, text):
            return True, True
        return False, patterns.matches_any(self.maybe, text)


@frozen(cache_hash=True)
class NumberPredicate:
    """A comparison with a number matches (dates are seconds since 1970)."""

    relation: str
    numbers: tuple[Decimal, ...]
    is_date: bool = False
    unsure: bool = False

    def accepts(self, number: Decimal) -> bool:
        """Whether the number passes for sure."""
        match self.relation:
            case "equals":
                return any(number == bound for bound in self.numbers)
            case "less":
                return any(number < bound for bound in self.numbers)
            case "less-equal":
                return any(number <= bound for bound in self.numbers)
            case "greater":
                return any(number > bound for bound in self.numbers)
            case _:
                return any(number >= bound for bound in self.numbers)

    def verdict(self, text: str) -> tuple[bool, bool]:
        """Surely, possibly."""
        number = read_date(text) if self.is_date else read_number(text)
        sure = number is not None and self.accepts(number)
        return sure, sure or self.unsure


@frozen(cache_hash=True)
class AddressPredicate:
    """The address lies in one of the intervals."""

    intervals: tuple[Interval, ...]
    unsure: bool = False

    def verdict(self, text: str) -> tuple[bool, bool]:
        """Surely, possibly."""
        try:
            low, high = parse_network(text)
        except ValueError:
            return False, self.unsure
        sure = any(first <= low and high <= last for first, last in self.intervals)
        return sure, sure or self.unsure


@frozen(cache_hash=True)
class BoolPredicate:
    """The value is one of the words, in any case."""

    words: frozenset[str]
    unsure: bool = field(default=False)

    def verdict(self, text: str) -> tuple[bool, bool]:
        """Surely, possibly."""
        sure = text.lower() in self.words
        return sure, sure or self.unsure

    def as_string(self) -> StringPredicate:
        """The same test among texts."""
        sure = tuple(
            patterns.literal_text(((word, True),), fold=True) for word in sorted(self.words)
        )
        return StringPredicate(sure, (ANYTHING,) if self.unsure else ())


Predicate = StringPredicate | NumberPredicate | AddressPredicate | BoolPredicate

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_DATE: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?)?)?"
    r"(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_EPOCH_DIGITS: Final = 5


@lru_cache(maxsize=1024)
def read_number(text: str) -> Decimal | None:
    """The number that the text is, or None; exponents of more than two digits are not read."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=1024)
def read_date(text: str) -> Decimal | None:
    """Seconds since 1970 of a W3C date (``2024-04-01T00:00:00Z``) or of epoch seconds."""
    match = _DATE.fullmatch(text)
    if match is None or (text.isdigit() and len(text) >= _EPOCH_DIGITS):
        return read_number(text)
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        instant = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    # Whole days and seconds: datetime's float would round.
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = Decimal(since.days * 86400 + since.seconds) + Decimal(fraction or 0)
    if zone and zone != "Z":
        digits = zone[1:].replace(":", "")
        offset = int(digits[:2]) * 3600 + int(digits[2:]) * 60
        seconds -= offset if zone[0] == "+" else -offset
    return seconds


def string_pattern(operator: Operator, value: Value) -> tuple[Pattern | None, bool]:
    """The pattern of a string or ARN value, and whether it is certain; None matches nothing."""
    if value.open:
        if any(not plain and ("*" in text or "?" in text) for text, plain in value.segments):
            return ANYTHING, False
        tokens = tuple(value.text.lower() if operator.fold else value.text)
        return Pattern((*tokens, patterns.MANY), operator.fold), False
    if operator.family == "arn":
        return patterns.arn(value.segments), True
    if operator.relation == "like":
        return patterns.glob(value.segments, fold=operator.fold), True
    return patterns.literal_text(value.segments, fold=operator.fold), True


def make_predicate(operator: Operator, values: Iterable[Value]) -> Predicate:
    """The positive test of an operator: some of the values fits."""
    if operator.family in TEXT_FAMILIES:
        return _strings(operator, values)
    if operator.family == "bool":
        return _bools(tuple(values))
    texts = tuple(value.text for value in values)
    return _addresses(texts) if operator.family == "ip" else _numbers(operator, texts)


def _strings(operator: Operator, values: Iterable[Value]) -> StringPredicate:
    sure: list[Pattern] = []
    maybe: list[Pattern] = []
    for value in values:
        pattern, certain = string_pattern(operator, value)
        if pattern is not None:
            (sure if certain else maybe).append(pattern)
    return StringPredicate(tuple(sure), tuple(maybe))


def _bools(values: tuple[Value, ...]) -> BoolPredicate:
    sure = frozenset(value.text.lower() for value in values if not value.open)
    return BoolPredicate(sure, any(value.open for value in values))


def _addresses(texts: tuple[str, ...]) -> AddressPredicate:
    intervals: list[Interval] = []
    unsure = False
    for text in texts:
        try:
            intervals.append(parse_network(text))
        except ValueError:
            unsure = True
    return AddressPredicate(union(intervals), unsure)


def _numbers(operator: Operator, texts: tuple[str, ...]) -> NumberPredicate:
    is_date = operator.family == "date"
    read = [read_date(text) if is_date else read_number(text) for text in texts]
    numbers = tuple(number for number in read if number is not None)
    return NumberPredicate(operator.relation, numbers, is_date, len(numbers) < len(texts))


def equal_to(text: str) -> StringPredicate:
    """Exactly this text."""
    return StringPredicate((patterns.literal_text(((text, True),)),))


def addresses_of(pattern: Pattern) -> tuple[Interval, ...] | None:
    """The addresses whose notation the pattern matches, or None where that is not worked out."""
    if pattern.exact is not None:
        try:
            return (parse_network(pattern.exact),) if "/" not in pattern.exact else ()
        except ValueError:
            return ()
    if pattern == ANYTHING:
        return ((0, V6 - 1), (V6, LAST))
    old, new = _notations_v4(pattern), _notations_v6(pattern)
    return None if old is None or new is None else (*old, *new)


def not_before(moment: datetime) -> NumberPredicate:
    """This moment, or a later one."""
    seconds = Decimal(int(moment.timestamp()))
    return NumberPredicate("greater-equal", (seconds,), is_date=True)


_OCTETS: Final = 4
_MANY_INTERVALS: Final = 4_096
"""The maximum number of address ranges for a string pattern (``10.*.1.*`` means 256)."""
_LONGEST_V4: Final = len("255.255.255.255")


def _notations_v6(pattern: Pattern) -> tuple[Interval, ...] | None:
    """Only whether it has a colon is certain of the notation of an IPv6 address."""
    texts = {token for token in pattern.tokens if isinstance(token, str)}
    if texts - set("0123456789abcdefABCDEF:"):
        return ()
    return ((V6, LAST),) if pattern == Pattern((patterns.MANY, ":", patterns.MANY)) else None


@lru_cache(maxsize=1024)
def _notations_v4(pattern: Pattern) -> tuple[Interval, ...] | None:
    """The pattern run over all octets, one after the other; None where that gives too much."""
    texts = [token for token in pattern.tokens if isinstance(token, str)]
    if len(texts) > _LONGEST_V4 or set(texts) - set("0123456789."):
        return ()
    walk = patterns.Walk(pattern)
    known: dict[tuple[int, int], tuple[Interval, ...]] = {}

    def below(depth: int, state: int) -> tuple[Interval, ...]:
        """The numbers of the octets from a depth on, by which the pattern comes to its end."""
        if depth == _OCTETS:
            return ((0, 0),) if walk.ends(state) else ()
        intervals = known.get((depth, state))
        if intervals is None:
            size = 256 ** (_OCTETS - 1 - depth)
            dot = "" if depth == _OCTETS - 1 else "."
            intervals = known[depth, state] = union(
                (octet * size + low, octet * size + high)
                for octet in range(256)
                for low, high in below(depth + 1, walk.run(state, f"{octet}{dot}"))
            )
            if len(intervals) > _MANY_INTERVALS:
                raise _TooMany
        return intervals

    try:
        return below(0, walk.start)
    except _TooMany:
        return None


class _TooMany(Exception):  # noqa: N818 - no error: the caller falls back
    """More ranges of addresses than are worth distinguishing."""
