"""The network of a template: VPCs, filters, gateways, and what packets reach."""

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.model.ec2 import NetworkInterface, SecurityGroup, Subnet, Vpc
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.reachability import Interfaces, Internet, Network

PUBLIC = """
Parameters: {Office: {Type: String}, Block: {Type: String}}
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
  Six:
    Type: AWS::EC2::VPCCidrBlock
    Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}
  Gateway: {Type: "AWS::EC2::InternetGateway"}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Table: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  Route:
    Type: AWS::EC2::Route
    Properties:
      {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Route6:
    Type: AWS::EC2::Route
    Properties:
      {RouteTableId: !Ref Table, DestinationIpv6CidrBlock: "::/0", GatewayId: !Ref Gateway}
  Front:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Front, RouteTableId: !Ref Table}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: web
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: "22", ToPort: "22", CidrIp: 0.0.0.0/0}]
  Server:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref Front, SecurityGroupIds: [!GetAtt Web.GroupId]}
"""


def more(resources):
    return PUBLIC + "".join(f"  {line}\n" for line in resources.strip().splitlines())


def verdict(snapshot, interface="eni-Server", port=22, source=None):
    network = Network.from_records(snapshot.records)
    return network.flow(source or Internet(), Interfaces([interface]), "tcp", port).verdict


def test_the_internet_reaches_an_open_group_on_a_public_address(gathered):
    snapshot = gathered(PUBLIC)
    assert verdict(snapshot) == "open"
    assert verdict(snapshot, port=23) == "stopped"


def test_a_witness_names_the_resource_in_place_of_an_address(gathered):
    snapshot = gathered(PUBLIC, controls=["open-security-groups"])
    findings = assess(snapshot, Baseline(), controls=["open-security-groups"]).findings
    (finding,) = [finding for finding in findings if finding.outcome.value == "fail"]
    summary = finding.observations[0].witness.summary.in_language("en")
    assert summary.endswith("-> i-Server tcp/22")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("MapPublicIpOnLaunch: true", "MapPublicIpOnLaunch: false", "stopped"),
        ("MapPublicIpOnLaunch: true", "MapPublicIpOnLaunch: !Ref Block", "unknown"),
        ("CidrIp: 0.0.0.0/0", "CidrIp: !Ref Office", "unknown"),
        ("CidrIp: 0.0.0.0/0", "CidrIp: 10.0.0.0/8", "stopped"),
        ("CidrIp: 0.0.0.0/0", "CidrIp: 203.0.113.5/40", "unknown"),
        ('FromPort: "22"', "FromPort: !Ref Office", "unknown"),
        ("CidrBlock: 10.0.0.0/24", "CidrBlock: !Ref Block", "unknown"),
        ("[!GetAtt Web.GroupId]", "[!Ref Office]", "unknown"),
        ("[!GetAtt Web.GroupId]", "!Ref Office", "unknown"),
        ("SubnetId: !Ref Front, Sec", "SubnetId: !Ref Block, Sec", "unknown"),
        ("DestinationCidrBlock: 0.0.0.0/0", "DestinationCidrBlock: !Ref Block", "unknown"),
        ("GatewayId: !Ref Gateway}", "GatewayId: !Ref Block}", "unknown"),
        ("CidrBlock: 10.0.0.0/16", "CidrBlock: !Ref Block", "unknown"),
        ("SubnetId: !Ref Front, Sec", "Sec", "unknown"),
        ("RouteTableId: !Ref Table}", "RouteTableId: !Ref Office}", "unknown"),
    ],
)
def test_what_is_not_known_leaves_the_flow_unknown(gathered, old, new, expected):
    assert old in PUBLIC
    assert verdict(gathered(PUBLIC.replace(old, new))) == expected


def test_an_unknown_rule_hides_no_neighbour(gathered):
    rules = "[{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: !Ref Office}, "
    snapshot = gathered(PUBLIC.replace("SecurityGroupIngress: [", f"SecurityGroupIngress: {rules}"))
    assert verdict(snapshot) == "open"
    assert verdict(snapshot, port=80) == "unknown"


