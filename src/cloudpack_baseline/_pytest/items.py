"""From the baseline file to items: File -> Collector (a control) -> Item (an account)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from cloudpack_baseline._pytest.plan import PlannedItem, RunPlan
from cloudpack_baseline._pytest.verdict import Judgement, Verdict
from cloudpack_baseline.errors import CloudpackError
from cloudpack_baseline.texts import Language, text

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr
    from _pytest._io import TerminalWriter

__all__ = ["BaselineFile", "BaselineItem", "Judge", "Unmet"]

_RED = (Verdict.FAIL, Verdict.UNKNOWN)


class Judge(Protocol):
    """Judges planned items; an item calls it when it runs, never before."""

    def judge(self, item: PlannedItem) -> Judgement:
        """The findings of the item."""


class Unmet(Exception):  # noqa: N818 - an outcome, as AssertionError is
    """A control fails or is unknown; the message is all that is representation.

    Attributes:
        headline: the first finding in one line.
    """

    def __init__(self, message: str, headline: str) -> None:
        super().__init__(message)
        self.headline = headline


def _write_findings(lines: Sequence[str], language: Language, writer: TerminalWriter) -> None:
    """The lines, with the findings that fail or are unknown in red."""
    words = [text(f"report.{verdict.slug}").in_language(language) for verdict in _RED]
    for line in lines:
        is_finding = line.startswith(tuple(f"  {word}  " for word in words))
        writer.line(line, red=is_finding)


class BaselineFile(pytest.File):
    """The baseline file as pytest sees it.

    Attributes:
        plan: what it declares, and what is selected.
        judge: judges its items.
    """

    def __init__(self, *, plan: RunPlan, judge: Judge, **arguments: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**arguments)
        self.plan = plan
        self.judge = judge

    def collect(self) -> Iterable[pytest.Collector]:
        """A collector for each selected control, for the waivers and for the attestations."""
        for group in self.plan.groups:
            collector: ControlCollector = ControlCollector.from_parent(self, name=group)
            yield collector


class ControlCollector(pytest.Collector):
    """A control, below its `BaselineFile`."""

    def collect(self) -> Iterable[pytest.Item]:
        """An item for each declared account, or for each promise."""
        file = self.parent
        assert isinstance(file, BaselineFile)  # noqa: S101 - for the type checker
        clauses = file.plan.clauses
        for planned in file.plan.groups[self.name]:
            item: BaselineItem = BaselineItem.from_parent(
                self,
                name=planned.leaf,
                planned=planned,
                judge=file.judge,
                language=file.plan.settings.language,
                clauses=clauses.get(planned.control, ()),
            )
            yield item


class BaselineItem(pytest.Item):
    """One control in one account.

    Attributes:
        planned: which.
        judgement: its findings; ``None`` before it ran.
    """

    def __init__(
        self,
        *,
        planned: PlannedItem,
        judge: Judge,
        language: Language,
        clauses: Sequence[str],
        **arguments: Any,  # noqa: ANN401 - pytest's own
    ) -> None:
        super().__init__(**arguments)
        self.planned = planned
        self.judgement: Judgement | None = None
        self._judge = judge
        self._language = language
        if planned.name:
            self.extra_keyword_matches.add(planned.name)
        for clause in clauses or [""]:
            self.add_marker(pytest.mark.cloudpack(control=planned.control, clause=clause))

    def runtest(self) -> None:
        """Judge.

        Raises:
            Unmet: the control fails or is unknown, or is waived under ``--runxfail``.
        """
        judgement = self._judge.judge(self.planned)
        if self.judgement is None:  # a plugin may run an item again
            self.user_properties.extend(judgement.properties)
        self.judgement = judgement
        red = (*_RED, Verdict.WAIVED) if self.config.option.runxfail else _RED
        if judgement.verdict in red:
            findings = judgement.text(red, self._language)
            raise Unmet(findings, judgement.headline(self._language))

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ANN401 - pytest's own alias is private
    ) -> str | TerminalRepr:
        """The text of the findings; a traceback only for a defect."""
        if not isinstance(excinfo.value, Unmet | CloudpackError):
            return super().repr_failure(excinfo, style)
        representation = excinfo.getrepr(style="value")
        if representation.reprcrash is not None:
            representation.reprcrash.path = os.fspath(self.path)
            representation.reprcrash.lineno = 1
            representation.reprcrash.message = getattr(
                excinfo.value, "headline", str(excinfo.value)
            )
        # Of this object only: what xdist sends, and reports contain, is the text without colours.
        write = partial(_write_findings, str(excinfo.value).splitlines(), self._language)
        representation.toterminal = write  # type: ignore[method-assign]
        return representation

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """The baseline file, and the heading of a failure."""
        return self.path, 0, self._heading()

    def set_outcome(self, report: pytest.TestReport) -> None:
        """Give the report of the call the outcome of the judgement."""
        judgement = self.judgement
        if judgement is None or not report.passed:
            return
        if judgement.verdict is Verdict.WAIVED:
            # Not pytest.xfail(): --runxfail makes a pass of that.
            report.outcome = "skipped"
            report.wasxfail = judgement.headline(self._language)
        elif judgement.verdict is Verdict.NOT_APPLICABLE:
            report.outcome = "skipped"
            report.longrepr = (os.fspath(self.path), 1, judgement.headline(self._language))

    def _heading(self) -> str:
        # The group and the leaf: pytest writes dots of a heading that ends a node ID as colons.
        names = (self.planned.group, self.planned.name, self.planned.leaf)
        return " ".join(name for name in names if name)
