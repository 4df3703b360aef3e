"""Instances of templates, what they are launched from, and their interfaces and volumes."""

import pytest

from cloudpack_baseline.model.ec2 import DEFAULT_VPC, Instance, NetworkInterface
from cloudpack_baseline.model.ec2_posture import LaunchTemplate
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.elbv2 import TargetGroup
from cloudpack_baseline.model.values import Unknown
from sources.cloudformation.test_services import from_internet, interfaces, of_kind, only, template

REQUIRED = "{HttpTokens: required}"


def server(**properties):
    lines = [f"    {key}: {value}\n" for key, value in properties.items()]
    return template("Server:\n  Type: AWS::EC2::Instance\n  Properties:\n" + "".join(lines))


IN_A = {"SubnetId": "!Ref A", "SecurityGroupIds": "[!Ref Open]"}


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ({"MetadataOptions": REQUIRED}, "pass"),
        ({"MetadataOptions": "{HttpTokens: optional}"}, "fail"),
        ({"MetadataOptions": "{HttpEndpoint: disabled}"}, "pass"),
        ({"MetadataOptions": "{HttpTokens: !Ref Anything}"}, "unknown"),
        ({"MetadataOptions": "!Ref Anything"}, "unknown"),
        ({"ImageId": "ami-12345678"}, "fail"),
        ({}, "fail"),
        (
            {
                "ImageId": "'{{resolve:ssm:/aws/service/ami-amazon-linux-latest/"
                "al2023-ami-kernel-default-x86_64}}'"
            },
            "unknown",
        ),
        ({"LaunchTemplate": "{LaunchTemplateId: lt-12345678, Version: '1'}"}, "unknown"),
    ],
)
def test_the_metadata_of_an_instance(judge_template, properties, outcome):
    assert judge_template("imdsv2", server(**IN_A, **properties)) == {"i-Server": outcome}


@pytest.mark.parametrize(("image", "outcome"), [("al2023-x86_64", "unknown"), ("amzn2", "fail")])
def test_the_image_that_a_stored_parameter_names(judge_template, image, outcome):
    path = f"/aws/service/ami-amazon-linux-latest/{image}"
    parameter = f'{{Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: {path}}}'
    text = server(**IN_A, ImageId="!Ref Image").replace(
        "Parameters:\n", f"Parameters:\n  Image: {parameter}\n", 1
    )
    assert judge_template("imdsv2", text) == {"i-Server": outcome}


TEMPLATE = """
Launch:
  Type: AWS::EC2::LaunchTemplate
  Properties:
    LaunchTemplateName: web
    LaunchTemplateData: {ImageId: ami-12345678, %s}
"""


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        ("MetadataOptions: {HttpTokens: required}", "pass"),
        ("MetadataOptions: {HttpTokens: optional}", "fail"),
        ("MetadataOptions: {HttpTokens: !Ref Anything}", "unknown"),
        ("InstanceType: t3.micro", "fail"),
    ],
)
def test_the_metadata_of_a_launch_template(judge_template, data, outcome):
    assert judge_template("imdsv2", template(TEMPLATE % data)) == {"web": outcome}


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        ("NetworkInterfaces: [{AssociatePublicIpAddress: true}]", "fail"),
        ("NetworkInterfaces: [{AssociatePublicIpAddress: 'false'}]", "pass"),
        ("NetworkInterfaces: [{AssociatePublicIpAddress: !Ref Anything}]", "unknown"),
        ("NetworkInterfaces: !Ref Anything", "unknown"),
        ("InstanceType: t3.micro", "pass"),
    ],
)
def test_the_public_address_of_a_launch_template(judge_template, data, outcome):
    assert judge_template("public-ip-assignment", template(TEMPLATE % data))["web"] == outcome


GROUP = """
Group:
  Type: AWS::AutoScaling::AutoScalingGroup
  Properties:
    VPCZoneIdentifier: %s
    TargetGroupARNs: [!Ref Targets]
    MaxSize: "1"
    MinSize: "1"
    Tags: [{Key: Tier, Value: web, PropagateAtLaunch: true}, {Key: x, Value: "1"}]
    %s
Targets:
  Type: AWS::ElasticLoadBalancingV2::TargetGroup
  Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: TCP}
"""
BY_TEMPLATE = "LaunchTemplate: {LaunchTemplateId: !Ref Launch, Version: '1'}"
WITH_INTERFACE = (
    "SecurityGroupIds: [!Ref Open], NetworkInterfaces: [{AssociatePublicIpAddress: true, "
    "Groups: [!Ref Open]}]"
)
MIXED = (
    "MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: "
    "{LaunchTemplateName: web, Version: '1'}}}"
)


