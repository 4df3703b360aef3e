"""Templates that are a part of something larger: what they refer to is not in them."""

import textwrap

import pytest

from cloudpack_baseline import Baseline, Outcome, assess

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
        ("", "<that of Rule>"),
    ],
)
def test_a_rule_opens_a_group_that_is_elsewhere(group, name, judge_template):
    template = RULE.format(direction="Ingress", group=group, peer="CidrIp: 0.0.0.0/0")
    assert judge_template("open-security-groups", template) == {name: "fail"}


@pytest.mark.parametrize(
    ("direction", "peer", "outcome"),
    [
        ("Ingress", "CidrIp: 10.0.0.0/8", "pass"),
        ("Ingress", "SourceSecurityGroupId: !Ref Other", "pass"),
        ("Egress", "CidrIp: 0.0.0.0/0", None),
    ],
)
def test_what_else_a_group_elsewhere_admits_is_not_judged(direction, peer, outcome, judge_template):
    template = RULE.format(direction=direction, group="GroupId: sg-0123,", peer=peer)
    assert judge_template("open-security-groups", template).get("sg-0123") == outcome


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
    data = f"BlockDeviceMappings: [{{DeviceName: /dev/sda1, Ebs: {{{encrypted}}}}}]"
    properties = f"LaunchTemplateData: {{{data}}}" if kind == "LaunchTemplate" else data
    service = "EC2" if kind == "LaunchTemplate" else "AutoScaling"
    template = f"""
    Resources:
      Web: {{Type: AWS::{service}::{kind}, Properties: {{{properties}}}}}
    """
    assert judge_template("ebs-encryption", template) == {"vol-Web-/dev/sda1": outcome}


DEVICE = "DeviceName: !ImportValue d"


@pytest.mark.parametrize(
    ("data", "volumes"),
    [
        ("ImageId: ami-1", {"vol-Web-root": "fail"}),
        ("ImageId: !Ref Anything", {"vol-Web-root": "fail"}),
        ("ImageId: ami-1, BlockDeviceMappings: []", {"vol-Web-root": "fail"}),
        (
            "ImageId: ami-1, BlockDeviceMappings: [{DeviceName: sdb, VirtualName: ephemeral0}]",
            {"vol-Web-root": "fail"},
        ),
        (
            "ImageId: ami-1, BlockDeviceMappings: [{DeviceName: sda, Ebs: {Encrypted: true}}]",
            {"vol-Web-sda": "pass"},
        ),
        (
            "ImageId: ami-1, BlockDeviceMappings: [{DeviceName: sdb, Ebs: {Encrypted: true}}]",
            {"vol-Web-root": "fail", "vol-Web-sdb": "pass"},
        ),
        (
            f"ImageId: ami-1, BlockDeviceMappings: [{{{DEVICE}, Ebs: {{Encrypted: true}}}}]",
            {"vol-Web-root": "unknown", "vol-Web-<import d>": "pass"},
        ),
        (
            f"ImageId: ami-1, BlockDeviceMappings: [{{{DEVICE}, VirtualName: ephemeral0}}]",
            {"vol-Web-root": "fail"},
        ),
        (
            "ImageId: ami-1, BlockDeviceMappings: [{DeviceName: xvdba, Ebs: {Encrypted: true}}]",
            {"vol-Web-root": "fail", "vol-Web-xvdba": "pass"},
        ),
        (
            "ImageId: ami-1, BlockDeviceMappings: [{DeviceName: 1, Ebs: {Encrypted: true}}]",
            {"vol-Web-1": "pass"},
        ),
        ("ImageId: ami-1, BlockDeviceMappings: !Ref Anything", {"*": "unknown"}),
        ("InstanceType: t3.micro", {"": "not applicable"}),
    ],
)
def test_the_root_volume_that_a_launch_template_leaves_to_its_image(data, volumes, judge_template):
    template = f"""
    Resources:
      Web: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{{data}}}}}}}
    """
    assert judge_template("ebs-encryption", template) == volumes


@pytest.mark.parametrize(
    ("image", "volumes"),
    [
        ("", {"vol-Template-root": "fail"}),
        ("ImageId: ami-2, ", {"vol-Template-root": "fail", "vol-Web-root": "fail"}),
    ],
)
def test_the_root_volume_of_a_launch_template_is_judged_once(image, volumes, judge_template):
    template = f"""
    Resources:
      Template:
        Type: AWS::EC2::LaunchTemplate
        Properties: {{LaunchTemplateData: {{ImageId: ami-1}}}}
      Web:
        Type: AWS::EC2::Instance
        Properties: {{{image}LaunchTemplate: {{LaunchTemplateId: !Ref Template, Version: 1}}}}
    """
    assert judge_template("ebs-encryption", template) == volumes


def test_a_volume_of_a_launch_template_is_judged_once(judge_template):
    template = """
    Resources:
      Template:
        Type: AWS::EC2::LaunchTemplate
        Properties:
          LaunchTemplateData: {BlockDeviceMappings: [{DeviceName: sda1, Ebs: {VolumeSize: 8}}]}
      Web:
        Type: AWS::EC2::Instance
        Properties: {LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: 1}}
    """
    assert judge_template("ebs-encryption", template) == {"vol-Template-sda1": "fail"}


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
        ("false", "!Ref Vpc", "pass"),
        ("true", "!Ref Vpc", "fail"),
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


@pytest.mark.parametrize(
    ("gateway", "outcome"),
    [("VpcPeeringConnectionId: pcx-1", "pass"), ("GatewayId: !Ref Gateway", "fail")],
)
def test_a_subnet_with_a_table_of_its_own(gateway, outcome, judge_template):
    template = f"""
    Resources:
      Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
      Gateway: {{Type: AWS::EC2::InternetGateway}}
      Web:
        Type: AWS::EC2::Subnet
        Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, MapPublicIpOnLaunch: true}}
      Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
      Route:
        Type: AWS::EC2::Route
        Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, {gateway}}}
      Association:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {{SubnetId: !Ref Web, RouteTableId: !Ref Table}}
    """
    assert judge_template("public-ip-assignment", template)["subnet-Web"] == outcome


