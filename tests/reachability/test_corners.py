"""Targets that are not recorded or not followed, delegated blocks, and large segments."""

from __future__ import annotations

import pytest
from attrs import evolve, fields_dict
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.model.ec2 import IpPermission, ManagedPrefixList, Route
from cloudpack_baseline.model.ec2_gateways import (
    GatewayAttachment,
    InternetGateway,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    VpcEndpoint,
    VpnGateway,
)
from cloudpack_baseline.model.values import Cause, Origin, Why
from cloudpack_baseline.reachability import Addresses, Interfaces, Internet
from cloudpack_baseline.reachability.reasons import STOP_REASONS, StopReason, in_order
from cloudpack_baseline.reachability.results import Hop
from cloudpack_baseline.reachability.trace import try_plan
from reachability.test_rules import (
    ANY,
    BASE,
    DB,
    DENIED,
    WEB,
    WHO,
    changed,
    default_route,
    entry,
    interface,
    network,
    table,
    tcp,
)

OFFICE = Addresses(["192.168.7.9"])
OPEN = changed("db-group", ip_permissions=ANY)
ATTACHED = (GatewayAttachment(vpc_id="vpc-1"),)


def routed(**target):
    route = Route(destination_cidr_block="192.168.0.0/16", **target)
    return {"db_table": table("rtb-db", "subnet-db", route), "db_group": OPEN}


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ({"vpc_peering_connection_id": "pcx-9"}, "target-not-recorded"),
        ({"transit_gateway_id": "tgw-9"}, "target-not-recorded"),
        ({"other_target": "cagw-1"}, "target-not-followed"),
        ({"network_interface_id": "eni-9"}, "appliance"),
        ({"instance_id": "i-9"}, "appliance"),
        ({"gateway_id": "vpce-9"}, "appliance"),
    ],
)
def test_a_target_that_cannot_be_followed(target, reason):
    net = network(**routed(**target))
    for found in (net.flow(OFFICE, DB, "ssh"), net.flow(DB, OFFICE, "ssh")):
        assert reason in {reason.id for reason in found.reasons}


def test_a_nat_gateway_that_is_not_recorded_or_not_followed():
    assert network(nat=None).flow(DB, Internet(), "https").verdict == "unknown"
    private = changed("nat", connectivity_type="private")
    assert network(nat=private).flow(DB, Internet(), "https").verdict == "stopped"
    lost = changed("nat", subnet_id="subnet-9")
    assert network(nat=lost).flow(DB, Internet(), "https").verdict == "unknown"
    gone = changed("nat", state="deleted")
    assert network(nat=gone).flow(DB, Internet(), "https").verdict == "stopped"


def test_gateways_that_are_attached_to_nothing():
    igw = InternetGateway(**WHO, internet_gateway_id="igw-1")
    assert network(igw=igw).flow(Internet(), WEB, "https").verdict == "stopped"
    assert network(igw=evolve(igw, attachments=ATTACHED)).flow(Internet(), WEB, "https").is_open
    vgw = VpnGateway(**WHO, vpn_gateway_id="vgw-1")
    assert (
        network(vgw=vgw, **routed(gateway_id="vgw-1")).flow(OFFICE, DB, "ssh").verdict == "stopped"
    )


def transit(**changes):
    attachment = TransitGatewayAttachment(
        **WHO,
        transit_gateway_attachment_id="tgw-attach-1",
        transit_gateway_id="tgw-1",
        resource_type="vpc",
        resource_id="vpc-1",
        association_route_table_id="tgw-rtb-1",
        subnet_ids=("subnet-db",),
    )
    vpn = evolve(
        attachment,
        transit_gateway_attachment_id="tgw-attach-2",
        resource_type="vpn",
        resource_id="vpn-1",
        subnet_ids=(),
    )
    routes = tuple(
        TransitGatewayRoute(destination_cidr_block=block, attachment_ids=(name,))
        for block, name in (("10.0.0.0/16", "tgw-attach-1"), ("192.168.0.0/16", "tgw-attach-2"))
    )
    held = {
        "tgw": TransitGateway(**WHO, transit_gateway_id="tgw-1"),
        "attachment": attachment,
        "far": vpn,
        "transit_table": TransitGatewayRouteTable(
            **WHO,
            transit_gateway_route_table_id="tgw-rtb-1",
            transit_gateway_id="tgw-1",
            routes=routes,
        ),
        **routed(transit_gateway_id="tgw-1"),
    }
    for name, fields in changes.items():
        held[name] = evolve(held[name], **fields) if fields else None
    return network(**held)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "open"),
        ({"transit_table": {"routes": DENIED}}, "unknown"),
        ({"transit_table": None}, "unknown"),
        ({"transit_table": {"routes": ()}}, "stopped"),
        (
            {"transit_table": {"routes": (TransitGatewayRoute(destination_cidr_block="?"),)}},
            "unknown",
        ),
        ({"attachment": {"subnet_ids": DENIED}}, "unknown"),
        ({"attachment": {"association_route_table_id": DENIED}}, "unknown"),
        ({"attachment": {"association_route_table_id": None}}, "stopped"),
        ({"attachment": {"state": "deleted"}}, "stopped"),
        ({"attachment": {"resource_id": "vpc-9"}}, "stopped"),
        ({"far": None}, "unknown"),
        ({"far": {"state": "deleted"}}, "stopped"),
        ({"far": {"resource_type": "peering"}}, "unknown"),
        ({"far": {"resource_type": "vpc", "resource_id": "vpc-9"}}, "unknown"),
    ],
)
def test_transit_gateways(change, verdict):
    assert transit(**change).flow(DB, OFFICE, "ssh").verdict == verdict


