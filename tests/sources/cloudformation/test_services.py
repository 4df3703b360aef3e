"""Load balancers, databases, caches and what else stands in the network of a template."""

import pytest

from cloudpack_baseline.model.ec2 import NetworkInterface
from cloudpack_baseline.model.elasticache import CacheCluster, ReplicationGroup
from cloudpack_baseline.model.elbv2 import LoadBalancer, TargetGroup
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import Interfaces, Internet, Network

NETWORK = """
Parameters:
  Anything: {Type: String}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
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
  A: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  B: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  TableOfA:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref A, RouteTableId: !Ref Table}
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: open
      SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]
"""


def template(resources):
    lines = resources.strip("\n").splitlines()
    return NETWORK + "".join(f"  {line}\n" for line in lines)


def of_kind(snapshot, kind):
    return {record.name: record for record in snapshot.records if isinstance(record, kind)}


def only(snapshot, kind):
    (record,) = of_kind(snapshot, kind).values()
    return record


def interfaces(snapshot):
    return of_kind(snapshot, NetworkInterface)


def from_internet(snapshot, interface, port):
    network = Network.from_records(snapshot.records)
    return network.flow(Internet(), Interfaces([interface]), "tcp", port).verdict


BALANCER = """
Balancer:
  Type: AWS::ElasticLoadBalancingV2::LoadBalancer
  Properties: {Type: %s, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Open], Scheme: %s}
"""


@pytest.mark.parametrize(
    ("scheme", "verdict"),
    [("internet-facing", "open"), ("internal", "stopped"), ("!Ref Anything", "unknown")],
)
@pytest.mark.parametrize("kind", ["application", "network"])
def test_the_internet_reaches_a_load_balancer_that_faces_it(gathered, kind, scheme, verdict):
    snapshot = gathered(template(BALANCER % (kind, scheme)))
    assert set(interfaces(snapshot)) == {"eni-Balancer", "eni-Balancer-1"}
    assert from_internet(snapshot, "eni-Balancer", 443) == verdict
    balancer = only(snapshot, LoadBalancer)
    assert balancer.subnets == ("subnet-A", "subnet-B")
    assert (balancer.vpc_id, balancer.security_groups) == ("vpc-Vpc", ("sg-Open",))


TARGETS = """
Listener:
  Type: AWS::ElasticLoadBalancingV2::Listener
  Properties:
    LoadBalancerArn: !Ref Balancer
    Port: 80
    Protocol: TCP
    DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]
Group:
  Type: AWS::ElasticLoadBalancingV2::TargetGroup
  Properties:
    VpcId: !Ref Vpc
    Port: 8080
    Protocol: TCP
    TargetType: %s
    Targets: [{Id: !Ref Server}]
Server:
  Type: AWS::EC2::Instance
  Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Open]}
"""


def test_a_network_load_balancer_hands_connections_on_to_its_targets(gathered):
    balancer = BALANCER % ("network", "internet-facing")
    snapshot = gathered(template(balancer + TARGETS % "instance"))
    assert from_internet(snapshot, "eni-Server", 8080) == "open"
    assert from_internet(snapshot, "eni-Server", 8081) == "stopped"
    assert [target.id for target in only(snapshot, TargetGroup).targets] == ["i-Server"]


@pytest.mark.parametrize(
    ("balancer", "target"), [("!Ref Anything", "instance"), ("network", "!Ref Anything")]
)
def test_a_type_that_is_a_parameter_leaves_open_what_is_forwarded(gathered, balancer, target):
    text = BALANCER % (balancer, "internet-facing") + TARGETS % target
    assert from_internet(gathered(template(text)), "eni-Server", 8080) == "unknown"


LISTENER = """
Listener:
  Type: AWS::ElasticLoadBalancingV2::Listener
  Properties:
    LoadBalancerArn: !Ref Balancer
    Port: %s
    Protocol: %s
    DefaultActions: [%s]
"""
FORWARD = "{Type: forward, TargetGroupArn: !Ref Anything}"
TO_HTTPS = "{Type: redirect, RedirectConfig: {Protocol: HTTPS, StatusCode: HTTP_301}}"
TO_SAME = "{Type: redirect, RedirectConfig: {StatusCode: HTTP_301, Host: example.com}}"
POLICY = "HTTPS\n    SslPolicy: "


