"""What carries data out of AWS: DataSync, DMS, Transfer Family, Firehose and API destinations.

Source: AWS CloudFormation Template Reference, resource types of these services.
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    exact,
    follow,
)
from cloudpack_baseline.sources.cloudformation.values import concatenated, why_of

__all__ = ["TYPES"]

TYPES = Types()

_LOCATIONS = "datasync:ListLocations"
_STREAMS = "firehose:ListDeliveryStreams"
_STREAM = "firehose:DescribeDeliveryStream"
_PLACES = {
    "NFS": ("nfs://", "ServerHostname"),
    "SMB": ("smb://", "ServerHostname"),
    "HDFS": ("hdfs://", "Subdirectory"),
    "ObjectStorage": ("object-storage://", "ServerHostname"),
    "AzureBlob": ("azure-blob://", "AzureBlobContainerUrl"),
    "S3": ("s3://", "S3BucketArn"),
    "EFS": ("efs://", "EfsFilesystemArn"),
    "FSxLustre": ("fsxl://", "FsxFilesystemArn"),
    "FSxWindows": ("fsxw://", "FsxFilesystemArn"),
    "FSxOpenZFS": ("fsxz://", "FsxFilesystemArn"),
    "FSxONTAP": ("fsxn-nfs://", "StorageVirtualMachineArn"),
}
"""The scheme of the URI of a location and the property that says where it is, by type."""


def _location(resource: TypedResource, scheme: str, place: str) -> None:
    host = resource.get(place, resource.name)
    name = host if why_of(host) is not None else str(host).rpartition(":")[2]
    uri = concatenated([scheme, name, resource.get("Subdirectory", "/")])
    # A place in AWS is one, whatever its name.
    is_in_aws = scheme.startswith(("s3", "efs", "fsx"))
    resource.item(_LOCATIONS, LocationArn=resource.id, LocationUri=str(uri) if is_in_aws else uri)


def _declare(kind: str, scheme: str, place: str) -> None:
    TYPES.of(
        f"AWS::DataSync::Location{kind}",
        _LOCATIONS,
        ref="arn:{partition}:datasync:{region}:{account}:location/{logical}",
        attributes={"LocationArn": "{id}"},
    )(lambda resource: _location(resource, scheme, place))


for _kind, (_scheme, _place) in _PLACES.items():
    _declare(_kind, _scheme, _place)


@TYPES.of(
    "AWS::DMS::Endpoint",
    "dms:DescribeEndpoints",
    ref="arn:{partition}:dms:{region}:{account}:endpoint:{logical}",
)
def _endpoint(resource: TypedResource) -> None:
    kind = resource.get("EndpointType")
    settings = (
        "MongoDbSettings",
        "RedisSettings",
        "KafkaSettings",
        "ElasticsearchSettings",
    )
    resource.item(
        "dms:DescribeEndpoints",
        "EngineName",
        EndpointArn=resource.id,
        EndpointIdentifier=resource.get("EndpointIdentifier", resource.name),
        EndpointType=kind if why_of(kind) is not None else str(kind).upper(),
        ServerName=exact(resource.get("ServerName")),
        **{name: resource.get(name) for name in settings},
    )


@TYPES.of(
    "AWS::Transfer::Server",
    "transfer:ListServers",
    ref="arn:{partition}:transfer:{region}:{account}:server/{logical}",
    attributes={"Arn": "{id}", "ServerId": "{logical}"},
)
def _server(resource: TypedResource) -> None:
    resource.item("transfer:ListServers", Arn=resource.id, ServerId=resource.name)


@TYPES.of(
    "AWS::Transfer::Connector",
    "transfer:ListConnectors",
    attributes={"Arn": "arn:{partition}:transfer:{region}:{account}:connector/{logical}"},
)
def _connector(resource: TypedResource) -> None:
    resource.item(
        "transfer:ListConnectors",
        Arn=resource.attribute("Arn"),
        ConnectorId=resource.name,
        Url=exact(resource.get("Url")),
    )


@TYPES.of(
    "AWS::KinesisFirehose::DeliveryStream",
    _STREAMS,
    _STREAM,
    ref="DeliveryStreamName",
    attributes={"Arn": "arn:{partition}:firehose:{region}:{account}:deliverystream/{id}"},
)
def _delivery_stream(resource: TypedResource) -> None:
    resource.item(_STREAMS, DeliveryStreamName=resource.id)
    http, splunk, snowflake = (
        resource.get(f"{name}DestinationConfiguration")
        for name in ("HttpEndpoint", "Splunk", "Snowflake")
    )
    destinations: list[object] = []
    if http is not None:
        url = exact(follow(http, "EndpointConfiguration", "Url"))
        described = {"EndpointConfiguration": {"Url": url}}
        destinations.append({"HttpEndpointDestinationDescription": described})
    if splunk is not None:
        described = {"HECEndpoint": exact(follow(splunk, "HECEndpoint"))}
        destinations.append({"SplunkDestinationDescription": described})
    if snowflake is not None:
        described = {"AccountUrl": exact(follow(snowflake, "AccountUrl"))}
        destinations.append({"SnowflakeDestinationDescription": described})
    resource.about(_STREAM, resource.id, DeliveryStreamDescription={"Destinations": destinations})


@TYPES.of(
    "AWS::Events::ApiDestination",
    "events:ListApiDestinations",
    ref="Name",
    attributes={"Arn": "arn:{partition}:events:{region}:{account}:api-destination/{id}/{logical}"},
)
def _api_destination(resource: TypedResource) -> None:
    resource.item(
        "events:ListApiDestinations",
        Name=resource.id,
        ApiDestinationArn=resource.attribute("Arn"),
        InvocationEndpoint=exact(resource.get("InvocationEndpoint")),
    )
