"""What the access engine returns, in words."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from cloudpack_baseline.access import (
    LOAD_BALANCING_ACCOUNTS,
    Endpoints,
    ExcessAccess,
    Reach,
    Request,
    RequestWitness,
)
from cloudpack_baseline.checks.request_texts import (
    describe_caller,
    describe_context,
    granted_request,
    located,
    request_data,
)
from cloudpack_baseline.commands import request_command
from cloudpack_baseline.findings import Witness
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.witnesses import AllowedAccess

__all__ = [
    "abbreviate",
    "allowed_access",
    "describe_excess",
    "iam_actions",
    "witness_of",
    "witness_of_request",
]

_SHOWN_NAMES = 6
"""The maximum number of names in a sentence; the rest is counted."""


def abbreviate(names: Sequence[str]) -> tuple[str | Text, ...]:
    """The first of the names, and how many more there are."""
    if len(names) <= _SHOWN_NAMES:
        return tuple(names)
    return (*names[:_SHOWN_NAMES], text("storage.more", number=len(names) - _SHOWN_NAMES))


def describe_excess(excess: ExcessAccess) -> dict[str, str | Text | tuple[str | Text, ...]]:
    """Who may do what, and from where, as parameters of a text."""
    return {
        "who": _who(excess),
        "access": text(f"storage.{excess.access}"),
        "actions": abbreviate(iam_actions(excess)),
        "where": _from(excess.reach) if excess.principal_kind == "anonymous" else _ANYWHERE,
    }


def iam_actions(excess: ExcessAccess) -> tuple[str, ...]:
    """The actions as IAM names them."""
    return tuple(f"s3:{name}" for name in excess.actions)


_ANYWHERE = text("storage.from-anywhere")


def _who(excess: ExcessAccess) -> Text:
    if excess.principal_kind == "service":
        return _service(excess)
    if excess.principal == "*" and excess.organizations:
        return text("storage.any-account-of", names=excess.organizations)
    if excess.principal == "*":
        return text("storage.any-account")
    if excess.principal in LOAD_BALANCING_ACCOUNTS:
        return text("storage.load-balancing", name=excess.principal)
    return text(f"storage.{excess.principal_kind}", name=excess.principal)


def _service(excess: ExcessAccess) -> Text:
    if excess.principal == "*":
        return text("storage.any-service")
    if excess.is_of_distribution:
        return text("storage.cloudfront-undeclared")
    return text(
        "storage.bound-service" if excess.bound else "storage.service", name=excess.principal
    )


def _from(reach: Reach) -> Text:
    if reach.scope == "all":
        return text("storage.from-everywhere")
    endpoints = _endpoints(reach.endpoints)
    if reach.scope == "none":
        return text("storage.from-endpoints", endpoints=endpoints)
    networks = abbreviate((*reach.ipv4, *reach.ipv6))
    if reach.endpoints.scope == "none":
        return text("storage.from-networks", networks=networks)
    return text("storage.from-both", networks=networks, endpoints=endpoints)


def _endpoints(endpoints: Endpoints) -> Text:
    if named := (*endpoints.endpoints, *endpoints.vpcs):
        return text("storage.named-endpoints", names=abbreviate(named))
    if excepted := (*endpoints.but_endpoints, *endpoints.but_vpcs):
        return text("storage.other-endpoints", names=abbreviate(excepted))
    return text("storage.some-endpoints" if endpoints.scope == "some" else "storage.any-endpoint")


def allowed_access(excess: ExcessAccess) -> AllowedAccess:
    """Who may do what, and from where, as data."""
    reach, endpoints = excess.reach, excess.reach.endpoints
    from_anywhere = reach.scope == "all" if excess.principal_kind == "anonymous" else None
    is_limited = from_anywhere is False
    return AllowedAccess(
        principal_kind=excess.principal_kind,
        principal=excess.principal,
        actions=iam_actions(excess),
        organizations=excess.organizations,
        from_anywhere=from_anywhere,
        networks=(*reach.ipv4, *reach.ipv6) if is_limited else (),
        endpoints=(*endpoints.endpoints, *endpoints.vpcs) if is_limited else (),
    )


def witness_of(witness: RequestWitness, bucket: Bucket, origin: Origin | None = None) -> Witness:
    """The request, its condition keys, what allows it, and a command line that tries it.

    Args:
        witness: of the access engine.
        bucket: the bucket that it is about.
        origin: where a template or plan says what allows it.
    """
    request = witness_of_request(witness.request)
    source = "policy" if witness.source == "policy" else "acl"
    granted_by = text(f"storage.allowed-by-{source}", statement=located(witness.statement, origin))
    data = granted_request(witness, bucket)
    return evolve(request, steps=(*request.steps, granted_by), requests=(data,))


def witness_of_request(request: Request) -> Witness:
    """The request, what it carries beyond what any request does, and a line that tries it."""
    return Witness(
        summary=text(
            "storage.request",
            principal=describe_caller(request),
            action=request.action,
            resource=request.resource,
        ),
        steps=describe_context(request),
        command=request_command(request),
        requests=(request_data(request),),
    )