def test_separate_rules_are_those_of_their_group(gathered):
    snapshot = gathered(
        more("""
Rule:
  Type: AWS::EC2::SecurityGroupIngress
  Properties: {GroupId: !Ref Web, IpProtocol: "6", FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}
""")
    )
    assert verdict(snapshot, port=80) == "open"


def test_a_network_acl_elsewhere_may_stop_anything(gathered):
    text = more("""
Filtered:
  Type: AWS::EC2::SubnetNetworkAclAssociation
  Properties: {SubnetId: !Ref Front, NetworkAclId: !Ref Office}
""")
    assert verdict(gathered(text)) == "unknown"


ELSEWHERE = """
Rule:
  Type: AWS::EC2::SecurityGroupIngress
  Properties: {GroupId: %s, IpProtocol: tcp, FromPort: 23, ToPort: 23, CidrIp: %s}
"""


@pytest.mark.parametrize("group", ["sg-12345678", "!Ref Office"])
def test_a_rule_of_a_group_elsewhere(gathered, judge_template, group):
    opened, closed = (more(ELSEWHERE % (group, block)) for block in ("0.0.0.0/0", "10.0.0.0/8"))
    name = "<parameter Office>" if group.startswith("!") else group
    assert judge_template("open-security-groups", opened)[name] == "fail"
    assert judge_template("open-security-groups", closed)[name] == "pass"
    carried = closed.replace("[!GetAtt Web.GroupId]", f"[{group}]")
    # The group has rules that are not known, so nothing is known to be stopped.
    assert verdict(gathered(carried)) == "unknown"
    assert (
        verdict(gathered(opened.replace("[!GetAtt Web.GroupId]", f"[{group}]")), port=23) == "open"
    )


def test_an_elastic_address_can_be_named_in_a_rule(gathered):
    snapshot = gathered(
        more("""
Address: {Type: "AWS::EC2::EIP", Properties: {InstanceId: !Ref Server}}
Rule:
  Type: AWS::EC2::SecurityGroupIngress
  Properties:
    {GroupId: !Ref Web, IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: !Sub "${Address}/32"}
Nat:
  Type: AWS::EC2::NatGateway
  Properties: {SubnetId: !Ref Front, AllocationId: !GetAtt Address.AllocationId}
""")
    )
    (group,) = [record for record in snapshot.records if record.name == "Web"]
    assert isinstance(group, SecurityGroup)
    (interface,) = [
        record
        for record in snapshot.records
        if isinstance(record, NetworkInterface) and record.instance_id == "i-Server"
    ]
    (address,) = interface.private_ip_addresses
    assert group.ip_permissions[1].ip_ranges == (f"{address.public_ip}/32",)


def test_a_block_that_amazon_provides_is_that_of_its_references(gathered):
    text = PUBLIC.replace(
        "CidrBlock: 10.0.0.0/24,",
        "CidrBlock: 10.0.0.0/24, AssignIpv6AddressOnCreation: true, Ipv6CidrBlock: "
        "!Select [1, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 4, 64]],",
    ).replace("CidrIp: 0.0.0.0/0", 'CidrIpv6: "::/0"')
    snapshot = gathered(text)
    (vpc,) = [record for record in snapshot.records if isinstance(record, Vpc)]
    (subnet,) = [record for record in snapshot.records if isinstance(record, Subnet)]
    (block,) = subnet.ipv6_cidr_blocks
    assert block.split("::")[0][:9] == vpc.ipv6_cidr_blocks[0][:9]
    assert verdict(snapshot) == "open"


def test_the_group_of_a_new_vpc_is_not_applicable(judge_template):
    outcomes = judge_template("default-security-group", PUBLIC)
    assert outcomes == {"default": "not applicable"}


def test_a_group_that_no_interface_uses_is_judged(judge_template):
    group = """
Resources:
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: open
      SecurityGroupIngress: {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
"""
    assert judge_template("open-security-groups", group) == {"Open": "fail"}
    flows = [{"from": ["internet"], "to": ["web"], "services": ["ssh"]}]
    declared = Baseline.from_mapping(
        {"segments": [{"name": "web", "tags": {"Tier": "web"}}], "flows": flows}
    )
    assert judge_template("open-security-groups", group, baseline=declared) == {"Open": "unknown"}
    closed = group.replace("0.0.0.0/0", "10.0.0.0/8")
    assert judge_template("open-security-groups", closed) == {"Open": "pass"}


