"""Records of Amazon SNS."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, Singular, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["Subscription", "SubscriptionList", "Topic"]


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


def _is_confirmed(arn: str) -> bool:
    """A subscription without an ARN is pending, or was deleted."""
    return arn.startswith("arn:")


@frozen(kw_only=True, order=True)
class Subscription:
    """A subscription to a topic (Amazon SNS API Reference, Subscription), without its endpoint.

    Attributes:
        topic: TopicArn.
        protocol: such as ``email``, ``https`` or ``lambda``.
        confirmed: whether it has an ARN; one that is pending receives nothing.
    """

    topic: str = described("TopicArn")
    protocol: str = described("Protocol")
    confirmed: bool = described("SubscriptionArn", convert=_is_confirmed)


@frozen(kw_only=True)
class SubscriptionList(Record):
    """The subscriptions of an account in a Region (ListSubscriptions).

    Attributes:
        subscriptions: sorted.
    """

    api = Singular(
        "sns:ListSubscriptions",
        arn="arn:{partition}:sns:{region}:{account}:*",
        name="{region}",
    )

    subscriptions: Field[tuple[Subscription, ...]] = described(
        "Subscriptions", unordered=True, default=()
    )
