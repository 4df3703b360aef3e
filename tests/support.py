"""Small worlds for tests: records of one account, as a snapshot."""

from __future__ import annotations

from importlib.metadata import version

from cloudpack_baseline.model.read import Read
from cloudpack_baseline.model.snapshot import Coverage, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.testing.records import ACCOUNT, REGION, TAKEN_AT, snapshot

MOTO = tuple(int(piece) for piece in version("moto").split(".")[:2])
"""moto's version: what older ones do not answer is tested on newer ones."""

NOW = TAKEN_AT


def denied(operation: str = "s3:GetBucketPolicy") -> Unknown:
    return Unknown.because(
        Why.DENIED, operation=operation, code="AccessDenied", actions=(operation,)
    )


def coverage(
    reads: tuple[Read, ...], gaps: dict[str, Unknown] | None = None
) -> tuple[Coverage, ...]:
    """Everything covered in full, save the kinds that `gaps` names."""
    return tuple(
        Coverage(
            kind=read.kind.__name__,
            account=ACCOUNT,
            region=REGION,
            fields=tuple(sorted(read.fields)),
            unknown=(gaps or {}).get(read.kind.__name__),
        )
        for read in reads
    )


def world(control: str, *records, gaps: dict[str, Unknown] | None = None, **changes) -> Snapshot:
    """A snapshot of one account that holds just these records, gathered for the control."""
    return snapshot(*records, controls=[control], unread=gaps, **changes)


def only(assessment):
    """The single finding."""
    (finding,) = assessment.findings
    return finding
