"""Transit gateways: attachments, route tables and routes.

Source: AWS CloudFormation Template Reference, "AWS::EC2::TransitGateway" and its parts.
"""

from __future__ import annotations

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.interfaces import (
    InterfaceSettings,
    add_interfaces,
    flattened,
)
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    exact,
    follow,
    shown,
    truth_of,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined

__all__ = ["TYPES"]

TYPES = Types()

_GATEWAYS = "ec2:DescribeTransitGateways"
_ATTACHMENTS = "ec2:DescribeTransitGatewayAttachments"
_VPC_ATTACHMENTS = "ec2:DescribeTransitGatewayVpcAttachments"
_TABLES = "ec2:DescribeTransitGatewayRouteTables"
_ROUTES = "ec2:SearchTransitGatewayRoutes"
_ASSOCIATIONS = "ec2:GetTransitGatewayRouteTableAssociations"
_INTERFACES = "ec2:DescribeNetworkInterfaces"
_VPCS = "ec2:DescribeVpcs"


@TYPES.of(
    "AWS::EC2::TransitGateway",
    _GATEWAYS,
    _TABLES,
    _ROUTES,
    _ASSOCIATIONS,
    prefix="tgw-",
    attributes={"Id": "{id}"},
)
def _gateway(resource: TypedResource) -> None:
    """It has a route table of its own for associations and propagations by default."""
    referencing = resource.get("SecurityGroupReferencingSupport", "disable")
    resource.item(
        _GATEWAYS,
        TransitGatewayId=resource.id,
        OwnerId=resource.account,
        State="available",
        Options={
            "SecurityGroupReferencingSupport": shown(referencing),
            "Association": resource.get("DefaultRouteTableAssociation", "enable"),
            "Propagation": resource.get("DefaultRouteTablePropagation", "enable"),
        },
        Tags=resource.tags(),
    )
    _add_table(resource, _default_table(resource.id), resource.id)


def _default_table(gateway: str) -> str:
    return f"tgw-rtb-default-of-{gateway}"


def _add_table(resource: TypedResource, table: str, gateway: str) -> None:
    resource.item(
        _TABLES, TransitGatewayRouteTableId=table, TransitGatewayId=gateway, State="available"
    )
    resource.about(_ROUTES, table, Routes=[])
    resource.about(_ASSOCIATIONS, table, Associations=[])


@TYPES.of(
    "AWS::EC2::TransitGatewayRouteTable",
    _TABLES,
    _ROUTES,
    _ASSOCIATIONS,
    prefix="tgw-rtb-",
    attributes={"TransitGatewayRouteTableId": "{id}"},
)
def _table(resource: TypedResource) -> None:
    _add_table(resource, resource.id, str(shown(resource.get("TransitGatewayId"))))


def _vpc_attachment(resource: TypedResource) -> None:
    gateway = str(shown(resource.get("TransitGatewayId")))
    options = resource.get("Options", {})
    _attach(resource, gateway, "vpc", str(shown(resource.get("VpcId"))))
    resource.item(
        _VPC_ATTACHMENTS,
        TransitGatewayAttachmentId=resource.id,
        SubnetIds=[shown(subnet) for subnet in flattened(resource.get("SubnetIds"))],
        Options={
            name: _option(options, name, default)
            for name, default in (
                ("Ipv6Support", "disable"),
                ("ApplianceModeSupport", "disable"),
                ("SecurityGroupReferencingSupport", "enable"),
            )
        },
    )
    settings = InterfaceSettings(
        type="transit_gateway", description=f"Network Interface for {resource.id}"
    )
    add_interfaces(resource, resource.get("SubnetIds"), settings)


def _option(options: Resolved, name: str, default: str) -> Resolved:
    option = follow(options, name)
    return default if option is None else option


for _name in ("AWS::EC2::TransitGatewayVpcAttachment", "AWS::EC2::TransitGatewayAttachment"):
    TYPES.of(
        _name,
        _ATTACHMENTS,
        _VPC_ATTACHMENTS,
        _ROUTES,
        _ASSOCIATIONS,
        _INTERFACES,
        prefix="tgw-attach-",
        attributes={"Id": "{id}"},
        order=3,
    )(_vpc_attachment)


@TYPES.of(
    "AWS::EC2::TransitGatewayPeeringAttachment",
    _ATTACHMENTS,
    _ASSOCIATIONS,
    _ROUTES,
    prefix="tgw-attach-",
    attributes={"TransitGatewayAttachmentId": "{id}"},
    order=3,
)
def _peering_attachment(resource: TypedResource) -> None:
    """It has one ID on both sides, each of which is described by its own gateway."""
    sides = [
        str(shown(resource.get(name))) for name in ("TransitGatewayId", "PeerTransitGatewayId")
    ]
    for gateway, peer in (sides, sides[::-1]):
        if resource.answers.find(_GATEWAYS, "TransitGatewayId", gateway) is not None:
            _attach(resource, gateway, "peering", peer)


