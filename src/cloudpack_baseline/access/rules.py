"""From statements to rules: the front end that bucket, trust and identity policies share.

A statement is read first (its variables replaced, its conditions normalized); the tests of all
statements together cut the axes of one context; then each statement becomes the set of requests
that it matches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from cloudpack_baseline.access.actions import action_matches
from cloudpack_baseline.access.callers import exempts, names_caller
from cloudpack_baseline.access.space import RequestSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cloudpack_baseline.access.axes import Masks
    from cloudpack_baseline.access.callers import Caller
    from cloudpack_baseline.access.context import PolicyContext
    from cloudpack_baseline.access.keys import Key
    from cloudpack_baseline.access.normalization import Inexactness, NormalizedStatement
    from cloudpack_baseline.access.policy import Policy, Statement
    from cloudpack_baseline.access.predicates import Predicate
    from cloudpack_baseline.access.resources import ResourceTest

__all__ = [
    "PendingStatement",
    "Rule",
    "build_rule",
    "predicates_of",
    "read",
    "statement_actions",
    "statement_callers",
]


@define(eq=False)
class Rule:
    """A statement or grant as the sets of requests that it matches.

    Attributes:
        label: its Sid or path; for a grant, the permission.
        source: ``policy``, ``acl``, an access point, ``trust`` or ``identity``.
        path: its path in its document.
        allows: whether it is an Allow.
        low: what it certainly matches.
        high: what it possibly matches.
        inexactness: why the two differ.
        public_acl: an ACL grant to everyone, which IgnorePublicAcls ignores.
    """

    label: str
    source: str
    path: str
    allows: bool
    low: RequestSet
    high: RequestSet
    inexactness: tuple[Inexactness, ...] = ()
    public_acl: bool = False


@define(eq=False)
class PendingStatement:
    """A statement whose axes are still to be built.

    Attributes:
        statement: as it was parsed.
        source: of its rule.
        normalized: it, under each settlement of its variables.
        actions: the masks of its actions, surely and possibly.
        resources: for each settlement, the test on the resource; None where policies of its kind
            name none.
    """

    statement: Statement
    source: str
    normalized: list[NormalizedStatement]
    actions: Masks
    resources: list[ResourceTest | None]


def read(  # noqa: PLR0913 - all that a statement depends on
    context: PolicyContext,
    policy: Policy,
    statement: Statement,
    source: str,
    *,
    callers: Masks,
    channels: int,
    known: Callable[[str], Key | None],
    resources: Callable[[NormalizedStatement], ResourceTest] | None = None,
    actions: int = 0,
) -> PendingStatement:
    """Read a statement against a context that has no axes yet."""
    normalized = context.normalized(
        statement, callers, channels, variables=policy.variables, known=known
    )
    tests = [resources(settlement) if resources else None for settlement in normalized]
    return PendingStatement(statement, source, normalized, (actions, actions), tests)


def statement_callers(
    statement: Statement, callers: Sequence[Caller], owner_canonical: str | None = None
) -> Masks:
    """The callers that the Principal or NotPrincipal of a statement means."""
    everybody = (1 << len(callers)) - 1
    element = statement.principal
    if element is None or (element.everyone and not statement.not_principal):
        return everybody, everybody
    means = exempts if statement.not_principal and statement.effect == "Deny" else names_caller
    mask = sum(1 << i for i, c in enumerate(callers) if means(element, c, owner_canonical))
    mask = everybody & ~mask if statement.not_principal else mask
    return mask, mask


def statement_actions(statement: Statement, names: Sequence[str]) -> int:
    """The mask of those of the actions that the statement means."""
    return sum(
        1 << index
        for index, name in enumerate(names)
        if any(action_matches(pattern, name) for pattern in statement.actions)
        is not statement.not_action
    )


def predicates_of(pending: Iterable[PendingStatement]) -> list[tuple[Key, Predicate | None]]:
    """The tests of the statements on keys that have an axis."""
    return [
        (test.key, test.predicate)
        for statement in pending
        for settlement in statement.normalized
        for test in settlement.tests
    ]


def build_rule(context: PolicyContext, pending: PendingStatement) -> Rule:
    """Make a statement the set of its requests; the context has its axes now."""
    low = high = RequestSet.nothing(context.space)
    layout = context.layout
    for settlement, places in zip(pending.normalized, _places(context, pending), strict=True):
        sets = context.sets(settlement, {layout.action: pending.actions, layout.object: places})
        low, high = low | sets[0], high | sets[1]
    inexactness = dict.fromkeys(
        reason for settlement in pending.normalized for reason in settlement.inexactness
    )
    statement = pending.statement
    return Rule(
        statement.label,
        pending.source,
        statement.path,
        statement.effect == "Allow",
        # One object where both are equal, so that what follows is worked out once.
        high if low == high else low,
        high,
        tuple(inexactness),
    )


def _places(context: PolicyContext, pending: PendingStatement) -> Iterator[Masks]:
    """The classes of resources that each settlement of the statement means."""
    objects = context.axes["object"]
    for test in pending.resources:
        if test is None:
            yield objects.full, objects.full
            continue
        # The bucket itself is class 0 of the axis: the absence of an object key.
        sure, possible = objects.some_value[test.keys]
        sure, possible = sure | test.bucket[0], possible | test.bucket[1]
        if pending.statement.not_resource:
            sure, possible = objects.full & ~possible, objects.full & ~sure
        yield sure, possible
