"""Regular expressions of the values that functions parse, for JSON Schema.

They accept whatever the functions accept, and little more: an expression cannot compare numbers, so
the host bits of a CIDR block and the order of a range stay for the functions. Python, ECMA 262 and
Rust read them alike: there are no flags, and no classes of characters but white space.
"""

from __future__ import annotations

__all__ = [
    "CIDR",
    "NOT_RESERVED",
    "NO_SLASH",
    "SERVICES_IN_FULL",
    "URL",
    "VERSION",
    "WORDS",
]

WORDS = r"\S"
NO_SLASH = "^([^/]|$)"
NOT_RESERVED = "^(?!internet$)"
VERSION = "^[0-9]{1,4}[.][0-9]{1,4}$"
URL = "^[A-Za-z][A-Za-z0-9+.-]*://"

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"({_OCTET}[.]){{3}}{_OCTET}"
_IPV6 = "[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f.]*){2,8}(%[^/%]+)?"
CIDR = (
    rf"^({_IPV4}(/(0*(3[0-2]|[12]?[0-9])|{_IPV4}))?|{_IPV6}(/0*(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?)$"
)

_BYTE = "0*(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_PORT = "0*(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[0-5]?[0-9]{1,4})"

SERVICES_IN_FULL = (
    f"^(tcp|udp)/{_PORT}(-{_PORT})?$",
    f"^icmp(v6)?/{_BYTE}(-{_BYTE}|/{_BYTE}(-{_BYTE})?)?$",
    # Numbers of protocols, capital letters, and several services in one string.
    r"^[0-9-]+$|^([0-9]+|all)/|[^a-z0-9/\s-]|\s\S|\S\s",
)
"""What `TrafficSet.parse` accepts in addition to the names."""
