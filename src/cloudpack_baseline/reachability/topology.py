"""The records of a network, indexed for evaluation."""

from __future__ import annotations

import functools
import itertools
import operator
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model import ec2, ec2_gateways, elbv2, globalaccelerator
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability.endpoints import (
    Endpoint,
    endpoints_of,
    is_attached,
    is_host,
    own_addresses,
)
from cloudpack_baseline.reachability.filters import Acl, Group, PrefixLists, compile_group
from cloudpack_baseline.reachability.forwarding import Accelerators, Forwarding, Forwardings
from cloudpack_baseline.reachability.ipset import (
    FAMILIES,
    INTERNET,
    IPV4,
    IPV6,
    Family,
    IpSet,
    parse_address,
)
from cloudpack_baseline.reachability.nat64 import in_family
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
    _ends: dict[str, tuple[Endpoint, ...]] = field(factory=dict, init=False, repr=False)
    _near: dict[str, IpSet] = field(factory=dict, init=False, repr=False)
    _regional_nats: dict[str, Site] = field(factory=dict, init=False, repr=False)
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
            associations=_associations(attachments, transit_tables),
            endpoints=index(ec2_gateways.VpcEndpoint, "vpc_endpoint_id"),
            gateway_tables=steering.gateways,
            blocks={
                (record.account, record.region): record
                for record in by_kind.get(ec2_gateways.VpcBlockPublicAccessOptions, ())
            },
            attached=_attached(by_kind),
            forwardings=Forwardings.of(
                filter(is_attached, by_kind.get(ec2.NetworkInterface, ())),
                by_kind.get(elbv2.LoadBalancer, ()),
                by_kind.get(elbv2.TargetGroup, ()),
                (gap(elbv2.LoadBalancer, None), gap(elbv2.TargetGroup, None)),
                _accelerators(by_kind, gap),
            ),
            gap=gap,
        )

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made of the topology for the key: once, because questions have much in common."""
        if key not in self._derived:
            self._derived[key] = make()
        made: T = self._derived[key]
        return made

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
        if nat.nat_gateway_id not in self._regional_nats:
            self._regional_nats[nat.nat_gateway_id] = self._regional_site(nat)
        return self._regional_nats[nat.nat_gateway_id]

    def _regional_site(self, nat: ec2_gateways.NatGateway) -> Site:
        """It has a route table of its own, which at first leads to the internet gateway."""
        table = self.gateway_tables.get(nat.nat_gateway_id)
        if table is None and nat.vpc_id not in self.vpcs:
            reason = StopReason.of("vpc-not-recorded", nat.vpc_id, self.gap(ec2.Vpc, None))
            table = Table(nat.nat_gateway_id, doubt=reason)
        if table is None:
            gateways = sorted(name for name, vpcs in self.attached.items() if nat.vpc_id in vpcs)
            routes = [
                ec2.Route(destination_cidr_block="0.0.0.0/0", gateway_id=name)
                for name in gateways
                if name.startswith("igw-")
            ]
            unread = None if routes else self.gap(ec2_gateways.InternetGateway, nat)
            record = ec2.RouteTable(
                arn="",
                account=nat.account,
                region=nat.region,
                route_table_id=nat.nat_gateway_id,
                vpc_id=nat.vpc_id,
                routes=tuple(routes) if unread is None else unread,
            )
            table = compile_table(record, cidr_blocks_of(self.vpcs, nat.vpc_id), PrefixLists({}))
        acl = Acl(nat.nat_gateway_id)
        return Site(nat.nat_gateway_id, nat.vpc_id, "", IpSet(), table, acl, is_filtered=False)

    def forwarded_to(self, endpoint: Endpoint) -> tuple[Forwarding, ...]:
        """What load balancers and accelerators hand on to it under the client's address."""
        interface = self.interfaces.get(endpoint.interface_id)
        return () if interface is None else self.forwardings.to(interface)

    def resolvers(self, vpc_id: str) -> tuple[tuple[Family, int], ...]:
        """The addresses of the VPC's resolver: two above the first block, and link-local ones."""
        first = IpSet.parse(cidr_blocks_of(self.vpcs, vpc_id)[:1]).v4
        plus_two: list[tuple[Family, int]] = [(IPV4, low + 2) for low, _ in first]
        return (*plus_two, parse_address("169.254.169.253"), parse_address("fd00:ec2::253"))

    @staticmethod
    def nat_addresses(nat: ec2_gateways.NatGateway) -> tuple[int | StopReason, ...]:
        """The private addresses that it sends from; a reason if they are unknown."""
        private = [address.private_ip for address in nat.addresses if address.private_ip]
        if not private:
            return (StopReason.of("addresses-unknown", nat.nat_gateway_id),)
        return tuple(parse_address(address)[1] for address in private)

    def appliance_ends(self, target: str) -> tuple[Endpoint, ...]:
        """The endpoints that an interface or instance may send from when it forwards."""
        if target in self.interfaces:
            return self.ends_of(target)
        interfaces = self._by_instance.get(target, ())
        return tuple(end for interface in interfaces for end in self.ends_of(interface))

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

    def vpc_blocks(self, vpc_id: str) -> IpSet:
        """The blocks of a recorded VPC; those that could not be read are left out."""
        return IpSet.parse(cidr_blocks_of(self.vpcs, vpc_id))

    def near_blocks(self, vpc_id: str) -> IpSet:
        """The blocks of the VPC and of those that peering or a transit gateway joins with it.

        What lies elsewhere may have the same addresses: to this VPC they are not that VPC's.
        """
        blocks = self._near.get(vpc_id)
        if blocks is None:
            blocks = self._near[vpc_id] = functools.reduce(
                operator.or_, map(self.vpc_blocks, self._joined(vpc_id)), IpSet()
            )
        return blocks

    def _joined(self, vpc_id: str) -> set[str]:
        hubs = self._hubs(vpc_id)
        sides = (
            {record.requester.vpc_id, record.accepter.vpc_id} for record in self.peerings.values()
        )
        return {vpc_id}.union(
            *(side for side in sides if vpc_id in side),
            (
                record.resource_id
                for record in self.attachments.values()
                if record.transit_gateway_id in hubs
            ),
        )

    def _hubs(self, vpc_id: str) -> set[str]:
        """The transit gateways that the VPC is attached to, and those peered with them."""
        hubs = {
            record.transit_gateway_id
            for record in self.attachments.values()
            if record.resource_id == vpc_id
        }
        peered = [
            {record.transit_gateway_id, record.resource_id}
            for record in self.attachments.values()
            if record.resource_type == "peering"
        ]
        while new_hubs := set().union(*(pair for pair in peered if pair & hubs)) - hubs:
            hubs |= new_hubs
        return hubs

    @functools.cached_property
    def internet(self) -> IpSet:
        """The addresses of hosts on the internet: those in no recorded VPC."""
        return INTERNET - self.all_blocks

    @functools.cached_property
    def all_blocks(self) -> IpSet:
        """The blocks of every recorded VPC, and of subnets, where the VPC's are not read."""
        blocks = (*map(self.vpc_blocks, self.vpcs), *(site.blocks for site in self.sites.values()))
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

    @functools.cached_property
    def ends(self) -> tuple[Endpoint, ...]:
        """Every address of every interface that can be an end of a connection."""
        return tuple(end for interface in self.interfaces for end in self.ends_of(interface))

    def ends_of(self, interface_id: str) -> tuple[Endpoint, ...]:
        """The endpoints of an interface; none where it forwards, or is not recorded."""
        ends = self._ends.get(interface_id)
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
            self._ends[interface_id] = ends
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

    def distinct_ends_of(self, interface_id: str) -> tuple[Endpoint, ...]:
        """The endpoints of an interface that the outside may distinguish."""
        return self.derived(
            ("distinct", interface_id), lambda: tuple(self.distinct(self.ends_of(interface_id)))
        )

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
            for edge in (*self._cell_cuts[endpoint.family], *self._rule_cuts[endpoint.family])
            if endpoint.low < edge <= endpoint.high
        )
        ordered = sorted(cuts)
        return tuple(endpoint.part(low, after - 1) for low, after in itertools.pairwise(ordered))

    @functools.cached_property
    def _rule_cuts(self) -> dict[Family, frozenset[int]]:
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

    def site_of_target(self, target: str) -> Site | None:
        """The subnet of an appliance: an interface, instance or endpoint; None if unknown."""
        if target in self.interfaces:
            return self.sites.get(self.interfaces[target].subnet_id)
        if target in self.endpoints and len(self.endpoints[target].subnet_ids) == 1:
            return self.sites.get(self.endpoints[target].subnet_ids[0])
        mine = {self.interfaces[name].subnet_id for name in self._by_instance.get(target, ())}
        return self.sites.get(mine.pop()) if len(mine) == 1 else None

    @functools.cached_property
    def _cell_cuts(self) -> dict[Family, tuple[int, ...]]:
        cuts_by_family: dict[Family, tuple[int, ...]] = {}
        for family, routes in self.route_cuts.items():
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

    def cell(self, endpoint: Endpoint) -> tuple[int | str, Family, int, int | None]:
        """Equal for addresses that every route and ACL treats alike.

        They are in one subnet, or in subnets of one VPC of which none is recorded.
        """
        site, family = endpoint.site, endpoint.family
        place = bisect_right(self._cell_cuts[family], endpoint.low)
        # Behind NAT64, what matters is the address of IPv4.
        behind = (
            bisect_right(self._cell_cuts[IPV4], in_family(endpoint.low, IPV4))
            if endpoint.is_embedded
            else None
        )
        location = id(site) if self.locates(site) else site.vpc_id
        return location, family, place, behind

    def locates(self, site: Site) -> bool:
        """Whether anything is known about the subnet, or it is that of a regional NAT gateway."""
        return not site.table.doubt or site.subnet_id in self.sites or bool(site.blocks)

    def route_cuts_of(self, family: Family, vpc_id: str) -> tuple[int, ...]:
        """Where any route changes that a packet from or to the VPC may take."""
        if self._is_joined(vpc_id):
            return self.route_cuts[family]
        tables = [
            *(site.table for site in self.sites.values() if site.vpc_id == vpc_id),
            *self.gateway_tables.values(),
        ]
        return tuple(sorted({cut for table in tables for cut in table.cuts(family)}))

    def _is_joined(self, vpc_id: str) -> bool:
        """Whether packets may take routes of other VPCs."""
        attached = any(record.resource_id == vpc_id for record in self.attachments.values())
        return attached or self._joined(vpc_id) != {vpc_id}

    def tables_from(self, site: Site) -> tuple[Table, ...]:
        """The tables that packets from and to the subnet meet, as far as they leave the VPC.

        Empty, if there may be others: those of appliances, peered VPCs and transit gateways.
        """
        key = "tables", site.vpc_id, id(site.table)
        return self.derived(key, lambda: self._tables_from(site))

    def _tables_from(self, site: Site) -> tuple[Table, ...]:
        if self.gateway_tables or self._is_joined(site.vpc_id):
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

    @functools.cached_property
    def route_cuts(self) -> dict[Family, tuple[int, ...]]:
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


