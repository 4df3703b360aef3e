"""Attested promises in a run of pytest: an item each."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.reports.json import report_bytes
from cloudpack_baseline.whitepaper import builtin
from plugin.project import BASELINE, MAIN

pytest_plugins = ["pytester"]

ITEM = "cloudpack-baseline.toml::attestations::4.1.4.education"
ONE = """
[[attestations]]
promise = "4.1.4.education"
evidence = "evidence.txt"
attested_by = "ciso@example.jp"
attested_on = 2026-10-01
"""
SCOPE = '[scope]\ncontrols = ["root-mfa"]\nclauses = ["4.1.4"]\n'
WORKERS = pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])


@pytest.fixture
def attested(project):
    (project.path / "evidence.txt").write_text("evidence")
    project.baseline(BASELINE + SCOPE + ONE)
    return project


def test_by_default_there_is_no_item(project):
    project.baseline(BASELINE + SCOPE)
    project.run("-v", controls=None).stdout.no_fnmatch_line("*::attestations::*")


def test_controls_alone_select_no_promise(attested):
    attested.run("-v").stdout.no_fnmatch_line("*::attestations::*")


@WORKERS
def test_a_valid_attestation_passes(attested, workers):
    result = attested.run("-v", "--cloudpack-report=report.json", *workers, controls=None)
    assert result.parseoutcomes()["passed"] == 2
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([f"*{ITEM}*"])
    (finding,) = [
        finding
        for finding in attested.report()["findings"]
        if finding["control"] == "4.1.4.education"
    ]
    assert finding["outcome"] == "pass"
    assert finding["id"] == "4.1.4.education:4.1.4.education"
    assert any("sha256=" in observation["read"] for observation in finding["observations"])


@WORKERS
def test_an_expired_attestation_fails(attested, workers):
    result = attested.run("--cloudpack-as-of=2027-10-03", *workers, controls=None)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*_ attestations 4.1.4.education _*",
            "4.1.4.education: *(clause 4.1.4 *)",
            "  FAIL  4.1.4.education",
            "      the attestation by ciso@example.jp of 2026-10-01 expired on 2027-10-02",
            "        at:       cloudpack-baseline.toml:10: attestations[[]0]",
            "  Remediation: *",
            f"FAILED {ITEM} - *",
            "FAIL  4.1.4.education: 4.1.4.education",
        ]
    )


@WORKERS
def test_in_scope_what_is_not_attested_is_unknown(project, workers):
    project.baseline(BASELINE + SCOPE + "attested = true\n")
    result = project.run(*workers, controls=None)
    number = sum(id_.startswith("4.1.4.") for id_ in builtin().promises)
    assert result.parseoutcomes()["failed"] == number
    result.stdout.fnmatch_lines([f"FAILED {ITEM} *"])


def test_scope_decides_whose_promises_are_red(project):
    project.baseline(BASELINE + SCOPE + 'attested = true\nparties = ["customer"]\n')
    result = project.run("-v", controls=None)
    result.stdout.no_fnmatch_line("*::attestations::*")


@WORKERS
def test_a_clause_selects_its_promises(attested, workers):
    result = attested.run("-v", "--cloudpack-clause=4.1", *workers, controls=None)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["cloudpack-baseline: * controls 4.1.4.education"])


def test_a_promise_alone_calls_nothing(attested):
    result = attested.run(ITEM, source="snapshot:gone.json", controls=None)
    result.assert_outcomes(passed=1)


@WORKERS
@pytest.mark.parametrize(("as_of", "is_noted"), [("2027-09-15", True), ("2027-08-01", False)])
def test_promises_alone_have_a_summary(attested, workers, as_of, is_noted):
    arguments = ("--cloudpack-clause=4.1", f"--cloudpack-as-of={as_of}T00:00:00Z", *workers)
    result = attested.run(*arguments, controls=None)
    result.stdout.fnmatch_lines(
        [
            "attested promises: 1; findings: 1 pass",
            "4.1.4.education*",
            *(["note: the attestation of 4.1.4.education *"] if is_noted else []),
            f"as of {as_of}T00:00:00Z",
        ]
    )
    assert ("note: " in result.stdout.str()) is is_noted


def test_its_marker_names_the_clause(attested):
    result = attested.run("-m", "cloudpack(clause='4.1.4')", controls=None)
    assert result.parseoutcomes()["passed"] == 1


def test_a_clause_without_any_item_is_wrong_input(project):
    result = project.run("--cloudpack-clause=4.1.4", controls=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no attested promise of it is in scope*"])


@WORKERS
def test_the_report_is_that_of_the_same_assessment(attested, workers):
    snapshot = attested.recorded({MAIN: True})
    attested.run("--cloudpack-report=report.json", *workers, controls=None)
    baseline = Baseline.load(attested.path / "cloudpack-baseline.toml")
    expected = report_bytes(assess(snapshot, baseline).to_json())
    assert (attested.path / "report.json").read_bytes() == expected


def test_a_malformed_attestation_is_wrong_input(project):
    project.baseline(BASELINE + ONE.replace("4.1.4.education", "4.1.4.eduction"))
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*attestations[[]0].promise: *did you mean 4.1.4.education*"])
    result.stderr.no_fnmatch_line("*Traceback*")
