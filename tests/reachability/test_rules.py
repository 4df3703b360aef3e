"""Each rule by a case of its own: one VPC with a public and a private subnet, changed."""

from __future__ import annotations

import re

import pytest
from attrs import evolve

from cloudpack_baseline.model import codec
from cloudpack_baseline.model.ec2 import (
    Instance,
    IpPermission,
    ManagedPrefixList,
    Route,
    RouteTableAssociation,
    UserIdGroupPair,
)
from cloudpack_baseline.model.ec2_gateways import (
    NatGateway,
    NatGatewayAddress,
    VpcBlockPublicAccessExclusion,
    VpcBlockPublicAccessOptions,
    VpcPeeringConnection,
    VpcPeeringConnectionVpcInfo,
)
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import (
    STOP_REASONS,
    Addresses,
    Interfaces,
    Internet,
    Network,
    StopReason,
    TrafficSet,
)
from cloudpack_baseline.reachability.filters import permission_traffic
from cloudpack_baseline.testing.records import (
    ANYWHERE,
    block_public_access_options,
    network_acl,
    network_acl_entry,
    network_interface,
    permission,
    route_table,
    security_group,
    subnet,
    vpc,
)
from cloudpack_baseline.texts import catalogue
from reachability.worlds import internet_sources

SSH, HTTPS = 6 * 65536 + 22, 6 * 65536 + 443
WHO = {"arn": "", "account": "123456789012", "region": "ap-northeast-1"}
ANY = (IpPermission(ip_protocol="-1", ip_ranges=("0.0.0.0/0",)),)
WEB, DB = Interfaces(["eni-web"]), Interfaces(["eni-db"])
DENIED = Unknown.because(Why.DENIED, operation="ec2:X", code="UnauthorizedOperation")


def tcp(port, last=None, **peers):
    return IpPermission(ip_protocol="tcp", from_port=port, to_port=last or port, **peers)


def entry(number, *, egress, action="allow", block=ANYWHERE, ports=None, protocol="-1"):
    return network_acl_entry(
        number, block, allow=action == "allow", egress=egress, protocol=protocol, ports=ports
    )


def interface(name, subnet_id, address, group, public=None, **settings):
    return network_interface(
        name, address, public_ip=public, subnet_id=subnet_id, groups=(group,), **settings
    )


def table(name, subnet_id, *routes):
    return route_table(name, routes, [subnet_id])


def default_route(**target):
    return Route(destination_cidr_block="0.0.0.0/0", **target)


OPEN_ACL = network_acl(entries=(entry(100, egress=True), entry(100, egress=False)), is_default=True)
BASE = {
    "vpc": vpc(internet_gateway_block_mode=None),
    "public": subnet("subnet-web", availability_zone="a"),
    "private": subnet("subnet-db", "10.0.2.0/24", availability_zone="a"),
    "web-table": table("rtb-web", "subnet-web", default_route(gateway_id="igw-1")),
    "db-table": table("rtb-db", "subnet-db", default_route(nat_gateway_id="nat-1")),
    "nat": NatGateway(
        **WHO,
        nat_gateway_id="nat-1",
        vpc_id="vpc-1",
        subnet_id="subnet-web",
        addresses=(NatGatewayAddress(private_ip="10.0.1.9", public_ip="54.0.0.9"),),
    ),
    "acl": OPEN_ACL,
    "block": block_public_access_options(),
    "web-group": security_group("sg-web", [permission("tcp", 443, 443, ANYWHERE)], ANY),
    "db-group": security_group("sg-db", [permission("tcp", 3306, 3306, "sg-web")], ANY),
    "web": interface("eni-web", "subnet-web", "10.0.1.5", "sg-web", "54.0.0.5"),
    "db": interface("eni-db", "subnet-db", "10.0.2.5", "sg-db"),
}


def network(**changes):
    held = BASE | {name.replace("_", "-"): value for name, value in changes.items()}
    return Network.from_records(record for record in held.values() if record is not None)


