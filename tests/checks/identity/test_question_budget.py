"""The principals of a template or plan may not ask more questions than a run answers."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_admin_privileges
from cloudpack_baseline.access import parse_policy
from cloudpack_baseline.checks.identity import admin_privileges
from cloudpack_baseline.checks.identity._question_budget import (
    QuestionBudget,
    TooManyQuestions,
    cost_of_question,
)
from principals import ME, NOT_READ, allow, document, managed, me, role
from support import world

PUTS = allow("iam:PutUserPolicy")
PUTS_ON_ITSELF = allow("iam:PutUserPolicy", ME)
HARMLESS = allow("iam:PutUserPolicy", "arn:aws:s3:::bucket")
CONDITIONAL = allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})


def outcomes(monkeypatch, questions, *records, source="template", scenarios=1):
    monkeypatch.setattr(admin_privileges, "QUESTIONS", questions)
    snapshot = evolve(world("admin-privileges", *records, gaps=NOT_READ), source=source)
    snapshot = evolve(snapshot, alternatives=(snapshot,) * (scenarios - 1))
    findings = check_admin_privileges(snapshot, Baseline()).findings
    return {finding.resource.name: finding for finding in findings}


def test_the_questions_are_spent():
    budget = QuestionBudget(3)
    budget.spend(2)
    budget.spend(1)
    with pytest.raises(TooManyQuestions):
        budget.spend(1)
    assert budget.remaining == 0


def test_an_account_may_ask_all():
    budget = QuestionBudget()
    budget.spend(1 << 60)
    assert budget.remaining is None


@pytest.mark.parametrize(("statements", "cost"), [(0, 1), (4, 1), (5, 2), (100, 21)])
def test_each_question_reads_all_statements(statements, cost):
    policy = parse_policy(document(*[PUTS] * statements), kind="identity")
    assert cost_of_question([policy]) == cost


@pytest.mark.parametrize("source", ["template", "plan"])
def test_who_was_not_asked_about_is_unknown(monkeypatch, source):
    finding = outcomes(monkeypatch, 0, me(HARMLESS), source=source)["me"]
    assert finding.outcome is Outcome.UNKNOWN
    (observation,) = finding.observations
    assert "were not evaluated to the end" in observation.message.in_language("en")
    assert "最後まで評価していない" in observation.message.in_language("ja")


def test_an_account_is_asked_about_to_the_end(monkeypatch):
    assert outcomes(monkeypatch, 0, me(HARMLESS), source="aws")["me"].outcome is Outcome.PASS


def test_what_fails_without_the_other_questions_fails(monkeypatch):
    assert outcomes(monkeypatch, 1, me(PUTS))["me"].outcome is Outcome.FAIL


def test_the_next_principal_has_what_is_left(monkeypatch):
    asking = [role(name, HARMLESS) for name in "ab"]
    enough = next(
        number
        for number in range(1, 2000)
        if outcomes(monkeypatch, number, asking[0])["a"].outcome is not Outcome.UNKNOWN
    )
    judged = outcomes(monkeypatch, enough, *asking)
    assert [judged[name].outcome for name in "ab"] == [Outcome.PASS, Outcome.UNKNOWN]


def test_policies_that_nobody_asked_about_may_make_an_administrator(monkeypatch):
    wide = managed("wide", CONDITIONAL)
    assert outcomes(monkeypatch, 0, wide, me(HARMLESS))["me"].outcome is Outcome.UNKNOWN


def test_a_boundary_that_nobody_asked_about_may_allow_everything(monkeypatch):
    bound = managed("bound", allow("iam:*"))
    records = (me(PUTS_ON_ITSELF, boundary=bound.arn), bound)
    judged = [outcomes(monkeypatch, number, *records)["me"].outcome for number in range(8)]
    assert judged == sorted(judged, key=[Outcome.UNKNOWN, Outcome.FAIL].index)
    assert judged[0] is Outcome.UNKNOWN
    assert judged[-1] is Outcome.FAIL


def test_scenarios_share_the_questions(monkeypatch):
    enough = outcomes(monkeypatch, 4, me(PUTS), scenarios=4)["me"]
    assert enough.outcome is Outcome.FAIL
    assert outcomes(monkeypatch, 3, me(PUTS), scenarios=4)["me"].outcome is Outcome.UNKNOWN
