"""The records of a network, indexed for evaluation."""

from __future__ import annotations

import functools
import itertools
import operator
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

from attrs import evolve, field, frozen

from cloudpack_baseline.model import ec2, ec2_gateways, elbv2
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown
from cloudpack_baseline.reachability.filters import (
    Acl,
    Group,
    PrefixLists,
    compile_acl,
    compile_group,
)
from cloudpack_baseline.reachability.forwarding import ACCELERATOR, Forwarding, Forwardings
from cloudpack_baseline.reachability.intervals import Intervals
from cloudpack_baseline.reachability.ipset import (
    INTERNET,
    Family,
    IpSet,
    parse_address,
    parse_block,
)
from cloudpack_baseline.reachability.reasons import StopReason
from cloudpack_baseline.reachability.tables import Table, compile_table, compile_transit_table

__all__ = ["Endpoint", "Gap", "Site", "Topology", "is_attached", "is_host", "is_routed"]

R = TypeVar("R", bound=Record)
T = TypeVar("T")

Gap: TypeAlias = Callable[[type[Record], Record | None], Unknown | None]
"""Why there may be more records of a kind, in the account and region of a record or, without
one, anywhere; ``None``: there are no more."""

_NO_HOSTS = frozenset(
    {
        "natGateway",
        "nat_gateway",
        "transit_gateway",
        "gateway_load_balancer",
        "gateway_load_balancer_endpoint",
        ACCELERATOR,
    }
)
"""Types of network interface that forward and hold no end of a connection."""

_UNFILTERED = frozenset({"network_load_balancer"})
"""Types of network interface that may have no security group and then admit all."""


_ANYWHERE = IpSet.parse(
    ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "2000::/3")
)
"""Where a subnet of unknown blocks may lie (Amazon VPC User Guide, "VPC CIDR blocks")."""


def _no_gap(_kind: type[Record], _near: Record | None) -> Unknown | None:
    return None


def is_routed(family: Family, address: int) -> bool:
    """Whether it is an IPv6 address of the internet, which no gateway has to translate."""
    return family == 6 and address in INTERNET.v6  # noqa: PLR2004 - version of IP


def is_host(interface: ec2.NetworkInterface) -> bool:
    """Whether a connection can start or end at the interface, once it is attached."""
    return interface.interface_type not in _NO_HOSTS


def is_attached(interface: ec2.NetworkInterface) -> bool:
    """Whether something answers at the interface: one that is only kept is ``available``."""
    attached_to = interface.attachment_id or interface.instance_id or interface.belongs_to
    return interface.status != "available" or attached_to is not None


@frozen(eq=False)
class Site:
    """A subnet with its route table and its network ACL.

    Attributes:
        subnet_id: ``subnet-...``.
        vpc_id: its VPC.
        zone: its Availability Zone, by ID if the records contain it.
        blocks: its addresses, as far as they are known.
        table: its route table.
        acl: its network ACL.
        is_filtered: False for a regional NAT gateway, which is in no subnet.
        span: where interfaces of unknown addresses may be.
    """

    subnet_id: str
    vpc_id: str
    zone: str
    blocks: IpSet
    table: Table
    acl: Acl
    is_filtered: bool = True
    span: IpSet = _ANYWHERE


@frozen(eq=False)
class Endpoint:
    """Addresses of one network interface that all filters treat alike; mostly only one.

    Attributes:
        interface_id: the interface.
        site: its subnet.
        family: the version of IP.
        low: the first address.
        high: the last address; the same as `low`, except for delegated blocks.
        public: the public IPv4 address as a number; None without one.
        groups: its security groups; a reason if they are unknown.
        sure: False if it is unknown whether the interface has these addresses.
        unfiltered: whether no security group filters it (some load balancers).
    """

    interface_id: str
    site: Site
    family: Family
    low: int
    high: int
    public: int | None
    groups: tuple[str, ...] | StopReason
    sure: bool = True
    unfiltered: bool = False

    @property
    def leaves_by_gateway(self) -> bool:
        """Whether an internet gateway would carry its packets."""
        return self.public is not None or is_routed(self.family, self.low)


