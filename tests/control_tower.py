"""What AWS Control Tower and IAM Identity Center create, in each account and in the shared ones.

Sources: AWS Control Tower User Guide, "What are the resources created in the shared accounts" and
"Resources in accounts created with Account Factory"; AWS KMS Developer Guide, "Key policies of AWS
managed keys"; IAM User Guide, "Service-linked roles".
"""

from __future__ import annotations

import json

from cloudpack_baseline.model.events import EventRule
from cloudpack_baseline.model.iam_principals import ManagedPolicyDetail, SAMLProvider
from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.s3 import Logging
from cloudpack_baseline.model.sns import Topic
from cloudpack_baseline.testing import records
from support import ACCOUNT, NOW, REGION

POLICIES = "arn:aws:iam::aws:policy/"
ADMINISTRATOR = f"{POLICIES}AdministratorAccess"
READ_ONLY = f"{POLICIES}ReadOnlyAccess"
BASIC = f"{POLICIES}service-role/AWSLambdaBasicExecutionRole"
CENTER = "AWSSSO_0123456789abcdef_DO_NOT_DELETE"
FORWARDER = "aws-controltower-NotificationForwarder"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:aws-controltower-SecurityNotifications"
RESERVED = "/aws-reserved/sso.amazonaws.com/ap-northeast-1/"
SERVICE_ROLES = {
    "AWSServiceRoleForSSO": ("sso.amazonaws.com", ["iam:PutRolePolicy", "iam:CreateRole"]),
    "AWSServiceRoleForOrganizations": ("organizations.amazonaws.com", ["iam:DeleteRole"]),
    "AWSServiceRoleForConfig": ("config.amazonaws.com", ["config:*", "ssm:SendCommand"]),
    "AWSServiceRoleForCloudTrail": ("cloudtrail.amazonaws.com", ["cloudtrail:*"]),
    "AWSServiceRoleForAWSControlTower": ("controltower.amazonaws.com", ["events:PutRule"]),
    "AWSServiceRoleForAmazonSSM": ("ssm.amazonaws.com", ["ssm:SendCommand", "iam:PassRole"]),
    "AWSServiceRoleForCloudFormationStackSetsOrgMember": (
        "member.org.stacksets.cloudformation.amazonaws.com",
        ["iam:CreateRole", "iam:AttachRolePolicy"],
    ),
}
KEYS = ("ec2", "rds", "secretsmanager", "lambda", "s3")


def control_tower(management: str, audit: str):
    """The roles, the topic with its forwarder, keys that AWS manages, and Identity Center."""
    return (
        *_policies_of_aws(),
        *_execution_roles(management, audit),
        *(_service_linked(name, *of) for name, of in SERVICE_ROLES.items()),
        *_identity_center(),
        *_notifications(audit),
        *(_aws_managed_key(service) for service in KEYS),
    )


def statement(actions, resource="*", **fields):
    return {"Effect": "Allow", "Action": actions, "Resource": resource} | fields


def _policies_of_aws():
    documents = {
        ADMINISTRATOR: statement("*"),
        READ_ONLY: statement(["ec2:Describe*", "iam:Get*", "iam:List*", "s3:Get*", "s3:List*"]),
        BASIC: statement(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]),
    }
    for arn, document in documents.items():
        name = arn.rpartition("/")[2]
        yield ManagedPolicyDetail(
            arn=arn, account=ACCOUNT, name=name, document=records.policy(document)
        )


def _execution_roles(management, audit):
    """Roles that the management account, StackSets and the audit account assume."""
    stack_sets = (
        f"arn:aws:iam::{management}:role/aws-service-role/stacksets.cloudformation.amazonaws.com/"
        "AWSServiceRoleForCloudFormationStackSetsOrgAdmin"
    )
    of_audit = f"arn:aws:iam::{audit}:role/aws-controltower-Audit"
    for name, principal, attached in (
        ("AWSControlTowerExecution", f"arn:aws:iam::{management}:root", ADMINISTRATOR),
        ("stacksets-exec-0123456789abcdef0123456789abcdef", stack_sets, ADMINISTRATOR),
        (
            "aws-controltower-AdministratorExecutionRole",
            f"{of_audit}AdministratorRole",
            ADMINISTRATOR,
        ),
        ("aws-controltower-ReadOnlyExecutionRole", f"{of_audit}ReadOnlyRole", READ_ONLY),
    ):
        yield records.role(name, trust=[_trust({"AWS": principal})], attached_policies=(attached,))


def _trust(principal, **fields):
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} | fields


def _service_linked(name, service, actions):
    path = f"/aws-service-role/{service}/"
    return records.role(
        name,
        trust=[_trust({"Service": service})],
        permissions=[statement(actions)],
        path=path,
        arn=f"arn:aws:iam::{ACCOUNT}:role{path}{name}",
    )


