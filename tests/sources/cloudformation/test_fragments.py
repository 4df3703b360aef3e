"""Templates that are a part of something larger: what they refer to is not in them."""

import textwrap

import pytest

RULE = """
Resources:
  Rule:
    Type: AWS::EC2::SecurityGroup{direction}
    Properties: {{{group} IpProtocol: tcp, FromPort: 22, ToPort: 22, {peer}}}
"""


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("GroupId: sg-0123,", "sg-0123"),
        ("GroupName: web,", "web"),
        ("GroupId: !Ref Web,", "<there is no parameter or resource 'Web'>"),
        ("GroupId: !GetAtt Web.GroupId,", "<there is no resource 'Web'>"),
        ("GroupId: !ImportValue web,", "<import web>"),
        ("", "<the group of Rule>"),
    ],
)
def test_a_rule_opens_a_group_that_is_elsewhere(group, name, judge_template):
    template = RULE.format(direction="Ingress", group=group, peer="CidrIp: 0.0.0.0/0")
    assert judge_template("open-security-groups", template) == {name: "fail"}


@pytest.mark.parametrize(
    ("direction", "peer"),
    [
        ("Ingress", "CidrIp: 10.0.0.0/8"),
        ("Ingress", "SourceSecurityGroupId: !Ref Other"),
        ("Egress", "CidrIp: 0.0.0.0/0"),
    ],
)
def test_what_else_a_group_elsewhere_admits_is_not_judged(direction, peer, judge_template):
    template = RULE.format(direction=direction, group="GroupId: sg-0123,", peer=peer)
    assert "sg-0123" not in judge_template("open-security-groups", template)


def test_a_group_elsewhere_does_not_shut_an_instance(judge_template):
    """Its other rules are not known, so that no packet is said to be stopped."""
    template = RULE.format(
        direction="Ingress", group="GroupId: sg-0123,", peer="CidrIp: 10.9.0.0/16"
    )
    instance = """
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Route:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, MapPublicIpOnLaunch: true}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  Web:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [sg-0123], ImageId: ami-1}
"""
    assert judge_template("admin-ingress", template + instance)["i-Web"] == "unknown"


def test_a_rule_finds_its_group_by_any_name(judge_template):
    template = """
    Resources:
      Web: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: web, GroupName: web}}
      Rule:
        Type: AWS::EC2::SecurityGroupIngress
        Properties:
          {GroupName: !Ref Web, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
    """
    assert judge_template("open-security-groups", template) == {"web": "fail"}


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ("FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0", "fail"),
        ("FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8", "pass"),
        ("IpProtocol: tcp, FromPort: 22, ToPort: 22, SourceSecurityGroupId: !Ref Peer", "pass"),
        ("IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Peer", "unknown"),
    ],
)
def test_rules_without_a_protocol_or_with_a_chosen_peer(rule, outcome, judge_template):
    template = f"""
    Parameters: {{Peer: {{Type: String}}}}
    Resources:
      Web:
        Type: AWS::EC2::SecurityGroup
        Properties: {{GroupDescription: web, SecurityGroupIngress: [{{{rule}}}]}}
    """
    assert judge_template("open-security-groups", template) == {"Web": outcome}


def test_a_tag_that_refers_to_nothing_costs_nothing_else(judge_template):
    template = """
    Resources:
      Web:
        Type: AWS::EC2::Instance
        Properties: {ImageId: !Ref Image, Tags: [{Key: Name, Value: !Ref Project}]}
    """
    name = "<there is no parameter or resource 'Project'>"
    assert judge_template("imdsv2", template)[name] == "fail"


def test_a_setting_that_refers_to_nothing_is_unknown(judge_template):
    template = """
    Resources:
      Data: {Type: AWS::EC2::Volume, Properties: {Encrypted: !Ref Encrypt}}
    """
    assert judge_template("ebs-encryption", template) == {"vol-Data": "unknown"}