ADDRESS = "NetworkInterfaces: [{{DeviceIndex: 0, AssociatePublicIpAddress: {requested}}}]"


@pytest.mark.parametrize(
    ("requested", "outcome"),
    [("true", "fail"), ("false", "pass"), ("!Ref Chosen", "unknown")],
)
def test_an_instance_that_requests_an_address(requested, outcome, judge_template):
    template = f"""
    Parameters: {{Chosen: {{Type: String}}}}
    Resources:
      Web: {{Type: AWS::EC2::Instance, Properties: {{{ADDRESS.format(requested=requested)}}}}}
    """
    assert judge_template("public-ip-assignment", template).get("i-Web") == outcome


@pytest.mark.parametrize(
    ("declared", "outcome"), [("Name=web", "pass"), ("Name=other", "fail"), ("", "fail")]
)
def test_an_instance_may_have_an_address_where_it_is_declared(declared, outcome, judge_template):
    template = f"""
    Resources:
      Web:
        Type: AWS::EC2::Instance
        Properties:
          {ADDRESS.format(requested="true")}
          Tags: [{{Key: Name, Value: web}}]
    """
    segments = []
    if declared:
        name, _, value = declared.partition("=")
        segments = [{"name": "web", "tags": {name: value}, "internet_facing": True}]
    baseline = Baseline.from_mapping({"schema": 1, "segments": segments})
    outcomes = judge_template("public-ip-assignment", template, baseline=baseline)
    assert outcomes["web"] == outcome


def test_an_instance_without_interfaces_that_are_known(judge_template):
    template = """
    Parameters: {Chosen: {Type: CommaDelimitedList}}
    Resources:
      Web: {Type: AWS::EC2::Instance, Properties: {NetworkInterfaces: !Ref Chosen}}
    """
    assert judge_template("public-ip-assignment", template)["i-Web"] == "unknown"


LISTENER = """
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      {{{balancer} Protocol: {protocol}, Port: 443, SslPolicy: {policy},
      DefaultActions: [{{Type: forward}}]}}
"""
OTHER_REGION = "LoadBalancerArn: arn:aws:elasticloadbalancing:eu-west-3:111122223333:loadbalancer/a"


@pytest.mark.parametrize(
    ("balancer", "protocol", "policy", "outcome"),
    [
        ("", "HTTPS", "ELBSecurityPolicy-TLS13-1-2-2021-06", "pass"),
        ("", "HTTPS", "ELBSecurityPolicy-TLS-1-1-2017-01", "fail"),
        ("", "HTTPS", "!Ref Policy", "unknown"),
        ("", "HTTP", "!Ref AWS::NoValue", "fail"),
        (f"{OTHER_REGION},", "TLS", "ELBSecurityPolicy-TLS-1-1-2017-01", "fail"),
        # A load balancer that has a name may have further listeners: a note says so.
        (f"{OTHER_REGION},", "TLS", "ELBSecurityPolicy-TLS13-1-2-2021-06", "pass"),
    ],
)
def test_a_listener_of_a_load_balancer_elsewhere(
    balancer, protocol, policy, outcome, judge_template
):
    template = "Parameters: {Policy: {Type: String}}" + LISTENER.format(
        balancer=balancer, protocol=protocol, policy=policy
    )
    outcomes = judge_template("load-balancer-tls", template)
    assert list(outcomes.values()) == [outcome]


@pytest.mark.parametrize(
    ("kind", "settings", "outcome"),
    [
        ("gateway", "", "not applicable"),
        ("application", "Port: 80", "unknown"),
        ("network", "Port: 80", "unknown"),
        ("application", "Port: 80, Protocol: ''", "unknown"),
        ("application", "Port: 80, Protocol: HTTP", "fail"),
        ("network", "Port: 80, Protocol: TCP", "not applicable"),
        ("!Ref Kind", "Port: 80", "unknown"),
        ("!Ref Kind", "Port: 80, Protocol: HTTP", "fail"),
    ],
)
def test_only_gateway_load_balancers_have_listeners_without_a_protocol(
    kind, settings, outcome, judge_template
):
    template = f"""
    Parameters: {{Kind: {{Type: String}}}}
    Resources:
      Balancer: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Type: {kind}}}}}
      Listener:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties: {{LoadBalancerArn: !Ref Balancer, {settings}}}
    """
    assert judge_template("load-balancer-tls", template) == {"Balancer": outcome}


@pytest.mark.parametrize(("port", "outcome"), [("", "not applicable"), ("Port: 80,", "unknown")])
def test_a_port_shows_that_a_protocol_is_missing(port, outcome, judge_template):
    template = f"""
    Resources:
      Listener:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties: {{{port} {OTHER_REGION}}}
    """
    assert list(judge_template("load-balancer-tls", template).values()) == [outcome]


def test_a_listener_has_its_own_place(gathered):
    template = """
    Resources:
      Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}
      Clear:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties: {LoadBalancerArn: !Ref Balancer, Protocol: HTTP, Port: 80}
    """
    snapshot = gathered(template, controls=["load-balancer-tls"])
    (finding,) = assess(snapshot, Baseline(), controls=["load-balancer-tls"]).findings
    assert finding.observations[0].origin.path == "Resources.Clear"
    assert finding.resource.origin.path == "Resources.Balancer"


PLAIN = "{{Type: AWS::RDS::{kind}, Properties: {{DBInstanceClass: db.m5.large, {more}}}}}"


