"""Load balancers and target groups, from answers as AWS gives them."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.elbv2 import (
    Listener,
    ListenerAction,
    LoadBalancer,
    Target,
    TargetGroup,
)
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.model.wafv2 import WafIpSet
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT, REGION

BASE = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"
NLB, GROUP = f"{BASE}:loadbalancer/net/front/1234", f"{BASE}:targetgroup/web/5678"
ANSWERS = {
    "elbv2:DescribeLoadBalancers": {
        "LoadBalancers": [
            {
                "LoadBalancerArn": NLB,
                "LoadBalancerName": "front",
                "Type": "network",
                "Scheme": "internet-facing",
                "VpcId": "vpc-1",
                "AvailabilityZones": [{"ZoneName": "a", "SubnetId": "subnet-1"}],
            }
        ]
    },
    "elbv2:DescribeLoadBalancerAttributes": {
        "Attributes": [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    },
    "elbv2:DescribeListeners": {
        "Listeners": [
            {
                "ListenerArn": f"{BASE}:listener/net/front/1234/1",
                "Port": 443,
                "Protocol": "TLS",
                "DefaultActions": [
                    {
                        "Type": "forward",
                        "TargetGroupArn": GROUP,
                        "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": GROUP}]},
                    },
                    {"Type": "forward", "TargetGroupArn": f"{GROUP}9"},
                    {"Type": "fixed-response"},
                ],
            }
        ]
    },
    "elbv2:DescribeTargetGroups": {
        "TargetGroups": [
            {
                "TargetGroupArn": GROUP,
                "TargetGroupName": "web",
                "Protocol": "TCP",
                "Port": 8080,
                "VpcId": "vpc-1",
                "TargetType": "ip",
            }
        ]
    },
    "elbv2:DescribeTargetGroupAttributes": {
        "Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "false"}]
    },
    "elbv2:DescribeTargetHealth": {
        "TargetHealthDescriptions": [
            {"Target": {"Id": "10.0.2.5", "Port": 9000}, "TargetHealth": {"State": "unhealthy"}},
            {"Target": {"Id": "i-1"}},
        ]
    },
}


def gathered(kind, answers=ANSWERS):
    fields = frozenset(("cross_zone", "listeners", "preserve_client_ip", "targets"))
    gathering = gatherer_of(kind).run(calls(answers), fields)
    (record,) = gathering.records
    return record


def test_a_load_balancer():
    balancer = gathered(LoadBalancer)
    assert balancer.arn == NLB
    assert (balancer.name, balancer.type, balancer.cross_zone) == ("front", "network", "true")
    assert balancer.subnets == ("subnet-1",)
    (listener,) = balancer.listeners
    assert listener == Listener(
        listener_arn=f"{BASE}:listener/net/front/1234/1",
        port=443,
        protocol="TLS",
        target_groups=(GROUP, f"{GROUP}9"),
        default_actions=(
            ListenerAction(type="forward"),
            ListenerAction(type="forward"),
            ListenerAction(type="fixed-response"),
        ),
    )


def test_a_target_group():
    group = gathered(TargetGroup)
    assert (group.name, group.port, group.target_type) == ("web", 8080, "ip")
    assert (group.preserve_client_ip, group.cross_zone) == ("false", "")
    assert group.targets == (Target(id="10.0.2.5", port=9000), Target(id="i-1"))


def test_an_odd_target_costs_the_targets_only():
    odd = {"TargetHealthDescriptions": [{"Target": {"Port": 1}}]}
    group = gathered(TargetGroup, ANSWERS | {"elbv2:DescribeTargetHealth": odd})
    assert isinstance(group.targets, Unknown)
    assert group.preserve_client_ip == "false"


def test_a_group_that_no_load_balancer_uses_is_not_asked_for_targets():
    (group,) = ANSWERS["elbv2:DescribeTargetGroups"]["TargetGroups"]
    for used_by, targets in (([], None), ([NLB], 2)):
        groups = {"TargetGroups": [group | {"LoadBalancerArns": used_by}]}
        record = gathered(TargetGroup, ANSWERS | {"elbv2:DescribeTargetGroups": groups})
        if targets is None:
            assert record.targets.causes[0].why is Why.NOT_GATHERED
        else:
            assert len(record.targets) == targets


def rule_of(priority, *conditions):
    return {
        "RuleArn": f"arn:rule/{priority}",
        "Priority": priority,
        "Conditions": list(conditions),
        "Actions": [{"Type": "forward", "TargetGroupArn": GROUP}],
    }


@pytest.mark.parametrize("kind", ["application", "network"])
def test_rules_and_the_web_acl_of_application_load_balancers(kind):
    (described,) = ANSWERS["elbv2:DescribeLoadBalancers"]["LoadBalancers"]
    answers = {
        **ANSWERS,
        "elbv2:DescribeLoadBalancers": {"LoadBalancers": [{**described, "Type": kind}]},
        "elbv2:DescribeRules": {
            "Rules": [
                rule_of(
                    "1",
                    {"Field": "source-ip", "SourceIpConfig": {"Values": ["198.51.100.0/24"]}},
                    {"Field": "path-pattern", "Values": ["/a*"]},
                    {"Field": "query-string", "QueryStringConfig": {"Values": []}},
                ),
                rule_of("default"),
            ]
        },
        "wafv2:GetWebACLForResource": {
            "WebACL": {
                "ARN": "arn:acl",
                "DefaultAction": {"Block": {}},
                "Rules": [
                    {
                        "Name": "office",
                        "Priority": 3,
                        "Action": {"Allow": {}},
                        "Statement": {"IPSetReferenceStatement": {"ARN": "arn:set"}},
                    },
                    {
                        "Name": "managed",
                        "Priority": 4,
                        "OverrideAction": {"Count": {}},
                        "Statement": {"ManagedRuleGroupStatement": {}},
                    },
                ],
                "PreProcessFirewallManagerRuleGroups": [{"Name": "central"}],
            }
        },
    }
    selected = frozenset({"listeners", "rules", "listener_rules", "web_acl"})
    (balancer,) = gatherer_of(LoadBalancer).run(calls(answers), selected).records
    assert balancer.rules == ()  # no listener accepts plain HTTP
    if kind == "network":
        assert balancer.listener_rules == ()
        return
    first, default = balancer.listener_rules
    assert [(condition.field, condition.values) for condition in first.conditions] == [
        ("source-ip", ("198.51.100.0/24",)),
        ("path-pattern", ("/a*",)),
        ("query-string", ()),
    ]
    assert (default.priority, default.listener_arn) == (
        "default",
        f"{BASE}:listener/net/front/1234/1",
    )
    acl = balancer.web_acl
    assert (acl.default_action, acl.has_firewall_manager_rules) == ("Block", True)
    office, managed = acl.rules
    assert (office.action, office.statement) == (
        "Allow",
        '{"IPSetReferenceStatement": {"ARN": "arn:set"}}',
    )
    assert (managed.action, managed.counts) == (None, True)


def test_rules_that_could_not_be_read():
    (described,) = ANSWERS["elbv2:DescribeLoadBalancers"]["LoadBalancers"]
    application = {"LoadBalancers": [{**described, "Type": "application"}]}
    selected = frozenset({"listeners", "rules", "listener_rules"})
    for missing_call in ("elbv2:DescribeRules", "elbv2:DescribeListeners"):
        answers = {**ANSWERS, "elbv2:DescribeLoadBalancers": application}
        answers.pop(missing_call, None)
        (balancer,) = gatherer_of(LoadBalancer).run(calls(answers), selected).records
        for rules in (balancer.rules, balancer.listener_rules):
            assert {cause.operation for cause in rules.causes} == {missing_call}


def test_the_rules_of_a_load_balancer_of_unknown_type():
    (described,) = ANSWERS["elbv2:DescribeLoadBalancers"]["LoadBalancers"]
    answers = {
        **ANSWERS,
        "elbv2:DescribeLoadBalancers": {"LoadBalancers": [{**described, "Type": 7}]},
    }
    selected = frozenset({"listeners", "listener_rules"})
    (balancer,) = gatherer_of(LoadBalancer).run(calls(answers), selected).records
    assert isinstance(balancer.type, Unknown)
    assert balancer.listener_rules == balancer.type


def test_ip_sets():
    answers = {
        "wafv2:ListIPSets": {
            "IPSets": [
                {"Name": "customer", "Id": "1", "ARN": "arn:aws:wafv2:r:1:regional/ipset/c/1"}
            ]
        },
        "wafv2:GetIPSet": {"IPSet": {"Addresses": ["198.51.100.0/24"]}},
    }
    (ip_set,) = gatherer_of(WafIpSet).run(calls(answers), frozenset({"addresses"})).records
    assert (ip_set.name, ip_set.addresses) == ("customer", ("198.51.100.0/24",))
