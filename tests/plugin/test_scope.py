"""``[scope]`` in a run of pytest."""

from __future__ import annotations

import pytest

from cloudpack_baseline.whitepaper import controls
from plugin.project import BASELINE

pytest_plugins = ["pytester"]

LATER = sum(control.is_later_than("0.1") for control in controls().values())
LOCK = '[scope]\nsince = "0.1"\n'
WORKERS = pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])


def notes(project):
    return [note["en"] for note in project.report()["notes"]]


@WORKERS
def test_later_controls_are_left_out_in_one_line(project, workers):
    project.baseline(BASELINE + LOCK)
    chosen = "root-mfa,yearly-assessment"
    result = project.run("-rs", "--cloudpack-report=report.json", *workers, controls=chosen)
    result.assert_outcomes(passed=1, skipped=1)
    line = '[scope] since = "0.1" leaves out controls that later versions added: 1'
    assert [outline for outline in result.outlines if outline.startswith("note: ")] == [
        f"note: {line}"
    ]
    assert notes(project) == [line]
    result.stdout.fnmatch_lines(["SKIPPED*excluded by [[]scope] since*added in version 0.2*"])


def test_all_of_them_are_counted(project):
    project.baseline(BASELINE + LOCK)
    project.run("--cloudpack-report=report.json", controls=None)
    assert notes(project)[0].endswith(f"that later versions added: {LATER}")


def test_without_a_lock_nothing_is_said(project):
    project.run("--cloudpack-report=report.json")
    assert notes(project) == []


def test_a_selection_leaves_the_others_out(project):
    project.baseline(BASELINE + '[scope]\nclauses = ["5.3.2"]\n')
    result = project.run("-rs", controls="root-mfa,rds-backup")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*not selected by clauses of [[]scope]*"])


def test_a_wrong_version_is_wrong_input(project):
    project.baseline(BASELINE + '[scope]\nsince = "7.0"\n')
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*scope.since: '7.0' is later than this version*"])
