"""The ends of interfaces, and which of them filters and routes treat alike."""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import ec2
from cloudpack_baseline.reachability.cuts import Cuts
from cloudpack_baseline.reachability.endpoints import (
    Endpoint,
    endpoints_of,
    is_attached,
    is_host,
)
from cloudpack_baseline.reachability.filters import Group
from cloudpack_baseline.reachability.ipset import IPV4, Family
from cloudpack_baseline.reachability.nat64 import in_family
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.sites import Gap, Site

__all__ = ["InterfaceEnds"]


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
    _by_interface: dict[str, tuple[Endpoint, ...]] = field(factory=dict, init=False, repr=False)
    _distinct: dict[str, tuple[Endpoint, ...]] = field(factory=dict, init=False, repr=False)

    @functools.cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every address of every interface that can be an end of a connection."""
        return tuple(end for interface in self.interfaces for end in self.of(interface))

    def of(self, interface_id: str) -> tuple[Endpoint, ...]:
        """The endpoints of an interface; none where it forwards, or is not recorded."""
        ends = self._by_interface.get(interface_id)
        if ends is None:
            interface = self.interfaces.get(interface_id)
            ends = ()
            if interface is not None and is_host(interface) and is_attached(interface):
                site = self.sites.get(interface.subnet_id)
                ends = tuple(
                    piece
                    for endpoint in endpoints_of(interface, site, self.gap(ec2.Subnet, interface))
                    for piece in self._pieces(endpoint)
                )
                if self.has_nat64:
                    ends += tuple(end.embedded for end in ends if end.family == IPV4)
            self._by_interface[interface_id] = ends
        return ends

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
            self._distinct[interface_id] = tuple(self.distinct(self.of(interface_id)))
        return self._distinct[interface_id]

    def distinct(self, endpoints: Iterable[Endpoint]) -> Iterable[Endpoint]:
        """The endpoints, less the further parts of addresses in subnets that are not recorded.

        An address that is not known is in parts, which the outside does not distinguish there.
        """
        first: dict[object, Endpoint] = {}
        for endpoint in endpoints:
            if endpoint.sure or self.locates(endpoint.site):
                first[id(endpoint)] = endpoint
            else:
                kind = endpoint.family, endpoint.is_embedded, endpoint.leaves_by_gateway
                likeness = endpoint.interface_id, *kind
                first.setdefault(likeness, endpoint)
        return first.values()

    def _pieces(self, endpoint: Endpoint) -> Iterable[Endpoint]:
        """A delegated block in parts that every filter treats alike."""
        if endpoint.low == endpoint.high:
            return (endpoint,)
        cuts = {endpoint.low, endpoint.high + 1}
        cuts.update(
            edge
            for edge in (*self.cuts.cells[endpoint.family], *self.cuts.rules[endpoint.family])
            if endpoint.low < edge <= endpoint.high
        )
        ordered = sorted(cuts)
        return tuple(endpoint.part(low, after - 1) for low, after in itertools.pairwise(ordered))

    def is_vague(self, endpoints: Iterable[Endpoint]) -> bool:
        """Whether an address, a group, or the table or ACL of the subnet of any is unknown."""
        sites: dict[int, Site] = {}
        names: set[str] = set()
        for end in endpoints:
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

    def cell(self, endpoint: Endpoint) -> tuple[int | str, Family, int, int | None]:
        """Equal for addresses that every route and ACL treats alike.

        They are in one subnet, or in subnets of one VPC of which none is recorded.
        """
        site, family = endpoint.site, endpoint.family
        place = bisect_right(self.cuts.cells[family], endpoint.low)
        # Behind NAT64, what matters is the address of IPv4.
        behind = (
            bisect_right(self.cuts.cells[IPV4], in_family(endpoint.low, IPV4))
            if endpoint.is_embedded
            else None
        )
        location = id(site) if self.locates(site) else site.vpc_id
        return location, family, place, behind

    def locates(self, site: Site) -> bool:
        """Whether anything is known about the subnet, or it is that of a regional NAT gateway."""
        return not site.table.doubt or site.subnet_id in self.sites or bool(site.blocks)


def _has_doubt(site: Site) -> bool:
    return bool(site.acl.doubt or site.table.doubt or site.table.vague)
