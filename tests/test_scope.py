"""What ``[scope]`` leaves out."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, InputError, Outcome, assess
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.scope import in_scope, later_controls, out_of_scope
from cloudpack_baseline.whitepaper import control_of, controls, release
from support import only, world

ROOT_MFA = control_of("root-mfa")  # judges 5.3.2
LATER = evolve(ROOT_MFA, since="0.2")


def scope(**keys):
    return Baseline.from_mapping({"scope": keys})


@pytest.mark.parametrize(
    ("judged", "keys", "reason"),
    [
        (ROOT_MFA, {}, None),
        (LATER, {}, None),
        (ROOT_MFA, {"since": "0.1"}, None),
        (LATER, {"since": "0.2"}, None),
        (
            LATER,
            {"since": "0.1"},
            'excluded by [scope] since = "0.1": added in version 0.2',
        ),
        (ROOT_MFA, {"controls": ["root-mfa"]}, None),
        (ROOT_MFA, {"clauses": ["5.3"]}, None),
        (ROOT_MFA, {"clauses": ["5.3.2"]}, None),
        (ROOT_MFA, {"controls": ["rds-backup"], "clauses": ["5.3"]}, None),
        (control_of("admin-privileges"), {"clauses": ["3.3"]}, None),
        (ROOT_MFA, {"controls": ["rds-backup"]}, "not selected by controls of [scope]"),
        (ROOT_MFA, {"clauses": ["5.3.3"]}, "not selected by clauses of [scope]"),
        (
            ROOT_MFA,
            {"controls": ["rds-backup"], "clauses": ["5.1"]},
            "not selected by controls, clauses of [scope]",
        ),
        (
            ROOT_MFA,
            {"clauses": ["5.3"], "exclude": [{"clause": "5.3.2", "reason": "elsewhere"}]},
            "excluded by [scope], clause 5.3.2: elsewhere",
        ),
    ],
)
def test_a_control_is_left_out_with_its_reason(judged, keys, reason):
    left_out = out_of_scope(judged, scope(**keys))
    assert (left_out and left_out.in_language("en")) == reason
    assert in_scope([judged], scope(**keys)) == (() if reason else (judged,))


@pytest.mark.parametrize(
    ("since", "later"), [("0.1", False), ("0.2", True), ("0.10", True), ("1.0", True)]
)
def test_versions_are_compared_as_numbers(since, later):
    assert evolve(ROOT_MFA, since=since).is_later_than("0.1") is later


def test_a_development_version_is_of_its_release():
    assert release("0.2.0.dev0") == release("0.2") == (0, 2)


def test_every_control_is_of_a_version():
    assert {release(control.since) >= (0, 1) for control in controls().values()} == {True}


def test_later_controls_are_counted_in_one_line():
    (line,) = later_controls([ROOT_MFA, LATER, LATER], scope(since="0.1"))
    assert line.in_language("en").endswith("that later versions added: 2")
    assert "2 件" in line.in_language("ja")
    assert later_controls([ROOT_MFA, LATER], scope(since="0.2")) == ()
    assert later_controls([ROOT_MFA, LATER], scope()) == ()


def test_what_is_left_out_is_not_applicable_and_reads_nothing():
    snapshot = world("root-mfa", AccountSummary(arn="a", account="1", name="r", mfa_enabled=False))
    baseline = scope(controls=["rds-backup"])
    finding = only(assess(snapshot, baseline, controls=["root-mfa"]))
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert reads_of([ROOT_MFA], baseline) == ()
    assert reads_of([ROOT_MFA], scope(controls=["root-mfa"])) == reads_of([ROOT_MFA])


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"since": "0.9"}, "scope.since: '0.9' is later than this version of the package"),
        ({"since": "one"}, "scope.since: 'one' is not a version such as '0.1'"),
        ({"since": "0.1.0"}, "scope.since: '0.1.0' is not a version"),
        ({"since": 0.1}, "scope.since: expected a string, got 0.1"),
        ({"controls": ["rot-mfa"]}, "there is no control 'rot-mfa'; did you mean root-mfa"),
        ({"controls": []}, "scope.controls: must name at least one"),
        ({"clauses": []}, "scope.clauses: must name at least one"),
        ({"parties": []}, "scope.parties: must name at least one"),
        ({"clauses": ["9.9"]}, "scope.clauses[0]: there is no clause '9.9'"),
        ({"sinse": "0.1"}, "there is no key 'sinse'; did you mean since"),
    ],
)
def test_a_wrong_scope_is_wrong_input(keys, message):
    with pytest.raises(InputError) as caught:
        scope(**keys)
    assert message in str(caught.value)
