"""Amazon VPC: networks, their blocks, subnets, route tables, network ACLs and flow logs.

Source: AWS CloudFormation Template Reference, "Amazon EC2 resource types".
"""

from __future__ import annotations

from cloudpack_baseline.model.ec2 import OTHER_ROUTES
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.addresses import provided_ipv6_block
from cloudpack_baseline.sources.cloudformation.interfaces import vpc_of
from cloudpack_baseline.sources.cloudformation.nodes import Mark
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    exact,
    shown,
    truth_of,
    vague,
)
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    is_exact,
    undetermined,
)
from cloudpack_baseline.sources.located import AnswerList, AnswerObject

__all__ = ["TYPES"]

TYPES = Types()

_VPCS = "ec2:DescribeVpcs"
_SUBNETS = "ec2:DescribeSubnets"
_TABLES = "ec2:DescribeRouteTables"
_ACLS = "ec2:DescribeNetworkAcls"
_GROUPS = "ec2:DescribeSecurityGroups"
_LISTS = "ec2:DescribeManagedPrefixLists"

_PROTOCOL_NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58, "all": -1}
_EVERYWHERE = {
    "IpProtocol": "-1",
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
}


def _ipv6_blocks(logical_id: str) -> Resolved:
    return ResolvedList([provided_ipv6_block(f"vpc-{logical_id}")], Mark(0, 0))


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
        "Ipv6CidrBlocks": _ipv6_blocks,
    },
)
def _vpc(resource: TypedResource) -> None:
    """A VPC brings a main route table, a default network ACL and a default group."""
    block = exact(resource.get("CidrBlock"))
    if block is None and resource.get("Ipv4IpamPoolId") is not None:
        block = undetermined(f"the block of {resource.name}")
    resource.item(
        _VPCS,
        "InstanceTenancy",
        VpcId=resource.id,
        OwnerId=resource.account,
        CidrBlock=block,
        CidrBlockAssociationSet=[] if block is None else [{"CidrBlock": block}],
        Ipv6CidrBlockAssociationSet=[],
        IsDefault=False,
        Tags=resource.tags(),
    )
    resource.item(
        _TABLES,
        RouteTableId=f"rtb-main-of-{resource.id}",
        VpcId=resource.id,
        OwnerId=resource.account,
        Associations=[{"Main": True}],
        Routes=_local_routes(block),
    )
    _default_acl(resource)
    group_id = f"sg-default-of-{resource.id}"
    resource.item(
        _GROUPS,
        GroupId=group_id,
        GroupName="default",
        Description="default VPC security group",
        VpcId=resource.id,
        OwnerId=resource.account,
        IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group_id}]}],
        IpPermissionsEgress=[_EVERYWHERE],
    )


def _default_acl(resource: TypedResource) -> None:
    """It allows all traffic, of IPv6 too once the VPC has a block of it."""
    allowed = {"Protocol": "-1", "RuleAction": "allow"}
    anywhere = ((100, {"CidrBlock": "0.0.0.0/0"}), (101, {"Ipv6CidrBlock": "::/0"}))
    resource.item(
        _ACLS,
        NetworkAclId=f"acl-default-of-{resource.id}",
        VpcId=resource.id,
        OwnerId=resource.account,
        IsDefault=True,
        Associations=[],
        Entries=[
            {**allowed, **block, "RuleNumber": number, "Egress": egress}
            for egress in (False, True)
            for number, block in anywhere
        ],
    )


def _local_routes(block: Resolved) -> list[dict[str, Resolved]]:
    """The route within the VPC; a block that is not known may cover any address."""
    if block is None:
        return []
    known = not isinstance(block, Unknown)
    destination = (
        {"DestinationCidrBlock": block} if known else {"DestinationPrefixListId": vague([block])}
    )
    return [{**destination, "GatewayId": "local", "Origin": "CreateRouteTable"}]


