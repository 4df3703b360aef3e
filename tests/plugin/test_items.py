"""What is collected, under which names, and how a user picks from it."""

from __future__ import annotations

import pytest

from cloudpack_baseline.whitepaper import controls
from plugin.project import BASELINE, MAIN, OTHER

pytest_plugins = ["pytester"]

FILE = "cloudpack-baseline.toml"
TWO = f"""{BASELINE}
[accounts.staging]
id = "{OTHER}"
"""
TEST = "def test_own():\n    pass\n"


def ids(result):
    """The node ids that ``--collect-only -q`` lists."""
    return [line for line in result.outlines if "::" in line]


def collected(project, *args, **chosen):
    return ids(project.run("--collect-only", "-q", *args, **chosen))


@pytest.fixture
def two(project):
    """Two accounts: production has MFA, staging has none."""
    project.baseline(TWO)
    project.recorded({MAIN: True, OTHER: False})
    return project


def test_one_item_for_each_control_and_account(two):
    assert collected(two, controls="root-mfa,rds-backup") == [
        f"{FILE}::root-mfa::{MAIN}",
        f"{FILE}::root-mfa::{OTHER}",
        f"{FILE}::rds-backup::{MAIN}",
        f"{FILE}::rds-backup::{OTHER}",
    ]


def test_all_controls_without_a_selection(project):
    wanted = [f"{FILE}::{control}::{MAIN}" for control in controls()]
    assert collected(project, controls=None) == wanted


def test_without_a_declared_account_the_item_is_the_current_one(project):
    project.baseline("schema = 1\n")
    assert collected(project) == [f"{FILE}::root-mfa::current"]
    project.run().assert_outcomes(passed=1)


def test_the_tool_table_of_pyproject_is_a_baseline_too(project):
    (project.path / FILE).unlink()
    project.ini("[tool.cloudpack-baseline]\nregions = ['ap-northeast-1']\n")
    assert collected(project) == ["pyproject.toml::root-mfa::current"]


def test_collecting_opens_no_source(project):
    (project.path / "recorded.json").unlink()
    assert collected(project) == [f"{FILE}::root-mfa::{MAIN}"]


def test_collecting_imports_no_client(project):
    project.pytester.makeconftest(
        "import sys\n"
        "def pytest_collection_finish():\n"
        "    print(sorted({'boto3', 'botocore', 'moto'} & set(sys.modules)))\n"
    )
    result = project.run_apart(
        "--cloudpack-baseline", "--collect-only", "-q", "-s", "--cloudpack-source", "aws"
    )
    assert "[]" in result.outlines


def test_own_tests_and_items_run_together(project):
    project.pytester.makepyfile(test_own=TEST)
    project.run().assert_outcomes(passed=2)


@pytest.mark.parametrize("argument", [".", FILE, "tests", "test_own.py", "tests/../."])
def test_an_item_is_collected_once_whatever_was_named(project, argument):
    project.pytester.makepyfile(test_own=TEST)
    (project.path / "tests").mkdir()
    assert collected(project, argument).count(f"{FILE}::root-mfa::{MAIN}") == 1


def test_a_folder_and_the_file_in_it(project):
    assert collected(project, ".", FILE) == [f"{FILE}::root-mfa::{MAIN}"]


def test_no_own_test_is_lost(project):
    project.pytester.makepyfile(test_own=TEST)
    (project.path / "infra").mkdir()
    (project.path / FILE).rename(project.path / "infra" / FILE)
    test_ids = collected(project, f"--cloudpack-file=infra/{FILE}")
    assert test_ids == [f"infra/{FILE}::root-mfa::{MAIN}", "test_own.py::test_own"]


def test_a_baseline_in_a_folder_that_pytest_passes_over(project):
    project.pytester.makepyfile(test_own=TEST)
    (project.path / ".cloudpack" / "below").mkdir(parents=True)
    (project.path / FILE).rename(project.path / ".cloudpack" / FILE)
    for name in ("test_hidden.py", "below/test_hidden.py"):
        (project.path / ".cloudpack" / name).write_text(TEST, encoding="utf-8")
    test_ids = collected(project, f"--cloudpack-file=.cloudpack/{FILE}")
    assert test_ids == [f".cloudpack/{FILE}::root-mfa::{MAIN}", "test_own.py::test_own"]


