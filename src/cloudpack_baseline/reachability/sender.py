"""The endpoints that one end of a flow sends from."""

from __future__ import annotations

import functools

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.endpoint_runs import EndpointRun, count_of
from cloudpack_baseline.reachability.interface_ends import InterfaceEnds
from cloudpack_baseline.reachability.ipset import Family

__all__ = ["Sender"]


@frozen(eq=False)
class Sender:
    """The endpoints of an end that sends, and what questions to many destinations need of them.

    Attributes:
        ends: the ends of the network.
        located: the endpoints of its interfaces, or with its addresses.
        holders: those with its public addresses.
    """

    ends: InterfaceEnds
    located: tuple[EndpointRun, ...]
    holders: tuple[EndpointRun, ...]

    @functools.cached_property
    def runs(self) -> tuple[EndpointRun, ...]:
        """All of them; the very same tuple each time."""
        return (*self.located, *self.holders) if self.holders else self.located

    @functools.cached_property
    def number(self) -> int:
        """How many endpoints there are."""
        return count_of(self.runs)

    @functools.cached_property
    def families(self) -> frozenset[Family]:
        """The versions of IP that they have addresses of."""
        return frozenset(run.family for run in self.runs)

    @functools.cached_property
    def is_vague(self) -> bool:
        """Whether an address, a group, or the table or ACL of the subnet of any is unknown."""
        return self.ends.is_vague(self.runs)
