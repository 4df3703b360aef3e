"""The outcome of the findings of one item."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property

from cloudpack_baseline.findings import Finding, Outcome
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reports.plain import findings_text
from cloudpack_baseline.texts import Language, printable, text

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


@frozen(slots=False)
class Judgement:
    """The findings of one control in one account.

    Attributes:
        control: the ID of the control.
        findings: all of them; at least one.
    """

    control: str
    findings: tuple[Finding, ...]

    @cached_property
    def by_verdict(self) -> dict[Verdict, tuple[Finding, ...]]:
        """The findings by what they come to, worst first; only what occurs."""
        groups: dict[Verdict, list[Finding]] = {verdict: [] for verdict in Verdict}
        for finding in self.findings:
            groups[_verdict(finding)].append(finding)
        return {verdict: tuple(findings) for verdict, findings in groups.items() if findings}

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings'."""
        return next(iter(self.by_verdict))

    @property
    def counts(self) -> dict[str, int]:
        """How many findings came to what; every outcome is named."""
        return {verdict.value: len(self.by_verdict.get(verdict, ())) for verdict in Verdict}

    @property
    def properties(self) -> list[tuple[str, str]]:
        """For ``user_properties``: the counts, then each finding's resource by its outcome."""
        counts = [
            (f"cloudpack_{Verdict(name).slug}", str(number)) for name, number in self.counts.items()
        ]
        resources = [
            (f"cloudpack_resource_{_verdict(finding).slug}", printable(finding.resource.key))
            for finding in self.findings
        ]
        return counts + resources

    def text(self, verdicts: Iterable[Verdict], language: Language) -> str:
        """The findings of these verdicts in full, under the control's heading."""
        chosen = frozenset(verdicts)
        findings = [finding for finding in self.findings if _verdict(finding) in chosen]
        return findings_text(self.findings[0].definition, findings, language)

    def headline(self, language: Language) -> str:
        """The first finding of the worst verdict, in one line, and how many more there are."""
        worst = self.by_verdict[self.verdict]
        first = worst[0]
        message = first.waiver if first.waived and first.waiver else first.observations[0].message
        line = f"{message.in_language(language)}: {first.resource.label}"
        line += _more(len(worst) - 1, language)
        return " ".join(printable(line).split())

    def notes(self, language: Language) -> list[str]:
        """The notes of the findings, each once: with its first resource, and how many more.

        Waivers that expired are left out: a note of the run names each of them.
        """
        labels: dict[str, list[str]] = {}
        for finding in self.findings:
            for note in finding.notes:
                if note.id == "common.waiver-expired":
                    continue
                labels.setdefault(note.in_language(language), []).append(finding.resource.label)
        return [
            printable(f"{first}{_more(len(further), language)}: {note}")
            for note, (first, *further) in labels.items()
        ]


def _more(number: int, language: Language) -> str:
    return text("plugin.more", number=number).in_language(language) if number else ""


_VERDICTS = {outcome: Verdict(outcome.value) for outcome in Outcome}


def _verdict(finding: Finding) -> Verdict:
    return Verdict.WAIVED if finding.waived else _VERDICTS[finding.outcome]
