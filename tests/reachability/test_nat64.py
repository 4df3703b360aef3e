"""NAT64: what IPv6 senders send to IPv4 through NAT gateways."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.model.ec2 import (
    IpPermission,
    NetworkAclEntry,
    NetworkInterfaceIpv6Address,
    Route,
    SecurityGroup,
    UserIdGroupPair,
)
from cloudpack_baseline.model.ec2_gateways import (
    VpcPeeringConnection,
    VpcPeeringConnectionVpcInfo,
)
from cloudpack_baseline.reachability import Addresses, Interfaces, Internet
from cloudpack_baseline.reachability.ipset import parse_address
from cloudpack_baseline.reachability.nat64 import is_embedded
from reachability.test_rules import (
    BASE,
    DB,
    DENIED,
    OPEN_ACL,
    WHO,
    changed,
    interface,
    network,
    table,
    tcp,
)

NAT64 = Route(destination_ipv6_cidr_block="64:ff9b::/96", nat_gateway_id="nat-1")
CLIENT = Interfaces(["eni-six"])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("64:ff9b::", True),
        ("64:ff9b::203.0.113.5", True),
        ("64:ff9b::255.255.255.255", True),
        ("64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", False),
        ("64:ff9b::1:0:0", False),
        ("203.0.113.5", False),
    ],
)
def test_the_prefix_of_nat64_has_96_bits(address, expected):
    family, number = parse_address(address)
    assert is_embedded(family, number) is expected


def nat64(steer=NAT64, *, egress=("::/0",), **changes):
    """A sender without IPv4 in a subnet of its own; the NAT gateway is in that of the web."""
    everything = IpPermission(ip_protocol="-1", ipv6_ranges=egress)
    six = evolve(
        interface("eni-six", "subnet-six", "10.0.3.9", "sg-six"),
        private_ip_addresses=(),
        ipv6_addresses=(NetworkInterfaceIpv6Address(ipv6_address="2600:1f14::9"),),
    )
    made = {
        "six": six,
        "six_group": SecurityGroup(
            **WHO, group_id="sg-six", vpc_id="vpc-1", ip_permissions_egress=(everything,)
        ),
        "six_subnet": evolve(
            BASE["private"],
            subnet_id="subnet-six",
            cidr_block=None,
            ipv6_cidr_blocks=("2600:1f14::/64",),
        ),
        "six_table": table("rtb-six", "subnet-six", *([steer] if steer else [])),
        "vpc": evolve(BASE["vpc"], ipv6_cidr_blocks=("2600:1f14::/56",)),
        "acl": open_acl6(),
    }
    return network(**(made | changes))


def open_acl6(*entries):
    both = tuple(
        NetworkAclEntry(
            rule_number=200,
            egress=egress,
            protocol="-1",
            rule_action="allow",
            ipv6_cidr_block="::/0",
        )
        for egress in (False, True)
    )
    return evolve(OPEN_ACL, entries=(*entries, *OPEN_ACL.entries, *both))


@pytest.mark.parametrize("there", ["203.0.113.9", "64:ff9b::cb00:7109"])
def test_nat64_leads_to_the_internet(there):
    net = nat64()
    found = net.flow(CLIENT, Addresses([there]), "https")
    assert found.is_open
    assert found.witness.packet.destination == "64:ff9b::cb00:7109"
    assert any(hop.kind == "nat-gateway" for hop in found.witness.hops)
    assert nat64(None).flow(CLIENT, Addresses([there]), "https").verdict == "stopped"
    # The groups of the sender see the address with the prefix.
    for egress, verdict in (
        (("64:ff9b::/96",), "open"),
        (("64:ff9b::cb00:7100/120",), "open"),
        (("64:ff9b::cb00:7200/120",), "stopped"),
    ):
        assert nat64(egress=egress).flow(CLIENT, Addresses([there]), "https").verdict == verdict
    assert net.flow(CLIENT, Addresses([there]), "icmpv6").verdict == "stopped"
    assert net.flow(Addresses([there]), CLIENT, "https").verdict == "stopped"


def test_nat64_leads_from_a_prefix_alone():
    """Amazon EC2 User Guide: an instance uses the addresses of a prefix assigned to it."""
    sender = evolve(
        nat64().topology.interfaces["eni-six"],
        ipv6_addresses=(),
        ipv6_prefixes=("2600:1f14::/80",),
    )
    there = Addresses(["203.0.113.9"])
    assert nat64(six=sender).flow(CLIENT, there, "https").verdict != "stopped"
    assert nat64(None, six=sender).flow(CLIENT, there, "https").verdict == "stopped"


def test_nat64_leads_from_the_subnets_that_have_the_route():
    other = evolve(
        interface("eni-other", "subnet-other", "10.0.4.9", "sg-six"),
        ipv6_addresses=(NetworkInterfaceIpv6Address(ipv6_address="2600:1f14:0:1::9"),),
    )
    subnet = evolve(
        BASE["private"], subnet_id="subnet-other", ipv6_cidr_blocks=("2600:1f14:0:1::/64",)
    )
    net = nat64(other=other, other_subnet=subnet, other_table=table("rtb-o", "subnet-other"))
    there = Addresses(["64:ff9b::203.0.113.9"])
    assert net.flow(CLIENT, there, "https").is_open
    assert net.flow(Interfaces(["eni-other"]), there, "https").verdict == "stopped"
    matrix = net.matrix({"six": CLIENT, "db": DB, "internet": Internet()})
    assert matrix["six", "internet"]


def test_nat64_in_the_matrix():
    ends = {"six": CLIENT, "internet": Internet(), "db": DB}
    opened = changed("db-group", ip_permissions=(tcp(3306, ip_ranges=("10.0.1.0/24",)),))
    matrix = nat64(db_group=opened).matrix(ends)
    assert str(matrix["six", "internet"]) == "tcp, udp"
    assert str(matrix["six", "db"]) == "tcp/3306"  # the NAT gateway is in 10.0.1.0/24
    assert not matrix["db", "six"]
    assert not matrix["internet", "six"]
    closed = nat64(None, db_group=opened).matrix(ends)
    assert not closed["six", "internet"]
    assert not closed["six", "db"]


def test_nat64_passes_acls_of_both_families():
    there = Addresses(["203.0.113.9"])
    shut6 = NetworkAclEntry(
        rule_number=1,
        egress=False,
        protocol="-1",
        rule_action="deny",
        ipv6_cidr_block="64:ff9b::cb00:7100/120",
    )
    assert nat64(acl=open_acl6(shut6)).flow(CLIENT, there, "https").verdict == "stopped"
    # The subnet of the NAT gateway filters the addresses of IPv4 on the other leg.
    shut4 = evolve(
        open_acl6(
            NetworkAclEntry(
                rule_number=1,
                egress=True,
                protocol="-1",
                rule_action="deny",
                cidr_block="203.0.113.0/24",
            )
        ),
        network_acl_id="acl-nat",
        is_default=False,
        subnet_ids=("subnet-web",),
    )
    net = nat64(nat_acl=shut4)
    assert net.flow(CLIENT, there, "https").verdict == "stopped"
    assert net.flow(CLIENT, Addresses(["198.51.100.9"]), "https").is_open
    matrix = net.matrix({"six": CLIENT, "there": there, "else": Addresses(["198.51.100.9"])})
    assert not matrix["six", "there"]
    assert matrix["six", "else"]


def test_a_nat_gateway_carries_no_other_ipv6():
    steer = Route(destination_ipv6_cidr_block="::/0", nat_gateway_id="nat-1")
    found = nat64(steer).flow(CLIENT, Internet(["2a00::/16"]), "https")
    assert found.verdict == "stopped"
    assert "64:ff9b::/96" in str(found.stop)
    assert nat64(steer).flow(CLIENT, Addresses(["203.0.113.9"]), "https").is_open


@pytest.mark.parametrize("route_to", ["tgw", "appliance", "unread"])
def test_what_may_translate_ipv6_is_unknown(route_to):
    steer = {
        "tgw": Route(destination_ipv6_cidr_block="::/0", transit_gateway_id="tgw-9"),
        "appliance": Route(destination_ipv6_cidr_block="::/0", network_interface_id="eni-9"),
        "unread": None,
    }[route_to]
    changes = {} if steer else {"six_table": evolve(table("rtb-six", "subnet-six"), routes=DENIED)}
    opened = changed("db-group", ip_permissions=(tcp(3306, ip_ranges=("10.9.0.0/16",)),))
    net = nat64(steer, db_group=opened, **changes)
    there = Addresses(["203.0.113.9"])
    assert net.flow(CLIENT, there, "https").verdict == "unknown"
    assert net.flow(CLIENT, DB, "mysql").verdict == "unknown"
    assert net.flow(CLIENT, DB, "ssh").verdict == "stopped"
    matrix = net.matrix({"six": CLIENT, "there": there, "db": DB})
    assert matrix.doubtful(("six", "there"))
    assert str(matrix.doubtful(("six", "db"))) == "tcp/3306"


def test_a_virtual_private_gateway_translates_nothing():
    steer = Route(destination_ipv6_cidr_block="::/0", gateway_id="vgw-1")
    also = Route(destination_ipv6_cidr_block="64:ff9b::cb00:7200/120", nat_gateway_id="nat-1")
    net = nat64(None, six_table=table("rtb-six", "subnet-six", steer, also))
    assert net.flow(CLIENT, Addresses(["203.0.113.9"]), "https").verdict == "stopped"
    assert net.flow(CLIENT, Addresses(["203.0.114.9"]), "https").is_open


def test_the_own_addresses_of_an_appliance_are_not_those_of_nat64():
    steer = Route(destination_ipv6_cidr_block="::/0", network_interface_id="eni-db")
    opened = changed("db-group", ip_permissions=(tcp(3306, ip_ranges=("0.0.0.0/0",)),))
    net = nat64(steer, db_group=opened)
    assert net.flow(CLIENT, DB, "mysql").verdict == "stopped"  # it checks the destination
    free = changed("db", source_dest_check=False)
    assert nat64(steer, db_group=opened, db=free).flow(CLIENT, DB, "mysql").verdict == "unknown"


def test_a_group_that_was_not_read_behind_an_unknown_route():
    steer = Route(destination_ipv6_cidr_block="::/0", transit_gateway_id="tgw-9")
    unread = changed("db-group", ip_permissions=DENIED)
    net = nat64(steer, db_group=unread)
    assert net.flow(CLIENT, DB, "mysql").verdict == "unknown"
    assert net.matrix({"six": CLIENT, "db": DB}).doubtful(("six", "db"))


@pytest.mark.parametrize("gateway", ["igw-1", "nat-1"])
def test_one_route_to_the_internet_of_ipv6_and_to_nat64(gateway):
    """What IPv6 hosts get does not depend on whether NAT64 addresses are asked for as well."""
    peer = VpcPeeringConnection(
        **WHO,
        vpc_peering_connection_id="pcx-1",
        requester=VpcPeeringConnectionVpcInfo(vpc_id="vpc-1"),
        accepter=VpcPeeringConnectionVpcInfo(vpc_id="vpc-2"),
    )
    target = "nat_gateway_id" if gateway == "nat-1" else "gateway_id"
    steer = Route(destination_ipv6_cidr_block="::/0", **{target: gateway})
    near = IpPermission(ip_protocol="-1", ipv6_ranges=("2000::/16", "64:ff9b::cb00:7109/128"))
    group = SecurityGroup(
        **WHO,
        group_id="sg-six",
        vpc_id="vpc-1",
        ip_permissions=(near,),
        ip_permissions_egress=(near,),
    )
    net = nat64(steer, six_group=group, peer=peer)
    everything = Addresses(["::/0"])
    native = "open" if gateway == "igw-1" else "stopped"
    assert net.flow(CLIENT, Addresses(["2000::/16"]), "https").verdict == native
    assert net.flow(Addresses(["2000::/16"]), CLIENT, "https").verdict == native
    assert net.flow(everything, CLIENT, "https").verdict == native
    assert net.flow(CLIENT, everything, "https").is_open
    matrix = net.matrix({"six": CLIENT, "all": everything, "native": Addresses(["2000::/16"])})
    assert bool(matrix["all", "six"]) == bool(matrix["native", "six"]) == (native == "open")
    assert matrix["six", "all"]


def six_only(name, subnet, address):
    return evolve(
        interface(name, subnet, "10.0.3.9", "sg-six"),
        private_ip_addresses=(),
        ipv6_addresses=(NetworkInterfaceIpv6Address(ipv6_address=address),),
    )


def open_six_group():
    everything = (IpPermission(ip_protocol="-1", ipv6_ranges=("::/0",)),)
    return SecurityGroup(
        **WHO,
        group_id="sg-six",
        vpc_id="vpc-1",
        ip_permissions=everything,
        ip_permissions_egress=everything,
    )


@pytest.mark.parametrize("names", [("four", "six"), ("six", "four")])
def test_an_ipv4_interface_does_not_speak_for_an_ipv6_interface(names):
    """Both are in a subnet that is not recorded, and NAT64 could lead to the first one."""
    net = nat64(
        four=interface("eni-four", "subnet-none", "10.0.3.8", "sg-six"),
        native=six_only("eni-six", "subnet-none", "fd00:1::9"),
        six=None,
        six_group=open_six_group(),
    )
    ends = {name: Interfaces([f"eni-{name}"]) for name in names}
    site = Addresses(["fd00:9::/64"])
    matrix = net.matrix({**ends, "site": site})
    assert net.flow(site, ends["six"], "https").verdict == "unknown"
    assert net.flow(ends["six"], site, "https").verdict == "unknown"
    assert matrix.doubtful(("site", "six"))
    assert matrix.doubtful(("six", "site"))


def test_a_private_ipv6_address_does_not_speak_for_a_public_one():
    """Both are in a subnet whose blocks could not be read, so that no block lies between them."""
    unread = evolve(
        BASE["private"], subnet_id="subnet-unread", cidr_block=DENIED, ipv6_cidr_blocks=DENIED
    )
    to_internet = Route(destination_ipv6_cidr_block="::/0", gateway_id="igw-1")
    net = nat64(
        private=six_only("eni-a", "subnet-unread", "fd00:1::9"),
        public=six_only("eni-b", "subnet-unread", "3000::9"),
        six_group=open_six_group(),
        unread=unread,
        unread_table=table("rtb-unread", "subnet-unread", to_internet),
    )
    hosts = Interfaces(["eni-a", "eni-b"])
    assert net.flow(Internet(), hosts, "https").is_open
    assert net.flow(hosts, Internet(), "https").is_open
    matrix = net.matrix({"hosts": hosts, "internet": Internet()})
    assert matrix["internet", "hosts"]
    assert matrix["hosts", "internet"]


def test_no_group_is_referred_to_through_nat64():
    referring = IpPermission(
        ip_protocol="-1", user_id_group_pairs=(UserIdGroupPair(group_id="sg-web"),)
    )
    group = SecurityGroup(
        **WHO, group_id="sg-six", vpc_id="vpc-1", ip_permissions_egress=(referring,)
    )
    away = Route(destination_cidr_block="10.200.0.0/16", transit_gateway_id="tgw-9")
    net = nat64(six_group=group, web_table=table("rtb-web", "subnet-web", away))
    there = Addresses(["10.200.0.0/16"])
    assert net.flow(CLIENT, there, "https").verdict == "stopped"
    assert not net.matrix({"six": CLIENT, "there": there}).doubtful(("six", "there"))


def test_an_appliance_that_translates_may_be_in_a_group_that_the_target_refers_to():
    steer = Route(destination_ipv6_cidr_block="64:ff9b::/96", network_interface_id="eni-appliance")
    appliance = evolve(
        interface("eni-appliance", "subnet-web", "10.0.1.8", "sg-web"), source_dest_check=False
    )
    net = nat64(steer, appliance=appliance)
    assert net.flow(CLIENT, DB, "mysql").verdict == "unknown"
    assert net.flow(CLIENT, DB, "https").verdict == "stopped"
    doubtful = net.matrix({"six": CLIENT, "db": DB}).doubtful(("six", "db"))
    assert str(doubtful) == "tcp/3306"
