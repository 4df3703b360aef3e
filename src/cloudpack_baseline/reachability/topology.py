"""The records of a network, indexed for evaluation."""

from __future__ import annotations

import functools
import operator
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar, cast

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import ec2, ec2_gateways, elbv2, globalaccelerator
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.reachability.attachments import attached_vpcs, transit_associations
from cloudpack_baseline.reachability.cuts import Cuts
from cloudpack_baseline.reachability.endpoints import (
    Endpoint,
    is_attached,
)
from cloudpack_baseline.reachability.filters import Group, PrefixLists, compile_group
from cloudpack_baseline.reachability.forwarding import Accelerators, Forwarding, Forwardings
from cloudpack_baseline.reachability.interface_ends import InterfaceEnds
from cloudpack_baseline.reachability.ipset import (
    FAMILIES,
    INTERNET,
    IPV4,
    Family,
    IpSet,
)
from cloudpack_baseline.reachability.joins import Joins
from cloudpack_baseline.reachability.nat_gateways import regional_site
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.sites import (
    Gap,
    Site,
    Steering,
    acl_index,
    cidr_blocks_of,
    no_gap,
    site_of,
    vpc_span,
)
from cloudpack_baseline.reachability.tables import Table, compile_table, compile_transit_table

__all__ = ["Topology"]

R = TypeVar("R", bound=Record)
T = TypeVar("T")


_LEADING_OUT = frozenset(("eigw", "igw", "local", "nat", "vgw"))
"""Kinds of routes of which no further route table decides, but that of a NAT gateway."""


