"""A load balancer in front of the servers of the good architectures."""

from __future__ import annotations

from cloudpack_baseline.model.elbv2 import (
    Listener,
    ListenerAction,
    LoadBalancer,
    SslPolicy,
    Target,
    TargetGroup,
)
from cloudpack_baseline.testing import records
from cloudpack_baseline.testing.records import network_interface, tcp
from support import ACCOUNT, REGION

_TYPES = {"application": ("app", "interface"), "network": ("net", "network_load_balancer")}
"""What is in the ARN of each type, and the type of its network interfaces."""


def balancer(
    kind,
    protocol,
    target_protocol,
    *,
    ssl_policy,
    further_listeners=(),
    settings=None,
    target_settings=None,
):
    """Its security group, interface, listeners, policy and target group.

    Its group admits everyone to the ports of the listeners, and reaches the servers alone.
    """
    path, interface_type = _TYPES[kind]
    arn = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/{path}/shop/1"
    group = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/app/1"
    encrypted = {
        "port": 443,
        "protocol": protocol,
        "target_groups": (group,),
        "ssl_policy": ssl_policy,
        "default_actions": (ListenerAction(type="forward"),),
    }
    listeners = tuple(
        Listener(listener_arn=f"{arn.replace('loadbalancer', 'listener')}/{number}", **listener)
        for number, listener in enumerate((encrypted, *further_listeners), 1)
    )
    return (
        records.security_group(
            "sg-web",
            [tcp(listener.port, "0.0.0.0/0") for listener in listeners],
            [tcp(8080, "sg-app")],
            vpc_id="vpc-1",
        ),
        network_interface(
            "eni-web",
            "10.0.1.10",
            public_ip="198.51.100.10",
            subnet_id="subnet-web",
            groups=("sg-web",),
            interface_type=interface_type,
            description=f"ELB {path}/shop/1",
            requester_id="amazon-elb",
            belongs_to=arn,
        ),
        records.record(
            LoadBalancer,
            "shop",
            arn=arn,
            name="shop",
            type=kind,
            scheme="internet-facing",
            vpc_id="vpc-1",
            security_groups=("sg-web",),
            subnets=("subnet-web",),
            listeners=listeners,
            rules=(),
            **settings or {},
        ),
        records.record(
            SslPolicy,
            f"ssl-policy/{ssl_policy}",
            name=ssl_policy,
            protocols=("TLSv1.2", "TLSv1.3"),
        ),
        records.record(
            TargetGroup,
            "app",
            arn=group,
            name="app",
            protocol=target_protocol,
            port=8080,
            vpc_id="vpc-1",
            target_type="instance",
            targets=(Target(id="i-1", port=8080),),
            **target_settings or {},
        ),
    )
