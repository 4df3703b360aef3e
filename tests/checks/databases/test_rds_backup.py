"""rds-backup (3.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_rds_backup
from cloudpack_baseline.model.rds import DBCluster, DBInstance, DBSnapshot
from cloudpack_baseline.model.values import Unknown, Why
from support import ACCOUNT, NOW, REGION, denied, only, world

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
UNREAD = denied("rds:DescribeDBInstances")


def arn(kind, name):
    return f"arn:aws:rds:{REGION}:{ACCOUNT}:{kind}:{name}"


def instance(**changes):
    fields = {
        "arn": arn("db", "main"),
        "account": ACCOUNT,
        "region": REGION,
        "name": "main",
        "engine": "mysql",
        "engine_version": "8.0.40",
        "status": "available",
        "backup_retention_period": 7,
        "latest_restorable_time": NOW - 5 * MINUTE,
        "created_at": NOW - 400 * DAY,
        "resource_id": "db-ABC",
    }
    return DBInstance(**(fields | changes))


def cluster(**changes):
    fields = {
        "arn": arn("cluster", "aurora"),
        "account": ACCOUNT,
        "region": REGION,
        "name": "aurora",
        "engine": "aurora-mysql",
        "status": "available",
        "members": ("aurora-1",),
        "backup_retention_period": 7,
        "latest_restorable_time": NOW - 5 * MINUTE,
        "created_at": NOW - 400 * DAY,
        "resource_id": "cluster-ABC",
    }
    return DBCluster(**(fields | changes))


def snapshot_of(one, hours, **changes):
    fields = {
        "arn": arn("snapshot", f"{one.name}-{hours}"),
        "account": ACCOUNT,
        "region": REGION,
        "name": f"rds:{one.name}-{hours}",
        "database": one.name,
        "of_cluster": isinstance(one, DBCluster),
        "resource_id": one.resource_id,
        "snapshot_type": "automated",
        "status": "available",
        "created_at": NOW - timedelta(hours=hours),
    }
    return DBSnapshot(**(fields | changes))


def daily(one, count=3, **changes):
    return [snapshot_of(one, 5 + 24 * index, **changes) for index in range(count)]


def judged(*records, gaps=None, baseline=None, as_of=None):
    return check_rds_backup(world("rds-backup", *records, gaps=gaps), baseline, as_of=as_of)


def outcome(one, *others, **arguments):
    return only(judged(one, *others, **arguments)).outcome


def test_a_database_with_daily_backups_passes():
    server = instance()
    assert outcome(server, *daily(server)) is Outcome.PASS


@pytest.mark.parametrize(
    ("days", "expected"), [(0, "fail"), (1, "fail"), (2, "pass"), (35, "pass")]
)
def test_retention_against_two_generations(days, expected):
    server = instance(backup_retention_period=days)
    assert outcome(server, *daily(server)) == expected


@pytest.mark.parametrize(("days", "expected"), [(1, Outcome.FAIL), (2, Outcome.PASS)])
def test_a_database_of_a_template_has_no_backups_yet(days, expected):
    planned = instance(backup_retention_period=days, latest_restorable_time=None, created_at=None)
    finding = only(check_rds_backup(world("rds-backup", planned, source="template")))
    assert (finding.outcome, len(finding.observations)) == (expected, 1)


@pytest.mark.parametrize(
    ("days", "expected"), [(1, Outcome.NOT_APPLICABLE), (2, Outcome.PASS), (3, Outcome.PASS)]
)
def test_a_replica_of_a_template_may_ask_for_enough_backups(days, expected):
    planned = instance(
        engine="postgres",
        engine_version="13.1",
        replica_source="main",
        backup_retention_period=days,
        latest_restorable_time=None,
        created_at=None,
    )
    finding = only(check_rds_backup(world("rds-backup", planned, source="template")))
    assert finding.outcome is expected


def test_a_database_that_is_no_replica_is_judged_whatever_its_version():
    server = instance(engine="postgres", engine_version="13.1")
    assert outcome(server, *daily(server)) is Outcome.PASS


def test_too_few_generations_are_told_beside_the_retention():
    server = instance(backup_retention_period=1)
    observations = only(judged(server, *daily(server, 1))).observations
    assert [str(observation.outcome) for observation in observations] == ["fail", "fail", "pass"]


def test_a_database_without_a_creation_time_owes_no_generation_yet():
    server = instance(created_at=None)
    assert outcome(server) is Outcome.PASS


def test_the_baseline_may_want_more_generations():
    baseline = Baseline.from_mapping({"controls": {"rds-backup": {"generations": 8}}})
    server = instance()
    assert outcome(server, *daily(server, 9), baseline=baseline) is Outcome.FAIL
    kept = evolve(server, backup_retention_period=8)
    assert outcome(kept, *daily(kept, 8), baseline=baseline) is Outcome.PASS


def test_backups_that_are_off_are_told_once():
    server = instance(backup_retention_period=0, latest_restorable_time=None)
    finding = only(judged(server))
    assert [observation.read for observation in finding.observations] == ["BackupRetentionPeriod=0"]
    assert finding.observations[0].expected == "BackupRetentionPeriod>=2"


@pytest.mark.parametrize(
    ("age", "expected"),
    [(30 * MINUTE, "pass"), (30 * MINUTE + timedelta(seconds=1), "fail"), (-MINUTE, "pass")],
)
def test_restorable_within_30_minutes(age, expected):
    server = instance(latest_restorable_time=NOW - age)
    assert outcome(server, *daily(server)) == expected


def test_the_age_counts_to_as_of():
    server = instance(latest_restorable_time=NOW)
    assert outcome(server, *daily(server), as_of=NOW + 30 * MINUTE) is Outcome.PASS
    assert outcome(server, *daily(server), as_of=NOW + 31 * MINUTE) is Outcome.FAIL


def test_nothing_to_restore_to_fails_once_the_database_is_old_enough():
    server = instance(latest_restorable_time=None)
    assert outcome(server, *daily(server)) is Outcome.FAIL


@pytest.mark.parametrize(
    ("status", "created", "expected"),
    [
        ("creating", None, "unknown"),
        ("creating", NOW - MINUTE, "unknown"),
        ("backing-up", NOW - DAY + MINUTE, "unknown"),
        ("backing-up", NOW - DAY, "fail"),
        ("available", NOW - MINUTE, "fail"),
    ],
)
def test_a_database_that_is_being_created_is_not_judged_yet(status, created, expected):
    server = instance(status=status, created_at=created, latest_restorable_time=None)
    assert outcome(server, *daily(server)) == expected


@pytest.mark.parametrize(
    ("age", "held", "expected"),
    [
        (23 * timedelta(hours=1), 0, "pass"),
        (DAY, 0, "fail"),
        (DAY, 1, "pass"),
        (2 * DAY - MINUTE, 1, "pass"),
        (2 * DAY, 1, "fail"),
        (2 * DAY, 2, "pass"),
    ],
)
def test_as_many_generations_as_the_database_is_days_old(age, held, expected):
    server = instance(created_at=NOW - age)
    assert outcome(server, *daily(server, held)) == expected


@pytest.mark.parametrize(("hours", "expected"), [(26, "pass"), (26 + 1 / 3600, "fail")])
def test_the_newest_generation_is_of_the_last_day(hours, expected):
    server = instance()
    held = [snapshot_of(server, hours), snapshot_of(server, hours + 24)]
    finding = only(judged(server, *held))
    assert finding.outcome == expected
    if expected == "fail":
        reads = [observation.read for observation in finding.observations]
        assert "SnapshotCreateTime=2026-10-31T09:59:59Z" in reads


@pytest.mark.parametrize(("age", "expected"), [(26, "fail"), (25, "pass")])
def test_a_snapshot_of_a_namesake_is_not_fresh_for_a_younger_database(age, expected):
    server = instance(created_at=NOW - timedelta(hours=age))
    assert outcome(server, snapshot_of(server, 27, resource_id="")) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"status": "creating"},
        {"snapshot_type": "manual"},
        {"database": "other"},
        {"resource_id": "db-OF-A-FORMER-ONE"},
        {"region": "us-east-1"},
        {"of_cluster": True},
        {"created_at": NOW + DAY},
    ],
)
def test_other_snapshots_do_not_count(change):
    server = instance()
    assert outcome(server, *daily(server, 3, **change)) is Outcome.FAIL


def test_a_snapshot_without_a_resource_id_or_of_this_instant_counts():
    server = instance()
    assert outcome(server, *daily(server, resource_id="")) is Outcome.PASS
    assert outcome(server, snapshot_of(server, 0), snapshot_of(server, 24)) is Outcome.PASS


def test_snapshots_by_aws_backup_count():
    server = instance(aws_backup_recovery_point_arn="arn:aws:backup:x")
    finding = only(judged(server, *daily(server, snapshot_type="awsbackup")))
    assert finding.outcome is Outcome.PASS
    assert "AWS Backup" in finding.notes[0].in_language("en")


@pytest.mark.parametrize("status", ["stopped", "stopping"])
def test_a_stopped_database_has_old_times(status):
    server = instance(status=status, latest_restorable_time=NOW - 3 * DAY)
    finding = only(judged(server, snapshot_of(server, 80), snapshot_of(server, 104)))
    assert finding.outcome is Outcome.PASS
    assert status in finding.notes[0].in_language("en")


def test_a_stopped_database_without_generations_fails():
    server = instance(status="stopped", latest_restorable_time=NOW - 3 * DAY)
    assert outcome(server) is Outcome.FAIL


def test_a_database_that_is_being_deleted_is_not_applicable():
    finding = only(judged(instance(status="deleting", backup_retention_period=0)))
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "deleting" in finding.observations[0].message.in_language("en")


def test_a_member_is_judged_through_its_cluster():
    cluster_record = cluster()
    member = instance(name="aurora-1", cluster="aurora", backup_retention_period=1)
    finding = only(judged(cluster_record, member, *daily(cluster_record)))
    assert finding.resource.kind == "DBCluster"
    assert finding.outcome is Outcome.PASS


def test_a_cluster_that_keeps_one_generation_fails():
    cluster_record = cluster(backup_retention_period=1)
    assert outcome(cluster_record, *daily(cluster_record)) is Outcome.FAIL


def test_a_member_whose_cluster_could_not_be_read_is_unknown():
    member = instance(name="aurora-1", cluster="aurora")
    gap = denied("rds:DescribeDBClusters")
    findings = judged(member, gaps={"DBCluster": gap}).findings
    assert {finding.outcome for finding in findings} == {Outcome.UNKNOWN}
    assert {finding.resource.kind for finding in findings} == {"DBInstance", "DBCluster"}
    for finding in findings:
        assert "rds:DescribeDBClusters" in finding.observations[0].message.in_language("en")


def test_a_member_whose_cluster_vanished_is_unknown():
    member = instance(name="aurora-1", cluster="aurora")
    finding = only(judged(member))
    assert finding.outcome is Outcome.UNKNOWN
    (cause,) = finding.observations[0].causes
    assert (cause.operation, cause.code) == ("rds:DescribeDBClusters", "DBClusterNotFoundFault")


def test_a_namesake_cluster_of_another_region_does_not_serve():
    cluster_record = cluster(region="us-east-1")
    member = instance(name="aurora-1", cluster="aurora")
    outcomes = {
        finding.resource.region: finding.outcome
        for finding in judged(
            cluster_record, member, *daily(cluster_record, region="us-east-1")
        ).findings
    }
    assert outcomes == {"us-east-1": Outcome.PASS, REGION: Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("engine", "name"), [("docdb", "Amazon DocumentDB"), ("neptune", "Amazon Neptune")]
)
def test_documentdb_and_neptune_are_told_apart(engine, name):
    cluster_record = cluster(engine=engine)
    (note,) = only(judged(cluster_record, *daily(cluster_record))).notes
    assert dict(note.parameters)["service"] == name


@pytest.mark.parametrize(
    ("engine", "version", "expected"),
    [
        ("mysql", "8.0.40", "fail"),
        ("mariadb", "11.4", "fail"),
        ("oracle-ee", "19.0.0.0", "fail"),
        ("custom-oracle-ee", "19.cdb", "fail"),
        ("db2-se", "11.5", "fail"),
        ("postgres", "14.1", "fail"),
        ("postgres", "16", "fail"),
        ("postgres", "14.0.9", "not applicable"),
        ("postgres", "14.1.0", "fail"),
        ("postgres", "14.1-R1", "unknown"),
        ("postgres", "14.0", "not applicable"),
        ("postgres", "13.18", "not applicable"),
        ("postgres", "", "unknown"),
        ("sqlserver-ee", "15.00", "not applicable"),
        ("custom-sqlserver-ee", "15.00", "not applicable"),
        ("brand-new", "1", "unknown"),
        (UNREAD, "14.1", "unknown"),
        ("postgres", UNREAD, "unknown"),
        ("mysql", UNREAD, "fail"),
        ("sqlserver-ee", UNREAD, "not applicable"),
        ("brand-new", UNREAD, "unknown"),
    ],
)
def test_a_replica_is_judged_as_its_engine_allows(engine, version, expected):
    server = instance(
        engine=engine, engine_version=version, replica_source="main", backup_retention_period=0
    )
    assert outcome(server) == expected


def test_what_could_not_be_read_is_unknown_and_what_failed_stays_failed():
    one = instance(backup_retention_period=UNREAD)
    assert outcome(one, *daily(one)) is Outcome.UNKNOWN
    late = instance(backup_retention_period=UNREAD, latest_restorable_time=NOW - DAY)
    assert outcome(late, *daily(late)) is Outcome.FAIL
    unread = instance(latest_restorable_time=UNREAD)
    assert outcome(unread, *daily(unread)) is Outcome.UNKNOWN
    assert outcome(instance(created_at=UNREAD)) is Outcome.UNKNOWN
    server = instance(created_at=UNREAD, latest_restorable_time=None)
    assert outcome(server, *daily(server)) is Outcome.UNKNOWN


@pytest.mark.parametrize("operation", ["rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots"])
def test_generations_that_could_not_be_listed_are_unknown(operation):
    gap = Unknown.because(Why.THROTTLED, operation=operation, code="Throttling")
    server = instance()
    assert outcome(server, gaps={"DBSnapshot": gap}) is Outcome.UNKNOWN
    # What could be listed is enough.
    assert outcome(server, *daily(server), gaps={"DBSnapshot": gap}) is Outcome.PASS


def test_an_account_without_databases_is_not_applicable():
    assessment = judged()
    assert assessment
    assert assessment.judged == 0
    assert only(assessment).outcome is Outcome.NOT_APPLICABLE


def test_instances_that_could_not_be_listed_are_unknown():
    assessment = judged(gaps={"DBInstance": UNREAD})
    assert not assessment
    assert only(assessment).resource.key == f"{ACCOUNT}:{REGION}:DBInstance:*"


def test_generations_that_were_never_gathered_are_unknown():
    server = instance()
    snapshot = world("rds-backup", server).without(DBSnapshot, ACCOUNT)
    finding = only(check_rds_backup(snapshot))
    assert finding.outcome is Outcome.UNKNOWN
    assert "DBSnapshot" in finding.observations[0].message.in_language("en")


def test_an_instance_whose_cluster_is_unknown():
    finding = only(judged(instance(cluster=UNREAD), *daily(instance())))
    assert finding.outcome is Outcome.UNKNOWN
    assert finding.observations[0].causes == UNREAD.causes


@pytest.mark.parametrize(
    ("engine", "expected"),
    [("mysql", Outcome.PASS), ("sqlserver-ee", Outcome.UNKNOWN), ("postgres", Outcome.UNKNOWN)],
)
def test_an_instance_whose_replication_source_is_unknown(engine, expected):
    replica = instance(engine=engine, engine_version="13.1", replica_source=UNREAD)
    assert only(judged(replica, *daily(replica))).outcome is expected


def test_an_unknown_recovery_point_changes_nothing():
    database = instance(aws_backup_recovery_point_arn=UNREAD)
    finding = only(judged(database, *daily(database)))
    assert (finding.outcome, finding.notes) == (Outcome.PASS, ())


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"engine": UNREAD}, "Engine"),
        ({"engine": "postgres", "engine_version": UNREAD}, "EngineVersion"),
    ],
)
def test_what_decides_about_a_replica_is_named(changes, name):
    (observation,) = only(judged(instance(replica_source="main", **changes))).observations
    assert observation.outcome is Outcome.UNKNOWN
    assert observation.message.in_language("en").startswith(f"{name} ")


def test_the_engine_of_a_replica_is_named_without_an_unknown_version():
    replica = instance(engine="sqlserver-ee", engine_version=UNREAD, replica_source="main")
    (observation,) = only(judged(replica)).observations
    assert observation.outcome is Outcome.NOT_APPLICABLE
    assert dict(observation.message.parameters)["engine"] == "sqlserver-ee"
