"""The report as one self-contained HTML file: no network, both languages, filters and search.

A Content-Security-Policy forbids everything but the page's own style and script.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cloudpack_baseline.errors import MissingExtraError
from cloudpack_baseline.reports.html_findings import anchor_of, groups_of, with_picture
from cloudpack_baseline.reports.html_register import registers_of
from cloudpack_baseline.reports.path_svg import path_svg
from cloudpack_baseline.reports.recipe import recipe_of
from cloudpack_baseline.reports.rows import RowMark
from cloudpack_baseline.reports.words import label, outcome_label, safe
from cloudpack_baseline.texts import LANGUAGES, Language, text

if TYPE_CHECKING:
    from jinja2 import Environment, Template, Undefined

__all__ = ["render"]

_MARKS = {
    RowMark.KEPT: ("kept", "pass"),
    RowMark.CORRECTED: ("corrected", "corrected"),
    RowMark.BROKEN: ("broken", "fail"),
    RowMark.WAIVED: ("waived", "waived"),
    RowMark.NOT_APPLICABLE: ("not-applicable", "not-applicable"),
    RowMark.UNKNOWN: ("unknown", "unknown"),
}
"""The word for each mark (formats.mark-...), and its class in the style sheet."""

_LABELS = {"read": "read-value", "expected": "expected-value", "place": "place"}
"""What the style sheet writes before a value: as words of the page, it would double them."""


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """The page; it opens in the language.

    Raises:
        MissingExtraError: Jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - an optional dependency
        from markupsafe import Markup  # noqa: PLC0415 - an optional dependency
    except ImportError:
        raise MissingExtraError("html", "a report in HTML") from None
    groups = groups_of(values)
    for number, observation in enumerate(with_picture(groups)):
        observation["label"] = f"packet-{number}"
        picture = path_svg(observation["witness"]["packet"], observation["label"])
        observation["picture"] = Markup(picture)  # noqa: S704 - escaped where it is drawn
    page = _template(Environment, StrictUndefined).render(
        **_sections(values, groups, Markup),
        **_assets(values, Markup),
        **_functions(groups),
        language=language,
    )
    return page.encode("utf-8", "xmlcharrefreplace")


@cache
def _template(environment: type[Environment], undefined: type[Undefined]) -> Template:
    """The template of the page, compiled once: that takes longer than a small report."""
    page = environment(autoescape=True, undefined=undefined, trim_blocks=True)
    return page.from_string(_asset("report.html.j2"))


def _sections(
    values: Mapping[str, Any], groups: Mapping[str, Any], markup: type[str]
) -> dict[str, Any]:
    """What the page is about."""
    compared = values["findings"] if "comparison" in values else ()
    return {
        "report": values,
        "groups": groups,
        "clauses": {row["clause"] for row in values["rows"]},
        "contents": _contents(values),
        "places": {finding["id"]: anchor_of(finding["id"]) for finding in compared},
        "matrices": list(_matrices(values["matrices"], markup)),
        "registers": registers_of(values["resources"]),
        "mark_counts": _mark_counts(values),
    }


def _assets(values: Mapping[str, Any], markup: type[str]) -> dict[str, str]:
    """Ours, not a user's: the hashes let the page use them and nothing else."""
    style, script = _asset("report.css") + "".join(_labels()), _asset("report.js")
    return {
        "style": markup(style),
        "script": markup(script),
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        # JSON without a character of markup.
        "recipe": markup(recipe_of(values)),
    }


def _functions(groups: Mapping[str, Any]) -> dict[str, Any]:
    """What the template calls."""
    return {
        "word": label,
        "outcome_word": outcome_label,
        "clean": safe,
        "css": lambda outcome: outcome.replace(" ", "-"),
        "marks": _MARKS,
        "open_of": lambda ids: [id_ for id_ in ids if id_ in groups and groups[id_]["is_open"]],
        "judged_of": lambda row: [
            id_ for id_ in row["controls"] if id_ in groups and groups[id_]["is_judged"]
        ],
        "numbers": lambda counts: {name: str(number) for name, number in counts.items()},
    }


def _asset(name: str) -> str:
    return files("cloudpack_baseline.reports").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _labels() -> Iterator[str]:
    for name, words in _LABELS.items():
        for language in LANGUAGES:
            word = label(words, language)
            yield f'html[data-lang={language}] .values .{name}::before{{content:"{word}"}}\n'


def _mark_counts(values: Mapping[str, Any]) -> dict[str, list[tuple[RowMark, int]]]:
    """How many rows have each mark: of the paper's own table, and of the further ones."""
    tallies = {}
    for name, in_table in (("table", True), ("further-rows", False)):
        counts = Counter(row["mark"] for row in values["rows"] if row["in_table"] is in_table)
        tallies[name] = [(mark, counts[mark]) for mark in RowMark if counts[mark]]
    return tallies


def _contents(values: Mapping[str, Any]) -> list[str]:
    sections = {
        "table": True,
        "further-rows": True,
        "pci-dss": True,
        "iso-27001": True,
        "comparison": "comparison" in values,
        "waivers": values["waivers"],
        "attestations": values["attestations"],
        "matrix": values["matrices"],
        "findings": True,
        "resources": values["resources"],
        "repeat": True,
    }
    return [name for name, present in sections.items() if present]


def _matrices(matrices: list[Mapping[str, Any]], markup: type[str]) -> Iterator[dict[str, Any]]:
    if not matrices:
        return
    from cloudpack_baseline.reports.matrix_svg import (  # noqa: PLC0415 - the network
        cell_description,
        matrix_svg,
    )
    from cloudpack_baseline.reports.matrix_values import matrix_from  # noqa: PLC0415 - the network

    for values in matrices:
        matrix = matrix_from(values)
        title = text("matrix.title", account=matrix.account)
        lines = [
            {
                language: cell_description(cell, pair, language).replace("\n", "; ")
                for language in LANGUAGES
            }
            for pair, cell in matrix.cells.items()
            if cell.parts
        ]
        yield {
            "title": {language: title.in_language(language) for language in LANGUAGES},
            "picture": {language: markup(matrix_svg([matrix], language)) for language in LANGUAGES},
            "lines": lines,
        }
