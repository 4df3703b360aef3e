"""Records of EC2: the gateways and connections of a VPC.

Gateways, peering, transit gateways, endpoints and VPC Block Public Access. The VPC itself is
in `cloudpack_baseline.model.ec2`. Names are those of the EC2 API.
"""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.addresses import CidrBlock, IpAddress, cidr_block
from cloudpack_baseline.model.described import Answer, Listed, Singular, described
from cloudpack_baseline.model.reading import member, string
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field

__all__ = [
    "EgressOnlyInternetGateway",
    "GatewayAttachment",
    "InternetGateway",
    "NatGateway",
    "NatGatewayAddress",
    "TransitGateway",
    "TransitGatewayAttachment",
    "TransitGatewayRoute",
    "TransitGatewayRouteTable",
    "TransitGatewayRouteTableAssociation",
    "VpcBlockPublicAccessExclusion",
    "VpcBlockPublicAccessOptions",
    "VpcEndpoint",
    "VpcPeeringConnection",
    "VpcPeeringConnectionVpcInfo",
    "VpnConnection",
    "VpnGateway",
]


@frozen(kw_only=True)
class GatewayAttachment:
    """A VPC that a gateway is attached to.

    Attributes:
        vpc_id: the VPC.
        state: ``available`` or ``attached`` where it is in force.
    """

    vpc_id: str
    state: str = "available"


@frozen(kw_only=True)
class InternetGateway(Record):
    """An internet gateway (DescribeInternetGateways)."""

    api = Listed(
        "ec2:DescribeInternetGateways",
        arn="arn:{partition}:ec2:{region}:{account}:internet-gateway/{InternetGatewayId}",
        id="InternetGatewayId",
        owner="OwnerId",
    )

    internet_gateway_id: str
    owner_id: str = ""
    attachments: Field[tuple[GatewayAttachment, ...]] = ()
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class EgressOnlyInternetGateway(Record):
    """A gateway for outbound IPv6 (DescribeEgressOnlyInternetGateways)."""

    api = Listed(
        "ec2:DescribeEgressOnlyInternetGateways",
        arn="arn:{partition}:ec2:{region}:{account}:egress-only-internet-gateway/{EgressOnlyInternetGatewayId}",
        id="EgressOnlyInternetGatewayId",
    )

    egress_only_internet_gateway_id: str
    attachments: Field[tuple[GatewayAttachment, ...]] = ()
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class NatGatewayAddress:
    """An address of a NAT gateway; `public_ip` is None for a private one."""

    network_interface_id: str = ""
    private_ip: IpAddress | None = None
    public_ip: IpAddress | None = None


@frozen(kw_only=True)
class NatGateway(Record):
    """A NAT gateway (DescribeNatGateways).

    Attributes:
        nat_gateway_id: ``nat-...``.
        vpc_id: its VPC.
        subnet_id: its subnet; None for a regional one.
        state: ``available`` if it works.
        connectivity_type: ``public`` or ``private``.
        availability_mode: ``zonal`` or ``regional``.
        addresses: its addresses.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeNatGateways",
        arn="arn:{partition}:ec2:{region}:{account}:natgateway/{NatGatewayId}",
        id="NatGatewayId",
    )

    nat_gateway_id: str
    vpc_id: str
    subnet_id: str | None = None
    state: str = described("State", required=True, default="available")
    connectivity_type: str = "public"
    availability_mode: str = "zonal"
    addresses: tuple[NatGatewayAddress, ...] = described("NatGatewayAddresses", default=())
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class VpnGateway(Record):
    """A virtual private gateway (DescribeVpnGateways)."""

    api = Listed(
        "ec2:DescribeVpnGateways",
        arn="arn:{partition}:ec2:{region}:{account}:vpn-gateway/{VpnGatewayId}",
        id="VpnGatewayId",
    )

    vpn_gateway_id: str
    state: str = "available"
    attachments: Field[tuple[GatewayAttachment, ...]] = described("VpcAttachments", default=())
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class VpnConnection(Record):
    """A site-to-site VPN connection (DescribeVpnConnections), without its keys.

    Attributes:
        vpn_connection_id: ``vpn-...``.
        state: ``available`` if it works.
        vpn_gateway_id: the virtual private gateway at this end, if it is one.
        transit_gateway_id: the transit gateway at this end, if it is one.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeVpnConnections",
        arn="arn:{partition}:ec2:{region}:{account}:vpn-connection/{VpnConnectionId}",
        id="VpnConnectionId",
    )

    vpn_connection_id: str
    state: str = "available"
    vpn_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    tags: Field[Tags] = ()