@pytest.mark.parametrize("reference", [BY_TEMPLATE, MIXED])
def test_the_instances_of_a_group(gathered, reference):
    snapshot = gathered(
        template(GROUP % ("[!Ref A, !Ref B]", reference) + TEMPLATE % WITH_INTERFACE)
    )
    instance = only(snapshot, Instance)
    assert (instance.instance_id, dict(instance.tags)) == ("i-Group", {"Tier": "web"})
    assert instance.security_groups == ("sg-Open",)
    assert set(interfaces(snapshot)) == {"eni-Group", "eni-Group-1"}
    assert from_internet(snapshot, "eni-Group", 22) == "open"
    assert from_internet(snapshot, "eni-Group-1", 22) == "stopped"
    assert [target.id for target in only(snapshot, TargetGroup).targets] == ["i-Group"]


@pytest.mark.parametrize(
    ("properties", "targets"),
    [
        ("TargetGroupARNs: [!Ref Targets]", ("i-Group",)),
        ("TrafficSources: [{Identifier: !Ref Targets, Type: elbv2}]", ("i-Group",)),
        ("TrafficSources: [{Identifier: classic, Type: elb}]", None),
        ("TrafficSources: !Ref Anything", None),
        ("HealthCheckType: ELB", None),
    ],
)
def test_a_group_registers_its_instances(gathered, properties, targets):
    group = GROUP.replace("TargetGroupARNs: [!Ref Targets]", properties)
    snapshot = gathered(
        template(group % ("[!Ref A]", BY_TEMPLATE) + TEMPLATE % "InstanceType: t3.micro")
    )
    registered = only(snapshot, TargetGroup).targets
    if targets is None:
        assert isinstance(registered, Unknown)
    else:
        assert tuple(target.id for target in registered) == targets


@pytest.mark.parametrize(
    ("interface", "subnets"),
    [
        ("{SubnetId: !Ref A, Groups: [!Ref Open]}", {"subnet-A"}),
        ("{SubnetId: !Ref A, Groups: [!ImportValue groups]}", {"subnet-A"}),
        ("{SubnetId: !ImportValue net}", {"<import net>"}),
        ("{Groups: [!Ref Open]}", {"<default subnet>"}),
    ],
)
def test_a_group_without_subnets_has_that_of_its_launch_template(gathered, interface, subnets):
    text = template(
        GROUP.replace("VPCZoneIdentifier: %s", "") % BY_TEMPLATE
        + TEMPLATE % f"NetworkInterfaces: [{interface}]"
    )
    subnet_ids = {record.subnet_id for record in interfaces(gathered(text)).values()}
    assert subnet_ids == subnets


OTHER = TEMPLATE.replace("Launch:", "Other:").replace(
    "LaunchTemplateName: web", "LaunchTemplateName: other"
)
OVERRIDDEN = (
    "MixedInstancesPolicy: {LaunchTemplate: {LaunchTemplateSpecification: "
    "{LaunchTemplateName: web, Version: '1'}, Overrides: [%s]}}"
)
TO_OTHER = "LaunchTemplateSpecification: {LaunchTemplateName: other, Version: '1'}"


@pytest.mark.parametrize(
    ("overrides", "instances"),
    [
        ("{InstanceType: m5.large}, {InstanceType: m6i.large}", {"i-Group"}),
        (
            f"{{InstanceType: m5.large}}, {{InstanceType: m7g.large, {TO_OTHER}}}",
            {"i-Group", "i-Group.1"},
        ),
        # The first launch template is not used where each override has its own.
        (
            f"{{InstanceType: m7g.large, {TO_OTHER}}}, {{InstanceType: c7g.large, {TO_OTHER}}}",
            {"i-Group"},
        ),
        (
            "{InstanceType: m5.large, ImageId: ami-1}, {InstanceType: m6i.large}",
            {"i-Group", "i-Group.1"},
        ),
    ],
)
def test_the_overrides_of_a_group(gathered, overrides, instances):
    launch = TEMPLATE % WITH_INTERFACE + OTHER % "SecurityGroupIds: [!Ref Open]"
    snapshot = gathered(template(GROUP % ("[!Ref A, !Ref B]", OVERRIDDEN % overrides) + launch))
    assert {record.instance_id for record in of_kind(snapshot, Instance).values()} == instances
    assert len(interfaces(snapshot)) == 2 * len(instances)
    targets = {target.id for target in only(snapshot, TargetGroup).targets}
    assert targets == instances


