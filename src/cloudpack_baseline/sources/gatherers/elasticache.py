"""Amazon ElastiCache."""

from __future__ import annotations

from typing import Any

from cloudpack_baseline.model.elasticache import CacheCluster, CacheSubnetGroup, ServerlessCache
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS"]

_CLUSTERS = "elasticache:DescribeCacheClusters"
_GROUPS = "elasticache:DescribeCacheSubnetGroups"
_SERVERLESS = "elasticache:DescribeServerlessCaches"


def _clusters(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_CLUSTERS, lambda item: _cluster(calls, item), ShowCacheNodeInfo=True)


def _cluster(calls: Calls, item: Answer) -> CacheCluster:
    return CacheCluster(
        **_common(calls, item, _CLUSTERS, "CacheClusterId"),
        engine=string(item, "Engine"),
        engine_version=item.get("EngineVersion", ""),
        status=item.get("CacheClusterStatus", ""),
        replication_group=item.get("ReplicationGroupId"),
        subnet_group=item.get("CacheSubnetGroupName"),
        security_groups=tuple(
            sorted(one["SecurityGroupId"] for one in item.get("SecurityGroups") or ())
        ),
        port=_port(item),
    )


def _port(item: Answer) -> int | None:
    """Of the configuration endpoint (memcached, cluster mode) or of the first node."""
    ends = [item.get("ConfigurationEndpoint")]
    ends += [node.get("Endpoint") for node in item.get("CacheNodes") or ()]
    ports = [end["Port"] for end in ends if end and end.get("Port")]
    return int(ports[0]) if ports else None


def _subnet_groups(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_GROUPS, lambda item: _subnet_group(calls, item))


def _subnet_group(calls: Calls, item: Answer) -> CacheSubnetGroup:
    return CacheSubnetGroup(
        **_common(calls, item, _GROUPS, "CacheSubnetGroupName"),
        vpc=item.get("VpcId", ""),
        subnets=tuple(sorted(one["SubnetIdentifier"] for one in item.get("Subnets") or ())),
    )


def _serverless(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_SERVERLESS, lambda item: _serverless_cache(calls, item))


def _serverless_cache(calls: Calls, item: Answer) -> ServerlessCache:
    return ServerlessCache(
        **_common(calls, item, _SERVERLESS, "ServerlessCacheName"),
        engine=string(item, "Engine"),
        status=item.get("Status", ""),
        subnets=tuple(sorted(item.get("SubnetIds") or ())),
        security_groups=tuple(sorted(item.get("SecurityGroupIds") or ())),
        port=(item.get("Endpoint") or {}).get("Port"),
    )


def _common(calls: Calls, item: Answer, key: str, name: str) -> dict[str, Any]:
    return {
        "arn": string(item, "ARN"),
        "account": calls.account,
        "region": calls.region,
        "name": string(item, name),
        "origin": Origin(operation=key),
    }


GATHERERS = (
    Gatherer(kind=CacheCluster, run=_clusters, operations=(_CLUSTERS,)),
    Gatherer(kind=CacheSubnetGroup, run=_subnet_groups, operations=(_GROUPS,)),
    Gatherer(kind=ServerlessCache, run=_serverless, operations=(_SERVERLESS,)),
)