@pytest.mark.parametrize(
    ("port", "protocol", "action", "outcome"),
    [
        (80, "HTTP", FORWARD, "fail"),
        (80, "HTTP", TO_HTTPS, "pass"),
        (80, "HTTP", TO_SAME, "fail"),
        (443, "HTTPS", FORWARD, "fail"),
        (443, f"{POLICY}ELBSecurityPolicy-TLS13-1-2-Res-2021-06", FORWARD, "pass"),
        (443, f"{POLICY}ELBSecurityPolicy-TLS-1-1-2017-01", FORWARD, "fail"),
        (443, f"{POLICY}!Ref Anything", FORWARD, "unknown"),
        (443, f"{POLICY}ELBSecurityPolicy-2099-01", FORWARD, "unknown"),
        (80, "!Ref Anything", FORWARD, "unknown"),
    ],
)
def test_listeners_of_load_balancers(judge_template, port, protocol, action, outcome):
    text = template(BALANCER % ("application", "internal") + LISTENER % (port, protocol, action))
    assert judge_template("load-balancer-tls", text) == {"Balancer": outcome}


@pytest.mark.parametrize(
    ("balancer", "name"),
    [
        ("!Ref Anything", "<parameter Anything>"),
        ("arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/a/1", "1"),
    ],
)
@pytest.mark.parametrize(("action", "outcome"), [(FORWARD, "fail"), (TO_HTTPS, "pass")])
def test_a_listener_of_a_load_balancer_elsewhere(judge_template, balancer, name, action, outcome):
    listener = LISTENER.replace("!Ref Balancer", balancer) % (80, "HTTP", action)
    judged = judge_template("load-balancer-tls", template(listener))
    assert judged.get(name) == outcome


def test_a_rule_of_a_listener_can_forward_in_the_clear(judge_template):
    rule = """
Rule:
  Type: AWS::ElasticLoadBalancingV2::ListenerRule
  Properties:
    {ListenerArn: !Ref Listener, Priority: 1, Conditions: [], Actions: [%s]}
"""
    text = BALANCER % ("application", "internal") + LISTENER % (80, "HTTP", TO_HTTPS)
    judged = judge_template("load-balancer-tls", template(text + rule % FORWARD))
    assert judged == {"Balancer": "fail"}
    judged = judge_template("load-balancer-tls", template(text + rule % TO_HTTPS))
    assert judged == {"Balancer": "pass"}


CLASSIC = """
Classic:
  Type: AWS::ElasticLoadBalancing::LoadBalancer
  Properties:
    Subnets: [!Ref A]
    SecurityGroups: [!Ref Open]
    Listeners: [{LoadBalancerPort: "443", InstancePort: "80", Protocol: %s, PolicyNames: [%s]}]
    Policies:
      - PolicyName: new
        PolicyType: SSLNegotiationPolicyType
        Attributes:
          - {Name: Reference-Security-Policy, Value: ELBSecurityPolicy-TLS-1-2-2017-01}
      - PolicyName: mine
        PolicyType: SSLNegotiationPolicyType
        Attributes: [{Name: Protocol-TLSv1.1, Value: true}, {Name: Protocol-SSLv3, Value: false}]
"""


@pytest.mark.parametrize(
    ("protocol", "policy", "outcome"),
    [
        ("HTTP", "", "fail"),
        ("https", "", "fail"),
        ("HTTPS", "new", "pass"),
        ("SSL", "mine", "fail"),
        ("!Ref Anything", "", "unknown"),
    ],
)
def test_listeners_of_classic_load_balancers(gathered, judge_template, protocol, policy, outcome):
    text = template(CLASSIC % (protocol, policy))
    assert judge_template("load-balancer-tls", text) == {"Classic": outcome}
    assert from_internet(gathered(text), "eni-Classic", 443) == "open"


DATABASE = """
Group:
  Type: AWS::RDS::DBSubnetGroup
  Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}
Db:
  Type: AWS::RDS::DBInstance
  Properties:
    Engine: mysql
    DBSubnetGroupName: !Ref Group
    VPCSecurityGroups: [!GetAtt Open.GroupId]
"""


def database(**properties):
    return template(
        DATABASE + "".join(f"    {key}: {value}\n" for key, value in properties.items())
    )


