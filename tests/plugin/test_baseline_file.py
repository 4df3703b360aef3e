"""Which baseline file a run takes, and how a wrong one is told."""

from __future__ import annotations

import os

import pytest

from plugin.project import BASELINE, MAIN

pytest_plugins = ["pytester"]

FILE = "cloudpack-baseline.toml"


def refused(result, *lines):
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(lines)
    for stream in (result.stderr, result.stdout):
        stream.no_fnmatch_line("*Traceback*")
        stream.no_fnmatch_line("*INTERNALERROR*")


def test_none_at_all(project):
    (project.path / FILE).unlink()
    refused(
        project.run(), "ERROR: cloudpack-baseline: no baseline file: *'cloudpack-baseline init'*"
    )


def test_two_at_one_level(project):
    project.ini("[tool.cloudpack-baseline]")
    refused(project.run(), f"*{FILE}: two baselines at one level*--cloudpack-file")


def test_a_named_file_decides_between_two(project):
    project.ini("[tool.cloudpack-baseline]")
    project.run(f"--cloudpack-file={FILE}").assert_outcomes(passed=1)


def test_an_argument_below_finds_the_file_above(project):
    (project.path / "tests" / "unit").mkdir(parents=True)
    result = project.run("tests/unit", "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"{FILE}::root-mfa::{MAIN} PASSED*"])


def test_the_invocation_folder_below_finds_the_file_above(project):
    (project.path / "tests").mkdir()
    os.chdir(project.path / "tests")
    project.run(source="snapshot:../recorded.json").assert_outcomes(passed=1)


def test_the_nearest_wins(project):
    project.baseline(path=f"infra/{FILE}")
    result = project.run("infra", "-v")
    result.stdout.fnmatch_lines([f"infra/{FILE}::root-mfa::{MAIN} PASSED*"])
    result.assert_outcomes(passed=1)


def test_testpaths_are_arguments_too(project):
    (project.path / "tests").mkdir()
    project.ini("testpaths = ['tests']")
    project.run().assert_outcomes(passed=1)


def test_every_mistake_is_told_with_key_and_line(project):
    project.baseline(BASELINE + '[[flows]]\nfrom = ["web"]\nto = ["db"]\nservices = ["tcp/x"]\n')
    refused(
        project.run(),
        *(
            f"*{FILE}:{line}: flows[[]0[]].{key}[[]0[]]: *"
            for line, key in enumerate(("from", "to", "services"), start=7)
        ),
    )


def test_broken_toml(project):
    project.baseline("regions = [")
    refused(project.run(), f"*{FILE}: is not TOML: *")


def test_mistakes_end_the_run_once_under_xdist_too(project):
    project.baseline("regionz = []")
    result = project.run("-n2")
    refused(result, f"*{FILE}:*: regionz: *")
    assert result.stderr.str().count("regionz:") == 1


def test_collecting_tells_mistakes_too(project):
    project.baseline("regionz = []")
    refused(project.run("--collect-only"), f"*{FILE}:*: regionz: *")
