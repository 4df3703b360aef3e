"""Whether what an alarm or a rule notifies reaches a person."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.sns import Subscription, SubscriptionList
from cloudpack_baseline.model.values import Truth, Unknown, Why, any_of

__all__ = ["RECEIVER_READS", "reaches_somebody"]

RECEIVER_READS = (reads(SubscriptionList),)
"""What `reaches_somebody` needs."""

_TO_PEOPLE = frozenset(("email", "email-json", "sms", "application", "http", "https"))
"""Protocols that notify; ``https`` leads to chat and to paging services."""

_TO_NOBODY = frozenset(("automate", "swf", "autoscaling", "logs", "ec2"))
"""Services that only act or store."""


def reaches_somebody(view: AccountView, arn: str, declared: Iterable[str]) -> Truth:
    """Whether a target with the ARN notifies a person.

    A topic does with a confirmed subscription of a protocol that notifies. What a function or
    a queue does is unknown unless it is declared.

    Args:
        view: the account.
        arn: of the topic, function, ...
        declared: ARNs of receivers that do, or patterns.
    """
    if any(matches(pattern, arn) for pattern in declared):
        return True
    try:
        target = Arn.parse(arn)
    except ValueError as error:
        return Unknown.because(Why.MALFORMED, detail=str(error))
    if target.service == "sns":
        return _topic(view, target)
    if target.service == "ssm-incidents":
        return True
    if target.service in _TO_NOBODY:
        return False
    return Unknown.because(Why.UNDETERMINED, detail=f"{arn} may notify somebody")


def _topic(view: AccountView, topic: Arn) -> Truth:
    for listing in view.snapshot.all(SubscriptionList, topic.account):
        if listing.region == topic.region:
            subscriptions = listing.subscriptions
            if isinstance(subscriptions, Unknown):
                return subscriptions
            return any_of(
                _notifies(subscription)
                for subscription in subscriptions
                if subscription.topic == str(topic)
            )
    gap = view.gap(SubscriptionList, topic.region, account=topic.account)
    detail = f"subscriptions of {topic}"
    return Unknown.because(Why.NOT_GATHERED, detail=detail) if gap is None else gap


def _notifies(subscription: Subscription) -> Truth:
    if not subscription.confirmed:
        return False
    if subscription.protocol in _TO_PEOPLE:
        return True
    detail = f"{subscription.protocol} subscription of {subscription.topic} may notify somebody"
    return Unknown.because(Why.UNDETERMINED, detail=detail)
