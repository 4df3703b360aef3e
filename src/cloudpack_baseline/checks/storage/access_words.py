"""What the access engine found, in words."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from cloudpack_baseline.access import Endpoints, ExcessAccess, Reach, Request, RequestWitness
from cloudpack_baseline.commands import request_command
from cloudpack_baseline.findings import Witness
from cloudpack_baseline.texts import Text, text

__all__ = [
    "actions",
    "few",
    "told_caller",
    "told_context",
    "told_request",
    "told_surplus",
    "told_witness",
]

_SHOWN = 6
"""So many names stand in a sentence; the rest is counted."""

_ORDINARY = frozenset(
    (
        ("aws:CurrentTime", "2026-01-01T00:00:00Z"),
        ("aws:PrincipalAccount", "anonymous"),
        ("aws:PrincipalType", "Anonymous"),
        ("aws:SecureTransport", "true"),
        ("aws:UserAgent", "curl/8.5.0"),
        ("aws:ViaAWSService", "false"),
        ("aws:userid", "anonymous"),
        ("s3:TlsVersion", "1.3"),
    )
)
"""Context of any unsigned request over TLS: nothing to look at."""

_TELLING = frozenset(("account", "service"))
_OF_PRINCIPALS = frozenset(
    (
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalType",
        "aws:username",
    )
)
"""What an ARN or the name of a service tells of who calls."""

_GIVEN = frozenset(("aws:RequestedRegion", "aws:ResourceAccount", "s3:ResourceAccount"))
"""Context that the place and time of the request give."""


def few(names: Sequence[str]) -> tuple[str | Text, ...]:
    """The first of the names, and how many more there are."""
    if len(names) <= _SHOWN:
        return tuple(names)
    return (*names[:_SHOWN], text("storage.more", number=len(names) - _SHOWN))


def told_surplus(one: ExcessAccess) -> dict[str, str | Text | tuple[str | Text, ...]]:
    """Who may do what, and from where, as parameters of a text."""
    return {
        "who": _who(one),
        "access": text(f"storage.{one.access}"),
        "actions": few(actions(one)),
        "where": _where(one.reach) if one.principal_kind == "anonymous" else _ANYWHERE,
    }


def actions(one: ExcessAccess) -> tuple[str, ...]:
    """The actions as IAM names them."""
    return tuple(f"s3:{name}" for name in one.actions)


_ANYWHERE = text("storage.from-anywhere")


def _who(one: ExcessAccess) -> Text:
    if one.principal_kind == "anonymous":
        return text("storage.anonymous")
    if one.principal_kind == "service":
        return _service(one)
    if one.principal == "*" and one.organizations:
        return text("storage.any-account-of", names=one.organizations)
    if one.principal == "*":
        return text("storage.any-account")
    return text(f"storage.{one.principal_kind}", name=one.principal)


def _service(one: ExcessAccess) -> Text:
    if one.principal == "*":
        return text("storage.any-service")
    if one.principal == _CLOUDFRONT and one.bound:
        return text("storage.cloudfront-undeclared")
    return text("storage.bound-service" if one.bound else "storage.service", name=one.principal)


_CLOUDFRONT = "cloudfront.amazonaws.com"


def _where(reach: Reach) -> Text:
    if reach.scope == "all":
        return text("storage.from-everywhere")
    endpoints = _endpoints(reach.endpoints)
    if reach.scope == "none":
        return text("storage.from-endpoints", endpoints=endpoints)
    networks = few((*reach.ipv4, *reach.ipv6))
    if reach.endpoints.scope == "none":
        return text("storage.from-networks", networks=networks)
    return text("storage.from-both", networks=networks, endpoints=endpoints)


def _endpoints(found: Endpoints) -> Text:
    if named := (*found.endpoints, *found.vpcs):
        return text("storage.named-endpoints", names=few(named))
    if excepted := (*found.but_endpoints, *found.but_vpcs):
        return text("storage.other-endpoints", names=few(excepted))
    return text("storage.some-endpoints" if found.scope == "some" else "storage.any-endpoint")


def told_witness(one: RequestWitness) -> Witness:
    """The request, what it carries, what lets it in, and a line that tries it."""
    told = told_request(one.request)
    source = "policy" if one.source == "policy" else "acl"
    let_in = text(f"storage.let-in-{source}", statement=one.statement)
    return evolve(told, steps=(*told.steps, let_in))


def told_caller(request: Request) -> str | Text:
    """Who sends the request."""
    unsigned = request.principal_kind == "anonymous"
    return text("storage.unsigned") if unsigned else request.principal


def told_request(request: Request) -> Witness:
    """The request, what it carries beyond what any request does, and a line that tries it."""
    return Witness(
        summary=text(
            "storage.request",
            principal=told_caller(request),
            action=request.action,
            resource=request.resource,
        ),
        steps=told_context(request),
        command=request_command(request),
    )


def _says_who(request: Request, key: str) -> bool:
    """Whether the principal's own name tells it already."""
    return request.principal_kind in _TELLING and key in _OF_PRINCIPALS


def told_context(request: Request) -> tuple[Text, ...]:
    """What the request carries, save for what any request does."""
    return tuple(
        text("storage.context", key=key, value=value if isinstance(value, str) else tuple(value))
        for key, value in request.context.items()
        if key not in _GIVEN and (key, value) not in _ORDINARY and not _says_who(request, key)
    )
