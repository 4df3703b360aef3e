"""Columns of text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

__all__ = ["aligned", "cut", "width"]


def aligned(rows: Sequence[Sequence[str]], *, right: int | None = None) -> list[str]:
    """The rows as lines with aligned columns.

    Args:
        rows: cells; all rows are of the same length.
        right: the first right-aligned column; by default there is none.
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            _padded(cell, wide, right=right is not None and place >= right)
            for place, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def width(cell: str) -> int:
    """How many columns of a terminal the cell takes: full-width characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)


def cut(line: str, columns: int) -> str:
    """The line as far as it fits, with ``…`` in place of the rest."""
    if width(line) <= columns:
        return line
    beginning = ""
    for character in line:
        if width(f"{beginning}{character}…") > columns:
            break
        beginning += character
    return f"{beginning}…"


def _padded(cell: str, wide: int, *, right: bool) -> str:
    space = " " * (wide - width(cell))
    return space + cell if right else cell + space
