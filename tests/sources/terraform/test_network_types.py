"""Networks of Terraform plans: filters, routes, default resources, and what packets reach."""

import pytest

from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.ec2 import SecurityGroup
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.whitepaper import select
from sources.terraform.plans import PlanBuilder, outcomes

VPC = ["aws_vpc.v.id"]
OPEN = {"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}
SSH = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}


def network(**subnet):
    """A VPC with one subnet."""
    plan = PlanBuilder().add("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, ["id"])
    values = {"cidr_block": "10.0.0.0/24", "map_public_ip_on_launch": False} | subnet
    return plan.add("aws_subnet.s", values, ["id", "vpc_id"], {"vpc_id": VPC})


def with_internet(plan, *, inline=True):
    """The subnet gets a route to an internet gateway."""
    route = {"cidr_block": "0.0.0.0/0"}
    plan.add("aws_internet_gateway.g", {}, ["id", "vpc_id"], {"vpc_id": VPC})
    if inline:
        plan.add(
            "aws_route_table.t",
            {"route": [route]},
            {"id": True, "vpc_id": True, "route": [{"gateway_id": True}]},
            {"vpc_id": VPC, "route": ["aws_internet_gateway.g.id"]},
        )
    else:
        plan.add("aws_route_table.t", {}, ["id", "vpc_id", "route"], {"vpc_id": VPC})
        plan.add(
            "aws_route.r",
            {"destination_cidr_block": "0.0.0.0/0"},
            ["gateway_id", "route_table_id"],
            {
                "gateway_id": ["aws_internet_gateway.g.id"],
                "route_table_id": ["aws_route_table.t.id"],
            },
        )
    return plan.add(
        "aws_route_table_association.a",
        {},
        ["subnet_id", "route_table_id"],
        {"subnet_id": ["aws_subnet.s.id"], "route_table_id": ["aws_route_table.t.id"]},
    )


def with_instance(plan, ingress=(SSH,), **values):
    """The subnet gets an instance."""
    plan.add(
        "aws_security_group.web",
        {"ingress": list(ingress), "egress": [OPEN]},
        ["id", "vpc_id"],
        {"vpc_id": VPC},
    )
    return plan.add(
        "aws_instance.i",
        {"ami": "ami-1"} | values,
        ["id", "subnet_id", "vpc_security_group_ids", "metadata_options"],
        {
            "subnet_id": ["aws_subnet.s.id"],
            "vpc_security_group_ids": ["aws_security_group.web.id"],
        },
    )


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize(
    ("ingress", "public", "outcome"),
    [((SSH,), True, "fail"), ((SSH,), False, "pass"), ((), True, "pass")],
)
def test_an_instance_with_a_public_address_is_reached(tmp_path, inline, ingress, public, outcome):
    plan = with_instance(
        with_internet(network(), inline=inline), ingress, associate_public_ip_address=public
    )
    assert set(outcomes(tmp_path, plan, "admin-ingress").values()) == {outcome}


def test_the_attribute_of_a_subnet_gives_public_addresses(tmp_path):
    plan = with_instance(with_internet(network(map_public_ip_on_launch=True)))
    assert set(outcomes(tmp_path, plan, "admin-ingress").values()) == {"fail"}
    plan = with_internet(network(map_public_ip_on_launch=True))
    assert outcomes(tmp_path, plan, "public-ip-assignment")["aws_subnet.s"] == "fail"


def test_rules_of_one_block_do_not_refer_to_the_group_of_another(tmp_path):
    """Rules are a set: their order in the plan is not that of the configuration."""
    web = {"from_port": 80, "to_port": 80, "protocol": "tcp"}
    ssh = {"from_port": 22, "to_port": 22, "protocol": "tcp"}
    plan = PlanBuilder()
    plan.add("aws_security_group.a", {"ingress": [], "egress": []}, ["id"])
    plan.add("aws_security_group.b", {"ingress": [], "egress": []}, ["id"])
    plan.add(
        "aws_security_group.c",
        {"ingress": [ssh, web], "egress": []},
        {"id": True, "ingress": [{"security_groups": True}, {"security_groups": True}]},
    )
    blocks = [
        {
            **{name: {"constant_value": value} for name, value in rule.items()},
            "security_groups": {"references": [f"aws_security_group.{group}.id"]},
        }
        for rule, group in ((web, "a"), (ssh, "b"))
    ]
    plan.configured[-1]["expressions"]["ingress"] = blocks
    with parse_source(f"plan:{plan.write(tmp_path)}").open() as opened:
        groups = opened.gather(reads_of(select(["open-security-groups"]))).records
    (rules,) = [
        group.ip_permissions
        for group in groups
        if isinstance(group, SecurityGroup) and group.group_id.endswith(".c")
    ]
    assert [(rule.from_port == 80, "group.a" in str(rule)) for rule in rules] in (
        [(True, True), (False, False)],
        [(False, False), (True, True)],
    )


DEFAULT_GROUP = "aws_default_security_group.d"


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"ingress": [], "egress": []}, "pass"),
        ({"ingress": [SSH], "egress": []}, "fail"),
        ({"ingress": [], "egress": [OPEN]}, "fail"),
    ],
)
def test_an_adopted_default_group_has_the_rules_of_the_configuration(tmp_path, values, outcome):
    plan = network().add(DEFAULT_GROUP, values, ["id", "vpc_id"], {"vpc_id": VPC})
    assert outcomes(tmp_path, plan, "default-security-group") == {DEFAULT_GROUP: outcome}


