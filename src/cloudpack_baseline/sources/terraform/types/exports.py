"""What carries data out of AWS or to other accounts, from DataSync to data shares.

Source: Terraform AWS provider, the resources of these services.
"""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, exact, member, shown
from cloudpack_baseline.sources.cloudformation.values import ResolvedObject
from cloudpack_baseline.sources.located import AnswerList
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    block_of,
    obj,
    properties_of,
)

__all__ = ["TYPES"]

TYPES = Mappings()

_LOCATIONS = {
    "nfs": "NFS",
    "smb": "SMB",
    "hdfs": "HDFS",
    "object_storage": "ObjectStorage",
    "azure_blob": "AzureBlob",
    "s3": "S3",
    "efs": "EFS",
    "fsx_lustre_file_system": "FSxLustre",
    "fsx_windows_file_system": "FSxWindows",
    "fsx_openzfs_file_system": "FSxOpenZFS",
    "fsx_ontap_file_system": "FSxONTAP",
}
for _name, _kind in _LOCATIONS.items():
    TYPES.plain(
        f"aws_datasync_location_{_name}",
        f"AWS::DataSync::Location{_kind}",
        {
            "container_url": "AzureBlobContainerUrl",
            "efs_file_system_arn": "EfsFilesystemArn",
        },
        ref="arn",
    )

# AWS DMS ---------------------------------------------------------------------------------------


@TYPES.made("aws_dms_endpoint", "AWS::DMS::Endpoint", ref="endpoint_arn")
def _endpoint(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    renames = {
        "endpoint_id": "EndpointIdentifier",
        "mongodb_settings": "MongoDbSettings",
        "server_name": "ServerName",
    }
    blocks = frozenset(
        ("mongodb_settings", "redis_settings", "kafka_settings", "elasticsearch_settings")
    )
    yield "AWS::DMS::Endpoint", properties_of(Mapped(renames=renames, blocks=blocks), values)


TYPES.plain(
    "aws_dms_s3_endpoint",
    "AWS::DMS::Endpoint",
    {"endpoint_id": "EndpointIdentifier"},
    ref="endpoint_arn",
)

# AWS Transfer Family, Amazon Data Firehose, Amazon EventBridge -----------------------------------

TYPES.plain("aws_transfer_server", "AWS::Transfer::Server", ref="arn")
TYPES.plain("aws_transfer_connector", "AWS::Transfer::Connector")


@TYPES.made(
    "aws_kinesis_firehose_delivery_stream",
    "AWS::KinesisFirehose::DeliveryStream",
    ref="name",
    attributes={"id": "Arn"},
)
def _delivery_stream(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    http = block_of(values, "http_endpoint_configuration")
    splunk = block_of(values, "splunk_configuration")
    snowflake = block_of(values, "snowflake_configuration")
    yield (
        "AWS::KinesisFirehose::DeliveryStream",
        {
            "DeliveryStreamName": values.get("name"),
            "HttpEndpointDestinationConfiguration": None
            if http is None
            else obj(EndpointConfiguration=obj(Url=member(http, "url"))),
            "SplunkDestinationConfiguration": None
            if splunk is None
            else obj(HECEndpoint=member(splunk, "hec_endpoint")),
            "SnowflakeDestinationConfiguration": None
            if snowflake is None
            else obj(AccountUrl=member(snowflake, "account_url")),
        },
    )


TYPES.plain("aws_cloudwatch_event_api_destination", "AWS::Events::ApiDestination", ref="name")

# Registries and destinations of logs -------------------------------------------------------------


@TYPES.made("aws_ecr_replication_configuration", "AWS::ECR::ReplicationConfiguration")
def _replication(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    mapped = Mapped(renames={"rule": "Rules", "destination": "Destinations"})
    block = block_of(values, "replication_configuration")
    configuration = (
        ResolvedObject(properties_of(mapped, block), NOWHERE)
        if isinstance(block, ResolvedObject)
        else block
    )
    yield "AWS::ECR::ReplicationConfiguration", {"ReplicationConfiguration": configuration}


TYPES.plain(
    "aws_cloudwatch_log_destination",
    "AWS::Logs::Destination",
    {"name": "DestinationName"},
    ref="name",
)

TYPES.setting(
    "aws_cloudwatch_log_destination_policy",
    "aws_cloudwatch_log_destination",
    "destination_name",
    {"access_policy": "DestinationPolicy"},
)


TYPES.plain("aws_ecrpublic_repository", "AWS::ECR::PublicRepository", {"catalog_data": ""})
TYPES.plain(
    "aws_dlm_lifecycle_policy",
    "AWS::DLM::LifecyclePolicy",
    {
        "schedule": "Schedules",
        "cross_region_copy_rule": "CrossRegionCopyRules",
        "share_rule": "ShareRules",
    },
    blocks=("policy_details", "create_rule", "retain_rule"),
)
TYPES.plain("aws_route53_key_signing_key", "AWS::Route53::KeySigningKey")


_GATEWAYS = "storagegateway:ListGateways"


def _storage_gateway(resource: TypedResource) -> None:
    place = f"{resource.partition}:storagegateway:{resource.region}:{resource.account}"
    resource.item(
        _GATEWAYS,
        "GatewayType",
        GatewayId=resource.id,
        GatewayARN=f"arn:{place}:gateway/{resource.id}",
        GatewayName=shown(resource.get("GatewayName")),
    )


TYPES["aws_storagegateway_gateway"] = Mapped(describe=_storage_gateway, describes=(_GATEWAYS,))

_SHARES = "redshift:DescribeDataSharesForProducer"


def _data_share(resource: TypedResource) -> None:
    """An authorization, beside others of the same data share."""
    arn = resource.subject("DataShareArn")
    consumer = exact(resource.get("ConsumerIdentifier"))
    association = resource.object(ConsumerIdentifier=consumer, Status="AUTHORIZED")
    if resource.answers.find(_SHARES, "DataShareArn", arn) is None:
        resource.item(_SHARES, DataShareArn=arn, DataShareAssociations=AnswerList())
    resource.append(_SHARES, "DataShareArn", "DataShareAssociations", association)


TYPES["aws_redshift_data_share_authorization"] = Mapped(
    describe=_data_share, describes=(_SHARES,), needs=("DataShareArn",)
)
