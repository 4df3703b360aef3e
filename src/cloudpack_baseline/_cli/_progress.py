"""The line of progress of a command, on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from cloudpack_baseline.progress import ProgressLine
from cloudpack_baseline.reports.columns import cut
from cloudpack_baseline.texts import Language, Text

__all__ = ["progress_line"]

_ERASE = "\r\x1b[K"
"""To the first column, and erase the line (ECMA-48, EL): no colour."""

_COLUMNS = 80
"""Of a terminal that does not know its size."""


def progress_line(
    words: Callable[[], Text], language: Language = "en"
) -> AbstractContextManager[object]:
    """Show the words while the block runs, if standard error is a terminal; else nothing."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return nullcontext()
    return ProgressLine(words, _show, language)


def _show(line: str) -> None:
    columns = os.get_terminal_size(sys.stderr.fileno()).columns or _COLUMNS
    sys.stderr.write(_ERASE + cut(line, columns - 1))
    sys.stderr.flush()
