"""Doubt about the outside ends, and records that say little."""

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
)
from cloudpack_baseline.model.ec2_gateways import (
    NatGatewayAddress,
    TransitGatewayRouteTableAssociation,
    VpcEndpoint,
)
from cloudpack_baseline.reachability import (
    Addresses,
    Interfaces,
    Internet,
    IpSet,
    Network,
    TrafficSet,
)
from reachability.test_corners import OFFICE, transit
from reachability.test_gateways import by_peering, by_transit, four, route, two_vpcs, v6
from reachability.test_rules import (
    BASE,
    DB,
    DENIED,
    OPEN_ACL,
    WEB,
    WHO,
    changed,
    network,
    table,
    tcp,
)
from reachability.worlds import World, internet_sources

ENDS = {"internet": Internet(), "web": WEB}


@pytest.mark.parametrize(
    "change",
    [
        {"web_group": None},
        {"web_group": changed("web-group", ip_permissions=DENIED)},
        {"web_group": changed("web-group", ip_permissions=(tcp(443, prefix_list_ids=("pl-9",)),))},
        {"web": changed("web", groups=DENIED)},
        {"acl": None},
    ],
)
def test_doubt_about_what_the_internet_reaches(change):
    net = network(**change)
    assert net.flow(Internet(), WEB, "https").verdict == "unknown"
    assert not internet_sources(net, "eni-web", 6 * 65536 + 443)
    matrix = net.matrix(ENDS)
    assert 6 * 65536 + 443 in matrix.doubtful(("internet", "web"))
    assert not matrix["internet", "web"]


def test_a_known_rule_beside_an_unread_one_is_sure_for_its_own_addresses():
    rules = (tcp(443, prefix_list_ids=("pl-9",)), tcp(443, ip_ranges=("203.0.113.0/24",)))
    net = network(web_group=changed("web-group", ip_permissions=rules))
    assert str(internet_sources(net, "eni-web", 6 * 65536 + 443)) == "203.0.113.0/24"
    assert net.flow(Internet(["198.51.100.1"]), WEB, "https").verdict == "unknown"


def test_a_reference_may_match_beyond_a_peer_that_is_not_recorded():
    net = by_peering(two=None, two_vpc=None, two_subnet=None, two_table=None, two_acl=None)
    far = Addresses(["10.9.0.0/16"])
    group = changed("web-group", ip_permissions=(tcp(22, user_id_group_pairs=()),))
    assert net.flow(far, WEB, "http").verdict == "unknown"
    shut = by_peering(
        two=None, two_vpc=None, two_subnet=None, two_table=None, two_acl=None, web_group=group
    )
    assert shut.flow(far, WEB, "http").verdict == "stopped"


def test_an_interface_with_many_addresses_does_not_reach_itself():
    held = tuple(
        NetworkInterfacePrivateIpAddress(private_ip_address=f"10.0.1.{number}")
        for number in range(10, 20)
    )
    net = network(web=changed("web", private_ip_addresses=held)).flow(WEB, WEB, "https")
    assert net.verdict == "stopped"
    assert "no matching IP address" in str(net.stop)


def test_the_public_address_of_a_nat_gateway_is_looked_for():
    addresses = (NatGatewayAddress(private_ip="10.0.1.9"), *BASE["nat"].addresses)
    nat = changed("nat", addresses=addresses)
    groups = changed("web-group", ip_permissions=(tcp(443, ip_ranges=("54.0.0.9/32",)),))
    net = network(nat=nat, web_group=groups)
    assert net.flow(DB, Addresses(["54.0.0.5"]), "https").is_open
    bare = evolve(nat, addresses=addresses[:1])
    assert (
        not network(nat=bare, web_group=groups).flow(DB, Addresses(["54.0.0.5"]), "https").is_open
    )


def test_a_nat_gateway_inside_a_vpc_is_what_the_target_sees():
    """A narrower route than the local one may lead to a NAT gateway."""
    steer = route("10.0.1.0/24", nat_gateway_id="nat-1")
    steered = table("rtb-db", "subnet-db", steer)
    assert network(db_table=steered).flow(DB, WEB, "https").is_open
    for admitted, verdict in (("10.0.1.9/32", "open"), ("10.0.2.5/32", "stopped")):
        group = changed("web-group", ip_permissions=(tcp(443, ip_ranges=(admitted,)),))
        net = network(db_table=steered, web_group=group)
        assert net.flow(DB, WEB, "https").verdict == verdict