@pytest.mark.parametrize(
    ("control", "properties", "outcome"),
    [
        ("rds-public-access", {"PubliclyAccessible": "true"}, "fail"),
        ("rds-public-access", {"PubliclyAccessible": "false"}, "pass"),
        ("rds-public-access", {"PubliclyAccessible": "!Ref Anything"}, "unknown"),
        ("rds-public-access", {}, "pass"),
        ("rds-encryption", {"StorageEncrypted": "true"}, "pass"),
        ("rds-encryption", {"StorageEncrypted": '"true"'}, "pass"),
        ("rds-encryption", {}, "fail"),
        ("rds-encryption", {"StorageEncrypted": "!Ref Anything"}, "unknown"),
        ("rds-encryption", {"DBSnapshotIdentifier": "old"}, "unknown"),
        ("rds-encryption", {"DBSnapshotIdentifier": "old", "StorageEncrypted": "true"}, "unknown"),
        ("rds-encryption", {"DBSnapshotIdentifier": "old", "StorageEncrypted": "false"}, "unknown"),
        ("rds-encryption", {"DBSnapshotIdentifier": "old", "KmsKeyId": "alias/db"}, "unknown"),
        ("rds-encryption", {"DBSnapshotIdentifier": '""', "StorageEncrypted": "true"}, "pass"),
        ("rds-encryption", {"DBSnapshotIdentifier": '""'}, "fail"),
        ("rds-backup", {"BackupRetentionPeriod": 35}, "pass"),
        ("rds-backup", {"BackupRetentionPeriod": 0}, "fail"),
        ("rds-backup", {"BackupRetentionPeriod": "!Ref Anything"}, "unknown"),
        ("rds-auto-minor-version", {}, "pass"),
        ("rds-auto-minor-version", {"AutoMinorVersionUpgrade": "false"}, "fail"),
        ("resources-in-vpc", {}, "pass"),
        ("resources-in-vpc", {"DBSubnetGroupName": "!Ref Anything"}, "pass"),
        ("resources-in-vpc", {"DBSubnetGroupName": "default"}, "fail"),
    ],
)
def test_settings_of_a_database(judge_template, control, properties, outcome):
    text = DATABASE
    if "DBSubnetGroupName" in properties:
        text = text.replace("    DBSubnetGroupName: !Ref Group\n", "")
    lines = "".join(f"    {key}: {value}\n" for key, value in properties.items())
    assert judge_template(control, template(text + lines))["Db"] == outcome


REPLICA = """
Copy:
  Type: AWS::RDS::DBInstance
  Properties: {SourceDBInstanceIdentifier: %s%s}
"""


@pytest.mark.parametrize(
    ("control", "source", "outcomes"),
    [
        ("rds-encryption", {"StorageEncrypted": "true"}, ("pass", "pass")),
        ("rds-encryption", {"StorageEncrypted": "false"}, ("fail", "fail")),
        ("rds-encryption", {"StorageEncrypted": "!Ref Anything"}, ("unknown", "unknown")),
        ("rds-tls", {"Engine": "postgres", "EngineVersion": '"16.3"'}, ("pass", "fail")),
    ],
)
def test_a_replica_is_as_its_source(judge_template, control, source, outcomes):
    """Whichever of the two the template names first; its own engine counts, its encryption not."""
    text = DATABASE.replace("    Engine: mysql\n", "") if "Engine" in source else DATABASE
    text += "".join(f"    {key}: {value}\n" for key, value in source.items())
    own = ', StorageEncrypted: false, Engine: mysql, EngineVersion: "8.0.40"'
    for further, outcome in zip(("", own), outcomes, strict=True):
        replica = REPLICA % ("!Ref Db", further)
        assert judge_template(control, template(text + replica))["Copy"] == outcome
        assert judge_template(control, template(replica + text))["Copy"] == outcome


CLUSTERS = """
Copy:
  Type: AWS::RDS::DBCluster
  Properties: {SourceDBClusterIdentifier: !Ref Shop, EngineMode: provisioned}
Shop:
  Type: AWS::RDS::DBCluster
  Properties: {Engine: mysql, StorageEncrypted: %s}
"""


@pytest.mark.parametrize(("encrypted", "outcome"), [("true", "pass"), ("false", "fail")])
def test_a_restored_cluster_is_encrypted_as_its_source(judge_template, encrypted, outcome):
    judged = judge_template("rds-encryption", template(CLUSTERS % encrypted))
    assert judged["Copy"] == judged["Shop"] == outcome


