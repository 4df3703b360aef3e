"""Findings as plain text, for terminals and failure messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cloudpack_baseline.findings import Finding, Observation, Outcome, Witness
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.excerpts import excerpt
from cloudpack_baseline.texts import Language, Text, printable, text
from cloudpack_baseline.whitepaper import Control

__all__ = ["finding_text", "findings_text", "full_text", "heading", "one_line", "totals"]

_WIDTH = 200
"""pytest cuts a repr at 240 characters."""
_BAD = (Outcome.FAIL, Outcome.UNKNOWN)


def totals(counts: Mapping[str, int], language: Language) -> str:
    """The number of findings for each outcome that occurs, such as ``1 FAIL, 12 pass``."""
    order = ("fail", "unknown", "waived", "pass", "not applicable")
    numbers = tuple(
        text("report.count", number=counts[name], outcome=text(f"report.{name.replace(' ', '_')}"))
        for name in order
        if counts.get(name)
    )
    return _say("report.totals", language, counts=numbers or text("report.no-findings"))


def one_line(
    outcome: Outcome,
    counts: Mapping[str, int],
    findings: Iterable[Finding],
    not_run: Sequence[tuple[str, str, Text]] = (),
) -> str:
    """An assessment in at most 200 characters, worst finding first, or what did not run.

    Args:
        outcome: the worst one.
        counts: the number of findings for each outcome.
        findings: all of them.
        not_run: control, account and reason of what was selected but not judged.
    """
    numbers = [f"{number} {name}" for name, number in counts.items() if number] or ["no findings"]
    numbers += [f"{len(not_run)} not evaluated"] if not_run else []
    line = f"<Assessment {outcome.value}: {', '.join(numbers)}"
    first = min(
        (finding for finding in findings if _is_bad(finding)),
        key=lambda finding: _BAD.index(finding.outcome),
        default=None,
    )
    if first is not None:
        message = first.observations[0].message.in_language("en")
        line = f"{line}; {first.control} {first.resource.label}: {message}"
    elif not_run:
        line = f"{line}; {_not_run(*not_run[0], 'en')}"
    line = printable(line)
    return f"{line}>" if len(line) < _WIDTH else f"{line[: _WIDTH - 2]}…>"


def _not_run(control: str, account: str, reason: Text, language: Language) -> str:
    return _say("report.not-run", language, control=control, account=account, reason=reason)


def _is_bad(finding: Finding) -> bool:
    return finding.outcome in _BAD and not finding.waived


def full_text(
    findings: Iterable[Finding],
    counts: Mapping[str, int],
    not_run: Iterable[tuple[str, str, Text]],
    notes: Iterable[Text],
    language: Language,
) -> str:
    """The totals, what fails or is unknown by control, what is waived, and all else.

    What did not run and the notes are at the end.

    Args:
        findings: all of them.
        counts: the number of findings for each outcome.
        not_run: control, account and reason of what was selected but not judged.
        notes: remarks on the whole.
        language: of the text.
    """
    findings = tuple(findings)
    bad = _by_control(finding for finding in findings if _is_bad(finding))
    waived = _by_control(finding for finding in findings if finding.waived)
    paragraphs = [totals(counts, language)]
    if not sum(number for name, number in counts.items() if name != "not applicable"):
        paragraphs.append("\n".join(_nothing_judged(findings, language)))
    witnesses: set[Witness] = set()
    paragraphs += [
        findings_text(of_control[0].definition, of_control, language, witnesses)
        for of_control in (*bad, *waived)
    ]
    paragraphs += [_not_run(*missing, language) for missing in not_run]
    paragraphs += [_say("plugin.note", language, note=note) for note in notes]
    return "\n\n".join(paragraphs)


def _by_control(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.control, []).append(finding)
    return list(groups.values())


def _nothing_judged(findings: Iterable[Finding], language: Language) -> Iterator[str]:
    """Why each control has nothing to judge."""
    yield _say("report.nothing-judged", language)
    reasons = {
        (finding.control, finding.observations[0].message): None
        for finding in findings
        if finding.resource.kind != "Promise"
    }
    for control_id, reason in reasons:
        yield _say("report.nothing-because", language, control=control_id, reason=reason)


def findings_text(
    judged: Control,
    findings: Sequence[Finding],
    language: Language,
    witnesses: set[Witness] | None = None,
) -> str:
    """The findings of one control, under its heading, and the remediation.

    Args:
        judged: the control.
        findings: of it.
        language: of the text.
        witnesses: the witnesses that are shown above; those that are shown here are added.
    """
    witnesses = set() if witnesses is None else witnesses
    lines = [heading(judged, language)]
    lines += [finding_text(finding, language, witnesses) for finding in findings]
    failing = any(finding.outcome is Outcome.FAIL and not finding.waived for finding in findings)
    if failing and judged.remedy:
        lines.append(_say("report.remedy", language, remedy=judged.remedy[language]))
    return "\n".join(lines)


def heading(judged: Control, language: Language) -> str:
    """The control and the clause that it is reported under, if there is one."""
    title = judged.title[language]
    if not judged.clauses:
        return f"{judged.id}: {title}"
    link = judged.clauses[0]
    return _say(
        "report.heading",
        language,
        control=judged.id,
        title=title,
        clause=link.clause,
        name=link.heading[language],
    )


def finding_text(
    finding: Finding, language: Language, witnesses: set[Witness] | None = None
) -> str:
    """One finding: the resource, what was observed, the witness, the notes."""
    witnesses = set() if witnesses is None else witnesses
    outcome = text("report.waived" if finding.waived else f"report.{finding.outcome.name.lower()}")
    lines = [f"  {outcome.in_language(language)}  {finding.resource.label}"]
    for observation in _worth_telling(finding):
        lines += (f"      {line}" for line in _observation(observation, language, witnesses))
    waiver = [finding.waiver] if finding.waived and finding.waiver else []
    lines += (f"      {note.in_language(language)}" for note in [*waiver, *finding.notes])
    return "\n".join(_inert(printable(line)) for line in lines)


def _inert(line: str) -> str:
    """The line; a command that it begins with, ``::error::``, would act in GitHub Actions."""
    return line.replace("::", "\\::", 1) if line.lstrip().startswith("::") else line


def _worth_telling(finding: Finding) -> Iterable[Observation]:
    """What passed is not shown next to what did not."""
    bad = [observation for observation in finding.observations if observation.outcome in _BAD]
    return bad or finding.observations


def _observation(
    observation: Observation, language: Language, witnesses: set[Witness]
) -> Iterator[str]:
    yield observation.message.in_language(language)
    if observation.outcome in _BAD:
        origin = observation.origin
        if observation.read:
            read = observation.read_text or observation.read
            yield "  " + _say("report.read", language, read=read)
        if observation.expected:
            expected = observation.expected_text or observation.expected
            yield "  " + _say("report.expected", language, expected=expected)
        if origin and origin.file:
            yield "  " + _say("report.origin", language, place=_place(origin))
            yield from (f"    {line}" for line in excerpt(origin))
    if observation.witness is not None:
        yield from _witness(observation.witness, language, witnesses)


def _place(origin: Origin) -> str:
    """``FILE:LINE:COLUMN: PATH``, as far as each is known."""
    numbers = (str(number) for number in (origin.line, origin.column) if number)
    place = ":".join((origin.file, *numbers))
    return f"{place}: {origin.path}" if origin.path else place


def _witness(witness: Witness, language: Language, witnesses: set[Witness]) -> Iterator[str]:
    """The witness; its steps and command only where they are not shown above."""
    if witness in witnesses:
        yield "  " + _say("report.witness-above", language, witness=witness.summary)
        return
    witnesses.add(witness)
    yield "  " + _say("report.witness", language, witness=witness.summary)
    for step in witness.steps:
        yield "    " + step.in_language(language)
    if witness.command:
        yield f"    $ {witness.command}"


def _say(id_: str, language: Language, **parameters: str | Text | tuple[str | Text, ...]) -> str:
    return text(id_, **parameters).in_language(language)