def test_a_malformed_part_costs_only_what_reads_it(gathered):
    text = PUBLIC.replace("CidrBlock: 10.0.0.0/16", "CidrBlock: [1, 2]")
    snapshot = gathered(text)
    (vpc,) = [record for record in snapshot.records if isinstance(record, Vpc)]
    assert isinstance(vpc.cidr_blocks, Unknown)


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ('CidrIp: "/0"', "fail"),
        ('CidrIp: " 0.0.0.0/0 "', "fail"),
        ('CidrIpv6: "/0"', "fail"),
        ('CidrIp: "10.0.0.0/33"', "unknown"),
        ('CidrIp: "anywhere"', "unknown"),
    ],
)
def test_a_block_that_ec2_rejects_means_what_its_length_says(judge_template, rule, outcome):
    text = f"""
    Resources:
      Web:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: web
          SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 22, ToPort: 22, {rule}}}]
    """
    assert judge_template("open-security-groups", text) == {"Web": outcome}


def test_a_subnet_that_a_default_leaves_empty_hides_no_interface(gathered):
    text = """
    Parameters: {Subnet: {Type: String, Default: ""}}
    Resources:
      Nested: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Subnet}}
      Other: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: subnet-1}}
    """
    snapshot = gathered(text, controls=["bastion-ingress"])
    subnets = {
        record.name: record.subnet_id
        for record in snapshot.records
        if isinstance(record, NetworkInterface)
    }
    assert subnets == {"eni-Nested": "<no subnet>", "eni-Other": "subnet-1"}


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("GatewayId: !Ref Gateway", "fail"),
        ("GatewayId: !Ref Elsewhere", "unknown"),
        ("GatewayId: !ImportValue gateway", "unknown"),
        ("GatewayId: !If [IsLocal, vgw-1, !Ref Elsewhere]", "unknown"),
        ("GatewayId: vgw-0123", "pass"),
        ("NatGatewayId: !Ref Elsewhere", "pass"),
        ("TransitGatewayId: !ImportValue gateway", "pass"),
    ],
)
def test_a_route_to_a_gateway_that_is_elsewhere(target, outcome, judge_template):
    template = f"""
    Parameters: {{Elsewhere: {{Type: String}}, Place: {{Type: String}}}}
    Conditions: {{IsLocal: !Equals [!Ref Place, local]}}
    Resources:
      Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
      Gateway: {{Type: AWS::EC2::InternetGateway}}
      Attachment:
        Type: AWS::EC2::VPCGatewayAttachment
        Properties: {{VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
      Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
      Route:
        Type: AWS::EC2::Route
        Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, {target}}}
      Inner: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
      Association:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {{SubnetId: !Ref Inner, RouteTableId: !Ref Table}}
    """
    assert judge_template("route-restriction", template)["subnet-Inner"] == outcome


@pytest.mark.parametrize("service", ["MemoryDB", "DAX"])
@pytest.mark.parametrize(
    ("rules", "outcome"), [("[{IpProtocol: '-1', CidrIp: 10.0.0.0/16}]", "fail"), ("[]", "pass")]
)
def test_caches_without_a_record_are_databases_too(judge_template, service, rules, outcome):
    text = more(
        f"""
Data:
  Type: AWS::EC2::SecurityGroup
  Properties: {{VpcId: !Ref Vpc, GroupDescription: d, SecurityGroupIngress: {rules}}}
Back: {{Type: "AWS::EC2::Subnet", Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}}}
Places: {{Type: "AWS::{service}::SubnetGroup", Properties: {{SubnetIds: [!Ref Back]}}}}
Cache:
  Type: AWS::{service}::Cluster
  Properties: {{SubnetGroupName: !Ref Places, SecurityGroupIds: [!Ref Data]}}
"""
    )
    servers = {"name": "servers", "cidrs": ["10.0.0.0/24"]}
    baseline = Baseline.from_mapping({"segments": [servers]})
    judged = judge_template("database-isolation", text, baseline=baseline)
    assert judged == {"eni-Cache": outcome}
