"""Records of automated backups, which may stay after their database is deleted."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["AutomatedBackup"]


@frozen(kw_only=True)
class AutomatedBackup(Record):
    """The automated backups of an instance or cluster (DBInstanceAutomatedBackup).

    Attributes:
        status: ``active`` while the database exists, ``retained`` after it was deleted,
            ``creating``.
    """

    api = Listed(
        ("rds:DescribeDBInstanceAutomatedBackups", "rds:DescribeDBClusterAutomatedBackups"),
        arn="DBInstanceAutomatedBackupsArn || DBClusterAutomatedBackupsArn",
        name="DBInstanceIdentifier || DBClusterIdentifier",
    )

    status: Field[str] = described("Status", required=True, default="")
