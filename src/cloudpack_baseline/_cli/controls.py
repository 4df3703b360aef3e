"""``cloudpack-baseline controls``: the catalogue, for people and for programs."""

from __future__ import annotations

import argparse
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence

from cloudpack_baseline.texts import Language
from cloudpack_baseline.whitepaper import Control, clauses, select

__all__ = ["run"]

_HEADS: dict[Language, tuple[str, str, str, str]] = {
    "en": ("CONTROL", "CLAUSE", "RELATION", "TITLE"),
    "ja": ("コントロール", "項番", "関係", "あるべき状態"),
}


def run(given: argparse.Namespace) -> None:
    """Print the selected controls.

    Raises:
        InputError: a control or a clause that does not exist.
    """
    chosen = select(given.control, given.clause)
    if given.format == "json":
        rows = [_entry(one, given.lang) for one in chosen]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _table(chosen, given.lang))


def _entry(one: Control, language: Language) -> dict[str, object]:
    held = clauses()
    return {
        "id": one.id,
        "title": one.title[language],
        "clauses": [
            {
                "number": link.clause,
                "heading": held[link.clause].heading
                if language == "ja"
                else held[link.clause].heading_en,
                "relation": link.relation.value,
            }
            for link in one.clauses
        ],
    }


def _table(chosen: Iterable[Control], language: Language) -> list[str]:
    rows = [_HEADS[language]]
    rows += [
        (one.id, link.clause, link.relation.value, one.title[language])
        for one in chosen
        for link in one.clauses
    ]
    return _aligned(rows)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _width(cell: str) -> int:
    """How many columns of a terminal the cell takes: full-width characters take two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in cell)
