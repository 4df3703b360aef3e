"""Where the routes of a subnet lead, and whether it is declared internet-facing."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping

from cloudpack_baseline.baseline import Segment
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.checks.network.segments import Membership, has_tags, memberships
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ec2 import NetworkInterface, Route, RouteTable, Subnet, Vpc
from cloudpack_baseline.model.ec2_gateways import NatGateway
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.values import (
    Field,
    Truth,
    Unknown,
    Why,
    all_of,
    any_of,
    lift,
    negate,
)

__all__ = ["Subnets", "is_gateway_route", "is_load_balancer", "is_nat", "may_lead_to_gateway"]

_NAT = frozenset(("natGateway", "nat_gateway"))
_NOT_IN_FORCE = frozenset(("disassociating", "disassociated", "failed"))
_GONE = frozenset(("deleting", "deleted", "failed"))


def is_nat(interface: NetworkInterface) -> bool:
    """Whether the interface is a NAT gateway's."""
    return interface.interface_type in _NAT or interface.description.startswith(
        "Interface for NAT Gateway"
    )


def is_load_balancer(interface: NetworkInterface) -> bool:
    """Whether the interface is a load balancer's."""
    return (
        interface.interface_type in ("network_load_balancer", "gateway_load_balancer")
        or interface.requester_id == "amazon-elb"
        or interface.description.startswith("ELB ")
    )


def is_gateway_route(route: Route, family: int | None = None) -> bool:
    """Whether the route leads to an internet gateway, for the family (4 or 6) if one is given.

    The route does not contain the family of a prefix list, so it counts as both.
    """
    return (route.gateway_id or "").startswith("igw-") and _is_in_use(route, family)


def may_lead_to_gateway(route: Route, family: int | None = None) -> bool:
    """Whether a template names a gateway that is elsewhere, which may be one of the internet."""
    return (route.gateway_id or "").startswith("<") and _is_in_use(route, family)


def _is_in_use(route: Route, family: int | None) -> bool:
    if route.state != "active":
        return False
    destinations = {4: route.destination_cidr_block, 6: route.destination_ipv6_cidr_block}
    families = (4, 6) if family is None else (family,)
    return route.destination_prefix_list_id is not None or any(
        destinations[version] is not None for version in families
    )


