"""Whether volumes, file systems, tables and caches are backed up daily."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from cloudpack_baseline.baseline.options.databases import DailyBackupOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.databases.backup_times import (
    BackupTimes,
    Subject,
    backup_times,
    subjects,
    times_of,
)
from cloudpack_baseline.checks.databases.generations import Generations, generations_of
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
from cloudpack_baseline.model.backup import BackupPlan
from cloudpack_baseline.model.backup_protection import ProtectedResource
from cloudpack_baseline.model.dlm import LifecyclePolicy
from cloudpack_baseline.model.dynamodb import DynamoDBBackup, DynamoDBTable
from cloudpack_baseline.model.ec2 import Instance
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
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.values import Field, Truth, Unknown, all_of, any_of, lift
from cloudpack_baseline.texts import text

__all__ = ["daily_backup"]

_EVIDENCE: Mapping[type[Record], tuple[type[Record], ...]] = {
    Volume: (EbsSnapshot,),
    FileSystem: (ProtectedResource,),
    FsxFileSystem: (FsxBackup,),
    FsxVolume: (FsxBackup,),
    DynamoDBTable: (DynamoDBBackup, ProtectedResource),
    ReplicationGroup: (CacheSnapshot,),
    CacheCluster: (CacheSnapshot,),
    ServerlessCache: (ServerlessCacheSnapshot,),
}
"""The kinds of records that are backups, by the kind that they are of."""

_DELETED = frozenset(("deleting", "deleted"))
_GROUP_TAG = "aws:autoscaling:groupName"


@check(
    reads(Volume),
    reads(FileSystem, "backup_policy"),
    reads(FsxFileSystem),
    reads(FsxVolume),
    reads(DynamoDBTable, "created_at", "point_in_time_recovery"),
    reads(ReplicationGroup),
    reads(CacheCluster),
    reads(ServerlessCache),
    reads(LifecyclePolicy),
    reads(Instance),
    reads(EbsSnapshot),
    reads(ProtectedResource, "recovery_points"),
    reads(FsxBackup),
    reads(DynamoDBBackup),
    reads(CacheSnapshot),
    reads(ServerlessCacheSnapshot),
    reads(BackupPlan),
    subjects=(
        Volume,
        FileSystem,
        FsxFileSystem,
        FsxVolume,
        DynamoDBTable,
        ReplicationGroup,
        CacheCluster,
        ServerlessCache,
        LifecyclePolicy,
    ),
)
def daily_backup(view: AccountView) -> Iterator[Finding]:
    """Reads the backups of each volume, file system, table and cache; plans are no evidence.

    These are completed EBS snapshots (DescribeSnapshots), recovery points of AWS Backup for EFS and
    DynamoDB (ListProtectedResources, ListRecoveryPointsByResource), backups of FSx, DynamoDB and
    ElastiCache. As many as the age of the resource requires have to exist (``generations``), the
    newest of them of the last day (``newest_within_hours``); copies within an hour are one
    generation. Point-in-time recovery of a table stands for each day of its window. A cache,
    table or file system that is too new for a backup fails if none will follow:
    ``SnapshotRetentionLimit`` is too short, or point-in-time recovery or the automatic backups are
    off and there is no backup plan. A policy of Data Lifecycle Manager in state ``ERROR`` fails.

    Not evaluated are root volumes of Auto Scaling groups, scratch file systems of FSx for Lustre,
    nodes of Memcached, and what is declared (``exempt``). FSx for NetApp ONTAP is evaluated volume
    by volume, and a member of a replication group through its group. Databases: ``rds-backup``.

    In a template, ``SnapshotRetentionLimit`` of a cache is evaluated, and if the template has no
    backup plan, also point-in-time recovery of a table, ``BackupPolicy`` of an EFS file system and
    ``AutomaticBackupRetentionDays`` of an FSx file system. Other resources have no such setting.
    """
    if view.snapshot.is_planned:
        yield from _before_deployment(view)
        return
    times = backup_times(view)
    for subject in subjects(view):
        exemption = _declared(view, subject) or _exempt(view, subject)
        yield view.finding(subject, exemption or _judge(view, subject, times))
    for policy in view.all(LifecyclePolicy):
        yield view.finding(policy, _of_policy(policy))


def _before_deployment(view: AccountView) -> Iterator[Finding]:
    """What the settings say; the backups exist after deployment."""
    for subject in subjects(view):
        exemption = _declared(view, subject) or _exempt(view, subject)
        yield view.finding(subject, exemption or _by_setting(view, subject))


def _by_setting(view: AccountView, subject: Subject) -> Observation:
    if isinstance(subject, ReplicationGroup | CacheCluster | ServerlessCache):
        due = view.baseline.options(DailyBackupOptions).generations
        days = subject.snapshot_retention_limit
        return retention(subject, "snapshot_retention_limit", days, due)
    if isinstance(subject, DynamoDBTable):
        return _recovery(view, subject)
    if isinstance(subject, FileSystem):
        return _automatic_backups(view, subject)
    if isinstance(subject, FsxFileSystem):
        return _daily_backups(view, subject)
    return not_applicable(text("common.after-deployment"))


def _recovery(view: AccountView, table: DynamoDBTable) -> Observation:
    recovery, origin = table.point_in_time_recovery, table.origin_of("point_in_time_recovery")
    expected = "PointInTimeRecoveryStatus=ENABLED"
    if isinstance(recovery, Unknown):
        return unknown("PointInTimeRecoveryStatus", recovery, expected=expected, origin=origin)
    status = "DISABLED" if recovery is None else recovery.status
    read = f"PointInTimeRecoveryStatus={status}"
    if status == "ENABLED":
        return passed(text("databases.recovery"), read=read, origin=origin)
    if _has_plan(view, table.region):
        return not_applicable(text("common.after-deployment"))
    return failed(text("databases.recovery-off"), read=read, expected=expected, origin=origin)


def _automatic_backups(view: AccountView, file_system: FileSystem) -> Observation:
    status, origin = file_system.backup_policy, file_system.origin_of("backup_policy")
    expected = "BackupPolicy.Status=ENABLED"
    if isinstance(status, Unknown):
        return unknown("BackupPolicy.Status", status, expected=expected, origin=origin)
    read = f"BackupPolicy.Status={status or 'DISABLED'}"
    if status == "ENABLED":
        return passed(text("databases.automatic-backups"), read=read, origin=origin)
    if _has_plan(view, file_system.region):
        return not_applicable(text("common.after-deployment"))
    message = text("databases.automatic-backups-off")
    return failed(message, read=read, expected=expected, origin=origin)


def _daily_backups(view: AccountView, file_system: FsxFileSystem) -> Observation:
    days, field = file_system.automatic_backup_retention_days, "automatic_backup_retention_days"
    if days is None:
        return not_applicable(text("common.after-deployment"))
    due = view.baseline.options(DailyBackupOptions).generations
    setting = retention(file_system, field, days, due)
    if setting.outcome is Outcome.FAIL and _has_plan(view, file_system.region):
        return not_applicable(text("common.after-deployment"))
    return setting


def _has_plan(view: AccountView, region: str) -> bool:
    """Whether a backup plan may select what has no backups of its own: one of its Region.

    The Region of a template may not be known.
    """
    return any(plan.region in ("", region) for plan in view.all(BackupPlan))


def _declared(view: AccountView, subject: Subject) -> Observation | None:
    patterns = view.baseline.options(DailyBackupOptions).exempt
    if any(covers(pattern, subject.arn, subject.name) for pattern in patterns):
        return not_applicable(text("databases.backup-exempt"))
    return None


def _exempt(view: AccountView, subject: Subject) -> Observation | None:
    """Why the subject needs no backup of its own; unknown if that cannot be decided."""
    if isinstance(subject, Volume) and _is_root_of_group(view, subject) is True:
        return not_applicable(text("databases.group-root"))
    state = _state(subject)
    if isinstance(state, str) and state.lower() in _DELETED:
        return not_applicable(text("databases.deleting", status=state))
    if isinstance(subject, FsxFileSystem):
        return _exempt_file_system(view, subject)
    if isinstance(subject, FsxVolume):
        return _exempt_volume(subject)
    return _exempt_cluster(subject) if isinstance(subject, CacheCluster) else None


def _state(subject: Subject) -> Field[str | None]:
    """The state of what can be seen while it is being deleted."""
    if isinstance(subject, FsxFileSystem | FsxVolume):
        return subject.lifecycle
    return subject.state if isinstance(subject, Volume | FileSystem) else None


def _exempt_file_system(view: AccountView, file_system: FsxFileSystem) -> Observation | None:
    if isinstance(file_system.type, Unknown):
        return unknown("FileSystemType", file_system.type)
    # Before deployment, the setting of the file system is all that is known of its volumes.
    if file_system.type == "ONTAP" and not view.snapshot.is_planned:
        return not_applicable(text("databases.ontap"))
    deployment = file_system.deployment_type
    if isinstance(deployment, Unknown):
        return unknown("DeploymentType", deployment)
    if deployment is not None and deployment.startswith("SCRATCH"):
        return not_applicable(text("databases.scratch"))
    return None


def _exempt_volume(volume: FsxVolume) -> Observation | None:
    if isinstance(volume.type, Unknown):
        return unknown("VolumeType", volume.type)
    if volume.type != "ONTAP":
        return not_applicable(text("databases.openzfs"))
    if isinstance(volume.is_root, Unknown):
        return unknown("StorageVirtualMachineRoot", volume.is_root)
    return not_applicable(text("databases.svm-root")) if volume.is_root else None


def _exempt_cluster(cluster: CacheCluster) -> Observation | None:
    group, engine = cluster.replication_group, cluster.engine
    if isinstance(group, Unknown):
        return unknown("ReplicationGroupId", group)
    if group is not None:
        return not_applicable(text("encryption.group-member", group=group))
    if isinstance(engine, Unknown):
        return unknown("Engine", engine)
    return not_applicable(text("databases.memcached")) if engine == "memcached" else None


def _is_root_of_group(view: AccountView, volume: Volume) -> Truth:
    """Whether it is the root volume of an instance of an Auto Scaling group."""
    if isinstance(volume.instances, Unknown):
        return volume.instances
    instances = view.snapshot.derived(_instances)
    keys = ((view.account.id, volume.region, instance) for instance in volume.instances)
    return any_of(
        all_of(
            (
                lift(lambda tags: _GROUP_TAG in dict(tags), instance.tags),
                _is_among(instance.root_device, volume.devices),
            )
        )
        for instance in map(instances.get, keys)
        if instance is not None
    )


def _instances(snapshot: Snapshot) -> Mapping[tuple[str, str, str], Instance]:
    """By account, Region and ID."""
    return {
        (instance.account, instance.region, instance.instance_id): instance
        for account in snapshot.accounts
        for instance in snapshot.all(Instance, account.id)
    }


def _is_among(device: Field[str | None], devices: Field[tuple[str, ...]]) -> Truth:
    if isinstance(device, Unknown):
        return device
    return lift(lambda names: device in names, devices)


def _judge(view: AccountView, subject: Subject, times: BackupTimes) -> Observation:
    options = view.baseline.options(DailyBackupOptions)
    within = timedelta(hours=options.newest_within_hours)
    created, backups = subject.created_at, times_of(times, subject)
    generations = generations_of(
        view.as_of,
        # What was not recorded with a time of creation is taken for old.
        view.as_of - created if isinstance(created, datetime) else timedelta.max,
        (at for at in backups if isinstance(at, datetime) and at <= view.as_of),
        expected=options.generations,
        within=within,
    )
    count, due = generations.count, generations.due
    if count >= due and generations.is_fresh:
        new = _while_new(view, subject) if not (count or due) else None
        return new or passed(text("databases.backups", count=count, due=due))
    doubts = [*_doubts(view, subject), *(at for at in backups if isinstance(at, Unknown))]
    if doubts:
        return unknown("backups", reduce(or_, doubts), expected=f">= {due}")
    return _missing(view, generations, within)


def _while_new(view: AccountView, subject: Subject) -> Observation | None:
    """Why no backup of a new cache, table or file system will follow; ``None``: one may."""
    setting = _by_setting(view, subject)
    gap = view.gap(BackupPlan, subject.region)
    is_planned = isinstance(subject, DynamoDBTable | FileSystem | FsxFileSystem)
    if is_planned and setting.outcome is Outcome.FAIL and gap is not None:
        return unknown("BackupPlansList", gap)
    return setting if setting.outcome in {Outcome.FAIL, Outcome.UNKNOWN} else None


def _doubts(view: AccountView, subject: Subject) -> Iterator[Unknown]:
    """Why there may be more backups, or fewer due."""
    if isinstance(subject.created_at, Unknown):
        yield subject.created_at
    for kind in _EVIDENCE[type(subject)]:
        gap = view.gap(kind, subject.region)
        if gap is not None:
            yield gap
    if isinstance(subject, Volume):
        is_root = _is_root_of_group(view, subject)
        if isinstance(is_root, Unknown):
            yield is_root


def _missing(view: AccountView, generations: Generations, within: timedelta) -> Observation:
    """What is missing: a generation, or a recent one."""
    count, due, newest = generations.count, generations.due, generations.newest
    if newest is None or count < due:
        message = text("databases.backups-short", count=count, due=due)
        return failed(message, read=f"backups: {count}", expected=f">= {due}")
    day = newest.strftime("%Y-%m-%dT%H:%M:%SZ")
    hours = within // timedelta(hours=1)
    message = text("databases.backups-old", newest=day, hours=hours)
    oldest = (view.as_of - within).strftime("%Y-%m-%dT%H:%M:%SZ")
    return failed(message, read=f"newest: {day}", expected=f">= {oldest}")


def _of_policy(policy: LifecyclePolicy) -> Observation:
    state, origin = policy.state, policy.origin
    expected = "State=ENABLED | DISABLED"
    if isinstance(state, Unknown):
        return unknown("State", state, expected=expected, origin=origin)
    if state == "ERROR":
        message = text("databases.policy-error")
        return failed(message, read=f"State={state}", expected=expected, origin=origin)
    return passed(text("databases.policy", state=state), read=f"State={state}", origin=origin)
