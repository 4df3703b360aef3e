"""The segment matrix as a table of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType

from cloudpack_baseline.checks.network.matrix import Cell, SegmentMatrix
from cloudpack_baseline.reachability import TrafficSet
from cloudpack_baseline.reports.columns import aligned, width
from cloudpack_baseline.texts import Language, text

__all__ = ["SIGNS", "cell_lines", "matrix_lines", "shortened", "used_kinds"]

SIGNS: Mapping[str, str] = MappingProxyType(
    {
        "excess": "!",
        "doubtful": "?",
        "undecided": "*",
        "declared": "=",
        "dead": "x",
        "outgoing": "~",
        "nothing": ".",
        "skipped": "-",
    }
)
"""One sign for each kind of cell; ASCII, so that every terminal agrees on its width."""

_PIECES = 3
"""The maximum number of pieces of traffic in a cell."""
_WIDTH = 80
_FIRST = ("tcp", "udp", "icmp", "icmpv6")


def shortened(traffic: TrafficSet, language: Language, limit: int = _PIECES) -> list[str]:
    """The first pieces of the traffic, and how many more there are.

    Traffic that is all, or all but a few pieces, is said so.
    """
    if traffic.is_all:
        return [text("reachability.all").in_language(language)]
    pieces = sorted(traffic.excluded or traffic.pieces, key=_rank)
    first, hidden = pieces[:limit], len(pieces) - limit
    if traffic.excluded:
        first = [text("reachability.all-but", traffic=", ".join(first)).in_language(language)]
    if hidden > 0:
        first.append(text("matrix.more", number=hidden).in_language(language))
    return first


def _rank(piece: str) -> int:
    """What people look for first; `sorted` keeps the order of equals."""
    protocol = piece.partition("/")[0]
    return _FIRST.index(protocol) if protocol in _FIRST else len(_FIRST)


def cell_lines(cell: Cell | None, language: Language, *, stacked: bool = False) -> list[str]:
    """A cell's lines: a sign with the traffic for each kind of it.

    Args:
        cell: ``None``: not judged.
        language: of the lines.
        stacked: each piece of the traffic on a line of its own, which is narrower.
    """
    if cell is None:
        return [SIGNS["skipped"]]
    lines = []
    for kind, traffic in cell.parts:
        pieces = shortened(traffic, language)
        if stacked:
            lines += [f"{SIGNS[kind]} {pieces[0]}", *(f"  {piece}" for piece in pieces[1:])]
        else:
            lines.append(f"{SIGNS[kind]} {', '.join(pieces)}")
    return lines or [SIGNS["nothing"]]


def used_kinds(matrix: SegmentMatrix) -> list[str]:
    """The kinds of cell that occur, in the order of `SIGNS`."""
    kinds = {"skipped", *(cell.kind for cell in matrix.cells.values())}
    kinds.update(kind for cell in matrix.cells.values() for kind, _ in cell.parts)
    return [kind for kind in SIGNS if kind in kinds]


def matrix_lines(matrix: SegmentMatrix, language: Language, columns: int = _WIDTH) -> Iterator[str]:
    """The lines of the table, with a heading and a legend.

    Where the terminal is too narrow, each piece of traffic has a line of its own, and
    destinations that do not fit beside the others follow in a further table.

    Args:
        matrix: of one account.
        language: of the lines.
        columns: of the terminal.
    """
    yield text("matrix.title", account=matrix.account).in_language(language)
    for lines in _tables(matrix, language, columns):
        yield ""
        yield from lines
    yield ""
    for kind in used_kinds(matrix):
        yield f"  {SIGNS[kind]}  {text(f'matrix.{kind}').in_language(language)}"
    if matrix.unplaced:
        yield text("matrix.unplaced", number=matrix.unplaced).in_language(language)


def _tables(matrix: SegmentMatrix, language: Language, columns: int) -> Iterator[list[str]]:
    unstacked = _table(matrix, matrix.names, language, stacked=False)
    if _widest(unstacked) <= columns:
        yield unstacked
        return
    targets: list[str] = []
    table: list[str] = []
    for target in matrix.names:
        wider = _table(matrix, [*targets, target], language, stacked=True)
        if targets and _widest(wider) > columns:
            yield table
            targets, wider = [], _table(matrix, [target], language, stacked=True)
        targets.append(target)
        table = wider
    yield table


def _widest(lines: Iterable[str]) -> int:
    return max(map(width, lines))


def _table(
    matrix: SegmentMatrix, targets: Sequence[str], language: Language, *, stacked: bool
) -> list[str]:
    rows: list[tuple[str, ...]] = [(text("matrix.corner").in_language(language), *targets)]
    for source in matrix.names:
        cells = [
            cell_lines(matrix.cells.get((source, target)), language, stacked=stacked)
            for target in targets
        ]
        rows += zip_longest([source], *cells, fillvalue="")
    return aligned(rows)
