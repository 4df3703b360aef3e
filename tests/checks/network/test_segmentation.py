"""segmentation (5.1.1)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_segmentation
from cloudpack_baseline.model.ec2 import (
    IpPermission,
    NetworkAcl,
    NetworkAclEntry,
    NetworkInterface,
    NetworkInterfacePrivateIpAddress,
    Route,
    RouteTable,
    RouteTableAssociation,
    SecurityGroup,
    Subnet,
    UserIdGroupPair,
    Vpc,
)
from cloudpack_baseline.model.ec2_gateways import (
    GatewayAttachment,
    InternetGateway,
    VpcBlockPublicAccessOptions,
)
from support import ACCOUNT, REGION, denied, world

EVERYONE = "0.0.0.0/0"
OFFICE = "203.0.113.0/28"


def held(kind, name):
    return {
        "arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/{name}",
        "account": ACCOUNT,
        "region": REGION,
        "name": name,
    }


def tcp(port, *, cidrs=(), groups=()):
    return IpPermission(
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        ip_ranges=tuple(cidrs),
        user_id_group_pairs=tuple(UserIdGroupPair(group_id=group) for group in groups),
    )


def group(name, *permissions, egress=None):
    everything = IpPermission(ip_protocol="-1", ip_ranges=(EVERYONE,))
    return SecurityGroup(
        **held("security-group", f"sg-{name}"),
        group_id=f"sg-{name}",
        vpc_id="vpc-1",
        ip_permissions=permissions,
        ip_permissions_egress=(everything,) if egress is None else egress,
    )


def subnet(name, cidr):
    return Subnet(
        **held("subnet", f"subnet-{name}"),
        subnet_id=f"subnet-{name}",
        vpc_id="vpc-1",
        cidr_block=cidr,
        tags=(("Tier", name),),
    )


def interface(name, address, public=None, **changes):
    plain = held("network-interface", f"eni-{name}") | {
        "network_interface_id": f"eni-{name}",
        "vpc_id": "vpc-1",
        "subnet_id": f"subnet-{name}",
        "groups": (f"sg-{name}",),
        "private_ip_addresses": (
            NetworkInterfacePrivateIpAddress(
                private_ip_address=address, primary=True, public_ip=public
            ),
        ),
    }
    return NetworkInterface(**(plain | changes))


def everything_acl():
    def entry(number, action, *, egress):
        return NetworkAclEntry(
            rule_number=number,
            egress=egress,
            protocol="-1",
            rule_action=action,
            cidr_block=EVERYONE,
        )

    return NetworkAcl(
        **held("network-acl", "acl-1"),
        network_acl_id="acl-1",
        vpc_id="vpc-1",
        is_default=True,
        subnet_ids=("subnet-web", "subnet-db"),
        entries=tuple(
            entry(number, action, egress=egress)
            for egress in (False, True)
            for number, action in ((100, "allow"), (32767, "deny"))
        ),
    )


WEB = group("web", tcp(443, cidrs=[EVERYONE]))
DB = group("db", tcp(3306, groups=["sg-web"]), egress=())


def account(web=WEB, db=DB, *more):
    return (
        Vpc(**held("vpc", "vpc-1"), vpc_id="vpc-1", cidr_blocks=("10.0.0.0/16",)),
        subnet("web", "10.0.1.0/24"),
        subnet("db", "10.0.2.0/24"),
        RouteTable(
            **held("route-table", "rtb-1"),
            route_table_id="rtb-1",
            vpc_id="vpc-1",
            associations=(RouteTableAssociation(main=True),),
            routes=(
                Route(
                    destination_cidr_block="10.0.0.0/16",
                    gateway_id="local",
                    origin="CreateRouteTable",
                ),
                Route(destination_cidr_block=EVERYONE, gateway_id="igw-1"),
            ),
        ),
        InternetGateway(
            **held("internet-gateway", "igw-1"),
            internet_gateway_id="igw-1",
            attachments=(GatewayAttachment(vpc_id="vpc-1"),),
        ),
        VpcBlockPublicAccessOptions(
            **held("vpc-block-public-access-options", "options"), internet_gateway_block_mode="off"
        ),
        everything_acl(),
        web,
        db,
        interface("web", "10.0.1.10", public="198.51.100.10"),
        interface("db", "10.0.2.10"),
        *more,
    )


SEGMENTS = [{"name": "web", "tags": {"Tier": "web"}}, {"name": "db", "tags": {"Tier": "db"}}]
TO_WEB = {"from": ["internet"], "to": ["web"], "services": ["https"]}
TO_DB = {"from": ["web"], "to": ["db"], "services": ["mysql"]}


def baseline(*flows, **more):
    return Baseline.from_mapping({"segments": SEGMENTS, "flows": list(flows), **more})


def judged(declared, *records, gaps=None):
    return check_segmentation(world("segmentation", *records, gaps=gaps), declared)


def by_name(assessment):
    return {one.resource.name: one for one in assessment.findings}


def test_declared_flows_pass():
    assessment = judged(baseline(TO_WEB, TO_DB), *account())
    assert assessment, assessment
    found = by_name(assessment)
    assert found["internet->web"].outcome is Outcome.PASS
    assert "tcp/443" in found["internet->web"].observations[0].message.in_language("en")
    assert found["db->web"].outcome is Outcome.PASS
    assert found["eni-web"].outcome is Outcome.PASS


def test_no_segment_is_not_applicable_and_says_so():
    assessment = judged(Baseline(), *account())
    assert assessment.judged == 0
    assert "[[segments]]" in assessment.findings[0].observations[0].message.in_language("ja")


def test_an_undeclared_flow_fails_with_packet_and_hops():
    finding = by_name(judged(baseline(TO_WEB), *account()))["web->db"]
    assert finding.outcome is Outcome.FAIL
    (observation,) = finding.observations
    assert observation.read == "tcp/3306"
    witness = observation.witness
    assert "10.0.1.10" in witness.summary.in_language("en")
    assert "10.0.2.10" in witness.summary.in_language("en")
    assert any("sg-db" in step.in_language("en") for step in witness.steps)


def test_more_than_the_declared_is_surplus():
    web = group("web", tcp(443, cidrs=[EVERYONE]), tcp(22, cidrs=[EVERYONE]))
    finding = by_name(judged(baseline(TO_WEB, TO_DB), *account(web)))["internet->web"]
    assert finding.observations[0].read == "tcp/22"


def test_a_network_is_told_apart_from_the_internet():
    web = group("web", tcp(443, cidrs=[EVERYONE]), tcp(22, cidrs=[OFFICE]))
    ssh = {"from": ["corporate"], "to": ["web"], "services": ["ssh"]}
    networks = {"corporate": [OFFICE]}
    good = judged(baseline(TO_WEB, TO_DB, ssh, networks=networks), *account(web))
    assert good, good
    # What the Internet may do, a network may do as well.
    assert by_name(good)["corporate->web"].outcome is Outcome.PASS
    wider = group("web", tcp(443, cidrs=[EVERYONE]), tcp(22, cidrs=["203.0.113.0/27"]))
    bad = by_name(judged(baseline(TO_WEB, TO_DB, ssh, networks=networks), *account(wider)))
    assert bad["corporate->web"].outcome is Outcome.PASS
    assert bad["internet->web"].observations[0].read == "tcp/22"
    assert "203.0.113.16" in bad["internet->web"].observations[0].witness.summary.in_language("en")


def test_overlapping_networks_may_each_do_what_one_of_them_may():
    web = group("web", tcp(22, cidrs=["203.0.113.0/29"]))
    networks = {"corporate": ["203.0.113.0/28"], "desk": ["203.0.113.0/29"]}
    ssh = {"from": ["desk"], "to": ["web"], "services": ["ssh"]}
    assessment = judged(baseline(TO_DB, ssh, networks=networks), *account(web))
    assert assessment, assessment
    assert "corporate & desk->web" in by_name(assessment)


def test_a_dead_flow_is_a_note_and_fails_where_required():
    dead = {"from": ["web"], "to": ["db"], "services": ["mysql", "postgresql"]}
    finding = by_name(judged(baseline(TO_WEB, dead), *account()))["web->db"]
    assert finding.outcome is Outcome.PASS
    assert "postgresql" in finding.notes[0].in_language("en")
    wanted = dead | {"required": True}
    finding = by_name(judged(baseline(TO_WEB, wanted), *account()))["web->db"]
    assert finding.outcome is Outcome.FAIL
    assert "postgresql" in finding.observations[0].message.in_language("ja")
    assert "sg-db" in finding.observations[0].read


def test_outgoing_connections_are_judged_once_one_is_declared():
    shown = by_name(judged(baseline(TO_WEB, TO_DB), *account()))["web->internet"]
    assert shown.outcome is Outcome.NOT_APPLICABLE
    assert "all" in shown.observations[0].message.in_language("en")
    narrow = {"from": ["web"], "to": ["internet"], "services": ["https"]}
    bad = by_name(judged(baseline(TO_WEB, TO_DB, narrow), *account()))["web->internet"]
    assert bad.outcome is Outcome.FAIL
    wide = narrow | {"services": ["all"]}
    assert judged(baseline(TO_WEB, TO_DB, wide), *account())


def test_an_interface_in_no_segment_fails():
    stray = interface("stray", "10.0.1.20", subnet_id="subnet-x", description="ELB app/x")
    finding = by_name(judged(baseline(TO_WEB, TO_DB), *account(WEB, DB, stray)))["eni-stray"]
    assert finding.outcome is Outcome.FAIL
    assert "ELB app/x" in finding.observations[0].message.in_language("en")


def test_an_interface_in_two_segments_fails():
    declared = Baseline.from_mapping(
        {"segments": [*SEGMENTS, {"name": "all", "cidrs": ["10.0.0.0/16"]}], "flows": []}
    )
    finding = by_name(judged(declared, *account()))["eni-web"]
    assert finding.outcome is Outcome.FAIL
    assert "web, all" in finding.observations[0].message.in_language("en")


def test_what_forwards_is_in_no_segment():
    nat = interface("nat", "10.0.1.30", subnet_id="subnet-web", interface_type="nat_gateway")
    assert "eni-nat" not in by_name(judged(baseline(TO_WEB, TO_DB), *account(WEB, DB, nat)))


def test_a_membership_in_doubt_is_unknown():
    records = [
        evolve(one, tags=denied("ec2:DescribeTags")) if isinstance(one, NetworkInterface) else one
        for one in account()
    ]
    assessment = judged(baseline(TO_WEB, TO_DB), *records)
    assert by_name(assessment)["eni-web"].outcome is Outcome.UNKNOWN


def test_an_unreadable_group_makes_only_its_flows_unknown():
    hidden = evolve(DB, ip_permissions=denied("ec2:DescribeSecurityGroups"))
    found = by_name(judged(baseline(TO_WEB, TO_DB), *account(WEB, hidden)))
    assert found["web->db"].outcome is Outcome.UNKNOWN
    message = found["web->db"].observations[0].message
    assert "sg-db" in message.in_language("en")
    assert "sg-db" in message.in_language("ja")
    assert found["web->db"].observations[0].causes[0].operation == "ec2:DescribeSecurityGroups"
    assert found["internet->web"].outcome is Outcome.PASS


def test_groups_that_could_not_be_listed_are_unknown():
    records = [one for one in account() if not isinstance(one, SecurityGroup)]
    gap = denied("ec2:DescribeSecurityGroups")
    found = by_name(judged(baseline(TO_WEB, TO_DB), *records, gaps={"SecurityGroup": gap}))
    assert found["web->db"].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("kind", ["NetworkInterface"])
def test_interfaces_that_could_not_be_listed_are_unknown(kind):
    assessment = judged(baseline(TO_WEB), gaps={kind: denied("ec2:DescribeNetworkInterfaces")})
    assert assessment.counts["unknown"] == 1
    assert not assessment


def test_a_required_flow_to_an_empty_segment_has_no_packet_to_show():
    declared = Baseline.from_mapping(
        {
            "segments": [*SEGMENTS, {"name": "app", "tags": {"Tier": "app"}}],
            "flows": [
                TO_WEB,
                TO_DB,
                {"from": ["web"], "to": ["app"], "services": ["http"], "required": True},
            ],
        }
    )
    finding = by_name(judged(declared, *account()))["web->app"]
    assert finding.outcome is Outcome.FAIL
    assert finding.observations[0].witness is None


def test_what_is_in_doubt_but_declared_passes():
    records = [one for one in account() if not isinstance(one, VpcBlockPublicAccessOptions)]
    finding = by_name(judged(baseline(TO_WEB, TO_DB), *records))["internet->web"]
    assert finding.outcome is Outcome.PASS
    surplus = by_name(judged(baseline(TO_DB), *records))["internet->web"]
    assert surplus.outcome is Outcome.UNKNOWN


def test_what_is_open_to_the_internet_is_open_to_the_own_segments():
    talkative = group("db", tcp(3306, groups=["sg-web"]))
    found = by_name(judged(baseline(TO_WEB, TO_DB), *account(WEB, talkative)))
    assert found["db->web"].outcome is Outcome.PASS
    web = group("web", tcp(443, cidrs=[EVERYONE]), tcp(22, cidrs=["10.0.2.0/24"]))
    found = by_name(judged(baseline(TO_WEB, TO_DB), *account(web, talkative)))
    assert found["db->web"].observations[0].read == "tcp/22"
