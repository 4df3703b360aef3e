"""Route tables: which route a packet takes, and how it is shown."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.model.ec2 import Route
from cloudpack_baseline.model.ec2_gateways import TransitGatewayRoute, TransitGatewayRouteTable
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.reachability.filters import PrefixLists
from cloudpack_baseline.reachability.ipset import IPV4, parse_address
from cloudpack_baseline.reachability.tables import (
    Entry,
    RouteMap,
    compile_table,
    compile_transit_table,
)
from cloudpack_baseline.testing.records import route_table
from reachability.test_rules import WHO

LOCAL = Route(destination_cidr_block="10.0.0.0/16", gateway_id="local", origin="CreateRouteTable")


def compiled(*routes, vpc_blocks=("10.0.0.0/16",), **lists):
    named = {f"pl-{name}": blocks for name, blocks in lists.items()}
    record = evolve(route_table(), routes=routes)
    return compile_table(record, vpc_blocks, PrefixLists(named))


def entry(destination, target):
    return Entry(destination, "igw", (target,))


def test_the_last_address_of_a_block_may_have_a_route_of_its_own():
    wide, narrow = entry("0.0.1.0/24", "wide"), entry("0.0.1.255/32", "narrow")
    routes = RouteMap.of([((256, 511), 0, wide), ((511, 511), 0, narrow)])
    entries = [routes.find(address) for address in (0, 255, 256, 510, 511, 512)]
    assert entries == [None, None, wide, wide, narrow, None]
    assert routes.starts == (0, 256, 511, 512)


def test_a_default_route_begins_with_the_first_address():
    default = entry("0.0.0.0/0", "igw-1")
    assert RouteMap.of([((0, (1 << 32) - 1), 0, default)]).starts == (0, 1 << 32)


@pytest.mark.parametrize(
    ("block", "address"), [("10.0.0.0/16", "10.0.9.9"), ("2600:1f14::/56", "2600:1f14::9")]
)
def test_every_block_of_a_vpc_has_a_local_route(block, address):
    route = compiled(vpc_blocks=[block]).find(*parse_address(address))
    assert route.text == f"{block} -> local"


def test_a_static_route_may_replace_the_local_one():
    """Amazon VPC User Guide: the target of the local route can be a network interface."""
    replaced = Route(
        destination_cidr_block="10.0.0.0/16", network_interface_id="eni-1", origin="CreateRoute"
    )
    assert compiled(replaced).find(*parse_address("10.0.1.5")).target == "eni-1"


@pytest.mark.parametrize(
    ("origin", "target"), [("CreateRoute", "vgw-1"), ("EnableVgwRoutePropagation", "local")]
)
@pytest.mark.parametrize(("routes", "blocks"), [((LOCAL,), ()), ((), ("10.0.0.0/16",))])
def test_the_local_route_precedes_a_narrower_one_only_if_that_is_propagated(
    origin, target, routes, blocks
):
    narrow = Route(destination_cidr_block="10.0.1.0/24", gateway_id="vgw-1", origin=origin)
    table = compiled(*routes, narrow, vpc_blocks=blocks)
    assert table.find(*parse_address("10.0.1.5")).target == target


@pytest.mark.parametrize(
    ("block", "address", "target"),
    [
        ("10.0.0.0/24", "10.0.0.5", "local"),
        ("10.0.255.0/24", "10.0.255.5", "local"),
        ("10.0.0.0/16", "10.0.0.5", "local"),
        ("100.64.3.0/24", "100.64.3.5", "local"),
        ("10.0.0.0/8", "10.0.0.5", "local"),
        ("10.0.0.0/8", "10.1.0.5", "vgw-1"),
        ("0.0.0.0/0", "10.1.0.5", "vgw-1"),
    ],
)
def test_a_propagated_route_leads_out_of_the_blocks_of_the_vpc_alone(block, address, target):
    """Amazon VPC User Guide, Route priority: the local route precedes what is propagated."""
    learned = Route(
        destination_cidr_block=block, gateway_id="vgw-1", origin="EnableVgwRoutePropagation"
    )
    table = compiled(learned, vpc_blocks=("10.0.0.0/16", "100.64.0.0/16"))
    assert table.find(*parse_address(address)).target == target


def test_of_routes_for_the_same_block_a_static_one_precedes_a_list_and_that_a_propagated_one():
    block = "192.168.0.0/24"
    by_rank = [
        Route(destination_cidr_block=block, nat_gateway_id="nat-1", origin="CreateRoute"),
        Route(destination_prefix_list_id="pl-a", transit_gateway_id="tgw-1", origin="CreateRoute"),
        Route(
            destination_cidr_block=block,
            gateway_id="vgw-1",
            origin="EnableVgwRoutePropagation",
        ),
    ]
    for number, expected in enumerate(("nat-1", "tgw-1", "vgw-1")):
        table = compiled(*reversed(by_rank[number:]), a=(block,))
        assert table.find(*parse_address("192.168.0.7")).target == expected


def test_routes_of_lists_and_their_rivals_are_listed_too():
    by_list = [
        Route(destination_prefix_list_id=f"pl-{name}", nat_gateway_id=f"nat-{name}")
        for name in ("a", "b", "unread")
    ]
    table = compiled(*by_list, vpc_blocks=(), a=("10.9.0.0/16",), b=("10.9.0.0/16",))
    assert [route.target for route in table.routes()] == ["nat-a", "nat-b", "nat-unread"]


def test_a_target_of_another_kind_is_named_and_may_translate():
    carrier = Route(destination_ipv6_cidr_block="::/0", other_target="cagw-1")
    table = compiled(carrier)
    assert table.find(*parse_address("2600::1")).target == "cagw-1"
    assert table.may_lead_to_nat64


def test_a_route_whose_target_is_gone():
    gone = Route(destination_cidr_block="0.0.0.0/0", state="blackhole")
    route = compiled(gone).find(*parse_address("198.51.100.7"))
    assert route.shown == "0.0.0.0/0 -> blackhole"
    assert not Entry("10.9.0.0/16", "attachment", ()).target


def test_a_route_without_a_destination_names_none():
    ((route, reason),) = compiled(Route(gateway_id="igw-1")).vague
    assert (route.destination, reason.subject) == ("", "")


def test_a_route_names_the_line_of_a_template():
    place = Origin(file="site.yaml", line=3)
    written = Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1", written_at=place)
    assert compiled(written).find(IPV4, 1).text == "0.0.0.0/0 -> igw-1 (site.yaml:3)"


def transit(*routes):
    record = TransitGatewayRouteTable(
        **WHO,
        transit_gateway_route_table_id="tgw-rtb-1",
        transit_gateway_id="tgw-1",
        routes=routes,
    )
    return compile_transit_table(record).find(*parse_address("10.1.2.3"))


def to_vpc(*attachment_ids, type_="static", state="active"):
    return TransitGatewayRoute(
        destination_cidr_block="10.1.0.0/16",
        type=type_,
        state=state,
        attachment_ids=attachment_ids,
    )


def test_a_route_of_a_transit_gateway():
    route = transit(to_vpc("tgw-attach-1"))
    assert (route.kind, route.active) == ("attachment", True)
    assert route.shown == "10.1.0.0/16 -> tgw-attach-1"
    host = evolve(to_vpc("tgw-attach-1"), destination_cidr_block="10.1.2.3/32")
    assert transit(host).shown == "10.1.2.3/32 -> tgw-attach-1"


@pytest.mark.parametrize("order", [1, -1])
def test_a_static_route_of_a_transit_gateway_precedes_a_propagated_one(order):
    """Amazon VPC Transit Gateways, Route evaluation order."""
    routes = [to_vpc("tgw-attach-1"), to_vpc("tgw-attach-2", type_="propagated")][::order]
    assert transit(*routes).target == "tgw-attach-1"


@pytest.mark.parametrize(
    "route", [to_vpc("tgw-attach-1", state="blackhole"), to_vpc(), to_vpc(state="blackhole")]
)
def test_a_blackhole_of_a_transit_gateway(route):
    assert not transit(route).active