@pytest.mark.parametrize(("known", "unknown"), [("ingress", "egress"), ("egress", "ingress")])
def test_the_rules_of_an_adopted_default_group_may_be_unknown(tmp_path, known, unknown):
    references = {"vpc_id": VPC, unknown: ["local.rules"]}
    plan = network().add(DEFAULT_GROUP, {known: []}, ["id", "vpc_id", unknown], references)
    assert outcomes(tmp_path, plan, "default-security-group") == {DEFAULT_GROUP: "unknown"}


def test_a_table_of_a_subnet_is_not_that_of_a_gateway(tmp_path):
    plan = with_internet(network())
    plan.changes[-1]["change"]["after_unknown"]["gateway_id"] = True
    plan.configured[-1]["expressions"]["gateway_id"] = {"references": ["local.gateway"]}
    assert outcomes(tmp_path, plan, "route-restriction")["aws_subnet.s"] == "fail"


def test_a_default_group_that_is_not_adopted_keeps_its_rules(tmp_path):
    outcome_by_name = outcomes(tmp_path, network(), "default-security-group")
    assert outcome_by_name == {"aws_vpc.v": "fail"}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("aws_vpc", {"id": "vpc-1", "default_security_group_id": "sg-1"}),
        ("aws_default_vpc", {}),
    ],
)
def test_the_default_group_of_a_vpc_that_exists_may_have_changed(tmp_path, kind, values):
    plan = PlanBuilder().add(f"{kind}.v", {"cidr_block": "10.0.0.0/16", **values})
    outcome_by_name = outcomes(tmp_path, plan, "default-security-group")
    assert set(outcome_by_name.values()) == {"not applicable"}


def test_the_default_group_of_a_vpc_that_exists(tmp_path):
    plan = PlanBuilder().add(
        "aws_vpc.v",
        {"id": "vpc-1", "cidr_block": "10.0.0.0/16", "default_security_group_id": "sg-1"},
    )
    plan.add(DEFAULT_GROUP, {"id": "sg-1", "vpc_id": "vpc-1", "ingress": [], "egress": []})
    assert outcomes(tmp_path, plan, "default-security-group") == {DEFAULT_GROUP: "pass"}


