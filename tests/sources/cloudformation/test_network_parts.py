"""What nothing connects in a network is judged separately, with the same verdicts."""

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudpack_baseline import assess, judging
from cloudpack_baseline.checks import check_of, entry_of
from cloudpack_baseline.checks.check import check
from cloudpack_baseline.checks.index import CheckEntry, connected_kinds
from cloudpack_baseline.model.ec2 import Instance, SecurityGroup
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.network_parts import changed_parts, part_around
from cloudpack_baseline.whitepaper import controls

CONNECTED = {
    "admin-ingress",
    "bastion-ingress",
    "database-isolation",
    "open-security-groups",
    "rds-public-access",
}
PARAMETERS = """
Parameters:
  Wide: {Type: String}
  Shared: {Type: 'AWS::EC2::VPC::Id'}
Conditions:
  IsWide: !Equals [!Ref Wide, 'yes']
Resources:
"""
OWN_VPC = """
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Route:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Associated:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Subnet}
"""
SERVERS = """
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: %(vpc)s, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: administrators
      VpcId: %(vpc)s
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: %(cidr)s}]
  Server:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-1, SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group]}
"""
CHILD = """
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://bucket.s3.amazonaws.com/child.yaml
      Parameters: {It: %s}
"""
CONDITIONAL = "!If [IsWide, 0.0.0.0/0, 192.0.2.0/24]"


def network(cidr, *, shared=False, child=""):
    vpc = "!Ref Shared" if shared else "!Ref Vpc"
    servers = SERVERS % {"vpc": vpc, "cidr": cidr}
    return PARAMETERS + ("" if shared else OWN_VPC) + servers + (child and CHILD % child)


def keys(snapshot, kind):
    return {record.name: record.key for record in snapshot.records if isinstance(record, kind)}


def outcomes(snapshot):
    return [
        (finding.control, finding.resource.key, finding.outcome, finding.notes)
        for finding in assess(snapshot, controls=sorted(CONNECTED)).findings
    ]


def outcomes_of_the_whole(snapshot):
    """The same, each scenario and each open listing judged over everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "changed_parts", lambda each: (None,) * len(each.alternatives))
        patch.setattr(judging, "part_around", lambda each, _: each)
        return outcomes(snapshot)


def test_the_controls_whose_findings_depend_on_what_the_network_connects():
    assert {id_ for id_ in controls() if check_of(id_).connected} == CONNECTED
    assert {id_ for id_ in controls() if entry_of(id_).connected} == CONNECTED
    assert {kind for id_ in CONNECTED for kind in entry_of(id_).reads} == connected_kinds()


@pytest.mark.parametrize(("kind", "expected"), [(SecurityGroup, True), (Bucket, False)])
def test_a_check_of_others_that_reads_more_is_not_judged_in_parts(kind, expected):
    declared = check(reads(kind), connected=True)(lambda _: ())
    assert CheckEntry.of(declared).connected is expected


def test_a_scenario_changes_the_network_of_its_template_only(gathered):
    snapshot = gathered(network(CONDITIONAL), network("192.0.2.0/24"), controls=["admin-ingress"])
    (part,) = changed_parts(snapshot)
    names = keys(snapshot, Instance)
    changed = {name for name, key in names.items() if key not in part.unchanged}
    assert changed == {"i-template.Server"}
    assert {*keys(part.snapshot, Instance)} == changed
    assert {*keys(part.snapshot, SecurityGroup)} == {"default", "template.Group"}
    assert outcomes(snapshot) == outcomes_of_the_whole(snapshot)


def test_what_a_scenario_adds_is_in_its_part(gathered):
    added = network("192.0.2.0/24") + (SERVERS % {"vpc": "!Ref Vpc", "cidr": "0.0.0.0/0"}).replace(
        "10.0.0.0/24", "10.0.1.0/24"
    ).replace("Subnet:", "Subnet2:").replace("Group:", "Group2:").replace(
        "Server:", "Server2:\n    Condition: IsWide"
    ).replace("!Ref Subnet", "!Ref Subnet2").replace("!Ref Group", "!Ref Group2")
    snapshot = gathered(added, network("192.0.2.0/24"), controls=["admin-ingress"])
    assert len(snapshot.alternatives) == 1
    judged = outcomes(snapshot)
    assert judged == outcomes_of_the_whole(snapshot)
    assert len([key for _, key, _, _ in judged if "Server2" in key]) == 1


def test_a_vpc_elsewhere_that_two_templates_name_connects_them(gathered):
    snapshot = gathered(
        network(CONDITIONAL, shared=True),
        network("192.0.2.0/24", shared=True),
        controls=["admin-ingress"],
    )
    assert changed_parts(snapshot) == (None,)
    assert outcomes(snapshot) == outcomes_of_the_whole(snapshot)


def test_so_does_a_transit_gateway_elsewhere_that_both_name(gathered):
    attachment = """
  Attachment:
    Type: AWS::EC2::TransitGatewayAttachment
    Properties: {TransitGatewayId: tgw-0a1b2c3d, VpcId: !Ref Vpc, SubnetIds: [!Ref Subnet]}
