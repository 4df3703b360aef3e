"""The segment matrix as a picture: SVG without scripts, style sheets or fonts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

from cloudpack_baseline.checks.network.matrix import Cell, SegmentMatrix
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reports.columns import width
from cloudpack_baseline.reports.matrix import SIGNS, shortened, used_kinds
from cloudpack_baseline.texts import Language, printable, text

__all__ = ["cell_description", "matrix_svg"]

_COLOURS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "excess": ("#fbdcd8", "#a31515"),
        "doubtful": ("#fff0c2", "#7a5200"),
        "declared": ("#dff1e1", "#1b5e20"),
        "dead": ("#dfe6f5", "#27468a"),
        "undecided": ("#fdf3d3", "#6b5300"),
        "outgoing": ("#ece9f3", "#51457a"),
        "nothing": ("#ffffff", "#5f6873"),
        "skipped": ("#f3f3f3", "#5f6873"),
    }
)
"""Ground and ink of each kind of cell; the ink has a contrast of 4.5 at least."""

_SIZE = 13
_CHAR = 7.4
_LINE = 18
_PAD = 10
_HEAD = 64
_FONT = "'Noto Sans', 'Hiragino Sans', 'Noto Sans CJK JP', 'Yu Gothic', Meiryo, sans-serif"
_INKS: Mapping[str, str] = MappingProxyType({"ink": "#1f2328", "faint": "#57606a"})
"""What is in no cell: names, and what explains them."""


@frozen
class _Line:
    kind: str
    words: str


@frozen
class _Grid:
    """The layout: edges of columns and rows, and the lines of each cell."""

    matrix: SegmentMatrix
    language: Language
    lines: Mapping[tuple[str, str], tuple[_Line, ...]]
    lefts: tuple[float, ...]
    tops: tuple[float, ...]

    @classmethod
    def of(cls, matrix: SegmentMatrix, language: Language, top: float) -> _Grid:
        names = matrix.names
        lines = {
            (source, target): _cell_lines(matrix.cells.get((source, target)), language)
            for source in names
            for target in names
        }
        lefts = [float(_PAD), _PAD + max(map(_wide, names)) + 2 * _PAD + 22]
        for target in names:
            words = [
                target,
                *(f"....{line.words}" for source in names for line in lines[source, target]),
            ]
            lefts.append(lefts[-1] + max(*map(_wide, words), 44) + 2 * _PAD)
        tops = [top + _HEAD]
        for source in names:
            height = max(len(lines[source, target]) for target in names)
            tops.append(tops[-1] + height * _LINE + 2 * _PAD)
        return cls(matrix, language, lines, tuple(lefts), tuple(tops))


def matrix_svg(matrices: Iterable[SegmentMatrix], language: Language) -> str:
    """The matrices under each other, as one picture.

    Each cell has a sign in addition to its colour. The title of a cell, which browsers show under
    the pointer, contains shortened text in full.
    """
    elements: list[str] = []
    top, wide = float(_PAD), 0.0
    matrices = tuple(matrices)
    for matrix in matrices:
        grid = _Grid.of(matrix, language, top)
        elements += _drawn(grid, top)
        notes = list(_notes(matrix, language))
        wide = max(wide, grid.lefts[-1], _wide(_title(matrix, language)) + 24, *map(_wide, notes))
        top = grid.tops[-1] + 3 * _PAD + _LINE * (len(notes) + 1)
        elements += _legend(grid, notes)
    width, height = f"{wide + 2 * _PAD:.0f}", f"{top:.0f}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" xml:lang="{language}"'
        f" aria-label={quoteattr('; '.join(_title(matrix, language) for matrix in matrices))}"
        f' font-family="{_FONT}" font-size="{_SIZE}">'
    )
    ground = f'<rect class="ground" width="{width}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, ground, *elements, "</svg>", ""])


def _title(matrix: SegmentMatrix, language: Language) -> str:
    return text("matrix.title", account=matrix.account).in_language(language)


def _wide(words: str) -> float:
    return width(words) * _CHAR


def _cell_lines(cell: Cell | None, language: Language) -> tuple[_Line, ...]:
    if cell is None:
        return (_Line("skipped", ""),)
    lines = [
        _Line(kind if number == 0 else "", words)
        for kind, traffic in cell.parts
        for number, words in enumerate(shortened(traffic, language))
    ]
    return tuple(lines) or (_Line("nothing", ""),)


def _drawn(grid: _Grid, top: float) -> Iterator[str]:
    names, language = grid.matrix.names, grid.language
    yield _text(_PAD, top + 16, _title(grid.matrix, language), style="bold")
    axis = grid.tops[0] - 25
    yield _text(
        grid.lefts[1] + _PAD,
        axis,
        text("matrix.to").in_language(language) + " →",
        kind="faint",
        style="small",
    )
    yield _text(
        _PAD,
        grid.tops[0] - 8,
        text("matrix.from").in_language(language) + " ↓",
        kind="faint",
        style="small",
    )
    for place, name in enumerate(names):
        yield _text(grid.lefts[place + 1] + _PAD, grid.tops[0] - 8, name, style="bold")
        middle = (grid.tops[place] + grid.tops[place + 1]) / 2 + 5
        yield _text(_PAD, middle, name, style="bold")
    for row, source in enumerate(names):
        for column, target in enumerate(names):
            yield from _box(grid, (row, column), (source, target))


def _box(grid: _Grid, place: tuple[int, int], pair: tuple[str, str]) -> Iterator[str]:
    row, column = place
    x, top = grid.lefts[column + 1], grid.tops[row]
    wide, high = grid.lefts[column + 2] - x, grid.tops[row + 1] - top
    cell = grid.matrix.cells.get(pair)
    ground, ink = _COLOURS[background := "skipped" if cell is None else cell.kind]
    yield f"<g><title>{escape(cell_description(cell, pair, grid.language))}</title>"
    yield (
        f'<rect x="{x + 1:.1f}" y="{top + 1:.1f}" width="{wide - 2:.1f}"'
        f' height="{high - 2:.1f}" rx="4" fill="{ground}" stroke="{ink}" stroke-opacity="0.35"'
        f' class="{background}"/>'
    )
    kind = "nothing"
    for number, line in enumerate(grid.lines[pair]):
        base = top + _PAD + number * _LINE + 13
        kind = line.kind or kind
        if line.kind:
            yield _text(x + _PAD, base, SIGNS[line.kind], kind=kind, style="bold")
        if line.words:
            yield _text(x + _PAD + 16, base, line.words, kind=kind)
    yield "</g>"


def cell_description(cell: Cell | None, pair: tuple[str, str], language: Language) -> str:
    """All of the cell, for the pointer and for screen readers."""
    lines = [text("matrix.flow", source=pair[0], target=pair[1])]
    if cell is None or not cell.parts:
        lines.append(text("matrix.skipped" if cell is None else "matrix.nothing"))
    else:
        lines += [
            text("matrix.part", kind=text(f"matrix.{kind}"), traffic=traffic.text)
            for kind, traffic in cell.parts
        ]
    return "\n".join(line.in_language(language) for line in lines)


def _notes(matrix: SegmentMatrix, language: Language) -> Iterator[str]:
    for kind in used_kinds(matrix):
        yield f"{SIGNS[kind]}{text(f'matrix.{kind}').in_language(language)}"
    if matrix.unplaced:
        yield " " + text("matrix.unplaced", number=matrix.unplaced).in_language(language)


def _legend(grid: _Grid, notes: Iterable[str]) -> Iterator[str]:
    kinds = used_kinds(grid.matrix)
    for number, note in enumerate(notes):
        base = grid.tops[-1] + 2 * _PAD + number * _LINE + 8
        if number < len(kinds):
            ground, ink = _COLOURS[kinds[number]]
            yield (
                f'<rect x="{_PAD}" y="{base - 12:.1f}" width="18" height="15" rx="3"'
                f' fill="{ground}" stroke="{ink}" stroke-opacity="0.35" class="{kinds[number]}"/>'
            )
            yield _text(_PAD + 5, base, note[0], kind=kinds[number], style="bold")
        yield _text(_PAD + 26, base, note[1:])


def _text(x: float, base: float, words: str, *, kind: str = "ink", style: str = "") -> str:
    """Words, in the ink of a kind of cell, or in one of `_INKS`."""
    ink = _INKS.get(kind) or _COLOURS[kind][1]
    return (
        f'<text x="{x:.1f}" y="{base:.1f}" fill="{ink}" class="{kind}"{_STYLES[style]}>'
        f"{escape(printable(words))}</text>"
    )


_STYLES = {"": "", "bold": ' font-weight="bold"', "small": ' font-size="11"'}
