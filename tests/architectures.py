"""Good architectures, each as the records of an account: no control may fail in one of them.

All are in a member account of a landing zone (AWS Control Tower, or the Landing Zone Accelerator
on AWS): an organization trail that a log archive keeps, people of IAM Identity Center, service
control policies, central GuardDuty, and a root user without credentials.
"""

from __future__ import annotations

import json
from datetime import timedelta

from balancers import balancer
from cloudpack_baseline.model.account import SecurityContact
from cloudpack_baseline.model.cloudfront import (
    CacheBehavior,
    Distribution,
    DistributionOrigin,
    LoggingConfig,
    ViewerCertificate,
)
from cloudpack_baseline.model.cloudwatch import Dimension, MetricAlarm
from cloudpack_baseline.model.config import ConfigurationRecorder, RecorderStatus
from cloudpack_baseline.model.ec2 import MetadataOptions
from cloudpack_baseline.model.ec2_gateways import (
    NatGateway,
    NatGatewayAddress,
    TransitGateway,
    TransitGatewayAttachment,
)
from cloudpack_baseline.model.ec2_images import EbsSnapshot
from cloudpack_baseline.model.ec2_posture import FlowLog
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.elbv2 import ListenerAction
from cloudpack_baseline.model.guardduty import Detector, DetectorAdministrator
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.iam_credentials import CredentialReportEntry
from cloudpack_baseline.model.inspector2 import InspectorCoverage, InspectorStatus
from cloudpack_baseline.model.organizations import (
    Organization,
    OrganizationAccount,
    ServiceControlPolicy,
)
from cloudpack_baseline.model.rds import DBCluster, DBInstance, DBSnapshot
from cloudpack_baseline.model.rds_parameters import DBClusterParameterGroup, DBParameter
from cloudpack_baseline.model.s3 import Bucket, Logging, PublicAccessBlock
from cloudpack_baseline.model.sns import Subscription, SubscriptionList, Topic
from cloudpack_baseline.model.ssm import ManagedNode, SessionPreferences, SessionRecording
from cloudpack_baseline.model.ssm_compliance import PatchCompliance
from cloudpack_baseline.testing import records
from cloudpack_baseline.testing.records import bucket, network_interface, route, route_table, tcp
from control_tower import control_tower
from principals import EVERYTHING
from support import ACCOUNT, NOW, REGION
from trails import trail

MANAGEMENT, ARCHIVE, AUDIT, NETWORK = (
    "111111111111",
    "222222222222",
    "333333333333",
    "444444444444",
)
ORGANIZATION = "o-abcde12345"
LOGS = "aws-controltower-logs"
DAY = timedelta(days=1)
ALL_BLOCKED = PublicAccessBlock(
    block_public_acls=True,
    ignore_public_acls=True,
    block_public_policy=True,
    restrict_public_buckets=True,
)
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
DENY = {"Effect": "Deny", "Action": "*", "Resource": "*"}
REGIONS = {"StringNotEquals": {"aws:RequestedRegion": [REGION, "ap-northeast-3"]}}
OPERATORS = {
    "NotIpAddress": {"aws:SourceIp": ["203.0.113.0/28"]},
    "BoolIfExists": {"aws:ViaAWSService": "false"},
}
BASELINE = {
    "regions": [REGION],
    "accounts": {"production": {"id": ACCOUNT}},
    "networks": {"office": ["203.0.113.0/28"], "others": ["10.128.0.0/9"]},
    "controls": {
        "admin-privileges": {"presets": ["control-tower", "identity-center", "cdk"]},
        "findings-routed": {"administrators": [AUDIT]},
        "role-trust": {"accounts": [MANAGEMENT, AUDIT], "organizations": [ORGANIZATION]},
    },
}
SEGMENTS = {
    "segments": [
        {"name": "web", "tags": {"Tier": "web"}, "internet_facing": True},
        {"name": "app", "tags": {"Tier": "app"}},
        {"name": "db", "tags": {"Tier": "db"}},
    ],
    "flows": [
        {"from": ["internet"], "to": ["web"], "services": ["http", "https"]},
        {"from": ["web"], "to": ["app"], "services": ["tcp/8080"]},
        {"from": ["app"], "to": ["db"], "services": ["mysql"]},
    ],
}


