"""EC2's networks, filled into moto with boto3 and read back through the gatherers."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from cloudpack_baseline.model import codec, ec2, ec2_gateways
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.reachability import Interfaces, Internet, Network
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT, MOTO, REGION

KINDS = (
    ec2.Vpc,
    ec2.Subnet,
    ec2.RouteTable,
    ec2.NetworkAcl,
    ec2.SecurityGroup,
    ec2.SecurityGroupVpcAssociation,
    ec2.ManagedPrefixList,
    ec2.NetworkInterface,
    ec2.Instance,
    ec2_gateways.InternetGateway,
    ec2_gateways.EgressOnlyInternetGateway,
    ec2_gateways.NatGateway,
    ec2_gateways.VpnGateway,
    ec2_gateways.VpnConnection,
    ec2_gateways.VpcPeeringConnection,
    ec2_gateways.TransitGateway,
    ec2_gateways.TransitGatewayAttachment,
    ec2_gateways.TransitGatewayRouteTable,
    ec2_gateways.VpcEndpoint,
    ec2_gateways.VpcBlockPublicAccessOptions,
)
DEFAULTS = {
    "DescribeVpcBlockPublicAccessOptions": {
        "VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}
    },
    "DescribeVpcBlockPublicAccessExclusions": {"VpcBlockPublicAccessExclusions": []},
    "DescribeSecurityGroupVpcAssociations": {"SecurityGroupVpcAssociations": []},
}


class Through:
    """A transport that asks moto, with botocore's own pagination."""

    assumptions = frozenset()

    def __init__(self, client):
        self.client = client
        self.asked = []

    def pages(self, operation, _region, parameters):
        self.asked.append(operation.id)
        if operation.name in DEFAULTS:
            yield DEFAULTS[operation.name]
            return
        method = self.client.meta.method_to_api_mapping
        name = next(name for name, api in method.items() if api == operation.name)
        if self.client.can_paginate(name):
            yield from self.client.get_paginator(name).paginate(**parameters)
        else:
            yield getattr(self.client, name)(**parameters)


@pytest.fixture
def client(monkeypatch):
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "testing")
    with mock_aws():
        yield boto3.client("ec2", region_name=REGION)


def gather(client, *kinds):
    bound = calls({}, transport=Through(client))
    records = []
    for kind in kinds or KINDS:
        gathering = gatherer_of(kind).run(bound, frozenset())
        assert gathering.unknown is None, (kind, gathering.unknown)
        records += gathering.records
    return records


def only(records, kind):
    return [record for record in records if isinstance(record, kind)]


def three_tier(client):
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        client.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"]
        for number in (1, 2)
    ]
    gateway = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    client.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = client.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    client.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    client.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    groups = [
        client.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("web", "db")
    ]
    client.authorize_security_group_ingress(
        GroupId=groups[0],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    )
    client.authorize_security_group_ingress(
        GroupId=groups[1],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 3306,
                "ToPort": 3306,
                "UserIdGroupPairs": [{"GroupId": groups[0]}],
            }
        ],
    )
    image = client.describe_images()["Images"][0]["ImageId"]
    interfaces = []
    for subnet, group in zip(subnets, groups, strict=True):
        place = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group]}
        started = client.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=[place]
        )
        (interface,) = started["Instances"][0]["NetworkInterfaces"]
        interfaces.append(interface["NetworkInterfaceId"])
    address = client.allocate_address(Domain="vpc")
    client.associate_address(AllocationId=address["AllocationId"], NetworkInterfaceId=interfaces[0])
    return interfaces


@pytest.mark.skipif(MOTO < (5, 2), reason="older motos tell no public address of an interface")
def test_a_network_is_read_and_judged(client):
    web, db = three_tier(client)
    network = Network.from_records(gather(client))
    assert network.flow(Internet(), Interfaces([web]), "https").verdict == "open"
    assert network.flow(Internet(), Interfaces([web]), "ssh").verdict == "stopped"
    assert network.flow(Interfaces([web]), Interfaces([db]), "mysql").verdict == "open"
    assert network.flow(Interfaces([db]), Interfaces([web]), "mysql").verdict == "stopped"
    assert network.flow(Internet(), Interfaces([db]), "mysql").verdict == "stopped"


