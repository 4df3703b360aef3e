"""Addresses as integers on one line: IPv4 first, IPv6 after it; networks as closed intervals."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "LAST",
    "V6",
    "Interval",
    "address_text",
    "networks_text",
    "parse_network",
    "prefix_length",
    "union",
]

Interval = tuple[int, int]

V6: Final = 1 << 32
"""Where IPv6 begins on the line."""

LAST: Final = V6 + (1 << 128) - 1
"""The last address of the line."""

_OCTET: Final = 255
_OCTETS: Final = {str(number): number for number in range(_OCTET + 1)}
"""The octets as they are written: no leading zeros, no other digits."""
_GROUP: Final = 0xFFFF
_V4_BITS: Final = 32
_V6_BITS: Final = 128
_LONGEST: Final = 64


def _v4(text: str) -> int | None:
    octets = text.split(".")
    if len(octets) != 4:  # noqa: PLR2004 - an IPv4 address has four octets
        return None
    number = 0
    for octet_text in octets:
        octet = _OCTETS.get(octet_text)
        if octet is None:
            return None
        number = number << 8 | octet
    return number


def _v6(text: str) -> int:
    import ipaddress  # noqa: PLC0415 - slow to import, and most policies are IPv4 only

    if "%" in text:
        raise ValueError(f"a zone is no part of an address: {text}")
    return int(ipaddress.IPv6Address(text))


def prefix_length(interval: Interval) -> tuple[int, int]:
    """Family (4 or 6) and prefix length of an interval that is one network."""
    low, high = interval
    size = (high - low + 1).bit_length() - 1
    return (4, _V4_BITS - size) if low < V6 else (6, _V6_BITS - size)


@lru_cache(maxsize=8192)
def parse_network(text: str) -> Interval:
    """Parse a CIDR block or an address; host bits are ignored, as AWS does.

    Raises:
        ValueError: the string is neither.
    """
    if len(text) > _LONGEST:
        raise ValueError("too long for an address")
    address, slash, length = text.strip().partition("/")
    low = _v4(address)
    bits, base = (_V4_BITS, 0) if low is not None else (_V6_BITS, V6)
    if low is None:
        low = _v6(address)
    if slash and not (length.isascii() and length.isdigit()):
        raise ValueError(f"no prefix length: {text}")
    prefix = int(length) if slash else bits
    if prefix > bits:
        raise ValueError(f"prefix length beyond {bits}: {text}")
    size = 1 << (bits - prefix)
    low = low & ~(size - 1)
    return base + low, base + low + size - 1


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same addresses as disjoint intervals in ascending order; the families stay apart."""
    merged: list[Interval] = []
    for low, high in sorted(intervals):
        last = merged[-1][1] if merged else None
        # The last IPv4 address and the first of IPv6 are neighbours on the line only.
        if last is not None and low <= last + (last != V6 - 1):
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)


@lru_cache(maxsize=8192)
def address_text(number: int) -> str:
    """The address in its usual notation."""
    if number < V6:
        return ".".join(str(number >> shift & _OCTET) for shift in (24, 16, 8, 0))
    return _v6_text(number - V6)


def _v6_text(number: int) -> str:
    """As RFC 5952 has it, without dots: Python's own notation of mapped addresses changed."""
    groups = [f"{number >> shift & _GROUP:x}" for shift in range(112, -1, -16)]
    start, length = max(_zeros(groups), key=lambda run: run[1], default=(0, 0))
    if length < 2:  # noqa: PLR2004 - one group of zeros is written out
        return ":".join(groups)
    return ":".join(groups[:start]) + "::" + ":".join(groups[start + length :])


def _zeros(groups: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Each run of zero groups: where it starts, and how long it is."""
    start = 0
    for value, run in groupby(groups):
        length = len(list(run))
        if value == "0":
            yield start, length
        start += length


def networks_text(intervals: Sequence[Interval]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fewest CIDRs that cover exactly these addresses: IPv4 and IPv6, ascending."""
    cidrs: tuple[list[str], list[str]] = ([], [])
    for first, last in union(intervals):
        is_v6 = first >= V6
        bits, base = (_V6_BITS, V6) if is_v6 else (_V4_BITS, 0)
        low, high = first - base, last - base
        while low <= high:
            size = (low & -low).bit_length() - 1 if low else bits
            size = min(size, (high - low + 1).bit_length() - 1)
            cidrs[is_v6].append(f"{address_text(base + low)}/{bits - size}")
            low += 1 << size
    return tuple(cidrs[0]), tuple(cidrs[1])
