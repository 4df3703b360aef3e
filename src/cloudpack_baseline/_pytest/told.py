"""What an item came to, in a form that rides on its report from worker to controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import asdict, frozen

from cloudpack_baseline._pytest.plan import Target
from cloudpack_baseline._pytest.verdict import Judgement, Verdict
from cloudpack_baseline.texts import Language

if TYPE_CHECKING:
    import pytest

__all__ = ["Told"]

_ATTRIBUTE = "cloudpack"


@frozen(kw_only=True)
class Told:
    """What an item came to.

    Attributes:
        target: its control and account.
        counts: how many findings came to what.
        notes: what is worth telling beside, in the language of the run.
    """

    target: Target
    counts: dict[str, int]
    notes: list[str]

    @classmethod
    def of(cls, target: Target, judgement: Judgement, language: Language) -> Told:
        """The judgement of the target."""
        return cls(target=target, counts=judgement.counts, notes=judgement.notes(language))

    @property
    def judged(self) -> int:
        """How many findings are a judgement."""
        return sum(self.counts.values()) - self.counts[Verdict.NOT_APPLICABLE.value]

    def ride_on(self, report: pytest.TestReport) -> None:
        """Attach it; pytest carries attributes of reports that are plain values."""
        setattr(report, _ATTRIBUTE, asdict(self))

    @classmethod
    def riding_on(cls, report: pytest.TestReport) -> Told | None:
        """What is attached to the report; ``None``: nothing of ours."""
        held: dict[str, Any] | None = getattr(report, _ATTRIBUTE, None)
        return None if held is None else cls(**{**held, "target": Target(**held["target"])})
