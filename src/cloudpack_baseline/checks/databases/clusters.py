"""Members of database clusters, which are judged through their cluster."""

from __future__ import annotations

from typing import TypeAlias

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.missing import why_missing
from cloudpack_baseline.findings import Observation, not_applicable, unknown
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = [
    "SERVICES",
    "Database",
    "databases_of",
    "exempt_member",
    "is_cluster_elsewhere",
    "without_cluster",
]

Database: TypeAlias = DBInstance | DBCluster

SERVICES = {"docdb": "Amazon DocumentDB", "neptune": "Amazon Neptune"}
"""The other services in the listings of RDS, by Engine."""


def databases_of(view: AccountView) -> tuple[Database, ...]:
    """The instances and the clusters of the account."""
    return (*view.all(DBInstance), *view.all(DBCluster))


def exempt_member(view: AccountView, database: Database) -> Observation | None:
    """That a member of a cluster is judged through it; ``None``: the database is no member.

    It is unknown if its cluster is not among the records, or if it is unknown whether it has one.
    The cluster of a member in a template may be elsewhere, and is judged there.
    """
    cluster = database.cluster if isinstance(database, DBInstance) else None
    if cluster is None:
        return None
    if isinstance(cluster, Unknown):
        return unknown("DBClusterIdentifier", cluster)
    missing = _cluster_of(view, database.region, cluster) is None
    if missing and not view.snapshot.is_planned:
        return without_cluster(view, database.region, cluster)
    return not_applicable(text("databases.member", cluster=cluster))


def is_cluster_elsewhere(view: AccountView, member: DBInstance) -> bool:
    """Whether the cluster of a member is known by its name only, as a template may have it."""
    name = member.cluster
    return isinstance(name, str) and _cluster_of(view, member.region, name) is None


def _cluster_of(view: AccountView, region: str, name: str) -> DBCluster | None:
    """The cluster of that name; ``None``: there is none among the records."""
    for cluster in view.all(DBCluster):
        if (cluster.region, cluster.name) == (region, name):
            return cluster
    return None


def without_cluster(view: AccountView, region: str, cluster: str) -> Observation:
    """That the cluster of a member is not among the records, so it is unknown."""
    code = "DBClusterNotFoundFault"
    why = why_missing(view, DBCluster, cluster, region=region, code=code)
    return unknown(f"DBCluster {cluster}", why)
