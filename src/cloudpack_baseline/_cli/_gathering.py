"""What the commands that read an account share."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

from attrs import evolve

from cloudpack_baseline._cli._catalogue import catalogue_of
from cloudpack_baseline._cli._progress import progress_line
from cloudpack_baseline.baseline import Baseline, nearest_baseline
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.progress import GatheringProgress
from cloudpack_baseline.sources import OBSERVED, SourceAccount, parse_source
from cloudpack_baseline.texts import Language
from cloudpack_baseline.whitepaper import Control

__all__ = ["baseline_of", "snapshot_of", "targets_of"]


def baseline_of(arguments: argparse.Namespace) -> Baseline:
    """The baseline of ``--file``, the nearest one in this folder or above, or the default.

    Raises:
        InputError: it cannot be read, or there are two at one level.
    """
    path = Path(arguments.file) if arguments.file else nearest_baseline([Path.cwd()])
    catalogue = catalogue_of(arguments)
    if path is None:
        return Baseline(catalogue=catalogue)
    return Baseline.load(path, catalogue=catalogue)


def targets_of(baseline: Baseline, regions: Iterable[str] | None) -> tuple[SourceAccount, ...]:
    """The declared accounts, else the one of the credentials; regions go before declared ones."""
    chosen = None if regions is None else tuple(regions)
    if not baseline.accounts:
        return (SourceAccount(regions=chosen or baseline.regions),)
    return tuple(
        evolve(
            SourceAccount.of(name, account, baseline.regions),
            regions=chosen or account.regions or baseline.regions,
        )
        for name, account in baseline.accounts.items()
    )


def snapshot_of(
    arguments: argparse.Namespace, baseline: Baseline, controls: Iterable[Control]
) -> Snapshot:
    """What the controls read, of the source that the command line names.

    Raises:
        InputError: no such source or region, or a broken file.
        SourceError: it does not answer.
    """
    first = arguments.region[0] if arguments.region else None
    progress = GatheringProgress()
    source = parse_source(
        arguments.source,
        profile=arguments.profile,
        region=first,
        parameters=arguments.parameters,
        progress=progress,
    )
    language: Language = getattr(arguments, "lang", "en")
    is_observed = source.name in OBSERVED
    with (
        source.open(targets_of(baseline, arguments.region)) as opened,
        progress_line(progress.text, language) if is_observed else nullcontext(),
    ):
        return opened.gather(reads_of(controls))
