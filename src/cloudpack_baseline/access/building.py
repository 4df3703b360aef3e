"""From tests to axes, and to the space of the requests that AWS can send."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.axes import build_axis
from cloudpack_baseline.access.channels import Layout
from cloudpack_baseline.access.coupling import (
    GROUPS,
    group_of,
    organization_tests,
    possible_requests,
)
from cloudpack_baseline.access.keys import KEYS, SECURE
from cloudpack_baseline.access.patterns import shared_steps
from cloudpack_baseline.access.predicates import StringPredicate, equal_to
from cloudpack_baseline.access.space import RequestSet, Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cloudpack_baseline.access.axes import Axis
    from cloudpack_baseline.access.context import PolicyContext
    from cloudpack_baseline.access.keys import Key
    from cloudpack_baseline.access.predicates import Predicate

__all__ = ["build_context", "named_values"]

_NAMED: Final = frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:principalorgid"})
"""The keys whose values are listed in the results, so that each has a class of its own."""
_TIME: Final = "aws:currenttime"


def build_context(  # noqa: PLR0913 - all that the axes are cut by
    context: PolicyContext,
    tests: Iterable[tuple[Key, Predicate | None]],
    *,
    objects: Axis,
    action_count: int,
    object_actions: int,
    bucket_actions: int,
    actions_of: Callable[[Key], int | None],
    since: Predicate | None = None,
) -> None:
    """Cut the axes and lay out the space; afterwards sets can be made.

    ``since`` is a test on aws:CurrentTime: requests at earlier times do not count.
    """
    by_key: dict[str, list[Predicate]] = {}
    for key, predicate in tests:
        context.keys[key.id] = key
        tests_of_key = by_key.setdefault(key.id, [])
        if predicate is not None:
            tests_of_key.append(predicate)
    context.keys[SECURE.id] = SECURE
    by_key.setdefault(SECURE.id, [])
    if since is not None and _TIME in by_key:
        by_key[_TIME].append(since)
    for name, added in organization_tests(by_key).items():
        context.keys[name] = context.keys.get(name) or KEYS[name]
        by_key.setdefault(name, []).extend(added)
    steps = shared_steps(len(by_key))
    for name, predicates in by_key.items():
        added = context.added_predicates(name)
        added += named_values(predicates) if name in _NAMED else []
        context.axes[name] = build_axis(context.keys[name], (*predicates, *added), steps=steps)
    context.axes["object"] = objects
    _lay_out(context, action_count)
    possible = possible_requests(context, object_actions, bucket_actions, actions_of)
    context.valid = RequestSet(context.space, possible)
    if since is not None and _TIME in by_key:
        now = context.axes[_TIME].where(since)
        context.valid = context.valid.within({context.layout.keys[_TIME]: now})


def _lay_out(context: PolicyContext, action_count: int) -> None:
    groups: list[list[str]] = [[] for _ in GROUPS]
    for name in context.axes:
        if name not in {"object", "aws:securetransport"}:
            groups[group_of(context.keys[name])].append(name)
    order = [
        "caller",
        *groups[0],
        "channel",
        *groups[1],
        "aws:securetransport",
        *groups[2],
        "action",
        "object",
        *groups[3],
        *groups[4],
    ]
    level = {name: index for index, name in enumerate(order)}
    context.layout = Layout(
        caller=0,
        channel=level["channel"],
        secure=level["aws:securetransport"],
        action=level["action"],
        object=level["object"],
        keys=level,
    )
    sizes = {"caller": len(context.callers), "channel": len(context.channels)}
    sizes["action"] = action_count
    context.space = Space(sizes.get(name) or len(context.axes[name].samples) for name in order)


def named_values(predicates: Iterable[Predicate]) -> list[Predicate]:
    """A test for each single value that the tests name."""
    return [
        equal_to(pattern.exact)
        for predicate in predicates
        if isinstance(predicate, StringPredicate)
        for pattern in predicate.patterns
        if pattern.exact is not None
    ]
