"""What is between boto3 and AWS: nothing, or a mock with gaps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.read import Read
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.sources.calls import Transport

if TYPE_CHECKING:
    from cloudpack_baseline.sources.identity import CallerIdentity

__all__ = ["Direct", "Via"]


class Via(Protocol):
    """What is between boto3 and AWS: nothing, or a mock with gaps."""

    @property
    def source(self) -> str:
        """For `Snapshot.source`."""

    @property
    def attempts(self) -> int | None:
        """How often a call is sent at most; ``None``: as configured."""

    @property
    def operations(self) -> frozenset[str]:
        """The operations that filling the gaps calls in addition."""

    def over(self, transport: Transport, caller: CallerIdentity) -> Transport:
        """The transport with the gaps filled."""

    def reads(self, selection: Iterable[Read]) -> tuple[Read, ...]:
        """What is read for the selected kinds."""

    def completed(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with what AWS would have created by itself."""


@frozen
class Direct:
    """AWS itself answers."""

    source: str = "aws"
    attempts: int | None = None
    operations: frozenset[str] = frozenset()

    def over(self, transport: Transport, _caller: CallerIdentity) -> Transport:
        """The transport itself."""
        return transport

    def reads(self, selection: Iterable[Read]) -> tuple[Read, ...]:
        """What is selected."""
        return tuple(selection)

    def completed(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot itself."""
        return snapshot
