"""Databases, from answers as AWS gives them and as the AWS CLI prints them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cloudpack_baseline.model.rds import DBCluster, DBInstance, DBSnapshot, DBSubnetGroup
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import FakeTransport, calls
from support import ACCOUNT, REGION

AT = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
BASE = f"arn:aws:rds:{REGION}:{ACCOUNT}"
INSTANCE = {
    "DBInstanceIdentifier": "db",
    "DBInstanceArn": f"{BASE}:db:db",
    "Engine": "postgres",
    "EngineVersion": "16.3",
    "DBInstanceStatus": "available",
    "BackupRetentionPeriod": 7,
    "LatestRestorableTime": AT,
    "InstanceCreateTime": "2026-10-01T12:00:00+09:00",
    "DbiResourceId": "db-ABC",
    "DBSubnetGroup": {
        "DBSubnetGroupName": "private",
        "VpcId": "vpc-1",
        "Subnets": [{"SubnetIdentifier": "subnet-b"}, {"SubnetIdentifier": "subnet-a"}],
    },
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-2"}, {"VpcSecurityGroupId": "sg-1"}],
    "Endpoint": {"Address": "db.example", "Port": 5432},
    "PubliclyAccessible": True,
    "TagList": [{"Key": "Tier", "Value": "db"}],
}
CLUSTER = {
    "DBClusterIdentifier": "cluster",
    "DBClusterArn": f"{BASE}:cluster:cluster",
    "Engine": "aurora-mysql",
    "Status": "available",
    "DBClusterMembers": [{"DBInstanceIdentifier": "m2"}, {"DBInstanceIdentifier": "m1"}],
    "BackupRetentionPeriod": 1,
    "GlobalWriteForwardingStatus": "disabled",
}
SNAPSHOT = {
    "DBSnapshotIdentifier": "rds:db-1",
    "DBSnapshotArn": f"{BASE}:snapshot:rds:db-1",
    "DBInstanceIdentifier": "db",
    "SnapshotType": "automated",
    "Status": "available",
    "SnapshotCreateTime": AT,
}
CLUSTER_SNAPSHOT = {
    "DBClusterSnapshotIdentifier": "rds:cluster-1",
    "DBClusterSnapshotArn": f"{BASE}:cluster-snapshot:rds:cluster-1",
    "DBClusterIdentifier": "cluster",
    "SnapshotType": "automated",
    "Status": "creating",
}


def gather(kind, **answers):
    bound = calls({f"rds:{name}": answer for name, answer in answers.items()})
    return gatherer_of(kind).run(bound, frozenset())


def instance(**changes):
    db_instance = gather(DBInstance, DescribeDBInstances={"DBInstances": [INSTANCE | changes]})
    assert db_instance.unknown is None
    return db_instance.records[0]


def test_an_instance():
    record = instance()
    assert (record.arn, record.account, record.region, record.name) == (
        f"{BASE}:db:db",
        ACCOUNT,
        REGION,
        "db",
    )
    assert (record.engine, record.engine_version, record.status) == (
        "postgres",
        "16.3",
        "available",
    )
    assert record.backup_retention_period == 7
    assert record.latest_restorable_time == AT
    assert record.created_at == datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
    assert (record.subnet_group, record.vpc) == ("private", "vpc-1")
    assert (record.subnets, record.security_groups) == (("subnet-a", "subnet-b"), ("sg-1", "sg-2"))
    assert (record.port, record.address, record.publicly_accessible) == (5432, "db.example", True)
    assert record.tags == (("Tier", "db"),)


def test_an_instance_that_is_being_created_outside_a_vpc():
    server = instance(DBSubnetGroup=None, Endpoint=None, LatestRestorableTime=None, TagList=[])
    assert (server.subnet_group, server.port, server.latest_restorable_time, server.tags) == (
        None,
        None,
        None,
        (),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"ReadReplicaSourceDBInstanceIdentifier": "source"},
        {"ReadReplicaSourceDBClusterIdentifier": "source"},
    ],
)
def test_a_replica(changes):
    assert instance(**changes).replica_source == "source"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"LatestRestorableTime": "2026-11-01T03:00:00"}, "latest_restorable_time"),
        ({"LatestRestorableTime": 7}, "latest_restorable_time"),
        ({"InstanceCreateTime": "yesterday"}, "created_at"),
        ({"BackupRetentionPeriod": "7"}, "backup_retention_period"),
        ({"BackupRetentionPeriod": None}, "backup_retention_period"),
    ],
)
def test_an_odd_value_costs_only_its_field(change, field):
    (cause,) = getattr(instance(**change), field).causes
    assert (cause.why, cause.operation) == (Why.MALFORMED, "rds:DescribeDBInstances")


@pytest.mark.parametrize("key", ["DBInstanceArn", "DBInstanceIdentifier"])
def test_an_instance_without_what_names_it_is_told(key):
    item = {name: value for name, value in INSTANCE.items() if name != key}
    db_instance = gather(DBInstance, DescribeDBInstances={"DBInstances": [item, INSTANCE]})
    assert [record.name for record in db_instance.records] == ["db"]
    assert db_instance.unknown.causes[0].detail == f"{key}: is missing"


def test_a_cluster():
    db_cluster = gather(DBCluster, DescribeDBClusters={"DBClusters": [CLUSTER]})
    (record,) = db_cluster.records
    assert (record.name, record.engine, record.members) == ("cluster", "aurora-mysql", ("m1", "m2"))
    assert record.backup_retention_period == 1
    assert record.latest_restorable_time is None


def test_an_instance_without_its_engine_is_there():
    item = {name: value for name, value in INSTANCE.items() if name != "Engine"}
    db_instance = gather(DBInstance, DescribeDBInstances={"DBInstances": [item]})
    assert db_instance.records[0].engine.causes[0].why is Why.MALFORMED
    assert db_instance.unknown is None


def test_snapshots_of_instances_and_clusters():
    manual = SNAPSHOT | {"DBSnapshotArn": f"{BASE}:snapshot:mine", "SnapshotType": "manual"}
    db_snapshot = gather(
        DBSnapshot,
        DescribeDBSnapshots={"DBSnapshots": [SNAPSHOT, manual]},
        DescribeDBClusterSnapshots={"DBClusterSnapshots": [CLUSTER_SNAPSHOT]},
    )
    assert [
        (record.database, record.of_cluster, record.created_at) for record in db_snapshot.records
    ] == [
        ("db", False, AT),
        ("cluster", True, None),
    ]
    assert db_snapshot.unknown is None


def test_snapshots_of_aws_backup_are_asked_for():
    ours = SNAPSHOT | {
        "DBSnapshotArn": f"{BASE}:snapshot:awsbackup:job-1",
        "SnapshotType": "awsbackup",
    }
    asked = []

    class Listing(FakeTransport):
        def pages(self, operation, region, parameters):
            asked.append((operation.name, parameters["SnapshotType"]))
            yield from super().pages(operation, region, parameters)

    answers = {
        "rds:DescribeDBSnapshots": {"DBSnapshots": [SNAPSHOT, ours]},
        "rds:DescribeDBClusterSnapshots": {"DBClusterSnapshots": []},
    }
    gathering = gatherer_of(DBSnapshot).run(calls(answers, transport=Listing(answers)), frozenset())
    assert [record.snapshot_type for record in gathering.records] == ["automated", "awsbackup"]
    assert asked == [
        (f"DescribeDB{of}Snapshots", kind)
        for of in ("", "Cluster")
        for kind in ("automated", "awsbackup")
    ]


def test_denied_cluster_snapshots_leave_those_of_instances():
    db_snapshot = gather(
        DBSnapshot,
        DescribeDBSnapshots={"DBSnapshots": [SNAPSHOT]},
        DescribeDBClusterSnapshots="AccessDenied",
    )
    assert [record.database for record in db_snapshot.records] == ["db"]
    assert db_snapshot.unknown.causes[0].actions == ("rds:DescribeDBClusterSnapshots",)


def test_a_subnet_group():
    group = {
        "DBSubnetGroupName": "private",
        "DBSubnetGroupArn": f"{BASE}:subgrp:private",
        "VpcId": "vpc-1",
        "Subnets": [{"SubnetIdentifier": "subnet-b"}, {"SubnetIdentifier": "subnet-a"}],
    }
    db_subnet_group = gather(DBSubnetGroup, DescribeDBSubnetGroups={"DBSubnetGroups": [group]})
    assert [(record.vpc, record.subnets) for record in db_subnet_group.records] == [
        ("vpc-1", ("subnet-a", "subnet-b"))
    ]
