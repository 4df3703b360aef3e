"""Kinds that the controls on data read: from odd answers, and from moto."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.backup_protection import ProtectedResource
from cloudpack_baseline.model.cloudfront import Distribution, VpcOrigin
from cloudpack_baseline.model.dynamodb import DynamoDBBackup, DynamoDBTable
from cloudpack_baseline.model.ec2_images import EbsSnapshot
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.elasticache import CacheSnapshot
from cloudpack_baseline.model.elb import ClassicLoadBalancer
from cloudpack_baseline.model.elbv2 import LoadBalancer, SslPolicy
from cloudpack_baseline.model.fsx import FsxBackup
from cloudpack_baseline.model.inspector2 import (
    InspectorCoverage,
    InspectorFinding,
    InspectorStatus,
)
from cloudpack_baseline.model.rds_parameters import (
    DBClusterParameterGroup,
    DBMajorEngineVersion,
    DBParameterGroup,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.ssm_compliance import PatchCompliance
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.script import record_script
from fakes import calls
from support import ACCOUNT, REGION

LOAD_BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/web/1"


def gathered(kind, answers, *fields):
    return gatherer_of(kind).run(calls(answers), frozenset(fields)).records


def listener(number, protocol, **action):
    return {
        "ListenerArn": f"listener/{number}",
        "Protocol": protocol,
        "Port": number,
        "DefaultActions": [action],
    }


def redirect(protocol="HTTPS"):
    return {"Type": "redirect", "RedirectConfig": {"Protocol": protocol}}


RULES = {
    "Rules": [
        {"RuleArn": "rule/1", "Priority": "1", "Actions": [{"Type": "forward"}]},
        {"RuleArn": "rule/2", "Priority": "default", "Actions": [redirect()]},
    ]
}


class TestLoadBalancer:
    def one(self, rules, *listeners, fields=("listeners", "rules")):
        item = {"LoadBalancerArn": LOAD_BALANCER, "LoadBalancerName": "web", "Type": "application"}
        answers = {
            "elbv2:DescribeLoadBalancers": {"LoadBalancers": [item]},
            "elbv2:DescribeListeners": (
                {"Listeners": list(listeners)} if listeners else "AccessDenied"
            ),
            "elbv2:DescribeRules": rules,
        }
        (record,) = gathered(LoadBalancer, answers, *fields)
        return record

    def test_rules_are_read_of_listeners_that_redirect(self):
        record = self.one(
            RULES,
            listener(80, "HTTP", **redirect()),
            listener(81, "HTTP", Type="forward"),
            listener(443, "HTTPS", Type="forward"),
        )
        assert [(rule.listener_arn, rule.priority) for rule in record.rules] == [
            ("listener/80", "1"),
            ("listener/80", "default"),
        ]
        assert record.rules[1].actions[0].redirect_protocol == "HTTPS"

    @pytest.mark.parametrize(
        ("rules", "why"),
        [
            ("AccessDenied", Why.DENIED),
            ({}, Why.MALFORMED),
            ({"Rules": [{"Actions": []}]}, Why.MALFORMED),
        ],
    )
    def test_rules_that_could_not_be_read_cost_only_themselves(self, rules, why):
        record = self.one(rules, listener(80, "HTTP", **redirect()))
        assert record.rules.causes[0].why is why
        assert record.listeners[0].port == 80

    def test_listeners_that_could_not_be_read(self):
        assert self.one(RULES).rules.causes[0].operation == "elbv2:DescribeListeners"

    def test_rules_that_nobody_asked_for(self):
        record = self.one(RULES, listener(80, "HTTP", **redirect()), fields=("listeners",))
        assert record.rules.causes[0].why is Why.NOT_GATHERED

    def test_a_script_asks_about_the_listeners_of_each_load_balancer(self):
        script = record_script([reads(LoadBalancer, "listeners", "rules")], regions=[REGION])
        (line,) = (
            line
            for line in script.splitlines()
            if "describe-listeners" in line and "ask" not in line
        )
        assert line.strip() == (
            'for name in $(for name in $(each elbv2 describe-load-balancers --region "$region" '
            "--query 'LoadBalancers[].LoadBalancerArn'); do each elbv2 describe-listeners "
            '--region "$region" --load-balancer-arn "$name" '
            "--query 'Listeners[].ListenerArn'; done); do"
        )


def test_policies_have_their_versions():
    policies = {"SslPolicies": [{"Name": "new", "SslProtocols": ["TLSv1.3", "TLSv1.2"]}]}
    (policy,) = gathered(SslPolicy, {"elbv2:DescribeSSLPolicies": policies})
    assert (policy.name, policy.protocols) == ("new", ("TLSv1.2", "TLSv1.3"))


class TestClassicLoadBalancer:
    def one(self, policies):
        item = {
            "LoadBalancerName": "old",
            "ListenerDescriptions": [
                {
                    "Listener": {"Protocol": "HTTPS", "LoadBalancerPort": 443},
                    "PolicyNames": ["tls"],
                }
            ],
        }
        answers = {
            "elb:DescribeLoadBalancers": {"LoadBalancerDescriptions": [item]},
            "elb:DescribeLoadBalancerPolicies": policies,
        }
        (record,) = gathered(ClassicLoadBalancer, answers, "ssl_policies")
        return record

    def test_its_listeners_and_policies(self):
        attributes = {
            "Protocol-TLSv1.2": "true",
            "Protocol-TLSv1": "false",
            "Protocol-TLSv1.1": "true",
            "Server-Defined-Cipher-Order": "true",
        }
        tls = {
            "PolicyName": "tls",
            "PolicyTypeName": "SSLNegotiationPolicyType",
            "PolicyAttributeDescriptions": [
                {"AttributeName": name, "AttributeValue": value}
                for name, value in attributes.items()
            ],
        }
        sticky = {"PolicyName": "sticky", "PolicyTypeName": "AppCookieStickinessPolicyType"}
        record = self.one({"PolicyDescriptions": [sticky, tls]})
        assert record.arn.endswith(":loadbalancer/old")
        assert (record.listeners[0].protocol, record.listeners[0].policies) == ("HTTPS", ("tls",))
        (policy,) = record.ssl_policies
        assert (policy.name, policy.protocols) == ("tls", ("TLSv1.1", "TLSv1.2"))

    @pytest.mark.parametrize(
        "policies",
        [
            "AccessDenied",
            {"PolicyDescriptions": [{"PolicyTypeName": "SSLNegotiationPolicyType"}]},
        ],
    )
    def test_policies_that_could_not_be_read(self, policies):
        assert isinstance(self.one(policies).ssl_policies, Unknown)

    def test_from_moto(self, session):
        session.client("elb", region_name=REGION).create_load_balancer(
            LoadBalancerName="old",
            Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}],
            AvailabilityZones=[f"{REGION}a"],
        )
        reading = [reads(ClassicLoadBalancer, "ssl_policies")]
        snapshot = gather_account(session, reading, regions=[REGION])
        (record,) = snapshot.all(ClassicLoadBalancer, ACCOUNT)
        assert (record.name, record.listeners[0].protocol) == ("old", "HTTP")


VPC_ORIGINS = {
    "VpcOriginList": {
        "Items": [
            {
                "Id": "vo_1",
                "Name": "web",
                "Arn": f"arn:aws:cloudfront::{ACCOUNT}:vpcorigin/vo_1",
            }
        ]
    }
}


class TestVpcOrigin:
    def test_its_protocols(self):
        config = {
            "OriginProtocolPolicy": "https-only",
            "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
        }
        answers = {
            "cloudfront:ListVpcOrigins": VPC_ORIGINS,
            "cloudfront:GetVpcOrigin": {"VpcOrigin": {"VpcOriginEndpointConfig": config}},
        }
        (record,) = gathered(VpcOrigin, answers, "protocol_policy")
        assert (record.vpc_origin_id, record.name) == ("vo_1", "web")
        assert (record.protocol_policy, record.ssl_protocols) == ("https-only", ("TLSv1.2",))

    def test_one_that_is_refused(self):
        answers = {
            "cloudfront:ListVpcOrigins": VPC_ORIGINS,
            "cloudfront:GetVpcOrigin": "AccessDenied",
        }
        (record,) = gathered(VpcOrigin, answers, "protocol_policy")
        assert record.protocol_policy.causes[0].actions == ("cloudfront:GetVpcOrigin",)

    def test_none_where_nothing_is_counted(self):
        answers = {"cloudfront:ListVpcOrigins": {"VpcOriginList": {"Quantity": 0}}}
        assert gathered(VpcOrigin, answers) == ()


def test_the_tls_settings_of_a_distribution():
    item = {
        "Id": "E1",
        "ARN": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1",
        "Enabled": True,
        "Status": "Deployed",
        "Origins": {
            "Items": [
                {
                    "Id": "web",
                    "DomainName": "web.example.com",
                    "CustomOriginConfig": {
                        "OriginProtocolPolicy": "match-viewer",
                        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.1"]},
                    },
                },
                {
                    "Id": "vpc",
                    "DomainName": "private.example.com",
                    "VpcOriginConfig": {"VpcOriginId": "vo_1"},
                },
            ]
        },
        "DefaultCacheBehavior": {"TargetOriginId": "web", "ViewerProtocolPolicy": "https-only"},
        "CacheBehaviors": {"Quantity": 0},
        "ViewerCertificate": {
            "CloudFrontDefaultCertificate": False,
            "MinimumProtocolVersion": "TLSv1.2_2021",
        },
    }
    answers = {"cloudfront:ListDistributions": {"DistributionList": {"Items": [item]}}}
    (record,) = gathered(Distribution, answers)
    custom, private = record.content_origins
    assert (custom.protocol_policy, custom.ssl_protocols) == ("match-viewer", ("TLSv1.1",))
    assert (private.protocol_policy, private.vpc_origin) == (None, "vo_1")
    assert record.cache_behaviors[0].viewer_protocol_policy == "https-only"
    assert record.viewer_certificate.minimum_protocol_version == "TLSv1.2_2021"


class TestParameterGroups:
    """Only the groups that are in use are read, once each."""

    PARAMETERS = (
        {"ParameterName": "rds.force_ssl", "ParameterValue": "1"},
        {"ParameterName": "require_secure_transport"},
        {"ParameterName": "max_connections", "ParameterValue": "100"},
    )

    def instance(self, name, *groups, **fields):
        statuses = [
            {"DBParameterGroupName": group, "ParameterApplyStatus": "in-sync"} for group in groups
        ]
        return {"DBInstanceIdentifier": name, "DBParameterGroups": statuses, **fields}

    def gathered(self, instances, parameters=PARAMETERS):
        answers = {
            "rds:DescribeDBInstances": {"DBInstances": instances},
            "rds:DescribeDBParameters": (
                parameters if isinstance(parameters, str) else {"Parameters": list(parameters)}
            ),
        }
        account = calls(answers)
        gathering = gatherer_of(DBParameterGroup).run(account, frozenset(["parameters"]))
        return gathering, account.transport.asked

    def test_each_group_is_asked_about_once(self):
        gathering, asked = self.gathered(
            [
                self.instance("a", "shop"),
                self.instance("b", "shop"),
                self.instance("c", "blog"),
                self.instance("d", "of-aurora", DBClusterIdentifier="aurora"),
                self.instance("e"),
            ]
        )
        assert [record.name for record in gathering.records] == ["blog", "shop"]
        assert gathering.records[0].arn == f"arn:aws:rds:{REGION}:{ACCOUNT}:pg:blog"
        assert sorted(subject for key, _, subject in asked if "Parameters" in key) == [
            "blog",
            "shop",
        ]
        assert gathering.unknown is None

    def test_only_parameters_for_tls_are_kept(self):
        gathering, _ = self.gathered([self.instance("a", "shop")])
        (record,) = gathering.records
        assert [(parameter.name, parameter.setting) for parameter in record.parameters] == [
            ("rds.force_ssl", "1"),
            ("require_secure_transport", None),
        ]

    def test_an_odd_instance_costs_only_itself(self):
        odd = {"DBInstanceIdentifier": "b", "DBParameterGroups": [{}]}
        gathering, _ = self.gathered([self.instance("a", "shop"), odd])
        assert [record.name for record in gathering.records] == ["shop"]
        assert gathering.unknown.causes[0].why is Why.MALFORMED

    def test_parameters_that_are_refused(self):
        gathering, _ = self.gathered([self.instance("a", "shop")], "AccessDenied")
        (record,) = gathering.records
        assert record.parameters.causes[0].actions == ("rds:DescribeDBParameters",)

    def test_the_groups_of_clusters(self):
        answers = {
            "rds:DescribeDBClusters": {
                "DBClusters": [{"DBClusterParameterGroup": "aurora"}, {"Engine": "odd"}]
            },
            "rds:DescribeDBClusterParameters": {"Parameters": list(self.PARAMETERS)},
        }
        (record,) = gathered(DBClusterParameterGroup, answers, "parameters")
        assert record.arn == f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster-pg:aurora"
        assert len(record.parameters) == 2

    def test_a_script_asks_about_the_groups_of_the_instances(self):
        script = record_script([reads(DBParameterGroup, "parameters")], regions=[REGION])
        assert "--query 'DBInstances[].[DBParameterGroups[]][][].DBParameterGroupName'" in script
        assert "Values=db2comm,rds.force_ssl,require_secure_transport,tls" in script


def test_lifecycles_of_a_major_version():
    item = {
        "Engine": "mysql",
        "MajorEngineVersion": "8.0",
        "SupportedEngineLifecycles": [
            {
                "LifecycleSupportName": "open-source-rds-standard-support",
                "LifecycleSupportEndDate": "2026-07-31T23:59:59+00:00",
            }
        ],
    }
    answers = {"rds:DescribeDBMajorEngineVersions": {"DBMajorEngineVersions": [item]}}
    (record,) = gathered(DBMajorEngineVersion, answers)
    assert (record.name, record.lifecycles[0].end.year) == ("mysql 8.0", 2026)


class TestInspector:
    def test_the_status_of_the_caller(self):
        state = {name: {"status": "ENABLED"} for name in ("ec2", "ecr", "lambda")}
        state["ecr"] = {"status": "DISABLED"}
        answers = {"inspector2:BatchGetAccountStatus": {"accounts": [{"resourceState": state}]}}
        (record,) = gathered(InspectorStatus, answers)
        assert (record.ec2, record.ecr) == ("ENABLED", "DISABLED")

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            ({"accounts": []}, Why.MALFORMED),
            ({"accounts": [{"resourceState": {}}]}, Why.MALFORMED),
            ("AccessDeniedException", Why.DENIED),
        ],
    )
    def test_a_status_that_is_not_known(self, answer, why):
        (record,) = gathered(InspectorStatus, {"inspector2:BatchGetAccountStatus": answer})
        assert record.ec2.causes[0].why is why

    @pytest.mark.parametrize("enabled", [True, False])
    def test_the_status_from_moto(self, session, enabled):
        if enabled:
            client = session.client("inspector2", region_name=REGION)
            client.enable(accountIds=[ACCOUNT], resourceTypes=["EC2"])
        snapshot = gather_account(session, [reads(InspectorStatus)], regions=[REGION])
        (status,) = snapshot.all(InspectorStatus, ACCOUNT)
        assert (status.ec2, status.ecr) == ("ENABLED" if enabled else "DISABLED", "DISABLED")

    def test_a_region_without_inspector_scans_nothing(self):
        answers = {"inspector2:BatchGetAccountStatus": "EndpointConnectionError"}
        (record,) = gathered(InspectorStatus, answers)
        assert (record.ec2, record.ecr) == ("DISABLED", "DISABLED")

    def test_what_is_covered(self):
        image = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app/sha256:0"
        items = [
            {
                "resourceId": "i-1",
                "resourceType": "AWS_EC2_INSTANCE",
                "accountId": ACCOUNT,
                "scanStatus": {"statusCode": "INACTIVE", "reason": "EXCLUDED_BY_TAG"},
            },
            {
                "resourceId": image,
                "resourceType": "AWS_ECR_CONTAINER_IMAGE",
                "accountId": ACCOUNT,
                "scanStatus": {"statusCode": "ACTIVE"},
                "lastScannedAt": "2026-11-01T00:00:00+00:00",
                "resourceMetadata": {
                    "ecrImage": {"inUseCount": 2, "imagePulledAt": "2026-11-01T00:00:00+00:00"}
                },
            },
        ]
        instance, container = gathered(
            InspectorCoverage, {"inspector2:ListCoverage": {"coveredResources": items}}
        )
        assert (instance.name, instance.reason) == ("i-1", "EXCLUDED_BY_TAG")
        assert instance.last_scanned_at is None
        assert (container.name, container.in_use_count) == ("app/sha256:0", 2)
        assert container.pulled_at.day == 1

    def test_findings(self):
        item = {
            "findingArn": f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/1",
            "title": "CVE-2026-1 - openssl",
            "awsAccountId": ACCOUNT,
            "severity": "CRITICAL",
            "status": "ACTIVE",
            "fixAvailable": "PARTIAL",
            "firstObservedAt": "2026-10-01T00:00:00+00:00",
            "resources": [{"id": "i-1", "type": "AWS_EC2_INSTANCE"}],
        }
        (record,) = gathered(InspectorFinding, {"inspector2:ListFindings": {"findings": [item]}})
        assert (record.name, record.resources) == ("CVE-2026-1 - openssl", ("i-1",))
        assert record.fix_available == "PARTIAL"

    def test_a_script_filters_as_the_gatherer_does(self):
        script = record_script([reads(InspectorFinding)], regions=[REGION])
        (line,) = (line for line in script.splitlines() if "list-findings" in line)
        assert """--filter-criteria '{"findingStatus": [{"comparison": "EQUALS",""" in line


