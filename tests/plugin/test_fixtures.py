"""The fixtures, in users' own tests, with and without the flag."""

from __future__ import annotations

import moto.server  # noqa: F401 - loaded once for all runs in this process
import pytest

from plugin.project import BASELINE, DENIED, MAIN, OTHER

pytest_plugins = ["pytester"]

BASELINE_TEST = f"""
def test_baseline(cloudpack_baseline):
    assert cloudpack_baseline.accounts["production"].id == "{MAIN}"
"""
SNAPSHOT_TEST = """
from cloudpack_baseline import check_root_mfa

def test_snapshot(cloudpack_snapshot, cloudpack_baseline):
    check_root_mfa(cloudpack_snapshot, cloudpack_baseline).require()
"""
MOTO_TEST = """
from cloudpack_baseline import check_root_mfa
from cloudpack_baseline.testing import set_root

def test_first(cloudpack_moto, cloudpack_baseline):
    cloudpack_moto.session.client("s3").create_bucket(
        Bucket="only-here", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"}
    )
    set_root(cloudpack_moto, mfa=True)
    check_root_mfa(cloudpack_moto.session, cloudpack_baseline).require()

def test_second(cloudpack_moto):
    assert cloudpack_moto.session.client("s3").list_buckets()["Buckets"] == []
    assert not check_root_mfa(cloudpack_moto.session)
"""
SOURCE = "cloudpack_source = 'snapshot:recorded.json'"


def own(project, test, *args):
    """A run of the test alone, without the flag."""
    project.pytester.makepyfile(test_own=test)
    return project.pytester.runpytest("test_own.py", "--cloudpack-control=root-mfa", *args)


def test_baseline(project):
    own(project, BASELINE_TEST).assert_outcomes(passed=1)


def test_baseline_with_the_flag(project):
    project.pytester.makepyfile(test_own=BASELINE_TEST)
    project.run().assert_outcomes(passed=2)


def test_baseline_takes_the_named_file(project):
    project.baseline("schema = 1\n")
    project.baseline(path="other.toml")
    own(project, BASELINE_TEST, "--cloudpack-file=other.toml").assert_outcomes(passed=1)


def test_no_baseline_is_an_error_of_the_test_alone(project):
    (project.path / "cloudpack-baseline.toml").unlink()
    result = own(project, BASELINE_TEST + "\ndef test_fine():\n    pass\n")
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["cloudpack-baseline: no baseline file: *"])
    result.stdout.no_fnmatch_line("*fixtures.py:*")


def test_snapshot_of_the_configured_source(project):
    project.ini(SOURCE)
    own(project, SNAPSHOT_TEST).assert_outcomes(passed=1)
    project.recorded({MAIN: DENIED})
    result = own(project, SNAPSHOT_TEST)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*AccountMFAEnabled could not be read: *"])


def test_snapshot_of_another_account_is_an_error_of_the_test_alone(project):
    project.recorded({OTHER: True})
    project.ini(SOURCE)
    result = own(project, SNAPSHOT_TEST)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"cloudpack-baseline: *contains account {OTHER}, not *"])
    assert "During handling" not in result.stdout.str()


RECORDER = """
from cloudpack_baseline.sources import recorded
from cloudpack_baseline.sources.recording import read_snapshot

class Asked:
    def __init__(self, snapshot):
        self.snapshot = snapshot

    def gather(self, wanted, *, executor=None):
        with open("wanted.txt", "a") as told:
            told.write(" ".join(sorted(one.kind.__name__ for one in wanted)) + "\\n")
        return self.snapshot

known = recorded.RecordedAccounts
recorded.RecordedAccounts = Asked

def pytest_unconfigure():
    recorded.RecordedAccounts = known
"""


def wanted(project):
    path = project.path / "wanted.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def test_snapshot_is_the_runs_own_where_that_holds_all(project):
    project.pytester.makeconftest(RECORDER)
    project.pytester.makepyfile(test_own=SNAPSHOT_TEST)
    project.run().assert_outcomes(passed=2)
    assert wanted(project) == ["AccountSummary"]


def test_snapshot_is_the_runs_own_in_workers_too(project):
    project.pytester.makeconftest(RECORDER)
    project.pytester.makepyfile(test_own=SNAPSHOT_TEST)
    project.run("-n2").assert_outcomes(passed=2)
    assert wanted(project) == ["AccountSummary"]