@pytest.mark.parametrize(
    ("control", "kind", "more", "outcome"),
    [
        ("rds-auto-minor-version", "DBInstance", "AutoMinorVersionUpgrade: false", "fail"),
        ("rds-auto-minor-version", "DBInstance", "", "pass"),
        ("rds-auto-minor-version", "DBCluster", "AutoMinorVersionUpgrade: false", "fail"),
        ("rds-encryption", "DBInstance", "", "fail"),
        ("rds-encryption", "DBCluster", "StorageEncrypted: true", "pass"),
        ("rds-backup", "DBInstance", "BackupRetentionPeriod: 0", "fail"),
        ("rds-backup", "DBCluster", "BackupRetentionPeriod: 7", "pass"),
        ("rds-tls", "DBInstance", "", "unknown"),
    ],
)
def test_a_database_without_an_engine(control, kind, more, outcome, judge_template):
    template = "Resources:\n  Data: " + PLAIN.format(kind=kind, more=more)
    assert judge_template(control, template) == {"Data": outcome}


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ("AutoMinorVersionUpgrade: false", "fail"),
        ("AutoMinorVersionUpgrade: true", "not applicable"),
        ("AutoMinorVersionUpgrade: false, Engine: docdb", "not applicable"),
    ],
)
def test_a_member_turns_upgrades_off_for_a_cluster_elsewhere(more, outcome, judge_template):
    more = f"DBClusterIdentifier: !ImportValue cluster, {more}"
    template = "Resources:\n  Data: " + PLAIN.format(kind="DBInstance", more=more)
    assert judge_template("rds-auto-minor-version", template) == {"Data": outcome}


def test_an_instance_of_aurora_is_encrypted_as_its_cluster_is(judge_template):
    template = "Resources:\n  Data: " + PLAIN.format(kind="DBInstance", more="Engine: aurora-mysql")
    assert judge_template("rds-encryption", template) == {"Data": "pass"}


DATABASE = """
Parameters: {{Group: {{Type: String}}, Engine: {{Type: String}}}}
Resources:
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {{DBSubnetGroupDescription: db, SubnetIds: [subnet-1, subnet-2]}}
  Data:
    Type: AWS::{service}::DBInstance
    Properties: {{{properties}}}
"""


@pytest.mark.parametrize(
    ("service", "properties", "outcome"),
    [
        ("RDS", "Engine: mysql", "fail"),
        ("RDS", "Engine: mysql, DBSubnetGroupName: default", "fail"),
        ("RDS", "Engine: mysql, PubliclyAccessible: false", "pass"),
        ("RDS", "Engine: mysql, PubliclyAccessible: true", "fail"),
        (
            "RDS",
            "Engine: mysql, DBSubnetGroupName: !Ref Group, PubliclyAccessible: 'false'",
            "pass",
        ),
        ("RDS", "Engine: mysql, DBSubnetGroupName: !Ref Group", "unknown"),
        ("RDS", "Engine: aurora-mysql, DBClusterIdentifier: main", "pass"),
        ("RDS", "Engine: !Ref Engine, DBSubnetGroupName: !Ref Subnets", "pass"),
        ("RDS", "Engine: !Ref Engine, DBSubnetGroupName: default", "unknown"),
        ("RDS", "SourceDBInstanceIdentifier: main", "unknown"),
        ("DocDB", "DBClusterIdentifier: main", "pass"),
    ],
)
def test_a_database_without_a_subnet_group_is_public(service, properties, outcome, judge_template):
    template = DATABASE.format(service=service, properties=properties)
    assert judge_template("rds-public-access", template)["Data"] == outcome


@pytest.mark.parametrize("kind", ["DBCluster", "DBInstance"])
@pytest.mark.parametrize(
    ("engine", "encryption", "access"),
    [
        ("mysql", "fail", "fail"),
        ("aurora-mysql", "pass", None),
        ("!Ref Engine", "unknown", "unknown"),
        ("!Sub 'aurora-${Engine}'", "pass", None),
        ("!Sub 'a${Engine}'", "unknown", "unknown"),
        ("!Sub 'my${Engine}'", "fail", "fail"),
    ],
)
def test_aurora_has_other_defaults(engine, encryption, access, kind, judge_template):
    template = "Parameters: {Engine: {Type: String}}\nResources:\n  Data: " + PLAIN.format(
        kind=kind, more=f"Engine: {engine}"
    )
    assert judge_template("rds-encryption", template)["Data"] == encryption
    of_aurora = "not applicable" if kind == "DBCluster" else "pass"
    judged = judge_template("rds-public-access", template)
    assert set(judged.values()) == {access or of_aurora}


@pytest.mark.parametrize(
    ("control", "properties", "outcome"),
    [
        ("rds-encryption", "Engine: aurora-mysql, DBClusterIdentifier: main", "not applicable"),
        ("rds-encryption", "SourceDBInstanceIdentifier: main", "unknown"),
        ("rds-encryption", "SourceDBInstanceIdentifier: main, StorageEncrypted: false", "unknown"),
        ("rds-auto-minor-version", "Engine: !Ref Engine, AutoMinorVersionUpgrade: true", "pass"),
        (
            "rds-auto-minor-version",
            "Engine: !Ref Engine, AutoMinorVersionUpgrade: false",
            "unknown",
        ),
        ("rds-backup", "SourceDBInstanceIdentifier: main, BackupRetentionPeriod: 20", "pass"),
        ("rds-backup", "SourceDBInstanceIdentifier: main, BackupRetentionPeriod: 0", "unknown"),
        ("database-isolation", "Engine: mysql, PubliclyAccessible: true", "fail"),
        ("database-isolation", "Engine: mysql, PubliclyAccessible: false", "unknown"),
    ],
)
def test_databases_that_depend_on_what_is_elsewhere(control, properties, outcome, judge_template):
    template = DATABASE.format(service="RDS", properties=properties)
    assert judge_template(control, template)["Data"] == outcome


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("SNS::TopicPolicy", "Topics: [{name}], PolicyDocument: {policy}"),
        ("SQS::QueuePolicy", "Queues: [{name}], PolicyDocument: {policy}"),
        ("SNS::TopicPolicy", "PolicyDocument: {policy}"),
        ("SQS::QueuePolicy", "PolicyDocument: {policy}"),
        ("SecretsManager::ResourcePolicy", "SecretId: {name}, ResourcePolicy: {policy}"),
    ],
)
@pytest.mark.parametrize("name", ["!Ref Nobody", "!ImportValue shared"])
@pytest.mark.parametrize("about", ["'*'", "'arn:aws:sqs:us-east-1:123456789012:q'", "!Ref Nobody"])
@pytest.mark.parametrize("principal", ["'*'", "{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}"])
def test_policies_of_what_is_elsewhere(*, kind, properties, name, about, principal, judge_template):
    statement = f"{{Effect: Allow, Principal: {principal}, Action: '*', Resource: {about}}}"
    policy = f"{{Statement: [{statement}]}}"
    properties = properties.format(name=name, policy=policy)
    template = f"Resources: {{Policy: {{Type: AWS::{kind}, Properties: {{{properties}}}}}}}"
    outcomes = set(judge_template("resource-sharing", template).values())
    assert outcomes == ({"fail"} if "*" in principal else {"pass"})


