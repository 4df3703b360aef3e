"""Gateways between two VPCs, and what AWS refuses to carry through them."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.model.ec2 import (
    IpPermission,
    ManagedPrefixList,
    NetworkInterfaceIpv6Address,
    NetworkInterfacePrivateIpAddress,
    Route,
    RouteTable,
    RouteTableAssociation,
    Subnet,
    UserIdGroupPair,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import (
    EgressOnlyInternetGateway,
    GatewayAttachment,
    InternetGateway,
    NatGateway,
    NatGatewayAddress,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    VpcEndpoint,
    VpcPeeringConnection,
    VpcPeeringConnectionVpcInfo,
    VpnGateway,
)
from cloudpack_baseline.reachability import Addresses, Interfaces, Internet, TrafficSet
from reachability.test_rules import (
    ANY,
    BASE,
    DB,
    DENIED,
    OPEN_ACL,
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

ONE, TWO = Interfaces(["eni-web"]), Interfaces(["eni-two"])
ALL6 = IpPermission(ip_protocol="-1", ipv6_ranges=("::/0",))
SIX_OPEN = evolve(
    OPEN_ACL,
    entries=(
        *OPEN_ACL.entries,
        *(
            evolve(entry(101, egress=egress), cidr_block=None, ipv6_cidr_block="::/0")
            for egress in (False, True)
        ),
    ),
)
MINE = (GatewayAttachment(vpc_id="vpc-1"),)
OTHERS = (GatewayAttachment(vpc_id="vpc-2"),)


def pair_by(**peer):
    return UserIdGroupPair(group_id="sg-web", **peer)


def six(record, address):
    held = (NetworkInterfaceIpv6Address(ipv6_address=address),)
    return evolve(record, ipv6_addresses=held)


def route(block, **target):
    where = "destination_ipv6_cidr_block" if ":" in block else "destination_cidr_block"
    return Route(**{where: block}, **target)


def two_vpcs(target, *, extra=(), **changes):
    """The base beside a second VPC, 10.9.0.0/16, each with IPv6, routed by `target`."""
    far = evolve(interface("eni-two", "subnet-two", "10.9.1.5", "sg-two"), vpc_id="vpc-2")
    held = {
        "vpc": changed("vpc", ipv6_cidr_blocks=("2600:1:1::/56",)),
        "public": changed("public", ipv6_cidr_blocks=("2600:1:1::/64",)),
        "web": six(BASE["web"], "2600:1:1::5"),
        "web_table": table(
            "rtb-web",
            "subnet-web",
            route("10.9.0.0/16", **target),
            route("2600:1:2::/56", **target),
            *extra,
        ),
        "web_group": changed(
            "web-group", ip_permissions=(*ANY, ALL6), ip_permissions_egress=(*ANY, ALL6)
        ),
        "acl": SIX_OPEN,
        "two": six(far, "2600:1:2::5"),
        "two_vpc": Vpc(
            **WHO, vpc_id="vpc-2", cidr_blocks=("10.9.0.0/16",), ipv6_cidr_blocks=("2600:1:2::/56",)
        ),
        "two_subnet": Subnet(
            **WHO,
            subnet_id="subnet-two",
            vpc_id="vpc-2",
            availability_zone="a",
            cidr_block="10.9.1.0/24",
            ipv6_cidr_blocks=("2600:1:2::/64",),
        ),
        "two_table": RouteTable(
            **WHO,
            route_table_id="rtb-two",
            vpc_id="vpc-2",
            associations=(RouteTableAssociation(main=True),),
            routes=(route("10.0.0.0/16", **target), route("2600:1:1::/56", **target)),
        ),
        "two_acl": evolve(SIX_OPEN, network_acl_id="acl-2", vpc_id="vpc-2"),
        "two_group": evolve(
            BASE["web-group"],
            group_id="sg-two",
            ip_permissions=(tcp(22, user_id_group_pairs=(pair_by(),)), tcp(80, **EVERYBODY)),
        ),
    }
    return network(**held | changes)


EVERYBODY = {"ip_ranges": ("0.0.0.0/0",), "ipv6_ranges": ("::/0",)}


def attachment(number, **fields):
    return evolve(
        TransitGatewayAttachment(
            **WHO,
            transit_gateway_attachment_id=f"tgw-attach-{number}",
            transit_gateway_id="tgw-1",
            resource_type="vpc",
            resource_id=f"vpc-{number}",
            association_route_table_id="tgw-rtb-1",
            subnet_ids=("subnet-web",) if number == 1 else ("subnet-two",),
            ipv6_support="enable",
            security_group_referencing_support="enable",
        ),
        **fields,
    )


def by_transit(*, first=None, second=None, gateway=(), routes=(), extra=(), **changes):
    blocks = {"10.0.0.0/16": 1, "2600:1:1::/56": 1, "10.9.0.0/16": 2, "2600:1:2::/56": 2}
    held = {
        "tgw": TransitGateway(
            **WHO, transit_gateway_id="tgw-1", security_group_referencing_support="enable"
        ),
        "first": attachment(1, **first or {}),
        "second": attachment(2, **second or {}),
        "transit_table": TransitGatewayRouteTable(
            **WHO,
            transit_gateway_route_table_id="tgw-rtb-1",
            transit_gateway_id="tgw-1",
            routes=(
                *routes,
                *(
                    TransitGatewayRoute(
                        destination_cidr_block=block, attachment_ids=(f"tgw-attach-{number}",)
                    )
                    for block, number in blocks.items()
                ),
            ),
        ),
    }
    if gateway is None:
        held["tgw"] = None
    return two_vpcs({"transit_gateway_id": "tgw-1"}, extra=extra, **held | changes)


def by_peering(**fields):
    peer = VpcPeeringConnection(
        **WHO,
        vpc_peering_connection_id="pcx-1",
        requester=VpcPeeringConnectionVpcInfo(vpc_id="vpc-1", region="ap-northeast-1"),
        accepter=VpcPeeringConnectionVpcInfo(vpc_id="vpc-2", region=fields.pop("region", "")),
    )
    return two_vpcs({"vpc_peering_connection_id": "pcx-1"}, peer=peer, **fields)


def four(net, service="http"):
    return net.flow(Addresses(["10.0.1.5"]), Addresses(["10.9.1.5"]), service).verdict


def v6(net, service="http"):
    return net.flow(Addresses(["2600:1:1::5"]), Addresses(["2600:1:2::5"]), service).verdict


@pytest.mark.parametrize(
    ("attachments", "verdict"), [(MINE, "open"), (OTHERS, "stopped"), (DENIED, "open")]
)
def test_a_gateway_serves_the_vpc_that_it_is_attached_to(attachments, verdict):
    igw = InternetGateway(**WHO, internet_gateway_id="igw-1", attachments=attachments)
    net = network(igw=igw)
    assert net.flow(Internet(), WEB, "https").verdict == verdict
    assert net.flow(WEB, Internet(), "https").verdict == verdict
    vgw = VpnGateway(**WHO, vpn_gateway_id="vgw-1", attachments=attachments)
    routed = table("rtb-web", "subnet-web", route("192.168.0.0/16", gateway_id="vgw-1"))
    office = Addresses(["192.168.7.9"])
    assert network(vgw=vgw, web_table=routed).flow(office, WEB, "https").verdict == verdict


@pytest.mark.parametrize(("attachments", "verdict"), [(MINE, "open"), (OTHERS, "stopped")])
def test_an_egress_only_gateway_lets_out_and_not_in(attachments, verdict):
    gateway = EgressOnlyInternetGateway(
        **WHO, egress_only_internet_gateway_id="eigw-1", attachments=attachments
    )
    out = route("::/0", egress_only_internet_gateway_id="eigw-1")
    net = two_vpcs(
        {"other_target": "x"}, web_table=table("rtb-web", "subnet-web", out), eigw=gateway
    )
    stranger = Internet(["2a00:1450::/32"])
    assert net.flow(WEB, stranger, "https").verdict == verdict
    assert net.flow(stranger, WEB, "https").verdict == "stopped"
    assert net.flow(WEB, stranger, "icmpv6").verdict == verdict


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [("off", "open"), ("block-ingress", "open"), ("block-bidirectional", "stopped")],
)
def test_an_egress_only_gateway_under_block_public_access(mode, verdict):
    """Amazon VPC User Guide: ingress-only mode allows NAT and egress-only internet gateways."""
    gateway = EgressOnlyInternetGateway(
        **WHO,
        egress_only_internet_gateway_id="eigw-1",
        attachments=(GatewayAttachment(vpc_id="vpc-1", state="attached"),),
    )
    out = route("::/0", egress_only_internet_gateway_id="eigw-1")
    net = two_vpcs(
        {"other_target": "x"},
        web_table=table("rtb-web", "subnet-web", out),
        eigw=gateway,
        block=evolve(BASE["block"], internet_gateway_block_mode=mode),
    )
    assert net.flow(WEB, Internet(["2a00:1450::/32"]), "https").verdict == verdict


def test_private_ipv6_addresses_do_not_reach_the_internet():
    block = "fd00:ec2:1::/64"
    changes = {
        "vpc": changed("vpc", ipv6_cidr_blocks=("fd00:ec2:1::/56",)),
        "public": changed("public", ipv6_cidr_blocks=(block,)),
        "web": six(BASE["web"], "fd00:ec2:1::5"),
    }
    stranger = Internet(["2a00:1450::/32"])
    for target in ({"gateway_id": "igw-1"}, {"egress_only_internet_gateway_id": "eigw-1"}):
        route_table = table("rtb-web", "subnet-web", route("::/0", **target))
        net = two_vpcs({"other_target": "x"}, **changes | {"web_table": route_table})
        flow_answer = net.flow(WEB, stranger, "https")
        assert flow_answer.stop.kind == "public-address"
        assert net.flow(stranger, WEB, "https").verdict == "stopped"


@pytest.mark.parametrize("side", ["first", "second"])
@pytest.mark.parametrize(
    ("support", "verdict"),
    [("enable", "open"), ("disable", "stopped"), (DENIED, "unknown"), ("odd", "unknown")],
)
def test_ipv6_over_a_transit_gateway(side, support, verdict):
    net = by_transit(**{side: {"ipv6_support": support}})
    assert v6(net) == verdict
    assert four(net) == "open"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "open"),
        ({"first": {"security_group_referencing_support": "disable"}}, "stopped"),
        ({"second": {"security_group_referencing_support": "disable"}}, "stopped"),
        ({"second": {"security_group_referencing_support": DENIED}}, "unknown"),
        ({"gateway": None}, "unknown"),
        (
            {"gateway": None, "first": {"security_group_referencing_support": "disable"}},
            "stopped",
        ),
    ],
)
def test_references_across_a_transit_gateway(change, verdict):
    net = by_transit(**change)
    assert four(net, "ssh") == verdict
    assert four(net, "http") == "open"
    matrix = net.matrix({"one": ONE, "two": TWO})
    assert ("tcp/22" in str(matrix["one", "two"])) is (verdict == "open")
    assert ("tcp/22" in str(matrix.doubtful(("one", "two")))) is (verdict == "unknown")


def test_outbound_rules_do_not_refer_across_a_transit_gateway():
    out = changed(
        "web-group",
        ip_permissions_egress=(tcp(80, user_id_group_pairs=(UserIdGroupPair(group_id="sg-two"),)),),
    )
    assert four(by_transit(web_group=out)) == "stopped"
    assert four(by_peering(region="ap-northeast-1", web_group=out)) == "open"


@pytest.mark.parametrize(
    ("region", "status", "verdict"),
    [
        ("ap-northeast-1", None, "open"),
        ("ap-northeast-1", "active", "open"),
        ("ap-northeast-1", "deleted", "stopped"),
        ("us-east-1", "active", "stopped"),
    ],
)
def test_references_across_peering(region, status, verdict):
    group = evolve(
        BASE["web-group"],
        group_id="sg-two",
        ip_permissions=(tcp(22, user_id_group_pairs=(pair_by(peering_status=status),)),),
    )
    assert four(by_peering(region=region, two_group=group), "ssh") == verdict


def test_an_attachment_that_was_deleted_does_not_count_beside_a_live_one():
    dead = attachment(1, transit_gateway_attachment_id="tgw-attach-0", state="deleted")
    assert four(by_transit(dead=dead)) == "open"


def test_appliance_mode_leaves_the_zone_open():
    """The far side has a door in each zone, and one of the two subnets knows no way on."""
    changes = {
        "door": Subnet(
            **WHO,
            subnet_id="subnet-door",
            vpc_id="vpc-2",
            availability_zone="c",
            cidr_block="10.9.2.0/24",
        ),
        "door_table": RouteTable(
            **WHO,
            route_table_id="rtb-door",
            vpc_id="vpc-2",
            associations=(RouteTableAssociation(subnet_id="subnet-door"),),
            routes=(route("10.9.1.0/24", network_interface_id="eni-9"),),
        ),
    }
    second = {"subnet_ids": ("subnet-two", "subnet-door")}
    assert four(by_transit(second=second, **changes)) == "open"
    second["appliance_mode_support"] = "enable"
    assert four(by_transit(second=second, **changes)) == "unknown"


def test_the_gateways_of_another_vpc_are_not_usable():
    """What came through a transit gateway does not leave by the far VPC's gateways."""
    to_two = tuple(
        TransitGatewayRoute(destination_cidr_block=block, attachment_ids=("tgw-attach-2",))
        for block in ("0.0.0.0/0", "::/0")
    )
    extra = (route("::/0", transit_gateway_id="tgw-1"), default_route(transit_gateway_id="tgw-1"))
    lists = ManagedPrefixList(**WHO, prefix_list_id="pl-1", entries=("52.219.0.0/16",))
    endpoint = VpcEndpoint(
        **WHO, vpc_endpoint_id="vpce-1", vpc_endpoint_type="Gateway", vpc_id="vpc-2"
    )
    far = RouteTable(
        **WHO,
        route_table_id="rtb-two",
        vpc_id="vpc-2",
        associations=(RouteTableAssociation(main=True),),
        routes=(
            route("10.0.0.0/16", transit_gateway_id="tgw-1"),
            route("2600:1:1::/56", transit_gateway_id="tgw-1"),
            route("0.0.0.0/0", gateway_id="igw-2"),
            route("::/0", gateway_id="igw-2"),
            Route(destination_prefix_list_id="pl-1", gateway_id="vpce-1"),
        ),
    )
    net = by_transit(routes=to_two, extra=extra, two_table=far, lists=lists, endpoint=endpoint)
    for block in ("8.8.8.0/24", "2a00:1450::/32"):
        assert net.flow(WEB, Internet([block]), "https").verdict == "stopped"
        assert net.flow(Internet([block]), WEB, "https").verdict == "stopped"
    assert net.flow(WEB, Addresses(["52.219.1.1"]), "https").verdict == "stopped"
    assert net.flow(TWO, Addresses(["52.219.1.1"]), "https").is_open
    out = evolve(far, routes=(*far.routes[:2], route("::/0", egress_only_internet_gateway_id="e")))
    net = by_transit(routes=to_two, extra=extra, two_table=out)
    assert net.flow(WEB, Internet(["2a00:1450::/32"]), "https").verdict == "stopped"
    assert net.flow(TWO, Internet(["2a00:1450::/32"]), "https").verdict != "unknown"


