"""AWS Backup: vaults.

Source: AWS CloudFormation Template Reference, "AWS Backup resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policies import policy_text
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()

_POLICY = "backup:GetBackupVaultAccessPolicy"


@TYPES.of(
    "AWS::Backup::BackupVault",
    "backup:ListBackupVaults",
    _POLICY,
    ref="BackupVaultName",
    attributes={
        "BackupVaultArn": "arn:{partition}:backup:{region}:{account}:backup-vault:{id}",
        "BackupVaultName": "{id}",
    },
)
def _vault(resource: TypedResource) -> None:
    resource.item(
        "backup:ListBackupVaults",
        BackupVaultName=resource.id,
        BackupVaultArn=resource.attribute("BackupVaultArn"),
    )
    policy = resource.get("AccessPolicy")
    if policy is not None:
        resource.about(_POLICY, resource.id, at="AccessPolicy", Policy=policy_text(policy))
