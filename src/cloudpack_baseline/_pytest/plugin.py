"""The plugin object: registered with ``--cloudpack-baseline`` alone, one in each process.

Without xdist one process collects, gathers, judges and tells. Under xdist the workers
collect and judge; the controller gathers as soon as the first worker has told what it
collected, which is before any test is handed out, and leaves the snapshot in a file
whose path every worker was given at its start.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable
from typing import TYPE_CHECKING, Any

import pytest

from cloudpack_baseline._pytest import ending
from cloudpack_baseline._pytest.gathering import Gathering
from cloudpack_baseline._pytest.handover import Handover
from cloudpack_baseline._pytest.items import BaselineFile, BaselineItem
from cloudpack_baseline._pytest.plan import Plan, Target, plan
from cloudpack_baseline._pytest.settings import is_named, passed_over
from cloudpack_baseline._pytest.told import Told
from cloudpack_baseline._pytest.verdict import Judgement
from cloudpack_baseline.assessment import instant, judge
from cloudpack_baseline.errors import CloudpackError, InputError
from cloudpack_baseline.texts import printable
from cloudpack_baseline.whitepaper import control

if TYPE_CHECKING:
    from pathlib import Path

    from cloudpack_baseline.model.snapshot import Snapshot

__all__ = ["BaselinePlugin", "active", "register"]

_NAME = "cloudpack-baseline-active"


def register(config: pytest.Config) -> None:
    """Make the plugin active in this process."""
    config.pluginmanager.register(BaselinePlugin(config), _NAME)


def active(config: pytest.Config) -> BaselinePlugin | None:
    """The active plugin of the run; ``None`` without the flag."""
    found = config.pluginmanager.get_plugin(_NAME)
    return found if isinstance(found, BaselinePlugin) else None


class BaselinePlugin:
    """Collects, gathers, judges and tells.

    Attributes:
        plan: what the run will judge; from the start of the session on.
        gathering: asks the source, in the process that gathers.
        collected: the targets whose items the user's selection left.
        told: what the items that ran came to.
        fault: why nothing could be gathered.
        empty: whether the run is red because it judged nothing.
    """

    plan: Plan
    gathering: Gathering

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.handover = Handover(config)
        self.collected: frozenset[Target] | None = None
        self.told: dict[Target, Told] = {}
        self.fault = ""
        self.empty = False
        self._judged: dict[Target, Judgement] = {}
        self._snapshot: Snapshot | None = None
        self._passed_over: Path | None = None

    # -- before and during collection: no call leaves the machine

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Read options and baseline file, and have pytest collect the latter."""
        try:
            self.plan = plan(self.config)
            self.gathering = Gathering(session, self.plan)
        except InputError as error:
            raise _refused(error) from None
        # Named beside a folder above it, it would be dropped, or (pytest 8) all else in there.
        if not is_named(self.config, self.plan.anchor):
            self.config.args.append(str(self.plan.anchor))
        self._passed_over = passed_over(self.config, self.plan.anchor)

    def pytest_report_header(self) -> str:
        """One line: source, baseline file, instant, controls."""
        return ending.header(self.plan, self.config)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Come to a baseline file in a folder that is passed over, and to nothing else there."""
        hidden, anchor = self._passed_over, self.plan.anchor
        if hidden is None or (collection_path != hidden and hidden not in collection_path.parents):
            return None
        return collection_path not in (anchor, *anchor.parents)

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """The baseline file."""
        if file_path != self.plan.anchor:
            return None
        file: BaselineFile = BaselineFile.from_parent(
            parent, path=file_path, nodeid=self.plan.anchor_id, plan=self.plan, judge=self
        )
        return file

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep one item for each target, where a folder and the file itself were given."""
        seen: set[str] = set()
        kept = []
        for item in items:
            if not isinstance(item, BaselineItem) or item.nodeid not in seen:
                kept.append(item)
            seen.add(item.nodeid)
        items[:] = kept

    # -- once all is collected, before the first item runs

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Gather, where this process runs the items itself."""
        options = self.config.option
        broken = session.testsfailed and not options.continue_on_collection_errors
        elsewhere = self.handover.received or self.config.pluginmanager.has_plugin("dsession")
        if not (options.collectonly or options.setuponly or broken or elsewhere):
            self._gather(item.target for item in session.items if isinstance(item, BaselineItem))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - of xdist
        """Tell a new worker where the snapshot will be."""
        node.workerinput.update(self.handover.promise())

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Iterable[str]) -> None:
        """Gather, in the controller, once: all workers collect the same."""
        if self.collected is None:
            self._gather(self.plan.named(frozenset(ids)))
            if self._snapshot is not None:
                self.handover.give(self._snapshot)

    def _gather(self, targets: Iterable[Target]) -> None:
        self.collected = frozenset(targets)
        if not self.collected:
            return
        try:
            self._snapshot = self.gathering.gather(self.collected)
        except CloudpackError as error:
            self.fault = str(error)
            raise _refused(error) from None

    # -- while items run

    @property
    def snapshot(self) -> Snapshot | None:
        """What was gathered, here or by the controller; ``None``: nothing yet."""
        if self._snapshot is None and self.handover.received:
            self._snapshot = self.handover.take()
        return self._snapshot

    def judge(self, target: Target) -> Judgement:
        """The findings of the target; judged once a process.

        Raises:
            CloudpackError: nothing was gathered for it.
        """
        if target not in self._judged:
            self._judged[target] = self._judge(target)
        return self._judged[target]

    def _judge(self, target: Target) -> Judgement:
        snapshot = self.snapshot
        if snapshot is None:
            raise CloudpackError("nothing was gathered before the items ran")
        held = control(target.control)
        moment = instant(self.plan.settings.as_of, snapshot)
        return Judgement(
            target.control,
            tuple(
                finding
                for account in snapshot.accounts
                if target.holds(account.id)
                for finding in judge(snapshot, self.plan.baseline, held, account, moment)
            ),
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Show waived and not applicable as such, and send along what an item came to."""
        report = yield
        if isinstance(item, BaselineItem) and call.when == "call" and item.judgement is not None:
            item.colour(report)
            Told.of(item.target, item.judgement, self.plan.settings.language).ride_on(report)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what an item came to; under xdist its report arrives from a worker."""
        told = Told.riding_on(report)
        if told is not None:
            self.told[told.target] = told

    # -- the end

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Turn a run that judged nothing red, and write the report."""
        if self.handover.received or self.config.option.collectonly:
            return
        if ending.judged_nothing(self, exitstatus):
            self.empty = True
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            if not self.config.pluginmanager.has_plugin("terminalreporter"):
                sys.stderr.write(f"{ending.why_nothing(self)}\n")
        ending.write_report(self)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What each control came to, and the notes."""
        ending.summarize(self, terminalreporter)

    def pytest_unconfigure(self) -> None:
        """Close the source, and remove what was handed over."""
        if hasattr(self, "gathering"):
            self.gathering.close()
        self.handover.close()


def _refused(error: CloudpackError) -> pytest.UsageError:
    # Not pytest.exit(): its message is lost with -p no:terminal, and squeezed into a line.
    told = "\n".join(map(printable, str(error).split("\n")))
    return pytest.UsageError(f"cloudpack-baseline: {told}")
