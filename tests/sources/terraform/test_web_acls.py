"""Rules of listeners and web ACLs of plans: whom a load balancer lets through."""

import pytest

from cloudpack_baseline import Baseline
from sources.terraform.plans import PlanBuilder, outcomes

BASELINE = Baseline.from_mapping(
    {
        "networks": {"customer": ["198.51.100.0/24"]},
        "segments": [{"name": "app", "cidrs": ["10.0.0.0/16"]}],
        "controls": {
            "customer-admin-access": {
                "services": ["tcp/8443"],
                "networks": ["customer"],
                "segments": ["app"],
            }
        },
    }
)
OPEN = {"protocol": "tcp", "from_port": 8443, "to_port": 8443, "cidr_blocks": ["0.0.0.0/0"]}
REFUSE = {"type": "fixed-response"}
FORWARD = {"type": "forward", "target_group_arn": "arn:aws:elasticloadbalancing:::targetgroup/t/1"}
IN_VPC = {"vpc_id": ["aws_vpc.v.id"]}
CUSTOMER_SET = [{"ip_set_reference_statement": [{"arn": ["aws_wafv2_ip_set.customer.arn"]}]}]
ARN_OF_SET = [{"ip_set_reference_statement": [{"arn": True}]}]


def network(action, **listener):
    """A public load balancer with a listener that does this by default."""
    builder = PlanBuilder()
    builder.add("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, ("id",))
    builder.add("aws_internet_gateway.g", {}, ("id", "vpc_id"), IN_VPC)
    builder.add("aws_subnet.s", {"cidr_block": "10.0.1.0/24"}, ("id", "vpc_id"), IN_VPC)
    routes = {"route": [{"gateway_id": ["aws_internet_gateway.g.id"]}]}
    builder.add(
        "aws_route_table.r",
        {"route": [{"cidr_block": "0.0.0.0/0"}]},
        {"id": True, "vpc_id": True, "route": [{"gateway_id": True}]},
        IN_VPC | routes,
    )
    builder.add(
        "aws_route_table_association.a",
        {},
        ("id", "route_table_id", "subnet_id"),
        {"route_table_id": ["aws_route_table.r.id"], "subnet_id": ["aws_subnet.s.id"]},
    )
    builder.add("aws_security_group.g", {"ingress": [OPEN]}, ("id", "vpc_id"), IN_VPC)
    builder.add(
        "aws_lb.b",
        {"load_balancer_type": "application", "internal": False, "name": "b"},
        ("id", "arn", "subnets", "security_groups"),
        {"subnets": ["aws_subnet.s.id"], "security_groups": ["aws_security_group.g.id"]},
    )
    return builder.add(
        "aws_lb_listener.l",
        {"port": 8443, "protocol": "HTTPS", "default_action": [action], **listener},
        ("id", "arn", "load_balancer_arn"),
        {"load_balancer_arn": ["aws_lb.b.arn"]},
    )


def judged(tmp_path, builder):
    return outcomes(tmp_path, builder, "customer-admin-access", BASELINE)["aws_lb.b"]


def with_rule(condition, unknown=None, references=None):
    return network(REFUSE).add(
        "aws_lb_listener_rule.r",
        {"priority": 1, "action": [FORWARD], "condition": [condition]},
        {"id": True, "arn": True, "listener_arn": True} | (unknown or {}),
        {"listener_arn": ["aws_lb_listener.l.arn"]} | (references or {}),
    )


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"source_ip": [{"values": ["198.51.100.0/24"]}], "host_header": []}, "pass"),
        ({"source_ip": [{"values": ["203.0.113.0/24"]}]}, "fail"),
        ({"host_header": [{"values": ["shop.example"]}]}, "fail"),
        ({"http_header": [{"http_header_name": "X-Key", "values": ["secret"]}]}, "unknown"),
    ],
)
def test_a_rule_lets_through_whom_its_conditions_match(tmp_path, condition, outcome):
    assert judged(tmp_path, with_rule(condition)) == outcome


def test_conditions_that_are_known_after_apply_are_unknown(tmp_path):
    unknown = {"condition": [{"source_ip": [{"values": True}]}]}
    references = {"condition": [{"source_ip": [{"values": ["var.office"]}]}]}
    assert judged(tmp_path, with_rule({"source_ip": [{}]}, unknown, references)) == "unknown"