def changed(name, **fields):
    return evolve(BASE[name], **fields)


def test_the_base():
    net = network()
    assert net.flow(WEB, DB, "mysql").verdict == "open"
    assert net.flow(DB, WEB, "mysql").verdict == "stopped"
    assert net.flow(Internet(), WEB, "tcp", 443).is_open
    assert net.flow(DB, Internet(), "https").is_open
    assert net.flow(Internet(), DB, "mysql").stop.kind == "security-group"
    wide = changed("db-group", ip_permissions=ANY)
    assert network(db_group=wide).flow(Internet(), DB, "mysql").stop.kind == "nat-gateway"
    assert net.flow(WEB, WEB, "https").verdict == "stopped"


def test_a_witness_names_every_step():
    net = network().flow(WEB, DB, "tcp", 3306)
    packet = net.witness.packet
    assert (packet.source, packet.destination, str(packet.traffic)) == (
        "10.0.1.5",
        "10.0.2.5",
        "tcp/3306",
    )
    kinds = [hop.kind for hop in net.witness.hops]
    assert kinds.count("security-group") == 2
    assert kinds.count("network-acl") == 4
    assert any("entry 100" in str(hop) for hop in net.witness.hops)
    assert "sg-web" in str(net.witness.hops[1])
    assert str(packet) == "10.0.1.5 port 1024 -> 10.0.2.5 tcp/3306"


def test_client_ports_are_what_the_acl_leaves():
    acl = evolve(
        OPEN_ACL,
        entries=(
            entry(100, egress=False),
            entry(90, egress=True, protocol="6", ports=(40000, 50000)),
            entry(80, egress=True, protocol="6", ports=(3306, 3306)),
        ),
    )
    net = network(acl=acl).flow(WEB, DB, "mysql")
    assert net.client_ports.spans == ((3306, 3306), (40000, 50000))
    shut = evolve(acl, entries=acl.entries[:1] + acl.entries[2:])
    shut = evolve(
        shut,
        entries=(entry(100, egress=False), entry(80, egress=True, protocol="6", ports=(80, 81))),
    )
    assert network(acl=shut).flow(WEB, DB, "mysql").stop.kind == "network-acl"


def test_the_first_acl_entry_that_matches_decides():
    deny = entry(50, egress=False, action="deny", protocol="6", ports=(3306, 3306))
    late = evolve(deny, rule_number=200)
    assert (
        not network(acl=evolve(OPEN_ACL, entries=(*OPEN_ACL.entries, deny)))
        .flow(WEB, DB, "mysql")
        .is_open
    )
    assert (
        network(acl=evolve(OPEN_ACL, entries=(late, *OPEN_ACL.entries)))
        .flow(WEB, DB, "mysql")
        .is_open
    )


def test_a_reference_does_not_match_a_public_address():
    groups = changed(
        "web-group",
        ip_permissions=(tcp(22, user_id_group_pairs=(UserIdGroupPair(group_id="sg-web"),)),),
    )
    interface_record = interface("eni-two", "subnet-web", "10.0.1.6", "sg-web", "54.0.0.6")
    net = network(web_group=groups, two=interface_record)
    assert net.flow(WEB, Interfaces(["eni-two"]), "ssh").is_open
    assert net.flow(WEB, Addresses(["10.0.1.6"]), "ssh").is_open
    assert net.flow(WEB, Addresses(["54.0.0.6"]), "ssh").verdict == "stopped"
    named = evolve(groups, ip_permissions=(tcp(22, ip_ranges=("54.0.0.5/32",)),))
    net = network(web_group=named, two=interface_record)
    assert net.flow(WEB, Addresses(["54.0.0.6"]), "ssh").is_open
    assert net.flow(WEB, Interfaces(["eni-two"]), "ssh").verdict == "stopped"