def test_an_unread_list_of_an_endpoint_does_not_touch_the_inside():
    endpoint = VpcEndpoint(
        **WHO, vpc_endpoint_id="vpce-1", vpc_endpoint_type="Gateway", vpc_id="vpc-1"
    )
    route = Route(destination_prefix_list_id="pl-9", gateway_id="vpce-1")
    net = network(db_table=table("rtb-db", "subnet-db", route), endpoint=endpoint)
    assert net.flow(WEB, DB, "mysql").is_open


def test_a_service_behind_an_endpoint_is_not_the_internet():
    endpoint = VpcEndpoint(
        **WHO, vpc_endpoint_id="vpce-1", vpc_endpoint_type="Gateway", vpc_id="vpc-1"
    )
    lists = ManagedPrefixList(**WHO, prefix_list_id="pl-1", entries=("52.219.0.0/16",))
    route = Route(destination_prefix_list_id="pl-1", gateway_id="vpce-1")
    net = network(db_table=table("rtb-db", "subnet-db", route), endpoint=endpoint, lists=lists)
    assert net.flow(DB, Internet(), "https").verdict == "stopped"
    assert net.flow(DB, Addresses(["52.219.1.1"]), "https").is_open
    assert net.flow(Addresses(["52.219.1.1"]), DB, "https").verdict == "stopped"


def test_a_delegated_block_is_cut_where_rules_are():
    held = evolve(BASE["web"], ipv4_prefixes=("10.0.1.16/28",))
    groups = changed("db-group", ip_permissions=(tcp(22, ip_ranges=("10.0.1.24/30",)),))
    net = network(web=held, db_group=groups)
    flow_answer = net.flow(WEB, DB, "ssh")
    assert flow_answer.is_open
    assert flow_answer.witness.packet.source == "10.0.1.24"


def test_a_load_balancer_without_groups_admits_all():
    balancer = evolve(
        interface("eni-nlb", "subnet-web", "10.0.1.8", "x", "54.0.0.8"),
        interface_type="network_load_balancer",
        groups=(),
    )
    net = network(nlb=balancer)
    nlb = Interfaces(["eni-nlb"])
    assert net.flow(Internet(), nlb, "smtp").is_open
    matrix = net.matrix({"nlb": nlb, "web": WEB, "internet": Internet()})
    assert str(matrix["internet", "nlb"]) == "all"
    assert str(matrix["web", "nlb"]) == "all"


@pytest.mark.parametrize("kind", ["nat_gateway", "natGateway", "transit_gateway"])
def test_ways_are_no_ends(kind):
    net = network(web=evolve(BASE["web"], interface_type=kind))
    assert net.flow(Internet(), WEB, "https").verdict == "stopped"


def test_large_segments():
    crowd = {
        f"x{number}": interface(f"eni-x{number}", "subnet-web", f"10.0.1.{number + 50}", "sg-web")
        for number in range(70)
    }
    interfaces = Interfaces([f"eni-x{number}" for number in range(70)])
    net = network(**crowd)
    assert net.flow(interfaces, DB, "mysql").is_open
    assert net.flow(interfaces, DB, "ssh").verdict == "stopped"
    assert net.flow(interfaces, interfaces, "https").is_open
    assert network(**crowd, acl=None).flow(interfaces, DB, "mysql").verdict == "unknown"


