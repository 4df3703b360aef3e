"""Every API operation that the sources may call: the read-only list, and what each needs.

The IAM actions are those of the Service Authorization Reference, not those that a
mock wants. From this one table follow the guard on live clients, the least-privilege
policy of a selection, and the file names of recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

__all__ = ["OPERATIONS", "Operation", "actions_of", "operation"]


def _read_only(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(parameters))


@frozen(kw_only=True)
class Operation:
    """One read-only operation.

    Attributes:
        client: the boto3 client, as ``s3control``.
        name: the operation, as ``GetPublicAccessBlock``.
        actions: the IAM actions that it needs; none where every caller may call it.
        items: the answer's key that holds the items of a listing, as ``Vpcs``, or the way
            to it, as ``DistributionList.Items``; empty for a single answer.
        subject: the parameter that names what is asked about; empty where nothing is named.
        answer: the answer's key that every answer of a single kind holds; with `items`
            it tells what a recorded answer is of. Empty where only the file's name tells.
        parameters: what is always asked for beside the subject.
        options: for the AWS CLI alone: what stands in for parameters of a gatherer.
        page_size: items a page, where the answer depends on it.
        among: for `subject`: the listing whose items are asked about, and the key of
            their name; no key where the items are bare names.
        placed: a global kind's operation that is asked in every region with a bucket.
        edge: a global kind's operation that is asked where CloudFront keeps its settings.
    """

    client: str
    name: str
    actions: tuple[str, ...] = ()
    items: str = ""
    subject: str = ""
    answer: str = ""
    parameters: Mapping[str, Any] = field(factory=dict, converter=_read_only)
    options: str = ""
    page_size: int = 0
    among: tuple[str, str] = ("", "")
    placed: bool = False
    edge: bool = False

    @property
    def id(self) -> str:
        """``client:Name``."""
        return f"{self.client}:{self.name}"


def _table(*operations: Operation) -> Mapping[str, Operation]:
    return MappingProxyType({one.id: one for one in operations})


def _ec2(name: str, items: str, options: str = "", **parameters: object) -> Operation:
    return Operation(
        client="ec2",
        name=name,
        actions=(f"ec2:{name}",),
        items=items,
        options=options,
        parameters=parameters,
    )


def _ec2_of(name: str, items: str, listing: str, subject: str, **parameters: object) -> Operation:
    return Operation(
        client="ec2",
        name=name,
        actions=(f"ec2:{name}",),
        items=items,
        subject=subject,
        parameters=parameters,
        among=(f"ec2:{listing}", subject),
    )


def _elasticache(name: str, items: str, **parameters: object) -> Operation:
    return Operation(
        client="elasticache",
        name=name,
        actions=(f"elasticache:{name}",),
        items=items,
        parameters=parameters,
    )


def _rds(name: str, items: str, **parameters: object) -> Operation:
    return Operation(
        client="rds", name=name, actions=(f"rds:{name}",), items=items, parameters=parameters
    )


def _bucket(name: str, action: str) -> Operation:
    return Operation(
        client="s3",
        name=name,
        actions=(f"s3:{action}",),
        subject="Bucket",
        among=("s3:ListBuckets", "Name"),
    )


def _access_point(name: str) -> Operation:
    return Operation(
        client="s3control",
        name=name,
        actions=(f"s3:{name}",),
        subject="Name",
        among=("s3control:ListAccessPoints", "Name"),
        placed=True,
    )


def _trail(name: str, subject: str) -> Operation:
    return Operation(
        client="cloudtrail",
        name=name,
        actions=(f"cloudtrail:{name}",),
        subject=subject,
        among=("cloudtrail:DescribeTrails", "TrailARN"),
    )


def _of_distributions(name: str, subject: str, among: str) -> Operation:
    return Operation(
        client="cloudfront",
        name=name,
        actions=(f"cloudfront:{name}",),
        subject=subject,
        among=("cloudfront:ListDistributions", among),
    )


def _deliveries(name: str, items: str) -> Operation:
    return Operation(client="logs", name=name, actions=(f"logs:{name}",), items=items, edge=True)


def _user(name: str, items: str = "") -> Operation:
    return Operation(
        client="iam",
        name=name,
        actions=(f"iam:{name}",),
        items=items,
        subject="UserName",
        among=("iam:GetAccountAuthorizationDetails", "UserName"),
    )


_ROOTS = ("organizations:ListRoots", "Id")
_POLICIES = ("organizations:ListPolicies", "Id")


def _organization(
    name: str,
    items: str = "",
    subject: str = "",
    among: tuple[str, str] = ("", ""),
    **parameters: object,
) -> Operation:
    return Operation(
        client="organizations",
        name=name,
        actions=(f"organizations:{name}",),
        items=items,
        subject=subject,
        among=among,
        parameters=parameters,
    )


OPERATIONS = _table(
    Operation(client="sts", name="GetCallerIdentity", answer="UserId"),
    Operation(
        client="iam",
        name="GetAccountSummary",
        actions=("iam:GetAccountSummary",),
        answer="SummaryMap",
    ),
    Operation(
        client="iam",
        name="GetAccountAuthorizationDetails",
        actions=("iam:GetAccountAuthorizationDetails",),
        items="UserDetailList",  # and three others beside it
    ),
    _user("GetLoginProfile"),
    _user("ListAccessKeys", "AccessKeyMetadata"),
    Operation(
        client="iam",
        name="ListOpenIDConnectProviders",
        actions=("iam:ListOpenIDConnectProviders",),
        items="OpenIDConnectProviderList",
    ),
    Operation(
        client="iam",
        name="GetOpenIDConnectProvider",
        actions=("iam:GetOpenIDConnectProvider",),
        subject="OpenIDConnectProviderArn",
        among=("iam:ListOpenIDConnectProviders", "Arn"),
    ),
    _ec2("DescribeRegions", "Regions"),
    _ec2("DescribeVpcs", "Vpcs"),
    _ec2("DescribeSubnets", "Subnets"),
    _ec2("DescribeRouteTables", "RouteTables"),
    _ec2("DescribeNetworkAcls", "NetworkAcls"),
    _ec2("DescribeSecurityGroups", "SecurityGroups"),
    _ec2("DescribeSecurityGroupVpcAssociations", "SecurityGroupVpcAssociations"),
    _ec2("DescribeManagedPrefixLists", "PrefixLists"),
    _ec2_of("GetManagedPrefixListEntries", "Entries", "DescribeManagedPrefixLists", "PrefixListId"),
    _ec2("DescribeNetworkInterfaces", "NetworkInterfaces"),
    _ec2("DescribeInstances", "Reservations"),
    _ec2("DescribeInternetGateways", "InternetGateways"),
    _ec2("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"),
    _ec2("DescribeNatGateways", "NatGateways"),
    _ec2("DescribeVpnGateways", "VpnGateways"),
    _ec2("DescribeVpnConnections", "VpnConnections"),
    _ec2("DescribeVpcPeeringConnections", "VpcPeeringConnections"),
    _ec2("DescribeTransitGateways", "TransitGateways"),
    _ec2("DescribeTransitGatewayAttachments", "TransitGatewayAttachments"),
    _ec2("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"),
    _ec2("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables"),
    _ec2_of(
        "SearchTransitGatewayRoutes",
        "Routes",
        "DescribeTransitGatewayRouteTables",
        "TransitGatewayRouteTableId",
        Filters=[{"Name": "state", "Values": ["active", "blackhole"]}],
    ),
    _ec2_of(
        "GetTransitGatewayRouteTableAssociations",
        "Associations",
        "DescribeTransitGatewayRouteTables",
        "TransitGatewayRouteTableId",
    ),
    _ec2("DescribeVpcEndpoints", "VpcEndpoints"),
    Operation(
        client="ec2",
        name="DescribeVpcBlockPublicAccessOptions",
        actions=("ec2:DescribeVpcBlockPublicAccessOptions",),
        answer="VpcBlockPublicAccessOptions",
    ),
    _ec2("DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions"),
    _ec2("DescribeFlowLogs", "FlowLogs"),
    # For the images that launch templates name; without options it lists every public one.
    _ec2("DescribeImages", "Images", "--owners self"),
    _ec2(
        "DescribeLaunchTemplateVersions",
        "LaunchTemplateVersions",
        Versions=["$Default", "$Latest"],
    ),
    Operation(
        client="ec2",
        name="GetInstanceMetadataDefaults",
        actions=("ec2:GetInstanceMetadataDefaults",),
        answer="AccountLevel",
    ),
    _elasticache("DescribeCacheClusters", "CacheClusters", ShowCacheNodeInfo=True),
    _elasticache("DescribeCacheSubnetGroups", "CacheSubnetGroups"),
    _elasticache("DescribeServerlessCaches", "ServerlessCaches"),
    Operation(
        client="redshift",
        name="DescribeClusters",
        actions=("redshift:DescribeClusters",),
        items="Clusters",
    ),
    _rds("DescribeDBInstances", "DBInstances"),
    _rds("DescribeDBClusters", "DBClusters"),
    _rds("DescribeDBSnapshots", "DBSnapshots", SnapshotType="automated"),
    _rds("DescribeDBClusterSnapshots", "DBClusterSnapshots", SnapshotType="automated"),
    _rds("DescribeDBSubnetGroups", "DBSubnetGroups"),
    Operation(
        client="s3",
        name="ListBuckets",
        actions=("s3:ListAllMyBuckets",),
        items="Buckets",
        page_size=1000,  # else the answer leaves out where the buckets are
    ),
    _bucket("GetBucketPolicy", "GetBucketPolicy"),
    _bucket("GetBucketAcl", "GetBucketAcl"),
    _bucket("GetBucketOwnershipControls", "GetBucketOwnershipControls"),
    _bucket("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    _bucket("GetBucketVersioning", "GetBucketVersioning"),
    _bucket("GetBucketWebsite", "GetBucketWebsite"),
    _bucket("GetBucketEncryption", "GetEncryptionConfiguration"),
    _bucket("GetBucketLogging", "GetBucketLogging"),
    _bucket("GetBucketReplication", "GetReplicationConfiguration"),
    Operation(
        client="s3control",
        name="GetPublicAccessBlock",
        actions=("s3:GetAccountPublicAccessBlock",),
    ),
    Operation(
        client="s3control",
        name="ListAccessPoints",
        actions=("s3:ListAccessPoints",),
        items="AccessPointList",
        placed=True,
    ),
    _access_point("GetAccessPoint"),
    _access_point("GetAccessPointPolicy"),
    Operation(
        client="cloudtrail",
        name="DescribeTrails",
        actions=("cloudtrail:DescribeTrails",),
        items="trailList",
        parameters={"includeShadowTrails": True},
    ),
    _trail("GetTrailStatus", "Name"),
    _trail("GetEventSelectors", "TrailName"),
    Operation(
        client="cloudtrail",
        name="ListEventDataStores",
        actions=("cloudtrail:ListEventDataStores",),
        items="EventDataStores",
    ),
    Operation(
        client="cloudtrail",
        name="GetEventDataStore",
        actions=("cloudtrail:GetEventDataStore",),
        subject="EventDataStore",
        among=("cloudtrail:ListEventDataStores", "EventDataStoreArn"),
    ),
    Operation(
        client="cloudfront",
        name="ListDistributions",
        actions=("cloudfront:ListDistributions",),
        items="DistributionList.Items",
    ),
    _of_distributions("GetDistributionConfig", "Id", "Id"),
    _of_distributions(
        "GetRealtimeLogConfig",
        "ARN",
        "[DefaultCacheBehavior, CacheBehaviors.Items[]][][].RealtimeLogConfigArn",
    ),
    _deliveries("DescribeDeliverySources", "deliverySources"),
    _deliveries("DescribeDeliveries", "deliveries"),
    _deliveries("DescribeDeliveryDestinations", "deliveryDestinations"),
    Operation(client="kms", name="ListAliases", actions=("kms:ListAliases",), items="Aliases"),
    Operation(
        client="organizations",
        name="DescribeOrganization",
        actions=("organizations:DescribeOrganization",),
        answer="Organization",
    ),
    Operation(
        client="organizations",
        name="DescribeEffectivePolicy",
        actions=("organizations:DescribeEffectivePolicy",),
        subject="PolicyType",
        parameters={"PolicyType": "S3_POLICY"},
    ),
    _organization("ListRoots", "Roots"),
    # A script asks about what is right below the root; deeper levels need its lines again.
    _organization("ListOrganizationalUnitsForParent", "OrganizationalUnits", "ParentId", _ROOTS),
    _organization("ListAccountsForParent", "Accounts", "ParentId", _ROOTS),
    _organization("ListPolicies", "Policies", Filter="SERVICE_CONTROL_POLICY"),
    _organization("DescribePolicy", "", "PolicyId", _POLICIES),
    _organization("ListTargetsForPolicy", "Targets", "PolicyId", _POLICIES),
)
"""By id, as ``s3:GetBucketPolicy``."""


def operation(key: str) -> Operation:
    """The operation of that id.

    Raises:
        KeyError: it is not on the list, so the sources must not call it.
    """
    return OPERATIONS[key]


def actions_of(keys: Iterable[str]) -> tuple[str, ...]:
    """The IAM actions that the operations need, sorted, each once."""
    return tuple(sorted({action for key in keys for action in operation(key).actions}))
