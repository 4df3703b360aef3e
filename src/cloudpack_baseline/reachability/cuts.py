"""Where filters and routes begin to treat addresses differently."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import ec2
from cloudpack_baseline.reachability.endpoints import own_addresses
from cloudpack_baseline.reachability.filters import Group
from cloudpack_baseline.reachability.ipset import FAMILIES, IPV4, IPV6, Family
from cloudpack_baseline.reachability.joins import Joins
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.sites import Site
from cloudpack_baseline.reachability.tables import Table

__all__ = ["Cuts"]


@frozen(eq=False)
class Cuts:
    """The first addresses of stretches that are treated alike, as numbers in ascending order.

    Attributes:
        interfaces: by ID.
        sites: subnets by ID.
        groups: security groups by ID.
        transit_tables: route tables of transit gateways by ID.
        gateway_tables: route tables of gateways by the ID of the gateway.
        joins: which VPCs are joined.
    """

    interfaces: Mapping[str, ec2.NetworkInterface]
    sites: Mapping[str, Site]
    groups: Mapping[str, Group]
    transit_tables: Mapping[str, Table]
    gateway_tables: Mapping[str, Table]
    joins: Joins

    @functools.cached_property
    def routes(self) -> dict[Family, tuple[int, ...]]:
        """Where any route of any table changes."""
        tables = [
            *(site.table for site in self.sites.values()),
            *self.transit_tables.values(),
            *self.gateway_tables.values(),
        ]
        cuts: dict[Family, set[int]] = {IPV4: set(), IPV6: set()}
        for table in {id(table): table for table in tables}.values():
            for family, starts in cuts.items():
                starts.update(table.cuts(family))
        return {family: tuple(sorted(starts)) for family, starts in cuts.items()}

    def routes_of(self, family: Family, vpc_id: str) -> tuple[int, ...]:
        """Where any route changes that a packet from or to the VPC may take."""
        if self.joins.is_joined(vpc_id):
            return self.routes[family]
        tables = [
            *(site.table for site in self.sites.values() if site.vpc_id == vpc_id),
            *self.gateway_tables.values(),
        ]
        return tuple(sorted({cut for table in tables for cut in table.cuts(family)}))

    @functools.cached_property
    def rules(self) -> dict[Family, frozenset[int]]:
        """Where the addresses of any rule of any security group begin or have ended."""
        rules = [
            rule
            for group in self.groups.values()
            for side in (group.inbound, group.outbound)
            if not isinstance(side, StopReason)
            for rule in side
        ]
        return {
            family: frozenset(
                edge
                for rule in rules
                for low, high in rule.peers.family(family)
                for edge in (low, high + 1)
            )
            for family in FAMILIES
        }

    @functools.cached_property
    def cells(self) -> dict[Family, tuple[int, ...]]:
        """Where any route or network ACL changes, a subnet begins or ends, or a target lies."""
        cuts_by_family: dict[Family, tuple[int, ...]] = {}
        for family, routes in self.routes.items():
            cuts = set(routes)
            for acl in {id(site.acl): site.acl for site in self.sites.values()}.values():
                cuts.update(acl.cuts(family, egress=True), acl.cuts(family, egress=False))
            # Where subnets are not recorded, an address may lie in one that is, or in none.
            for site in self.sites.values():
                for low, high in site.blocks.family(family):
                    cuts.update((low, high + 1))
            # A route to an interface leads to its own addresses directly.
            for family_of_address, low, high in self._addresses_of_targets:
                if family_of_address == family:
                    cuts.update((low, high + 1))
            cuts_by_family[family] = tuple(sorted(cuts))
        return cuts_by_family

    @functools.cached_property
    def _addresses_of_targets(self) -> tuple[tuple[Family, int, int], ...]:
        """The addresses of the interfaces that any route leads to."""
        tables = [*(site.table for site in self.sites.values()), *self.gateway_tables.values()]
        targets = {
            target
            for table in {id(table): table for table in tables}.values()
            for target in table.interface_targets
        }
        interfaces = [self.interfaces[name] for name in targets if name in self.interfaces]
        return tuple(itertools.chain(*map(own_addresses, interfaces)))
