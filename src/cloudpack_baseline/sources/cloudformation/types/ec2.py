"""Amazon EC2: networks, filters, gateways and instances.

Source: AWS CloudFormation Template Reference, "Amazon EC2 resource types".
"""

from __future__ import annotations

from typing import Any

from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    exact,
    vague,
)
from cloudpack_baseline.sources.cloudformation.values import is_exact

__all__ = ["TYPES"]

TYPES = Types()

_VPCS = "ec2:DescribeVpcs"
_TABLES = "ec2:DescribeRouteTables"
_ACLS = "ec2:DescribeNetworkAcls"
_GROUPS = "ec2:DescribeSecurityGroups"
_INTERFACES = "ec2:DescribeNetworkInterfaces"

_EVERYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
_PROTOCOL_NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58, "all": -1}


@TYPES.of(
    "AWS::EC2::VPC",
    _VPCS,
    _TABLES,
    _ACLS,
    _GROUPS,
    prefix="vpc-",
    attributes={
        "VpcId": "{id}",
        "DefaultSecurityGroup": "sg-default-of-{id}",
        "DefaultNetworkAcl": "acl-default-of-{id}",
    },
)
def _vpc(resource: TypedResource) -> None:
    """A VPC brings a main route table, a default network ACL and a default group."""
    block = exact(resource.get("CidrBlock"))
    resource.item(
        _VPCS,
        "InstanceTenancy",
        VpcId=resource.id,
        OwnerId=resource.account,
        CidrBlock=block,
        CidrBlockAssociationSet=[{"CidrBlock": block}] if block else [],
        Ipv6CidrBlockAssociationSet=[],
        IsDefault=False,
        Tags=resource.tags(),
    )
    local = {"DestinationCidrBlock": block, "GatewayId": "local", "Origin": "CreateRouteTable"}
    resource.item(
        _TABLES,
        RouteTableId=f"rtb-main-of-{resource.id}",
        VpcId=resource.id,
        OwnerId=resource.account,
        Associations=[{"Main": True}],
        Routes=[local],
    )
    allowed = {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow"}
    resource.item(
        _ACLS,
        NetworkAclId=f"acl-default-of-{resource.id}",
        VpcId=resource.id,
        OwnerId=resource.account,
        IsDefault=True,
        Associations=[],
        Entries=[
            {**allowed, "CidrBlock": "0.0.0.0/0", "Egress": egress} for egress in (False, True)
        ]
        + [
            {**allowed, "RuleNumber": 101, "Ipv6CidrBlock": "::/0", "Egress": egress}
            for egress in (False, True)
        ],
    )
    group_id = f"sg-default-of-{resource.id}"
    resource.item(
        _GROUPS,
        GroupId=group_id,
        GroupName="default",
        VpcId=resource.id,
        OwnerId=resource.account,
        IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group_id}]}],
        IpPermissionsEgress=[_EVERYWHERE],
    )


@TYPES.of(
    "AWS::EC2::Subnet", "ec2:DescribeSubnets", prefix="subnet-", attributes={"SubnetId": "{id}"}
)
def _subnet(resource: TypedResource) -> None:
    six = resource.get("Ipv6CidrBlock")
    resource.item(
        "ec2:DescribeSubnets",
        "VpcId AvailabilityZone MapPublicIpOnLaunch AssignIpv6AddressOnCreation",
        SubnetId=resource.id,
        OwnerId=resource.account,
        CidrBlock=exact(resource.get("CidrBlock")),
        Ipv6CidrBlockAssociationSet=[{"Ipv6CidrBlock": exact(six)}] if six else [],
        Tags=resource.tags(),
    )


# Security groups -------------------------------------------------------------------------


