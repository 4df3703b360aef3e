"""Caches in memory: Amazon ElastiCache, Amazon MemoryDB and DynamoDB Accelerator (DAX).

Source: AWS CloudFormation Template Reference, "Amazon ElastiCache resource types", "Amazon MemoryDB
resource types", "Amazon DynamoDB Accelerator resource types".
"""

from __future__ import annotations

from functools import partial

from cloudpack_baseline.model.ec2 import DEFAULT_SUBNET, DEFAULT_VPC
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.interfaces import (
    InterfaceSettings,
    add_interfaces,
    flattened,
    group_ids,
    vpc_of,
)
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    exact,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined

__all__ = ["TYPES"]

TYPES = Types()

_CLUSTERS = "elasticache:DescribeCacheClusters"
_GROUPS = "elasticache:DescribeReplicationGroups"
_SUBNET_GROUPS = "elasticache:DescribeCacheSubnetGroups"
_DEFAULT_GROUP = "default"
_SERVERLESS = "elasticache:DescribeServerlessCaches"
_INTERFACES = "ec2:DescribeNetworkInterfaces"
_PLACES = "subnets of MemoryDB and DAX"
"""Subnet groups that no record describes, for interfaces."""

_PORTS = {"memcached": 11211}
_REDIS = 6379
_DAX = 8111


def _arn(resource: TypedResource, kind: str, name: str) -> str:
    place = f"{resource.partition}:elasticache:{resource.region}:{resource.account}"
    return f"arn:{place}:{kind}:{name}"


@TYPES.of("AWS::ElastiCache::SubnetGroup", _SUBNET_GROUPS, ref="CacheSubnetGroupName", order=2)
def _subnet_group(resource: TypedResource) -> None:
    subnets = resource.get("SubnetIds")
    ids = [shown(subnet) for subnet in flattened(subnets)]
    described: Resolved = [{"SubnetIdentifier": subnet} for subnet in ids]
    resource.item(
        _SUBNET_GROUPS,
        ARN=_arn(resource, "subnetgroup", resource.id),
        CacheSubnetGroupName=resource.id,
        VpcId=vpc_of(resource.answers, str(ids[0])) if ids else None,
        Subnets=subnets if isinstance(subnets, Unknown) else described,
    )


def _subnets_of(resource: TypedResource, operation: str, key: str, group: Resolved) -> Resolved:
    """The subnets of a group; ``None``: the default ones."""
    if group is None:
        return None
    item = resource.answers.find(operation, key, str(group))
    if item is None:
        return undetermined(f"subnets of {shown(group)}")
    entries = item.raw("Subnets")
    if isinstance(entries, Unknown):
        return entries
    return [follow(entry, "SubnetIdentifier") for entry in as_list(entries)]


@TYPES.of(
    "AWS::ElastiCache::CacheCluster",
    _CLUSTERS,
    _SUBNET_GROUPS,
    _INTERFACES,
    ref="ClusterName",
    order=4,
)
def _cluster(resource: TypedResource) -> None:
    # Memcached has no snapshots (ElastiCache API Reference, CreateCacheCluster).
    has_snapshots = resource.get("SnapshotRetentionLimit") is not None
    engine = resource.get("Engine", "redis" if has_snapshots else None)
    encrypted = resource.get("TransitEncryptionEnabled", False)
    _add_cluster(
        resource,
        resource.id,
        engine=engine,
        TransitEncryptionEnabled=encrypted,
        AtRestEncryptionEnabled=False,
        SnapshotRetentionLimit=resource.get("SnapshotRetentionLimit", 0),
    )


def _default_group(resource: TypedResource) -> str:
    """The subnet group of caches that name none, in the default VPC."""
    if resource.answers.find(_SUBNET_GROUPS, "CacheSubnetGroupName", _DEFAULT_GROUP) is None:
        unknown = undetermined(f"the subnets of {DEFAULT_VPC}")
        resource.item(
            _SUBNET_GROUPS,
            ARN=_arn(resource, "subnetgroup", _DEFAULT_GROUP),
            CacheSubnetGroupName=_DEFAULT_GROUP,
            VpcId=DEFAULT_VPC,
            Subnets=unknown,
        )
    return _DEFAULT_GROUP


def _add_cluster(
    resource: TypedResource, name: str, *, engine: Resolved, **members: Resolved
) -> None:
    port = resource.get("Port")
    group = resource.get("CacheSubnetGroupName")
    named = (resource.get("VpcSecurityGroupIds"), resource.get("SecurityGroupIds"))
    groups = group_ids(resource.answers, *named)
    resource.item(
        _CLUSTERS,
        ARN=_arn(resource, "cluster", name),
        CacheClusterId=name,
        Engine=exact(engine),
        EngineVersion=exact(resource.get("EngineVersion")),
        CacheClusterStatus="available",
        CacheSubnetGroupName=_default_group(resource)
        if group is None or str(group).lower() == _DEFAULT_GROUP
        else shown(group),
        SecurityGroups=[{"SecurityGroupId": group_id} for group_id in groups or ()],
        ConfigurationEndpoint={
            "Port": _PORTS.get(str(engine).lower(), _REDIS) if port is None else port
        },
        AutoMinorVersionUpgrade=resource.get("AutoMinorVersionUpgrade", True),
        **members,
    )
    settings = InterfaceSettings(
        description=f"ElastiCache {name}", requester="amazon-elasticache", groups=groups
    )
    subnets = _subnets_of(resource, _SUBNET_GROUPS, "CacheSubnetGroupName", group)
    add_interfaces(resource, subnets, settings)


