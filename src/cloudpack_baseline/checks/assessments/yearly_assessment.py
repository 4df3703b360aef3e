"""Whether the last audit period was assessed, and what was found is corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cloudpack_baseline.baseline.options.assessments import (
    Correction,
    StoredAssessment,
    YearlyAssessmentOptions,
)
from cloudpack_baseline.checks.assessments._stored_report import (
    OpenIssue,
    StoredReport,
    parse_report,
)
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import Finding, Observation, Resource, failed, passed
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.stored import UNREAD
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.texts import Text, text

__all__ = ["yearly_assessment"]

_OUTCOMES = ("fail", "unknown")


@check(absence="always", planned=False)
def yearly_assessment(view: AccountView) -> Iterator[Finding]:
    """Reads the stored JSON reports that the baseline declares; AWS is not called.

    The last audit period that ended needs a report, of this account, with the declared digest.
    Each finding in it that failed or was unknown, and each control that did not run, needs a
    correction: made, or with a due day that has not passed. Waived findings need none; those of
    this control itself neither.
    """
    options = view.baseline.options(YearlyAssessmentOptions)
    day = view.as_of.date()
    last = _last(options, day)
    if last is None or (day - last.ends).days > options.days:
        yield view.account_finding(_unassessed(options, last, day))
        return
    origin = view.baseline.origin_of(
        "controls", view.control, "assessments", options.assessments.index(last)
    )
    report = _report(view, last, origin)
    if isinstance(report, Observation):
        yield view.account_finding(report)
        return
    words = {"starts": last.starts.isoformat(), "ends": last.ends.isoformat()}
    message = text("assessments.stored", **words, as_of=_moment(report))
    yield view.account_finding(passed(message, read=_read(view, last), origin=origin))
    for issue in report.issues:
        if _concerns(view, issue):
            resource = Resource(key=issue.id, account=issue.account, kind="StoredFinding")
            yield view.finding(resource, _of_issue(options, issue, day))


def _last(options: YearlyAssessmentOptions, day: date) -> StoredAssessment | None:
    """The assessment of the last audit period that ended before the day."""
    ended = [assessment for assessment in options.assessments if assessment.ends < day]
    return max(ended, key=lambda assessment: assessment.ends, default=None)


def _unassessed(
    options: YearlyAssessmentOptions, last: StoredAssessment | None, day: date
) -> Observation:
    if last is not None:
        days = (day - last.ends).days
        message = text("assessments.too-old", ends=last.ends.isoformat(), days=days)
        return failed(message, read=f"ends={last.ends}", expected=f"days<={options.days}")
    if options.assessments:
        first = min(assessment.ends for assessment in options.assessments)
        return failed(text("assessments.not-ended", ends=first.isoformat()))
    return failed(text("assessments.none"))


def _report(
    view: AccountView, assessment: StoredAssessment, origin: Origin
) -> StoredReport | Observation:
    """The report of the assessment, or what is wrong with it."""
    file = view.baseline.files.get(assessment.file, UNREAD)
    words = {"file": assessment.file, "problem": file.problem}
    read = _read(view, assessment)
    if file.problem:
        return failed(text("assessments.unreadable", **words), origin=origin)
    if file.sha256 != assessment.sha256:
        expected = f"sha256={assessment.sha256}"
        message = text("assessments.changed", **words)
        return failed(message, read=read, expected=expected, origin=origin)
    report = parse_report(file.data)
    if report is None:
        return failed(text("assessments.no-report", **words), read=read, origin=origin)
    if report.as_of > view.as_of or report.as_of.date() < assessment.starts:
        message = text("assessments.another-time", **words, as_of=_moment(report))
        return failed(message, read=read, origin=origin)
    if view.account.id not in report.accounts:
        return failed(text("assessments.another-account", **words), read=read, origin=origin)
    return report


def _read(view: AccountView, assessment: StoredAssessment) -> str:
    file = view.baseline.files.get(assessment.file, UNREAD)
    return f"{assessment.file} sha256={file.sha256}"


def _moment(report: StoredReport) -> str:
    return report.as_of.isoformat(timespec="seconds").replace("+00:00", "Z")


def _concerns(view: AccountView, issue: OpenIssue) -> bool:
    """Whether the issue is one of the account; those of no account are the first account's."""
    if issue.id.startswith(f"{view.control}:"):
        return False
    first = view.snapshot.accounts[0]
    return issue.account == view.account.id or (not issue.account and view.account == first)


def _of_issue(options: YearlyAssessmentOptions, issue: OpenIssue, day: date) -> Observation:
    corrections = [
        correction for correction in options.corrections if matches(correction.finding, issue.id)
    ]
    outcome = text(f"report.{issue.outcome}") if issue.outcome in _OUTCOMES else issue.outcome
    if not corrections:
        return failed(text("assessments.uncorrected", outcome=outcome))
    best = min(corrections, key=lambda correction: _rank(correction, day))
    if best.corrected_on is not None and best.corrected_on <= day:
        return passed(_worded("corrected", best.corrected_on, best, outcome))
    read, expected = f"due={best.due}", f"due>={day}"
    if best.due >= day:
        message = _worded("to-be-corrected", best.due, best, outcome)
        return passed(message, read=read, expected=expected)
    return failed(_worded("overdue", best.due, best, outcome), read=read, expected=expected)


def _rank(correction: Correction, day: date) -> tuple[bool, int]:
    """Corrected ones first, then those that are due latest."""
    corrected = correction.corrected_on is not None and correction.corrected_on <= day
    return not corrected, -correction.due.toordinal()


def _worded(words: str, day: date, correction: Correction, outcome: str | Text) -> Text:
    return text(
        f"assessments.{words}", day=day.isoformat(), ticket=correction.ticket, outcome=outcome
    )
