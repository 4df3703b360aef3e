"""Whether minor versions of databases are installed automatically."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.databases.clusters import (
    SERVICES,
    Database,
    databases_of,
    exempt_member,
    is_cluster_elsewhere,
)
from cloudpack_baseline.checks.missing import why_missing
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.texts import text

__all__ = ["rds_auto_minor_version"]

_EXPECTED = "AutoMinorVersionUpgrade=true"


@check(reads(DBInstance), reads(DBCluster))
def rds_auto_minor_version(view: AccountView) -> Iterator[Finding]:
    """Reads ``AutoMinorVersionUpgrade`` of each database (DescribeDBInstances, DescribeDBClusters).

    An Aurora cluster passes if the setting is on for the cluster and for every member. For a
    Multi-AZ cluster, the setting of the cluster counts. It has no effect on Aurora global databases
    and on Aurora MySQL clusters with cross-Region replicas (Amazon Aurora User Guide, "Automatic
    minor version upgrades for Aurora DB clusters"), and does not apply to RDS Custom. Amazon
    DocumentDB and Amazon Neptune are patched by their own rules.
    """
    for database in databases_of(view):
        exemption = exempt_member(view, database) or _exempt(database)
        if exemption is not None and not _is_off_for_cluster_elsewhere(view, database):
            yield view.finding(database, exemption)
        else:
            yield view.finding(database, *_observe(view, database))


def _is_off_for_cluster_elsewhere(view: AccountView, database: Database) -> bool:
    """Whether a member of a template turns the setting off for a cluster that is not in it."""
    return (
        isinstance(database, DBInstance)
        and view.snapshot.is_planned
        and is_cluster_elsewhere(view, database)
        and database.auto_minor_version_upgrade is False
        and database.engine not in SERVICES
    )


def _exempt(database: Database) -> Observation | None:
    """That the setting does not apply to the database, or that its engine is unknown."""
    if isinstance(database.engine, Unknown):
        if isinstance(database, DBInstance) and database.auto_minor_version_upgrade is True:
            return None  # it passes, or does not apply
        return unknown("Engine", database.engine, expected=_EXPECTED)
    if database.engine in SERVICES:
        service = SERVICES[database.engine]
        return not_applicable(text("vulnerabilities.other-service", service=service))
    if database.engine.startswith("custom-"):
        return not_applicable(text("vulnerabilities.rds-custom", engine=database.engine))
    return _exempt_cluster(database) if isinstance(database, DBCluster) else None


def _exempt_cluster(cluster: DBCluster) -> Observation | None:
    """That it is a global database, or replicated to another Region; both are of Aurora."""
    database = cluster.global_cluster
    if isinstance(database, Unknown):
        return unknown("GlobalClusterIdentifier", database, expected=_EXPECTED)
    if database is not None:
        return not_applicable(text("vulnerabilities.global-database", name=database))
    return _exempt_replicated(cluster) if cluster.engine == "aurora-mysql" else None


def _exempt_replicated(cluster: DBCluster) -> Observation | None:
    """That the cluster has a replica, or its source, in another Region."""
    replicas, source = cluster.replicas, cluster.replica_source
    if isinstance(replicas, Unknown):
        return unknown("ReadReplicaIdentifiers", replicas, expected=_EXPECTED)
    if isinstance(source, Unknown):
        return unknown("ReplicationSourceIdentifier", source, expected=_EXPECTED)
    related = (*replicas, *(() if source is None else (source,)))
    remote = tuple(name for name in related if _is_remote(name, cluster.region))
    if not remote:
        return None
    return not_applicable(text("vulnerabilities.cross-region-replica", arns=remote))


def _is_remote(identifier: str, region: str) -> bool:
    """Whether it is of another Region: AWS names replicas of the same Region by name, or by ARN."""
    return identifier.startswith("arn:") and identifier.split(":")[3:4] != [region]


def _observe(view: AccountView, database: Database) -> Iterator[Observation]:
    yield _setting(database)
    if isinstance(database, DBCluster) and str(database.engine).startswith("aurora"):
        if isinstance(database.members, Unknown):
            yield unknown("DBClusterMembers", database.members, expected=_EXPECTED)
        else:
            yield from _of_members(view, database, database.members)


def _of_members(
    view: AccountView, cluster: DBCluster, members: Iterable[str]
) -> Iterator[Observation]:
    instances = {
        instance.name: instance
        for instance in view.all(DBInstance)
        if instance.region == cluster.region
    }
    for name in members:
        if name in instances:
            yield _setting(instances[name], name)
        else:
            code = "DBInstanceNotFound"
            why = why_missing(view, DBInstance, name, region=cluster.region, code=code)
            yield unknown(f"DBInstance {name}", why, expected=_EXPECTED)


def _setting(database: Database, member: str = "") -> Observation:
    """What is reported about the setting of a database, or of a member of it."""
    setting = database.auto_minor_version_upgrade
    origin = database.origin_of("auto_minor_version_upgrade")
    if isinstance(setting, Unknown):
        return unknown("AutoMinorVersionUpgrade", setting, expected=_EXPECTED, origin=origin)
    words = "rds-auto-minor-version-member" if member else "rds-auto-minor-version"
    message = text(f"vulnerabilities.{words}{'' if setting else '-not'}", **_named(member))
    report = passed if setting else failed
    read = f"AutoMinorVersionUpgrade={str(setting).lower()}"
    return report(message, read=read, expected=_EXPECTED, origin=origin)


def _named(member: str) -> dict[str, str]:
    return {"name": member} if member else {}
