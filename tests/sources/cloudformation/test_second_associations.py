"""A subnet has one route table and one network ACL: of several, it is not known which stays."""

import pytest

from cloudpack_baseline.reachability import Interfaces, Internet, Network

NETWORK = """
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: "AWS::EC2::InternetGateway"}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Front:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: web
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]
  Server:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref Front, SecurityGroupIds: [!GetAtt Web.GroupId]}
  %(first)s: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  %(second)s: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  Route:
    Type: AWS::EC2::Route
    Properties:
      {RouteTableId: !Ref Public, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
"""
TABLE = """
  %(name)s:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Front, RouteTableId: !Ref %(of)s}
"""
ACL = """
  %(name)s:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties: {SubnetId: !Ref Front, NetworkAclId: !Ref %(of)s}
"""
ACLS = """
  Open: {Type: "AWS::EC2::NetworkAcl", Properties: {VpcId: !Ref Vpc}}
  Closed: {Type: "AWS::EC2::NetworkAcl", Properties: {VpcId: !Ref Vpc}}
  In:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Open
      RuleNumber: 1
      Protocol: -1
      RuleAction: allow
      CidrBlock: 0.0.0.0/0
  Out:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Open
      RuleNumber: 1
      Protocol: -1
      RuleAction: allow
      CidrBlock: 0.0.0.0/0
      Egress: true
"""
TABLES = ("Public", "Private")


def verdict(gathered, text):
    network = Network.from_records(gathered(text).records)
    return network.flow(Internet(), Interfaces(["eni-Server"]), "tcp", 22).verdict


def in_tables(*tables):
    text = NETWORK % dict(zip(("first", "second"), TABLES, strict=True))
    for number, table in enumerate(tables):
        text += TABLE % {"name": f"A{number}", "of": table}
    return text


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (["Public"], "open"),
        (["Private"], "stopped"),
        (["Public", "Public"], "open"),
        (["Public", "Private"], "unknown"),
        (["Private", "Public"], "unknown"),
        (["Private", "Public", "Private"], "unknown"),
        ([], "stopped"),
    ],
)
def test_a_subnet_with_several_tables(gathered, tables, expected):
    assert verdict(gathered, in_tables(*tables)) == expected


@pytest.mark.parametrize(
    ("acls", "expected"),
    [
        (["Open"], "open"),
        (["Closed"], "stopped"),
        (["Open", "Closed"], "unknown"),
        (["Closed", "Open"], "unknown"),
        ([], "open"),
    ],
)
def test_a_subnet_with_several_acls(gathered, acls, expected):
    text = in_tables("Public") + ACLS
    for number, acl in enumerate(acls):
        text += ACL % {"name": f"B{number}", "of": acl}
    assert verdict(gathered, text) == expected


def test_a_subnet_that_is_elsewhere_may_be_another_one(gathered):
    text = in_tables("Public") + TABLE % {"name": "B", "of": "Private"}
    text = text.replace("SubnetId: !Ref Front, R", "SubnetId: !ImportValue front, R")
    associations = [
        record.associations
        for record in gathered(text).records
        if type(record).__name__ == "RouteTable"
    ]
    assert all(isinstance(several, tuple) for several in associations)