@TYPES.of(
    "AWS::EC2::VPCCidrBlock", _VPCS, prefix="vpc-cidr-assoc-", attributes={"Id": "{id}"}, order=1
)
def _vpc_block(resource: TypedResource) -> None:
    """A further block of a VPC; of IPv6, Amazon or a pool may provide it."""
    block = exact(resource.get("CidrBlock"))
    if block is None and resource.get("Ipv4IpamPoolId") is not None:
        block = undetermined(f"the block of {resource.name}")
    if block is not None:
        resource.append(_VPCS, "VpcId", "CidrBlockAssociationSet", resource.object(CidrBlock=block))
        return
    block = exact(resource.get("Ipv6CidrBlock"))
    if block is None:
        block = provided_ipv6_block(str(resource.get("VpcId")))
    resource.append(
        _VPCS, "VpcId", "Ipv6CidrBlockAssociationSet", resource.object(Ipv6CidrBlock=block)
    )


@TYPES.of(
    "AWS::EC2::Subnet",
    _SUBNETS,
    prefix="subnet-",
    attributes={"SubnetId": "{id}", "AvailabilityZone": "<zone of {id}>"},
)
def _subnet(resource: TypedResource) -> None:
    six = exact(resource.get("Ipv6CidrBlock"))
    block = exact(resource.get("CidrBlock"))
    if block is None and truth_of(resource.get("Ipv6Native")) is not True:
        block = undetermined(f"the block of {resource.name}")
    resource.item(
        _SUBNETS,
        "MapPublicIpOnLaunch AssignIpv6AddressOnCreation",
        SubnetId=resource.id,
        VpcId=shown(resource.get("VpcId", resource.unnamed)),
        OwnerId=resource.account,
        AvailabilityZone=shown(resource.get("AvailabilityZone")) or f"<zone of {resource.id}>",
        AvailabilityZoneId=shown(resource.get("AvailabilityZoneId")),
        CidrBlock=block,
        Ipv6CidrBlockAssociationSet=[] if six is None else [{"Ipv6CidrBlock": six}],
        Tags=resource.tags(),
    )


@TYPES.of("AWS::EC2::SubnetCidrBlock", _SUBNETS, prefix="subnet-cidr-assoc-", order=1)
def _subnet_block(resource: TypedResource) -> None:
    block = exact(resource.get("Ipv6CidrBlock"))
    if block is None:
        block = undetermined(f"the block of {resource.name}")
    resource.append(
        _SUBNETS, "SubnetId", "Ipv6CidrBlockAssociationSet", resource.object(Ipv6CidrBlock=block)
    )


# Routes ----------------------------------------------------------------------------------


@TYPES.of(
    "AWS::EC2::RouteTable",
    _TABLES,
    prefix="rtb-",
    attributes={"RouteTableId": "{id}"},
    order=2,
)
def _route_table(resource: TypedResource) -> None:
    vpc = resource.answers.find(_VPCS, "VpcId", str(resource.get("VpcId")))
    resource.item(
        _TABLES,
        RouteTableId=resource.id,
        VpcId=shown(resource.get("VpcId", resource.unnamed)),
        OwnerId=resource.account,
        Associations=[],
        Routes=_local_routes(None if vpc is None else vpc.raw("CidrBlock")),
        Tags=resource.tags(),
    )


_TARGETS = (
    "GatewayId NatGatewayId TransitGatewayId VpcPeeringConnectionId "
    "EgressOnlyInternetGatewayId NetworkInterfaceId InstanceId CarrierGatewayId "
    "LocalGatewayId CoreNetworkArn"
)
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


@TYPES.of("AWS::EC2::Route", _TABLES, prefix="route-", attributes={"CidrBlock": "{id}"}, order=4)
def _route(resource: TypedResource) -> None:
    """A destination that is not known may be any address; a target that is not, any gateway."""
    destinations = {
        name: resource.get(name) for name in _DESTINATIONS if resource.get(name) is not None
    }
    if not is_exact(destinations):
        destinations = {"DestinationPrefixListId": vague(destinations.values())}
    named = {
        name: resource.get(name) for name in _TARGETS.split() if resource.get(name) is not None
    }
    targets = {name: shown(target) for name, target in named.items()}
    if len(targets) > 1 and not is_exact(named):
        targets = {"GatewayId": vague(named.values())}  # it has one, of any kind
    endpoint = resource.get("VpcEndpointId")
    if endpoint is not None:
        targets["GatewayId"] = shown(endpoint)
    route = resource.object(**destinations, **targets, State="active", Origin="CreateRoute")
    _add_route(resource, str(shown(resource.get("RouteTableId") or resource.unnamed)), route)


