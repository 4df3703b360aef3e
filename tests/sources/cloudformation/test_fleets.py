"""Fleets of instances: what they launch is judged as instances and launch templates are."""

import pytest

NETWORK = """
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: "AWS::EC2::InternetGateway"}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Table: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  Route:
    Type: AWS::EC2::Route
    Properties:
      {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Front:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}
  Back: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Front, RouteTableId: !Ref Table}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: web
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]
  T:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-1
        SecurityGroupIds: [!Ref Web]
        MetadataOptions: {HttpTokens: required}
        BlockDeviceMappings: [{DeviceName: /dev/xvda, Ebs: {Encrypted: true}}]
  It: {Type: %s}
"""
SPECIFIED = (
    "AWS::EC2::SpotFleet, Properties: {SpotFleetRequestConfigData: {LaunchSpecifications: %s}}"
)
OF_TEMPLATES = (
    "AWS::EC2::SpotFleet, Properties: {SpotFleetRequestConfigData: {LaunchTemplateConfigs: %s}}"
)
FLEET = "AWS::EC2::EC2Fleet, Properties: {LaunchTemplateConfigs: %s}"
GROUP = "SecurityGroups: [{GroupId: !Ref Web}]"
OPEN = (
    "NetworkInterfaces: "
    "[{AssociatePublicIpAddress: true, SubnetId: !Ref Front, Groups: [!Ref Web]}]"
)
BACK = "{SubnetId: !Ref Back}"
SPECIFICATION = "LaunchTemplateSpecification: {LaunchTemplateId: !Ref T, Version: 1}"


@pytest.fixture
def judge(judge_template):
    """The outcomes of what the fleet launches."""

    def judged(control, fleet):
        outcomes = judge_template(control, NETWORK % fleet)
        apart = ("T", "subnet-Front", "subnet-Back", "vol-T-/dev/xvda")
        return {name: outcome for name, outcome in outcomes.items() if name not in apart}

    return judged


@pytest.mark.parametrize(
    ("specifications", "outcomes"),
    [
        (f"[{{ImageId: a, SubnetId: !Ref Front, {GROUP}}}]", {"i-It": "fail"}),
        (f"[{{ImageId: a, SubnetId: !Ref Back, {GROUP}}}]", {"i-It": "pass"}),
        (f'[{{SubnetId: !Join [", ", [!Ref Back, !Ref Front]], {GROUP}}}]', {"i-It": "fail"}),
        ("[{ImageId: a, SubnetId: !Ref Front}]", {"i-It": "pass"}),
        (f"[{{ImageId: a, {OPEN}}}]", {"i-It": "fail"}),
        (
            "[{ImageId: a, SubnetId: !Ref Front, SecurityGroups: !ImportValue g}]",
            {"i-It": "unknown"},
        ),
        ("[!ImportValue x]", {"i-It": "unknown"}),
        ("!ImportValue x", {"i-It": "unknown"}),
    ],
)
def test_who_reaches_the_instances_of_a_specification(judge, specifications, outcomes):
    assert judge("admin-ingress", SPECIFIED % specifications) == outcomes


def test_each_specification_is_judged(judge):
    fleet = SPECIFIED % f"[{{ImageId: a, SubnetId: !Ref Back}}, {{ImageId: a, {OPEN}}}]"
    assert judge("admin-ingress", fleet) == {"i-It": "pass", "i-It.1": "fail"}
    judged = judge("public-ip-assignment", fleet)
    assert (judged["It"], judged["It.1"]) == ("pass", "fail")


@pytest.mark.parametrize("fleet", [OF_TEMPLATES, FLEET])
@pytest.mark.parametrize(
    ("configs", "outcomes"),
    [
        (f"[{{{SPECIFICATION}, Overrides: [{{SubnetId: !Ref Front}}]}}]", {"i-It": "fail"}),
        (f"[{{{SPECIFICATION}, Overrides: [{{SubnetId: !Ref Back}}]}}]", {"i-It": "pass"}),
        (
            f"[{{{SPECIFICATION}, Overrides: [{BACK}, {{SubnetId: !Ref Front}}]}}]",
            {"i-It": "fail"},
        ),
        (f"[{{{SPECIFICATION}, Overrides: !ImportValue x}}]", {"i-It": "unknown"}),
        ("[{LaunchTemplateSpecification: {LaunchTemplateId: lt-1}}]", {"i-It": "unknown"}),
        ("[{Overrides: [{SubnetId: !Ref Front}]}]", {"i-It": "unknown"}),
        ("!ImportValue x", {"i-It": "unknown"}),
    ],
)
def test_who_reaches_the_instances_of_a_template(judge, fleet, configs, outcomes):
    assert judge("admin-ingress", fleet % configs) == outcomes


@pytest.mark.parametrize(
    "fleet",
    [
        "AWS::EC2::SpotFleet, Properties: {SpotFleetRequestConfigData: {}}",
        "AWS::EC2::SpotFleet",
        "AWS::EC2::EC2Fleet",
    ],
)
@pytest.mark.parametrize("control", ["admin-ingress", "imdsv2"])
def test_a_fleet_that_does_not_say_what_it_launches(judge, fleet, control):
    assert judge(control, fleet) == {"i-It": "unknown"}


def test_an_override_of_more_than_the_subnet_is_launched_apart(judge):
    overrides = "{SubnetId: !Ref Back, %s}, {SubnetId: !Ref Back}, {SubnetId: !Ref Back, %s}"
    apart = "BlockDeviceMappings: [{DeviceName: /dev/sdb, Ebs: {Encrypted: false}}]"
    fleet = FLEET % f"[{{{SPECIFICATION}, Overrides: [{overrides % (apart, apart)}]}}]"
    assert judge("ebs-encryption", fleet) == {"vol-It-/dev/sdb": "fail"}
    assert judge("imdsv2", fleet) == {"i-It": "pass", "i-It.1": "pass"}


@pytest.mark.parametrize(
    ("mappings", "outcomes"),
    [
        ("", {"vol-It-root": "fail"}),
        (
            ", BlockDeviceMappings: [{DeviceName: /dev/xvda, Ebs: {Encrypted: true}}]",
            {"vol-It-/dev/xvda": "pass"},
        ),
        (
            ", BlockDeviceMappings: [{DeviceName: /dev/xvda, Ebs: {Encrypted: false}}]",
            {"vol-It-/dev/xvda": "fail"},
        ),
        (", BlockDeviceMappings: !ImportValue x", {"*": "unknown"}),
    ],
)
def test_volumes_of_a_specification(judge, mappings, outcomes):
    judged = judge("ebs-encryption", SPECIFIED % f"[{{ImageId: a{mappings}}}]")
    assert judged == outcomes


def test_a_specification_has_no_metadata_options(judge):
    judged = judge("imdsv2", SPECIFIED % "[{ImageId: a}]")
    assert judged == {"i-It": "fail", "It": "fail"}
