"""States of the controls of logging."""

from __future__ import annotations

from cloudpack_baseline.model.cloudwatch import Dimension, MetricAlarm
from cloudpack_baseline.model.config import ConfigurationRecorder, RecorderStatus
from cloudpack_baseline.model.ec2 import (
    Instance,
    NetworkInterface,
    NetworkInterfacePrivateIpAddress,
    Vpc,
)
from cloudpack_baseline.model.ec2_posture import FlowLog
from cloudpack_baseline.model.ecs import ClusterSettings, EcsCluster
from cloudpack_baseline.model.events import EventRule
from cloudpack_baseline.model.guardduty import Detector
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.s3 import LifecycleRule
from cloudpack_baseline.model.sns import Subscription, SubscriptionList
from cloudpack_baseline.model.ssm import SessionPreferences, SessionRecording
from cloudpack_baseline.testing.records import bucket, record, role, trail
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "cloudtrail-log-integrity",
        passing=(trail("all", log_file_validation=True),),
        failing=(trail("all", log_file_validation=False),),
    ),
    Example(
        "guardduty",
        passing=(record(Detector, "detector/d1", service="guardduty", status="ENABLED"),),
        failing=(record(Detector, "detector/d1", service="guardduty", status="DISABLED"),),
    ),
    Example(
        "cloudtrail-enabled",
        passing=(trail("all"),),
        failing=(trail("all", logging=False),),
    ),
    Example(
        "config-recorder",
        passing=(
            record(
                ConfigurationRecorder,
                "configuration-recorder/default",
                service="config",
                all_supported=True,
                global_resource_types=True,
                status=RecorderStatus(recording=True, last_status="SUCCESS"),
            ),
        ),
        failing=(
            record(
                ConfigurationRecorder,
                "configuration-recorder/default",
                service="config",
                all_supported=True,
                status=RecorderStatus(recording=True, last_status="SUCCESS"),
            ),
        ),
    ),
    Example(
        "log-retention",
        common=(
            record(
                SessionPreferences,
                "document/SSM-SessionManagerRunShell",
                service="ssm",
                recording=SessionRecording(log_group="sessions"),
            ),
        ),
        passing=(
            record(
                LogGroup,
                "log-group:sessions",
                service="logs",
                name="sessions",
                retention_in_days=400,
            ),
        ),
        failing=(
            record(
                LogGroup,
                "log-group:sessions",
                service="logs",
                name="sessions",
                retention_in_days=90,
            ),
        ),
    ),
    Example(
        "cloudtrail-retention",
        common=(trail("all"),),
        passing=(
            bucket(
                "logs",
                lifecycle=(LifecycleRule(enabled=True, days=366),),
                default_retention=None,
            ),
        ),
        failing=(
            bucket(
                "logs",
                lifecycle=(LifecycleRule(enabled=True, days=90),),
                default_retention=None,
            ),
        ),
    ),
    Example(
        "findings-routed",
        common=(
            record(
                Detector, "detector/d1", service="guardduty", status="ENABLED", administrator=None
            ),
        ),
        passing=(
            record(
                EventRule,
                "rule/findings",
                service="events",
                event_pattern='{"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}',
                targets=("arn:aws:ssm-incidents::123456789012:response-plan/findings",),
            ),
        ),
        failing=(),
    ),
    Example(
        "cloudwatch-alarms",
        common=(
            record(
                Instance, "instance/i-1", instance_id="i-1", vpc_id="vpc-1", subnet_id="subnet-a"
            ),
        ),
        passing=(
            record(
                MetricAlarm,
                "alarm:cpu",
                service="cloudwatch",
                name="cpu",
                alarm_actions=("arn:aws:sns:ap-northeast-1:123456789012:operators",),
                dimensions=(Dimension(name="InstanceId", value="i-1"),),
            ),
            record(
                SubscriptionList,
                "*",
                service="sns",
                subscriptions=(
                    Subscription(
                        topic="arn:aws:sns:ap-northeast-1:123456789012:operators",
                        protocol="email",
                        confirmed=True,
                    ),
                ),
            ),
        ),
        failing=(),
    ),
    Example(
        "cloudtrail-log-bucket",
        common=(
            trail("all"),
            bucket("logs", mfa_delete=False, default_retention=None),
        ),
        passing=(),
        failing=(
            role(
                "deploy",
                permissions=[
                    {
                        "Effect": "Allow",
                        "Action": "s3:DeleteObject",
                        "Resource": "arn:aws:s3:::logs/*",
                    }
                ],
            ),
        ),
    ),
    Example(
        "session-recording",
        passing=(
            record(
                EcsCluster, "cluster/web", service="ecs", settings=ClusterSettings(running_tasks=1)
            ),
        ),
        failing=(
            record(
                EcsCluster,
                "cluster/web",
                service="ecs",
                settings=ClusterSettings(running_tasks=1, exec_logging="OVERRIDE"),
            ),
        ),
    ),
    Example(
        "vpc-flow-logs",
        common=(
            record(
                NetworkInterface,
                "network-interface/eni-1",
                network_interface_id="eni-1",
                vpc_id="vpc-1",
                subnet_id="subnet-a",
                groups=("sg-1",),
                private_ip_addresses=(
                    NetworkInterfacePrivateIpAddress(private_ip_address="10.0.1.10", primary=True),
                ),
            ),
            record(
                Vpc,
                "vpc/vpc-1",
                vpc_id="vpc-1",
                cidr_blocks=("10.0.0.0/16",),
                internet_gateway_block_mode="off",
            ),
        ),
        passing=(
            record(
                FlowLog,
                "vpc-flow-log/fl-1",
                flow_log_id="fl-1",
                resource_id="vpc-1",
                traffic_type="ALL",
                deliver_logs_status="SUCCESS",
            ),
        ),
        failing=(),
    ),
)