def _add_route(resource: TypedResource, table: str, route: AnswerObject) -> None:
    item = resource.answers.find(_TABLES, "RouteTableId", table)
    if item is None:
        item = _table_elsewhere(resource, table, f"<VPC of {table}>")
    routes = item.raw("Routes")
    if not isinstance(routes, Unknown):
        item["Routes"] = AnswerList([*routes, route])


def _table_elsewhere(resource: TypedResource, table: str, vpc: Resolved) -> AnswerObject:
    """A table that the template only adds to; it may have any other routes."""
    further = {"DestinationPrefixListId": OTHER_ROUTES, "GatewayId": OTHER_ROUTES}
    return resource.elsewhere(
        _TABLES,
        RouteTableId=table,
        VpcId=vpc,
        OwnerId=resource.account,
        Associations=[],
        Routes=[{**further, "State": "active", "Origin": "CreateRoute"}],
    )


@TYPES.of(
    "AWS::EC2::SubnetRouteTableAssociation",
    _TABLES,
    prefix="rtbassoc-",
    attributes={"Id": "{id}"},
    order=3,
)
def _route_table_association(resource: TypedResource) -> None:
    """A table that is not in the template may have any routes."""
    subnet, table = (resource.subject(name) for name in ("SubnetId", "RouteTableId"))
    if resource.answers.find(_TABLES, "RouteTableId", table) is None:
        _table_elsewhere(resource, table, vpc_of(resource.answers, subnet))
    association = resource.object(SubnetId=subnet, Main=False)
    _associate(resource, _TABLES, "RouteTableId", association)


def _associate(resource: TypedResource, listing: str, key: str, association: AnswerObject) -> None:
    """A subnet has one table and one network ACL: which of several stays, is not known.

    One that it is given replaces the default one of its VPC.
    """
    subnet, name = str(association.raw("SubnetId")), str(shown(resource.get(key)))
    resource.append(listing, key, "Associations", association)
    if resource.answers.find(_SUBNETS, "SubnetId", subnet) is None:
        return
    claims = resource.answers.claim(key, subnet, name, resource.name)
    items = [resource.answers.find(listing, key, claimed) for claimed in claims]
    described = [item for item in items if item is not None]
    non_default = [item for item in described if item.raw("IsDefault") is not True]
    several = undetermined(f"the {key} of {subnet} (set by {' and '.join(claims.values())})")
    for item in described if len(claims) > 1 else ():
        if len(non_default) > 1:
            item["Associations"] = several
        elif item not in non_default:
            known = item.raw("Associations")
            of_other_subnets = [entry for entry in known if entry.raw("SubnetId") != subnet]
            item["Associations"] = AnswerList(of_other_subnets)


@TYPES.of("AWS::EC2::GatewayRouteTableAssociation", _TABLES, prefix="rtbassoc-", order=3)
def _gateway_association(resource: TypedResource) -> None:
    gateway = resource.object(GatewayId=shown(resource.get("GatewayId")), Main=False)
    resource.append(_TABLES, "RouteTableId", "Associations", gateway)


@TYPES.of("AWS::EC2::VPNGatewayRoutePropagation", _TABLES, prefix="propagation-", order=4)
def _propagation(resource: TypedResource) -> None:
    """What a gateway learns is known once it is connected: it may be any address outside."""
    gateway = shown(resource.get("VpnGatewayId"))
    route = {
        "DestinationPrefixListId": f"<routes of {gateway}>",
        "GatewayId": gateway,
        "State": "active",
        "Origin": "EnableVgwRoutePropagation",
    }
    for table in as_list(resource.get("RouteTableIds")):
        _add_route(resource, str(shown(table)), resource.object(**route))


