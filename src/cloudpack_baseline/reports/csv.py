"""Findings as a table for spreadsheets: a line for each observation."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from cloudpack_baseline.reports.unjudged import findings_of
from cloudpack_baseline.reports.words import label, outcome_words, place_of, safe, value_words
from cloudpack_baseline.texts import Language

__all__ = ["cell", "render"]

_COLUMNS = (
    "outcome",
    "control",
    "clause",
    "account",
    "region",
    "resource",
    "observed",
    "read-value",
    "expected-value",
    "place",
    "remedy-column",
    "notes",
)
_FORMULA = tuple("=+-@\t\r＝＋－＠")
"""Beginnings that a spreadsheet takes for a formula (OWASP, CSV Injection)."""


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """The report as CSV in UTF-8 with a byte order mark, which Excel needs for Japanese."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([label(column, language) for column in _COLUMNS])
    for finding in findings_of(values):
        writer.writerows([cell(value) for value in row] for row in _rows(finding, language))
    return ("\ufeff" + file.getvalue()).encode("utf-8", "backslashreplace")


def _rows(finding: Mapping[str, Any], language: Language) -> Iterator[list[str]]:
    resource = finding["resource"]
    notes = [note[language] for note in finding["notes"]]
    if finding["waiver"]:
        notes.insert(0, finding["waiver"][language])
    for observation in finding["observations"]:
        yield [
            outcome_words(finding, language),
            finding["control"],
            " ".join(finding["clauses"]),
            resource["account"],
            resource["region"],
            resource["key"],
            observation["message"][language],
            value_words(observation, "read", language),
            value_words(observation, "expected", language),
            place_of(observation["origin"]),
            finding["remedy"][language],
            "; ".join(notes),
        ]


def cell(value: str) -> str:
    """A value as the content of a cell, which no spreadsheet takes for a formula."""
    content = safe(value)
    return f"'{content}" if content.lstrip().startswith(_FORMULA) else content
