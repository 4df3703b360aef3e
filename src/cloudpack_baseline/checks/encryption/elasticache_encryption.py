"""Whether caches are encrypted at rest and in transit, with declared keys if any are declared."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline.options.encryption import ElasticacheEncryptionOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.encryption.at_rest import observe_encryption
from cloudpack_baseline.checks.encryption.keys import observe_key
from cloudpack_baseline.checks.settings import Setting, one_of
from cloudpack_baseline.findings import Finding, Observation, not_applicable, passed, unknown
from cloudpack_baseline.model.elasticache import CacheCluster, ReplicationGroup, ServerlessCache
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import text

__all__ = ["elasticache_encryption"]

_TYPE = Setting("storage_encryption_type", one_of("sse-kms", "sse-elasticache"), words="at-rest")
_AT_REST = Setting("at_rest_encryption_enabled", expected=True, words="at-rest")
_IN_TRANSIT = Setting("transit_encryption_enabled", expected=True, words="in-transit")
_MODE = Setting("transit_encryption_mode", one_of(None, "required"), words="in-transit-required")

_NO_KEY = Unknown.because(Why.UNSUPPORTED, detail="the key of a cluster without replication group")


@check(
    reads(ReplicationGroup),
    reads(CacheCluster),
    reads(ServerlessCache),
    reads(KmsAlias),
    subjects=(ReplicationGroup, CacheCluster, ServerlessCache),
)
def elasticache_encryption(view: AccountView) -> Iterator[Finding]:
    """Reads encryption at rest and in transit of each replication group, cluster and cache.

    A group is encrypted at rest by a key of the service too (``StorageEncryptionType``), although
    ``AtRestEncryptionEnabled`` is false. In transit, ``TransitEncryptionMode=preferred`` fails,
    because the cache still accepts plain text. Members of a group are evaluated through it. Nodes
    of Memcached hold their data in memory only, so they are evaluated in transit. Serverless caches
    are always encrypted (Amazon ElastiCache User Guide, "Data security in Amazon ElastiCache").
    """
    keys = view.baseline.options(ElasticacheEncryptionOptions).kms_keys
    for group in view.all(ReplicationGroup):
        setting = _AT_REST if group.storage_encryption_type is None else _TYPE
        at_rest = observe_encryption(view, group, setting, keys)
        yield view.finding(group, *at_rest, *_in_transit(view, group))
    for cluster in view.all(CacheCluster):
        yield view.finding(cluster, *_of_cluster(view, cluster, keys))
    for cache in view.all(ServerlessCache):
        serverless = passed(text("encryption.serverless-cache"))
        key = (observe_key(view, cache, "kms_key_id", keys),) if keys else ()
        yield view.finding(cache, serverless, *key)


def _in_transit(view: AccountView, cache: ReplicationGroup | CacheCluster) -> Iterator[Observation]:
    yield _IN_TRANSIT.observe(view, cache)
    if cache.transit_encryption_enabled is True:
        yield _MODE.observe(view, cache)


def _of_cluster(
    view: AccountView, cluster: CacheCluster, keys: tuple[str, ...]
) -> Iterator[Observation]:
    """Clusters of their own are Memcached, or a single node without replicas."""
    group = cluster.replication_group
    if isinstance(group, Unknown):
        yield unknown("ReplicationGroupId", group)
    elif group is not None:
        yield not_applicable(text("encryption.group-member", group=group))
    else:
        if cluster.engine == "memcached":
            yield not_applicable(text("encryption.memcached"))
        else:
            yield _AT_REST.observe(view, cluster)
            if keys:
                yield unknown("KmsKeyId", _NO_KEY)
        yield from _in_transit(view, cluster)
