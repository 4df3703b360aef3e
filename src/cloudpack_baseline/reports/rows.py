"""The table of chapter 7: each clause of the paper with its mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from attrs import evolve

from cloudpack_baseline.findings import Finding, Outcome
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.texts import Text, in_each_language, text
from cloudpack_baseline.whitepaper import Catalogue, Relation, builtin

__all__ = ["ClauseRow", "RowMark", "clause_rows", "with_marks_below"]

_URGENT = "4.7.2"
"""Promises a decision of the customer: an approval in effect keeps it."""

_SCOPE = frozenset(
    f"common.{name}"
    for name in ("excluded", "later", "not-selected", "other-party", "unattested-out-of-scope")
)
"""The texts that say why ``[scope]`` leaves something out."""

_TABLE = "4"
"""The chapter whose clauses the paper's own table lists."""


class RowMark(StrEnum):
    """The marks of the table, worst first."""

    BROKEN = "×"
    UNKNOWN = "?"
    WAIVED = "△"
    CORRECTED = "●"
    """Over a period: a nonconformity in it that was corrected by its end."""
    NOT_APPLICABLE = "－"
    KEPT = "○"


_WORST_FIRST = tuple(RowMark)


@frozen(kw_only=True)
class ClauseRow:
    """A row of the table.

    Attributes:
        clause: its number.
        heading: as the table of the paper spells it, by language.
        kind: ``judged``, ``attested``, ``mixed`` or ``informative``.
        mark: the status of the clause and the clauses below it.
        population: the resources of the findings that count, by distinct key: ``resources``,
            those that were ``judged``, and those of which something is ``unknown``.
        in_table: whether the paper's own table has the row.
        counts: the findings that count for the mark, by outcome; ``waived`` apart.
        controls: the IDs of the controls and promises whose findings count.
        best_practices: those whose findings are shown below the mark, and do not count.
        not_judged: controls that count, and were not judged.
        reason: why an informative clause promises nothing, by language.
        left_out: why what counts, or some of it, is not in scope, by language.
    """

    clause: str
    heading: Mapping[str, str]
    kind: str
    mark: RowMark
    in_table: bool
    counts: Mapping[str, int]
    population: Mapping[str, int]
    controls: tuple[str, ...]
    best_practices: tuple[str, ...]
    not_judged: tuple[str, ...]
    reason: Mapping[str, str]
    left_out: tuple[Mapping[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The row as JSON values."""
        return {
            "clause": self.clause,
            "heading": dict(self.heading),
            "kind": self.kind,
            "mark": self.mark.value,
            "in_table": self.in_table,
            "counts": dict(self.counts),
            "population": dict(self.population),
            "controls": list(self.controls),
            "best_practices": list(self.best_practices),
            "not_judged": list(self.not_judged),
            "reason": dict(self.reason),
            "left_out": [dict(words) for words in self.left_out],
        }


@frozen
class _Verdict:
    """What counts of a finding; its outcome is that of all its observations, and computed once."""

    outcome: Outcome
    waived: bool
    resource: str
    left_out: tuple[Text, ...] = ()


_Verdicts = Mapping[str, list[_Verdict]]
"""By the ID of the control."""


def clause_rows(
    findings: Iterable[Finding],
    not_run: Iterable[str] = (),
    catalogue: Catalogue | None = None,
) -> tuple[ClauseRow, ...]:
    """The rows: those of the paper's table first, in its order, then the other clauses.

    Args:
        findings: of an assessment.
        not_run: IDs of the selected controls that were not judged in some account.
        catalogue: the clauses; by default those of the paper.
    """
    catalogue = builtin() if catalogue is None else catalogue
    by_control: dict[str, list[_Verdict]] = {}
    for finding in findings:
        outcome = finding.outcome
        waived = finding.waiver is not None and outcome is Outcome.FAIL
        verdict = _Verdict(outcome, waived, finding.resource.key, _left_out(finding))
        by_control.setdefault(finding.control, []).append(verdict)
    missing = frozenset(not_run)
    rows = {
        number: _own_row(catalogue, number, by_control, missing) for number in catalogue.clauses
    }
    return tuple(sorted(with_marks_below(rows.values()), key=lambda row: not row.in_table))


def _left_out(finding: Finding) -> tuple[Text, ...]:
    """Why the control or promise is not in scope, if that is what the finding says."""
    messages = (observation.message for observation in finding.observations)
    return tuple(message for message in messages if message.id in _SCOPE)


def with_marks_below(rows: Iterable[ClauseRow]) -> list[ClauseRow]:
    """The rows, each with the worst of its own mark and of those below it."""
    rows = tuple(rows)
    return [
        _with_mark(row, [candidate.mark for candidate in rows if _is_below(candidate.clause, row)])
        for row in rows
    ]


def _own_row(
    catalogue: Catalogue,
    number: str,
    by_control: _Verdicts,
    missing: frozenset[str],
) -> ClauseRow:
    clause = catalogue.clauses[number]
    relations = {
        control.id: link.relation
        for control in catalogue.controls.values()
        for link in control.clauses
        if link.clause == number
    }
    follows_best_practices = any(promise.best_practice for promise in catalogue.promises_of(number))
    counting = {
        id_: relation
        for id_, relation in relations.items()
        if relation is not Relation.BEST_PRACTICE or follows_best_practices
    }
    if follows_best_practices:
        for control in catalogue.controls.values():
            if any(link.relation is Relation.BEST_PRACTICE for link in control.clauses):
                counting.setdefault(control.id, Relation.BEST_PRACTICE)
    attested = [
        promise.id for promise in catalogue.promises_of(number) if promise.valid_days is not None
    ]
    counted = [verdict for id_ in (*counting, *attested) for verdict in by_control.get(id_, ())]
    not_judged = tuple(id_ for id_ in counting if id_ not in by_control or id_ in missing)
    return ClauseRow(
        clause=number,
        heading={"ja": clause.table_heading, "en": clause.heading_en},
        kind=clause.kind,
        mark=_own_mark(number, counting, attested, by_control, not_judged),
        in_table=number.partition(".")[0] == _TABLE,
        counts=_counts(counted),
        population=_population(counted),
        controls=(*counting, *attested),
        best_practices=tuple(sorted(set(relations) - set(counting))),
        not_judged=not_judged,
        reason=clause.reason,
        left_out=_reasons([*counting, *attested], counted),
    )


def _reasons(counting: list[str], verdicts: list[_Verdict]) -> tuple[Mapping[str, str], ...]:
    """Why what counts for a clause is left out, each reason once."""
    if counting and not verdicts:
        return (in_each_language(text("formats.not-in-this-run")),)
    reasons = [in_each_language(reason) for verdict in verdicts for reason in verdict.left_out]
    return tuple({words["en"]: words for words in reasons}.values())


def _counts(verdicts: Iterable[_Verdict]) -> dict[str, int]:
    counts = dict.fromkeys((outcome.value for outcome in Outcome), 0)
    for verdict in verdicts:
        counts[(Outcome.WAIVED if verdict.waived else verdict.outcome).value] += 1
    return counts


def _population(verdicts: Iterable[_Verdict]) -> dict[str, int]:
    keys: dict[str, set[str]] = {"resources": set(), "judged": set(), "unknown": set()}
    for verdict in verdicts:
        if verdict.outcome is not Outcome.NOT_APPLICABLE:
            name = "unknown" if verdict.outcome is Outcome.UNKNOWN else "judged"
            keys["resources"].add(verdict.resource)
            keys[name].add(verdict.resource)
    return {name: len(resources) for name, resources in keys.items()}


def _own_mark(
    number: str,
    counting: Mapping[str, Relation],
    attested: list[str],
    by_control: _Verdicts,
    not_judged: tuple[str, ...],
) -> RowMark:
    """The mark of the clause itself, without those below it.

    Kept needs evidence of every kind that the clause has: a control that the paper promises
    directly or as a best practice, and every attestation. An analogy never shows it alone.
    """
    verdicts = [verdict for id_ in (*counting, *attested) for verdict in by_control.get(id_, ())]
    waived = any(verdict.waived for verdict in verdicts) and number != _URGENT
    outcomes = {verdict.outcome for verdict in verdicts if not verdict.waived}
    if Outcome.FAIL in outcomes:
        return RowMark.BROKEN
    if Outcome.UNKNOWN in outcomes or (not_judged and verdicts):
        return RowMark.UNKNOWN
    if waived:
        return RowMark.WAIVED
    sufficient = [id_ for id_, relation in counting.items() if relation is not Relation.ANALOGY]
    judged = any(_passes(verdict) for id_ in sufficient for verdict in by_control.get(id_, ()))
    proven = all(any(map(_passes, by_control.get(id_, ()))) for id_ in attested)
    if (judged or (attested and not sufficient)) and proven:
        return RowMark.KEPT
    return RowMark.NOT_APPLICABLE


def _passes(verdict: _Verdict) -> bool:
    return verdict.outcome is Outcome.PASS or verdict.waived


def _is_below(number: str, row: ClauseRow) -> bool:
    return number.startswith(f"{row.clause}.")


def _with_mark(row: ClauseRow, below: list[RowMark]) -> ClauseRow:
    """The row with the worst of its own mark and of those below it.

    A clause with nothing of its own takes the worst mark below it.
    """
    has_own = bool(row.controls)
    marks = [*below, *([row.mark] if has_own or not below else [])]
    worst = next(mark for mark in _WORST_FIRST if mark in marks)
    return evolve(row, mark=worst)
