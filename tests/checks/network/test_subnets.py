"""What is declared of subnets and of interfaces in them, and where their routes lead."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline
from cloudpack_baseline.checks.network._subnets import Subnets, is_load_balancer, is_nat
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.ec2 import RouteTableAssociation
from cloudpack_baseline.model.ec2_gateways import NatGateway
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.testing.records import network_interface, route_table, subnet, vpc
from support import denied, world
from vpcs import TO_GATEWAY, made

UNREAD = denied("ec2:DescribeRouteTables")
FACING = {"name": "web", "security_groups": ["sg-3eb"], "internet_facing": True}
APP = {"name": "app", "security_groups": ["sg-a00"]}
SUBNET = subnet(cidr_block="10.0.1.0/24")


def subnets(*records, segments=(), source="aws"):
    snapshot = world("public-ip-assignment", vpc(), *records, source=source)
    baseline = Baseline.from_mapping({"segments": list(segments)})
    return Subnets.of(view_of(snapshot, baseline, "public-ip-assignment", snapshot.accounts[0]))


@pytest.mark.parametrize(
    ("table", "source", "expected"),
    [
        (route_table(routes=[TO_GATEWAY], subnets=["subnet-a"]), "aws", True),
        (route_table(subnets=["subnet-a"]), "aws", False),
        (route_table(main=True), "aws", False),
        (route_table(subnets=["subnet-a"]), "template", False),
        # The next template may add a route to it.
        (route_table(main=True), "template", True),
        (evolve(route_table(subnets=["subnet-a"]), routes=UNREAD), "template", True),
        (evolve(route_table(subnets=["subnet-a"]), routes=UNREAD), "aws", UNREAD),
    ],
)
def test_where_routes_lead(table, source, expected):
    assert subnets(SUBNET, table, source=source).leads_to_gateway(SUBNET, 4) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"interface_type": "gateway_load_balancer"}, True),
        ({"interface_type": "network_load_balancer"}, True),
        ({"requester_id": "amazon-elb"}, True),
        ({"description": "ELB app/front/1"}, True),
        ({"interface_type": "interface", "description": "ELBA"}, False),
    ],
)
def test_interfaces_of_load_balancers(fields, expected):
    assert is_load_balancer(network_interface(**fields)) is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"interface_type": "natGateway"}, True),
        ({"interface_type": "nat_gateway"}, True),
        ({"description": "Interface for NAT Gateway nat-1"}, True),
        ({"interface_type": "interface"}, False),
    ],
)
def test_interfaces_of_nat_gateways(fields, expected):
    assert is_nat(network_interface(**fields)) is expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("associated", True),
        ("associating", True),
        ("disassociating", False),
        ("disassociated", False),
        ("failed", False),
    ],
)
def test_an_association_that_is_in_force(state, expected):
    association = RouteTableAssociation(subnet_id="subnet-a", state=state)
    table = route_table(routes=[TO_GATEWAY], associations=(association,))
    main = route_table("rtb-main", main=True)
    assert subnets(SUBNET, table, main).leads_to_gateway(SUBNET, 4) is expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [("available", True), ("deleting", False), ("deleted", False), ("failed", False)],
)
def test_a_nat_gateway_that_is_there(state, expected):
    placement = {"vpc_id": "vpc-1", "subnet_id": "subnet-a", "state": state}
    nat = made(NatGateway, "natgateway", "nat_gateway_id", "nat-1", placement, {})
    assert subnets(SUBNET, nat).only_gateways(SUBNET, balancers=False) is expected


@pytest.mark.parametrize(
    ("groups", "expected"),
    [(("sg-3eb",), True), (("sg-a00",), False), (("sg-3eb", "sg-a00"), False), (("sg-9",), False)],
)
def test_an_interface_is_internet_facing_by_its_own_segments(groups, expected):
    around = [network_interface("eni-0", groups=("sg-3eb",)), network_interface("eni-1", groups=())]
    interface = network_interface("eni-2", groups=groups)
    declared = subnets(SUBNET, *around, interface, segments=[FACING, APP])
    assert declared.interface_faces_internet(interface) is expected


@pytest.mark.parametrize(("groups", "is_known"), [(("sg-3eb",), False), (("sg-a00",), True)])
def test_an_unread_tag_is_a_doubt_about_an_interface_that_would_be_internet_facing(
    groups, is_known
):
    tagged = {"name": "more", "tags": {"Tier": "more"}}
    interface = network_interface(groups=groups, tags=UNREAD)
    declared = subnets(SUBNET, interface, segments=[FACING, APP, tagged])
    faces = declared.interface_faces_internet(interface)
    assert faces is False if is_known else isinstance(faces, Unknown)


@pytest.mark.parametrize(
    ("row", "tags", "expected"),
    [
        ({"cidrs": ["10.0.0.0/16"]}, (), True),
        ({"cidrs": ["10.9.0.0/16", "10.0.0.0/16"]}, (), True),
        ({"cidrs": ["2001:db8::/32", "10.0.0.0/16"]}, (), True),
        ({"cidrs": ["10.0.1.0/25"]}, (), False),
        ({"names": ["web-*"]}, (("Name", "web-1"),), True),
        ({"names": ["app-*", "web-*"]}, (("Name", "web-1"),), True),
        ({"names": ["app-*"]}, (("Name", "web-1"),), False),
        ({"names": ["*"]}, (), False),
        ({"names": ["*"]}, (("Name", ""),), False),
    ],
)
def test_what_is_declared_of_a_subnet(row, tags, expected):
    segment = {"name": "web", "internet_facing": True} | row
    record = evolve(SUBNET, tags=tags)
    assert subnets(record, segments=[segment]).faces_internet(record) is expected
