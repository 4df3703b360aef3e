"""The line of a file that an origin names, with a caret below it, as a compiler shows it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.files import FileFault, read_file

__all__ = ["excerpt"]

_WIDEST = 70


def excerpt(origin: Origin) -> tuple[str, ...]:
    """The line and a caret; nothing if the origin has no column, or the file is gone."""
    if not (origin.file and origin.line and origin.column):
        return ()
    lines = _lines(origin.file)
    if origin.line > len(lines):
        return ()
    line = lines[origin.line - 1]
    number = str(origin.line)
    start = origin.column - 1
    cut = max(0, min(start - 10, len(line) - _WIDEST)) if len(line) > _WIDEST else 0
    # A JSON template may be one line of any length: only what is shown is converted.
    visible = ("..." if cut else "") + line[cut : cut + _WIDEST].replace("\t", " ").rstrip()
    offset = start - cut + (3 if cut else 0)
    return (
        f"{number} | {visible}",
        f"{' ' * len(number)} | {' ' * offset}^",
    )


@cache
def _lines(file: str) -> tuple[str, ...]:
    try:
        content = read_file(Path(file))
    except FileFault:
        return ()
    return tuple(content.decode("utf-8-sig", "replace").splitlines())