@pytest.mark.parametrize(
    ("properties", "fails"),
    [
        ("IsMultiRegionTrail: true", False),
        ("IsMultiRegionTrail: false", True),
        ("IncludeGlobalServiceEvents: true", True),
    ],
)
def test_a_trail_of_one_region_does_not_record_the_others(properties, fails, gathered):
    template = f"""
    Resources:
      Trail:
        Type: AWS::CloudTrail::Trail
        Properties: {{S3BucketName: logs, IsLogging: true, {properties}}}
    """
    snapshot = gathered(template, controls=["cloudtrail-enabled"])
    findings = assess(snapshot, Baseline(), controls=["cloudtrail-enabled"]).findings
    assert (Outcome.FAIL in {finding.outcome for finding in findings}) == fails


@pytest.mark.parametrize(
    ("listener", "outcome"),
    [
        ("Protocol: HTTP", "fail"),
        ("Protocol: HTTPS, PolicyNames: [ELBSecurityPolicy-TLS-1-2-2017-01]", "unknown"),
        ("Protocol: HTTPS", "fail"),
        ("Protocol: TCP", "not applicable"),
        ("Protocol: !Ref Missing", "unknown"),
    ],
)
def test_a_classic_listener_without_ports(listener, outcome, judge_template):
    template = f"""
    Resources:
      Web:
        Type: AWS::ElasticLoadBalancing::LoadBalancer
        Properties: {{Listeners: [{{{listener}}}]}}
    """
    assert judge_template("load-balancer-tls", template)["Web"] == outcome


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("Port: 80, Protocol: HTTP", "fail"),
        ("SslPolicy: ELBSecurityPolicy-2016-08", "unknown"),
        ("Certificates: [{CertificateArn: web}]", "unknown"),
        ("LoadBalancerAttributes: []", "not applicable"),
    ],
)
def test_a_listener_without_a_load_balancer(properties, outcome, judge_template):
    template = f"""
    Resources:
      Listener:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties: {{{properties}, DefaultActions: [{{Type: forward}}]}}
    """
    assert judge_template("load-balancer-tls", template) == {"<that of Listener>": outcome}


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("TargetGroupArn: web", "fail"),
        ("ForwardConfig: {TargetGroups: [{TargetGroupArn: web}]}", "fail"),
        ("RedirectConfig: {Protocol: HTTPS, StatusCode: HTTP_301}", "pass"),
        ("RedirectConfig: {Protocol: HTTP, StatusCode: HTTP_301}", "fail"),
        ("FixedResponseConfig: {StatusCode: '404'}", "pass"),
        ("Order: 1", "unknown"),
    ],
)
def test_the_settings_of_an_action_say_its_type(action, outcome, judge_template):
    template = f"""
    Resources:
      Listener:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties: {{Port: 80, Protocol: HTTP, DefaultActions: [{{{action}}}]}}
    """
    assert judge_template("load-balancer-tls", template) == {"<that of Listener>": outcome}


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("Engine: redis, AutoMinorVersionUpgrade: true", "pass"),
        ("Engine: redis, AutoMinorVersionUpgrade: false", "fail"),
        ("Engine: redis, EngineVersion: 5.0.6, AutoMinorVersionUpgrade: false", "not applicable"),
    ],
)
def test_a_cache_without_a_version_has_the_latest(properties, outcome, judge_template):
    template = f"""
    Resources:
      Cache: {{Type: AWS::ElastiCache::CacheCluster, Properties: {{{properties}}}}}
    """
    assert judge_template("elasticache-auto-minor-version", template) == {"Cache": outcome}


@pytest.mark.parametrize(
    ("type_", "properties", "outcome"),
    [
        ("ServerlessCache", "ServerlessCacheName: Cache, SubnetIds: !Ref Elsewhere", "pass"),
        ("ServerlessCache", "ServerlessCacheName: Cache, SubnetIds: [subnet-1]", "pass"),
        ("ServerlessCache", "ServerlessCacheName: Cache", "fail"),
        ("ServerlessCache", "ConnectionType: public", "fail"),
        ("ServerlessCache", "ConnectionType: !Ref AWS::Region, SubnetIds: [a]", "unknown"),
        ("CacheCluster", "ClusterName: Cache, CacheSubnetGroupName: inner", "pass"),
        ("CacheCluster", "ClusterName: Cache, CacheSubnetGroupName: !Ref Elsewhere", "pass"),
        ("CacheCluster", "ClusterName: Cache, CacheSubnetGroupName: default", "fail"),
        ("CacheCluster", "ClusterName: Cache", "fail"),
    ],
)
def test_a_cache_in_subnets_that_are_elsewhere_is_in_a_vpc(
    type_, properties, outcome, judge_template
):
    template = f"""
    Resources:
      Cache: {{Type: AWS::ElastiCache::{type_}, Properties: {{Engine: redis, {properties}}}}}
    """
    assert judge_template("resources-in-vpc", template) == {"Cache": outcome}


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("ImageId: ami-1", "fail"),
        ("SubnetId: !Ref Elsewhere", "pass"),
        ("SubnetId: subnet-1", "pass"),
        ("LaunchTemplate: {LaunchTemplateId: lt-1, Version: 1}", "unknown"),
    ],
)
def test_an_instance_without_a_subnet_is_in_the_default_vpc(properties, outcome, judge_template):
    template = f"""
    Resources:
      Web: {{Type: AWS::EC2::Instance, Properties: {{{properties}}}}}
    """
    assert judge_template("resources-in-vpc", template)["i-Web"] == outcome


