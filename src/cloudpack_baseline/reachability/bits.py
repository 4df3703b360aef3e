"""Places as bits of an integer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["bits_at", "set_bits"]


def bits_at(places: Sequence[int]) -> int:
    """The places as bits."""
    # Bytes are set in place; an integer of 10,000 bits would be copied for each.
    bits = bytearray((max(places, default=0) >> 3) + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def set_bits(bits: int) -> Iterator[int]:
    """The places of the bits, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
