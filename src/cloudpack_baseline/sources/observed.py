"""A transport whose calls are counted for a line of progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.progress import GatheringProgress
from cloudpack_baseline.sources.calls import Answer, Transport
from cloudpack_baseline.sources.operations import Operation

__all__ = ["Observed"]


@frozen
class Observed:
    """A transport that reports each call and its pages to `GatheringProgress`."""

    inner: Transport
    progress: GatheringProgress

    def pages(
        self, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> Iterator[Answer]:
        """The pages of the inner transport.

        Raises:
            CallError: as the inner transport.
        """
        with self.progress.calling(operation.id, region) as count:
            for page in self.inner.pages(operation, region, parameters):
                count()
                yield page

    def release(self, client: str, region: str) -> None:
        """As the inner transport."""
        self.inner.release(client, region)

    @property
    def assumptions(self) -> frozenset[str]:
        """Those of the inner transport."""
        return self.inner.assumptions
