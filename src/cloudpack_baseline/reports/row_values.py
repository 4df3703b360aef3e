"""The rows of the table of chapter 7 as JSON values: with evidence, corrections and measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.codec import encode
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.reports.period import (
    AuditPeriod,
    CorrectedFailure,
    PeriodRow,
    period_rows,
)
from cloudpack_baseline.whitepaper import Control

__all__ = ["row_values"]

_OF_EVERY_RUN = frozenset(("ec2:DescribeRegions", "sts:GetCallerIdentity"))
"""Operations that find out what to read, and are evidence of nothing."""


def row_values(
    period: AuditPeriod,
    baseline: Baseline,
    findings: Iterable[Mapping[str, Any]],
    waivers: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """The rows over the period.

    Args:
        period: what was judged in it.
        baseline: what is declared.
        findings: those at its end as JSON values.
        waivers: as JSON values, with the findings that they cover.
    """
    sources = _Sources.of(baseline, findings, waivers)
    digests = [instant.digest for instant in period.instants]
    return [_row(entry, sources, digests) for entry in period_rows(period, baseline.catalogue)]


@frozen(kw_only=True)
class _Sources:
    """What every row is looked up in.

    Attributes:
        baseline: what is declared.
        operations: those whose answers each control is judged by.
        open: IDs of the findings of each control that fail or are unknown, without a waiver.
        waivers: those that cover a finding, as JSON values.
    """

    baseline: Baseline
    operations: Mapping[str, frozenset[str]]
    open: Mapping[str, list[str]]
    waivers: Sequence[Mapping[str, Any]]

    @classmethod
    def of(
        cls,
        baseline: Baseline,
        findings: Iterable[Mapping[str, Any]],
        waivers: Iterable[Mapping[str, Any]],
    ) -> _Sources:
        open_findings: dict[str, list[str]] = {}
        for finding in findings:
            if finding["outcome"] in ("fail", "unknown") and not finding["waived"]:
                open_findings.setdefault(finding["control"], []).append(finding["id"])
        operations = {
            control.id: _operations(control) for control in baseline.catalogue.controls.values()
        }
        return cls(
            baseline=baseline,
            operations=operations,
            open=open_findings,
            waivers=[waiver for waiver in waivers if waiver["findings"]],
        )


def _row(entry: PeriodRow, sources: _Sources, digests: list[str]) -> dict[str, Any]:
    row = entry.row
    controls = [id_ for id_ in row.controls if id_ in sources.operations]
    operations = {operation for id_ in controls for operation in sources.operations[id_]}
    return row.to_json() | {
        "status": entry.status.value,
        "previous": entry.previous.value if entry.previous else None,
        "operations": sorted(operations),
        "snapshots": digests if controls else [],
        "attestations": [
            attestation.promise
            for attestation in sources.baseline.attestations
            if attestation.promise in row.controls
        ],
        "corrected": [_corrected(failure) for failure in entry.corrections],
        "waivers": [_waiver(waiver) for waiver in sources.waivers if waiver["control"] in controls],
        "measures": [_measure(id_, sources) for id_ in row.controls if id_ in sources.open],
    }


def _operations(control: Control) -> frozenset[str]:
    """The operations of AWS whose answers the control is judged by."""
    from cloudpack_baseline.sources.gathering import operations_of  # noqa: PLC0415 - most runs do without it

    return operations_of(reads_of([control])) - _OF_EVERY_RUN


def _corrected(failure: CorrectedFailure) -> dict[str, Any]:
    return {
        "finding": failure.finding,
        "first": encode(failure.first),
        "last": encode(failure.last),
        "corrected": encode(failure.corrected),
    }


def _measure(control: str, sources: _Sources) -> dict[str, Any]:
    """The control whose remedy is due, and the corrections that are declared for its findings."""
    options = sources.baseline.controls.get("yearly-assessment")
    return {
        "control": control,
        "corrections": [
            {
                "ticket": correction.ticket,
                "due": correction.due.isoformat(),
                "corrected_on": correction.corrected_on.isoformat()
                if correction.corrected_on
                else None,
            }
            for correction in getattr(options, "corrections", ())
            if any(matches(correction.finding, id_) for id_ in sources.open[control])
        ],
    }


def _waiver(waiver: Mapping[str, Any]) -> dict[str, Any]:
    return {name: waiver[name] for name in ("control", "resource", "ticket", "expires")}
