"""Reading the files that a baseline names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cloudpack_baseline.errors import SnapshotError
from cloudpack_baseline.model.stored import StoredFile
from cloudpack_baseline.sources.files import FileFault, read_file
from cloudpack_baseline.sources.recording import read_snapshot

__all__ = ["read_stored", "read_stored_snapshot"]


def read_stored(path: Path, *, content: bool = False) -> StoredFile:
    """The file with its digest, or why it cannot be read.

    Args:
        path: of the file.
        content: whether its bytes are kept.
    """
    try:
        data = read_file(path)
    except FileFault as fault:
        return StoredFile(problem=str(fault))
    return StoredFile(sha256=hashlib.sha256(data).hexdigest(), data=data if content else b"")


def read_stored_snapshot(path: Path) -> StoredFile:
    """The recorded snapshot in the file, or why it cannot be read."""
    try:
        return StoredFile(snapshot=read_snapshot(path))
    except SnapshotError as error:
        return StoredFile(problem=", ".join(problem.message for problem in error.problems))
