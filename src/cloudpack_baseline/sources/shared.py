"""An operation that two kinds need is requested once, and its answer is the same for both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from threading import Lock
from typing import Any

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.calls import Answer, CallError, Transport
from cloudpack_baseline.sources.operations import OPERATIONS, Operation

__all__ = ["Shared", "needed_twice"]


def needed_twice(needs: Iterable[Collection[str]]) -> frozenset[str]:
    """The operations without subject that more than one of the gatherers calls."""
    uses = Counter(key for keys in needs for key in keys)
    return frozenset(
        key for key, count in uses.items() if count > 1 and not OPERATIONS[key].subject
    )


@frozen
class _Held:
    lock: Lock = field(factory=Lock, eq=False)
    pages: list[Answer] = field(factory=list)
    ended: list[CallError | None] = field(factory=list)


class Shared:
    """A transport that keeps the answers of some operations."""

    def __init__(self, inner: Transport, keys: Collection[str]) -> None:
        """Prepare.

        Args:
            inner: what answers.
            keys: IDs of the operations whose answers are kept.
        """
        self._inner = inner
        self._keys = frozenset(keys)
        self._lock = Lock()
        self._held: dict[tuple[str, str, str], _Held] = {}

    def pages(
        self, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> Iterator[Answer]:
        """The pages of the answer, requested once for each Region and parameters.

        Raises:
            CallError: as the inner transport, each time.
        """
        if operation.id not in self._keys:
            yield from self._inner.pages(operation, region, parameters)
            return
        with self._lock:
            key = (operation.id, region, repr(sorted(parameters.items())))
            listing = self._held.setdefault(key, _Held())
        with listing.lock:
            if not listing.ended:
                listing.ended.append(self._read(listing, operation, region, parameters))
        yield from listing.pages
        (error,) = listing.ended
        if error is not None:
            raise CallError(error.code, error.detail, error.unknown)

    def _read(
        self, listing: _Held, operation: Operation, region: str, parameters: Mapping[str, Any]
    ) -> CallError | None:
        try:
            listing.pages.extend(self._inner.pages(operation, region, parameters))
        except CallError as error:
            return error
        return None

    def release(self, client: str, region: str) -> None:
        """Pass it on."""
        self._inner.release(client, region)

    @property
    def assumptions(self) -> frozenset[str]:
        """Those of the inner transport."""
        return self._inner.assumptions
