"""Networks: VPCs, subnets, route tables, network ACLs, flow logs and their default resources.

Source: Terraform AWS provider, the resources of Amazon VPC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import evolve

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, as_list, shown
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.unread_additions import unknown_members
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
    undetermined,
)
from cloudpack_baseline.sources.located import AnswerList, AnswerObject
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    as_given,
    obj,
    properties_of,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_VPCS = "ec2:DescribeVpcs"
_SUBNETS = "ec2:DescribeSubnets"
_TABLES = "ec2:DescribeRouteTables"
_ACLS = "ec2:DescribeNetworkAcls"
_GROUPS = "ec2:DescribeSecurityGroups"

_DEFAULTS = (
    (_GROUPS, "GroupId", "DefaultSecurityGroupId"),
    (_ACLS, "NetworkAclId", "DefaultNetworkAclId"),
    (_TABLES, "RouteTableId", "DefaultRouteTableId"),
)
"""What comes with a VPC: its listing, its identifier, and the attribute of the VPC that has it."""

# VPCs and subnets ---------------------------------------------------------------------------


def _vpc(resource: TypedResource) -> None:
    """A VPC; where it exists, its default resources have IDs that the plan knows."""
    resource_types()["AWS::EC2::VPC"].describe(resource)
    for operation, key, name in _DEFAULTS:
        known = resource.get(name)
        if isinstance(known, str):
            resource.answers.items[operation][-1][key] = str(known)
    block = resource.get("Ipv6CidrBlock")
    if resource.get("AssignGeneratedIpv6CidrBlock") is True or block is not None:
        generated = resource.attribute("Ipv6CidrBlocks")[0] if block is None else block
        item = resource.answers.items[_VPCS][-1]
        item["Ipv6CidrBlockAssociationSet"] = AnswerList([resource.object(Ipv6CidrBlock=generated)])


def _own_vpc(resource: TypedResource) -> None:
    """The group of a new VPC keeps its rules, unless ``aws_default_security_group`` adopts it."""
    _vpc(resource)
    if not isinstance(resource.get("DefaultSecurityGroupId"), str):
        group = resource.answers.items[_GROUPS][-1]
        group["Description"] = f"default group of {resource.id}"


def _default_vpc(resource: TypedResource) -> None:
    """Terraform adopts the default VPC of the Region, whose block is always the same."""
    _vpc(resource)
    resource.answers.items[_VPCS][-1]["IsDefault"] = True


_OF_VPC = {
    "default_security_group_id": "DefaultSecurityGroup",
    "default_network_acl_id": "DefaultNetworkAcl",
    "default_route_table_id": "rtb-main-of-{id}",
    "main_route_table_id": "rtb-main-of-{id}",
}
TYPES["aws_vpc"] = Mapped(type="AWS::EC2::VPC", describe=_own_vpc, order=-1, attributes=_OF_VPC)
TYPES["aws_default_vpc"] = Mapped(
    type="AWS::EC2::VPC",
    describe=_default_vpc,
    order=-1,
    attributes=_OF_VPC,
)
TYPES.plain("aws_vpc_ipv4_cidr_block_association", "AWS::EC2::VPCCidrBlock", needs=("VpcId",))
TYPES.plain("aws_vpc_ipv6_cidr_block_association", "AWS::EC2::VPCCidrBlock", needs=("VpcId",))
TYPES.plain("aws_subnet", "AWS::EC2::Subnet")


def _default_subnet(resource: TypedResource) -> None:
    resource_types()["AWS::EC2::Subnet"].describe(resource)
    if resource.get("VpcId") is None:
        resource.answers.items[_SUBNETS][-1]["VpcId"] = "<default VPC>"


TYPES["aws_default_subnet"] = Mapped(
    type="AWS::EC2::Subnet",
    describe=_default_subnet,
    order=0,
)

# Routes ----------------------------------------------------------------------------------

_TARGETS = {
    "gateway_id": "GatewayId",
    "nat_gateway_id": "NatGatewayId",
    "transit_gateway_id": "TransitGatewayId",
    "vpc_peering_connection_id": "VpcPeeringConnectionId",
    "egress_only_gateway_id": "EgressOnlyInternetGatewayId",
    "network_interface_id": "NetworkInterfaceId",
    "instance_id": "InstanceId",
    "carrier_gateway_id": "CarrierGatewayId",
    "local_gateway_id": "LocalGatewayId",
    "core_network_arn": "CoreNetworkArn",
    "vpc_endpoint_id": "VpcEndpointId",
}
_DESTINATIONS = {
    "cidr_block": "DestinationCidrBlock",
    "destination_cidr_block": "DestinationCidrBlock",
    "ipv6_cidr_block": "DestinationIpv6CidrBlock",
    "destination_ipv6_cidr_block": "DestinationIpv6CidrBlock",
    "destination_prefix_list_id": "DestinationPrefixListId",
}


def _route_of(block: Resolved) -> Properties:
    if not isinstance(block, ResolvedObject):
        return {"DestinationCidrBlock": block, "GatewayId": block}
    return {
        property_name: value
        for name, property_name in (_TARGETS | _DESTINATIONS).items()
        if (value := block.get(name)) not in (None, "")
    }


def _routes(blocks: Resolved, table: Resolved) -> Iterator[tuple[str, Properties]]:
    for block in as_list(blocks):
        yield "AWS::EC2::Route", {**_route_of(block), "RouteTableId": table}


@TYPES.made("aws_route_table", "AWS::EC2::RouteTable")
def _route_table(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield "AWS::EC2::RouteTable", properties_of(Mapped(renames={"route": ""}), values)
    yield from _routes(values.get("route"), values["id"])
    for gateway in as_list(values.get("propagating_vgws")):
        yield (
            "AWS::EC2::VPNGatewayRoutePropagation",
            {"VpnGatewayId": gateway, "RouteTableIds": [values["id"]]},
        )


def _of_each(listing: str, key: str) -> Callable[[TypedResource, str, Unknown], None]:
    """A part of what is not known may be that of each that the listing has."""

    def describe(resource: TypedResource, kind: str, unknown: Unknown) -> None:
        items = resource.answers.items.get(listing, ())
        if not items:
            resource.answers.add_gap((listing,), unknown)
        for item in tuple(items):
            id_ = str(item.raw(key))
            # Of a second part no more is known than of the first.
            if (kind, key, id_) not in resource.answers.unknown_parts:
                resource.answers.unknown_parts.add((kind, key, id_))
                members = {key: id_, **unknown_members(kind, unknown)}
                properties = ResolvedObject(members, resource.properties.mark)
                resource_types()[kind].describe(evolve(resource, properties=properties))

    return describe


@TYPES.made(
    "aws_route",
    "AWS::EC2::Route",
    needs=("RouteTableId",),
    of_any=_of_each("ec2:DescribeRouteTables", "RouteTableId"),
)
def _route(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield "AWS::EC2::Route", {**_route_of(values), "RouteTableId": values.get("route_table_id")}


def _identify_default_table(values: ResolvedObject) -> Resolved:
    return shown(values.get("default_route_table_id"))


def _default_table(resource: TypedResource) -> None:
    """Terraform removes the routes of the default table that the configuration does not have."""
    adopters = resource.answers.claim("Routes", resource.id, resource.name, resource.name)
    table = resource.answers.find(_TABLES, "RouteTableId", resource.id)
    if table is None:
        resource.elsewhere(
            _TABLES,
            RouteTableId=resource.id,
            VpcId=f"<VPC of {resource.id}>",
            OwnerId=resource.account,
            Associations=[{"Main": True}],
            Routes=[],
        )
    else:
        if len(adopters) == 1:
            local = [route for route in table.raw("Routes") if route.raw("GatewayId") == "local"]
            table["Routes"] = AnswerList(local)
        else:
            table["Routes"] = _adopted_by(resource.id, adopters)
        table.origin = resource.origin
    for _, route in _routes(resource.get("Route"), resource.id):
        inline = ResolvedObject(route, NOWHERE)
        _describe_as("AWS::EC2::Route", resource, inline)


def _adopted_by(adopted: str, adopters: Iterable[str]) -> Unknown:
    """Which of several default resources are one stays, is not known."""
    return undetermined(f"{adopted} (adopted by {' and '.join(adopters)})")


def _describe_as(name: str, resource: TypedResource, properties: ResolvedObject) -> None:
    resource_types()[name].describe(evolve(resource, properties=properties))


TYPES["aws_default_route_table"] = Mapped(
    type="AWS::EC2::RouteTable",
    converts={"route": as_given},
    describe=_default_table,
    identify=_identify_default_table,
    order=3,
)


@TYPES.made(
    "aws_route_table_association",
    "AWS::EC2::SubnetRouteTableAssociation",
    needs=("RouteTableId", "SubnetId"),
)
def _association(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    table, gateway = values.get("route_table_id"), values.get("gateway_id")
    if gateway is not None and values.get("subnet_id") is None:
        yield (
            "AWS::EC2::GatewayRouteTableAssociation",
            {"RouteTableId": table, "GatewayId": gateway},
        )
    else:
        yield (
            "AWS::EC2::SubnetRouteTableAssociation",
            {"RouteTableId": table, "SubnetId": values.get("subnet_id")},
        )


def _main_association(resource: TypedResource) -> None:
    """Another table becomes the one that subnets without an association have."""
    vpc_id = resource.subject("VpcId")
    table_id = resource.subject("RouteTableId")
    main = resource.object(Main=True)
    claims = resource.answers.claim("main route table", vpc_id, table_id, resource.name)
    several = f"{' and '.join(claims.values())} make a table the main one of {vpc_id}"
    for table in resource.answers.items.get(_TABLES, ()):
        if table.raw("VpcId") == vpc_id and len(claims) > 1:
            table["Associations"] = undetermined(several)
        elif table.raw("VpcId") == vpc_id and isinstance(table.raw("Associations"), AnswerList):
            associations = [
                association
                for association in table.raw("Associations")
                if association.raw("Main") is not True
            ]
            if table.raw("RouteTableId") == table_id:
                associations.append(main)
            table["Associations"] = AnswerList(associations)


TYPES["aws_main_route_table_association"] = Mapped(
    type="AWS::EC2::SubnetRouteTableAssociation",
    describe=_main_association,
    order=4,
    needs=("VpcId", "RouteTableId"),
)

# Network ACLs ----------------------------------------------------------------------------


def _entry(rule: Resolved, *, egress: bool) -> Properties:
    if not isinstance(rule, ResolvedObject):
        return {
            "RuleNumber": rule,
            "Protocol": rule,
            "RuleAction": rule,
            "CidrBlock": rule,
            "Egress": egress,
        }
    icmp = {"Type": rule.get("icmp_type"), "Code": rule.get("icmp_code")}
    return {
        "RuleNumber": rule.get("rule_no", rule.get("rule_number")),
        "Protocol": rule.get("protocol"),
        "RuleAction": rule.get("action", rule.get("rule_action")),
        "CidrBlock": rule.get("cidr_block"),
        "Ipv6CidrBlock": rule.get("ipv6_cidr_block"),
        "Egress": egress,
        "PortRange": obj(From=rule.get("from_port"), To=rule.get("to_port")) or None,
        "Icmp": obj(**icmp) or None,
    }


def _entries(values: Resolved, acl: Resolved) -> Iterator[tuple[str, Properties]]:
    for name in ("ingress", "egress"):
        for rule in as_list(values.get(name)):
            entry = _entry(rule, egress=name == "egress")
            yield "AWS::EC2::NetworkAclEntry", {**entry, "NetworkAclId": acl}
    for subnet in as_list(values.get("subnet_ids")):
        yield (
            "AWS::EC2::SubnetNetworkAclAssociation",
            {"NetworkAclId": acl, "SubnetId": subnet},
        )


@TYPES.made("aws_network_acl", "AWS::EC2::NetworkAcl")
def _acl(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    without = dict.fromkeys(("ingress", "egress", "subnet_ids"), "")
    yield "AWS::EC2::NetworkAcl", properties_of(Mapped(renames=without), values)
    yield from _entries(values, values["id"])


@TYPES.made(
    "aws_network_acl_rule",
    "AWS::EC2::NetworkAclEntry",
    needs=("NetworkAclId",),
    of_any=_of_each("ec2:DescribeNetworkAcls", "NetworkAclId"),
)
def _acl_rule(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    entry = _entry(values, egress=False)
    entry["Egress"] = values.get("egress", False)
    yield "AWS::EC2::NetworkAclEntry", {**entry, "NetworkAclId": values.get("network_acl_id")}


TYPES.plain(
    "aws_network_acl_association",
    "AWS::EC2::SubnetNetworkAclAssociation",
    needs=("NetworkAclId", "SubnetId"),
)


def _identify_default_acl(values: ResolvedObject) -> Resolved:
    return shown(values.get("default_network_acl_id"))


def _default_acl(resource: TypedResource) -> None:
    """Terraform removes the rules of the default ACL that the configuration does not have."""
    acl = resource.answers.find(_ACLS, "NetworkAclId", resource.id)
    if acl is None:
        acl = resource.elsewhere(
            _ACLS,
            NetworkAclId=resource.id,
            VpcId=f"<VPC of {resource.id}>",
            OwnerId=resource.account,
            IsDefault=True,
            Associations=[],
        )
    else:
        acl.origin = resource.origin
    denied = {"RuleNumber": 32767, "Protocol": "-1", "RuleAction": "deny"}
    adopters = resource.answers.claim("Entries", resource.id, resource.name, resource.name)
    acl["Entries"] = (
        AnswerList(
            AnswerObject({**denied, "CidrBlock": "0.0.0.0/0", "Egress": egress}, resource.origin)
            for egress in (False, True)
        )
        if len(adopters) == 1
        else _adopted_by(resource.id, adopters)
    )
    values = {
        "ingress": resource.get("Ingress"),
        "egress": resource.get("Egress"),
        "subnet_ids": resource.get("SubnetIds"),
    }
    for name, properties in _entries(values, resource.id):
        _describe_as(name, resource, obj(**properties))


TYPES["aws_default_network_acl"] = Mapped(
    type="AWS::EC2::NetworkAcl",
    converts={"ingress": as_given, "egress": as_given},
    describe=_default_acl,
    identify=_identify_default_acl,
    order=1,
)

# Prefix lists and flow logs ----------------------------------------------------------------


def _list_entries(blocks: Resolved) -> Resolved:
    if not isinstance(blocks, list):
        return blocks
    return ResolvedList(
        [
            obj(Cidr=block.get("cidr"), Description=block.get("description"))
            if isinstance(block, ResolvedObject)
            else block
            for block in blocks
        ],
        NOWHERE,
    )


TYPES.plain(
    "aws_ec2_managed_prefix_list",
    "AWS::EC2::PrefixList",
    {"name": "PrefixListName", "entry": "Entries"},
    entry=_list_entries,
)


@TYPES.part("aws_ec2_managed_prefix_list_entry", "aws_ec2_managed_prefix_list", "prefix_list_id")
def _list_entry(values: ResolvedObject) -> Properties:
    return {"Entries": _list_entries(ResolvedList([values], NOWHERE))}


_LOGGED = ("vpc_id", "subnet_id", "eni_id", "transit_gateway_id", "transit_gateway_attachment_id")


@TYPES.made("aws_flow_log", "AWS::EC2::FlowLog", needs=("ResourceId",))
def _flow_log(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    renames = dict.fromkeys(_LOGGED, "ResourceId")
    yield "AWS::EC2::FlowLog", properties_of(Mapped(renames=renames), values)


# Account-wide --------------------------------------------------------------------------------


TYPES.plain("aws_vpc_block_public_access_options", "AWS::EC2::VPCBlockPublicAccessOptions")
TYPES.plain("aws_vpc_block_public_access_exclusion", "AWS::EC2::VPCBlockPublicAccessExclusion")
