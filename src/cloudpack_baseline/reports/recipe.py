"""What a report contains so that its verdicts can be repeated from the snapshots alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reports.html_findings import anchor_of, outcome_of
from cloudpack_baseline.reports.json import report_bytes

__all__ = ["RecordedVerdicts", "recipe_of", "recorded_verdicts"]

_KEYS = frozenset(
    (
        "as_of",
        "baseline",
        "controls",
        "not_run",
        "period_starts",
        "promises",
        "snapshot",
        "snapshots",
        "version",
    )
)


@frozen(kw_only=True)
class RecordedVerdicts:
    """What a report says, and how it came to that.

    Attributes:
        recipe: ``as_of``, ``snapshot`` and ``snapshots`` (digests), ``controls`` and ``promises``
            (IDs of what was judged), ``not_run`` (control and account), ``period_starts`` where
            that is declared, ``baseline``, and the ``version`` of this package.
        outcomes: the outcome of each finding, by its anchor in the page.
        marks: the mark of each row of the table of chapter 7, by its clause.
    """

    recipe: Mapping[str, Any]
    outcomes: Mapping[str, str]
    marks: Mapping[str, str]


def recipe_of(values: Mapping[str, Any]) -> str:
    """The recipe of a report as JSON that may stand in a page: without a character of markup."""
    characters = report_bytes(_recipe(values)).decode().strip()
    for character in "<>&":
        characters = characters.replace(character, f"\\u{ord(character):04x}")
    return characters


def _recipe(values: Mapping[str, Any]) -> dict[str, Any]:
    promises = [
        finding["control"]
        for finding in values["findings"]
        if finding["resource"]["kind"] == "Promise"
    ]
    period = values["audit"]["period"]
    judged = dict.fromkeys(finding["control"] for finding in values["findings"])
    return {
        "as_of": values["as_of"],
        "baseline": values["baseline"],
        "controls": [id_ for id_ in judged if id_ not in promises],
        "period_starts": period["starts"] if period["is_declared"] else None,
        "not_run": [[missing["control"], missing["account"]] for missing in values["not_run"]],
        "promises": promises,
        "snapshot": values["snapshot"],
        "snapshots": [snapshot["digest"] for snapshot in values["audit"]["snapshots"]],
        "version": values["generator"]["version"],
    }


def recorded_verdicts(content: str) -> RecordedVerdicts:
    """The verdicts of a report in HTML or JSON.

    Raises:
        InputError: it is no such report, or one of an older version.
    """
    try:
        recorded = _of_json(content) if content.startswith("{") else _of_page(content)
    except (KeyError, RecursionError, TypeError, ValueError):
        raise InputError("is no report in HTML or JSON of this version") from None
    if not recorded.recipe.keys() >= _KEYS:
        raise InputError("is no report in HTML or JSON of this version")
    return recorded


def _of_json(content: str) -> RecordedVerdicts:
    values = json.loads(content)
    return RecordedVerdicts(
        recipe=_recipe(values),
        outcomes={anchor_of(finding["id"]): outcome_of(finding) for finding in values["findings"]},
        marks={row["clause"]: row["mark"] for row in values["rows"]},
    )


def _of_page(content: str) -> RecordedVerdicts:
    page = _Page()
    page.feed(content)
    page.close()
    return RecordedVerdicts(
        recipe=json.loads("".join(page.recipe)), outcomes=page.outcomes, marks=page.marks
    )


class _Page(HTMLParser):
    """Reads what the page shows: the outcome of each finding, and the mark of each row."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: dict[str, str] = {}
        self.marks: dict[str, str] = {}
        self.recipe: list[str] = []
        self._outcome = ""
        self._is_recipe = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        id_ = attributes.get("id", "")
        self._is_recipe = tag == "script" and id_ == "recipe"
        classes = attributes.get("class", "").split()
        if "alike" in classes:
            self._outcome = classes[-1].replace("-", " ")
        elif tag == "li" and id_.startswith("f-"):
            self.outcomes[id_] = self._outcome
        elif "data-mark" in attributes:
            self.marks[id_.removeprefix("clause-")] = attributes["data-mark"]

    def handle_data(self, data: str) -> None:
        if self._is_recipe:
            self.recipe.append(data)