def _attach(resource: TypedResource, gateway: str, kind: str, attached: str) -> None:
    """An attachment, associated with the default route table where the gateway does so."""
    item = resource.answers.find(_GATEWAYS, "TransitGatewayId", gateway)
    table = _default_table(gateway)
    association: Resolved = undetermined(f"the route table of {resource.id}")
    if item is not None:
        options = item.raw("Options")
        by_default = options.raw("Association")
        associated = {"TransitGatewayRouteTableId": table, "State": "associated"}
        association = exact(by_default)
        if by_default in ("enable", "disable"):
            association = associated if by_default == "enable" else None
        if association is associated:
            resource.append_about(_ASSOCIATIONS, table, "Associations", _association(resource.id))
        if kind == "vpc" and options.raw("Propagation") == "enable":
            _propagate(resource, table, resource.id, attached)
    resource.item(
        _ATTACHMENTS,
        TransitGatewayAttachmentId=resource.id,
        TransitGatewayId=gateway,
        TransitGatewayOwnerId=resource.account,
        ResourceType=kind,
        ResourceId=attached,
        State="available",
        Association=association,
        Tags=resource.tags(),
    )


def _association(attachment: str) -> dict[str, str]:
    return {"TransitGatewayAttachmentId": attachment, "State": "associated"}


def _propagate(resource: TypedResource, table: str, attachment: str, vpc_id: str) -> None:
    """Routes to the blocks of an attached VPC."""
    vpc = resource.answers.find(_VPCS, "VpcId", vpc_id)
    blocks = [undetermined(f"the blocks of {vpc_id}")]
    if vpc is not None:
        blocks = [
            entry.raw(key)
            for members, key in (
                ("CidrBlockAssociationSet", "CidrBlock"),
                ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
            )
            for entry in vpc.raw(members)
        ]
    for block in blocks:
        resource.append_about(
            _ROUTES,
            table,
            "Routes",
            {
                "DestinationCidrBlock": block,
                "Type": "propagated",
                "State": "active",
                "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": attachment}],
            },
        )


@TYPES.of(
    "AWS::EC2::TransitGatewayRouteTableAssociation",
    _ATTACHMENTS,
    _ASSOCIATIONS,
    prefix="tgw-assoc-",
    order=4,
)
def _table_association(resource: TypedResource) -> None:
    table, attachment = (
        str(shown(resource.get(name)))
        for name in ("TransitGatewayRouteTableId", "TransitGatewayAttachmentId")
    )
    resource.append_about(_ASSOCIATIONS, table, "Associations", _association(attachment))
    item = resource.answers.find(_ATTACHMENTS, "TransitGatewayAttachmentId", attachment)
    if item is not None:
        associated = {"TransitGatewayRouteTableId": table, "State": "associated"}
        resource.settle(item, Association=resource.object(**associated))


@TYPES.of(
    "AWS::EC2::TransitGatewayRouteTablePropagation", _ROUTES, prefix="tgw-propagation-", order=4
)
def _table_propagation(resource: TypedResource) -> None:
    attachment = str(shown(resource.get("TransitGatewayAttachmentId")))
    item = resource.answers.find(_ATTACHMENTS, "TransitGatewayAttachmentId", attachment)
    vpc_id = f"<what {attachment} attaches>" if item is None else str(item.raw("ResourceId"))
    table = str(shown(resource.get("TransitGatewayRouteTableId")))
    _propagate(resource, table, attachment, vpc_id)


@TYPES.of("AWS::EC2::TransitGatewayRoute", _ROUTES, prefix="tgw-route-", order=4)
def _route(resource: TypedResource) -> None:
    is_blackhole = truth_of(resource.get("Blackhole"))
    attachment = shown(resource.get("TransitGatewayAttachmentId"))
    attachments = [] if attachment is None else [{"TransitGatewayAttachmentId": attachment}]
    state = "blackhole" if is_blackhole is True else "active"
    resource.append_about(
        _ROUTES,
        str(shown(resource.get("TransitGatewayRouteTableId"))),
        "Routes",
        {
            "DestinationCidrBlock": exact(resource.get("DestinationCidrBlock")),
            "Type": "static",
            "State": is_blackhole if isinstance(is_blackhole, Unknown) else state,
            "TransitGatewayAttachments": attachments,
        },
    )
