"""Who reaches databases, servers, the bastion and the application's administration."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._network_paths_shared import port_of, reach_of
from cloudpack_baseline.checks.network._reach import Reach
from cloudpack_baseline.checks.network._stores import (
    STORE_READS,
    Store,
    databases,
)
from cloudpack_baseline.checks.network.doubt import missing
from cloudpack_baseline.checks.network.ends import INTERNET
from cloudpack_baseline.checks.network.network_reads import NETWORK_READS
from cloudpack_baseline.findings import Finding, Observation, failed, passed, unknown
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import NO_TRAFFIC
from cloudpack_baseline.texts import text

__all__ = ["rds_public_access"]


@check(*NETWORK_READS, *STORE_READS, reads(DBCluster), subjects=(DBInstance, DBCluster))
def rds_public_access(view: AccountView) -> Iterator[Finding]:
    """5.1.1: databases of RDS are not public, neither by flag nor by reachability.

    Evidence: ``PubliclyAccessible``; and whether the Internet, beyond the declared
    networks, completes a connection to the database's port on its interfaces.
    """
    held = databases(view)
    reach = reach_of(view, {one.key: store for one, store in held})
    for one, store in held:
        yield view.finding(one, _flag(one), _from_internet(reach, one, store))
    for cluster in view.all(DBCluster):
        if cluster.publicly_accessible is not None:
            yield view.finding(cluster, _flag(cluster))


def _flag(one: DBInstance | DBCluster) -> Observation:
    value, wanted = one.publicly_accessible, "PubliclyAccessible=false"
    if isinstance(value, Unknown):
        return unknown("PubliclyAccessible", value, expected=wanted)
    if value:
        message = text("network.public-flag")
        return failed(message, read="PubliclyAccessible=true", expected=wanted)
    return passed(text("network.private-flag"), read=wanted, expected=wanted)


def _from_internet(reach: Reach, one: DBInstance, store: Store) -> Observation:
    if not store.interfaces:
        return unknown("NetworkInterface", missing(None, f"NetworkInterface of {one.name}"))
    found = [
        observation
        for arrival in reach.arrivals(one.key, port_of(store))
        if arrival.source.end.name == INTERNET
        for observation in reach.surplus(one.key, arrival, NO_TRAFFIC, "network.public-path")
    ]
    return found[0] if found else passed(text("network.private-path"))
