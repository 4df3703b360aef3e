"""Whether policies grant administrator rights: every action on every resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloudpack_baseline.access.principal_requests import (
    PrincipalIdentity,
    PrincipalRequests,
    pair,
    requests_of,
)
from cloudpack_baseline.access.space import RequestSet
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.policy import Policy

__all__ = ["FullAdmin", "has_full_admin"]


@frozen(kw_only=True)
class FullAdmin:
    """Whether policies amount to every action on every resource.

    Attributes:
        full: for each action and resource there is a context in which it is allowed.
        unconditional: it is so in every context.
        missing: an action and a resource that are not allowed; None where it is full.
        grants: the statements that make it full: the place of each one's policy, and its path.
        exact: false where the answer rests on a statement that could not be evaluated exactly.
    """

    full: bool
    unconditional: bool
    missing: tuple[str, str] | None
    grants: tuple[tuple[int, str], ...] = ()
    exact: bool = True


def has_full_admin(
    policies: Sequence[Policy],
    *,
    boundary: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    principal: PrincipalIdentity | None = None,
    since: datetime | None = None,
) -> FullAdmin:
    """Whether the policies together allow ``*`` on ``*``.

    What is allowed only before ``since`` (with a time zone) does not count.
    """
    case = requests_of(policies, boundary, scps, principal or PrincipalIdentity(), since=since)
    granted = [case.high & rule.high for _, rule in case.allows]
    sure = [case.low & rule.low for _, rule in case.allows]
    missing = _missing(case, granted)
    return FullAdmin(
        full=missing is None,
        unconditional=missing is None and _is_everything(case, sure),
        missing=missing,
        grants=() if missing else _grants(case, granted),
        exact=missing is not None or _missing(case, sure) is None,
    )


def _is_everything(case: PrincipalRequests, sets: Iterable[RequestSet]) -> bool:
    """Whether the sets together hold every request."""
    remaining = case.context.valid
    for requests in sets:
        remaining -= requests
    return not remaining


def _grants(case: PrincipalRequests, granted: Sequence[RequestSet]) -> tuple[tuple[int, str], ...]:
    """The one statement that allows everything, or those that do together, in their order."""
    for (place, rule), requests in zip(case.allows, granted, strict=True):
        if _missing(case, (requests,)) is None:
            return ((place, rule.path),)
    grants = []
    allowed = RequestSet.nothing(case.context.space)
    for (place, rule), requests in zip(case.allows, granted, strict=True):
        if not requests <= allowed:
            grants.append((place, rule.path))
        allowed |= requests
    return tuple(grants)


def _missing(case: PrincipalRequests, granted: Sequence[RequestSet]) -> tuple[str, str] | None:
    """An action and a resource that no context allows."""
    layout, objects = case.context.layout, case.context.axes["object"]
    # Projections of the sets, never their union, which may be large.
    for index in range(1, len(case.actions.samples)):
        lacking = objects.present
        for requests in granted:
            lacking &= ~requests.within({layout.action: 1 << index}).classes(layout.object)
            if not lacking:
                break
        else:
            return pair(case, index, lacking)
    return None
