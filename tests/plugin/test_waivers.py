"""Waivers in a run of pytest: an item of their own in each account."""

from __future__ import annotations

import pytest

from plugin.project import BASELINE, MAIN, OTHER, ROOT, WAIVER

pytest_plugins = ["pytester"]

ITEM = f"cloudpack-baseline.toml::waivers::{MAIN}"
IDLE = WAIVER.replace(ROOT, "arn:aws:iam::999999999999:root")
TWO = f'{BASELINE}\n[accounts.staging]\nid = "{OTHER}"\n'
EXPIRED = "--cloudpack-as-of=2027-04-01"


def notes(project):
    return [note["en"] for note in project.report()["notes"]]


def on_waivers(project):
    return [finding for finding in project.report()["findings"] if finding["control"] == "waivers"]


def test_without_waivers_there_is_no_item(project):
    project.run("-v").stdout.no_fnmatch_line("*::waivers::*")


def test_waivers_of_controls_that_are_not_selected_have_no_item(project):
    project.baseline(BASELINE + WAIVER.replace("root-mfa", "rds-backup"))
    project.run("-v").stdout.no_fnmatch_line("*::waivers::*")


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_a_waiver_in_effect_passes(project, workers):
    project.baseline(BASELINE + WAIVER)
    project.recorded({MAIN: False})
    result = project.run("-v", "--cloudpack-report=report.json", *workers)
    result.assert_outcomes(xfailed=1, passed=1)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([f"*{ITEM}*"])
    result.stdout.no_fnmatch_line("waivers  *")
    result.stdout.fnmatch_lines([f"waived  root-mfa: {ROOT}"])
    assert on_waivers(project) == []
    assert project.report()["outcome"] == "waived"


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_an_expired_waiver_fails_with_its_place(project, workers):
    project.baseline(BASELINE + WAIVER)
    project.recorded({MAIN: False})
    result = project.run(EXPIRED, "--cloudpack-report=report.json", *workers)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            f"*_ waivers production {MAIN} _*",
            "waivers: Every waiver is in effect and covers a failure",
            f"  FAIL  root-mfa {ROOT} (cloudpack-baseline.toml#waivers[[]0])",
            "      the waiver approved by ops@example.jp expired on 2027-03-31",
            "        read:     waivers[[]0].expires=2027-03-31",
            "        expected: expires>=2027-04-01",
            "        at:       cloudpack-baseline.toml:7: waivers[[]0]",
            "  Remediation: *",
            f"FAILED {ITEM} - *",
            f"FAIL  waivers: root-mfa {ROOT} (cloudpack-baseline.toml#waivers[[]0])",
            "waivers * 1  Every waiver is in effect and covers a failure",
        ]
    )
    (finding,) = on_waivers(project)
    assert finding["observations"][0]["origin"] == {
        "file": "cloudpack-baseline.toml",
        "line": 7,
        "path": "waivers[0]",
    }


def test_an_unused_waiver_fails(project):
    project.baseline(BASELINE + WAIVER)
    result = project.run("--cloudpack-report=report.json")
    result.assert_outcomes(passed=1, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*is not needed: no resource that it covers fails; remove it"])
    assert len(on_waivers(project)) == 1


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_waiver_of_what_is_gone_fails(project, workers):
    project.baseline(BASELINE + WAIVER + IDLE)
    project.recorded({MAIN: False})
    result = project.run("--cloudpack-report=report.json", *workers)
    result.assert_outcomes(xfailed=1, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*matches no resource: correct its pattern or remove it"])
    assert notes(project) == []
    (finding,) = on_waivers(project)
    assert finding["id"] == "waivers:cloudpack-baseline.toml#waivers[1]"


@pytest.mark.parametrize(
    "narrowed",
    [("-k", MAIN), ("--deselect", f"cloudpack-baseline.toml::root-mfa::{OTHER}"), (ITEM,)],
    ids=["-k", "--deselect", "alone"],
)
@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_a_waiver_of_what_did_not_run_is_not_judged(project, narrowed, workers):
    project.baseline(TWO + IDLE)
    project.recorded({MAIN: True, OTHER: True})
    result = project.run("--cloudpack-report=report.json", *narrowed, *workers)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*matches no resource*")
    assert on_waivers(project) == []


def test_an_expired_waiver_fails_alone(project):
    project.baseline(BASELINE + WAIVER)
    project.run(EXPIRED, ITEM).assert_outcomes(failed=1)


def test_each_account_has_its_own(project):
    project.baseline(TWO + WAIVER)
    project.recorded({MAIN: False, OTHER: True})
    result = project.run("-rs")
    result.assert_outcomes(xfailed=1, passed=2, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*no waiver applies to this account*"])


def test_the_current_account_has_its_own(project):
    project.baseline("schema = 1\n" + WAIVER)
    project.recorded({MAIN: False})
    result = project.run("-v", EXPIRED)
    result.stdout.fnmatch_lines(["cloudpack-baseline.toml::waivers::current FAILED*"])


def test_it_is_found_by_its_marker(project):
    project.baseline(BASELINE + WAIVER)
    result = project.run("-m", "cloudpack(control='waivers')", EXPIRED)
    result.assert_outcomes(failed=1, deselected=1)


def test_used_waivers_judge_nothing_by_themselves(project):
    exclude = 'exclude = [{ clause = "5.3", reason = "elsewhere" }]'
    project.baseline(f'{BASELINE}[scope]\ncontrols = ["root-mfa"]\n{exclude}\n{WAIVER}')
    result = project.run(controls=None)
    assert result.parseoutcomes()["passed"] == 1
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*nothing was evaluated*"])


def test_a_malformed_waiver_is_wrong_input(project):
    project.baseline(BASELINE + WAIVER.replace("approved_by", "aproved_by"))
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*cloudpack-baseline.toml:11: waivers[[]0].aproved_by: *did you mean approved_by?*"]
    )
    result.stderr.no_fnmatch_line("*Traceback*")