def test_out_by_nat_and_in_by_a_public_address():
    groups = changed("web-group", ip_permissions=(tcp(443, ip_ranges=("54.0.0.9/32",)),))
    assert network(web_group=groups).flow(DB, Addresses(["54.0.0.5"]), "https").is_open


def test_exact_sources():
    groups = changed(
        "web-group", ip_permissions=(tcp(22, ip_ranges=("0.0.0.0/1", "203.0.113.0/24")),)
    )
    acl = evolve(
        OPEN_ACL,
        entries=(
            *OPEN_ACL.entries,
            entry(10, egress=False, action="deny", block="0.0.0.0/1"),
        ),
    )
    net = network(web_group=groups, acl=acl)
    assert str(internet_sources(net, "eni-web", SSH)) == "203.0.113.0/24"
    assert not internet_sources(net, "eni-db", SSH)
    matrix = net.matrix({"internet": Internet(), "web": WEB, "db": DB})
    assert str(matrix["internet", "web"]) == "tcp/22"
    assert not matrix["internet", "db"]


def test_a_scoped_route_limits_the_sources():
    narrow = table(
        "rtb-web", "subnet-web", Route(destination_cidr_block="203.0.113.0/24", gateway_id="igw-1")
    )
    net = network(web_table=narrow)
    assert str(internet_sources(net, "eni-web", HTTPS)) == "203.0.113.0/24"


def test_the_longest_prefix_wins_also_when_it_is_a_blackhole():
    hole = Route(destination_cidr_block="10.0.2.0/24", nat_gateway_id="nat-9", state="blackhole")
    net = network(web_table=table("rtb-web", "subnet-web", hole)).flow(WEB, DB, "mysql")
    assert net.verdict == "stopped"
    assert "blackhole" in str(net.stop)


def test_static_before_prefix_list_before_propagated():
    lists = ManagedPrefixList(**WHO, prefix_list_id="pl-1", entries=("0.0.0.0/0",))
    listed = Route(destination_prefix_list_id="pl-1", gateway_id="igw-1")
    learned = Route(
        destination_cidr_block="0.0.0.0/0",
        gateway_id="vgw-1",
        origin="EnableVgwRoutePropagation",
    )
    route_table = table("rtb-web", "subnet-web", learned, listed)
    assert network(web_table=route_table, lists=lists).flow(Internet(), WEB, "https").is_open
    fixed = table("rtb-web", "subnet-web", listed, default_route(nat_gateway_id="nat-1"))
    assert not network(web_table=fixed, lists=lists).flow(Internet(), WEB, "https").is_open


def test_an_appliance_is_unknown_and_what_stops_before_it_still_stops():
    steer = Route(destination_cidr_block="10.0.2.0/24", network_interface_id="eni-fw")
    groups = changed("db-group", ip_permissions=(tcp(3306, ip_ranges=("10.0.0.0/16",)),))
    firewall = interface("eni-fw", "subnet-web", "10.0.1.7", "sg-web", source_dest_check=False)
    steered = table("rtb-web", "subnet-web", steer)
    net = network(web_table=steered, db_group=groups, fw=firewall)
    flow_answer = net.flow(WEB, DB, "mysql")
    assert flow_answer.verdict == "unknown"
    assert [reason.id for reason in flow_answer.reasons] == ["appliance"]
    assert net.flow(WEB, DB, "ssh").verdict == "stopped"
    matrix = net.matrix({"web": WEB, "db": DB})
    assert str(matrix.doubtful(("web", "db"))) == "tcp/3306"
    assert not matrix["web", "db"]