def test_the_default_table_leads_where_the_configuration_says(tmp_path):
    plan = network(map_public_ip_on_launch=True)
    plan.add("aws_internet_gateway.g", {}, ["id", "vpc_id"], {"vpc_id": VPC})
    plan.add(
        "aws_default_route_table.t",
        {"route": [{"cidr_block": "0.0.0.0/0"}]},
        {"id": True, "default_route_table_id": True, "route": [{"gateway_id": True}]},
        {
            "default_route_table_id": ["aws_vpc.v.default_route_table_id"],
            "route": ["aws_internet_gateway.g.id"],
        },
    )
    outcome_by_name = outcomes(tmp_path, with_instance(plan), "admin-ingress")
    assert set(outcome_by_name.values()) == {"fail"}


def test_another_table_becomes_the_main_one(tmp_path):
    plan = with_internet(network(map_public_ip_on_launch=True))
    for entries in (plan.planned, plan.changes):
        entries[:] = [entry for entry in entries if "association" not in entry["type"]]
    plan.add(
        "aws_main_route_table_association.m",
        {},
        ["vpc_id", "route_table_id"],
        {"vpc_id": VPC, "route_table_id": ["aws_route_table.t.id"]},
    )
    outcome_by_name = outcomes(tmp_path, with_instance(plan), "admin-ingress")
    assert set(outcome_by_name.values()) == {"fail"}


DENY = {"rule_no": 10, "action": "deny", "protocol": "-1", "cidr_block": "0.0.0.0/0"}
ALLOW = DENY | {"rule_no": 20, "action": "allow", "from_port": 0, "to_port": 0}


@pytest.mark.parametrize(
    ("ingress", "outcome"), [([DENY, ALLOW], "pass"), ([ALLOW], "fail"), ([], "pass")]
)
@pytest.mark.parametrize("default", [True, False])
def test_a_network_acl_filters(tmp_path, ingress, outcome, default):
    plan = with_instance(with_internet(network(map_public_ip_on_launch=True)))
    values = {"ingress": ingress, "egress": [ALLOW]}
    if default:
        plan.add(
            "aws_default_network_acl.a",
            values,
            ["id", "default_network_acl_id"],
            {"default_network_acl_id": ["aws_vpc.v.default_network_acl_id"]},
        )
    else:
        plan.add(
            "aws_network_acl.a",
            values,
            ["id", "vpc_id", "subnet_ids"],
            {"vpc_id": VPC, "subnet_ids": ["aws_subnet.s.id"]},
        )
    assert set(outcomes(tmp_path, plan, "admin-ingress").values()) == {outcome}


@pytest.mark.parametrize(("action", "outcome"), [("allow", "fail"), ("deny", "pass")])
def test_rules_of_an_acl_are_resources_too(tmp_path, action, outcome):
    plan = with_instance(with_internet(network(map_public_ip_on_launch=True)))
    plan.add(
        "aws_network_acl.a",
        {},
        ["id", "vpc_id", "subnet_ids", "ingress", "egress"],
        {"vpc_id": VPC, "subnet_ids": ["aws_subnet.s.id"]},
    )
    for name, egress, rule_action in (("in", False, action), ("out", True, "allow")):
        plan.add(
            f"aws_network_acl_rule.{name}",
            {
                "rule_number": 100,
                "egress": egress,
                "protocol": "-1",
                "rule_action": rule_action,
                "cidr_block": "0.0.0.0/0",
            },
            ["id", "network_acl_id"],
            {"network_acl_id": ["aws_network_acl.a.id"]},
        )
    assert set(outcomes(tmp_path, plan, "admin-ingress").values()) == {outcome}


def test_a_rule_of_an_unknown_group_may_belong_to_any(tmp_path):
    plan = PlanBuilder().add("aws_security_group.a", {"ingress": [], "egress": []}, ["id"])
    plan.add(
        "aws_security_group_rule.r",
        {"type": "ingress"} | SSH,
        ["security_group_id"],
        {"security_group_id": ["local.group"]},
    )
    assert "pass" not in outcomes(tmp_path, plan, "open-security-groups").values()


