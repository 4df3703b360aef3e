"""How kinds of records about monitoring and logs are read, from moto and from odd answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from cloudpack_baseline.model.cloudtrail import EventDataStore, EventSelector, Trail
from cloudpack_baseline.model.cloudwatch import CompositeAlarm, Dimension, MetricAlarm, MetricQuery
from cloudpack_baseline.model.config import ConfigurationRecorder, RecorderStatus
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.ec2_posture import InstanceConnectEndpoint, SerialConsoleAccess
from cloudpack_baseline.model.ecs import ClusterSettings, EcsCluster
from cloudpack_baseline.model.events import EventRule
from cloudpack_baseline.model.guardduty import Detector, DetectorAdministrator
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.notifications import NotificationConfiguration, NotificationRule
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket, Grant, LifecycleRule
from cloudpack_baseline.model.securityhub import FindingAggregator, SecurityHub
from cloudpack_baseline.model.sns import Subscription, SubscriptionList
from cloudpack_baseline.model.ssm import (
    DesktopRecording,
    ManagedNode,
    SessionPreferences,
    SessionRecording,
)
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT, REGION

TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/all"
LISTED = {"TrailARN": TRAIL_ARN, "Name": "all", "HomeRegion": REGION, "S3BucketName": "logs"}


def gathered(session, kind, *fields):
    snapshot = gather_account(session, [reads(kind, *fields)], regions=[REGION])
    assert [coverage.unknown for coverage in snapshot.covered(kind, ACCOUNT)] == [None]
    return snapshot.all(kind, ACCOUNT)


def read(kind, *fields, **answers):
    held = {key.replace("_", ":"): answer for key, answer in answers.items()}
    return gatherer_of(kind).run(calls(held), frozenset(fields))


class TestRecorders:
    def test_of_moto(self, session):
        config = session.client("config")
        assert gathered(session, ConfigurationRecorder, "status") == ()
        role = f"arn:aws:iam::{ACCOUNT}:role/config"
        group = {"allSupported": True, "includeGlobalResourceTypes": True}
        config.put_configuration_recorder(
            ConfigurationRecorder={"name": "default", "roleARN": role, "recordingGroup": group}
        )
        (recorder,) = gathered(session, ConfigurationRecorder, "status")
        assert recorder.arn == (f"arn:aws:config:{REGION}:{ACCOUNT}:configuration-recorder/default")
        assert recorder.all_supported is True
        assert recorder.global_resource_types is True
        assert recorder.status == RecorderStatus(recording=False)
        assert recorder.service_principal == ""

    def test_one_status_is_of_each(self):
        record = read(
            ConfigurationRecorder,
            "status",
            config_DescribeConfigurationRecorders={"ConfigurationRecorders": [{"name": "a"}]},
            config_DescribeConfigurationRecorderStatus={"ConfigurationRecordersStatus": []},
        )
        (recorder,) = record.records
        assert recorder.status.causes[0].why is Why.MALFORMED


def test_log_groups_of_moto(session):
    logs = session.client("logs")
    logs.create_log_group(logGroupName="/ssm/sessions")
    logs.create_log_group(logGroupName="short")
    logs.put_retention_policy(logGroupName="short", retentionInDays=30)
    groups = {group.name: group for group in gathered(session, LogGroup)}
    assert groups["/ssm/sessions"].retention_in_days is None
    assert groups["short"].retention_in_days == 30
    assert groups["short"].arn == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:short"


class TestSessionPreferences:
    def test_of_moto(self, session):
        (preferences,) = gathered(session, SessionPreferences)
        assert preferences.recording is None
        inputs = {"s3BucketName": "records", "s3KeyPrefix": "ssm", "cloudWatchLogGroupName": ""}
        session.client("ssm").create_document(
            Name="SSM-SessionManagerRunShell",
            DocumentType="Session",
            DocumentFormat="JSON",
            Content=json.dumps({"schemaVersion": "1.0", "inputs": inputs}),
        )
        (preferences,) = gathered(session, SessionPreferences)
        assert preferences.recording == SessionRecording(s3_bucket="records", s3_prefix="ssm")

    @pytest.mark.parametrize(
        "content", ["[]", '{"inputs": 1}', '"x"', "{", '{"inputs": {"s3BucketName": 1}}']
    )
    def test_a_document_of_another_kind(self, content):
        answer = {"Name": "SSM-SessionManagerRunShell", "Content": content}
        (preferences,) = read(SessionPreferences, ssm_GetDocument=answer).records
        assert preferences.recording.causes[0].why is Why.MALFORMED


class TestLogBuckets:
    """What keeps logs is read of buckets that receive logs, and of no other."""

    LIFECYCLE = "s3:GetBucketLifecycleConfiguration"
    LOCK = "s3:GetObjectLockConfiguration"

    def buckets(self, **answers):
        held = {
            "s3:ListBuckets": {
                "Buckets": [
                    {"Name": name, "BucketRegion": REGION} for name in ("logs", "records", "shop")
                ]
            },
            "cloudtrail:DescribeTrails": {"trailList": [LISTED]},
            "ssm:GetDocument": {"Content": '{"inputs": {"s3BucketName": "records"}}'},
            self.LIFECYCLE: "NoSuchLifecycleConfiguration",
            self.LOCK: "ObjectLockConfigurationNotFoundError",
        }
        held |= {key.replace("_", ":"): answer for key, answer in answers.items()}
        asked = calls(held)
        gathering = gatherer_of(Bucket).run(asked, frozenset(("lifecycle", "default_retention")))
        subjects = {(key, subject) for key, _, subject in asked.transport.asked}
        return {bucket.name: bucket for bucket in gathering.records}, subjects

    def test_of_trails_and_of_session_manager(self):
        buckets, asked = self.buckets()
        assert {subject for key, subject in asked if key == self.LIFECYCLE} == {"logs", "records"}
        assert {subject for key, subject in asked if key == self.LOCK} == {"logs", "records"}
        assert buckets["logs"].lifecycle == ()
        assert buckets["logs"].default_retention is None
        assert buckets["shop"].lifecycle.causes[0].why is Why.NOT_GATHERED

    def test_rules(self):
        day = datetime(2027, 1, 1, tzinfo=UTC)
        rules = [
            {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "p/"}, "Expiration": {"Days": 9}},
            {"Status": "Disabled", "Prefix": "q/", "Expiration": {"Date": day}},
            {
                "Status": "Enabled",
                "Filter": {"And": {"Prefix": "r/", "Tags": [{"Key": "k", "Value": "v"}]}},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 3},
            },
            {"Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}},
        ]
        lock = {"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 2}}}
        buckets, _ = self.buckets(
            **{
                self.LIFECYCLE.replace(":", "_"): {"Rules": rules},
                self.LOCK.replace(":", "_"): {"ObjectLockConfiguration": lock},
            }
        )
        assert buckets["logs"].lifecycle == (
            LifecycleRule(enabled=True, id="a", prefix="p/", days=9),
            LifecycleRule(enabled=False, prefix="q/", date=day),
            LifecycleRule(enabled=True, prefix="r/", tagged=True, noncurrent_days=3),
            LifecycleRule(enabled=True, tagged=True),
        )
        assert buckets["logs"].default_retention.total_days == 2 * 365

    @pytest.mark.parametrize(
        ("answer", "asked_of"),
        [
            ({}, set()),
            ({"Status": "Suspended"}, set()),
            ({"Status": "Enabled"}, {"logs", "records", "shop"}),
            ({"Status": "Neither"}, {"logs", "records", "shop"}),
            ("AccessDenied", {"logs", "records", "shop"}),
        ],
    )
    def test_what_needs_versioning_is_not_asked_without_it(self, answer, asked_of):
        replication = "s3:GetBucketReplication"
        listed = [{"Name": name, "BucketRegion": REGION} for name in ("logs", "records", "shop")]
        gathering = calls(
            {
                "s3:ListBuckets": {"Buckets": listed},
                "cloudtrail:DescribeTrails": {"trailList": [LISTED]},
                "ssm:GetDocument": {"Content": '{"inputs": {"s3BucketName": "records"}}'},
                self.LIFECYCLE: "NoSuchLifecycleConfiguration",
                self.LOCK: "ObjectLockConfigurationNotFoundError",
                replication: "ReplicationConfigurationNotFoundError",
                "s3:GetBucketVersioning": answer,
            }
        )
        fields = ("default_retention", "replication", "versioning")
        buckets = gatherer_of(Bucket).run(gathering, frozenset(fields)).records
        subjects = [(key, subject) for key, _, subject in gathering.transport.asked]
        assert {subject for key, subject in subjects if key == replication} == asked_of
        of_logs = {subject for key, subject in subjects if key == self.LOCK}
        assert of_logs == asked_of & {"logs", "records"}
        assert [bucket.replication for bucket in buckets] == [None] * 3
        assert len([key for key, _ in subjects if key == "s3:GetBucketVersioning"]) == 3

    @pytest.mark.parametrize(
        ("ownership", "listed_owner", "asked_of"),
        [
            ("BucketOwnerEnforced", "o" * 64, set()),
            ("BucketOwnerEnforced", None, {"logs", "shop"}),
            ("ObjectWriter", "o" * 64, {"logs", "shop"}),
            ("Nobody", "o" * 64, {"logs", "shop"}),
        ],
    )
    def test_the_acl_of_a_bucket_without_acls_is_known(self, ownership, listed_owner, asked_of):
        owner = {"Owner": {"ID": listed_owner}} if listed_owner else {}
        listed = [{"Name": name, "BucketRegion": REGION} for name in ("logs", "shop")]
        rules = {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}}
        gathering = calls(
            {
                "s3:ListBuckets": {"Buckets": listed, **owner},
                "cloudtrail:DescribeTrails": {"trailList": [LISTED]},
                "ssm:GetDocument": "InvalidDocument",
                self.LIFECYCLE: "NoSuchLifecycleConfiguration",
                "s3:GetBucketOwnershipControls": rules,
                "s3:GetBucketAcl": {"Owner": {"ID": "asked"}, "Grants": []},
            }
        )
        fields = ("acl", "owner", "ownership", "lifecycle")
        buckets = gatherer_of(Bucket).run(gathering, frozenset(fields)).records
        subjects = {
            subject for key, _, subject in gathering.transport.asked if key == "s3:GetBucketAcl"
        }
        assert subjects == asked_of
        grant = Grant(grantee=listed_owner, grantee_type="CanonicalUser", permission="FULL_CONTROL")
        for bucket in buckets:
            expected = ("asked", ()) if asked_of else (listed_owner, (grant,))
            assert (bucket.owner, bucket.acl) == expected

    def test_trails_that_could_not_be_listed(self):
        buckets, asked = self.buckets(cloudtrail_DescribeTrails="AccessDenied")
        assert not [key for key, _ in asked if key in (self.LIFECYCLE, self.LOCK)]
        cause = buckets["logs"].lifecycle.causes[0]
        assert (cause.why, cause.operation) == (Why.DENIED, "cloudtrail:DescribeTrails")

    @pytest.mark.parametrize("answer", ["InvalidDocument", "AccessDenied", {"Content": "{"}])
    def test_without_preferences(self, answer):
        buckets, _ = self.buckets(ssm_GetDocument=answer)
        assert isinstance(buckets["records"].lifecycle, Unknown)
        assert buckets["logs"].lifecycle == ()

    def test_nothing_of_it_is_read_unless_it_is_selected(self):
        gathering = calls(
            {"s3:ListBuckets": {"Buckets": [{"Name": "logs", "BucketRegion": REGION}]}}
        )
        (bucket,) = gatherer_of(Bucket).run(gathering, frozenset()).records
        assert isinstance(bucket.lifecycle, Unknown)
        assert [key for key, *_ in gathering.transport.asked] == ["s3:ListBuckets"]

    @pytest.mark.parametrize(("status", "enabled"), [("Enabled", True), ("Disabled", False)])
    def test_mfa_delete(self, status, enabled):
        held = {
            "s3:ListBuckets": {"Buckets": [{"Name": "logs", "BucketRegion": REGION}]},
            "s3:GetBucketVersioning": {"Status": "Enabled", "MFADelete": status},
        }
        (bucket,) = gatherer_of(Bucket).run(calls(held), frozenset(("mfa_delete",))).records
        assert bucket.mfa_delete is enabled


def test_subscriptions_of_moto(session):
    sns = session.client("sns")
    topic = sns.create_topic(Name="operators")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="operators@example.com")
    (listing,) = gathered(session, SubscriptionList)
    assert listing.subscriptions == (Subscription(topic=topic, protocol="email", confirmed=True),)


def test_subscriptions_that_are_pending():
    pending = {
        "TopicArn": "arn:aws:sns:r:1:t",
        "Protocol": "email",
        "SubscriptionArn": "PendingConfirmation",
        "Endpoint": "operators@example.com",
    }
    (listing,) = read(SubscriptionList, sns_ListSubscriptions={"Subscriptions": [pending]}).records
    assert [entry.confirmed for entry in listing.subscriptions] == [False]
    assert "operators@example.com" not in repr(listing)


class TestEventRules:
    def test_targets_are_read_of_rules_about_findings(self):
        patterns = {
            "findings": '{"source": ["aws.guardduty"]}',
            "any": '{"account": ["1"]}',
            "state": '{"source": ["aws.ec2"]}',
            "nightly": None,
        }
        listed = [
            {
                "Name": name,
                "Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}",
                "State": "ENABLED",
            }
            | ({"EventPattern": pattern} if pattern else {})
            for name, pattern in patterns.items()
        ]
        record = read(
            EventRule,
            "targets",
            events_ListRules={"Rules": listed},
            events_ListTargetsByRule={"Targets": [{"Id": "1", "Arn": "arn:aws:sns:r:1:t"}]},
        )
        targets = {rule.name: rule.targets for rule in record.records}
        assert targets["findings"] == targets["any"] == ("arn:aws:sns:r:1:t",)
        assert isinstance(targets["state"], Unknown)
        assert isinstance(targets["nightly"], Unknown)

    def test_targets_that_were_denied(self):
        listed = {"Name": "a", "Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/a"}
        record = read(
            EventRule,
            "targets",
            events_ListRules={"Rules": [listed | {"EventPattern": "{}"}]},
            events_ListTargetsByRule="AccessDeniedException",
        )
        assert record.records[0].targets.causes[0].why is Why.DENIED


class TestSecurityHub:
    def test_of_moto(self, session):
        (hub,) = gathered(session, SecurityHub)
        assert hub.cspm is False
        session.client("securityhub").enable_security_hub()
        (hub,) = gathered(session, SecurityHub)
        assert hub.cspm is True

    def test_aggregators(self):
        arn = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:finding-aggregator/a"
        named = {"FindingAggregatorArn": arn}
        record = read(
            FindingAggregator,
            "to_region",
            securityhub_ListFindingAggregators={"FindingAggregators": [named]},
            securityhub_GetFindingAggregator=named
            | {
                "FindingAggregationRegion": REGION,
                "RegionLinkingMode": "SPECIFIED_REGIONS",
                "Regions": ["us-east-1"],
            },
        )
        (aggregator,) = record.records
        assert (aggregator.to_region, aggregator.regions) == (REGION, ("us-east-1",))

    def test_it_is_not_enabled(self):
        record = read(
            FindingAggregator, securityhub_ListFindingAggregators="InvalidAccessException"
        )
        assert (record.records, record.unknown) == ((), None)


class TestNotifications:
    ARN = f"arn:aws:notifications::{ACCOUNT}:configuration/c"

    def read(self, **changes):
        rule = {"source": "aws.guardduty", "eventType": "GuardDuty Finding", "regions": [REGION]}
        held = {
            "notifications:ListNotificationConfigurations": {
                "notificationConfigurations": [
                    {"arn": self.ARN, "name": "c", "status": "ACTIVE"},
                ]
            },
            "notifications:ListChannels": {"channels": ["arn:aws:chatbot::1:c"]},
            "notifications:ListEventRules": {"eventRules": [rule]},
        }
        gathering = calls(held, **changes)
        gatherer = gatherer_of(NotificationConfiguration).run(
            gathering, frozenset(("channels", "rules"))
        )
        return gatherer, {region for _, region, _ in gathering.transport.asked}

    def test_a_configuration(self):
        gathering, regions = self.read()
        (configuration,) = gathering.records
        assert configuration.channels == ("arn:aws:chatbot::1:c",)
        assert configuration.rules == (
            NotificationRule(
                source="aws.guardduty", event_type="GuardDuty Finding", regions=(REGION,)
            ),
        )
        assert regions == {"us-east-1"}

    def test_another_partition(self):
        gathering, regions = self.read(partition="aws-cn")
        assert (gathering.records, gathering.unknown, regions) == ((), None, set())


class TestAlarms:
    def test_of_moto(self, session):
        cloudwatch = session.client("cloudwatch")
        cloudwatch.put_metric_alarm(
            AlarmName="cpu",
            Namespace="AWS/EC2",
            MetricName="CPUUtilization",
            Dimensions=[{"Name": "InstanceId", "Value": "i-1"}],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=2,
            Threshold=90,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=["arn:aws:sns:r:1:t"],
            ActionsEnabled=False,
        )
        (alarm,) = gathered(session, MetricAlarm)
        assert alarm.dimensions == (Dimension(name="InstanceId", value="i-1"),)
        assert alarm.alarm_actions == ("arn:aws:sns:r:1:t",)
        assert alarm.actions_enabled is False

    def test_composite_alarms(self):
        arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:any"
        listed = {"AlarmName": "any", "AlarmArn": arn, "AlarmRule": "ALARM(cpu)"}
        answer = {"MetricAlarms": [], "CompositeAlarms": [listed]}
        (composite,) = read(CompositeAlarm, cloudwatch_DescribeAlarms=answer).records
        assert (composite.name, composite.alarm_rule) == ("any", "ALARM(cpu)")

    def test_metrics(self):
        dimension = {"Name": "InstanceId", "Value": "i"}
        listed = {
            "AlarmName": "a",
            "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:a",
            "Metrics": [
                {"Id": "e", "Expression": "m / 2"},
                {
                    "Id": "m",
                    "MetricStat": {"Metric": {"Dimensions": [dimension]}},
                },
            ],
        }
        (alarm,) = read(MetricAlarm, cloudwatch_DescribeAlarms={"MetricAlarms": [listed]}).records
        assert alarm.metrics == (
            MetricQuery(expression="m / 2"),
            MetricQuery(dimensions=(Dimension(name="InstanceId", value="i"),)),
        )


def test_the_administrator_of_a_detector():
    answers = {
        "guardduty_ListDetectors": {"DetectorIds": ["d"]},
        "guardduty_GetDetector": {"Status": "ENABLED"},
    }
    none = {"guardduty_GetAdministratorAccount": {}}
    (detector,) = read(Detector, "administrator", **answers, **none).records
    assert detector.administrator is None
    account = {"AccountId": "222222222222", "RelationshipStatus": "Enabled"}
    some = {"guardduty_GetAdministratorAccount": {"Administrator": account}}
    (detector,) = read(Detector, "administrator", **answers, **some).records
    assert detector.administrator == DetectorAdministrator(account="222222222222", status="Enabled")


class TestServers:
    def test_the_serial_console_and_endpoints_of_moto(self, session):
        (access,) = gathered(session, SerialConsoleAccess)
        assert access.enabled is False
        assert gathered(session, InstanceConnectEndpoint) == ()

    def test_an_endpoint(self):
        arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance-connect-endpoint/eice-1"
        listed = {
            "InstanceConnectEndpointArn": arn,
            "InstanceConnectEndpointId": "eice-1",
            "State": "create-complete",
            "VpcId": "vpc-1",
        }
        answer = {"InstanceConnectEndpoints": [listed]}
        key = "ec2_DescribeInstanceConnectEndpoints"
        (endpoint,) = read(InstanceConnectEndpoint, **{key: answer}).records
        assert (endpoint.arn, endpoint.state, endpoint.vpc_id) == (arn, "create-complete", "vpc-1")

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            ({}, ()),
            ("ResourceNotFoundException", ()),
            (
                {
                    "ConnectionRecordingPreferences": {
                        "KMSKeyArn": "arn:aws:kms:r:1:key/k",
                        "RecordingDestinations": {
                            "S3Buckets": [{"BucketName": "b", "BucketOwner": ACCOUNT}]
                        },
                    }
                },
                ("b",),
            ),
        ],
    )
    def test_recordings_of_remote_desktops(self, answer, expected):
        key = "ssm-guiconnect_GetConnectionRecordingPreferences"
        (recording,) = read(DesktopRecording, **{key: answer}).records
        assert recording.buckets == expected

    def test_managed_nodes(self):
        listed = {"InstanceId": "mi-1", "PlatformType": "Windows", "PingStatus": "Online"}
        answer = {"InstanceInformationList": [listed]}
        (node,) = read(ManagedNode, ssm_DescribeInstanceInformation=answer).records
        assert (node.name, node.platform) == ("mi-1", "Windows")
        assert node.arn == f"arn:aws:ssm:{REGION}:{ACCOUNT}:managed-instance/mi-1"

    def test_key_pairs_of_moto(self, session):
        ec2 = session.resource("ec2")
        ec2.create_key_pair(KeyName="ops")
        image = session.client("ec2").describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        plain = {"ImageId": image, "MinCount": 1, "MaxCount": 1}
        (with_key,) = ec2.create_instances(**plain, KeyName="ops")
        ec2.create_instances(**plain)
        keys = {entry.instance_id: entry.key_name for entry in gathered(session, Instance)}
        assert keys.pop(with_key.id) == "ops"
        assert list(keys.values()) == [None]


class TestClusters:
    def test_of_moto(self, session):
        session.client("ecs").create_cluster(
            clusterName="web",
            configuration={
                "executeCommandConfiguration": {
                    "logging": "OVERRIDE",
                    "logConfiguration": {"cloudWatchLogGroupName": "exec"},
                }
            },
        )
        (cluster,) = gathered(session, EcsCluster, "settings")
        assert cluster.name == "web"
        assert cluster.settings == ClusterSettings(exec_logging="OVERRIDE", exec_log_group="exec")

    def test_without_configuration(self, session):
        session.client("ecs").create_cluster(clusterName="web")
        (cluster,) = gathered(session, EcsCluster, "settings")
        assert cluster.settings == ClusterSettings()


class TestTrails:
    def trail(self, status, selectors=None):
        (trail,) = read(
            Trail,
            "logging",
            "event_selectors",
            cloudtrail_DescribeTrails={"trailList": [LISTED]},
            cloudtrail_GetTrailStatus={"IsLogging": True} | status,
            cloudtrail_GetEventSelectors={"EventSelectors": selectors or []},
        ).records
        return trail

    def test_deliveries(self):
        trail = self.trail({})
        assert (trail.delivery_error, trail.delivered_at) == ("", None)
        moment = datetime(2026, 11, 1, tzinfo=UTC)
        trail = self.trail({"LatestDeliveryError": "AccessDenied", "LatestDeliveryTime": moment})
        assert (trail.delivery_error, trail.delivered_at) == ("AccessDenied", moment)

    def test_management_events_by_default(self):
        trail = self.trail({}, [{"ReadWriteType": "All"}])
        assert trail.event_selectors == (EventSelector(include_management_events=True),)

    def test_where_log_files_are_put(self):
        trail = self.trail({})
        assert (trail.s3_prefix, trail.log_group) == ("", None)

    def test_a_snapshot_from_before_knows_neither(self):
        trail = Trail(arn=TRAIL_ARN, account=ACCOUNT)
        for name in ("delivery_error", "delivered_at", "s3_prefix", "custom_selectors"):
            assert isinstance(getattr(trail, name), Unknown)
        assert isinstance(
            EventDataStore(arn="", account="", status="ENABLED").retention_period, Unknown
        )
