"""Files that controls read: found beside the baseline file, in every process of a run."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from plugin.project import BASELINE, MAIN, NOW, ROOT

pytest_plugins = ["pytester"]

THEN = NOW - timedelta(days=1)
WORKERS = pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
CORRECTION = f"""
[[controls.yearly-assessment.corrections]]
finding = "root-mfa:{ROOT}"
ticket = "OPS-1"
due = 2026-12-31
"""


@pytest.fixture
def stored(project):
    """A project that stores its report below evidence/, and declares it."""
    project.recorded({MAIN: False})
    (project.path / "evidence").mkdir()
    project.run("--cloudpack-report=evidence/report.json")
    digest = hashlib.sha256((project.path / "evidence/report.json").read_bytes()).hexdigest()
    table = f"""
[[controls.yearly-assessment.assessments]]
file = "evidence/report.json"
sha256 = "{digest}"
starts = 2025-12-01
ends = 2026-11-01
"""
    project.baseline(BASELINE + table)
    return project, BASELINE + table


@WORKERS
@pytest.mark.parametrize("corrected", [True, False])
def test_a_stored_report_and_its_corrections(stored, workers, corrected):
    project, text = stored
    project.baseline(text + CORRECTION * corrected)
    result = project.run("--cloudpack-as-of=2026-11-15", *workers, controls="yearly-assessment")
    result.assert_outcomes(passed=int(corrected), failed=int(not corrected))
    if not corrected:
        result.stdout.fnmatch_lines([f"  FAIL  root-mfa:{ROOT}", "*no correction is declared"])


def test_a_report_that_was_changed(stored):
    project, _ = stored
    with (project.path / "evidence/report.json").open("a") as file:
        file.write(" ")
    result = project.run("--cloudpack-as-of=2026-11-15", controls="yearly-assessment")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*is not the file that was declared: its digest differs"])


@WORKERS
def test_a_recorded_snapshot_to_compare_with(project, workers):
    (project.path / "evidence").mkdir()
    project.recorded(path="evidence/reference.json")
    project.baseline(
        BASELINE + '[controls.security-drift]\nreference = "evidence/reference.json"\n'
    )
    result = project.run(*workers, controls="security-drift")
    # It was recorded for another control, so that nothing can be compared.
    result.stdout.fnmatch_lines(["*UNKNOWN*SecurityGroup*"])
    result.assert_outcomes(failed=1)
    (project.path / "evidence/reference.json").unlink()
    result = project.run(*workers, controls="security-drift")
    result.stdout.fnmatch_lines(["*evidence/reference.json cannot be read: *"])


@WORKERS
def test_another_reference_is_compared_with(project, workers):
    (project.path / "evidence").mkdir()
    project.recorded({MAIN: False}, path="night before.json", taken_at=THEN)
    project.baseline(BASELINE + '[controls.security-drift]\nreference = "gone.json"\n')
    other = "--cloudpack-reference=night before.json"
    result = project.run(other, *workers, controls="security-drift")
    result.stdout.fnmatch_lines([f"FAIL  security-drift: {ROOT}"])


def test_a_reference_that_cannot_be_read_is_wrong_input(project):
    result = project.run("--cloudpack-reference=gone.json", controls="security-drift")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*gone.json: cannot be read*"])
