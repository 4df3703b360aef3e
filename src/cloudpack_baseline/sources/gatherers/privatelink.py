"""AWS PrivateLink: one listing has the connections of all endpoint services."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.privatelink import VpcEndpointService
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    list_items,
    records_of,
)

__all__ = ["GATHERERS"]

_SERVICES = "ec2:DescribeVpcEndpointServiceConfigurations"
_CONNECTIONS, _ITEMS = "ec2:DescribeVpcEndpointConnections", "VpcEndpointConnections"

_DESCRIBED = described_gatherer(VpcEndpointService)


def _services(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = list_items(calls, _SERVICES, VpcEndpointService.api)
    if not listing.items or "connected_accounts" not in selected:
        return records_of(calls, VpcEndpointService, _SERVICES, listing, selected)
    connections = calls.listing(_CONNECTIONS)

    def reply(_calls: Calls, service: ListedItem) -> Reply:
        if connections.unknown is not None:
            return connections.unknown
        return {
            _ITEMS: [
                connection
                for connection in connections.items
                if connection.get("ServiceId") == service.subject
            ]
        }

    answered = {_CONNECTIONS: reply}
    return records_of(calls, VpcEndpointService, _SERVICES, listing, selected, answered=answered)


_AMONG = {key: among for key, among in _DESCRIBED.among.items() if key != _CONNECTIONS}

GATHERERS = (evolve(_DESCRIBED, run=_services, among=_AMONG),)