@TYPES.of(
    "AWS::ElastiCache::ReplicationGroup",
    _GROUPS,
    _CLUSTERS,
    _SUBNET_GROUPS,
    _INTERFACES,
    ref="ReplicationGroupId",
    order=4,
)
def _replication_group(resource: TypedResource) -> None:
    """One member stands for all of them: they have the same settings."""
    engine = resource.get("Engine", "redis")
    at_rest = resource.get("AtRestEncryptionEnabled")
    if at_rest is None:
        at_rest = _of_store(resource, "AtRestEncryptionEnabled", _by_engine(engine))
    in_transit = resource.get("TransitEncryptionEnabled")
    if in_transit is None:
        in_transit = _of_store(resource, "TransitEncryptionEnabled", default=False)
    member = f"{resource.id}-001"
    mode = resource.get("TransitEncryptionMode")
    settings = {
        "AtRestEncryptionEnabled": at_rest,
        "TransitEncryptionEnabled": in_transit,
        "TransitEncryptionMode": mode,
    }
    properties = {name: value for name, value in settings.items() if value is not None}
    limit = resource.get("SnapshotRetentionLimit", 0)
    resource.item(
        _GROUPS,
        "KmsKeyId",
        ARN=_arn(resource, "replicationgroup", resource.id),
        ReplicationGroupId=resource.id,
        Status="available",
        MemberClusters=[member],
        SnapshotRetentionLimit=limit,
        **properties,
    )
    _add_cluster(
        resource,
        member,
        engine=engine,
        ReplicationGroupId=resource.id,
        SnapshotRetentionLimit=limit,
        **properties,
    )


def _of_store(resource: TypedResource, setting: str, default: Resolved) -> Resolved:
    """The setting where a group says nothing; a secondary one has that of its global datastore.

    Source: Amazon ElastiCache API Reference, GlobalReplicationGroup.
    """
    store = resource.get("GlobalReplicationGroupId")
    return default if store is None else undetermined(f"{setting} of {shown(store)}")


def _by_engine(engine: Resolved) -> Resolved:
    """Valkey is encrypted at rest by default, Redis OSS is not."""
    known = exact(engine)
    return known if isinstance(known, Unknown) else str(engine).lower() == "valkey"


@TYPES.of(
    "AWS::ElastiCache::ServerlessCache",
    _SERVERLESS,
    _INTERFACES,
    ref="ServerlessCacheName",
    order=4,
)
def _serverless(resource: TypedResource) -> None:
    subnets = resource.get("SubnetIds")
    groups = group_ids(resource.answers, resource.get("SecurityGroupIds"))
    engine, connection = resource.get("Engine"), exact(resource.get("ConnectionType", "vpc"))
    is_public = str(connection) == "public"
    ids = [shown(subnet) for subnet in flattened(subnets)]
    resource.item(
        _SERVERLESS,
        "KmsKeyId",
        ConnectionType=connection,
        ARN=_arn(resource, "serverlesscache", resource.id),
        ServerlessCacheName=resource.id,
        Engine=exact(engine),
        Status="available",
        SubnetIds=[]
        if is_public
        else subnets
        if isinstance(subnets, Unknown)
        else ids or [DEFAULT_SUBNET],
        SecurityGroupIds=groups or [],
        Endpoint={"Port": _PORTS.get(str(engine).lower(), _REDIS)},
        SnapshotRetentionLimit=resource.get("SnapshotRetentionLimit", 0),
    )
    if is_public:
        return
    settings = InterfaceSettings(
        type="vpc_endpoint", description=f"ElastiCache serverless {resource.id}", groups=groups
    )
    add_interfaces(resource, subnets, settings)


# MemoryDB and DAX ----------------------------------------------------------------------------


def _other_subnet_group(resource: TypedResource) -> None:
    subnets = resource.get("SubnetIds")
    described: Resolved = [{"SubnetIdentifier": shown(subnet)} for subnet in flattened(subnets)]
    resource.item(
        _PLACES,
        Name=resource.id,
        Subnets=subnets if isinstance(subnets, Unknown) else described,
    )


TYPES.of("AWS::MemoryDB::SubnetGroup", ref="SubnetGroupName", order=2)(_other_subnet_group)
TYPES.of("AWS::DAX::SubnetGroup", ref="SubnetGroupName", order=2)(_other_subnet_group)


_MANAGED_BY = {"MemoryDB": [{"Key": "AmazonMemoryDBManaged", "Value": "true"}]}
"""The tags of the interfaces of a service, by which its databases are recognized."""


def _add_nodes(service: str, resource: TypedResource) -> None:
    subnets = _subnets_of(resource, _PLACES, "Name", resource.get("SubnetGroupName"))
    settings = InterfaceSettings(
        description=f"{service} {resource.id}",
        requester=f"amazon-{service.lower()}",
        groups=group_ids(resource.answers, resource.get("SecurityGroupIds")),
        tags=_MANAGED_BY.get(service),
    )
    add_interfaces(resource, subnets, settings)


for _service in ("MemoryDB", "DAX"):
    TYPES.of(f"AWS::{_service}::Cluster", _INTERFACES, ref="ClusterName", order=4)(
        partial(_add_nodes, _service)
    )
