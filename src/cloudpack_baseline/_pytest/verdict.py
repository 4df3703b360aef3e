"""What the findings of one item come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen

from cloudpack_baseline.findings import Finding
from cloudpack_baseline.reports.plain import findings_text
from cloudpack_baseline.texts import Language, printable, text
from cloudpack_baseline.whitepaper import control

__all__ = ["Judgement", "Verdict"]


class Verdict(StrEnum):
    """The outcomes of an item, worst first."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    PASS = "pass"  # noqa: S105 - an outcome, no password
    NOT_APPLICABLE = "not applicable"

    @property
    def slug(self) -> str:
        """It as part of an identifier: ``not_applicable``."""
        return self.value.replace(" ", "_")


@frozen
class Judgement:
    """The findings of one control in one account.

    Attributes:
        control: the control's id.
        findings: all of them; at least one.
    """

    control: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings'."""
        held = {_verdict(one) for one in self.findings}
        return next(one for one in Verdict if one in held)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings came to what; every outcome is named."""
        held = Counter(_verdict(one) for one in self.findings)
        return {one.value: held[one] for one in Verdict}

    @property
    def properties(self) -> list[tuple[str, str]]:
        """For ``user_properties``: the counts, then each finding's resource by its outcome."""
        counts = [
            (f"cloudpack_{Verdict(name).slug}", str(number)) for name, number in self.counts.items()
        ]
        resources = [
            (f"cloudpack_resource_{_verdict(one).slug}", printable(one.resource.key))
            for one in self.findings
        ]
        return counts + resources

    def text(self, verdicts: Iterable[Verdict], language: Language) -> str:
        """The findings of these verdicts in full, under the control's heading."""
        wanted = frozenset(verdicts)
        held = (one for one in self.findings if _verdict(one) in wanted)
        return findings_text(control(self.control), held, language)

    def headline(self, language: Language) -> str:
        """The first finding of the worst verdict, in one line, and how many more there are."""
        bad = [one for one in self.findings if _verdict(one) is self.verdict]
        first = bad[0]
        said = first.waiver if first.waived and first.waiver else first.observations[0].message
        line = f"{said.in_language(language)}: {first.resource.key}"
        if len(bad) > 1:
            line += text("plugin.more", number=len(bad) - 1).in_language(language)
        return " ".join(printable(line).split())

    def notes(self, language: Language) -> list[str]:
        """What is worth telling beside the outcome, each with its resource."""
        return [
            printable(f"{one.resource.key}: {note.in_language(language)}")
            for one in self.findings
            for note in one.notes
        ]


def _verdict(finding: Finding) -> Verdict:
    return Verdict.WAIVED if finding.waived else Verdict(finding.outcome.value)
