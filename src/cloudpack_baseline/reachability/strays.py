"""Addresses whose subnet is not recorded, and where routes of recorded subnets lead to them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import ADDRESS_BITS, IPV4, Family
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.tables import Entry, Table
from cloudpack_baseline.reachability.topology import Topology

__all__ = ["Strays", "onward_from"]


def onward_from(net: Topology, family: Family, table: Table, entry: Entry | None) -> Table | bool:
    """Where a route of the table leads packets to addresses in another VPC.

    Returns:
        The table of the NAT gateway that it leads to, or whether it may lead there at all.
    """
    if entry is None or not entry.active or entry.kind == "local":
        return False
    if entry.rivals:
        return True
    if entry.kind == "nat" and entry.target in net.nats:
        site = net.nat_site(net.nats[entry.target])
        return site.table if isinstance(site, Site) and site.table is not table else True
    return family != IPV4 or entry.kind != "igw"


@frozen(eq=False)
class Strays:
    """Places of one family that are in no recorded subnet, as bits, by their addresses.

    There is one for each stretch of addresses that routes distinguish, so a table is asked by its
    routes, of which there are few.

    Attributes:
        net: the network.
        family: the version of IP.
        addresses: ascending; a place for each.
        below: the bits of the places below each of the addresses, and of all of them.
    """

    net: Topology
    family: Family
    addresses: list[int]
    below: list[int]
    _reached: dict[int, int] = field(factory=dict, init=False, repr=False)
    _local: dict[int, int] = field(factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, net: Topology, family: Family, places: Iterable[tuple[int, int]]) -> Strays:
        """The places, each after its address."""
        ordered = sorted(places)
        below = [0]
        for _, place in ordered:
            below.append(below[-1] | 1 << place)
        return cls(net, family, [address for address, _ in ordered], below)

    def within(self, addresses: Intervals) -> int:
        """The places that have any of the addresses."""
        bits = 0
        for low, high in addresses:
            bits |= self._between(low, high + 1)
        return bits

    def local(self, table: Table) -> int:
        """The places that a table counts to its own VPC."""
        key = id(table)
        if key not in self._local:
            self._local[key] = 0
            for entry, bits in self._stretches(table):
                if entry is not None and entry.active and entry.kind == "local":
                    self._local[key] |= bits
        return self._local[key]

    def reached(self, table: Table) -> int:
        """The places in another VPC that packets may get to from a table's subnet."""
        key = id(table)
        if key not in self._reached:
            self._reached[key] = self._led_to(table, self.below[-1], frozenset())
        return self._reached[key]

    def _led_to(self, table: Table, places: int, passed: frozenset[int]) -> int:
        """Which of the places a table may lead to, after the tables of others."""
        if table.doubt or table.vague:
            return places
        if id(table) in passed:  # where NAT gateways lead to each other, packets get nowhere
            return 0
        passed |= {id(table)}
        return sum(
            self._led_on(table, entry, bits & places, passed)
            for entry, bits in self._stretches(table)
            if bits & places
        )

    def _led_on(
        self, table: Table, entry: Entry | None, places: int, passed: frozenset[int]
    ) -> int:
        """Which of the places that a route of the table covers it may lead on to."""
        onward = onward_from(self.net, self.family, table, entry)
        if isinstance(onward, Table):
            return self._led_to(onward, places, passed)
        return places if onward else 0

    def _stretches(self, table: Table) -> Iterator[tuple[Entry | None, int]]:
        """Each route of a table with the places that it covers."""
        starts = (*table.cuts(self.family), 1 << ADDRESS_BITS[self.family])
        for low, after in pairwise(starts):
            bits = self._between(low, after)
            if bits:
                yield table.find(self.family, low), bits

    def _between(self, low: int, after: int) -> int:
        start, stop = bisect_left(self.addresses, low), bisect_left(self.addresses, after)
        return self.below[stop] ^ self.below[start]
