"""A request of the access engine in words: who sends it, with which condition keys."""

from __future__ import annotations

from cloudpack_baseline.access import Request
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.texts import Text, text

__all__ = ["describe_caller", "describe_context", "located"]

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

_NAMED_KINDS = frozenset(("account", "service"))
_PRINCIPAL_KEYS = frozenset(
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
"""What an ARN or the name of a service shows about the caller."""

_IMPLIED_KEYS = frozenset(("aws:RequestedRegion", "aws:ResourceAccount", "s3:ResourceAccount"))
"""Context that the place and time of the request give."""


def describe_caller(request: Request) -> str | Text:
    """Who sends the request."""
    unsigned = request.principal_kind == "anonymous"
    return text("common.unsigned") if unsigned else request.principal


def located(statement: str, origin: Origin | None) -> str:
    """The statement with its place in a template or plan, if it comes from one."""
    place = origin.place if origin else ""
    return f"{statement} ({place})" if place else statement


def _is_implied(request: Request, key: str) -> bool:
    """Whether the name of the principal already shows it."""
    return request.principal_kind in _NAMED_KINDS and key in _PRINCIPAL_KEYS


def describe_context(request: Request) -> tuple[Text, ...]:
    """What the request carries, save for what any request does."""
    return tuple(
        text("common.context", key=key, value=value if isinstance(value, str) else tuple(value))
        for key, value in request.context.items()
        if key not in _IMPLIED_KEYS
        and (key, value) not in _ORDINARY
        and not _is_implied(request, key)
    )
