"""segmentation (5.1.1)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_segmentation
from cloudpack_baseline.checks.network.ends import declared_ends
from cloudpack_baseline.checks.network.ends import required as required_services
from cloudpack_baseline.model.ec2 import (
    ManagedPrefixList,
    NetworkAcl,
    NetworkInterface,
    RouteTable,
    SecurityGroup,
)
from cloudpack_baseline.model.ec2_gateways import VpcBlockPublicAccessOptions, VpcEndpoint
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.reachability import IpSet
from cloudpack_baseline.testing.records import (
    ACCOUNT,
    ANYWHERE,
    SMALL_BASELINE,
    allow_all,
    network_interface,
    security_group,
    small_account,
    tcp,
)
from support import denied, world

OFFICE = "203.0.113.0/28"
WEB = security_group("sg-web", [tcp(443, ANYWHERE)], [allow_all()])
DB = security_group("sg-db", [tcp(3306, "sg-web")])


def account(web=WEB, db=DB, *more):
    """The small account, whose web server may connect to anybody."""
    return (*small_account(), web, db, *more)


def web_group(*permissions):
    return security_group("sg-web", permissions, [allow_all()])


SEGMENTS = SMALL_BASELINE["segments"]
TO_WEB, TO_DB = SMALL_BASELINE["flows"]


def baseline(*flows, **fields):
    return Baseline.from_mapping({"segments": SEGMENTS, "flows": list(flows), **fields})


def judged(declared, *records, gaps=None):
    return check_segmentation(world("segmentation", *records, gaps=gaps), declared)


def by_name(assessment):
    return {finding.resource.name: finding for finding in assessment.findings}


def test_declared_flows_pass():
    assessment = judged(baseline(TO_WEB, TO_DB), *account())
    assert assessment, assessment
    finding_by_name = by_name(assessment)
    assert finding_by_name["internet->web"].outcome is Outcome.PASS
    assert "tcp/443" in finding_by_name["internet->web"].observations[0].message.in_language("en")
    assert finding_by_name["db->web"].outcome is Outcome.PASS
    assert finding_by_name["eni-web"].outcome is Outcome.PASS
    kinds = {name: finding.resource.kind for name, finding in finding_by_name.items()}
    pairs = ("internet->web", "web->internet", "internet->db", "db->internet", "web->db", "db->web")
    assert kinds == dict.fromkeys(pairs, "Flow") | dict.fromkeys(
        ("eni-web", "eni-db"), "NetworkInterface"
    )


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
    web = web_group(tcp(443, ANYWHERE), tcp(22, ANYWHERE))
    finding = by_name(judged(baseline(TO_WEB, TO_DB), *account(web)))["internet->web"]
    assert finding.observations[0].read == "tcp/22"


def test_a_network_is_told_apart_from_the_internet():
    web = web_group(tcp(443, ANYWHERE), tcp(22, OFFICE))
    ssh = {"from": ["corporate"], "to": ["web"], "services": ["ssh"]}
    networks = {"corporate": [OFFICE]}
    good = judged(baseline(TO_WEB, TO_DB, ssh, networks=networks), *account(web))
    assert good, good
    # What the Internet may do, a network may do as well.
    assert by_name(good)["corporate->web"].outcome is Outcome.PASS
    wider = web_group(tcp(443, ANYWHERE), tcp(22, "203.0.113.0/27"))
    bad = by_name(judged(baseline(TO_WEB, TO_DB, ssh, networks=networks), *account(wider)))
    assert bad["corporate->web"].outcome is Outcome.PASS
    assert bad["internet->web"].observations[0].read == "tcp/22"
    assert "203.0.113.16" in bad["internet->web"].observations[0].witness.summary.in_language("en")


def test_overlapping_networks_may_each_do_what_one_of_them_may():
    web = web_group(tcp(22, "203.0.113.0/29"))
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


REQUIRED = TO_DB | {"required": True}


def test_a_required_flow_that_may_not_pass_is_unknown():
    hidden = evolve(DB, ip_permissions=denied("ec2:DescribeSecurityGroups"))
    finding = by_name(judged(baseline(TO_WEB, REQUIRED), *account(WEB, hidden)))["web->db"]
    (message,) = [
        observation.message.in_language("en")
        for observation in finding.observations
        if "is required" in observation.message.in_language("en")
    ]
    assert "whether it passes could not be determined" in message
    assert finding.outcome is Outcome.UNKNOWN
    (cause,) = finding.observations[0].causes
    assert cause.actions == ("ec2:DescribeSecurityGroups",)
    # What is only allowed need not pass.
    allowed = by_name(judged(baseline(TO_WEB, TO_DB), *account(WEB, hidden)))["web->db"]
    assert not any(
        "is required" in observation.message.in_language("en")
        for observation in allowed.observations
    )


def test_a_required_flow_of_interfaces_that_were_not_read_is_unknown():
    gap = {"NetworkInterface": denied("ec2:DescribeNetworkInterfaces")}
    dead = {"from": ["db"], "to": ["web"], "services": ["http"]}
    for required in (False, True):
        declared = baseline(TO_WEB, TO_DB, dead | {"required": required})
        finding = by_name(judged(declared, *account(), gaps=gap))["db->web"]
        assert finding.outcome is Outcome.UNKNOWN
        assert not finding.notes  # an interface that was not read may receive it
        (observation,) = finding.observations
        assert observation.causes[0].actions == ("ec2:DescribeNetworkInterfaces",)


def test_outgoing_connections_are_judged_once_one_is_declared():
    finding = by_name(judged(baseline(TO_WEB, TO_DB), *account()))["web->internet"]
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "all" in finding.observations[0].message.in_language("en")
    narrow = {"from": ["web"], "to": ["internet"], "services": ["https"]}
    bad = by_name(judged(baseline(TO_WEB, TO_DB, narrow), *account()))["web->internet"]
    assert bad.outcome is Outcome.FAIL
    wide = narrow | {"services": ["all"]}
    assert judged(baseline(TO_WEB, TO_DB, wide), *account())


def test_an_interface_in_no_segment_fails():
    stray = network_interface(
        "eni-stray", "10.0.1.20", subnet_id="subnet-x", description="ELB app/x"
    )
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
    nat = network_interface(
        "eni-nat", "10.0.1.30", subnet_id="subnet-web", interface_type="nat_gateway"
    )
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
    finding_by_name = by_name(judged(baseline(TO_WEB, TO_DB), *account(WEB, hidden)))
    assert finding_by_name["web->db"].outcome is Outcome.UNKNOWN
    message = finding_by_name["web->db"].observations[0].message
    assert "sg-db" in message.in_language("en")
    assert "sg-db" in message.in_language("ja")
    assert (
        finding_by_name["web->db"].observations[0].causes[0].operation
        == "ec2:DescribeSecurityGroups"
    )
    assert finding_by_name["internet->web"].outcome is Outcome.PASS


def test_groups_that_could_not_be_listed_are_unknown():
    records = [one for one in account() if not isinstance(one, SecurityGroup)]
    gap = denied("ec2:DescribeSecurityGroups")
    finding_by_name = by_name(
        judged(baseline(TO_WEB, TO_DB), *records, gaps={"SecurityGroup": gap})
    )
    assert finding_by_name["web->db"].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("kind", ["NetworkInterface"])
def test_interfaces_that_could_not_be_listed_are_unknown(kind):
    assessment = judged(baseline(TO_WEB), gaps={kind: denied("ec2:DescribeNetworkInterfaces")})
    assert assessment.counts["pass"] == assessment.counts["not applicable"] == 0
    assert not assessment


def test_interfaces_that_could_not_all_be_listed_leave_no_row_that_passes():
    web = web_group(tcp(443, ANYWHERE), tcp(22, ANYWHERE))
    gap = {"NetworkInterface": denied("ec2:DescribeNetworkInterfaces")}
    finding_by_name = by_name(judged(baseline(TO_WEB, TO_DB), *account(web), gaps=gap))
    assert finding_by_name["internet->web"].outcome is Outcome.FAIL
    assert (
        finding_by_name["web->db"].outcome is finding_by_name["db->web"].outcome is Outcome.UNKNOWN
    )
    (observation,) = finding_by_name["db->web"].observations
    assert observation.causes[0].actions == ("ec2:DescribeNetworkInterfaces",)


def test_a_declared_region_that_is_off_leaves_no_row_that_passes():
    snapshot = world("segmentation", *account())
    (place,) = snapshot.accounts
    off = evolve(snapshot, accounts=[evolve(place, regions_off=("eu-west-1",))])
    finding_by_name = by_name(check_segmentation(off, baseline(TO_WEB, TO_DB)))
    assert finding_by_name["web->db"].outcome is Outcome.UNKNOWN
    assert "eu-west-1" in finding_by_name["web->db"].observations[0].causes[0].detail


@pytest.mark.parametrize("kind", ["Subnet", "RouteTable", "NetworkAcl", "SecurityGroup", "Vpc"])
@pytest.mark.parametrize("half", [False, True], ids=["nothing", "half an answer"])
def test_a_row_that_fails_passes_under_no_denied_call(kind, half):
    web = web_group(tcp(443, ANYWHERE), tcp(22, ANYWHERE))
    records = [one for one in account(web) if half or type(one).__name__ != kind]
    gap = {kind: denied(f"ec2:Describe{kind}s")}
    finding_by_name = by_name(judged(baseline(TO_WEB, TO_DB), *records, gaps=gap))
    assert finding_by_name["internet->web"].outcome is not Outcome.PASS
    assert finding_by_name["web->internet"].outcome is not Outcome.PASS
    if finding_by_name["internet->web"].outcome is Outcome.UNKNOWN:
        (observation,) = finding_by_name["internet->web"].observations
        assert f"ec2:Describe{kind}s" in {cause.operation for cause in observation.causes}


def test_outgoing_connections_that_are_not_known_are_not_claimed():
    records = [one for one in account() if not isinstance(one, RouteTable)]
    gap = {"RouteTable": denied("ec2:DescribeRouteTables")}
    finding = by_name(judged(baseline(TO_WEB, TO_DB), *records, gaps=gap))["web->internet"]
    (observation,) = finding.observations
    assert observation.outcome is Outcome.NOT_APPLICABLE
    assert "could not be determined" in observation.message.in_language("en")


def test_what_is_declared_and_not_known_is_not_said_to_pass():
    records = [one for one in account() if not isinstance(one, RouteTable)]
    gap = {"RouteTable": denied("ec2:DescribeRouteTables")}
    finding = by_name(judged(baseline(TO_WEB, TO_DB), *records, gaps=gap))["internet->web"]
    (observation,) = finding.observations
    assert observation.outcome is Outcome.PASS  # nothing else can pass
    assert "tcp/443 passes could not be determined" in observation.message.in_language("en")


def test_segments_over_an_empty_account_judge_nothing():
    assessment = judged(baseline(TO_WEB, TO_DB))
    assert not assessment
    assert assessment.counts["pass"] == 0
    assert assessment.counts["unknown"] == 1
    assert by_name(assessment)["web"].outcome is Outcome.NOT_APPLICABLE
    (unread,) = (finding for finding in assessment.findings if finding.outcome is Outcome.UNKNOWN)
    (cause,) = unread.observations[0].causes
    assert (cause.why, cause.detail) == (Why.NOT_PROVIDED, "NetworkInterface")


def test_segments_that_no_interface_is_in_judge_nothing():
    stray = network_interface("eni-stray", groups=("sg-stray",))
    assessment = judged(baseline(TO_WEB, TO_DB), stray)
    assert [
        observation.message.id
        for finding in assessment.findings
        if finding.resource.kind == "Account"
        for observation in finding.observations
    ] == ["network.segments-empty"]


def test_a_segment_without_interfaces_is_reported_and_its_rows_judge_nothing():
    declared = Baseline.from_mapping(
        {"segments": [*SEGMENTS, {"name": "spare", "tags": {"Tier": "spare"}}]}
    )
    finding_by_name = by_name(judged(declared, *account()))
    assert finding_by_name["spare"].outcome is Outcome.NOT_APPLICABLE
    assert finding_by_name["spare"].resource.kind == "Segment"
    assert "Account" not in {finding.resource.kind for finding in finding_by_name.values()}
    assert "spare" in finding_by_name["spare"].observations[0].message.in_language("ja")
    assert (
        finding_by_name["spare->web"].outcome
        is finding_by_name["web->spare"].outcome
        is Outcome.NOT_APPLICABLE
    )
    for name in ("spare->web", "web->spare"):
        (observation,) = finding_by_name[name].observations
        assert observation.message.id == "network.segment-empty"


def test_segments_whose_interfaces_are_in_another_account_are_not_applicable():
    snapshot = world("segmentation", *account())
    (place,) = snapshot.accounts
    changed_place = evolve(place, id="210987654321")
    changed_snapshot = evolve(
        snapshot,
        accounts=[place, changed_place],
        coverage=[
            *snapshot.coverage,
            *(evolve(one, account=changed_place.id) for one in snapshot.coverage),
        ],
    )
    findings = check_segmentation(changed_snapshot, baseline(TO_WEB, TO_DB)).findings
    own = [finding for finding in findings if finding.resource.account == changed_place.id]
    assert {one.outcome for one in own} == {Outcome.NOT_APPLICABLE}


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
    talkative = security_group("sg-db", [tcp(3306, "sg-web")], [allow_all()])
    finding_by_name = by_name(judged(baseline(TO_WEB, TO_DB), *account(WEB, talkative)))
    assert finding_by_name["db->web"].outcome is Outcome.PASS
    web = web_group(tcp(443, ANYWHERE), tcp(22, "10.0.2.0/24"))
    finding_by_name = by_name(judged(baseline(TO_WEB, TO_DB), *account(web, talkative)))
    assert finding_by_name["db->web"].observations[0].read == "tcp/22"


def test_a_kind_that_was_not_gathered_is_the_cause():
    snapshot = world("segmentation", *account()).without(NetworkAcl, ACCOUNT)
    finding = by_name(check_segmentation(snapshot, baseline()))["internet->web"]
    (observation,) = finding.observations
    assert {cause.why for cause in observation.causes} == {Why.NOT_GATHERED}


def test_areas_of_networks_that_overlap():
    networks = {"a": ["10.0.0.0/15"], "b": ["10.1.0.0/16", "192.0.2.0/24"]}
    declared = declared_ends(Baseline.from_mapping({"networks": networks}), ())
    blocks = {end.name: end.end.blocks for end in declared if end.name != "internet"}
    assert blocks == {
        "a": IpSet.parse(["10.0.0.0/16"]),
        "a & b": IpSet.parse(["10.1.0.0/16"]),
        "b": IpSet.parse(["192.0.2.0/24"]),
    }


def test_a_required_flow_is_of_both_its_ends():
    flow = {"from": ["web"], "to": ["db"], "services": ["mysql"], "required": True}
    declared = baseline(TO_WEB, flow)
    ends = {end.name: end for end in declared_ends(declared, ())}
    pairs = {
        (source, target)
        for source in ends
        for target in ends
        for _, is_required in required_services(declared.flows, ends[source], ends[target])
        if is_required
    }
    assert pairs == {("web", "db")}


def notes(found, name):
    return " ".join(note.in_language("en") for note in found[name].notes)


def test_paths_that_are_not_followed_are_named():
    web = next(one for one in account() if getattr(one, "network_interface_id", "") == "eni-web")
    tunnel = evolve(
        web,
        arn="arn:aws:ec2:x:1:network-interface/eni-eice",
        name="eni-eice",
        network_interface_id="eni-eice",
        interface_type="ec2_instance_connect_endpoint",
        groups=denied("ec2:DescribeNetworkInterfaces"),
    )
    place = {"account": ACCOUNT, "region": web.region}
    lattice = ManagedPrefixList(
        arn="arn:aws:ec2:x:1:prefix-list/pl-9",
        **place,
        prefix_list_id="pl-9",
        prefix_list_name="com.amazonaws.ap-northeast-1.vpc-lattice",
        entries=("169.254.171.0/24",),
    )
    service = VpcEndpoint(
        arn="arn:aws:ec2:x:1:vpc-endpoint/vpce-1",
        **place,
        vpc_endpoint_id="vpce-1",
        vpc_endpoint_type="Interface",
        vpc_id="vpc-1",
        service_name="com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123",
        network_interface_ids=("eni-db",),
    )
    unread = security_group("sg-unread", ())
    records = account(
        security_group("sg-web", [tcp(443, "pl-9"), tcp(80, ANYWHERE)]),
        DB,
        tunnel,
        lattice,
        service,
        evolve(unread, ip_permissions=denied("ec2:DescribeSecurityGroups")),
    )
    finding_by_name = by_name(judged(baseline(), *records))
    assert "OpenTunnel" in notes(finding_by_name, "eni-eice")
    assert "vpce-svc-0123" in notes(finding_by_name, "eni-db")
    assert "VPC Lattice" in notes(finding_by_name, "eni-web")
    assert not notes(by_name(judged(baseline(), *account())), "eni-web")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"description": "ClientVPN Endpoint resource"}, "AWS Client VPN endpoint"),
        ({"tags": (("aws.cloudfront.vpcorigin", "enabled"),)}, "CloudFront reaches VPC origins"),
        ({"tags": (("aws.cloudfront.vpcorigin", "disabled"),)}, ""),
        ({"description": "of a server", "tags": denied("ec2:DescribeNetworkInterfaces")}, ""),
    ],
)
def test_interfaces_through_which_outsiders_come_in(fields, words):
    entry = evolve(next(r for r in account() if r.name == "eni-web"), **fields)
    others = [record for record in account() if record.name != "eni-web"]
    note = notes(by_name(judged(baseline(), *others, entry)), "eni-web")
    assert (words in note) if words else not note