@pytest.mark.parametrize(
    "version", ["", "EngineVersion: 8.0.35,", "EngineVersion: !Ref Elsewhere,"]
)
def test_the_end_of_support_is_not_in_a_template(version, judge_template):
    template = f"""
    Resources:
      Data: {{Type: AWS::RDS::DBInstance, Properties: {{{version} Engine: mysql}}}}
    """
    assert judge_template("engine-support", template) == {"Data": "not applicable"}


def test_a_range_of_ports_in_the_wrong_order_says_so(gathered):
    rule = "{IpProtocol: tcp, FromPort: 23, ToPort: 21, CidrIp: 0.0.0.0/0}"
    template = f"""
    Resources:
      Web: {{Type: AWS::EC2::SecurityGroup, Properties: {{SecurityGroupIngress: [{rule}]}}}}
    """
    snapshot = gathered(template, controls=["open-security-groups"])
    (finding,) = assess(snapshot, Baseline(), controls=["open-security-groups"]).findings
    assert finding.outcome is Outcome.UNKNOWN
    assert "the ports 23 to 21" in str(finding.observations)


def test_the_engine_of_a_database_is_written_in_any_case(judge_template):
    template = """
    Resources:
      Data:
        Type: AWS::RDS::DBInstance
        Properties: {Engine: MySQL, EngineVersion: 8.0.35, DBParameterGroupName: !Ref Tls}
      Tls:
        Type: AWS::RDS::DBParameterGroup
        Properties: {Family: mysql8.0, Parameters: {require_secure_transport: 1}}
    """
    assert judge_template("rds-tls", template) == {"Data": "pass"}


def test_a_database_has_the_interfaces_of_its_resource(judge_template):
    """They are no store of their own, though its subnets are elsewhere."""
    template = """
    Resources:
      Data:
        Type: AWS::RDS::DBInstance
        Properties:
          Engine: mysql
          PubliclyAccessible: false
          DBSubnetGroupName: !ImportValue subnets
          VPCSecurityGroups: [sg-1]
      App: {Type: AWS::EC2::Instance, Properties: {SubnetId: subnet-1, ImageId: ami-1}}
    """
    assert judge_template("database-isolation", template) == {"Data": "unknown"}


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("ElastiCache::CacheCluster", "Engine: redis"),
        ("Redshift::Cluster", "ClusterType: single-node"),
    ],
)
def test_a_store_without_a_subnet_group_is_in_the_default_vpc(kind, properties, judge_template):
    template = f"Resources: {{Data: {{Type: AWS::{kind}, Properties: {{{properties}}}}}}}"
    assert judge_template("resources-in-vpc", template) == {"Data": "fail"}


PING = """
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - {IpProtocol: %s, FromPort: 8, ToPort: 0, CidrIp: 10.0.0.0/8}
"""


@pytest.mark.parametrize(
    ("protocol", "outcome"), [("icmp", "pass"), ("1", "pass"), ("tcp", "unknown"), ("6", "unknown")]
)
def test_a_type_of_icmp_may_be_above_its_code_but_no_port_above_the_last(
    judge_template, protocol, outcome
):
    assert judge_template("open-security-groups", PING % f"'{protocol}'")["Web"] == outcome


SAME = """
Resources:
  First: {{Type: {kind}, Properties: {{{name}: same, {first}}}}}
  Second: {{Type: {kind}, Properties: {{{name}: same, {second}}}}}
"""


@pytest.mark.parametrize(
    ("control", "kind", "name", "setting"),
    [
        (
            "s3-versioning",
            "AWS::S3::Bucket",
            "BucketName",
            "VersioningConfiguration: {Status: Enabled}",
        ),
        (
            "rds-encryption",
            "AWS::RDS::DBInstance",
            "DBInstanceIdentifier",
            "Engine: mysql, StorageEncrypted: true",
        ),
        (
            "cloudtrail-log-integrity",
            "AWS::CloudTrail::Trail",
            "TrailName",
            "EnableLogFileValidation: true",
        ),
    ],
)
def test_each_of_several_resources_with_a_name_is_judged(
    control, kind, name, setting, judge_template
):
    same = SAME.format(kind=kind, name=name, first=setting, second="")
    assert judge_template(control, same) == {"same": "pass", "Second": "fail"}
    same = SAME.format(kind=kind, name=name, first="", second=setting)
    assert judge_template(control, same) == {"same": "fail", "Second": "pass"}


def test_resources_with_a_name_in_several_templates_are_judged(judge_template):
    bucket = "Resources: {{Data: {{Type: AWS::S3::Bucket, Properties: {{BucketName: same, {}}}}}}}"
    versioned = bucket.format("VersioningConfiguration: {Status: Enabled}")
    outcomes = judge_template("s3-versioning", versioned, bucket.format(""))
    assert sorted(outcomes.values()) == ["fail", "pass"]


def test_a_policy_belongs_to_the_bucket_that_it_refers_to(judge_template):
    template = (
        SAME.format(kind="AWS::S3::Bucket", name="BucketName", first="", second="")
        + """
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Second
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: "*", Action: s3:GetObject, Resource: !Sub "${Second.Arn}/*"}
"""
    )
    assert judge_template("s3-exposure", template) == {"same": "pass", "Second": "fail"}


@pytest.mark.parametrize("holds", [True, False])
def test_a_name_is_free_where_the_other_resource_is_not_deployed(holds, judge_template):
    template = f"""
    Conditions: {{First: !Equals [a, {"a" if holds else "b"}]}}
    Resources:
      First:
        Type: AWS::S3::Bucket
        Condition: First
        Properties: {{BucketName: same}}
      Second: {{Type: AWS::S3::Bucket, Properties: {{BucketName: same}}}}
    """
    names = {"same", "Second"} if holds else {"same"}
    assert judge_template("s3-versioning", template).keys() == names


FAMILY = """
Resources:
  Parameters:
    Type: AWS::RDS::{kind}ParameterGroup
    Properties: {{Family: {family}, Description: d, Parameters: {parameters}}}
  Data:
    Type: AWS::RDS::{kind}
    Properties: {{{kind}ParameterGroupName: !Ref Parameters}}
"""


