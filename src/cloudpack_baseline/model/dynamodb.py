"""Records of Amazon DynamoDB."""

from __future__ import annotations

from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["DynamoDBBackup", "DynamoDBTable", "PointInTimeRecovery"]


@frozen(kw_only=True)
class PointInTimeRecovery:
    """Continuous backups of a table (PointInTimeRecoveryDescription).

    Attributes:
        status: ``ENABLED`` or ``DISABLED``.
        earliest: EarliestRestorableDateTime; ``None`` if it is disabled.
        latest: LatestRestorableDateTime; ``None`` if it is disabled.
    """

    status: str = described("PointInTimeRecoveryStatus")
    earliest: datetime | None = described("EarliestRestorableDateTime", default=None)
    latest: datetime | None = described("LatestRestorableDateTime", default=None)


@frozen(kw_only=True)
class DynamoDBTable(Record):
    """A table, or a replica of a global table (Amazon DynamoDB API Reference, ListTables).

    Attributes:
        policy: Policy, a JSON string (GetResourcePolicy); ``None``: it has none.
        created_at: Table.CreationDateTime (DescribeTable).
        point_in_time_recovery: continuous backups (DescribeContinuousBackups); ``None``: there
            are none.
    """

    api = Listed(
        "dynamodb:ListTables",
        arn="arn:{partition}:dynamodb:{region}:{account}:table/{TableName}",
        id="TableArn",
        name="TableName",
        gone="ResourceNotFoundException",
    )

    policy: Field[str | None] = described(
        "Policy",
        operation="dynamodb:GetResourcePolicy",
        absent="PolicyNotFoundException",
        default=None,
    )
    created_at: Field[datetime | None] = described(
        "Table.CreationDateTime", operation="dynamodb:DescribeTable", default=None
    )
    point_in_time_recovery: Field[PointInTimeRecovery | None] = described(
        "ContinuousBackupsDescription.PointInTimeRecoveryDescription",
        operation="dynamodb:DescribeContinuousBackups",
        default=None,
    )


@frozen(kw_only=True)
class DynamoDBBackup(Record):
    """An on-demand backup of a table, also by AWS Backup (BackupSummary).

    Attributes:
        table: TableArn.
        status: BackupStatus: ``AVAILABLE`` if it can be restored.
        created_at: BackupCreationDateTime.
    """

    api = Listed("dynamodb:ListBackups", arn="BackupArn", name="BackupName")

    table: str = described("TableArn")
    status: Field[str] = described("BackupStatus")
    created_at: Field[datetime | None] = described("BackupCreationDateTime", default=None)