def test_a_nat_gateway_serves_its_own_vpc():
    far = evolve(BASE["nat"], vpc_id="vpc-2", subnet_id="subnet-two")
    net = two_vpcs({"other_target": "x"}, nat=far)
    flow_answer = net.flow(DB, Internet(), "https")
    assert flow_answer.verdict == "stopped"
    assert str(flow_answer.stop).endswith(": not in vpc-1")


@pytest.mark.parametrize(
    ("target", "to_internet", "to_office"),
    [
        ({"nat_gateway_id": "nat-1"}, "stopped", "stopped"),
        ({"transit_gateway_id": "tgw-1"}, "unknown", "unknown"),
        ({"gateway_id": "vgw-1"}, "unknown", "open"),
    ],
)
def test_a_nat_gateway_leads_where_the_table_of_its_subnet_says(target, to_internet, to_office):
    route_table = table("rtb-web", "subnet-web", default_route(**target))
    net = network(web_table=route_table)
    assert net.flow(DB, Internet(), "https").verdict == to_internet
    assert net.flow(DB, Addresses(["198.51.100.77"]), "https").verdict == to_office
    # Nobody opens a connection towards what is behind it.
    assert net.flow(Addresses(["198.51.100.77"]), DB, "mysql").verdict == "stopped"
    # An unread list may send its packets back to itself: that stops them, and ends.
    route_table = table(
        "rtb-web",
        "subnet-web",
        default_route(gateway_id="igw-1"),
        Route(destination_prefix_list_id="pl-9", **target),
    )
    assert network(web_table=route_table).flow(DB, Internet(), "https").verdict == "unknown"


