"""Files that a baseline names: evidence, stored assessments, recorded snapshots."""

from __future__ import annotations

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.snapshot import Snapshot

__all__ = ["UNREAD", "StoredFile"]


@frozen(kw_only=True)
class StoredFile:
    """A file as it was read.

    Attributes:
        sha256: the SHA-256 digest of its bytes, in hexadecimal; empty: it could not be read.
        data: its bytes, where its content is evaluated.
        snapshot: what it contains, where it is a recorded snapshot.
        problem: why it could not be read; empty: it could.
    """

    sha256: str = ""
    data: bytes = field(default=b"", repr=False)
    snapshot: Snapshot | None = field(default=None, repr=False)
    problem: str = ""


UNREAD = StoredFile(problem="was not read")
"""Stands for a file that nobody read."""
