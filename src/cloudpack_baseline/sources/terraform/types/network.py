"""Networks, filters, gateways and instances.

Source: Terraform AWS provider, the resources of Amazon EC2 and Amazon VPC.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import TypedResource
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import ResolvedList, ResolvedObject, why_of
from cloudpack_baseline.sources.located import AnswerList
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    as_given,
    obj,
    single,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_GROUPS = "ec2:DescribeSecurityGroups"
_PEERS = {
    "Source": ("SourceSecurityGroupId", "SourcePrefixListId"),
    "Destination": ("DestinationSecurityGroupId", "DestinationPrefixListId"),
}

TYPES.plain("aws_vpc", "AWS::EC2::VPC")
TYPES.plain("aws_subnet", "AWS::EC2::Subnet")
TYPES.plain("aws_internet_gateway", "AWS::EC2::InternetGateway")
TYPES.plain("aws_nat_gateway", "AWS::EC2::NatGateway")
TYPES.plain("aws_eip", "AWS::EC2::EIP")


# Security groups -------------------------------------------------------------------------


def _rules(block: Any, peer: str, own: Any) -> Iterator[Any]:  # noqa: ANN401 - a block, or unknown
    """A rule for each peer of a block, as CloudFormation has them.

    Args:
        block: the block.
        peer: ``Source`` or ``Destination``.
        own: the ID of the group, for ``self``.
    """
    if not isinstance(block, ResolvedObject):
        yield block
        return
    common = {
        "IpProtocol": block.get("protocol"),
        "FromPort": block.get("from_port"),
        "ToPort": block.get("to_port"),
        "Description": block.get("description"),
    }
    group, prefix_list = _PEERS[peer]
    for name, member in (
        ("cidr_blocks", "CidrIp"),
        ("ipv6_cidr_blocks", "CidrIpv6"),
        ("prefix_list_ids", prefix_list),
        ("security_groups", group),
    ):
        values = block.get(name)
        if isinstance(values, Unknown):
            yield obj(**common, **{member: values})
        for value in values if isinstance(values, list) else ():
            yield obj(**common, **{member: value})
    if block.get("self") is True:
        yield obj(**common, **{group: own})


def _blocks(resource: TypedResource, name: str, peer: str) -> Any:  # noqa: ANN401 - rules, or unknown
    blocks = resource.get(name)
    if blocks is None or isinstance(blocks, Unknown):
        return blocks
    rules = [rule for block in blocks for rule in _rules(block, peer, resource.id)]
    return ResolvedList(rules, NOWHERE)


def _group(resource: TypedResource) -> None:
    """Terraform removes the rule that EC2 gives a new group: it allows all egress."""
    ingress = _blocks(resource, "Ingress", "Source")
    egress = _blocks(resource, "Egress", "Destination")
    properties = {**resource.properties, "SecurityGroupIngress": ingress}
    described = evolve(resource, properties=obj(**properties, SecurityGroupEgress=egress or None))
    resource_types()["AWS::EC2::SecurityGroup"].describe(described)
    item = resource.answers.find(_GROUPS, "GroupId", resource.id)
    if item is not None and not egress:
        item["IpPermissionsEgress"] = egress if isinstance(egress, Unknown) else AnswerList()


TYPES["aws_security_group"] = Mapped(
    type="AWS::EC2::SecurityGroup",
    renames={"name": "GroupName", "description": "GroupDescription"},
    converts={"ingress": as_given, "egress": as_given},
    describe=_group,
    order=0,
)


def _separate(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    """``aws_security_group_rule``: a rule for each of its peers."""
    direction = values.get("type")
    unknown = why_of(direction)
    ingress = unknown is not None or direction == "ingress"
    block = ResolvedObject(dict(values), NOWHERE)
    group = block.get("source_security_group_id")
    if group is not None:
        block["security_groups"] = ResolvedList([group], NOWHERE)
    kind = "AWS::EC2::SecurityGroupIngress" if ingress else "AWS::EC2::SecurityGroupEgress"
    own = values.get("security_group_id")
    for rule in _rules(block, "Source" if ingress else "Destination", own):
        yield kind, {**rule, "GroupId": own}


TYPES["aws_security_group_rule"] = Mapped(type="AWS::EC2::SecurityGroupIngress", make=_separate)


def _rule_of(kind: str, peer: str) -> Mapped:
    group, prefix_list = _PEERS[peer]
    return Mapped(
        type=kind,
        renames={
            "security_group_id": "GroupId",
            "cidr_ipv4": "CidrIp",
            "cidr_ipv6": "CidrIpv6",
            "referenced_security_group_id": group,
            "prefix_list_id": prefix_list,
        },
    )


TYPES["aws_vpc_security_group_ingress_rule"] = _rule_of("AWS::EC2::SecurityGroupIngress", "Source")
TYPES["aws_vpc_security_group_egress_rule"] = _rule_of(
    "AWS::EC2::SecurityGroupEgress", "Destination"
)


# Routes ----------------------------------------------------------------------------------

TYPES.plain("aws_route_table", "AWS::EC2::RouteTable", {"route": ""})
TYPES.plain(
    "aws_route",
    "AWS::EC2::Route",
    {
        "egress_only_gateway_id": "EgressOnlyInternetGatewayId",
        "destination_ipv6_cidr_block": "DestinationIpv6CidrBlock",
    },
)


# Instances -------------------------------------------------------------------------------

TYPES.plain(
    "aws_instance",
    "AWS::EC2::Instance",
    {"vpc_security_group_ids": "SecurityGroupIds", "ami": "ImageId"},
    blocks=("metadata_options",),
    iam_instance_profile=single,
)
