"""Files that a baseline names: evidence, stored assessments, recorded snapshots."""

from __future__ import annotations

from attrs import field, frozen

__all__ = ["UNREAD", "StoredFile"]


@frozen(kw_only=True)
class StoredFile:
    """A file as it was read.

    Attributes:
        sha256: the SHA-256 digest of its bytes, in hexadecimal; empty: it could not be read.
        data: its bytes, where its content is evaluated.
        problem: why it could not be read; empty: it could.
    """

    sha256: str = ""
    data: bytes = field(default=b"", repr=False)
    problem: str = ""


UNREAD = StoredFile(problem="was not read")
"""Stands for a file that nobody read."""
