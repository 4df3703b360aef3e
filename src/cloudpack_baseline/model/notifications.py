"""Records of AWS User Notifications."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["NotificationConfiguration", "NotificationRule"]


@frozen(kw_only=True)
class NotificationRule:
    """Which events are notified (AWS User Notifications API Reference, EventRuleStructure).

    Attributes:
        source: such as ``aws.guardduty``.
        event_type: such as ``GuardDuty Finding``.
        regions: of the events.
    """

    source: str = described("source")
    event_type: str = described("eventType")
    regions: tuple[str, ...] = described("regions", default=())


@frozen(kw_only=True)
class NotificationConfiguration(Record):
    """A notification configuration (AWS User Notifications API Reference).

    Attributes:
        status: ``ACTIVE``, ``PARTIALLY_ACTIVE``, ``INACTIVE`` or ``DELETING``.
        channels: ARNs of e-mail contacts and chat channels (ListChannels).
        rules: which events are notified (ListEventRules).
    """

    api = Listed(
        "notifications:ListNotificationConfigurations",
        arn="arn",
        id="arn",
        name="name",
        regional=False,
    )

    status: Field[str] = described("status")
    channels: Field[tuple[str, ...]] = described(
        "channels", operation="notifications:ListChannels", unordered=True
    )
    rules: Field[tuple[NotificationRule, ...]] = described(
        "eventRules", operation="notifications:ListEventRules"
    )
