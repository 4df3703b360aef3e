"""What gateways are attached to, and the route tables of attachments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cloudpack_baseline.model import ec2_gateways
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability.reasons import StopReason

__all__ = ["attached_vpcs", "transit_associations"]


def transit_associations(
    attachments: Mapping[tuple[str, str], ec2_gateways.TransitGatewayAttachment],
    tables: Iterable[ec2_gateways.TransitGatewayRouteTable],
) -> dict[tuple[str, str], str | StopReason | None]:
    """The route table of each attachment, from either side."""
    tables_of: dict[tuple[str, str], str | StopReason | None] = {}
    for key, attachment in attachments.items():
        table_id = attachment.association_route_table_id
        tables_of[key] = (
            StopReason.of("transit-unreadable", key[1], table_id)
            if isinstance(table_id, Unknown)
            else table_id
        )
    for table in tables:
        if not isinstance(table.associations, Unknown):
            for association in table.associations:
                if association.state == "associated":
                    key = (table.transit_gateway_id, association.transit_gateway_attachment_id)
                    tables_of[key] = table.transit_gateway_route_table_id
    return tables_of


def attached_vpcs(by_kind: Mapping[type[Record], list[Any]]) -> dict[str, frozenset[str]]:
    """The VPCs that each recorded gateway is attached to; unread ones are left out."""
    kinds = {
        ec2_gateways.InternetGateway: "internet_gateway_id",
        ec2_gateways.EgressOnlyInternetGateway: "egress_only_internet_gateway_id",
        ec2_gateways.VpnGateway: "vpn_gateway_id",
    }
    return {
        getattr(record, name): frozenset(
            attachment.vpc_id
            for attachment in record.attachments
            if attachment.state in ("available", "attached")
        )
        for kind, name in kinds.items()
        for record in by_kind.get(kind, ())
        if not isinstance(record.attachments, Unknown)
    }
