"""From where a principal can act, and whether it is allowed an action at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from cloudpack_baseline.access.action_classes import action_test
from cloudpack_baseline.access.keys import SOURCE_IP
from cloudpack_baseline.access.networks import parse_network, union
from cloudpack_baseline.access.predicates import AddressPredicate
from cloudpack_baseline.access.principal_requests import (
    AllowedRequest,
    PrincipalIdentity,
    allowed_request,
    requests_of,
)
from cloudpack_baseline.access.space import mask_union

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.policy import Policy

__all__ = ["can_act_from_outside", "may"]


def can_act_from_outside(  # noqa: PLR0913 - every policy that has a say
    policies: Sequence[Policy],
    *,
    networks: Sequence[str],
    boundary: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    principal: PrincipalIdentity | None = None,
    since: datetime | None = None,
    ignored_actions: Sequence[str] = (),
) -> AllowedRequest | None:
    """A request that the principal may send from the internet outside the networks, or None.

    Requests that AWS services make on its behalf, and requests through VPC endpoints, do not count.
    ``scps`` are levels of service control policies: at each level, one policy has to allow it.
    ``ignored_actions`` (patterns) do not count, nor does what is allowed only before ``since``
    (with a time zone).

    Raises:
        ValueError: a network is not a CIDR block.
    """
    inside = AddressPredicate(union(parse_network(text) for text in networks))

    def ask(chosen: Sequence[Policy]) -> AllowedRequest | None:
        case = requests_of(
            chosen,
            boundary,
            scps,
            principal or PrincipalIdentity(),
            ((SOURCE_IP, inside),),
            ignored_actions,
            since=since,
        )
        context, layout = case.context, case.context.layout
        place = layout.keys["aws:sourceip"]
        box = {
            layout.channel: 1,
            place: ~context.axes["aws:sourceip"].where(inside),
            layout.keys["aws:viaawsservice"]: 2,
        }
        if ignored_actions:
            box[layout.action] = ~mask_union(
                case.actions.where(action_test((pattern,))) for pattern in ignored_actions
            )
        return allowed_request(case, box)

    answer = ask(policies)
    if answer is None or answer.exact:
        return answer
    # All statements together may be too many to distinguish; one Allow and all Denies are not.
    answers = map(ask, _each_allow(policies))
    return next((alone for alone in answers if alone is not None and alone.exact), answer)


def _each_allow(policies: Sequence[Policy]) -> Iterator[list[Policy]]:
    """The policies with one of their Allows at a time, and all their Denies."""
    for place, policy in enumerate(policies):
        for statement in policy.statements:
            if statement.effect == "Allow":
                reduced = [
                    evolve(p, statements=tuple(s for s in p.statements if s.effect == "Deny"))
                    for p in policies
                ]
                denies = reduced[place].statements
                reduced[place] = evolve(policy, statements=(statement, *denies))
                yield reduced


def may(  # noqa: PLR0913 - every policy that has a say
    policies: Sequence[Policy],
    action: str,
    *,
    resource: str | None = None,
    boundary: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    principal: PrincipalIdentity | None = None,
    since: datetime | None = None,
) -> AllowedRequest | None:
    """An allowed request for the action, on the resource or on any; None: there is none.

    What is allowed only before ``since`` (with a time zone) does not count.
    """
    case = requests_of(
        policies,
        boundary,
        scps,
        principal or PrincipalIdentity(),
        (),
        (action,),
        resource,
        since=since,
    )
    box = {case.context.layout.action: case.actions.some_value[action_test((action,))][1]}
    return allowed_request(case, box, None if resource is None else (action, resource))