@pytest.mark.parametrize("listed", [True, False])
def test_an_endpoint_of_a_firewall_is_an_appliance(listed):
    firewall = VpcEndpoint(
        **WHO,
        vpc_endpoint_id="vpce-1",
        vpc_endpoint_type="GatewayLoadBalancer",
        vpc_id="vpc-1",
        subnet_ids=("subnet-web",),
    )
    lists = ManagedPrefixList(**WHO, prefix_list_id="pl-1", entries=("10.0.2.0/24",))
    steer = (
        Route(destination_prefix_list_id="pl-1", gateway_id="vpce-1")
        if listed
        else route("10.0.2.0/24", gateway_id="vpce-1")
    )
    held = {"web_table": table("rtb-web", "subnet-web", steer), "fw": firewall, "lists": lists}
    net = network(**held).flow(WEB, DB, "mysql")
    groups = changed("db-group", ip_permissions=(tcp(3306, ip_ranges=("10.0.0.0/16",)),))
    assert net.stop.kind == "security-group"
    net = network(**held, db_group=groups).flow(WEB, DB, "mysql")
    assert [reason.id for reason in net.reasons] == ["appliance"]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"vpc_id": "vpc-3"}, "not in vpc-1"),
        ({"blocks": ("10.8.0.0/16",)}, "vpc-2 does not contain the address"),
    ],
)
def test_a_peering_connection_of_others(change, detail):
    net = by_peering(region="ap-northeast-1")
    peer = net.topology.peerings["pcx-1"]
    if "vpc_id" in change:
        requester = evolve(peer.requester, vpc_id=change["vpc_id"])
        net = by_peering(peer_two=evolve(peer, requester=requester))
    else:
        vpc = evolve(net.topology.vpcs["vpc-2"], cidr_blocks=change["blocks"])
        bare = evolve(net.topology.interfaces["eni-two"], ipv6_addresses=())
        net = by_peering(two_vpc=vpc, two=bare)
    flow_answer = net.flow(Interfaces(["eni-web"]), Interfaces(["eni-two"]), "http")
    assert flow_answer.verdict == "stopped"
    assert detail in " ".join(map(str, (*flow_answer.witness.hops, flow_answer.stop)))


def test_a_peer_whose_blocks_could_not_be_read():
    net = by_peering(region="ap-northeast-1")
    vpc = evolve(net.topology.vpcs["vpc-2"], cidr_blocks=DENIED)
    net = by_peering(two_vpc=vpc)
    assert four(net) == "open"
    nobody = Addresses(["10.9.1.77"])
    assert net.flow(WEB, nobody, "http").verdict == "stopped"
    assert net.flow(nobody, WEB, "http").verdict == "stopped"


@pytest.mark.parametrize("second", [{"subnet_ids": DENIED}, {"subnet_ids": ("subnet-9",)}])
def test_the_doors_of_the_far_side_are_not_known(second):
    assert four(by_transit(second=second)) == "unknown"


@pytest.mark.parametrize(
    ("routes", "verdict"),
    [
        (DENIED, "unknown"),
        ((), "open"),
        ((route("10.0.1.0/24", network_interface_id="eni-web"),), "open"),
        ((route("10.0.1.0/24", network_interface_id="eni-9"),), "unknown"),
        ((route("10.0.1.0/24", network_interface_id="eni-9", state="blackhole"),), "stopped"),
    ],
)
def test_the_route_table_of_a_gateway(routes, verdict):
    edge = RouteTable(
        **WHO,
        route_table_id="rtb-edge",
        vpc_id="vpc-1",
        associations=(
            RouteTableAssociation(gateway_id="igw-1"),
            RouteTableAssociation(subnet_id="subnet-web", state="disassociating"),
            RouteTableAssociation(),
        ),
        routes=routes,
    )
    net = network(edge=edge)
    assert net.flow(Internet(), WEB, "https").verdict == verdict


def test_an_interface_in_a_vpc_that_is_not_recorded():
    net = network(vpc=None)
    assert net.flow(Internet(), WEB, "https").verdict == "unknown"


def test_either_side_tells_of_the_association_with_a_transit_table():
    told = (
        TransitGatewayRouteTableAssociation(transit_gateway_attachment_id="tgw-attach-1"),
        TransitGatewayRouteTableAssociation(
            transit_gateway_attachment_id="tgw-attach-2", state="disassociating"
        ),
    )
    bare = {"association_route_table_id": None}
    net = transit(attachment=bare, transit_table={"associations": told})
    assert net.flow(DB, OFFICE, "ssh").is_open
    net = transit(attachment=bare, far=bare, transit_table={"associations": told})
    assert net.flow(OFFICE, DB, "ssh").verdict == "stopped"
    net = transit(attachment=bare, transit_table={"associations": DENIED})
    assert net.flow(DB, OFFICE, "ssh").verdict == "stopped"