@pytest.mark.parametrize("kind", ["LaunchTemplate", "LaunchConfiguration"])
@pytest.mark.parametrize(
    ("encrypted", "outcome"),
    [("Encrypted: true", "pass"), ("Encrypted: false", "fail"), ("VolumeSize: 8", "fail")],
)
def test_volumes_that_instances_will_get_are_judged(kind, encrypted, outcome, judge_template):
    data = f"BlockDeviceMappings: [{{DeviceName: /dev/sdb, Ebs: {{{encrypted}}}}}]"
    properties = f"LaunchTemplateData: {{{data}}}" if kind == "LaunchTemplate" else data
    service = "EC2" if kind == "LaunchTemplate" else "AutoScaling"
    template = f"""
    Resources:
      Web: {{Type: AWS::{service}::{kind}, Properties: {{{properties}}}}}
    """
    assert judge_template("ebs-encryption", template) == {"vol-Web-/dev/sdb": outcome}


def test_a_volume_of_a_launch_template_is_judged_once(judge_template):
    template = """
    Resources:
      Template:
        Type: AWS::EC2::LaunchTemplate
        Properties:
          LaunchTemplateData: {BlockDeviceMappings: [{DeviceName: sdb, Ebs: {VolumeSize: 8}}]}
      Web:
        Type: AWS::EC2::Instance
        Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: 1}}
    """
    assert judge_template("ebs-encryption", template) == {"vol-Template-sdb": "fail"}


STATEMENT = """
Resources:
  Data: {{Type: AWS::S3::Bucket}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Data
      PolicyDocument:
        Statement:
          - {{Effect: Allow, Action: s3:GetObject, Resource: !Sub '${{Data.Arn}}/*', {rest}}}
"""


@pytest.mark.parametrize(
    ("rest", "outcome"),
    [
        ("Principal: '*'", "fail"),
        ("Principal: {AWS: ['*', !Sub 'arn:aws:iam::${AWS::AccountId}:root']}", "fail"),
        ("NotPrincipal: {AWS: 'arn:aws:iam::123456789012:root'}", "fail"),
        (
            "Principal: '*', Condition: {StringLike: {'aws:Referer': 'https://a.example/*'}}",
            "fail",
        ),
        ("Principal: '*', Condition: {StringEquals: {'aws:SourceVpce': vpce-1}}", "fail"),
        ("Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}", "pass"),
    ],
)
def test_a_public_policy_shows_a_bucket_without_blocks(rest, outcome, judge_template):
    template = STATEMENT.format(rest=rest)
    assert judge_template("s3-exposure", template)["Data"] == outcome
    public = outcome == "fail" and "SourceVpce" not in rest
    block = judge_template("s3-public-access-block", template)["Data"]
    assert block == ("fail" if public else "pass")


@pytest.mark.parametrize("target", ["logs", "!Ref Logs", "!ImportValue logs"])
def test_logs_may_go_to_a_bucket_that_is_elsewhere(target, judge_template):
    template = f"""
    Resources:
      Data:
        Type: AWS::S3::Bucket
        Properties: {{LoggingConfiguration: {{DestinationBucketName: {target}}}}}
    """
    assert judge_template("s3-access-logging", template) == {"Data": "pass"}


@pytest.mark.parametrize(
    ("assigns", "vpc", "outcome"),
    [
        ("true", "vpc-1", "fail"),
        ("false", "vpc-1", "pass"),
        ("true", "!Ref Vpc", "pass"),
    ],
)
def test_a_subnet_whose_routes_are_elsewhere(assigns, vpc, outcome, judge_template):
    template = f"""
    Resources:
      Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
      Web:
        Type: AWS::EC2::Subnet
        Properties: {{VpcId: {vpc}, CidrBlock: 10.0.1.0/24, MapPublicIpOnLaunch: {assigns}}}
    """
    template = textwrap.dedent(template)
    assert judge_template("public-ip-assignment", template)["subnet-Web"] == outcome