def test_every_record_survives_a_snapshot(client):
    three_tier(client)
    for record in gather(client):
        again = codec.decode(type(record), codec.encode(record))
        assert again == record


def test_what_lies_between_vpcs(client):
    one = client.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    two = client.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    client.create_vpc_peering_connection(VpcId=one, PeerVpcId=two)
    subnet = client.create_subnet(VpcId=one, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    transit = client.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    client.create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit, VpcId=one, SubnetIds=[subnet]
    )
    client.create_vpc_endpoint(
        VpcId=one, ServiceName=f"com.amazonaws.{REGION}.s3", VpcEndpointType="Gateway"
    )
    client.create_egress_only_internet_gateway(VpcId=one)
    vpn = client.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    client.attach_vpn_gateway(VpnGatewayId=vpn, VpcId=one)
    client.create_nat_gateway(
        SubnetId=subnet, AllocationId=client.allocate_address(Domain="vpc")["AllocationId"]
    )
    records = gather(client)
    (peering,) = only(records, ec2_gateways.VpcPeeringConnection)
    assert {peering.requester.vpc_id, peering.accepter.vpc_id} == {one, two}
    (attachment,) = only(records, ec2_gateways.TransitGatewayAttachment)
    assert (attachment.resource_id, attachment.subnet_ids) == (one, (subnet,))
    (endpoint,) = only(records, ec2_gateways.VpcEndpoint)
    assert endpoint.vpc_endpoint_type == "Gateway"
    (nat,) = only(records, ec2_gateways.NatGateway)
    assert (nat.subnet_id, nat.state) == (subnet, "available")
    (gateway,) = only(records, ec2_gateways.VpnGateway)
    assert [attachment.vpc_id for attachment in gateway.attachments] == [one]
    assert only(records, ec2_gateways.EgressOnlyInternetGateway)
    (options,) = only(records, ec2_gateways.VpcBlockPublicAccessOptions)
    assert options.internet_gateway_block_mode == "off"
    for record in records:
        assert codec.decode(type(record), codec.encode(record)) == record


def test_instances_of_all_reservations(client):
    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = client.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    for _ in range(2):
        client.run_instances(
            ImageId="ami-12345678",
            MinCount=2,
            MaxCount=2,
            SubnetId=subnet,
            TagSpecifications=[
                {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "app"}]}
            ],
        )
    records = gather(client, ec2.Instance, ec2.NetworkInterface)
    instances = only(records, ec2.Instance)
    assert len(instances) == 4
    assert {record.name for record in instances} == {"app"}
    assert {record.state for record in instances} == {"running"}
    held = {record.instance_id for record in only(records, ec2.NetworkInterface)}
    assert held == {record.instance_id for record in instances}


def test_an_entry_list_that_is_denied_costs_only_itself():
    bound = calls(
        {
            "ec2:DescribeManagedPrefixLists": {"PrefixLists": [{"PrefixListId": "pl-1"}]},
            "ec2:GetManagedPrefixListEntries": "UnauthorizedOperation",
        }
    )
    gathering = gatherer_of(ec2.ManagedPrefixList).run(bound, frozenset())
    (record,) = gathering.records
    assert gathering.unknown is None
    assert isinstance(record.entries, Unknown)
    (cause,) = record.entries.causes
    assert cause.why is Why.DENIED
    assert cause.actions == ("ec2:GetManagedPrefixListEntries",)


