"""Amazon RDS; its API lists Amazon DocumentDB and Amazon Neptune too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import evolve

from cloudpack_baseline.model.rds import DBCluster, DBInstance, DBSnapshot, DBSubnetGroup
from cloudpack_baseline.model.reading import Misshapen, flag, optional_instant, string
from cloudpack_baseline.model.record import Record, tags_from
from cloudpack_baseline.model.values import Field, Origin
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS"]

_INSTANCES = "rds:DescribeDBInstances"
_CLUSTERS = "rds:DescribeDBClusters"
_SNAPSHOTS = "rds:DescribeDBSnapshots"
_CLUSTER_SNAPSHOTS = "rds:DescribeDBClusterSnapshots"
_SUBNET_GROUPS = "rds:DescribeDBSubnetGroups"


def _instances(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_INSTANCES, lambda item: _instance(calls, item))


def _instance(calls: Calls, item: Answer) -> DBInstance:
    group = item.get("DBSubnetGroup") or {}
    endpoint = item.get("Endpoint") or {}
    return DBInstance(
        **_common(calls, item, _INSTANCES, "DBInstanceArn", "DBInstanceIdentifier"),
        engine=string(item, "Engine"),
        engine_version=item.get("EngineVersion", ""),
        status=item.get("DBInstanceStatus", ""),
        cluster=item.get("DBClusterIdentifier"),
        replica_source=item.get("ReadReplicaSourceDBInstanceIdentifier")
        or item.get("ReadReplicaSourceDBClusterIdentifier"),
        replica_mode=item.get("ReplicaMode"),
        backup_retention_period=_days(item, _INSTANCES),
        latest_restorable_time=_moment(item, "LatestRestorableTime", _INSTANCES),
        aws_backup_recovery_point_arn=item.get("AwsBackupRecoveryPointArn"),
        created_at=_moment(item, "InstanceCreateTime", _INSTANCES),
        resource_id=item.get("DbiResourceId", ""),
        subnet_group=group.get("DBSubnetGroupName"),
        subnets=_subnets(group),
        vpc=group.get("VpcId"),
        security_groups=tuple(
            sorted(one["VpcSecurityGroupId"] for one in item.get("VpcSecurityGroups", ()))
        ),
        port=endpoint.get("Port"),
        address=endpoint.get("Address"),
        publicly_accessible=flag(item, "PubliclyAccessible"),
        tags=tags_from(item.get("TagList")),
    )


def _clusters(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_CLUSTERS, lambda item: _cluster(calls, item))


def _cluster(calls: Calls, item: Answer) -> DBCluster:
    return DBCluster(
        **_common(calls, item, _CLUSTERS, "DBClusterArn", "DBClusterIdentifier"),
        engine=string(item, "Engine"),
        status=item.get("Status", ""),
        members=tuple(
            sorted(one["DBInstanceIdentifier"] for one in item.get("DBClusterMembers", ()))
        ),
        replica_source=item.get("ReplicationSourceIdentifier"),
        global_write_forwarding=item.get("GlobalWriteForwardingStatus"),
        backup_retention_period=_days(item, _CLUSTERS),
        latest_restorable_time=_moment(item, "LatestRestorableTime", _CLUSTERS),
        aws_backup_recovery_point_arn=item.get("AwsBackupRecoveryPointArn"),
        created_at=_moment(item, "ClusterCreateTime", _CLUSTERS),
        resource_id=item.get("DbClusterResourceId", ""),
        http_endpoint_enabled=flag(item, "HttpEndpointEnabled"),
        publicly_accessible=item.get("PubliclyAccessible"),
        tags=tags_from(item.get("TagList")),
    )


def _snapshots(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    """Automated ones: each is a generation of the daily backup."""
    # An answer recorded by others may hold manual ones too.
    of_instances = calls.records(
        _SNAPSHOTS, lambda item: _snapshot(calls, item), SnapshotType="automated"
    )
    of_clusters = calls.records(
        _CLUSTER_SNAPSHOTS, lambda item: _cluster_snapshot(calls, item), SnapshotType="automated"
    )
    found = of_instances + of_clusters
    return evolve(found, records=tuple(one for one in found.records if _is_automated(one)))


def _is_automated(record: Record) -> bool:
    return isinstance(record, DBSnapshot) and record.snapshot_type == "automated"


def _snapshot(calls: Calls, item: Answer) -> DBSnapshot:
    return DBSnapshot(
        **_common(calls, item, _SNAPSHOTS, "DBSnapshotArn", "DBSnapshotIdentifier"),
        database=string(item, "DBInstanceIdentifier"),
        resource_id=item.get("DbiResourceId", ""),
        snapshot_type=item.get("SnapshotType", ""),
        status=item.get("Status", ""),
        created_at=optional_instant(item.get("SnapshotCreateTime")),
    )


def _cluster_snapshot(calls: Calls, item: Answer) -> DBSnapshot:
    return DBSnapshot(
        **_common(
            calls,
            item,
            _CLUSTER_SNAPSHOTS,
            "DBClusterSnapshotArn",
            "DBClusterSnapshotIdentifier",
        ),
        database=string(item, "DBClusterIdentifier"),
        of_cluster=True,
        resource_id=item.get("DbClusterResourceId", ""),
        snapshot_type=item.get("SnapshotType", ""),
        status=item.get("Status", ""),
        created_at=optional_instant(item.get("SnapshotCreateTime")),
    )


def _subnet_groups(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_SUBNET_GROUPS, lambda item: _subnet_group(calls, item))


def _subnet_group(calls: Calls, item: Answer) -> DBSubnetGroup:
    return DBSubnetGroup(
        **_common(calls, item, _SUBNET_GROUPS, "DBSubnetGroupArn", "DBSubnetGroupName"),
        vpc=item.get("VpcId", ""),
        subnets=_subnets(item),
    )


def _common(calls: Calls, item: Answer, key: str, arn: str, name: str) -> dict[str, Any]:
    return {
        "arn": string(item, arn),
        "account": calls.account,
        "region": calls.region,
        "name": string(item, name),
        "origin": Origin(operation=key),
    }


def _subnets(group: Answer) -> tuple[str, ...]:
    return tuple(sorted(one["SubnetIdentifier"] for one in group.get("Subnets", ())))


def _days(item: Answer, key: str) -> Field[int]:
    def days(held: Answer) -> int:
        value = held["BackupRetentionPeriod"]
        if not isinstance(value, int):
            raise Misshapen("BackupRetentionPeriod: is not a whole number")
        return value

    return converted(key, days, item)


def _moment(item: Answer, name: str, key: str) -> Field[datetime | None]:
    """The time under the name, ``None`` if there is none; an odd one costs only the field."""
    return converted(key, lambda held: optional_instant(held.get(name)), item)


GATHERERS = (
    Gatherer(kind=DBInstance, run=_instances, operations=(_INSTANCES,)),
    Gatherer(kind=DBCluster, run=_clusters, operations=(_CLUSTERS,)),
    Gatherer(kind=DBSnapshot, run=_snapshots, operations=(_SNAPSHOTS, _CLUSTER_SNAPSHOTS)),
    Gatherer(kind=DBSubnetGroup, run=_subnet_groups, operations=(_SUBNET_GROUPS,)),
)
