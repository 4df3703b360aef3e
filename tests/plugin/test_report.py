"""``--cloudpack-report`` and ``--cloudpack-record``."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.cli import main
from cloudpack_baseline.reports.json import report_bytes
from plugin.project import BASELINE, DENIED, MAIN, OTHER, WAIVER

pytest_plugins = ["pytester"]

TWO = f'{BASELINE}\n[accounts.staging]\nid = "{OTHER}"\n'
BOTH = "root-mfa,rds-backup"


@pytest.fixture
def two(project):
    project.baseline(TWO)
    project.recorded({MAIN: False, OTHER: DENIED})
    return project


@pytest.mark.parametrize(
    "workers",
    [(), ("-n2",), *(("-n2", f"--dist={mode}") for mode in ("loadscope", "loadfile", "worksteal"))],
)
def test_the_report_is_that_of_the_same_assessment(project, workers):
    project.baseline(TWO + WAIVER)
    snapshot = project.recorded({MAIN: False, OTHER: DENIED})
    project.run("--cloudpack-report=report.json", *workers, controls=BOTH)
    baseline = Baseline.load(project.path / "cloudpack-baseline.toml")
    wanted = report_bytes(assess(snapshot, baseline, controls=["root-mfa", "rds-backup"]).to_json())
    assert (project.path / "report.json").read_bytes() == wanted


def test_a_recorded_run_judged_again_gives_the_same_bytes(two):
    two.run("--cloudpack-record=again.json.gz", "--cloudpack-report=one.json", controls=BOTH)
    two.run(
        "--cloudpack-report=two.json", controls=BOTH, source="snapshot:again.json.gz"
    ).assert_outcomes(failed=2, skipped=2)
    one, again = (two.path / "one.json").read_bytes(), (two.path / "two.json").read_bytes()
    assert one == again


def not_run(project):
    return {
        (finding["control"], finding["account"]): finding["reason"]["en"]
        for finding in project.report()["not_run"]
    }


@pytest.mark.parametrize("workers", [(), ("-n2", "--maxschedchunk=1")], ids=["one", "xdist"])
def test_exit_first_leaves_controls_that_did_not_run(two, workers):
    chosen = "root-mfa,segmentation,rds-backup,s3-exposure"
    two.recorded({MAIN: False, OTHER: False})
    two.run("-x", "--cloudpack-report=report.json", *workers, controls=chosen)
    report, left = two.report(), not_run(two)
    ran = {(finding["control"], finding["resource"]["account"]) for finding in report["findings"]}
    accounts, wanted = (MAIN, OTHER), chosen.split(",")
    assert left
    assert ran.isdisjoint(left)
    assert ran | set(left) == {(control, account) for control in wanted for account in accounts}
    (reason,) = set(left.values())
    assert reason.startswith("the run ended before this control was evaluated")


def test_an_interrupt_leaves_controls_that_did_not_run(two):
    two.pytester.makepyfile(test_a="import pytest\ndef test_own():\n    pytest.exit('enough')\n")
    two.run("test_a.py", "--cloudpack-report=report.json")
    assert set(not_run(two)) == {("root-mfa", MAIN), ("root-mfa", OTHER)}


@pytest.mark.parametrize(
    "chosen",
    [("-k", "staging"), ("--deselect", f"cloudpack-baseline.toml::root-mfa::{MAIN}")],
)
@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_what_was_left_out_did_not_run(two, chosen, workers):
    two.run("--cloudpack-report=report.json", *chosen, *workers)
    ((target, reason),) = not_run(two).items()
    assert target == ("root-mfa", MAIN)
    assert reason.startswith("deselected in this run")


def test_the_current_account_is_named_by_its_id(project):
    project.baseline("schema = 1\n")
    project.run("--cloudpack-report=report.json", "-k", "root-mfa", controls=BOTH)
    assert list(not_run(project)) == [("rds-backup", MAIN)]


def test_collecting_writes_no_report(project):
    project.run("--collect-only", "--cloudpack-report=report.json")
    assert not (project.path / "report.json").exists()


def test_paths_are_relative_to_where_pytest_was_called(project, monkeypatch):
    (project.path / "below").mkdir()
    monkeypatch.chdir(project.path / "below")
    project.run(
        "--cloudpack-report=r.json", "--cloudpack-record=s.json", source="snapshot:../recorded.json"
    )
    assert {path.name for path in (project.path / "below").iterdir()} >= {"r.json", "s.json"}


# -- an earlier report


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_what_became_of_an_earlier_report_is_summed_up_and_listed(project, workers):
    project.recorded({MAIN: False})
    project.run("--cloudpack-report=before.json")
    project.recorded({MAIN: True})
    compare = ("--cloudpack-compare=before.json", "--cloudpack-report=report.json")
    run = project.run(*compare, *workers)
    run.stdout.fnmatch_lines(
        ["since 2026-11-01T12:00:00Z: 1 corrected, 0 new, 0 stayed, 0 not judged this time"]
    )
    assert project.report()["comparison"]["counts"]["corrected"] == 1
    japanese = project.run(*compare, "--cloudpack-lang=ja")
    japanese.stdout.fnmatch_lines(["前回(*)との比較: 是正済み 1 件、新規 0 件、*"])


def test_a_report_that_cannot_be_compared_with_is_wrong_input(project):
    run = project.run("--cloudpack-compare=none.json")
    assert run.ret == 4
    run.stderr.fnmatch_lines(["*none.json: cannot be read*"])
    project.baseline(BASELINE.replace(MAIN, OTHER))
    project.recorded({OTHER: False}, path="other.json")
    project.run("--cloudpack-report=other.report.json", source="snapshot:other.json")
    project.baseline()
    run = project.run("--cloudpack-compare=other.report.json")
    assert run.ret == 4
    run.stderr.fnmatch_lines([f"*is about other accounts: {OTHER}"])


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_on_github_there_are_annotations_and_a_summary(two, workers, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(two.path / "summary.md"))
    result = two.run(*workers, controls="root-mfa")
    lines = [line for line in result.outlines if line.startswith("::")]
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning"]
    summary = (two.path / "summary.md").read_text("utf-8")
    assert summary.count("[root\\-mfa](") == 2


def test_a_summary_of_github_that_cannot_be_written_is_said(two, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(two.path / "none" / "summary.md"))
    result = two.run(controls="root-mfa")
    assert "GITHUB_STEP_SUMMARY: cannot be written" in str(result.outlines + result.errlines)


def test_a_run_that_judged_a_part_is_repeated_as_it_was(two, capsys, monkeypatch):
    two.run(
        "--cloudpack-record=run.json.gz", "--cloudpack-report=run.html", "-k", MAIN, controls=BOTH
    )
    monkeypatch.chdir(two.path)
    (two.path / "cloudpack-baseline.toml").unlink()
    capsys.readouterr()
    assert main(["repeat", "run.html", "run.json.gz"]) == 0
    assert "the same: " in capsys.readouterr().out