@frozen(eq=False)
class Topology:
    """All that questions need, by ID. Build it with `of`.

    Attachments of transit gateways are by gateway and id: a peering attachment has one
    ID on both of its gateways.
    """

    vpcs: Mapping[str, ec2.Vpc]
    subnets: Mapping[str, ec2.Subnet]
    interfaces: Mapping[str, ec2.NetworkInterface]
    instances: Mapping[str, ec2.Instance]
    sites: Mapping[str, Site]
    groups: Mapping[str, Group]
    nats: Mapping[str, ec2_gateways.NatGateway]
    peerings: Mapping[str, ec2_gateways.VpcPeeringConnection]
    transits: Mapping[str, ec2_gateways.TransitGateway]
    attachments: Mapping[tuple[str, str], ec2_gateways.TransitGatewayAttachment]
    transit_tables: Mapping[str, Table]
    associations: Mapping[tuple[str, str], str | StopReason | None]
    endpoints: Mapping[str, ec2_gateways.VpcEndpoint]
    gateway_tables: Mapping[str, Table]
    blocks: Mapping[tuple[str, str], ec2_gateways.VpcBlockPublicAccessOptions]
    attached: Mapping[str, frozenset[str]]
    forwardings: Forwardings
    gap: Gap
    _derived: dict[Hashable, Any] = field(factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, records: Iterable[Record], gap: Gap = no_gap) -> Topology:
        """The topology of the records; kinds of records that it does not use are ignored.

        Args:
            records: records of any accounts and Regions.
            gap: why there may be more records of a kind.
        """
        by_kind: dict[type[Record], list[Any]] = {}
        for record in records:
            by_kind.setdefault(type(record), []).append(record)

        def index(kind: type[R], name: str) -> dict[str, R]:
            return {getattr(record, name): record for record in by_kind.get(kind, ())}

        vpcs = index(ec2.Vpc, "vpc_id")
        lists = PrefixLists.of(
            by_kind.get(ec2.ManagedPrefixList, ()), gap(ec2.ManagedPrefixList, None)
        )
        subnets = index(ec2.Subnet, "subnet_id")
        tables = by_kind.get(ec2.RouteTable, [])
        compiled = {
            table.route_table_id: compile_table(table, cidr_blocks_of(vpcs, table.vpc_id), lists)
            for table in tables
        }
        steering = Steering.of(tables, compiled)
        acls = by_kind.get(ec2.NetworkAcl, [])
        acl_of = acl_index(acls)
        transit_tables = by_kind.get(ec2_gateways.TransitGatewayRouteTable, [])
        attachments = {
            (record.transit_gateway_id, record.transit_gateway_attachment_id): record
            for record in by_kind.get(ec2_gateways.TransitGatewayAttachment, ())
        }
        return cls(
            vpcs=vpcs,
            subnets=subnets,
            interfaces=index(ec2.NetworkInterface, "network_interface_id"),
            instances=index(ec2.Instance, "instance_id"),
            sites={
                name: site_of(subnet, steering, acl_of, gap, vpc_span(vpcs, subnet.vpc_id))
                for name, subnet in subnets.items()
            },
            groups={
                group.group_id: compile_group(group, lists)
                for group in by_kind.get(ec2.SecurityGroup, ())
            },
            nats=index(ec2_gateways.NatGateway, "nat_gateway_id"),
            peerings=index(ec2_gateways.VpcPeeringConnection, "vpc_peering_connection_id"),
            transits=index(ec2_gateways.TransitGateway, "transit_gateway_id"),
            attachments=attachments,
            transit_tables={
                table.transit_gateway_route_table_id: compile_transit_table(table)
                for table in transit_tables
            },
            associations=transit_associations(attachments, transit_tables),
            endpoints=index(ec2_gateways.VpcEndpoint, "vpc_endpoint_id"),
            gateway_tables=steering.gateways,
            blocks={
                (record.account, record.region): record
                for record in by_kind.get(ec2_gateways.VpcBlockPublicAccessOptions, ())
            },
            attached=attached_vpcs(by_kind),
            forwardings=Forwardings.of(
                filter(is_attached, by_kind.get(ec2.NetworkInterface, ())),
                by_kind.get(elbv2.LoadBalancer, ()),
                by_kind.get(elbv2.TargetGroup, ()),
                (gap(elbv2.LoadBalancer, None), gap(elbv2.TargetGroup, None)),
                _accelerators(by_kind, gap),
            ),
            gap=gap,
        )

    @functools.cached_property
    def joins(self) -> Joins:
        """Which VPCs are joined."""
        return Joins(self.vpcs, self.peerings, self.attachments)

    @functools.cached_property
    def cuts(self) -> Cuts:
        """Where addresses begin to be treated differently."""
        return Cuts(
            self.interfaces,
            self.sites,
            self.groups,
            self.transit_tables,
            self.gateway_tables,
            self.joins,
        )

    @functools.cached_property
    def ends(self) -> InterfaceEnds:
        """Where connections start and end."""
        return InterfaceEnds(self.interfaces, self.sites, self.groups, self.cuts, self.gap)

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made of the topology for the key: once, because questions have much in common."""
        if key not in self._derived:
            self._derived[key] = make()
        return cast("T", self._derived[key])

    def not_recorded(self, target: str, kind: type[Record]) -> StopReason:
        """That the target of a route is not in the records, and why it may be missing."""
        return StopReason.of("target-not-recorded", target, self.gap(kind, None))

    def subnet_not_recorded(self, subject: str) -> StopReason:
        """That a subnet is not in the records, and why it may be missing."""
        return StopReason.of("subnet-not-recorded", subject, self.gap(ec2.Subnet, None))

    def nat_site(self, nat: ec2_gateways.NatGateway) -> Site | StopReason:
        """Where a NAT gateway is: its subnet, or the VPC of a regional one."""
        if nat.availability_mode != "regional":
            site = self.sites.get(nat.subnet_id or "")
            return site or self.subnet_not_recorded(nat.subnet_id or nat.nat_gateway_id)
        name = nat.nat_gateway_id
        table = self.gateway_tables.get(name)
        return self.derived(
            ("regional", name),
            lambda: regional_site(nat, table, self.vpcs, self.attached, self.gap),
        )

    def forwarded_to(self, endpoint: Endpoint) -> tuple[Forwarding, ...]:
        """What load balancers and accelerators hand on to it under the client's address."""
        interface = self.interfaces.get(endpoint.interface_id)
        return () if interface is None else self.forwardings.to(interface)

    def resolver(self, vpc_id: str) -> tuple[tuple[Family, int], ...]:
        """The address of the VPC's resolver, two above the first block, if that was read."""
        first = IpSet.parse(cidr_blocks_of(self.vpcs, vpc_id)[:1]).v4
        return tuple((IPV4, low + 2) for low, _ in first)

    def has_metadata(self, endpoint: Endpoint) -> bool:
        """Whether it is of an instance whose metadata service is not turned off."""
        interface = self.interfaces.get(endpoint.interface_id)
        if interface is None or interface.instance_id is None:
            return False
        instance = self.instances.get(interface.instance_id)
        options = instance and instance.metadata_options
        is_off = isinstance(options, ec2.MetadataOptions) and options.http_endpoint == "disabled"
        return not is_off

    def appliance_ends(self, target: str) -> tuple[Endpoint, ...]:
        """The endpoints that an interface or instance may send from when it forwards."""
        if target in self.interfaces:
            return self.ends.of(target)
        interfaces = self._by_instance.get(target, ())
        return tuple(end for interface in interfaces for end in self.ends.of(interface))

    def forwards(self, target: str) -> bool:
        """Whether an appliance may forward: False if it checks source and destination."""
        ids = (target,) if target in self.interfaces else self._by_instance.get(target, ())
        return not ids or any(map(self._is_unchecked, ids))

    def _is_unchecked(self, interface_id: str) -> bool:
        interface = self.interfaces[interface_id]
        instance = self.instances.get(interface.instance_id or "")
        # Emulators keep the attribute of the instance apart from that of its interface.
        is_off = instance is not None and instance.source_dest_check is False
        return is_off or interface.source_dest_check is not True

    @functools.cached_property
    def _by_instance(self) -> dict[str, list[str]]:
        interfaces: dict[str, list[str]] = {}
        for name, interface in self.interfaces.items():
            if interface.instance_id:
                interfaces.setdefault(interface.instance_id, []).append(name)
        return interfaces

    def attaches(self, gateway_id: str, vpc_id: str) -> bool:
        """Whether the gateway is attached to the VPC, according to its record."""
        return vpc_id in self.attached.get(gateway_id, (vpc_id,))

    @functools.cached_property
    def internet(self) -> IpSet:
        """The addresses of hosts on the internet: those in no recorded VPC."""
        return INTERNET - self.all_blocks

    @functools.cached_property
    def all_blocks(self) -> IpSet:
        """The blocks of every recorded VPC, and of subnets, where the VPC's are not read."""
        blocks = (
            *map(self.joins.blocks, self.vpcs),
            *(site.blocks for site in self.sites.values()),
        )
        return functools.reduce(operator.or_, blocks, IpSet())

    def site_at(self, vpc_id: str, family: Family, address: int) -> Site | None:
        """The subnet of the VPC that contains the address."""
        starts, sites = self._site_index.get((vpc_id, family), ((), ()))
        place = bisect_right(starts, address) - 1
        if place < 0:
            return None
        site = sites[place]
        return site if address in site.blocks.family(family) else None

    @functools.cached_property
    def _site_index(self) -> dict[tuple[str, Family], tuple[tuple[int, ...], tuple[Site, ...]]]:
        pairs_by_vpc: dict[tuple[str, Family], list[tuple[int, Site]]] = {}
        for site in self.sites.values():
            for family in FAMILIES:
                for low, _ in site.blocks.family(family):
                    pairs_by_vpc.setdefault((site.vpc_id, family), []).append((low, site))
        return {
            key: (
                tuple(low for low, _ in sorted(pairs, key=_first)),
                tuple(site for _, site in sorted(pairs, key=_first)),
            )
            for key, pairs in pairs_by_vpc.items()
        }

    def site_of_target(self, target: str) -> Site | None:
        """The subnet of an appliance: an interface, instance or endpoint; None if unknown."""
        if target in self.interfaces:
            return self.sites.get(self.interfaces[target].subnet_id)
        if target in self.endpoints and len(self.endpoints[target].subnet_ids) == 1:
            return self.sites.get(self.endpoints[target].subnet_ids[0])
        mine = {self.interfaces[name].subnet_id for name in self._by_instance.get(target, ())}
        return self.sites.get(mine.pop()) if len(mine) == 1 else None

    def tables_from(self, site: Site) -> tuple[Table, ...]:
        """The tables that packets from and to the subnet meet, as far as they leave the VPC.

        Empty, if there may be others: those of appliances, peered VPCs and transit gateways.
        """
        key = "tables", site.vpc_id, id(site.table)
        return self.derived(key, lambda: self._tables_from(site))

    def _tables_from(self, site: Site) -> tuple[Table, ...]:
        if self.gateway_tables or self.joins.is_joined(site.vpc_id):
            return ()
        tables = {id(site.table): site.table}
        pending = [site.table]
        while pending:
            for entry in pending.pop().routes():
                if entry.kind == "nat" and entry.target in self.nats:
                    behind = self.nat_site(self.nats[entry.target])
                    if isinstance(behind, Site) and id(behind.table) not in tables:
                        tables[id(behind.table)] = behind.table
                        pending.append(behind.table)
                elif entry.kind not in _LEADING_OUT:
                    return ()
        return tuple(tables.values())


def _first(pair: tuple[int, Site]) -> int:
    return pair[0]


def _accelerators(by_kind: Mapping[type[Record], list[Any]], gap: Gap) -> Accelerators:
    kinds = (
        globalaccelerator.Accelerator,
        globalaccelerator.CustomRoutingAccelerator,
        globalaccelerator.CrossAccountAttachment,
    )
    gaps = (gap(kind, None) for kind in kinds)
    unread = next((unread for unread in gaps if unread is not None), None)
    standard, custom, attachments = (tuple(by_kind.get(kind, ())) for kind in kinds)
    return Accelerators(standard, custom, attachments, unread)