@pytest.mark.parametrize(
    ("overrides", "outcome"),
    [
        ("{InstanceType: m5.large}", "pass"),
        (f"{{InstanceType: m5.large}}, {{InstanceType: m7g.large, {TO_OTHER}}}", "fail"),
        ("{LaunchTemplateSpecification: {LaunchTemplateName: elsewhere, Version: '1'}}", "unknown"),
        ("!Ref Anything", "unknown"),
    ],
)
def test_an_override_with_another_launch_template_is_judged(judge_template, overrides, outcome):
    closed = TEMPLATE % "MetadataOptions: {HttpTokens: required}"
    launch = closed + OTHER % "MetadataOptions: {HttpTokens: optional}"
    judged = judge_template(
        "imdsv2", template(GROUP % ("[!Ref A]", OVERRIDDEN % overrides) + launch)
    )
    launched = {found for name, found in judged.items() if name.startswith("i-Group")}
    assert launched - {"pass"} == {outcome} - {"pass"}


def test_an_older_launch_configuration(gathered, judge_template):
    configuration = """
Configuration:
  Type: AWS::AutoScaling::LaunchConfiguration
  Properties:
    ImageId: ami-12345678
    InstanceType: t3.micro
    SecurityGroups: [!Ref Open]
    AssociatePublicIpAddress: true
"""
    reference = "LaunchConfigurationName: !Ref Configuration"
    text = template(GROUP % ("[!Ref A]", reference) + configuration)
    assert from_internet(gathered(text), "eni-Group", 22) == "open"
    judged = judge_template("imdsv2", text)
    assert judged == {"Configuration": "fail", "i-Group": "fail"}


def test_a_group_of_which_the_launch_template_is_not_known(gathered):
    reference = "LaunchTemplate: {LaunchTemplateId: lt-12345678, Version: '1'}"
    snapshot = gathered(template(GROUP % ("[!Ref A]", reference)))
    (interface,) = interfaces(snapshot).values()
    assert isinstance(interface.groups, Unknown)
    assert from_internet(snapshot, "eni-Group", 22) == "unknown"


@pytest.mark.parametrize(
    ("targets", "known"),
    [
        ("", None),
        ("Targets: [{Id: !Ref Server}]", ["i-Server"]),
        ("Targets: [{Id: !Ref Anything}]", None),
        ("Targets: !Ref Anything", None),
        ("Targets: []", []),
    ],
)
def test_the_targets_of_a_group(gathered, targets, known):
    group = "Targets:\n  Type: AWS::ElasticLoadBalancingV2::TargetGroup\n  Properties:\n"
    group += f"    VpcId: !Ref Vpc\n    {targets}\n"
    text = server(**IN_A) + "".join(f"  {line}\n" for line in group.splitlines())
    described = only(gathered(text), TargetGroup).targets
    if known is None:
        assert isinstance(described, Unknown)
    else:
        assert [target.id for target in described] == known


def test_parameters_of_a_group_cost_only_its_fields(gathered):
    group = """
Targets:
  Type: AWS::ElasticLoadBalancingV2::TargetGroup
  Properties:
    VpcId: !Ref Vpc
    Port: !Ref Number
    Protocol: !Ref Anything
    TargetType: !Ref Anything
    Targets: []
"""
    text = template(group).replace("Parameters:\n", "Parameters:\n  Number: {Type: Number}\n")
    described = only(gathered(text), TargetGroup)
    assert isinstance(described.port, Unknown)
    assert isinstance(described.protocol, Unknown)
    assert isinstance(described.target_type, Unknown)
    assert described.targets == ()


def test_the_tasks_of_a_service_are_targets(gathered):
    service = """
Targets:
  Type: AWS::ElasticLoadBalancingV2::TargetGroup
  Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: TCP, TargetType: ip}
Task:
  Type: AWS::ECS::Service
  Properties:
    NetworkConfiguration:
      AwsvpcConfiguration: {Subnets: [%s], SecurityGroups: [!Ref Open]}
    LoadBalancers: [{TargetGroupArn: !Ref Targets, ContainerName: c, ContainerPort: 80}]
"""
    snapshot = gathered(template(service % "!Ref A"))
    (interface,) = interfaces(snapshot).values()
    (address,) = interface.private_ip_addresses
    (target,) = only(snapshot, TargetGroup).targets
    assert target.id == address.private_ip_address
    elsewhere = gathered(template(service % "!Ref Anything"))
    assert isinstance(only(elsewhere, TargetGroup).targets, Unknown)