# -- the landing zone


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def without_tls(name):
    resources = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return DENY | {
        "Principal": "*",
        "Action": "s3:*",
        "Resource": resources,
        "Condition": condition,
    }


def service_control(name, statement):
    return ServiceControlPolicy(
        arn=f"arn:aws:organizations::{MANAGEMENT}:policy/{ORGANIZATION}/p-{name}",
        account=MANAGEMENT,
        name=name,
        document=policy(statement),
        targets=("r-abcd", "ou-abcd-11111111", ACCOUNT),
    )


def organization():
    """What the management account knows of the account."""
    return (
        records.record(
            Organization,
            "organization",
            region="",
            name=ORGANIZATION,
            id=ORGANIZATION,
            management_account=MANAGEMENT,
        ),
        OrganizationAccount(
            arn=f"arn:aws:organizations::{MANAGEMENT}:account/{ORGANIZATION}/{ACCOUNT}",
            account=MANAGEMENT,
            name=ACCOUNT,
            id=ACCOUNT,
            path=("r-abcd", "ou-abcd-11111111", ACCOUNT),
            service_control=True,
            resource_control=False,
            joined_method="CREATED",
            state="ACTIVE",
        ),
        service_control("full", EVERYTHING),
        service_control("leave", DENY | {"Action": "organizations:LeaveOrganization"}),
        service_control("regions", DENY | {"Condition": REGIONS}),
        service_control("network", DENY | {"Condition": OPERATORS}),
    )


def root():
    """Its credentials were removed centrally."""
    report = {
        f"{name}_{number}_{field}": None if field.startswith("last") else False
        for name, fields in (
            ("access_key", ("active", "last_rotated", "last_used_date")),
            ("cert", ("active", "last_rotated")),
        )
        for number in (1, 2)
        for field in fields
    }
    arn = f"arn:aws:iam::{ACCOUNT}:root"
    return (
        records.record(
            AccountSummary,
            "root",
            arn=arn,
            region="",
            mfa_enabled=False,
            password_present=False,
            access_keys_present=False,
            signing_certificates_present=False,
        ),
        records.record(
            CredentialReportEntry,
            "root",
            arn=arn,
            region="",
            name="<root_account>",
            user_creation_time=NOW - 900 * DAY,
            password_enabled=None,
            password_last_used=None,
            password_last_changed=None,
            mfa_active=False,
            **report,
        ),
    )


