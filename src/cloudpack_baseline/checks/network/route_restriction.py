"""Whether only internet-facing subnets have a route to an internet gateway."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._subnets import (
    Subnets,
    is_gateway_route,
    may_lead_to_gateway,
)
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.ec2 import (
    OTHER_ROUTES,
    Instance,
    NetworkInterface,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import NatGateway
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Truth, Unknown, Why, any_of
from cloudpack_baseline.texts import text

__all__ = ["route_restriction"]


@check(
    reads(Subnet),
    reads(RouteTable),
    reads(Vpc),
    reads(NetworkInterface),
    reads(Instance),
    reads(NatGateway),
    subjects=(Subnet, RouteTable),
    by_parts=True,
)
def route_restriction(view: AccountView) -> Iterator[Finding]:
    """Reads active routes to an internet gateway in the route table that each subnet uses.

    That is its own table, or the main table of its VPC. A subnet that contains only NAT gateways
    needs the route. A main table with such a route that no subnet uses fails too, because the
    next subnet would get it. The default VPC is exempt while it is empty. Which subnets use a table
    that a template only adds routes to is not known, so such a route leaves that table unknown.
    """
    subnets = Subnets.of(view)
    for subnet in view.all(Subnet):
        yield view.finding(subnet, _restricted(subnets, subnet))
    for table in view.all(RouteTable):
        judge = _added_routes if table.is_elsewhere else _main_table
        observation = judge(subnets, table)
        if observation is not None:
            yield view.finding(table, observation)


def _restricted(subnets: Subnets, subnet: Subnet) -> Observation:
    """Of a subnet: it has no route to an internet gateway, or may have one."""
    elsewhere = subnets.view.judged_elsewhere(subnet.owner_id)
    if elsewhere is not None:
        return elsewhere
    if subnets.idle_default_vpc(subnet.vpc_id) is True:
        return not_applicable(text("network.idle-default-vpc", vpc=subnet.vpc_id))
    routes = subnets.gateway_routes(subnet)
    if routes == ():
        return passed(text("network.no-gateway-route"))
    if isinstance(routes, Unknown):
        return unknown("Routes", routes)
    excused = any_of(
        (subnets.faces_internet(subnet), subnets.only_gateways(subnet, balancers=False))
    )
    if excused is True:
        return passed(text("network.gateway-route-declared"))
    return _undeclared(routes, excused)


def _undeclared(routes: tuple[Route, ...], excused: Truth) -> Observation:
    if isinstance(excused, Unknown):
        return unknown("Segment", excused)
    listed = ", ".join(map(_shown, routes))
    return failed(text("network.gateway-route", routes=listed), read=listed)


def _main_table(subnets: Subnets, table: RouteTable) -> Observation | None:
    """An observation about a main table that no subnet uses; ``None`` for other tables."""
    if isinstance(table.associations, Unknown):
        return unknown("Associations", table.associations)
    if not any(association.main for association in table.associations) or subnets.implicit(table):
        return None
    if isinstance(table.routes, Unknown):
        return unknown("Routes", table.routes)
    listed = ", ".join(_shown(route) for route in table.routes if is_gateway_route(route))
    if not listed:
        return passed(text("network.main-table-no-internet-route"))
    if subnets.idle_default_vpc(table.vpc_id) is True:
        return not_applicable(text("network.idle-default-vpc", vpc=table.vpc_id))
    return failed(text("network.main-table-open", routes=listed), read=listed)


def _added_routes(subnets: Subnets, table: RouteTable) -> Observation | None:
    """Of a table elsewhere: whether an added route may lead to an internet gateway.

    ``None`` if a subnet here uses the table, because it is judged with the subnet.
    """
    if isinstance(table.routes, Unknown):
        return unknown("Routes", table.routes)
    if table in subnets.explicit.values():
        return None
    added = [route for route in table.routes if route.gateway_id != OTHER_ROUTES]
    if not any(is_gateway_route(route) or may_lead_to_gateway(route) for route in added):
        return passed(text("network.no-gateway-route-added"))
    detail = f"which subnets use {table.route_table_id}"
    return unknown("Associations", Unknown.because(Why.UNDETERMINED, detail=detail))


def _shown(route: Route) -> str:
    destination = (
        route.destination_cidr_block
        or route.destination_ipv6_cidr_block
        or route.destination_prefix_list_id
    )
    return f"{destination} -> {route.gateway_id}"
