"""Load balancers and target groups, from answers as AWS gives them."""

from __future__ import annotations

from cloudpack_baseline.model.elbv2 import (
    Listener,
    ListenerAction,
    LoadBalancer,
    Target,
    TargetGroup,
)
from cloudpack_baseline.model.values import Unknown, Why
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
