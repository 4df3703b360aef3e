"""Whether only internet-facing subnets have a route to an internet gateway."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.network._gateway_routes import main_table, restricted
from cloudpack_baseline.checks.network._subnets import Subnets
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.ec2 import (
    Instance,
    NetworkInterface,
    RouteTable,
    Subnet,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import NatGateway
from cloudpack_baseline.model.read import reads

__all__ = ["route_restriction"]


@check(
    reads(Subnet),
    reads(RouteTable),
    reads(Vpc),
    reads(NetworkInterface),
    reads(Instance),
    reads(NatGateway),
    subjects=(Subnet, RouteTable),
)
def route_restriction(view: AccountView) -> Iterator[Finding]:
    """Reads active routes to an internet gateway in the route table that each subnet uses.

    That is its own table, or the main table of its VPC. A subnet that contains only NAT gateways
    needs the route. A main table with such a route that no subnet uses fails too, because the
    next subnet would get it. The default VPC is exempt while it is empty.
    """
    subnets = Subnets.of(view)
    for subnet in view.all(Subnet):
        yield view.finding(subnet, restricted(subnets, subnet))
    for table in view.all(RouteTable):
        observation = main_table(subnets, table)
        if observation is not None:
            yield view.finding(table, observation)
