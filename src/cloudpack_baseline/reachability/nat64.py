"""NAT64: IPv4 addresses as IPv6 senders know them, in 64:ff9b::/96.

A NAT gateway translates what IPv6 senders send there to the IPv4 address in the last 32 bits
(RFC 6052; Amazon VPC User Guide, "DNS64 and NAT64"). An interface with an IPv4 address is
therefore an end of IPv6 connections, too, but never the start of one.
"""

from __future__ import annotations

from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import IPV4, IPV6, Family

__all__ = ["NAT64", "embedded", "embedded_set", "extracted", "in_family", "is_embedded"]

_PREFIX = 0x0064_FF9B << 96
_LAST_IPV4 = (1 << 32) - 1
NAT64 = (_PREFIX, _PREFIX | _LAST_IPV4)
"""The first and the last address of 64:ff9b::/96."""


def embedded(address: int) -> int:
    """An IPv4 address as IPv6 senders know it."""
    return _PREFIX | address


def embedded_set(addresses: Intervals) -> Intervals:
    """IPv4 addresses as IPv6 senders know them."""
    return Intervals(tuple((embedded(low), embedded(high)) for low, high in addresses))


def extracted(addresses: Intervals) -> Intervals:
    """The IPv4 addresses that IPv6 addresses stand for."""
    spans = addresses & Intervals((NAT64,))
    return Intervals(tuple((in_family(low, IPV4), in_family(high, IPV4)) for low, high in spans))


def is_embedded(family: Family, address: int) -> bool:
    """Whether an address stands for an IPv4 address."""
    return family == IPV6 and NAT64[0] <= address <= NAT64[1]


def in_family(address: int, family: Family) -> int:
    """An address as packets of the family have it: IPv4 packets do not have the prefix."""
    return address & _LAST_IPV4 if family == IPV4 else address
