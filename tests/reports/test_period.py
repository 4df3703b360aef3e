"""The table over an audit period: marks, corrections and gaps."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.findings import Finding, Resource, failed, not_applicable, passed, unknown
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reports.period import AuditPeriod, JudgedInstant, period_rows
from cloudpack_baseline.reports.rows import RowMark
from cloudpack_baseline.texts import text
from cloudpack_baseline.whitepaper import attested, builtin

CATALOGUE = builtin()
WORDS = text("common.customer")
START = datetime(2026, 1, 1, tzinfo=UTC)
EMPTY = Snapshot(taken_at=START + timedelta(days=7), source="aws", accounts=())
OBSERVATIONS = {
    "○": passed(WORDS),
    "×": failed(WORDS),
    "△": failed(WORDS),
    "?": unknown(WORDS, Unknown.because(Why.DENIED)),
    "－": not_applicable(WORDS),
}
OF_BUCKETS = ("s3-exposure", "s3-website")
"""What counts for 5.1.2."""


def finding(control, mark, key="b", kind=""):
    """A finding that comes to the mark."""
    return Finding(
        control=control,
        resource=Resource(key=key, kind=kind),
        observations=(OBSERVATIONS[mark],),
        waiver=WORDS if mark == "△" else None,
        judged=attested(CATALOGUE).get(control),
    )


def instants(marks, days=7, controls=OF_BUCKETS):
    """A judged instant for each mark, some days apart."""
    return [
        JudgedInstant(
            as_of=START + number * timedelta(days=days),
            findings=tuple(finding(control, mark) for control in controls),
        )
        for number, mark in enumerate(marks)
    ]


def entry(judged, clause="5.1.2"):
    """The row of the clause over the period."""
    return next(
        row for row in period_rows(AuditPeriod(instants=tuple(judged))) if row.row.clause == clause
    )


@pytest.mark.parametrize(
    ("marks", "status", "mark"),
    [
        ("○", "○", "○"),
        ("○○○", "○", "○"),
        ("－○", "○", "○"),
        ("×○", "○", "●"),
        ("○×○", "○", "●"),
        ("△○", "○", "●"),
        ("×－", "－", "●"),
        ("?○", "○", "?"),
        ("×?○", "○", "●"),
        ("○×", "×", "×"),
        ("×△", "△", "△"),
        ("○?", "?", "?"),
        ("○－", "－", "－"),
    ],
)
def test_the_newest_snapshot_decides_and_the_others_qualify_what_is_good(marks, status, mark):
    row = entry(instants(marks))
    assert (row.status, row.row.mark) == (RowMark(status), RowMark(mark))
    assert row.previous == (RowMark(marks[-2]) if len(marks) > 1 else None)


@pytest.mark.parametrize(("days", "mark"), [(31, "○"), (32, "?")])
def test_a_gap_of_more_than_31_days_leaves_open_what_was_kept(days, mark):
    judged = instants("○○", days)
    assert entry(judged).row.mark is RowMark(mark)
    assert [gap.days for gap in AuditPeriod(instants=tuple(judged)).gaps] == (
        [32] if days > 31 else []
    )


@pytest.mark.parametrize(
    ("starts", "ends", "gaps"),
    [(None, 100, []), (-31, 38, []), (-32, 38, [32]), (0, 39, [32]), (-40, 99, [40, 92])],
)
def test_a_declared_period_has_gaps_at_its_ends(starts, ends, gaps):
    first, last = instants("○○")
    period = AuditPeriod(
        instants=(first, evolve(last, as_of=START + timedelta(days=ends), gathered=EMPTY)),
        starts=None if starts is None else START + timedelta(days=starts),
    )
    assert [gap.days for gap in period.gaps] == gaps
    assert period.start == START + timedelta(days=starts or 0)


def test_a_gap_takes_nothing_from_an_attestation():
    judged = instants("○○", 100, controls=("4.1.4.education",))
    judged = [
        JudgedInstant(as_of=one.as_of, findings=(finding("4.1.4.education", "○", kind="Promise"),))
        for one in judged
    ]
    promises = {row.row.clause: row.row for row in period_rows(AuditPeriod(instants=tuple(judged)))}
    assert promises["4.1.4"].kind == "attested"
    assert RowMark.UNKNOWN is not promises["4.1.4"].mark


def test_attestations_count_as_of_the_newest_snapshot_only():
    judged = [
        JudgedInstant(as_of=START, findings=(finding("4.1.4.education", "?", kind="Promise"),)),
        JudgedInstant(
            as_of=START + timedelta(days=1),
            findings=(finding("4.1.4.education", "×", kind="Promise"),),
        ),
    ]
    assert entry(judged, "4.1.4").previous is RowMark.BROKEN
    assert entry(judged, "4.1.4").corrections == ()


def test_a_parent_has_the_worst_mark_over_the_period_below_it():
    assert entry(instants("×○"), "5.1").row.mark is RowMark.CORRECTED


def test_a_correction_says_when_the_failure_was_first_and_last_there():
    (first, _) = entry(instants("○×○×○")).corrections
    assert first.finding == "s3-exposure:b"
    days = [(moment - START).days for moment in (first.first, first.last, first.corrected)]
    assert days == [7, 21, 28]


@pytest.mark.parametrize("last", ["×", "?"])
def test_what_still_fails_or_is_unknown_is_not_corrected(last):
    assert entry(instants(f"×{last}")).corrections == ()


def test_a_resource_that_is_gone_is_corrected_unless_the_control_is_undecided():
    before = instants("×")[0]
    after = START + timedelta(days=1)
    gone = JudgedInstant(as_of=after, findings=())
    assert len(entry([before, gone]).corrections) == 2
    undecided = JudgedInstant(as_of=after, findings=(finding("s3-exposure", "?", key="*"),))
    assert [correction.finding for correction in entry([before, undecided]).corrections] == [
        "s3-website:b"
    ]
    not_run = JudgedInstant(as_of=after, findings=(), not_run=("s3-website", "s3-exposure"))
    assert entry([before, not_run]).corrections == ()


@given(st.lists(st.sampled_from("○×△?－"), min_size=1, max_size=6), st.integers(1, 40))
def test_a_mark_says_no_more_than_the_snapshots(marks, days):
    row = entry(instants(marks, days))
    assert row.status == marks[-1]
    if row.row.mark is RowMark.KEPT:
        assert set(marks) <= {"○", "－"}
        assert len(marks) == 1 or days <= 31
    elif row.row.mark is RowMark.CORRECTED:
        assert marks[-1] in "○－"
        assert {"×", "△"} & set(marks)
        assert row.corrections
    elif row.row.mark is not RowMark.UNKNOWN:
        assert row.row.mark == marks[-1]
