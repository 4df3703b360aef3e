"""Whether servers, databases and caches are in a VPC other than the default VPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._instances import instances
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.ec2 import (
    DEFAULT_SUBNET,
    DEFAULT_VPC,
    Instance,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.elasticache import CacheCluster, CacheSubnetGroup, ServerlessCache
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.values import Field, Unknown, Why, is_known
from cloudpack_baseline.texts import text

__all__ = ["resources_in_vpc"]

Housed: TypeAlias = Instance | DBInstance | CacheCluster | ServerlessCache | RedshiftCluster

_ELSEWHERE = frozenset({Why.NOT_PROVIDED, Why.UNDETERMINED})
"""Why the VPC of a resource that a template places in a subnet elsewhere is not known."""


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
    template places nowhere is in the default VPC. Where a template or plan names a subnet or subnet
    group that it does not hold, the resource is in a VPC, as clause 5.1.1 promises; whether that is
    the default one is a best practice, which is evaluated once it is deployed.
    """
    for instance in instances(view):
        yield _housed(view, instance, instance.vpc_id, is_placed=_is_placed(instance))
    for database in view.all(DBInstance):
        yield _housed(view, database, database.vpc)
    for cache in view.all(CacheCluster):
        yield _housed(view, cache, _vpc_of_group(view, cache))
    for serverless in view.all(ServerlessCache):
        # A public one is in no VPC.
        is_placed = is_known(serverless.connection_type)
        vpc_id = _vpc_of_subnets(view, serverless)
        yield _housed(view, serverless, vpc_id, is_placed=is_placed)
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
    if isinstance(cache.connection_type, Unknown):
        return cache.connection_type
    if cache.connection_type == "public":
        return None
    if isinstance(cache.subnets, Unknown):
        return cache.subnets
    if DEFAULT_SUBNET in cache.subnets:
        return DEFAULT_VPC
    for subnet in view.all(Subnet):
        if subnet.subnet_id in cache.subnets:
            return subnet.vpc_id
    return missing(view.gap(Subnet, cache.region), Subnet, f"Subnet {', '.join(cache.subnets)}")


def _is_placed(instance: Instance) -> bool:
    """Whether a subnet is named for it. A launch template that is elsewhere may name one or not."""
    return instance.subnet_id not in {None, DEFAULT_SUBNET}


def _housed(
    view: AccountView, resource: Housed, vpc_id: Field[str | None], *, is_placed: bool = True
) -> Finding:
    observation = _house(view, resource.region, vpc_id)
    if is_placed and _is_elsewhere(view, observation):
        observation = passed(text("network.in-some-vpc"))
    return view.finding(resource, observation)


def _is_elsewhere(view: AccountView, observation: Observation) -> bool:
    """Whether all that is not known is a resource that the template or plan does not hold."""
    reasons = {cause.why for cause in observation.causes}
    return view.snapshot.is_planned and bool(reasons) and reasons <= _ELSEWHERE


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