@frozen(eq=False)
class Topology:
    """All that questions need, by ID. Build it with `of`.

    Attachments of transit gateways are by gateway and id: a peering attachment has one
    ID on both of its gateways.
    """

    vpcs: Mapping[str, ec2.Vpc]
    subnets: Mapping[str, ec2.Subnet]
    interfaces: Mapping[str, ec2.NetworkInterface]
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
    def of(cls, records: Iterable[Record], gap: Gap = _no_gap) -> Topology:
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
            table.route_table_id: compile_table(table, _vpc_blocks(vpcs, table.vpc_id), lists)
            for table in tables
        }
        steering = _Steering.of(tables, compiled)
        acls = by_kind.get(ec2.NetworkAcl, [])
        acl_of = _acl_index(acls)
        transit_tables = by_kind.get(ec2_gateways.TransitGatewayRouteTable, [])
        attachments = {
            (record.transit_gateway_id, record.transit_gateway_attachment_id): record
            for record in by_kind.get(ec2_gateways.TransitGatewayAttachment, ())
        }
        return cls(
            vpcs=vpcs,
            subnets=subnets,
            interfaces=index(ec2.NetworkInterface, "network_interface_id"),
            sites={
                name: _site(subnet, steering, acl_of, gap, _vpc_span(vpcs, subnet.vpc_id))
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
            table = compile_table(record, _vpc_blocks(self.vpcs, nat.vpc_id), PrefixLists({}))
        acl = Acl(nat.nat_gateway_id)
        return Site(nat.nat_gateway_id, nat.vpc_id, "", IpSet(), table, acl, is_filtered=False)

    def forwarded_to(self, endpoint: Endpoint) -> tuple[Forwarding, ...]:
        """What load balancers and accelerators hand on to it under the client's address."""
        interface = self.interfaces.get(endpoint.interface_id)
        return () if interface is None else self.forwardings.to(interface)

    def resolvers(self, vpc_id: str) -> tuple[tuple[Family, int], ...]:
        """The addresses of the VPC's resolver: two above the first block, and link-local ones."""
        first = IpSet.parse(_vpc_blocks(self.vpcs, vpc_id)[:1]).v4
        plus_two: list[tuple[Family, int]] = [(4, low + 2) for low, _ in first]
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
        return IpSet.parse(_vpc_blocks(self.vpcs, vpc_id))

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
            families: tuple[Family, ...] = (4, 6)
            for family in families:
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
                    for endpoint in _endpoints(interface, site, self.gap(ec2.Subnet, interface))
                    for piece in self._pieces(endpoint)
                )
            self._ends[interface_id] = ends
        return ends

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
        return tuple(
            evolve(endpoint, low=low, high=after - 1) for low, after in itertools.pairwise(ordered)
        )

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
        families: tuple[Family, ...] = (4, 6)
        return {
            family: frozenset(
                edge
                for rule in rules
                for low, high in rule.peers.family(family)
                for edge in (low, high + 1)
            )
            for family in families
        }

    @functools.cached_property
    def vague(self) -> bool:
        """Whether a filter, a table or an address inside is unknown."""
        sites = any(
            site.acl.doubt or site.table.doubt or site.table.vague for site in self.sites.values()
        )
        ends = any(isinstance(end.groups, StopReason) or not end.sure for end in self.ends)
        return sites or ends or self._groups_vague()

    def _groups_vague(self) -> bool:
        carried = {
            name
            for end in self.ends
            if not isinstance(end.groups, StopReason)
            for name in end.groups
        }
        for name in carried:
            group = self.groups.get(name)
            for rules in (group.inbound, group.outbound) if group else (None,):
                if not isinstance(rules, tuple) or any(rule.vague for rule in rules):
                    return True
        return False

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
            cuts_by_family[family] = tuple(sorted(cuts))
        return cuts_by_family

    def cell(self, endpoint: Endpoint) -> tuple[int, Family, int]:
        """Equal for addresses of one subnet that every route and ACL treats alike."""
        place = bisect_right(self._cell_cuts[endpoint.family], endpoint.low)
        return id(endpoint.site), endpoint.family, place

    @functools.cached_property
    def route_cuts(self) -> dict[Family, tuple[int, ...]]:
        """Where any route of any table changes."""
        tables = [
            *(site.table for site in self.sites.values()),
            *self.transit_tables.values(),
            *self.gateway_tables.values(),
        ]
        cuts: dict[Family, set[int]] = {4: set(), 6: set()}
        for table in {id(table): table for table in tables}.values():
            for family, starts in cuts.items():
                starts.update(table.cuts(family))
        return {family: tuple(sorted(starts)) for family, starts in cuts.items()}


def _first(pair: tuple[int, Site]) -> int:
    return pair[0]


def _vpc_blocks(vpcs: Mapping[str, ec2.Vpc], vpc_id: str) -> tuple[str, ...]:
    if vpc_id not in vpcs:
        return ()
    families = vpcs[vpc_id].cidr_blocks, vpcs[vpc_id].ipv6_cidr_blocks
    return tuple(
        block for blocks in families if not isinstance(blocks, Unknown) for block in blocks
    )


@frozen
class _Steering:
    """Which table steers what; `blind` holds VPCs whose associations are not known."""

    subnets: Mapping[str, Table]
    mains: Mapping[str, Table]
    gateways: Mapping[str, Table]
    blind: Mapping[str, StopReason]

    @classmethod
    def of(cls, records: Iterable[ec2.RouteTable], tables: Mapping[str, Table]) -> _Steering:
        subnets, mains, gateways, blind = {}, {}, {}, {}
        for record in records:
            table = tables[record.route_table_id]
            if isinstance(record.associations, Unknown):
                reason = StopReason.of(
                    "route-table-unreadable", record.route_table_id, record.associations
                )
                blind[record.vpc_id] = reason
                continue
            for association in record.associations:
                if association.state not in ("associated", "associating"):
                    continue
                if association.subnet_id:
                    subnets[association.subnet_id] = table
                elif association.gateway_id:
                    gateways[association.gateway_id] = table
                elif association.main:
                    mains[record.vpc_id] = table
        return cls(subnets, mains, gateways, blind)

    def table(self, subnet: ec2.Subnet, gap: Gap) -> Table:
        """The table of the subnet: its own, else its VPC's main one."""
        if subnet.subnet_id in self.subnets:
            return self.subnets[subnet.subnet_id]
        if subnet.vpc_id in self.blind:
            return Table(subnet.subnet_id, doubt=self.blind[subnet.vpc_id])
        # A table that was not listed may be the subnet's own.
        unread = gap(ec2.RouteTable, subnet)
        if subnet.vpc_id in self.mains and unread is None:
            return self.mains[subnet.vpc_id]
        reason = StopReason.of("route-table-not-recorded", subnet.subnet_id, unread)
        return Table(subnet.subnet_id, doubt=reason)


def _acl_index(records: Iterable[ec2.NetworkAcl]) -> dict[str, Acl]:
    """By subnet ID, and by VPC ID for the default ACL."""
    acls: dict[str, Acl] = {}
    for record in records:
        acl = compile_acl(record)
        if record.is_default is True:
            acls[record.vpc_id] = acl
        if not isinstance(record.subnet_ids, Unknown):
            acls.update(dict.fromkeys(record.subnet_ids, acl))
    for record in records:
        unread = record.subnet_ids
        if isinstance(unread, Unknown):
            # It may be the ACL of any subnet of its VPC.
            reason = StopReason.of("acl-unreadable", record.network_acl_id, unread)
            acls[record.vpc_id] = Acl(record.network_acl_id, doubt=reason)
    return acls


def _vpc_span(vpcs: Mapping[str, ec2.Vpc], vpc_id: str) -> IpSet:
    """Where the addresses of a VPC may be."""
    vpc = vpcs.get(vpc_id)
    families = (vpc.cidr_blocks, vpc.ipv6_cidr_blocks) if vpc else ()
    is_known = bool(families) and not any(isinstance(blocks, Unknown) for blocks in families)
    return IpSet.parse(_vpc_blocks(vpcs, vpc_id)) if is_known else _ANYWHERE


def _span(subnet: ec2.Subnet, blocks: IpSet, of_vpc: IpSet) -> IpSet:
    """The blocks of the subnet; of the VPC, for a family whose block is unknown."""
    v4 = of_vpc.v4 if isinstance(subnet.cidr_block, Unknown) else blocks.v4
    v6 = of_vpc.v6 if isinstance(subnet.ipv6_cidr_blocks, Unknown) else blocks.v6
    return IpSet(v4, v6)


def _site(
    subnet: ec2.Subnet, steering: _Steering, acls: Mapping[str, Acl], gap: Gap, of_vpc: IpSet
) -> Site:
    # An ACL that was not listed may be the subnet's, in place of the default one.
    unread = gap(ec2.NetworkAcl, subnet)
    acl = acls.get(subnet.subnet_id) or (acls.get(subnet.vpc_id) if unread is None else None)
    if acl is None:
        doubt = StopReason.of("acl-not-recorded", subnet.subnet_id, unread)
        acl = Acl(subnet.subnet_id, doubt=doubt)
    blocks = [subnet.cidr_block] if isinstance(subnet.cidr_block, str) else []
    if not isinstance(subnet.ipv6_cidr_blocks, Unknown):
        blocks += subnet.ipv6_cidr_blocks
    addresses = IpSet.parse(blocks)
    return Site(
        subnet.subnet_id,
        subnet.vpc_id,
        subnet.availability_zone_id or subnet.availability_zone,
        addresses,
        steering.table(subnet, gap),
        acl,
        span=_span(subnet, addresses, of_vpc),
    )


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


def _endpoints(
    interface: ec2.NetworkInterface, site: Site | None, unread: Unknown | None
) -> Iterable[Endpoint]:
    if site is None:
        reason = StopReason.of("subnet-not-recorded", interface.subnet_id, unread)
        site = Site(
            interface.subnet_id,
            interface.vpc_id,
            "",
            IpSet(),
            Table(interface.subnet_id, doubt=reason),
            Acl(interface.subnet_id, doubt=reason),
        )
    groups: tuple[str, ...] | StopReason = (
        StopReason.of("groups-unknown", interface.network_interface_id, interface.groups)
        if isinstance(interface.groups, Unknown)
        else tuple(sorted(set(interface.groups)))
    )
    unfiltered = interface.interface_type in _UNFILTERED and groups == ()
    if groups == () and not unfiltered:
        groups = StopReason.of("groups-unknown", interface.network_interface_id)
    for family, low, high, public, sure in _addresses(interface, site):
        yield Endpoint(
            interface.network_interface_id,
            site,
            family,
            low,
            high,
            public,
            groups,
            sure,
            unfiltered,
        )


_Address = tuple[Family, int, int, int | None, bool]


def _addresses(interface: ec2.NetworkInterface, site: Site) -> Iterable[_Address]:
    if isinstance(interface.private_ip_addresses, Unknown):
        yield from _somewhere(4, site.span.v4)
    else:
        for address_record in interface.private_ip_addresses:
            public = (
                parse_address(address_record.public_ip)[1] if address_record.public_ip else None
            )
            _, number = parse_address(address_record.private_ip_address)
            yield 4, number, number, public, True
    if isinstance(interface.ipv6_addresses, Unknown):
        yield from _somewhere(6, site.span.v6)
    else:
        for six in interface.ipv6_addresses:
            _, number = parse_address(six.ipv6_address)
            yield 6, number, number, None, True
    delegated: tuple[tuple[Family, Field[tuple[str, ...]]], ...] = (
        (4, interface.ipv4_prefixes),
        (6, interface.ipv6_prefixes),
    )
    for family_of_block, prefixes in delegated:
        if isinstance(prefixes, Unknown):
            yield from _somewhere(family_of_block, site.span.family(family_of_block))
        else:
            for text in prefixes:
                family, (low, high) = parse_block(text)
                yield family, low, high, None, True


def _somewhere(family: Family, blocks: Intervals) -> Iterable[_Address]:
    """Addresses that are not known lie anywhere in the subnet, and may be public."""
    for low, high in blocks:
        yield family, low, high, 0, False