@pytest.mark.parametrize(
    ("direction", "outcome"),
    [
        ("ingress", "fail"),
        ("egress", "pass"),
        ("-1", "fail"),
        ("", "fail"),
        (None, "fail"),
        (["ingress"], "fail"),
    ],
)
def test_a_rule_without_a_direction_that_ec2_knows_may_have_either(tmp_path, direction, outcome):
    plan = PlanBuilder().add("aws_security_group.a", {"ingress": [], "egress": []}, ["id"])
    plan.add(
        "aws_security_group_rule.r",
        {"type": direction} | SSH,
        ["security_group_id"],
        {"security_group_id": ["aws_security_group.a.id"]},
    )
    outcome_by_name = outcomes(tmp_path, plan, "open-security-groups")
    assert outcome_by_name == {"aws_security_group.a": outcome}


@pytest.mark.parametrize(("logs", "outcome"), [({"traffic_type": "ALL"}, "pass"), (None, "fail")])
def test_flow_logs_name_what_they_record(tmp_path, logs, outcome):
    plan = network()
    if logs:
        plan.add(
            "aws_flow_log.f",
            logs | {"log_destination": "arn:aws:s3:::logs", "log_destination_type": "s3"},
            ["id", "vpc_id"],
            {"vpc_id": VPC},
        )
    assert outcomes(tmp_path, plan, "vpc-flow-logs")["aws_vpc.v"] == outcome


@pytest.mark.parametrize(
    ("options", "outcome"),
    [
        ([{"http_tokens": "required"}], "pass"),
        ([{"http_tokens": "optional"}], "fail"),
        ([{"http_endpoint": "disabled"}], "pass"),
        ([], "fail"),
    ],
)
@pytest.mark.parametrize("kind", ["aws_instance.i", "aws_launch_template.i"])
def test_the_metadata_service_requires_tokens(tmp_path, kind, options, outcome):
    plan = PlanBuilder().add(kind, {"metadata_options": options, "ami": "ami-1"}, ["id"])
    assert outcomes(tmp_path, plan, "imdsv2")[kind] == outcome


def test_options_that_are_computed_are_those_of_aws(tmp_path):
    plan = PlanBuilder().add("aws_instance.i", {"ami": "ami-1"}, ["id", "metadata_options"])
    assert outcomes(tmp_path, plan, "imdsv2")["aws_instance.i"] == "fail"


def test_a_group_is_launched_from_its_template(tmp_path):
    plan = with_internet(network())
    plan.add(
        "aws_security_group.web",
        {"ingress": [SSH], "egress": [OPEN]},
        ["id", "vpc_id"],
        {"vpc_id": VPC},
    )
    plan.add(
        "aws_launch_template.t",
        {"network_interfaces": [{"associate_public_ip_address": "true"}]},
        {"id": True, "network_interfaces": [{"security_groups": True}]},
        {"network_interfaces": [{"security_groups": ["aws_security_group.web.id"]}]},
    )
    plan.add(
        "aws_autoscaling_group.g",
        {"launch_template": [{"version": "$Latest"}]},
        {"launch_template": [{"id": True, "name": True}], "vpc_zone_identifier": True},
        {
            "launch_template": [{"id": ["aws_launch_template.t.id"]}],
            "vpc_zone_identifier": ["aws_subnet.s.id"],
        },
    )
    assert set(outcomes(tmp_path, plan, "admin-ingress").values()) == {"fail"}


@pytest.mark.parametrize(
    ("redirect", "outcome"), [("HTTPS", "pass"), ("HTTP", "fail"), (None, "fail")]
)
def test_a_listener_may_redirect(tmp_path, redirect, outcome):
    action = {"type": "forward", "target_group_arn": "arn:aws:elasticloadbalancing:x"}
    if redirect:
        block = {"protocol": redirect, "port": "443", "status_code": "HTTP_301"}
        action = {"type": "redirect", "redirect": [block]}
    plan = PlanBuilder().add(
        "aws_lb.b", {"name": "b", "internal": False, "subnets": ["subnet-1"]}, ["id", "arn"]
    )
    plan.add(
        "aws_lb_listener.l",
        {"port": 80, "protocol": "HTTP", "default_action": [action]},
        ["id", "load_balancer_arn"],
        {"load_balancer_arn": ["aws_lb.b.arn"]},
    )
    assert set(outcomes(tmp_path, plan, "load-balancer-tls").values()) == {outcome}


