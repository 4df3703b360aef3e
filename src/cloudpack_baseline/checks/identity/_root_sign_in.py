"""Whether the root user can sign in from the declared networks only."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from cloudpack_baseline.access import (
    MalformedPolicy,
    Policy,
    PrincipalIdentity,
    Statement,
    can_act_from_outside,
    parse_policy,
)
from cloudpack_baseline.checks.approximations import in_doubt
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.signin import ConsoleSignInPolicy
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["SIGN_IN_READS", "root_sign_in"]

SIGN_IN_READS = (reads(ConsoleSignInPolicy, "enabled"),)
"""What `root_sign_in` needs."""

_POLICY = "signinResourceBasedPolicy"
_ENABLED = "consoleAuthorizationEnabled"
_SIGNS_IN = Statement(path="", effect="Allow", actions=("signin:Authenticate",), resources=("*",))
"""Whom no policy denies it may sign in (AWS Sign-In User Guide, "Controlling console access")."""


def root_sign_in(view: AccountView, networks: tuple[str, ...]) -> Iterator[Finding]:
    """A finding on the root user, where the account has a sign-in policy."""
    for policy in view.all(ConsoleSignInPolicy):
        if policy.document is not None:
            yield view.finding(policy, _judge(view, policy, networks))


def _judge(
    view: AccountView, policy: ConsoleSignInPolicy, networks: tuple[str, ...]
) -> Observation:
    document, enabled = policy.document, policy.enabled
    if not networks:
        return not_applicable(text("identity.no-networks"))
    if isinstance(document, Unknown):
        return unknown(_POLICY, document)
    if isinstance(enabled, Unknown):
        return unknown(_ENABLED, enabled, expected=f"{_ENABLED}=true")
    if not enabled:
        message = text("identity.sign-in-off")
        return failed(message, read=f"{_ENABLED}=false", expected=f"{_ENABLED}=true")
    try:
        parsed = parse_policy(document or "", kind="service")
    except MalformedPolicy as error:
        faults = "; ".join(f"{problem.path}: {problem.message}" for problem in error.problems)
        operation = "signin:GetResourcePolicy"
        return unknown(_POLICY, Unknown.because(Why.MALFORMED, operation=operation, detail=faults))
    return _restriction(view, policy, parsed, networks)


def _restriction(
    view: AccountView, policy: ConsoleSignInPolicy, parsed: Policy, networks: tuple[str, ...]
) -> Observation:
    """Whether its Deny statements keep the root user from signing in from elsewhere."""
    denied = tuple(
        evolve(statement, principal=None, resources=("*",))
        for statement in parsed.statements
        if statement.effect == "Deny"
        and statement.principal is not None
        and statement.principal.everyone
    )
    of_root = evolve(parsed, kind="identity", statements=(_SIGNS_IN, *denied))
    allowed = can_act_from_outside(
        [of_root],
        networks=networks,
        principal=PrincipalIdentity(account=view.account.id, arn=policy.arn),
        since=view.as_of,
    )
    if allowed is None:
        return passed(text("identity.sign-in-bound"))
    address = str(allowed.context.get("aws:SourceIp", ""))
    message = text("identity.sign-in-open", address=address)
    if not allowed.exact:
        return in_doubt(text("identity.sign-in-in-doubt"), _POLICY, [parsed])
    return failed(message, read=f"aws:SourceIp={address}", origin=policy.origin_of("document"))