class TestPatchCompliance:
    def gathered(self, status, patches):
        answers = {
            "ssm:ListResourceComplianceSummaries": {
                "ResourceComplianceSummaryItems": [
                    {
                        "ResourceId": "i-1",
                        "Status": status,
                        "ExecutionSummary": {"ExecutionTime": "2026-11-01T00:00:00+00:00"},
                    }
                ]
            },
            "ssm:DescribeInstancePatches": patches,
        }
        account = calls(answers)
        gathering = gatherer_of(PatchCompliance).run(account, frozenset(["patches"]))
        (record,) = gathering.records
        return record, [key for key, _, _ in account.transport.asked]

    def test_a_compliant_node_has_no_open_patches_and_is_not_asked(self):
        record, asked = self.gathered("COMPLIANT", "AccessDenied")
        assert (record.name, record.patches) == ("i-1", ())
        assert asked == ["ssm:ListResourceComplianceSummaries"]

    def test_open_patches_in_both_spellings(self):
        states = ("Missing", "MISSING", "INSTALLED_PENDING_REBOOT", "Installed", "INSTALLED_OTHER")
        patches = [{"Title": "KB1", "Severity": "Critical", "State": state} for state in states]
        record, _ = self.gathered("NON_COMPLIANT", {"Patches": patches})
        assert [patch.state for patch in record.patches] == [
            "Missing",
            "Missing",
            "InstalledPendingReboot",
        ]

    @pytest.mark.parametrize("patches", ["AccessDenied", {"Patches": [{}]}, {}])
    def test_patches_that_could_not_be_read(self, patches):
        record, _ = self.gathered("NON_COMPLIANT", patches)
        assert record.patches.causes[0].operation == "ssm:DescribeInstancePatches"

    def test_patches_that_nobody_asked_for(self):
        answers = {
            "ssm:ListResourceComplianceSummaries": {
                "ResourceComplianceSummaryItems": [{"ResourceId": "i-1", "Status": "COMPLIANT"}]
            }
        }
        (record,) = gathered(PatchCompliance, answers)
        assert record.patches.causes[0].why is Why.NOT_GATHERED

    def test_a_script_filters_as_the_gatherer_does(self):
        script = record_script([reads(PatchCompliance, "patches")], regions=[REGION])
        assert "--filters Key=ComplianceType,Values=Patch,Type=EQUAL" in script
        assert "--filters Key=State,Values=Missing,Failed,InstalledPendingReboot" in script


