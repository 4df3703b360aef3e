"""customer-admin-access at load balancers: listener rules and web ACLs."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from checks.network.test_network_paths import SITES, declared, group, host, outcomes, place
from checks.network.test_network_paths import finding as finding_of
from cloudpack_baseline import Outcome, check_customer_admin_access
from cloudpack_baseline.model.elb import ClassicLoadBalancer
from cloudpack_baseline.model.elbv2 import (
    Listener,
    ListenerAction,
    ListenerRule,
    LoadBalancer,
    RuleCondition,
    TargetGroup,
)
from cloudpack_baseline.model.wafv2 import WafIpSet, WebAcl, WebAclRule
from cloudpack_baseline.testing.records import ACCOUNT, ANYWHERE, REGION, tcp
from support import denied, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
SITE, OFFICE, OTHER = "198.51.100.0/24", "203.0.113.0/28", "192.0.2.200/32"
PREFIX = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"
LISTENER = f"{PREFIX}:listener/app/front/1/2"
SET = f"arn:aws:wafv2:{REGION}:{ACCOUNT}:regional/ipset/customer/1"
PLACE = {"account": ACCOUNT, "region": REGION}


def rule(priority="default", *conditions, does=("forward",)):
    return ListenerRule(
        rule_arn=f"arn:rule/{priority}",
        listener_arn=LISTENER,
        priority=str(priority),
        actions=tuple(ListenerAction(type=name) for name in does),
        conditions=tuple(RuleCondition(field=name, values=tuple(of)) for name, of in conditions),
    )


FROM_SITE = ("source-ip", [SITE])
FROM_ALL = ("source-ip", ["0.0.0.0/0", "::/0"])
CHOSEN = (
    ("host-header", ["admin.example.com"]),
    ("path-pattern", ["/admin*"]),
    ("http-request-method", ["GET"]),
)
REFUSED = rule(does=["fixed-response"])
FORWARDED = rule()


def balancer(*rules, acl=None, **fields):
    made = {
        "name": "front",
        "type": "application",
        "listeners": (Listener(listener_arn=LISTENER, port=8443, protocol="HTTPS"),),
        "listener_rules": rules or (FORWARDED,),
        "web_acl": acl,
    }
    kind = (made | fields)["type"]
    path = {"application": "app", "network": "net"}[kind]
    return LoadBalancer(arn=f"{PREFIX}:loadbalancer/{path}/front/1", **PLACE, **(made | fields))


OPEN = (tcp(8443, ANYWHERE),)


def judged(*records, rules=OPEN, description="ELB app/front/1", gaps=None, services=("tcp/8443",)):
    nic = host("app", 10, public="192.0.2.10", requester_id="amazon-elb", description=description)
    fields = {
        "networks": SITES,
        "controls": {"customer-admin-access": {"services": list(services)}},
    }
    snapshot = world(
        "customer-admin-access", *place(group("sg-a00", rules)), nic, *records, gaps=gaps
    )
    return check_customer_admin_access(snapshot, declared(**fields))


def outcome(*records, **arguments):
    return outcomes(judged(*records, **arguments))["eni-app"]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([FORWARDED], FAIL),
        ([REFUSED], PASS),
        ([rule(does=["redirect"])], PASS),
        ([rule(1, FROM_SITE), REFUSED], PASS),
        ([rule(1, ("source-ip", [SITE, OTHER])), REFUSED], FAIL),
        ([rule(1, ("source-ip", ["10.0.0.0/33"])), REFUSED], UNKNOWN),
        ([rule(1, ("source-ip", ["10.0.0.0/33"]), does=["fixed-response"]), FORWARDED], UNKNOWN),
        ([rule(1, FROM_SITE), FORWARDED], FAIL),
        ([rule(1, FROM_SITE, ("path-pattern", ["/admin*"])), REFUSED], PASS),
        # Whoever asks chooses the path.
        ([rule(1, ("path-pattern", ["/admin*"])), REFUSED], FAIL),
        ([rule(1, ("host-header", ["admin.example.com"])), REFUSED], FAIL),
        ([rule(1, ("http-request-method", ["GET"])), REFUSED], FAIL),
        ([rule(1, FROM_ALL, *CHOSEN), REFUSED], FAIL),
        # A header may be a secret, and signing in is no limit of networks.
        ([rule(1, ("http-header", ["x-secret"])), REFUSED], UNKNOWN),
        ([rule(1, ("query-string", [])), REFUSED], UNKNOWN),
        ([rule(does=["authenticate-oidc", "forward"])], UNKNOWN),
        ([rule(1, FROM_SITE, does=["authenticate-oidc", "forward"]), REFUSED], PASS),
        # The first rule that matches decides.
        ([rule(2, FROM_ALL), rule(1, FROM_ALL, does=["fixed-response"]), FORWARDED], PASS),
        ([rule(10, FROM_SITE, does=["fixed-response"]), rule(9, FROM_ALL), REFUSED], FAIL),
        # Nobody says whether the rest is for administration.
        ([rule(1, ("path-pattern", ["/admin*"]), does=["fixed-response"]), FORWARDED], UNKNOWN),
        ([rule(1, ("path-pattern", ["/*"]), does=["fixed-response"]), FORWARDED], PASS),
        ([rule(1, ("host-header", ["*"]), does=["fixed-response"]), FORWARDED], PASS),
        ([evolve(FORWARDED, listener_arn="arn:of-another")], UNKNOWN),
        # Only default rules have no conditions: these were not read, and so may the default be.
        ([rule(1, does=["fixed-response"]), FORWARDED], UNKNOWN),
        ([rule(1), REFUSED], UNKNOWN),
        ([rule(1, FROM_ALL, does=[]), REFUSED], UNKNOWN),
        ([rule(1, FROM_SITE)], UNKNOWN),
        ([REFUSED, rule("", FROM_ALL)], UNKNOWN),
    ],
)
def test_listener_rules(rules, expected):
    assert outcome(balancer(*rules)) is expected


def acl_rule(priority, action, **statement):
    return WebAclRule(
        name=str(priority), priority=priority, action=action, statement=json.dumps(statement)
    )


CUSTOMER = {"IPSetReferenceStatement": {"ARN": SET}}
FORWARDED_IP = {"IPSetReferenceStatement": {"ARN": SET, "IPSetForwardedIPConfig": {}}}
NOT_CUSTOMER = {"NotStatement": {"Statement": CUSTOMER}}
PATH = {"ByteMatchStatement": {"SearchString": "L2FkbWlu"}}
ATTACKS = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesSQLiRuleSet"}}
ALLOWING = {
    "ManagedRuleGroupStatement": {
        "VendorName": "AWS",
        "RuleActionOverrides": [{"Name": "NoUserAgent_HEADER", "ActionToUse": {"Allow": {}}}],
    }
}
OF_ANOTHER_VENDOR = {"ManagedRuleGroupStatement": {"VendorName": "Example", "Name": "Partners"}}
ADDRESSES = WafIpSet(arn=SET, **PLACE, name="customer", addresses=(SITE,))


@pytest.mark.parametrize(
    ("default", "rules", "expected"),
    [
        ("Allow", [], FAIL),
        ("Block", [], PASS),
        ("Block", [("Allow", CUSTOMER)], PASS),
        ("Allow", [("Block", NOT_CUSTOMER)], PASS),
        ("Allow", [("Count", NOT_CUSTOMER)], FAIL),
        ("Allow", [("Block", CUSTOMER)], FAIL),
        ("Allow", [(None, ATTACKS), ("Block", NOT_CUSTOMER)], PASS),
        ("Allow", [(None, ATTACKS)], FAIL),
        ("Allow", [("Block", {"RateBasedStatement": {"Limit": 2000}})], FAIL),
        ("Block", [("Allow", {"AndStatement": {"Statements": [CUSTOMER, PATH]}})], PASS),
        ("Block", [("Allow", {"OrStatement": {"Statements": [CUSTOMER, PATH]}})], UNKNOWN),
        (
            "Allow",
            [("Block", {"AndStatement": {"Statements": [NOT_CUSTOMER, PATH]}})],
            UNKNOWN,
        ),
        (
            "Allow",
            [("Block", {"AndStatement": {"Statements": [PATH, NOT_CUSTOMER]}})],
            UNKNOWN,
        ),
        ("Allow", [("Block", {"OrStatement": {"Statements": [NOT_CUSTOMER, PATH]}})], PASS),
        ("Block", [("Allow", {"OrStatement": {"Statements": [PATH, CUSTOMER]}})], UNKNOWN),
        ("Allow", [("Block", {"GeoMatchStatement": {"CountryCodes": ["JP"]}})], UNKNOWN),
        ("Allow", [("Captcha", NOT_CUSTOMER)], UNKNOWN),
        ("Allow", [("Captcha", CUSTOMER)], FAIL),
        ("Allow", [("Challenge", CUSTOMER)], FAIL),
        ("Allow", [(None, {"RuleGroupReferenceStatement": {"ARN": "arn:group"}})], UNKNOWN),
        ("Block", [(None, {"RuleGroupReferenceStatement": {"ARN": "arn:group"}})], UNKNOWN),
        ("Allow", [("Block", {"NotStatement": {"Statement": FORWARDED_IP}})], UNKNOWN),
        ("Allow", [("Block", {})], UNKNOWN),
        # Rule groups may let requests through, too.
        ("Block", [(None, ATTACKS)], PASS),
        ("Block", [(None, ALLOWING)], UNKNOWN),
        ("Block", [(None, OF_ANOTHER_VENDOR)], UNKNOWN),
        ("Allow", [(None, OF_ANOTHER_VENDOR)], FAIL),
        ("Block", [("Allow", {"SqliMatchStatement": {}})], UNKNOWN),
        ("Allow", [("Block", {"SqliMatchStatement": {"SensitivityLevel": "LOW"}})], FAIL),
        ("Allow", [("Block", {"XssMatchStatement": {"TextTransformations": []}})], FAIL),
        # Statements of a shape that is not documented.
        ("Block", [("Allow", {"NotStatement": {}})], UNKNOWN),
        ("Block", [("Allow", {"AndStatement": {"Statements": []}})], UNKNOWN),
        ("Block", [("Allow", {"OrStatement": None})], UNKNOWN),
    ],
)
def test_web_acls(default, rules, expected):
    rows = tuple(acl_rule(place, action, **of) for place, (action, of) in enumerate(rules))
    acl = WebAcl(arn="arn:acl", default_action=default, rules=rows)
    assert outcome(balancer(acl=acl), ADDRESSES) is expected


def test_rules_and_web_acl_together():
    acl = WebAcl(arn="arn:acl", default_action="Block", rules=(acl_rule(1, "Allow", **CUSTOMER),))
    secret = rule(1, ("http-header", ["x-secret"]))
    assert outcome(balancer(secret, REFUSED, acl=acl), ADDRESSES) is PASS
    managed = evolve(acl, has_firewall_manager_rules=True)
    assert outcome(balancer(acl=managed), ADDRESSES) is UNKNOWN
    wide = evolve(ADDRESSES, addresses=(SITE, OTHER))
    assert outcome(balancer(acl=acl), wide) is FAIL
    # The network still has to let it in.
    assert outcome(balancer(acl=acl), wide, rules=[tcp(8443, SITE)]) is PASS
    (failure,) = [
        entry for entry in judged(balancer(acl=acl), wide).findings if entry.outcome is FAIL
    ]
    assert "192.0.2.200" in failure.observations[0].witness.summary.in_language("en")


def test_addresses_that_only_may_get_through_are_asked_apart():
    """The network stops those that certainly would, and admits some that may."""
    secret = rule(2, ("http-header", ["x-secret"]))
    rules = rule(1, ("source-ip", [OTHER])), secret, REFUSED
    assert outcome(balancer(*rules), rules=[tcp(8443, "192.0.2.64/32")]) is UNKNOWN
    assert outcome(balancer(*rules), rules=[tcp(8443, SITE)]) is PASS


def test_what_the_network_may_let_through_does_not_fail():
    """The load balancer forwards it for certain; whether it gets there is not known."""
    rules = rule(1, ("source-ip", [OTHER])), REFUSED
    listed = tcp(8443, "pl-unread")
    assert outcome(balancer(*rules), rules=[listed]) is UNKNOWN
    assert outcome(balancer(*rules), rules=[listed, tcp(8443, "192.0.2.64/32")]) is UNKNOWN


def test_clients_with_certificates():
    mutual = Listener(
        listener_arn=LISTENER, port=8443, protocol="HTTPS", mutual_authentication="verify"
    )
    assert outcome(balancer(listeners=(mutual,))) is UNKNOWN
    assert outcome(balancer(REFUSED, listeners=(mutual,))) is PASS


def test_a_port_that_no_listener_accepts():
    other = Listener(listener_arn=LISTENER, port=443, protocol="HTTPS")
    assert outcome(balancer(listeners=(other,))) is PASS
    assert outcome(balancer(listeners=(evolve(other, port=None),))) is PASS


def test_each_listener_by_its_own_rules():
    second = Listener(listener_arn=f"{LISTENER}2", port=9443, protocol="HTTPS")
    front = balancer(FORWARDED, evolve(REFUSED, listener_arn=second.listener_arn))
    front = evolve(front, listeners=(*front.listeners, second))
    rules = (tcp(8443, ANYWHERE), tcp(9443, ANYWHERE))
    assessment = judged(front, rules=rules, services=("tcp/8443", "tcp/9443"))
    failures = [
        (observation.message.id, observation.read)
        for observation in finding_of(assessment, "eni-app").observations
        if observation.outcome is FAIL
    ]
    assert set(failures) == {
        ("network.customer-excess", f"{source}: tcp/8443") for source in ("internet", "office")
    }
    unread = (tcp(8443, "pl-unread"), tcp(9443, "pl-unread"))
    assessment = judged(front, rules=unread, services=("tcp/8443", "tcp/9443"))
    messages = [
        observation.message.in_language("en")
        for observation in finding_of(assessment, "eni-app").observations
        if observation.outcome is UNKNOWN
    ]
    assert messages
    assert all("8443" in message and "9443" not in message for message in messages)


def test_load_balancers_without_layer_seven():
    group_arn = f"{PREFIX}:targetgroup/t/1"
    tls = Listener(listener_arn="arn:l", port=8443, protocol="TCP", target_groups=(group_arn,))
    network = balancer(type="network", listeners=(tls,))
    description = "ELB net/front/1"
    targets = TargetGroup(arn=group_arn, **PLACE, name="t", protocol="TCP", port=8443)
    assert outcome(network, targets, description=description) is FAIL
    unread = denied("elbv2:DescribeTargetGroups")
    unknown_targets = evolve(targets, target_type=unread)
    assert outcome(network, unknown_targets, description=description) is UNKNOWN
    of_unknown_type = evolve(network, type=denied("elbv2:DescribeLoadBalancers"))
    assert outcome(of_unknown_type, targets, description=description) is UNKNOWN
    before_another = evolve(targets, target_type="alb")
    assert outcome(network, before_another, description=description) is UNKNOWN
    assert outcome(network, description=description) is UNKNOWN
    classic = ClassicLoadBalancer(arn=f"{PREFIX}:loadbalancer/old", **PLACE, name="old")
    assert outcome(classic, description="ELB old") is FAIL


READS = {
    "listeners": "elbv2:DescribeListeners",
    "listener_rules": "elbv2:DescribeRules",
    "web_acl": "wafv2:GetWebACLForResource",
}


@pytest.mark.parametrize("name", READS)
def test_what_was_not_read_is_named(name):
    assessment = judged(balancer(**{name: denied(READS[name])}))
    (in_doubt,) = [entry for entry in assessment.findings if entry.outcome is UNKNOWN]
    assert READS[name] in {
        cause.operation for observation in in_doubt.observations for cause in observation.causes
    }


@pytest.mark.parametrize("gap", ["LoadBalancer", "WafIpSet", None])
def test_listings_that_were_not_read_are_named(gap):
    acl = WebAcl(arn="arn:acl", default_action="Block", rules=(acl_rule(1, "Allow", **CUSTOMER),))
    records = [] if gap == "LoadBalancer" else [balancer(acl=acl)]
    gaps = {gap: denied(f"call:{gap}")} if gap else None
    (in_doubt,) = [
        entry for entry in judged(*records, gaps=gaps).findings if entry.outcome is UNKNOWN
    ]
    operations = {
        cause.operation for observation in in_doubt.observations for cause in observation.causes
    }
    assert operations == {f"call:{gap}" if gap else "wafv2:ListIPSets"}


def test_an_ip_set_that_was_not_read():
    acl = WebAcl(arn="arn:acl", default_action="Block", rules=(acl_rule(1, "Allow", **CUSTOMER),))
    unread = evolve(ADDRESSES, addresses=denied("wafv2:GetIPSet"))
    assert outcome(balancer(acl=acl), unread) is UNKNOWN


@pytest.mark.parametrize("name", ["port", "mutual_authentication"])
def test_an_unread_part_of_a_listener(name):
    plain = Listener(listener_arn=LISTENER, port=8443, protocol="HTTPS")
    unread = evolve(plain, **{name: denied("elbv2:DescribeListeners")})
    assert outcome(balancer(listeners=(unread,))) is UNKNOWN
    assert outcome(balancer(listeners=(unread, plain))) is FAIL


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"actions": denied("elbv2:DescribeRules")}, PASS),
        ({"conditions": denied("elbv2:DescribeRules")}, UNKNOWN),
    ],
)
def test_an_unread_part_of_a_rule(changes, expected):
    part = evolve(rule(1, FROM_SITE), **changes)
    assert outcome(balancer(part, REFUSED)) is expected
    assert outcome(balancer(part, FORWARDED)) is FAIL


def test_unread_target_groups_of_a_network_load_balancer():
    unread = Listener(
        listener_arn=LISTENER,
        port=8443,
        protocol="TCP",
        target_groups=denied("elbv2:DescribeListeners"),
    )
    network = balancer(type="network", listeners=(unread,))
    assert outcome(network, description="ELB net/front/1") is UNKNOWN
