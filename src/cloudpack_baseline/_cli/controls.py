"""``cloudpack-baseline controls``: the catalogue, for people and for programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from cloudpack_baseline.reports.columns import aligned
from cloudpack_baseline.texts import Language, text
from cloudpack_baseline.whitepaper import Control, clauses, select

__all__ = ["run"]

_COLUMNS = ("control", "clause", "relation", "title")


def run(arguments: argparse.Namespace) -> None:
    """Print the selected controls.

    Raises:
        InputError: a control or a clause that does not exist.
    """
    selected = select(arguments.control, arguments.clause)
    if arguments.format == "json":
        rows = [_entry(control, arguments.lang) for control in selected]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _table(selected, arguments.lang))


def _entry(control: Control, language: Language) -> dict[str, object]:
    by_number = clauses()
    return {
        "id": control.id,
        "title": control.title[language],
        "clauses": [
            {
                "number": link.clause,
                "heading": by_number[link.clause].heading
                if language == "ja"
                else by_number[link.clause].heading_en,
                "relation": link.relation.value,
            }
            for link in control.clauses
        ],
    }


def _table(selected: Iterable[Control], language: Language) -> list[str]:
    rows = [tuple(_word(column, language) for column in _COLUMNS)]
    rows += [
        (control.id, link.clause, _word(link.relation, language), control.title[language])
        for control in selected
        for link in control.clauses
    ]
    return aligned(rows)


def _word(name: str, language: Language) -> str:
    return text(f"catalogue.{name}").in_language(language)
