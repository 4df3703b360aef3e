"""Whether servers, databases and caches are in a VPC other than the default VPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._instances import instances
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.ec2 import (
    DEFAULT_VPC,
    Instance,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.elasticache import CacheCluster, CacheSubnetGroup, ServerlessCache
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.values import (
    Field,
    Unknown,
)
from cloudpack_baseline.texts import text

__all__ = ["resources_in_vpc"]

Housed: TypeAlias = Instance | DBInstance | CacheCluster | ServerlessCache | RedshiftCluster


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
def resources_in_vpc(view: AccountView) -> Iterator[Finding]:
    """Reads ``VpcId`` of each resource, and ``IsDefault`` of the VPC.

    The VPC of a cache is that of its subnet group or subnets. An instance or a database that its
    template places nowhere is in the default VPC.
    """
    for instance in instances(view):
        yield _housed(view, instance, instance.vpc_id)
    for database in view.all(DBInstance):
        yield _housed(view, database, database.vpc)
    for cache in view.all(CacheCluster):
        yield _housed(view, cache, _vpc_of_group(view, cache))
    for serverless in view.all(ServerlessCache):
        yield _housed(view, serverless, _vpc_of_subnets(view, serverless))
    for warehouse in view.all(RedshiftCluster):
        yield _housed(view, warehouse, warehouse.vpc)


def _vpc_of_group(view: AccountView, cache: CacheCluster) -> Field[str | None]:
    if cache.subnet_group is None or isinstance(cache.subnet_group, Unknown):
        return cache.subnet_group
    for group in view.all(CacheSubnetGroup):
        if (group.region, group.name) == (cache.region, cache.subnet_group):
            return None if group.vpc == "" else group.vpc
    gap = view.gap(CacheSubnetGroup, cache.region)
    return missing(gap, CacheSubnetGroup, f"CacheSubnetGroup {cache.subnet_group}")


def _vpc_of_subnets(view: AccountView, cache: ServerlessCache) -> Field[str | None]:
    if isinstance(cache.subnets, Unknown):
        return cache.subnets
    for subnet in view.all(Subnet):
        if subnet.subnet_id in cache.subnets:
            return subnet.vpc_id
    return missing(view.gap(Subnet, cache.region), Subnet, f"Subnet {', '.join(cache.subnets)}")


def _housed(view: AccountView, resource: Housed, vpc_id: Field[str | None]) -> Finding:
    return view.finding(resource, _house(view, resource.region, vpc_id))


def _house(view: AccountView, region: str, vpc_id: Field[str | None]) -> Observation:
    if isinstance(vpc_id, Unknown):
        return unknown("VpcId", vpc_id)
    if vpc_id is None:
        return failed(text("network.outside-vpc"), read="VpcId=")
    vpc = next((candidate for candidate in view.all(Vpc) if candidate.vpc_id == vpc_id), None)
    if vpc is None and vpc_id != DEFAULT_VPC:
        return unknown("IsDefault", missing(view.gap(Vpc, region), Vpc, f"Vpc {vpc_id}"))
    is_default = True if vpc is None else vpc.is_default
    if isinstance(is_default, Unknown):
        return unknown("IsDefault", is_default, expected="IsDefault=false")
    if is_default:
        return failed(
            text("network.in-default-vpc", vpc=vpc_id),
            read="IsDefault=true",
            expected="IsDefault=false",
        )
    return passed(text("network.in-own-vpc", vpc=vpc_id))