@pytest.mark.parametrize("kind", ["DBInstance", "DBCluster"])
@pytest.mark.parametrize(
    ("family", "parameters", "outcome"),
    [
        ("postgres13", "{rds.force_ssl: 1}", "pass"),
        ("postgres13", "{}", "fail"),
        ("postgres16", "{}", "pass"),
        ("mariadb10.6", "{require_secure_transport: 0}", "fail"),
        ("sqlserver-ex-15.0", "{rds.force_ssl: 1}", "pass"),
        ("db2-ae-11.5", "{db2comm: SSL}", "pass"),
        ("db2-se-12.1", "{db2comm: 'TCPIP,SSL'}", "fail"),
        ("db2-se-12.1", "{}", "fail"),
        ("!Ref Family", "{rds.force_ssl: 1}", "unknown"),
        ("15", "{rds.force_ssl: 1}", "unknown"),
    ],
)
def test_the_family_of_parameters_says_the_engine(
    kind, family, parameters, outcome, judge_template
):
    template = FAMILY.format(kind=kind, family=family, parameters=parameters)
    template = template.replace("DBInstanceP", "DBP")
    assert judge_template("rds-tls", template) == {"Data": outcome}


@pytest.mark.parametrize("kind", ["EC2::Instance", "AutoScaling::LaunchConfiguration"])
@pytest.mark.parametrize(
    ("devices", "volumes"),
    [
        ("", {"vol-Web-root": "fail"}),
        ("BlockDeviceMappings: []", {"vol-Web-root": "fail"}),
        (
            "BlockDeviceMappings: [{DeviceName: xvda, Ebs: {Encrypted: true}}]",
            {"vol-Web-xvda": "pass"},
        ),
    ],
)
def test_the_root_volume_of_an_instance(kind, devices, volumes, judge_template):
    template = f"Resources: {{Web: {{Type: AWS::{kind}, Properties: {{{devices}}}}}}}"
    assert judge_template("ebs-encryption", template) == volumes


@pytest.mark.parametrize(
    ("reference", "data", "outcome"),
    [
        ("!Ref Launch", "BlockDeviceMappings: [{Ebs: {Encrypted: true}}]", None),
        ("!Ref Launch", "BlockDeviceMappings: [{VirtualName: ephemeral0}]", "fail"),
        ("!Ref Launch", "ImageId: ami-12345678", None),  # vol-Launch-root
        ("lt-1", "ImageId: ami-12345678", "unknown"),  # it is elsewhere
    ],
)
def test_a_launch_template_describes_the_volumes_of_its_instances(
    reference, data, outcome, judge_template
):
    template = f"""
    Resources:
      Launch:
        Type: AWS::EC2::LaunchTemplate
        Properties: {{LaunchTemplateData: {{{data}}}}}
      Web:
        Type: AWS::EC2::Instance
        Properties: {{LaunchTemplate: {{LaunchTemplateId: {reference}, Version: "1"}}}}
    """
    assert judge_template("ebs-encryption", template).get("vol-Web-root") == outcome


@pytest.mark.parametrize(
    ("group", "version", "outcome"),
    [
        ("company-standard", "16.3", "unknown"),
        ("!ImportValue group", "16.3", "unknown"),
        ("!Ref Group", "16.3", "unknown"),
        ("!Ref AWS::NoValue", "16.3", "pass"),
        ("default.postgres16", "16.3", "pass"),
        ("default.postgres14", "14.9", "fail"),
    ],
)
def test_a_parameter_group_that_is_elsewhere_may_set_anything(
    group, version, outcome, judge_template
):
    template = f"""
    Parameters: {{Group: {{Type: String}}}}
    Resources:
      Shop:
        Type: AWS::RDS::DBInstance
        Properties: {{Engine: postgres, EngineVersion: '{version}', DBParameterGroupName: {group}}}
      Wide:
        Type: AWS::RDS::DBCluster
        Properties:
          {{Engine: postgres, EngineVersion: '{version}', DBClusterParameterGroupName: {group}}}
    """
    assert judge_template("rds-tls", template) == {"Shop": outcome, "Wide": outcome}


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ("EngineMode: serverless", "pass"),
        ("EngineMode: serverless, StorageEncrypted: false", "pass"),
        ("EngineMode: provisioned, StorageEncrypted: false", "fail"),
    ],
)
def test_aurora_serverless_is_encrypted(settings, outcome, judge_template):
    template = f"""
    Resources:
      Data: {{Type: AWS::RDS::DBCluster, Properties: {{Engine: aurora-mysql, {settings}}}}}
    """
    assert judge_template("rds-encryption", template) == {"Data": outcome}


TRAIL = """
Parameters: {Bucket: {Type: String}}
Resources:
  Data: {Type: AWS::S3::Bucket}
  Trail:
    Type: AWS::CloudTrail::Trail
    Properties:
      IsLogging: true
      IsMultiRegionTrail: true
      S3BucketName: logs
      EventSelectors: [{%s, DataResources: [{Type: "AWS::S3::Object", Values: [%s]}]}]
"""


@pytest.mark.parametrize(
    ("kinds", "values", "outcome"),
    [
        ("ReadWriteType: All", "!Sub '${Data.Arn}/'", "pass"),
        ("ReadWriteType: ReadOnly", "!Sub '${Data.Arn}/'", "fail"),
        ("ReadWriteType: All", "!Ref Bucket", "unknown"),
        ("ReadWriteType: All", "arn:aws:s3:::other/", "fail"),
    ],
)
def test_objects_whose_events_are_recorded(kinds, values, outcome, judge_template):
    template = TRAIL % (kinds, values)
    assert judge_template("s3-access-logging", template)["Data"] == outcome


def test_objects_that_are_not_known_leave_management_events(judge_template):
    template = TRAIL % ("ReadWriteType: All", "!Ref Bucket")
    assert list(judge_template("cloudtrail-enabled", template).values()) == ["pass"]


def test_a_resource_within_a_resource_makes_no_circle(judge_template):
    template = """
    Resources:
      Trusted:
        Type: AWS::S3::Bucket
        Inner: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Trusted}}
    """
    assert judge_template("s3-versioning", template) == {"Trusted": "fail"}


