"""The plugin object: registered only with ``--cloudpack-baseline``, one in each process.

Without xdist one process collects, gathers, judges and reports. Under xdist the workers
collect and judge; the controller gathers as soon as the first worker has sent what it
collected, which is before any test is handed out, and leaves the snapshot in a file
whose path every worker was given at its start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from cloudpack_baseline._pytest import hookspecs
from cloudpack_baseline._pytest.garbage import seldom_collected, without_collection
from cloudpack_baseline._pytest.gathering import Gathering
from cloudpack_baseline._pytest.handover import Handover
from cloudpack_baseline._pytest.header import header
from cloudpack_baseline._pytest.item_outcome import ItemOutcome
from cloudpack_baseline._pytest.items import BaselineFile, BaselineItem
from cloudpack_baseline._pytest.plan import PlannedItem, RunPlan, plan
from cloudpack_baseline._pytest.run import Run
from cloudpack_baseline._pytest.settings import argument_path, is_named, passed_over
from cloudpack_baseline._pytest.summary import summarize, unread_lines
from cloudpack_baseline._pytest.verdict import Judgement
from cloudpack_baseline.assessment import evaluation_time
from cloudpack_baseline.attestations import judge_attestation
from cloudpack_baseline.errors import CloudpackError, InputError
from cloudpack_baseline.judging import judge, waiver_findings
from cloudpack_baseline.texts import printable, text
from cloudpack_baseline.waivers import WAIVERS, no_waivers
from cloudpack_baseline.whitepaper import no_such

if TYPE_CHECKING:
    from pathlib import Path

    from cloudpack_baseline.findings import Finding
    from cloudpack_baseline.model.snapshot import AccountScope, Snapshot

__all__ = ["BaselinePlugin", "active", "register"]

_NAME = "cloudpack-baseline-active"
_PREFIX = "pytest_cloudpack_"


def register(config: pytest.Config) -> None:
    """Make the plugin active in this process."""
    config.pluginmanager.register(BaselinePlugin(config), _NAME)


def active(config: pytest.Config) -> BaselinePlugin | None:
    """The active plugin of the run; ``None`` without the flag."""
    plugin = config.pluginmanager.get_plugin(_NAME)
    return plugin if isinstance(plugin, BaselinePlugin) else None


def _check_hooks(manager: pytest.PytestPluginManager) -> None:
    """Reject a misspelt hook: an optional one would never be called.

    Raises:
        InputError: a hook whose name begins as those of this package do, but which does not exist.
    """
    for plugin in manager.get_plugins():
        for name in dir(plugin):
            if name.startswith(_PREFIX) and name not in hookspecs.__all__:
                raise InputError(no_such("hook", name, hookspecs.__all__))


class BaselinePlugin:
    """Collects, gathers, judges and reports.

    Attributes:
        plan: what the run will judge; set at the start of the session.
        gathering: calls the source, in the process that gathers.
        collected: the items that the user's selection left.
        outcomes: of the items that ran.
        fault: why nothing could be gathered.
    """

    plan: RunPlan
    gathering: Gathering

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.handover = Handover(config)
        self.collected: frozenset[PlannedItem] | None = None
        self.outcomes: dict[PlannedItem, ItemOutcome] = {}
        self.fault = ""
        self._judgements: dict[PlannedItem, Judgement] = {}
        self._by_account: dict[tuple[str, str], tuple[Finding, ...]] = {}
        self._snapshot: Snapshot | None = None
        self._passed_over: Path | None = None
        self._last_words = ""
        self._annotations: list[str] = []

    # -- before and during collection: no call leaves the machine

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Read options and baseline file, and have pytest collect the latter."""
        try:
            with without_collection():
                _check_hooks(self.config.pluginmanager)
                self.plan = plan(session)
                self.gathering = Gathering(session, self.plan)
        except InputError as error:
            raise _refused(error) from None
        # Named beside a folder above it, it would be dropped, or (pytest 8) all else in there.
        if not is_named(self.config, self.plan.anchor):
            self.config.args.append(str(self.plan.anchor))
        self._passed_over = passed_over(self.config, self.plan.anchor)

    def pytest_report_header(self) -> list[str]:
        """Source, baseline file, time, controls, and settings that redirect calls to AWS."""
        return header(self.plan, os.environ)

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
        """Drop the second item of an ID, where a folder and the file itself were given."""
        ids: set[str] = set()
        unique = []
        for item in items:
            if not isinstance(item, BaselineItem) or item.nodeid not in ids:
                unique.append(item)
            ids.add(item.nodeid)
        items[:] = unique

    # -- once all is collected, before the first item runs

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Gather, where this process runs the items itself."""
        options = self.config.option
        broken = session.testsfailed and not options.continue_on_collection_errors
        if self.handover.received:
            self.collected = _planned(session)
        elsewhere = self.handover.received or self.config.pluginmanager.has_plugin("dsession")
        if not (options.collectonly or options.setuponly or broken or elsewhere):
            self._gather(_planned(session))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 - of xdist
        """Send a new worker the path of the snapshot."""
        node.workerinput.update(self.handover.promise())

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Iterable[str]) -> None:
        """Gather, in the controller, once: all workers collect the same."""
        if self.collected is None:
            self._gather(self.plan.named(frozenset(ids)))
            if self._snapshot is not None:
                self.handover.give(self._snapshot)

    def _gather(self, items: Iterable[PlannedItem]) -> None:
        self.collected = frozenset(items)
        in_accounts = frozenset(item for item in self.collected if item.account)
        if not in_accounts:
            return
        try:
            with seldom_collected() if self.gathering.is_observed else without_collection():
                self._snapshot = self.gathering.gather(in_accounts)
                self._check_previous(self._snapshot)
        except CloudpackError as error:
            self.fault = str(error)
            raise _refused(error) from None
        self._report_callers(self._snapshot)

    def _check_previous(self, snapshot: Snapshot) -> None:
        """Reject a report of other accounts before anything runs.

        Raises:
            InputError: the report to compare with is about other accounts.
        """
        if previous := self.plan.settings.previous:
            previous.check_accounts(account.id for account in snapshot.accounts)

    def _report_callers(self, snapshot: Snapshot) -> None:
        """Say whose credentials read the accounts: nobody should wonder later whose view it is."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and snapshot.source == "aws" and self.config.option.verbose >= 0:
            for caller in snapshot.callers:
                message = text("plugin.caller", arn=caller)
                line = message.in_language(self.plan.settings.language)
                reporter.write_line(f"cloudpack-baseline: {line}")

    # -- while items run

    @property
    def snapshot(self) -> Snapshot | None:
        """What this process or the controller gathered; ``None``: nothing yet."""
        if self._snapshot is None and self.handover.received:
            self._snapshot = self.handover.take()
        return self._snapshot

    def judge(self, item: PlannedItem) -> Judgement:
        """The findings of the item; judged once a process.

        Raises:
            CloudpackError: nothing was gathered for it.
        """
        if item not in self._judgements:
            with without_collection():
                self._judgements[item] = self._judge(item)
        return self._judgements[item]

    def _judge(self, item: PlannedItem) -> Judgement:
        if not item.account:
            return Judgement(item.control, (self._judge_attestation(item.control),))
        snapshot = self.snapshot
        if snapshot is None:
            raise CloudpackError("nothing was gathered before the items ran")
        accounts = [account for account in snapshot.accounts if item.is_of(account.id)]
        if not accounts:
            raise CloudpackError(f"account {item.account} was not read")
        if item.control == WAIVERS:
            return Judgement(WAIVERS, self._judge_waivers(snapshot, item))
        by_account = (self._findings(snapshot, item.control, account) for account in accounts)
        return Judgement(item.control, tuple(chain.from_iterable(by_account)))

    def _judge_attestation(self, id_: str) -> Finding:
        (promise,) = (promise for promise in self.plan.settings.promises if promise.id == id_)
        return judge_attestation(promise, self.plan.baseline, self._run().as_of.date())

    def _findings(
        self, snapshot: Snapshot, control_id: str, account: AccountScope
    ) -> tuple[Finding, ...]:
        """The findings of a control in an account; judged once a process."""
        key = (control_id, account.id)
        if key not in self._by_account:
            moment = evaluation_time(self.plan.settings.as_of, snapshot)
            control = self.plan.baseline.catalogue.control(control_id)
            self._by_account[key] = judge(snapshot, self.plan.baseline, control, account, moment)
        return self._by_account[key]

    def _judge_waivers(self, snapshot: Snapshot, item: PlannedItem) -> tuple[Finding, ...]:
        """The waivers of the account; a control is judged as far as its items are in the run."""
        waived = {waiver.control for waiver in self.plan.baseline.waivers}
        findings = {
            (collected.control, account.id): self._findings(snapshot, collected.control, account)
            for collected in self.collected or ()
            if collected.control in waived
            for account in snapshot.accounts
            if collected.is_of(account.id)
        }
        waivers = waiver_findings(
            snapshot,
            self.plan.baseline,
            self.plan.settings.controls,
            findings,
            evaluation_time(self.plan.settings.as_of, snapshot),
        )
        return tuple(finding for finding in waivers if item.is_of(finding.resource.account)) or (
            no_waivers(item.account),
        )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Show waived and not applicable as such, and attach the outcome of the item."""
        report = yield
        if isinstance(item, BaselineItem) and call.when == "call" and item.judgement is not None:
            item.set_outcome(report)
            language = self.plan.settings.language
            ItemOutcome.of(item.planned, item.judgement, language).attach(report)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember the outcome of an item; under xdist its report arrives from a worker."""
        outcome = ItemOutcome.attached_to(report)
        if outcome is not None:
            self.outcomes[outcome.item] = outcome

    # -- the end

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Turn a run red that would be green though not everything was judged; write the report."""
        if self.handover.received or self.config.option.collectonly:
            return
        run = self._run()
        green = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        if green and not run.judged and not run.narrowed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            self._say_nothing(run)
        elif green and run.unread:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        self._report(run)

    def _say_nothing(self, run: Run) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is None:
            sys.stderr.write(f"{self._nothing_judged(run)}\n")
        else:
            self._last_words = self._nothing_judged(run)

    def _nothing_judged(self, run: Run) -> str:
        message = run.why_nothing().in_language(self.plan.settings.language)
        return f"cloudpack-baseline: {message}"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, None, None]:
        """The totals, what failed, a table of the controls, and the notes: after all else."""
        yield
        run = self._run()
        if self._last_words:
            terminalreporter.write_line(self._last_words, red=True)
        elif run.outcomes and not run.judged:
            # A narrowed run is green then, but not without a word.
            terminalreporter.write_line(self._nothing_judged(run), yellow=True)
        for line in unread_lines(run):
            terminalreporter.write_line(line.words, **line.markup)
        summarize(run, terminalreporter, verbose=self.config.option.verbose > 0)
        for annotation in self._annotations:
            terminalreporter.write_line(annotation)

    def _run(self) -> Run:
        return Run(
            plan=self.plan,
            snapshot=self.snapshot,
            collected=self.collected,
            outcomes=self.outcomes,
            judge=self.judge,
            fault=self.fault,
            narrowed=self._narrowed(),
            unfilled=self.gathering.unfilled,
        )

    def _narrowed(self) -> bool:
        """Whether the user selected less than everything.

        ``-k``, ``-m``, ``--lf`` and their like count only where they left an item out.
        """
        if self.plan.settings.narrowed:
            return True
        for argument in self.config.args:
            path = argument_path(self.config, argument)
            if "::" in argument and path == self.plan.anchor:
                return True
        options = ("keyword", "markexpr", "lf", "stepwise", "deselect")
        selecting = any(self.config.getoption(name, None) for name in options)
        return (
            selecting and self.collected is not None and len(self.collected) < len(self.plan.items)
        )

    def _report(self, run: Run) -> None:
        """Write the reports, and what GitHub Actions shows."""
        on_github = os.environ.get("GITHUB_ACTIONS") == "true"
        if not self.plan.settings.reports and not on_github:
            return
        values = run.assessment().to_json()
        comparison = run.comparison()
        if comparison is not None:
            values = comparison.added_to(values)
        self._write_reports(values)
        if on_github:
            from cloudpack_baseline.reports.github import announce  # noqa: PLC0415 - most runs do without it

            try:
                self._annotations = announce(values, self.plan.settings.language, os.environ)
            except CloudpackError as error:
                pytest.exit(f"cloudpack-baseline: {error}", 4)

    def _write_reports(self, values: Mapping[str, Any]) -> None:
        from cloudpack_baseline.reports.formats import renderer_of  # noqa: PLC0415 - most runs do without it
        from cloudpack_baseline.sources.files import write_file  # noqa: PLC0415 - most runs do without it

        for path in self.plan.settings.reports:
            try:
                write_file(path, renderer_of(path)(values, self.plan.settings.language))
            except OSError as error:
                pytest.exit(f"cloudpack-baseline: {path}: cannot be written: {error.strerror}", 4)

    def pytest_unconfigure(self) -> None:
        """Close the source, and remove the files for the workers."""
        if hasattr(self, "gathering"):
            self.gathering.close()
        self.handover.close()


def _planned(session: pytest.Session) -> frozenset[PlannedItem]:
    """The items of ours that are left to run."""
    return frozenset(item.planned for item in session.items if isinstance(item, BaselineItem))


def _refused(error: CloudpackError) -> pytest.UsageError:
    # Not pytest.exit(): its message is lost with -p no:terminal, and squeezed into a line.
    message = "\n".join(map(printable, str(error).split("\n")))
    return pytest.UsageError(f"cloudpack-baseline: {message}")
