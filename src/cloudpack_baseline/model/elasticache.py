"""Records of Amazon ElastiCache."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import instant, member
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = [
    "CacheCluster",
    "CacheSnapshot",
    "CacheSubnetGroup",
    "ReplicationGroup",
    "ServerlessCache",
    "ServerlessCacheSnapshot",
]

_NOT_IN_CLUSTER = Unknown.because(Why.NOT_GATHERED, operation="elasticache:DescribeCacheClusters")
_NOT_IN_GROUP = Unknown.because(Why.NOT_GATHERED, operation="elasticache:DescribeReplicationGroups")
"""Of what an earlier version did not record."""


def _port(cluster: Answer) -> int | None:
    """Of the configuration endpoint (memcached, cluster mode) or of the first node."""
    ports = (member(node, "Endpoint.Port") for node in cluster.get("CacheNodes") or ())
    port = member(cluster, "ConfigurationEndpoint.Port") or next(filter(None, ports), None)
    return None if port is None else int(port)


@frozen(kw_only=True)
class CacheCluster(Record):
    """A cluster of nodes; of a replication group, each member is one (CacheCluster).

    Attributes:
        engine: ``redis``, ``valkey`` or ``memcached``.
        engine_version: such as ``7.1.0``.
        status: CacheClusterStatus.
        subnet_group: CacheSubnetGroupName; None outside a VPC.
        security_groups: IDs of its VPC security groups, sorted.
        port: the port that it answers on; None where AWS does not say (no node yet).
        replication_group: ReplicationGroupId, if it is a member of one.
        at_rest_encryption_enabled: whether it is encrypted at rest.
        transit_encryption_enabled: whether it accepts TLS.
        transit_encryption_mode: ``required``, or ``preferred`` if it accepts plain text as well.
        auto_minor_version_upgrade: whether minor versions are installed automatically.
        snapshot_retention_limit: days for which daily snapshots are kept; 0: there are none.
        created_at: CacheClusterCreateTime.
    """

    api = Listed(
        "elasticache:DescribeCacheClusters",
        arn="ARN",
        name="CacheClusterId",
    )

    engine: Field[str]
    engine_version: Field[str] = ""
    status: str = described("CacheClusterStatus", default="available")
    subnet_group: Field[str | None] = described("CacheSubnetGroupName", default=None)
    security_groups: Field[tuple[str, ...]] = described(
        "SecurityGroups[].SecurityGroupId", unordered=True, default=()
    )
    port: Field[int | None] = described("", convert=_port, default=None)
    replication_group: Field[str | None] = described("ReplicationGroupId", default=None)
    at_rest_encryption_enabled: Field[bool] = described(
        "AtRestEncryptionEnabled", required=True, default=_NOT_IN_CLUSTER
    )
    transit_encryption_enabled: Field[bool] = described(
        "TransitEncryptionEnabled", required=True, default=_NOT_IN_CLUSTER
    )
    transit_encryption_mode: Field[str | None] = None
    auto_minor_version_upgrade: Field[bool] = described(
        "AutoMinorVersionUpgrade", required=True, default=_NOT_IN_CLUSTER
    )
    snapshot_retention_limit: Field[int] = 0
    created_at: Field[datetime | None] = described("CacheClusterCreateTime", default=None)


@frozen(kw_only=True)
class ReplicationGroup(Record):
    """A replication group of Valkey or Redis OSS (ReplicationGroup); `name` is its ID.

    Attributes:
        status: Status.
        members: CacheClusterIds of its members, sorted.
        at_rest_encryption_enabled: whether it is encrypted with a key that was chosen for it.
        storage_encryption_type: ``none``, ``sse-elasticache`` (a key of the service) or
            ``sse-kms``; ``None``: not in the answer, so `at_rest_encryption_enabled` decides.
        kms_key_id: KmsKeyId; ``None`` under a key of the service.
        transit_encryption_enabled: whether it accepts TLS.
        transit_encryption_mode: ``required``, or ``preferred`` if it accepts plain text as well.
        snapshot_retention_limit: days for which daily snapshots are kept; 0: there are none.
        created_at: ReplicationGroupCreateTime.
    """

    api = Listed("elasticache:DescribeReplicationGroups", arn="ARN", name="ReplicationGroupId")

    status: Field[str] = "available"
    members: Field[tuple[str, ...]] = described("MemberClusters", unordered=True, default=())
    at_rest_encryption_enabled: Field[bool] = described(
        "AtRestEncryptionEnabled", required=True, default=_NOT_IN_GROUP
    )
    storage_encryption_type: Field[str | None] = None
    kms_key_id: Field[str | None] = None
    transit_encryption_enabled: Field[bool] = described(
        "TransitEncryptionEnabled", required=True, default=_NOT_IN_GROUP
    )
    transit_encryption_mode: Field[str | None] = None
    snapshot_retention_limit: Field[int] = 0
    created_at: Field[datetime | None] = described("ReplicationGroupCreateTime", default=None)


@frozen(kw_only=True)
class CacheSubnetGroup(Record):
    """The subnets for the nodes of a group (CacheSubnetGroup).

    Attributes:
        vpc: VpcId.
        subnets: subnet IDs, sorted.
    """

    api = Listed("elasticache:DescribeCacheSubnetGroups", arn="ARN", name="CacheSubnetGroupName")

    vpc: Field[str] = described("VpcId", default="")
    subnets: Field[tuple[str, ...]] = described(
        "Subnets[].SubnetIdentifier", unordered=True, default=()
    )


@frozen(kw_only=True)
class ServerlessCache(Record):
    """A serverless cache (ServerlessCache); it is reached through VPC endpoints, unless public.

    Attributes:
        engine: ``redis``, ``valkey`` or ``memcached``.
        status: Status.
        subnets: subnet IDs of its endpoints, sorted.
        security_groups: IDs of their security groups, sorted.
        port: Endpoint.Port.
        kms_key_id: KmsKeyId; ``None``: it is encrypted with a key that AWS owns.
        snapshot_retention_limit: days for which daily snapshots are kept; 0: there are none.
        created_at: CreateTime.
        connection_type: ``vpc``, or ``public``: it is accessible from the internet.
    """

    api = Listed("elasticache:DescribeServerlessCaches", arn="ARN", name="ServerlessCacheName")

    engine: Field[str]
    status: str = "available"
    subnets: Field[tuple[str, ...]] = described("SubnetIds", unordered=True, default=())
    security_groups: Field[tuple[str, ...]] = described(
        "SecurityGroupIds", unordered=True, default=()
    )
    port: Field[int | None] = described("Endpoint.Port", default=None)
    kms_key_id: Field[str | None] = None
    snapshot_retention_limit: Field[int] = 0
    created_at: Field[datetime | None] = described("CreateTime", default=None)
    connection_type: Field[str] = described("ConnectionType", default="vpc")


def _taken(nodes: Iterable[Answer]) -> datetime | None:
    """When the first of the nodes was copied."""
    times = [instant(node["SnapshotCreateTime"]) for node in nodes]
    return min(times, default=None)


@frozen(kw_only=True)
class CacheSnapshot(Record):
    """A snapshot of a replication group or a cluster (Snapshot).

    Attributes:
        cluster: CacheClusterId of the cluster that was copied.
        replication_group: ReplicationGroupId, if it was a member of one.
        status: SnapshotStatus: ``available`` if it can be restored.
        created_at: the earliest SnapshotCreateTime of its nodes.
    """

    api = Listed("elasticache:DescribeSnapshots", arn="ARN", name="SnapshotName")

    cluster: str | None = described("CacheClusterId", default=None)
    replication_group: str | None = described("ReplicationGroupId", default=None)
    status: Field[str] = described("SnapshotStatus")
    created_at: Field[datetime | None] = described("NodeSnapshots", convert=_taken, default=None)


@frozen(kw_only=True)
class ServerlessCacheSnapshot(Record):
    """A snapshot of a serverless cache (ServerlessCacheSnapshot).

    Attributes:
        cache: the name of the cache.
        status: ``available`` if it can be restored.
        created_at: CreateTime.
    """

    api = Listed(
        "elasticache:DescribeServerlessCacheSnapshots",
        arn="ARN",
        name="ServerlessCacheSnapshotName",
    )

    cache: str = described("ServerlessCacheConfiguration.ServerlessCacheName", default="")
    status: Field[str]
    created_at: Field[datetime | None] = described("CreateTime", default=None)
