"""Reading the files that a baseline names, before anything is judged."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from attrs import evolve

from cloudpack_baseline.attestations import judged_promises
from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.baseline.options.vulnerabilities import SecurityDriftOptions
from cloudpack_baseline.model.stored import StoredFile
from cloudpack_baseline.scope import in_scope
from cloudpack_baseline.whitepaper import Control

__all__ = ["with_files", "with_reference"]


def with_files(
    baseline: Baseline, controls: Iterable[Control], promises: Iterable[Control]
) -> Baseline:
    """The baseline with the files that judging needs; nothing else is read.

    Args:
        baseline: names files relative to its own.
        controls: the selected controls; the properties ``files`` and ``snapshots`` of their options
            name what their checks read.
        promises: the selected attested promises, whose evidence is read for its digest.
    """
    options = [baseline.controls.get(control.id) for control in in_scope(controls, baseline)]
    contents = [name for option in options for name in getattr(option, "files", ())]
    ids = {promise.id for promise in judged_promises(promises, baseline)}
    evidence = [
        attestation.evidence
        for attestation in baseline.attestations
        if attestation.promise in ids and attestation.is_file
    ]
    # Of evidence only the digest counts, which a report that is repeated already has.
    files = {name: _read(baseline, name) for name in evidence if name not in baseline.files}
    files |= {name: _read(baseline, name, content=True) for name in contents}
    snapshots = [name for option in options for name in getattr(option, "snapshots", ())]
    files |= {
        name: _read_snapshot(baseline, name) for name in snapshots if name not in baseline.files
    }
    return evolve(baseline, files={**baseline.files, **files}) if files else baseline


def with_reference(baseline: Baseline, path: Path) -> Baseline:
    """The baseline whose security settings are compared with another recorded snapshot.

    Args:
        baseline: may name a reference itself.
        path: of the snapshot, in place of that reference.

    Raises:
        SnapshotError: it cannot be read.
    """
    from cloudpack_baseline.sources.recording import read_snapshot  # noqa: PLC0415 - most runs do without it

    name = str(path.absolute())
    options = evolve(baseline.options(SecurityDriftOptions), reference=name, digest=None)
    return evolve(
        baseline,
        controls={**baseline.controls, "security-drift": options},
        files={**baseline.files, name: StoredFile(snapshot=read_snapshot(path))},
    )


def _read(baseline: Baseline, name: str, *, content: bool = False) -> StoredFile:
    from cloudpack_baseline.sources.stored import read_stored  # noqa: PLC0415 - most runs do without it

    return read_stored(baseline.folder / name, content=content)


def _read_snapshot(baseline: Baseline, name: str) -> StoredFile:
    from cloudpack_baseline.sources.stored import read_stored_snapshot  # noqa: PLC0415 - most runs do without it

    return read_stored_snapshot(baseline.folder / name)
