"""The ends of interfaces, and which of them filters and routes treat alike."""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import ec2
from cloudpack_baseline.reachability.cuts import Cuts
from cloudpack_baseline.reachability.endpoint_runs import EndpointRun, count_of, endpoints_in
from cloudpack_baseline.reachability.endpoints import (
    Endpoint,
    endpoints_of,
    is_attached,
    is_host,
)
from cloudpack_baseline.reachability.filters import Group
from cloudpack_baseline.reachability.ipset import IPV4, Family
from cloudpack_baseline.reachability.nat64 import embedded, in_family, is_embedded
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.sites import Gap, Site

__all__ = ["Cell", "InterfaceEnds"]


Cell: TypeAlias = tuple[int | str, Family, int, int | None]
"""The location, version of IP and stretch of addresses, of IPv4 too where only NAT64 leads."""


@frozen(eq=False)
class InterfaceEnds:
    """Where connections start and end: the addresses of recorded interfaces.

    Attributes:
        interfaces: by ID.
        sites: subnets by ID.
        groups: security groups by ID.
        cuts: where addresses begin to be treated differently.
        gap: why there may be more records of a kind.
    """

    interfaces: Mapping[str, ec2.NetworkInterface]
    sites: Mapping[str, Site]
    groups: Mapping[str, Group]
    cuts: Cuts
    gap: Gap
    _runs: dict[str, tuple[EndpointRun, ...]] = field(factory=dict, init=False, repr=False)
    _by_interface: dict[str, tuple[Endpoint, ...]] = field(factory=dict, init=False, repr=False)
    _distinct: dict[str, tuple[Endpoint, ...]] = field(factory=dict, init=False, repr=False)
    _starts: dict[tuple[Family, int, int], tuple[tuple[int, ...], ...]] = field(
        factory=dict, init=False, repr=False
    )
    _embedded_starts: dict[int, tuple[int, ...]] = field(factory=dict, init=False, repr=False)

    @functools.cached_property
    def runs(self) -> tuple[EndpointRun, ...]:
        """Every address of every interface that can be an end of a connection."""
        return tuple(run for interface in self.interfaces for run in self.runs_of(interface))

    @functools.cached_property
    def number(self) -> int:
        """How many endpoints there are."""
        return count_of(self.runs)

    def of(self, interface_id: str) -> tuple[Endpoint, ...]:
        """The endpoints of an interface; none where it forwards, or is not recorded."""
        ends = self._by_interface.get(interface_id)
        if ends is None:
            ends = self._by_interface[interface_id] = (*endpoints_in(self.runs_of(interface_id)),)
        return ends

    def runs_of(self, interface_id: str) -> tuple[EndpointRun, ...]:
        """The endpoints of an interface in runs; none where it forwards, or is not recorded."""
        runs = self._runs.get(interface_id)
        if runs is None:
            interface = self.interfaces.get(interface_id)
            runs = ()
            if interface is not None and is_host(interface) and is_attached(interface):
                site = self.sites.get(interface.subnet_id)
                runs = tuple(
                    run
                    for endpoint in endpoints_of(interface, site, self.gap(ec2.Subnet, interface))
                    for run in self._divided(endpoint)
                )
                if self.has_nat64:
                    runs += tuple(self._embedded(run) for run in runs if run.family == IPV4)
            self._runs[interface_id] = runs
        return runs

    @functools.cached_property
    def has_nat64(self) -> bool:
        """Whether something may translate what some interface sends by IPv6 to IPv4."""
        subnet_ids = {
            interface.subnet_id
            for interface in self.interfaces.values()
            if interface.ipv6_addresses != () or interface.ipv6_prefixes != ()
        }
        sites = [self.sites.get(subnet_id) for subnet_id in subnet_ids]
        return any(site is None or site.table.may_lead_to_nat64 for site in sites)

    def distinct_of(self, interface_id: str) -> tuple[Endpoint, ...]:
        """The endpoints of an interface that the outside may distinguish."""
        if interface_id not in self._distinct:
            self._distinct[interface_id] = (*self.distinct(self.runs_of(interface_id)),)
        return self._distinct[interface_id]

    def distinct(self, runs: Iterable[EndpointRun]) -> Iterable[Endpoint]:
        """The endpoints, less the further parts of addresses in subnets that are not recorded.

        An address that is not known is in parts, which the outside does not distinguish there.
        """
        first: dict[object, Endpoint] = {}
        for run in runs:
            undivided = run.undivided
            if undivided.sure or self.locates(undivided.site):
                first.update((id(endpoint), endpoint) for endpoint in run)
            else:
                kind = undivided.family, undivided.is_embedded, undivided.leaves_by_gateway
                likeness = undivided.interface_id, *kind
                first.setdefault(likeness, run.endpoint(0))
        return first.values()

    def _divided(self, endpoint: Endpoint) -> Iterable[EndpointRun]:
        """A block in parts that every filter treats alike."""
        if endpoint.low == endpoint.high:
            return (EndpointRun.of(endpoint, (endpoint.low,)),)
        key = endpoint.family, endpoint.low, endpoint.high
        if key not in self._starts:
            self._starts[key] = tuple(self._starts_of(*key))
        runs: list[EndpointRun] = []
        high = endpoint.high
        for starts in reversed(self._starts[key]):
            runs.append(EndpointRun.of(endpoint.part(starts[0], high), starts))
            high = starts[0] - 1
        return reversed(runs)

    def _starts_of(self, family: Family, low: int, high: int) -> Iterable[tuple[int, ...]]:
        """Where the parts of a block start; apart, those that only NAT64 leads to."""
        cuts = (*self.cuts.cells[family], *self.cuts.rules[family])
        starts = sorted({low, *(edge for edge in cuts if low < edge <= high)})
        for _, alike in itertools.groupby(starts, functools.partial(is_embedded, family)):
            yield tuple(alike)

    def _embedded(self, run: EndpointRun) -> EndpointRun:
        """The run that IPv6 senders reach through NAT64; of one of IPv4."""
        if len(run) == 1:
            return EndpointRun.of(run.undivided.embedded, (embedded(run.undivided.low),))
        key = id(run.starts)
        if key not in self._embedded_starts:
            self._embedded_starts[key] = tuple(map(embedded, run.starts))
        return EndpointRun.of(run.undivided.embedded, self._embedded_starts[key])

    def is_vague(self, runs: Iterable[EndpointRun]) -> bool:
        """Whether an address, a group, or the table or ACL of the subnet of any is unknown."""
        sites: dict[int, Site] = {}
        names: set[str] = set()
        for end in (run.undivided for run in runs):
            if isinstance(end.groups, StopReason) or not end.sure:
                return True
            sites[id(end.site)] = end.site
            names.update(end.groups)
        return any(map(_has_doubt, sites.values())) or any(map(self._is_vague_group, names))

    def _is_vague_group(self, name: str) -> bool:
        group = self.groups.get(name)
        return group is None or any(
            not isinstance(rules, tuple) or any(rule.vague for rule in rules)
            for rules in (group.inbound, group.outbound)
        )

    def cell(self, endpoint: Endpoint) -> Cell:
        """Equal for addresses that every route and ACL treats alike.

        They are in one subnet, or in subnets of one VPC of which none is recorded.
        """
        return self._cell(self.location(endpoint.site), endpoint.family, endpoint.low)

    def cells(self, run: EndpointRun) -> list[Cell]:
        """The cell of each endpoint of a run."""
        location = self.location(run.undivided.site)
        return [self._cell(location, run.family, run.low(place)) for place in range(len(run))]

    def _cell(self, location: int | str, family: Family, low: int) -> Cell:
        place = bisect_right(self.cuts.cells[family], low)
        # Behind NAT64, what matters is the address of IPv4.
        behind = (
            bisect_right(self.cuts.cells[IPV4], in_family(low, IPV4))
            if is_embedded(family, low)
            else None
        )
        return location, family, place, behind

    def location(self, site: Site) -> int | str:
        """Equal for subnets whose addresses share cells."""
        return id(site) if self.locates(site) else site.vpc_id

    def locates(self, site: Site) -> bool:
        """Whether anything is known about the subnet, or it is that of a regional NAT gateway."""
        return not site.table.doubt or site.subnet_id in self.sites or bool(site.blocks)


def _has_doubt(site: Site) -> bool:
    return bool(site.acl.doubt or site.table.doubt or site.table.vague)
