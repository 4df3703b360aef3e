"""What of a summary is shown where it has to fit one screen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from math import ceil

import pytest
from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reports.columns import width

__all__ = ["SummaryBlock", "SummaryLine", "fitted", "screen_of"]

_OTHERS = 3
"""Rows of the screen that are not ours: pytest's totals, what the shell prompts, and one before."""

_SCREEN = (80, 24)
"""Columns and rows where there is no terminal that says: a log of a pipeline is read by people."""


@frozen
class SummaryLine:
    """A line of the summary.

    Attributes:
        words: its text.
        markup: how it is shown: ``red``, ``bold``, ...
    """

    words: str
    markup: Mapping[str, bool] = field(factory=dict)

    def rows(self, columns: int) -> int:
        """The rows that it takes."""
        return max(1, ceil(width(self.words) / columns))


@frozen(kw_only=True)
class SummaryBlock:
    """Lines of which only the first ones may be shown.

    Attributes:
        lines: in the order of their weight.
        left_out: the line that says that a number of them is not shown; ``None``: the block is
            shown in full.
        least: the rows that it is given before others get more.
    """

    lines: Sequence[SummaryLine]
    left_out: Callable[[int], SummaryLine] | None = None
    least: int = 0

    def rows(self, columns: int) -> int:
        """The rows that all of its lines take."""
        return sum(line.rows(columns) for line in self.lines)

    def cut(self, rows: int, columns: int) -> list[SummaryLine]:
        """The lines that the rows hold, with the number of those that are left out."""
        if self.left_out is None or self.rows(columns) <= rows:
            return list(self.lines)
        visible: list[SummaryLine] = []
        remaining = rows - 1
        for line in self.lines:
            remaining -= line.rows(columns)
            if remaining < 0:
                break
            visible.append(line)
        return [*visible, self.left_out(len(self.lines) - len(visible))]


def screen_of(reporter: pytest.TerminalReporter) -> tuple[int, int]:
    """The columns and rows that the summary may take."""
    columns, rows = shutil.get_terminal_size(_SCREEN) if reporter.isatty else _SCREEN
    return columns, max(rows, _SCREEN[1]) - _OTHERS


def fitted(blocks: Sequence[SummaryBlock], columns: int, rows: int) -> list[SummaryLine]:
    """The lines of the blocks, as many as fit.

    Each block gets its least number of rows; what is then left goes to the first blocks.
    """
    needs = [block.rows(columns) for block in blocks]
    shares = [
        need if block.left_out is None else min(need, block.least)
        for block, need in zip(blocks, needs, strict=True)
    ]
    spare = rows - sum(shares)
    for place, need in enumerate(needs):
        increase = max(0, min(spare, need - shares[place]))
        shares[place] += increase
        spare -= increase
    return [
        line
        for block, share in zip(blocks, shares, strict=True)
        for line in block.cut(share, columns)
    ]