class TestProtectedResource:
    def gathered(self, items, points):
        answers = {
            "backup:ListProtectedResources": {"Results": items},
            "backup:ListRecoveryPointsByResource": points,
        }
        account = calls(answers)
        gathering = gatherer_of(ProtectedResource).run(account, frozenset(["recovery_points"]))
        return gathering, [subject for key, _, subject in account.transport.asked if subject]

    def resource(self, arn, kind):
        return {"ResourceArn": arn, "ResourceType": kind}

    def test_only_types_without_backups_of_their_own_are_asked_about(self):
        efs = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-1"
        table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"
        volume = f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-1"
        point = {
            "RecoveryPointArn": "arn:aws:backup:r:a:recovery-point:1",
            "Status": "COMPLETED",
            "CreationDate": "2026-11-01T00:00:00+00:00",
        }
        items = [
            self.resource(efs, "EFS"),
            self.resource(table, "DynamoDB"),
            self.resource(volume, "EBS"),
        ]
        gathering, asked = self.gathered(items, {"RecoveryPoints": [point]})
        assert sorted(asked) == sorted((efs, table))
        assert [record.arn for record in gathering.records] == [efs, table]
        assert gathering.records[0].recovery_points[0].status == "COMPLETED"

    def test_an_item_without_a_type_is_malformed(self):
        gathering, _ = self.gathered([{"ResourceArn": "arn:aws:x:r:a:b"}], {"RecoveryPoints": []})
        assert gathering.unknown.causes[0].why is Why.MALFORMED

    def test_recovery_points_that_are_refused(self):
        arn = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-1"
        gathering, _ = self.gathered([self.resource(arn, "EFS")], "AccessDeniedException")
        (cause,) = gathering.records[0].recovery_points.causes
        assert cause.actions == ("backup:ListRecoveryPointsByResource",)