@pytest.mark.parametrize(
    ("of_interface", "of_instance", "verdict"),
    [
        (True, None, "stopped"),
        (True, True, "stopped"),
        (True, DENIED, "stopped"),
        (True, False, "unknown"),
        (False, True, "unknown"),
        (DENIED, None, "unknown"),
    ],
)
@pytest.mark.parametrize("target", ["network_interface_id", "instance_id"])
def test_an_interface_that_checks_source_and_destination_forwards_nothing(
    target, of_interface, of_instance, verdict
):
    ids = {"network_interface_id": "eni-fw", "instance_id": "i-fw"}
    steer = Route(destination_cidr_block="10.0.2.0/24", **{target: ids[target]})
    firewall = interface(
        "eni-fw",
        "subnet-web",
        "10.0.1.7",
        "sg-web",
        source_dest_check=of_interface,
        instance_id="i-fw",
    )
    server = Instance(**WHO, instance_id="i-fw", source_dest_check=of_instance)
    records = {"fw": firewall} if of_instance is None else {"fw": firewall, "server": server}
    net = network(web_table=table("rtb-web", "subnet-web", steer), **records)
    assert net.flow(WEB, DB, "mysql").verdict == verdict
    to_itself = table(
        "rtb-web",
        "subnet-web",
        Route(destination_cidr_block="10.0.1.7/32", **{target: ids[target]}),
    )
    assert (
        network(web_table=to_itself, **records).flow(DB, Interfaces(["eni-fw"]), "https").verdict
        == network(**records).flow(DB, Interfaces(["eni-fw"]), "https").verdict
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"db_group": None}, "security-group-not-recorded"),
        ({"db_group": changed("db-group", ip_permissions=DENIED)}, "security-group-unreadable"),
        ({"acl": None}, "acl-not-recorded"),
        ({"acl": evolve(OPEN_ACL, entries=DENIED)}, "acl-unreadable"),
        ({"acl": evolve(OPEN_ACL, subnet_ids=DENIED)}, "acl-unreadable"),
        ({"db_table": None}, "route-table-not-recorded"),
        ({"db_table": changed("db-table", routes=DENIED)}, "route-table-unreadable"),
        ({"db_table": changed("db-table", associations=DENIED)}, "route-table-unreadable"),
        ({"db": changed("db", groups=DENIED)}, "groups-unknown"),
        ({"db": changed("db", groups=())}, "groups-unknown"),
        ({"db": changed("db", private_ip_addresses=DENIED)}, "addresses-unknown"),
        (
            {
                "db_group": changed(
                    "db-group", ip_permissions=(tcp(3306, prefix_list_ids=("pl-9",)),)
                )
            },
            "prefix-list-unreadable",
        ),
    ],
)
def test_what_is_not_told_is_unknown(change, reason):
    net = network(**change)
    flow_answer = net.flow(WEB, DB, "mysql")
    assert flow_answer.verdict == "unknown"
    assert reason in {reason.id for reason in flow_answer.reasons}
    matrix = net.matrix({"web": WEB, "db": DB})
    assert TrafficSet.parse("mysql") <= matrix.doubtful(("web", "db"))
    assert not matrix["web", "db"]
    # A known filter that stops it settles the matter all the same.
    shut = changed("web-group", ip_permissions_egress=())
    assert network(**change, web_group=shut).flow(WEB, DB, "mysql").verdict == "stopped"


def test_an_open_rule_settles_it_whatever_is_not_read():
    groups = changed(
        "db-group",
        ip_permissions=(
            tcp(3306, prefix_list_ids=("pl-9",)),
            tcp(3306, ip_ranges=("10.0.0.0/8",)),
        ),
    )
    assert network(db_group=groups).flow(WEB, DB, "mysql").is_open


