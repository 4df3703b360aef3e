"""``cloudpack-baseline record``: what the checks read, as a snapshot."""

from __future__ import annotations

import argparse

from cloudpack_baseline._cli._gathering import baseline_of, snapshot_of
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.sources.script import record_script

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Write the snapshot, or print the script that writes a folder.

    Raises:
        InputError: wrong names, a broken baseline, or a file that cannot be written.
        SourceError: the source does not answer.
    """
    if arguments.script == bool(arguments.output):
        raise InputError("record needs either FILE, the snapshot to write, or --script")
    baseline = baseline_of(arguments)
    selected = baseline.catalogue.select(arguments.control, arguments.clause)
    if arguments.script:
        print(
            record_script(reads_of(selected), regions=arguments.region or baseline.regions), end=""
        )
        return
    snapshot = snapshot_of(arguments, baseline, selected)
    write_snapshot(snapshot, arguments.output)
    print(f"wrote {arguments.output}: {len(snapshot.records)} records, {snapshot.digest}")
