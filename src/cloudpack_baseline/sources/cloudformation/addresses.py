"""Addresses that AWS will choose, so that packets can be followed before they are known.

A chosen address stands for whatever AWS will choose: filters and routes that distinguish addresses
within a subnet are rare. A public address or a block of IPv6 that AWS provides is one that nobody
else's rules name, so that only references to it match.
"""

from __future__ import annotations

import ipaddress
from zlib import crc32

__all__ = ["nth_from_the_end", "provided_ipv6_block", "public_address"]

_PUBLIC = ipaddress.ip_network("198.18.0.0/15")
"""Reserved for benchmarks of networks (RFC 2544): no host on the internet has such an address."""
_IPV6 = ipaddress.ip_network("3fff::/20")
"""Reserved for documentation (RFC 9637)."""
_PROVIDED_LENGTH = 56
"""Amazon provides a /56 (Amazon VPC User Guide, "IPv6 VPC CIDR blocks")."""
_FIRST_FREE = 4
"""The first four addresses of a subnet are reserved (Amazon VPC User Guide, "Subnet CIDR
blocks"), and so is the last one of IPv4."""


def public_address(name: str) -> str:
    """The public IPv4 address of what has the name, such as an allocation ID."""
    return str(_PUBLIC[crc32(name.encode()) % _PUBLIC.num_addresses])


def provided_ipv6_block(vpc_id: str) -> str:
    """The IPv6 block that Amazon provides for the VPC."""
    blocks = 1 << (_PROVIDED_LENGTH - _IPV6.prefixlen)
    offset = crc32(vpc_id.encode()) % blocks
    first = int(_IPV6.network_address) + (offset << (_IPV6.max_prefixlen - _PROVIDED_LENGTH))
    return f"{ipaddress.ip_address(first)}/{_PROVIDED_LENGTH}"


def nth_from_the_end(block: str, place: int) -> str | None:
    """The usable address of a subnet that is so many places before its last one.

    Addresses that people choose themselves are mostly at the beginning of a subnet.

    Returns:
        The address; ``None`` if the subnet has no more.

    Raises:
        ValueError: it is no block.
    """
    network = ipaddress.ip_network(block, strict=False)
    has_broadcast = isinstance(network, ipaddress.IPv4Network)
    last = network.num_addresses - (2 if has_broadcast else 1)
    index = last - place
    return str(network[index]) if index >= _FIRST_FREE else None
