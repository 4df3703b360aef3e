"""The report as Markdown: the table of chapter 7, then what fails or is unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cloudpack_baseline.reports.rows import RowMark
from cloudpack_baseline.reports.unjudged import unjudged_lines
from cloudpack_baseline.reports.words import (
    counts_of,
    label,
    outcome_words,
    place_of,
    population_of,
    safe,
    value_words,
)
from cloudpack_baseline.texts import Language

__all__ = ["escaped", "render", "table_lines"]

_SPECIAL = re.compile(
    r"([\\`*_{}\[\]<>()#+!|~&@$-]|:(?=//)|(?<=www)\.|^=|(?:(?<=^\d)|(?<=^\d\d))[.)])", re.ASCII
)
"""What is markup, also of GitHub: links without brackets, mentions, formulas, lists by number."""


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """The report in the language, in CommonMark with tables."""
    lines = [
        f"# {label('title', language, paper=values['paper'])}",
        "",
        *_summary(values, language),
        "",
        *_tables(values["rows"], language),
        *_comparison(values.get("comparison"), language),
        *_standards(values["standards"], language),
        f"## {label('findings', language)}",
        "",
        *_findings(values["findings"], language),
    ]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "backslashreplace")


def escaped(value: object) -> str:
    """A value that is shown as it is: no markup, no HTML, in one line."""
    return _SPECIAL.sub(r"\\\1", safe(value))


def _summary(values: Mapping[str, Any], language: Language) -> Iterator[str]:
    generator = values["generator"]
    counts = counts_of(values["counts"], language)
    period = values["audit"]["period"]
    rows = (
        ("result", ", ".join(counts) or "-"),
        ("as-of", values["as_of"]),
        ("period", f"{period['starts']} - {period['ends']}"),
        ("source", values["source"]),
        ("evidence", values["snapshot"]),
        ("generator", f"{generator['name']} {generator['version']}"),
    )
    yield from table_lines(
        ["", ""], ((label(name, language), escaped(value)) for name, value in rows)
    )
    for gap in period["gaps"]:
        yield f"\n{escaped(label('gap', language, **{key: str(gap[key]) for key in gap}))}"
    for line in unjudged_lines(values, language):
        yield f"\n{escaped(line)}"
    for note in values["notes"]:
        yield f"\n{escaped(note[language])}"


def _tables(rows: Iterable[Mapping[str, Any]], language: Language) -> Iterator[str]:
    rows = tuple(rows)
    for name, in_table in (("table", True), ("further-rows", False)):
        yield f"## {label(name, language)}"
        yield ""
        columns = ("clause", "item", "mark", "method", "population", "previous", "measures")
        yield from table_lines(
            [label(column, language) for column in columns],
            (_row(row, language) for row in rows if row["in_table"] is in_table),
        )
        yield ""
    yield label("legend", language)
    yield ""


def _row(row: Mapping[str, Any], language: Language) -> list[str]:
    return [
        row["clause"],
        escaped(row["heading"][language]),
        row["mark"],
        label(f"method-{row['kind']}", language),
        "; ".join(escaped(words) for words in _population(row, language)),
        row["previous"] or "",
        ", ".join(escaped(measure["control"]) for measure in row["measures"]),
    ]


def _population(row: Mapping[str, Any], language: Language) -> Iterator[str]:
    """How many resources the row is about, and why it is about no more."""
    if words := population_of(row, language):
        yield words
    if row["reason"]:
        yield row["reason"][language]
    if row["status"] == RowMark.NOT_APPLICABLE.value:
        yield from (reason[language] for reason in row["left_out"])


def _comparison(comparison: Mapping[str, Any] | None, language: Language) -> Iterator[str]:
    """What became of the earlier report, if there is one."""
    if comparison is None:
        return
    yield f"## {label('comparison', language)}"
    yield ""
    yield f"{label('as-of', language)} {escaped(comparison['as_of'])}"
    yield ""
    for name in ("new", "stayed", "corrected", "not_judged"):
        compared = comparison[name]
        words = label(f"compared-{name.replace('_', '-')}", language)
        yield f"- {words}: {len(compared)}"
        yield from (f"  - {escaped(finding['id'])}" for finding in compared)
    yield ""


def _standards(standards: Mapping[str, Any], language: Language) -> Iterator[str]:
    for name, head in (("pci-dss", "requirement"), ("iso-27001", "annex-control")):
        yield f"## {label(name, language)}"
        yield ""
        yield escaped(standards["caution"].get(language, ""))
        yield ""
        yield from table_lines(
            [label(column, language) for column in (head, "supported-by", "counted")],
            (_supported(row, language) for row in standards[name.replace("-", "_")]),
        )
        yield ""


def _supported(row: Mapping[str, Any], language: Language) -> list[str]:
    topic = row.get("topic", {}).get(language, "")
    ids = {id_ for entry in row["numbers"] for id_ in (*entry["clauses"], *entry["controls"])}
    return [
        escaped(f"{row['number']} {topic}".strip()),
        ", ".join(map(escaped, sorted(ids))),
        ", ".join(counts_of(row["counts"], language)),
    ]


def table_lines(head: list[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines of a table, of cells that are escaped."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _findings(findings: Iterable[Mapping[str, Any]], language: Language) -> Iterator[str]:
    bad = [finding for finding in findings if finding["outcome"] in ("fail", "unknown")]
    if not bad:
        yield label("no-findings", language)
    for finding in bad:
        yield f"### {outcome_words(finding, language)}: {escaped(finding['title'][language])}"
        yield ""
        resource = finding["resource"]
        named = f"{resource['name']} " if resource["name"] not in ("", "*") else ""
        yield f"{escaped(finding['control'])}: {escaped(named)}{escaped(resource['key'])}"
        yield ""
        for observation in finding["observations"]:
            yield from _observation(observation, language)
        for note in [*([finding["waiver"]] if finding["waiver"] else []), *finding["notes"]]:
            yield f"- {escaped(note[language])}"
        yield ""
        yield f"{label('remedy-column', language)}: {escaped(finding['remedy'][language])}"
        yield ""


def _observation(observation: Mapping[str, Any], language: Language) -> Iterator[str]:
    yield f"- {escaped(observation['message'][language])}"
    for name, value in (
        ("read-value", value_words(observation, "read", language)),
        ("expected-value", value_words(observation, "expected", language)),
        ("place", place_of(observation["origin"])),
    ):
        if value:
            yield f"  - {label(name, language)}: {escaped(value)}"
    if observation["witness"]:
        yield f"  - {escaped(observation['witness']['summary'][language])}"
        for step in observation["witness"]["steps"]:
            yield f"    - {escaped(step[language])}"
