"""Sets of traffic: protocols with ports, or with ICMP types and codes.

Every kind of packet is one number, protocol x 65536 + port (TCP, UDP), or
type x 256 + code (ICMP, ICMPv6), or 0 to 65535 alike where AWS filters know
nothing finer; a set of traffic is a set of those numbers.
"""

from __future__ import annotations

import difflib
import functools
import operator
import re
from collections.abc import Iterable, Iterator

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.intervals import EMPTY, Intervals, Span
from cloudpack_baseline.reachability.ipset import IPV4, IPV6, Family
from cloudpack_baseline.reachability.services import PROTOCOLS, SERVICES
from cloudpack_baseline.texts import Text, text

__all__ = [
    "ALL_TRAFFIC",
    "CLIENT_PORTS",
    "ICMP",
    "ICMPV6",
    "NO_TRAFFIC",
    "TCP",
    "UDP",
    "TrafficSet",
    "of_family",
    "protocol_number",
    "reply_space",
]

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
_PROTOCOLS = 256
"""The protocols of IP: their number is one byte."""
_SIZE = 65536
_LAST = _PROTOCOLS * _SIZE - 1
_ALL_BUT = "all but "
_FEW = 4
"""The number of pieces up to which traffic is never described by what it lacks."""
_NAMES = {number: name for name, number in PROTOCOLS.items()}

CLIENT_PORTS = Intervals(((1024, 65535),))
"""The ports that clients are assumed to send from."""

_ECHOES = {ICMP: {8: 0, 13: 14, 15: 16, 17: 18}, ICMPV6: {128: 129}}
"""ICMP requests and the type of their replies; other types have no reply."""


@functools.cache
def protocol_number(name: str) -> int | None:
    """The number of a protocol by name or number; None for all (``-1``, ``all``).

    Raises:
        ValueError: no such protocol.
    """
    text = name.strip().lower()
    if text in ("-1", "all"):
        return None
    if text.isascii() and text.isdigit() and int(text) < _PROTOCOLS:
        return int(text)
    if text in PROTOCOLS:
        return PROTOCOLS[text]
    near = difflib.get_close_matches(text, {**SERVICES, **PROTOCOLS}, n=2)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise ValueError(f"there is no service or protocol {name!r}{hint}")


