"""Columns of text for a terminal."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

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
    if cell.isascii():
        return len(cell)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)


def cut(line: str, columns: int) -> str:
    """The line as far as it fits, with ``…`` in place of the rest."""
    if width(line) <= columns:
        return line
    ends = list(accumulate(map(width, line)))
    return f"{line[: bisect_right(ends, columns - width('…'))]}…"


def _padded(cell: str, wide: int, *, right: bool) -> str:
    space = " " * (wide - width(cell))
    return space + cell if right else cell + space
