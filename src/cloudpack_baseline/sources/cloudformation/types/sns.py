"""Amazon SNS: topics, their policies and subscriptions.

Source: AWS CloudFormation Template Reference, "Amazon Simple Notification Service resource types".
"""

from __future__ import annotations

from collections.abc import Mapping

from cloudpack_baseline.sources.cloudformation.policy_choices import attach_policy
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, as_list

__all__ = ["TYPES"]

TYPES = Types()

_ATTRIBUTES = "sns:GetTopicAttributes"
_SUBSCRIPTIONS = "sns:ListSubscriptions"


@TYPES.of(
    "AWS::SNS::Topic",
    "sns:ListTopics",
    _SUBSCRIPTIONS,
    name="TopicName",
    ref="arn:{partition}:sns:{region}:{account}:{name}",
    attributes={"TopicArn": "{id}", "TopicName": "{name}"},
)
def _topic(resource: TypedResource) -> None:
    resource.item("sns:ListTopics", TopicArn=resource.id)
    for subscription in as_list(resource.get("Subscription")):
        protocol = (
            subscription.get("Protocol") if isinstance(subscription, Mapping) else subscription
        )
        _add_subscription(resource, resource.id, protocol)


@TYPES.of("AWS::SNS::Subscription", _SUBSCRIPTIONS)
def _subscription(resource: TypedResource) -> None:
    _add_subscription(resource, resource.get("TopicArn"), resource.get("Protocol"))


def _add_subscription(resource: TypedResource, topic: object, protocol: object) -> None:
    """A subscription, taken as confirmed: nobody can confirm it before it is deployed."""
    resource.item(
        _SUBSCRIPTIONS,
        TopicArn=topic,
        Protocol=protocol,
        SubscriptionArn=f"arn:{resource.partition}:sns:{resource.region}:{resource.account}:topic:x",
    )


@TYPES.of("AWS::SNS::TopicPolicy", _ATTRIBUTES, order=1)
def _topic_policy(resource: TypedResource) -> None:
    attach_policy(resource, _ATTRIBUTES, "Topics", resource.get("Topics"))


@TYPES.of("AWS::SNS::TopicInlinePolicy", _ATTRIBUTES, order=1)
def _inline_policy(resource: TypedResource) -> None:
    attach_policy(resource, _ATTRIBUTES, "Topics", resource.get("TopicArn"))
