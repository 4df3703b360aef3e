"""Reading the files that a baseline names, before anything is judged."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from cloudpack_baseline.attestations import judged_promises
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.model.stored import StoredFile
from cloudpack_baseline.whitepaper import Control

__all__ = ["with_files"]


def with_files(baseline: Baseline, promises: Iterable[Control]) -> Baseline:
    """The baseline with the files that judging needs; nothing else is read.

    Args:
        baseline: names files relative to its own.
        promises: the selected attested promises, whose evidence is read for its digest.
    """
    ids = {promise.id for promise in judged_promises(promises, baseline)}
    evidence = [
        attestation.evidence
        for attestation in baseline.attestations
        if attestation.promise in ids and attestation.is_file
    ]
    files = {name: _read(baseline, name) for name in evidence}
    return evolve(baseline, files={**baseline.files, **files}) if files else baseline


def _read(baseline: Baseline, name: str) -> StoredFile:
    from cloudpack_baseline.sources.stored import read_stored  # noqa: PLC0415 - rare

    return read_stored(baseline.folder / name)
