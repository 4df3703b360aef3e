"""Whether a principal can act from the declared networks only."""

from __future__ import annotations

from functools import partial

from cloudpack_baseline.access import AllowedRequest, can_act_from_outside
from cloudpack_baseline.checks.approximations import in_doubt
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.identity._policies import (
    PolicyDirectory,
    Principal,
    PrincipalPolicies,
    allowed_actions,
    describe_grant,
    granted_request,
    origin_of_grant,
)
from cloudpack_baseline.checks.identity.service_control import Levels
from cloudpack_baseline.findings import Observation, Witness, failed, passed, unknown
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["network_binding"]


def network_binding(
    view: AccountView,
    directory: PolicyDirectory,
    principal: Principal,
    networks: tuple[str, ...],
    levels: Levels | Unknown,
) -> Observation:
    """Whether policies deny the principal every request from outside the networks.

    Args:
        view: the account.
        directory: its policies.
        principal: a user or role.
        networks: CIDR blocks.
        levels: the service control policies that apply to the account.
    """
    policies = directory.policies_of(principal)
    if policies.unknown is not None:
        return policies.report_unread(policies.unknown)
    ask = partial(
        can_act_from_outside,
        policies.documents,
        networks=networks,
        boundary=policies.boundary,
        principal=policies.identity,
        since=view.as_of,
    )
    allowed = ask()
    if allowed is None:
        return passed(text("identity.bound"))
    if not isinstance(levels, Unknown) and levels:
        allowed = ask(scps=levels)
        if allowed is None:
            return passed(text("identity.bound-above"))
    return _unbound(principal, policies, allowed, levels)


def _unbound(
    principal: Principal,
    policies: PrincipalPolicies,
    allowed: AllowedRequest,
    levels: Levels | Unknown,
) -> Observation:
    by = describe_grant(policies, allowed)
    if not allowed.exact:
        documents = (*policies.documents, *filter(None, [policies.boundary]))
        message = text("identity.in-doubt", statement=by)
        return in_doubt(message, by.in_language("en"), documents)
    address = str(allowed.context.get("aws:SourceIp", ""))
    if isinstance(levels, Unknown):
        message = text("identity.service-control", action=allowed.action, address=address)
        return unknown(message, levels)
    return failed(
        text("identity.unbound", action=allowed.action, address=address),
        read=f"aws:SourceIp={address}",
        origin=origin_of_grant(policies, allowed),
        witness=_witness(policies, principal, allowed),
        allowed=allowed_actions(principal, (allowed.action,)),
    )


def _witness(policies: PrincipalPolicies, principal: Principal, allowed: AllowedRequest) -> Witness:
    summary = text(
        "identity.request",
        principal=principal.arn,
        action=allowed.action,
        resource=allowed.resource,
    )
    steps = (
        *(
            text("identity.context", key=key, value=value)
            for key, value in sorted(allowed.context.items())
        ),
        text("identity.allowed-by", statement=describe_grant(policies, allowed)),
    )
    request = granted_request(policies, principal, allowed)
    return Witness(summary=summary, steps=steps, requests=(request,))
