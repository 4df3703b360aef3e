"""Options of controls of stored assessments."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from cloudpack_baseline.baseline.formats import Between, Sha256, Ticket, Words
from cloudpack_baseline.immutable import frozen

__all__ = ["Correction", "StoredAssessment", "YearlyAssessmentOptions"]


@frozen(kw_only=True)
class StoredAssessment:
    """A report that was stored as the assessment of an audit period.

    Attributes:
        file: the JSON report, relative to the baseline file.
        sha256: the SHA-256 digest of the file.
        starts: the first day of the audit period.
        ends: its last day.
    """

    file: Words
    sha256: Sha256
    starts: date
    ends: date


@frozen(kw_only=True)
class Correction:
    """What corrects findings of a stored assessment.

    Attributes:
        finding: the ID of a finding, or a pattern (``*``, ``?``) of it.
        ticket: the key or the URL of the ticket of the correction.
        due: the last day by which it has to be corrected (UTC).
        corrected_on: the day on which it was corrected; absent: it is not yet.
    """

    finding: Words
    ticket: Ticket
    due: date
    corrected_on: date | None = None


@frozen(kw_only=True)
class YearlyAssessmentOptions:
    """Options of yearly-assessment.

    Attributes:
        days: the maximum number of days since the end of the last audit period.
        assessments: stored reports: tables with ``file``, ``sha256``, and ``starts`` and ``ends``
            of the audit period.
        corrections: what corrects their findings: tables with ``finding`` (an ID or a pattern),
            ``ticket``, ``due`` and, once it is corrected, ``corrected_on``.
    """

    days: Annotated[int, Between(1, 3650)] = 366
    assessments: tuple[StoredAssessment, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the check reads."""
        return tuple(assessment.file for assessment in self.assessments)
