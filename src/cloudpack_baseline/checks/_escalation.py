"""Ways by which a principal gives itself more than it holds."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from cloudpack_baseline.access import Capability, Policy, at_large, may
from cloudpack_baseline.access.identity import ESCALATIONS
from cloudpack_baseline.checks._principals import Holdings
from cloudpack_baseline.model.pattern import matches

__all__ = ["Escalation", "escalations"]


@frozen
class Escalation:
    """Actions that together are a way to everything.

    ``exact`` is false where a statement that could not be taken exactly decides it.
    """

    actions: tuple[str, ...]
    exact: bool


def escalations(held: Holdings) -> Iterator[Escalation]:
    """The ways that are open on resources at large; the first of them is worth telling.

    Each action is asked for on a resource of its own kind that no policy names: allowed
    on ``arn:aws:iam::ACCOUNT:*`` is as good as on ``*``, allowed on one role is not.
    """
    for group in ESCALATIONS:
        # Asking exactly is dear; most principals hold none of the actions by any statement.
        if all(_is_named(held.policies, action) for action in group):
            found = [_can(held, action, arn) for action in group
                     for arn in at_large(action, held.holder)]  # fmt: skip
            if all(found):
                exact = all(one.exact for one in found if one is not None)
                yield Escalation(group, exact)


def _is_named(policies: tuple[Policy, ...], action: str) -> bool:
    return any(
        statement.effect == "Allow"
        and statement.not_action
        is not any(matches(one.lower(), action.lower()) for one in statement.actions)
        for policy in policies
        for statement in policy.statements
    )


def _can(held: Holdings, action: str, resource: str) -> Capability | None:
    return may(held.policies, action, resource=resource, boundary=held.boundary, holder=held.holder)
