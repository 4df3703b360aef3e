"""Records of Amazon SNS."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["Topic"]


def _name(topic: Answer) -> str:
    return string(topic, "TopicArn").rpartition(":")[2]


@frozen(kw_only=True)
class Topic(Record):
    """A topic (Amazon SNS API Reference, GetTopicAttributes).

    Attributes:
        policy: Policy, a JSON string.
    """

    api = Listed("sns:ListTopics", arn="TopicArn", id="TopicArn", name=_name, gone=("NotFound",))

    policy: Field[str | None] = described(
        "Attributes.Policy", operation="sns:GetTopicAttributes", default=None
    )