@pytest.mark.parametrize(
    ("properties", "verdict"),
    [
        (
            {
                "NetworkInterfaces": "[{DeviceIndex: '0', SubnetId: !Ref A, GroupSet: [!Ref Open],"
                " AssociatePublicIpAddress: true}]"
            },
            "open",
        ),
        (
            {
                "NetworkInterfaces": "[{DeviceIndex: '0', SubnetId: !Ref A, GroupSet: [!Ref Open],"
                " AssociatePublicIpAddress: false}]"
            },
            "stopped",
        ),
        ({"NetworkInterfaces": "!Ref Anything", "SubnetId": "!Ref A"}, "unknown"),
        ({"SubnetId": "!Ref A"}, "stopped"),
        ({"SubnetId": "!Ref A", "SecurityGroups": "[!Ref Open]"}, "stopped"),
    ],
)
def test_the_interface_of_an_instance(gathered, properties, verdict):
    snapshot = gathered(server(**properties))
    assert from_internet(snapshot, "eni-Server", 22) == verdict


def test_an_interface_that_is_attached(gathered):
    text = """
Card:
  Type: AWS::EC2::NetworkInterface
  Properties:
    SubnetId: !Ref A
    GroupSet: [!Ref Open]
    PrivateIpAddresses:
      - {PrivateIpAddress: 10.0.0.20, Primary: false}
      - {PrivateIpAddress: 10.0.0.10, Primary: true}
Address: {Type: "AWS::EC2::EIP"}
Associated:
  Type: AWS::EC2::EIPAssociation
  Properties:
    {AllocationId: !GetAtt Address.AllocationId, NetworkInterfaceId: !Ref Card}
"""
    server_of = """
Server:
  Type: AWS::EC2::Instance
  Properties: {NetworkInterfaces: [{DeviceIndex: "0", NetworkInterfaceId: !Ref Card}]}
"""
    alone, attached = gathered(template(text)), gathered(template(text + server_of))
    assert from_internet(alone, "eni-Card", 22) == "stopped"
    assert from_internet(attached, "eni-Card", 22) == "open"
    (interface,) = interfaces(attached).values()
    addresses = [address.private_ip_address for address in interface.private_ip_addresses]
    assert addresses == ["10.0.0.10", "10.0.0.20"]
    assert only(attached, Instance).network_interface_ids == ("eni-Card",)


@pytest.mark.parametrize(
    ("properties", "tenancy"),
    [
        ({"Tenancy": "dedicated"}, "dedicated"),
        ({"HostId": "h-1"}, "host"),
        ({}, "default"),
    ],
)
def test_the_tenancy_of_an_instance(gathered, properties, tenancy):
    assert only(gathered(server(**IN_A, **properties)), Instance).tenancy == tenancy


def test_an_instance_of_the_default_vpc(gathered, judge_template):
    text = server(ImageId="ami-12345678")
    assert only(gathered(text), Instance).vpc_id == DEFAULT_VPC
    assert judge_template("resources-in-vpc", text) == {"i-Server": "fail"}


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("Encrypted: true", "pass"),
        ("Encrypted: 'false'", "fail"),
        ("Size: 1", "fail"),
        ("SnapshotId: snap-12345678", "unknown"),
        ("Encrypted: !Ref Anything", "unknown"),
    ],
)
def test_volumes(judge_template, properties, outcome):
    disk = f"Disk: {{Type: 'AWS::EC2::Volume', Properties: {{{properties}}}}}"
    assert judge_template("ebs-encryption", template(disk)) == {"vol-Disk": outcome}
    devices = f"[{{DeviceName: /dev/xvda, Ebs: {{{properties}}}}}]"
    judged = judge_template("ebs-encryption", server(**IN_A, BlockDeviceMappings=devices))
    assert judged == {"vol-Server-/dev/xvda": outcome}


def test_devices_that_are_not_known_leave_volumes_open(judge_template):
    judged = judge_template("ebs-encryption", server(BlockDeviceMappings="!Ref Anything"))
    assert judged == {"*": "unknown"}


def test_a_volume_that_is_attached(gathered):
    attached = """
Disk: {Type: "AWS::EC2::Volume", Properties: {Encrypted: true}}
Attached:
  Type: AWS::EC2::VolumeAttachment
  Properties: {VolumeId: !Ref Disk, InstanceId: !Ref Server, Device: /dev/sdf}
"""
    text = server(**IN_A) + "".join(f"  {line}\n" for line in attached.splitlines())
    volume = of_kind(gathered(text), Volume)["vol-Disk"]
    assert (volume.instances, volume.devices) == (("i-Server",), ("/dev/sdf",))


def test_a_launch_template_whose_data_are_not_known(gathered):
    data = "{LaunchTemplateData: !Ref Anything}"
    text = f"Launch: {{Type: 'AWS::EC2::LaunchTemplate', Properties: {data}}}"
    snapshot = gathered(template(text))
    assert not of_kind(snapshot, LaunchTemplate)
    (account,) = snapshot.accounts
    (coverage,) = snapshot.covered(LaunchTemplate, account.id)
    assert coverage.unknown is not None
    assert not of_kind(snapshot, NetworkInterface)
