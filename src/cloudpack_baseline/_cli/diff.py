"""``cloudpack-baseline diff``: what changed between two snapshots."""

from __future__ import annotations

import argparse
import json

from cloudpack_baseline._cli._gathering import baseline_of
from cloudpack_baseline._cli.colours import marks, show
from cloudpack_baseline.reports.changes_text import change_lines
from cloudpack_baseline.reports.snapshot_changes import changes_between
from cloudpack_baseline.sources.recording import read_snapshot

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Print what changed.

    Raises:
        InputError: a broken snapshot or baseline, wrong names, or snapshots of other accounts.
    """
    baseline = baseline_of(arguments)
    selected = baseline.catalogue.select(arguments.control, arguments.clause)
    old, new = read_snapshot(arguments.old), read_snapshot(arguments.new)
    changes = changes_between(old, new, baseline, selected)
    if arguments.json:
        print(json.dumps(changes.to_json(), indent=2))
    else:
        show(change_lines(changes, arguments.lang), arguments, marks)
