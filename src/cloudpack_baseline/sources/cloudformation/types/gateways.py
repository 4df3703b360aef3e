"""Gateways of a VPC: to the internet, to other networks and to services of AWS.

Source: AWS CloudFormation Template Reference, "Amazon EC2 resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.addresses import public_address
from cloudpack_baseline.sources.cloudformation.interfaces import (
    InterfaceSettings,
    add_interface,
    add_interfaces,
    flattened,
    group_ids,
    vpc_of,
)
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    exact,
    follow,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, is_exact
from cloudpack_baseline.sources.located import AnswerList

__all__ = ["TYPES"]

TYPES = Types()

_INTERNET = "ec2:DescribeInternetGateways"
_EGRESS_ONLY = "ec2:DescribeEgressOnlyInternetGateways"
_NAT = "ec2:DescribeNatGateways"
_VPN = "ec2:DescribeVpnGateways"
_INTERFACES = "ec2:DescribeNetworkInterfaces"
_VPCS = "ec2:DescribeVpcs"
_TABLES = "ec2:DescribeRouteTables"
_ENDPOINTS = "ec2:DescribeVpcEndpoints"
_CONNECT_ENDPOINTS = "ec2:DescribeInstanceConnectEndpoints"
_LISTS = "ec2:DescribeManagedPrefixLists"
_BLOCK = "ec2:DescribeVpcBlockPublicAccessOptions"
_EXCLUSIONS = "ec2:DescribeVpcBlockPublicAccessExclusions"
_ENTRIES = "ec2:GetManagedPrefixListEntries"


@TYPES.of(
    "AWS::EC2::InternetGateway",
    _INTERNET,
    prefix="igw-",
    attributes={"InternetGatewayId": "{id}"},
)
def _internet_gateway(resource: TypedResource) -> None:
    resource.item(
        _INTERNET,
        InternetGatewayId=resource.id,
        OwnerId=resource.account,
        Attachments=[],
        Tags=resource.tags(),
    )


@TYPES.of(
    "AWS::EC2::VPCGatewayAttachment",
    _INTERNET,
    _VPN,
    prefix="attach-",
    attributes={"AttachmentType": "{id}"},
    order=1,
)
def _gateway_attachment(resource: TypedResource) -> None:
    attachment = {"VpcId": shown(resource.get("VpcId")), "State": "available"}
    for operation, key, members in (
        (_INTERNET, "InternetGatewayId", "Attachments"),
        (_VPN, "VpnGatewayId", "VpcAttachments"),
    ):
        if resource.get(key) is not None:
            resource.append(operation, key, members, resource.object(**attachment))


@TYPES.of("AWS::EC2::EgressOnlyInternetGateway", _EGRESS_ONLY, prefix="eigw-")
def _egress_only_gateway(resource: TypedResource) -> None:
    resource.item(
        _EGRESS_ONLY,
        EgressOnlyInternetGatewayId=resource.id,
        Attachments=[{"VpcId": shown(resource.get("VpcId")), "State": "attached"}],
        Tags=resource.tags(),
    )


@TYPES.of(
    "AWS::EC2::NatGateway",
    _NAT,
    _INTERFACES,
    prefix="nat-",
    attributes={"NatGatewayId": "{id}", "EniId": "eni-{logical}"},
    order=4,
)
def _nat_gateway(resource: TypedResource) -> None:
    """A zonal one has an interface in its subnet, a regional one has none."""
    is_private = str(resource.get("ConnectivityType", "public")) == "private"
    public: bool | str = not is_private
    allocation = resource.get("AllocationId")
    if allocation is not None and not is_private:
        public = public_address(str(shown(allocation)))
    subnet = resource.get("SubnetId")
    addresses: list[dict[str, Resolved]] = []
    if subnet is None:
        addresses.append({"PublicIp": public_address(resource.id)} if public else {})
    else:
        addresses.append(_nat_address(resource, str(shown(subnet)), public=public))
    resource.item(
        _NAT,
        NatGatewayId=resource.id,
        VpcId=vpc_of(resource.answers, str(shown(subnet)))
        if subnet is not None
        else shown(resource.get("VpcId")),
        SubnetId=shown(subnet),
        State="available",
        ConnectivityType="private" if is_private else "public",
        AvailabilityMode=shown(
            resource.get("AvailabilityMode", "regional" if subnet is None else "zonal")
        ),
        NatGatewayAddresses=addresses,
        Tags=resource.tags(),
    )


def _nat_address(
    resource: TypedResource,
    subnet: str,
    *,
    public: bool | str,
) -> dict[str, Resolved]:
    interface = f"eni-{resource.name}"
    settings = InterfaceSettings(
        type="nat_gateway",
        description=f"Interface for NAT Gateway {resource.id}",
        public=public,
        address=exact(resource.get("PrivateIpAddress")),
        source_dest_check=False,
    )
    add_interface(resource, interface, subnet, settings)
    address: dict[str, Resolved] = {"NetworkInterfaceId": interface}
    item = resource.answers.find(_INTERFACES, "NetworkInterfaceId", interface)
    private = None if item is None else item.raw("PrivateIpAddresses")
    if isinstance(private, list) and private:
        address["PrivateIp"] = private[0]["PrivateIpAddress"]
    if public:
        address["PublicIp"] = public if isinstance(public, str) else public_address(interface)
    return address


# VPC Block Public Access ---------------------------------------------------------------------


@TYPES.of("AWS::EC2::VPCBlockPublicAccessOptions", _BLOCK, prefix="vpcbpa-")
def _block_options(resource: TypedResource) -> None:
    mode = {"InternetGatewayBlockMode": resource.get("InternetGatewayBlockMode")}
    resource.about(_BLOCK, "", VpcBlockPublicAccessOptions=mode)


@TYPES.of("AWS::EC2::VPCBlockPublicAccessExclusion", _EXCLUSIONS, prefix="vpcbpa-exclude-")
def _exclusion(resource: TypedResource) -> None:
    place = f"arn:{resource.partition}:ec2:{resource.region}:{resource.account}"
    vpc, subnet = resource.get("VpcId"), resource.get("SubnetId")
    excluded = f"vpc/{shown(vpc)}" if subnet is None else f"subnet/{shown(subnet)}"
    resource.item(
        _EXCLUSIONS,
        "InternetGatewayExclusionMode",
        ResourceArn=f"{place}:{excluded}",
        State="create-complete",
    )


# Connections with other networks -----------------------------------------------------------


@TYPES.of("AWS::EC2::VPNGateway", _VPN, prefix="vgw-", attributes={"VPNGatewayId": "{id}"})
def _vpn_gateway(resource: TypedResource) -> None:
    resource.item(
        _VPN,
        VpnGatewayId=resource.id,
        State="available",
        VpcAttachments=[],
        Tags=resource.tags(),
    )


@TYPES.of(
    "AWS::EC2::VPNConnection",
    "ec2:DescribeVpnConnections",
    prefix="vpn-",
    attributes={"VpnConnectionId": "{id}"},
)
def _vpn_connection(resource: TypedResource) -> None:
    resource.item(
        "ec2:DescribeVpnConnections",
        VpnConnectionId=resource.id,
        State="available",
        VpnGatewayId=shown(resource.get("VpnGatewayId")),
        TransitGatewayId=shown(resource.get("TransitGatewayId")),
        Tags=resource.tags(),
    )


@TYPES.of(
    "AWS::EC2::VPCPeeringConnection",
    "ec2:DescribeVpcPeeringConnections",
    prefix="pcx-",
    attributes={"Id": "{id}"},
    order=2,
)
def _peering(resource: TypedResource) -> None:
    """CloudFormation waits until the connection is accepted."""
    resource.item(
        "ec2:DescribeVpcPeeringConnections",
        VpcPeeringConnectionId=resource.id,
        Status={"Code": "active"},
        RequesterVpcInfo=_peer(resource, "VpcId", resource.account, resource.region),
        AccepterVpcInfo=_peer(
            resource,
            "PeerVpcId",
            shown(resource.get("PeerOwnerId", resource.account)),
            shown(resource.get("PeerRegion", resource.region)),
        ),
        Tags=resource.tags(),
    )


def _peer(resource: TypedResource, name: str, owner: str, region: str) -> dict[str, Resolved]:
    """One side of a peering connection, with the blocks of its VPC that are known."""
    vpc_id = str(shown(resource.get(name)))
    vpc = resource.answers.find(_VPCS, "VpcId", vpc_id)
    sides = {
        "CidrBlockSet": ("CidrBlockAssociationSet", "CidrBlock"),
        "Ipv6CidrBlockSet": ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
    }
    blocks = {
        members: [
            entry
            for entry in as_list(None if vpc is None else vpc.raw(associations))
            if is_exact(follow(entry, key))
        ]
        for members, (associations, key) in sides.items()
    }
    return {"VpcId": vpc_id, "OwnerId": owner, "Region": region, **blocks}


# Endpoints ---------------------------------------------------------------------------------


@TYPES.of(
    "AWS::EC2::VPCEndpoint",
    _ENDPOINTS,
    _INTERFACES,
    _TABLES,
    _LISTS,
    _ENTRIES,
    prefix="vpce-",
    attributes={"Id": "{id}"},
    order=4,
)
def _endpoint(resource: TypedResource) -> None:
    """A gateway endpoint is a route, any other one has interfaces."""
    kind = str(shown(resource.get("VpcEndpointType", "Gateway")))
    groups = group_ids(resource.answers, resource.get("SecurityGroupIds"))
    interfaces: tuple[str, ...] = ()
    if kind == "Gateway":
        _gateway_endpoint(resource)
    elif resource.get("SubnetIds") is not None:
        is_interface = kind == "Interface"
        settings = InterfaceSettings(
            type="vpc_endpoint" if is_interface else "gateway_load_balancer_endpoint",
            description=f"VPC Endpoint Interface {resource.id}",
            groups=groups or ([_default_group(resource)] if is_interface else None),
        )
        interfaces = add_interfaces(resource, resource.get("SubnetIds"), settings)
    resource.item(
        _ENDPOINTS,
        VpcEndpointId=resource.id,
        VpcEndpointType=kind,
        VpcId=shown(resource.get("VpcId")),
        ServiceName=shown(resource.get("ServiceName")),
        OwnerId=resource.account,
        State="available",
        SubnetIds=[shown(subnet) for subnet in flattened(resource.get("SubnetIds"))],
        NetworkInterfaceIds=list(interfaces),
        Groups=[{"GroupId": group} for group in groups or ()],
        Tags=resource.tags(),
    )


@TYPES.of(
    "AWS::EC2::InstanceConnectEndpoint",
    _CONNECT_ENDPOINTS,
    prefix="eice-",
    attributes={"Id": "{id}"},
    order=4,
)
def _connect_endpoint(resource: TypedResource) -> None:
    place = f"{resource.partition}:ec2:{resource.region}:{resource.account}"
    subnet = str(shown(resource.get("SubnetId")))
    groups = group_ids(resource.answers, resource.get("SecurityGroupIds"))
    resource.item(
        _CONNECT_ENDPOINTS,
        InstanceConnectEndpointId=resource.id,
        InstanceConnectEndpointArn=f"arn:{place}:instance-connect-endpoint/{resource.id}",
        State="create-complete",
        VpcId=vpc_of(resource.answers, subnet, groups),
    )


def _default_group(resource: TypedResource) -> str:
    return f"sg-default-of-{shown(resource.get('VpcId'))}"


def _gateway_endpoint(resource: TypedResource) -> None:
    """Its routes lead to the prefix list of the service, whose blocks AWS changes.

    A block that nothing else has stands for them: they are addresses of the service alone.
    """
    service = str(shown(resource.get("ServiceName"))).rpartition(".")[2]
    list_id = f"pl-of-{service}"
    if resource.answers.find(_LISTS, "PrefixListId", list_id) is None:
        resource.item(
            _LISTS, PrefixListId=list_id, PrefixListName=f"com.amazonaws.{service}", OwnerId="AWS"
        )
        block = f"{public_address(list_id)}/32"
        resource.about(_ENTRIES, list_id, Entries=[{"Cidr": block}])
    route = {
        "DestinationPrefixListId": list_id,
        "GatewayId": resource.id,
        "State": "active",
        "Origin": "CreateRoute",
    }
    for table in as_list(resource.get("RouteTableIds")):
        item = resource.answers.find(_TABLES, "RouteTableId", str(table))
        if item is not None:
            item["Routes"] = AnswerList([*item.raw("Routes"), resource.object(**route)])


# Elastic IP addresses ------------------------------------------------------------------------


def _allocation_id(logical_id: str) -> str:
    return f"eipalloc-{logical_id}"


@TYPES.of(
    "AWS::EC2::EIP",
    _INTERFACES,
    prefix=lambda logical_id: public_address(_allocation_id(logical_id)),
    attributes={
        "AllocationId": _allocation_id,
        "PublicIp": lambda logical_id: public_address(_allocation_id(logical_id)),
    },
    order=5,
)
def _address(resource: TypedResource) -> None:
    instance = resource.get("InstanceId")
    if instance is not None:
        associate(resource, "InstanceId", instance, resource.id)


@TYPES.of("AWS::EC2::EIPAssociation", _INTERFACES, prefix="eipassoc-", order=5)
def _address_association(resource: TypedResource) -> None:
    allocation = resource.get("AllocationId")
    address = str(shown(resource.get("EIP")))
    if allocation is not None:
        address = public_address(str(shown(allocation)))
    for name in ("NetworkInterfaceId", "InstanceId"):
        if resource.get(name) is not None:
            associate(resource, name, resource.get(name), address)


def associate(resource: TypedResource, name: str, target: Resolved, address: str) -> None:
    """Give the first interface of an instance, or an interface, a public address."""
    if not is_exact(target):
        return
    for item in resource.answers.items.get(_INTERFACES, ()):
        of_instance = name == "InstanceId"
        holder = item.raw("Attachment") if of_instance else item
        if follow(holder, "InstanceId" if of_instance else "NetworkInterfaceId") == target:
            addresses = item.raw("PrivateIpAddresses")
            if isinstance(addresses, list) and addresses:
                addresses[0]["Association"] = {"PublicIp": str(address)}
            return
