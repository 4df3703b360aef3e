"""The kinds of records that the resources of templates answer anything about.

A template describes a few of some hundred kinds. The others are not gathered at all: loading their
declarations takes longer than judging a small template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, reduce
from operator import or_

from attrs import frozen

from cloudpack_baseline.model.read import Read
from cloudpack_baseline.model.snapshot import Coverage
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources._listings import TABLE
from cloudpack_baseline.sources.calls import NOT_TOLD, CallError, unknown_from
from cloudpack_baseline.sources.cloudformation.transport import ASSUMED
from cloudpack_baseline.sources.cloudformation.typed import StackAnswers
from cloudpack_baseline.sources.cloudformation.types import described_operations
from cloudpack_baseline.sources.operations import operation

__all__ = ["coverage_of_others", "is_answered"]


@frozen
class _Listing:
    is_regional: bool
    operations: tuple[str, ...]


@cache
def _listings() -> Mapping[str, _Listing]:
    operations: dict[tuple[str, str], list[str]] = {}
    for line in TABLE.splitlines():
        name, place, key = line.split()
        operations.setdefault((name, place), []).append(key)
    return {
        name: _Listing(place == "regional", tuple(keys))
        for (name, place), keys in operations.items()
    }


def is_answered(read: Read, answers: Iterable[StackAnswers]) -> bool:
    """Whether there may be a record of the kind."""
    listing = _listings().get(read.name)
    if listing is None:  # of a user's own
        return True
    keys = frozenset(listing.operations)
    if not keys.isdisjoint(ASSUMED):
        return True
    return any(not keys.isdisjoint(_answered(of_region)) for of_region in answers)


def _answered(answers: StackAnswers) -> Iterator[str]:
    """The operations that are answered, also those whose answers lack something."""
    for key in (*answers.items, *answers.gaps):
        yield key.partition(" ")[0]
    for key, _ in answers.subjects:
        yield key


def coverage_of_others(
    reads: Iterable[Read], account: str, regions: Iterable[str]
) -> Iterator[Coverage]:
    """That no resource makes a record of the kinds, or that no template describes them."""
    regions = tuple(regions)
    for read in reads:
        listing = _listings()[read.name]
        undescribed = [key for key in listing.operations if key not in described_operations()]
        unknowns = [_not_told(key) for key in undescribed]
        for region in regions if listing.is_regional else ("",):
            yield Coverage(
                kind=read.name,
                account=account,
                region=region,
                fields=tuple(sorted(read.fields)),
                unknown=reduce(or_, unknowns) if unknowns else None,
                cannot_tell="common.cannot-tell"
                if len(undescribed) == len(listing.operations)
                else "",
            )


def _not_told(key: str) -> Unknown:
    error = CallError(NOT_TOLD, "no template describes this")
    return unknown_from(operation(key), error)
