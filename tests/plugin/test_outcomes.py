"""What an item comes to, and how pytest shows it."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from cloudpack_baseline._pytest.verdict import Judgement, Verdict
from cloudpack_baseline.findings import Finding, Observation, Outcome, Resource, failed, passed
from cloudpack_baseline.texts import text
from plugin.project import BASELINE, DENIED, MAIN, ROOT, WAIVER

pytest_plugins = ["pytester"]

ITEM = f"cloudpack-baseline.toml::root-mfa::{MAIN}"
EXCLUDED = """
[scope]
exclude = [{ clause = "5.3", reason = "attested elsewhere" }]
"""


def fails(project):
    project.recorded({MAIN: False})


def is_unknown(project):
    project.recorded({MAIN: DENIED})


def is_waived(project):
    fails(project)
    project.baseline(BASELINE + WAIVER)


def is_excluded(project):
    project.baseline(BASELINE + EXCLUDED)


def test_a_pass(project):
    result = project.run("-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"{ITEM} PASSED*"])
    assert result.ret == pytest.ExitCode.OK


def test_a_failure_is_our_text_and_no_traceback(project):
    fails(project)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"*_ root-mfa production {MAIN} _*",
            "root-mfa: The root user has MFA (clause 5.3.2 *)",
            f"  FAIL  {ROOT}",
            "      the root user has no MFA device, but still has a password",
            "        read:     AccountMFAEnabled=0",
            "  Remediation: *",
            f"FAILED {ITEM} - the root user has no...*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*")
    result.stdout.no_fnmatch_line("E  *")


@pytest.mark.parametrize("style", ["auto", "long", "short", "line", "native", "no"])
def test_each_traceback_style_shows_no_code(project, style):
    fails(project)
    result = project.run(f"--tb={style}", "--showlocals")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*raise Unmet*")


def test_unknown_is_a_failure_that_says_so(project):
    is_unknown(project)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"  UNKNOWN  {ROOT}",
            "*AccountMFAEnabled*iam:GetAccountSummary*AccessDenied*allow iam:GetAccountSummary",
        ]
    )


def test_waived_is_xfailed_with_its_approval(project):
    is_waived(project)
    result = project.run("-rx")
    result.assert_outcomes(xfailed=1, passed=1)
    result.stdout.fnmatch_lines(
        [f"XFAIL {ITEM} - waived until 2027-03-31 (approved by ops@example.jp): hardware key on*"]
    )
    assert result.ret == pytest.ExitCode.OK


def test_waived_is_red_under_runxfail(project):
    is_waived(project)
    result = project.run("--runxfail")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*waived until 2027-03-31*"])


def test_strict_xfail_changes_nothing(project):
    project.ini("xfail_strict = true")
    is_waived(project)
    project.run().assert_outcomes(xfailed=1, passed=1)


def test_an_expired_waiver_fails(project):
    is_waived(project)
    result = project.run("--cloudpack-as-of", "2027-04-01")
    result.assert_outcomes(failed=2)
    assert not [line for line in result.outlines if line.startswith("note: ")]


def test_not_applicable_is_skipped_with_its_reason(project):
    is_excluded(project)
    result = project.run("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        ["SKIPPED [[]1] *cloudpack-baseline.toml:1: excluded by [[]scope], clause 5.3: attested*"]
    )


def test_the_worst_finding_is_the_outcome_of_the_item():
    def finding(outcome, waiver=None):
        return Finding(
            control="root-mfa",
            resource=Resource(key=outcome.value),
            observations=(Observation(outcome=outcome, message=text("report.read", read="x")),),
            waiver=waiver,
        )

    fail, unknown = finding(Outcome.FAIL), finding(Outcome.UNKNOWN)
    waived = finding(Outcome.FAIL, text("report.waived"))
    fine, away = finding(Outcome.PASS), finding(Outcome.NOT_APPLICABLE)
    for held, verdict in (
        ((away, fine, waived, unknown, fail), Verdict.FAIL),
        ((away, fine, waived, unknown), Verdict.UNKNOWN),
        ((away, fine, waived), Verdict.WAIVED),
        ((away, fine), Verdict.PASS),
        ((away,), Verdict.NOT_APPLICABLE),
    ):
        assert Judgement("root-mfa", held).verdict is verdict


@pytest.mark.parametrize(
    ("make", "outcome", "tag"),
    [
        (fails, "fail", "failure"),
        (is_unknown, "unknown", "failure"),
        (is_waived, "waived", "skipped"),
        (is_excluded, "not_applicable", "skipped"),
        (lambda _: None, "pass", None),
    ],
)
@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_junit_xml_tells_outcomes_apart(project, make, outcome, tag, workers):
    make(project)
    project.run("--junit-xml=junit.xml", *workers)
    cases = ET.parse(project.path / "junit.xml").iter("testcase")  # noqa: S314 - our own
    (case,) = [case for case in cases if not case.get("classname").endswith(".waivers")]
    assert (case.get("classname"), case.get("name")) == ("cloudpack-baseline.toml.root-mfa", MAIN)
    assert (tag is None) or case.find(tag) is not None
    told = [(one.get("name"), one.get("value")) for one in case.iter("property")]
    counts = {name: value for name, value in told if not name.startswith("cloudpack_resource")}
    names = ("fail", "unknown", "waived", "pass", "not_applicable")
    assert counts == {f"cloudpack_{name}": str(int(name == outcome)) for name in names}
    key = MAIN if outcome == "not_applicable" else ROOT
    assert (f"cloudpack_resource_{outcome}", key) in told


def test_a_defect_of_ours_keeps_its_traceback(project, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr("cloudpack_baseline._pytest.plugin.judge", broken)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ZeroDivisionError: a defect"])


def test_a_note_of_many_resources_is_told_once():
    note = text("common.verbatim", en="a remark", ja="注")
    odd = text("common.verbatim", en="another", ja="別")
    findings = tuple(
        Finding(
            control="root-mfa",
            resource=Resource(key=f"r{number}"),
            observations=(passed(note),),
            notes=(note, odd) if number == 1 else (note,),
        )
        for number in range(3)
    )
    assert Judgement("root-mfa", findings).notes("en") == [
        "r0 (and 2 more): a remark",
        "r1: another",
    ]


def test_the_findings_are_sorted_by_verdict_once():
    """A red item of many findings took time by their square."""
    counter = Counter()

    class Counting(Finding):
        @property
        def outcome(self):
            counter["outcome"] += 1
            return Outcome.FAIL

    observation = failed(text("common.verbatim", en="bad", ja="悪"))
    findings = tuple(
        Counting(
            control="root-mfa", resource=Resource(key=f"r{number}"), observations=(observation,)
        )
        for number in range(200)
    )
    judgement = Judgement("root-mfa", findings)
    assert judgement.verdict is Verdict.FAIL
    judgement.text([Verdict.FAIL], "en")
    judgement.headline("en")
    assert judgement.counts["fail"] == 200
    assert counter["outcome"] < 20 * len(findings)