@pytest.mark.parametrize(
    ("kind", "properties", "outcome"),
    [
        ("DBCluster", {"SnapshotIdentifier": "old"}, "unknown"),
        ("DBCluster", {"SnapshotIdentifier": "old", "StorageEncrypted": "true"}, "unknown"),
        ("DBCluster", {"SnapshotIdentifier": "old", "KmsKeyId": "alias/db"}, "pass"),
        ("DBCluster", {"SourceDBClusterIdentifier": "old", "KmsKeyId": "alias/db"}, "pass"),
        ("DBInstance", {"SourceDBInstanceIdentifier": "old", "KmsKeyId": "alias/db"}, "pass"),
        ("DBInstance", {"SourceDBInstanceIdentifier": "old", "StorageEncrypted": "1"}, "unknown"),
    ],
)
def test_a_copy_with_a_key_is_encrypted(judge_template, kind, properties, outcome):
    lines = "".join(f", {key}: {value}" for key, value in properties.items())
    text = f"Copy: {{Type: 'AWS::RDS::{kind}', Properties: {{Engine: mysql{lines}}}}}"
    assert judge_template("rds-encryption", template(text))["Copy"] == outcome


def test_a_copy_with_a_key_is_encrypted_though_its_source_is_not(judge_template):
    text = CLUSTERS.replace("EngineMode: provisioned", "KmsKeyId: alias/db") % "false"
    judged = judge_template("rds-encryption", template(text))
    assert (judged["Copy"], judged["Shop"]) == ("pass", "fail")


def test_a_replica_of_what_is_elsewhere_stays_unknown(judge_template):
    for source in ("elsewhere", "!Ref Anything"):
        text = template(DATABASE + REPLICA % (source, ""))
        assert judge_template("rds-encryption", text)["Copy"] == "unknown"


def test_a_database_without_subnet_group_is_in_the_default_vpc(judge_template):
    text = template(DATABASE.replace("    DBSubnetGroupName: !Ref Group\n", ""))
    assert judge_template("resources-in-vpc", text) == {"Db": "fail"}
    assert judge_template("rds-public-access", text) == {"Db": "fail"}


def test_a_database_has_an_interface_in_each_subnet_of_its_group(gathered):
    snapshot = gathered(database(PubliclyAccessible="true"))
    assert set(interfaces(snapshot)) == {"eni-Db-subnet-A", "eni-Db-subnet-B"}
    assert from_internet(snapshot, "eni-Db-subnet-A", 3306) == "open"
    assert from_internet(snapshot, "eni-Db-subnet-B", 3306) == "stopped"
    record = only(snapshot, DBInstance)
    assert (record.port, record.vpc, record.subnet_group) == (3306, "vpc-Vpc", "Group")


AURORA = """
Group:
  Type: AWS::RDS::DBSubnetGroup
  Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}
Cluster:
  Type: AWS::RDS::DBCluster
  Properties: {Engine: aurora-postgresql, DBSubnetGroupName: !Ref Group}
One:
  Type: AWS::RDS::DBInstance
  Properties: {Engine: aurora-postgresql, DBClusterIdentifier: !Ref Cluster}
"""


def test_members_of_a_cluster_are_where_it_is(gathered):
    snapshot = gathered(template(AURORA))
    cluster, member = only(snapshot, DBCluster), only(snapshot, DBInstance)
    assert (cluster.members, cluster.multi_az) == (("One",), False)
    assert cluster.storage_encryption_type == "sse-rds"
    assert (member.cluster, member.vpc, member.port) == ("Cluster", "vpc-Vpc", 5432)
    assert member.subnets == ("subnet-A", "subnet-B")
    second = AURORA.replace("One:", "Two:")[AURORA.index("One:") :]
    assert only(gathered(template(AURORA + second)), DBCluster).multi_az is True


@pytest.mark.parametrize(
    ("parameter", "outcome"),
    [
        ('require_secure_transport: "ON"', "pass"),
        ("require_secure_transport: 1", "pass"),
        ('require_secure_transport: "OFF"', "fail"),
        ("require_secure_transport: !Ref Anything", "unknown"),
        ("max_connections: 5", "fail"),
    ],
)
def test_the_parameters_of_a_database(judge_template, parameter, outcome):
    group = f"""
Parameters:
  Type: AWS::RDS::DBParameterGroup
  Properties: {{Family: mysql8.0, Description: d, Parameters: {{{parameter}}}}}
"""
    lines = "    DBParameterGroupName: !Ref Parameters\n    EngineVersion: '8.0'\n"
    assert judge_template("rds-tls", template(DATABASE + lines + group)) == {"Db": outcome}


