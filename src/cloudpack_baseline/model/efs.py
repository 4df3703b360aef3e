"""Records of Amazon EFS."""

from __future__ import annotations

from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field

__all__ = ["FileSystem"]


@frozen(kw_only=True)
class FileSystem(Record):
    """A file system (Amazon EFS API Reference, FileSystemDescription).

    Attributes:
        policy: Policy, a JSON string (DescribeFileSystemPolicy); ``None``: it has none.
        backup_policy: BackupPolicy.Status (DescribeBackupPolicy), such as ``ENABLED``: AWS Backup
            backs it up daily; ``None``: it has no such policy.
        state: LifeCycleState, such as ``available``, ``deleting``.
        created_at: CreationTime.
        tags: its tags.
    """

    api = Listed(
        "efs:DescribeFileSystems",
        arn="FileSystemArn",
        id="FileSystemId",
        name="Name",
        gone="FileSystemNotFound",
    )

    policy: Field[str | None] = described(
        "Policy", operation="efs:DescribeFileSystemPolicy", absent="PolicyNotFound", default=None
    )
    backup_policy: Field[str | None] = described(
        "BackupPolicy.Status",
        operation="efs:DescribeBackupPolicy",
        absent="PolicyNotFound",
        default=None,
    )
    state: Field[str] = described("LifeCycleState", default="available")
    created_at: Field[datetime | None] = described("CreationTime", default=None)
    tags: Field[Tags] = ()
