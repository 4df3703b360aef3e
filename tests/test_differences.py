"""The states of docs/explanation/differences.md have the outcomes that the page tells."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve, frozen

from cloudpack_baseline import Baseline, Outcome, assess
from cloudpack_baseline.findings import worst
from cloudpack_baseline.model.apigateway import RestApi
from cloudpack_baseline.model.cloudfront import CacheBehavior, Distribution, DistributionOrigin
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.cloudwatch import Dimension, MetricAlarm
from cloudpack_baseline.model.config import ConfigurationRecorder, RecorderStatus
from cloudpack_baseline.model.dynamodb import DynamoDBTable, PointInTimeRecovery
from cloudpack_baseline.model.ec2 import ManagedPrefixList, MetadataOptions
from cloudpack_baseline.model.ec2_images import EbsSnapshot, Image, SnapshotBlockPublicAccess
from cloudpack_baseline.model.ec2_posture import (
    InstanceMetadataDefaults,
    LaunchTemplate,
    LaunchTemplateVersion,
)
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.elasticache import CacheCluster, ReplicationGroup
from cloudpack_baseline.model.elbv2 import Listener, ListenerAction, ListenerRule, LoadBalancer
from cloudpack_baseline.model.events import EventRule
from cloudpack_baseline.model.guardduty import Detector
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.iam_credentials import ServiceSpecificCredential, VirtualMFADevice
from cloudpack_baseline.model.iam_principals import (
    AccessKey,
    GroupDetail,
    InlinePolicy,
    ManagedPolicyDetail,
)
from cloudpack_baseline.model.inspector2 import InspectorCoverage, InspectorStatus
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.organizations import AIServicesOptOutPolicy, Organization
from cloudpack_baseline.model.privatelink import VpcEndpointService
from cloudpack_baseline.model.rds import DBCluster, DBInstance, ParameterGroupStatus
from cloudpack_baseline.model.rds_parameters import (
    DBMajorEngineVersion,
    DBParameter,
    DBParameterGroup,
    SupportedEngineLifecycle,
)
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.route53 import HostedZone, RegisteredDomain, ResourceRecordSet
from cloudpack_baseline.model.s3 import AccessPoint, LifecycleRule, PublicAccessBlock
from cloudpack_baseline.model.sns import Subscription, SubscriptionList, Topic
from cloudpack_baseline.model.sqs import Queue
from cloudpack_baseline.model.ssm_compliance import Patch, PatchCompliance
from cloudpack_baseline.testing import records
from cloudpack_baseline.testing.records import ACCOUNT, REGION, record
from cloudpack_baseline.whitepaper import controls
from credentials import entry
from trails import trail

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "differences.md"
OTHER = "999999999999"
DAY = timedelta(days=1)
OLD = records.TAKEN_AT - 40 * DAY
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ANY_ADMIN = "arn:aws:iam::*:role/admin"


def summary(**fields) -> AccountSummary:
    defaults = {
        "arn": ROOT,
        "region": "",
        "mfa_enabled": True,
        "password_present": False,
        "access_keys_present": False,
        "signing_certificates_present": False,
    }
    return record(AccountSummary, ACCOUNT, **(defaults | fields))


def bucket(*statements, **fields):
    return records.bucket("docs", *statements, **fields)


def for_everyone(**condition):
    return {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::docs/*",
        "Condition": condition,
    }


def key(**fields) -> KmsKey:
    defaults = {
        "service": "kms",
        "key_manager": "CUSTOMER",
        "key_spec": "SYMMETRIC_DEFAULT",
        "key_state": "Enabled",
        "key_material": "AWS_KMS",
        "multi_region_key_type": None,
        "rotation_enabled": False,
    }
    return record(KmsKey, "key/1", **(defaults | fields))


def template(*tokens) -> LaunchTemplate:
    versions = tuple(
        LaunchTemplateVersion(number=number, http_tokens=setting)
        for number, setting in enumerate(tokens or (None,), 1)
    )
    name = "launch-template/lt-1"
    return record(LaunchTemplate, name, launch_template_id="lt-1", versions=versions)


def defaults() -> InstanceMetadataDefaults:
    return record(InstanceMetadataDefaults, "instance-metadata-defaults")


def image() -> Image:
    return record(Image, "image/ami-1", image_id="ami-1", launch_permissions=("all",))


def ebs_snapshot(*permissions) -> EbsSnapshot:
    return record(
        EbsSnapshot,
        "snapshot/snap-1",
        snapshot_id="snap-1",
        create_volume_permissions=permissions,
    )


def block(state) -> SnapshotBlockPublicAccess:
    return record(SnapshotBlockPublicAccess, "snapshot-block", state=state)


def group(*rules):
    small = records.small_account()
    return (*small, records.security_group("sg-db", rules))


def bedrock_key() -> ServiceSpecificCredential:
    return record(
        ServiceSpecificCredential,
        "user/ann/credential/ACCA1",
        service="iam",
        region="",
        id="ACCA1",
        user_name="ann",
        service_name="bedrock.amazonaws.com",
        status="Active",
        create_date=OLD,
    )


def public_database():
    """A database with a public address, to which one host outside can connect."""
    database = records.db_instance(
        publicly_accessible=True,
        port=3306,
        vpc="vpc-1",
        subnets=("subnet-a",),
        security_groups=("sg-1",),
    )
    return (
        *records.public_subnet(),
        records.security_group("sg-1", [records.tcp(3306, "192.0.2.1/32")], [records.allow_all()]),
        records.network_interface(public_ip="203.0.113.9", belongs_to=database.arn),
        database,
    )


@frozen
class State:
    """A row of the page: the words it begins with, and what is judged."""

    words: str
    control: str
    records: tuple[Record, ...]
    outcome: Outcome
    declared: object = None


PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NOT_APPLICABLE = Outcome.NOT_APPLICABLE
WORDS = {PASS: "pass", FAIL: "fail", UNKNOWN: "unknown", NOT_APPLICABLE: "not applicable"}

HTTP = ListenerAction(type="forward")
REDIRECT = ListenerAction(type="redirect", redirect_protocol="HTTPS")


def load_balancer():
    listener = Listener(
        listener_arn="listener/1", port=80, protocol="HTTP", default_actions=(REDIRECT,)
    )
    rule = ListenerRule(rule_arn="rule/1", listener_arn="listener/1", priority="1", actions=(HTTP,))
    return record(
        LoadBalancer, "loadbalancer/1", type="application", listeners=(listener,), rules=(rule,)
    )


def postgres(status):
    group = ParameterGroupStatus(name="shop", status=status)
    return record(
        DBInstance,
        "db:shop",
        service="rds",
        engine="postgres",
        engine_version="16.3",
        parameter_groups=(group,),
        lifecycle_support="open-source-rds-extended-support",
    )


def parameters():
    forced = DBParameter(name="rds.force_ssl", setting="1")
    return record(DBParameterGroup, "pg:shop", name="shop", service="rds", parameters=(forced,))


def major(**ends):
    names = {"standard": "open-source-rds-standard-support"}
    names["extended"] = "open-source-rds-extended-support"
    lifecycles = tuple(
        SupportedEngineLifecycle(name=names[name], end=end) for name, end in ends.items()
    )
    return record(
        DBMajorEngineVersion,
        "major/postgres/16",
        engine="postgres",
        major_engine_version="16",
        lifecycles=lifecycles,
    )


def table(status, **window):
    recovery = PointInTimeRecovery(status=status, **window)
    return record(
        DynamoDBTable,
        "table/orders",
        service="dynamodb",
        created_at=OLD,
        point_in_time_recovery=recovery,
    )


def scanning(state, functions="DISABLED"):
    return record(InspectorStatus, "account-status", ec2=state, ecr=state, functions=functions)


def server():
    return records.instance("i-1", launched_at=OLD)


def covered(reason, code="ACTIVE"):
    return record(
        InspectorCoverage,
        "coverage/i-1",
        resource_id="i-1",
        resource_type="AWS_EC2_INSTANCE",
        account_id=ACCOUNT,
        status_code=code,
        reason=reason,
        last_scanned_at=records.TAKEN_AT,
    )


def scanned_function(at):
    arn = function().arn
    return record(
        InspectorCoverage,
        "coverage/shop",
        resource_id=f"{arn}:$LATEST",
        resource_type="AWS_LAMBDA_FUNCTION",
        account_id=ACCOUNT,
        status_code="ACTIVE",
        reason="SUCCESSFUL",
        last_scanned_at=at,
    )


def cache_group(**fields) -> ReplicationGroup:
    return record(ReplicationGroup, "replicationgroup:shop", service="elasticache", **fields)


def cache_node(version, **fields) -> CacheCluster:
    return record(
        CacheCluster,
        "cluster:shop-001",
        service="elasticache",
        engine="redis",
        engine_version=version,
        auto_minor_version_upgrade=False,
        **fields,
    )


def patched(*patches):
    return record(
        PatchCompliance,
        "patch-compliance/i-1",
        status="NON_COMPLIANT",
        scanned_at=records.TAKEN_AT,
        patches=patches,
    )


TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:operators"


def subscribed(*, confirmed):
    subscription = Subscription(topic=TOPIC, protocol="email", confirmed=confirmed)
    return record(SubscriptionList, "*", service="sns", subscriptions=(subscription,))


def topic(*statements) -> Topic:
    return record(Topic, "updates", service="sns", policy=records.policy(*statements))


def for_anyone(action, **condition):
    return {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"} | (
        {"Condition": condition} if condition else {}
    )


def shared_key(*statements) -> KmsKey:
    return key(policy=records.policy(*statements), grantees=())


def function() -> LambdaFunction:
    return record(
        LambdaFunction, "function:shop", service="lambda", policy=None, url_auth_type="NONE"
    )


def permitted(*actions):
    """A user who may do this everywhere."""
    return with_statement({"Effect": "Allow", "Action": list(actions), "Resource": "*"})


def with_statement(statement):
    """A user with an inline policy."""
    document = records.policy(statement)
    return records.user(inline_policies=(InlinePolicy(name="p", document=document),))


def trusting(principal, **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return records.role("r", trust=[statement | ({"Condition": condition} if condition else {})])


def without_tls(setting):
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::docs", "arn:aws:s3:::docs/*"],
        "Condition": {"Bool": {"aws:SecureTransport": setting}},
    }


def access_key(age) -> AccessKey:
    return AccessKey(id="AKIA1", active=True, created_at=records.TAKEN_AT - age)


def report(**fields):
    return entry("ann", **fields)


def from_github(operator, subject):
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
    condition = {
        "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
        operator: {"token.actions.githubusercontent.com:sub": subject},
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    return records.role("ci", trust=[statement])


def recorder(**fields) -> ConfigurationRecorder:
    status = RecorderStatus(recording=True, last_status="SUCCESS")
    defaults = {"all_supported": True, "global_resource_types": False, "status": status}
    return record(
        ConfigurationRecorder,
        "configuration-recorder/default",
        service="config",
        **(defaults | fields),
    )


def unattached_policy() -> ManagedPolicyDetail:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return record(
        ManagedPolicyDetail,
        "policy/everything",
        service="iam",
        region="",
        document=records.policy(everything),
    )


GITHUB = {"controls": {"role-trust": {"providers": ["*"]}}}

STATES = [
    State(
        'a trust policy whose `Principal` is `"*"` instead of `{"AWS": "*"}`',
        "role-trust",
        (trusting("*"),),
        FAIL,
    ),
    State(
        "a role of a service with `AdministratorAccess`",
        "admin-privileges",
        (
            records.role(
                "app",
                trust=[
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ec2.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
                permissions=[{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            ),
        ),
        FAIL,
    ),
    State(
        "a group with administrator rights and no members",
        "admin-privileges",
        (
            record(
                GroupDetail,
                "group/admins",
                service="iam",
                region="",
                inline_policies=(
                    InlinePolicy(
                        name="p",
                        document=records.policy(
                            {"Effect": "Allow", "Action": "*", "Resource": "*"}
                        ),
                    ),
                ),
            ),
        ),
        NOT_APPLICABLE,
    ),
    State(
        "an old sign-in of the root user, and a root key that was used today",
        "root-unused",
        (
            entry(
                "<root_account>",
                user_creation_time=records.TAKEN_AT - 900 * DAY,
                password_last_used=records.TAKEN_AT - 400 * DAY,
                access_key_1_last_used_date=records.TAKEN_AT,
            ),
        ),
        FAIL,
    ),
    State(
        "an identity provider as `Federated` principal of a resource policy",
        "resource-sharing",
        (
            topic(
                for_anyone("sns:Publish")
                | {"Principal": {"Federated": "cognito-identity.amazonaws.com"}}
            ),
        ),
        FAIL,
    ),
    State(
        "`StringLikeIfExists` on the `sub` of GitHub",
        "role-trust",
        (from_github("StringLikeIfExists", "repo:acme/shop:*"),),
        PASS,
        GITHUB,
    ),
    State(
        "`StringLikeIfExists` on the `sub` of GitHub",
        "role-trust",
        (from_github("StringLikeIfExists", "repo:acme*/shop:*"),),
        FAIL,
        GITHUB,
    ),
    State(
        "a managed policy with administrator rights that is attached to nobody",
        "admin-privileges",
        (unattached_policy(), records.user()),
        PASS,
    ),
    State(
        "`sts:AssumeRole` on a pattern of roles, none of which is an administrator",
        "admin-privileges",
        (
            records.user(
                inline_policies=(
                    InlinePolicy(
                        name="p",
                        document=records.policy(
                            {
                                "Effect": "Allow",
                                "Action": "sts:AssumeRole",
                                "Resource": "arn:aws:iam::*:role/ops-*",
                            }
                        ),
                    ),
                )
            ),
        ),
        PASS,
    ),
    State(
        "a weak password policy or none, where no user has a console password",
        "password-policy",
        (records.user(),),
        NOT_APPLICABLE,
    ),
    State(
        "an access key or password that was never used and is older than the limit",
        "inactive-credentials",
        (
            records.user(access_keys=(access_key(91 * DAY),)),
            report(
                access_key_1_active=True,
                access_key_1_last_rotated=records.TAKEN_AT - 91 * DAY,
                access_key_1_last_used_date=None,
            ),
        ),
        FAIL,
    ),
    State(
        "an access key of 90 days and one hour",
        "access-key-rotation",
        (
            records.user(access_keys=(access_key(90 * DAY + timedelta(hours=1)),)),
            report(
                access_key_1_active=True,
                access_key_1_last_rotated=records.TAKEN_AT - 90 * DAY - timedelta(hours=1),
            ),
        ),
        FAIL,
    ),
    State(
        "an account without a SAML provider, without users and without roles of people",
        "federated-access",
        (trusting({"Service": "ec2.amazonaws.com"}),),
        NOT_APPLICABLE,
    ),
    State(
        "a single-Region trail in each Region that is read",
        "cloudtrail-enabled",
        (trail(multi_region=False),),
        UNKNOWN,
    ),
    State(
        "a recorder with the default recording group",
        "config-recorder",
        (recorder(),),
        UNKNOWN,
    ),
    State(
        "the bucket of a trail without MFA delete, in which nobody undeclared can delete",
        "cloudtrail-log-bucket",
        (trail(), records.bucket("logs", versioning=None, lifecycle=(), default_retention=None)),
        PASS,
    ),
    State(
        "the bucket of a trail without server access logs",
        "s3-access-logging",
        (trail(), records.bucket("logs")),
        NOT_APPLICABLE,
    ),
    State(
        "a VPC without network interfaces and without a flow log",
        "vpc-flow-logs",
        (records.vpc(),),
        NOT_APPLICABLE,
    ),
    State(
        "a resource policy that allows one other account or organization",
        "resource-sharing",
        (topic(for_anyone("sns:Publish") | {"Principal": {"AWS": OTHER}}),),
        FAIL,
    ),
    State(
        "a resource policy that allows one other account or organization",
        "resource-sharing",
        (topic(for_anyone("sns:Publish", StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"})),),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by `aws:SourceIp` to a private range, or to some public one',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", IpAddress={"aws:SourceIp": "203.0.113.1/32"})),),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited to dates that have passed',
        "resource-sharing",
        (
            topic(
                for_anyone("sns:Publish", DateLessThan={"aws:CurrentTime": "2009-01-31T15:00:00Z"})
            ),
        ),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by `StringEquals` to the `aws:PrincipalOrgID` `*`',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", StringEquals={"aws:PrincipalOrgID": "*"})),),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by `StringEqualsIgnoreCase` or `ForAnyValue:StringEquals`',
        "resource-sharing",
        (
            topic(
                for_anyone("sns:Publish", StringEqualsIgnoreCase={"aws:PrincipalAccount": ACCOUNT})
            ),
        ),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by `StringEqualsIgnoreCase` or `ForAnyValue:StringEquals`',
        "s3-exposure",
        (
            bucket(for_everyone(**{"ForAnyValue:StringEquals": {"aws:PrincipalAccount": ACCOUNT}})),
            records.account_public_access_block(),
        ),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by `StringLike` to an `aws:PrincipalOrgID` such as `o-*`',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", StringLike={"aws:PrincipalOrgID": "o-*"})),),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by `StringLike` to an `aws:PrincipalOrgID` such as `o-*`',
        "s3-exposure",
        (
            bucket(for_everyone(StringLike={"aws:PrincipalOrgID": "o-*"})),
            records.account_public_access_block(),
        ),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited to an `aws:SourceArn` or `aws:SourceAccount` by an operator',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", StringEqualsIfExists={"aws:SourceAccount": ACCOUNT})),),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited to an `aws:SourceArn` or `aws:SourceAccount` by an operator',
        "s3-exposure",
        (
            bucket(for_everyone(ArnLikeIfExists={"aws:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:*"})),
            records.account_public_access_block(),
        ),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by a pattern of `aws:PrincipalArn` that leaves the account open',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", ArnLike={"aws:PrincipalArn": ANY_ADMIN})),),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by a pattern of `aws:PrincipalArn` that leaves the account open',
        "s3-exposure",
        (
            bucket(for_everyone(StringLike={"aws:PrincipalArn": ANY_ADMIN})),
            records.account_public_access_block(),
        ),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by `aws:PrincipalServiceName`, `aws:SourceOrgID`',
        "resource-sharing",
        (
            topic(
                for_anyone(
                    "sns:Publish",
                    StringEquals={"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"},
                )
            ),
        ),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by `aws:PrincipalServiceName`, `aws:SourceOrgID`',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", StringEquals={"aws:SourceOrgID": "o-a1b2c3d4e5"})),),
        PASS,
    ),
    State(
        '`Principal: "*"` limited to an `aws:ResourceAccount` other than the own one',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", StringEquals={"aws:ResourceAccount": OTHER})),),
        PASS,
    ),
    State(
        "a statement for everyone, all of which another statement denies",
        "resource-sharing",
        (topic(for_anyone("sns:Publish"), for_anyone("sns:*") | {"Effect": "Deny"}),),
        PASS,
    ),
    State(
        "a port that is open to a prefix list of the account that contains `0.0.0.0/0`",
        "open-security-groups",
        (
            *group(records.tcp(22, "pl-1")),
            record(
                ManagedPrefixList,
                "prefix-list/pl-1",
                prefix_list_id="pl-1",
                entries=("0.0.0.0/0",),
            ),
        ),
        FAIL,
        records.SMALL_BASELINE,
    ),
    State(
        "a password that was changed within the limit, and last used before it",
        "inactive-credentials",
        (
            records.user(),
            report(
                password_enabled=True,
                password_last_used=records.TAKEN_AT - 200 * DAY,
                password_last_changed=records.TAKEN_AT - 10 * DAY,
            ),
        ),
        PASS,
    ),
    State(
        "a Deny of plain HTTP for some actions or for one principal only",
        "s3-tls-only",
        (
            bucket(
                without_tls("false")
                | {
                    "Condition": {
                        "Bool": {"aws:SecureTransport": "false"},
                        "StringNotEquals": {"aws:PrincipalAccount": ACCOUNT},
                    }
                }
            ),
        ),
        FAIL,
    ),
    State(
        'a Deny whose `aws:SecureTransport` is `["false"]` or the boolean `false`',
        "s3-tls-only",
        (
            bucket(
                without_tls("false")
                | {"Condition": {"BoolIfExists": {"AWS:securetransport": "false"}}}
            ),
        ),
        PASS,
    ),
    State(
        "`sns:Subscribe` for everyone, limited by `sns:Endpoint`",
        "resource-sharing",
        (topic(for_anyone("sns:Subscribe", StringLike={"sns:Endpoint": "*@example.com"})),),
        FAIL,
    ),
    State(
        "a key policy for everyone that is limited by `kms:ViaService`",
        "resource-sharing",
        (
            shared_key(
                for_anyone(
                    "kms:Decrypt", StringEquals={"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
                )
            ),
        ),
        FAIL,
    ),
    State(
        "a function URL with the `AuthType` `NONE` whose function allows nobody",
        "resource-sharing",
        (function(),),
        PASS,
    ),
    State(
        "a policy that AWS rejects, such as one without `Principal`",
        "resource-sharing",
        (shared_key({"Effect": "Allow", "Action": "kms:*", "Resource": "*"}),),
        UNKNOWN,
    ),
    State(
        "`lambda:UpdateFunctionCode`, `ssm:SendCommand`, `cloudformation:UpdateStack`",
        "admin-privileges",
        (permitted("lambda:UpdateFunctionCode", "cloudformation:UpdateStack"),),
        PASS,
    ),
    State(
        "`sso:PutInlinePolicyToPermissionSet` or `sso:AttachManagedPolicyToPermissionSet` without",
        "admin-privileges",
        (permitted("sso:PutInlinePolicyToPermissionSet"),),
        PASS,
    ),
    State(
        "`sso:PutInlinePolicyToPermissionSet` or `sso:AttachManagedPolicyToPermissionSet` without",
        "admin-privileges",
        (permitted("sso:AttachManagedPolicyToPermissionSet"),),
        PASS,
    ),
    State(
        "`codestar:CreateProject` with `iam:PassRole`",
        "admin-privileges",
        (permitted("codestar:CreateProject", "iam:PassRole"),),
        PASS,
    ),
    State(
        "a service that can assume a role, without `aws:SourceAccount` or `aws:SourceArn`",
        "role-trust",
        (trusting({"Service": "workspaces.amazonaws.com"}),),
        PASS,
    ),
    State(
        "a canonical user other than the owner",
        "s3-exposure",
        (bucket(for_everyone() | {"Principal": {"CanonicalUser": "9" * 64}}),),
        FAIL,
    ),
    State(
        "CloudFront with an `aws:SourceArn` of the account itself",
        "s3-exposure",
        (
            bucket(
                for_everyone(
                    StringEquals={"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"}
                )
                | {"Principal": {"Service": "cloudfront.amazonaws.com"}}
            ),
        ),
        FAIL,
    ),
    State(
        'a Deny whose `aws:SecureTransport` is `["false"]` or the boolean `false`',
        "s3-tls-only",
        (bucket(without_tls(["false"])),),
        PASS,
    ),
    State(
        'a Deny whose `aws:SecureTransport` is `["false"]` or the boolean `false`',
        "s3-tls-only",
        (bucket(without_tls(setting=False)),),
        PASS,
    ),
    State(
        "a volume or table that a backup plan selects, or a file system",
        "daily-backup",
        (record(Volume, "volume/vol-1", volume_id="vol-1", created_at=OLD),),
        FAIL,
    ),
    State(
        "a table with point-in-time recovery and no backup",
        "daily-backup",
        (table("ENABLED", earliest=OLD, latest=records.TAKEN_AT),),
        PASS,
    ),
    State(
        "`rds.force_ssl=1` in a group that is `pending-reboot`",
        "rds-tls",
        (postgres("pending-reboot"), parameters()),
        FAIL,
    ),
    State(
        "a listener on port 80 whose default action redirects and whose rule forwards",
        "load-balancer-tls",
        (load_balancer(),),
        FAIL,
    ),
    State(
        "Amazon Inspector is enabled, and an instance has `PENDING_INITIAL_SCAN`",
        "inspector",
        (server(), scanning("ENABLED"), covered("PENDING_INITIAL_SCAN")),
        FAIL,
    ),
    State(
        "no finding, because Amazon Inspector is disabled",
        "urgent-vulnerabilities",
        (server(), scanning("DISABLED")),
        UNKNOWN,
    ),
    State(
        "`CriticalNonCompliantCount` of 0, and a patch of severity Critical is missing",
        "instance-patch-compliance",
        (server(), patched(Patch(title="KB1", severity="Critical", state="Missing"))),
        FAIL,
    ),
    State(
        "a database in RDS Extended Support that nobody declared",
        "engine-support",
        (postgres("in-sync"), major(standard=OLD, extended=records.TAKEN_AT + 9 * DAY)),
        FAIL,
    ),
    State(
        "a member account whose root credentials were removed centrally, without MFA",
        "root-mfa",
        (summary(mfa_enabled=False),),
        PASS,
    ),
    State(
        "an inactive root key",
        "root-access-keys",
        (summary(access_keys_present=True),),
        FAIL,
    ),
    State(
        "a root signing certificate and no key",
        "root-access-keys",
        (summary(signing_certificates_present=True),),
        FAIL,
    ),
    State(
        "a hardware device next to a virtual one",
        "root-hardware-mfa",
        (
            summary(password_present=True),
            record(VirtualMFADevice, "mfa/any", service="iam", region="", user=ROOT),
        ),
        FAIL,
    ),
    State("a public AMI, and block public access for AMIs is on", "ami-sharing", (image(),), FAIL),
    State(
        "a public EBS snapshot, and `block-all-sharing` is on",
        "ebs-snapshot-sharing",
        (ebs_snapshot("all"), block("block-all-sharing")),
        PASS,
    ),
    State(
        "an image or snapshot shared with a single account",
        "ebs-snapshot-sharing",
        (ebs_snapshot(OTHER), block("block-all-sharing")),
        FAIL,
    ),
    State(
        "a multi-Region trail without log file validation",
        "cloudtrail-log-integrity",
        (record(Trail, "trail/all", service="cloudtrail", log_file_validation=False),),
        FAIL,
    ),
    State(
        "`0.0.0.0/1` and `128.0.0.0/1`, or several ranges that add up",
        "open-security-groups",
        group(records.tcp(22, "0.0.0.0/1"), records.tcp(22, "128.0.0.0/1")),
        FAIL,
        records.SMALL_BASELINE,
    ),
    State(
        "a port open to the internet that is declared as public",
        "open-security-groups",
        records.small_account(),
        PASS,
        records.SMALL_BASELINE,
    ),
    State(
        "an open port of a group that nothing uses",
        "open-security-groups",
        (records.security_group("sg-idle", [records.tcp(22, "0.0.0.0/0")]),),
        NOT_APPLICABLE,
    ),
    State(
        "a network ACL that allows everything",
        "network-acls",
        records.small_account(),
        PASS,
        records.SMALL_BASELINE,
    ),
    State(
        "an instance with its metadata endpoint disabled and `HttpTokens=optional`",
        "imdsv2",
        (
            records.instance(
                "i-1",
                metadata_options=MetadataOptions(http_tokens="optional", http_endpoint="disabled"),
            ),
        ),
        PASS,
    ),
    State(
        "`StorageEncrypted=false` with `StorageEncryptionType=sse-rds`",
        "rds-encryption",
        (
            record(
                DBCluster,
                "cluster:shop",
                service="rds",
                engine="aurora-mysql",
                storage_encrypted=False,
                storage_encryption_type="sse-rds",
            ),
        ),
        PASS,
    ),
    State(
        "a member of an Aurora cluster with `MultiAZ` or `DeletionProtection` off",
        "rds-deletion-protection",
        (
            record(
                DBInstance,
                "db:shop-1",
                service="rds",
                engine="aurora-mysql",
                cluster="shop",
                deletion_protection=False,
            ),
        ),
        NOT_APPLICABLE,
        {"controls": {"rds-deletion-protection": {"databases": ["*"]}}},
    ),
    State(
        "`TransitEncryptionMode=preferred`",
        "elasticache-encryption",
        (
            record(
                ReplicationGroup,
                "replicationgroup:shop",
                service="elasticache",
                at_rest_encryption_enabled=True,
                transit_encryption_enabled=True,
                transit_encryption_mode="preferred",
            ),
        ),
        FAIL,
    ),
    State(
        "a bucket without a default encryption setting",
        "s3-encryption",
        (bucket(encryption=None),),
        PASS,
    ),
    State(
        "an Allow that requires TLS",
        "s3-tls-only",
        (bucket(for_everyone(Bool={"aws:SecureTransport": "true"})),),
        FAIL,
    ),
    State(
        "an asymmetric, HMAC, imported or disabled key without rotation",
        "kms-key-rotation",
        (key(key_spec="RSA_2048"),),
        NOT_APPLICABLE,
    ),
    State(
        "an asymmetric, HMAC, imported or disabled key without rotation, a key of a custom key",
        "kms-key-rotation",
        (key(key_material="AWS_CLOUDHSM"),),
        NOT_APPLICABLE,
    ),
    State(
        "a key that is disabled or pending deletion, and whose policy is for everyone",
        "resource-sharing",
        (evolve(shared_key(for_anyone("kms:Decrypt")), key_state="PendingDeletion"),),
        FAIL,
    ),
    State(
        "a key policy that lets everyone administer the key and not use it",
        "resource-sharing",
        (shared_key(for_anyone(["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"])),),
        PASS,
    ),
    State(
        "a snapshot in the state `error` or `failed`",
        "ebs-encryption",
        (evolve(ebs_snapshot(), state="error", encrypted=False),),
        NOT_APPLICABLE,
    ),
    State(
        "a volume, file system or database that is being deleted",
        "ebs-encryption",
        (record(Volume, "volume/vol-1", volume_id="vol-1", encrypted=False, state="deleting"),),
        NOT_APPLICABLE,
    ),
    State(
        "a detector that does not report a feature which the baseline names",
        "guardduty",
        (record(Detector, "detector/d", service="guardduty", status="ENABLED", features=()),),
        FAIL,
        {
            "regions": [REGION],
            "controls": {"guardduty": {"features": ["RUNTIME_MONITORING"]}},
        },
    ),
    State(
        "an open policy that Block Public Access of the account or organization blocks",
        "s3-exposure",
        (
            bucket(for_everyone()),
            records.account_public_access_block(
                settings=PublicAccessBlock(block_public_policy=True, restrict_public_buckets=True)
            ),
        ),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by a condition that anyone can meet',
        "s3-exposure",
        (
            bucket(for_everyone(StringEquals={"aws:UserAgent": "x"})),
            records.account_public_access_block(),
        ),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by `aws:ResourceAccount`',
        "s3-exposure",
        (
            bucket(for_everyone(StringEquals={"aws:ResourceAccount": ACCOUNT})),
            records.account_public_access_block(),
        ),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by `StringEqualsIfExists` to an `aws:PrincipalAccount`',
        "s3-exposure",
        (
            bucket(for_everyone(StringEqualsIfExists={"aws:PrincipalAccount": ACCOUNT})),
            records.account_public_access_block(),
        ),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by `aws:SourceAccount` to the account itself',
        "s3-exposure",
        (
            bucket(for_everyone(StringEquals={"aws:SourceAccount": ACCOUNT})),
            records.account_public_access_block(),
        ),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by `aws:SourceAccount` to the account itself',
        "s3-exposure",
        (
            bucket(for_everyone(StringEquals={"aws:SourceAccount": ACCOUNT})),
            records.account_public_access_block(),
            record(
                Distribution,
                "distribution/E1",
                service="cloudfront",
                content_origins=(
                    DistributionOrigin(id="o", domain_name="docs.s3.us-east-1.amazonaws.com"),
                ),
                cache_behaviors=(CacheBehavior(target="o"),),
            ),
        ),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by `aws:SourceAccount` to another account that is not part',
        "s3-exposure",
        (
            bucket(for_everyone(StringEquals={"aws:SourceAccount": OTHER})),
            records.account_public_access_block(),
        ),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by `aws:SourceAccount` to another account that is not part',
        "s3-exposure",
        (
            bucket(for_everyone(StringEquals={"aws:SourceOrgID": "o-abcdefghij"})),
            records.account_public_access_block(),
        ),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by `aws:SourceAccount` or `aws:SourceArn` to another account',
        "resource-sharing",
        (
            record(
                Queue,
                "orders",
                service="sqs",
                policy=records.policy(
                    for_everyone(StringEquals={"aws:SourceAccount": OTHER})
                    | {"Action": "sqs:SendMessage", "Resource": "*"}
                ),
            ),
        ),
        PASS,
    ),
    State(
        "an AI services opt-out policy that is attached to nothing",
        "ai-services-opt-out",
        (record(AIServicesOptOutPolicy, "root", service="iam", region="", services=None),),
        FAIL,
    ),
    State(
        "a public ACL with `IgnorePublicAcls` alone, or an open policy",
        "s3-exposure",
        (
            bucket(
                for_everyone(),
                public_access_block=PublicAccessBlock(restrict_public_buckets=True),
            ),
            records.account_public_access_block(),
        ),
        PASS,
    ),
    State(
        "two of the four settings are on",
        "s3-public-access-block",
        (
            bucket(
                public_access_block=PublicAccessBlock(
                    ignore_public_acls=True, restrict_public_buckets=True
                )
            ),
            records.account_public_access_block(),
        ),
        FAIL,
    ),
    State(
        "a port that is open to 65,536 public addresses of somebody else",
        "open-security-groups",
        group(records.tcp(22, "54.240.0.0/16")),
        PASS,
        records.SMALL_BASELINE,
    ),
    State(
        "ACLs in effect on a bucket that is not public",
        "s3-exposure",
        (bucket(ownership="ObjectWriter"), records.account_public_access_block()),
        UNKNOWN,
    ),
    State(
        "a lifecycle rule that expires log files after 30 days, in a versioned bucket",
        "cloudtrail-retention",
        (
            trail(),
            records.bucket(
                "logs",
                versioning="Enabled",
                lifecycle=(LifecycleRule(enabled=True, days=30),),
                default_retention=None,
            ),
        ),
        PASS,
    ),
    State(
        "a rule that sends findings to a topic whose only subscription is pending",
        "findings-routed",
        (
            record(
                Detector, "detector/d", service="guardduty", status="ENABLED", administrator=None
            ),
            record(
                EventRule,
                "rule/findings",
                service="events",
                event_pattern='{"source": ["aws.guardduty"]}',
                targets=(TOPIC,),
            ),
            subscribed(confirmed=False),
        ),
        FAIL,
    ),
    State(
        "an alarm whose actions are disabled",
        "cloudwatch-alarms",
        (
            server(),
            record(
                MetricAlarm,
                "alarm:cpu",
                service="cloudwatch",
                dimensions=(Dimension(name="InstanceId", value="i-1"),),
                alarm_actions=(TOPIC,),
                actions_enabled=False,
            ),
            subscribed(confirmed=True),
        ),
        FAIL,
    ),
    State(
        "a launch template that sets no metadata options",
        "imdsv2",
        (template(), defaults()),
        FAIL,
    ),
    State(
        "a launch template of which one version requires a token",
        "imdsv2",
        (template("required", "optional"), defaults()),
        FAIL,
    ),
    State(
        "a database in the default VPC",
        "resources-in-vpc",
        (
            records.vpc("vpc-1", is_default=True),
            record(DBInstance, "db:shop", service="rds", engine="mysql", vpc="vpc-1"),
        ),
        FAIL,
    ),
    State(
        "an Amazon Redshift cluster with `PubliclyAccessible` whose network interfaces",
        "database-isolation",
        (
            record(
                RedshiftCluster,
                "cluster:shop",
                service="redshift",
                vpc="vpc-1",
                publicly_accessible=True,
            ),
        ),
        FAIL,
    ),
    State(
        "automated backups that are kept for two to six days",
        "daily-backup",
        (
            record(
                ReplicationGroup,
                "replicationgroup:shop",
                service="elasticache",
                created_at=records.TAKEN_AT,
                snapshot_retention_limit=2,
            ),
        ),
        PASS,
    ),
    State(
        "a volume that was created within the last day, without a snapshot",
        "daily-backup",
        (record(Volume, "volume/vol-1", volume_id="vol-1", created_at=records.TAKEN_AT),),
        PASS,
    ),
    State(
        "`rds.force_ssl` of PostgreSQL 15 or later that nobody set",
        "rds-tls",
        (postgres("in-sync"), record(DBParameterGroup, "pg:shop", name="shop", service="rds")),
        PASS,
    ),
    State(
        "an Amazon Neptune cluster",
        "rds-tls",
        (record(DBCluster, "cluster:graph", service="rds", engine="neptune"),),
        NOT_APPLICABLE,
    ),
    State(
        "EBS encryption by default is off, and every volume is encrypted",
        "ebs-encryption",
        (record(Volume, "volume/vol-1", volume_id="vol-1", encrypted=True),),
        PASS,
    ),
    State(
        "`EngineLifecycleSupport` is `open-source-rds-extended-support`",
        "engine-support",
        (postgres("in-sync"), major(standard=records.TAKEN_AT + 9 * DAY)),
        PASS,
    ),
    State(
        "a database that the baseline does not declare as production",
        "rds-multi-az",
        (record(DBInstance, "db:shop", service="rds", engine="mysql", multi_az=False),),
        NOT_APPLICABLE,
    ),
    State(
        "a database with automated backups that no backup plan selects",
        "rds-backup",
        (
            record(
                DBInstance,
                "db:shop",
                service="rds",
                engine="mysql",
                created_at=records.TAKEN_AT,
                backup_retention_period=7,
                latest_restorable_time=records.TAKEN_AT,
            ),
        ),
        PASS,
    ),
    State(
        "block public access for snapshots or AMIs is off, and none is public",
        "ebs-snapshot-sharing",
        (ebs_snapshot(), block("unblocked")),
        PASS,
    ),
    State(
        "no account default for `HttpTokens`",
        "imdsv2",
        (template("required"), defaults()),
        PASS,
    ),
    State(
        "Amazon Inspector is disabled in a Region with nothing to scan",
        "inspector",
        (scanning("DISABLED"),),
        NOT_APPLICABLE,
    ),
    State(
        "a public hosted zone without query logging that nobody declared",
        "route53-query-logging",
        (
            record(
                HostedZone, "hostedzone/Z1", id="Z1", service="route53", region="", private=False
            ),
        ),
        NOT_APPLICABLE,
    ),
    State(
        "a missing patch that is not critical",
        "instance-patch-compliance",
        (server(), patched(Patch(title="KB1", severity="Low", state="Missing"))),
        PASS,
    ),
    State(
        "a running instance that reports no patch compliance",
        "instance-patch-compliance",
        (server(),),
        FAIL,
    ),
    State(
        "a server whose last scan is more than three days and at most 30 days old",
        "inspector",
        (
            server(),
            scanning("ENABLED"),
            evolve(covered("SUCCESSFUL"), last_scanned_at=records.TAKEN_AT - 4 * DAY),
        ),
        PASS,
    ),
    State(
        "a volume with a single snapshot",
        "daily-backup",
        (
            record(Volume, "volume/vol-1", volume_id="vol-1", created_at=OLD),
            record(
                EbsSnapshot,
                "snapshot/snap-1",
                snapshot_id="snap-1",
                volume_id="vol-1",
                state="completed",
                started_at=records.TAKEN_AT,
            ),
        ),
        FAIL,
    ),
    State(
        "automatic minor version upgrades off for a cluster in one Availability Zone",
        "rds-auto-minor-version",
        (
            record(
                DBCluster,
                "cluster:shop",
                service="rds",
                engine="aurora-mysql",
                multi_az=False,
                auto_minor_version_upgrade=False,
            ),
        ),
        FAIL,
    ),
    State(
        "a website bucket without a TLS-only policy",
        "s3-tls-only",
        (bucket(),),
        NOT_APPLICABLE,
        {"buckets": [{"name": "docs", "website": True}]},
    ),
    State(
        "a use of the root user that is more than a day, but less than a year ago",
        "root-unused",
        (entry("<root_account>", password_enabled=True, password_last_used=OLD),),
        FAIL,
    ),
    State(
        "an access point or Multi-Region Access Point with Block Public Access off",
        "s3-exposure",
        (
            bucket(),
            records.account_public_access_block(),
            record(
                AccessPoint,
                "accesspoint/docs",
                service="s3",
                bucket="docs",
                policy=None,
                public_access_block=PublicAccessBlock(),
            ),
        ),
        PASS,
    ),
    State(
        "a user with a single active access key that is not declared",
        "access-keys-declared",
        (records.user(access_keys=(AccessKey(id="AKIA1", active=True),)), entry("ann")),
        FAIL,
    ),
    State(
        "a long-term API key of Amazon Bedrock that is younger than 90 days",
        "access-key-rotation",
        (records.user(), entry("ann"), bedrock_key()),
        PASS,
    ),
    State(
        "a role without policies that an undeclared account can assume",
        "role-trust",
        (
            records.role(
                "partner",
                trust=[
                    {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "sts:AssumeRole"}
                ],
            ),
        ),
        FAIL,
    ),
    State(
        "a public database that is open to a single address",
        "database-isolation",
        public_database(),
        FAIL,
    ),
    State(
        "Amazon Inspector scans the packages of functions, and not their own code",
        "inspector",
        (scanning("ENABLED", functions="ENABLED"), function(), scanned_function(records.TAKEN_AT)),
        PASS,
    ),
    State(
        "Amazon Inspector is enabled, but does not scan EC2 in a Region with instances",
        "inspector",
        (scanning("DISABLED", functions="ENABLED"), server()),
        FAIL,
    ),
    State(
        "a function whose last scan is more than three days ago",
        "inspector",
        (scanning("ENABLED", functions="ENABLED"), function(), scanned_function(OLD)),
        PASS,
    ),
    State(
        "a running server that a tag excludes from scanning",
        "inspector",
        (scanning("ENABLED"), server(), covered("EXCLUDED_BY_TAG", code="INACTIVE")),
        FAIL,
    ),
    State(
        "an instance whose patches were compared more than 14 days ago",
        "instance-patch-compliance",
        (server(), evolve(patched(), status="COMPLIANT", scanned_at=OLD)),
        FAIL,
    ),
    State(
        "a virtual device of an IAM user whose name begins with `root`",
        "root-hardware-mfa",
        (
            summary(password_present=True),
            record(
                VirtualMFADevice,
                "mfa/any",
                service="iam",
                region="",
                user=f"arn:aws:iam::{ACCOUNT}:user/root",
            ),
        ),
        PASS,
    ),
    State(
        "a function URL with the `AuthType` `AWS_IAM` whose function allows everyone",
        "resource-sharing",
        (
            evolve(
                function(),
                url_auth_type="AWS_IAM",
                policy=records.policy(for_anyone("lambda:InvokeFunctionUrl")),
            ),
        ),
        FAIL,
    ),
    State(
        "an AI services opt-out policy whose default opts out, and in which a service opts in",
        "ai-services-opt-out",
        (
            record(
                AIServicesOptOutPolicy,
                "root",
                region="",
                services=(("comprehend", "optIn"), ("default", "optOut")),
            ),
        ),
        FAIL,
    ),
    State(
        "an API key of Amazon Bedrock that is inactive",
        "access-keys-declared",
        (records.user(), entry("ann"), evolve(bedrock_key(), status="Inactive")),
        NOT_APPLICABLE,
    ),
    State(
        'an Allow of every action with `NotResource: "*"`',
        "admin-privileges",
        (with_statement({"Effect": "Allow", "Action": "*", "NotResource": "*"}),),
        PASS,
    ),
    State(
        "all actions of Amazon Bedrock, and no `iam:PassRole`",
        "admin-privileges",
        (permitted("bedrock:*"),),
        PASS,
    ),
    State(
        "a replication group with automatic backups of which fewer than two exist",
        "daily-backup",
        (cache_group(created_at=OLD, snapshot_retention_limit=7),),
        FAIL,
    ),
    State(
        "a cache of Redis OSS before version 6 without automatic minor version upgrades",
        "elasticache-auto-minor-version",
        (cache_node("5.0.6"),),
        NOT_APPLICABLE,
    ),
    State(
        "automatic minor version upgrades on for the replication group and off for a member",
        "elasticache-auto-minor-version",
        (cache_group(), cache_node("7.1.0", replication_group="shop")),
        FAIL,
    ),
    State(
        "`AtRestEncryptionEnabled=false` with `StorageEncryptionType=sse-elasticache`",
        "elasticache-encryption",
        (
            cache_group(
                at_rest_encryption_enabled=False,
                storage_encryption_type="sse-elasticache",
                transit_encryption_enabled=True,
                transit_encryption_mode="required",
            ),
        ),
        PASS,
    ),
    State(
        "rules of the registry with filters that together match every repository",
        "ecr-scan-on-push",
        (record(Repository, "repository/shop", service="ecr", scan_frequency="SCAN_ON_PUSH"),),
        PASS,
    ),
    State(
        "such a record of a private hosted zone",
        "route53-dangling-records",
        (
            record(
                HostedZone,
                "hostedzone/Z1",
                id="Z1",
                service="route53",
                region="",
                private=True,
                record_sets=(
                    ResourceRecordSet(name="www.example.com.", type="A", values=("54.150.9.9",)),
                ),
            ),
        ),
        NOT_APPLICABLE,
    ),
    State(
        "a domain with `serverTransferProhibited`",
        "domain-lock",
        (
            record(
                RegisteredDomain,
                "domain/example.com",
                service="route53domains",
                region="",
                auto_renew=True,
                expiry=records.TAKEN_AT + 300 * DAY,
                statuses=("serverTransferProhibited",),
            ),
        ),
        PASS,
    ),
    State(
        "a recorder that is recording, and whose latest event is still",
        "config-recorder",
        (
            record(
                ConfigurationRecorder,
                "configuration-recorder/default",
                service="config",
                all_supported=True,
                global_resource_types=True,
                status=RecorderStatus(recording=True, last_status="Pending"),
            ),
        ),
        UNKNOWN,
    ),
    State(
        '`Principal: "*"` limited by `aws:VpceAccount` or `aws:VpceOrgID`',
        "resource-sharing",
        (
            record(
                Queue,
                "orders",
                service="sqs",
                policy=records.policy(
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "sqs:ReceiveMessage",
                        "Resource": "*",
                        "Condition": {"StringEquals": {"aws:VpceAccount": ACCOUNT}},
                    }
                ),
            ),
        ),
        PASS,
    ),
    State(
        "an API that is not private",
        "resource-sharing",
        (record(RestApi, "restapis/1", policy=None, endpoint_types=("REGIONAL",)),),
        NOT_APPLICABLE,
    ),
    State(
        "`iam:PassRole` alone",
        "admin-privileges",
        (
            records.role(
                "deployer",
                permissions=[{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}],
            ),
        ),
        PASS,
    ),
    State(
        "a service that can assume a role, without `aws:SourceAccount`",
        "role-trust",
        (
            records.role(
                "logs",
                trust=[
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "logs.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": OTHER}},
                    }
                ],
            ),
        ),
        PASS,
    ),
    State(
        "an account in an organization whose management account was not read",
        "dedicated-account",
        (
            record(
                Organization,
                "o-abcdefghij",
                service="organizations",
                region="",
                id="o-abcdefghij",
                management_account=OTHER,
            ),
        ),
        UNKNOWN,
        {
            "accounts": {"shop": {"id": ACCOUNT}},
            "controls": {"dedicated-account": {"organization": "o-abcdefghij"}},
        },
    ),
    State(
        "`arn:aws:iam::*:root`, or another ARN with a wildcard, as a principal",
        "resource-sharing",
        (
            record(
                Queue,
                "orders",
                service="sqs",
                policy=records.policy(
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::*:root"},
                        "Action": "sqs:SendMessage",
                        "Resource": "*",
                    }
                ),
            ),
        ),
        PASS,
    ),
    State(
        "critical findings of basic scanning in Amazon ECR",
        "urgent-vulnerabilities",
        (
            scanning("DISABLED"),
            record(Repository, "repository/shop", service="ecr", scan_frequency="SCAN_ON_PUSH"),
        ),
        UNKNOWN,
    ),
    State(
        "a recorder that records only some resource types",
        "config-recorder",
        (
            record(
                ConfigurationRecorder,
                "configuration-recorder/default",
                service="config",
                resource_types=("AWS::EC2::Instance",),
                status=RecorderStatus(recording=True, last_status="Success"),
            ),
        ),
        FAIL,
    ),
    State("a server or database without an alarm", "cloudwatch-alarms", (server(),), FAIL),
    State(
        "the role `CloudWatch-CrossAccountSharingRole`",
        "role-trust",
        (
            records.role(
                "CloudWatch-CrossAccountSharingRole",
                trust=[
                    {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
                ],
            ),
        ),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by an `aws:SourceArn` of another account',
        "s3-exposure",
        (
            bucket(
                for_everyone(
                    ArnLike={"aws:SourceArn": f"arn:aws:cloudtrail:*:{OTHER}:trail/*"},
                )
            ),
            records.account_public_access_block(),
        ),
        PASS,
    ),
    State(
        '`Principal: "*"` limited by `aws:SourceAccount`, `aws:SourceOwner`',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", StringLike={"aws:SourceAccount": "*"})),),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by `aws:username` or `aws:userid`',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", StringEquals={"aws:username": "ann"})),),
        FAIL,
    ),
    State(
        '`Principal: "*"` limited by a key of another service',
        "resource-sharing",
        (topic(for_anyone("sns:Publish", StringEquals={"s3:ResourceAccount": ACCOUNT})),),
        UNKNOWN,
    ),
    State(
        "`sts:AssumeRole` on a pattern of roles, none of which is an administrator or has a path",
        "admin-privileges",
        (
            records.role("app-1"),
            records.role(
                "deploy",
                permissions=[
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Resource": f"arn:aws:iam::{ACCOUNT}:role/app-*",
                    }
                ],
            ),
        ),
        PASS,
    ),
    State(
        "a role without policies that the trust policy of an administrator names",
        "admin-privileges",
        (
            records.role("app"),
            records.role(
                "admin",
                trust=[
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"},
                        "Action": "sts:AssumeRole",
                    }
                ],
                permissions=[{"Effect": "Allow", "Action": "*", "Resource": "*"}],
            ),
        ),
        FAIL,
    ),
    State(
        "an endpoint service for which undeclared accounts or everyone may request connections",
        "resource-sharing",
        (
            record(
                VpcEndpointService,
                "vpc-endpoint-service/api",
                allowed_principals=("*",),
                acceptance_required=True,
                connected_accounts=(),
            ),
        ),
        PASS,
    ),
]


@pytest.mark.parametrize("state", STATES, ids=lambda state: f"{state.control}: {state.words}")
def test_the_outcome_of_a_state(state):
    row = next(line for line in PAGE.read_text("utf-8").splitlines() if f"| {state.words}" in line)
    described, _scanners, here, *_why = row.strip("| ").split(" | ")
    assert f"`{state.control}`" in described
    assert WORDS[state.outcome] in here or here.startswith(("a note", "judged "))
    declared = Baseline.from_mapping(state.declared or {"regions": [REGION]})
    snapshot = records.snapshot(*state.records, controls=[state.control])
    findings = assess(snapshot, declared, controls=[state.control]).findings
    assert worst(finding.outcome for finding in findings) is state.outcome


def test_the_page_names_controls_that_exist():
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", row)}
    modes = {"block-all-sharing", "block-new-sharing", "pending-reboot", "sse-rds"}
    modes |= {"open-source-rds-extended-support", "allow-all", "match-viewer"}
    assert named - modes <= set(controls())
    assert len(named) > 20
