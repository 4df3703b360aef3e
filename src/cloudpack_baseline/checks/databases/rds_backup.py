"""Whether databases are backed up daily, and can be restored to a point in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cloudpack_baseline.baseline.options.databases import RdsBackupOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.databases.clusters import SERVICES, Database, without_cluster
from cloudpack_baseline.checks.databases.generations import DAY, generations_of
from cloudpack_baseline.checks.databases.retention import retention
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.rds import DBCluster, DBInstance, DBSnapshot
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["rds_backup"]


_DAILY = timedelta(hours=26)
"""How old the newest daily backup may be: a day, and room for the window and the copy."""

_AUTOMATIC = frozenset(("automated", "awsbackup"))
_STOPPED = frozenset(("stopped", "stopping"))
_DELETED = frozenset(("deleting",))


_ALWAYS_WITH_BACKUPS = ("mysql", "mariadb", "oracle-", "custom-oracle", "db2-")
_NEVER_WITH_BACKUPS = ("sqlserver-", "custom-sqlserver")
_BY_VERSION = "postgres"
"""The engine whose version decides."""
_POSTGRES_SINCE = (14, 1)


@check(reads(DBInstance), reads(DBCluster), reads(DBSnapshot), subjects=(DBInstance, DBCluster))
def rds_backup(view: AccountView) -> Iterator[Finding]:
    """Reads retention, automated snapshots and ``LatestRestorableTime`` of each database.

    ``BackupRetentionPeriod`` in days has to cover the required generations. As many automated
    snapshots as the age of the database requires have to be available, the newest of them from
    the last day. ``LatestRestorableTime`` has to be within 30 minutes of the time of evaluation
    (RDS API Reference, DBInstance, DBCluster, DBSnapshot).

    A member of a cluster is judged through its cluster. A read replica is judged if its engine
    can back it up; otherwise, its source is backed up instead. While a database is stopped,
    nothing is written or backed up, so its times may be old. For a database of a template, only
    the retention is evaluated.
    """
    clusters = {(cluster.region, cluster.name) for cluster in view.all(DBCluster)}
    for cluster in view.all(DBCluster):
        yield _finding(view, cluster, tuple(_backups(view, cluster)))
    for instance in view.all(DBInstance):
        if instance.cluster is None:
            yield _finding(view, instance, tuple(_instance(view, instance)))
        elif isinstance(instance.cluster, Unknown):
            yield _finding(view, instance, (unknown("DBClusterIdentifier", instance.cluster),))
        elif (instance.region, instance.cluster) not in clusters:
            yield _finding(
                view, instance, (without_cluster(view, instance.region, instance.cluster),)
            )


def _finding(
    view: AccountView, database: Database, observations: tuple[Observation, ...]
) -> Finding:
    service = SERVICES.get(database.engine) if isinstance(database.engine, str) else None
    notes: list[Text] = [text("databases.service", service=service)] if service else []
    if database.status in _STOPPED:
        notes.append(text("databases.stopped", status=database.status))
    if isinstance(database.aws_backup_recovery_point_arn, str):
        notes.append(text("databases.aws-backup"))
    return view.finding(database, *observations, notes=notes)


def _instance(view: AccountView, instance: DBInstance) -> Iterator[Observation]:
    if instance.replica_source is not None and not _has_retention(view, instance):
        deciding = {"Engine": instance.engine}
        if instance.engine == _BY_VERSION:
            deciding["EngineVersion"] = instance.engine_version
        for name, value in deciding.items():
            if isinstance(value, Unknown):
                yield unknown(name, value)
                return
        has_backups = _replica_backups(*_engine(instance))
        if has_backups is not True:
            yield _replica(instance, instance.replica_source, has_backups=has_backups)
            return
    yield from _backups(view, instance)


def _has_retention(view: AccountView, instance: DBInstance) -> bool:
    """Whether a template asks for enough backups of a replica, whatever its engine is."""
    days = instance.backup_retention_period
    options = view.baseline.options(RdsBackupOptions)
    return view.snapshot.is_planned and isinstance(days, int) and days >= options.generations


def _replica(
    instance: DBInstance,
    source: Field[str],
    *,
    has_backups: bool | None,
) -> Observation:
    if isinstance(source, Unknown):
        return unknown("ReadReplicaSourceDBInstanceIdentifier", source)
    engine = " ".join(_engine(instance)).strip()
    if has_backups is None:
        why = Unknown.because(Why.UNSUPPORTED, detail=f"ReadReplica {engine}")
        return unknown("BackupRetentionPeriod", why)
    message = text("databases.replica", engine=engine, source=source)
    return not_applicable(message)


def _engine(instance: DBInstance) -> tuple[str, str]:
    version = instance.engine_version
    return str(instance.engine), "" if isinstance(version, Unknown) else version


def _backups(view: AccountView, database: Database) -> Iterator[Observation]:
    if database.status in _DELETED:
        message = text("databases.deleting", status=database.status)
        yield not_applicable(message)
        return
    options = view.baseline.options(RdsBackupOptions)
    days = database.backup_retention_period
    retained = retention(database, "backup_retention_period", days, options.generations)
    yield retained
    if retained.outcome is Outcome.FAIL and days == 0:
        # Disabled altogether: the consequences are not reported again.
        return
    if view.snapshot.is_planned:
        # There are no backups before it is deployed.
        return
    yield _generations(view, database, options.generations)
    yield _restorable(view, database, timedelta(minutes=options.restorable_within_minutes))


def _generations(view: AccountView, database: Database, expected: int) -> Observation:
    created = database.created_at
    if isinstance(created, Unknown):
        return unknown(_created_field(database), created)
    available = _automatic_snapshots(view, database)
    generations = generations_of(
        view.as_of,
        view.as_of - created if created else timedelta(0),
        (at for snapshot in available if isinstance(at := snapshot.created_at, datetime)),
        expected=expected,
        within=_DAILY,
    )
    count, due = len(available), generations.due
    gap = view.gap(DBSnapshot, database.region)
    if count >= due and (generations.is_fresh or database.status in _STOPPED):
        return passed(text("databases.generations", count=count, due=due))
    if gap is not None:
        return unknown("DBSnapshots", gap, expected=f">= {due}")
    if count < due:
        return failed(
            text("databases.generations-short", count=count, due=due),
            read=f"DBSnapshots: {count}",
            expected=f">= {due}",
        )
    newest = _moment(generations.newest)
    return failed(
        text("databases.generations-old", newest=newest),
        read=f"SnapshotCreateTime={newest}",
        expected=f">= {_moment(view.as_of - _DAILY)}",
    )


def _automatic_snapshots(view: AccountView, database: Database) -> list[DBSnapshot]:
    return [
        snapshot
        for snapshot in view.all(DBSnapshot)
        if snapshot.region == database.region
        and snapshot.of_cluster is isinstance(database, DBCluster)
        and snapshot.database == database.name
        and snapshot.resource_id in ("", database.resource_id)
        and snapshot.snapshot_type in _AUTOMATIC
        and snapshot.status == "available"
        and (snapshot.created_at is None or snapshot.created_at <= view.as_of)
    ]


def _restorable(view: AccountView, database: Database, within: timedelta) -> Observation:
    latest = database.latest_restorable_time
    origin = database.origin_of("latest_restorable_time")
    oldest = view.as_of - within
    expected = f"LatestRestorableTime>={_moment(oldest)}"
    if isinstance(latest, Unknown):
        return unknown("LatestRestorableTime", latest, expected=expected, origin=origin)
    if latest is None:
        return _never_restorable(view, database, expected)
    if latest >= oldest or database.status in _STOPPED:
        return passed(text("databases.restorable", latest=_moment(latest)), origin=origin)
    return failed(
        text("databases.restorable-late", latest=_moment(latest)),
        read=f"LatestRestorableTime={_moment(latest)}",
        expected=expected,
        origin=origin,
    )


def _never_restorable(view: AccountView, database: Database, expected: str) -> Observation:
    created = database.created_at
    if isinstance(created, Unknown):
        return unknown(_created_field(database), created, expected=expected)
    if created is None or (
        database.status in ("creating", "backing-up") and view.as_of - created < DAY
    ):
        why = Unknown.because(
            Why.UNSUPPORTED, detail=f"LatestRestorableTime of a database that is {database.status}"
        )
        return unknown("LatestRestorableTime", why, expected=expected)
    return failed(
        text("databases.restorable-never"), read="LatestRestorableTime=", expected=expected
    )


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _created_field(database: Database) -> str:
    return "ClusterCreateTime" if isinstance(database, DBCluster) else "InstanceCreateTime"


def _replica_backups(engine: str, version: str) -> bool | None:
    """Whether the engine supports automated backups of replicas; ``None``: unknown.

    Source: Amazon RDS User Guide, Differences between read replicas for DB engines.

    Args:
        engine: DBInstance.Engine, such as ``mysql``.
        version: DBInstance.EngineVersion, such as ``14.1``.
    """
    if engine.startswith(_ALWAYS_WITH_BACKUPS):
        return True
    if engine.startswith(_NEVER_WITH_BACKUPS):
        return False
    if engine == _BY_VERSION:
        number = _version(version)
        return None if number is None else number >= _POSTGRES_SINCE
    return None


def _version(version: str) -> tuple[int, ...] | None:
    numbers = version.split(".")[:2]
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return None
    return tuple(map(int, numbers))
