"""The source moto: accounts that the user's conftest.py fills."""

from __future__ import annotations

import os
import socket

import moto.server  # noqa: F401 - loaded once for all runs in this process
import pytest
from moto.server import ThreadedMotoServer

from cloudpack_baseline.testing import mocked_account
from plugin.project import BASELINE, MAIN, OTHER, ROOT

pytest_plugins = ["pytester"]

PROVISION = """
import os
from cloudpack_baseline.testing import set_root

def pytest_cloudpack_provision(account, config):
    with open(config.rootpath / "told.txt", "a") as told:
        told.write(f"{account.id} {account.name} {account.region} {account.endpoint_url} ")
        told.write(f"{os.environ.get('PYTEST_XDIST_WORKER', 'controller')}\\n")
    set_root(account, mfa=account.name == "production")
"""


@pytest.fixture
def mocked(project):
    project.baseline(f'{BASELINE}\n[accounts.staging]\nid = "{OTHER}"\n')
    project.ini("cloudpack_source = 'moto'")
    project.pytester.makeconftest(PROVISION)
    return project


def told(project):
    lines = (project.path / "told.txt").read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines]


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_each_declared_account_is_provisioned_once_where_it_is_gathered(mocked, workers):
    result = mocked.run(*workers, source=None)
    result.assert_outcomes(passed=1, failed=1)
    first, second = told(mocked)
    assert first[:3] == [MAIN, "production", "ap-northeast-1"]
    assert second[:3] == [OTHER, "staging", "ap-northeast-1"]
    assert first[3] == second[3]
    assert {first[4], second[4]} == {"controller"}


def test_the_mock_is_closed_at_the_end(mocked):
    mocked.run(source=None)
    host, _, port = told(mocked)[0][3].removeprefix("http://").partition(":")
    with pytest.raises(ConnectionRefusedError), socket.create_connection((host, int(port))):
        pass


def test_the_environment_is_as_before_at_the_end(mocked):
    before = dict(os.environ)
    mocked.run(source=None)
    after = dict(os.environ)
    for held in (before, after):
        held.pop("PYTEST_CURRENT_TEST", None)
    assert after == before


def test_a_conftest_beside_the_baseline_file_is_asked_under_xdist_too(mocked):
    (mocked.path / "infra").mkdir()
    for name in ("conftest.py", "cloudpack-baseline.toml"):
        (mocked.path / name).rename(mocked.path / "infra" / name)
    mocked.pytester.makepyfile(test_own="def test_own():\n    pass\n")
    for workers in ((), ("-n2",)):
        result = mocked.run(
            "--cloudpack-file=infra/cloudpack-baseline.toml", "test_own.py", *workers, source=None
        )
        result.assert_outcomes(passed=2, failed=1)


def test_a_conftest_of_another_folder_is_not_asked(mocked):
    (mocked.path / "elsewhere").mkdir()
    (mocked.path / "conftest.py").rename(mocked.path / "elsewhere" / "conftest.py")
    mocked.run(".", source=None).assert_outcomes(failed=2)
    assert not (mocked.path / "told.txt").exists()


def test_a_fault_of_the_provisioning_is_told_with_its_place(mocked):
    mocked.pytester.makeconftest(
        "def pytest_cloudpack_provision(account):\n    raise LookupError('no such fixture')\n"
    )
    result = mocked.run(source=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = f"pytest_cloudpack_provision failed for account {MAIN}: LookupError: no such fixture"
    result.stderr.fnmatch_lines([f"ERROR: cloudpack-baseline: {told} (*)"])
    assert "conftest.py:2)" in result.stderr.str()
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_inside_the_hook_boto3_means_the_account(mocked):
    mocked.pytester.makeconftest(
        "import boto3\n"
        "def pytest_cloudpack_provision(account):\n"
        "    assert boto3.client('sts').get_caller_identity()['Account'] == account.id\n"
    )
    mocked.run(source=None).assert_outcomes(failed=2)


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_an_account_that_nobody_fills_is_told(mocked, workers):
    (mocked.path / "conftest.py").unlink()
    result = mocked.run(*workers, source=None)
    result.stdout.fnmatch_lines(["note: the mocked account is empty: *pytest_cloudpack_provision"])
    result = mocked.run(*workers, source=None, controls="rds-backup")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*: nothing was evaluated: the mocked account is empty: *"])


def test_an_account_that_is_filled_is_not_called_empty(mocked):
    mocked.run(source=None).stdout.no_fnmatch_line("*account is empty*")


def test_an_optional_hook_is_no_fault_where_the_plugin_is_off(mocked, monkeypatch):
    monkeypatch.setenv("PYTEST_PLUGINS", "")
    mocked.pytester.makepyfile(test_own="def test_own():\n    pass\n")
    mocked.ini("")
    hook = "def pytest_cloudpack_provision(account):\n    pass\n"
    optional = f"import pytest\n\n\n@pytest.hookimpl(optionalhook=True)\n{hook}"
    for conftest, outcome in ((optional, 0), (hook, 1)):
        mocked.pytester.makeconftest(conftest)
        done = mocked.pytester.runpytest_subprocess("-p", "no:cloudpack-baseline", "test_own.py")
        assert bool(done.ret) is bool(outcome)


def test_whose_credentials_read_the_account(project, monkeypatch):
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    line = f"cloudpack-baseline: the account was read as arn:aws:sts::{MAIN}:user/moto"
    try:
        for workers in ((), ("-n2",)):
            assert line in project.run(*workers, source="aws").outlines
        assert line not in project.run("-q", source="aws").outlines
    finally:
        server.stop()
    assert line not in project.run().outlines


def test_a_filled_server_is_not_provisioned(mocked):
    with mocked_account() as account:
        result = mocked.run(source=f"moto:{account.endpoint_url}")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines([f"  UNKNOWN  {ROOT}"])
    assert not (mocked.path / "told.txt").exists()


def test_nobody_answers_at_the_url(mocked):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        result = mocked.run(source=f"moto:http://127.0.0.1:{free.getsockname()[1]}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: cloudpack-baseline: no moto server answers at *"])


def test_a_missing_extra_is_told_with_the_line_that_mends_it(mocked, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "moto.server", None)
    result = mocked.run(source=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*pip install 'cloudpack-baseline[[]moto[]]'"])


def test_an_environment_that_leads_elsewhere_leads_nowhere(mocked, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://192.0.2.1")
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("HTTPS_PROXY", "http://192.0.2.1")
    mocked.pytester.makeconftest(
        "import boto3\n"
        "def pytest_cloudpack_provision(account):\n"
        "    assert boto3.client('s3').list_buckets()['Buckets'] == []\n"
        "    assert account.session.client('s3').list_buckets()['Buckets'] == []\n"
        "    assert 'REAL' not in boto3.Session().get_credentials().access_key\n"
    )
    mocked.run(source=None).assert_outcomes(failed=2)


def test_a_client_that_would_leave_the_machine_is_stopped(mocked):
    mocked.pytester.makeconftest(
        "import boto3\n"
        "def pytest_cloudpack_provision(account):\n"
        "    boto3.client('s3', endpoint_url='http://192.0.2.1').list_buckets()\n"
    )
    result = mocked.run(source=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*OfflineError: a call to 192.0.2.1 was stopped*"])
