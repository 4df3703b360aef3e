"""Assessing an audit period: the recorded snapshots of the same accounts over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import evolve

from cloudpack_baseline.assessment import Assessment, assess
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.progress import JudgingProgress
from cloudpack_baseline.sources.gathering import merge
from cloudpack_baseline.whitepaper import Control

__all__ = ["assess_period", "rounds"]


def assess_period(  # noqa: PLR0913 - two arguments; the rest are names
    snapshots: Iterable[Snapshot],
    baseline: Baseline | None = None,
    *,
    controls: Iterable[str | Control] | None = None,
    as_of: datetime | None = None,
    starts: datetime | None = None,
    progress: JudgingProgress | None = None,
) -> Assessment:
    """Assess the newest snapshot of each account, and the earlier ones as of their own time.

    Args:
        snapshots: of one account or several, in any order.
        baseline: what is declared; by default the values of the white paper.
        controls: as for `assess`.
        as_of: the time as of which the newest ones are assessed (aware); by default the time of
            gathering.
        starts: when the audit period starts (aware); snapshots before it are left out. By default,
            it starts with the first snapshot.
        progress: is called with the control that is being judged.

    Returns:
        The newest assessment; `Assessment.earlier` contains the others.

    Raises:
        InputError: as for `assess`, two snapshots of an account have the same time, or none is
            of the period.
    """
    selected = None if controls is None else tuple(controls)
    *earlier, newest = _since(starts, rounds(snapshots))
    return evolve(
        assess(newest, baseline, controls=selected, as_of=as_of, progress=progress),
        earlier=tuple(
            assess(snapshot, baseline, controls=selected, progress=progress) for snapshot in earlier
        ),
        period_starts=starts,
    )


def _since(starts: datetime | None, states: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    """The states within the period; all of them if its start is not declared.

    Raises:
        InputError: there is none, or the start has no time zone.
    """
    if starts is None:
        return tuple(states)
    if starts.tzinfo is None:
        raise InputError(f"the start of the period requires a time zone: {starts.isoformat()}")
    within = tuple(state for state in states if state.taken_at >= starts)
    if not within:
        raise InputError(f"no snapshot is of the audit period, which starts {starts.isoformat()}")
    return within


def rounds(snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    """The state of all accounts at each time that some were read again, in order.

    A round ends before an account is read for the second time. An account that a round does not
    read is as the round before it left it.

    Raises:
        InputError: there is no snapshot, two of an account have the same time, or their sources
            differ.
    """
    states: list[tuple[Snapshot, ...]] = []
    current: tuple[Snapshot, ...] = ()
    read: set[str] = set()
    for snapshot in sorted(snapshots, key=lambda snapshot: snapshot.taken_at):
        accounts = {account.id for account in snapshot.accounts}
        _check_times(snapshot, current)
        if read & accounts:
            states.append(current)
            read = set()
        read |= accounts
        current = (*_without(current, accounts), snapshot)
    return tuple(_merged(state) for state in (*states, current))


def _without(snapshots: Iterable[Snapshot], accounts: set[str]) -> Iterator[Snapshot]:
    """What the snapshots contain of other accounts."""
    for snapshot in snapshots:
        ids = {account.id for account in snapshot.accounts}
        if not ids & accounts:
            yield snapshot
        elif ids - accounts:
            yield evolve(
                snapshot,
                accounts=[scope for scope in snapshot.accounts if scope.id not in accounts],
                records=[record for record in snapshot.records if record.account not in accounts],
                coverage=[entry for entry in snapshot.coverage if entry.account not in accounts],
                alternatives=(),
            )


def _check_times(snapshot: Snapshot, current: Iterable[Snapshot]) -> None:
    accounts = {account.id for account in snapshot.accounts}
    for state in current:
        common = accounts & {account.id for account in state.accounts}
        if common and state.taken_at == snapshot.taken_at:
            raise InputError(
                f"the snapshots cannot be judged together: two of account {min(common)} "
                f"were taken at {snapshot.taken_at.isoformat()}"
            )


def _merged(snapshots: tuple[Snapshot, ...]) -> Snapshot:
    """One snapshot; a single one with its scenarios.

    Raises:
        InputError: their sources differ.
    """
    if len(snapshots) == 1:
        return snapshots[0]
    try:
        return merge(snapshots)
    except ValueError as error:
        raise InputError(f"the snapshots cannot be judged together: {error}") from None