def _peer_blocks(side: Answer) -> tuple[str, ...]:
    first = (string(side, "CidrBlock"),) if side.get("CidrBlock") else ()
    further = member(side, "CidrBlockSet[].CidrBlock") or ()
    return tuple(dict.fromkeys(map(cidr_block, (*first, *further))))


@frozen(kw_only=True)
class VpcPeeringConnectionVpcInfo:
    """One side of a peering connection."""

    vpc_id: str
    owner_id: str = ""
    region: str = ""
    cidr_blocks: tuple[CidrBlock, ...] = described("", convert=_peer_blocks, default=())
    ipv6_cidr_blocks: tuple[CidrBlock, ...] = described(
        "Ipv6CidrBlockSet[].Ipv6CidrBlock", default=()
    )


@frozen(kw_only=True)
class VpcPeeringConnection(Record):
    """A peering connection (DescribeVpcPeeringConnections).

    Attributes:
        vpc_peering_connection_id: ``pcx-...``.
        status: the status code; ``active`` if it works.
        requester: the side that requested it.
        accepter: the other side.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeVpcPeeringConnections",
        arn="arn:{partition}:ec2:{region}:{account}:vpc-peering-connection/{VpcPeeringConnectionId}",
        id="VpcPeeringConnectionId",
    )

    vpc_peering_connection_id: str
    status: str = described("Status.Code", required=True, default="active")
    requester: VpcPeeringConnectionVpcInfo = described("RequesterVpcInfo")
    accepter: VpcPeeringConnectionVpcInfo = described("AccepterVpcInfo")
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class TransitGateway(Record):
    """A transit gateway (DescribeTransitGateways).

    Attributes:
        transit_gateway_id: ``tgw-...``.
        owner_id: the account that owns it.
        state: ``available`` if it works.
        security_group_referencing_support: ``enable`` or ``disable``.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeTransitGateways",
        arn="arn:{partition}:ec2:{region}:{account}:transit-gateway/{TransitGatewayId}",
        id="TransitGatewayId",
        owner="OwnerId",
    )

    transit_gateway_id: str
    owner_id: str = ""
    state: str = "available"
    security_group_referencing_support: str = described(
        "Options.SecurityGroupReferencingSupport", default="disable"
    )
    tags: Field[Tags] = ()


_VPC_ATTACHMENTS = "ec2:DescribeTransitGatewayVpcAttachments"


def _associated_table(association: Answer) -> str | None:
    if association.get("State", "associated") != "associated":
        return None
    table: str | None = association.get("TransitGatewayRouteTableId")
    return table