@frozen(repr=False, order=False)
class TrafficSet:
    """An immutable set of traffic."""

    kinds: Intervals = EMPTY

    @classmethod
    def span(cls, protocol: int, low: int = 0, high: int = _SIZE - 1) -> TrafficSet:
        """A protocol with a range of ports (of type x 256 + code for ICMP)."""
        return cls(Intervals(((protocol * _SIZE + low, protocol * _SIZE + high),)))

    @classmethod
    def parse(cls, texts: str | Iterable[str]) -> TrafficSet:
        """Traffic by name.

        Each string is a service (``https``), a protocol (``udp``, ``icmp``, ``50``), a
        protocol with port or range (``tcp/443``, ``tcp/8000-8080``), an ICMP type
        (``icmp/8``) with or without code (``icmp/3/4``), or ``all``. One string may contain
        several, separated by commas; after ``all but`` they are what is excluded.

        Raises:
            ValueError: a string is none of these.
        """
        if not isinstance(texts, str):
            return functools.reduce(operator.or_, map(cls.parse, texts), NO_TRAFFIC)
        words = texts.strip().lower()
        if words.startswith(_ALL_BUT):
            return ALL_TRAFFIC - cls.parse(words.removeprefix(_ALL_BUT))
        pieces = map(_parsed, (piece.strip() for piece in words.split(",")))
        return functools.reduce(operator.or_, pieces, NO_TRAFFIC)

    @classmethod
    def of(
        cls, protocol: str | int, port: int | None = None, code: int | None = None
    ) -> TrafficSet:
        """One protocol, narrowed to a port, or to an ICMP type and perhaps a code.

        Raises:
            ValueError: no such protocol or port.
        """
        number = protocol_number(str(protocol))
        if number is None:
            return ALL_TRAFFIC
        if port is None or port < 0 or number not in (TCP, UDP, ICMP, ICMPV6):
            return cls.span(number)
        if number in (TCP, UDP):
            _within(port, _SIZE - 1)
            return cls.span(number, port, port)
        _within(port, 255)
        if code is None or code < 0:
            return cls.span(number, port * 256, port * 256 + 255)
        _within(code, 255)
        return cls.span(number, port * 256 + code, port * 256 + code)

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def __contains__(self, kind: int) -> bool:
        return kind in self.kinds

    def __or__(self, other: TrafficSet) -> TrafficSet:
        return TrafficSet(self.kinds | other.kinds)

    def __and__(self, other: TrafficSet) -> TrafficSet:
        return TrafficSet(self.kinds & other.kinds)

    def __sub__(self, other: TrafficSet) -> TrafficSet:
        return TrafficSet(self.kinds - other.kinds)

    def __invert__(self) -> TrafficSet:
        return ALL_TRAFFIC - self

    def __le__(self, other: TrafficSet) -> bool:
        """Whether all of it is in the other set."""
        return self.kinds <= other.kinds

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """(protocol, low, high) for each range of each protocol, ascending."""
        for first, last in self.kinds:
            for protocol in range(first // _SIZE, last // _SIZE + 1):
                low = max(first - protocol * _SIZE, 0)
                yield protocol, low, min(last - protocol * _SIZE, _SIZE - 1)

    def ports(self, protocol: int) -> Intervals:
        """The ports of TCP or UDP (type x 256 + code of ICMP) that are in it."""
        return Intervals(tuple((low, high) for number, low, high in self if number == protocol))

    def sample(self) -> tuple[int, int, int]:
        """The lowest kind of packet: protocol, port or ICMP type (0 without), ICMP code.

        Raises:
            IndexError: the set is empty.
        """
        protocol, number = divmod(self.kinds.first, _SIZE)
        return (
            (protocol, *divmod(number, 256))
            if protocol in (ICMP, ICMPV6)
            else (protocol, number, 0)
        )

    @property
    def pieces(self) -> tuple[str, ...]:
        """Its protocols with their ports, each as `parse` reads it."""
        return _pieces(self)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The pieces of all traffic that it does not contain, if they are fewer than its own.

        What exists only in the other family of IP is left out.
        """
        piece_count = len(self.pieces)
        if piece_count <= _FEW:
            return ()
        wholes = (
            ALL_TRAFFIC,
            *(family_traffic for family_traffic in _BY_FAMILY.values() if self <= family_traffic),
        )
        excluded = min(((family_traffic - self).pieces for family_traffic in wholes), key=len)
        return excluded if len(excluded) < piece_count else ()

    @property
    def is_all(self) -> bool:
        """Whether it is all the traffic of a family of IP at least."""
        return not (~self - of_family_gap(self))

    @property
    def text(self) -> str | Text:
        """The traffic in words."""
        if self.is_all or not self.kinds:
            return text(f"reachability.{'all' if self.kinds else 'none'}")
        if excluded := self.excluded:
            return text("reachability.all-but", traffic=", ".join(excluded))
        return ", ".join(self.pieces)

    def __str__(self) -> str:
        """As `parse` reads it: ``tcp/443, icmp/8``, ``all but tcp/22``, ``all`` or ``none``."""
        return self.text if isinstance(self.text, str) else self.text.in_language("en")

    def __repr__(self) -> str:
        return f"TrafficSet({self})"


def _within(number: int, last: int) -> None:
    if not 0 <= number <= last:
        raise ValueError(f"{number} is not between 0 and {last}")


NO_TRAFFIC = TrafficSet()
ALL_TRAFFIC = TrafficSet(Intervals(((0, _LAST),)))
_BY_FAMILY: dict[Family, TrafficSet] = {
    IPV4: ALL_TRAFFIC - TrafficSet.span(ICMPV6),
    IPV6: ALL_TRAFFIC - TrafficSet.span(ICMP),
}


def of_family(family: Family) -> TrafficSet:
    """The traffic that exists in the family: no ICMPv6 over IPv4, no ICMP over IPv6."""
    return _BY_FAMILY[family]


def of_family_gap(traffic: TrafficSet) -> TrafficSet:
    """What a set may lack and still be all the traffic of one family."""
    for kinds in _BY_FAMILY.values():
        if kinds <= traffic:
            return ~kinds
    return NO_TRAFFIC


@functools.lru_cache(maxsize=4096)
def _pieces(traffic: TrafficSet) -> tuple[str, ...]:
    return tuple(piece for run in _grouped(traffic) for piece in _texts(*run))


def _grouped(traffic: TrafficSet) -> Iterator[tuple[int, int, Span]]:
    """(first protocol, last protocol, range): runs of whole protocols in one piece."""
    run: tuple[int, int] | None = None
    for protocol, low, high in traffic:
        is_whole = (low, high) == (0, _SIZE - 1)
        plain = is_whole and protocol not in _NAMES
        if run and (not plain or protocol != run[1] + 1):
            yield (*run, (0, _SIZE - 1))
            run = None
        if plain:
            run = (run[0] if run else protocol, protocol)
        else:
            yield protocol, protocol, (low, high)
    if run:
        yield (*run, (0, _SIZE - 1))


def _texts(first: int, last: int, span: Span) -> Iterator[str]:
    name = _NAMES.get(first, str(first))
    low, high = span
    if first != last:
        yield f"{first}-{last}"
    elif span == (0, _SIZE - 1) or first not in (TCP, UDP, ICMP, ICMPV6):
        yield name
    elif first in (TCP, UDP):
        yield f"{name}/{low}" if low == high else f"{name}/{low}-{high}"
    else:
        yield from (f"{name}/{icmp_text}" for icmp_text in _icmp_texts(low, high))


def _icmp_texts(low: int, high: int) -> Iterator[str]:
    first, last = -(-low // 256), (high + 1) // 256 - 1
    if low // 256 == high // 256 and first > last:
        yield _codes(low, high)
        return
    if low < first * 256:
        yield _codes(low, first * 256 - 1)
    if first <= last:
        yield str(first) if first == last else f"{first}-{last}"
    if (last + 1) * 256 <= high:
        yield _codes((last + 1) * 256, high)


def _codes(low: int, high: int) -> str:
    """Some codes of one ICMP type."""
    codes = f"{low % 256}" if low == high else f"{low % 256}-{high % 256}"
    return f"{low // 256}/{codes}"


_FORM = re.compile(r"([a-z0-9]+)(?:/(\d+)(?:-(\d+))?(?:/(\d+)(?:-(\d+))?)?)?")
_NUMBERS = re.compile(r"(\d+)-(\d+)")


@functools.lru_cache(maxsize=4096)
def _parsed(text: str) -> TrafficSet:
    if text in ("all", "-1"):
        return ALL_TRAFFIC
    if text in ("", "none"):
        return NO_TRAFFIC
    if text in SERVICES:
        return TrafficSet.parse(SERVICES[text])
    if numbers := _NUMBERS.fullmatch(text):
        return _whole_protocols(text, int(numbers[1]), int(numbers[2]))
    match = _FORM.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is neither a service nor a protocol with ports")
    return _ranged(text, match)


def _whole_protocols(text: str, first: int, last: int) -> TrafficSet:
    if not first <= last < _PROTOCOLS:
        raise ValueError(f"{text!r} is not a range of protocols")
    return TrafficSet(Intervals(((first * _SIZE, (last + 1) * _SIZE - 1),)))


def _ranged(text: str, match: re.Match[str]) -> TrafficSet:
    protocol = protocol_number(match[1])
    low, high, code, last_code = (
        int(number) if number is not None else None for number in match.groups()[1:]
    )
    if protocol is None or low is None:
        return TrafficSet.of(match[1])
    if protocol not in (TCP, UDP, ICMP, ICMPV6):
        raise ValueError(f"{text!r}: {match[1]} has no ports")
    icmp = protocol in (ICMP, ICMPV6)
    if code is not None and (not icmp or high is not None):
        raise ValueError(f"{text!r}: only one ICMP type has a code")
    if high is None and last_code is None:
        return TrafficSet.of(protocol, low, code)
    if (high is not None and high < low) or (last_code is not None and last_code < (code or 0)):
        raise ValueError(f"{text!r}: the range ends before it starts")
    last = low if high is None else high
    ends = TrafficSet.of(protocol, low, code) | TrafficSet.of(protocol, last, last_code)
    return TrafficSet(Intervals(((ends.kinds.first, ends.kinds.spans[-1][1]),)))


def reply_space(kind: int) -> Span | None:
    """The kinds of packets that a reply may be; None if none is sent.

    A TCP or UDP reply goes to the client port; an ICMP request is answered with its own reply type;
    other protocols answer with the same protocol.
    """
    protocol, number = divmod(kind, _SIZE)
    base = protocol * _SIZE
    if protocol in (TCP, UDP):
        return base + CLIENT_PORTS.first, base + _SIZE - 1
    if protocol in _ECHOES:
        answer = _ECHOES[protocol].get(number // 256)
        return None if answer is None else (base + answer * 256, base + answer * 256)
    return base, base


def echo_types(protocol: int) -> dict[int, int]:
    """ICMP request types of the protocol and their reply types."""
    return _ECHOES.get(protocol, {})
