"""Amazon SQS: queues and their policies.

Source: AWS CloudFormation Template Reference, "Amazon Simple Queue Service resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.policies import policy_of_one
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list

__all__ = ["TYPES"]

TYPES = Types()

_ATTRIBUTES = "sqs:GetQueueAttributes"


@TYPES.of(
    "AWS::SQS::Queue",
    "sqs:ListQueues",
    name="QueueName",
    ref="https://sqs.{region}.amazonaws.com/{account}/{name}",
    attributes={
        "Arn": "arn:{partition}:sqs:{region}:{account}:{name}",
        "QueueName": "{name}",
        "QueueUrl": "{id}",
    },
)
def _queue(resource: TypedResource) -> None:
    resource.item("sqs:ListQueues", QueueUrl=resource.id, QueueName=resource.attribute("QueueName"))


@TYPES.of("AWS::SQS::QueuePolicy", _ATTRIBUTES, order=1)
def _queue_policy(resource: TypedResource) -> None:
    _add_policies(resource, resource.get("Queues"))


@TYPES.of("AWS::SQS::QueueInlinePolicy", _ATTRIBUTES, order=1)
def _inline_policy(resource: TypedResource) -> None:
    _add_policies(resource, resource.get("Queue"))


def _add_policies(resource: TypedResource, queues: object) -> None:
    policy = policy_of_one(resource.get("PolicyDocument"))
    for queue in resource.subjects_of(as_list(queues) or [resource.unnamed], "Queues"):
        resource.about(_ATTRIBUTES, queue, at="PolicyDocument", Attributes={"Policy": policy})
