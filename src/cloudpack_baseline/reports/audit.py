"""What an auditor asks of a report beside its findings, as JSON values.

Accounts and period, the table of chapter 7 and those of other standards, waivers, attestations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import frozen

from cloudpack_baseline.attestations import judged_promises
from cloudpack_baseline.baseline import Attestation, Baseline, Waiver
from cloudpack_baseline.baseline.portable import to_values
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.codec import encode
from cloudpack_baseline.model.pattern import covers, matches
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.model.stored import UNREAD
from cloudpack_baseline.reports.period import (
    AuditPeriod,
    CorrectedFailure,
    PeriodRow,
    period_rows,
)
from cloudpack_baseline.reports.register import register_of
from cloudpack_baseline.reports.standards import standards
from cloudpack_baseline.whitepaper import Control, attested

__all__ = ["audit_values"]

_OF_EVERY_RUN = frozenset(("ec2:DescribeRegions", "sts:GetCallerIdentity"))
"""Operations that find out what to read, and are evidence of nothing."""


def audit_values(
    period: AuditPeriod,
    baseline: Baseline,
    findings: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The further keys of a report.

    Args:
        period: the audit period; its last assessment is what the report is about.
        baseline: what is declared.
        findings: those of the last one as JSON values.
    """
    instants = period.instants
    day = instants[-1].as_of.date()
    work = _Work.of(baseline, findings)
    digests = [instant.digest for instant in instants]
    return {
        "audit": _audit(period, baseline),
        "baseline": to_values(baseline),
        "matrices": _matrices(instants[-1].gathered, baseline, findings),
        "rows": [_row(entry, work, digests) for entry in period_rows(period, baseline.catalogue)],
        "resources": _resources(instants[-1].gathered, baseline),
        "standards": standards(baseline.catalogue, findings),
        "waivers": [_waiver(waiver, findings, day) for waiver in baseline.waivers],
        "attestations": [
            _attestation(attestation, baseline, day) for attestation in baseline.attestations
        ],
    }


@frozen(kw_only=True)
class _Work:
    """What every row is looked up in.

    Attributes:
        baseline: what is declared.
        operations: those whose answers each control is judged by.
        open: IDs of the findings of each control that fail or are unknown, without a waiver.
    """

    baseline: Baseline
    operations: Mapping[str, frozenset[str]]
    open: Mapping[str, list[str]]

    @classmethod
    def of(cls, baseline: Baseline, findings: Iterable[Mapping[str, Any]]) -> _Work:
        open_: dict[str, list[str]] = {}
        for finding in findings:
            if finding["outcome"] in ("fail", "unknown") and not finding["waived"]:
                open_.setdefault(finding["control"], []).append(finding["id"])
        operations = {
            control.id: _operations(control) for control in baseline.catalogue.controls.values()
        }
        return cls(baseline=baseline, operations=operations, open=open_)


def _audit(period: AuditPeriod, baseline: Baseline) -> dict[str, Any]:
    newest = period.instants[-1]
    return {
        "accounts": [_account(account) for account in newest.gathered.accounts]
        if newest.gathered
        else [],
        "excluded": [
            {"clause": exclusion.clause, "reason": exclusion.reason}
            for exclusion in baseline.scope.exclude
        ],
        "period": {
            "starts": encode(period.start),
            "is_declared": period.starts is not None,
            "ends": encode(newest.as_of),
            "gaps": [
                {"starts": encode(gap.start), "ends": encode(gap.end), "days": gap.days}
                for gap in period.gaps
            ],
        },
        "snapshots": [
            _snapshot(instant.gathered) for instant in period.instants if instant.gathered
        ],
    }


