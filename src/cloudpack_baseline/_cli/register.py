"""``cloudpack-baseline register``: all resources of recorded snapshots, with their owners."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from cloudpack_baseline._cli._gathering import baseline_of
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.reports.register import OwnerSource, register_csv, register_of
from cloudpack_baseline.sources.files import write_file
from cloudpack_baseline.sources.gathering import merge
from cloudpack_baseline.sources.recording import read_snapshot

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> None:
    """Write the register.

    Raises:
        InputError: a broken snapshot or baseline, two snapshots of an account, or a file that
            cannot be written.
    """
    baseline = baseline_of(arguments)
    try:
        snapshot = merge(read_snapshot(path) for path in arguments.snapshot)
    except ValueError as error:
        raise InputError(f"the snapshots cannot be registered together: {error}") from None
    rows = register_of(snapshot, baseline)
    path = Path(arguments.output)
    try:
        write_file(path, register_csv(rows, arguments.lang))
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise InputError(Problem(message, file=str(path))) from None
    sources = Counter(row.owner_source for row in rows)
    unlisted = sources.pop(OwnerSource.NOT_LISTED, 0)
    print(
        f"wrote {path}: {sources.total()} resources, {sources[OwnerSource.NONE]} without an owner, "
        f"{sources[OwnerSource.NOT_READ]} whose tags were not read"
    )
    if unlisted:
        print(f"{unlisted} kinds could not be listed in full; the last column says why")
