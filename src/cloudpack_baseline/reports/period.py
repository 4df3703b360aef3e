"""The table of chapter 7 over a period: what the recorded snapshots in it come to together.

The newest snapshot decides the status; the others decide whether it was so all the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from attrs import evolve

from cloudpack_baseline.findings import Finding, Outcome
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.reports.rows import ClauseRow, RowMark, clause_rows, with_marks_below
from cloudpack_baseline.whitepaper import Catalogue

__all__ = [
    "AuditPeriod",
    "CorrectedFailure",
    "Gap",
    "JudgedInstant",
    "PeriodRow",
    "period_rows",
]

_LONGEST_GAP = timedelta(days=31)
"""Between two snapshots; after a longer one, nobody knows what was so in between."""

_GOOD = (RowMark.KEPT, RowMark.NOT_APPLICABLE)


@frozen(kw_only=True)
class JudgedInstant:
    """What was judged as of one time of the period.

    Attributes:
        as_of: the time as of which ages were calculated.
        findings: all of them.
        not_run: IDs of the selected controls that were not judged.
        digest: of the snapshot.
        gathered: the snapshot, if there is one.
    """

    as_of: datetime
    findings: tuple[Finding, ...]
    not_run: tuple[str, ...] = ()
    digest: str = ""
    gathered: Snapshot | None = None

    @property
    def taken_at(self) -> datetime:
        """When the snapshot was gathered."""
        return self.gathered.taken_at if self.gathered else self.as_of


@frozen(kw_only=True)
class AuditPeriod:
    """What was judged in an audit period.

    Attributes:
        instants: in order; at least one. The last one decides the status.
        starts: when the period starts, if that is declared; else with the first snapshot.
    """

    instants: tuple[JudgedInstant, ...]
    starts: datetime | None = None

    @property
    def start(self) -> datetime:
        """When it starts."""
        return self.starts or self.instants[0].taken_at

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The times of more than 31 days without a snapshot.

        Those before the first one and after the last one count where the start is declared.
        """
        times = [instant.taken_at for instant in self.instants]
        if self.starts is not None:
            times = [self.starts, *times, self.instants[-1].as_of]
        return tuple(
            Gap(start=start, end=end)
            for start, end in pairwise(times)
            if end - start > _LONGEST_GAP
        )


@frozen(kw_only=True)
class Gap:
    """A time of more than 31 days without a snapshot.

    Attributes:
        start: the time of the snapshot before it.
        end: the time of the snapshot after it.
    """

    start: datetime
    end: datetime

    @property
    def days(self) -> int:
        """Whole days between them."""
        return (self.end - self.start).days


@frozen(kw_only=True)
class CorrectedFailure:
    """A failure within the period that is no longer there at its end.

    Attributes:
        finding: the ID of the finding.
        first: the time of the first snapshot in which it fails.
        last: the time of the last one.
        corrected: the time of the one after that.
    """

    finding: str
    first: datetime
    last: datetime
    corrected: datetime


@frozen(kw_only=True)
class PeriodRow:
    """A row of the table over a period.

    Attributes:
        row: as of the newest snapshot, with the mark over the period.
        status: the mark as of the newest snapshot.
        previous: the mark as of the snapshot before it; ``None``: there is none.
        corrections: failures that count for it and were corrected, in the order of their IDs.
    """

    row: ClauseRow
    status: RowMark
    previous: RowMark | None = None
    corrections: tuple[CorrectedFailure, ...] = ()


def period_rows(period: AuditPeriod, catalogue: Catalogue | None = None) -> tuple[PeriodRow, ...]:
    """The rows over the period, in the order of the table.

    Args:
        period: what was judged in it. Attested promises count as of its end only: snapshots do
            not contain them.
        catalogue: the clauses; by default those of the paper.
    """
    instants = period.instants
    tables = [
        {row.clause: row for row in clause_rows(instant.findings, instant.not_run, catalogue)}
        for instant in _with_newest_attestations(instants)
    ]
    gaps = period.gaps
    corrections = _corrections(instants)
    newest = tables[-1]
    over_period = with_marks_below(
        evolve(row, mark=_mark([table[row.clause].mark for table in tables], row, gaps))
        for row in newest.values()
    )
    return tuple(
        PeriodRow(
            row=row,
            status=newest[row.clause].mark,
            previous=tables[-2][row.clause].mark if len(tables) > 1 else None,
            corrections=tuple(
                entry for control in row.controls for entry in corrections.get(control, ())
            ),
        )
        for row in over_period
    )


def _mark(marks: Sequence[RowMark], row: ClauseRow, gaps: Sequence[Gap]) -> RowMark:
    """The mark over the period; only a good status depends on what was so before."""
    *earlier, status = marks
    if status not in _GOOD:
        return status
    if RowMark.BROKEN in earlier or RowMark.WAIVED in earlier:
        return RowMark.CORRECTED
    unseen = bool(gaps) and status is RowMark.KEPT and row.kind != "attested"
    return RowMark.UNKNOWN if RowMark.UNKNOWN in earlier or unseen else status


def _with_newest_attestations(instants: Sequence[JudgedInstant]) -> Iterator[JudgedInstant]:
    attested = tuple(filter(_is_attested, instants[-1].findings))
    for instant in instants[:-1]:
        judged = (finding for finding in instant.findings if not _is_attested(finding))
        yield evolve(instant, findings=(*judged, *attested))
    yield instants[-1]


def _is_attested(finding: Finding) -> bool:
    return finding.resource.kind == "Promise"


def _corrections(instants: Sequence[JudgedInstant]) -> Mapping[str, list[CorrectedFailure]]:
    """The corrected failures of each control."""
    failing: dict[str, list[int]] = {}
    controls: dict[str, str] = {}
    for place, instant in enumerate(instants):
        for finding in filter(_fails, instant.findings):
            failing.setdefault(finding.id, []).append(place)
            controls[finding.id] = finding.control
    undecided = _undecided(instants[-1])
    bad = {finding.id for finding in instants[-1].findings if finding.outcome in _BAD}
    corrections: dict[str, list[CorrectedFailure]] = {}
    for id_, places in sorted(failing.items()):
        if id_ not in bad and controls[id_] not in undecided:
            correction = CorrectedFailure(
                finding=id_,
                first=instants[places[0]].taken_at,
                last=instants[places[-1]].taken_at,
                corrected=instants[places[-1] + 1].taken_at,
            )
            corrections.setdefault(controls[id_], []).append(correction)
    return corrections


_BAD = (Outcome.FAIL, Outcome.UNKNOWN)


def _fails(finding: Finding) -> bool:
    return finding.outcome is Outcome.FAIL and not _is_attested(finding)


def _undecided(instant: JudgedInstant) -> frozenset[str]:
    """The controls that may have missed a resource: its failure need not have ended."""
    unknown: Iterable[Finding] = (
        finding for finding in instant.findings if finding.outcome is Outcome.UNKNOWN
    )
    return frozenset((*instant.not_run, *(finding.control for finding in unknown)))
