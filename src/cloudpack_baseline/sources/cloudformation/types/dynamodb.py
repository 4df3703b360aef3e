"""Amazon DynamoDB: tables and their policies.

Source: AWS CloudFormation Template Reference, "Amazon DynamoDB resource types".
"""

from __future__ import annotations

from cloudpack_baseline.model.values import Truth, all_of
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    either,
    follow,
    truth_of,
)

__all__ = ["TYPES"]

TYPES = Types()

_TABLES = "dynamodb:ListTables"
_POLICY = "dynamodb:GetResourcePolicy"
_BACKUPS = "dynamodb:DescribeContinuousBackups"
_RECOVERY = "PointInTimeRecoverySpecification"
_ENABLED = "PointInTimeRecoveryEnabled"
_ARN = {"Arn": "arn:{partition}:dynamodb:{region}:{account}:table/{id}"}


@TYPES.of("AWS::DynamoDB::Table", _TABLES, _POLICY, _BACKUPS, ref="TableName", attributes=_ARN)
def _table(resource: TypedResource) -> None:
    recovers = truth_of(follow(resource.get(_RECOVERY), _ENABLED))
    _add_table(resource, resource.get("ResourcePolicy"), recovers, at=_RECOVERY)


@TYPES.of(
    "AWS::DynamoDB::GlobalTable", _TABLES, _POLICY, _BACKUPS, ref="TableName", attributes=_ARN
)
def _global_table(resource: TypedResource) -> None:
    """Of its replicas, one is in the Region of the stack."""
    replicas = [
        replica
        for replica in as_list(resource.get("Replicas"))
        if not resource.region or str(follow(replica, "Region")) == resource.region
    ]
    policies = [follow(replica, "ResourcePolicy") for replica in replicas]
    policy = next((policy for policy in policies if policy is not None), None)
    recovers = [truth_of(follow(replica, _RECOVERY, _ENABLED)) for replica in replicas]
    _add_table(resource, policy, all_of(recovers) if recovers else False, at="Replicas")


def _add_table(resource: TypedResource, policy: object, recovers: Truth, *, at: str) -> None:
    """Policies are read by the ARN that the gatherer makes of the name."""
    arn = f"arn:{resource.partition}:dynamodb:{resource.region}:{resource.account}"
    arn = f"{arn}:table/{resource.id}"
    resource.item(_TABLES, TableName=resource.id, TableArn=arn)
    status = either(recovers, yes="ENABLED", no="DISABLED")
    described = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": status}}
    resource.about(_BACKUPS, resource.id, at=at, ContinuousBackupsDescription=described)
    if policy is not None:
        document = policy_here(
            follow(policy, "PolicyDocument"),
            resource.account,
            resource.region,
            name=f"table/{resource.id}",
        )
        resource.about(_POLICY, arn, at="ResourcePolicy", Policy=document)