def test_a_nat_gateway_without_a_route_leads_nowhere():
    net = network(web_table=table("rtb-web", "subnet-web")).flow(DB, Internet(), "https")
    assert str(net.stop) == "NAT gateway nat-1: its subnet has no route to the destination"


def test_the_local_route_beats_what_a_vpn_gateway_learned():
    learned = Route(
        destination_cidr_block="10.0.2.0/24",
        gateway_id="vgw-1",
        origin="EnableVgwRoutePropagation",
    )
    assert network(web_table=table("rtb-web", "subnet-web", learned)).flow(WEB, DB, "mysql").is_open
    wider = evolve(learned, destination_cidr_block="10.0.0.0/8")
    office = Addresses(["10.200.0.1"])
    net = network(web_table=table("rtb-web", "subnet-web", wider))
    assert net.flow(office, WEB, "https").is_open
    assert net.flow(WEB, DB, "mysql").is_open


def test_of_two_lists_with_one_block_either_may_win():
    lists = {
        f"list_{name}": ManagedPrefixList(**WHO, prefix_list_id=name, entries=("203.0.113.0/24",))
        for name in ("pl-1", "pl-2")
    }
    first = Route(destination_prefix_list_id="pl-1", gateway_id="igw-1")
    second = Route(destination_prefix_list_id="pl-2", nat_gateway_id="nat-1")
    changed_first = evolve(first, destination_prefix_list_id="pl-2")
    stranger = Internet(["203.0.113.7"])
    for other, verdict in ((second, "unknown"), (changed_first, "open")):
        for pair in ((first, other), (other, first)):
            net = network(web_table=table("rtb-web", "subnet-web", *pair), **lists)
            assert net.flow(stranger, WEB, "https").verdict == verdict
    both = (Route(destination_prefix_list_id="pl-1", vpc_peering_connection_id="pcx-1"), second)
    inside = {name: evolve(prefixes, entries=("10.9.0.0/16",)) for name, prefixes in lists.items()}
    for pair in (both, both[::-1]):
        held = by_peering(web_table=table("rtb-web", "subnet-web", *pair), **inside)
        assert four(held) == "unknown"
        assert "tcp/80" in str(held.matrix({"one": ONE, "two": TWO}).doubtful(("one", "two")))


