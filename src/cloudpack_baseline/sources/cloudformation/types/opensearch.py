"""Amazon OpenSearch Service: domains.

Source: AWS CloudFormation Template Reference, "Amazon OpenSearch Service resource types".
"""

from __future__ import annotations

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved

__all__ = ["TYPES", "vpc_options"]

TYPES = Types()

_DOMAIN = "opensearch:DescribeDomain"
_SUBNETS = "ec2:DescribeSubnets"


def _domain(resource: TypedResource) -> None:
    resource.item("opensearch:ListDomainNames", DomainName=resource.id)
    status: dict[str, object] = {"DomainName": resource.id, "ARN": resource.attribute("Arn")}
    policy = resource.get("AccessPolicies")
    if policy is not None:
        status["AccessPolicies"] = policy_here(
            policy, resource.account, resource.region, name=f"domain/{resource.id}"
        )
    options = vpc_options(resource)
    if options is not None:
        is_open = isinstance(options, Unknown)
        status["VPCOptions"] = options if is_open else {"VPCId": _vpc(resource, options)}
    resource.about(_DOMAIN, resource.id, at="AccessPolicies", DomainStatus=status)


def vpc_options(resource: TypedResource) -> Resolved:
    """``VPCOptions`` of a domain; ``None`` if its endpoint is on the internet.

    That is so if they name neither subnets nor security groups (CreateDomain).
    """
    options = resource.get("VPCOptions")
    names = ("SubnetIds", "SecurityGroupIds")
    return options if any(as_list(follow(options, name)) for name in names) else None


def _vpc(resource: TypedResource, options: object) -> object:
    """The VPC of the subnets, which may be outside of the template."""
    subnets = as_list(follow(options, "SubnetIds"))
    known = [resource.answers.find(_SUBNETS, "SubnetId", str(subnet)) for subnet in subnets]
    names = [f"VPC of {shown(subnet)}" for subnet in subnets]
    return next((subnet.raw("VpcId") for subnet in known if subnet), next(iter(names), "a VPC"))


for _name in ("AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain"):
    TYPES.of(_name, "opensearch:ListDomainNames", _DOMAIN, ref="DomainName", order=1)(_domain)