def _has_doubt(site: Site) -> bool:
    return bool(site.acl.doubt or site.table.doubt or site.table.vague)


def _first(pair: tuple[int, Site]) -> int:
    return pair[0]


def _associations(
    attachments: Mapping[tuple[str, str], ec2_gateways.TransitGatewayAttachment],
    tables: Iterable[ec2_gateways.TransitGatewayRouteTable],
) -> dict[tuple[str, str], str | StopReason | None]:
    """The route table of each attachment, from either side."""
    tables_of: dict[tuple[str, str], str | StopReason | None] = {}
    for key, attachment in attachments.items():
        table_id = attachment.association_route_table_id
        tables_of[key] = (
            StopReason.of("transit-unreadable", key[1], table_id)
            if isinstance(table_id, Unknown)
            else table_id
        )
    for table in tables:
        if not isinstance(table.associations, Unknown):
            for association in table.associations:
                if association.state == "associated":
                    key = (table.transit_gateway_id, association.transit_gateway_attachment_id)
                    tables_of[key] = table.transit_gateway_route_table_id
    return tables_of


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


def _attached(by_kind: Mapping[type[Record], list[Any]]) -> dict[str, frozenset[str]]:
    """The VPCs that each recorded gateway is attached to; unread ones are left out."""
    kinds = {
        ec2_gateways.InternetGateway: "internet_gateway_id",
        ec2_gateways.EgressOnlyInternetGateway: "egress_only_internet_gateway_id",
        ec2_gateways.VpnGateway: "vpn_gateway_id",
    }
    return {
        getattr(record, name): frozenset(
            attachment.vpc_id
            for attachment in record.attachments
            if attachment.state in ("available", "attached")
        )
        for kind, name in kinds.items()
        for record in by_kind.get(kind, ())
        if not isinstance(record.attachments, Unknown)
    }
