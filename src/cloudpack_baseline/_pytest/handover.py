"""How the controller passes the snapshot to xdist workers: a file whose path is known early."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cloudpack_baseline.model.codec import to_bytes

if TYPE_CHECKING:
    import pytest

    from cloudpack_baseline.model.snapshot import Snapshot

__all__ = ["Handover"]

_KEY = "cloudpack_snapshot"


class Handover:
    """Either end of it.

    Attributes:
        received: the path that this worker was given; ``None``: this is no worker.
    """

    def __init__(self, config: pytest.Config) -> None:
        path = getattr(config, "workerinput", {}).get(_KEY)
        self.received = None if path is None else Path(path)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def promise(self) -> dict[str, str]:
        """What a worker is given at its start, before there is a snapshot."""
        return {_KEY: str(self._path())}

    def give(self, snapshot: Snapshot) -> None:
        """Write the snapshot where the workers look for it."""
        self._path().write_bytes(to_bytes(snapshot.to_json()))

    def take(self) -> Snapshot | None:
        """Read what the controller gave; ``None``: nothing."""
        from cloudpack_baseline.model.snapshot import Snapshot  # noqa: PLC0415 - workers only

        if self.received is None or not self.received.is_file():
            return None
        return Snapshot.from_json(json.loads(self.received.read_bytes()))

    def close(self) -> None:
        """Remove the file; workers only read it."""
        if self._folder is not None:
            self._folder.cleanup()

    def _path(self) -> Path:
        # Below a folder that only its owner can read: a snapshot describes an account.
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="cloudpack-baseline-")
        return Path(self._folder.name) / "snapshot.json"
