"""The source of a run: opened once, provisioned once, gathered for what is needed."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING

import pytest

from cloudpack_baseline._pytest.catalogue import hooks_of
from cloudpack_baseline._pytest.plan import PlannedItem, RunPlan
from cloudpack_baseline._pytest.progress import progress_line
from cloudpack_baseline.errors import SourceError
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.progress import GatheringProgress
from cloudpack_baseline.sources import OBSERVED, Opened, Source, SourceAccount, parse_source
from cloudpack_baseline.waivers import WAIVERS

if TYPE_CHECKING:
    from cloudpack_baseline.model.snapshot import Snapshot
    from cloudpack_baseline.sources.mocked import MockedAccount

__all__ = ["Gathering"]


class Gathering:
    """The source of a run, in the process that gathers.

    Attributes:
        unfilled: whether it is a mock that no hook fills, or only hooks that return
            ``NotImplemented``, as the one that ``init`` writes; known once it is open.
    """

    def __init__(self, session: pytest.Session, plan: RunPlan) -> None:
        """Prepare; nothing is opened or called.

        Raises:
            InputError: no such source.
        """
        self._session = session
        self._plan = plan
        self._progress = GatheringProgress()
        self._source = self._parsed()
        self._open = ExitStack()
        self.unfilled = False

    def gather(self, items: Iterable[PlannedItem], *, record: bool = True) -> Snapshot:
        """One snapshot with what the controls of the items read, in their accounts.

        Args:
            items: at least one.
            record: whether it is the snapshot that ``--cloudpack-record`` writes.

        Raises:
            CloudpackError: the source does not answer, is of another account, or is
                wrongly named; or the user's provisioning failed.
        """
        selected = frozenset(items)
        ids = {item.control for item in selected if item.control != WAIVERS}
        controls = self._plan.baseline.catalogue.select(sorted(ids))
        reads = reads_of(controls, self._plan.baseline)
        if self.is_observed:  # fixtures gather again, and count anew
            self._progress = GatheringProgress()
            self._source = self._parsed()
        opened = self._opened(selected)
        with self._shown():
            snapshot = opened.gather(reads)
        if not snapshot.accounts:
            raise SourceError("the source contains no account, so there is nothing to judge")
        if record and self._plan.settings.record is not None:
            from cloudpack_baseline.sources.recording import write_snapshot  # noqa: PLC0415 - most runs do without it

            write_snapshot(snapshot, self._plan.settings.record)
        return snapshot

    @property
    def is_observed(self) -> bool:
        """Whether clients of boto3 ask AWS or moto."""
        return self._source.name in OBSERVED

    def _parsed(self) -> Source:
        settings = self._plan.settings
        return parse_source(
            settings.source, parameters=settings.parameters, progress=self._progress
        )

    def _shown(self) -> AbstractContextManager[object]:
        if not self.is_observed:
            return nullcontext()
        language = self._plan.settings.language
        return progress_line(self._session.config, self._progress.text, language)

    def close(self) -> None:
        """Close whatever is open: a mock of ours, and the guard around it."""
        self._open.close()

    def _opened(self, items: frozenset[PlannedItem]) -> Opened:
        self._open.close()
        if self._plan.settings.source != "moto":
            return self._open.enter_context(self._source.open(self._accounts(items)))
        # All declared accounts, selected or not: they may name each other. Always a new
        # mock: using moto in a test of this process empties the one before.
        opened = self._open.enter_context(self._source.open(self._accounts(self._plan.items)))
        self._provision(getattr(opened, "accounts", ()))
        return opened

    def _accounts(self, items: Iterable[PlannedItem]) -> tuple[SourceAccount, ...]:
        baseline = self._plan.baseline
        ids = {item.account for item in items}
        declared = [
            SourceAccount.of(name, account, baseline.regions)
            for name, account in sorted(baseline.accounts.items())
            if account.id in ids
        ]
        return tuple(declared) or (SourceAccount(regions=baseline.regions),)

    def _provision(self, accounts: Sequence[MockedAccount]) -> None:
        hook = hooks_of(self._session, self._plan.anchor)
        provision = hook.pytest_cloudpack_provision
        results: list[object] = []
        for account in accounts:
            try:
                with account.acting():
                    results += provision(account=account, config=self._session.config)
            except Exception as error:  # the user's code: anything
                raise SourceError(
                    f"pytest_cloudpack_provision failed for account {account.id}: "
                    f"{type(error).__name__}: {error} ({_place(error)})"
                ) from error
        # A hook that returns nothing has built something; pluggy leaves its None out.
        stubs = sum(result is NotImplemented for result in results)
        self.unfilled = stubs == len(accounts) * len(provision.get_hookimpls())


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    in_hook = [frame for frame in frames if frame.name == "pytest_cloudpack_provision"]
    last = (in_hook or frames)[-1]
    return f"{last.filename}:{last.lineno}"
