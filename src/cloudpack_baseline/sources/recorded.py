"""The source ``snapshot:FILE``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cloudpack_baseline.errors import WrongAccountError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.sources.recording import read_snapshot
from cloudpack_baseline.sources.targets import SourceAccount

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cloudpack_baseline.model.read import Read

__all__ = ["RecordedAccounts", "SnapshotSource"]


@frozen
class RecordedAccounts:
    """A recorded snapshot, read and checked against the declared accounts."""

    snapshot: Snapshot

    def gather(self, _selection: Iterable[Read], *, executor: Executor | None = None) -> Snapshot:  # noqa: ARG002 - of the protocol
        """The snapshot; kinds that it lacks are reported as not gathered."""
        return self.snapshot


@frozen
class SnapshotSource:
    """A file that ``record`` wrote."""

    path: str
    name: str = "snapshot"

    @contextmanager
    def open(self, targets: Iterable[SourceAccount] = ()) -> Iterator[RecordedAccounts]:
        """The snapshot of the file.

        Raises:
            SnapshotError: it cannot be read.
            WrongAccountError: it contains nothing of a declared account.
        """
        snapshot = read_snapshot(self.path)
        accounts = {account.id for account in snapshot.accounts}
        if missing := sorted({target.id for target in targets if target.id} - accounts):
            raise WrongAccountError(
                f"{self.path} contains account {', '.join(sorted(accounts))}, "
                f"not the declared {', '.join(missing)}"
            )
        yield RecordedAccounts(snapshot)
