"""The smallest policy, proven by moto's enforcement wherever moto decides as AWS does."""

from __future__ import annotations

import json
from functools import cache

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from cloudpack_baseline._cli.policy import least_privilege_policy
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import AccountPublicAccessBlock, Bucket
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.operations import OPERATIONS
from support import ACCOUNT

NOT_AS_AWS = {
    # moto looks for an action named as the operation; AWS for the ones of the table.
    "s3:GetBucketEncryption",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketReplication",
    "s3:GetObjectLockConfiguration",
    "s3:GetPublicAccessBlock",
    # Refused whatever the policy says.
    "account:GetAlternateContact",
    "cloudfront:GetDistributionConfig",
    "cloudfront:ListDistributions",
    "cloudwatch:DescribeAlarms",
    "sesv2:GetEmailIdentityPolicies",
    "guardduty:GetAdministratorAccount",
    "guardduty:GetDetector",
    "guardduty:ListDetectors",
    "s3control:GetPublicAccessBlock",
    "securityhub:DescribeHub",
    "dsql:GetClusterPolicy",
    "dsql:ListClusters",
    "backup:GetBackupPlan",
    "batch:DescribeJobDefinitions",
    "backup:ListBackupPlans",
    "backup:ListBackupVaults",
    "efs:DescribeBackupPolicy",
    "efs:DescribeFileSystemPolicy",
    "efs:DescribeFileSystems",
    "lambda:GetFunctionUrlConfig",
    "apigateway:GetRestApis",
    "lambda:GetLayerVersionPolicy",
    "lambda:ListAliases",
    "lambda:ListLayerVersions",
    "lambda:ListLayers",
    "lambda:GetPolicy",
    "lambda:ListFunctions",
    "opensearch:DescribeDomain",
    "route53:GetDNSSEC",
    "route53:ListHostedZones",
    "route53:ListQueryLoggingConfigs",
    "route53:ListResourceRecordSets",
    "s3:HeadBucket",
    "opensearch:ListDomainNames",
    "glacier:ListVaults",
}
"""Where moto refuses the action that the service authorization data names."""

NOT_ASKED = {
    "signin:GetConsoleAuthorizationConfiguration",
    "signin:GetResourcePolicy",
    "lambda:ListFunctionUrlConfigs",
    "backup:GetBackupVaultAccessPolicy",
    "codeartifact:GetDomainPermissionsPolicy",
    "codeartifact:GetRepositoryPermissionsPolicy",
    "codeartifact:ListDomains",
    "codeartifact:ListRepositories",
    "glacier:GetVaultAccessPolicy",
    "schemas:ListRegistries",
    "schemas:GetResourcePolicy",
    "dlm:GetLifecyclePolicies",
    "ecr-public:DescribeRepositories",
    "dlm:GetLifecyclePolicy",
    "storagegateway:ListGateways",
    "globalaccelerator:ListAccelerators",
    "globalaccelerator:ListCrossAccountAttachments",
    "globalaccelerator:ListCustomRoutingAccelerators",
    "globalaccelerator:ListEndpointGroups",
    "globalaccelerator:ListListeners",
    "cloudfront:GetRealtimeLogConfig",
    "neptune-graph:ListGraphs",
    "redshift-serverless:ListSnapshots",
    "redshift-serverless:ListWorkgroups",
    "backup:ListProtectedResources",
    "backup:ListRecoveryPointsByResource",
    "cloudfront:GetVpcOrigin",
    "cloudfront:ListVpcOrigins",
    "inspector2:ListCoverage",
    "notifications:ListChannels",
    "notifications:ListEventRules",
    "notifications:ListNotificationConfigurations",
    "securityhub:DescribeSecurityHubV2",
    "securityhub:GetFindingAggregator",
    "securityhub:ListFindingAggregators",
    "ssm-guiconnect:GetConnectionRecordingPreferences",
}
"""What moto does not know at all: it says so before it asks who may call."""