ADMIN = """
Resources:
  Admin:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}
      ManagedPolicyArns: [%s]
      %s
"""


@pytest.mark.parametrize(
    ("policies", "boundary", "outcome"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess, !ImportValue more", "", "fail"),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess, !ImportValue more", "", "unknown"),
        (
            "arn:aws:iam::aws:policy/AdministratorAccess, !ImportValue more",
            "PermissionsBoundary: !ImportValue boundary",
            "unknown",
        ),
    ],
)
def test_an_administrator_with_policies_elsewhere(policies, boundary, outcome, judge_template):
    template = ADMIN % (policies, boundary)
    assert judge_template("admin-privileges", template) == {"Admin": outcome}


@pytest.mark.parametrize("name", ["!Join x", "{Ref: a, Other: b}", "[a]", "!Nope a"])
@pytest.mark.parametrize(
    ("control", "kind", "property_name"),
    [
        ("s3-versioning", "AWS::S3::Bucket", "BucketName"),
        ("load-balancer-tls", "AWS::ElasticLoadBalancingV2::LoadBalancer", "Name"),
    ],
)
def test_what_names_nothing_leaves_the_logical_id(
    control, kind, property_name, name, judge_template
):
    template = f"Resources: {{Data: {{Type: {kind}, Properties: {{{property_name}: {name}}}}}}}"
    (named,) = judge_template(control, template)
    assert named == "Data"


PERMISSION_SET = """
Resources:
  Operators:
    Type: AWS::SSO::PermissionSet
    Properties: {Name: Operators, InstanceArn: arn, %s}
"""
OPERATORS = "AWSReservedSSO_Operators"


@pytest.mark.parametrize(
    ("policies", "outcomes"),
    [
        ("ManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess']", {OPERATORS: "fail"}),
        (
            "InlinePolicy: {Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}",
            {OPERATORS: "fail"},
        ),
        # What else it may do is decided where it is assigned.
        ("ManagedPolicies: ['arn:aws:iam::aws:policy/ReadOnlyAccess']", {OPERATORS: "pass"}),
    ],
)
def test_a_permission_set_becomes_a_role(policies, outcomes, judge_template):
    assert judge_template("admin-privileges", PERMISSION_SET % policies) == outcomes


@pytest.mark.parametrize(
    ("reference", "outcome"),
    [
        ("{Name: boss}", "fail"),
        ("{Name: boss, Path: /}", "fail"),
        # What this policy allows is decided where the set is assigned.
        ("{Name: boss, Path: /team/}", None),
        ("{Name: !ImportValue boss}", "unknown"),
        ("!ImportValue boss", "unknown"),
    ],
)
@pytest.mark.parametrize("managed", ["", "ManagedPolicies: !ImportValue policies, "])
def test_a_permission_set_has_policies_of_the_account(reference, outcome, managed, judge_template):
    properties = f"{managed}CustomerManagedPolicyReferences: [{reference}]"
    policy = """
  Boss:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: boss
      PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}
"""
    judged = judge_template("admin-privileges", PERMISSION_SET % properties + policy)
    assert judged.get(OPERATORS) == ("unknown" if managed else outcome)


def test_references_of_a_permission_set_that_are_no_list_are_unknown(judge_template):
    properties = "CustomerManagedPolicyReferences: !ImportValue policies"
    judged = judge_template("admin-privileges", PERMISSION_SET % properties)
    assert judged == {OPERATORS: "unknown"}


def test_a_permission_set_is_trusted_by_identity_center_only(judge_template):
    assert judge_template("role-trust", PERMISSION_SET % "") == {"": "not applicable"}


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        ("arn:aws:lambda:us-east-1:000000009999:layer:tools:4", "tools:4"),
        ("!ImportValue tools", "<import tools>:1"),
    ],
)
@pytest.mark.parametrize(
    ("principal", "outcome"),
    [('"*"', "fail"), ('"111122223333"', "fail"), ("!Ref AWS::AccountId", "pass")],
)
def test_a_permission_opens_a_layer_that_is_elsewhere(
    judge_template, layer, name, principal, outcome
):
    template = f"""
    Resources:
      Shared:
        Type: AWS::Lambda::LayerVersionPermission
        Properties:
          Action: lambda:GetLayerVersion
          LayerVersionArn: {layer}
          Principal: {principal}
    """
    judged = judge_template("resource-sharing", template)
    assert judged.get(name) == outcome


def test_the_permissions_of_one_layer_elsewhere_are_of_one_policy(judge_template):
    permission = """
      {}:
        Type: AWS::Lambda::LayerVersionPermission
        Properties:
          Action: lambda:GetLayerVersion
          LayerVersionArn: arn:aws:lambda:us-east-1:000000009999:layer:tools:4
          Principal: "{}"
    """
    permissions = (permission.format("Own", "000000009999"), permission.format("All", "*"))
    template = "\n    Resources:" + "".join(permissions)
    assert judge_template("resource-sharing", template) == {"tools:4": "fail"}


EVERYTHING = "{Statement: {Effect: Allow, Action: '*', Resource: '*'}}"


@pytest.mark.parametrize(
    ("control", "resource", "outcome"),
    [
        (
            "public-ip-assignment",
            "{Type: AWS::EC2::Subnet, Properties: {MapPublicIpOnLaunch: true}}",
            "fail",
        ),
        ("public-ip-assignment", "{Type: AWS::EC2::Subnet}", "pass"),
        (
            "daily-backup",
            "{Type: AWS::ElastiCache::CacheCluster, Properties: {SnapshotRetentionLimit: 7}}",
            "pass",
        ),
        (
            "cloudtrail-enabled",
            "{Type: AWS::CloudTrail::Trail, Properties: {IsMultiRegionTrail: true}}",
            "pass",
        ),
        *(
            (
                "admin-privileges",
                f"{{Type: AWS::IAM::{kind}, Properties: {{PolicyDocument: {EVERYTHING}}}}}",
                "fail",
            )
            for kind in ("RolePolicy", "UserPolicy", "GroupPolicy")
        ),
    ],
)
def test_what_a_part_leaves_out_is_elsewhere_or_as_usual(
    control, resource, outcome, judge_template
):
    judged = judge_template(control, f"Resources: {{It: {resource}}}")
    assert set(judged.values()) == {outcome}