def test_transit_details_that_are_denied():
    item = {
        "TransitGatewayAttachmentId": "tgw-attach-1",
        "TransitGatewayId": "tgw-1",
        "ResourceType": "vpc",
        "ResourceId": "vpc-1",
        "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associating"},
    }
    bound = calls(
        {
            "ec2:DescribeTransitGatewayAttachments": {"TransitGatewayAttachments": [item]},
            "ec2:DescribeTransitGatewayVpcAttachments": "UnauthorizedOperation",
            "ec2:DescribeTransitGatewayRouteTables": {
                "TransitGatewayRouteTables": [
                    {"TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1"}
                ]
            },
            "ec2:SearchTransitGatewayRoutes": "UnauthorizedOperation",
            "ec2:GetTransitGatewayRouteTableAssociations": {
                "Associations": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]
            },
        }
    )
    (attachment,) = (
        gatherer_of(ec2_gateways.TransitGatewayAttachment).run(bound, frozenset()).records
    )
    assert isinstance(attachment.subnet_ids, Unknown)
    assert attachment.association_route_table_id is None
    (table,) = gatherer_of(ec2_gateways.TransitGatewayRouteTable).run(bound, frozenset()).records
    assert isinstance(table.routes, Unknown)
    assert [association.transit_gateway_attachment_id for association in table.associations] == [
        "tgw-attach-1"
    ]


def test_a_block_of_public_access_that_is_denied_is_still_a_record():
    bound = calls(
        {
            "ec2:DescribeVpcBlockPublicAccessOptions": "UnauthorizedOperation",
            "ec2:DescribeVpcBlockPublicAccessExclusions": "UnauthorizedOperation",
        }
    )
    gathering = gatherer_of(ec2_gateways.VpcBlockPublicAccessOptions).run(bound, frozenset())
    (record,) = gathering.records
    assert isinstance(record.internet_gateway_block_mode, Unknown)
    assert isinstance(record.exclusions, Unknown)
    assert (record.account, record.region) == (ACCOUNT, REGION)


def test_exclusions_and_modes():
    bound = calls(
        {
            "ec2:DescribeVpcBlockPublicAccessOptions": {
                "VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "block-ingress"}
            },
            "ec2:DescribeVpcBlockPublicAccessExclusions": {
                "VpcBlockPublicAccessExclusions": [
                    {
                        "ExclusionId": "vpcbpa-exclude-1",
                        "ResourceArn": "arn:aws:ec2:r:1:vpc/vpc-1",
                        "InternetGatewayExclusionMode": "allow-bidirectional",
                        "State": "create-complete",
                    }
                ]
            },
        }
    )
    (record,) = (
        gatherer_of(ec2_gateways.VpcBlockPublicAccessOptions).run(bound, frozenset()).records
    )
    assert record.internet_gateway_block_mode == "block-ingress"
    assert record.exclusions[0].internet_gateway_exclusion_mode == "allow-bidirectional"


@pytest.mark.parametrize(
    ("operation", "kind", "field", "item"),
    [
        (
            "DescribeRouteTables",
            ec2.RouteTable,
            "routes",
            {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [], "Routes": [{}]},
        ),
        (
            "DescribeNetworkAcls",
            ec2.NetworkAcl,
            "entries",
            {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "Entries": [{"Protocol": "6"}]},
        ),
        (
            "DescribeSecurityGroups",
            ec2.SecurityGroup,
            "ip_permissions",
            {"GroupId": "sg-1", "IpPermissionsEgress": []},
        ),
    ],
)
def test_an_odd_part_costs_only_its_field(operation, kind, field, item):
    key = {"DescribeRouteTables": "RouteTables", "DescribeNetworkAcls": "NetworkAcls"}.get(
        operation, "SecurityGroups"
    )
    gathering = gatherer_of(kind).run(calls({f"ec2:{operation}": {key: [item]}}), frozenset())
    assert gathering.unknown is None
    assert isinstance(getattr(gathering.records[0], field), Unknown)


def test_an_odd_instance_costs_only_itself():
    bound = calls(
        {
            "ec2:DescribeInstances": {
                "Reservations": [
                    {
                        "Instances": [
                            {"InstanceId": "i-1"},
                            {"InstanceId": "i-2", "State": {"Name": "running"}},
                        ]
                    }
                ]
            }
        }
    )
    gathering = gatherer_of(ec2.Instance).run(bound, frozenset())
    assert [record.instance_id for record in gathering.records] == ["i-2"]
    assert isinstance(gathering.unknown, Unknown)