def test_any_port_and_wrong_questions():
    net = network()
    assert net.flow(WEB, DB, "tcp").witness.packet.traffic.sample()[1] == 3306
    assert net.flow(WEB, DB, "all").is_open
    assert net.flow(WEB, DB, "icmp").verdict == "stopped"
    assert net.flow(Internet(), Internet(), "ssh").verdict == "stopped"
    with pytest.raises(ValueError, match="nosuch"):
        net.flow(WEB, DB, "nosuch")
    with pytest.raises(ValueError, match="nosuch"):
        net.flow(WEB, DB, "nosuch", 22)


@pytest.mark.parametrize(
    ("traffic", "groups", "tries", "ports"),
    [
        ("https", ("sg-web", "sg-db"), 1, ((1024, 65535),)),
        ("http", ("sg-web", "sg-db"), 2, ()),
        ("http", ("sg-web",), 1, ()),  # the twin is reached alike
    ],
)
def test_open_traffic_is_tried_no_further(monkeypatch, traffic, groups, tries, ports):
    tried = []
    monkeypatch.setattr(
        "cloudpack_baseline.reachability.network.try_plan",
        lambda *arguments: tried.append(arguments) or try_plan(*arguments),
    )
    twin = evolve(BASE["web"], network_interface_id="eni-twin", groups=groups)
    result = network(twin=twin).flow(Internet(), Interfaces(["eni-web", "eni-twin"]), traffic)
    assert (len(tried), result.client_ports.spans) == (tries, ports)


@pytest.mark.parametrize("address", ["10.0.2.5", "10.0.77.5"])
def test_an_unknown_subnet(address):
    lost = evolve(interface("eni-db", "subnet-9", address, "sg-db"))
    net = network(db=lost)
    assert net.flow(WEB, DB, "mysql").verdict == "unknown"
    assert net.flow(DB, Interfaces(["eni-web"]), "https").verdict == "unknown"
    assert str(net.matrix({"web": WEB, "db": DB}).doubtful(("web", "db"))) == "tcp/3306"
    assert (
        network(web_table=table("rtb-web", "subnet-web", default_route(gateway_id="igw-1")))
        .flow(Internet(["203.0.113.0/24"]), WEB, "https")
        .is_open
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"db_group": {"ip_permissions": (tcp(0, 70000),)}}, "security-group-unreadable"),
        ({"db_group": {"ip_permissions": (tcp(10, 5),)}}, "security-group-unreadable"),
        (
            {"db_group": {"ip_permissions": (IpPermission(ip_protocol="new"),)}},
            "security-group-unreadable",
        ),
        ({"acl": {"entries": (entry(1, egress=True, block="10.0.0.0/99"),)}}, "acl-unreadable"),
        ({"acl": {"entries": (entry(1, egress=True, protocol="odd"),)}}, "acl-unreadable"),
        (
            {"web_table": {"routes": (Route(destination_cidr_block="?", gateway_id="igw-1"),)}},
            "route-table-unreadable",
        ),
    ],
)
def test_odd_values_are_unknown_and_no_traceback(change, reason):
    held = {name: changed(name.replace("_", "-"), **one) for name, one in change.items()}
    net = network(**held)
    flow_answer = net.flow(WEB, DB, "mysql")
    assert flow_answer.verdict == "unknown"
    assert [reason.id for reason in flow_answer.reasons] == [reason]
    (cause,) = flow_answer.reasons[0].causes
    assert cause.why is Why.MALFORMED
    assert cause.detail
    assert net.matrix({"web": WEB, "db": DB}).unknown


def test_a_step_of_the_reply_differs_in_that_alone():
    step = Hop("network-acl", "acl-1", "100", rule="100", written_at=Origin(file="vpc.yaml"))
    # A field that is added later has to be given a value here, too.
    fields = fields_dict(Hop)
    assert [name for name in fields if getattr(step, name) == fields[name].default] == ["reply"]
    assert step.of_reply() == evolve(step, reply=True)


causes = st.builds(
    Cause, why=st.sampled_from(Why), operation=st.sampled_from(["ec2:DescribeVpcs", ""])
)


@given(
    st.sets(
        st.builds(
            StopReason,
            id=st.sampled_from(sorted(STOP_REASONS)[:3]),
            subject=st.sampled_from(["vpc-1", "vpc-2", ""]),
            causes=st.lists(causes, max_size=2).map(tuple),
        )
    )
)
def test_reasons_are_in_their_own_order(reasons):
    assert in_order(reasons) == tuple(sorted(reasons))
