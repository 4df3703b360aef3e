"""Records of what carries data out of AWS: AWS DataSync, DMS, Transfer Family and others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = [
    "ApiDestination",
    "DataSyncLocation",
    "DeliveryStream",
    "DmsEndpoint",
    "ImageExportTask",
    "InstanceExportTask",
    "StorageGateway",
    "TransferConnector",
    "TransferServer",
]

_NOT_OFFERED = "EndpointConnectionError"
"""The code where a Region does not have the service."""


@frozen(kw_only=True)
class DataSyncLocation(Record):
    """A location (AWS DataSync API Reference, LocationListEntry).

    Attributes:
        uri: LocationUri, such as ``s3://bucket/`` or ``nfs://host/path``.
    """

    api = Listed(
        "datasync:ListLocations", arn="LocationArn", name="LocationUri", absent=_NOT_OFFERED
    )

    uri: Field[str] = described("LocationUri")


@frozen(kw_only=True)
class DmsEndpoint(Record):
    """An endpoint (AWS DMS API Reference, Endpoint).

    Attributes:
        endpoint_type: ``SOURCE`` or ``TARGET``.
        engine: EngineName.
        server: the host, or the brokers of Apache Kafka; ``None``: it has none, or it is in a
            secret.
    """

    api = Listed(
        "dms:DescribeEndpoints",
        arn="EndpointArn",
        name="EndpointIdentifier",
        absent=("ResourceNotFoundFault", _NOT_OFFERED),
    )

    endpoint_type: Field[str]
    engine: Field[str] = described("EngineName")
    server: Field[str | None] = described(
        "ServerName || MongoDbSettings.ServerName || RedisSettings.ServerName"
        " || KafkaSettings.Broker || ElasticsearchSettings.EndpointUri",
        default=None,
    )


@frozen(kw_only=True)
class TransferServer(Record):
    """A server for file transfers (AWS Transfer Family API Reference, ListedServer)."""

    api = Listed("transfer:ListServers", arn="Arn", name="ServerId", absent=_NOT_OFFERED)


@frozen(kw_only=True)
class TransferConnector(Record):
    """A connector to a remote server (AWS Transfer Family API Reference, ListedConnector).

    Attributes:
        url: Url of the partner; ``None``: not in the answer.
    """

    api = Listed("transfer:ListConnectors", arn="Arn", name="ConnectorId", absent=_NOT_OFFERED)

    url: Field[str | None] = None


@frozen(kw_only=True)
class StorageGateway(Record):
    """A gateway for files, volumes or tapes (Storage Gateway API Reference, GatewayInfo).

    Attributes:
        gateway_type: such as ``FILE_S3``.
    """

    api = Listed(
        "storagegateway:ListGateways",
        arn="GatewayARN",
        id="GatewayId",
        name="GatewayName",
        absent=_NOT_OFFERED,
    )

    gateway_type: Field[str] = ""


@frozen(kw_only=True)
class InstanceExportTask(Record):
    """The export of an instance (EC2 API Reference, ExportTask).

    Attributes:
        state: ``active``, ``cancelling``, ``cancelled`` or ``completed``.
        bucket: ExportToS3Task.S3Bucket.
    """

    api = Listed(
        "ec2:DescribeExportTasks",
        arn="arn:{partition}:ec2:{region}:{account}:export-instance-task/{ExportTaskId}",
        id="ExportTaskId",
    )

    state: Field[str]
    bucket: Field[str] = described("ExportToS3Task.S3Bucket", default="")


@frozen(kw_only=True)
class ImageExportTask(Record):
    """The export of an AMI (EC2 API Reference, ExportImageTask).

    Attributes:
        state: Status: ``active``, ``deleting``, ``deleted`` or ``completed``.
        bucket: S3ExportLocation.S3Bucket.
    """

    api = Listed(
        "ec2:DescribeExportImageTasks",
        arn="arn:{partition}:ec2:{region}:{account}:export-image-task/{ExportImageTaskId}",
        id="ExportImageTaskId",
    )

    state: Field[str] = described("Status")
    bucket: Field[str] = described("S3ExportLocation.S3Bucket", default="")


def _endpoints(destinations: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(sorted(url for destination in destinations for url in _urls(destination)))


def _urls(destination: Answer) -> Iterator[str]:
    http = destination.get("HttpEndpointDestinationDescription")
    if http is not None:
        yield string(http["EndpointConfiguration"], "Url")
    for name, member in (
        ("SplunkDestinationDescription", "HECEndpoint"),
        ("SnowflakeDestinationDescription", "AccountUrl"),
    ):
        if destination.get(name) is not None:
            yield string(destination[name], member)


@frozen(kw_only=True)
class DeliveryStream(Record):
    """A Firehose stream (Amazon Data Firehose API Reference, DestinationDescription).

    Attributes:
        endpoints: the URLs that it delivers to: of HTTP endpoints, Splunk and Snowflake
            (DescribeDeliveryStream).
    """

    api = Listed(
        "firehose:ListDeliveryStreams",
        arn="arn:{partition}:firehose:{region}:{account}:deliverystream/{DeliveryStreamName}",
        id="DeliveryStreamName",
        gone="ResourceNotFoundException",
        absent=_NOT_OFFERED,
    )

    endpoints: Field[tuple[str, ...]] = described(
        "DeliveryStreamDescription.Destinations",
        operation="firehose:DescribeDeliveryStream",
        convert=_endpoints,
        required=True,
        default=(),
    )


@frozen(kw_only=True)
class ApiDestination(Record):
    """An API destination (Amazon EventBridge API Reference, ApiDestination).

    Attributes:
        url: InvocationEndpoint.
    """

    api = Listed("events:ListApiDestinations", arn="ApiDestinationArn", name="Name")

    url: Field[str] = described("InvocationEndpoint")
