"""Security groups: rules in the group, and rules that are resources of their own.

Source: Terraform AWS provider, ``aws_security_group``, ``aws_security_group_rule``,
``aws_vpc_security_group_ingress_rule`` and ``aws_default_security_group``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from cloudpack_baseline.model.ec2 import DEFAULT_VPC
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    as_list,
    follow,
    shown,
    truth_of,
    vague,
)
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    why_of,
)
from cloudpack_baseline.sources.located import AnswerList
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    as_given,
    obj,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_GROUPS = "ec2:DescribeSecurityGroups"
_PEERS = {
    "Source": ("SourceSecurityGroupId", "SourcePrefixListId"),
    "Destination": ("DestinationSecurityGroupId", "DestinationPrefixListId"),
}


def _rules(block: Resolved, peer: str, group_id: Resolved) -> Iterator[Any]:
    """A rule for each peer of a block, as CloudFormation has them.

    Args:
        block: the block.
        peer: ``Source`` or ``Destination``.
        group_id: the ID of the group, for ``self``.
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
        if isinstance(values, list):
            for value in values:
                yield obj(**common, **{member: value})
        elif values is not None:
            yield obj(**common, **{member: values})
    to_itself = truth_of(block.get("self"))
    if to_itself is not False:
        yield obj(**common, **{group: group_id if to_itself is True else to_itself})


def _blocks(resource: TypedResource, name: str, peer: str) -> Resolved:
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
    described = evolve(resource, properties=obj(**properties, SecurityGroupEgress=egress))
    resource_types()["AWS::EC2::SecurityGroup"].describe(described)
    item = resource.answers.items[_GROUPS][-1]
    if egress is None or isinstance(egress, Unknown):
        item["IpPermissionsEgress"] = egress if isinstance(egress, Unknown) else AnswerList()


TYPES["aws_security_group"] = Mapped(
    type="AWS::EC2::SecurityGroup",
    renames={"name": "GroupName", "description": "GroupDescription"},
    converts={"ingress": as_given, "egress": as_given},
    describe=_group,
    order=0,
)


def _default_group_id(values: ResolvedObject) -> str:
    return f"sg-default-of-{shown(values.get('vpc_id', DEFAULT_VPC))}"


def _default_group(resource: TypedResource) -> None:
    """Terraform removes all rules of the default group that the configuration does not have."""
    _group(resource)
    vpc_id = shown(resource.get("VpcId", DEFAULT_VPC))
    *groups, adopted = resource.answers.items[_GROUPS]
    ingress = resource.get("Ingress")
    if isinstance(ingress, Unknown):
        adopted["IpPermissions"] = ingress
    adopted["GroupName"] = "default"
    adopted["Description"] = f"default group of {vpc_id}"
    known = next(
        (
            group
            for group in groups
            if group.raw("GroupName") == "default" and group.raw("VpcId") == vpc_id
        ),
        adopted,
    )
    if known is not adopted:
        known.origin = resource.origin
        resource.answers.items[_GROUPS].pop()
    resource.settle(known, **dict(adopted))


TYPES["aws_default_security_group"] = Mapped(
    type="AWS::EC2::SecurityGroup",
    renames={"name": "GroupName", "description": "GroupDescription"},
    converts={"ingress": as_given, "egress": as_given},
    describe=_default_group,
    identify=_default_group_id,
    order=0,
)


def _separate(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    """``aws_security_group_rule``: a rule for each of its peers.

    One whose direction is not known, or is none that EC2 knows, may be of either.
    """
    direction = values.get("type")
    is_known = why_of(direction) is None and str(direction) in {"ingress", "egress"}
    block = ResolvedObject(dict(values), NOWHERE)
    group = block.get("source_security_group_id")
    if group is not None:
        block["security_groups"] = ResolvedList([group], NOWHERE)
    group_id = values.get("security_group_id")
    for kind, peer, name in (
        ("AWS::EC2::SecurityGroupIngress", "Source", "ingress"),
        ("AWS::EC2::SecurityGroupEgress", "Destination", "egress"),
    ):
        if not is_known or direction == name:
            for rule in _rules(block, peer, group_id):
                yield kind, {**rule, "GroupId": group_id}


def _of_any_group(resource: TypedResource, kind: str, unknown: Unknown) -> None:
    """A rule of a group that is not known may be a rule of each, or of one elsewhere."""
    if not resource.answers.items.get(_GROUPS):
        elsewhere = {**resource.properties, "GroupId": vague([unknown])}
        properties = ResolvedObject(elsewhere, resource.properties.mark)
        resource_types()[kind].describe(evolve(resource, properties=properties))
        return
    name = "IpPermissionsEgress" if kind.endswith("Egress") else "IpPermissions"
    rule = {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": vague([unknown])}]}
    for group in resource.answers.items.get(_GROUPS, ()):
        rules = group.raw(name)
        # One such rule says it; thousands would be copied for each further one.
        if isinstance(rules, list) and not _ends_vague(rules):
            group[name] = AnswerList([*list.__iter__(rules), resource.object(**rule)])


def _ends_vague(rules: list[Any]) -> bool:
    last = list.__getitem__(rules, -1) if rules else None
    lists = follow(last, "PrefixListIds")
    return any(str(follow(entry, "PrefixListId")).startswith("<") for entry in as_list(lists))


TYPES["aws_security_group_rule"] = Mapped(
    type="AWS::EC2::SecurityGroupIngress",
    make=_separate,
    needs=("GroupId",),
    of_any=_of_any_group,
)


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
        needs=("GroupId",),
        of_any=_of_any_group,
    )


TYPES["aws_vpc_security_group_ingress_rule"] = _rule_of("AWS::EC2::SecurityGroupIngress", "Source")
TYPES["aws_vpc_security_group_egress_rule"] = _rule_of(
    "AWS::EC2::SecurityGroupEgress", "Destination"
)
TYPES.plain(
    "aws_vpc_security_group_vpc_association",
    "AWS::EC2::SecurityGroupVpcAssociation",
    {"security_group_id": "GroupId"},
)