@frozen(kw_only=True)
class TransitGatewayAttachment(Record):
    """An attachment (DescribeTransitGatewayAttachments, ...VpcAttachments).

    Attributes:
        transit_gateway_attachment_id: ``tgw-attach-...``.
        transit_gateway_id: its transit gateway.
        resource_type: ``vpc``, ``vpn``, ``direct-connect-gateway``, ``connect``,
            ``peering``, ...
        resource_id: what is attached; the other transit gateway of a peering.
        state: ``available`` if it works.
        association_route_table_id: the route table for packets that come out of it;
            None without one.
        subnet_ids: the subnets of a VPC attachment, one in each zone.
        security_group_referencing_support: ``enable`` or ``disable`` (VPC attachments).
        ipv6_support: ``enable`` or ``disable`` (VPC attachments).
        appliance_mode_support: ``enable`` or ``disable`` (VPC attachments).
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeTransitGatewayAttachments",
        arn="arn:{partition}:ec2:{region}:{account}:transit-gateway-attachment/{TransitGatewayAttachmentId}",
        id="TransitGatewayAttachmentId",
        owner="TransitGatewayOwnerId",
    )

    transit_gateway_attachment_id: str
    transit_gateway_id: str
    resource_type: str
    resource_id: str = ""
    state: str = "available"
    association_route_table_id: Field[str | None] = described(
        "Association", convert=_associated_table, default=None
    )
    subnet_ids: Field[tuple[str, ...]] = described(
        "SubnetIds", operation=_VPC_ATTACHMENTS, always_read=True, default=()
    )
    security_group_referencing_support: Field[str] = described(
        "Options.SecurityGroupReferencingSupport",
        operation=_VPC_ATTACHMENTS,
        always_read=True,
        default="disable",
    )
    ipv6_support: Field[str] = described(
        "Options.Ipv6Support", operation=_VPC_ATTACHMENTS, always_read=True, default="disable"
    )
    appliance_mode_support: Field[str] = described(
        "Options.ApplianceModeSupport",
        operation=_VPC_ATTACHMENTS,
        always_read=True,
        default="disable",
    )
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class TransitGatewayRoute:
    """One route of a transit gateway's route table.

    Attributes:
        destination_cidr_block: IPv4 or IPv6 destination.
        prefix_list_id: the prefix list it came from; None without one.
        attachment_ids: where to; several share the load, none for a blackhole.
        type: ``static`` or ``propagated``.
        state: ``active`` or ``blackhole``.
    """

    destination_cidr_block: CidrBlock
    prefix_list_id: str | None = None
    attachment_ids: tuple[str, ...] = described(
        "TransitGatewayAttachments[].TransitGatewayAttachmentId", default=()
    )
    type: str = "static"
    state: str = described("State", required=True, default="active")


@frozen(kw_only=True)
class TransitGatewayRouteTableAssociation:
    """An attachment whose traffic the table steers."""

    transit_gateway_attachment_id: str
    state: str = "associated"


@frozen(kw_only=True)
class TransitGatewayRouteTable(Record):
    """A transit gateway's route table.

    Sources: DescribeTransitGatewayRouteTables, SearchTransitGatewayRoutes,
    GetTransitGatewayRouteTableAssociations.
    """

    api = Listed(
        "ec2:DescribeTransitGatewayRouteTables",
        arn="arn:{partition}:ec2:{region}:{account}:transit-gateway-route-table/{TransitGatewayRouteTableId}",
        id="TransitGatewayRouteTableId",
    )

    transit_gateway_route_table_id: str
    transit_gateway_id: str
    state: str = "available"
    associations: Field[tuple[TransitGatewayRouteTableAssociation, ...]] = described(
        "Associations",
        operation="ec2:GetTransitGatewayRouteTableAssociations",
        always_read=True,
        default=(),
    )
    routes: Field[tuple[TransitGatewayRoute, ...]] = described(
        "Routes", operation="ec2:SearchTransitGatewayRoutes", always_read=True, default=()
    )
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class VpcEndpoint(Record):
    """An endpoint (DescribeVpcEndpoints).

    Attributes:
        vpc_endpoint_id: ``vpce-...``.
        vpc_endpoint_type: ``Interface``, ``Gateway``, ``GatewayLoadBalancer``, ...
        vpc_id: its VPC.
        service_name: such as ``com.amazonaws.ap-northeast-1.s3``.
        state: ``available`` if it works.
        subnet_ids: the subnets of its interfaces.
        network_interface_ids: its interfaces.
        groups: the security groups of its interfaces.
        tags: its tags.
    """

    api = Listed(
        "ec2:DescribeVpcEndpoints",
        arn="arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{VpcEndpointId}",
        id="VpcEndpointId",
        owner="OwnerId",
    )

    vpc_endpoint_id: str
    vpc_endpoint_type: str
    vpc_id: str
    service_name: str = ""
    state: str = described("State", convert=str.lower, default="available")
    subnet_ids: tuple[str, ...] = ()
    network_interface_ids: tuple[str, ...] = ()
    groups: tuple[str, ...] = described("Groups[].GroupId", default=())
    tags: Field[Tags] = ()


@frozen(kw_only=True)
class VpcBlockPublicAccessExclusion:
    """A VPC or subnet that is exempt from the block of public access.

    Attributes:
        resource_arn: the ARN of the VPC or subnet.
        internet_gateway_exclusion_mode: ``allow-bidirectional`` or ``allow-egress``.
        state: ``create-complete`` or ``update-complete`` where it is in force.
    """

    resource_arn: str
    internet_gateway_exclusion_mode: str
    state: str = described("State", required=True, default="create-complete")


@frozen(kw_only=True)
class VpcBlockPublicAccessOptions(Record):
    """VPC Block Public Access of an account in a Region, with its exclusions.

    Sources: DescribeVpcBlockPublicAccessOptions, ...Exclusions.

    Attributes:
        internet_gateway_block_mode: ``off``, ``block-bidirectional`` or
            ``block-ingress``.
        exclusions: what is exempt.
    """

    api = Singular(
        "ec2:DescribeVpcBlockPublicAccessOptions",
        arn="arn:{partition}:ec2:{region}:{account}:vpc-block-public-access-options/{region}",
        name="{region}",
    )

    internet_gateway_block_mode: Field[str] = described(
        "VpcBlockPublicAccessOptions.InternetGatewayBlockMode", required=True, default="off"
    )
    exclusions: Field[tuple[VpcBlockPublicAccessExclusion, ...]] = described(
        "VpcBlockPublicAccessExclusions",
        operation="ec2:DescribeVpcBlockPublicAccessExclusions",
        always_read=True,
        default=(),
    )
