"""EC2's ways in and out of a VPC."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from cloudpack_baseline.model.ec2_gateways import (
    EgressOnlyInternetGateway,
    GatewayAttachment,
    InternetGateway,
    NatGateway,
    NatGatewayAddress,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    TransitGatewayRouteTableAssociation,
    VpcBlockPublicAccessExclusion,
    VpcBlockPublicAccessOptions,
    VpcEndpoint,
    VpcPeeringConnection,
    VpcPeeringConnectionVpcInfo,
    VpnConnection,
    VpnGateway,
)
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted
from cloudpack_baseline.sources.gatherers._ec2_network import all_of, common, names_of, tags
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS"]

_INTERNET = "ec2:DescribeInternetGateways"
_EGRESS_ONLY = "ec2:DescribeEgressOnlyInternetGateways"
_NATS = "ec2:DescribeNatGateways"
_VPN_GATEWAYS = "ec2:DescribeVpnGateways"
_VPNS = "ec2:DescribeVpnConnections"
_PEERINGS = "ec2:DescribeVpcPeeringConnections"
_TRANSITS = "ec2:DescribeTransitGateways"
_ATTACHMENTS = "ec2:DescribeTransitGatewayAttachments"
_VPC_ATTACHMENTS = "ec2:DescribeTransitGatewayVpcAttachments"
_TRANSIT_TABLES = "ec2:DescribeTransitGatewayRouteTables"
_TRANSIT_ROUTES = "ec2:SearchTransitGatewayRoutes"
_TRANSIT_ASSOCIATIONS = "ec2:GetTransitGatewayRouteTableAssociations"
_ENDPOINTS = "ec2:DescribeVpcEndpoints"
_BLOCK = "ec2:DescribeVpcBlockPublicAccessOptions"
_EXCLUSIONS = "ec2:DescribeVpcBlockPublicAccessExclusions"


def _attached(items: Iterable[Answer] | None) -> tuple[GatewayAttachment, ...]:
    return tuple(
        GatewayAttachment(vpc_id=string(item, "VpcId"), state=item.get("State", "available"))
        for item in items or ()
    )


def _internet_gateways(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_INTERNET, lambda item: _internet_gateway(calls, item))


def _internet_gateway(calls: Calls, item: Answer) -> InternetGateway:
    id_ = string(item, "InternetGatewayId")
    return InternetGateway(
        **common(calls, item, _INTERNET, "internet-gateway", id_),
        internet_gateway_id=id_,
        owner_id=item.get("OwnerId", ""),
        attachments=_attached(item.get("Attachments")),
        tags=tags(item),
    )


def _egress_only(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_EGRESS_ONLY, lambda item: _egress_only_gateway(calls, item))


def _egress_only_gateway(calls: Calls, item: Answer) -> EgressOnlyInternetGateway:
    id_ = string(item, "EgressOnlyInternetGatewayId")
    return EgressOnlyInternetGateway(
        **common(calls, item, _EGRESS_ONLY, "egress-only-internet-gateway", id_),
        egress_only_internet_gateway_id=id_,
        attachments=_attached(item.get("Attachments")),
        tags=tags(item),
    )


def _nats(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_NATS, lambda item: _nat(calls, item))


def _nat(calls: Calls, item: Answer) -> NatGateway:
    id_ = string(item, "NatGatewayId")
    return NatGateway(
        **common(calls, item, _NATS, "natgateway", id_),
        nat_gateway_id=id_,
        vpc_id=string(item, "VpcId"),
        subnet_id=item.get("SubnetId") or None,
        state=string(item, "State"),
        connectivity_type=item.get("ConnectivityType", "public"),
        availability_mode=item.get("AvailabilityMode", "zonal"),
        addresses=tuple(map(_nat_address, item.get("NatGatewayAddresses") or ())),
        tags=tags(item),
    )


def _nat_address(item: Answer) -> NatGatewayAddress:
    return NatGatewayAddress(
        network_interface_id=item.get("NetworkInterfaceId", ""),
        private_ip=item.get("PrivateIp"),
        public_ip=item.get("PublicIp"),
        allocation_id=item.get("AllocationId"),
    )


def _vpn_gateways(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_VPN_GATEWAYS, lambda item: _vpn_gateway(calls, item))


def _vpn_gateway(calls: Calls, item: Answer) -> VpnGateway:
    id_ = string(item, "VpnGatewayId")
    return VpnGateway(
        **common(calls, item, _VPN_GATEWAYS, "vpn-gateway", id_),
        vpn_gateway_id=id_,
        state=item.get("State", "available"),
        # Sic: this one answer calls them so.
        attachments=_attached(item.get("VpcAttachments")),
        tags=tags(item),
    )


def _vpns(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_VPNS, lambda item: _vpn(calls, item))


def _vpn(calls: Calls, item: Answer) -> VpnConnection:
    # The answer also holds the tunnels' keys (CustomerGatewayConfiguration): left out.
    id_ = string(item, "VpnConnectionId")
    return VpnConnection(
        **common(calls, item, _VPNS, "vpn-connection", id_),
        vpn_connection_id=id_,
        state=item.get("State", "available"),
        vpn_gateway_id=item.get("VpnGatewayId") or None,
        transit_gateway_id=item.get("TransitGatewayId") or None,
        customer_gateway_id=item.get("CustomerGatewayId", ""),
        static_routes=names_of(item.get("Routes"), "DestinationCidrBlock"),
        tags=tags(item),
    )


def _peerings(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_PEERINGS, lambda item: _peering(calls, item))


def _peering(calls: Calls, item: Answer) -> VpcPeeringConnection:
    id_ = string(item, "VpcPeeringConnectionId")
    return VpcPeeringConnection(
        **common(calls, item, _PEERINGS, "vpc-peering-connection", id_),
        vpc_peering_connection_id=id_,
        status=string(item["Status"], "Code"),
        requester=_side(item["RequesterVpcInfo"]),
        accepter=_side(item["AccepterVpcInfo"]),
        tags=tags(item),
    )


def _side(item: Answer) -> VpcPeeringConnectionVpcInfo:
    first = (item["CidrBlock"],) if item.get("CidrBlock") else ()
    blocks = first + names_of(item.get("CidrBlockSet"), "CidrBlock")
    return VpcPeeringConnectionVpcInfo(
        vpc_id=string(item, "VpcId"),
        owner_id=item.get("OwnerId", ""),
        region=item.get("Region", ""),
        cidr_blocks=tuple(dict.fromkeys(blocks)),
        ipv6_cidr_blocks=names_of(item.get("Ipv6CidrBlockSet"), "Ipv6CidrBlock"),
    )


def _transits(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_TRANSITS, lambda item: _transit(calls, item))


def _transit(calls: Calls, item: Answer) -> TransitGateway:
    id_ = string(item, "TransitGatewayId")
    options = item.get("Options") or {}
    return TransitGateway(
        **common(calls, item, _TRANSITS, "transit-gateway", id_),
        transit_gateway_id=id_,
        owner_id=item.get("OwnerId", ""),
        state=item.get("State", "available"),
        security_group_referencing_support=options.get(
            "SecurityGroupReferencingSupport", "disable"
        ),
        tags=tags(item),
    )


def _attachments(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    """All attachments, and of those to VPCs the subnets and options: two listings."""
    listing = calls.listing(_VPC_ATTACHMENTS)
    details = {
        item["TransitGatewayAttachmentId"]: item
        for item in listing.items
        if "TransitGatewayAttachmentId" in item
    }
    absent = Unknown.because(
        Why.NOT_TOLD, operation=_VPC_ATTACHMENTS, detail="the attachment is not listed"
    )
    missing = absent if listing.unknown is None else listing.unknown
    return calls.records(_ATTACHMENTS, lambda item: _attachment(calls, item, details, missing))


def _attachment(
    calls: Calls, item: Answer, details: dict[str, Answer], missing: Unknown
) -> TransitGatewayAttachment:
    id_ = string(item, "TransitGatewayAttachmentId")
    kind = string(item, "ResourceType")
    held = details.get(id_) if kind == "vpc" else {}
    options = (held or {}).get("Options") or {}

    def told(key: str) -> Field[str]:
        value: str = options.get(key, "disable")
        return missing if held is None else value

    return TransitGatewayAttachment(
        **common(
            calls,
            item,
            _ATTACHMENTS,
            "transit-gateway-attachment",
            id_,
            owner="TransitGatewayOwnerId",
        ),
        transit_gateway_attachment_id=id_,
        transit_gateway_id=string(item, "TransitGatewayId"),
        resource_type=kind,
        resource_id=item.get("ResourceId", ""),
        resource_owner_id=item.get("ResourceOwnerId", ""),
        state=item.get("State", "available"),
        association_route_table_id=_associated_table(item),
        subnet_ids=missing if held is None else tuple(held.get("SubnetIds") or ()),
        security_group_referencing_support=told("SecurityGroupReferencingSupport"),
        ipv6_support=told("Ipv6Support"),
        appliance_mode_support=told("ApplianceModeSupport"),
        tags=tags(item),
    )


def _associated_table(item: Answer) -> str | None:
    association = item.get("Association") or {}
    if association.get("State", "associated") != "associated":
        return None
    table: str | None = association.get("TransitGatewayRouteTableId")
    return table


def _transit_tables(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    found = calls.records(_TRANSIT_TABLES, lambda item: _transit_table(calls, item))
    return evolve(found, records=tuple(calls.map(lambda one: _routed(calls, one), found.records)))


def _transit_table(calls: Calls, item: Answer) -> TransitGatewayRouteTable:
    id_ = string(item, "TransitGatewayRouteTableId")
    return TransitGatewayRouteTable(
        **common(calls, item, _TRANSIT_TABLES, "transit-gateway-route-table", id_),
        transit_gateway_route_table_id=id_,
        transit_gateway_id=string(item, "TransitGatewayId"),
        state=item.get("State", "available"),
        tags=tags(item),
    )


def _routed(calls: Calls, record: Record) -> Record:
    """The table with its routes and associations."""
    if not isinstance(record, TransitGatewayRouteTable):  # pragma: no cover - only tables are given
        return record
    id_ = record.transit_gateway_route_table_id
    routes = calls.listing(
        _TRANSIT_ROUTES,
        TransitGatewayRouteTableId=id_,
        Filters=[{"Name": "state", "Values": ["active", "blackhole"]}],
    )
    associations = calls.listing(_TRANSIT_ASSOCIATIONS, TransitGatewayRouteTableId=id_)
    return evolve(
        record,
        routes=all_of(_TRANSIT_ROUTES, routes, lambda items: tuple(map(_transit_route, items))),
        associations=all_of(
            _TRANSIT_ASSOCIATIONS,
            associations,
            lambda items: tuple(map(_transit_association, items)),
        ),
    )


def _transit_route(item: Answer) -> TransitGatewayRoute:
    return TransitGatewayRoute(
        destination_cidr_block=string(item, "DestinationCidrBlock"),
        prefix_list_id=item.get("PrefixListId"),
        attachment_ids=names_of(
            item.get("TransitGatewayAttachments"), "TransitGatewayAttachmentId"
        ),
        type=item.get("Type", "static"),
        state=string(item, "State"),
    )


def _transit_association(item: Answer) -> TransitGatewayRouteTableAssociation:
    return TransitGatewayRouteTableAssociation(
        transit_gateway_attachment_id=string(item, "TransitGatewayAttachmentId"),
        state=item.get("State", "associated"),
    )


def _endpoints(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_ENDPOINTS, lambda item: _endpoint(calls, item))


def _endpoint(calls: Calls, item: Answer) -> VpcEndpoint:
    id_ = string(item, "VpcEndpointId")
    return VpcEndpoint(
        **common(calls, item, _ENDPOINTS, "vpc-endpoint", id_),
        vpc_endpoint_id=id_,
        vpc_endpoint_type=string(item, "VpcEndpointType"),
        vpc_id=string(item, "VpcId"),
        service_name=item.get("ServiceName", ""),
        state=item.get("State", "available").lower(),
        route_table_ids=tuple(item.get("RouteTableIds") or ()),
        subnet_ids=tuple(item.get("SubnetIds") or ()),
        network_interface_ids=tuple(item.get("NetworkInterfaceIds") or ()),
        groups=names_of(item.get("Groups"), "GroupId"),
        policy_document=item.get("PolicyDocument"),
        tags=tags(item),
    )


def _block(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    """One record a region, also where nothing could be read."""
    answer = calls.get(_BLOCK)
    options = (
        answer
        if isinstance(answer, Unknown)
        else converted(_BLOCK, lambda held: held["VpcBlockPublicAccessOptions"], answer or {})
    )
    mode = (
        options
        if isinstance(options, Unknown)
        else converted(_BLOCK, lambda held: string(held, "InternetGatewayBlockMode"), options)
    )
    listing = calls.listing(_EXCLUSIONS)
    exclusions = all_of(_EXCLUSIONS, listing, lambda items: tuple(map(_exclusion, items)))
    record = VpcBlockPublicAccessOptions(
        **common(calls, {}, _BLOCK, "vpc-block-public-access-options", calls.region),
        internet_gateway_block_mode=mode,
        exclusions=exclusions,
    )
    return Gathered((record,))


def _exclusion(item: Answer) -> VpcBlockPublicAccessExclusion:
    return VpcBlockPublicAccessExclusion(
        exclusion_id=item.get("ExclusionId", ""),
        resource_arn=string(item, "ResourceArn"),
        internet_gateway_exclusion_mode=string(item, "InternetGatewayExclusionMode"),
        state=string(item, "State"),
    )


GATHERERS = (
    Gatherer(kind=InternetGateway, run=_internet_gateways, operations=(_INTERNET,)),
    Gatherer(kind=EgressOnlyInternetGateway, run=_egress_only, operations=(_EGRESS_ONLY,)),
    Gatherer(kind=NatGateway, run=_nats, operations=(_NATS,)),
    Gatherer(kind=VpnGateway, run=_vpn_gateways, operations=(_VPN_GATEWAYS,)),
    Gatherer(kind=VpnConnection, run=_vpns, operations=(_VPNS,)),
    Gatherer(kind=VpcPeeringConnection, run=_peerings, operations=(_PEERINGS,)),
    Gatherer(kind=TransitGateway, run=_transits, operations=(_TRANSITS,)),
    Gatherer(
        kind=TransitGatewayAttachment,
        run=_attachments,
        operations=(_ATTACHMENTS, _VPC_ATTACHMENTS),
    ),
    Gatherer(
        kind=TransitGatewayRouteTable,
        run=_transit_tables,
        operations=(_TRANSIT_TABLES, _TRANSIT_ROUTES, _TRANSIT_ASSOCIATIONS),
    ),
    Gatherer(kind=VpcEndpoint, run=_endpoints, operations=(_ENDPOINTS,)),
    Gatherer(kind=VpcBlockPublicAccessOptions, run=_block, operations=(_BLOCK, _EXCLUSIONS)),
)
