"""Records of Amazon RDS (the API of Amazon DocumentDB and Amazon Neptune too)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = [
    "DBCluster",
    "DBInstance",
    "DBSnapshot",
    "DBSubnetGroup",
    "ManualDBClusterSnapshot",
    "ManualDBSnapshot",
    "ParameterGroupStatus",
]

_NOT_IN_INSTANCE = Unknown.because(Why.NOT_GATHERED, operation="rds:DescribeDBInstances")
_NOT_IN_CLUSTER = Unknown.because(Why.NOT_GATHERED, operation="rds:DescribeDBClusters")
_NOT_IN_SNAPSHOT = Unknown.because(Why.NOT_GATHERED, operation="rds:DescribeDBSnapshots")
_NOT_IN_CLUSTER_SNAPSHOT = Unknown.because(
    Why.NOT_GATHERED, operation="rds:DescribeDBClusterSnapshots"
)
"""Of what an answer leaves out, or an earlier version did not record."""


@frozen(kw_only=True)
class ParameterGroupStatus:
    """A parameter group of an instance (DBParameterGroupStatus).

    Attributes:
        name: DBParameterGroupName.
        status: ParameterApplyStatus: ``in-sync`` if all parameters are in effect.
    """

    name: str = described("DBParameterGroupName")
    status: str = described("ParameterApplyStatus")


def _replications(instance: Answer) -> tuple[str, ...]:
    """AWS leaves the member out where there are none."""
    copies = instance.get("DBInstanceAutomatedBackupsReplications") or ()
    return tuple(str(copy["DBInstanceAutomatedBackupsArn"]) for copy in copies)


@frozen(kw_only=True)
class DBInstance(Record):
    """A database instance (Amazon RDS API Reference, DBInstance).

    Attributes:
        engine: such as ``mysql``, ``aurora-postgresql``, ``docdb``, ``neptune``.
        engine_version: EngineVersion, such as ``14.1``.
        status: DBInstanceStatus.
        cluster: DBClusterIdentifier of the cluster it is a member of.
        replica_source: ReadReplicaSourceDBInstanceIdentifier (an ARN if in another
            Region), or ReadReplicaSourceDBClusterIdentifier.
        backup_retention_period: days; 0 means that automated backups are off.
        latest_restorable_time: the newest point in time it can be restored to.
        aws_backup_recovery_point_arn: set if AWS Backup manages its backups.
        created_at: InstanceCreateTime; ``None`` while it is being created.
        resource_id: DbiResourceId, which automated backups refer to.
        subnet_group: its subnet group; ``None`` outside a VPC.
        subnets: IDs of the group's subnets, sorted.
        vpc: the group's VPC.
        security_groups: IDs of its VPC security groups, sorted.
        port: Endpoint.Port.
        address: Endpoint.Address.
        publicly_accessible: whether its name resolves to a public IP address.
        deletion_protection: whether it is protected from deletion.
        storage_encrypted: whether it is encrypted with a key that the account can see; false
            under a key that AWS owns.
        storage_encryption_type: ``none``, ``sse-rds`` (a key that AWS owns) or ``sse-kms``;
            ``None``: not in the answer, so `storage_encrypted` decides.
        kms_key_id: KmsKeyId: an ARN, an ID or an alias.
        multi_az: whether it has a standby in another Availability Zone; false for members of
            clusters.
        auto_minor_version_upgrade: whether minor versions are installed automatically.
        parameter_groups: its parameter groups, and whether they are in effect.
        lifecycle_support: EngineLifecycleSupport: ``open-source-rds-extended-support`` if it is
            enrolled in RDS Extended Support.
        automated_backup_replications: DBInstanceAutomatedBackupsReplications: ARNs of replicated
            automated backups, in other Regions.
        tags: TagList.
    """

    api = Listed("rds:DescribeDBInstances", arn="DBInstanceArn", name="DBInstanceIdentifier")

    engine: Field[str]
    engine_version: Field[str] = ""
    status: str = described("DBInstanceStatus", default="")
    cluster: Field[str | None] = described("DBClusterIdentifier", default=None)
    replica_source: Field[str | None] = described(
        "ReadReplicaSourceDBInstanceIdentifier || ReadReplicaSourceDBClusterIdentifier",
        default=None,
    )
    backup_retention_period: Field[int] = described(
        "BackupRetentionPeriod", required=True, default=0
    )
    latest_restorable_time: Field[datetime | None] = None
    aws_backup_recovery_point_arn: Field[str | None] = None
    created_at: Field[datetime | None] = described("InstanceCreateTime", default=None)
    resource_id: str = described("DbiResourceId", default="")
    subnet_group: Field[str | None] = described("DBSubnetGroup.DBSubnetGroupName", default=None)
    subnets: Field[tuple[str, ...]] = described(
        "DBSubnetGroup.Subnets[].SubnetIdentifier", unordered=True, default=()
    )
    vpc: Field[str | None] = described("DBSubnetGroup.VpcId", default=None)
    security_groups: Field[tuple[str, ...]] = described(
        "VpcSecurityGroups[].VpcSecurityGroupId", unordered=True, default=()
    )
    port: Field[int | None] = described("Endpoint.Port", default=None)
    address: Field[str | None] = described("Endpoint.Address", default=None)
    publicly_accessible: Field[bool] = False
    deletion_protection: Field[bool] = described(
        "DeletionProtection", required=True, default=_NOT_IN_INSTANCE
    )
    storage_encrypted: Field[bool] = described(
        "StorageEncrypted", required=True, default=_NOT_IN_INSTANCE
    )
    storage_encryption_type: Field[str | None] = None
    kms_key_id: Field[str | None] = None
    multi_az: Field[bool] = described("MultiAZ", required=True, default=_NOT_IN_INSTANCE)
    auto_minor_version_upgrade: Field[bool] = _NOT_IN_INSTANCE
    parameter_groups: Field[tuple[ParameterGroupStatus, ...]] = described(
        "DBParameterGroups", default=()
    )
    lifecycle_support: Field[str | None] = described("EngineLifecycleSupport", default=None)
    automated_backup_replications: Field[tuple[str, ...]] = described(
        "",
        convert=_replications,
        default=_NOT_IN_INSTANCE,
    )
    tags: Field[Tags] = described("TagList", default=())


@frozen(kw_only=True)
class DBCluster(Record):
    """A cluster: Aurora, Multi-AZ, DocumentDB or Neptune (RDS API Reference, DBCluster).

    Attributes:
        engine: such as ``aurora-mysql``, ``postgres`` (Multi-AZ cluster), ``docdb``, ``neptune``.
        status: Status.
        members: DBInstanceIdentifier of its members, sorted.
        replica_source: ReplicationSourceIdentifier: the ARN of the source of a replica.
        backup_retention_period: days, 1 to 35.
        latest_restorable_time: the newest point in time it can be restored to.
        aws_backup_recovery_point_arn: set if AWS Backup manages its backups.
        created_at: ClusterCreateTime.
        resource_id: DbClusterResourceId, which automated snapshots refer to.
        http_endpoint_enabled: HttpEndpointEnabled: whether the Data API answers on the internet.
        internet_access_gateway_enabled: whether it answers on the internet by IAM, through an
            internet access gateway; ``None``: not in the answer.
        vpc_networking_enabled: whether it has network interfaces; false in the express
            configuration of Aurora.
        publicly_accessible: of a Multi-AZ cluster; ``None`` if its members describe it.
        deletion_protection: whether it is protected from deletion.
        storage_encrypted: whether it is encrypted with a key that the account can see; false
            under a key that AWS owns.
        storage_encryption_type: ``none``, ``sse-rds`` (a key that AWS owns) or ``sse-kms``;
            ``None``: not in the answer, so `storage_encrypted` decides.
        kms_key_id: KmsKeyId: an ARN, an ID or an alias.
        multi_az: whether its members are in several Availability Zones.
        auto_minor_version_upgrade: the same as of instances; of Aurora and Multi-AZ clusters.
        engine_version: EngineVersion.
        parameter_group: DBClusterParameterGroup.
        parameter_statuses: of each member, whether the parameter group is in effect
            (``in-sync``), sorted.
        lifecycle_support: the same as of instances.
        global_cluster: GlobalClusterIdentifier of the Aurora global database it belongs to.
        replicas: ReadReplicaIdentifiers: ARNs of its replicas, sorted.
        tags: TagList.
    """

    api = Listed("rds:DescribeDBClusters", arn="DBClusterArn", name="DBClusterIdentifier")

    engine: Field[str]
    status: str = ""
    members: Field[tuple[str, ...]] = described(
        "DBClusterMembers[].DBInstanceIdentifier", unordered=True, default=()
    )
    replica_source: Field[str | None] = described("ReplicationSourceIdentifier", default=None)
    backup_retention_period: Field[int] = described(
        "BackupRetentionPeriod", required=True, default=1
    )
    latest_restorable_time: Field[datetime | None] = None
    aws_backup_recovery_point_arn: Field[str | None] = None
    created_at: Field[datetime | None] = described("ClusterCreateTime", default=None)
    resource_id: str = described("DbClusterResourceId", default="")
    http_endpoint_enabled: Field[bool] = False
    internet_access_gateway_enabled: Field[bool | None] = None
    vpc_networking_enabled: Field[bool | None] = described("VPCNetworkingEnabled", default=None)
    publicly_accessible: Field[bool | None] = None
    deletion_protection: Field[bool] = described(
        "DeletionProtection", required=True, default=_NOT_IN_CLUSTER
    )
    storage_encrypted: Field[bool] = described(
        "StorageEncrypted", required=True, default=_NOT_IN_CLUSTER
    )
    storage_encryption_type: Field[str | None] = None
    kms_key_id: Field[str | None] = None
    multi_az: Field[bool] = described("MultiAZ", default=_NOT_IN_CLUSTER)
    auto_minor_version_upgrade: Field[bool] = _NOT_IN_CLUSTER
    engine_version: Field[str] = ""
    parameter_group: Field[str | None] = described("DBClusterParameterGroup", default=None)
    parameter_statuses: Field[tuple[str, ...]] = described(
        "DBClusterMembers[].DBClusterParameterGroupStatus", unordered=True, default=()
    )
    lifecycle_support: Field[str | None] = described("EngineLifecycleSupport", default=None)
    global_cluster: Field[str | None] = described("GlobalClusterIdentifier", default=None)
    replicas: Field[tuple[str, ...]] = described(
        "ReadReplicaIdentifiers", unordered=True, default=()
    )
    tags: Field[Tags] = described("TagList", default=())


@frozen(kw_only=True)
class DBSnapshot(Record):
    """A snapshot of an instance or a cluster (DBSnapshot, DBClusterSnapshot).

    Attributes:
        database: DBInstanceIdentifier or DBClusterIdentifier.
        of_cluster: whether `database` is a cluster.
        resource_id: DbiResourceId or DbClusterResourceId of the database.
        snapshot_type: ``automated``, ``manual`` or ``awsbackup``.
        status: ``available`` once it can be restored.
        created_at: SnapshotCreateTime; ``None`` until it is complete.
        encrypted: Encrypted, of a snapshot of an instance.
        storage_encrypted: StorageEncrypted, of a snapshot of a cluster.
        storage_encryption_type: as that of a database; ``None``: it is not in the answer.
        kms_key_id: the ARN of the key; ``None``: none, or a key that AWS owns.
    """

    api = Listed(
        ("rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots"),
        arn="DBSnapshotArn || DBClusterSnapshotArn",
        name="DBSnapshotIdentifier || DBClusterSnapshotIdentifier",
    )

    database: str = described("DBInstanceIdentifier || DBClusterIdentifier")
    of_cluster: bool = described("DBClusterSnapshotArn", convert=bool, default=False)
    resource_id: str = described("DbiResourceId || DbClusterResourceId", default="")
    snapshot_type: str = ""
    status: str = ""
    created_at: datetime | None = described("SnapshotCreateTime", default=None)
    encrypted: Field[bool] = described("Encrypted", default=_NOT_IN_SNAPSHOT)
    storage_encrypted: Field[bool] = described("StorageEncrypted", default=_NOT_IN_CLUSTER_SNAPSHOT)
    storage_encryption_type: Field[str | None] = None
    kms_key_id: Field[str | None] = None


@frozen(kw_only=True)
class DBSubnetGroup(Record):
    """The subnets for the databases of a group (DBSubnetGroup).

    Attributes:
        vpc: the VPC ID.
        subnets: subnet IDs, sorted.
    """

    api = Listed("rds:DescribeDBSubnetGroups", arn="DBSubnetGroupArn", name="DBSubnetGroupName")

    vpc: Field[str] = described("VpcId", default="")
    subnets: Field[tuple[str, ...]] = described(
        "Subnets[].SubnetIdentifier", unordered=True, default=()
    )


def _restoring(attributes: Iterable[Answer]) -> tuple[str, ...]:
    """The values of the attribute ``restore``: who may restore the snapshot."""
    return tuple(
        sorted(
            str(account)
            for attribute in attributes
            if attribute["AttributeName"] == "restore"
            for account in attribute["AttributeValues"]
        )
    )


@frozen(kw_only=True)
class ManualDBSnapshot(Record):
    """A manual snapshot of an instance; no other kind can be shared (DBSnapshot).

    Attributes:
        restore: the account IDs that it is shared with, and ``all`` for everyone
            (DescribeDBSnapshotAttributes, restore).
        status: ``available`` once it can be restored.
        encrypted: whether it is encrypted.
        storage_encryption_type: as that of a database; ``None``: it is not in the answer.
        kms_key_id: the ARN of the key; ``None``: none, or a key that AWS owns.
    """

    api = Listed(
        "rds:DescribeDBSnapshots",
        arn="DBSnapshotArn",
        id="DBSnapshotIdentifier",
        parameters={"SnapshotType": "manual"},
        gone="DBSnapshotNotFound",
    )

    restore: Field[tuple[str, ...]] = described(
        "DBSnapshotAttributesResult.DBSnapshotAttributes",
        operation="rds:DescribeDBSnapshotAttributes",
        convert=_restoring,
        required=True,
        default=(),
    )
    status: Field[str] = ""
    encrypted: Field[bool] = described("Encrypted", default=_NOT_IN_SNAPSHOT)
    storage_encryption_type: Field[str | None] = None
    kms_key_id: Field[str | None] = None


@frozen(kw_only=True)
class ManualDBClusterSnapshot(Record):
    """A manual snapshot of a cluster: Aurora, Multi-AZ, DocumentDB or Neptune (DBClusterSnapshot).

    Attributes:
        restore: the account IDs that it is shared with, and ``all`` for everyone
            (DescribeDBClusterSnapshotAttributes, restore).
        status: ``available`` once it can be restored.
        storage_encrypted: whether it is encrypted.
        storage_encryption_type: as that of a database; ``None``: it is not in the answer.
        kms_key_id: the ARN of the key; ``None``: none, or a key that AWS owns.
    """

    api = Listed(
        "rds:DescribeDBClusterSnapshots",
        arn="DBClusterSnapshotArn",
        id="DBClusterSnapshotIdentifier",
        parameters={"SnapshotType": "manual"},
        gone="DBClusterSnapshotNotFoundFault",
    )

    restore: Field[tuple[str, ...]] = described(
        "DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes",
        operation="rds:DescribeDBClusterSnapshotAttributes",
        convert=_restoring,
        required=True,
        default=(),
    )
    status: Field[str] = ""
    storage_encrypted: Field[bool] = described("StorageEncrypted", default=_NOT_IN_CLUSTER_SNAPSHOT)
    storage_encryption_type: Field[str | None] = None
    kms_key_id: Field[str | None] = None
