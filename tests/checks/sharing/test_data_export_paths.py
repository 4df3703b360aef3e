"""data-export-paths (5.4)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline, Outcome, check_data_export_paths
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
from cloudpack_baseline.testing.records import record
from support import denied, only, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NETWORKS = {"networks": {"office": ["10.1.0.0/16", "192.0.2.0/24", "2001:db8::/32", "fd00::/8"]}}


def judge(resource, *, declared=(), networks=NETWORKS):
    options = {"controls": {"data-export-paths": {"declared": list(declared)}}}
    baseline = Baseline.from_mapping(options | networks)
    return only(check_data_export_paths(world("data-export-paths", resource), baseline))


def outcome(resource, **changes):
    return judge(resource, **changes).outcome


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("s3://bucket/", PASS),
        ("efs://ap-northeast-1.fs-1/", PASS),
        ("fsxw://ap-northeast-1.fs-1/share/", PASS),
        ("fsxn-nfs://ap-northeast-1.fs-1/svm-1/vol/", PASS),
        ("hdfs://namenode.example.com:8020/", FAIL),
        ("nfs://198.51.100.7/export/", FAIL),
        ("smb://files.example.com/share/", FAIL),
        ("object-storage://store.example.com/bucket/", FAIL),
        ("azure-blob://account.blob.core.windows.net/", FAIL),
        (denied("datasync:ListLocations"), UNKNOWN),
    ],
)
def test_a_location(uri, expected):
    assert outcome(record(DataSyncLocation, "location/1", service="datasync", uri=uri)) is expected


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("shop.cluster-1.ap-northeast-1.rds.amazonaws.com", PASS),
        ("10.1.2.3", PASS),
        ("10.2.0.1", FAIL),
        ("db.example.com", FAIL),
        ("b-1.msk.amazonaws.com:9092,b-2.msk.amazonaws.com:9092", PASS),
        ("b-1.msk.amazonaws.com:9092,kafka.example.com:9092", FAIL),
        ("2001:db8::5", PASS),
        ("2001:db9::5", FAIL),
        ("fd00::5", PASS),
        ("[fd00::5]:5432", PASS),
        ("[fd00::5", FAIL),
        ("[db]:5432", FAIL),
        (denied("dms:DescribeEndpoints"), UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_an_endpoint(server, expected):
    def endpoint(kind):
        return record(
            DmsEndpoint,
            "endpoint:1",
            service="dms",
            endpoint_type=kind,
            engine="mysql",
            server=server,
        )

    assert outcome(endpoint("TARGET")) is expected
    assert outcome(endpoint("source")) is PASS


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        *((name, PASS) for name in ("s3", "DynamoDB", "kinesis", "neptune", "timestream")),
        ("redshift-serverless", PASS),
        ("mysql", UNKNOWN),
        (denied("dms:DescribeEndpoints"), UNKNOWN),
    ],
)
def test_an_endpoint_without_host(engine, expected):
    endpoint = record(
        DmsEndpoint, "endpoint:1", service="dms", endpoint_type="TARGET", engine=engine
    )
    assert outcome(endpoint) is expected


def test_an_endpoint_without_host_that_needs_one_names_the_call():
    endpoint = record(
        DmsEndpoint, "endpoint:1", service="dms", endpoint_type="TARGET", engine="mysql"
    )
    (cause,) = judge(endpoint).observations[0].causes
    assert (cause.operation, cause.detail) == ("dms:DescribeEndpoints", "ServerName")


def test_an_endpoint_of_an_unknown_type():
    endpoint = record(
        DmsEndpoint, "endpoint:1", service="dms", endpoint_type=denied(), engine="mysql"
    )
    assert outcome(endpoint) is UNKNOWN


SERVER = record(TransferServer, "server/s-1", service="transfer")


@pytest.mark.parametrize(
    "resource",
    [
        SERVER,
        record(TransferConnector, "connector/c-1", service="transfer"),
        record(TransferConnector, "connector/c-1", service="transfer", url="sftp://partner.jp"),
        record(StorageGateway, "gateway/sgw-1", service="storagegateway"),
    ],
)
def test_what_is_outside_by_itself(resource):
    assert outcome(resource) is FAIL


@pytest.mark.parametrize("kind", [InstanceExportTask, ImageExportTask])
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("active", FAIL),
        ("completed", FAIL),
        ("cancelled", PASS),
        ("cancelling", PASS),
        ("deleting", PASS),
        ("deleted", PASS),
        (denied("ec2:DescribeExportTasks"), UNKNOWN),
    ],
)
def test_an_export(kind, state, expected):
    assert outcome(record(kind, "export-task/1", state=state, bucket="exports")) is expected
    assert outcome(record(kind, "export-task/1", state=state, bucket=denied())) is expected


@pytest.mark.parametrize(
    ("urls", "expected"),
    [
        ((), PASS),
        (("https://search.ap-northeast-1.es.amazonaws.com/logs",), PASS),
        (("https://intake.example.com/v1",), FAIL),
        (("http-inputs.splunk.example.com:8088",), FAIL),
        (("https://10.1.2.3:8443/",), PASS),
        (("https://[2001:db8::5]/",), PASS),
        (denied("firehose:DescribeDeliveryStream"), UNKNOWN),
    ],
)
def test_a_stream(urls, expected):
    stream = record(DeliveryStream, "deliverystream/logs", service="firehose", endpoints=urls)
    assert outcome(stream) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://abc.execute-api.ap-northeast-1.amazonaws.com/prod", PASS),
        ("https://abc.lambda-url.ap-northeast-1.on.aws/", PASS),
        ("https://abc.execute-api.cn-north-1.amazonaws.com.cn/prod", PASS),
        ("https://abc.ap-northeast-1.aws.dev./x", PASS),
        ("https://hooks.example.com/x", FAIL),
        ("https://amazonaws.com.cn.example.com/x", FAIL),
        ("https://evilamazonaws.com/x", FAIL),
        (denied("events:ListApiDestinations"), UNKNOWN),
    ],
)
def test_a_destination(url, expected):
    resource = record(ApiDestination, "api-destination/hook", service="events", url=url)
    assert outcome(resource) is expected


@pytest.mark.parametrize("pattern", ["s-1", "s-*", "arn:aws:transfer:*:server/*"])
def test_a_path_that_is_declared(pattern):
    finding = judge(SERVER, declared=[{"resource": pattern, "ticket": "OPS-7"}])
    assert finding.outcome is PASS
    assert "OPS-7" in finding.observations[0].message.in_language("en")
    assert outcome(SERVER, declared=[{"resource": "other", "ticket": "OPS-7"}]) is FAIL


def test_a_target_is_named():
    stream = record(
        DeliveryStream,
        "deliverystream/logs",
        service="firehose",
        endpoints=("https://intake.example.com/v1",),
    )
    (observation,) = judge(stream).observations
    assert observation.read == "Destinations=https://intake.example.com/v1"
