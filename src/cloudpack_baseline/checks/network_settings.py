"""Settings of VPCs, subnets, security groups and instances that single records tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from cloudpack_baseline.baseline import DedicatedTenancyOptions, VpcFlowLogsOptions
from cloudpack_baseline.checks._acl_layers import acl_layer
from cloudpack_baseline.checks._check import World, check
from cloudpack_baseline.checks._doubt import is_in, missing
from cloudpack_baseline.checks._elsewhere import elsewhere, not_applicable, of_account, of_resource
from cloudpack_baseline.checks._flow_logs import logged
from cloudpack_baseline.checks._launches import public_addresses, tokens
from cloudpack_baseline.checks._segments import Membership, memberships
from cloudpack_baseline.checks._subnets import Subnets
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.ec2 import (
    Instance,
    MetadataOptions,
    NetworkAcl,
    NetworkInterface,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import NatGateway
from cloudpack_baseline.model.ec2_posture import FlowLog, InstanceMetadataDefaults, LaunchTemplate
from cloudpack_baseline.model.elasticache import CacheCluster, CacheSubnetGroup, ServerlessCache
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.values import (
    Field,
    Truth,
    Unknown,
    any_of,
    lift,
    negate,
)
from cloudpack_baseline.texts import text

__all__ = [
    "dedicated_tenancy",
    "default_security_group",
    "imdsv2",
    "network_acls",
    "public_ip_assignment",
    "resources_in_vpc",
    "vpc_flow_logs",
]

Housed: TypeAlias = Instance | DBInstance | CacheCluster | ServerlessCache | RedshiftCluster

_GONE = frozenset(("terminated", "shutting-down"))
_DEDICATED = frozenset(("dedicated", "host"))


@check(reads(SecurityGroup))
def default_security_group(world: World) -> Iterator[Finding]:
    """5.1.1 (best practice): the default security group of each VPC has no rule.

    Evidence: ``IpPermissions`` and ``IpPermissionsEgress`` of the group whose
    ``GroupName`` is ``default`` (Amazon VPC User Guide, Default security groups). It
    cannot be deleted, and is what a resource gets that names none.
    """
    for group in world.all(SecurityGroup):
        if group.group_name == "default":
            yield of_resource(world, group, *_default_group(group))


def _default_group(group: SecurityGroup) -> Iterator[Observation]:
    for field, rules in (
        ("IpPermissions", group.ip_permissions),
        ("IpPermissionsEgress", group.ip_permissions_egress),
    ):
        if isinstance(rules, Unknown):
            yield unknown(field, rules, wanted=f"{field}=[]")
        elif rules:
            yield failed(
                text("network_settings.default-group-rules", field=field, number=len(rules)),
                read=f"{field}: {len(rules)}",
                wanted=f"{field}=[]",
            )
        else:
            yield passed(text("network_settings.default-group-empty", field=field))


@check(
    reads(Vpc),
    reads(Subnet),
    reads(RouteTable),
    reads(NetworkInterface),
    reads(Instance),
    reads(NatGateway),
    reads(LaunchTemplate),
    subjects=(Subnet, LaunchTemplate),
)
def public_ip_assignment(world: World) -> Iterator[Finding]:
    """5.1.1: only Internet-facing segments hand out public addresses.

    Evidence: ``MapPublicIpOnLaunch`` and ``AssignIpv6AddressOnCreation`` of subnets whose
    route table leads to an Internet gateway for that family (IPv6 behind an egress-only
    gateway is not public); ``AssociatePublicIpAddress`` of the default and the latest
    version of launch templates. Subnets that hold nothing but NAT gateways and load
    balancers may; so may those that are in a segment with ``internet_facing``, or hold
    only interfaces of such segments. The default VPC is left out while nothing is in it.
    """
    subnets = Subnets.of(world)
    for subnet in world.all(Subnet):
        yield of_resource(world, subnet, *_assignment(world, subnets, subnet))
    for template in world.all(LaunchTemplate):
        yield of_resource(world, template, *public_addresses(world, subnets, template))


def _assignment(world: World, subnets: Subnets, subnet: Subnet) -> Iterator[Observation]:
    other = elsewhere(world, subnet.owner_id)
    if other is not None:
        yield other
    elif subnets.idle_default_vpc(subnet.vpc_id) is True:
        yield not_applicable(text("network_settings.idle-default-vpc", vpc=subnet.vpc_id))
    else:
        offers = (
            (4, "MapPublicIpOnLaunch", subnet.map_public_ip_on_launch),
            (6, "AssignIpv6AddressOnCreation", subnet.assign_ipv6_address_on_creation),
        )
        for family, field, offered in offers:
            yield _offer(subnets, subnet, field, offered, family)


def _offer(
    subnets: Subnets, subnet: Subnet, field: str, offered: Field[bool], family: int
) -> Observation:
    routes = lift(bool, subnets.gateway_routes(subnet, family))
    excuses = {
        "subnet-private": negate(offered),
        "subnet-no-route": negate(routes),
        "subnet-facing": subnets.faces_internet(subnet),
        "subnet-gateways": subnets.only_gateways(subnet, balancers=True),
    }
    excused = any_of(excuses.values())
    if isinstance(excused, Unknown):
        return unknown(field, excused, wanted=f"{field}=false")
    if excused:
        reason = next(name for name, truth in excuses.items() if truth is True)
        return passed(text(f"network_settings.{reason}", field=field))
    return failed(
        text("network_settings.subnet-public", subnet=subnet.subnet_id),
        read=f"{field}=true",
        wanted=f"{field}=false",
        origin=subnet.origin_of(field),
    )


@check(
    reads(Instance),
    reads(DBInstance),
    reads(CacheCluster),
    reads(ServerlessCache),
    reads(RedshiftCluster),
    reads(Vpc),
    reads(Subnet),
    reads(CacheSubnetGroup),
    subjects=(Instance, DBInstance, CacheCluster, ServerlessCache, RedshiftCluster),
)
def resources_in_vpc(world: World) -> Iterator[Finding]:
    """5.1.1: servers, databases and caches live in a VPC that is not the default one.

    Evidence: ``VpcId`` of instances, databases and warehouses; the VPC of a cache's subnet
    group or subnets; ``IsDefault`` of the VPC.
    """
    for instance in world.all(Instance):
        if instance.state not in _GONE:
            yield _housed(world, instance, instance.vpc_id)
    for database in world.all(DBInstance):
        yield _housed(world, database, database.vpc)
    for cache in world.all(CacheCluster):
        yield _housed(world, cache, _vpc_of_group(world, cache))
    for serverless in world.all(ServerlessCache):
        yield _housed(world, serverless, _vpc_of_subnets(world, serverless))
    for warehouse in world.all(RedshiftCluster):
        yield _housed(world, warehouse, warehouse.vpc)


def _vpc_of_group(world: World, cache: CacheCluster) -> Field[str | None]:
    if cache.subnet_group is None:
        return None
    for group in world.all(CacheSubnetGroup):
        if (group.region, group.name) == (cache.region, cache.subnet_group):
            return group.vpc or None
    gap = world.gap(CacheSubnetGroup, cache.region)
    return missing(gap, f"CacheSubnetGroup {cache.subnet_group}")


def _vpc_of_subnets(world: World, cache: ServerlessCache) -> Field[str | None]:
    for subnet in world.all(Subnet):
        if subnet.subnet_id in cache.subnets:
            return subnet.vpc_id
    return missing(world.gap(Subnet, cache.region), f"Subnet {', '.join(cache.subnets)}")


def _housed(world: World, one: Housed, vpc_id: Field[str | None]) -> Finding:
    return of_resource(world, one, _house(world, one.region, vpc_id))


def _house(world: World, region: str, vpc_id: Field[str | None]) -> Observation:
    if isinstance(vpc_id, Unknown):
        return unknown("VpcId", vpc_id)
    if vpc_id is None:
        return failed(text("network_settings.outside-vpc"), read="VpcId=")
    vpc = next((one for one in world.all(Vpc) if one.vpc_id == vpc_id), None)
    if vpc is None:
        return unknown("IsDefault", missing(world.gap(Vpc, region), f"Vpc {vpc_id}"))
    if isinstance(vpc.is_default, Unknown):
        return unknown("IsDefault", vpc.is_default, wanted="IsDefault=false")
    if vpc.is_default:
        return failed(
            text("network_settings.in-default-vpc", vpc=vpc_id),
            read="IsDefault=true",
            wanted="IsDefault=false",
        )
    return passed(text("network_settings.in-own-vpc", vpc=vpc_id))


@check(
    reads(Instance), reads(NetworkInterface), reads(Subnet), subjects=(Instance, NetworkInterface)
)
def dedicated_tenancy(world: World) -> Iterator[Finding]:
    """5.1.1: servers for which dedicated hardware is declared run on such.

    Evidence: ``Placement.Tenancy`` of the instances in the segments and VPCs that
    ``[controls.dedicated-tenancy]`` names; ``dedicated`` and ``host`` are both meant.
    """
    options = world.baseline.options(DedicatedTenancyOptions)
    if not options.segments and not options.vpcs:
        yield of_account(world, text("network_settings.tenancy-undeclared"))
        return
    found = False
    members: dict[str, list[Membership]] = {}
    for membership in memberships(world) if options.segments else ():
        members.setdefault(membership.interface.instance_id or "", []).append(membership)
    for instance in world.all(Instance):
        meant = _is_meant(world, instance, members.get(instance.instance_id, ()))
        if instance.state not in _GONE and meant is not False:
            found = True
            yield of_resource(world, instance, _tenancy(instance, meant))
    if not found:
        yield of_account(world, text("network_settings.tenancy-nobody"))


def _is_meant(world: World, instance: Instance, members: Iterable[Membership]) -> Truth:
    options = world.baseline.options(DedicatedTenancyOptions)
    truths: list[Truth] = [lift(lambda vpc: vpc in options.vpcs, instance.vpc_id)]
    if options.segments:
        truths += [is_in(one, options.segments) for one in members]
        gap = world.gap(NetworkInterface, instance.region)
        truths += [] if gap is None else [gap]
    return any_of(truths)


def _tenancy(instance: Instance, meant: Truth) -> Observation:
    tenancy, wanted = instance.tenancy, "Tenancy=dedicated"
    if isinstance(tenancy, Unknown):
        return unknown("Placement.Tenancy", tenancy, wanted=wanted)
    if tenancy in _DEDICATED:
        return passed(text("network_settings.tenancy", tenancy=tenancy), read=f"Tenancy={tenancy}")
    if isinstance(meant, Unknown):
        return unknown("Segment", meant, wanted=wanted)
    message = text("network_settings.tenancy-shared", tenancy=tenancy)
    return failed(message, read=f"Tenancy={tenancy}", wanted=wanted)


@check(
    reads(Instance),
    reads(LaunchTemplate),
    reads(InstanceMetadataDefaults),
    subjects=(Instance, LaunchTemplate),
)
def imdsv2(world: World) -> Iterator[Finding]:
    """2.2.2 (best practice): instance metadata is served only for a token, or not at all.

    Evidence: ``HttpTokens`` and ``HttpEndpoint`` of MetadataOptions of instances, and of the
    default and the latest version of launch templates. What a template leaves open, the
    account's defaults decide, then its image (Amazon EC2 User Guide, Order of precedence for
    instance metadata options).
    """
    for instance in world.all(Instance):
        if instance.state not in _GONE:
            yield of_resource(world, instance, _metadata(instance))
    for template in world.all(LaunchTemplate):
        yield of_resource(world, template, *tokens(world, template))


def _metadata(instance: Instance) -> Observation:
    options: Field[MetadataOptions | None] = instance.metadata_options
    wanted = "HttpTokens=required"
    if options is None:
        options = missing(None, "MetadataOptions")
    if isinstance(options, Unknown):
        return unknown("MetadataOptions", options, wanted=wanted)
    if options.http_endpoint == "disabled":
        return passed(text("network_settings.metadata-off"), read="HttpEndpoint=disabled")
    if options.http_tokens == "required":
        return passed(text("network_settings.metadata-token"), read=wanted, wanted=wanted)
    return failed(
        text("network_settings.metadata-open"),
        read=f"HttpTokens={options.http_tokens}",
        wanted=wanted,
    )


@check(reads(Vpc), reads(Subnet), reads(NetworkInterface), reads(FlowLog), subjects=(Vpc,))
def vpc_flow_logs(world: World) -> Iterator[Finding]:
    """4.5.3 (best practice): flow logs cover every VPC in use and are being delivered.

    Evidence: active flow logs of the VPC, or of each of its subnets, with
    ``DeliverLogsStatus=SUCCESS`` and, together, the wanted ``TrafficType`` (EC2 API
    Reference, FlowLog). A VPC is in use once it has a network interface.
    """
    traffic = world.baseline.options(VpcFlowLogsOptions).traffic
    for vpc in world.all(Vpc):
        yield of_resource(world, vpc, logged(world, vpc, traffic))


@check(
    reads(NetworkAcl),
    reads(Subnet),
    reads(NetworkInterface),
    reads(Instance),
    subjects=(Subnet, NetworkInterface),
)
def network_acls(world: World) -> Iterator[Finding]:
    """5.1.1: where two layers are asked for, a network ACL stands behind the security groups.

    Evidence: the inbound entries of the network ACL of each subnet in use. An ACL that lets
    everything in from everywhere outside the subnet is no layer: the security groups are
    the only one. That is told, and fails in the segments that ``two_layers`` names.
    """
    members: dict[str, list[NetworkInterface]] = {}
    for interface in world.all(NetworkInterface):
        members.setdefault(interface.subnet_id, []).append(interface)
    for subnet in world.all(Subnet):
        if subnet.subnet_id in members:
            other = elsewhere(world, subnet.owner_id)
            observation = other or acl_layer(world, subnet, members[subnet.subnet_id])
            yield of_resource(world, subnet, observation)