def test_secondary_addresses_have_their_own_public_ones():
    held = (
        NetworkInterfacePrivateIpAddress(private_ip_address="10.0.1.5", primary=True),
        NetworkInterfacePrivateIpAddress(private_ip_address="10.0.1.6", public_ip="54.0.0.6"),
    )
    acl = evolve(
        OPEN_ACL,
        entries=(*OPEN_ACL.entries, entry(10, egress=False, action="deny", block="203.0.113.0/24")),
    )
    net = network(web=changed("web", private_ip_addresses=held))
    flow_answer = net.flow(Internet(["203.0.113.7"]), WEB, "https")
    assert flow_answer.is_open
    assert flow_answer.witness.packet.destination == "10.0.1.6"
    shut = network(web=changed("web", private_ip_addresses=held), acl=acl)
    assert shut.flow(Internet(["203.0.113.7"]), WEB, "https").verdict == "stopped"
    bare = network(web=changed("web", private_ip_addresses=held[:1]))
    assert bare.flow(Internet(["203.0.113.7"]), WEB, "https").verdict == "stopped"


def test_icmp_rules_name_a_type_and_a_code():
    echo = IpPermission(ip_protocol="icmp", from_port=8, to_port=0, ip_ranges=("10.0.0.0/16",))
    for rule, asked, wanted in (
        (echo, "icmp/8", True),
        (echo, "icmp/13", False),
        (evolve(echo, from_port=3, to_port=-1), "icmp/3/4", True),
        (evolve(echo, from_port=3, to_port=1), "icmp/3/4", False),
        (evolve(echo, from_port=-1, to_port=-1), "icmp/13", True),
        (evolve(echo, ip_protocol="-1", from_port=22, to_port=22), "udp/53", True),
    ):
        net = network(db_group=changed("db-group", ip_permissions=(rule,)))
        assert net.flow(WEB, DB, asked).is_open is wanted


