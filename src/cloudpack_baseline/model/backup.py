"""Records of AWS Backup."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["BackupVault"]


@frozen(kw_only=True)
class BackupVault(Record):
    """A backup vault (AWS Backup API Reference, BackupVaultListMember).

    Attributes:
        policy: Policy, a JSON string (GetBackupVaultAccessPolicy); ``None``: it has none.
    """

    api = Listed("backup:ListBackupVaults", arn="BackupVaultArn", id="BackupVaultName")

    policy: Field[str | None] = described(
        "Policy",
        operation="backup:GetBackupVaultAccessPolicy",
        absent="ResourceNotFoundException",
        default=None,
    )
