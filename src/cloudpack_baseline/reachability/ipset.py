"""Sets of IPv4 and IPv6 addresses."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.intervals import EMPTY, Intervals, Span

__all__ = [
    "ADDRESS_BITS",
    "FAMILIES",
    "INTERNET",
    "IPV4",
    "IPV6",
    "PRIVATE_IPV4",
    "Family",
    "IpSet",
    "address_text",
    "block_text",
    "parse_address",
    "parse_block",
]

Family: TypeAlias = Literal[4, 6]
"""The version of IP; the two never meet."""

IPV4: Final = 4
IPV6: Final = 6
FAMILIES: tuple[Family, ...] = (IPV4, IPV6)
ADDRESS_BITS: dict[Family, int] = {IPV4: 32, IPV6: 128}


# Networks repeat the same few thousand blocks; parsing is most of the time of loading one.
@functools.lru_cache(maxsize=65536)
def parse_block(text: str) -> tuple[Family, Span]:
    """A CIDR block, or an address as a block of one; host bits are cleared, as AWS does.

    Raises:
        ValueError: it is neither.
    """
    if ":" not in text and text.count(".") == 3:  # noqa: PLR2004 - three dots of IPv4
        address, _, length = text.partition("/")
        octets = address.split(".")
        if all(octet.isascii() and octet.isdigit() and int(octet) <= 255 for octet in octets):  # noqa: PLR2004 - one octet
            number, bits = int.from_bytes(map(int, octets)), ADDRESS_BITS[IPV4]
            if (not length and "/" not in text) or (length.isdigit() and int(length) <= bits):
                size = 1 << (bits - int(length or bits))
                low = number - number % size
                return IPV4, (low, low + size - 1)
    network = ipaddress.ip_network(text, strict=False)
    family: Family = IPV4 if network.version == IPV4 else IPV6
    return family, (int(network.network_address), int(network.broadcast_address))


def parse_address(text: str) -> tuple[Family, int]:
    """One address as family and number.

    Raises:
        ValueError: not an address.
    """
    family, (low, high) = parse_block(text)
    if low != high:
        raise ValueError(f"{text!r} is a block, not one address")
    return family, low


def address_text(family: Family, number: int) -> str:
    """The address as people write it."""
    if family == IPV4:
        return ".".join(str(octet) for octet in number.to_bytes(4))
    return str(ipaddress.IPv6Address(number))


def block_text(family: Family, low: int, length: int) -> str:
    """The CIDR block that starts at `low`."""
    return f"{address_text(family, low)}/{length}"


def _blocks(family: Family, spans: Intervals) -> tuple[str, ...]:
    bits, blocks = ADDRESS_BITS[family], []
    for first, high in spans:
        low = first
        while low <= high:
            # The largest block that is aligned at `low` and ends within the span.
            free = (low & -low).bit_length() - 1 if low else bits
            free = min(free, (high - low + 1).bit_length() - 1)
            blocks.append(block_text(family, low, bits - free))
            low += 1 << free
    return tuple(blocks)


@frozen
class IpSet:
    """An immutable set of addresses, IPv4 and IPv6 apart."""

    v4: Intervals = EMPTY
    v6: Intervals = EMPTY

    @classmethod
    def parse(cls, blocks: Iterable[str]) -> IpSet:
        """The union of CIDR blocks and addresses.

        Raises:
            ValueError: one of them is neither.
        """
        spans: dict[Family, list[Span]] = {IPV4: [], IPV6: []}
        for text in blocks:
            family, span = parse_block(text)
            spans[family].append(span)
        return cls(Intervals.of(spans[IPV4]), Intervals.of(spans[IPV6]))

    @classmethod
    def everything(cls) -> IpSet:
        """Every address of both families."""
        return cls(Intervals(((0, (1 << 32) - 1),)), Intervals(((0, (1 << 128) - 1),)))

    @classmethod
    def one(cls, family: Family, spans: Intervals) -> IpSet:
        """The spans as addresses of one family."""
        return cls(v4=spans) if family == IPV4 else cls(v6=spans)

    def family(self, family: Family) -> Intervals:
        """The addresses of one family."""
        return self.v4 if family == IPV4 else self.v6

    def __bool__(self) -> bool:
        return bool(self.v4 or self.v6)

    def __contains__(self, address: str) -> bool:
        family, number = parse_address(address)
        return number in self.family(family)

    def __or__(self, other: IpSet) -> IpSet:
        return IpSet(self.v4 | other.v4, self.v6 | other.v6)

    def __and__(self, other: IpSet) -> IpSet:
        return IpSet(self.v4 & other.v4, self.v6 & other.v6)

    def __sub__(self, other: IpSet) -> IpSet:
        return IpSet(self.v4 - other.v4, self.v6 - other.v6)

    def __invert__(self) -> IpSet:
        return IpSet.everything() - self

    def __le__(self, other: IpSet) -> bool:
        """Whether every address is in the other set."""
        return not (self - other)

    @property
    def ipv4_blocks(self) -> tuple[str, ...]:
        """The IPv4 addresses as the shortest list of CIDR blocks, ascending."""
        return _blocks(IPV4, self.v4)

    @property
    def ipv6_blocks(self) -> tuple[str, ...]:
        """The IPv6 addresses as the shortest list of CIDR blocks, ascending."""
        return _blocks(IPV6, self.v6)

    def __str__(self) -> str:
        return ", ".join(self.ipv4_blocks + self.ipv6_blocks) or "nothing"


PRIVATE_IPV4 = IpSet.parse(
    [
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # RFC 1918
        "100.64.0.0/10",  # shared address space
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link local, instance metadata
        "172.16.0.0/12",  # RFC 1918
        "192.168.0.0/16",  # RFC 1918
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    ]
)
"""IPv4 addresses that no host on the internet has."""

INTERNET = IpSet(IpSet.everything().v4, IpSet.parse(["2000::/3"]).v6) - PRIVATE_IPV4
"""Addresses of hosts on the internet: IPv4 that is not private, IPv6 global unicast.

Documentation ranges count, because people use them in place of real ones.
"""
