"""What the plugin costs: without the flag nothing, with it no more than is asked for."""

from __future__ import annotations

import sys

import pytest

from processes import run_python

pytest_plugins = ["pytester"]

HEAVY = ("attrs", "attr", "boto3", "botocore", "cfnlint", "moto", "networkx", "yaml")
TELL = (
    "import atexit, sys\n"
    "def tell():\n"
    "    with open('loaded.txt', 'w') as told:\n"
    "        told.write('\\n'.join(sorted(sys.modules)))\n"
    "atexit.register(tell)\n"
)


def loaded(project, *args):
    """The modules that a run in a process of its own has loaded at its end."""
    project.pytester.makeconftest(TELL)
    result = project.run_apart(*args)
    assert result.ret == pytest.ExitCode.OK, result.stderr.str()
    return set((project.path / "loaded.txt").read_text(encoding="utf-8").split())


def test_without_the_flag_nothing_heavy_is_loaded(project, monkeypatch):
    monkeypatch.setenv("PYTEST_PLUGINS", "cloudpack_baseline.pytest_plugin")
    project.pytester.makepyfile(test_own="def test_own():\n    pass\n")
    modules = loaded(project, "--co", "-q")
    assert modules.isdisjoint(HEAVY)
    ours = {name for name in modules if name.startswith("cloudpack_baseline")}
    assert ours == {
        "cloudpack_baseline",
        "cloudpack_baseline._pytest",
        "cloudpack_baseline._pytest.hookspecs",
        "cloudpack_baseline._version",
        "cloudpack_baseline.pytest_plugin",
    }


def test_the_entry_point_imports_the_standard_library_and_pytest():
    code = (
        "import sys; import pytest; before = set(sys.modules);"
        "import cloudpack_baseline.pytest_plugin;"
        "print(*sorted({one.partition('.')[0] for one in set(sys.modules) - before}))"
    )
    completed = run_python("-c", code)
    assert set(completed.stdout.split()) <= {"cloudpack_baseline", *sys.stdlib_module_names}


def test_judging_a_recorded_snapshot_loads_no_client_and_no_other_check(project):
    modules = loaded(
        project,
        "--cloudpack-baseline",
        "--cloudpack-control=root-mfa",
        "--cloudpack-source=snapshot:recorded.json",
    )
    assert modules.isdisjoint(("boto3", "botocore", "moto", "cfnlint", "networkx", "yaml"))
    checks = {name for name in modules if name.startswith("cloudpack_baseline.checks.")}
    assert checks == {
        "cloudpack_baseline.checks.check",
        "cloudpack_baseline.checks.index",
        "cloudpack_baseline.checks.account",
        "cloudpack_baseline.checks.account._root",
        "cloudpack_baseline.checks.account.root_mfa",
    }
    assert {
        module for module in modules if module.startswith("cloudpack_baseline.sources.gatherers.")
    } == set()
