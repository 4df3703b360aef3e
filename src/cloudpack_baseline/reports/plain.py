"""Findings as plain text, for terminals and failure messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cloudpack_baseline.findings import Finding, Observation, Outcome
from cloudpack_baseline.texts import Language, Text, printable, text
from cloudpack_baseline.whitepaper import Control, clauses, control

if TYPE_CHECKING:
    from cloudpack_baseline.assessment import Assessment

__all__ = ["finding_text", "findings_text", "full_text", "heading", "one_line"]

_WIDTH = 200
_BAD = (Outcome.FAIL, Outcome.UNKNOWN)


def one_line(assessment: Assessment) -> str:
    """The assessment in at most 200 characters, worst finding first."""
    counts = ", ".join(f"{number} {name}" for name, number in assessment.counts.items() if number)
    head = f"<Assessment {assessment.outcome.value}: {counts or 'no findings'}"
    bad = sorted(
        (one for one in assessment.findings if one.outcome in _BAD and not one.waived),
        key=lambda one: _BAD.index(one.outcome),
    )
    if not bad:
        return f"{head}>"
    first = bad[0]
    said = first.observations[0].message.in_language("en")
    line = printable(f"{head}; {first.control} {first.resource.key}: {said}")
    return f"{line}>" if len(line) < _WIDTH else f"{line[: _WIDTH - 2]}…>"


def full_text(assessment: Assessment, language: Language) -> str:
    """Everything that fails or is unknown, control by control, and how to mend it."""
    bad = [one for one in assessment.findings if one.outcome in _BAD and not one.waived]
    return "\n\n".join(
        findings_text(control(id_), (one for one in bad if one.control == id_), language)
        for id_ in dict.fromkeys(one.control for one in bad)
    )


def findings_text(one: Control, findings: Iterable[Finding], language: Language) -> str:
    """The findings of one control, under its heading, and the remedy."""
    held = list(findings)
    lines = [heading(one, language)]
    lines += [finding_text(finding, language) for finding in held]
    if any(finding.outcome is Outcome.FAIL and not finding.waived for finding in held):
        lines.append(_say("report.remedy", language, remedy=one.remedy[language]))
    return "\n".join(lines)


def heading(one: Control, language: Language) -> str:
    """The control and the clause that it is told under."""
    clause = clauses()[one.clauses[0].clause]
    name = clause.heading if language == "ja" else clause.heading_en
    return _say(
        "report.heading",
        language,
        control=one.id,
        title=one.title[language],
        clause=clause.id,
        name=name,
    )


def finding_text(finding: Finding, language: Language) -> str:
    """One finding: the resource, what was seen, the witness, the notes."""
    outcome = text("report.waived" if finding.waived else f"report.{finding.outcome.name.lower()}")
    lines = [f"  {outcome.in_language(language)}  {finding.resource.key}"]
    for observation in _worth_telling(finding):
        lines += (f"      {line}" for line in _observation(observation, language))
    told = [finding.waiver] if finding.waived and finding.waiver else []
    lines += (f"      {one.in_language(language)}" for one in [*told, *finding.notes])
    return "\n".join(map(printable, lines))


def _worth_telling(finding: Finding) -> Iterable[Observation]:
    """What passed is not told beside what did not."""
    bad = [one for one in finding.observations if one.outcome in _BAD]
    return bad or finding.observations


def _observation(one: Observation, language: Language) -> Iterator[str]:
    yield one.message.in_language(language)
    if one.outcome in _BAD and one.read:
        yield "  " + _say("report.read", language, read=one.read)
    if one.outcome in _BAD and one.expected:
        yield "  " + _say("report.expected", language, expected=one.expected)
    if one.outcome in _BAD and one.origin and one.origin.file:
        place = f"{one.origin.file}:{one.origin.line}" if one.origin.line else one.origin.file
        yield "  " + _say("report.origin", language, place=place)
    if one.witness is not None:
        yield "  " + _say("report.witness", language, witness=one.witness.summary)
        for step in one.witness.steps:
            yield "    " + step.in_language(language)
        if one.witness.command:
            yield f"    $ {one.witness.command}"


def _say(id_: str, language: Language, **parameters: str | Text) -> str:
    return text(id_, **parameters).in_language(language)