"""
    texts = [network(cidr) + attachment for cidr in (CONDITIONAL, "192.0.2.0/24")]
    assert changed_parts(gathered(*texts, controls=["admin-ingress"])) == (None,)


def test_what_is_in_no_vpc_may_change_everything(gathered):
    block = """
  Block:
    Type: AWS::EC2::VPCBlockPublicAccessOptions
    Properties:
      InternetGatewayBlockMode: !If [IsWide, block-bidirectional, block-ingress]
"""
    snapshot = gathered(
        network("0.0.0.0/0") + block, network("192.0.2.0/24"), controls=["admin-ingress"]
    )
    assert changed_parts(snapshot) == (None,)
    assert outcomes(snapshot) == outcomes_of_the_whole(snapshot)


def test_so_may_a_listing_that_lacks_something_in_one_scenario(gathered):
    snapshot = gathered(network(CONDITIONAL), network("192.0.2.0/24"), controls=["admin-ingress"])
    (alternative,) = snapshot.alternatives
    shorter = evolve(alternative, coverage=alternative.coverage[1:])
    assert changed_parts(evolve(snapshot, alternatives=(shorter,))) == (None,)


@pytest.mark.parametrize(
    ("passed", "changed"),
    [
        ("!If [IsWide, !Ref Group, x]", {"i-template.Server", "i-1-template.Server"}),
        ("x", {"i-template.Server"}),
    ],
)
def test_so_does_what_is_passed_to_a_template_that_nobody_read(gathered, passed, changed):
    snapshot = gathered(
        network(CONDITIONAL),
        network("192.0.2.0/24", child=passed),
        network("192.0.2.0/24"),
        controls=["admin-ingress"],
    )
    snapshot = evolve(snapshot, alternatives=snapshot.alternatives[:1])
    (part,) = changed_parts(snapshot)
    names = keys(snapshot, Instance)
    assert {name for name, key in names.items() if key not in part.unchanged} == changed
    assert outcomes(snapshot) == outcomes_of_the_whole(snapshot)


def test_another_template_that_nobody_read_may_change_everything(gathered):
    conditional = CHILD.replace("Stack\n", "Stack\n    Condition: IsWide\n") % "x"
    snapshot = gathered(
        network("192.0.2.0/24") + conditional, network("0.0.0.0/0"), controls=["admin-ingress"]
    )
    assert changed_parts(snapshot) == (None,) * len(snapshot.alternatives)
    assert outcomes(snapshot) == outcomes_of_the_whole(snapshot)


def test_a_part_contains_what_its_resources_are_connected_with(gathered):
    snapshot = gathered(network("0.0.0.0/0"), network("192.0.2.0/24"), controls=["admin-ingress"])
    names = keys(snapshot, Instance)
    part = part_around(snapshot, [names["i-template.Server"]])
    assert {*keys(part, Instance)} == {"i-template.Server"}
    assert part_around(snapshot, [names["i-template.Server"]]) is part
    assert part_around(snapshot, names.values()) is snapshot
    assert part_around(snapshot, ["of no VPC"]) is snapshot


CIDRS = st.sampled_from(["0.0.0.0/0", "192.0.2.0/24", CONDITIONAL])
PASSED = st.sampled_from(["", "x", "!Ref Group", "!Ref Vpc", "!If [IsWide, !Ref Server, x]"])
NETWORKS = st.builds(
    lambda cidr, shared, child: network(
        cidr, shared=shared, child=child.replace("Vpc", "Subnet") if shared else child
    ),
    CIDRS,
    st.booleans(),
    PASSED,
)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(NETWORKS, min_size=3, max_size=3))
def test_the_verdicts_are_those_of_the_whole(gathered, texts):
    snapshot = gathered(*texts, controls=sorted(CONNECTED))
    assert outcomes(snapshot) == outcomes_of_the_whole(snapshot)
