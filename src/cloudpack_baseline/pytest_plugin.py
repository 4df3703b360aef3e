"""The pytest plugin: options and registration only.

This module is loaded into every pytest run of an environment where the package is
installed, so it imports the standard library and pytest, nothing else. The names
(options, marker, hook, fixtures) are always there; whatever collects, gathers or
prints is loaded and registered with ``--cloudpack-baseline`` alone.

PYTEST_DONT_REWRITE: it asserts nothing, and pytest 8 warns of modules that are
imported before it could rewrite them, which ends a run with ``-W error``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cloudpack_baseline.baseline import Baseline
    from cloudpack_baseline.model.snapshot import Snapshot
    from cloudpack_baseline.sources.mocked import MockedAccount

__all__ = [
    "cloudpack_baseline",
    "cloudpack_moto",
    "cloudpack_snapshot",
    "pytest_addhooks",
    "pytest_addoption",
    "pytest_configure",
]

_MARKER = (
    "cloudpack(control, clause): set on every item of --cloudpack-baseline, once for each clause "
    "that its control judges; -m 'cloudpack(clause=\"5.1.2\")' selects by it"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options and the ini keys."""
    group = parser.getgroup(
        "cloudpack-baseline", "judge AWS accounts against the cloudpack security white paper"
    )
    group.addoption(
        "--cloudpack-baseline",
        action="store_true",
        help="collect one item for each control and declared account, and judge them",
    )
    group.addoption(
        "--cloudpack-file",
        metavar="PATH",
        help="the baseline file; by default the nearest cloudpack-baseline.toml, or pyproject.toml "
        "with [tool.cloudpack-baseline], in the folder of an argument or above",
    )
    group.addoption(
        "--cloudpack-control",
        metavar="ID[,ID...]",
        action="append",
        help="judge only these controls; can be repeated",
    )
    group.addoption(
        "--cloudpack-clause",
        metavar="NUMBER[,NUMBER...]",
        action="append",
        help="judge only controls of these clauses and all below them, such as 5.1; "
        "can be repeated, and adds to --cloudpack-control",
    )
    group.addoption(
        "--cloudpack-as-of",
        metavar="TIME",
        help="the time as of which ages are calculated, in ISO 8601 with a time zone; a date alone "
        "means 00:00 UTC of that day; by default the time of gathering",
    )
    group.addoption(
        "--cloudpack-lang",
        metavar="ja|en",
        help="the language of what is printed; by default the ini key cloudpack_lang, else that of "
        "LC_ALL, LC_MESSAGES or LANG",
    )
    group.addoption(
        "--cloudpack-source",
        metavar="SOURCE",
        help="where the accounts are read from: aws, moto, moto:URL, snapshot:FILE, "
        "describe:FOLDER, template:PATH or plan:FILE; by default the ini key cloudpack_source, "
        "else aws",
    )
    group.addoption(
        "--cloudpack-parameters",
        metavar="FILE",
        help="values of the parameters of a template: CloudFormation's parameter file, or lines of "
        "Key=Value",
    )
    group.addoption(
        "--cloudpack-record",
        metavar="FILE",
        help="write what was gathered to FILE; --cloudpack-source snapshot:FILE judges it again",
    )
    group.addoption(
        "--cloudpack-report",
        metavar="FILE",
        action="append",
        help="write every finding and the table of chapter 7 to FILE; its suffix says how: .html, "
        ".json, .md, .csv, .sarif, "
        ".ocsf.json, .asff.json, .oscal.json or .codequality.json; can be repeated",
    )
    group.addoption(
        "--cloudpack-compare",
        metavar="REPORT.json",
        help="an earlier JSON report: also report what was corrected, what is new, what stayed",
    )
    group.addoption(
        "--cloudpack-reference",
        metavar="SNAPSHOT",
        help="the recorded snapshot that security-drift compares with, instead of the one that the "
        "baseline file names",
    )
    parser.addini("cloudpack_source", "the default of --cloudpack-source", type="string")
    parser.addini("cloudpack_lang", "the default of --cloudpack-lang", type="string")
    parser.addini("cloudpack_file", "the default of --cloudpack-file", type="string")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare our hook, so that a conftest.py that implements it is valid without the flag."""
    from cloudpack_baseline._pytest import hookspecs  # noqa: PLC0415 - pytest imports this in every run

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; with the flag, register the collecting and reporting plugin."""
    config.addinivalue_line("markers", _MARKER)
    if config.getoption("cloudpack_baseline"):
        from cloudpack_baseline._pytest.finder import PackageFinder  # noqa: PLC0415 - a run without the option must stay as fast as without the plugin

        finder = PackageFinder()
        finder.install()
        config.add_cleanup(finder.remove)
        from cloudpack_baseline._pytest.garbage import without_collection  # noqa: PLC0415 - a run without the option must stay as fast as without the plugin

        with without_collection():
            from cloudpack_baseline._pytest.plugin import register  # noqa: PLC0415 - a run without the option must stay as fast as without the plugin

            register(config)


@pytest.fixture(scope="session")
def cloudpack_baseline(request: pytest.FixtureRequest) -> Baseline:
    """The declared baseline: of --cloudpack-file, else the nearest baseline file."""
    from cloudpack_baseline._pytest.fixtures import baseline  # noqa: PLC0415 - a run that does not need it starts sooner

    return baseline(request)


@pytest.fixture(scope="session")
def cloudpack_snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """A snapshot of the declared accounts from the configured source, for the selected controls.

    Parametrized indirectly, it takes an iterable of control IDs, and gathers for those.
    """
    from cloudpack_baseline._pytest.fixtures import snapshot  # noqa: PLC0415 - a run that does not need it starts sooner

    return snapshot(request, getattr(request, "param", None))


@pytest.fixture
def cloudpack_moto(request: pytest.FixtureRequest) -> Iterator[MockedAccount]:
    """An empty mocked account for one test, and no call of it leaves the machine.

    It has the ID of the first declared account; parametrized indirectly, it takes the
    name of a declared one.
    """
    from cloudpack_baseline._pytest.fixtures import mocked_account  # noqa: PLC0415 - a run that does not need it starts sooner

    with mocked_account(request) as account:
        yield account
