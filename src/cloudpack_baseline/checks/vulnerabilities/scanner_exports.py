"""Findings that another scanner has exported in the AWS Security Finding Format (ASFF).

Source: AWS Security Hub User Guide, "AWS Security Finding Format (ASFF)".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, described
from cloudpack_baseline.model.reading import Misshapen, structured

__all__ = ["ExportedFinding", "exported_findings"]

_FIXES = ("YES", "PARTIAL", "NO")
"""Values of FixAvailable, the most urgent first."""


def _fix(vulnerabilities: Iterable[Answer]) -> str:
    """Whether there is a fix for any of them; empty if the scanner does not say."""
    fixes = {vulnerability.get("FixAvailable") for vulnerability in vulnerabilities}
    return next((fix for fix in _FIXES if fix in fixes), "")


@frozen(kw_only=True)
class ExportedFinding:
    """A finding in ASFF.

    Attributes:
        id: Id.
        title: Title, such as ``CVE-2026-1 in openssl``.
        account_id: AwsAccountId.
        severity: Severity.Label: ``CRITICAL``, ``HIGH``, ...
        record_state: ``ARCHIVED`` if it is closed.
        workflow_status: ``RESOLVED`` or ``SUPPRESSED`` if it is closed.
        fix_available: ``YES``, ``PARTIAL`` or ``NO``; empty: the scanner does not say.
        first_observed_at: FirstObservedAt, else CreatedAt.
        resources: IDs of the affected resources.
    """

    id: str
    title: str
    account_id: str = described("AwsAccountId")
    severity: str = described("Severity.Label")
    record_state: str | None = None
    workflow_status: str | None = described("Workflow.Status", default=None)
    fix_available: str = described("Vulnerabilities", convert=_fix, default="")
    first_observed_at: datetime = described("FirstObservedAt || CreatedAt")
    resources: tuple[str, ...] = described("Resources[].Id", default=())

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed."""
        closed = self.workflow_status in {"RESOLVED", "SUPPRESSED"}
        return self.record_state != "ARCHIVED" and not closed


def exported_findings(data: bytes) -> tuple[ExportedFinding, ...]:
    """The findings of a file: a list, or an object with ``Findings``.

    Raises:
        Misshapen: it is not such a file; the message says where.
    """
    return tuple(_each(data))


def _each(data: bytes) -> Iterator[ExportedFinding]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise Misshapen("is not JSON") from None
    findings = content.get("Findings") if isinstance(content, Mapping) else content
    if not isinstance(findings, list):
        raise Misshapen("Findings: is not a list")
    for index, finding in enumerate(findings):
        try:
            yield structured(ExportedFinding, finding)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            reason = str(error) if isinstance(error, ValueError) else "is not in ASFF"
            raise Misshapen(f"Findings[{index}]: {reason}") from None
