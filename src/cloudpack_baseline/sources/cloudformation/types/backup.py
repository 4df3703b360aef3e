"""AWS Backup: vaults and plans.

Source: AWS CloudFormation Template Reference, "AWS Backup resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    exact,
    member,
    shown,
)

__all__ = ["TYPES"]

TYPES = Types()

_PLAN = "backup:GetBackupPlan"
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
        Locked=resource.get("LockConfiguration") is not None,
    )
    policy = resource.get("AccessPolicy")
    if policy is not None:
        resource.about(
            _POLICY,
            resource.id,
            at="AccessPolicy",
            Policy=policy_here(policy, resource.account, resource.region),
        )


@TYPES.of(
    "AWS::Backup::BackupPlan",
    "backup:ListBackupPlans",
    _PLAN,
    attributes={
        "BackupPlanArn": "arn:{partition}:backup:{region}:{account}:backup-plan:{id}",
        "BackupPlanId": "{id}",
    },
)
def _plan(resource: TypedResource) -> None:
    plan = resource.get("BackupPlan")
    resource.item(
        "backup:ListBackupPlans",
        BackupPlanId=resource.id,
        BackupPlanArn=resource.attribute("BackupPlanArn"),
        BackupPlanName=shown(member(plan, "BackupPlanName", resource.name)),
    )
    rules = [
        {**rule, "CopyActions": [_copy(copy) for copy in as_list(rule.get("CopyActions"))]}
        if isinstance(rule, dict)
        else rule
        for rule in as_list(member(plan, "BackupPlanRule"))
    ]
    resource.about(_PLAN, resource.id, at="BackupPlan", BackupPlan={"Rules": rules})


def _copy(copy: object) -> object:
    """A copy goes to an account and a Region, so that all of its ARN has to be known."""
    return {"DestinationBackupVaultArn": exact(member(copy, "DestinationBackupVaultArn"))}
