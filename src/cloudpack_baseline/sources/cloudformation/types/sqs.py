"""Amazon SQS: queues and their policies.

Source: AWS CloudFormation Template Reference, "Amazon Simple Queue Service resource types".
"""

from __future__ import annotations

from functools import partial

from cloudpack_baseline.sources.cloudformation.policy_choices import attach_policy
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types

__all__ = ["TYPES"]

TYPES = Types()

_ATTRIBUTES = "sqs:GetQueueAttributes"
_URL_PARTS = 2


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
@TYPES.of("AWS::SQS::QueueInlinePolicy", _ATTRIBUTES, order=1)
def _queue_policy(resource: TypedResource) -> None:
    queues = resource.get("Queues", resource.get("Queue"))
    attach_policy(resource, _ATTRIBUTES, "Queues", queues, partial(_queue_arn, resource))


def _queue_arn(resource: TypedResource, url: str) -> str:
    """The ARN of a queue by its URL, which ends with the account and the name."""
    host, *path = url.removeprefix("https://").split("/")
    if len(path) != _URL_PARTS:
        return url
    region = host.removeprefix("sqs.").partition(".")[0]
    return ":".join(("arn", resource.partition, "sqs", region, *path))
