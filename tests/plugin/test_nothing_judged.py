"""A run that judged nothing is red, unless the user asked for less than everything."""

from __future__ import annotations

import pytest

from cloudpack_baseline.whitepaper import controls
from plugin.project import BASELINE, MAIN

pytest_plugins = ["pytester"]

CLAUSES = sorted({link.clause for control in controls().values() for link in control.clauses})
EXCLUDE_ALL = "\n[scope]\nexclude = [{}]\n".format(
    ", ".join(f'{{ clause = "{clause}", reason = "elsewhere" }}' for clause in CLAUSES)
)


@pytest.fixture
def empty(project):
    """Every control is left out of the scope."""
    project.baseline(BASELINE + EXCLUDE_ALL)
    return project


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_all_not_applicable_is_red(empty, workers):
    result = empty.run(*workers, controls=None)
    result.assert_outcomes(skipped=len(controls()))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["cloudpack-baseline: nothing was evaluated: every finding is*"])
    assert "= cloudpack-baseline =" not in result.stdout.str()


def test_it_is_told_in_japanese_and_without_a_terminal(empty):
    result = empty.run("--cloudpack-lang=ja", "-q", controls=None)
    result.stdout.fnmatch_lines(["cloudpack-baseline: 判定対象が 1 件もない: *"])
    result = empty.run("-p", "no:terminal", controls=None)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stderr.fnmatch_lines(["cloudpack-baseline: nothing was evaluated: *"])


@pytest.mark.parametrize(
    "narrowed",
    [
        ("--cloudpack-control=root-mfa",),
        ("--cloudpack-clause=5.3",),
        ("-k", "root-mfa"),
        ("-m", 'cloudpack(clause="5.3.2")'),
        (f"cloudpack-baseline.toml::root-mfa::{MAIN}",),
        ("cloudpack-baseline.toml::root-mfa",),
        ("--deselect", f"cloudpack-baseline.toml::root-mfa::{MAIN}"),
    ],
)
@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_a_narrowed_run_is_not(empty, narrowed, workers):
    result = empty.run(*narrowed, *workers, controls=None)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["cloudpack-baseline: nothing was evaluated: every finding is*"])


@pytest.mark.parametrize(
    "idle",
    [
        ("-k", "cloudpack-baseline"),
        ("-m", "cloudpack"),
        ("--lf",),
        ("--ff",),
        ("--deselect", "cloudpack-baseline.toml::no-such-control"),
    ],
)
@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_a_selection_that_leaves_nothing_out_narrows_nothing(empty, idle, workers):
    result = empty.run(*idle, *workers, controls=None)
    result.assert_outcomes(skipped=len(controls()))
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_the_last_failures_alone_are_a_narrowed_run(empty):
    empty.pytester.makepyfile(test_own="def test_own():\n    assert False\n")
    assert empty.run(controls=None).ret == pytest.ExitCode.TESTS_FAILED
    empty.pytester.makepyfile(test_own="def test_own():\n    pass\n")
    result = empty.run("--lf", controls=None)
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK


def test_collecting_judges_nothing_by_right(empty):
    assert empty.run("--collect-only", controls=None).ret == pytest.ExitCode.OK


def test_items_that_were_ignored_are_red(project):
    project.pytester.makepyfile(test_own="def test_own():\n    pass\n")
    project.pytester.makeconftest(
        "def pytest_collection_modifyitems(items):\n"
        "    items[:] = [one for one in items if one.name == 'test_own']\n"
    )
    result = project.run(controls=None)
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*nothing was evaluated: no test item of cloudpack-baseline.*"])


def test_other_exit_codes_stand(empty):
    empty.pytester.makepyfile(
        test_own="import pytest\ndef test_own():\n    pytest.exit('enough')\n"
    )
    assert empty.run(controls=None).ret == pytest.ExitCode.INTERRUPTED


def test_an_unknown_is_a_judgement(project):
    project.recorded(coverage=(), records=())
    result = project.run(controls=None)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.no_fnmatch_line("*nothing was evaluated*")
    result.stdout.fnmatch_lines(["* record it again with this control selected"])
