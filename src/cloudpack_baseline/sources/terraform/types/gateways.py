"""Gateways, endpoints, peerings, transit gateways, VPNs and Elastic IP addresses.

Source: Terraform AWS provider, the resources of Amazon VPC.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.sources.cloudformation.values import ResolvedList, ResolvedObject
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    obj,
    properties_of,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_ATTACHMENT = "AWS::EC2::VPCGatewayAttachment"


TYPES.pair(
    "aws_internet_gateway",
    "AWS::EC2::InternetGateway",
    "vpc_id",
    _ATTACHMENT,
    {"id": "InternetGatewayId", "vpc_id": "VpcId"},
)
TYPES.pair(
    "aws_vpn_gateway",
    "AWS::EC2::VPNGateway",
    "vpc_id",
    _ATTACHMENT,
    {"id": "VpnGatewayId", "vpc_id": "VpcId"},
)
TYPES.plain("aws_internet_gateway_attachment", _ATTACHMENT, needs=("InternetGatewayId",))
TYPES.plain("aws_vpn_gateway_attachment", _ATTACHMENT, needs=("VpnGatewayId",))


@TYPES.made("aws_vpn_gateway_route_propagation", "AWS::EC2::VPNGatewayRoutePropagation")
def _propagation(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    yield (
        "AWS::EC2::VPNGatewayRoutePropagation",
        {
            "VpnGatewayId": values.get("vpn_gateway_id"),
            "RouteTableIds": ResolvedList([values.get("route_table_id")], NOWHERE),
        },
    )


TYPES.plain("aws_egress_only_internet_gateway", "AWS::EC2::EgressOnlyInternetGateway")
TYPES.plain("aws_nat_gateway", "AWS::EC2::NatGateway", {"private_ip": "PrivateIpAddress"})
TYPES.plain("aws_vpn_connection", "AWS::EC2::VPNConnection")
TYPES.plain("aws_vpc_peering_connection", "AWS::EC2::VPCPeeringConnection")

# Elastic IP addresses ------------------------------------------------------------------------


TYPES.pair(
    "aws_eip",
    "AWS::EC2::EIP",
    "network_interface",
    "AWS::EC2::EIPAssociation",
    {"id": "EIP", "network_interface": "NetworkInterfaceId"},
    renames={"instance": "InstanceId"},
    ref="public_ip",
    attributes={"id": "AllocationId"},
)
TYPES.plain("aws_eip_association", "AWS::EC2::EIPAssociation", {"public_ip": "EIP"})

# Endpoints ---------------------------------------------------------------------------------

TYPES.plain("aws_ec2_instance_connect_endpoint", "AWS::EC2::InstanceConnectEndpoint")

TYPES.plain("aws_vpc_endpoint", "AWS::EC2::VPCEndpoint", {"policy": "PolicyDocument"})

TYPES.setting(
    "aws_vpc_endpoint_route_table_association",
    "aws_vpc_endpoint",
    "vpc_endpoint_id",
    {"route_table_id": "RouteTableIds[]"},
)

TYPES.setting(
    "aws_vpc_endpoint_subnet_association",
    "aws_vpc_endpoint",
    "vpc_endpoint_id",
    {"subnet_id": "SubnetIds[]"},
)

TYPES.setting(
    "aws_vpc_endpoint_security_group_association",
    "aws_vpc_endpoint",
    "vpc_endpoint_id",
    {"security_group_id": "SecurityGroupIds[]"},
)

TYPES.setting(
    "aws_vpc_endpoint_policy", "aws_vpc_endpoint", "vpc_endpoint_id", {"policy": "PolicyDocument"}
)
TYPES.pair(
    "aws_vpc_endpoint_service",
    "AWS::EC2::VPCEndpointService",
    "allowed_principals",
    "AWS::EC2::VPCEndpointServicePermissions",
    {"id": "ServiceId", "allowed_principals": "AllowedPrincipals"},
)
TYPES.plain(
    "aws_vpc_endpoint_service_allowed_principal",
    "AWS::EC2::VPCEndpointServicePermissions",
    {"vpc_endpoint_service_id": "ServiceId", "principal_arn": "AllowedPrincipals"},
    needs=("ServiceId",),
)


# Transit gateways ----------------------------------------------------------------------------

TYPES.plain("aws_ec2_transit_gateway", "AWS::EC2::TransitGateway")
TYPES.plain("aws_ec2_transit_gateway_route_table", "AWS::EC2::TransitGatewayRouteTable")
TYPES.plain(
    "aws_ec2_transit_gateway_route_table_association",
    "AWS::EC2::TransitGatewayRouteTableAssociation",
    needs=("TransitGatewayRouteTableId", "TransitGatewayAttachmentId"),
)
TYPES.plain(
    "aws_ec2_transit_gateway_route_table_propagation",
    "AWS::EC2::TransitGatewayRouteTablePropagation",
    needs=("TransitGatewayRouteTableId", "TransitGatewayAttachmentId"),
)
TYPES.plain(
    "aws_ec2_transit_gateway_route",
    "AWS::EC2::TransitGatewayRoute",
    needs=("TransitGatewayRouteTableId",),
)
TYPES.plain(
    "aws_ec2_transit_gateway_peering_attachment", "AWS::EC2::TransitGatewayPeeringAttachment"
)


@TYPES.made("aws_ec2_transit_gateway_vpc_attachment", "AWS::EC2::TransitGatewayVpcAttachment")
def _transit_attachment(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    options = obj(
        Ipv6Support=values.get("ipv6_support"),
        ApplianceModeSupport=values.get("appliance_mode_support"),
        SecurityGroupReferencingSupport=values.get("security_group_referencing_support"),
    )
    yield (
        "AWS::EC2::TransitGatewayVpcAttachment",
        {**properties_of(Mapped(), values), "Options": options},
    )
