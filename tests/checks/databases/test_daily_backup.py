"""daily-backup (3.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline import Baseline, Outcome, check_daily_backup
from cloudpack_baseline.checks.databases.generations import generations_of
from cloudpack_baseline.model.backup import BackupPlan
from cloudpack_baseline.model.backup_protection import ProtectedResource, RecoveryPoint
from cloudpack_baseline.model.dlm import LifecyclePolicy
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
from cloudpack_baseline.testing import records
from support import NOW, denied, only, world

PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.NOT_APPLICABLE,
)
CONTROL = "daily-backup"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD = NOW - 400 * DAY
UNREAD = denied("service:DescribeBackups")


def make(kind, resource, service, **fields):
    return records.record(kind, resource, service=service, **fields)


def volume(**fields):
    fields = {"created_at": OLD, "instances": ("i-1",), "devices": ("/dev/xvda",)} | fields
    return make(Volume, "volume/vol-1", "ec2", volume_id="vol-1", **fields)


def ebs(at, number, **fields):
    fields = {"volume_id": "vol-1", "state": "completed", "started_at": at} | fields
    name = f"snap-{number}"
    return make(EbsSnapshot, f"snapshot/{name}", "ec2", snapshot_id=name, **fields)


def fsx_backup(at, number, **fields):
    fields = {"lifecycle": "AVAILABLE", "created_at": at} | fields
    return make(FsxBackup, f"backup/{number}", "fsx", **fields)


def cache_snapshot(at, number, **fields):
    fields = {"status": "available", "created_at": at} | fields
    return make(CacheSnapshot, f"snapshot:{number}", "elasticache", **fields)


def serverless_snapshot(at, number, **fields):
    fields = {"cache": "shop", "status": "available", "created_at": at} | fields
    resource = f"serverlesscachesnapshot:{number}"
    return make(ServerlessCacheSnapshot, resource, "elasticache", **fields)


def table_backup(at, number, **fields):
    fields = {"table": TABLE.arn, "status": "AVAILABLE", "created_at": at} | fields
    return make(DynamoDBBackup, f"table/orders/backup/{number}", "dynamodb", **fields)


def protected(arn, *times, status="COMPLETED"):
    points = tuple(
        RecoveryPoint(arn=f"{arn}/{at.isoformat()}", status=status, created_at=at) for at in times
    )
    return records.record(ProtectedResource, "", arn=arn, type="EFS", recovery_points=points)


VOLUME = volume()
EFS = make(FileSystem, "file-system/fs-1", "elasticfilesystem", created_at=OLD)
FSX = make(
    FsxFileSystem,
    "file-system/fs-2",
    "fsx",
    file_system_id="fs-2",
    type="WINDOWS",
    created_at=OLD,
)
ONTAP = make(
    FsxVolume, "volume/fs-3/fsvol-1", "fsx", volume_id="fsvol-1", type="ONTAP", created_at=OLD
)
TABLE = make(
    DynamoDBTable,
    "table/orders",
    "dynamodb",
    created_at=OLD,
    point_in_time_recovery=PointInTimeRecovery(status="DISABLED"),
)
GROUP = make(ReplicationGroup, "replicationgroup:shop", "elasticache", name="shop", created_at=OLD)
CLUSTER = make(
    CacheCluster, "cluster:shop", "elasticache", name="shop", engine="redis", created_at=OLD
)
SERVERLESS = make(
    ServerlessCache,
    "serverlesscache:shop",
    "elasticache",
    name="shop",
    engine="valkey",
    created_at=OLD,
)

BACKUPS = {
    "EbsSnapshot": (VOLUME, ebs, {}),
    "FsxBackup": (FSX, fsx_backup, {"file_system": "fs-2"}),
    "FsxBackup of a volume": (ONTAP, fsx_backup, {"file_system": "fs-3", "volume": "fsvol-1"}),
    "DynamoDBBackup": (TABLE, table_backup, {}),
    "CacheSnapshot": (
        GROUP,
        cache_snapshot,
        {"replication_group": "shop", "cluster": "shop-001"},
    ),
    "CacheSnapshot of a cluster": (CLUSTER, cache_snapshot, {"cluster": "shop"}),
    "ServerlessCacheSnapshot": (SERVERLESS, serverless_snapshot, {}),
}
EACH = pytest.mark.parametrize(("subject", "backup", "fields"), BACKUPS.values(), ids=BACKUPS)


def judged(subject, *others, baseline=None, **changes):
    snapshot = world(CONTROL, subject, *others, **changes)
    findings = check_daily_backup(snapshot, baseline).findings
    (finding,) = (finding for finding in findings if finding.resource.key == subject.arn)
    return finding


def outcome(subject, *others, **changes):
    return judged(subject, *others, **changes).outcome


def daily(backup, *hours, **fields):
    return [backup(NOW - hour * HOUR, hour, **fields) for hour in hours]


@EACH
@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((5, 29), PASS),
        ((26, 50), PASS),
        ((27, 51), FAIL),
        ((5,), FAIL),
        ((), FAIL),
        ((5, 29, 53), PASS),
    ],
)
def test_two_generations_the_newest_of_the_last_day(subject, backup, fields, hours, expected):
    assert outcome(subject, *daily(backup, *hours, **fields)) is expected


@EACH
def test_backups_of_something_else_do_not_count(subject, backup, fields):
    other = {name: f"{key}-other" for name, key in fields.items()}
    if backup is ebs:
        other = {"volume_id": "vol-2"}
    elif backup is table_backup:
        other = {"table": f"{TABLE.arn}2"}
    elif backup is serverless_snapshot:
        other = {"cache": "blog"}
    assert outcome(subject, *daily(backup, 5, 29, **other)) is FAIL
    if backup is not table_backup:
        elsewhere = daily(backup, 5, 29, region="us-east-1", **fields)
        assert outcome(subject, *elsewhere) is FAIL


@EACH
def test_backups_that_cannot_be_restored_do_not_count(subject, backup, fields):
    status = {"ebs": "state", "fsx_backup": "lifecycle"}.get(backup.__name__, "status")
    pending = daily(backup, 5, **fields, **{status: "CREATING"})
    assert outcome(subject, *pending, *daily(backup, 29, **fields)) is FAIL
    unread = daily(backup, 5, **fields, **{status: UNREAD})
    assert outcome(subject, *unread, *daily(backup, 29, **fields)) is UNKNOWN
    assert outcome(subject, *unread, *daily(backup, 6, 29, **fields)) is PASS


@EACH
def test_times_that_are_unknown_or_missing(subject, backup, fields):
    time = "started_at" if backup is ebs else "created_at"
    (newest, older) = daily(backup, 5, 29, **fields)
    assert outcome(subject, evolve(newest, **{time: UNREAD}), older) is UNKNOWN
    assert outcome(subject, evolve(newest, **{time: None}), older) is FAIL


@EACH
def test_a_listing_that_was_denied(subject, backup, fields):
    (record,) = daily(backup, 5, **fields)
    kind = type(record).__name__
    assert outcome(subject, record, gaps={kind: UNREAD}) is UNKNOWN
    second = backup(NOW - 29 * HOUR, 2, **fields)
    assert outcome(subject, record, second, gaps={kind: UNREAD}) is PASS


def backed_up(subject):
    """The subject, with the setting by which its service makes backups."""
    if isinstance(subject, DynamoDBTable):
        return evolve(subject, point_in_time_recovery=PointInTimeRecovery(status="ENABLED"))
    return evolve(subject, snapshot_retention_limit=2) if "cache" in subject.arn else subject


@EACH
def test_what_is_new_owes_less(subject, backup, fields):
    hour_old = evolve(backed_up(subject), created_at=NOW - 23 * HOUR)
    assert outcome(hour_old) is PASS
    day_old = evolve(subject, created_at=NOW - 27 * HOUR)
    assert outcome(day_old) is FAIL
    assert outcome(day_old, *daily(backup, 3, **fields)) is PASS


NEW = NOW - HOUR


@pytest.mark.parametrize("cache", [GROUP, CLUSTER, SERVERLESS], ids=["group", "cluster", "other"])
@pytest.mark.parametrize(
    ("days", "expected"), [(0, FAIL), (1, FAIL), (2, PASS), (7, PASS), (UNREAD, UNKNOWN)]
)
def test_a_new_cache_is_evaluated_by_its_retention(cache, days, expected):
    new = evolve(cache, created_at=NEW, snapshot_retention_limit=days)
    assert outcome(new) is expected
    snapshots = {
        GROUP: cache_snapshot(NOW, 1, replication_group="shop", cluster="shop-001"),
        CLUSTER: cache_snapshot(NOW, 1, cluster="shop"),
        SERVERLESS: serverless_snapshot(NOW, 1),
    }
    assert outcome(new, snapshots[cache]) is PASS


NEW_SUBJECTS = {
    "table": lambda status: evolve(
        TABLE, created_at=NEW, point_in_time_recovery=PointInTimeRecovery(status=status)
    ),
    "file system": lambda status: evolve(EFS, created_at=NEW, backup_policy=status),
}
PLAN = make(BackupPlan, "backup-plan:daily", "backup")


@pytest.mark.parametrize("new", NEW_SUBJECTS.values(), ids=NEW_SUBJECTS)
@pytest.mark.parametrize(
    ("status", "others", "gaps", "expected"),
    [
        ("ENABLED", (), {}, PASS),
        ("DISABLED", (), {}, FAIL),
        ("DISABLED", (PLAN,), {}, PASS),
        ("DISABLED", (evolve(PLAN, region="eu-west-3"),), {}, FAIL),
        ("DISABLED", (), {"BackupPlan": UNREAD}, UNKNOWN),
        ("ENABLED", (), {"BackupPlan": UNREAD}, PASS),
    ],
)
def test_what_is_new_needs_a_setting_or_a_plan(new, status, others, gaps, expected):
    assert outcome(new(status), *others, gaps=gaps) is expected


WINDOWS = make(
    FsxFileSystem,
    "file-system/fs-3",
    "fsx",
    file_system_id="fs-3",
    type="WINDOWS",
    created_at=NEW,
)


@pytest.mark.parametrize(
    ("days", "others", "expected"),
    [
        (0, (), FAIL),
        (1, (), FAIL),
        (2, (), PASS),
        (None, (), PASS),  # not recorded
        (UNREAD, (), UNKNOWN),
        (0, (PLAN,), PASS),
    ],
)
def test_a_new_fsx_file_system_is_evaluated_by_its_retention(days, others, expected):
    file_system = evolve(WINDOWS, automatic_backup_retention_days=days)
    assert outcome(file_system, *others) is expected
    if expected is FAIL:
        shown = {seen.read for seen in judged(file_system, *others).observations}
        assert f"AutomaticBackupRetentionDays={days}" in shown


def test_a_backup_of_a_new_table_decides():
    new = NEW_SUBJECTS["table"]("DISABLED")
    assert outcome(new, table_backup(NOW, 1)) is PASS


def test_recovery_of_a_new_table_that_was_not_answered_is_off():
    (observation,) = judged(evolve(TABLE, created_at=NEW, point_in_time_recovery=None)).observations
    assert (observation.outcome, observation.read) == (FAIL, "PointInTimeRecoveryStatus=DISABLED")


class TestInATemplate:
    """Settings are evaluated; backups exist after deployment."""

    def outcome(self, subject, *others, **changes):
        return outcome(subject, *others, source="template", **changes)

    @pytest.mark.parametrize("new", NEW_SUBJECTS.values(), ids=NEW_SUBJECTS)
    @pytest.mark.parametrize(
        ("status", "others", "expected"),
        [
            ("ENABLED", (), PASS),
            ("DISABLED", (), FAIL),
            ("DISABLED", (PLAN,), NOT_APPLICABLE),
            ("DISABLED", (evolve(PLAN, region=""),), NOT_APPLICABLE),
            ("DISABLED", (evolve(PLAN, region="eu-west-3"),), FAIL),
        ],
    )
    def test_what_a_plan_may_select(self, new, status, others, expected):
        assert self.outcome(new(status), *others) is expected

    @pytest.mark.parametrize(("days", "expected"), [(1, FAIL), (2, PASS)])
    def test_a_cache_by_its_retention(self, days, expected):
        assert self.outcome(evolve(GROUP, snapshot_retention_limit=days)) is expected

    def test_a_volume_has_no_such_setting(self):
        assert self.outcome(VOLUME) is NOT_APPLICABLE

    def test_what_needs_no_backup_of_its_own(self):
        exempt = evolve(CLUSTER, engine="memcached", snapshot_retention_limit=0)
        assert self.outcome(exempt) is NOT_APPLICABLE
        mapping = {"controls": {CONTROL: {"exempt": ["shop"]}}}
        declared = evolve(GROUP, snapshot_retention_limit=0)
        baseline = Baseline.from_mapping(mapping)
        assert self.outcome(declared, baseline=baseline) is NOT_APPLICABLE


@EACH
@pytest.mark.parametrize(("created", "expected"), [(None, FAIL), (UNREAD, UNKNOWN)])
def test_an_unknown_time_of_creation(subject, backup, fields, created, expected):
    changed = evolve(subject, created_at=created)
    assert outcome(changed) is expected
    assert outcome(changed, *daily(backup, 5, 29, **fields)) is PASS


def test_copies_within_an_hour_are_one_generation():
    twice = [ebs(NOW - 5 * HOUR, 1), ebs(NOW - 5 * HOUR - timedelta(minutes=59), 2)]
    assert outcome(VOLUME, *twice) is FAIL
    assert outcome(VOLUME, twice[0], ebs(NOW - 6 * HOUR, 3)) is PASS


def test_a_backup_of_the_future_does_not_count():
    assert outcome(VOLUME, *daily(ebs, -1, 5)) is FAIL
    assert outcome(VOLUME, *daily(ebs, 0, 24)) is PASS


@pytest.mark.parametrize(
    ("hours", "read", "words"),
    [
        ((5,), "backups: 1", "only 1 generations exist; 2 are required by now"),
        ((), "backups: 0", "only 0 generations exist; 2 are required by now"),
        (
            (27, 51),
            "newest: 2026-10-31T09:00:00Z",
            "the newest backup dates from 2026-10-31T09:00:00Z, more than 26 hours ago",
        ),
    ],
)
def test_what_is_missing_is_named(hours, read, words):
    (observation,) = judged(VOLUME, *daily(ebs, *hours)).observations
    assert (observation.read, observation.message.in_language("en")) == (read, words)


def test_the_baseline_says_how_many_and_how_recent():
    options = {"generations": 3, "newest_within_hours": 4}
    baseline = Baseline.from_mapping({"controls": {CONTROL: options}})
    assert outcome(VOLUME, *daily(ebs, 3, 27), baseline=baseline) is FAIL
    assert outcome(VOLUME, *daily(ebs, 5, 29, 53), baseline=baseline) is FAIL
    assert outcome(VOLUME, *daily(ebs, 4, 29, 53), baseline=baseline) is PASS


@pytest.mark.parametrize("pattern", ["fs-*", "arn:*:file-system/fs-1"])
def test_what_is_declared_needs_no_backup(pattern):
    baseline = Baseline.from_mapping({"controls": {CONTROL: {"exempt": [pattern]}}})
    assert outcome(EFS, baseline=baseline) is NOT_APPLICABLE
    assert outcome(VOLUME, baseline=baseline) is FAIL


class TestRecoveryPoints:
    """Of EFS and DynamoDB, as AWS Backup lists them."""

    @pytest.mark.parametrize("subject", [EFS, TABLE])
    @pytest.mark.parametrize(
        ("status", "expected"),
        [("COMPLETED", PASS), ("AVAILABLE", PASS), ("PARTIAL", FAIL), ("EXPIRED", FAIL)],
    )
    def test_by_status(self, subject, status, expected):
        points = protected(subject.arn, NOW - 5 * HOUR, NOW - 29 * HOUR, status=status)
        assert outcome(subject, points) is expected

    def test_none_although_it_is_protected(self):
        assert outcome(EFS, protected(EFS.arn)) is FAIL

    def test_those_that_were_denied(self):
        refused = evolve(protected(EFS.arn), recovery_points=UNREAD)
        assert outcome(EFS, refused) is UNKNOWN
        changed_protected = evolve(protected(f"{EFS.arn}2"), recovery_points=UNREAD)
        assert outcome(EFS, changed_protected) is FAIL

    @pytest.mark.parametrize("subject", [EFS, TABLE])
    def test_a_listing_that_was_denied(self, subject):
        assert outcome(subject, gaps={"ProtectedResource": UNREAD}) is UNKNOWN

    def test_the_same_backup_in_two_listings_counts_once(self):
        at = NOW - 5 * HOUR
        assert outcome(TABLE, table_backup(at, 1), protected(TABLE.arn, at)) is FAIL
        older = protected(TABLE.arn, at, NOW - 29 * HOUR)
        assert outcome(TABLE, table_backup(at, 1), older) is PASS


class TestPointInTimeRecovery:
    def outcome(self, *window, status="ENABLED"):
        recovery = PointInTimeRecovery(status=status, earliest=window[0], latest=window[1])
        return outcome(evolve(TABLE, point_in_time_recovery=recovery))

    @pytest.mark.parametrize(
        ("earliest", "latest", "expected"),
        [
            (NOW - 35 * DAY, NOW - timedelta(minutes=5), PASS),
            (NOW - DAY - timedelta(minutes=5), NOW - timedelta(minutes=5), PASS),
            (NOW - HOUR, NOW, FAIL),
            (NOW - 35 * DAY, NOW - 27 * HOUR, FAIL),
            (None, NOW, UNKNOWN),
            (NOW - 35 * DAY, None, UNKNOWN),
        ],
    )
    def test_each_day_of_the_window_is_a_generation(self, earliest, latest, expected):
        assert self.outcome(earliest, latest) is expected

    def test_a_window_without_its_ends_names_the_call(self):
        recovery = PointInTimeRecovery(status="ENABLED", earliest=None, latest=NOW)
        (observation,) = judged(evolve(TABLE, point_in_time_recovery=recovery)).observations
        assert observation.causes[0].operation == "dynamodb:DescribeContinuousBackups"

    def test_a_window_of_the_past_does_not_count_where_it_is_disabled(self):
        assert self.outcome(NOW - 35 * DAY, NOW, status="DISABLED") is FAIL

    def test_one_that_was_not_read(self):
        assert outcome(evolve(TABLE, point_in_time_recovery=UNREAD)) is UNKNOWN
        assert outcome(evolve(TABLE, point_in_time_recovery=None)) is FAIL
        backups = daily(table_backup, 5, 29)
        assert outcome(evolve(TABLE, point_in_time_recovery=UNREAD), *backups) is PASS


class TestRootVolumes:
    """Those of Auto Scaling groups come and go with their instances."""

    def instance(self, **fields):
        tags = (("aws:autoscaling:groupName", "web"),)
        return records.instance("i-1", **({"tags": tags, "root_device": "/dev/xvda"} | fields))

    @pytest.mark.parametrize(
        ("instance", "attached", "expected"),
        [
            ({}, {}, NOT_APPLICABLE),
            ({"tags": ()}, {}, FAIL),
            ({"tags": UNREAD}, {}, UNKNOWN),
            ({"root_device": "/dev/sda1"}, {}, FAIL),
            ({"root_device": UNREAD}, {}, UNKNOWN),
            ({"tags": (), "root_device": UNREAD}, {}, FAIL),
            ({}, {"devices": ("/dev/sdf",)}, FAIL),
            ({}, {"devices": UNREAD}, UNKNOWN),
            ({}, {"instances": ()}, FAIL),
            ({}, {"instances": ("i-2",)}, FAIL),
            ({}, {"instances": UNREAD}, UNKNOWN),
            ({"region": "us-east-1"}, {}, FAIL),
        ],
    )
    def test_by_tags_and_device(self, instance, attached, expected):
        assert outcome(volume(**attached), self.instance(**instance)) is expected

    def test_a_doubt_does_not_hide_backups(self):
        assert outcome(volume(instances=UNREAD), *daily(ebs, 5, 29)) is PASS


@pytest.mark.parametrize(
    ("subject", "fields", "expected"),
    [
        (VOLUME, {"state": "deleting"}, NOT_APPLICABLE),
        (VOLUME, {"state": UNREAD}, FAIL),
        (EFS, {"state": "deleted"}, NOT_APPLICABLE),
        (FSX, {"lifecycle": "DELETING"}, NOT_APPLICABLE),
        (FSX, {"type": "ONTAP"}, NOT_APPLICABLE),
        (FSX, {"type": UNREAD}, UNKNOWN),
        (FSX, {"type": "LUSTRE", "deployment_type": "SCRATCH_2"}, NOT_APPLICABLE),
        (FSX, {"type": "LUSTRE", "deployment_type": "PERSISTENT_2"}, FAIL),
        (FSX, {"type": "LUSTRE", "deployment_type": UNREAD}, UNKNOWN),
        (ONTAP, {"lifecycle": "DELETING"}, NOT_APPLICABLE),
        (ONTAP, {"type": "OPENZFS"}, NOT_APPLICABLE),
        (ONTAP, {"type": UNREAD}, UNKNOWN),
        (ONTAP, {"is_root": True}, NOT_APPLICABLE),
        (ONTAP, {"is_root": UNREAD}, UNKNOWN),
        (CLUSTER, {"engine": "memcached"}, NOT_APPLICABLE),
        (CLUSTER, {"engine": UNREAD}, UNKNOWN),
        (CLUSTER, {"replication_group": "shop"}, NOT_APPLICABLE),
        (CLUSTER, {"replication_group": UNREAD}, UNKNOWN),
    ],
)
def test_what_needs_no_backup_of_its_own(subject, fields, expected):
    assert outcome(evolve(subject, **fields)) is expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [("ENABLED", PASS), ("DISABLED", PASS), ("ERROR", FAIL), (UNREAD, UNKNOWN)],
)
def test_a_policy_of_data_lifecycle_manager(state, expected):
    assert outcome(make(LifecyclePolicy, "policy/policy-1", "dlm", state=state)) is expected


def test_an_account_with_nothing():
    assert only(check_daily_backup(world(CONTROL))).outcome is NOT_APPLICABLE


@given(
    ages=st.lists(st.integers(0, 200), max_size=6),
    more=st.integers(0, 200),
    age=st.integers(0, 400),
    expected=st.integers(1, 5),
)
def test_another_backup_never_harms(ages, more, age, expected):
    def generations(hours):
        times = [NOW - hour * HOUR for hour in hours]
        return generations_of(NOW, age * HOUR, times, expected=expected, within=26 * HOUR)

    before, after = generations(ages), generations([*ages, more])
    assert after.count == before.count + 1
    assert after.due == before.due <= expected
    assert after.is_fresh >= before.is_fresh
    assert before.newest is None or after.newest >= before.newest
