"""``cloudpack-baseline explain``: how a verdict is reached."""

from __future__ import annotations

import argparse

from cloudpack_baseline._cli._gathering import baseline_of, snapshot_of
from cloudpack_baseline._cli.colours import first_line, show
from cloudpack_baseline.texts import printable
from cloudpack_baseline.whitepaper import select

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print the explanation.

    Raises:
        InputError: wrong names, a broken baseline, nothing of that name.
        SourceError: the source does not answer.
    """
    baseline = baseline_of(arguments)
    if arguments.subject == "s3":
        from cloudpack_baseline.reports.explain_s3 import explain_bucket  # noqa: PLC0415 - questions about flows need no policies

        snapshot = snapshot_of(arguments, baseline, select(["s3-exposure"]))
        lines = explain_bucket(snapshot, baseline, arguments.bucket, arguments.lang)
    else:
        from cloudpack_baseline.reports.explain_flow import FlowQuestion, explain_flow  # noqa: PLC0415 - questions about buckets need no network

        snapshot = snapshot_of(arguments, baseline, select(["segmentation"]))
        question = FlowQuestion(arguments.source_end, arguments.target_end, arguments.service)
        lines = explain_flow(snapshot, baseline, question, arguments.lang)
    printed = (printable(row) for line in lines for row in line.split("\n"))
    show(printed, arguments, first_line())
