"""Controls that a conftest.py adds to a run."""

from __future__ import annotations

import json

import pytest

from plugin.project import BASELINE, MAIN, ROOT, WAIVER

pytest_plugins = ["pytester"]

CONFTEST = '''
from cloudpack_baseline.authoring import Clause, bilingual, control, failed, passed, reads
from cloudpack_baseline.model.iam import AccountSummary

OURS = Clause(id="house.1", heading="鍵", heading_en="Root keys", kind="judged")

@control("no-root-keys", OURS, reads(AccountSummary), title=bilingual("No root keys", "鍵がない"))
def no_root_keys(view):
    """Reads the account summary."""
    for summary in view.all(AccountSummary):
        judge = failed if summary.access_keys_present or not summary.mfa_enabled else passed
        yield view.finding(summary, judge(bilingual("keys were counted", "鍵を数えた")))

def pytest_cloudpack_catalogue():
    return no_root_keys
'''


@pytest.fixture
def own(project):
    (project.path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    return project


@pytest.mark.parametrize("workers", [(), ("-n2",)], ids=["one", "xdist"])
def test_it_is_an_item_like_any_other(own, workers):
    own.recorded({MAIN: False})
    result = own.run(*workers, "--cloudpack-report=r.json", controls="no-root-keys,root-mfa")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["*no-root-keys: No root keys (clause house.1 Root keys)*", "*keys were counted*"]
    )
    controls = [finding["control"] for finding in own.report("r.json")["findings"]]
    assert controls == ["root-mfa", "no-root-keys"]


def test_by_clause_and_by_marker(own):
    own.run("--cloudpack-clause=house", controls=None).assert_outcomes(passed=1)
    result = own.run("-m", 'cloudpack(clause="house.1")', controls="no-root-keys,root-mfa")
    result.assert_outcomes(passed=1, deselected=1)


def test_everything_selects_it_too(own):
    result = own.run("--collect-only", "-q", controls=None)
    result.stdout.fnmatch_lines([f"*::no-root-keys::{MAIN}"])


def test_a_waiver(own):
    own.recorded({MAIN: False})
    own.baseline(BASELINE + WAIVER.replace("root-mfa", "no-root-keys"))
    result = own.run("--cloudpack-as-of=2026-11-01", controls="no-root-keys")
    result.assert_outcomes(xfailed=1, passed=1)  # and the item of the waivers


def test_only_what_it_reads_is_recorded(own):
    own.run("--cloudpack-record=again.json", controls="no-root-keys").assert_outcomes(passed=1)
    document = json.loads((own.path / "again.json").read_text(encoding="utf-8"))
    assert ROOT in json.dumps(document)


def test_the_conftest_beside_the_baseline_counts(project):
    """Also where pytest starts above it."""
    project.baseline(path="infra/cloudpack-baseline.toml")
    (project.path / "cloudpack-baseline.toml").unlink()
    (project.path / "infra" / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    result = project.run("--cloudpack-file=infra/cloudpack-baseline.toml", controls="no-root-keys")
    result.assert_outcomes(passed=1)


def test_fixtures_know_it_without_the_flag(own):
    own.baseline(BASELINE + WAIVER.replace("root-mfa", "no-root-keys"))
    own.pytester.makepyfile(
        test_it="""
        import pytest
        from cloudpack_baseline import assess

        @pytest.mark.parametrize("cloudpack_snapshot", [["no-root-keys"]], indirect=True)
        def test_it(cloudpack_snapshot, cloudpack_baseline, cloudpack_moto):
            assessment = assess(cloudpack_snapshot, cloudpack_baseline, controls=["no-root-keys"])
            assert assessment.findings[0].control == "no-root-keys"
        """
    )
    own.ini('cloudpack_source = "snapshot:recorded.json"')
    own.pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("hook", "message"),
    [
        ("return ['root-mfa']", "*expected a Catalogue or Control, got str"),
        ("return 1 / 0", "*pytest_cloudpack_catalogue failed: ZeroDivisionError: division by zero"),
        ("return [no_root_keys, no_root_keys]", "*there is already a control 'no-root-keys'"),
    ],
)
def test_a_hook_that_fails(own, hook, message):
    text = CONFTEST.replace("return no_root_keys", hook)
    (own.path / "conftest.py").write_text(text, encoding="utf-8")
    result = own.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*cloudpack-baseline: {message}"])


def test_the_hook_of_a_flagless_run_is_not_called(own):
    text = CONFTEST.replace("return no_root_keys", "return 1 / 0")
    (own.path / "conftest.py").write_text(text, encoding="utf-8")
    own.pytester.makepyfile(test_it="def test_it(): pass")
    own.pytester.runpytest().assert_outcomes(passed=1)