def test_a_table_is_asked_about_by_its_name():
    window = {
        "PointInTimeRecoveryStatus": "ENABLED",
        "EarliestRestorableDateTime": "2026-10-01T00:00:00+00:00",
        "LatestRestorableDateTime": "2026-11-01T00:00:00+00:00",
    }
    answers = {
        "dynamodb:ListTables": {"TableNames": ["orders"]},
        ("dynamodb:DescribeTable", "orders"): {
            "Table": {"CreationDateTime": "2026-01-01T00:00:00+00:00"}
        },
        ("dynamodb:DescribeContinuousBackups", "orders"): {
            "ContinuousBackupsDescription": {"PointInTimeRecoveryDescription": window}
        },
    }
    (record,) = gathered(DynamoDBTable, answers, "created_at", "point_in_time_recovery")
    assert record.created_at.month == 1
    assert record.point_in_time_recovery.status == "ENABLED"
    assert record.point_in_time_recovery.earliest.month == 10


def test_a_snapshot_of_a_cache_is_as_old_as_its_first_node():
    item = {
        "ARN": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:snapshot:s",
        "SnapshotName": "s",
        "ReplicationGroupId": "shop",
        "SnapshotStatus": "available",
        "NodeSnapshots": [
            {"SnapshotCreateTime": "2026-11-01T02:00:00+00:00"},
            {"SnapshotCreateTime": "2026-11-01T01:00:00+00:00"},
        ],
    }
    answers = {"elasticache:DescribeSnapshots": {"Snapshots": [item, item | {"NodeSnapshots": []}]}}
    snapshot, empty = gathered(CacheSnapshot, answers)
    assert (snapshot.replication_group, snapshot.created_at.hour) == ("shop", 1)
    assert empty.created_at is None


