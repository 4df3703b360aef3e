"""Places as bits of an integer."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["bits_at"]


def bits_at(places: Sequence[int]) -> int:
    """The places as bits."""
    # Bytes are set in place; an integer of 10,000 bits would be copied for each.
    bits = bytearray((max(places, default=0) >> 3) + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")
