"""What an auditor asks of a report beside its findings, as JSON values.

Accounts and period, the table of chapter 7 and those of other standards, waivers, attestations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from cloudpack_baseline.attestations import judged_promises
from cloudpack_baseline.baseline import Attestation, Baseline, Waiver
from cloudpack_baseline.baseline.portable import to_values
from cloudpack_baseline.model.codec import encode
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.model.stored import UNREAD
from cloudpack_baseline.reports.period import AuditPeriod
from cloudpack_baseline.reports.register import register_of
from cloudpack_baseline.reports.row_values import row_values
from cloudpack_baseline.reports.standards import standards
from cloudpack_baseline.whitepaper import attested

__all__ = ["audit_values"]


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
    waivers = [_waiver(waiver, findings, day) for waiver in baseline.waivers]
    return {
        "audit": _audit(period, baseline),
        "baseline": to_values(baseline),
        "matrices": _matrices(instants[-1].gathered, baseline, findings),
        "rows": row_values(period, baseline, findings, waivers),
        "resources": _resources(instants[-1].gathered, baseline),
        "standards": standards(baseline.catalogue, findings),
        "waivers": waivers,
        "attestations": [
            _attestation(attestation, baseline, day) for attestation in baseline.attestations
        ],
    }


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