def test_backups_of_file_systems_and_of_volumes():
    items = [
        {
            "ResourceARN": f"arn:aws:fsx:{REGION}:{ACCOUNT}:backup/backup-{number}",
            "BackupId": f"backup-{number}",
            "Lifecycle": "AVAILABLE",
            "CreationTime": "2026-11-01T00:00:00+00:00",
            **of,
        }
        for number, of in enumerate(
            (
                {"FileSystem": {"FileSystemId": "fs-1"}},
                {"Volume": {"VolumeId": "fsvol-1", "FileSystemId": "fs-2"}},
            )
        )
    ]
    of_system, of_volume = gathered(FsxBackup, {"fsx:DescribeBackups": {"Backups": items}})
    assert (of_system.file_system, of_system.volume) == ("fs-1", None)
    assert (of_volume.file_system, of_volume.volume) == ("fs-2", "fsvol-1")


def test_a_region_without_fsx_has_none():
    assert gathered(FsxBackup, {"fsx:DescribeBackups": "EndpointConnectionError"}) == ()


def test_backups_from_moto(session):
    client = session.client("dynamodb", region_name=REGION)
    client.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.update_continuous_backups(
        TableName="orders",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    client.create_backup(TableName="orders", BackupName="daily")
    ec2 = session.client("ec2", region_name=REGION)
    volume = ec2.create_volume(Size=1, AvailabilityZone=f"{REGION}a")["VolumeId"]
    snapshot_id = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    reading = [
        reads(DynamoDBTable, "created_at", "point_in_time_recovery"),
        reads(DynamoDBBackup),
        reads(Volume),
        reads(EbsSnapshot),
    ]
    snapshot = gather_account(session, reading, regions=[REGION])
    (table,) = snapshot.all(DynamoDBTable, ACCOUNT)
    (backup,) = snapshot.all(DynamoDBBackup, ACCOUNT)
    assert (table.point_in_time_recovery.status, backup.table) == ("ENABLED", table.arn)
    assert table.created_at is not None
    (of_volume,) = (
        ebs_snapshot
        for ebs_snapshot in snapshot.all(EbsSnapshot, ACCOUNT)
        if ebs_snapshot.snapshot_id == snapshot_id
    )
    assert (of_volume.volume_id, of_volume.state) == (volume, "completed")
    assert [volume.volume_id for volume in snapshot.all(Volume, ACCOUNT)] == [volume]
