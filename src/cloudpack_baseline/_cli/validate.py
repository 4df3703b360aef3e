"""``cloudpack-baseline validate``: whether baseline files are valid; nothing else is read."""

from __future__ import annotations

import argparse
from pathlib import Path

from cloudpack_baseline._cli._catalogue import catalogue_of
from cloudpack_baseline._cli.colours import always, show
from cloudpack_baseline.baseline import Baseline, find_baseline
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.texts import printable

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each valid file, and every problem of the others as ``FILE:LINE: KEY: ...``.

    Returns:
        The exit code: 2 if there is a problem, as for any other wrong input.

    Raises:
        InputError: no file is named and there is none, or a catalogue cannot be read.
    """
    catalogue = catalogue_of(arguments)
    paths = [Path(name) for name in arguments.baseline] or [_nearest()]
    problems: list[Problem] = []
    for path in paths:
        try:
            baseline = Baseline.load(path, catalogue=catalogue)
        except InputError as error:
            problems += error.problems
        else:
            line = printable(f"{path}: valid: {_summary(baseline)}")
            show([line], arguments, always("green"))
    show(map(str, problems), arguments, always("red"))
    return 2 if problems else 0


def _nearest() -> Path:
    path = find_baseline([Path.cwd()])
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _summary(baseline: Baseline) -> str:
    counts = {
        "account": len(baseline.accounts),
        "segment": len(baseline.segments),
        "flow": len(baseline.flows),
        "bucket": len(baseline.buckets),
        "waiver": len(baseline.waivers),
    }
    return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in counts.items())
