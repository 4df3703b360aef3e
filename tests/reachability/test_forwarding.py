"""Load balancers and accelerators that leave the client's address on the packet."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.model.ec2 import NetworkInterfaceIpv6Address
from cloudpack_baseline.model.ec2_gateways import VpcBlockPublicAccessOptions
from cloudpack_baseline.model.elbv2 import Listener, LoadBalancer, Target, TargetGroup
from cloudpack_baseline.model.globalaccelerator import (
    Accelerator,
    AcceleratorEndpoint,
    AcceleratorEndpointGroup,
    AcceleratorListener,
    CrossAccountAttachment,
    CustomRoutingAccelerator,
    ListenerPortRange,
    PortOverride,
)
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import Addresses, Interfaces, Internet, Network, TrafficSet
from reachability.test_nat64 import open_acl6
from reachability.test_rules import (
    BASE,
    DB,
    DENIED,
    OPEN_ACL,
    WHO,
    changed,
    entry,
    interface,
    network,
    tcp,
)

PREFIX = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012"
PLACE = {"account": "123456789012", "region": "ap-northeast-1"}
CLIENT = Addresses(["203.0.113.5"])
NLB = Interfaces(["eni-nlb"])
ANY_TCP = (tcp(0, 65535, ip_ranges=("0.0.0.0/0",)),)
ANYBODY = changed("db-group", ip_permissions=(tcp(8080, ip_ranges=("0.0.0.0/0",)),))


def balanced(*, listener=None, group=None, balancer=None, drop=(), gap=None, **changes):
    """A public Network Load Balancer, tcp/80, before DB in the private subnet, tcp/8080."""
    nlb = evolve(
        interface("eni-nlb", "subnet-web", "10.0.1.8", "x", "54.0.0.8"),
        interface_type="network_load_balancer",
        description="ELB net/front/1234",
        groups=(),
    )
    listeners = Listener(
        listener_arn="arn:l", port=80, protocol="TCP", target_groups=(f"{PREFIX}:targetgroup/t/1",)
    )
    made = {
        "nlb": nlb,
        "balancer": LoadBalancer(
            arn=f"{PREFIX}:loadbalancer/net/front/1234",
            **PLACE,
            name="front",
            type="network",
            vpc_id="vpc-1",
            listeners=(evolve(listeners, **listener or {}),),
        ),
        "target_group": TargetGroup(
            arn=f"{PREFIX}:targetgroup/t/1",
            **PLACE,
            name="targets",
            protocol="TCP",
            port=8080,
            vpc_id="vpc-1",
            targets=(Target(id="i-db"),),
        ),
        "db": changed("db", instance_id="i-db"),
        "db_group": ANYBODY,
    }
    made["balancer"] = evolve(made["balancer"], **balancer or {})
    made["target_group"] = evolve(made["target_group"], **group or {})
    held = {name: value for name, value in (made | changes).items() if name not in drop}
    net = network(**held)
    if gap is None:
        return net
    records = [
        *BASE.values(),
        *(record for name, record in held.items() if name.replace("_", "-") not in BASE),
    ]
    return Network.from_records(records, lambda _kind, _near: gap)


def test_clients_reach_private_targets_whose_groups_admit_them():
    net = balanced()
    flow_answer = net.flow(CLIENT, DB, "tcp/8080")
    assert flow_answer.is_open
    assert "forwards as tcp/8080" in " ".join(map(str, flow_answer.witness.hops))
    assert net.flow(CLIENT, DB, "tcp/80").verdict == "stopped"
    assert net.flow(Internet(), DB, "tcp/8080").is_open
    matrix = net.matrix({"internet": Internet(), "db": DB})
    assert str(matrix["internet", "db"]) == "tcp/8080"


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ({"group": {"preserve_client_ip": "false"}}, "stopped"),
        ({"group": {"preserve_client_ip": "true"}}, "open"),
        ({"group": {"target_type": "ip", "targets": (Target(id="10.0.2.5"),)}}, "stopped"),
        (
            {
                "group": {
                    "target_type": "ip",
                    "targets": (Target(id="10.0.2.5"),),
                    "preserve_client_ip": "true",
                }
            },
            "open",
        ),
        ({"group": {"targets": (Target(id="i-db", port=9000),)}}, "stopped"),
        ({"group": {"targets": (Target(id="i-other"),)}}, "stopped"),
        ({"group": {"targets": ()}}, "stopped"),
        ({"listener": {"target_groups": ()}}, "stopped"),
        ({"listener": {"port": None}}, "open"),
        ({"listener": {"port": 10**20}}, "open"),
        ({"group": {"targets": DENIED}}, "unknown"),
        ({"group": {"preserve_client_ip": DENIED}}, "unknown"),
        ({"group": {"protocol": DENIED}}, "unknown"),
        ({"group": {"port": DENIED}}, "unknown"),
        ({"group": {"target_type": DENIED}}, "unknown"),
        ({"group": {"vpc_id": "vpc-9"}}, "stopped"),
        ({"balancer": {"type": DENIED}}, "unknown"),
        ({"balancer": {"listeners": DENIED}}, "unknown"),
        ({"balancer": {"cross_zone": DENIED}}, "unknown"),
        ({"drop": ("target_group",)}, "unknown"),
        ({"drop": ("balancer",)}, "unknown"),
        ({"db": changed("db", instance_id="i-db", private_ip_addresses=DENIED)}, "unknown"),
        (
            {
                "db": changed("db", private_ip_addresses=DENIED),
                "group": {"targets": (Target(id="10.0.2.5"),), "preserve_client_ip": "true"},
            },
            "stopped",
        ),
    ],
)
def test_what_listeners_and_targets_say(parts, verdict):
    assert balanced(**parts).flow(CLIENT, DB, "tcp/8080").verdict == verdict


@pytest.mark.parametrize(
    ("port", "services"),
    [
        (1, "tcp/1"),
        (65535, "tcp/65535"),
        # Elastic Load Balancing accepts 1-65535: what a template means by another is not known.
        (0, "tcp"),
        (65536, "tcp"),
    ],
)
def test_the_target_gets_the_port_of_its_group(port, services):
    everything = changed("db-group", ip_permissions=ANY_TCP)
    net = balanced(group={"port": port}, db_group=everything)
    passing = net.matrix({"client": CLIENT, "db": DB})["client", "db"]
    assert passing == TrafficSet.parse(services)


@pytest.mark.parametrize(
    ("protocol", "services"),
    [
        ("TCP", "tcp/8080"),
        ("TLS", "tcp/8080"),
        ("UDP", "udp/8080"),
        ("QUIC", "udp/8080"),
        ("TCP_UDP", "tcp/8080, udp/8080"),
        ("TCP_QUIC", "tcp/8080, udp/8080"),
        # One that is added later may be carried by either.
        ("SCTP_TLS", "tcp/8080, udp/8080"),
    ],
)
def test_what_carries_the_protocol_of_a_listener(protocol, services):
    permissions = tuple(
        evolve(tcp(8080, ip_ranges=("0.0.0.0/0",)), ip_protocol=name) for name in ("tcp", "udp")
    )
    net = balanced(
        listener={"protocol": protocol},
        group={"protocol": protocol},
        db_group=changed("db-group", ip_permissions=permissions),
    )
    passing = net.matrix({"client": CLIENT, "db": DB})["client", "db"]
    assert passing == TrafficSet.parse(services)


def test_the_group_of_the_target_decides_whatever_is_not_known():
    shut = changed("db-group", ip_permissions=(tcp(8080, ip_ranges=("10.0.0.0/8",)),))
    for parts in ({}, {"drop": ("balancer",)}):
        net = balanced(db_group=shut, **parts)
        assert net.flow(CLIENT, DB, "tcp/8080").verdict == "stopped"
        assert not net.matrix({"internet": Internet(), "db": DB}).doubtful(("internet", "db"))


def test_a_load_balancer_with_groups_of_its_own():
    groups = {"nlb": evolve(balanced().topology.interfaces["eni-nlb"], groups=("sg-nlb",))}
    narrow = changed("web-group", group_id="sg-nlb")
    office = tcp(80, ip_ranges=("203.0.113.0/24",))
    net = balanced(**groups, nlb_group=evolve(narrow, ip_permissions=(office,)))
    assert net.flow(CLIENT, DB, "tcp/8080").is_open
    assert net.flow(Addresses(["198.51.100.7"]), DB, "tcp/8080").verdict == "stopped"
    lost = balanced(**groups)
    assert lost.flow(CLIENT, DB, "tcp/8080").verdict == "unknown"


@pytest.mark.parametrize(
    ("zone", "parts", "verdict"),
    [
        ("a", {}, "open"),
        ("c", {}, "stopped"),
        ("c", {"balancer": {"cross_zone": "true"}}, "open"),
        ("c", {"group": {"cross_zone": "true"}}, "open"),
        ("c", {"balancer": {"cross_zone": "true"}, "group": {"cross_zone": "false"}}, "stopped"),
        (
            "c",
            {
                "balancer": {"cross_zone": "true"},
                "group": {"cross_zone": "use_load_balancer_configuration"},
            },
            "open",
        ),
    ],
)
def test_targets_in_other_zones(zone, parts, verdict):
    net = balanced(private=changed("private", availability_zone=zone), **parts)
    assert net.flow(CLIENT, DB, "tcp/8080").verdict == verdict


def test_the_acl_of_the_target_sees_the_client():
    changed_open_acl = evolve(
        OPEN_ACL,
        network_acl_id="acl-db",
        is_default=False,
        subnet_ids=("subnet-db",),
        entries=(
            entry(90, egress=False, action="deny", block="203.0.113.0/24"),
            *OPEN_ACL.entries,
        ),
    )
    net = balanced(own=changed_open_acl)
    assert net.flow(CLIENT, DB, "tcp/8080").verdict == "stopped"
    assert net.flow(Addresses(["198.51.100.7"]), DB, "tcp/8080").is_open
    silent = evolve(changed_open_acl, entries=tuple(e for e in OPEN_ACL.entries if not e.egress))
    assert balanced(own=silent).flow(CLIENT, DB, "tcp/8080").verdict == "stopped"
    unread = evolve(changed_open_acl, entries=DENIED)
    assert balanced(own=unread).flow(CLIENT, DB, "tcp/8080").verdict == "unknown"
    # In the subnet of the load balancer no ACL is asked.
    near = evolve(BASE["db"], subnet_id="subnet-web", instance_id="i-db")
    shut = (
        entry(90, egress=False, action="deny", protocol="6", ports=(8080, 8080)),
        entry(91, egress=True, action="deny", protocol="6", ports=(1024, 32767)),
    )
    its_own = evolve(OPEN_ACL, entries=(*shut, *OPEN_ACL.entries))
    flow_answer = balanced(acl=its_own, db=near).flow(CLIENT, DB, "tcp/8080")
    assert flow_answer.is_open
    assert balanced(acl=its_own).flow(CLIENT, DB, "tcp/8080").verdict == "stopped"


@pytest.mark.parametrize("port", [1, 443, 8080])
def test_the_acl_of_the_target_decides_on_the_way_in_and_on_the_way_out(port):
    """Client ports are those to which the subnet of the target may reply."""
    acl = evolve(
        OPEN_ACL,
        network_acl_id="acl-db",
        is_default=False,
        subnet_ids=("subnet-db",),
        entries=(
            entry(90, egress=False, protocol="6", ports=(port, port)),
            entry(90, egress=True, protocol="6", ports=(32768, 60999)),
        ),
    )
    everything = changed("db-group", ip_permissions=ANY_TCP)
    net = balanced(own=acl, db_group=everything, group={"port": port})
    flow_answer = net.flow(CLIENT, DB, f"tcp/{port}")
    assert flow_answer.is_open
    assert flow_answer.client_ports.spans == ((32768, 60999),)
    assert "port 32768" in str(flow_answer.witness.packet)


def test_udp_always_preserves_and_an_alb_is_a_target_too():
    udp = {"group": {"protocol": "UDP", "preserve_client_ip": "false"}}
    rule = changed(
        "db-group",
        ip_permissions=(evolve(tcp(8080, ip_ranges=("0.0.0.0/0",)), ip_protocol="udp"),),
    )
    net = balanced(listener={"protocol": "UDP"}, db_group=rule, **udp)
    assert net.flow(CLIENT, DB, "udp/8080").is_open
    alb = evolve(BASE["db"], description="ELB app/inner/99")
    targets = (Target(id=f"{PREFIX}:loadbalancer/app/inner/99"),)
    net = balanced(db=alb, group={"target_type": "alb", "targets": targets})
    assert net.flow(CLIENT, DB, "tcp/8080").is_open


def test_an_accelerator_may_lead_to_whoever_admits_the_client():
    accelerator = evolve(
        interface("eni-ga", "subnet-db", "10.0.2.9", "x"),
        interface_type="global_accelerator_managed",
    )
    parts = {"drop": ("nlb", "balancer", "target_group"), "accelerator": accelerator}
    net = balanced(**parts)
    flow_answer = net.flow(Internet(), DB, "tcp/8080")
    assert flow_answer.verdict == "unknown"
    assert [reason.id for reason in flow_answer.reasons] == ["targets-unknown"]
    assert net.flow(Internet(), DB, "tcp/22").verdict == "stopped"
    assert net.flow(Internet(), Interfaces(["eni-ga"]), "tcp/80").verdict == "stopped"
    away = Addresses(["192.168.1.1"])
    assert net.flow(away, DB, "tcp/8080").verdict == "stopped"
    blocked = VpcBlockPublicAccessOptions(**WHO, internet_gateway_block_mode="block-ingress")
    assert balanced(**parts, block=blocked).flow(Internet(), DB, "tcp/8080").verdict == "stopped"


def test_load_balancers_lead_to_no_other_by_guess():
    changed_interface = evolve(
        interface("eni-nlb2", "subnet-db", "10.0.2.8", "x"),
        interface_type="network_load_balancer",
        groups=(),
    )
    net = balanced(other=changed_interface)
    assert net.flow(CLIENT, Interfaces(["eni-nlb2"]), "tcp/80").verdict == "stopped"


def test_the_gap_of_the_listing_is_the_cause():
    unread = Unknown.because(
        Why.DENIED,
        operation="elbv2:DescribeLoadBalancers",
        actions=("elasticloadbalancing:DescribeLoadBalancers",),
    )
    net = balanced(drop=("balancer", "db", "db_group"), gap=unread)
    reasons = net.topology.forwarded_to(net.topology.ends.of("eni-db")[0])
    assert [forwarding.doubt.causes for forwarding in reasons] == [unread.causes]


def test_a_target_with_an_ipv6_address():
    six = evolve(
        BASE["db"],
        ipv6_addresses=DENIED,
        private_ip_addresses=BASE["db"].private_ip_addresses,
    )
    parts = {"target_type": "ip", "targets": (Target(id="10.0.2.5"),), "preserve_client_ip": "true"}
    assert balanced(db=six, group=parts).flow(CLIENT, DB, "tcp/8080").is_open


ENTRY = evolve(
    interface("eni-ga", "subnet-db", "10.0.2.9", "x"), interface_type="global_accelerator_managed"
)
WIDE = changed("db-group", ip_permissions=(tcp(8080, ip_ranges=("0.0.0.0/0",)),))
SERVER = changed("db", instance_id="i-db")


def accelerated(*, endpoint=None, group=None, listener=None, accelerator=None, **changes):
    """An accelerator that leads from port 80 to port 8080 of DB in the private subnet."""
    reached = AcceleratorEndpoint(endpoint_id="i-db", client_ip_preservation=True)
    to_group = AcceleratorEndpointGroup(
        endpoint_group_arn="arn:g",
        endpoints=(evolve(reached, **endpoint or {}),),
        port_overrides=(PortOverride(listener_port=80, endpoint_port=8080),),
    )
    to_listener = AcceleratorListener(
        listener_arn="arn:l",
        protocol="TCP",
        port_ranges=(ListenerPortRange(from_port=80, to_port=81),),
        endpoint_groups=(evolve(to_group, **group or {}),),
    )
    made = Accelerator(
        arn="arn:a",
        **PLACE,
        name="front",
        listeners=(evolve(to_listener, **listener or {}),),
    )
    records = {
        "entry": ENTRY,
        "accelerator": evolve(made, **accelerator or {}),
        "db": SERVER,
        "db_group": WIDE,
    }
    return network(**(records | changes))


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "open"),
        ({"endpoint": {"client_ip_preservation": False}}, "unknown"),
        ({"endpoint": {"weight": 0}}, "unknown"),
        ({"endpoint": {"endpoint_id": "eipalloc-1"}}, "unknown"),
        ({"group": {"port_overrides": ()}}, "stopped"),
        ({"listener": {"protocol": "UDP"}}, "stopped"),
        ({"accelerator": {"enabled": False}}, "unknown"),
        ({"accelerator": {"enabled": DENIED}}, "unknown"),
        ({"accelerator": {"listeners": DENIED}}, "unknown"),
        ({"accelerator": None}, "unknown"),
        ({"db_group": changed("db-group", ip_permissions=(tcp(8080),))}, "stopped"),
        ({"entry": None}, "stopped"),
        ({"entry": evolve(ENTRY, vpc_id="vpc-2")}, "stopped"),
        ({"db": evolve(SERVER, instance_id="i-other")}, "unknown"),
        ({"block": None}, "unknown"),
        (
            {"custom": CustomRoutingAccelerator(arn="arn:c", **PLACE, name="custom")},
            "unknown",
        ),
        (
            {
                "custom": CustomRoutingAccelerator(
                    arn="arn:c", **PLACE, name="custom", enabled=False
                )
            },
            "open",
        ),
    ],
)
def test_what_an_accelerator_leads_to(change, verdict):
    net = accelerated(**change) if change.get("accelerator", 1) else accelerated_by_nobody()
    assert net.flow(Internet(), DB, "tcp/8080").verdict == verdict
    matrix = net.matrix({"internet": Internet(), "db": DB})
    number = TrafficSet.parse("tcp/8080")
    assert bool(matrix["internet", "db"] & number) is (verdict == "open")
    assert bool(matrix.doubtful(("internet", "db")) & number) is (verdict == "unknown")
    assert net.flow(DB, Internet(), "tcp/8080").witness is not None


def accelerated_by_nobody():
    return network(entry=ENTRY, db=SERVER, db_group=WIDE)


@pytest.mark.parametrize(
    ("egress", "block", "verdict"),
    [
        (False, "0.0.0.0/0", "stopped"),
        (True, "0.0.0.0/0", "stopped"),
        (False, "10.0.0.0/8", "open"),
        (True, "10.0.0.0/8", "open"),
    ],
)
def test_the_acl_is_asked_even_in_the_subnet_of_the_accelerator(egress, block, verdict):
    """The interface of the accelerator is in the subnet of its endpoint."""
    denied = entry(90, egress=egress, action="deny", block=block)
    acl = evolve(OPEN_ACL, entries=(denied, *OPEN_ACL.entries))
    assert accelerated(acl=acl).flow(Internet(), DB, "tcp/8080").verdict == verdict


@pytest.mark.parametrize("field", ["listeners", "enabled", "ip_address_type"])
def test_an_unread_accelerator_may_lead_where_no_other_does(field):
    web = changed("web", instance_id="i-web")
    to_web = {"endpoint": {"endpoint_id": "i-web"}, "web": web}
    assert accelerated(**to_web).flow(Internet(), DB, "tcp/8080").verdict == "stopped"
    unread = Accelerator(arn="arn:b", **PLACE, name="second", **{field: DENIED})
    net = accelerated(**to_web, second=unread)
    assert net.flow(Internet(), DB, "tcp/8080").verdict == "unknown"


def test_an_accelerator_for_ipv4_only():
    six = evolve(
        SERVER,
        ipv6_addresses=(NetworkInterfaceIpv6Address(ipv6_address="2600:1f14::5"),),
    )
    everybody = changed(
        "db-group", ip_permissions=(evolve(tcp(8080), ipv6_ranges=("::/0",), ip_ranges=()),)
    )
    both = open_acl6()
    parts = {"db": six, "db_group": everybody, "acl": both}
    client = Internet(["2a00::/16"])
    assert accelerated(**parts).flow(client, DB, "tcp/8080").verdict == "stopped"
    dual = {"ip_address_type": "DUAL_STACK"}
    assert accelerated(accelerator=dual, **parts).flow(client, DB, "tcp/8080").is_open


def test_accelerators_of_other_accounts():
    attachment = CrossAccountAttachment(
        arn="arn:x", **PLACE, name="shared", endpoint_ids=("i-db", "i-other")
    )
    mine = {"accelerator": {"enabled": False}}
    assert (
        accelerated(**mine, attachment=attachment).flow(Internet(), DB, "tcp/8080").verdict
        == "unknown"
    )
    elsewhere = evolve(attachment, endpoint_ids=("i-other",))
    other = evolve(SERVER, network_interface_id="eni-other", instance_id="i-other")
    shared = accelerated(**mine, attachment=elsewhere, other=other)
    assert shared.flow(Internet(), DB, "tcp/8080").verdict == "stopped"
    unread = evolve(attachment, endpoint_ids=DENIED)
    assert accelerated(attachment=unread).flow(Internet(), DB, "tcp/8080").verdict == "unknown"


def test_an_instance_with_several_interfaces():
    second = evolve(SERVER, network_interface_id="eni-second")
    assert accelerated(second=second).flow(Internet(), DB, "tcp/8080").verdict == "unknown"


def test_listings_of_accelerators_that_were_not_read():
    unread = Unknown.because(Why.DENIED, operation="globalaccelerator:ListAccelerators")
    records = [ENTRY, *BASE.values(), SERVER, WIDE]

    def gap(kind, _near):
        return unread if kind is Accelerator else None

    found = Network.from_records(records, gap).flow(Internet(), DB, "tcp/8080")
    assert [reason.causes for reason in found.reasons] == [unread.causes]


@pytest.mark.parametrize("name", ["protocol", "port", "target_groups"])
def test_an_unread_part_of_a_listener_is_the_cause(name):
    net = balanced(listener={name: DENIED})
    assert net.flow(CLIENT, DB, "tcp/8080").verdict == "unknown"
