"""Under xdist the controller gathers, once, and the workers judge."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from cloudpack_baseline._pytest.handover import Handover
from plugin.project import BASELINE, MAIN, OTHER, ROOT

pytest_plugins = ["pytester"]

MODES = ("load", "loadscope", "loadfile", "loadgroup", "worksteal", "each")
COUNTING = """
import os
import cloudpack_baseline.sources.recorded as recorded

read = recorded.read_snapshot

def counted(path):
    with open("reads.txt", "a") as told:
        told.write(f"{os.environ.get('PYTEST_XDIST_WORKER', 'controller')} {os.getpid()}\\n")
    return read(path)

recorded.read_snapshot = counted

def pytest_unconfigure():
    recorded.read_snapshot = read
"""


@pytest.fixture
def counting(project):
    """Each reading of the source writes a line."""
    project.baseline(f'{BASELINE}\n[accounts.staging]\nid = "{OTHER}"\n')
    project.recorded({MAIN: True, OTHER: False})
    project.pytester.makeconftest(COUNTING)
    return project


@pytest.mark.parametrize("mode", MODES)
def test_each_way_of_distribution(counting, mode):
    tx = ("--tx=2*popen",) if mode == "each" else ("-n2",)
    times = 2 if mode == "each" else 1
    result = counting.run(*tx, f"--dist={mode}", controls="root-mfa,rds-backup")
    result.assert_outcomes(passed=times, failed=times, skipped=2 * times)
    read = (counting.path / "reads.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split()[0] for line in read] == ["controller"]
    result.stdout.fnmatch_lines(
        [
            "1 of 2 controls had something to evaluate; *",
            "control *FAIL *",
            "root-mfa *1 *1  The root user has MFA",
        ]
    )


def test_own_tests_beside(counting):
    counting.pytester.makepyfile(test_own="def test_own():\n    pass\n")
    counting.run("-n2").assert_outcomes(passed=2, failed=1)


def test_a_crashed_worker_is_replaced_and_what_it_ran_is_not_judged(counting):
    counting.pytester.makepyfile(
        test_own="import os\ndef test_own():\n    os._exit(1)\ndef test_after():\n    pass\n"
    )
    result = counting.run("-n1", "--cloudpack-report=report.json", ".")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert [finding["resource"]["key"] for finding in counting.report()["findings"]] == [
        ROOT,
        ROOT.replace(MAIN, OTHER),
    ]


def test_the_snapshot_between_processes_is_removed(project, monkeypatch):
    folder = project.path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    project.run("-n2").assert_outcomes(passed=1)
    assert [path for path in folder.iterdir() if "cloudpack" in path.name] == []


def test_its_folder_is_for_the_owner_alone():
    handover = Handover(config=None)
    path = Path(next(iter(handover.promise().values())))
    assert path.parent.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_uid == os.getuid()
    handover.close()
    assert not path.parent.exists()


def test_collecting_needs_no_worker(project):
    result = project.run("-n2", "--collect-only", "-q")
    assert f"cloudpack-baseline.toml::root-mfa::{MAIN}" in result.outlines


def test_failures_are_shown_in_full(project):
    project.recorded({MAIN: False})
    result = project.run("-n2")
    result.stdout.fnmatch_lines(
        [f"  FAIL  {ROOT}", "  Remediation: *", "FAILED *root-mfa* - the root user has no*"]
    )