def _identity_center():
    provider = f"arn:aws:iam::{ACCOUNT}:saml-provider/{CENTER}"
    yield records.record(SAMLProvider, "saml", arn=provider, region="", name=CENTER)
    for permission_set, attached in (
        ("AWSAdministratorAccess", ADMINISTRATOR),
        ("AWSReadOnlyAccess", READ_ONLY),
    ):
        name = f"AWSReservedSSO_{permission_set}_0123456789abcdef"
        trust = _trust(
            {"Federated": provider},
            Action=["sts:AssumeRoleWithSAML", "sts:TagSession"],
            Condition={"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        )
        yield records.role(
            name,
            trust=[trust],
            attached_policies=(attached,),
            path=RESERVED,
            arn=f"arn:aws:iam::{ACCOUNT}:role{RESERVED}{name}",
        )


def _notifications(audit):
    """Compliance changes of AWS Config, by a topic and a function to the audit account."""
    of_owner = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}
    everyone = {"Principal": {"AWS": "*"}, "Condition": of_owner}
    aggregate = f"arn:aws:sns:*:{audit}:aws-controltower-AggregateSecurityNotifications"
    role = records.role(
        "aws-controltower-ForwardSnsNotificationRole",
        trust=[_trust({"Service": "lambda.amazonaws.com"})],
        attached_policies=(BASIC,),
        permissions=[statement("sns:publish", aggregate)],
    )
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{FORWARDER}"
    invocation = {
        "Principal": {"Service": "sns.amazonaws.com"},
        "Condition": {"ArnLike": {"AWS:SourceArn": TOPIC}},
    }
    pattern = {"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"]}
    yield role
    yield records.record(
        Topic,
        "aws-controltower-SecurityNotifications",
        service="sns",
        policy=records.policy(
            statement(["SNS:Publish", "SNS:Subscribe", "SNS:Receive"], TOPIC, **everyone),
            statement("sns:Publish", TOPIC, Principal={"Service": "events.amazonaws.com"}),
        ),
    )
    yield records.record(
        LambdaFunction,
        f"function:{FORWARDER}",
        service="lambda",
        name=FORWARDER,
        role=role.arn,
        package_type="Zip",
        last_modified=NOW,
        policy=records.policy(statement("lambda:InvokeFunction", function, **invocation)),
    )
    yield records.record(
        LogGroup, f"log-group:/aws/lambda/{FORWARDER}", service="logs", retention_in_days=14
    )
    yield records.record(
        EventRule,
        "rule/aws-controltower-ConfigComplianceChangeEventRule",
        service="events",
        event_pattern=json.dumps(pattern),
        targets=(TOPIC,),
    )


def kms_key(name, manager, *statements):
    """A symmetric key in use that nobody has a grant on."""
    return records.record(
        KmsKey,
        f"key/{name}",
        service="kms",
        key_manager=manager,
        key_spec="SYMMETRIC_DEFAULT",
        key_state="Enabled",
        key_material="AWS_KMS",
        rotation_enabled=True,
        grantees=(),
        policy=records.policy(*statements),
    )


def _aws_managed_key(service):
    """Anyone in the account may use it through the service."""
    through = {"kms:CallerAccount": ACCOUNT, "kms:ViaService": f"{service}.{REGION}.amazonaws.com"}
    uses = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]
    return kms_key(
        service,
        "AWS",
        statement(
            [*uses, "kms:CreateGrant"],
            Principal={"AWS": "*"},
            Condition={"StringEquals": through},
        ),
        statement(
            ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
            Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        ),
    )


# -- the shared accounts


def log_archive(organization, management, good_bucket):
    """The buckets that the organization's trail and AWS Config deliver to."""
    name = f"aws-controltower-logs-{ACCOUNT}-{REGION}"
    access_logs = f"aws-controltower-s3-access-logs-{ACCOUNT}-{REGION}"
    bucket, within = f"arn:aws:s3:::{name}", _of_organization(organization)
    logs = f"{bucket}/{organization}/AWSLogs"
    server_logs = {
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Condition": {
            "ArnLike": {"aws:SourceArn": bucket},
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
        },
    }
    return (
        good_bucket(
            name,
            statement(["s3:GetBucketAcl", "s3:ListBucket"], bucket, **within),
            statement("s3:PutObject", f"{logs}/*/*", **within),
            statement("s3:PutObject", [f"{logs}/{management}/*"], **within),
            logging=Logging(target_bucket=access_logs),
        ),
        good_bucket(
            access_logs,
            statement("s3:PutObject", f"arn:aws:s3:::{access_logs}/*", **server_logs),
            logging=None,
        ),
    )


def audit_account(organization):
    """The topics of all accounts, and the roles that reach into them."""
    topics = f"arn:aws:sns:{REGION}:{ACCOUNT}:aws-controltower-"
    members = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    policies = {
        "AggregateSecurityNotifications": {"Principal": {"AWS": "*"}, "Condition": members},
        "AllConfigNotifications": _of_organization(organization),
    }
    for name, fields in policies.items():
        topic = f"{topics}{name}"
        yield records.record(
            Topic,
            f"aws-controltower-{name}",
            service="sns",
            policy=records.policy(statement("sns:Publish", topic, **fields)),
        )
    for name, target in (
        ("Administrator", "AdministratorExecution"),
        ("ReadOnly", "ReadOnlyExecution"),
    ):
        roles = f"arn:aws:iam::*:role/aws-controltower-{target}Role"
        yield records.role(
            f"aws-controltower-Audit{name}Role",
            trust=[_trust({"Service": "lambda.amazonaws.com"})],
            attached_policies=(BASIC,),
            permissions=[statement("sts:AssumeRole", roles)],
        )


def _of_organization(organization):
    return {
        "Principal": {"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]},
        "Condition": {"StringEquals": {"aws:SourceOrgID": organization}},
    }
