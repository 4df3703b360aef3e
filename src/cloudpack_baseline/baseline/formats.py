"""Formats of values in the baseline file: rules in annotations.

``Annotated[str, Format(...)]`` says which format a field has, so that one reader serves every
table. Each rule has `error`: what is wrong with a value, or ``""``; and `keywords`: as much of the
rule as JSON Schema can say.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping, Sized
from typing import Annotated, Any, Literal, Protocol, TypeAlias

from cloudpack_baseline._version import __version__
from cloudpack_baseline.baseline import _patterns
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.whitepaper import (
    PAPER,
    Catalogue,
    attested_promises,
    is_within,
    no_such,
    release,
)

__all__ = [
    "INTERNET",
    "AccountId",
    "AttestedPromise",
    "Between",
    "CatalogueVersion",
    "Catalogued",
    "Cidr",
    "ClauseNumber",
    "ControlId",
    "DeclaredName",
    "EndpointId",
    "Exposure",
    "Format",
    "KeyArn",
    "NetworkName",
    "NotEmpty",
    "ObjectAccess",
    "ObjectKeys",
    "OrganizationId",
    "PaperRelease",
    "Party",
    "Reference",
    "Region",
    "RegionOrEvery",
    "RoleArn",
    "SecurityGroupId",
    "SegmentName",
    "Service",
    "Sha256",
    "SubnetId",
    "Ticket",
    "ValueRule",
    "Words",
    "is_url",
]

INTERNET = "internet"
"""The name of every address that no segment or network holds; reserved."""


def is_url(text: str) -> bool:
    """Whether the text is a URL, and no name of a file."""
    return re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE) is not None


class ValueRule(Protocol):
    """A rule for a value of the right type."""

    def error(self, value: object, /) -> str:
        """What is wrong with the value; empty: nothing."""

    def keywords(self) -> Mapping[str, Any]:
        """The keywords of JSON Schema that accept whatever has no error."""


@frozen
class Format:
    """A regular expression that the whole text matches, and the words for it.

    JSON Schema has it too, so ECMA 262 has to read it as Python does: ``[0-9]`` for a digit.
    """

    pattern: str
    description: str

    def error(self, value: str) -> str:
        """``'x' is not DESCRIPTION`` where the text does not match."""
        matches = re.fullmatch(self.pattern, value)
        return "" if matches else f"{value!r} is not {self.description}"

    def keywords(self) -> Mapping[str, Any]:
        """``pattern``."""
        return {"pattern": f"^({self.pattern})$"}


@frozen
class Checked:
    """A function that says what is wrong with a string.

    Attributes:
        error: the function.
        pattern: a regular expression, found in every string that has no error.
    """

    error: Callable[[str], str]
    pattern: str

    def keywords(self) -> Mapping[str, Any]:
        """``pattern``."""
        return {"pattern": self.pattern}


@frozen
class ServiceName:
    """The name of a service, as `TrafficSet.parse` reads it."""

    def error(self, value: str) -> str:
        """What is wrong with it."""
        from cloudpack_baseline.reachability.traffic import TrafficSet  # noqa: PLC0415 - a run that does not need it starts sooner

        if not value.strip():
            return "must not be empty"
        try:
            TrafficSet.parse(value)
        except ValueError as error:
            return str(error)
        return ""

    def keywords(self) -> Mapping[str, Any]:
        """``anyOf``: editors complete the names."""
        from cloudpack_baseline.reachability.services import (  # noqa: PLC0415 - a run that does not need it starts sooner
            PROTOCOLS,
            SERVICES,
        )

        names = sorted({*SERVICES, *PROTOCOLS, "all", "none"})
        patterns = [{"pattern": pattern} for pattern in _patterns.SERVICES_IN_FULL]
        return {"anyOf": [{"enum": names}, *patterns]}


_LONGEST_NUMBER = 1000
"""In bits; nobody would read more."""


@frozen
class Between:
    """The bounds of a whole number, both included."""

    low: int
    high: int

    def error(self, value: int) -> str:
        """``expected LOW to HIGH`` where the number is out of bounds."""
        if self.low <= value <= self.high:
            return ""
        # Python writes no decimal of more than 4,300 digits, which hexadecimal TOML may hold.
        number = str(value) if value.bit_length() < _LONGEST_NUMBER else "a number that is too long"
        return f"expected {self.low} to {self.high}, got {number}"

    def keywords(self) -> Mapping[str, Any]:
        """``minimum`` and ``maximum``."""
        return {"minimum": self.low, "maximum": self.high}


@frozen
class NotEmpty:
    """At least one entry; `hint` says what the default means."""

    hint: str = ""

    def error(self, value: Sized) -> str:
        """``must name at least one`` where there is none."""
        return "" if value else "must name at least one" + (f"; {self.hint}" if self.hint else "")

    def keywords(self) -> Mapping[str, Any]:
        """``minItems``."""
        return {"minItems": 1}


@frozen
class Catalogued:
    """A control, clause or attested promise of the catalogue in force.

    Attributes:
        noun: which; a number above clauses is a clause, too.
    """

    noun: Literal["control", "clause", "attested promise"]

    def error(self, name: str, catalogue: Catalogue) -> str:
        """What is wrong with a name that the catalogue does not have; empty: nothing."""
        if self.noun == "control":
            return _unknown(self.noun, name, catalogue.controls)
        if self.noun == "attested promise":
            return _unknown(self.noun, name, attested_promises(catalogue))
        numbers = catalogue.clauses.keys()
        known = any(is_within(number, name) for number in numbers)
        return "" if known else no_such("clause", name, numbers)


def _unknown(noun: str, name: str, known: Iterable[str]) -> str:
    return "" if name in known else no_such(noun, name, known)


@frozen
class Reference:
    """A name that another table declares.

    Attributes:
        kinds: ``segment`` or ``network``: the tables that may declare it.
        reserved: further names that are allowed.
        hint: what to write in place of ``internet``.
    """

    kinds: tuple[str, ...]
    reserved: tuple[str, ...] = ()
    hint: str = ""

    def unknown_name(self, name: str, declared: Iterable[str]) -> str:
        """What is wrong with a name that is not declared; empty: nothing."""
        if name in self.reserved or name in declared:
            return ""
        if name == INTERNET and self.hint:
            return self.hint
        return no_such(" or ".join(self.kinds), name, (*declared, *self.reserved))


def _words_error(text: str) -> str:
    return "" if text.strip() else "must not be empty"


def _cidr_error(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        return str(error)
    length = text.partition("/")[2] or str(network.max_prefixlen)
    if ipaddress.ip_address(text.partition("/")[0]) != network.network_address:
        return f"{text} has host bits set; did you mean {network.network_address}/{length}?"
    return ""


def _reserved_error(text: str) -> str:
    return f"{INTERNET!r} is reserved for the Internet" if text == INTERNET else ""


def _version_error(text: str) -> str:
    if not re.fullmatch(r"\d{1,4}\.\d{1,4}", text, re.ASCII):
        return f"{text!r} is not a version such as '0.1'"
    if release(text) > release(__version__):
        return f"{text!r} is later than this version of the package, {__version__}"
    return ""


def _paper_error(text: str) -> str:
    if text == PAPER:
        return ""
    return f"this version knows release {PAPER} of the white paper, not {text!r}"


def _object_key_error(text: str) -> str:
    if not text.startswith("/"):
        return ""
    key = text.lstrip("/")
    return f"object keys do not begin with a slash: write {key!r}, or '?{key}' for a key that does"


Party: TypeAlias = Literal["aws", "cloudpack", "customer"]
Exposure: TypeAlias = Literal["private", "public", "networks", "accounts", "cloudfront"]
ObjectAccess: TypeAlias = Literal["read", "list", "write"]

_REGION = r"[a-z]{2,4}(-[a-z]+)+-[0-9]"
_REGION_WORDS = "a region such as 'ap-northeast-1'"

Words: TypeAlias = Annotated[str, Checked(_words_error, _patterns.WORDS)]
AccountId: TypeAlias = Annotated[str, Format(r"[0-9]{12}", "an account ID of 12 digits")]
Region: TypeAlias = Annotated[str, Format(_REGION, _REGION_WORDS)]
RegionOrEvery: TypeAlias = Annotated[str, Format(rf"\*|{_REGION}", _REGION_WORDS)]
RoleArn: TypeAlias = Annotated[
    str, Format(r"arn:[A-Za-z0-9_-]+:iam::[0-9]{12}:role/[^\n]+", "the ARN of a role")
]
KeyArn: TypeAlias = Annotated[
    str,
    Format(
        r"arn:[A-Za-z0-9_-]+:kms:[A-Za-z0-9_-]+:[0-9]{12}:(key|alias(?!/aws/))/[A-Za-z0-9_:/-]+",
        "the ARN of a customer managed key or of its alias",
    ),
]
SubnetId: TypeAlias = Annotated[str, Format(r"subnet-[0-9a-f]+", "a subnet ID")]
SecurityGroupId: TypeAlias = Annotated[str, Format(r"sg-[0-9a-f]+", "a security group ID")]
EndpointId: TypeAlias = Annotated[
    str, Format(r"vpce?-[0-9a-f]+", "the ID of a VPC endpoint or of a VPC")
]
OrganizationId: TypeAlias = Annotated[str, Format(r"o-[a-z0-9]{10,32}", "an organization ID")]
Ticket: TypeAlias = Annotated[
    str,
    Format(
        r"[A-Z][A-Z0-9_]*-[0-9]+|https?://[^ \t\n\r\f\v]+",
        "the key of a ticket such as 'OPS-123', or a URL",
    ),
]
AttestedPromise: TypeAlias = Annotated[str, Catalogued("attested promise")]
Sha256: TypeAlias = Annotated[
    str, Format(r"[0-9a-f]{64}", "a SHA-256 digest of 64 hexadecimal digits in lower case")
]
Cidr: TypeAlias = Annotated[str, Checked(_cidr_error, _patterns.CIDR)]
Service: TypeAlias = Annotated[str, ServiceName()]
DeclaredName: TypeAlias = Annotated[str, Checked(_reserved_error, _patterns.NOT_RESERVED)]
ClauseNumber: TypeAlias = Annotated[str, Catalogued("clause")]
ControlId: TypeAlias = Annotated[str, Catalogued("control")]
CatalogueVersion: TypeAlias = Annotated[str, Checked(_version_error, _patterns.VERSION)]
PaperRelease: TypeAlias = Annotated[str, Checked(_paper_error, f"^{re.escape(PAPER)}$")]
ObjectKeys: TypeAlias = Annotated[str, Checked(_object_key_error, _patterns.NO_SLASH)]
SegmentName: TypeAlias = Annotated[str, Reference(("segment",))]
NetworkName: TypeAlias = Annotated[str, Reference(("network",))]
