"""The table of chapter 7: which mark each clause has."""

import pytest

from cloudpack_baseline.findings import Finding, Resource, failed, not_applicable, passed, unknown
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reports.rows import RowMark, clause_rows
from cloudpack_baseline.texts import text
from cloudpack_baseline.whitepaper import builtin

CATALOGUE = builtin()
WORDS = text("common.customer")
OBSERVATIONS = {
    "pass": passed(WORDS),
    "fail": failed(WORDS),
    "waived": failed(WORDS),
    "unknown": unknown(WORDS, Unknown.because(Why.DENIED)),
    "none": not_applicable(WORDS),
}


def finding(control, outcome, key="r"):
    """A finding of a control or promise."""
    judged = None if control in CATALOGUE.controls else CATALOGUE.controls["root-mfa"]
    return Finding(
        control=control,
        resource=Resource(key=key),
        observations=(OBSERVATIONS[outcome],),
        waiver=WORDS if outcome == "waived" else None,
        judged=judged,
    )


def row(clause, outcomes, not_run=()):
    """The row of the clause, where each of its controls and promises has one outcome."""
    findings = [finding(control, outcome) for control, outcome in outcomes.items()]
    return next(entry for entry in clause_rows(findings, not_run) if entry.clause == clause)


def own(clause, outcome, **fields):
    """All that counts for the clause with the outcome, but for the others."""
    (empty,) = [entry for entry in clause_rows([]) if entry.clause == clause]
    return dict.fromkeys(empty.controls, outcome) | {
        name.replace("_", "-"): value for name, value in fields.items()
    }


@pytest.mark.parametrize(
    ("outcome", "mark"),
    [
        ("pass", RowMark.KEPT),
        ("fail", RowMark.BROKEN),
        ("unknown", RowMark.UNKNOWN),
        ("waived", RowMark.WAIVED),
        ("none", RowMark.NOT_APPLICABLE),
    ],
)
def test_a_judged_clause_has_the_mark_of_its_worst_finding(outcome, mark):
    outcomes = own("5.1.2", "pass", s3_website=outcome)
    outcomes |= {} if outcome != "none" else dict.fromkeys(outcomes, "none")
    assert row("5.1.2", outcomes).mark is mark


def test_a_control_that_was_not_judged_leaves_its_clause_open():
    outcomes = own("5.1.2", "pass")
    assert row("5.1.2", outcomes, ["s3-website"]).mark is RowMark.UNKNOWN
    del outcomes["s3-website"]
    assert row("5.1.2", outcomes).mark is RowMark.UNKNOWN
    assert row("5.1.2", outcomes).not_judged == ("s3-website",)


def reasons(clause, findings):
    (found,) = [entry for entry in clause_rows(findings) if entry.clause == clause]
    return [words["en"] for words in found.left_out]


def test_a_row_says_why_something_of_it_is_left_out():
    unregistered = not_applicable(text("common.unattested-out-of-scope"))
    findings = [
        Finding(
            control=id_,
            resource=Resource(key=id_),
            observations=(unregistered,),
            judged=CATALOGUE.controls["root-mfa"],
        )
        for id_ in own("4.1.2", "none")
    ]
    assert reasons("4.1.2", findings) == ["no attestation is registered (out of scope)"]
    assert reasons("4.1.2", [finding(id_, "none") for id_ in own("4.1.2", "none")]) == []


def test_a_row_says_that_nothing_of_it_was_selected():
    assert reasons("5.1.2", []) == ["not selected in this run"]
    assert reasons("5.1.2", [finding("s3-exposure", "pass")]) == []
    # A heading without text of its own, and one that promises nothing.
    assert reasons("5.1", []) == reasons("5.1.4", []) == []


def test_evidence_of_aws_alone_never_keeps_a_mixed_clause():
    attested = {id_: "none" for id_ in own("5.3.2", "pass") if id_.startswith("5.3.2.")}
    assert attested
    assert row("5.3.2", own("5.3.2", "pass") | attested).mark is RowMark.NOT_APPLICABLE
    assert row("5.3.2", own("5.3.2", "pass")).mark is RowMark.KEPT


def test_an_analogy_alone_never_keeps_a_clause_but_breaks_it():
    analogies = own("4.9", "none", security_contact="pass", findings_routed="pass")
    assert row("4.9", analogies).mark is RowMark.NOT_APPLICABLE
    assert row("4.9", analogies | {"security-contact": "fail"}).mark is RowMark.BROKEN


def test_a_best_practice_is_shown_below_the_mark_of_a_clause_that_does_not_promise_it():
    outcomes = own("5.1.2", "pass") | {"s3-public-access-block": "fail"}
    assert row("5.1.2", outcomes).mark is RowMark.KEPT
    assert "s3-public-access-block" in row("5.1.2", outcomes).best_practices
    assert row("2.2.2", outcomes).mark is RowMark.BROKEN


def test_an_approved_decision_of_the_customer_keeps_what_the_response_promises():
    outcomes = own("4.7.2", "pass", urgent_vulnerabilities="waived")
    assert row("4.7.2", outcomes).mark is RowMark.KEPT
    assert row("5.2.2", outcomes | own("5.2.2", "pass") | outcomes).mark is RowMark.WAIVED


def test_a_parent_has_the_worst_mark_below_it():
    assert row("5.1", own("5.1.2", "fail")).mark is RowMark.BROKEN
    assert row("4.1", {"4.1.4.education": "fail"}).mark is RowMark.BROKEN


def test_the_rows_of_the_papers_table_come_first():
    rows = clause_rows([])
    assert [entry.in_table for entry in rows] == [True] * 32 + [False] * (len(rows) - 32)
    assert [entry.clause for entry in rows[:3]] == ["4.1", "4.1.1", "4.1.2"]
    assert rows[1].heading["ja"] == "情報セキュリティマネジメントシステム(ISMS)"
    assert {entry.clause for entry in rows} == set(CATALOGUE.clauses)


def test_the_population_counts_resources_once():
    findings = [
        finding("s3-exposure", "pass", "a"),
        finding("s3-website", "fail", "a"),
        finding("s3-exposure", "unknown", "b"),
        finding("s3-website", "pass", "b"),
        finding("s3-exposure", "none", "account"),
    ]
    (entry,) = [entry for entry in clause_rows(findings) if entry.clause == "5.1.2"]
    assert entry.population == {"resources": 2, "judged": 2, "unknown": 1}