@pytest.mark.parametrize("written", ["false", "3", "text", "[text]", "!ImportValue shared"])
@pytest.mark.parametrize(
    ("control", "kind", "properties"),
    [
        ("s3-access-logging", "S3::Bucket", "LoggingConfiguration: {}"),
        ("s3-encryption", "S3::Bucket", "BucketEncryption: {}"),
        ("daily-backup", "FSx::FileSystem", "FileSystemType: WINDOWS, WindowsConfiguration: {}"),
        ("cloudfront-tls", "CloudFront::Distribution", "DistributionConfig: {}"),
    ],
)
def test_what_is_no_object_has_no_known_members(control, kind, properties, written, judge_template):
    properties = properties.replace("{}", written)
    judged = judge_template(
        control, f"Resources: {{It: {{Type: AWS::{kind}, Properties: {{{properties}}}}}}}"
    )
    assert set(judged.values()) == {"unknown"}


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("true", "fail"),
        ('"TRUE"', "fail"),
        ('"False"', "pass"),
        ("Yes", "fail"),
        ("on", "fail"),
        ("no", "pass"),
        ("OFF", "pass"),
        ("never", "unknown"),
        ("1", "unknown"),
        ("[false]", "unknown"),
        ("!ImportValue public", "unknown"),
    ],
)
def test_what_is_no_boolean_is_not_known(written, outcome, judge_template):
    properties = f"{{Engine: mysql, PubliclyAccessible: {written}}}"
    template = f"Resources: {{It: {{Type: AWS::RDS::DBInstance, Properties: {properties}}}}}"
    assert judge_template("rds-public-access", template) == {"It": outcome}


@pytest.mark.parametrize(
    ("mappings", "outcomes"),
    [
        ("{DeviceName: a, Ebs: {Encrypted: true}}", {"pass"}),
        ("{DeviceName: a, Ebs: {Encrypted: false}}", {"fail"}),
        ("[{DeviceName: a, VirtualName: ephemeral0}]", {"fail"}),
        ("[{DeviceName: a, VirtualName: ephemeral0}, {Ebs: {Encrypted: true}}]", {"pass"}),
        ("text", {"unknown"}),
        ("[{DeviceName: a, VirtualName: ephemeral0}, text]", {"unknown"}),
    ],
)
@pytest.mark.parametrize("kind", ["EC2::Instance", "AutoScaling::LaunchConfiguration"])
def test_the_volumes_of_block_device_mappings(kind, mappings, outcomes, judge_template):
    properties = f"{{BlockDeviceMappings: {mappings}}}"
    template = f"Resources: {{It: {{Type: AWS::{kind}, Properties: {properties}}}}}"
    assert set(judge_template("ebs-encryption", template).values()) == outcomes


def test_metadata_options_that_are_elsewhere(judge_template):
    data = "{MetadataOptions: !ImportValue options}"
    properties = f"{{LaunchTemplateData: {data}}}"
    template = f"Resources: {{It: {{Type: AWS::EC2::LaunchTemplate, Properties: {properties}}}}}"
    assert set(judge_template("imdsv2", template).values()) == {"unknown"}


@pytest.mark.parametrize(
    "name", ["logs", "5", "!Ref Name", "!Ref Any", "!Sub '${Any}-logs'", "!ImportValue a"]
)
def test_each_resource_of_a_name_is_judged(name, judge_template):
    """Only one of them can be deployed; none vanishes behind the other."""
    template = f"""
    Parameters: {{Name: {{Type: String, Default: logs}}, Any: {{Type: String}}}}
    Resources:
      First: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {name}}}}}
      Second:
        Type: AWS::S3::Bucket
        Properties: {{BucketName: {name}, VersioningConfiguration: {{Status: Enabled}}}}
    """
    judged = judge_template("s3-versioning", template)
    assert sorted(judged.values()) == ["fail", "pass"]
    assert judged["Second"] == "pass"


def test_a_name_that_refers_to_a_resource_without_a_name_of_its_own(judge_template):
    template = """
    Parameters: {Name: {Type: String}}
    Resources:
      Copy: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Second}-copy"}}
      First: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
      Second: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
    """
    names = ("<parameter Name>", "Second", "Second-copy")
    assert judge_template("s3-versioning", template) == dict.fromkeys(names, "fail")


@pytest.mark.parametrize(
    ("group", "outcome"),
    [
        ("default.docdb5.0", "pass"),
        ("shared", "unknown"),
        ("!Ref Group", "unknown"),
        ("!ImportValue group", "unknown"),
        ("!Ref AWS::NoValue", "pass"),
    ],
)
def test_a_parameter_group_of_documentdb_that_is_elsewhere(group, outcome, judge_template):
    template = f"""
    Parameters: {{Group: {{Type: String}}}}
    Resources:
      Cluster:
        Type: AWS::DocDB::DBCluster
        Properties: {{DBClusterParameterGroupName: {group}}}
    """
    assert judge_template("rds-tls", template) == {"Cluster": outcome}


@pytest.mark.parametrize("roles", ["[ops]", "!Ref Name", "!Split [',', !Ref Name]", "[!Ref Name]"])
def test_a_policy_of_administrators_for_any_role(roles, judge_template):
    everything = "{Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}"
    template = f"""
    Parameters: {{Name: {{Type: String}}}}
    Resources:
      Policy:
        Type: AWS::IAM::Policy
        Properties: {{PolicyName: all, Roles: {roles}, PolicyDocument: {everything}}}
    """
    assert set(judge_template("admin-privileges", template).values()) == {"fail"}


@pytest.mark.parametrize("index", ["!Ref Index", "!ImportValue index"])
def test_a_name_at_an_index_that_is_not_known(index, judge_template):
    template = f"""
    Parameters: {{Index: {{Type: Number}}}}
    Resources:
      Logs: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Select [{index}, [a, b]]}}}}
    """
    assert list(judge_template("s3-versioning", template).values()) == ["fail"]