@pytest.mark.parametrize(
    ("mode", "exclusion", "inbound", "outbound", "nat"),
    [
        ("off", None, True, True, True),
        ("block-bidirectional", None, False, False, False),
        ("block-ingress", None, False, False, True),
        ("block-bidirectional", "allow-bidirectional", True, True, True),
        ("block-bidirectional", "allow-egress", False, True, True),
        ("block-ingress", "allow-bidirectional", True, True, True),
        ("block-ingress", "allow-egress", False, False, True),
    ],
)
@pytest.mark.parametrize("resource", ["vpc/vpc-1", "subnet/subnet-web"])
def test_block_public_access(  # noqa: PLR0917 - the columns of the table
    mode, exclusion, inbound, outbound, nat, resource
):
    held = ()
    if exclusion:
        held = (
            VpcBlockPublicAccessExclusion(
                resource_arn=f"arn:aws:ec2:ap-northeast-1:123456789012:{resource}",
                internet_gateway_exclusion_mode=exclusion,
            ),
        )
    block = evolve(BASE["block"], internet_gateway_block_mode=mode, exclusions=held)
    net = network(block=block)
    assert net.flow(Internet(), WEB, "https").is_open is inbound
    assert net.flow(WEB, Internet(), "https").is_open is outbound
    assert net.flow(DB, Internet(), "https").is_open is nat


@pytest.mark.parametrize(
    "block",
    [
        None,
        evolve(BASE["block"], internet_gateway_block_mode=DENIED),
        evolve(BASE["block"], internet_gateway_block_mode="block-ingress", exclusions=DENIED),
        evolve(BASE["block"], internet_gateway_block_mode="something-new"),
        evolve(
            BASE["block"],
            internet_gateway_block_mode="block-ingress",
            exclusions=(
                VpcBlockPublicAccessExclusion(
                    resource_arn="arn:aws:ec2:r:1:vpc/vpc-1",
                    internet_gateway_exclusion_mode="allow-bidirectional",
                    state="update-in-progress",
                ),
            ),
        ),
    ],
)
def test_a_block_that_is_not_told(block):
    assert network(block=block).flow(Internet(), WEB, "https").verdict == "unknown"
    assert network(block=block).flow(Internet(), WEB, "ssh").verdict == "stopped"


def test_why_the_mode_of_the_block_is_not_known():
    unread = Unknown.because(Why.DENIED, operation="ec2:DescribeVpcBlockPublicAccessOptions")
    listing = Unknown.because(Why.DENIED, operation="ec2:DescribeThings")
    block = evolve(BASE["block"], internet_gateway_block_mode=unread)
    for options, expected in ((block, unread), (None, listing)):
        records = [record for record in (BASE | {"block": options}).values() if record is not None]
        net = Network.from_records(
            records, lambda kind, _: listing if kind is VpcBlockPublicAccessOptions else None
        )
        (reason,) = net.flow(Internet(), WEB, "https").reasons
        assert (reason.id, reason.causes) == ("block-public-access-unreadable", expected.causes)


@pytest.mark.parametrize(
    ("state", "is_in_force"),
    [
        ("associated", True),
        ("associating", True),
        ("disassociating", False),
        ("disassociated", False),
        ("failed", False),
    ],
)
def test_a_route_table_counts_while_its_association_is_in_force(state, is_in_force):
    vpn = Route(destination_cidr_block="192.168.0.0/16", gateway_id="vgw-1")
    own = evolve(
        table("rtb-db", "subnet-db", vpn),
        associations=(RouteTableAssociation(subnet_id="subnet-db", state=state),),
    )
    groups = changed("db-group", ip_permissions=ANY)
    flow = network(db_table=own, db_group=groups).flow(Addresses(["192.168.7.9"]), DB, "mysql")
    assert flow.is_open is is_in_force


def test_the_vpc_itself_tells_of_the_block():
    vpc = changed("vpc", internet_gateway_block_mode="off")
    assert network(block=None, vpc=vpc).flow(Internet(), WEB, "https").is_open
    shut = changed("vpc", internet_gateway_block_mode="block-ingress")
    assert network(block=None, vpc=shut).flow(Internet(), WEB, "https").verdict == "unknown"