def test_the_last_entry_of_an_acl_denies_the_rest():
    last = [entry(32767, egress=egress, action="deny") for egress in (True, False)]
    full = evolve(OPEN_ACL, entries=(*last, *OPEN_ACL.entries))
    assert network(acl=full).flow(WEB, DB, "mysql").is_open
    bare = evolve(OPEN_ACL, entries=(*last, OPEN_ACL.entries[0]))
    net = network(acl=bare).flow(WEB, DB, "mysql")
    assert "entry 32767" in str(net.stop)


def test_inside_a_subnet_neither_routes_nor_acls_are_asked():
    near = interface("eni-near", "subnet-web", "10.0.1.6", "sg-web")
    shut = evolve(OPEN_ACL, entries=())
    hole = Route(destination_cidr_block="10.0.1.0/25", network_interface_id="eni-9")
    net = network(near=near, acl=shut, web_table=table("rtb-web", "subnet-web", hole))
    assert net.flow(WEB, Interfaces(["eni-near"]), "https").is_open
    assert net.flow(WEB, DB, "mysql").verdict == "stopped"


def test_a_reply_that_an_appliance_takes_is_unknown():
    """The way there is plain; the way back has a narrower route to an appliance."""
    back = Route(destination_cidr_block="10.0.1.0/24", network_interface_id="eni-fw")
    firewall = interface("eni-fw", "subnet-db", "10.0.2.9", "sg-db", source_dest_check=False)
    net = network(db_table=table("rtb-db", "subnet-db", back), fw=firewall).flow(WEB, DB, "mysql")
    assert net.verdict == "unknown"
    assert [reason.id for reason in net.reasons] == ["appliance"]


