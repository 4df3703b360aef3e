"""A request of the access engine in words and as data: who sends it, with which condition keys."""

from __future__ import annotations

from cloudpack_baseline.access import Request, RequestWitness
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.witnesses import WitnessRequest, WitnessStatement

__all__ = ["describe_caller", "describe_context", "granted_request", "located", "request_data"]

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


def granted_request(witness: RequestWitness, record: Record) -> WitnessRequest:
    """The request with what allows it: a statement of a policy, a grant of an ACL."""
    return request_data(witness.request, _statement(witness, record))


def request_data(request: Request, *statements: WitnessStatement) -> WitnessRequest:
    """The request as data; its condition keys are all that it carries."""
    return WitnessRequest(
        principal_kind=request.principal_kind,
        principal=request.principal,
        action=request.action,
        resource=request.resource,
        region=request.region or "",
        access_point=request.access_point or "",
        context=request.context,
        statements=statements,
    )


def _statement(witness: RequestWitness, record: Record) -> WitnessStatement:
    """The statement or grant; what is neither is the policy of an access point, by its name."""
    named = {"policy": "resource-policy", "acl": "acl"}
    return WitnessStatement(
        policy=named.get(witness.source, "access-point"),
        policy_name="" if witness.source in named else witness.source,
        policy_arn=record.arn if witness.source in named else "",
        sid="" if witness.statement == witness.path else witness.statement,
        path=witness.path,
        origin=_origin(witness, record),
    )


def _origin(witness: RequestWitness, record: Record) -> Origin | None:
    if witness.source == "policy":
        return record.origin_of("policy", witness.path)
    return record.origin_of("acl") if witness.source == "acl" else None