def with_group(plan, name="web", ingress=(SSH,)):
    """A security group in the VPC."""
    values = {"ingress": list(ingress), "egress": [OPEN]}
    return plan.add(f"aws_security_group.{name}", values, ["id", "vpc_id"], {"vpc_id": VPC})


def reached(folder, plan):
    return set(outcomes(folder, plan, "admin-ingress").values())


@pytest.mark.parametrize(("ingress", "outcome"), [((SSH,), "fail"), ((), "pass")])
def test_an_interface_of_its_own_with_an_elastic_address(tmp_path, ingress, outcome):
    plan = with_group(with_internet(network()), ingress=ingress)
    plan.add(
        "aws_network_interface.n",
        {"private_ips": ["10.0.0.10"]},
        ["id", "subnet_id", "security_groups"],
        {
            "subnet_id": ["aws_subnet.s.id"],
            "security_groups": ["aws_security_group.web.id"],
        },
    )
    plan.add(
        "aws_instance.i",
        {"ami": "ami-1", "network_interface": [{"device_index": 0}]},
        {"id": True, "network_interface": [{"network_interface_id": True}]},
        {"network_interface": [{"network_interface_id": ["aws_network_interface.n.id"]}]},
    )
    plan.add(
        "aws_eip.e",
        {"domain": "vpc"},
        ["id", "public_ip", "network_interface"],
        {"network_interface": ["aws_network_interface.n.id"]},
    )
    assert reached(tmp_path, plan) == {outcome}


def test_an_address_is_associated_with_an_instance(tmp_path):
    plan = with_instance(with_internet(network()))
    plan.add("aws_eip.e", {"domain": "vpc"}, ["id", "public_ip"])
    plan.add(
        "aws_eip_association.a",
        {},
        ["instance_id", "allocation_id"],
        {"instance_id": ["aws_instance.i.id"], "allocation_id": ["aws_eip.e.id"]},
    )
    assert reached(tmp_path, plan) == {"fail"}


def test_a_group_is_attached_to_the_interface_of_an_instance(tmp_path):
    plan = with_instance(with_internet(network()), ingress=(), associate_public_ip_address=True)
    with_group(plan, "ssh")
    plan.add(
        "aws_network_interface_sg_attachment.a",
        {},
        ["security_group_id", "network_interface_id"],
        {
            "security_group_id": ["aws_security_group.ssh.id"],
            "network_interface_id": ["aws_instance.i.primary_network_interface_id"],
        },
    )
    assert reached(tmp_path, plan) == {"fail"}


@pytest.mark.parametrize(("block", "outcome"), [("0.0.0.0/0", "fail"), ("203.0.113.0/24", "pass")])
@pytest.mark.parametrize("separate", [True, False])
def test_prefix_lists_have_entries(tmp_path, block, outcome, separate):
    entries = {} if separate else {"entry": [{"cidr": block}]}
    values = {"name": "l", "address_family": "IPv4", "max_entries": 5}
    plan = with_internet(network(map_public_ip_on_launch=True))
    plan.add("aws_ec2_managed_prefix_list.l", values | entries, ["id"])
    if separate:
        plan.add(
            "aws_ec2_managed_prefix_list_entry.e",
            {"cidr": block},
            ["prefix_list_id"],
            {"prefix_list_id": ["aws_ec2_managed_prefix_list.l.id"]},
        )
    with_instance(plan, ingress=())
    plan.add(
        "aws_vpc_security_group_ingress_rule.r",
        {"ip_protocol": "tcp", "from_port": 22, "to_port": 22},
        ["security_group_id", "prefix_list_id"],
        {
            "security_group_id": ["aws_security_group.web.id"],
            "prefix_list_id": ["aws_ec2_managed_prefix_list.l.id"],
        },
    )
    found = outcomes(tmp_path, plan, "open-security-groups")["aws_security_group.web"]
    assert found == outcome


