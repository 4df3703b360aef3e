"""Who reaches databases, servers, the bastion and the application's administration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_

from cloudpack_baseline.baseline import (
    AdminIngressOptions,
    BastionIngressOptions,
    CustomerAdminAccessOptions,
    DatabaseIsolationOptions,
)
from cloudpack_baseline.checks._check import World, check
from cloudpack_baseline.checks._doubt import is_in, missing
from cloudpack_baseline.checks._elsewhere import not_applicable, of_account, of_resource
from cloudpack_baseline.checks._ends import INTERNET, DeclaredEnd, allowed
from cloudpack_baseline.checks._gateway_routes import main_table, restricted
from cloudpack_baseline.checks._ingress import (
    Bastion,
    Servers,
    administered,
    bastions,
    entered,
    served,
    with_peers,
)
from cloudpack_baseline.checks._network_reads import NETWORK_READS, network_of
from cloudpack_baseline.checks._open_groups import Openness
from cloudpack_baseline.checks._reach import Arrival, Reach
from cloudpack_baseline.checks._segments import memberships
from cloudpack_baseline.checks._stores import STORE_KINDS, STORE_READS, Store, databases, stores
from cloudpack_baseline.checks._subnets import Subnets
from cloudpack_baseline.findings import Finding, Observation, Outcome, failed, passed, unknown
from cloudpack_baseline.model.ec2 import (
    Instance,
    NetworkInterface,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import NatGateway
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import ALL_TRAFFIC, NO_TRAFFIC, Interfaces, TrafficSet
from cloudpack_baseline.reachability.topology import is_host
from cloudpack_baseline.texts import text

__all__ = [
    "admin_ingress",
    "bastion_ingress",
    "customer_admin_access",
    "database_isolation",
    "open_security_groups",
    "rds_public_access",
    "route_restriction",
]


@check(
    reads(Subnet),
    reads(RouteTable),
    reads(Vpc),
    reads(NetworkInterface),
    reads(Instance),
    reads(NatGateway),
    subjects=(Subnet, RouteTable),
)
def route_restriction(world: World) -> Iterator[Finding]:
    """5.1.1: only declared Internet-facing segments have a route to an Internet gateway.

    Evidence: active routes to an Internet gateway in the table that each subnet uses, its
    own or the main one of its VPC. A subnet that holds nothing but NAT gateways needs the
    route. A main table with such a route that no subnet uses fails too: the next subnet
    would have it. The default VPC is left out while nothing is in it.
    """
    subnets = Subnets.of(world)
    for subnet in world.all(Subnet):
        yield of_resource(world, subnet, restricted(subnets, subnet))
    for table in world.all(RouteTable):
        observation = main_table(subnets, table)
        if observation is not None:
            yield of_resource(world, table, observation)


@check(*NETWORK_READS, subjects=(SecurityGroup,))
def open_security_groups(world: World) -> Iterator[Finding]:
    """5.1.1: no port that is not declared public is open to the Internet.

    Evidence: the inbound rules of each group that an interface carries, all together:
    IPv4 and IPv6, prefix lists expanded, ranges in parts joined. Open is what more than a
    /8 (IPv6: a /32) of the Internet's addresses outside the declared networks may use; it
    is declared where a flow from ``internet`` goes to every segment that carries the
    group. Whether routes let it through at present is told, but does not excuse.
    """
    openness = Openness.of(world, memberships(world), network_of(world))
    groups = world.all(SecurityGroup)
    unseen = {region: _unseen(world, region) for region in {one.region for one in groups}}
    for group in groups:
        yield of_resource(world, group, *openness.judged(group, unseen[group.region]))


def _unseen(world: World, region: str) -> Unknown | None:
    """Why there may be more interfaces that carry a group; ``None``: there are not."""
    gap = world.gap(NetworkInterface, region)
    doubts = [
        one.groups
        for one in world.all(NetworkInterface)
        if one.region == region and isinstance(one.groups, Unknown)
    ]
    parts = doubts if gap is None else [*doubts, gap]
    return reduce(or_, parts) if parts else None


@check(*NETWORK_READS, *STORE_READS, reads(DBCluster), subjects=(DBInstance, DBCluster))
def rds_public_access(world: World) -> Iterator[Finding]:
    """5.1.1: databases of RDS are not public, neither by flag nor by reachability.

    Evidence: ``PubliclyAccessible``; and whether the Internet, beyond the declared
    networks, completes a connection to the database's port on its interfaces.
    """
    held = databases(world)
    reach = _reach_of(world, {one.key: store for one, store in held})
    for one, store in held:
        yield of_resource(world, one, _flag(one), _from_internet(reach, one, store))
    for cluster in world.all(DBCluster):
        if cluster.publicly_accessible is not None:
            yield of_resource(world, cluster, _flag(cluster))


def _flag(one: DBInstance | DBCluster) -> Observation:
    value, wanted = one.publicly_accessible, "PubliclyAccessible=false"
    if isinstance(value, Unknown):
        return unknown("PubliclyAccessible", value, wanted=wanted)
    if value:
        message = text("network_paths.public-flag")
        return failed(message, read="PubliclyAccessible=true", wanted=wanted)
    return passed(text("network_paths.private-flag"), read=wanted, wanted=wanted)


def _from_internet(reach: Reach, one: DBInstance, store: Store) -> Observation:
    if not store.interfaces:
        return unknown("NetworkInterface", missing(None, f"NetworkInterface of {one.name}"))
    found = [
        observation
        for arrival in reach.arrivals(one.key, _port_of(store))
        if arrival.source.end.name == INTERNET
        for observation in reach.surplus(one.key, arrival, NO_TRAFFIC, "network_paths.public-path")
    ]
    return found[0] if found else passed(text("network_paths.private-path"))


@check(
    *NETWORK_READS,
    *STORE_READS,
    reads(DBCluster),
    subjects=(NetworkInterface, *STORE_KINDS, DBCluster),
)
def database_isolation(world: World) -> Iterator[Finding]:
    """5.1.1: databases, caches, search and warehouse nodes are reached from declared segments.

    Evidence: what completes a connection to the port of the store, or to any port where it
    is not told; each source needs a flow that is declared to the store's segment. The Data
    API (``HttpEndpointEnabled``) reaches a cluster from the Internet by way of IAM: it is
    off, or declared. Without ``[[segments]]`` only what comes from outside is judged.
    """
    held = stores(world)
    reach = _reach_of(world, {store.record.key: store for store in held})
    for store in held:
        yield of_resource(world, store.record, *_isolated(world, reach, store))
    declared = world.baseline.options(DatabaseIsolationOptions).data_api
    for cluster in world.all(DBCluster):
        allows = any(matches(pattern, cluster.name) for pattern in declared)
        yield of_resource(world, cluster, _data_api(cluster, declared=allows))


def _reach_of(world: World, held: Mapping[str, Store]) -> Reach:
    recorded = {one.network_interface_id for one in world.all(NetworkInterface)}
    made = {
        one.network_interface_id: one
        for store in held.values()
        for one in store.interfaces
        if one.network_interface_id not in recorded
    }
    targets = {
        key: [one.network_interface_id for one in store.interfaces] for key, store in held.items()
    }
    return Reach.of(world, targets, more=made.values())


def _port_of(store: Store) -> TrafficSet:
    return TrafficSet.of("tcp", store.port) if isinstance(store.port, int) else ALL_TRAFFIC


def _isolated(world: World, reach: Reach, store: Store) -> Iterator[Observation]:
    key = store.record.key
    if not store.interfaces:
        gap = world.gap(NetworkInterface, store.record.region)
        yield unknown("NetworkInterface", missing(gap, f"NetworkInterface of {key}"))
        return
    found: list[Observation] = []
    for arrival in reach.arrivals(key, _port_of(store)):
        if world.baseline.segments or not isinstance(arrival.source.end.end, Interfaces):
            declared = _declared(world, reach, key, arrival)
            found += reach.surplus(key, arrival, declared, "network_paths.store-open")
    if not found and not world.baseline.segments:
        found.append(not_applicable(text("network.no-segments")))
    yield from found or [passed(text("network_paths.store-shut"))]


def _declared(world: World, reach: Reach, key: str, arrival: Arrival) -> TrafficSet:
    """What flows declare from the source to the segment of the store."""
    own = reach.segments(key)
    if arrival.source.end.name in own:
        return ALL_TRAFFIC
    found = NO_TRAFFIC
    for name in own:
        end = DeclaredEnd(name, frozenset((name,)), Interfaces(()))
        found |= allowed(world.baseline.flows, arrival.source.end, end)
    return found


def _data_api(cluster: DBCluster, *, declared: bool) -> Observation:
    value, wanted = cluster.http_endpoint_enabled, "HttpEndpointEnabled=false"
    if isinstance(value, Unknown):
        return unknown("HttpEndpointEnabled", value, wanted=wanted)
    if not value:
        return passed(text("network_paths.data-api-off"), read=wanted)
    if declared:
        return passed(text("network_paths.data-api-declared"), read="HttpEndpointEnabled=true")
    message = text("network_paths.data-api-on")
    return failed(message, read="HttpEndpointEnabled=true", wanted=wanted)


@check(*NETWORK_READS, subjects=(Instance,))
def admin_ingress(world: World) -> Iterator[Finding]:
    """4.5.1: administration ports of servers are reached from the bastion only.

    Evidence: what completes a connection to the administration ports of each instance. The
    bastion is a segment of that role, or a network or a peer that the options name: it may
    stand in another account.
    """
    options = world.baseline.options(AdminIngressOptions)
    wide, peers = with_peers(world, options.peers)
    held = Servers.of(world)
    reach = Reach.of(wide, {one.key: held.interfaces(one) for one in held.plain}, peers=peers)
    bastion, traffic = Bastion.of(world, options), TrafficSet.parse(options.services)
    for one in held.plain:
        seen = administered(reach, one.key, bastion, traffic) if held.interfaces(one) else ()
        yield of_resource(world, one, *seen, *held.doubts(one))


@check(*NETWORK_READS, subjects=(NetworkInterface,))
def bastion_ingress(world: World) -> Iterator[Finding]:
    """4.5.1: the bastion is reached from the corporate networks only, over encrypted protocols.

    Evidence: everything that completes a connection to an interface in a segment of the role
    ``bastion``. Corporate are the networks that the options name, else those that a declared
    flow lets in; ping from them is not held against it. VPN and Direct Connect networks
    are networks like any other. Without a bastion the control does not apply.
    """
    inside = bastions(world)
    held = [
        one
        for one in memberships(world)
        if is_host(one.interface)
        and (one.unknown is not None or not inside.isdisjoint(one.segments))
    ]
    if not inside or not held:
        yield of_account(world, text("network_paths.no-bastion"))
        return
    options = world.baseline.options(BastionIngressOptions)
    reach = Reach.of(
        world, {one.interface.key: [one.interface.network_interface_id] for one in held}
    )
    for one in held:
        if one.unknown is not None and inside.isdisjoint(one.segments):
            yield of_resource(world, one.interface, unknown("Segment", one.unknown))
        else:
            seen = entered(world, reach, one.interface.key, options)
            yield of_resource(world, one.interface, *seen)


@check(*NETWORK_READS, subjects=(NetworkInterface,))
def customer_admin_access(world: World) -> Iterator[Finding]:
    """5.5: the application's administration is open to the customer's sites only.

    Evidence: what completes a connection, from outside, to the administration ports that
    ``[controls.customer-admin-access]`` names: only from the customer's networks, and not
    over FTP, Telnet or clear HTTP. Behind a load balancer the limit may stand in its rules
    or its web ACL, so an open port there is unknown.
    """
    options = world.baseline.options(CustomerAdminAccessOptions)
    if not options.services:
        yield of_account(world, text("network_paths.no-administration"))
        return
    wanted = frozenset(options.segments) or frozenset(
        one.name for one in world.baseline.segments if one.role is None
    )
    held = [one for one in memberships(world) if is_host(one.interface)]
    meant = [one for one in held if is_in(one, wanted) is not False or not world.baseline.segments]
    reach = Reach.of(
        world, {one.interface.key: [one.interface.network_interface_id] for one in meant}
    )
    for one in meant:
        doubt = is_in(one, wanted)
        seen = list(served(reach, one.interface, options))
        if isinstance(doubt, Unknown) and any(each.outcome is Outcome.FAIL for each in seen):
            seen = [unknown("Segment", doubt)]
        yield of_resource(world, one.interface, *seen)
