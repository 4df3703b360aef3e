"""Options of controls of logs and alarms."""

from __future__ import annotations

from typing import Annotated, Literal

from cloudpack_baseline.baseline.formats import AccountId, Between
from cloudpack_baseline.immutable import frozen

__all__ = [
    "CloudtrailEnabledOptions",
    "CloudtrailLogBucketOptions",
    "CloudtrailRetentionOptions",
    "CloudwatchAlarmsOptions",
    "ConfigRecorderOptions",
    "FindingsRoutedOptions",
    "GuarddutyOptions",
    "LogRetentionOptions",
    "SessionRecordingOptions",
    "VpcFlowLogsOptions",
]


@frozen(kw_only=True)
class VpcFlowLogsOptions:
    """Options of vpc-flow-logs.

    Attributes:
        traffic: ``ALL`` requires accepted and rejected traffic, ``REJECT`` only rejected traffic.
    """

    traffic: Literal["ALL", "REJECT"] = "ALL"


@frozen(kw_only=True)
class GuarddutyOptions:
    """Options of guardduty.

    Attributes:
        features: names of optional features that also have to be enabled, such as
            ``S3_DATA_EVENTS`` (GuardDuty API Reference, DetectorFeatureResult).
    """

    features: tuple[str, ...] = ()


@frozen(kw_only=True)
class CloudtrailEnabledOptions:
    """Options of cloudtrail-enabled.

    Attributes:
        excluded_sources: services whose management events need not be recorded, such as
            ``kms.amazonaws.com`` (AWS CloudTrail API Reference, EventSelector).
        delivered_within_hours: the maximum age of the latest delivery of a trail.
    """

    excluded_sources: tuple[str, ...] = ()
    delivered_within_hours: Annotated[int, Between(1, 720)] = 24


@frozen(kw_only=True)
class CloudtrailLogBucketOptions:
    """Options of cloudtrail-log-bucket.

    Attributes:
        principals: ARNs or names of users and roles that may manage trails and their buckets, or
            patterns (``*``, ``?``). Declared administrators may too.
        archives: names of buckets of a log archive account that is not read, or patterns.
        days: the minimum number of days that Object Lock has to protect log files.
    """

    principals: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    days: Annotated[int, Between(1, 36500)] = 365


@frozen(kw_only=True)
class CloudtrailRetentionOptions:
    """Options of cloudtrail-retention.

    Attributes:
        days: the minimum number of days (4.5.3: one year).
        archives: names of buckets of a log archive account that is not read, which keep logs for
            that long, or patterns (``*``, ``?``).
    """

    days: Annotated[int, Between(1, 36500)] = 365
    archives: tuple[str, ...] = ()


@frozen(kw_only=True)
class FindingsRoutedOptions:
    """Options of findings-routed.

    Attributes:
        administrators: IDs of accounts that receive the findings of this account and notify
            somebody, such as the audit account of AWS Control Tower.
        receivers: ARNs of targets that notify somebody, such as functions or topics of other
            accounts, or patterns (``*``, ``?``).
    """

    administrators: tuple[AccountId, ...] = ()
    receivers: tuple[str, ...] = ()


@frozen(kw_only=True)
class SessionRecordingOptions:
    """Options of session-recording.

    Attributes:
        days: the minimum number of days that records are kept (4.5.3: one year).
        archives: names of buckets of another account that is not read, which keep records for
            that long, or patterns (``*``, ``?``).
        unrecorded: ARNs or names of users and roles that may open sessions that are not recorded,
            or patterns. Declared administrators may too.
        without_exec: names or ARNs of clusters in which ECS Exec is not used, or patterns.
    """

    days: Annotated[int, Between(1, 36500)] = 365
    archives: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    without_exec: tuple[str, ...] = ()


@frozen(kw_only=True)
class CloudwatchAlarmsOptions:
    """Options of cloudwatch-alarms.

    Attributes:
        monitored: names or ARNs of servers and databases that an external monitor watches, or
            patterns (``*``, ``?``); ``*``: all.
        receivers: ARNs of alarm actions that notify somebody, such as functions or topics of
            other accounts, or patterns.
    """

    monitored: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()


@frozen(kw_only=True)
class ConfigRecorderOptions:
    """Options of config-recorder.

    Attributes:
        excluded_types: resource types that need not be recorded, such as
            ``AWS::EC2::NetworkInterface`` (AWS Config API Reference, ExclusionByResourceTypes).
    """

    excluded_types: tuple[str, ...] = ()


@frozen(kw_only=True)
class LogRetentionOptions:
    """Options of log-retention.

    Attributes:
        days: the minimum number of days (4.5.3: one year).
        log_groups: names of log groups that are judged in addition to those of sessions, such as
            those of bastions, or patterns (``*``, ``?``).
        forwarded: names of log groups whose events a subscription forwards to a store that keeps
            them, or patterns.
    """

    days: Annotated[int, Between(1, 3653)] = 365
    log_groups: tuple[str, ...] = ()
    forwarded: tuple[str, ...] = ()