def test_a_node_id(two):
    test_ids = collected(two, f"{FILE}::root-mfa::{OTHER}", controls=None)
    assert test_ids == [f"{FILE}::root-mfa::{OTHER}"]


def test_two_node_ids_and_a_control(two):
    test_ids = collected(
        two, f"{FILE}::rds-backup::{OTHER}", f"{FILE}::root-mfa", controls="root-mfa,rds-backup"
    )
    assert sorted(test_ids) == sorted(
        [f"{FILE}::rds-backup::{OTHER}", f"{FILE}::root-mfa::{MAIN}", f"{FILE}::root-mfa::{OTHER}"]
    )


def test_a_node_id_that_does_not_exist(project):
    result = project.run(f"{FILE}::root-mfa::000000000000")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: not found: *root-mfa::000000000000"])


@pytest.mark.parametrize(
    ("keyword", "count"), [("root-mfa", 2), ("staging", 2), (OTHER, 2), ("not root-mfa", 2)]
)
def test_k_finds_control_account_and_its_name(two, keyword, count):
    assert len(collected(two, "-k", keyword, controls="root-mfa,rds-backup")) == count


@pytest.mark.parametrize(
    "expression",
    ['cloudpack(clause="5.3.2")', 'cloudpack(control="root-mfa")', "cloudpack"],
)
def test_m_finds_clause_and_control(project, expression):
    project.pytester.makepyfile(test_own=TEST)
    assert collected(project, "-m", expression) == [f"{FILE}::root-mfa::{MAIN}"]


def test_m_of_another_clause_finds_nothing(project):
    assert collected(project, "-m", 'cloudpack(clause="5.1.2")') == []


def test_the_marker_is_declared_without_the_flag(project):
    result = project.pytester.runpytest("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.cloudpack(control, clause): *"])


def test_deselect(two):
    test_ids = collected(two, "--deselect", f"{FILE}::root-mfa::{MAIN}")
    assert test_ids == [f"{FILE}::root-mfa::{OTHER}"]


def test_last_failed(two):
    two.run().assert_outcomes(passed=1, failed=1)
    result = two.run("--lf", "-v")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"{FILE}::root-mfa::{OTHER} FAILED*"])


def test_last_failed_of_an_own_test_leaves_the_items_out(project):
    project.pytester.makepyfile(test_own="def test_own():\n    assert False\n")
    project.run().assert_outcomes(passed=1, failed=1)
    project.run("--lf").assert_outcomes(failed=1)


def test_stepwise(two):
    two.baseline(TWO)
    two.recorded({MAIN: False, OTHER: False})
    two.run("--sw").assert_outcomes(failed=1)
    result = two.run("--sw", "-v")
    result.stdout.fnmatch_lines([f"{FILE}::root-mfa::{MAIN} FAILED*"])
    two.recorded({MAIN: True, OTHER: False})
    result = two.run("--sw", "-v")
    result.stdout.fnmatch_lines([f"{FILE}::root-mfa::{OTHER} FAILED*"])


def test_exit_first(two):
    two.recorded({MAIN: False, OTHER: False})
    two.run("-x").assert_outcomes(failed=1)


def test_a_baseline_above_the_root_folder(project):
    below = project.path / "below"
    below.mkdir()
    (below / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    project.pytester.chdir()
    result = project.pytester.runpytest(
        "--cloudpack-baseline",
        "--cloudpack-control=root-mfa",
        "--cloudpack-source=snapshot:recorded.json",
        "--rootdir=below",
        "below",
        "-v",
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"*{FILE}::root-mfa::{MAIN} PASSED*"])


def test_without_the_flag_nothing_is_collected_and_the_hook_is_known(project):
    project.pytester.makeconftest(
        "def pytest_cloudpack_provision(account):\n    raise SystemExit\n"
    )
    project.pytester.makepyfile(test_own=TEST)
    result = project.pytester.runpytest("--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1)
    assert (
        "cloudpack" not in result.stdout.str().replace(str(project.path), "").split("plugins:")[0]
    )