@frozen
class Subnets:
    """The account's subnets with their route tables and interfaces; build it with `of`.

    Attributes:
        view: what they were read from.
        explicit: route tables by the subnet that names them.
        main: main route tables by VPC.
        doubtful: VPCs with a table whose associations could not be read, and why.
        members: interfaces, with their segments, by subnet.
        nat: subnets with a NAT gateway.
    """

    view: AccountView
    explicit: Mapping[str, RouteTable]
    main: Mapping[str, RouteTable]
    doubtful: Mapping[str, Unknown]
    members: Mapping[str, tuple[Membership, ...]]
    nat: frozenset[str]

    @classmethod
    def of(cls, view: AccountView) -> Subnets:
        """Those of the account."""
        explicit: dict[str, RouteTable] = {}
        main: dict[str, RouteTable] = {}
        doubtful: dict[str, Unknown] = {}
        for table in view.all(RouteTable):
            if isinstance(table.associations, Unknown):
                doubtful[table.vpc_id] = table.associations
                continue
            for association in table.associations:
                if association.state in _NOT_IN_FORCE:
                    continue
                if association.subnet_id is not None:
                    explicit[association.subnet_id] = table
                elif association.main:
                    main[table.vpc_id] = table
        members: dict[str, list[Membership]] = {}
        for membership in memberships(view):
            members.setdefault(membership.interface.subnet_id, []).append(membership)
        nat = frozenset(
            gateway.subnet_id
            for gateway in view.all(NatGateway)
            if gateway.subnet_id is not None and gateway.state not in _GONE
        )
        by_subnet = {subnet: tuple(memberships_in) for subnet, memberships_in in members.items()}
        return cls(view, explicit, main, doubtful, by_subnet, nat)

    def table(self, subnet: Subnet) -> Field[RouteTable]:
        """The route table of the subnet: its own, or the main table of its VPC."""
        explicit = self.explicit.get(subnet.subnet_id)
        if explicit is not None:
            return explicit
        gap = self.view.gap(RouteTable, subnet.region)
        doubt = self.doubtful.get(subnet.vpc_id, gap)
        main = self.main.get(subnet.vpc_id)
        if doubt is None and main is not None:
            return main
        return missing(doubt, RouteTable, f"RouteTable of {subnet.subnet_id}")

    def gateway_routes(self, subnet: Subnet, family: int | None = None) -> Field[tuple[Route, ...]]:
        """The routes of the subnet that lead to an internet gateway."""
        table = self.table(subnet)
        if isinstance(table, Unknown):
            return table
        if isinstance(table.routes, Unknown):
            return table.routes
        routes = tuple(route for route in table.routes if is_gateway_route(route, family))
        doubts = [route for route in table.routes if may_lead_to_gateway(route, family)]
        if doubts and not routes:
            detail = f"GatewayId {doubts[0].gateway_id}"
            return Unknown.because(Why.NOT_PROVIDED, detail=detail)
        return routes

    def leads_to_gateway(self, subnet: Subnet, family: int) -> Truth:
        """Whether the routes of the subnet lead to an internet gateway.

        Routes that are not in a template may lead anywhere, and may come with the next one. That
        is so too for a subnet that uses the main table of its VPC, of which no template has any.
        """
        leads = lift(bool, self.gateway_routes(subnet, family))
        is_left_open = isinstance(leads, Unknown) or subnet.subnet_id not in self.explicit
        return True if self.view.snapshot.is_planned and is_left_open else leads

    def in_use(self, vpc_id: str, region: str) -> Truth:
        """Whether the VPC has any network interface."""
        if any(
            membership.interface.vpc_id == vpc_id
            for members in self.members.values()
            for membership in members
        ):
            return True
        gap = self.view.gap(NetworkInterface, region)
        return False if gap is None else gap

    def idle_default_vpc(self, vpc_id: str) -> Truth:
        """Whether the VPC is the region's default one, and nothing is in it."""
        vpc = next(
            (candidate for candidate in self.view.all(Vpc) if candidate.vpc_id == vpc_id), None
        )
        if vpc is None:
            return False
        return all_of((vpc.is_default, negate(self.in_use(vpc_id, vpc.region))))

    def implicit(self, table: RouteTable) -> tuple[Subnet, ...]:
        """The subnets that use the table as the main one of their VPC."""
        return tuple(
            subnet
            for subnet in self.view.all(Subnet)
            if subnet.vpc_id == table.vpc_id and subnet.subnet_id not in self.explicit
        )

    def faces_internet(self, subnet: Subnet) -> Truth:
        """Whether it is declared internet-facing, itself or by all interfaces in it.

        NAT gateways are in no segment. A declaration of the subnet itself takes precedence over
        those of the interfaces in it.
        """
        truths = {
            segment.name: _declared(segment, subnet, is_planned=self.view.snapshot.is_planned)
            for segment in self.view.baseline.segments
        }
        facing = self._facing()
        direct = [name for name, truth in truths.items() if truth is True]
        if direct:
            return all(name in facing for name in direct)
        members = [
            membership
            for membership in self.members.get(subnet.subnet_id, ())
            if not is_nat(membership.interface)
        ]
        gap = self.view.gap(NetworkInterface, subnet.region)
        is_within = bool(facing) and (bool(members) or gap is not None)
        within = self._all_face(members, gap) if is_within else False
        doubts = [
            truth for name, truth in truths.items() if isinstance(truth, Unknown) and name in facing
        ]
        return any_of([within, *doubts])

    def interface_faces_internet(self, interface: NetworkInterface) -> Truth:
        """Whether the interface is in segments that are declared internet-facing, and no other."""
        around = self.members[interface.subnet_id]
        membership = next(candidate for candidate in around if candidate.interface == interface)
        faces = self._faces(membership, self._facing())
        return membership.unknown if faces and membership.unknown is not None else faces

    def only_gateways(self, subnet: Subnet, *, balancers: bool) -> Truth:
        """Whether it contains a NAT gateway (or load balancers), and nothing else."""
        members = self.members.get(subnet.subnet_id, ())
        hosts = [
            membership
            for membership in members
            if not is_nat(membership.interface)
            and not (balancers and is_load_balancer(membership.interface))
        ]
        facing = self._facing()
        if any(not self._faces(membership, facing) for membership in hosts):
            return False
        if not members and subnet.subnet_id not in self.nat:
            return False
        gap = self.view.gap(NetworkInterface, subnet.region)
        return True if gap is None else gap

    def _facing(self) -> frozenset[str]:
        return frozenset(
            segment.name for segment in self.view.baseline.segments if segment.internet_facing
        )

    @staticmethod
    def _faces(membership: Membership, facing: frozenset[str]) -> bool:
        return bool(membership.segments) and facing.issuperset(membership.segments)

    def _all_face(self, members: Iterable[Membership], gap: Unknown | None) -> Truth:
        facing = self._facing()
        truths: list[Truth] = []
        for membership in members:
            if membership.unknown is not None and facing.issuperset(membership.segments):
                truths.append(membership.unknown)
            else:
                truths.append(self._faces(membership, facing))
        return all_of(truths if gap is None else [*truths, gap])


def _declared(segment: Segment, subnet: Subnet, *, is_planned: bool) -> Truth:
    """Whether the segment is declared of the subnet itself."""
    truths: list[Truth] = [subnet.subnet_id in segment.subnets]
    if segment.cidrs:
        truths.append(lift(lambda block: _within(block, segment.cidrs), subnet.cidr_block))
    if segment.tags:
        tags = subnet.tags if isinstance(subnet.tags, Unknown) else dict(subnet.tags)
        truths.append(has_tags(tags, segment.tags, is_planned=is_planned))
    if segment.names:
        truths.append(lift(lambda tags: _named(segment.names, dict(tags)), subnet.tags))
    return any_of(truths)


def _within(block: str | None, cidrs: Iterable[str]) -> bool:
    if block is None:
        return False
    inner = ipaddress.ip_network(block)
    outer = [ipaddress.ip_network(network) for network in cidrs]
    return any(
        isinstance(network, ipaddress.IPv4Network)
        and isinstance(inner, ipaddress.IPv4Network)
        and inner.subnet_of(network)
        for network in outer
    )


def _named(patterns: Iterable[str], tags: Mapping[str, str]) -> bool:
    name = tags.get("Name")
    return any(matches(pattern, name) for pattern in patterns) if name else False
