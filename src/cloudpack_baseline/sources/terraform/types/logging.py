"""CloudTrail, AWS Config, GuardDuty, CloudWatch and CloudFront.

Source: Terraform AWS provider. A configuration recorder records only once an
``aws_config_configuration_recorder_status`` starts it.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    either,
    follow,
    member,
)
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import Resolved, ResolvedList, ResolvedObject
from cloudpack_baseline.sources.terraform.mapping import (
    NOWHERE,
    Mapped,
    Mappings,
    Properties,
    block_of,
    each_block,
    obj,
    properties_of,
)

__all__ = ["TYPES"]

TYPES = Mappings()

# AWS CloudTrail --------------------------------------------------------------------------------

_SELECTORS = {
    "event_selector": "EventSelectors",
    "advanced_event_selector": "AdvancedEventSelectors",
    "data_resource": "DataResources",
    "field_selector": "FieldSelectors",
    "insight_selector": "InsightSelectors",
}


@TYPES.made("aws_cloudtrail", "AWS::CloudTrail::Trail", ref="name", attributes={"id": "Arn"})
def _trail(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    renames = _SELECTORS | {
        "name": "TrailName",
        "kms_key_id": "KMSKeyId",
        "cloud_watch_logs_group_arn": "CloudWatchLogsLogGroupArn",
        "enable_logging": "IsLogging",
    }
    properties = properties_of(Mapped(renames=renames), values)
    yield "AWS::CloudTrail::Trail", properties


@TYPES.made("aws_cloudtrail_event_data_store", "AWS::CloudTrail::EventDataStore", ref="arn")
def _event_data_store(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    properties = properties_of(Mapped(renames=_SELECTORS), values)
    suspended = values.get("suspend")
    yield (
        "AWS::CloudTrail::EventDataStore",
        {
            **properties,
            "IngestionEnabled": either(suspended, yes=False, no=True),
        },
    )


# AWS Config --------------------------------------------------------------------------------------

_RECORDER_STATUS = "config:DescribeConfigurationRecorderStatus"


def _recorder(resource: TypedResource) -> None:
    """The provider records all supported types, unless the group says otherwise."""
    group = resource.get("RecordingGroup")
    if isinstance(group, dict) and "AllSupported" not in group:
        recorded_group = obj(**{**group, "AllSupported": "ResourceTypes" not in group})
        properties = {**resource.properties, "RecordingGroup": recorded_group}
        resource = evolve(resource, properties=obj(**properties))
    resource_types()["AWS::Config::ConfigurationRecorder"].describe(resource)
    resource.about(
        _RECORDER_STATUS,
        resource.id,
        name=resource.id,
        recording=resource.get("Recording", False),
    )


TYPES["aws_config_configuration_recorder"] = Mapped(
    type="AWS::Config::ConfigurationRecorder",
    blocks=frozenset(
        ("recording_group", "exclusion_by_resource_types", "recording_strategy", "recording_mode")
    ),
    describe=_recorder,
    order=0,
    ref="name",
)


@TYPES.part("aws_config_configuration_recorder_status", "aws_config_configuration_recorder", "name")
def _recorder_status(values: ResolvedObject) -> Properties:
    return {"Recording": values.get("is_enabled", False)}


TYPES.plain("aws_config_delivery_channel", "AWS::Config::DeliveryChannel", ref="name")

# Amazon GuardDuty --------------------------------------------------------------------------------

TYPES.plain(
    "aws_guardduty_detector",
    "AWS::GuardDuty::Detector",
    {"datasources": ""},
)


@TYPES.part("aws_guardduty_detector_feature", "aws_guardduty_detector", "detector_id")
def _feature(values: ResolvedObject) -> Properties:
    feature = obj(Name=values.get("name"), Status=values.get("status"))
    return {"Features": ResolvedList([feature], NOWHERE)}


# Amazon CloudWatch -------------------------------------------------------------------------------


def _retention(days: Resolved) -> Resolved:
    """The number of days; 0 keeps log events forever."""
    return None if days == 0 else days


TYPES.plain(
    "aws_cloudwatch_log_group",
    "AWS::Logs::LogGroup",
    {"name": "LogGroupName"},
    ref="name",
    attributes={"arn": "Arn"},
    retention_in_days=_retention,
)
TYPES.plain("aws_cloudwatch_log_delivery_source", "AWS::Logs::DeliverySource", ref="name")


@TYPES.made("aws_cloudwatch_log_delivery_destination", "AWS::Logs::DeliveryDestination", ref="name")
def _destination(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    configuration = block_of(values, "delivery_destination_configuration")
    yield (
        "AWS::Logs::DeliveryDestination",
        {
            "Name": values.get("name"),
            "DeliveryDestinationType": values.get("delivery_destination_type"),
            "DestinationResourceArn": member(configuration, "destination_resource_arn"),
        },
    )


TYPES.plain("aws_cloudwatch_log_delivery", "AWS::Logs::Delivery")
TYPES.plain("aws_cloudwatch_log_resource_policy", "AWS::Logs::ResourcePolicy")


@TYPES.made("aws_cloudwatch_log_metric_filter", "AWS::Logs::MetricFilter")
def _metric_filter(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    transformation = block_of(values, "metric_transformation")
    described = obj(
        MetricName=member(transformation, "name"),
        MetricNamespace=member(transformation, "namespace"),
        MetricValue=member(transformation, "value"),
    )
    yield (
        "AWS::Logs::MetricFilter",
        {
            "FilterName": values.get("name"),
            "FilterPattern": values.get("pattern"),
            "LogGroupName": values.get("log_group_name"),
            "MetricTransformations": ResolvedList([described], NOWHERE),
        },
    )


TYPES.plain("aws_cloudwatch_metric_alarm", "AWS::CloudWatch::Alarm", ref="alarm_name")


@TYPES.made("aws_cloudwatch_event_rule", "AWS::Events::Rule", ref="name")
def _event_rule(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    state = values.get("state")
    if state is None:
        state = either(values.get("is_enabled", True), yes="ENABLED", no="DISABLED")
    yield "AWS::Events::Rule", {**properties_of(Mapped(), values), "State": state}


@TYPES.part("aws_cloudwatch_event_target", "aws_cloudwatch_event_rule", "rule")
def _event_target(values: ResolvedObject) -> Properties:
    target = obj(Arn=values.get("arn"), Id=values.get("target_id"))
    return {"Targets": ResolvedList([target], NOWHERE)}


# Amazon CloudFront -------------------------------------------------------------------------------

_DISTRIBUTION = Mapped(
    renames={
        "origin": "Origins",
        "origin_id": "Id",
        "ordered_cache_behavior": "CacheBehaviors",
        "logging_config": "Logging",
        "web_acl_id": "WebACLId",
        "origin_ssl_protocols": "OriginSSLProtocols",
        "http_port": "HTTPPort",
        "https_port": "HTTPSPort",
        "origin_group": "",
        "custom_header": "OriginCustomHeaders",
        "viewer_certificate": "ViewerCertificate",
        "cloudfront_default_certificate": "CloudFrontDefaultCertificate",
    },
    blocks=frozenset(
        (
            "s3_origin_config",
            "custom_origin_config",
            "vpc_origin_config",
            "default_cache_behavior",
            "viewer_certificate",
            "logging_config",
            "forwarded_values",
            "cookies",
        )
    ),
)


def _origin_group(block: Resolved) -> Resolved:
    """A group of origins; ``origin_id`` is its own ID, and that of each member."""
    if not isinstance(block, ResolvedObject):
        return block
    members = each_block(
        block.get("member"), lambda origin: obj(OriginId=follow(origin, "origin_id"))
    )
    return obj(Id=block.get("origin_id"), Members=obj(Items=members))


@TYPES.made("aws_cloudfront_distribution", "AWS::CloudFront::Distribution")
def _distribution(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    config = {
        name: value
        for name, value in properties_of(_DISTRIBUTION, values).items()
        if value is not None and value not in ("", [])
    }
    groups = each_block(values.get("origin_group"), _origin_group)
    if groups is not None and groups != []:
        config["OriginGroups"] = obj(Items=groups)
    yield "AWS::CloudFront::Distribution", {"DistributionConfig": ResolvedObject(config, NOWHERE)}


_ENDPOINT = Mapped(renames={"origin_ssl_protocols": ""}, blocks=frozenset(("x",)))


@TYPES.made("aws_cloudfront_vpc_origin", "AWS::CloudFront::VpcOrigin")
def _vpc_origin(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    block = block_of(values, "vpc_origin_endpoint_config")
    endpoint = properties_of(_ENDPOINT, obj(x=block)).get("X")
    protocols = block_of(block, "origin_ssl_protocols")
    if isinstance(endpoint, ResolvedObject) and protocols is not None:
        endpoint["OriginSSLProtocols"] = member(protocols, "items")
    yield "AWS::CloudFront::VpcOrigin", {"VpcOriginEndpointConfig": endpoint}


TYPES.plain("aws_cloudfront_realtime_log_config", "AWS::CloudFront::RealtimeLogConfig")
TYPES.plain("aws_cloudfront_origin_access_control", "AWS::CloudFront::OriginAccessControl")
TYPES.plain(
    "aws_cloudfront_origin_access_identity",
    "AWS::CloudFront::CloudFrontOriginAccessIdentity",
    attributes={
        "iam_arn": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {id}",
        "cloudfront_access_identity_path": "origin-access-identity/cloudfront/{id}",
    },
)
