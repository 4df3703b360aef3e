"""Flow logs, launch templates, metadata defaults, caches and warehouses, as records."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from cloudpack_baseline.model.ec2_posture import (
    FlowLog,
    InstanceMetadataDefaults,
    LaunchTemplate,
    LaunchTemplateInterface,
)
from cloudpack_baseline.model.elasticache import CacheCluster, CacheSubnetGroup, ServerlessCache
from cloudpack_baseline.model.rds import DBCluster
from cloudpack_baseline.model.redshift import RedshiftCluster
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import CallError, Calls
from cloudpack_baseline.sources.gatherers import gatherer_of
from support import ACCOUNT, MOTO, REGION

CACHE_ARN = f"arn:aws:elasticache:{REGION}:{ACCOUNT}:cluster:c"


class Told:
    """Answers by operation id: pages, or an error code; asks are kept."""

    assumptions = frozenset()

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def pages(self, operation, region, parameters):
        self.asked.append((operation.id, region, dict(parameters)))
        answer = self.answers[operation.name]
        if callable(answer):
            answer = answer(parameters)
        if isinstance(answer, str):
            raise CallError(answer)
        yield from answer

    def release(self, client, region):
        pass


class Live:
    """moto, in this process."""

    assumptions = frozenset()

    def pages(self, operation, region, parameters):
        client = boto3.client(operation.client, region_name=region)
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in operation.name).strip("_")
        yield getattr(client, name)(**parameters)

    def release(self, client, region):
        pass


def gathered(kind, transport):
    calls = Calls(transport=transport, account=ACCOUNT, partition="aws", region=REGION)
    return gatherer_of(kind).run(calls, frozenset())


def single(kind, transport):
    gathering = gathered(kind, transport)
    assert gathering.unknown is None
    (record,) = gathering.records
    return record


def causes(unknown):
    return [(cause.why, cause.operation, cause.code) for cause in unknown.causes]


class TestFlowLogs:
    def test_a_flow_log(self):
        item = {
            "FlowLogId": "fl-1",
            "ResourceId": "vpc-1",
            "TrafficType": "ALL",
            "FlowLogStatus": "ACTIVE",
            "DeliverLogsStatus": "FAILED",
            "DeliverLogsErrorMessage": "Access error",
            "LogGroupName": "flows",
        }
        flow_log = single(FlowLog, Told(DescribeFlowLogs=[{"FlowLogs": [item]}]))
        assert flow_log.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/fl-1"
        assert (flow_log.resource_id, flow_log.traffic_type, flow_log.status) == (
            "vpc-1",
            "ALL",
            "ACTIVE",
        )
        assert (flow_log.deliver_logs_status, flow_log.deliver_logs_error) == (
            "FAILED",
            "Access error",
        )
        assert flow_log.destination == "flows"

    def test_a_status_that_aws_does_not_say(self):
        item = {"FlowLogId": "fl-1", "ResourceId": "vpc-1"}
        flow_log = single(FlowLog, Told(DescribeFlowLogs=[{"FlowLogs": [item]}]))
        assert flow_log.deliver_logs_status is None

    def test_an_odd_one_costs_only_itself(self):
        items = [{"FlowLogId": "fl-1"}, {"FlowLogId": "fl-2", "ResourceId": "vpc-1"}]
        flow_log = gathered(FlowLog, Told(DescribeFlowLogs=[{"FlowLogs": items}]))
        assert [record.flow_log_id for record in flow_log.records] == ["fl-2"]
        assert causes(flow_log.unknown) == [(Why.MALFORMED, "ec2:DescribeFlowLogs", "")]

    @mock_aws
    def test_of_moto(self):
        ec2 = boto3.client("ec2", region_name=REGION)
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="flows")
        ec2.create_flow_logs(
            ResourceIds=[vpc],
            ResourceType="VPC",
            TrafficType="REJECT",
            LogDestinationType="s3",
            LogDestination="arn:aws:s3:::flows",
        )
        flow_log = single(FlowLog, Live())
        assert (flow_log.resource_id, flow_log.traffic_type) == (vpc, "REJECT")
        assert (flow_log.status, flow_log.deliver_logs_status) == ("ACTIVE", "SUCCESS")
        assert flow_log.destination == "arn:aws:s3:::flows"


class TestDefaults:
    def test_a_preference(self):
        level = {"HttpTokens": "required", "HttpEndpoint": "no-preference"}
        answer = Told(GetInstanceMetadataDefaults=[{"AccountLevel": level}])
        instance_metadata_defaults = single(InstanceMetadataDefaults, answer)
        assert (
            instance_metadata_defaults.http_tokens,
            instance_metadata_defaults.http_endpoint,
            instance_metadata_defaults.http_tokens_enforced,
        ) == (
            "required",
            None,
            None,
        )
        assert instance_metadata_defaults.region == REGION

    def test_none(self):
        instance_metadata_defaults = single(
            InstanceMetadataDefaults, Told(GetInstanceMetadataDefaults=[{}])
        )
        assert instance_metadata_defaults.http_tokens is None

    def test_refused(self):
        answer = Told(GetInstanceMetadataDefaults="UnauthorizedOperation")
        instance_metadata_defaults = single(InstanceMetadataDefaults, answer)
        assert causes(instance_metadata_defaults.http_tokens) == [
            (Why.DENIED, "ec2:GetInstanceMetadataDefaults", "UnauthorizedOperation")
        ]

    def test_odd(self):
        answer = Told(GetInstanceMetadataDefaults=[{"AccountLevel": {"HttpTokens": 1}}])
        instance_metadata_defaults = single(InstanceMetadataDefaults, answer)
        assert causes(instance_metadata_defaults.http_tokens) == [
            (Why.MALFORMED, "ec2:GetInstanceMetadataDefaults", "")
        ]


def version(number, data, *, default=False, id_="lt-1"):
    return {
        "LaunchTemplateId": id_,
        "LaunchTemplateName": "web",
        "VersionNumber": number,
        "DefaultVersion": default,
        "LaunchTemplateData": data,
    }


def templates(*items, images=()):
    def image(parameters):
        (wanted,) = parameters["ImageIds"]
        held = [image for image in images if image["ImageId"] == wanted]
        return [{"Images": held}] if held else "InvalidAMIID.NotFound"

    return Told(
        DescribeLaunchTemplateVersions=[{"LaunchTemplateVersions": list(items)}],
        DescribeImages=image,
    )


class TestLaunchTemplates:
    def test_default_and_latest_version_are_one_template(self):
        required = {"MetadataOptions": {"HttpTokens": "required", "HttpEndpoint": "enabled"}}
        off = {"MetadataOptions": {"HttpEndpoint": "disabled"}}
        transport = templates(version(1, required, default=True), version(3, off))
        launch_template = single(LaunchTemplate, transport)
        assert launch_template.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:launch-template/lt-1"
        assert launch_template.name == "web"
        assert [(v.number, v.default) for v in launch_template.versions] == [(1, True), (3, False)]
        assert [v.http_tokens for v in launch_template.versions] == ["required", None]
        assert [v.http_endpoint for v in launch_template.versions] == ["enabled", "disabled"]
        # Neither leaves anything to an image.
        assert [id_ for id_, _, _ in transport.asked] == ["ec2:DescribeLaunchTemplateVersions"]
        assert transport.asked[0][2] == {"Versions": ["$Default", "$Latest"]}

    def test_the_latest_may_be_the_default(self):
        version_item = version(1, {"MetadataOptions": {"HttpTokens": "optional"}}, default=True)
        assert len(single(LaunchTemplate, templates(version_item, version_item)).versions) == 1

    @pytest.mark.parametrize(
        ("image", "expected"),
        [({"ImageId": "ami-1", "ImdsSupport": "v2.0"}, "v2.0"), ({"ImageId": "ami-1"}, None)],
    )
    def test_what_is_left_open_is_asked_of_the_image(self, image, expected):
        version_item = version(1, {"ImageId": "ami-1"})
        launch_template = single(LaunchTemplate, templates(version_item, images=[image]))
        assert launch_template.versions[0].imds_support == expected

    @pytest.mark.parametrize("image", ["ami-gone", "resolve:ssm:/golden", None])
    def test_an_image_that_cannot_be_told(self, image):
        data = {"ImageId": image} if image else {}
        launch_template = single(LaunchTemplate, templates(version(1, data)))
        assert isinstance(launch_template.versions[0].imds_support, Unknown)

    def test_an_answer_of_another_image(self):
        transport = Told(
            DescribeLaunchTemplateVersions=[
                {"LaunchTemplateVersions": [version(1, {"ImageId": "ami-1"})]}
            ],
            DescribeImages=[{"Images": [{"ImageId": "ami-2", "ImdsSupport": "v2.0"}]}],
        )
        launch_template = single(LaunchTemplate, transport)
        assert causes(launch_template.versions[0].imds_support) == [
            (Why.NOT_PROVIDED, "ec2:DescribeImages", "")
        ]

    def test_interfaces_and_tags(self):
        data = {
            "MetadataOptions": {"HttpTokens": "required"},
            "NetworkInterfaces": [
                {"AssociatePublicIpAddress": True, "SubnetId": "subnet-1", "Groups": ["sg-1"]},
                {"Ipv6AddressCount": 1},
            ],
            "TagSpecifications": [
                {"ResourceType": "volume", "Tags": [{"Key": "a", "Value": "b"}]},
                {"ResourceType": "instance", "Tags": [{"Key": "Tier", "Value": "web"}]},
            ],
        }
        (made,) = single(LaunchTemplate, templates(version(1, data))).versions
        assert made.interfaces == (
            LaunchTemplateInterface(
                associate_public_ip_address=True, subnet_id="subnet-1", groups=("sg-1",)
            ),
            LaunchTemplateInterface(ipv6=True),
        )
        assert made.tags == (("Tier", "web"),)

    def test_an_odd_one_costs_only_itself(self):
        odd = version(1, {}) | {"VersionNumber": "x"}
        sound = version(1, {"MetadataOptions": {"HttpTokens": "required"}}, id_="lt-2")
        launch_template = gathered(LaunchTemplate, templates(odd, sound))
        assert [record.launch_template_id for record in launch_template.records] == ["lt-2"]
        assert causes(launch_template.unknown) == [
            (Why.MALFORMED, "ec2:DescribeLaunchTemplateVersions", "")
        ]

    @pytest.mark.skipif(MOTO < (5, 2), reason="older motos list no versions of all templates")
    @mock_aws
    def test_of_moto(self):
        ec2 = boto3.client("ec2", region_name=REGION)
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        ec2.create_launch_template(
            LaunchTemplateName="web",
            LaunchTemplateData={
                "ImageId": image,
                "NetworkInterfaces": [{"DeviceIndex": 0, "AssociatePublicIpAddress": True}],
            },
        )
        (version,) = single(LaunchTemplate, Live()).versions
        assert version.default
        assert version.interfaces[0].associate_public_ip_address is True
        assert version.imds_support is None


class TestCaches:
    def test_a_cluster(self):
        item = {
            "CacheClusterId": "cache-001",
            "ARN": f"arn:aws:elasticache:{REGION}:{ACCOUNT}:cluster:cache-001",
            "Engine": "redis",
            "EngineVersion": "7.1.0",
            "CacheClusterStatus": "available",
            "ReplicationGroupId": "cache",
            "CacheSubnetGroupName": "private",
            "SecurityGroups": [{"SecurityGroupId": "sg-2"}, {"SecurityGroupId": "sg-1"}],
            "CacheNodes": [{"CacheNodeId": "0001", "Endpoint": {"Port": 6379}}],
        }
        transport = Told(DescribeCacheClusters=[{"CacheClusters": [item]}])
        cache_cluster = single(CacheCluster, transport)
        assert cache_cluster.subnet_group == "private"
        assert (cache_cluster.security_groups, cache_cluster.port) == (("sg-1", "sg-2"), 6379)
        assert transport.asked[0][2] == {"ShowCacheNodeInfo": True}

    @pytest.mark.parametrize(
        ("more", "port"),
        [
            ({}, None),
            ({"ConfigurationEndpoint": {"Port": 11211}}, 11211),
            ({"CacheNodes": [{}]}, None),
        ],
    )
    def test_its_port(self, more, port):
        item = {
            "CacheClusterId": "c",
            "ARN": CACHE_ARN,
            "Engine": "memcached",
        } | more
        cache_cluster = single(
            CacheCluster, Told(DescribeCacheClusters=[{"CacheClusters": [item]}])
        )
        assert cache_cluster.port == port
        assert cache_cluster.subnet_group is None

    def test_a_subnet_group(self):
        item = {
            "CacheSubnetGroupName": "private",
            "ARN": CACHE_ARN,
            "VpcId": "vpc-1",
            "Subnets": [{"SubnetIdentifier": "subnet-2"}, {"SubnetIdentifier": "subnet-1"}],
        }
        transport = Told(DescribeCacheSubnetGroups=[{"CacheSubnetGroups": [item]}])
        cache_subnet_group = single(CacheSubnetGroup, transport)
        assert (cache_subnet_group.vpc, cache_subnet_group.subnets) == (
            "vpc-1",
            ("subnet-1", "subnet-2"),
        )

    def test_a_serverless_cache(self):
        item = {
            "ServerlessCacheName": "s",
            "ARN": CACHE_ARN,
            "Engine": "valkey",
            "Status": "available",
            "SubnetIds": ["subnet-2", "subnet-1"],
            "SecurityGroupIds": ["sg-1"],
            "Endpoint": {"Port": 6379},
        }
        transport = Told(DescribeServerlessCaches=[{"ServerlessCaches": [item]}])
        serverless_cache = single(ServerlessCache, transport)
        assert (serverless_cache.subnets, serverless_cache.port) == (("subnet-1", "subnet-2"), 6379)
        assert serverless_cache.connection_type == "vpc"
        public = {**item, "ConnectionType": "public"}
        transport = Told(DescribeServerlessCaches=[{"ServerlessCaches": [public]}])
        assert single(ServerlessCache, transport).connection_type == "public"

    @mock_aws
    def test_of_moto(self):
        boto3.client("elasticache", region_name=REGION).create_cache_cluster(
            CacheClusterId="c", Engine="redis", CacheNodeType="cache.t3.micro", NumCacheNodes=1
        )
        cache_cluster = single(CacheCluster, Live())
        assert (cache_cluster.name, cache_cluster.engine, cache_cluster.region) == (
            "c",
            "redis",
            REGION,
        )


class TestRedshift:
    def test_a_cluster(self):
        item = {
            "ClusterIdentifier": "dwh",
            "ClusterStatus": "available",
            "VpcId": "vpc-1",
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
            "ClusterNodes": [{"PrivateIPAddress": "10.0.0.9"}, {"NodeRole": "LEADER"}],
            "Endpoint": {"Port": 5439},
            "PubliclyAccessible": True,
        }
        redshift_cluster = single(RedshiftCluster, Told(DescribeClusters=[{"Clusters": [item]}]))
        assert redshift_cluster.arn == f"arn:aws:redshift:{REGION}:{ACCOUNT}:cluster:dwh"
        assert (redshift_cluster.vpc, redshift_cluster.addresses, redshift_cluster.port) == (
            "vpc-1",
            ("10.0.0.9",),
            5439,
        )
        assert redshift_cluster.publicly_accessible is True

    @mock_aws
    def test_of_moto(self):
        boto3.client("redshift", region_name=REGION).create_cluster(
            ClusterIdentifier="dwh",
            NodeType="ra3.large",
            MasterUsername="root",
            MasterUserPassword="Not-4-secret",
        )
        assert single(RedshiftCluster, Live()).port == 5439


class TestClusters:
    @pytest.mark.parametrize(
        ("more", "api", "public"),
        [
            ({}, False, None),
            ({"HttpEndpointEnabled": True}, True, None),
            ({"PubliclyAccessible": False}, False, False),
        ],
    )
    def test_the_data_api_and_public_access(self, more, api, public):
        item = {
            "DBClusterIdentifier": "c",
            "DBClusterArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:c",
            "Engine": "aurora-mysql",
            "BackupRetentionPeriod": 1,
            "Status": "available",
        }
        db_cluster = single(DBCluster, Told(DescribeDBClusters=[{"DBClusters": [item | more]}]))
        assert (db_cluster.http_endpoint_enabled, db_cluster.publicly_accessible) == (api, public)
