"""What moto cannot report, and what is used instead: the fidelity table.

There are two kinds. A state with a documented default in a new account is assumed to be that
default if moto has no answer or omits it, and the snapshot says so (`Snapshot.assumptions`).
Everything else that moto answers with a constant is unknown until a test declares it
(`cloudpack_baseline.testing`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.calls import Answer, CallError
from cloudpack_baseline.sources.tls_policies import (
    CLASSIC_POLICIES,
    DEFAULT_POLICY,
    POLICIES,
    protocols_of,
)

__all__ = [
    "GAPS",
    "Adjusted",
    "Constant",
    "Default",
    "Gap",
    "Incomplete",
    "LeftOut",
    "Respelled",
]


@frozen
class Constant:
    """moto always answers the same, or nothing, whatever the account is like.

    Attributes:
        detail: what to do about it.
    """

    detail: str


@frozen
class Default:
    """moto does not implement the call; a fresh account would answer this.

    Attributes:
        assumption: its ID, for `Snapshot.assumptions`.
        answer: what AWS answers; or
        error: the error code that it answers by.
    """

    assumption: str
    answer: Answer = field(factory=dict)
    error: str = ""

    def answered(self) -> Answer:
        """What a fresh account answers.

        Raises:
            CallError: it answers by an error.
        """
        if self.error:
            raise CallError(self.error)
        return self.answer


@frozen
class LeftOut:
    """moto answers, but loses a part of what was set; a new account has none of it.

    Attributes:
        assumption: its ID, for `Snapshot.assumptions`.
        listing: the key of the items that should contain it.
        member: the key that they never contain.
    """

    assumption: str
    listing: str
    member: str

    def holds(self, page: Answer) -> bool:
        """Whether the page has items, and none of them carries the part."""
        items = page.get(self.listing) or ()
        return bool(items) and not any(self.member in item for item in items)


@frozen
class Adjusted:
    """moto answers, but not with the state that the resource has on AWS.

    Attributes:
        assumption: its ID, for `Snapshot.assumptions`.
        adjust: the page as AWS would answer it; the page itself if nothing is to be assumed.
    """

    assumption: str
    adjust: Callable[[Answer], Answer]


@frozen
class Incomplete:
    """moto answers with a part of what AWS has; what depends on the rest is unknown.

    Attributes:
        detail: what there is, for the table.
        absent: the error code of what moto does not have at all, and AWS has.
        answer: what is answered instead of this error.
    """

    detail: str
    absent: str = ""
    answer: Answer = field(factory=dict)


@frozen
class Respelled:
    """moto answers with what was set, in a form that AWS never sends.

    Attributes:
        detail: what is different, for the table.
        respell: the page as AWS would answer it.
    """

    detail: str
    respell: Callable[[Answer], Answer]


def _with_policy_of_function(page: Answer) -> Answer:
    """Statements as AddPermission of AWS writes them (AWS Lambda API Reference)."""
    policy = json.loads(page["Policy"])
    statements = [_of_permission(statement) for statement in policy["Statement"]]
    return {**page, "Policy": json.dumps({**policy, "Statement": statements})}


def _of_permission(statement: Answer) -> Answer:
    spelled = dict(statement)
    principal = spelled.get("Principal")
    if isinstance(principal, str) and principal != "*":
        is_service = not (principal.isdigit() or principal.startswith("arn:"))
        spelled["Principal"] = {"Service" if is_service else "AWS": principal}
    if authentication := spelled.pop("FunctionUrlAuthType", None):
        condition = {"StringEquals": {"lambda:FunctionUrlAuthType": authentication}}
        spelled["Condition"] = spelled.get("Condition", {}) | condition
    return spelled


def _with_bus_policies(page: Answer) -> Answer:
    """``*`` of PutPermission, which moto takes for an account ID."""
    buses = [
        {**bus, "Policy": re.sub(r'"arn:[a-z-]+:iam::\*:root"', '"*"', bus["Policy"])}
        if bus.get("Policy")
        else bus
        for bus in page.get("EventBuses") or ()
    ]
    return {**page, "EventBuses": buses}


def _with_own_certificates(page: Answer) -> Answer:
    """``CloudFrontDefaultCertificate`` is false beside a certificate."""
    listed = page.get("DistributionList") or {}
    distributions = [
        {**item, "ViewerCertificate": _certificate(item.get("ViewerCertificate") or {})}
        for item in listed.get("Items") or ()
    ]
    return {**page, "DistributionList": {**listed, "Items": distributions}}


def _certificate(viewer: Answer) -> Answer:
    is_own = bool(viewer.get("ACMCertificateArn") or viewer.get("IAMCertificateId"))
    return {**viewer, "CloudFrontDefaultCertificate": False} if is_own else viewer


def _with_all_policies(page: Answer) -> Answer:
    """The predefined security policies that moto does not have."""
    listed = page.get("SslPolicies") or ()
    names = {policy["Name"] for policy in listed}
    missing = [
        {"Name": name, "SslProtocols": list(protocols_of(name))}
        for name in POLICIES
        if name not in names
    ]
    return {**page, "SslPolicies": [*listed, *missing]}


def _with_default_policies(page: Answer) -> Answer:
    """The policy that a listener with TLS has on AWS if it names none."""
    key = "LoadBalancerDescriptions"
    return {
        **page,
        key: [
            {
                **balancer,
                "ListenerDescriptions": [
                    _with_default_policy(listener)
                    for listener in balancer.get("ListenerDescriptions") or ()
                ],
            }
            for balancer in page.get(key) or ()
        ],
    }


def _with_default_policy(listener: Answer) -> Answer:
    uses_tls = listener["Listener"]["Protocol"] in _TLS_PROTOCOLS
    if not uses_tls or listener.get("PolicyNames"):
        return listener
    return {**listener, "PolicyNames": [DEFAULT_POLICY]}


def _with_versions(page: Answer) -> Answer:
    """The versions of TLS that a policy refers to, and the predefined policies."""
    policies = [_with_versions_of_policy(policy) for policy in page.get(_DESCRIPTIONS) or ()]
    names = {policy["PolicyName"] for policy in policies}
    predefined = [_predefined(name) for name in CLASSIC_POLICIES if name not in names]
    return {**page, _DESCRIPTIONS: [*policies, *predefined]}


def _with_versions_of_policy(policy: Answer) -> Answer:
    attributes = policy.get("PolicyAttributeDescriptions") or ()
    references = [
        attribute.get("AttributeValue")
        for attribute in attributes
        if attribute["AttributeName"] == "Reference-Security-Policy"
    ]
    versions = [version for name in references for version in protocols_of(str(name))]
    return {**policy, "PolicyAttributeDescriptions": [*attributes, *_enabled(versions)]}


def _predefined(name: str) -> Answer:
    return {
        "PolicyName": name,
        "PolicyTypeName": "SSLNegotiationPolicyType",
        "PolicyAttributeDescriptions": _enabled(protocols_of(name)),
    }


def _enabled(versions: Iterable[str]) -> list[Answer]:
    return [
        {"AttributeName": f"Protocol-{version}", "AttributeValue": "true"} for version in versions
    ]


def _recorded(page: Answer) -> Answer:
    """A recorder that was started stays ``PENDING`` on moto."""
    key = "ConfigurationRecordersStatus"
    statuses = [
        {**status, "lastStatus": "Success"} if status.get("lastStatus") == "PENDING" else status
        for status in page.get(key) or ()
    ]
    return page if statuses == list(page.get(key) or ()) else {**page, key: statuses}


def _with_status(page: Answer) -> Answer:
    """Moto describes an account only once something was enabled in it."""
    off = {name: {"status": "DISABLED"} for name in ("ec2", "ecr", "lambda", "lambdaCode")}
    return page if page.get("accounts") else {**page, "accounts": [{"resourceState": off}]}


def _with_encryption(page: Answer) -> Answer:
    """Moto leaves out of a cluster what was not set; the default is false (CacheCluster).

    A member of a replication group has the settings of the group.
    """
    key = "CacheClusters"
    off = dict.fromkeys(("AtRestEncryptionEnabled", "TransitEncryptionEnabled"), False)
    clusters = [
        cluster if "ReplicationGroupId" in cluster else {**off, **cluster}
        for cluster in page.get(key) or ()
    ]
    return page if clusters == list(page.get(key) or ()) else {**page, key: clusters}


"""Fewer buckets are located by fewer calls one by one."""

_DESCRIPTIONS = "PolicyDescriptions"
_TLS_PROTOCOLS = frozenset(("HTTPS", "SSL"))
_NO_REALTIME_LOGS = "moto keeps no configurations of real-time logs"
_NO_SUPPORT_DATES = "moto does not know until when engine versions are supported"
_NO_NODES = "moto has no nodes that AWS Systems Manager manages"
_SET_ROOT = (
    "moto returns constants: declare the facts with cloudpack_baseline.testing.set_root, or for "
    "a running server with moto:URL?root-mfa=true"
)

Gap: TypeAlias = Adjusted | Constant | Default | Incomplete | LeftOut | Respelled

GAPS: Mapping[str, Gap] = MappingProxyType(
    {
        "iam:GetAccountSummary": Constant(_SET_ROOT),
        "iam:GetAccountAuthorizationDetails": LeftOut(
            "no-user-boundaries", "UserDetailList", "PermissionsBoundary"
        ),
        "rds:DescribeDBParameters": Incomplete("only the parameters that were set"),
        "rds:DescribeDBClusterParameters": Incomplete(
            "only the parameters that were set, and no default groups",
            absent="DBParameterGroupNotFound",
            answer={"Parameters": []},
        ),
        "elbv2:DescribeSSLPolicies": Respelled(
            "only some of the security policies", _with_all_policies
        ),
        "elb:DescribeLoadBalancers": Respelled(
            "no policy of a listener that was created without one", _with_default_policies
        ),
        "elb:DescribeLoadBalancerPolicies": Respelled(
            "no predefined policies, and none of the versions that `Reference-Security-Policy` "
            "stands for",
            _with_versions,
        ),
        "ec2:DescribeNetworkInterfaces": Incomplete(
            "none of load balancers, caches, warehouses and search domains (those of databases are "
            "added here)"
        ),
        "lambda:GetPolicy": Respelled(
            "principals as plain text, and `FunctionUrlAuthType` outside of `Condition`",
            _with_policy_of_function,
        ),
        "events:ListEventBuses": Respelled(
            "the principal `*` as the account ID of an ARN", _with_bus_policies
        ),
        "cloudfront:ListDistributions": Respelled(
            "`CloudFrontDefaultCertificate` true beside any certificate", _with_own_certificates
        ),
        "ecs:DescribeServices": LeftOut("ecs-exec-off", "services", "enableExecuteCommand"),
        "ecs:DescribeTasks": LeftOut("ecs-exec-off", "tasks", "enableExecuteCommand"),
        "codeartifact:ListDomains": Default("no-code-artifacts", {"domains": []}),
        "codeartifact:ListRepositories": Default("no-code-artifacts", {"repositories": []}),
        "schemas:ListRegistries": Default("no-schema-registries", {"Registries": []}),
        "glacier:GetVaultAccessPolicy": Default(
            "no-vault-policies", error="ResourceNotFoundException"
        ),
        "cloudtrail:LookupEvents": Default("no-root-sessions", {"Events": []}),
        "iam:ListServiceSpecificCredentials": Default(
            "no-service-specific-credentials", {"ServiceSpecificCredentials": []}
        ),
        "notifications:ListNotificationConfigurations": Default(
            "no-user-notifications", {"notificationConfigurations": []}
        ),
        "ssm:DescribeInstanceInformation": Constant(_NO_NODES),
        "ssm-guiconnect:GetConnectionRecordingPreferences": Default("no-desktop-recording", {}),
        "ec2:GetSerialConsoleAccessStatus": Default(
            "serial-console-off", {"SerialConsoleAccessEnabled": False}
        ),
        "ec2:DescribeInstanceConnectEndpoints": Default(
            "no-instance-connect-endpoints", {"InstanceConnectEndpoints": []}
        ),
        "globalaccelerator:ListAccelerators": Default("no-accelerators", {"Accelerators": []}),
        "globalaccelerator:ListCustomRoutingAccelerators": Default(
            "no-accelerators", {"Accelerators": []}
        ),
        "globalaccelerator:ListCrossAccountAttachments": Default(
            "no-accelerators", {"CrossAccountAttachments": []}
        ),
        "securityhub:DescribeHub": Default("no-security-hub", error="InvalidAccessException"),
        "securityhub:DescribeSecurityHubV2": Default(
            "no-security-hub", error="ResourceNotFoundException"
        ),
        "securityhub:ListFindingAggregators": Default(
            "no-security-hub", {"FindingAggregators": []}
        ),
        "config:DescribeConfigurationRecorderStatus": Adjusted("recorder-succeeds", _recorded),
        "cloudfront:GetRealtimeLogConfig": Constant(_NO_REALTIME_LOGS),
        "organizations:DescribeEffectivePolicy": Default(
            "no-organization-s3-policy", error="AWSOrganizationsNotInUseException"
        ),
        "ec2:DescribeVpcBlockPublicAccessOptions": Default(
            "vpc-block-public-access-off",
            {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}},
        ),
        "ec2:DescribeVpcBlockPublicAccessExclusions": Default(
            "vpc-block-public-access-off", {"VpcBlockPublicAccessExclusions": []}
        ),
        "ec2:GetInstanceMetadataDefaults": Default(
            "no-instance-metadata-defaults", {"AccountLevel": {}}
        ),
        "backup:GetBackupVaultAccessPolicy": Default(
            "no-backup-vault-policies", error="ResourceNotFoundException"
        ),
        "dlm:GetLifecyclePolicies": Default("no-lifecycle-policies", {"Policies": []}),
        "ecr-public:DescribeRepositories": Default("no-public-repositories", {"repositories": []}),
        "ec2:DescribeExportTasks": Default("no-export-tasks", {"ExportTasks": []}),
        "ec2:DescribeExportImageTasks": Default("no-export-tasks", {"ExportImageTasks": []}),
        "storagegateway:ListGateways": Default("no-storage-gateways", {"Gateways": []}),
        "elasticbeanstalk:CheckDNSAvailability": Constant(
            "moto does not know which names of AWS Elastic Beanstalk are free"
        ),
        "ec2:GetSnapshotBlockPublicAccessState": Default(
            "snapshot-block-public-access-off", {"State": "unblocked"}
        ),
        "elasticache:DescribeCacheClusters": Adjusted("caches-unencrypted", _with_encryption),
        "elasticache:DescribeServerlessCaches": Default(
            "no-serverless-caches", {"ServerlessCaches": []}
        ),
        "backup:ListProtectedResources": Default("no-protected-resources", {"Results": []}),
        "fsx:DescribeVolumes": Default("no-fsx-volumes", {"Volumes": []}),
        "elasticache:DescribeServerlessCacheSnapshots": Default(
            "no-serverless-cache-snapshots", {"ServerlessCacheSnapshots": []}
        ),
        "signin:GetResourcePolicy": Default("no-sign-in-policy", error="ResourceNotFoundException"),
        "signin:GetConsoleAuthorizationConfiguration": Default(
            "no-sign-in-policy", error="ResourceNotFoundException"
        ),
        "lambda:ListFunctionUrlConfigs": Default("no-urls-of-aliases", {"FunctionUrlConfigs": []}),
        "inspector2:BatchGetAccountStatus": Adjusted("inspector-disabled", _with_status),
        "inspector2:ListCoverage": Default("no-inspector-coverage", {"coveredResources": []}),
        "ssm:ListResourceComplianceSummaries": Default(
            "no-patch-compliance", {"ResourceComplianceSummaryItems": []}
        ),
        "rds:DescribeDBMajorEngineVersions": Constant(_NO_SUPPORT_DATES),
        "cloudfront:ListVpcOrigins": Default("no-vpc-origins", {"VpcOriginList": {"Items": []}}),
        # moto has Aurora DSQL in few regions, and fails in the others.
        "ec2:DescribeVpcEndpointConnections": Default(
            "no-endpoint-connections", {"VpcEndpointConnections": []}
        ),
        "dsql:ListClusters": Default("no-dsql-clusters", {"clusters": []}),
        "neptune-graph:ListGraphs": Default("no-neptune-graphs", {"graphs": []}),
        "redshift:DescribeDataSharesForProducer": Default(
            "no-redshift-data-shares", {"DataShares": []}
        ),
        "redshift-serverless:ListSnapshots": Default(
            "no-redshift-serverless-snapshots", {"snapshots": []}
        ),
        "redshift-serverless:ListWorkgroups": Default("no-redshift-workgroups", {"workgroups": []}),
        "cloudtrail:ListEventDataStores": Default("no-event-data-stores", {"EventDataStores": []}),
        "ec2:DescribeSecurityGroupVpcAssociations": Default(
            "no-security-group-vpc-associations", {"SecurityGroupVpcAssociations": []}
        ),
        # No retention rule of the Recycle Bin exists in a new account.
        "ec2:ListSnapshotsInRecycleBin": Default("recycle-bin-empty", {"Snapshots": []}),
        "ec2:ListImagesInRecycleBin": Default("recycle-bin-empty", {"Images": []}),
        "rds:DescribeDBClusterAutomatedBackups": Default(
            "no-retained-cluster-backups", {"DBClusterAutomatedBackups": []}
        ),
    }
)
"""By operation ID."""
