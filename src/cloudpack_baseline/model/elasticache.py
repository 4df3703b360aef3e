"""Records of Amazon ElastiCache."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import member
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["CacheCluster", "CacheSubnetGroup", "ServerlessCache"]


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
    """A serverless cache (ServerlessCache); it is reached through VPC endpoints.

    Attributes:
        engine: ``redis``, ``valkey`` or ``memcached``.
        status: Status.
        subnets: subnet IDs of its endpoints, sorted.
        security_groups: IDs of their security groups, sorted.
        port: Endpoint.Port.
    """

    api = Listed("elasticache:DescribeServerlessCaches", arn="ARN", name="ServerlessCacheName")

    engine: Field[str]
    status: str = "available"
    subnets: Field[tuple[str, ...]] = described("SubnetIds", unordered=True, default=())
    security_groups: Field[tuple[str, ...]] = described(
        "SecurityGroupIds", unordered=True, default=()
    )
    port: Field[int | None] = described("Endpoint.Port", default=None)
