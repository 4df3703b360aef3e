"""What carries data out of AWS, from moto's answers and from odd ones."""

from __future__ import annotations

import pytest

from cloudpack_baseline.model.exports import (
    ApiDestination,
    DataSyncLocation,
    DeliveryStream,
    DmsEndpoint,
    ImageExportTask,
    InstanceExportTask,
    StorageGateway,
    TransferConnector,
    TransferServer,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.mock import Mock
from fakes import calls
from support import ACCOUNT, REGION


def gather(session, kind, *fields):
    snapshot = gather_account(session, [reads(kind, *fields)], regions=[REGION], via=Mock())
    assert [coverage.unknown for coverage in snapshot.coverage] == [None]
    return snapshot.all(kind, ACCOUNT)


def read(kind, answers, *fields):
    return gatherer_of(kind).run(calls(answers), frozenset(fields)).records


def test_a_location(session):
    client = session.client("datasync", region_name=REGION)
    client.create_location_smb(
        ServerHostname="files.example.com",
        Subdirectory="/share",
        User="u",
        Password="p",
        AgentArns=[f"arn:aws:datasync:{REGION}:{ACCOUNT}:agent/agent-1"],
    )
    (location,) = gather(session, DataSyncLocation)
    assert location.uri.startswith("smb://files.example.com")


def test_an_endpoint(session):
    client = session.client("dms", region_name=REGION)
    client.create_endpoint(
        EndpointIdentifier="abroad",
        EndpointType="target",
        EngineName="mysql",
        ServerName="db.example.com",
    )
    (endpoint,) = gather(session, DmsEndpoint)
    assert (endpoint.name, endpoint.engine, endpoint.server) == (
        "abroad",
        "mysql",
        "db.example.com",
    )


def test_hosts_in_settings():
    arn = f"arn:aws:dms:{REGION}:{ACCOUNT}:endpoint:1"
    item = {"EndpointArn": arn, "EndpointIdentifier": "x", "EndpointType": "TARGET"}
    settings = (
        {"EngineName": "kafka", "KafkaSettings": {"Broker": "k:9092"}},
        {"EngineName": "s3"},
    )
    answers = {"dms:DescribeEndpoints": {"Endpoints": [item | setting for setting in settings]}}
    assert [each.server for each in read(DmsEndpoint, answers)] == ["k:9092", None]
    assert read(DmsEndpoint, {"dms:DescribeEndpoints": "ResourceNotFoundFault"}) == ()


def test_servers_and_connectors(session):
    client = session.client("transfer", region_name=REGION)
    server_id = client.create_server()["ServerId"]
    (server,) = gather(session, TransferServer)
    assert server.name == server_id
    assert gather(session, TransferConnector) == ()


def test_a_stream(session):
    client = session.client("firehose", region_name=REGION)
    bucket = {
        "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/firehose",
        "BucketARN": "arn:aws:s3:::logs",
    }
    client.create_delivery_stream(
        DeliveryStreamName="http",
        HttpEndpointDestinationConfiguration={
            "EndpointConfiguration": {"Url": "https://intake.example.com/v1"},
            "S3Configuration": bucket,
        },
    )
    client.create_delivery_stream(DeliveryStreamName="s3", S3DestinationConfiguration=bucket)
    streams = gather(session, DeliveryStream, "endpoints")
    assert {stream.name: stream.endpoints for stream in streams} == {
        "http": ("https://intake.example.com/v1",),
        "s3": (),
    }


@pytest.mark.parametrize(
    ("destination", "found"),
    [
        ({"SplunkDestinationDescription": {"HECEndpoint": "https://s"}}, ("https://s",)),
        ({"SnowflakeDestinationDescription": {"AccountUrl": "https://f"}}, ("https://f",)),
        ({"RedshiftDestinationDescription": {}}, ()),
    ],
)
def test_other_destinations(destination, found):
    answers = {
        "firehose:ListDeliveryStreams": {"DeliveryStreamNames": ["x"]},
        "firehose:DescribeDeliveryStream": {
            "DeliveryStreamDescription": {"Destinations": [destination]}
        },
    }
    (stream,) = read(DeliveryStream, answers, "endpoints")
    assert stream.endpoints == found


def test_an_odd_destination_is_unknown():
    answers = {
        "firehose:ListDeliveryStreams": {"DeliveryStreamNames": ["x"]},
        "firehose:DescribeDeliveryStream": {
            "DeliveryStreamDescription": {"Destinations": [{"SplunkDestinationDescription": {}}]}
        },
    }
    (stream,) = read(DeliveryStream, answers, "endpoints")
    assert stream.endpoints.causes[0].why is Why.MALFORMED


def test_what_moto_lacks(session):
    for kind in (InstanceExportTask, ImageExportTask, StorageGateway, ApiDestination):
        assert gather(session, kind) == ()


def test_exports():
    tasks = {
        "ec2:DescribeExportImageTasks": {
            "ExportImageTasks": [
                {
                    "ExportImageTaskId": "export-ami-1",
                    "Status": "completed",
                    "S3ExportLocation": {"S3Bucket": "exports"},
                }
            ]
        }
    }
    (task,) = read(ImageExportTask, tasks)
    assert (task.state, task.bucket) == ("completed", "exports")


def test_a_region_without_the_service():
    for kind, key in (
        (DataSyncLocation, "datasync:ListLocations"),
        (StorageGateway, "storagegateway:ListGateways"),
    ):
        gathered = gatherer_of(kind).run(calls({key: "EndpointConnectionError"}), frozenset())
        assert (gathered.records, gathered.unknown) == ((), None)
