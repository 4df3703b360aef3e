"""AWS Organizations: the policies that opt out of the use of content by AI services.

Where other policies take effect is decided by the organization, which no template describes.

Source: AWS CloudFormation Template Reference, "AWS Organizations resource types".
"""

from __future__ import annotations

import json

from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list, follow
from cloudpack_baseline.sources.cloudformation.values import (
    PLACEHOLDER_ACCOUNT,
    Resolved,
    is_exact,
    undetermined,
    why_of,
)

__all__ = ["TYPES"]

TYPES = Types()

_EFFECTIVE = "organizations:DescribeEffectivePolicy"
_OPT_OUT = "AISERVICES_OPT_OUT_POLICY"


# Without a policy, a template says nothing of what is in effect: the operation is not described.
@TYPES.of("AWS::Organizations::Policy")
def _policy(resource: TypedResource) -> None:
    """A policy that is attached is in effect there; which of several is, depends on where."""
    if str(resource.get("Type")) != _OPT_OUT or not _may_concern(resource):
        return
    policy = {"PolicyContent": _effective(resource.get("Content"))}
    known = resource.answers.subjects.get((_EFFECTIVE, _OPT_OUT))
    if known is not None and known.raw("EffectivePolicy") != policy:
        policy = {"PolicyContent": undetermined("one of several opt-out policies")}
    resource.about(_EFFECTIVE, _OPT_OUT, at="Content", EffectivePolicy=policy)


def _may_concern(resource: TypedResource) -> bool:
    """Whether a target is the account, or may contain it; its root and units are not known."""
    targets = as_list(resource.get("TargetIds"))
    if resource.account == PLACEHOLDER_ACCOUNT:
        return bool(targets)
    return any(not _is_account(target) or str(target) == resource.account for target in targets)


def _is_account(target: object) -> bool:
    return is_exact(target) and str(target).isdigit()


def _effective(content: Resolved) -> str | Unknown:
    """The content as it takes effect: with what is assigned in place of the operators."""
    services = follow(_parsed(content), "services")
    if not isinstance(services, dict):
        return services if isinstance(services, Unknown) else _malformed("services: is missing")
    assigned = {
        name: follow(service, "opt_out_policy", "@@assign")
        for name, service in services.items()
        if not name.startswith("@@")
    }
    for name, opt_out in assigned.items():
        if (unknown := why_of(opt_out)) is not None:
            return unknown
        if not isinstance(opt_out, str):
            return _malformed(f"services.{name}.opt_out_policy: is missing")
    return json.dumps(
        {"services": {name: {"opt_out_policy": str(value)} for name, value in assigned.items()}}
    )


def _parsed(content: Resolved) -> Resolved:
    if not isinstance(content, str) or why_of(content) is not None:
        return content
    try:
        return json.loads(content)
    except ValueError:
        return _malformed("is not JSON")


def _malformed(detail: str) -> Unknown:
    return Unknown.because(Why.MALFORMED, detail=f"Content: {detail}")
