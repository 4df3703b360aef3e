"""Amazon DynamoDB: tables and their policies.

Source: AWS CloudFormation Template Reference, "Amazon DynamoDB resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policies import policy_text
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list, follow

__all__ = ["TYPES"]

TYPES = Types()

_TABLES = "dynamodb:ListTables"
_POLICY = "dynamodb:GetResourcePolicy"
_ARN = {"Arn": "arn:{partition}:dynamodb:{region}:{account}:table/{id}"}


@TYPES.of("AWS::DynamoDB::Table", _TABLES, _POLICY, ref="TableName", attributes=_ARN)
def _table(resource: TypedResource) -> None:
    _add_table(resource, resource.get("ResourcePolicy"))


@TYPES.of("AWS::DynamoDB::GlobalTable", _TABLES, _POLICY, ref="TableName", attributes=_ARN)
def _global_table(resource: TypedResource) -> None:
    """Of its replicas, one is in the Region of the stack."""
    replicas = [
        replica
        for replica in as_list(resource.get("Replicas"))
        if not resource.region or str(follow(replica, "Region")) == resource.region
    ]
    policies = [follow(replica, "ResourcePolicy") for replica in replicas]
    _add_table(resource, next((policy for policy in policies if policy is not None), None))


def _add_table(resource: TypedResource, policy: object) -> None:
    """Policies are read by the ARN that the gatherer makes of the name."""
    arn = f"arn:{resource.partition}:dynamodb:{resource.region}:{resource.account}"
    arn = f"{arn}:table/{resource.id}"
    resource.item(_TABLES, TableName=resource.id, TableArn=arn)
    if policy is not None:
        document = policy_text(follow(policy, "PolicyDocument"))
        resource.about(_POLICY, arn, at="ResourcePolicy", Policy=document)
