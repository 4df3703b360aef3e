"""Records of Amazon CloudWatch."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["CompositeAlarm", "Dimension", "MetricAlarm", "MetricQuery"]

_ALARMS = "cloudwatch:DescribeAlarms"


@frozen(kw_only=True)
class Dimension:
    """A dimension of a metric.

    Attributes:
        name: such as ``InstanceId``.
        value: such as ``i-1234567890abcdef0``.
    """

    name: str
    value: str


@frozen(kw_only=True)
class MetricQuery:
    """A metric or an expression of an alarm (CloudWatch API Reference, MetricDataQuery).

    Attributes:
        dimensions: MetricStat.Metric.Dimensions.
        expression: metric math, or a query of Metrics Insights.
    """

    dimensions: tuple[Dimension, ...] = described("MetricStat.Metric.Dimensions", default=())
    expression: str = described("Expression", default="")


@frozen(kw_only=True)
class MetricAlarm(Record):
    """An alarm on a metric (CloudWatch API Reference, MetricAlarm).

    Attributes:
        actions_enabled: whether it performs its actions.
        alarm_actions: the ARNs of what it does in the state ALARM.
        dimensions: of its metric.
        metrics: if it is on several metrics, or on an expression.
    """

    api = Listed(_ALARMS, arn="AlarmArn", id="AlarmName", name="AlarmName", items="MetricAlarms")

    actions_enabled: Field[bool] = described("ActionsEnabled", default=True)
    alarm_actions: Field[tuple[str, ...]] = described("AlarmActions", default=())
    dimensions: Field[tuple[Dimension, ...]] = described("Dimensions", default=())
    metrics: Field[tuple[MetricQuery, ...]] = described("Metrics", default=())


@frozen(kw_only=True)
class CompositeAlarm(Record):
    """An alarm on the states of other alarms (CloudWatch API Reference, CompositeAlarm).

    Attributes:
        actions_enabled: whether it performs its actions.
        alarm_actions: the ARNs of what it does in the state ALARM.
        alarm_rule: such as ``ALARM("cpu") OR ALARM("disk")``.
    """

    api = Listed(_ALARMS, arn="AlarmArn", id="AlarmName", name="AlarmName", items="CompositeAlarms")

    actions_enabled: Field[bool] = described("ActionsEnabled", default=True)
    alarm_actions: Field[tuple[str, ...]] = described("AlarmActions", default=())
    alarm_rule: Field[str] = described("AlarmRule", default="")
