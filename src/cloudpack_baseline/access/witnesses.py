"""From sets of requests to requests: samples as witnesses."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.callers import UndecidedValue
from cloudpack_baseline.access.requests import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloudpack_baseline.access.analysis import Analysis
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.channels import Layout
    from cloudpack_baseline.access.context import PolicyContext
    from cloudpack_baseline.access.space import RequestSet

__all__ = ["complete_classes", "request_at", "sample_request", "sample_request_if_any"]

_ALWAYS: Final = {
    "aws:CurrentTime": "2026-01-01T00:00:00Z",
    "aws:RequestedRegion": "us-east-1",
    "aws:UserAgent": "curl/8.5.0",
    "aws:ViaAWSService": "false",
}


_IDENTITY: Final = tuple(
    (key, key.lower())
    for key in (
        "aws:PrincipalAccount",
        "aws:PrincipalType",
        "aws:PrincipalArn",
        "aws:username",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
    )
)

# They are there only where a service calls on someone's behalf.
_CHAINS: Final = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")

# Someone's account, where only a canonical id or a provider is known.
_UNKNOWN: Final = {
    "aws:PrincipalAccount": "567890123456",
    "aws:PrincipalArn": "arn:aws:iam::567890123456:user/example",
    "aws:PrincipalType": "User",
}


def sample_request_if_any(analysis: Analysis, requests: RequestSet) -> Request | None:
    """A concrete request of a set, or None of the empty one."""
    return sample_request(analysis, requests) if requests else None


def sample_request(analysis: Analysis, requests: RequestSet) -> Request:
    """A concrete request of a set that is not empty."""
    known = analysis.requests.get(requests)
    if known is None:
        known = analysis.requests[requests] = _request(analysis, requests)
    return known


def _request(analysis: Analysis, requests: RequestSet) -> Request:
    layout = analysis.context.layout
    classes = complete_classes(layout, requests.pick() or {})
    place = analysis.context.axes["object"].samples[classes[layout.object]]
    return request_at(
        analysis.context,
        classes,
        action=_action(analysis.actions[classes[layout.action]]),
        resource=analysis.bucket.arn + (f"/{place}" if place is not None else ""),
        region=analysis.bucket.region,
    )


def request_at(
    context: PolicyContext,
    classes: Mapping[int, int],
    *,
    action: str,
    resource: str,
    region: str | None,
) -> Request:
    """The request of a class for each axis; see `complete_classes`."""
    caller = context.callers[classes[context.layout.caller]]
    channel = context.channels[classes[context.layout.channel]]
    values = _context(context, caller, classes)
    for name, value in channel.fixed:
        key = context.keys.get(name)
        values[key.name if key else name] = value
    return Request(
        principal_kind=caller.kind,
        principal=caller.session or caller.name,
        account=caller.account,
        session=caller.session,
        action=action,
        resource=resource,
        access_point=channel.point,
        region=region,
        context=values,
    )


def _action(name: str) -> str:
    return name if ":" in name else f"s3:{name}"


def complete_classes(layout: Layout, classes: Mapping[int, int]) -> dict[int, int]:
    """Settle the axes on which any class will do."""
    usual = {
        layout.caller: 0,
        layout.channel: 0,
        layout.secure: 1,
        layout.action: 0,
        layout.object: 1,
    }
    return {**usual, **classes}


@lru_cache(maxsize=1024)
def _carried(caller: Caller) -> Mapping[str, str | tuple[str, ...]]:
    """What every request of the caller carries."""
    context: dict[str, str | tuple[str, ...]] = dict(_ALWAYS)
    for key, lower in _IDENTITY:
        value = caller.value(lower)
        if isinstance(value, UndecidedValue):
            context[key] = _UNKNOWN.get(key, "example")
        elif value is not None:
            context[key] = value
    if caller.kind == "anonymous":
        context["aws:userid"] = "anonymous"
    return context


def _context(
    policy_context: PolicyContext, caller: Caller, picked: Mapping[int, int]
) -> dict[str, str | tuple[str, ...]]:
    levels = policy_context.layout.keys
    context = {
        **_carried(caller),
        "aws:ResourceAccount": policy_context.owner_account,
        "s3:ResourceAccount": policy_context.owner_account,
    }
    if policy_context.channels[picked[policy_context.layout.channel]].endpoint:
        context["aws:SourceVpc"] = "vpc-0fedcba9876543210"
        context["aws:SourceVpce"] = "vpce-0fedcba9876543210"
    else:
        context["aws:SourceIp"] = "8.8.8.8"
    if picked[policy_context.layout.secure] == 1:
        context["s3:TlsVersion"] = "1.3"
    if any(picked.get(levels.get(name, -1)) for name in _CHAINS):
        context["aws:ViaAWSService"] = "true"
    for name, key in policy_context.keys.items():
        place = picked.get(levels[name])
        if place is None:
            continue
        sample = policy_context.axes[name].samples[place]
        context.pop(key.name, None)
        if isinstance(sample, (str, tuple)):
            context[key.name] = sample
    return context
