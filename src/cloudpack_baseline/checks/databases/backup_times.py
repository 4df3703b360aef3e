"""When volumes, file systems, tables and caches were backed up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.databases.generations import DAY
from cloudpack_baseline.model.backup_protection import ProtectedResource
from cloudpack_baseline.model.dynamodb import DynamoDBBackup, DynamoDBTable, PointInTimeRecovery
from cloudpack_baseline.model.ec2_images import EbsSnapshot
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.efs import FileSystem
from cloudpack_baseline.model.elasticache import (
    CacheCluster,
    CacheSnapshot,
    ReplicationGroup,
    ServerlessCache,
    ServerlessCacheSnapshot,
)
from cloudpack_baseline.model.fsx import FsxBackup, FsxFileSystem, FsxVolume
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["BackupTimes", "Subject", "backup_times", "subjects", "times_of"]

Subject: TypeAlias = (
    Volume
    | FileSystem
    | FsxFileSystem
    | FsxVolume
    | DynamoDBTable
    | ReplicationGroup
    | CacheCluster
    | ServerlessCache
)
"""What is backed up."""

_Key: TypeAlias = tuple[str, str, str]
"""The kind, the Region and the ID of what is backed up; for an ARN, the ARN alone."""

_Backup: TypeAlias = tuple[_Key, Field[str], Field[datetime | None]]
"""What a backup is of, its status, and when it was created."""

BackupTimes: TypeAlias = Mapping[_Key, list[Field[datetime]]]
"""When each backup that can be restored was created, by what it is of."""

_RESTORABLE = frozenset(("completed", "COMPLETED", "available", "AVAILABLE"))
_HOUR = timedelta(hours=1)


def subjects(view: AccountView) -> Iterator[Subject]:
    """Everything of the account that is backed up."""
    yield from view.all(Volume)
    yield from view.all(FileSystem)
    yield from view.all(FsxFileSystem)
    yield from view.all(FsxVolume)
    yield from view.all(DynamoDBTable)
    yield from view.all(ReplicationGroup)
    yield from view.all(CacheCluster)
    yield from view.all(ServerlessCache)


def backup_times(view: AccountView) -> BackupTimes:
    """When each backup of the account was created, for those that can be restored."""
    times: defaultdict[_Key, list[Field[datetime]]] = defaultdict(list)
    for key, status, created in _backups(view):
        if isinstance(status, Unknown):
            times[key].append(status)
        elif status in _RESTORABLE and created is not None:
            times[key].append(created)
    return times


def _backups(view: AccountView) -> Iterator[_Backup]:
    """Each backup, as the services and AWS Backup list them."""
    for ebs in view.all(EbsSnapshot):
        yield ("Volume", ebs.region, ebs.volume_id), ebs.state, ebs.started_at
    for serverless in view.all(ServerlessCacheSnapshot):
        key = ("ServerlessCache", serverless.region, serverless.cache)
        yield key, serverless.status, serverless.created_at
    for table in view.all(DynamoDBBackup):
        yield ("", "", table.table), table.status, table.created_at
    yield from _of_one_or_another(view)
    yield from _recovery_points(view)


def _of_one_or_another(view: AccountView) -> Iterator[_Backup]:
    """Backups of file systems or volumes, and of clusters or replication groups."""
    for fsx in view.all(FsxBackup):
        key = ("FsxFileSystem", fsx.region, fsx.file_system)
        if fsx.volume:
            key = ("FsxVolume", fsx.region, fsx.volume)
        yield key, fsx.lifecycle, fsx.created_at
    for cache in view.all(CacheSnapshot):
        key = ("CacheCluster", cache.region, str(cache.cluster))
        if cache.replication_group:
            key = ("ReplicationGroup", cache.region, cache.replication_group)
        yield key, cache.status, cache.created_at


def _recovery_points(view: AccountView) -> Iterator[_Backup]:
    """The recovery points of AWS Backup; unknown for a resource if they were not read."""
    for resource in view.all(ProtectedResource):
        points = resource.recovery_points
        if isinstance(points, Unknown):
            yield ("", "", resource.arn), points, None
        else:
            for point in points:
                yield ("", "", resource.arn), point.status, point.created_at


def times_of(times: BackupTimes, subject: Subject) -> list[Field[datetime]]:
    """When the backups of the subject were created; unknown ones are among them."""
    created = list(times.get(_key(subject), ()))
    if isinstance(subject, DynamoDBTable):
        recovery = subject.point_in_time_recovery
        created += [recovery] if isinstance(recovery, Unknown) else _each_day(recovery)
    return _distinct(created)


def _key(subject: Subject) -> _Key:
    if isinstance(subject, FileSystem | DynamoDBTable):
        return "", "", subject.arn
    if isinstance(subject, Volume | FsxVolume):
        return type(subject).__name__, subject.region, subject.volume_id
    if isinstance(subject, FsxFileSystem):
        return "FsxFileSystem", subject.region, subject.file_system_id
    return type(subject).__name__, subject.region, subject.name


def _each_day(recovery: PointInTimeRecovery | None) -> Iterator[Field[datetime]]:
    """A time for each day of the window of point-in-time recovery."""
    if recovery is None or recovery.status != "ENABLED":
        return
    earliest, latest = recovery.earliest, recovery.latest
    if earliest is None or latest is None:
        operation = "dynamodb:DescribeContinuousBackups"
        yield Unknown.because(Why.MALFORMED, operation=operation, detail="no window")
        return
    while latest >= earliest:
        yield latest
        latest -= DAY


def _distinct(times: list[Field[datetime]]) -> list[Field[datetime]]:
    """The times without copies: a service and AWS Backup list the same backup."""
    unknown = [time for time in times if isinstance(time, Unknown)]
    distinct: list[datetime] = []
    for time in sorted((time for time in times if isinstance(time, datetime)), reverse=True):
        if not distinct or distinct[-1] - time >= _HOUR:
            distinct.append(time)
    return [*distinct, *unknown]
