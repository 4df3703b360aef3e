"""The check of ``cloudwatch-alarms``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType

from attrs import define, field

from cloudpack_baseline.baseline.options.logging import CloudwatchAlarmsOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.logging._receivers import RECEIVER_READS, reaches_somebody
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    causes_text,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.cloudwatch import CompositeAlarm, Dimension, MetricAlarm, MetricQuery
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Truth, Unknown, Why, all_of, any_of, is_known, lift
from cloudpack_baseline.texts import text

__all__ = ["cloudwatch_alarms"]

_GROUP_TAG = "aws:autoscaling:groupName"
_GONE = ("terminated", "shutting-down")


@check(
    reads(Instance),
    reads(DBInstance),
    reads(MetricAlarm),
    reads(CompositeAlarm),
    *RECEIVER_READS,
    subjects=(Instance, DBInstance),
    planned=False,
)
def cloudwatch_alarms(view: AccountView) -> Iterator[Finding]:
    """Reads the alarms on metrics of each running instance and each database instance.

    An alarm counts if its metric, or one of its metrics, has the dimension ``InstanceId``,
    ``AutoScalingGroupName``, ``DBInstanceIdentifier`` or ``DBClusterIdentifier`` of the resource,
    or if it queries all of them with Metrics Insights (DescribeAlarms, metric and composite
    alarms). It reaches somebody if its actions are enabled and one of them is a topic with a
    confirmed subscription (ListSubscriptions), or if it is part of a composite alarm for which
    that is true. Resources that an external monitor watches are declared.
    """
    options = view.baseline.options(CloudwatchAlarmsOptions)
    alarms = _Alarms.of(view)
    for instance in view.all(Instance):
        if instance.state in _GONE:
            continue
        if instance.state != "running":
            observation = not_applicable(text("logging.not-running", state=instance.state))
        else:
            observation = alarms.observe(instance, _of_instance(instance), options.monitored)
        yield view.finding(instance, observation)
    for database in view.all(DBInstance):
        observation = alarms.observe(database, _of_database(database), options.monitored)
        yield view.finding(database, observation)


@frozen(kw_only=True)
class _Resource:
    """What names a resource in metrics.

    Attributes:
        namespace: such as ``AWS/EC2``.
        dimensions: by name; a value that could not be read may be any.
    """

    namespace: str
    dimensions: Mapping[str, str | Unknown | None]


def _of_instance(instance: Instance) -> _Resource:
    tags = instance.tags
    group = tags if isinstance(tags, Unknown) else dict(tags).get(_GROUP_TAG)
    return _Resource(
        namespace="AWS/EC2",
        dimensions=MappingProxyType(
            {"InstanceId": instance.instance_id, "AutoScalingGroupName": group}
        ),
    )


def _of_database(database: DBInstance) -> _Resource:
    return _Resource(
        namespace="AWS/RDS",
        dimensions=MappingProxyType(
            {
                "DBInstanceIdentifier": database.name,
                "DBClusterIdentifier": database.cluster,
            }
        ),
    )


@define(eq=False)
class _Alarms:
    """The alarms of an account, and which of them reach somebody.

    Attributes:
        view: the account.
        named: the alarms by Region, name and value of a dimension of their metrics.
        unnamed: by Region, the alarms whose resources are not known by name.
        composites: the composite alarms.
    """

    view: AccountView
    named: Mapping[tuple[str, str, str], list[MetricAlarm]]
    unnamed: Mapping[str, list[MetricAlarm]]
    composites: tuple[CompositeAlarm, ...]
    _reached: dict[str, Truth] = field(factory=dict)

    @classmethod
    def of(cls, view: AccountView) -> _Alarms:
        """Index them, since there may be as many as there are resources."""
        named: dict[tuple[str, str, str], list[MetricAlarm]] = {}
        unnamed: dict[str, list[MetricAlarm]] = {}
        for alarm in view.all(MetricAlarm):
            dimensions = _dimensions(alarm)
            if dimensions is None or _has_query(alarm):
                unnamed.setdefault(alarm.region, []).append(alarm)
            for dimension in dict.fromkeys(dimensions or ()):
                key = (alarm.region, dimension.name, dimension.value)
                named.setdefault(key, []).append(alarm)
        return cls(view=view, named=named, unnamed=unnamed, composites=view.all(CompositeAlarm))

    def observe(
        self, record: Instance | DBInstance, resource: _Resource, monitored: Iterable[str]
    ) -> Observation:
        """Whether an alarm on the resource reaches somebody."""
        if any(covers(pattern, record.arn, record.display_name) for pattern in monitored):
            return passed(text("logging.monitored"))
        verdicts = [
            (alarm, _is_about(alarm, resource), self._reaches(alarm))
            for alarm in self._candidates(record.region, resource)
        ]
        gaps = [
            gap
            for kind in (MetricAlarm, CompositeAlarm)
            if (gap := self.view.gap(kind, record.region)) is not None
        ]
        reached = any_of([*(all_of((about, works)) for _, about, works in verdicts), *gaps])
        if reached is True:
            working = (alarm.name for alarm, about, works in verdicts if about is works is True)
            return passed(text("logging.alarmed"), read=", ".join(working))
        if isinstance(reached, Unknown):
            cause = causes_text(reached.causes)
            return unknown(text("logging.alarms-unread", cause=cause), reached)
        names = tuple(alarm.name for alarm, about, _ in verdicts if about is True)
        if names:
            return failed(text("logging.alarms-reach-nobody", alarms=names))
        return failed(text("logging.no-alarm"))

    def _candidates(self, region: str, resource: _Resource) -> Iterator[MetricAlarm]:
        """The alarms that may be about the resource, each once."""
        alarms = [*self.unnamed.get(region, ())]
        for name, value in resource.dimensions.items():
            if isinstance(value, Unknown):
                for (place, dimension, _), entries in self.named.items():
                    alarms += entries if (place, dimension) == (region, name) else ()
            elif value is not None:
                alarms += self.named.get((region, name, value), ())
        yield from {alarm.arn: alarm for alarm in alarms}.values()

    def _reaches(self, alarm: MetricAlarm) -> Truth:
        if alarm.arn not in self._reached:
            self._reached[alarm.arn] = self._is_heard(alarm, self._notifying)
        return self._reached[alarm.arn]

    @cached_property
    def _notifying(self) -> Mapping[str, Truth]:
        """By ARN, whether a composite alarm notifies somebody, or one above it does."""
        truths: Mapping[str, Truth] = dict.fromkeys((alarm.arn for alarm in self.composites), False)
        # No chain is longer. Causes of alarms that contain each other may never settle.
        for _ in self.composites:
            before = truths
            truths = {alarm.arn: self._is_heard(alarm, before) for alarm in self.composites}
            if truths == before:
                break
        return truths

    def _is_heard(
        self, alarm: MetricAlarm | CompositeAlarm, notifying: Mapping[str, Truth]
    ) -> Truth:
        """Whether it notifies somebody, or a composite alarm that it is part of does."""
        above = (
            all_of((_contains(composite, alarm), notifying[composite.arn]))
            for composite in self.composites
            if composite.region == alarm.region
        )
        return any_of((self._notifies(alarm), *above))

    def _notifies(self, alarm: MetricAlarm | CompositeAlarm) -> Truth:
        receivers = self.view.baseline.options(CloudwatchAlarmsOptions).receivers
        actions = alarm.alarm_actions
        notified: Truth = (
            actions
            if isinstance(actions, Unknown)
            else any_of(reaches_somebody(self.view, action, receivers) for action in actions)
        )
        return all_of((alarm.actions_enabled, notified))


def _dimensions(alarm: MetricAlarm) -> tuple[Dimension, ...] | None:
    """The dimensions of its metrics; ``None``: they could not all be read."""
    if isinstance(alarm.dimensions, Unknown) or isinstance(alarm.metrics, Unknown):
        return None
    of_queries = (dimension for query in alarm.metrics for dimension in query.dimensions)
    return (*alarm.dimensions, *of_queries)


def _has_query(alarm: MetricAlarm) -> bool:
    return is_known(alarm.metrics) and any(query.expression for query in alarm.metrics)


def _is_about(alarm: MetricAlarm, resource: _Resource) -> Truth:
    """Whether one of its metrics is of the resource."""
    if isinstance(alarm.dimensions, Unknown):
        return alarm.dimensions
    if isinstance(alarm.metrics, Unknown):
        return alarm.metrics
    named = (
        _is_value(dimension, resource.dimensions[dimension.name])
        for dimension in _dimensions(alarm) or ()
        if dimension.name in resource.dimensions
    )
    return any_of([*named, *(_queries(query, resource) for query in alarm.metrics)])


def _is_value(dimension: Dimension, value: str | Unknown | None) -> Truth:
    return lift(lambda known: known == dimension.value, value)


def _queries(query: MetricQuery, resource: _Resource) -> Truth:
    """Whether a query of Metrics Insights is about every resource of the kind."""
    words = query.expression.upper().split()
    if "SELECT" not in words or resource.namespace not in query.expression:
        return False
    if "WHERE" not in words:
        return True
    return Unknown.because(Why.UNSUPPORTED, detail=query.expression)


def _contains(composite: CompositeAlarm, alarm: MetricAlarm | CompositeAlarm) -> Truth:
    """Whether the composite alarm is in the state ALARM as soon as the other one is."""
    rule = composite.alarm_rule
    if isinstance(rule, Unknown):
        return rule
    names = {name.strip() for name in re.findall(r'ALARM\(\s*"?(.*?)"?\s*\)', rule)}
    if not names & {alarm.name, alarm.arn}:
        return False
    if re.search(r"\b(AND|NOT)\b", rule):
        return Unknown.because(Why.UNSUPPORTED, detail=f"{composite.name}: {rule}")
    return True