def _matrices(
    snapshot: Snapshot | None, baseline: Baseline, findings: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The segment matrices of the accounts in which segmentation was judged."""
    judged = {
        finding["resource"]["account"]
        for finding in findings
        if finding["control"] == "segmentation" and finding["outcome"] != "not applicable"
    }
    if snapshot is None or not judged or not baseline.segments:
        return []
    from cloudpack_baseline.reports.matrix_values import (  # noqa: PLC0415 - loads the network
        matrices_of,
        matrix_values,
    )

    return [matrix_values(matrix) for matrix in matrices_of(snapshot, baseline, judged)]


def _resources(snapshot: Snapshot | None, baseline: Baseline) -> list[dict[str, Any]]:
    if snapshot is None:
        return []
    return [resource.to_json() for resource in register_of(snapshot, baseline)]


def _account(account: AccountScope) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "regions": list(account.regions),
        "regions_off": list(account.regions_off),
    }


def _snapshot(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "digest": snapshot.digest,
        "evidence": list(snapshot.evidence),
        "taken_at": encode(snapshot.taken_at),
        "source": snapshot.source,
        "accounts": [account.id for account in snapshot.accounts],
        "assumptions": list(snapshot.assumptions),
    }


def _row(entry: PeriodRow, work: _Work, digests: list[str]) -> dict[str, Any]:
    row = entry.row
    controls = [id_ for id_ in row.controls if id_ in work.operations]
    operations = {operation for id_ in controls for operation in work.operations[id_]}
    return row.to_json() | {
        "status": entry.status.value,
        "previous": entry.previous.value if entry.previous else None,
        "operations": sorted(operations),
        "snapshots": digests if controls else [],
        "attestations": [
            attestation.promise
            for attestation in work.baseline.attestations
            if attestation.promise in row.controls
        ],
        "corrected": [_corrected(failure) for failure in entry.corrections],
        "measures": [_measure(id_, work) for id_ in row.controls if id_ in work.open],
    }


def _operations(control: Control) -> frozenset[str]:
    """The operations of AWS whose answers the control is judged by."""
    from cloudpack_baseline.sources.gathering import operations_of  # noqa: PLC0415 - rare

    return operations_of(reads_of([control])) - _OF_EVERY_RUN


def _corrected(failure: CorrectedFailure) -> dict[str, Any]:
    return {
        "finding": failure.finding,
        "first": encode(failure.first),
        "last": encode(failure.last),
        "corrected": encode(failure.corrected),
    }


def _measure(control: str, work: _Work) -> dict[str, Any]:
    """The control whose remedy is due, and the corrections that are declared for its findings."""
    options = work.baseline.controls.get("yearly-assessment")
    return {
        "control": control,
        "corrections": [
            {
                "ticket": correction.ticket,
                "due": correction.due.isoformat(),
                "corrected_on": _day(correction.corrected_on),
            }
            for correction in getattr(options, "corrections", ())
            if any(matches(correction.finding, id_) for id_ in work.open[control])
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _waiver(waiver: Waiver, findings: Sequence[Mapping[str, Any]], day: date) -> dict[str, Any]:
    return {
        "control": waiver.control,
        "resource": waiver.resource,
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "approved_by": waiver.approved_by,
        "approved_for": waiver.approved_for,
        "approved_on": waiver.approved_on.isoformat(),
        "expires": waiver.expires.isoformat(),
        "days_left": (waiver.expires - day).days,
        "in_effect": waiver.is_in_effect(day),
        "findings": [
            finding["id"]
            for finding in findings
            if finding["control"] == waiver.control
            and finding["waived"]
            and covers(waiver.resource, finding["resource"]["key"], finding["resource"]["name"])
        ],
    }


def _attestation(attestation: Attestation, baseline: Baseline, day: date) -> dict[str, Any]:
    promise = baseline.catalogue.promises[attestation.promise]
    last_day = baseline.last_day(attestation)
    file = baseline.files.get(attestation.evidence, UNREAD) if attestation.is_file else UNREAD
    control = attested(baseline.catalogue)[promise.id]
    return {
        "promise": promise.id,
        "clause": promise.clause,
        "text": dict(promise.text),
        "evidence": attestation.evidence,
        "sha256": file.sha256 or attestation.sha256 or "",
        "attested_by": attestation.attested_by,
        "attested_on": attestation.attested_on.isoformat(),
        "expires": last_day.isoformat(),
        "days_left": (last_day - day).days,
        "ticket": attestation.ticket,
        "in_scope": bool(judged_promises([control], baseline)),
    }
