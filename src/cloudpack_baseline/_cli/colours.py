"""Colours on a terminal, as pytest decides them: ``--color``, ``NO_COLOR``, then the terminal."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TextIO

from cloudpack_baseline.texts import LANGUAGES, text

__all__ = ["always", "first_line", "headings", "marks", "matrix_cells", "show", "styled"]

_CODES: Mapping[str, int] = {"bold": 1, "faint": 2, "red": 31, "green": 32, "yellow": 33}
"""Select Graphic Rendition (ECMA-48)."""

_SIGNS: Mapping[str, str] = {
    "!": "red",
    "x": "red",
    "-": "red",
    "+": "green",
    "=": "green",
    "?": "yellow",
    "*": "yellow",
    "~": "faint",
}
"""The signs of differences and of the matrix."""

_OUTCOMES: Mapping[str, str] = {
    "fail": "red",
    "unknown": "red",
    "waived": "yellow",
    "pass": "green",
}
_CELL = re.compile(r"(?<=  )([!?*=x~]) (?:\S+ )*\S+")


def show(
    lines: Iterable[str], arguments: argparse.Namespace, paint: Callable[[str], str] | None = None
) -> None:
    """Print the lines, each painted where standard output shows colours."""
    is_coloured = paint is not None and _shows_colours(arguments.color, sys.stdout)
    for line in lines:
        print(paint(line) if paint is not None and is_coloured else line)


def styled(line: str, style: str, arguments: argparse.Namespace, stream: TextIO) -> str:
    """The line in a style, where the stream shows colours."""
    return _painted(line, style) if _shows_colours(arguments.color, stream) else line


def _shows_colours(choice: str, stream: TextIO) -> bool:
    if choice != "auto":
        return choice == "yes"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _painted(line: str, style: str) -> str:
    return f"\x1b[{_CODES[style]}m{line}\x1b[0m" if style and line else line


# -- how to paint


def always(style: str) -> Callable[[str], str]:
    """Every line alike."""
    return lambda line: _painted(line, style)


def first_line() -> Callable[[str], str]:
    """The first line in bold type; the others by their marks."""
    lines = iter((True,))
    return lambda line: _painted(line, "bold") if next(lines, False) else marks(line)


def headings(line: str) -> str:
    """Lines that are not indented in bold type."""
    return line if line.startswith(" ") else _painted(line, "bold")


def marks(line: str) -> str:
    """By the outcome or the sign at the beginning of the line."""
    content = line.lstrip()
    is_indented = content != line
    sign = _SIGNS.get(content.split(" ")[0], "") if is_indented else ""
    return _painted(line, _outcome_words().get(content.split("  ")[0], sign))


def matrix_cells(line: str) -> str:
    """Each cell of a row by its sign; a line of the legend as a whole."""
    if line.startswith("  "):
        return marks(line)
    return _CELL.sub(lambda cell: _painted(cell[0], _SIGNS[cell[1]]), line)


@cache
def _outcome_words() -> Mapping[str, str]:
    return {
        text(f"report.{outcome}").in_language(language): style
        for outcome, style in _OUTCOMES.items()
        for language in LANGUAGES
    }
