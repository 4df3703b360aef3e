"""``cloudpack-baseline report``: reports of recorded snapshots, without pytest."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from cloudpack_baseline._cli._gathering import baseline_of
from cloudpack_baseline._cli._progress import progress_line
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.named_files import with_reference
from cloudpack_baseline.periods import assess_period
from cloudpack_baseline.progress import JudgingProgress
from cloudpack_baseline.reports.comparison import JudgedReport, compare, read_report
from cloudpack_baseline.reports.formats import renderer_of
from cloudpack_baseline.reports.github import announce
from cloudpack_baseline.sources.files import write_file
from cloudpack_baseline.sources.recording import read_snapshot

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Judge the snapshots, the earlier ones of an account as its audit period; write each report.

    Raises:
        InputError: a broken snapshot or baseline, wrong names, or a file that cannot be written.
    """
    renderers = [(Path(output), renderer_of(Path(output))) for output in arguments.output]
    baseline = baseline_of(arguments)
    if arguments.reference:
        baseline = with_reference(baseline, Path(arguments.reference))
    selected = baseline.catalogue.select(arguments.control, arguments.clause)
    snapshots = [read_snapshot(path) for path in arguments.snapshot]
    narrowed = bool(arguments.control or arguments.clause)
    controls = [control.id for control in selected] if narrowed else None
    progress = JudgingProgress()
    with progress_line(progress.text, arguments.lang):
        assessment = assess_period(
            snapshots,
            baseline,
            controls=controls,
            as_of=arguments.as_of,
            starts=arguments.period_start,
            progress=progress,
        )
    values = assessment.to_json()
    if arguments.compare:
        previous = read_report(Path(arguments.compare))
        values = compare(previous, JudgedReport.of(assessment)).added_to(values)
    for path, render in renderers:
        try:
            write_file(path, render(values, arguments.lang))
        except OSError as error:
            message = f"cannot be written: {error.strerror}"
            raise InputError(Problem(message, file=str(path))) from None
        print(f"wrote {path}")
    for annotation in announce(values, arguments.lang, os.environ):
        print(annotation)
