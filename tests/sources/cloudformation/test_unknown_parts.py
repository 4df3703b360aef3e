"""A part of which nothing is known may say anything of what it may belong to."""

import pytest

from cloudpack_baseline.model.ec2 import RouteTable

NETWORK = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
  Net:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}
  Gateway: {Type: "AWS::EC2::InternetGateway"}
  Table: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  Other: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  Uses:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Net}
"""
MACRO = "Fn::Transform: {Name: Ours}"


def route(properties, table="Table"):
    named = f"RouteTableId: !Ref {table}, " if table else ""
    return f"{{Type: 'AWS::EC2::Route', Properties: {{{named}{properties}}}}}"


@pytest.mark.parametrize(
    ("addition", "outcome"),
    [
        ("", "pass"),
        (f"  R: {route('DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway')}\n", "fail"),
        # Routes that cannot be seen are taken to lead to the internet.
        (f"  R: {route(MACRO)}\n", "fail"),
        (f"  R: {route(MACRO, table='')}\n", "fail"),
        (f"  R: {route(MACRO, table='Other')}\n", "pass"),
        (
            f"  Fn::ForEach::R: [N, !Ref Names, {{'R${{N}}': {route('GatewayId: !Ref N')}}}]\n",
            "fail",
        ),
        (f"  Fn::ForEach::R: [N, !Ref Names, {{'R${{N}}': {route('A: b', 'Other')}}}]\n", "pass"),
        ("  Fn::ForEach::R: [N, !Ref Names, {'Q${N}': {Type: 'AWS::SQS::Queue'}}]\n", "pass"),
    ],
)
def test_a_route_of_which_nothing_is_known(judge_template, addition, outcome):
    judged = judge_template("public-ip-assignment", NETWORK + addition)
    assert judged["subnet-Net"] == outcome


def test_several_routes_of_which_nothing_is_known_are_one_of_each_table(gathered):
    """Else as many macros as tables would take the square of their number."""
    macros = [f"  R{number}: {route(MACRO, table='')}\n" for number in range(3)]
    in_one = f"  Q: {route(MACRO, table='Other')}\n"
    snapshot = gathered("".join((NETWORK, in_one, *macros)), controls=["public-ip-assignment"])
    tables = {
        table.route_table_id: table.routes for table in snapshot.all(RouteTable, "000000009999")
    }
    assert {name: len(routes) for name, routes in tables.items()} == {
        "rtb-Table": 2,
        "rtb-Other": 2,
        "rtb-main-of-vpc-Vpc": 1,
    }


BUCKETS = """
Resources:
  One: {Type: "AWS::S3::Bucket", Properties: {BucketName: one}}
  Two: {Type: "AWS::S3::Bucket", Properties: {BucketName: two}}
"""


@pytest.mark.parametrize("properties", [f"Bucket: !Ref One, {MACRO}", MACRO])
def test_a_bucket_policy_of_which_nothing_is_known(judge_template, properties):
    """Any bucket may have it: what a macro makes of the name is not known either."""
    policy = f"  P: {{Type: 'AWS::S3::BucketPolicy', Properties: {{{properties}}}}}\n"
    assert set(judge_template("s3-exposure", BUCKETS + policy).values()) == {"unknown"}


def test_a_part_that_is_no_object_is_a_gap(judge_template):
    policy = "  P: {Type: 'AWS::S3::BucketPolicy', Properties: [1]}\n"
    assert set(judge_template("s3-exposure", BUCKETS + policy).values()) == {"unknown"}
