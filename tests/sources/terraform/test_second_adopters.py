"""Resources of a plan that adopt the same default resource, or set the same: never the last one."""

import pytest

from sources.terraform.plans import outcomes
from sources.terraform.test_network_types import (
    OPEN,
    SSH,
    VPC,
    network,
    with_instance,
    with_internet,
)

BARE = {"ingress": [], "egress": []}
RULES = {"ingress": [SSH], "egress": [OPEN]}
MORE = {"ingress": [SSH, SSH | {"from_port": 443, "to_port": 443}], "egress": [OPEN]}


def adopting(*groups):
    plan = network()
    for number, values in enumerate(groups):
        address = f"aws_default_security_group.g{number}"
        plan.add(address, values, ["id", "vpc_id"], {"vpc_id": VPC})
    return plan


@pytest.mark.parametrize(
    ("groups", "outcome"),
    [
        ([BARE, BARE], "pass"),
        ([RULES, RULES], "fail"),
        ([BARE, RULES], "unknown"),
        ([RULES, BARE], "unknown"),
        ([BARE, RULES, BARE], "unknown"),
        ([RULES, MORE], "fail"),
        ([MORE, RULES], "fail"),
    ],
)
def test_two_resources_adopt_the_default_group_of_a_vpc(tmp_path, groups, outcome):
    judged = outcomes(tmp_path, adopting(*groups), "default-security-group")
    assert list(judged.values()) == [outcome]


@pytest.mark.parametrize("turn", [1, -1])
def test_two_resources_adopt_the_default_group_of_a_vpc_elsewhere(tmp_path, turn):
    plan = network()
    for number, values in enumerate([BARE, RULES][::turn]):
        plan.add(f"aws_default_security_group.g{number}", values | {"vpc_id": "vpc-1"}, ["id"])
    judged = outcomes(tmp_path, plan, "default-security-group")
    judged.pop("aws_vpc.v")
    assert list(judged.values()) == ["unknown"]


ALLOWED = {"rule_no": 1, "protocol": "-1", "action": "allow", "cidr_block": "0.0.0.0/0"}
BOTH = {name: [ALLOWED | {"from_port": 0, "to_port": 0}] for name in ("ingress", "egress")}


@pytest.mark.parametrize(
    ("adopted", "outcome"),
    [
        ([BOTH], "fail"),
        ([{}], "pass"),
        ([BOTH, {}], "unknown"),
        ([{}, BOTH], "unknown"),
    ],
)
def test_two_resources_adopt_the_default_acl_of_a_vpc(tmp_path, adopted, outcome):
    plan = with_internet(network(map_public_ip_on_launch=True))
    for number, values in enumerate(adopted):
        plan.add(
            f"aws_default_network_acl.a{number}",
            values,
            ["id", "default_network_acl_id"],
            {"default_network_acl_id": ["aws_vpc.v.default_network_acl_id"]},
        )
    judged = outcomes(tmp_path, with_instance(plan), "admin-ingress")
    assert set(judged.values()) == {outcome}


def default_table(plan, number, *, public):
    values = {"route": [{"cidr_block": "0.0.0.0/0"}]} if public else {"route": []}
    unknown = {"id": True, "default_route_table_id": True}
    references = {"default_route_table_id": ["aws_vpc.v.default_route_table_id"]}
    if public:
        unknown["route"] = [{"gateway_id": True}]
        references["route"] = ["aws_internet_gateway.g.id"]
    return plan.add(f"aws_default_route_table.t{number}", values, unknown, references)


@pytest.mark.parametrize(
    ("tables", "outcome"),
    [
        ([True], "fail"),
        ([False], "pass"),
        ([True, False], "unknown"),
        ([False, True], "unknown"),
    ],
)
def test_two_resources_adopt_the_default_table_of_a_vpc(tmp_path, tables, outcome):
    plan = network(map_public_ip_on_launch=True)
    plan.add("aws_internet_gateway.g", {}, ["id", "vpc_id"], {"vpc_id": VPC})
    for number, public in enumerate(tables):
        default_table(plan, number, public=public)
    judged = outcomes(tmp_path, with_instance(plan), "admin-ingress")
    assert set(judged.values()) == {outcome}


@pytest.mark.parametrize(
    ("tables", "outcome"),
    [(["t"], "fail"), (["p"], "pass"), (["t", "p"], "unknown"), (["p", "t"], "unknown")],
)
def test_two_resources_choose_the_main_table_of_a_vpc(tmp_path, tables, outcome):
    plan = with_internet(network(map_public_ip_on_launch=True))
    for entries in (plan.planned, plan.changes):
        entries[:] = [entry for entry in entries if "association" not in entry["type"]]
    plan.add("aws_route_table.p", {}, ["id", "vpc_id", "route"], {"vpc_id": VPC})
    for table in tables:
        plan.add(
            f"aws_main_route_table_association.{table}",
            {},
            ["id", "vpc_id", "route_table_id"],
            {"vpc_id": VPC, "route_table_id": [f"aws_route_table.{table}.id"]},
        )
    judged = outcomes(tmp_path, with_instance(plan), "admin-ingress")
    assert set(judged.values()) == {outcome}