def test_replies_to_a_nat_gateway():
    """A NAT gateway answers to its own ports: an ACL that shuts them stops the reply."""
    shut = (
        entry(50, egress=False, action="deny", block="203.0.113.0/24"),
        *OPEN_ACL.entries,
    )
    net = network(acl=evolve(OPEN_ACL, entries=shut))
    assert net.flow(DB, Internet(["203.0.113.0/24"]), "https").stop.kind == "network-acl"
    assert net.flow(DB, Internet(["198.51.100.0/24"]), "https").is_open
    nat = NatGateway(
        **WHO,
        nat_gateway_id="nat-1",
        vpc_id="vpc-1",
        subnet_id="subnet-web",
        addresses=(NatGatewayAddress(),),
    )
    assert network(nat=nat).flow(DB, Internet(["198.51.100.0/24"]), "https").is_open


def test_a_network_with_the_addresses_of_an_unconnected_vpc():
    """Nothing joins the VPCs: behind the VPN lies the office, not the other VPC."""
    office = Addresses(["10.9.0.0/16"])
    vpn = table("rtb-web", "subnet-web", route("10.9.0.0/16", gateway_id="vgw-1"))
    net = two_vpcs({"other_target": "x"}, web_table=vpn)
    assert net.flow(office, WEB, "https").is_open
    assert str(net.matrix({"office": office, "web": WEB})["office", "web"]) == "all"
    joined = by_peering(web_table=vpn)
    assert "office" not in str(joined.matrix({"office": office, "web": WEB}).open)
    assert not by_transit(web_table=vpn).matrix({"office": office, "web": WEB}).open


@pytest.mark.parametrize("first", ["web", "near"])
def test_only_its_own_addresses_are_reached_by_a_route_to_an_interface(first):
    """Interfaces of one subnet, of which an edge route names one: the matrix tells them apart."""
    edge = RouteTable(
        **WHO,
        route_table_id="rtb-edge",
        vpc_id="vpc-1",
        associations=(RouteTableAssociation(gateway_id="igw-1"),),
        routes=(Route(destination_cidr_block="10.0.1.0/24", network_interface_id="eni-web"),),
    )
    near = interface("eni-near", "subnet-web", "10.0.1.20", "sg-web", "54.0.0.20")
    appliance = changed("web", source_dest_check=False)
    net = network(edge=edge, near=near, web=appliance)
    interfaces = {"web": WEB, "near": Interfaces(["eni-near"])}
    ends = {"internet": Internet(), first: interfaces[first], **interfaces}
    matrix = net.matrix(ends)
    https = TrafficSet.parse("https")
    assert net.flow(Internet(), WEB, "https").is_open
    assert matrix["internet", "web"] & https
    assert net.flow(Internet(), interfaces["near"], "https").verdict == "unknown"
    assert matrix.doubtful(("internet", "near")) & https
    assert not matrix["internet", "near"]


def test_delegated_addresses_are_its_own_too():
    steer = Route(destination_cidr_block="10.0.2.0/24", network_interface_id="eni-db")
    server = changed("db", ipv4_prefixes=("10.0.2.64/28",), ipv6_prefixes=DENIED)
    net = network(web_table=table("rtb-web", "subnet-web", steer), db=server)
    assert net.flow(WEB, Addresses(["10.0.2.70"]), "mysql").is_open
    assert net.flow(WEB, DB, "mysql").is_open
