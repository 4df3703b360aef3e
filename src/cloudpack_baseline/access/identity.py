"""What a principal may do, and from where, by all policies that have a say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from cloudpack_baseline.access.axes import ABSENT, Axis
from cloudpack_baseline.access.holders import (
    IAM_KEYS,
    Capability,
    Case,
    Holder,
    action_test,
    capability,
    case_of,
)
from cloudpack_baseline.access.keys import SOURCE_IP
from cloudpack_baseline.access.networks import parse_network, union
from cloudpack_baseline.access.predicates import AddressPredicate, StringPredicate, equal_to

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from cloudpack_baseline.access.policy import Policy

__all__ = ["Powers", "can_act_from_outside", "may"]


def can_act_from_outside(  # noqa: PLR0913 - every policy that has a say
    policies: Sequence[Policy],
    *,
    networks: Sequence[str],
    boundary: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    holder: Holder | None = None,
    since: datetime | None = None,
    ignored_actions: Sequence[str] = (),
) -> Capability | None:
    """Something that the principal can do over the Internet from outside the networks, or None.

    Requests that AWS services make on its behalf, and requests through VPC endpoints, do not count.
    ``scps`` are levels of service control policies: each level has to allow, by any policy of it.
    ``ignored_actions`` (patterns) are left aside, and so is what is allowed only before ``since``
    (with its time zone).

    Raises:
        ValueError: a network is no CIDR.
    """
    inside = AddressPredicate(union(parse_network(text) for text in networks))
    ignored = action_test(ignored_actions)
    case = case_of(
        policies,
        boundary,
        scps,
        holder or Holder(),
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
        box[layout.action] = ~_all_of(case.actions, ignored)
    return capability(case, box)


def _all_of(axis: Axis, test: StringPredicate) -> int:
    return sum(
        1 << place
        for place, sample in enumerate(axis.samples)
        if isinstance(sample, str) and test.verdict(sample)[0]
    )


def may(  # noqa: PLR0913 - every policy that has a say
    policies: Sequence[Policy],
    action: str,
    *,
    resource: str | None = None,
    boundary: Policy | None = None,
    scps: Sequence[Sequence[Policy]] = (),
    holder: Holder | None = None,
    since: datetime | None = None,
) -> Capability | None:
    """A context in which the principal may do the action, on the resource or on some."""
    powers = Powers.of(
        policies, (action,), boundary=boundary, scps=scps, holder=holder, since=since
    )
    return powers.may(action, resource=resource)


@define(eq=False)
class Powers:
    """What a principal may do, asked many times."""

    _make: Callable[[str | None], Case]
    _case: Case = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Get ready to be asked about any resource."""
        self._case = self._make(None)

    @classmethod
    def of(  # noqa: PLR0913 - every policy that has a say
        cls,
        policies: Sequence[Policy],
        actions: Sequence[str],
        *,
        boundary: Policy | None = None,
        scps: Sequence[Sequence[Policy]] = (),
        holder: Holder | None = None,
        since: datetime | None = None,
        values: Mapping[str, Sequence[str]] | None = None,
    ) -> Powers:
        """Get ready to be asked about these actions.

        ``values`` are those that will be asked about, by condition key: ``iam:PassedToService``,
        ``iam:PolicyARN``, ``iam:PermissionsBoundary``.
        """
        tests = [
            (IAM_KEYS[name.lower()], equal_to(value))
            for name, several in (values or {}).items()
            for value in several
        ]
        return cls(
            lambda resource: case_of(
                policies, boundary, scps, holder or Holder(), tests, actions, resource, since
            )
        )

    def may(
        self,
        action: str,
        *,
        resource: str | None = None,
        context: Mapping[str, str | None] | None = None,
    ) -> Capability | None:
        """A context in which it may do the action, on the resource or on some.

        ``context`` holds keys to values that were announced (None: the key is absent).
        """
        capability = _may(self._case, action, resource, context or {})
        if capability is None or capability.exact or resource is None:
            return capability
        # Resources may be too many to be told apart; this one is not.
        return _may(self._make(resource), action, resource, context or {})


def _may(
    case: Case, action: str, resource: str | None, values: Mapping[str, str | None]
) -> Capability | None:
    context = case.context
    box = {context.layout.action: case.actions.some_value[action_test((action,))][1]}
    if resource is not None:
        box[context.layout.object] = case.places(resource)
    for name, value in values.items():
        axis = context.axes.get(name.lower())
        if axis is not None:
            level = context.layout.keys[name.lower()]
            box[level] = ABSENT if value is None else axis.where(equal_to(value))
    return capability(case, box, None if resource is None else (action, resource))
