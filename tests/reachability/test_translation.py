"""What stands between sender and target under another name: NATs, public addresses, peering."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.model.ec2 import (
    Instance,
    MetadataOptions,
    RouteTable,
    RouteTableAssociation,
)
from cloudpack_baseline.model.ec2_gateways import (
    GatewayAttachment,
    InternetGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
    VpnGateway,
)
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import Addresses, Interfaces, Internet, TrafficSet
from reachability.test_gateways import TWO, attachment, by_peering, by_transit, route
from reachability.test_rules import (
    BASE,
    DB,
    DENIED,
    WEB,
    WHO,
    changed,
    default_route,
    interface,
    network,
    table,
    tcp,
)

FROM_NAT = tcp(443, ip_ranges=("10.0.1.9/32",))
FROM_DB = tcp(443, ip_ranges=("10.0.2.0/24",))
OF_WEB = BASE["db-group"].ip_permissions[0].user_id_group_pairs
FAR = Addresses(["10.9.1.5"])


def behind_nat(*rules, **changes):
    """The private subnet reaches a second VPC through the NAT gateway and a transit gateway."""
    steer = route("10.9.0.0/16", nat_gateway_id="nat-1")
    group = evolve(BASE["web-group"], group_id="sg-two", ip_permissions=rules)
    held = {"db_table": table("rtb-db", "subnet-db", steer), "two_group": group}
    return by_transit(**held | changes)


@pytest.mark.parametrize("kind", ["public", "private"])
@pytest.mark.parametrize(
    ("rule", "verdict"), [(FROM_NAT, "open"), (FROM_DB, "stopped"), (tcp(22), "stopped")]
)
def test_the_group_of_the_target_sees_the_nat_gateway(kind, rule, verdict):
    nat = changed("nat", connectivity_type=kind)
    net = behind_nat(rule, nat=nat)
    assert net.flow(DB, TWO, "https").verdict == verdict
    matrix = net.matrix({"db": DB, "two": TWO})
    assert bool(matrix["db", "two"]) is (verdict == "open")
    assert not matrix.doubtful(("db", "two"))


def test_the_reply_goes_to_the_nat_gateway():
    back = RouteTable(
        **WHO,
        route_table_id="rtb-two",
        vpc_id="vpc-2",
        associations=(RouteTableAssociation(main=True),),
        routes=(route("10.0.1.0/24", transit_gateway_id="tgw-1"),),
    )
    assert behind_nat(FROM_NAT, two_table=back).flow(DB, TWO, "https").is_open
    lost = evolve(back, routes=(route("10.0.2.0/24", transit_gateway_id="tgw-1"),))
    assert behind_nat(FROM_NAT, two_table=lost).flow(DB, TWO, "https").verdict == "stopped"


def test_nobody_connects_to_what_is_behind_a_nat_gateway():
    group = changed("db-group", ip_permissions=(tcp(443, ip_ranges=("10.9.0.0/16",)),))
    net = behind_nat(FROM_NAT, db_group=group)
    flow_answer = net.flow(TWO, DB, "https")
    assert flow_answer.verdict == "stopped"
    assert "outbound connections only" in " ".join(map(str, flow_answer.witness.hops))
    unread = behind_nat(FROM_NAT, db_group=group, nat=None)
    assert unread.flow(TWO, DB, "https").verdict == "stopped"


def test_a_nat_gateway_with_several_addresses_sends_from_any():
    addresses = (
        *BASE["nat"].addresses,
        evolve(BASE["nat"].addresses[0], private_ip="10.0.1.10", public_ip=None),
    )
    nat = changed("nat", addresses=addresses)
    assert behind_nat(FROM_NAT, nat=nat).flow(DB, TWO, "https").verdict == "unknown"
    both = tcp(443, ip_ranges=("10.0.1.8/29",))
    net = behind_nat(both, nat=nat)
    assert net.flow(DB, TWO, "https").is_open
    assert net.matrix({"db": DB, "two": TWO})["db", "two"]


def test_the_address_of_a_nat_gateway_may_not_be_known():
    nat = changed("nat", addresses=())
    assert behind_nat(FROM_NAT, nat=nat).flow(DB, TWO, "https").verdict != "open"
    assert network(nat=nat).flow(DB, Internet(), "https").is_open


def regional(**fields):
    return changed("nat", availability_mode="regional", subnet_id=None, **fields)


IGW = InternetGateway(
    **WHO, internet_gateway_id="igw-1", attachments=(GatewayAttachment(vpc_id="vpc-1"),)
)


def test_a_regional_nat_gateway_lets_out_and_nobody_in():
    net = network(nat=regional(), igw=IGW)
    assert net.flow(DB, Internet(), "https").is_open
    assert net.flow(Internet(), DB, "mysql").verdict == "stopped"
    matrix = net.matrix({"db": DB, "internet": Internet()})
    assert matrix["db", "internet"]
    assert not matrix["internet", "db"]
    shut = network(nat=regional(connectivity_type="private"), igw=IGW)
    assert shut.flow(DB, Internet(), "https").verdict == "stopped"


def test_a_regional_nat_gateway_may_have_a_table_of_its_own():
    route_table = RouteTable(
        **WHO,
        route_table_id="rtb-nat",
        vpc_id="vpc-1",
        associations=(RouteTableAssociation(gateway_id="nat-1"),),
        routes=(default_route(transit_gateway_id="tgw-1"),),
    )
    assert network(nat=regional(), igw=IGW, own=route_table).flow(
        DB, Internet(), "https"
    ).verdict == ("unknown")
    assert network(nat=regional()).flow(DB, Internet(), "https").verdict == "stopped"


@pytest.mark.parametrize("gateway", [IGW, None])
@pytest.mark.parametrize("target", [Internet(), Addresses(["10.9.9.9"])])
def test_a_regional_nat_gateway_of_a_vpc_that_is_not_recorded(gateway, target):
    """The route table that AWS makes for it has local routes to all blocks of the VPC."""
    flow_answer = network(nat=regional(), igw=gateway, vpc=None).flow(DB, target, "https")
    assert flow_answer.verdict == "unknown"
    assert {reason.id for reason in flow_answer.reasons} == {"vpc-not-recorded"}


def test_an_internet_gateway_that_could_not_be_listed_leaves_a_regional_nat_gateway_open():
    records = [record for name, record in BASE.items() if name != "nat"]
    net = type(network()).from_records([*records, regional()], lambda _kind, _near: DENIED)
    flow_answer = net.flow(DB, Internet(), "https")
    assert flow_answer.verdict == "unknown"
    assert {cause.why for reason in flow_answer.reasons for cause in reason.causes} == {Why.DENIED}


def by_instance(*rules, **changes):
    """WEB forwards what DB sends to the second subnet behind it."""
    appliance = changed("web", source_dest_check=False, instance_id="i-web")
    final = interface("eni-app", "subnet-app", "10.0.3.5", "sg-app")
    subnet = changed("private", subnet_id="subnet-app", cidr_block="10.0.3.0/24")
    group = changed("web-group", group_id="sg-app", ip_permissions=rules)
    steer = route("10.0.3.0/24", instance_id="i-web")
    held = {
        "web": appliance,
        "app": final,
        "app_subnet": subnet,
        "app_group": group,
        "app_table": table("rtb-app", "subnet-app"),
        "db_table": table("rtb-db", "subnet-db", steer),
    }
    return network(**held | changes)


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        (tcp(443, ip_ranges=("10.0.1.5/32",)), "unknown"),
        (tcp(443, ip_ranges=("10.0.2.0/24",)), "unknown"),
        (tcp(443, ip_ranges=("10.0.7.0/24",)), "stopped"),
        (
            tcp(443, user_id_group_pairs=OF_WEB),
            "unknown",
        ),
    ],
)
def test_an_instance_forwards_with_its_own_address_or_the_senders(rule, verdict):
    net = by_instance(rule)
    app = Interfaces(["eni-app"])
    assert net.flow(DB, app, "https").verdict == verdict
    matrix = net.matrix({"db": DB, "app": app})
    assert bool(matrix.doubtful(("db", "app"))) is (verdict == "unknown")
    assert not matrix["db", "app"]


@pytest.mark.parametrize("change", [{"app_group": None}, {"web": "groups"}, {"app": "groups"}])
def test_groups_that_are_not_known_beside_a_forwarding_instance(change):
    rule = tcp(443, user_id_group_pairs=OF_WEB)
    base = by_instance(rule).topology.interfaces
    made = {
        name: evolve(base[f"eni-{name}"], groups=DENIED) if value == "groups" else value
        for name, value in change.items()
    }
    app = Interfaces(["eni-app"])
    net = by_instance(rule, **made)
    assert net.flow(DB, app, "https").verdict == "unknown"
    assert net.matrix({"db": DB, "app": app}).doubtful(("db", "app"))


def test_a_load_balancer_without_groups_behind_a_nat_gateway():
    far = by_transit().topology.interfaces["eni-two"]
    balancer = evolve(far, interface_type="network_load_balancer", groups=())
    net = behind_nat(two=balancer)
    assert net.flow(DB, TWO, "https").is_open
    assert net.matrix({"db": DB, "two": TWO})["db", "two"]


def test_an_elastic_ip_and_the_interface_that_holds_it_are_one_host():
    net, stranger = network(), Addresses(["203.0.113.9"])
    eip = Addresses(["54.0.0.5"])
    assert net.flow(stranger, eip, "https").is_open
    assert net.flow(Internet(), eip, "https").is_open
    assert net.flow(stranger, eip, "ssh").verdict == "stopped"
    assert net.flow(eip, DB, "mysql").is_open
    assert net.flow(eip, DB, "ssh").verdict == "stopped"
    interface_record = interface("eni-other", "subnet-web", "10.0.1.6", "sg-web", "54.0.0.6")
    group = changed("web-group", ip_permissions=(tcp(443, ip_ranges=("54.0.0.5/32",)),))
    net = network(other=interface_record, web_group=group)
    # From one to the other's public address: by the gateway, and seen as the public one.
    assert net.flow(eip, Addresses(["54.0.0.6"]), "https").is_open
    assert net.flow(Addresses(["54.0.0.6"]), eip, "https").verdict == "stopped"


def test_nobody_answers_at_an_interface_that_is_attached_to_nothing():
    kept = changed("web", status="available")
    net = network(web=kept)
    assert net.flow(Internet(), WEB, "https").verdict == "stopped"
    assert not net.matrix({"internet": Internet(), "web": WEB})["internet", "web"]
    used = evolve(kept, attachment_id="eni-attach-1")
    assert network(web=used).flow(Internet(), WEB, "https").is_open


@pytest.mark.parametrize(
    ("address", "service", "verdict"),
    [
        ("10.0.0.2", "dns", "open"),
        ("169.254.169.253", "dns", "open"),
        ("10.0.0.2", "tcp/443", "stopped"),
        ("10.0.0.3", "dns", "stopped"),
        ("169.254.169.123", "ntp", "open"),
        ("169.254.169.123", "dns", "stopped"),
        ("169.254.169.251", "tcp/1688", "open"),
        ("169.254.169.254", "http", "stopped"),  # of no instance
    ],
)
def test_the_resolver_answers_whatever_groups_say(address, service, verdict):
    shut = changed("db-group", ip_permissions_egress=())
    net = network(db_group=shut)
    assert net.flow(DB, Addresses([address]), service).verdict == verdict


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        (MetadataOptions(http_endpoint="enabled"), "open"),
        (MetadataOptions(http_endpoint="disabled"), "stopped"),
        (None, "open"),
        (DENIED, "open"),
    ],
)
def test_the_metadata_service_of_an_instance(options, verdict):
    server = Instance(**WHO, instance_id="i-1", metadata_options=options)
    net = network(db=evolve(BASE["db"], instance_id="i-1"), server=server)
    flow_answer = net.flow(DB, Addresses(["169.254.169.254"]), "http")
    assert flow_answer.verdict == verdict
    assert net.flow(DB, Addresses(["169.254.169.254"]), "https").verdict == "stopped"


def test_the_metadata_service_of_an_instance_that_is_not_recorded():
    net = network(db=evolve(BASE["db"], instance_id="i-1"))
    assert net.flow(DB, Addresses(["169.254.169.254"]), "http").verdict == "open"


def peered(**changes):
    """Each VPC on a transit gateway of its own, and both peered."""
    near = TransitGatewayAttachment(
        **WHO,
        transit_gateway_attachment_id="tgw-attach-p",
        transit_gateway_id="tgw-1",
        resource_type="peering",
        resource_id="tgw-2",
        association_route_table_id="tgw-rtb-1",
    )
    far = evolve(
        near,
        transit_gateway_id="tgw-2",
        resource_id="tgw-1",
        association_route_table_id="tgw-rtb-2",
    )

    def transit_table(number, routes):
        return TransitGatewayRouteTable(
            **WHO,
            transit_gateway_route_table_id=f"tgw-rtb-{number}",
            transit_gateway_id=f"tgw-{number}",
            routes=tuple(
                TransitGatewayRoute(destination_cidr_block=block, attachment_ids=(name,))
                for block, name in routes.items()
            ),
        )

    held = {
        "near": near,
        "far": far,
        "second": {"transit_gateway_id": "tgw-2", "association_route_table_id": "tgw-rtb-2"},
        "two_table": RouteTable(
            **WHO,
            route_table_id="rtb-two",
            vpc_id="vpc-2",
            associations=(RouteTableAssociation(main=True),),
            routes=(route("10.0.0.0/16", transit_gateway_id="tgw-2"),),
        ),
        "transit_table": transit_table(
            1, {"10.0.0.0/16": "tgw-attach-1", "10.9.0.0/16": "tgw-attach-p"}
        ),
        "far_table": transit_table(
            2, {"10.0.0.0/16": "tgw-attach-p", "10.9.0.0/16": "tgw-attach-2"}
        ),
    }
    return by_transit(**held | changes)


def test_peered_transit_gateways_are_followed():
    net = peered()
    assert net.flow(WEB, TWO, "http").is_open
    assert net.flow(WEB, FAR, "http").is_open
    assert net.flow(WEB, FAR, "https").verdict == "stopped"
    # References do not hold across the peering of transit gateways.
    assert net.flow(WEB, TWO, "ssh").verdict == "stopped"
    assert net.matrix({"web": WEB, "two": TWO})["web", "two"]


def test_the_other_side_of_a_peering_has_to_be_recorded_and_live():
    assert peered(far=None).flow(WEB, TWO, "http").verdict == "unknown"
    gone = evolve(peered().topology.attachments["tgw-2", "tgw-attach-p"], state="deleted")
    assert peered(far=gone).flow(WEB, TWO, "http").verdict == "stopped"


def test_peered_transit_gateways_that_send_back_are_no_path():
    table_of_two = peered().topology.transit_tables["tgw-rtb-2"]
    ring = TransitGatewayRouteTable(
        **WHO,
        transit_gateway_route_table_id=table_of_two.table_id,
        transit_gateway_id="tgw-2",
        routes=(
            TransitGatewayRoute(
                destination_cidr_block="10.9.0.0/16", attachment_ids=("tgw-attach-p",)
            ),
        ),
    )
    assert peered(far_table=ring).flow(WEB, TWO, "http").verdict == "stopped"


def test_a_reference_admits_members_only_whatever_the_return_route_is():
    away = table("rtb-db", "subnet-db", default_route(transit_gateway_id="tgw-9"))
    net = network(db_table=away)
    assert net.flow(Internet(), DB, "mysql").verdict == "stopped"
    assert net.flow(Addresses(["203.0.113.9"]), DB, "mysql").verdict == "stopped"
    assert not net.matrix({"internet": Internet(), "db": DB}).doubtful(("internet", "db"))
    # A declared network may be a VPC that is not in the records.
    assert net.flow(Addresses(["10.77.0.0/16"]), DB, "mysql").verdict == "unknown"


def test_on_premises_behind_a_nat_gateway():
    gateway = VpnGateway(
        **WHO, vpn_gateway_id="vgw-1", attachments=(GatewayAttachment(vpc_id="vpc-1"),)
    )
    web_table = table("rtb-web", "subnet-web", route("192.168.0.0/16", gateway_id="vgw-1"))
    net = network(vgw=gateway, web_table=web_table)
    office = Addresses(["192.168.7.9"])
    assert net.flow(DB, office, "https").is_open
    assert net.flow(office, DB, "mysql").verdict == "stopped"


def test_a_nat_gateway_before_a_peering_connection_is_not_followed():
    steer = route("10.9.0.0/16", nat_gateway_id="nat-1")
    net = by_peering(db_table=table("rtb-db", "subnet-db", steer))
    assert net.flow(DB, TWO, "http").verdict == "unknown"


def test_gaps_of_listings_are_causes():
    records = [record for name, record in BASE.items() if name != "acl"]
    denied = Unknown.because(
        Why.DENIED, operation="ec2:DescribeNetworkAcls", actions=("ec2:DescribeNetworkAcls",)
    )
    net = type(network()).from_records(records, lambda _kind, _near: denied)
    (reason,) = {
        reason for reason in net.flow(WEB, DB, "mysql").reasons if reason.id == "acl-not-recorded"
    } & {reason for reason in net.flow(WEB, DB, "mysql").reasons if reason.subject == "subnet-db"}
    assert reason.causes == denied.causes


def test_an_attachment_of_another_kind_is_not_followed():
    net = by_transit(
        routes=(
            TransitGatewayRoute(
                destination_cidr_block="192.168.0.0/16", attachment_ids=("tgw-attach-9",)
            ),
        ),
        extra=(route("192.168.0.0/16", transit_gateway_id="tgw-1"),),
        ninth=attachment(9, resource_type="network-function"),
    )
    flow_answer = net.flow(WEB, Addresses(["192.168.1.1"]), "http")
    assert [reason.id for reason in flow_answer.reasons] == ["target-not-followed"]


def test_nat_gateways_that_lead_to_each_other_lead_nowhere():
    other = changed("nat", arn="arn:aws:ec2:eu-west-1:111122223333:natgateway/nat-2")
    other = evolve(other, nat_gateway_id="nat-2", subnet_id="subnet-db")
    far = "10.9.0.0/16"
    net = by_transit(
        db_table=table("rtb-db", "subnet-db", route(far, nat_gateway_id="nat-1")),
        web_table=table("rtb-web", "subnet-web", route(far, nat_gateway_id="nat-2")),
        other_nat=other,
    )
    assert net.flow(DB, TWO, "https").verdict == "stopped"
    matrix = net.matrix({"db": DB, "web": WEB, "two": TWO})
    for source in ("db", "web"):
        assert not matrix[source, "two"]
        assert not matrix.doubtful((source, "two"))


def test_nat_gateways_that_lead_to_each_other_lead_on_by_other_routes():
    other = changed("nat", arn="arn:aws:ec2:eu-west-1:111122223333:natgateway/nat-2")
    other = evolve(other, nat_gateway_id="nat-2", subnet_id="subnet-db")
    first, second = "10.9.0.0/17", "10.9.128.0/17"
    away = evolve(interface("eni-three", "subnet-three", "10.9.200.5", "sg-two"), vpc_id="vpc-2")
    net = by_transit(
        db_table=table(
            "rtb-db",
            "subnet-db",
            route(first, nat_gateway_id="nat-1"),
            route(second, transit_gateway_id="tgw-1"),
        ),
        web_table=table(
            "rtb-web",
            "subnet-web",
            route(first, transit_gateway_id="tgw-1"),
            route(second, nat_gateway_id="nat-2"),
        ),
        other_nat=other,
        three=away,
        two_subnet=None,
    )
    ends = {"db": DB, "web": WEB, "two": TWO, "three": Interfaces(["eni-three"])}
    matrix = net.matrix(ends)
    for source in ("db", "web"):
        for target in ("two", "three"):
            assert net.flow(ends[source], ends[target], "http").verdict == "unknown"
            assert TrafficSet.parse("http") & matrix.doubtful((source, target))
