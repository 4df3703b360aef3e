"""Faults of the gathering end the run before the first item, in one message."""

from __future__ import annotations

import json

import pytest

from plugin.project import BASELINE, MAIN, OTHER, WAIVER

pytest_plugins = ["pytester"]


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("--retries=2", "retries"),
        ("--flake-finder=1", "flake_finder_enable"),
    ],
)
def test_options_of_plugins_that_would_crash_are_rejected(project, option, name):
    flag = option.partition("=")[0]
    project.pytester.makeconftest(
        f"def pytest_addoption(parser):\n    parser.addoption({flag!r}, dest={name!r}, type=int)\n"
    )
    result = project.run(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{flag}: works with Python test functions only; leave it out"])
    assert project.run(f"{flag}=0").ret == pytest.ExitCode.OK


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
@pytest.mark.parametrize("mark", ["", "@pytest.hookimpl(optionalhook=True)\n"])
def test_a_misspelt_hook_is_rejected(project, mark, workers):
    hook = "def pytest_cloudpack_provison(account):\n    pass\n"
    project.pytester.makeconftest(f"import pytest\n\n\n{mark}{hook}")
    result = project.run(*workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*no hook 'pytest_cloudpack_provison'; did you mean pytest_cloudpack_provision*"]
    )
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


def test_a_misspelt_hook_that_a_plugin_inherits_is_rejected(project):
    project.pytester.makeconftest("""
        import pytest

        class Shared:
            @pytest.hookimpl(optionalhook=True)
            def pytest_cloudpack_provison(self, account):
                pass

        class Ours(Shared):
            pass

        def pytest_configure(config):
            config.pluginmanager.register(Ours())
    """)
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no hook 'pytest_cloudpack_provison'; did you mean *provision*"])


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_a_snapshot_of_no_account_ends_the_run(project, workers):
    project.baseline("schema = 1\n")
    project.recorded({})
    result = project.run(*workers)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*the source contains no account*"])


@pytest.mark.parametrize("moment", ["1970-01-01", "9998-12-31T23:59:59+09:00"])
def test_a_distant_time_is_judged(project, moment):
    project.baseline(BASELINE + WAIVER)
    project.recorded({MAIN: False})
    result = project.run(f"--cloudpack-as-of={moment}", controls="root-mfa,rds-backup")
    expired = moment != "1970-01-01"
    result.assert_outcomes(failed=1 + expired, skipped=2 - expired)
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01",
        "1969-12-31T23:59:59Z",
        "9999-01-01",
        "9999-12-31T23:59:59-10:00",
        "0001-01-01T00:00:00+09:00",
    ],
)
def test_the_ends_of_time(project, moment):
    result = project.run(f"--cloudpack-as-of={moment}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*--cloudpack-as-of: out of range: '{moment}'"])


WORKERS = pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])


def refused(result, *lines):
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(lines)
    for stream in (result.stderr, result.stdout):
        stream.no_fnmatch_line("*Traceback*")
        stream.no_fnmatch_line("*INTERNALERROR*")
        stream.no_fnmatch_line("*::* FAILED*")


@WORKERS
def test_a_snapshot_of_another_account(project, workers):
    project.recorded({OTHER: True})
    refused(
        project.run("-v", *workers),
        f"ERROR: cloudpack-baseline: *contains account {OTHER}, not*{MAIN}",
    )


@WORKERS
def test_no_such_snapshot(project, workers):
    refused(project.run(*workers, source="snapshot:nowhere.json"), "*nowhere.json: cannot be read*")


def test_a_snapshot_of_a_later_schema(project):
    path = project.path / "recorded.json"
    document = json.loads(path.read_bytes())
    document["snapshot"]["schema"] = 99
    path.write_text(json.dumps(document), encoding="utf-8")
    refused(project.run(), "*recorded.json: snapshot.schema: schema 99 is later than *")


def test_a_changed_snapshot(project):
    path = project.path / "recorded.json"
    path.write_bytes(path.read_bytes().replace(b"AccountSummary", b"AccountSummery"))
    refused(project.run(), "*recorded.json: was changed since it was recorded*")


@pytest.fixture
def no_credentials(project, monkeypatch):
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return project


@WORKERS
def test_no_credentials(no_credentials, workers):
    result = no_credentials.run(*workers, source="aws")
    refused(result, f"ERROR: cloudpack-baseline: account production {MAIN}: no AWS credentials*")


def test_no_such_profile(no_credentials):
    no_credentials.baseline(BASELINE + 'profile = "nobody"\n')
    refused(no_credentials.run(source=None), "*account production*nobody*")


def test_the_message_is_there_without_a_terminal(project):
    project.recorded({OTHER: True})
    result = project.run("-p", "no:terminal")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*contains account {OTHER}*"])


def test_own_tests_do_not_run_either(project):
    project.pytester.makepyfile(test_own="def test_own():\n    print('ran')\n")
    project.recorded({OTHER: True})
    result = project.run("-s")
    refused(result)
    assert "ran" not in result.outlines


def test_nothing_is_gathered_where_no_item_is_left(project):
    project.pytester.makepyfile(test_own="def test_own():\n    pass\n")
    result = project.run("-k", "test_own", source="snapshot:nowhere.json")
    result.assert_outcomes(passed=1, deselected=1)
    assert result.ret == pytest.ExitCode.OK


def test_nothing_is_gathered_after_a_broken_collection(project):
    project.pytester.makepyfile(test_own="import nowhere_to_be_found\n")
    result = project.run(source="snapshot:nowhere.json")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*1 error during collection*"])


@pytest.mark.parametrize("option", ["--setup-plan", "--setup-only"])
def test_nothing_is_gathered_where_nothing_runs(project, option):
    project.run(option, source="snapshot:nowhere.json").stderr.no_fnmatch_line("*nowhere*")


def test_only_the_accounts_of_the_items_are_asked(project):
    project.baseline(f'{BASELINE}\n[accounts.staging]\nid = "{OTHER}"\n')
    result = project.run("-k", "production")
    result.assert_outcomes(passed=1, deselected=1)


def test_the_report_of_a_failed_gathering_is_nobodys_pass(project):
    project.recorded({OTHER: True})
    project.run("--cloudpack-report=report.json")
    report = project.report()
    assert report["findings"] == []
    (finding,) = report["not_run"]
    assert (finding["control"], finding["account"]) == ("root-mfa", MAIN)
    assert "gathering failed" in finding["reason"]["en"]