def landing_zone(prefix="aws-controltower"):
    """A member account with nothing in it."""
    delivered = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{LOGS}/*",
    }
    return (
        *organization(),
        *root(),
        trail(
            owner=MANAGEMENT,
            name=f"{prefix}-BaselineCloudTrail",
            organization=True,
            s3_bucket=LOGS,
            log_file_validation=True,
        ),
        Bucket(
            arn=f"arn:aws:s3:::{LOGS}",
            account=ARCHIVE,
            region=REGION,
            name=LOGS,
            policy=policy(delivered),
            versioning="Enabled",
            mfa_delete=False,
            lifecycle=(),
            default_retention=None,
        ),
        *control_tower(MANAGEMENT, AUDIT),
        records.record(
            ConfigurationRecorder,
            f"configuration-recorder/{prefix}-BaselineConfigRecorder",
            service="config",
            all_supported=True,
            global_resource_types=True,
            status=RecorderStatus(recording=True, last_status="Success"),
        ),
        records.record(
            Detector,
            "detector/d",
            service="guardduty",
            status="ENABLED",
            administrator=DetectorAdministrator(account=AUDIT, status="Enabled"),
        ),
        records.record(
            SecurityContact, "contact", service="account", region="", email_address="csirt@a.jp"
        ),
        records.account_public_access_block(settings=ALL_BLOCKED),
    )


def trusted(principal, **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return statement | ({"Condition": condition} if condition else {})


def accelerated():
    """What the Landing Zone Accelerator on AWS adds to each account."""
    of_organization = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    assets = f"cdk-accel-assets-{ACCOUNT}-{REGION}"
    readers = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{assets}", f"arn:aws:s3:::{assets}/*"],
        "Condition": of_organization,
    }
    return (
        *landing_zone("AWSAccelerator"),
        records.role(
            f"cdk-accel-cfn-exec-role-{ACCOUNT}-{REGION}",
            trust=[trusted({"Service": "cloudformation.amazonaws.com"})],
            permissions=[EVERYTHING],
        ),
        records.role(
            f"cdk-accel-deploy-role-{ACCOUNT}-{REGION}",
            trust=[trusted({"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, **of_organization)],
            permissions=[EVERYTHING | {"Action": "cloudformation:*"}],
        ),
        records.role(
            "AWSAccelerator-CrossAccount-SsmParameter-Role",
            trust=[trusted({"AWS": "*"}, **of_organization)],
            permissions=[EVERYTHING | {"Action": "ssm:GetParameter"}],
        ),
        good_bucket(assets, readers),
    )


def good_bucket(name, *statements, **fields):
    defaults = {
        "public_access_block": ALL_BLOCKED,
        "versioning": "Enabled",
        "website": None,
        "encryption": None,
        "replication": None,
        "logging": Logging(target_bucket=name),
    }
    return bucket(name, without_tls(name), *statements, **(defaults | fields))


# -- networks


def vpc():
    """Three subnets: public, private with a way out, and isolated."""
    return (
        records.vpc("vpc-1"),
        records.subnet("subnet-web", "10.0.1.0/24", tags=(("Tier", "web"),)),
        *private_subnets(),
        records.internet_gateway(),
        route_table("rtb-main", main=True),
        route_table("rtb-web", [route("0.0.0.0/0", "igw-1")], ["subnet-web"]),
        records.network_acl(subnets=["subnet-web", "subnet-app", "subnet-db"], is_default=True),
        *watched(),
    )


def private_subnets():
    return (
        records.subnet("subnet-app", "10.0.2.0/24", tags=(("Tier", "app"),)),
        records.subnet("subnet-db", "10.0.3.0/24", tags=(("Tier", "db"),)),
    )


def watched():
    return (
        records.block_public_access_options(),
        records.record(
            FlowLog,
            "vpc-flow-log/fl-1",
            flow_log_id="fl-1",
            resource_id="vpc-1",
            traffic_type="ALL",
            status="ACTIVE",
            deliver_logs_status="SUCCESS",
            destination=f"arn:aws:s3:::{LOGS}",
        ),
    )


def nat_gateway():
    """A NAT gateway of a zone, in a public subnet."""
    address = NatGatewayAddress(network_interface_id="eni-nat")
    return (
        *vpc(),
        _nat(subnet_id="subnet-web", addresses=(address,)),
        network_interface(
            "eni-nat",
            "10.0.1.5",
            public_ip="198.51.100.5",
            subnet_id="subnet-web",
            groups=(),
            interface_type="nat_gateway",
            requester_id="amazon-nat",
        ),
        route_table("rtb-app", [route("0.0.0.0/0", "nat-1")], ["subnet-app"]),
    )


def regional_nat_gateway():
    """A NAT gateway of the whole VPC, which is in no subnet."""
    return (
        *vpc(),
        _nat(subnet_id=None, availability_mode="regional", addresses=()),
        route_table("rtb-app", [route("0.0.0.0/0", "nat-1")], ["subnet-app"]),
    )


def _nat(**fields):
    return records.record(
        NatGateway,
        "natgateway/nat-1",
        nat_gateway_id="nat-1",
        vpc_id="vpc-1",
        state="available",
        connectivity_type="public",
        **fields,
    )


def shared_transit_gateway():
    """A VPC without internet gateway; the network account has the way out."""
    return (
        records.vpc("vpc-1"),
        *private_subnets(),
        route_table("rtb-main", main=True),
        route_table("rtb-app", [route("0.0.0.0/0", "tgw-1")], ["subnet-app", "subnet-db"]),
        records.network_acl(subnets=["subnet-app", "subnet-db"], is_default=True),
        *watched(),
        records.record(
            TransitGateway,
            "transit-gateway/tgw-1",
            arn=f"arn:aws:ec2:{REGION}:{NETWORK}:transit-gateway/tgw-1",
            transit_gateway_id="tgw-1",
            owner_id=NETWORK,
            state="available",
        ),
        records.record(
            TransitGatewayAttachment,
            "transit-gateway-attachment/tgw-attach-1",
            transit_gateway_attachment_id="tgw-attach-1",
            transit_gateway_id="tgw-1",
            resource_type="vpc",
            resource_id="vpc-1",
            state="available",
            subnet_ids=("subnet-app",),
        ),
    )


# -- what runs in them


def load_balancer():
    """An Application Load Balancer that redirects to HTTPS."""
    redirect = ListenerAction(type="redirect", redirect_protocol="HTTPS")
    return balancer(
        "application",
        "HTTPS",
        "HTTP",
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        further_listeners=({"port": 80, "protocol": "HTTP", "default_actions": (redirect,)},),
    )


def server():
    """A server that people reach by Session Manager: no bastion, no key pair."""
    return (
        records.security_group(
            "sg-app", [tcp(8080, "sg-web")], [tcp(443, "0.0.0.0/0"), tcp(3306, "sg-db")]
        ),
        network_interface(
            "eni-app", "10.0.2.10", subnet_id="subnet-app", groups=("sg-app",), instance_id="i-1"
        ),
        records.instance(
            "i-1",
            vpc_id="vpc-1",
            subnet_id="subnet-app",
            network_interface_ids=("eni-app",),
            security_groups=("sg-app",),
            metadata_options=MetadataOptions(http_tokens="required"),
            key_name=None,
            platform=None,
            launched_at=NOW - 30 * DAY,
            root_device="/dev/xvda",
            tags=(("Tier", "app"),),
        ),
        records.record(
            Volume,
            "volume/vol-1",
            volume_id="vol-1",
            state="in-use",
            encrypted=True,
            kms_key_id=KEY,
            created_at=NOW - 30 * DAY,
            instances=("i-1",),
            devices=("/dev/xvda",),
        ),
        *(
            records.record(
                EbsSnapshot,
                f"snapshot/snap-{days}",
                snapshot_id=f"snap-{days}",
                create_volume_permissions=(),
                volume_id="vol-1",
                state="completed",
                started_at=NOW - days * DAY + DAY / 2,
                encrypted=True,
                kms_key_id=KEY,
            )
            for days in (1, 2)
        ),
        *operated(),
    )


def operated():
    """Sessions, patches, scans and alarms of the server."""
    bucket_of_sessions = SessionRecording(s3_bucket=LOGS, s3_prefix="sessions")
    document = "document/SSM-SessionManagerRunShell"
    coverage = {"resource_id": "i-1", "resource_type": "AWS_EC2_INSTANCE"}
    return (
        records.record(ManagedNode, "managed-instance/i-1", service="ssm", platform="Linux"),
        records.record(SessionPreferences, document, service="ssm", recording=bucket_of_sessions),
        records.record(
            PatchCompliance,
            "patch/i-1",
            service="ssm",
            name="i-1",
            status="COMPLIANT",
            scanned_at=NOW - DAY,
            patches=(),
        ),
        records.record(
            InspectorStatus,
            "account-status",
            service="inspector2",
            ec2="ENABLED",
            ecr="ENABLED",
            functions="ENABLED",
        ),
        records.record(
            InspectorCoverage,
            "coverage/AWS_EC2_INSTANCE/i-1",
            service="inspector2",
            account_id=ACCOUNT,
            status_code="ACTIVE",
            reason="SUCCESSFUL",
            last_scanned_at=NOW - DAY,
            **coverage,
        ),
        *alarm("cpu", "InstanceId", "i-1"),
    )


def alarm(name, dimension, value):
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"
    subscription = Subscription(topic=topic, protocol="email", confirmed=True)
    return (
        records.record(
            MetricAlarm,
            f"alarm:{name}",
            service="cloudwatch",
            actions_enabled=True,
            alarm_actions=(topic,),
            dimensions=(Dimension(name=dimension, value=value),),
        ),
        records.record(Topic, "alarms", service="sns", policy=None),
        records.record(
            SubscriptionList, "subscriptions", service="sns", subscriptions=(subscription,)
        ),
    )


def aurora_serverless():
    """A cluster with two serverless members, whose own fields say less than the cluster's."""
    shared = {
        "engine": "aurora-mysql",
        "engine_version": "8.0.mysql_aurora.3.08.0",
        "status": "available",
        "backup_retention_period": 7,
        "deletion_protection": True,
        "storage_encrypted": True,
        "storage_encryption_type": "sse-kms",
        "kms_key_id": KEY,
        "auto_minor_version_upgrade": True,
        "created_at": NOW - 30 * DAY,
    }
    return (
        records.security_group("sg-db", [tcp(3306, "sg-app")], []),
        records.record(
            DBCluster,
            "cluster:shop",
            service="rds",
            name="shop",
            members=("shop-1", "shop-2"),
            latest_restorable_time=NOW - timedelta(minutes=3),
            multi_az=True,
            parameter_group="shop",
            parameter_statuses=("in-sync", "in-sync"),
            resource_id="cluster-1",
            **shared,
        ),
        *(member(number, shared) for number in (1, 2)),
        *(
            network_interface(
                f"eni-db{number}",
                f"10.0.3.{number}",
                subnet_id="subnet-db",
                groups=("sg-db",),
                description="RDSNetworkInterface",
                requester_id="amazon-rds",
                belongs_to=f"arn:aws:rds:{REGION}:{ACCOUNT}:db:shop-{number}",
            )
            for number in (1, 2)
        ),
        *(
            records.record(
                DBSnapshot,
                f"cluster-snapshot:rds:shop-{days}",
                service="rds",
                database="shop",
                of_cluster=True,
                resource_id="cluster-1",
                snapshot_type="automated",
                status="available",
                created_at=NOW - days * DAY + DAY / 2,
                storage_encrypted=True,
            )
            for days in (1, 2)
        ),
        records.record(
            DBClusterParameterGroup,
            "cluster-pg:shop",
            service="rds",
            name="shop",
            parameters=(DBParameter(name="require_secure_transport", setting="ON"),),
        ),
        *alarm("acu", "DBClusterIdentifier", "shop"),
    )


def member(number, shared):
    defaults = {"multi_az": False, "automated_backup_replications": ()}
    return records.record(
        DBInstance,
        f"db:shop-{number}",
        service="rds",
        name=f"shop-{number}",
        cluster="shop",
        subnet_group="db",
        subnets=("subnet-db",),
        vpc="vpc-1",
        security_groups=("sg-db",),
        port=3306,
        publicly_accessible=False,
        **(shared | defaults),
    )


def site():
    """A private bucket behind CloudFront, by origin access control."""
    arn = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"
    read = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::site/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": arn}},
    }
    return (
        good_bucket("site", read, logging=None),
        records.record(
            Distribution,
            "E1",
            arn=arn,
            region="",
            enabled=True,
            status="Deployed",
            content_origins=(
                DistributionOrigin(id="s3", domain_name=f"site.s3.{REGION}.amazonaws.com"),
            ),
            cache_behaviors=(
                CacheBehavior(target="s3", viewer_protocol_policy="redirect-to-https"),
            ),
            logging=LoggingConfig(bucket=f"{LOGS}.s3.amazonaws.com"),
            viewer_certificate=ViewerCertificate(minimum_protocol_version="TLSv1.2_2021"),
        ),
    )
