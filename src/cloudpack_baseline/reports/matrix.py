"""The segment matrix as a table of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from types import MappingProxyType

from cloudpack_baseline.checks.network.matrix import Cell, SegmentMatrix
from cloudpack_baseline.reachability import TrafficSet
from cloudpack_baseline.reports.columns import aligned
from cloudpack_baseline.texts import Language, text

__all__ = ["SIGNS", "cell_lines", "matrix_lines", "shortened", "used_kinds"]

SIGNS: Mapping[str, str] = MappingProxyType(
    {
        "excess": "!",
        "doubtful": "?",
        "declared": "=",
        "dead": "x",
        "outgoing": "~",
        "nothing": ".",
        "skipped": "-",
    }
)
"""One sign for each kind of cell; ASCII, so that every terminal agrees on its width."""

_SHOWN = 3
_FIRST = ("tcp", "udp", "icmp", "icmpv6")


def shortened(traffic: TrafficSet, language: Language, shown: int = _SHOWN) -> list[str]:
    """The first pieces of the traffic, and how many more there are."""
    pieces = sorted(str(traffic).split(", "), key=_rank)
    if len(pieces) <= shown:
        return pieces
    more = text("matrix.more", number=len(pieces) - shown).in_language(language)
    return [*pieces[:shown], more]


def _rank(piece: str) -> int:
    """What people look for first; `sorted` keeps the order of equals."""
    protocol = piece.partition("/")[0]
    return _FIRST.index(protocol) if protocol in _FIRST else len(_FIRST)


def cell_lines(cell: Cell | None, language: Language) -> list[str]:
    """A cell's lines: a sign with the traffic for each kind of it; None: not judged."""
    if cell is None:
        return [SIGNS["skipped"]]
    lines = [
        f"{SIGNS[kind]} {', '.join(shortened(traffic, language))}" for kind, traffic in cell.parts
    ]
    return lines or [SIGNS["nothing"]]


def used_kinds(matrix: SegmentMatrix) -> list[str]:
    """The kinds of cell that occur, in the order of `SIGNS`."""
    found = {kind for cell in matrix.cells.values() for kind, _ in cell.parts} | {"skipped"}
    found.update(cell.kind for cell in matrix.cells.values())
    return [kind for kind in SIGNS if kind in found]


def matrix_lines(matrix: SegmentMatrix, language: Language) -> Iterator[str]:
    """The lines of the table, with a heading and a legend."""
    yield text("matrix.title", account=matrix.account).in_language(language)
    yield ""
    rows: list[tuple[str, ...]] = [
        (text("matrix.corner").in_language(language), *matrix.names),
    ]
    for source in matrix.names:
        cells = [cell_lines(matrix.cells.get((source, to)), language) for to in matrix.names]
        rows += zip_longest([source], *cells, fillvalue="")
    yield from aligned(rows)
    yield ""
    for kind in used_kinds(matrix):
        yield f"  {SIGNS[kind]}  {text(f'matrix.{kind}').in_language(language)}"
    if matrix.unplaced:
        yield text("matrix.unplaced", number=matrix.unplaced).in_language(language)