@TYPES.of(
    "AWS::EC2::SecurityGroup",
    _GROUPS,
    prefix="sg-",
    attributes={"GroupId": "{id}", "VpcId": ""},
)
def _group(resource: TypedResource) -> None:
    """Without a rule for egress, EC2 allows all of it."""
    egress = resource.get("SecurityGroupEgress")
    resource.item(
        _GROUPS,
        "VpcId",
        GroupId=resource.id,
        GroupName=resource.get("GroupName", resource.logical_id),
        Description=resource.get("GroupDescription"),
        OwnerId=resource.account,
        IpPermissions=[
            _permission(rule, "Source") for rule in as_list(resource.get("SecurityGroupIngress"))
        ],
        IpPermissionsEgress=[_EVERYWHERE]
        if egress is None
        else [_permission(rule, "Destination") for rule in as_list(egress)],
        Tags=resource.tags(),
    )


def _permission(rule: Any, peer: str) -> Any:  # noqa: ANN401 - a rule, or unknown
    """A rule as EC2 describes it.

    A rule of which a part is not known becomes one towards a prefix list that nobody can
    read: it may admit anything, and hides no other rule.
    """
    if not isinstance(rule, dict):
        return {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": vague([rule])}]}
    protocol, first, last = (rule.get(name) for name in ("IpProtocol", "FromPort", "ToPort"))
    if not is_exact([protocol, first, last]):
        unknown_port = vague([protocol, first, last])
        return {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": unknown_port}]}
    permission: dict[str, Any] = {
        "IpProtocol": str(protocol).lower(),
        "FromPort": first,
        "ToPort": last,
    }
    group = rule.get(f"{peer}SecurityGroupId") or rule.get(f"{peer}SecurityGroupName")
    for members, name, value in (
        ("IpRanges", "CidrIp", rule.get("CidrIp")),
        ("Ipv6Ranges", "CidrIpv6", rule.get("CidrIpv6")),
        ("PrefixListIds", "PrefixListId", rule.get(f"{peer}PrefixListId")),
        ("UserIdGroupPairs", "GroupId", group),
    ):
        if value is not None and (is_exact(value) or name == "GroupId"):
            permission[members] = [{name: value}]
        elif value is not None:
            permission["PrefixListIds"] = [{"PrefixListId": vague([value])}]
    return {name: value for name, value in permission.items() if value is not None}


def _separate_rule(resource: TypedResource, peer: str, permissions: str) -> None:
    """A rule that is a resource of its own, added to its group."""
    resource.append(
        _GROUPS, "GroupId", permissions, resource.object(**_permission(resource.properties, peer))
    )


@TYPES.of("AWS::EC2::SecurityGroupIngress", _GROUPS, prefix="sgr-", order=1)
def _ingress(resource: TypedResource) -> None:
    _separate_rule(resource, "Source", "IpPermissions")


@TYPES.of("AWS::EC2::SecurityGroupEgress", _GROUPS, prefix="sgr-", order=1)
def _egress(resource: TypedResource) -> None:
    _separate_rule(resource, "Destination", "IpPermissionsEgress")


# Routes and network ACLs -----------------------------------------------------------------


@TYPES.of("AWS::EC2::RouteTable", _TABLES, prefix="rtb-", attributes={"RouteTableId": "{id}"})
def _route_table(resource: TypedResource) -> None:
    vpc = resource.answers.find(_VPCS, "VpcId", str(resource.get("VpcId")))
    block = None if vpc is None else vpc.raw("CidrBlock")
    local = {"DestinationCidrBlock": block, "GatewayId": "local", "Origin": "CreateRouteTable"}
    resource.item(
        _TABLES,
        "VpcId",
        RouteTableId=resource.id,
        OwnerId=resource.account,
        Associations=[],
        Routes=[local] if block is not None else [],
        Tags=resource.tags(),
    )


_TARGETS = (
    "GatewayId NatGatewayId TransitGatewayId VpcPeeringConnectionId "
    "EgressOnlyInternetGatewayId NetworkInterfaceId InstanceId CarrierGatewayId "
    "LocalGatewayId CoreNetworkArn"
)


@TYPES.of("AWS::EC2::Route", _TABLES, prefix="route-", order=1)
def _route(resource: TypedResource) -> None:
    endpoint = resource.get("VpcEndpointId")
    destinations = {
        name: resource.get(name)
        for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
        if resource.get(name) is not None
    }
    if not is_exact(destinations):
        destinations = {"DestinationPrefixListId": vague(destinations.values())}
    route = resource.object(_TARGETS, **destinations, State="active", Origin="CreateRoute")
    if endpoint is not None:
        route["GatewayId"] = endpoint
    resource.append(_TABLES, "RouteTableId", "Routes", route)


@TYPES.of("AWS::EC2::SubnetRouteTableAssociation", _TABLES, prefix="rtbassoc-", order=1)
def _route_table_association(resource: TypedResource) -> None:
    resource.append(
        _TABLES, "RouteTableId", "Associations", resource.object("SubnetId", Main=False)
    )


@TYPES.of("AWS::EC2::GatewayRouteTableAssociation", _TABLES, prefix="rtbassoc-", order=1)
def _gateway_association(resource: TypedResource) -> None:
    resource.append(
        _TABLES, "RouteTableId", "Associations", resource.object("GatewayId", Main=False)
    )


@TYPES.of("AWS::EC2::NetworkAcl", _ACLS, prefix="acl-", attributes={"Id": "{id}"})
def _acl(resource: TypedResource) -> None:
    last = {"RuleNumber": 32767, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}
    resource.item(
        _ACLS,
        "VpcId",
        NetworkAclId=resource.id,
        OwnerId=resource.account,
        IsDefault=False,
        Associations=[],
        Entries=[{**last, "Egress": egress} for egress in (False, True)],
        Tags=resource.tags(),
    )


@TYPES.of("AWS::EC2::NetworkAclEntry", _ACLS, prefix="entry-", order=1)
def _acl_entry(resource: TypedResource) -> None:
    protocol = resource.get("Protocol")
    icmp = resource.get("Icmp")
    entry = resource.object(
        "RuleNumber RuleAction PortRange",
        Egress=resource.get("Egress", False),
        Protocol=str(_PROTOCOL_NUMBERS.get(str(protocol).lower(), protocol))
        if is_exact(protocol)
        else protocol,
        CidrBlock=exact(resource.get("CidrBlock")),
        Ipv6CidrBlock=exact(resource.get("Ipv6CidrBlock")),
        IcmpTypeCode=icmp,
    )
    resource.append(_ACLS, "NetworkAclId", "Entries", entry)


@TYPES.of(
    "AWS::EC2::SubnetNetworkAclAssociation",
    _ACLS,
    prefix="aclassoc-",
    attributes={"AssociationId": "{id}"},
    order=1,
)
def _acl_association(resource: TypedResource) -> None:
    resource.append(_ACLS, "NetworkAclId", "Associations", resource.object("SubnetId"))


# Gateways --------------------------------------------------------------------------------


@TYPES.of(
    "AWS::EC2::InternetGateway",
    "ec2:DescribeInternetGateways",
    prefix="igw-",
    attributes={"InternetGatewayId": "{id}"},
)
def _internet_gateway(resource: TypedResource) -> None:
    resource.item(
        "ec2:DescribeInternetGateways",
        InternetGatewayId=resource.id,
        OwnerId=resource.account,
        Attachments=[],
        Tags=resource.tags(),
    )


@TYPES.of(
    "AWS::EC2::VPCGatewayAttachment",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeVpnGateways",
    prefix="attach-",
    order=1,
)
def _gateway_attachment(resource: TypedResource) -> None:
    attachment = {"VpcId": resource.get("VpcId"), "State": "available"}
    for operation, key, members in (
        ("ec2:DescribeInternetGateways", "InternetGatewayId", "Attachments"),
        ("ec2:DescribeVpnGateways", "VpnGatewayId", "VpcAttachments"),
    ):
        if resource.get(key) is not None:
            resource.append(operation, key, members, resource.object(**attachment))
