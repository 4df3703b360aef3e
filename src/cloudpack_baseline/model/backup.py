"""Records of AWS Backup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["BackupPlan", "BackupVault"]


def _destinations(rules: Iterable[Answer]) -> tuple[str, ...]:
    """The vaults of all copy actions, and logically air-gapped vaults."""
    return tuple(sorted({vault for rule in rules for vault in _vaults(rule)}))


def _vaults(rule: Answer) -> Iterator[str]:
    for copy in rule.get("CopyActions") or ():
        yield str(copy["DestinationBackupVaultArn"])
    if air_gapped := rule.get("TargetLogicallyAirGappedBackupVaultArn"):
        yield str(air_gapped)


@frozen(kw_only=True)
class BackupVault(Record):
    """A backup vault (AWS Backup API Reference, BackupVaultListMember).

    Attributes:
        policy: Policy, a JSON string (GetBackupVaultAccessPolicy); ``None``: it has none.
        recovery_points: NumberOfRecoveryPoints.
        locked: whether Vault Lock keeps its recovery points for their time (Locked).
    """

    api = Listed("backup:ListBackupVaults", arn="BackupVaultArn", id="BackupVaultName")

    policy: Field[str | None] = described(
        "Policy",
        operation="backup:GetBackupVaultAccessPolicy",
        absent="ResourceNotFoundException",
        default=None,
    )
    recovery_points: Field[int] = described("NumberOfRecoveryPoints", default=0)
    locked: Field[bool] = described("Locked", default=False)


@frozen(kw_only=True)
class BackupPlan(Record):
    """A backup plan (AWS Backup API Reference, BackupPlansListMember).

    Attributes:
        copy_destinations: ARNs of the vaults that its rules copy to (GetBackupPlan, CopyActions
            and TargetLogicallyAirGappedBackupVaultArn).
    """

    api = Listed(
        "backup:ListBackupPlans",
        arn="BackupPlanArn",
        id="BackupPlanId",
        name="BackupPlanName",
        gone="ResourceNotFoundException",
    )

    copy_destinations: Field[tuple[str, ...]] = described(
        "BackupPlan.Rules",
        operation="backup:GetBackupPlan",
        convert=_destinations,
        required=True,
        default=(),
    )