def test_the_default_vpc_has_the_block_that_it_always_has(tmp_path):
    plan = PlanBuilder().add("aws_default_vpc.v", {}, ["id", "cidr_block"])
    plan.add("aws_default_subnet.s", {"availability_zone": "ap-northeast-1a"}, ["id", "vpc_id"])
    assert outcomes(tmp_path, plan, "vpc-flow-logs")["aws_default_vpc.v"] == "fail"


def found(plan, type_, name, **values):
    """A data source that was read during the plan."""
    address = f"data.{type_}.{name}"
    plan.prior.append(
        {"address": address, "mode": "data", "type": type_, "name": name, "values": values}
    )


IN_DEFAULT_VPC = [
    ("aws_subnet", {"id": "subnet-1", "vpc_id": "vpc-1"}),
    ("aws_subnet", {"id": "subnet-1", "vpc_id": "vpc-2", "default_for_az": True}),
    ("aws_subnets", {"ids": ["subnet-1"], "filter": [{"name": "vpc-id", "values": ["vpc-1"]}]}),
    (
        "aws_subnets",
        {"ids": ["subnet-1"], "filter": [{"name": "default-for-az", "values": ["true"]}]},
    ),
    ("aws_subnet_ids", {"ids": ["subnet-0", "subnet-1"], "vpc_id": "vpc-1"}),
]
NOT_IN_DEFAULT_VPC = [
    ("aws_subnet", {"id": "subnet-1", "vpc_id": "vpc-2"}),
    ("aws_subnets", {"ids": ["subnet-1"], "filter": [{"name": "tag:a", "values": ["vpc-1"]}]}),
    ("aws_subnets", {"ids": ["subnet-1"], "filter": [{"name": "vpc-id", "values": []}]}),
    (
        "aws_subnets",
        {"ids": ["subnet-1"], "filter": [{"name": "vpc-id", "values": ["vpc-1", "vpc-2"]}]},
    ),
]


@pytest.mark.parametrize(
    ("type_", "values", "outcome"),
    [
        *((type_, values, "fail") for type_, values in IN_DEFAULT_VPC),
        *((type_, values, "pass") for type_, values in NOT_IN_DEFAULT_VPC),
    ],
)
def test_a_data_source_finds_subnets_of_the_default_vpc(tmp_path, type_, values, outcome):
    plan = PlanBuilder().add("aws_instance.web", {"ami": "a", "subnet_id": "subnet-1"}, ["id"])
    found(plan, "aws_vpc", "default", id="vpc-1", default=True)
    found(plan, "aws_vpc", "own", id="vpc-2", default=False)
    found(plan, type_, "all", **values)
    assert outcomes(tmp_path, plan, "resources-in-vpc") == {"aws_instance.web": outcome}


def test_a_subnet_is_in_the_default_vpc_that_is_read_during_apply(tmp_path):
    plan = PlanBuilder().add(
        "aws_subnet.web",
        {"cidr_block": "172.31.64.0/20"},
        ["id", "vpc_id"],
        {"vpc_id": ["data.aws_vpc.default.id"]},
    )
    plan.add(
        "aws_instance.web",
        {"ami": "a"},
        ["id", "subnet_id"],
        {"subnet_id": ["aws_subnet.web.id"]},
    )
    resource = {"address": "data.aws_vpc.default", "mode": "data", "type": "aws_vpc"}
    change = {"actions": ["read"], "after": {"default": True}, "after_unknown": {"id": True}}
    plan.changes.append(resource | {"name": "default", "change": change})
    plan.configure("aws_vpc", "default", {"default": True}, {}, mode="data")
    assert outcomes(tmp_path, plan, "resources-in-vpc") == {"aws_instance.web": "fail"}
