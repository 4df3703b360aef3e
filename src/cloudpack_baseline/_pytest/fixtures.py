"""The fixtures, which work with and without ``--cloudpack-baseline``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

from cloudpack_baseline._pytest.catalogue import catalogue_in_force
from cloudpack_baseline._pytest.gathering import Gathering
from cloudpack_baseline._pytest.plan import RunPlan, items_of, plan
from cloudpack_baseline._pytest.plugin import active
from cloudpack_baseline._pytest.settings import baseline_path
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.errors import CloudpackError, InputError
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources import SourceAccount

if TYPE_CHECKING:
    from pathlib import Path

    from cloudpack_baseline.model.read import Read
    from cloudpack_baseline.model.snapshot import Snapshot
    from cloudpack_baseline.sources.mocked import MockedAccount

__all__ = ["baseline", "mocked_account", "snapshot"]

T = TypeVar("T")


def baseline(request: pytest.FixtureRequest) -> Baseline:
    """The baseline of the run; the test errs with our text alone where there is none."""
    plugin = active(request.config)
    if plugin is not None:
        return plugin.plan.baseline
    return _failing_plainly(lambda: _loaded(request, baseline_path(request.config)))


def _loaded(request: pytest.FixtureRequest, path: Path) -> Baseline:
    return Baseline.load(path, catalogue=catalogue_in_force(request.session, path))


def snapshot(request: pytest.FixtureRequest, controls: Iterable[str] | None) -> Snapshot:
    """A snapshot of the configured source; that of the run if it contains everything.

    Args:
        request: of the fixture.
        controls: control IDs; ``None``: those that the options select.
    """
    return _failing_plainly(lambda: _snapshot(request, controls))


def _snapshot(request: pytest.FixtureRequest, controls: Iterable[str] | None) -> Snapshot:
    plugin = active(request.config)
    planned: RunPlan = plan(request.session) if plugin is None else plugin.plan
    selected = (
        planned.settings.controls
        if controls is None
        else planned.baseline.catalogue.select(controls)
    )
    gathered = None if plugin is None else plugin.snapshot
    if gathered is not None and _holds(
        gathered, reads_of(selected, planned.baseline), planned.baseline
    ):
        return gathered
    gathering = Gathering(request.session, planned) if plugin is None else plugin.gathering
    if plugin is None:
        request.config.add_cleanup(gathering.close)
    return gathering.gather(items_of(selected, planned.baseline), record=False)


def _holds(snapshot: Snapshot, reads: Iterable[Read], baseline: Baseline) -> bool:
    """Whether nothing that is to be read would have to be gathered first."""
    from cloudpack_baseline.sources.gatherers import gatherer_of  # noqa: PLC0415 - most runs do without it

    accounts = {account.id for account in snapshot.accounts}
    return accounts.issuperset(account.id for account in baseline.accounts.values()) and all(
        (covered := snapshot.covered(read.kind, account))
        and all(
            read.fields.intersection(gatherer_of(read.kind).fields) <= set(coverage.fields)
            for coverage in covered
        )
        for read in reads
        for account in accounts
    )


@contextmanager
def mocked_account(request: pytest.FixtureRequest) -> Iterator[MockedAccount]:
    """An empty mocked account: the one that the parameter names, the first declared, or any."""
    from cloudpack_baseline.sources.moto import MotoSource  # noqa: PLC0415 - loads boto3

    account = _failing_plainly(lambda: _account(request))
    with MotoSource().open([account]) as cloud:
        yield cloud.accounts[0]


def _account(request: pytest.FixtureRequest) -> SourceAccount:
    try:
        path = baseline_path(request.config)
    except InputError as error:
        if any(problem.file for problem in error.problems):
            raise
        return SourceAccount()  # there is none, and none is needed
    declared = _loaded(request, path)
    parameter = getattr(request, "param", None)
    if parameter is not None and parameter not in declared.accounts:
        raise InputError(f"{path}: no account {parameter!r} is declared")
    for name, account in sorted(declared.accounts.items()):
        if parameter in (None, name):
            return SourceAccount.of(name, account, declared.regions)
    return SourceAccount(regions=declared.regions)


def _failing_plainly(make: Callable[[], T]) -> T:
    try:
        return make()
    except CloudpackError as error:
        # `pytest.fail` would show the message twice: as its cause, too.
        raise pytest.fail.Exception(f"cloudpack-baseline: {error}", pytrace=False) from None