def test_snapshot_is_gathered_where_the_run_left_something_out(project):
    project.pytester.makeconftest(RECORDER)
    project.pytester.makepyfile(test_own=SNAPSHOT_TEST)
    result = project.run("-k", "test_snapshot", "--cloudpack-record=again.json")
    result.assert_outcomes(passed=1, deselected=1)
    assert wanted(project) == ["AccountSummary"]
    assert not (project.path / "again.json").exists()


def test_snapshot_for_other_controls(project):
    project.ini(SOURCE)
    project.pytester.makeconftest(RECORDER)
    test = (
        "import pytest\n"
        "@pytest.mark.parametrize('cloudpack_snapshot', [['root-mfa']], indirect=True)\n"
        "def test_own(cloudpack_snapshot):\n    assert cloudpack_snapshot.records\n"
    )
    own(project, test).assert_outcomes(passed=1)
    assert wanted(project) == ["AccountSummary"]


def test_a_mocked_account_is_new_for_each_test(project):
    own(project, MOTO_TEST).assert_outcomes(passed=2)


def test_a_mocked_account_beside_a_run_on_moto(project):
    project.ini("cloudpack_source = 'moto'")
    project.pytester.makeconftest(
        "from cloudpack_baseline.testing import set_root\n"
        "def pytest_cloudpack_provision(account):\n    set_root(account, mfa=True)\n"
    )
    project.pytester.makepyfile(test_own=MOTO_TEST + SNAPSHOT_TEST)
    project.run("-p", "no:randomly", source=None).assert_outcomes(passed=4)
    project.run("-n2", source=None).assert_outcomes(passed=4)


def test_a_mocked_account_has_the_declared_id_and_region(project):
    project.baseline(BASELINE.replace(MAIN, OTHER))
    test = (
        "def test_own(cloudpack_moto):\n"
        f"    assert cloudpack_moto.id == '{OTHER}'\n"
        "    assert cloudpack_moto.region == 'ap-northeast-1'\n"
        "    sts = cloudpack_moto.session.client('sts')\n"
        f"    assert sts.get_caller_identity()['Account'] == '{OTHER}'\n"
    )
    own(project, test).assert_outcomes(passed=1)


def test_a_mocked_account_by_name(project):
    project.baseline(f'{BASELINE}\n[accounts.staging]\nid = "{OTHER}"\n')
    test = (
        "import pytest\n"
        "@pytest.mark.parametrize('cloudpack_moto', ['staging', 'nobody'], indirect=True)\n"
        "def test_own(cloudpack_moto):\n"
        f"    assert cloudpack_moto.id == '{OTHER}'\n"
    )
    result = own(project, test)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*no account 'nobody' is declared"])


def test_a_mocked_account_without_a_baseline(project):
    (project.path / "cloudpack-baseline.toml").unlink()
    test = f"def test_own(cloudpack_moto):\n    assert cloudpack_moto.id == '{MAIN}'\n"
    own(project, test).assert_outcomes(passed=1)
    result = own(project, test, "--cloudpack-file=nowhere.toml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*nowhere.toml*there is no such file"])


def test_the_fixtures_are_listed_without_loading_anything(project):
    result = project.pytester.runpytest("--fixtures")
    for name in ("cloudpack_baseline", "cloudpack_moto", "cloudpack_snapshot"):
        result.stdout.fnmatch_lines([f"{name}*"])


@pytest.mark.parametrize("name", ["baseline", "snapshot", "moto"])
def test_no_fixture_takes_a_common_name(project, name):
    result = own(project, f"def test_own({name}):\n    pass\n")
    result.assert_outcomes(errors=1)


def test_require_shows_the_line_of_the_test_and_none_of_ours(project):
    project.recorded({MAIN: False})
    project.pytester.makepyfile(
        test_own="from cloudpack_baseline import check_root_mfa\n"
        "def test_root(cloudpack_snapshot):\n"
        "    check_root_mfa(cloudpack_snapshot).require()\n"
    )
    project.ini('cloudpack_source = "snapshot:recorded.json"')
    result = project.pytester.runpytest("test_own.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([">       check_root_mfa(cloudpack_snapshot).require()"])
    result.stdout.fnmatch_lines(["E*root-mfa: The root user has MFA*"])
    result.stdout.no_fnmatch_line("*assessment.py*")
