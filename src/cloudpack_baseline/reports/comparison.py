"""What became of the findings of an earlier report (clause 4.8): corrected, new, or as before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.findings import Finding, Outcome
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.codec import encode
from cloudpack_baseline.reports.json import SCHEMA
from cloudpack_baseline.reports.rows import RowMark
from cloudpack_baseline.sources.files import FileFault, read_file

if TYPE_CHECKING:
    from cloudpack_baseline.assessment import Assessment

__all__ = [
    "ComparedFinding",
    "ComparisonState",
    "JudgedFinding",
    "JudgedReport",
    "ReportComparison",
    "compare",
    "read_report",
]

_OPEN = ("fail", "unknown", "waived")
"""Outcomes of what is to be corrected; an approved exception is no correction."""

_ALL = "*"
"""The name of the resource of a finding on a listing."""


class ComparisonState(StrEnum):
    """What became of a finding."""

    CORRECTED = "corrected"
    """It was open and passes now, or its resource is gone."""
    NEW = "new"
    """It is open and was not: it passed, or there was no such finding."""
    STAYED = "stayed"
    """It was open and is; an exception that was approved since then included."""
    NOT_JUDGED = "not judged"
    """It was open, and this time it was not judged, or its resource could not be listed."""


@frozen(kw_only=True)
class JudgedFinding:
    """A finding of a report, as far as it is compared.

    Attributes:
        id: control and resource key.
        control: the ID of the control.
        account: the account ID; empty: it belongs to none.
        resource: the key of the resource.
        name: the name of the resource; ``*`` for a listing.
        outcome: ``fail``, ``unknown``, ``waived``, ``pass`` or ``not applicable``.
    """

    id: str
    control: str
    account: str
    resource: str
    name: str
    outcome: str

    @property
    def is_open(self) -> bool:
        """Whether something is to be corrected."""
        return self.outcome in _OPEN


@frozen(kw_only=True)
class JudgedReport:
    """A report, as far as it is compared.

    Attributes:
        as_of: the time as of which ages were calculated.
        snapshot: the digest of the snapshot that it rests on.
        findings: by ID.
        not_run: control and account ID of what was selected and not judged.
        marks: the mark of each row of the table of chapter 7, by its clause, where it has one.
    """

    as_of: datetime
    snapshot: str
    findings: Mapping[str, JudgedFinding] = field(repr=False)
    not_run: frozenset[tuple[str, str]] = frozenset()
    marks: Mapping[str, str] = field(factory=dict, eq=False, repr=False)

    @classmethod
    def of(cls, assessment: Assessment) -> JudgedReport:
        """What the assessment reports."""
        findings = [
            JudgedFinding(
                id=finding.id,
                control=finding.control,
                account=finding.resource.account,
                resource=finding.resource.key,
                name=finding.resource.name,
                outcome=(Outcome.WAIVED if finding.waived else finding.outcome).value,
            )
            for finding in assessment.findings
        ]
        not_run = {(missing.control, missing.account) for missing in assessment.not_run}
        not_run |= {
            (finding.control, finding.resource.account)
            for finding in assessment.findings
            if _is_left_out(finding)
        }
        return cls(
            as_of=assessment.as_of,
            snapshot=assessment.snapshot,
            findings=_by_id(findings),
            not_run=frozenset(not_run),
        )

    @property
    def accounts(self) -> frozenset[str]:
        """The IDs of the accounts with findings."""
        return frozenset(finding.account for finding in self.findings.values()) - {""}

    def check_accounts(self, accounts: Iterable[str]) -> None:
        """Check that it can be compared with a report about these accounts.

        Raises:
            InputError: it is about others, and about none of them.
        """
        accounts = frozenset(accounts) - {""}
        if self.accounts and accounts and not self.accounts & accounts:
            listed = ", ".join(sorted(self.accounts))
            raise InputError(f"the report to compare with is about other accounts: {listed}")

    @property
    def judged(self) -> frozenset[tuple[str, str]]:
        """Control and account ID of everything that was judged."""
        pairs = {(finding.control, finding.account) for finding in self.findings.values()}
        return frozenset(pairs) - self.not_run

    @property
    def unlisted(self) -> frozenset[tuple[str, str]]:
        """Control and account ID where resources could not be listed, so that some may lack."""
        return frozenset(
            (finding.control, finding.account)
            for finding in self.findings.values()
            if finding.outcome == "unknown" and finding.name == _ALL
        )


def _is_left_out(finding: Finding) -> bool:
    """Whether it says that its control was not judged: out of scope, or beyond the source.

    An account without anything to judge was judged.
    """
    message = finding.observations[0].message.id
    left_out = message.startswith("common.") and message != "common.nothing"
    return left_out and finding.outcome is Outcome.NOT_APPLICABLE


@frozen(kw_only=True)
class ComparedFinding:
    """A finding then and now.

    Attributes:
        id: control and resource key.
        control: the ID of the control.
        account: the account ID; empty: it belongs to none.
        resource: the key of the resource.
        name: the name of the resource.
        before: its outcome then; ``absent``: there was no such finding, ``not judged``: nor could
            there be, since the control was not judged in the account.
        after: its outcome now, likewise.
    """

    id: str
    control: str
    account: str
    resource: str
    name: str
    before: str
    after: str


@frozen(kw_only=True)
class ReportComparison:
    """An assessment beside an earlier report.

    Attributes:
        as_of: the time of the earlier report.
        snapshot: the digest of the snapshot that it rests on.
        findings: what is or was open, by state, each in the order of the IDs.
        marks: the mark of each row in the earlier report, by its clause.
    """

    as_of: datetime
    snapshot: str
    findings: Mapping[ComparisonState, tuple[ComparedFinding, ...]]
    marks: Mapping[str, str] = field(factory=dict, eq=False, repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """The number of findings for each state."""
        return {state.value: len(self.findings.get(state, ())) for state in ComparisonState}

    def to_json(self) -> dict[str, Any]:
        """The comparison as JSON values, as the report contains it under ``comparison``."""
        return {
            "as_of": encode(self.as_of),
            "snapshot": self.snapshot,
            "counts": self.counts,
            **{
                state.name.lower(): encode(self.findings.get(state, ()))
                for state in ComparisonState
            },
        }

    def added_to(self, report: Mapping[str, Any]) -> dict[str, Any]:
        """The report with the comparison; a row without a previous mark has that of then."""
        rows = [
            row | {"previous": row["previous"] or self.marks.get(row["clause"])}
            for row in report["rows"]
        ]
        return {**report, "comparison": self.to_json(), "rows": rows}


def compare(previous: JudgedReport, current: JudgedReport) -> ReportComparison:
    """What became of what was open in the previous report, and what is open for the first time.

    Raises:
        InputError: the reports are about different accounts.
    """
    previous.check_accounts(current.accounts)
    findings: dict[ComparisonState, list[ComparedFinding]] = {}
    for state, compared in _compared(previous, current):
        findings.setdefault(state, []).append(compared)
    return ReportComparison(
        as_of=previous.as_of,
        snapshot=previous.snapshot,
        findings={state: tuple(compared) for state, compared in findings.items()},
        marks=previous.marks,
    )


def _compared(
    previous: JudgedReport, current: JudgedReport
) -> Iterator[tuple[ComparisonState, ComparedFinding]]:
    judged_before, judged_now = previous.judged, current.judged
    unlisted = current.unlisted
    for id_ in sorted(previous.findings.keys() | current.findings.keys()):
        before, after = previous.findings.get(id_), current.findings.get(id_)
        state = _state(before, after, judged_now - unlisted)
        if state is not None and (finding := after or before) is not None:
            yield (
                state,
                ComparedFinding(
                    id=id_,
                    control=finding.control,
                    account=finding.account,
                    resource=finding.resource,
                    name=finding.name,
                    before=_outcome(before, finding, judged_before),
                    after=_outcome(after, finding, judged_now),
                ),
            )


def _state(
    before: JudgedFinding | None,
    after: JudgedFinding | None,
    complete: frozenset[tuple[str, str]],
) -> ComparisonState | None:
    """What became of a finding; ``None``: it is open neither then nor now."""
    if before is None or not before.is_open:
        return ComparisonState.NEW if after is not None and after.is_open else None
    if after is not None:
        return ComparisonState.STAYED if after.is_open else ComparisonState.CORRECTED
    # That a resource is gone is known only where its control judged everything in the account.
    gone = (before.control, before.account) in complete
    return ComparisonState.CORRECTED if gone else ComparisonState.NOT_JUDGED


def _outcome(
    finding: JudgedFinding | None, known: JudgedFinding, judged: frozenset[tuple[str, str]]
) -> str:
    if finding is not None:
        return finding.outcome
    return "absent" if (known.control, known.account) in judged else "not judged"


# -- reading


def read_report(path: Path) -> JudgedReport:
    """A JSON report that was written earlier, of this schema or an older one.

    Raises:
        InputError: it cannot be read, is no report, or of a later schema.
    """
    try:
        values = json.loads(read_file(path))
    except FileFault as error:
        raise InputError(Problem(str(error), file=str(path))) from error
    except (RecursionError, ValueError) as error:
        raise InputError(Problem(f"broken JSON: {error}"[:200], file=str(path))) from error
    match values:
        case {"schema": int(schema)} if schema > SCHEMA:
            message = f"schema {schema} is later than {SCHEMA}, the latest that this version reads"
            raise InputError(Problem(message, path="schema", file=str(path)))
    try:
        report = _report(values)
    except (OverflowError, ValueError) as error:
        raise InputError(Problem(f"not a JSON report: {error}", file=str(path))) from error
    if not report.findings:
        raise InputError(Problem("contains no findings: nothing was judged", file=str(path)))
    return report


def _report(values: object) -> JudgedReport:
    match values:
        case {
            "schema": int(),
            "as_of": str(as_of),
            "snapshot": str(snapshot),
            "findings": [*findings],
            "not_run": [*not_run],
            **others,
        }:
            moment = datetime.fromisoformat(as_of)
            return JudgedReport(
                as_of=(moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC),
                snapshot=snapshot,
                findings=_by_id(_finding(finding) for finding in findings),
                not_run=frozenset(_missing(missing) for missing in not_run),
                marks=dict(_marks(others.get("rows"))),
            )
    raise ValueError("expected the keys schema, as_of, snapshot, findings and not_run")


def _finding(values: object) -> JudgedFinding:
    match values:
        case {
            "id": str(id_),
            "control": str(control),
            "outcome": str(outcome),
            "waived": bool(waived),
            "resource": {"key": str(key), "account": str(account), "name": str(name)},
        } if outcome in tuple(Outcome):
            return JudgedFinding(
                id=id_,
                control=control,
                account=account,
                resource=key,
                name=name,
                outcome="waived" if waived else outcome,
            )
    raise ValueError("a finding lacks id, control, outcome, waived or resource")


def _marks(rows: object) -> Iterator[tuple[str, str]]:
    """The marks of the rows; the oldest reports have none."""
    for row in rows if isinstance(rows, list) else ():
        match row:
            case {"clause": str(clause), "mark": str(mark)} if mark in tuple(RowMark):
                yield clause, mark


def _missing(values: object) -> tuple[str, str]:
    match values:
        case {"control": str(control), "account": str(account)}:
            return control, account
    raise ValueError("an entry of not_run lacks control or account")


def _by_id(findings: Iterable[JudgedFinding]) -> dict[str, JudgedFinding]:
    return {finding.id: finding for finding in findings}
