"""References that a template writes as plain texts: no ID and no ARN of AWS is a logical ID."""

import pytest

from cloudpack_baseline.sources.cloudformation.document import parse
from cloudpack_baseline.sources.cloudformation.meant_references import with_meant_references
from cloudpack_baseline.sources.cloudformation.nodes import NodeMapping

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: Vpc, InternetGatewayId: Gateway}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: Vpc}}
  Route:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: Gateway}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: Subnet, RouteTableId: Table}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: ssh, VpcId: Vpc}
  Rule:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: Group, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
  Server:
    Type: AWS::EC2::Instance
    Properties:
      NetworkInterfaces: [{DeviceIndex: 0, SubnetId: Subnet, GroupSet: [Group.GroupId]}]
"""


@pytest.mark.parametrize(
    ("control", "name"),
    [
        ("open-security-groups", "Group"),
        ("route-restriction", "subnet-Subnet"),
        ("admin-ingress", "i-Server"),
        ("vpc-flow-logs", "vpc-Vpc"),
    ],
)
def test_logical_ids_in_place_of_references(judge_template, control, name):
    assert judge_template(control, NETWORK)[name] == "fail"


def test_a_flow_log_of_a_logical_id(judge_template):
    log = """
  Log:
    Type: AWS::EC2::FlowLog
    Properties: {ResourceId: Vpc, ResourceType: VPC, TrafficType: ALL}
"""
    assert judge_template("vpc-flow-logs", NETWORK + log)["vpc-Vpc"] == "pass"


def test_a_listener_of_a_logical_id(judge_template):
    text = """
    Resources:
      Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
      Listener:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties:
          {LoadBalancerArn: Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward}]}
    """
    assert judge_template("load-balancer-tls", text) == {"Balancer": "fail"}


def properties(text):
    """A template with an instance, a role and a resource with these properties; and as meant."""
    others = "Web: {Type: AWS::EC2::Instance}, App: {Type: AWS::IAM::Role}"
    it = f"It: {{Type: AWS::X::Y, Properties: {text}}}"
    root = parse(f"Resources: {{{others}, {it}}}".encode())
    assert isinstance(root, NodeMapping)
    return root, with_meant_references(root)


@pytest.mark.parametrize(
    "text",
    [
        "{Name: Web}",
        "{InstanceId: i-Web}",
        "{InstanceId: web}",
        "{InstanceId: !Ref Web}",
        "{InstanceId: !Sub Web}",
        "{RoleName: App}",
        "{RoleId: App}",
        "{RoleArn: App}",
        "{RoleArn: Other.Arn}",
        "{RoleId: App.Arn}",
        "{InstanceIds: 1}",
        "Web",
    ],
)
def test_what_is_no_reference_stays(text):
    before, after = properties(text)
    assert after is before


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("{InstanceId: Web}", "Ref"),
        ("{InstanceIds: [a, Web]}", "Ref"),
        ("{Deep: [{InstanceId: Web}]}", "Ref"),
        ("{RoleArn: App.Arn}", "Fn::GetAtt"),
    ],
)
def test_what_is_a_reference(text, function):
    _, after = properties(text)
    assert f"'{function}'" in str(after.entries["Resources"].entries["It"])


@pytest.mark.parametrize("section", ["[]", "{It: {Type: AWS::X::Y}, Other: []}"])
def test_templates_without_properties(section):
    root = parse(f"Resources: {section}".encode())
    assert with_meant_references(root) is root
