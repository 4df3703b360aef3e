"""CIDR blocks and addresses: strings as AWS writes them, validated when they are read.

Code that reads records can rely on their format: an answer or a snapshot with another string is
malformed.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Annotated, TypeAlias

__all__ = ["CidrBlock", "IpAddress", "cidr_block", "ip_address"]

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}", re.ASCII)
_IPV4_BLOCK = re.compile(rf"{_IPV4.pattern}/(?:3[0-2]|[12]?\d)", re.ASCII)


@lru_cache(maxsize=65536)  # an account repeats few blocks often, and IPv6 is slow to parse
def cidr_block(text: str) -> str:
    """The string, which is a CIDR block; host bits may be set.

    Raises:
        ValueError: it is not one.
    """
    if _IPV4_BLOCK.fullmatch(text) is None:
        ipaddress.ip_network(text, strict=False)
    return text


@lru_cache(maxsize=65536)
def ip_address(text: str) -> str:
    """The text, which is an address.

    Raises:
        ValueError: it is not one.
    """
    if _IPV4.fullmatch(text) is None:
        ipaddress.ip_address(text)
    return text


CidrBlock: TypeAlias = Annotated[str, cidr_block]
IpAddress: TypeAlias = Annotated[str, ip_address]
