"""The endpoints of an interface in runs.

An address that is not known is in as many parts as filters and routes distinguish, each of them an
endpoint. All interfaces of a subnet have the same parts, and a question needs few of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.endpoints import Endpoint
from cloudpack_baseline.reachability.ipset import Family

__all__ = ["EndpointRun", "count_of", "endpoints_in", "without"]


@frozen(eq=False)
class EndpointRun:
    """Endpoints of one interface that differ in their addresses only; mostly a single one.

    Attributes:
        undivided: all addresses of which it is a stretch.
        starts: the first address of each endpoint of `undivided`; the same tuple for all interfaces
            whose address is in the same parts.
        first: the number of its first endpoint.
        stop: the number after that of its last.
    """

    undivided: Endpoint
    starts: tuple[int, ...]
    first: int
    stop: int
    _endpoints: dict[int, Endpoint] = field(factory=dict, repr=False)

    @classmethod
    def of(cls, undivided: Endpoint, starts: tuple[int, ...]) -> EndpointRun:
        """All addresses of the endpoint, divided at the starts."""
        return cls(undivided, starts, 0, len(starts))

    def __len__(self) -> int:
        """The number of its endpoints."""
        return self.stop - self.first

    @property
    def family(self) -> Family:
        """The version of IP."""
        return self.undivided.family

    @property
    def shape(self) -> tuple[int, int, int]:
        """Equal for runs whose endpoints have the same addresses, where they are several."""
        return id(self.starts), self.first, self.stop

    @property
    def origin(self) -> int:
        """Equal for stretches of the same addresses of the same interface."""
        return id(self.undivided)

    def low(self, place: int) -> int:
        """The first address of the endpoint at the place."""
        return self.starts[self.first + place]

    def high(self, place: int) -> int:
        """The last address of the endpoint at the place."""
        after = self.first + place + 1
        return self.starts[after] - 1 if after < len(self.starts) else self.undivided.high

    def count_below(self, bound: int) -> int:
        """How many of the endpoints start below an address."""
        return bisect_left(self.starts, bound, self.first, self.stop) - self.first

    def endpoint(self, place: int) -> Endpoint:
        """The endpoint at the place; the same one each time, and in each stretch."""
        if len(self.starts) == 1:
            return self.undivided
        number = self.first + place
        if number not in self._endpoints:
            self._endpoints[number] = self.undivided.part(self.low(place), self.high(place))
        return self._endpoints[number]

    def stretch(self, low: int, high: int) -> EndpointRun:
        """The endpoints from one place to before another."""
        if (low, high) == (0, len(self)):
            return self
        return EndpointRun(
            self.undivided, self.starts, self.first + low, self.first + high, self._endpoints
        )

    def __iter__(self) -> Iterator[Endpoint]:
        """The endpoints, in ascending order of their addresses."""
        return map(self.endpoint, range(len(self)))


def count_of(runs: Iterable[EndpointRun]) -> int:
    """How many endpoints the runs have."""
    return sum(map(len, runs))


def endpoints_in(runs: Iterable[EndpointRun]) -> Iterator[Endpoint]:
    """The endpoints of the runs, in order."""
    for run in runs:
        yield from run


def without(runs: Iterable[EndpointRun], excluded: Iterable[EndpointRun]) -> list[EndpointRun]:
    """The runs, less the endpoints that are in others."""
    by_origin: dict[int, list[EndpointRun]] = {}
    for run in excluded:
        by_origin.setdefault(run.origin, []).append(run)
    return [remaining for run in runs for remaining in _less(run, by_origin.get(run.origin, ()))]


def _less(run: EndpointRun, excluded: Iterable[EndpointRun]) -> Iterator[EndpointRun]:
    """The stretches of a run that are in none of the others."""
    place = 0
    taken = sorted((known.first - run.first, known.stop - run.first) for known in excluded)
    for low, high in taken:
        yield from _stretch(run, place, min(low, len(run)))
        place = max(place, high)
    yield from _stretch(run, place, len(run))


def _stretch(run: EndpointRun, low: int, high: int) -> Iterator[EndpointRun]:
    """The endpoints from one place to before another, if there are any."""
    if low < high:
        yield run.stretch(low, high)
