"""Where the values of a baseline file are: tomllib keeps no line numbers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from cloudpack_baseline.baseline._structure import KeyPath, key_path
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.values import Origin

__all__ = ["FileLayout", "header_lines", "key_lines", "line_of"]

_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*'|\s*\.\s*)+?)\s*=""", re.ASCII)
_TOP_KEY = re.compile(r"([\w-]+)\s*=", re.ASCII)


@frozen
class FileLayout:
    """Where the tables of a baseline file are.

    Attributes:
        file: its name.
        prefix: the steps to the baseline in it: none, or those to its table in pyproject.toml.
        lines: the line of the header of each table, by the steps to it.
    """

    file: str
    prefix: KeyPath
    lines: Mapping[KeyPath, int]

    def origin_of(self, *steps: str | int) -> Origin:
        """The file, the line of the table header, and the path to the key."""
        path = (*self.prefix, *steps)
        return Origin(file=self.file, line=line_of(self.lines, path), path=key_path(path))


def header_lines(source: str) -> dict[KeyPath, int]:
    """The line (from 1) of each table's header; tables of a list are counted.

    The keys above the first header belong to no table: they have lines of their own.
    """
    lines: dict[KeyPath, int] = {}
    lengths: dict[KeyPath, int] = {}
    headed = False
    for number, line in enumerate(source.split("\n"), start=1):
        keys, repeated = _header(line)
        path: KeyPath = ()
        for key in keys:
            # A table below a list of tables belongs to the last of them.
            path += (lengths[path] - 1, key) if path in lengths else (key,)
        if repeated:
            lengths[path] = lengths.get(path, 0) + 1
            path += (lengths[path] - 1,)
        if keys:
            lines[path] = number
            headed = True
        elif not headed and (top := _TOP_KEY.match(line)):
            lines[top[1],] = number
    return lines


def key_lines(source: str) -> dict[KeyPath, int]:
    """As `header_lines`, and the line of each key below a header, where one corrects it."""
    lines = header_lines(source)
    tables = {number: path for path, number in lines.items()}
    table: KeyPath = ()
    for number, line in enumerate(source.split("\n"), start=1):
        if line.lstrip().startswith("["):
            table = tables.get(number, table)
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_steps(key[1])), number)
    return lines


def _steps(key: str) -> KeyPath:
    """The parts of a dotted key; none: it is no key, but a line of a longer text."""
    try:
        values: object = tomllib.loads(f"{key} = 0")
    except ValueError:
        return ()
    steps: list[str] = []
    while isinstance(values, dict):
        ((step, values),) = values.items()
        steps.append(step)
    return tuple(steps)


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """The line of the innermost table that leads to the value; 0 where no header does."""
    prefixes = (path[:length] for length in range(len(path), 0, -1))
    return next((lines[prefix] for prefix in prefixes if prefix in lines), 0)


def _header(line: str) -> tuple[list[str], bool]:
    """The keys of a header, and whether it begins a table of a list; no keys: no header."""
    try:
        table = tomllib.loads(line) if line.lstrip().startswith("[") else {}
    except (RecursionError, ValueError):
        # A line of a list that spans several.
        return [], False
    keys = []
    while table:
        ((key, below),) = table.items()
        keys.append(key)
        if isinstance(below, list):
            return keys, True
        table = below
    return keys, False