REPLICATION = """
CacheGroup:
  Type: AWS::ElastiCache::SubnetGroup
  Properties: {Description: d, SubnetIds: [!Ref A]}
Cache:
  Type: AWS::ElastiCache::ReplicationGroup
  Properties:
    ReplicationGroupDescription: d
    CacheSubnetGroupName: !Ref CacheGroup
    SecurityGroupIds: [!Ref Open]
"""


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("", "fail"),
        ("    AtRestEncryptionEnabled: true\n    TransitEncryptionEnabled: true\n", "pass"),
        ("    AtRestEncryptionEnabled: true\n", "fail"),
        ("    Engine: valkey\n    TransitEncryptionEnabled: 'true'\n", "pass"),
        (
            "    AtRestEncryptionEnabled: !Ref Anything\n    TransitEncryptionEnabled: true\n",
            "unknown",
        ),
        ("    GlobalReplicationGroupId: everywhere\n", "unknown"),
        (
            "    GlobalReplicationGroupId: everywhere\n    AtRestEncryptionEnabled: false\n",
            "fail",
        ),
    ],
)
def test_caches(judge_template, properties, outcome):
    judged = judge_template("elasticache-encryption", template(REPLICATION + properties))
    assert judged == {"Cache": outcome, "Cache-001": "not applicable"}


def test_the_member_of_a_replication_group_has_an_interface(gathered):
    snapshot = gathered(template(REPLICATION))
    assert only(snapshot, ReplicationGroup).members == ("Cache-001",)
    assert only(snapshot, CacheCluster).port == 6379
    (interface,) = interfaces(snapshot).values()
    assert (interface.description, interface.groups) == ("ElastiCache Cache-001", ("sg-Open",))


OTHERS = {
    "Fn": (
        "Lambda::Function",
        "{VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Open]}}",
        "lambda",
    ),
    "Task": (
        "ECS::Service",
        (
            "{NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A], SecurityGroups: "
            "[!Ref Open], AssignPublicIp: ENABLED}}}"
        ),
        "interface",
    ),
    "Mount": ("EFS::MountTarget", "{SubnetId: !Ref A, SecurityGroups: [!Ref Open]}", "efs"),
    "Kafka": (
        "MSK::Cluster",
        "{BrokerNodeGroupInfo: {ClientSubnets: [!Ref A], SecurityGroups: [!Ref Open]}}",
        "interface",
    ),
    "Mq": (
        "AmazonMQ::Broker",
        "{SubnetIds: [!Ref A], SecurityGroups: [!Ref Open], PubliclyAccessible: true}",
        "interface",
    ),
    "Search": (
        "OpenSearchService::Domain",
        "{VPCOptions: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Open]}}",
        "interface",
    ),
    "Proxy": (
        "RDS::DBProxy",
        "{DBProxyName: p, VpcSubnetIds: [!Ref A], VpcSecurityGroupIds: [!Ref Open]}",
        "interface",
    ),
    "Serverless": (
        "ElastiCache::ServerlessCache",
        "{Engine: redis, SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Open]}",
        "vpc_endpoint",
    ),
    "Workgroup": (
        "RedshiftServerless::Workgroup",
        "{SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Open]}",
        "vpc_endpoint",
    ),
    "Endpoint": (
        "EC2::VPCEndpoint",
        (
            "{VpcEndpointType: Interface, VpcId: !Ref Vpc, ServiceName: s, SubnetIds: [!Ref A], "
            "SecurityGroupIds: [!Ref Open]}"
        ),
        "vpc_endpoint",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("subnet", ["!Ref A", "!Ref Anything"])
def test_what_stands_in_a_subnet_has_an_interface(gathered, name, subnet):
    kind, properties, interface_type = OTHERS[name]
    properties = properties.replace("!Ref A]", f"{subnet}]").replace("!Ref A,", f"{subnet},")
    snapshot = gathered(template(f"{name}: {{Type: AWS::{kind}, Properties: {properties}}}"))
    (interface,) = interfaces(snapshot).values()
    assert interface.interface_type == interface_type
    assert interface.groups == ("sg-Open",)
    known = subnet == "!Ref A"
    assert interface.subnet_id == ("subnet-A" if known else "<parameter Anything>")
    assert interface.vpc_id == "vpc-Vpc"
    assert isinstance(interface.private_ip_addresses, Unknown) is not known
    public = name in ("Task", "Mq")
    verdict = "unknown" if not known else "open" if public else "stopped"
    assert from_internet(snapshot, interface.network_interface_id, 443) == verdict


def test_a_list_of_subnets_that_is_not_known_is_one_interface_somewhere(gathered):
    snapshot = gathered(
        template(BALANCER.replace("[!Ref A, !Ref B]", "!Ref Subnets") % ("application", "internal"))
    )
    (interface,) = interfaces(snapshot).values()
    assert interface.subnet_id == "<parameter Subnets>"


def test_a_redshift_cluster(gathered, judge_template):
    text = template("""
Places:
  Type: AWS::Redshift::ClusterSubnetGroup
  Properties: {Description: d, SubnetIds: [!Ref A]}
Warehouse:
  Type: AWS::Redshift::Cluster
  Properties:
    ClusterSubnetGroupName: !Ref Places
    VpcSecurityGroupIds: [!Ref Open]
    PubliclyAccessible: true
""")
    snapshot = gathered(text)
    record = only(snapshot, RedshiftCluster)
    assert (record.vpc, record.port, record.publicly_accessible) == ("vpc-Vpc", 5439, True)
    assert from_internet(snapshot, "eni-Warehouse", 5439) == "open"
    assert judge_template("database-isolation", text)["Warehouse"] == "fail"


@pytest.mark.parametrize("group", ["default", "Default"])
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("RDS::DBInstance", "DBSubnetGroupName"),
        ("ElastiCache::CacheCluster", "CacheSubnetGroupName"),
        ("Redshift::Cluster", "ClusterSubnetGroupName"),
    ],
)
def test_the_subnet_group_named_default_is_in_the_default_vpc(judge_template, kind, name, group):
    text = template(f"It:\n  Type: AWS::{kind}\n  Properties: {{{name}: {group}}}\n")
    assert judge_template("resources-in-vpc", text) == {"It": "fail"}


