"""Every API operation that the sources may call, all read-only, and what each needs.

The operations follow from the declarations of the records. The generated table contains what the
models of botocore say about each, and this module adds the rest. The IAM actions are those of the
Service Authorization Reference, not those that a mock requires. From this follow the guard on
clients, the least-privilege policy for a selection, and the file names of recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.filters import OPEN_PATCH_STATES, TLS_PARAMETERS
from cloudpack_baseline.sources._operation_shapes import TABLE

__all__ = ["EXCEPTIONS", "OPERATIONS", "Operation", "actions_of", "operation"]


def _read_only(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(parameters))


@frozen(kw_only=True)
class Operation:
    """One read-only operation.

    Attributes:
        client: the boto3 client, such as ``s3control``.
        name: the operation, such as ``GetPublicAccessBlock``.
        actions: the IAM actions that it requires; none if every caller may call it.
        items: the path to the items of a listing, such as ``Vpcs`` or
            ``DistributionList.Items``; empty for a single answer.
        bare: whether the items are bare names.
        subject: the parameter that names the subject; empty if there is none.
        plural: whether `subject` takes a list of names; a record of its own asks about one.
        answer: the member that every single answer contains; with `items`, it identifies a
            recorded answer. Empty if only the file name does.
        parameters: parameters that are always sent in addition to the subject.
        variants: other values of `parameters` that are requested as well; the file name of a
            recorded answer contains them.
        options: for the AWS CLI only: what replaces parameters of a gatherer.
        page_size: items per page, if the answer depends on it.
        optional_items: whether the answer lacks `items` where there are none.
        failures: the member that lists what could not be described; only what is ``MISSING`` is
            gone.
        among: for `subject`: the listing whose items are the subjects, and the path to their
            name, if no record declares it.
        placed: an operation of a global kind that is called in every Region with a bucket.
        edge: an operation of a global kind that is called where CloudFront keeps its settings.
        region: the only Region that answers an operation of a global kind.
        complete: for an operation that starts something: its ``State`` once that is complete.
    """

    client: str
    name: str
    actions: tuple[str, ...] = ()
    items: str = ""
    bare: bool = False
    subject: str = ""
    plural: bool = False
    answer: str = ""
    parameters: Mapping[str, Any] = field(factory=dict, converter=_read_only)
    variants: tuple[Mapping[str, str], ...] = ()
    options: str = ""
    page_size: int = 0
    optional_items: bool = False
    failures: str = ""
    among: tuple[str, str] = ("", "")
    placed: bool = False
    edge: bool = False
    region: str = ""
    complete: str = ""

    @property
    def id(self) -> str:
        """``client:Name``."""
        return f"{self.client}:{self.name}"

    def about(self, name: str) -> dict[str, str | list[str]]:
        """The parameter that names the subject."""
        return {self.subject: [name] if self.plural else name}

    def subjects_of(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """The subjects of a request that names several, else that of `subject_of`."""
        names = parameters.get(self.subject) if self.plural else None
        return tuple(map(str, names)) if names else (self.subject_of(parameters),)

    def subject_of(self, parameters: Mapping[str, Any]) -> str:
        """The subject in the parameters, or in a variant of them; empty if there is none."""
        if self.subject:
            name = parameters.get(self.subject, "")
            return str(name[0] if self.plural else name)
        variants = (variant for variant in self.variants if variant.items() <= parameters.items())
        return next((value for variant in variants for value in variant.values()), "")


_ROOTS = ("organizations:ListRoots", "Id")
_ELB = "elasticloadbalancing"
MULTI_REGION = "us-west-2"
"""Where Multi-Region Access Points are managed."""
GLOBAL_ACCELERATOR = "us-west-2"
"""Where AWS Global Accelerator is managed."""
_TLS_FILTER = {"Name": "parameter-name", "Values": list(TLS_PARAMETERS)}
DOMAINS = "us-east-1"
"""The only Region with the API of registered domains (Route 53 endpoints and quotas)."""
NOTIFICATIONS = "us-east-1"
"""Where AWS User Notifications answers."""
PUBLIC_REGISTRY = "us-east-1"
"""Where the public registry is managed (Amazon ECR Public endpoints and quotas)."""
_SNAPSHOTS = {
    "parameters": {"SnapshotType": "automated"},
    "variants": ({"SnapshotType": "awsbackup"}, {"SnapshotType": "manual"}),
}


_CLUSTER_OF_ARN = '--cluster "$(basename "$(dirname "$name")")"'
"""ARNs of services and tasks end with the names of the cluster and of themselves."""


_NAME_OF_IP_SET = (
    '--name "$(aws wafv2 list-ip-sets --scope REGIONAL --region "$region" '
    """--query "IPSets[?Id=='$name'].Name" --output text)\""""
)
"""IP sets are read by ID and name together."""


def _equal(*values: str) -> list[dict[str, str]]:
    """A filter of Amazon Inspector: one of the values."""
    return [{"comparison": "EQUALS", "value": value} for value in values]


EXCEPTIONS: Mapping[str, Mapping[str, Any]] = {
    "sts:GetCallerIdentity": {"actions": ()},
    "iam:GetLoginProfile": {"subject": "UserName"},  # the caller's own without it
    "iam:ListAccessKeys": {"subject": "UserName"},
    "iam:ListMFADevices": {"subject": "UserName"},
    "iam:ListSSHPublicKeys": {"subject": "UserName"},
    "iam:ListVirtualMFADevices": {"parameters": {"AssignmentStatus": "Assigned"}},
    "iam:ListServiceSpecificCredentials": {"parameters": {"AllUsers": True}},
    "iam:GenerateCredentialReport": {"complete": "COMPLETE"},
    "stepfunctions:ListStateMachines": {"actions": ("states:ListStateMachines",)},
    "stepfunctions:DescribeStateMachine": {"actions": ("states:DescribeStateMachine",)},
    "account:GetAlternateContact": {"parameters": {"AlternateContactType": "SECURITY"}},
    # For the images that launch templates name; without options it lists every public one.
    "ec2:DescribeImages": {"options": "--owners self"},
    "ec2:DescribeImageAttribute": {"parameters": {"Attribute": "launchPermission"}},
    "dynamodb:ListBackups": {"parameters": {"BackupType": "ALL"}},
    "ec2:DescribeSnapshots": {"parameters": {"OwnerIds": ["self"]}},
    "ec2:DescribeSnapshotAttribute": {"parameters": {"Attribute": "createVolumePermission"}},
    # moto returns no more than one page.
    "ec2:DescribeLaunchTemplateVersions": {
        "parameters": {"Versions": ["$Default", "$Latest"]},
        "page_size": 200,
    },
    "ec2:SearchTransitGatewayRoutes": {
        "parameters": {"Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]}
    },
    "elasticache:DescribeCacheClusters": {"parameters": {"ShowCacheNodeInfo": True}},
    "elb:DescribeLoadBalancers": {"actions": (f"{_ELB}:DescribeLoadBalancers",)},
    "elb:DescribeLoadBalancerPolicies": {
        "actions": (f"{_ELB}:DescribeLoadBalancerPolicies",),
        "subject": "LoadBalancerName",
    },
    "elbv2:DescribeLoadBalancers": {"actions": (f"{_ELB}:DescribeLoadBalancers",)},
    "elbv2:DescribeLoadBalancerAttributes": {
        "actions": (f"{_ELB}:DescribeLoadBalancerAttributes",)
    },
    "elbv2:DescribeListeners": {
        "actions": (f"{_ELB}:DescribeListeners",),
        "subject": "LoadBalancerArn",
    },
    "globalaccelerator:ListAccelerators": {"region": GLOBAL_ACCELERATOR},
    "globalaccelerator:ListCrossAccountAttachments": {"region": GLOBAL_ACCELERATOR},
    "globalaccelerator:ListCustomRoutingAccelerators": {"region": GLOBAL_ACCELERATOR},
    "globalaccelerator:ListListeners": {
        "region": GLOBAL_ACCELERATOR,
        "among": ("globalaccelerator:ListAccelerators", "AcceleratorArn"),
    },
    "globalaccelerator:ListEndpointGroups": {
        "region": GLOBAL_ACCELERATOR,
        "among": ("globalaccelerator:ListListeners", "ListenerArn"),
    },
    "wafv2:ListIPSets": {"parameters": {"Scope": "REGIONAL"}},
    "wafv2:GetIPSet": {
        "subject": "Id",
        "parameters": {"Scope": "REGIONAL"},
        "options": _NAME_OF_IP_SET,
    },
    "elbv2:DescribeRules": {
        "actions": (f"{_ELB}:DescribeRules",),
        "subject": "ListenerArn",
        "among": ("elbv2:DescribeListeners", "ListenerArn"),
    },
    "elbv2:DescribeSSLPolicies": {"actions": (f"{_ELB}:DescribeSSLPolicies",)},
    "elbv2:DescribeTargetGroups": {"actions": (f"{_ELB}:DescribeTargetGroups",)},
    "elbv2:DescribeTargetGroupAttributes": {"actions": (f"{_ELB}:DescribeTargetGroupAttributes",)},
    "elbv2:DescribeTargetHealth": {"actions": (f"{_ELB}:DescribeTargetHealth",)},
    "codeartifact:GetRepositoryPermissionsPolicy": {"subject": "repository"},
    "schemas:GetResourcePolicy": {"subject": "RegistryName"},
    "sesv2:ListEmailIdentities": {"actions": ("ses:ListEmailIdentities",)},
    "sesv2:GetEmailIdentityPolicies": {"actions": ("ses:GetEmailIdentityPolicies",)},
    "servicecatalog:DescribePortfolioShares": {"parameters": {"Type": "ACCOUNT"}},
    "glacier:ListVaults": {"parameters": {"accountId": "-"}},
    "glacier:GetVaultAccessPolicy": {"parameters": {"accountId": "-"}},
    "guardduty:GetDetector": {"items": ""},
    "opensearchserverless:ListSecurityPolicies": {
        "actions": ("aoss:ListSecurityPolicies",),
        "parameters": {"type": "network"},
    },
    "opensearchserverless:GetSecurityPolicy": {
        "actions": ("aoss:GetSecurityPolicy",),
        "parameters": {"type": "network"},
    },
    "inspector2:ListCoverage": {
        "parameters": {
            "filterCriteria": {
                "resourceType": _equal("AWS_EC2_INSTANCE", "AWS_ECR_CONTAINER_IMAGE"),
                "scanType": _equal("PACKAGE"),
            }
        }
    },
    "inspector2:ListFindings": {
        "parameters": {
            "filterCriteria": {
                "findingStatus": _equal("ACTIVE"),
                "fixAvailable": _equal("YES", "PARTIAL"),
                "severity": _equal("CRITICAL", "HIGH"),
            }
        }
    },
    "ssm:ListResourceComplianceSummaries": {
        "parameters": {"Filters": [{"Key": "ComplianceType", "Values": ["Patch"], "Type": "EQUAL"}]}
    },
    "ssm:DescribeInstancePatches": {
        "parameters": {"Filters": [{"Key": "State", "Values": list(OPEN_PATCH_STATES)}]}
    },
    "rds:DescribeDBParameters": {"parameters": {"Filters": [_TLS_FILTER]}},
    "rds:DescribeDBClusterParameters": {"parameters": {"Filters": [_TLS_FILTER]}},
    "apigateway:GetRestApis": {"actions": ("apigateway:GET",)},
    # No token continues it, so one page has to be large.
    "firehose:ListDeliveryStreams": {"parameters": {"Limit": 10_000}},
    "kinesis:ListStreams": {"items": "StreamSummaries", "bare": False},
    "kms:GetKeyPolicy": {"parameters": {"PolicyName": "default"}},
    # SQS leaves the list out where there is no queue, and pages only if a size is given.
    "sqs:ListQueues": {"page_size": 1000, "optional_items": True},
    "sqs:GetQueueAttributes": {"parameters": {"AttributeNames": ["Policy"]}},
    "ecr-public:DescribeRepositories": {"region": PUBLIC_REGISTRY},
    "efs:DescribeFileSystems": {"actions": ("elasticfilesystem:DescribeFileSystems",)},
    "efs:DescribeBackupPolicy": {"actions": ("elasticfilesystem:DescribeBackupPolicy",)},
    "efs:DescribeFileSystemPolicy": {"actions": ("elasticfilesystem:DescribeFileSystemPolicy",)},
    "ssm:ListDocuments": {"parameters": {"Filters": [{"Key": "Owner", "Values": ["Self"]}]}},
    # botocore does not page it, so one page has to be large.
    "ssm:DescribeDocumentPermission": {
        "parameters": {"PermissionType": "Share", "MaxResults": 200}
    },
    "opensearch:ListDomainNames": {"actions": ("es:ListDomainNames",)},
    "opensearch:DescribeDomain": {"actions": ("es:DescribeDomain",)},
    "ram:GetResourceShares": {
        "parameters": {"resourceOwner": "SELF", "resourceShareStatus": "ACTIVE"}
    },
    "ram:GetResourceShareAssociations": {"parameters": {"associationType": "PRINCIPAL"}},
    "redshift:DescribeClusterSnapshots": {"parameters": {"SnapshotType": "manual"}},
    "route53:GetDNSSEC": {"items": ""},
    "route53domains:ListDomains": {"region": DOMAINS},
    "route53domains:GetDomainDetail": {"region": DOMAINS},
    "s3:HeadBucket": {"actions": ("s3:ListBucket",)},
    "rds:DescribeDBSnapshots": _SNAPSHOTS,
    "rds:DescribeDBClusterSnapshots": _SNAPSHOTS,
    # Without a page size the answer leaves out where the buckets are.
    "s3:ListBuckets": {"actions": ("s3:ListAllMyBuckets",), "page_size": 1000},
    "s3:GetBucketAcl": {"items": ""},
    "s3:GetBucketWebsite": {"items": ""},
    "s3:GetBucketEncryption": {"actions": ("s3:GetEncryptionConfiguration",)},
    "s3:GetBucketLifecycleConfiguration": {
        "actions": ("s3:GetLifecycleConfiguration",),
        "items": "",
    },
    "s3:GetObjectLockConfiguration": {"actions": ("s3:GetBucketObjectLockConfiguration",)},
    "s3:GetBucketReplication": {"actions": ("s3:GetReplicationConfiguration",)},
    "s3:GetPublicAccessBlock": {"actions": ("s3:GetBucketPublicAccessBlock",)},
    # The answer for a bucket looks the same, so only the file name distinguishes it.
    "s3control:GetPublicAccessBlock": {
        "actions": ("s3:GetAccountPublicAccessBlock",),
        "answer": "",
    },
    "s3control:ListAccessPoints": {"actions": ("s3:ListAccessPoints",), "placed": True},
    "s3control:GetAccessPoint": {"actions": ("s3:GetAccessPoint",), "placed": True},
    "s3control:GetAccessPointPolicy": {"actions": ("s3:GetAccessPointPolicy",), "placed": True},
    "s3control:ListMultiRegionAccessPoints": {
        "actions": ("s3:ListMultiRegionAccessPoints",),
        "region": MULTI_REGION,
    },
    "s3control:GetMultiRegionAccessPointPolicy": {
        "actions": ("s3:GetMultiRegionAccessPointPolicy",),
        "region": MULTI_REGION,
    },
    "cloudwatch:DescribeAlarms": {"parameters": {"AlarmTypes": ["CompositeAlarm", "MetricAlarm"]}},
    "securityhub:GetFindingAggregator": {"items": ""},
    "ssm-guiconnect:GetConnectionRecordingPreferences": {"answer": ""},
    "notifications:ListNotificationConfigurations": {"region": NOTIFICATIONS},
    "notifications:ListChannels": {"region": NOTIFICATIONS},
    "notifications:ListEventRules": {"region": NOTIFICATIONS},
    "config:DescribeConfigurationRecorderStatus": {
        "subject": "ConfigurationRecorderNames",
        "plural": True,
    },
    "ecs:DescribeClusters": {
        "subject": "clusters",
        "plural": True,
        "parameters": {"include": ["CONFIGURATIONS"]},
    },
    "ecs:DescribeTaskDefinition": {"items": ""},
    "ecs:ListServices": {"subject": "cluster", "page_size": 100},
    "ecs:ListTasks": {"subject": "cluster"},
    "ecs:DescribeServices": {
        "items": "services",
        "subject": "services",
        "plural": True,
        "failures": "failures",
        "parameters": {"include": ["TAGS"]},
        "options": _CLUSTER_OF_ARN,
    },
    "ecs:DescribeTasks": {
        "items": "tasks",
        "subject": "tasks",
        "plural": True,
        "failures": "failures",
        "parameters": {"include": ["TAGS"]},
        "options": _CLUSTER_OF_ARN,
    },
    "ssm:GetDocument": {"parameters": {"Name": "SSM-SessionManagerRunShell"}},
    "cloudtrail:LookupEvents": {
        "parameters": {
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "AssumeRoot"}]
        }
    },
    "cloudtrail:DescribeTrails": {"parameters": {"includeShadowTrails": True}},
    "cloudfront:GetRealtimeLogConfig": {
        "subject": "ARN",
        "among": (
            "cloudfront:ListDistributions",
            "[DefaultCacheBehavior, CacheBehaviors.Items[]][][].RealtimeLogConfigArn",
        ),
    },
    # A page contains 100, and the quota is 25 VPC origins an account.
    "cloudfront:ListVpcOrigins": {"items": "VpcOriginList.Items"},
    "logs:DescribeDeliverySources": {"edge": True},
    "logs:DescribeDeliveries": {"edge": True},
    "logs:DescribeDeliveryDestinations": {"edge": True},
    "organizations:DescribeEffectivePolicy": {
        "subject": "PolicyType",
        "parameters": {"PolicyType": "S3_POLICY"},
        "variants": ({"PolicyType": "AISERVICES_OPT_OUT_POLICY"},),
    },
    # A script asks about what is right below the root; deeper levels need its lines again.
    "organizations:ListOrganizationalUnitsForParent": {"among": _ROOTS},
    "organizations:ListAccountsForParent": {"among": _ROOTS},
    "lambda:ListFunctions": {"variants": ({"FunctionVersion": "ALL"},)},
    "organizations:ListPolicies": {
        "parameters": {"Filter": "SERVICE_CONTROL_POLICY"},
        "variants": ({"Filter": "RESOURCE_CONTROL_POLICY"},),
    },
}
"""What no model says, by operation."""


def _operation(row: str) -> Operation:
    key, items, subject, answer = row.replace(" -", " ").split(" ")
    client, _, name = key.partition(":")
    members: dict[str, Any] = {
        "actions": (key,),
        "items": items.removesuffix("[]"),
        "bare": items.endswith("[]"),
        "subject": subject.removesuffix("[]"),
        "plural": subject.endswith("[]"),
        "answer": answer,
    }
    members |= EXCEPTIONS.get(key, {})
    if members["items"] or members["subject"]:
        members["answer"] = ""
    return Operation(client=client, name=name, **members)


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {api_operation.id: api_operation for api_operation in map(_operation, TABLE.splitlines())}
)
"""By ID, such as ``s3:GetBucketPolicy``."""


def operation(key: str) -> Operation:
    """The operation of that ID.

    Raises:
        KeyError: it is not on the list, so the sources must not call it.
    """
    return OPERATIONS[key]


def actions_of(keys: Iterable[str]) -> tuple[str, ...]:
    """The IAM actions that the operations need, sorted, each once."""
    return tuple(sorted({action for key in keys for action in operation(key).actions}))
