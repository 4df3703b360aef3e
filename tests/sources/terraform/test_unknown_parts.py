"""A route or an entry of what is not known may be that of each that the plan has."""

import pytest

from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.ec2 import NetworkAcl, RouteTable
from cloudpack_baseline.model.values import is_known
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.whitepaper import select
from sources.terraform.plans import PlanBuilder, outcomes

KNOWN = ["id", "arn"]
VPC = {"vpc_id": ["aws_vpc.v.id"]}


def network():
    plan = PlanBuilder()
    plan.add("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, KNOWN)
    plan.add("aws_internet_gateway.g", {}, [*KNOWN, "vpc_id"], VPC)
    plan.add(
        "aws_subnet.s",
        {"cidr_block": "10.0.0.0/24", "map_public_ip_on_launch": True},
        [*KNOWN, "vpc_id"],
        VPC,
    )
    plan.add("aws_route_table.t", {}, [*KNOWN, "vpc_id"], VPC)
    return plan.add(
        "aws_route_table_association.a",
        {},
        ["id", "route_table_id", "subnet_id"],
        {"route_table_id": ["aws_route_table.t.id"], "subnet_id": ["aws_subnet.s.id"]},
    )


ROUTE = {"destination_cidr_block": "0.0.0.0/0"}
TO_GATEWAY = {"gateway_id": ["aws_internet_gateway.g.id"]}


@pytest.mark.parametrize(
    ("references", "outcome"),
    [
        (None, "pass"),
        ({"route_table_id": ["aws_route_table.t.id"]}, "fail"),
        # Which table it belongs to is not known, so it may be this one.
        ({"route_table_id": ["local.table"]}, "fail"),
    ],
)
def test_a_route_of_a_table_that_is_not_known(tmp_path, references, outcome):
    plan = network()
    if references is not None:
        unknown = ["id", "route_table_id", "gateway_id"]
        plan.add("aws_route.r", ROUTE, unknown, {**TO_GATEWAY, **references})
    assert outcomes(tmp_path, plan, "public-ip-assignment")["aws_subnet.s"] == outcome


def gathered(tmp_path, plan, control):
    with parse_source(f"plan:{plan.write(tmp_path)}").open() as opened:
        return opened.gather(reads_of(select([control])))


def test_several_routes_of_unknown_tables_are_one_of_each_table(tmp_path):
    plan = network().add("aws_route_table.u", {}, [*KNOWN, "vpc_id"], VPC)
    for number in range(3):
        unknown = ["id", "route_table_id", "gateway_id"]
        references = {**TO_GATEWAY, "route_table_id": ["local.table"]}
        plan.add(f"aws_route.r{number}", ROUTE, unknown, references)
    snapshot = gathered(tmp_path, plan, "route-restriction")
    tables = snapshot.all(RouteTable, "000000009999")
    assert [len(table.routes) for table in tables] == [2, 2, 2]  # the main one included


def test_a_route_without_any_table_is_a_gap(tmp_path):
    plan = PlanBuilder().add(
        "aws_route.r", ROUTE, ["id", "route_table_id"], {"route_table_id": ["local.table"]}
    )
    snapshot = gathered(tmp_path, plan, "route-restriction")
    assert not snapshot.all(RouteTable, "000000009999")
    (coverage,) = snapshot.covered("RouteTable", "000000009999")
    assert coverage.unknown is not None


@pytest.mark.parametrize(("acl", "known"), [("aws_network_acl.a.id", True), ("local.acl", False)])
def test_an_entry_of_an_acl_that_is_not_known(tmp_path, acl, known):
    plan = network().add("aws_network_acl.a", {}, [*KNOWN, "vpc_id"], VPC)
    rule = {"rule_number": 1, "rule_action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"}
    plan.add("aws_network_acl_rule.r", rule, ["id", "network_acl_id"], {"network_acl_id": [acl]})
    snapshot = gathered(tmp_path, plan, "network-acls")
    records = snapshot.all(NetworkAcl, "000000009999")
    (record,) = [entry for entry in records if "aws_network_acl.a" in entry.network_acl_id]
    assert is_known(record.entries) is known
