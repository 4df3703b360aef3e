"""The kinds of records that the resources of templates answer anything about.

A template describes a few of some hundred kinds. The others are not gathered at all: loading their
declarations takes longer than judging a small template.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache, reduce
from operator import or_

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.read import Read
from cloudpack_baseline.model.snapshot import Coverage
from cloudpack_baseline.model.values import NOT_DESCRIBED, Unknown
from cloudpack_baseline.sources._listings import TABLE
from cloudpack_baseline.sources.calls import NOT_PROVIDED, CallError, unknown_from
from cloudpack_baseline.sources.cloudformation.stack_answers import StackAnswers
from cloudpack_baseline.sources.cloudformation.transport import ASSUMED
from cloudpack_baseline.sources.operations import operation

__all__ = ["answered_operations", "coverage_of_others", "is_answered"]


@frozen
class _KindCalls:
    """What is called for a kind.

    Attributes:
        is_regional: whether it is read in each Region.
        listings: the operations that list it.
        operations: these, and those that only add to it.
    """

    is_regional: bool
    listings: tuple[str, ...]
    operations: tuple[str, ...]


@cache
def _calls() -> Mapping[str, _KindCalls]:
    rows: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for line in TABLE.splitlines():
        name, place, key, use = line.split()
        rows.setdefault((name, place), []).append((key, use))
    return {
        name: _KindCalls(
            place == "regional",
            tuple(key for key, use in uses if use == "lists"),
            tuple(key for key, _ in uses),
        )
        for (name, place), uses in rows.items()
    }


def is_answered(read: Read, answered: frozenset[str]) -> bool:
    """Whether there may be a record of the kind.

    Args:
        read: of the kind.
        answered: the operations that resources answer; see `answered_operations`.
    """
    calls = _calls().get(read.name)
    if calls is None:  # of a user's own
        return True
    return not (
        answered.isdisjoint(calls.operations) and ASSUMED.keys().isdisjoint(calls.operations)
    )


def answered_operations(answers: Iterable[StackAnswers]) -> frozenset[str]:
    """The operations that are answered, also those whose answers lack something."""
    return frozenset(operation for of_region in answers for operation in _answered(of_region))


def _answered(answers: StackAnswers) -> Iterator[str]:
    for key in (*answers.items, *answers.gaps):
        yield key.partition(" ")[0]
    for key, _ in answers.subjects:
        yield key


def coverage_of_others(
    reads: Iterable[Read], account: str, regions: Iterable[str], described: Collection[str]
) -> Iterator[Coverage]:
    """That no resource makes a record of the kinds, or that no template describes them.

    Args:
        reads: of these kinds.
        account: the account ID.
        regions: of the stacks.
        described: the operations that resources may answer.
    """
    regions = tuple(regions)
    for read in reads:
        calls = _calls()[read.name]
        undescribed = [key for key in calls.listings if key not in described]
        unknowns = [_not_provided(key) for key in undescribed]
        for region in regions if calls.is_regional else ("",):
            yield Coverage(
                kind=read.name,
                account=account,
                region=region,
                fields=tuple(sorted(read.fields)),
                unknown=reduce(or_, unknowns) if unknowns else None,
                cannot_tell="common.cannot-tell" if len(undescribed) == len(calls.listings) else "",
            )


def _not_provided(key: str) -> Unknown:
    error = CallError(NOT_PROVIDED, NOT_DESCRIBED)
    return unknown_from(operation(key), error)
