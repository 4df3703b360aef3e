"""Generations of daily backups: how many there are, and how many are due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from cloudpack_baseline.immutable import frozen

__all__ = ["DAY", "Generations", "generations_of"]

DAY = timedelta(days=1)


@frozen(kw_only=True)
class Generations:
    """The generations of a resource.

    Attributes:
        count: how many there are.
        due: how many the age of the resource requires.
        newest: when the newest was created; ``None``: there is none.
        is_fresh: whether the newest is recent, or the resource too new for one.
    """

    count: int
    due: int
    newest: datetime | None
    is_fresh: bool


def generations_of(
    as_of: datetime,
    age: timedelta,
    times: Iterable[datetime],
    *,
    expected: int,
    within: timedelta,
) -> Generations:
    """The generations that the backups are.

    Args:
        as_of: when it is judged.
        age: of the resource; one is due after each day.
        times: when each backup was created.
        expected: how many are due in the end.
        within: the maximum age of the newest.
    """
    times = sorted(times, reverse=True)
    newest = times[0] if times else None
    return Generations(
        count=len(times),
        due=min(expected, max(0, age // DAY)),
        newest=newest,
        is_fresh=(newest is not None and as_of - newest <= within) or age < within,
    )