PUBLIC_POLICY = '[{"AllowFromPublic": true, "Rules": [{"Resource": ["collection/logs"]}]}]'


@pytest.mark.parametrize(
    ("kind", "properties", "outcome"),
    [
        ("NeptuneGraph::Graph", "{PublicConnectivity: true}", "fail"),
        ("NeptuneGraph::Graph", "{}", "pass"),
        ("RedshiftServerless::Workgroup", "{PubliclyAccessible: true}", "fail"),
        ("DSQL::Cluster", "{}", "fail"),
        (
            "OpenSearchServerless::SecurityPolicy",
            f"{{Type: network, Policy: '{PUBLIC_POLICY}'}}",
            "fail",
        ),
        (
            "OpenSearchServerless::SecurityPolicy",
            "{Type: network, Policy: !Ref Anything}",
            "unknown",
        ),
    ],
)
def test_databases_without_interfaces(judge_template, kind, properties, outcome):
    text = template(f"Thing: {{Type: AWS::{kind}, Properties: {properties}}}")
    assert judge_template("database-isolation", text)["Thing"] == outcome


@pytest.mark.parametrize("kind", ["OpenSearchService::Domain", "Elasticsearch::Domain"])
@pytest.mark.parametrize(
    ("options", "outcome"),
    [
        ("{}", "fail"),
        ("{SubnetIds: []}", "fail"),
        ("{SubnetIds: [], SecurityGroupIds: []}", "fail"),
        ("{SubnetIds: [!Ref 'AWS::NoValue']}", "fail"),
        ("{SecurityGroupIds: [sg-1]}", "unknown"),
        ("{SubnetIds: [subnet-1]}", "unknown"),
        ("{SubnetIds: !Ref Somewhere}", "unknown"),
    ],
)
def test_vpc_options_that_name_nothing_leave_the_endpoint_on_the_internet(
    judge_template, kind, options, outcome
):
    properties = f"{{DomainName: logs, VPCOptions: {options}}}"
    text = template(f"Logs: {{Type: AWS::{kind}, Properties: {properties}}}")
    assert set(judge_template("database-isolation", text).values()) == {outcome}
