"""The outcome of an item, in a form that its report takes from worker to controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import asdict

from cloudpack_baseline._pytest.plan import PlannedItem
from cloudpack_baseline._pytest.verdict import Judgement, Verdict
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.texts import Language, printable

if TYPE_CHECKING:
    import pytest

__all__ = ["LABELS", "ItemOutcome"]

_ATTRIBUTE = "cloudpack"
LABELS = 3
"""The maximum number of resources that the summary names; the text of the item contains all."""


@frozen(kw_only=True)
class ItemOutcome:
    """The outcome of an item that ran.

    Attributes:
        item: its control and account.
        counts: how many findings came to what.
        notes: of its findings, in the language of the run.
        labels: of the first resources that fail, are unknown or are waived, by that verdict.
    """

    item: PlannedItem
    counts: dict[str, int]
    notes: list[str]
    labels: dict[str, list[str]]

    @classmethod
    def of(cls, item: PlannedItem, judgement: Judgement, language: Language) -> ItemOutcome:
        """The judgement of the item."""
        return cls(
            item=item,
            counts=judgement.counts,
            notes=judgement.notes(language),
            labels={
                verdict.value: [printable(finding.resource.label) for finding in findings[:LABELS]]
                for verdict, findings in judgement.by_verdict.items()
                if verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED)
            },
        )

    @property
    def judged(self) -> int:
        """How many findings are a judgement."""
        return sum(self.counts.values()) - self.counts[Verdict.NOT_APPLICABLE.value]

    def attach(self, report: pytest.TestReport) -> None:
        """Attach it; pytest carries attributes of reports that are plain values."""
        setattr(report, _ATTRIBUTE, asdict(self))

    @classmethod
    def attached_to(cls, report: pytest.TestReport) -> ItemOutcome | None:
        """What is attached to the report; ``None``: it is not a report of this plugin."""
        values: dict[str, Any] | None = getattr(report, _ATTRIBUTE, None)
        return None if values is None else cls(**values | {"item": PlannedItem(**values["item"])})