VALUES = {
    "Bucket": "one",
    "AccountId": ACCOUNT,
    "Name": "point",
    "OpenIDConnectProviderArn": f"arn:aws:iam::{ACCOUNT}:oidc-provider/example.jp",
    "PolicyType": "S3_POLICY",
    "repositoryNames": ["app"],
    "names": ["project"],
    "services": ["web"],
    "tasks": ["1"],
    "ResourceARN": f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/clicks",
    "ResourceArn": f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:loadbalancer/app/web/1",
    "VersionNumber": 1,
    "TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:alerts",
}
REFUSED = {"", "403", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


@pytest.fixture(scope="module")
def cloud():
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        session = boto3.Session(region_name="us-east-1")
        session.client("s3").create_bucket(Bucket="one")
        iam = session.client("iam")
        iam.create_user(UserName="auditor")
        made = iam.create_access_key(UserName="auditor")["AccessKey"]
        auditor = boto3.Session(
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretAccessKey"],
            region_name="us-east-1",
        )

        def permitted(policy):
            text = json.dumps(policy)
            iam.put_user_policy(UserName="auditor", PolicyName="it", PolicyDocument=text)
            return auditor

        yield permitted


@pytest.fixture(scope="module")
def client(cloud):
    """A client of the auditor, one for each service."""
    return cache(cloud(policy_of("sts:GetSessionToken")).client)


def policy_of(*actions):
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def parameters(client, one):
    shape = client.meta.service_model.operation_model(one.name).input_shape
    named = [name for name in shape.required_members if name in VALUES] if shape else []
    rest = [name for name in shape.required_members if name not in VALUES] if shape else []
    kinds = {"list": [{"Name": "type", "Values": ["static"]}], "string": "x-0123456789abcdef0"}
    return {name: VALUES[name] for name in named} | {
        name: kinds[shape.members[name].type_name] for name in rest
    }


@set_initial_no_auth_action_count(0)
def answer(client, one):
    try:
        getattr(client, xform_name(one.name))(**parameters(client, one))
    except ClientError as error:
        return error.response["Error"]["Code"]
    # moto asks who may call before it sees that it cannot answer, or that there is no such key.
    except (NotImplementedError, KeyError):
        return "NotImplemented"
    return "answered"


@pytest.mark.parametrize(
    "one",
    [
        operation
        for operation in OPERATIONS.values()
        if operation.actions and operation.id not in NOT_ASKED
    ],
    ids=lambda one: one.id,
)
def test_the_actions_of_the_table_are_what_lets_a_call_through(cloud, client, one):
    try:
        cloud(policy_of("sts:GetSessionToken"))
        refused = answer(client(one.client), one)
        cloud(policy_of(*one.actions))
        allowed = answer(client(one.client), one)
    except ParamValidationError as error:
        pytest.fail(f"the test does not know a parameter: {error}")
    assert refused in REFUSED
    assert (allowed in REFUSED) == (one.id in NOT_AS_AWS)


WANTED = (reads(AccountSummary), reads(DBInstance), reads(Bucket, "policy", "acl"))


@set_initial_no_auth_action_count(0)
def enforced(session):
    return gather_account(session, WANTED, regions=["us-east-1"])


def unknowns(snapshot):
    """The operations that something is unknown for."""
    (bucket,) = snapshot.all(Bucket, ACCOUNT) or (None,)
    fields = [one for one in (bucket and (bucket.policy, bucket.acl)) or () if one is not None]
    gaps = [one.unknown for one in snapshot.coverage]
    causes = [
        cause
        for unknown in (*fields, *gaps)
        if isinstance(unknown, Unknown)
        for cause in unknown.causes
    ]
    assert all(cause.why is Why.DENIED for cause in causes)
    return {action for cause in causes for action in cause.actions}


def test_a_selection_is_gathered_with_just_its_policy(cloud):
    assert unknowns(enforced(cloud(least_privilege_policy(WANTED)))) == set()


@pytest.mark.parametrize(
    "action",
    ["rds:DescribeDBInstances", "s3:ListAllMyBuckets", "s3:GetBucketPolicy", "s3:GetBucketAcl"],
)
def test_with_one_action_less_exactly_that_is_unknown(cloud, action):
    policy = least_privilege_policy(WANTED)
    policy["Statement"][0]["Action"].remove(action)
    assert unknowns(enforced(cloud(policy))) == {action}


def test_the_policy_of_root_mfa():
    assert least_privilege_policy([reads(AccountSummary)]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CloudpackBaselineRead",
                "Effect": "Allow",
                "Action": ["iam:GetAccountSummary"],
                "Resource": "*",
            }
        ],
    }


def test_fields_that_are_not_wanted_need_no_action():
    bare = least_privilege_policy([reads(AccountPublicAccessBlock), reads(Bucket)])
    assert bare["Statement"][0]["Action"] == [
        "s3:GetAccountPublicAccessBlock",
        "s3:ListAllMyBuckets",
    ]
    more = least_privilege_policy([reads(AccountPublicAccessBlock, "organization")])
    assert "organizations:DescribeEffectivePolicy" in more["Statement"][0]["Action"]


def test_nothing_wanted_needs_no_statement():
    assert least_privilege_policy([])["Statement"] == []


def test_a_policy_of_everything_fits_into_a_role():
    """The inline policies of a role may have 10,240 characters, a managed policy 6,144."""
    actions = {action for operation in OPERATIONS.values() for action in operation.actions}
    document = json.dumps(policy_of(*sorted(actions)), separators=(",", ":"))
    assert len(document) < 10_240
