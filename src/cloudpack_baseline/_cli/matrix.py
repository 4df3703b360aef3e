"""``cloudpack-baseline matrix``: which segments reach which, on what, declared or not."""

from __future__ import annotations

import argparse
from pathlib import Path
from shutil import get_terminal_size

from cloudpack_baseline._cli._gathering import baseline_of, snapshot_of
from cloudpack_baseline._cli.colours import matrix_cells, show
from cloudpack_baseline.checks.network.matrix import segment_matrix
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.reports.matrix import matrix_lines
from cloudpack_baseline.reports.matrix_svg import matrix_svg
from cloudpack_baseline.texts import printable
from cloudpack_baseline.whitepaper import select

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the matrix of each account, and draw them where a file is named.

    Raises:
        InputError: a baseline that is broken or declares no segments, or a file that
            cannot be written.
        SourceError: the source does not answer.
    """
    baseline = baseline_of(arguments)
    if not baseline.segments:
        raise InputError("the matrix needs [[segments]] in the baseline")
    snapshot = snapshot_of(arguments, baseline, select(["segmentation"]))
    matrices = [
        segment_matrix(view_of(snapshot, baseline, "segmentation", account))
        for account in snapshot.accounts
    ]
    for number, matrix in enumerate(matrices):
        if number:
            print()
        lines = matrix_lines(matrix, arguments.lang, get_terminal_size().columns)
        show(map(printable, lines), arguments, matrix_cells)
    if arguments.svg:
        try:
            Path(arguments.svg).write_text(matrix_svg(matrices, arguments.lang), encoding="utf-8")
        except OSError as error:
            raise InputError(f"{arguments.svg} cannot be written: {error.strerror}") from error
