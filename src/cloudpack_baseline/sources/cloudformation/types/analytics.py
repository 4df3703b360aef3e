"""Warehouses, search and serverless databases.

Source: AWS CloudFormation Template Reference, "Amazon Redshift", "Amazon Redshift Serverless",
"Amazon OpenSearch Service", "Amazon OpenSearch Serverless", "Amazon Neptune Analytics" and "Aurora
DSQL" resource types.
"""

from __future__ import annotations

import json

from cloudpack_baseline.model.ec2 import DEFAULT_VPC
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.interfaces import (
    InterfaceSettings,
    add_interfaces,
    flattened,
    group_ids,
    vpc_of,
)
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    follow,
    shown,
    truth_of,
)
from cloudpack_baseline.sources.cloudformation.types.opensearch import vpc_options
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined, why_of

__all__ = ["TYPES"]

TYPES = Types()

_CLUSTERS = "redshift:DescribeClusters"
_WORKGROUPS = "redshift-serverless:ListWorkgroups"
_NETWORK_POLICIES = "opensearchserverless:ListSecurityPolicies"
_NETWORK_POLICY = "opensearchserverless:GetSecurityPolicy"
_GRAPHS = "neptune-graph:ListGraphs"
_DSQL = "dsql:ListClusters"
_DSQL_POLICY = "dsql:GetClusterPolicy"
_INTERFACES = "ec2:DescribeNetworkInterfaces"
_PLACES = "subnets of Redshift"
"""Subnet groups that no record describes, for interfaces."""

_PORT = 5439


@TYPES.of("AWS::Redshift::ClusterSubnetGroup", order=2)
def _subnet_group(resource: TypedResource) -> None:
    resource.item(_PLACES, Name=resource.id, Subnets=resource.get("SubnetIds", []))


@TYPES.of("AWS::Redshift::Cluster", _CLUSTERS, _INTERFACES, ref="ClusterIdentifier", order=4)
def _cluster(resource: TypedResource) -> None:
    group = resource.get("ClusterSubnetGroupName")
    if str(group).lower() == "default":  # the group that Amazon Redshift makes there
        group = None
    item = resource.answers.find(_PLACES, "Name", str(shown(group)))
    subnets: Resolved = undetermined(f"subnets of {DEFAULT_VPC if group is None else shown(group)}")
    if item is not None:
        subnets = item.raw("Subnets")
    ids = [] if isinstance(subnets, Unknown) else [shown(subnet) for subnet in flattened(subnets)]
    groups = group_ids(resource.answers, resource.get("VpcSecurityGroupIds"))
    vpc: Resolved = vpc_of(resource.answers, str(ids[0]), groups) if ids else subnets
    vpc = DEFAULT_VPC if group is None else vpc
    public = truth_of(resource.get("PubliclyAccessible"))
    if groups is None:
        groups = [f"sg-default-of-{shown(vpc)}"]
    resource.item(
        _CLUSTERS,
        ClusterIdentifier=resource.id,
        ClusterStatus="available",
        VpcId=vpc,
        VpcSecurityGroups=[{"VpcSecurityGroupId": name} for name in groups],
        ClusterNodes=[],
        Endpoint={"Port": resource.get("Port", _PORT)},
        PubliclyAccessible=public,
    )
    settings = InterfaceSettings(
        description="RedshiftNetworkInterface",
        requester="amazon-redshift",
        groups=groups,
        public=public,
    )
    add_interfaces(resource, subnets, settings)


@TYPES.of(
    "AWS::RedshiftServerless::Workgroup",
    _WORKGROUPS,
    _INTERFACES,
    ref="WorkgroupName",
    order=4,
)
def _workgroup(resource: TypedResource) -> None:
    public = truth_of(resource.get("PubliclyAccessible"))
    settings = InterfaceSettings(
        type="vpc_endpoint",
        description=f"VPC Endpoint Interface of workgroup {resource.id}",
        groups=group_ids(resource.answers, resource.get("SecurityGroupIds")),
        public=public,
    )
    interfaces = add_interfaces(resource, resource.get("SubnetIds"), settings)
    place = f"{resource.partition}:redshift-serverless:{resource.region}:{resource.account}"
    endpoint = {"networkInterfaces": [{"networkInterfaceId": name} for name in interfaces]}
    resource.item(
        _WORKGROUPS,
        workgroupArn=f"arn:{place}:workgroup/{resource.id}",
        workgroupName=resource.id,
        publiclyAccessible=public,
        port=resource.get("Port", _PORT),
        endpoint={"vpcEndpoints": [endpoint]},
    )


def _domain(resource: TypedResource) -> None:
    """A domain in a VPC; one without is reached through the internet, and has no interface."""
    options = vpc_options(resource)
    if options is None:
        return
    settings = InterfaceSettings(
        description=f"ES {resource.id}",
        requester="amazon-elasticsearch",
        groups=group_ids(resource.answers, follow(options, "SecurityGroupIds")),
    )
    subnets = options if isinstance(options, Unknown) else follow(options, "SubnetIds")
    add_interfaces(resource, subnets, settings)


for _name in ("AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"):
    TYPES.of(
        _name,
        _INTERFACES,
        ref="DomainName",
        attributes={
            "Arn": "arn:{partition}:es:{region}:{account}:domain/{id}",
            "DomainArn": "arn:{partition}:es:{region}:{account}:domain/{id}",
        },
        order=4,
    )(_domain)


@TYPES.of(
    "AWS::OpenSearchServerless::SecurityPolicy", _NETWORK_POLICIES, _NETWORK_POLICY, ref="Name"
)
def _security_policy(resource: TypedResource) -> None:
    """Of network policies; those for encryption are another kind."""
    kind = resource.get("Type")
    if why_of(kind) is None and str(kind) != "network":
        return
    policy = resource.get("Policy")
    statements: Resolved = why_of(policy)
    if statements is None:
        statements = json.loads(str(policy))
    resource.item(_NETWORK_POLICIES, name=resource.id, type="network")
    resource.about(_NETWORK_POLICY, resource.id, securityPolicyDetail={"policy": statements})


@TYPES.of(
    "AWS::NeptuneGraph::Graph",
    _GRAPHS,
    ref="GraphName",
    attributes={"GraphArn": "arn:{partition}:neptune-graph:{region}:{account}:graph/{id}"},
)
def _graph(resource: TypedResource) -> None:
    place = f"{resource.partition}:neptune-graph:{resource.region}:{resource.account}"
    resource.item(
        _GRAPHS,
        arn=f"arn:{place}:graph/{resource.id}",
        name=resource.id,
        publicConnectivity=resource.get("PublicConnectivity", False),
    )


@TYPES.of(
    "AWS::DSQL::Cluster",
    _DSQL,
    _DSQL_POLICY,
    attributes={
        "Identifier": "{id}",
        "ResourceArn": "arn:{partition}:dsql:{region}:{account}:cluster/{id}",
    },
)
def _dsql(resource: TypedResource) -> None:
    place = f"{resource.partition}:dsql:{resource.region}:{resource.account}"
    resource.item(_DSQL, arn=f"arn:{place}:cluster/{resource.id}", identifier=resource.id)
    policy = resource.get("PolicyDocument")
    if policy is not None:
        policy = policy_here(
            policy, resource.account, resource.region, name=f"cluster/{resource.id}"
        )
        resource.about(_DSQL_POLICY, resource.id, policy=policy)