def test_who_has_a_certificate_for_a_listener_is_unknown(tmp_path):
    assert judged(tmp_path, network(FORWARD, mutual_authentication=[{"mode": "off"}])) == "fail"
    verifying = network(FORWARD, mutual_authentication=[{"mode": "verify"}])
    assert judged(tmp_path, verifying) == "unknown"


def with_web_acl(rule, statement, unknown, references, *, default="block", first=()):
    """The load balancer with a web ACL with a rule, after which others may come."""
    builder = network(FORWARD).add(
        "aws_wafv2_ip_set.customer",
        {"name": "customer", "scope": "REGIONAL", "addresses": ["198.51.100.0/24"]},
        ("id", "arn"),
    )
    action = {"default_action": [{"allow": [], "block": [], default: [{}]}]}
    builder.add(
        "aws_wafv2_web_acl.a",
        {
            "name": "a",
            "scope": "REGIONAL",
            **action,
            "rule": [*first, rule | {"statement": statement}],
        },
        {"id": True, "arn": True, "rule": [*({} for _ in first), {"statement": unknown}]},
        {"rule": [*({} for _ in first), {"statement": references}]},
    )
    return builder.add(
        "aws_wafv2_web_acl_association.a",
        {},
        ("id", "resource_arn", "web_acl_arn"),
        {"resource_arn": ["aws_lb.b.arn"], "web_acl_arn": ["aws_wafv2_web_acl.a.arn"]},
    )


ALLOW = {"name": "customer", "priority": 1, "action": [{"allow": [{}], "block": []}]}
BLOCK = {"name": "others", "priority": 1, "action": [{"allow": [], "block": [{}]}]}


def test_a_web_acl_allows_the_addresses_of_a_set(tmp_path):
    known = [{"and_statement": [], "ip_set_reference_statement": [{}]}]
    builder = with_web_acl(ALLOW, known, ARN_OF_SET, CUSTOMER_SET)
    assert judged(tmp_path, builder) == "pass"
    assert judged(tmp_path, with_web_acl(ALLOW, known, ARN_OF_SET, {}, default="allow")) == "fail"


@pytest.mark.parametrize("name", ["and_statement", "or_statement"])
def test_statements_within_statements_are_read(tmp_path, name):
    def nested(statements):
        return [{name: [{"statement": statements}]}]

    builder = with_web_acl(
        ALLOW,
        nested([{"ip_set_reference_statement": [{}]}]),
        nested(ARN_OF_SET),
        nested(CUSTOMER_SET),
    )
    assert judged(tmp_path, builder) == "pass"


def test_a_web_acl_blocks_what_is_not_in_a_set(tmp_path):
    def negated(statements):
        return [{"not_statement": [{"statement": statements}]}]

    builder = with_web_acl(
        BLOCK,
        negated([{"ip_set_reference_statement": [{}]}]),
        negated(ARN_OF_SET),
        negated(CUSTOMER_SET),
        default="allow",
    )
    assert judged(tmp_path, builder) == "pass"


@pytest.mark.parametrize(
    ("overrides", "outcome"),
    [
        ([], "pass"),
        ([{"name": "r", "action_to_use": [{"count": [{}], "allow": []}]}], "pass"),
        ([{"name": "r", "action_to_use": [{"allow": [{}], "count": []}]}], "unknown"),
    ],
)
def test_a_group_of_aws_allows_by_an_override_only(tmp_path, overrides, outcome):
    of_aws = {"vendor_name": "AWS", "name": "Common", "rule_action_override": overrides}
    group = {
        "name": "aws",
        "priority": 0,
        "override_action": [{"none": [{}], "count": []}],
        "statement": [{"managed_rule_group_statement": [of_aws]}],
    }
    known = [{"ip_set_reference_statement": [{}]}]
    builder = with_web_acl(ALLOW, known, ARN_OF_SET, CUSTOMER_SET, first=[group])
    assert judged(tmp_path, builder) == outcome


@pytest.mark.parametrize(("override", "outcome"), [("none", "unknown"), ("count", "pass")])
def test_rules_of_a_group_that_is_added_are_unknown(tmp_path, override, outcome):
    known = [{"ip_set_reference_statement": [{}]}]
    builder = with_web_acl(ALLOW, known, ARN_OF_SET, CUSTOMER_SET).add(
        "aws_wafv2_web_acl_rule_group_association.g",
        {"rule_name": "g", "priority": 0, "override_action": override},
        ("id", "web_acl_arn"),
        {"web_acl_arn": ["aws_wafv2_web_acl.a.arn"]},
    )
    assert judged(tmp_path, builder) == outcome
