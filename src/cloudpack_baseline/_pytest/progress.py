"""The line of progress of a run, where pytest writes to a terminal."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import pytest

from cloudpack_baseline.progress import ProgressLine
from cloudpack_baseline.reports.columns import cut, width
from cloudpack_baseline.texts import Language, Text

__all__ = ["progress_line"]


def progress_line(
    config: pytest.Config, words: Callable[[], Text], language: Language
) -> AbstractContextManager[object]:
    """Show the words while the block runs; nothing where pytest writes to no terminal, or with -q.

    pytest writes nothing in the meantime: it waits for the block. Workers of pytest-xdist have no
    terminal.
    """
    reporter: pytest.TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not reporter.isatty or os.environ.get("TERM") == "dumb":
        return nullcontext()
    if config.option.verbose < 0 or _logs_live(config):
        return nullcontext()
    return ProgressLine(words, partial(_show, reporter), language)


def _logs_live(config: pytest.Config) -> bool:
    """Whether pytest prints log messages as they come, which would stand in the line."""
    if not config.pluginmanager.has_plugin("logging"):
        return False
    return config.getoption("log_cli_level") is not None or bool(config.getini("log_cli"))


def _show(reporter: pytest.TerminalReporter, line: str) -> None:
    columns = _columns(reporter)
    visible = cut(line, columns)
    # Spaces in place of an escape sequence, as pytest itself does; the cursor ends where it began.
    reporter.rewrite(visible + " " * (columns - width(visible)))
    if not line:
        reporter.rewrite("")
    reporter.flush()


def _columns(reporter: pytest.TerminalReporter) -> int:
    """The columns of the terminal that a line may take: the last one would begin a new line."""
    return int(reporter.config.get_terminal_writer().fullwidth) - 1
