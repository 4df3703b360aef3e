"""A run at its end: what was planned, gathered and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cloudpack_baseline._pytest.item_outcome import ItemOutcome
from cloudpack_baseline._pytest.plan import CURRENT, PlannedItem, RunPlan
from cloudpack_baseline._pytest.verdict import Judgement
from cloudpack_baseline.assessment import (
    Assessment,
    NotRun,
    bad_waivers,
    evaluation_time,
    missing_regions,
    remarks,
)
from cloudpack_baseline.attestations import judge_attestation
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.unread_templates import unread_findings
from cloudpack_baseline.waivers import WAIVERS

if TYPE_CHECKING:
    from cloudpack_baseline.model.snapshot import Snapshot
    from cloudpack_baseline.reports.comparison import ReportComparison

__all__ = ["Run"]


@frozen(kw_only=True)
class Run:
    """A run, on the controller.

    Attributes:
        plan: what was planned.
        snapshot: what was gathered; ``None``: nothing.
        collected: the items after deselection; ``None``: collection did not end.
        outcomes: of the items that ran.
        judge: gives the findings of an item that ran.
        fault: why nothing could be gathered; empty: it could.
        narrowed: whether the user selected less than everything.
        unfilled: whether the source is a mock that no hook filled.
    """

    plan: RunPlan
    snapshot: Snapshot | None
    collected: frozenset[PlannedItem] | None
    outcomes: Mapping[PlannedItem, ItemOutcome]
    judge: Callable[[PlannedItem], Judgement]
    fault: str = ""
    narrowed: bool = False
    unfilled: bool = False

    @property
    def judged(self) -> bool:
        """Whether anything was judged in an account; a waiver alone is nothing."""
        return any(
            outcome.judged for item, outcome in self.outcomes.items() if item.control != WAIVERS
        )

    @property
    def unread(self) -> tuple[Finding, ...]:
        """A finding for each template that nobody read, where any item ran."""
        return unread_findings(self.snapshot) if self.snapshot and self.outcomes else ()

    @property
    def as_of(self) -> datetime:
        """The time as of which ages were calculated."""
        if self.snapshot is None:
            return self.plan.settings.as_of or datetime.now(UTC)
        return evaluation_time(self.plan.settings.as_of, self.snapshot)

    def why_nothing(self) -> Text:
        """Why nothing was judged."""
        if self.unfilled:
            reason = text("plugin.unfilled")
        elif self.outcomes:
            reason = text("plugin.nothing-applies")
        elif self.collected:
            reason = text("plugin.nothing-ran", file=self.plan.anchor.name)
        else:
            reason = text("plugin.nothing-collected", file=self.plan.anchor.name)
        return text("plugin.nothing-judged", reason=reason)

    def remarks(self) -> tuple[Text, ...]:
        """Remarks on the whole, as in `Assessment.notes`."""
        settings = self.plan.settings
        missing = (
            () if self.snapshot is None else missing_regions(self.snapshot, self.plan.baseline)
        )
        return (
            *missing,
            *remarks(self.plan.baseline, settings.controls, settings.promises, self.as_of),
        )

    def assessment(self) -> Assessment:
        """All that was judged, and every selected control that was not."""
        return Assessment(
            findings=(
                *self._findings(
                    item for item in self.plan.items if item in self.outcomes and item.account
                ),
                *self.unread,
                *self._attestations(),
            ),
            as_of=self.as_of,
            snapshot="" if self.snapshot is None else self.snapshot.digest,
            source="" if self.snapshot is None else self.snapshot.source,
            not_run=tuple(
                NotRun(control=item.control, account=self._account(item), reason=self._reason(item))
                for item in self.plan.items
                if item not in self.outcomes
            ),
            notes=self.remarks(),
            gathered=self.snapshot,
            declared=self.plan.baseline,
        )

    def comparison(self) -> ReportComparison | None:
        """What became of the findings of the earlier report; ``None``: none was named."""
        previous = self.plan.settings.previous
        if previous is None:
            return None
        from cloudpack_baseline.reports.comparison import (  # noqa: PLC0415 - most runs do without it
            JudgedReport,
            compare,
        )

        return compare(previous, JudgedReport.of(self.assessment()))

    def _findings(self, items: Iterable[PlannedItem]) -> tuple[Finding, ...]:
        findings = [(item, self.judge(item).findings) for item in items]
        return tuple(
            finding
            for item, judged in findings
            for finding in (bad_waivers(judged) if item.control == WAIVERS else judged)
        )

    def _attestations(self) -> Iterator[Finding]:
        """The promises that ran, and those that have no item: they are not applicable."""
        planned = {item.control: item for item in self.plan.items if not item.account}
        for promise in self.plan.settings.promises if self.outcomes else ():
            if promise.id not in planned:
                yield judge_attestation(promise, self.plan.baseline, self.as_of.date())
            elif planned[promise.id] in self.outcomes:
                yield from self.judge(planned[promise.id]).findings

    def _account(self, item: PlannedItem) -> str:
        if item.account != CURRENT or self.snapshot is None:
            return item.account
        return ", ".join(account.id for account in self.snapshot.accounts)

    def _reason(self, item: PlannedItem) -> Text:
        """Why the item was not judged."""
        if self.fault:
            return text("plugin.gathering-failed", fault=tuple(self.fault.split("\n")))
        if self.collected is not None and item not in self.collected:
            return text("plugin.left-out")
        return text("common.interrupted")
