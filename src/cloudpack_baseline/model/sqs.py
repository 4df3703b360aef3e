"""Records of Amazon SQS."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["Queue"]


@frozen(kw_only=True)
class Queue(Record):
    """A queue (Amazon SQS API Reference, GetQueueAttributes).

    Attributes:
        policy: Policy, a JSON string; ``None``: it has none.
    """

    api = Listed(
        "sqs:ListQueues",
        arn="arn:{partition}:sqs:{region}:{account}:{QueueName}",
        id="QueueUrl",
        name="QueueName",
        gone=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
    )

    policy: Field[str | None] = described(
        "Attributes.Policy", operation="sqs:GetQueueAttributes", default=None
    )