# Network ACLs ----------------------------------------------------------------------------


@TYPES.of("AWS::EC2::NetworkAcl", _ACLS, prefix="acl-", attributes={"Id": "{id}"})
def _acl(resource: TypedResource) -> None:
    last = {"RuleNumber": 32767, "Protocol": "-1", "RuleAction": "deny"}
    resource.item(
        _ACLS,
        NetworkAclId=resource.id,
        VpcId=shown(resource.get("VpcId", resource.unnamed)),
        OwnerId=resource.account,
        IsDefault=False,
        Associations=[],
        Entries=[{**last, "CidrBlock": "0.0.0.0/0", "Egress": egress} for egress in (False, True)],
        Tags=resource.tags(),
    )


@TYPES.of("AWS::EC2::NetworkAclEntry", _ACLS, prefix="entry-", order=2)
def _acl_entry(resource: TypedResource) -> None:
    protocol = resource.get("Protocol")
    entry = resource.object(
        "RuleNumber RuleAction PortRange",
        Egress=resource.get("Egress", False),
        Protocol=str(_PROTOCOL_NUMBERS.get(str(protocol).lower(), protocol))
        if is_exact(protocol)
        else protocol,
        CidrBlock=exact(resource.get("CidrBlock")),
        Ipv6CidrBlock=exact(resource.get("Ipv6CidrBlock")),
        IcmpTypeCode=resource.get("Icmp"),
    )
    acl = str(shown(resource.get("NetworkAclId") or resource.unnamed))
    if resource.answers.find(_ACLS, "NetworkAclId", acl) is None:
        _acl_elsewhere(resource, acl, f"<VPC of {acl}>")
    resource.append(_ACLS, "NetworkAclId", "Entries", entry)


def _acl_elsewhere(resource: TypedResource, acl: str, vpc: Resolved) -> None:
    """A network ACL that is not in the template; its entries are not known."""
    resource.elsewhere(
        _ACLS,
        NetworkAclId=acl,
        VpcId=vpc,
        OwnerId=resource.account,
        IsDefault=False,
        Associations=[],
        Entries=undetermined(f"the entries of {acl}"),
    )


@TYPES.of(
    "AWS::EC2::SubnetNetworkAclAssociation",
    _ACLS,
    prefix="aclassoc-",
    attributes={"AssociationId": "{id}"},
    order=1,
)
def _acl_association(resource: TypedResource) -> None:
    subnet, acl = (resource.subject(name) for name in ("SubnetId", "NetworkAclId"))
    if resource.answers.find(_ACLS, "NetworkAclId", acl) is None:
        _acl_elsewhere(resource, acl, vpc_of(resource.answers, subnet))
    _associate(resource, _ACLS, "NetworkAclId", resource.object(SubnetId=subnet))


# Prefix lists and flow logs ----------------------------------------------------------------


@TYPES.of(
    "AWS::EC2::PrefixList",
    _LISTS,
    "ec2:GetManagedPrefixListEntries",
    prefix="pl-",
    attributes={"PrefixListId": "{id}", "OwnerId": "{account}"},
)
def _prefix_list(resource: TypedResource) -> None:
    resource.item(
        _LISTS,
        PrefixListId=resource.id,
        PrefixListName=shown(resource.get("PrefixListName")),
        OwnerId=resource.account,
        Tags=resource.tags(),
    )
    entries = resource.get("Entries", [])
    resource.about("ec2:GetManagedPrefixListEntries", resource.id, Entries=entries)


@TYPES.of("AWS::EC2::FlowLog", "ec2:DescribeFlowLogs", prefix="fl-", attributes={"Id": "{id}"})
def _flow_log(resource: TypedResource) -> None:
    """Whether logs are delivered shows once it is created; until then they are taken to be."""
    resource.item(
        "ec2:DescribeFlowLogs",
        "TrafficType LogDestination LogGroupName",
        FlowLogId=resource.id,
        ResourceId=shown(resource.get("ResourceId")),
        FlowLogStatus="ACTIVE",
        DeliverLogsStatus="SUCCESS",
    )
