"""Whether the internet reaches databases of RDS."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._internet_endpoints import (
    internet_access_gateway,
    of_express_cluster,
)
from cloudpack_baseline.checks.network._reach import InboundReach
from cloudpack_baseline.checks.network._stores import (
    STORE_READS,
    Store,
    databases,
    without_interfaces,
)
from cloudpack_baseline.checks.network.ends import INTERNET
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS
from cloudpack_baseline.findings import Finding, Observation, Outcome, failed, passed, unknown
from cloudpack_baseline.model.elbv2 import LoadBalancer
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import NO_TRAFFIC
from cloudpack_baseline.texts import text

__all__ = ["rds_public_access"]


@check(
    *NETWORK_READS,
    *STORE_READS,
    reads(DBCluster),
    subjects=(DBInstance, DBCluster),
    connected=True,
)
def rds_public_access(view: AccountView) -> Iterator[Finding]:
    """Reads ``PubliclyAccessible`` and evaluates whether the internet reaches the database.

    It does if a connection from outside the declared networks to the port of the database passes
    to one of its interfaces. Where a template does not say in which subnets they are,
    ``PubliclyAccessible`` decides.
    """
    stores_of = databases(view)
    reach = InboundReach.of_stores(view, (store for _, store in stores_of))
    for database, store in stores_of:
        yield view.finding(
            database,
            _flag(database),
            of_express_cluster(view, database) or _from_internet(reach, database, store),
        )
    for cluster in view.all(DBCluster):
        gateway = internet_access_gateway(cluster)
        if gateway is not None:
            yield view.finding(cluster, gateway)
        elif cluster.publicly_accessible is not None:
            yield view.finding(cluster, _flag(cluster))


def _flag(database: DBInstance | DBCluster) -> Observation:
    value = database.publicly_accessible
    expected = "PubliclyAccessible=false"
    if isinstance(value, Unknown):
        return unknown("PubliclyAccessible", value, expected=expected)
    if value:
        message = text("network.public-flag")
        return failed(message, read="PubliclyAccessible=true", expected=expected)
    return passed(text("network.private-flag"), read=expected, expected=expected)


def _from_internet(reach: InboundReach, database: DBInstance, store: Store) -> Observation:
    if not store.interfaces:
        return without_interfaces(reach.view, store, database.name)
    decided = _is_decided(reach.view, database)
    failures = [
        observation
        for arrival in reach.arrivals(database.key, store.traffic, reach.outside)
        if arrival.source.end.name == INTERNET
        for observation in reach.excess(database.key, arrival, NO_TRAFFIC, "network.public-path")
        if observation.outcome is Outcome.FAIL or not decided
    ]
    return failures[0] if failures else passed(text("network.private-path"))


def _is_decided(view: AccountView, database: DBInstance) -> bool:
    """Whether what a template does not say of the network decides nothing.

    The internet reaches a database without a public address only through a load balancer.
    """
    is_private = view.snapshot.is_planned and database.publicly_accessible is False
    return is_private and not view.all(LoadBalancer)