@pytest.mark.parametrize(
    "field", ["ipv6_addresses", "ipv4_prefixes", "ipv6_prefixes", "private_ip_addresses"]
)
def test_addresses_that_could_not_be_read_may_be_any_of_the_subnet(field):
    net = two_vpcs({"other_target": "x"}, web=changed("web", **{field: DENIED}))
    mine = changed("db", ipv6_addresses=(NetworkInterfaceIpv6Address(ipv6_address="2600:1:1::9"),))
    near = evolve(mine, network_interface_id="eni-near", subnet_id="subnet-web")
    near = evolve(
        near,
        private_ip_addresses=(NetworkInterfacePrivateIpAddress(private_ip_address="10.0.1.77"),),
    )
    rules = (tcp(25, ip_ranges=("10.0.1.200/29",), ipv6_ranges=("2600:1:1:0:1::/80",)),)
    group = changed("db-group", ip_permissions=rules)
    net = two_vpcs(
        {"other_target": "x"}, web=changed("web", **{field: DENIED}), near=near, db_group=group
    )
    assert net.flow(WEB, Interfaces(["eni-near"]), "smtp").verdict == "unknown"


def test_a_subnet_whose_ipv6_blocks_could_not_be_read():
    subnet = changed("public", ipv6_cidr_blocks=DENIED)
    net = by_transit(public=subnet)
    assert four(net) == "open"
    assert v6(net) == "unknown"


def test_other_protocols_need_a_reply_in_kind():
    esp = IpPermission(ip_protocol="50", ip_ranges=("0.0.0.0/0",))
    groups = changed("db-group", ip_permissions=(esp,))
    assert network(db_group=groups).flow(WEB, DB, "esp").is_open
    acl = evolve(OPEN_ACL, entries=OPEN_ACL.entries[1:])
    assert network(db_group=groups, acl=acl).flow(WEB, DB, "esp").verdict == "stopped"


def test_sets_of_addresses_answer_for_single_ones():
    addresses = IpSet.parse(["10.0.0.0/24", "2600::/64"])
    assert "10.0.0.7" in addresses
    assert "2600::1" in addresses
    assert "10.0.1.0" not in addresses
    with pytest.raises(ValueError, match="is a block"):
        assert "10.0.0.0/24" in addresses
    assert str(addresses) == "10.0.0.0/24, 2600::/64"
    assert str(IpSet()) == "nothing"
    assert repr(IpSet.parse(["0.0.0.1", "0.0.0.3", "0.0.0.4"]).v4) == "Intervals(1, 3-4)"


def test_an_unread_route_table_between_two_vpcs():
    net = by_peering(web_table=changed("web-table", routes=DENIED))
    assert four(net) == "unknown"
    ends = {"one": WEB, "two": Interfaces(["eni-two"])}
    assert "tcp/80" in str(net.matrix(ends).doubtful(("one", "two")))
    assert not net.matrix(ends)["one", "two"]


def test_runs_of_protocols_are_told_as_ranges():
    told = "200-210, 220, 222-223"
    assert str(TrafficSet.parse(told)) == told
    assert repr(TrafficSet.parse(told)) == f"TrafficSet({told})"
    for wrong in ("tcp//", "https!", "tcp/22/1"):
        with pytest.raises(ValueError, match=wrong):
            TrafficSet.parse(wrong)


OPEN_TO_BOTH = (tcp(443, ip_ranges=("0.0.0.0/0",), ipv6_ranges=("::/0",)),)


@pytest.mark.parametrize("vpc_block", [("10.0.0.0/16",), DENIED])
@pytest.mark.parametrize(
    ("block", "addresses"),
    [("cidr_block", "private_ip_addresses"), ("ipv6_cidr_blocks", "ipv6_addresses")],
)
def test_an_interface_in_a_subnet_of_unknown_blocks_is_somewhere(vpc_block, block, addresses):
    held = {"private_ip_addresses": (), "ipv6_addresses": (), addresses: DENIED}
    to_gateway = [Route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-1")]
    to_gateway.append(Route(destination_ipv6_cidr_block="::/0", gateway_id="igw-1"))
    net = network(
        vpc=evolve(BASE["vpc"], cidr_blocks=vpc_block, ipv6_cidr_blocks=("2001:db8:1::/56",)),
        public=changed("public", **{block: DENIED}),
        web=changed("web", **held),
        web_group=changed("web-group", ip_permissions=OPEN_TO_BOTH),
        web_table=changed("web-table", routes=tuple(to_gateway)),
        acl=evolve(OPEN_ACL, entries=DENIED),
    )
    assert net.flow(Internet(), WEB, "https").verdict == "unknown"
    shut = changed("web-group", ip_permissions=())
    assert network(web=changed("web", **held), web_group=shut).flow(
        Internet(), WEB, "https"
    ).verdict == ("stopped")


def test_an_interface_in_an_unknown_subnet_is_somewhere():
    web = changed("web", subnet_id="subnet-9", private_ip_addresses=DENIED)
    assert network(web=web).flow(Internet(), WEB, "https").verdict == "unknown"


def test_replies_to_on_premises_that_return_through_a_translation_are_not_followed():
    """The transit gateway leads the connection through a NAT gateway of another VPC."""
    net = Network.from_records(World(5294).records)
    answer = net.flow(Addresses(["192.168.7.5"]), Interfaces(["eni-020"]), "ssh")
    assert answer.verdict == "unknown"
    assert "nat-not-followed" in [reason.id for reason in answer.reasons]
