"""Records of Amazon ElastiCache."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["CacheCluster", "CacheSubnetGroup", "ServerlessCache"]


@frozen(kw_only=True)
class CacheCluster(Record):
    """A cluster of nodes; of a replication group, each member is one (CacheCluster).

    Attributes:
        engine: ``redis``, ``valkey`` or ``memcached``.
        engine_version: as ``7.1.0``.
        status: CacheClusterStatus.
        replication_group: ReplicationGroupId; None outside of any.
        subnet_group: CacheSubnetGroupName; None outside a VPC.
        security_groups: ids of its VPC security groups, sorted.
        port: the port that it answers on; None where AWS does not say (no node yet).
    """

    engine: str
    engine_version: str = ""
    status: str = "available"
    replication_group: str | None = None
    subnet_group: str | None = None
    security_groups: Field[tuple[str, ...]] = ()
    port: Field[int | None] = None


@frozen(kw_only=True)
class CacheSubnetGroup(Record):
    """The subnets that nodes of a group may stand in (CacheSubnetGroup).

    Attributes:
        vpc: VpcId.
        subnets: subnet ids, sorted.
    """

    vpc: str = ""
    subnets: tuple[str, ...] = ()


@frozen(kw_only=True)
class ServerlessCache(Record):
    """A serverless cache (ServerlessCache); it is reached through VPC endpoints.

    Attributes:
        engine: ``redis``, ``valkey`` or ``memcached``.
        status: Status.
        subnets: subnet ids of its endpoints, sorted.
        security_groups: ids of their security groups, sorted.
        port: Endpoint.Port.
    """

    engine: str
    status: str = "available"
    subnets: tuple[str, ...] = ()
    security_groups: Field[tuple[str, ...]] = ()
    port: Field[int | None] = None