def test_on_premises_only_by_routes():
    vpn = Route(destination_cidr_block="192.168.0.0/16", gateway_id="vgw-1")
    office = Addresses(["192.168.7.0/24"])
    groups = changed("db-group", ip_permissions=(tcp(3306, ip_ranges=("192.168.7.9/32",)),))
    net = network(db_table=table("rtb-db", "subnet-db", vpn), db_group=groups)
    flow_answer = net.flow(office, DB, "mysql")
    assert flow_answer.is_open
    assert flow_answer.witness.packet.source == "192.168.7.9"
    assert network(db_group=groups).flow(office, DB, "mysql").verdict == "stopped"


def test_behind_a_vpn_may_lie_the_internet():
    vpn = table("rtb-db", "subnet-db", default_route(gateway_id="vgw-1"))
    groups = changed("db-group", ip_permissions=(tcp(3306, ip_ranges=("0.0.0.0/0",)),))
    net = network(db_table=vpn, db_group=groups).flow(Internet(), DB, "mysql")
    assert [reason.id for reason in net.reasons] == ["on-premises"]


def test_a_peer_that_is_not_recorded():
    peer = VpcPeeringConnection(
        **WHO,
        vpc_peering_connection_id="pcx-1",
        requester=VpcPeeringConnectionVpcInfo(vpc_id="vpc-1", cidr_blocks=("10.0.0.0/16",)),
        accepter=VpcPeeringConnectionVpcInfo(vpc_id="vpc-2", cidr_blocks=("10.9.0.0/16",)),
    )
    route = Route(destination_cidr_block="10.9.0.0/16", vpc_peering_connection_id="pcx-1")
    groups = changed("db-group", ip_permissions=(tcp(3306, ip_ranges=("10.9.0.0/16",)),))
    tables = table("rtb-db", "subnet-db", route)
    net = network(peer=peer, db_table=tables, db_group=groups)
    flow_answer = net.flow(Addresses(["10.9.1.1"]), DB, "mysql")
    assert [reason.id for reason in flow_answer.reasons] == ["peer-not-recorded"]
    gone = network(peer=evolve(peer, status="deleted"), db_table=tables, db_group=groups)
    assert gone.flow(Addresses(["10.9.1.1"]), DB, "mysql").verdict == "stopped"


def test_reasons_have_a_sentence_in_both_languages():
    sentences = {name.removeprefix("reason-") for name in catalogue("reachability")}
    assert sentences >= STOP_REASONS
    assert str(StopReason.of("acl-unreadable", "acl-1")).endswith("acl-1 could not be read")
    with pytest.raises(ValueError, match="nosuch"):
        StopReason("nosuch")


@pytest.mark.parametrize("name", list(BASE))
def test_records_survive_the_codec(name):
    record = BASE[name]
    assert codec.decode(type(record), codec.encode(record)) == record


@pytest.mark.parametrize(
    ("service", "message"),
    [
        ("htps", "there is no service or protocol 'htps'; did you mean https or http?"),
        ("qqqqqq/1", "there is no service or protocol 'qqqqqq'"),
        ("tcp 443", "'tcp 443' is neither a service nor a protocol with ports"),
    ],
)
def test_a_mistyped_service_names_the_nearest(service, message):
    with pytest.raises(ValueError, match=re.escape(message) + "$"):
        TrafficSet.parse(service)


@pytest.mark.parametrize(("low", "high"), [(0, 65536), (443, 442), (65536, None)])
def test_what_is_no_range_of_ports_is_rejected(low, high):
    rule = IpPermission(ip_protocol="tcp", from_port=low, to_port=high)
    with pytest.raises(ValueError, match="is no range of ports"):
        permission_traffic(rule)


def test_every_port_of_a_protocol_and_none_of_the_next():
    rule = IpPermission(ip_protocol="tcp", from_port=0, to_port=65535)
    assert permission_traffic(rule) == TrafficSet.parse("tcp")


def test_a_resource_without_an_id_is_shown_as_such():
    reason = StopReason.of("security-group-not-recorded", "")
    assert str(reason) == 'security group "" is not in the records'
