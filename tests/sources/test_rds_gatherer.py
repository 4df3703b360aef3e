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
    found = gather(DBInstance, DescribeDBInstances={"DBInstances": [INSTANCE | changes]})
    assert found.unknown is None
    return found.records[0]


def test_an_instance():
    one = instance()
    assert (one.arn, one.account, one.region, one.name) == (f"{BASE}:db:db", ACCOUNT, REGION, "db")
    assert (one.engine, one.engine_version, one.status) == ("postgres", "16.3", "available")
    assert one.backup_retention_period == 7
    assert one.latest_restorable_time == AT
    assert one.created_at == datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
    assert (one.subnet_group, one.vpc) == ("private", "vpc-1")
    assert (one.subnets, one.security_groups) == (("subnet-a", "subnet-b"), ("sg-1", "sg-2"))
    assert (one.port, one.address, one.publicly_accessible) == (5432, "db.example", True)
    assert one.tags == (("Tier", "db"),)


def test_an_instance_that_is_being_created_outside_a_vpc():
    one = instance(DBSubnetGroup=None, Endpoint=None, LatestRestorableTime=None, TagList=[])
    assert (one.subnet_group, one.port, one.latest_restorable_time, one.tags) == (
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
    found = gather(DBInstance, DescribeDBInstances={"DBInstances": [item, INSTANCE]})
    assert [one.name for one in found.records] == ["db"]
    assert found.unknown.causes[0].detail == f"{key}: is missing"


def test_a_cluster():
    found = gather(DBCluster, DescribeDBClusters={"DBClusters": [CLUSTER]})
    (one,) = found.records
    assert (one.name, one.engine, one.members) == ("cluster", "aurora-mysql", ("m1", "m2"))
    assert one.backup_retention_period == 1
    assert one.latest_restorable_time is None


def test_an_instance_without_its_engine_is_there():
    item = {name: value for name, value in INSTANCE.items() if name != "Engine"}
    found = gather(DBInstance, DescribeDBInstances={"DBInstances": [item]})
    assert found.records[0].engine.causes[0].why is Why.MALFORMED
    assert found.unknown is None


def test_snapshots_of_instances_and_clusters():
    manual = SNAPSHOT | {"DBSnapshotArn": f"{BASE}:snapshot:mine", "SnapshotType": "manual"}
    found = gather(
        DBSnapshot,
        DescribeDBSnapshots={"DBSnapshots": [SNAPSHOT, manual]},
        DescribeDBClusterSnapshots={"DBClusterSnapshots": [CLUSTER_SNAPSHOT]},
    )
    assert [(one.database, one.of_cluster, one.created_at) for one in found.records] == [
        ("db", False, AT),
        ("cluster", True, None),
    ]
    assert found.unknown is None


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
    found = gatherer_of(DBSnapshot).run(calls(answers, transport=Listing(answers)), frozenset())
    assert [one.snapshot_type for one in found.records] == ["automated", "awsbackup"]
    assert asked == [
        (f"DescribeDB{of}Snapshots", kind)
        for of in ("", "Cluster")
        for kind in ("automated", "awsbackup")
    ]


def test_denied_cluster_snapshots_leave_those_of_instances():
    found = gather(
        DBSnapshot,
        DescribeDBSnapshots={"DBSnapshots": [SNAPSHOT]},
        DescribeDBClusterSnapshots="AccessDenied",
    )
    assert [one.database for one in found.records] == ["db"]
    assert found.unknown.causes[0].actions == ("rds:DescribeDBClusterSnapshots",)


def test_a_subnet_group():
    group = {
        "DBSubnetGroupName": "private",
        "DBSubnetGroupArn": f"{BASE}:subgrp:private",
        "VpcId": "vpc-1",
        "Subnets": [{"SubnetIdentifier": "subnet-b"}, {"SubnetIdentifier": "subnet-a"}],
    }
    found = gather(DBSubnetGroup, DescribeDBSubnetGroups={"DBSubnetGroups": [group]})
    assert [(one.vpc, one.subnets) for one in found.records] == [
        ("vpc-1", ("subnet-a", "subnet-b"))
    ]
