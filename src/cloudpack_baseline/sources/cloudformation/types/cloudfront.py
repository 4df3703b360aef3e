"""Amazon CloudFront: distributions, VPC origins and configurations of real-time logs.

Source: AWS CloudFormation Template Reference, "Amazon CloudFront resource types".
"""

from __future__ import annotations

from collections.abc import Mapping

from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    listed,
    member,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, why_of, with_members

__all__ = ["TYPES"]

TYPES = Types()

_DISTRIBUTIONS = "cloudfront:ListDistributions"
_CONFIG = "cloudfront:GetDistributionConfig"
_VPC_ORIGIN = "cloudfront:GetVpcOrigin"
_REALTIME = "cloudfront:GetRealtimeLogConfig"
_DEFAULT_CERTIFICATE = {"CloudFrontDefaultCertificate": True, "MinimumProtocolVersion": "TLSv1"}


@TYPES.of(
    "AWS::CloudFront::Distribution",
    _DISTRIBUTIONS,
    _CONFIG,
    attributes={
        "Id": "{id}",
        "DomainName": "{logical}.cloudfront.net",
        "Arn": "arn:{partition}:cloudfront::{account}:distribution/{id}",
    },
)
def _distribution(resource: TypedResource) -> None:
    """Without a certificate of its own, a distribution has the one of CloudFront."""
    config = resource.get("DistributionConfig")
    origins = [_origin(origin) for origin in as_list(member(config, "Origins"))]
    origins += [
        {"Id": legacy, **_origin(origin)}
        for legacy, name in (("S3Origin", "S3Origin"), ("CustomOrigin", "CustomOrigin"))
        if isinstance(config, Mapping) and isinstance(origin := config.get(name), Mapping)
    ]
    resource.item(
        _DISTRIBUTIONS,
        Id=resource.id,
        ARN=resource.attribute("Arn"),
        DomainName=resource.attribute("DomainName"),
        Status="Deployed",
        Enabled=member(config, "Enabled"),
        Origins={"Items": origins},
        OriginGroups={"Items": as_list(member(member(config, "OriginGroups"), "Items"))},
        DefaultCacheBehavior=member(config, "DefaultCacheBehavior"),
        CacheBehaviors={"Items": as_list(member(config, "CacheBehaviors"))},
        ViewerCertificate=_certificate(member(config, "ViewerCertificate")),
        WebACLId=member(config, "WebACLId", ""),
        DefaultRootObject=member(config, "DefaultRootObject", ""),
    )
    logging = member(config, "Logging")
    described = {"Logging": {"Enabled": False}}
    if logging is not None:
        described = {"Logging": _logging(logging)}
    resource.about(_CONFIG, resource.id, DistributionConfig=described)


def _origin(origin: Resolved) -> Resolved:
    """An origin as the API describes it, which has lists as objects with a quantity."""
    if not isinstance(origin, Mapping):
        return origin
    custom = origin.get("CustomOriginConfig")
    if not isinstance(custom, Mapping):
        return origin
    # Amazon CloudFront API Reference, CustomOriginConfig; the default of CloudFormation.
    protocols = listed(custom.get("OriginSSLProtocols", ["TLSv1", "SSLv3"]))
    return with_members(
        origin, CustomOriginConfig=with_members(custom, OriginSslProtocols={"Items": protocols})
    )


def _certificate(certificate: Resolved) -> Resolved:
    if certificate is None:
        return _DEFAULT_CERTIFICATE
    if isinstance(certificate, Mapping) and "MinimumProtocolVersion" not in certificate:
        return with_members(certificate, MinimumProtocolVersion="TLSv1")
    return certificate


def _logging(logging: Resolved) -> Resolved:
    if not isinstance(logging, Mapping):
        return logging
    # Without a bucket, logs are delivered by CloudWatch Logs, or not at all.
    bucket = logging.get("Bucket")
    if bucket is None:
        return {"Enabled": False}
    return {"Enabled": True, "Bucket": bucket, "Prefix": logging.get("Prefix", "")}


@TYPES.of(
    "AWS::CloudFront::VpcOrigin",
    "cloudfront:ListVpcOrigins",
    _VPC_ORIGIN,
    attributes={
        "Id": "{id}",
        "Arn": "arn:{partition}:cloudfront::{account}:vpcorigin/{id}",
    },
)
def _vpc_origin(resource: TypedResource) -> None:
    endpoint = resource.get("VpcOriginEndpointConfig")
    resource.item(
        "cloudfront:ListVpcOrigins",
        Id=resource.id,
        Name=member(endpoint, "Name", resource.name),
        Arn=resource.attribute("Arn"),
        Status="Deployed",
    )
    protocols = listed(member(endpoint, "OriginSSLProtocols", ["TLSv1.2"]))
    resource.about(
        _VPC_ORIGIN,
        resource.id,
        VpcOrigin={
            "Id": resource.id,
            "VpcOriginEndpointConfig": {
                "OriginProtocolPolicy": member(endpoint, "OriginProtocolPolicy", "match-viewer"),
                "OriginSslProtocols": {"Items": protocols},
            },
        },
    )


@TYPES.of(
    "AWS::CloudFront::RealtimeLogConfig",
    _REALTIME,
    name="Name",
    ref="arn:{partition}:cloudfront::{account}:realtime-log-config/{name}",
    attributes={"Arn": "{id}"},
)
def _realtime_log_config(resource: TypedResource) -> None:
    rate = resource.get("SamplingRate")
    if isinstance(rate, float) and why_of(rate) is None:
        rate = int(rate)
    resource.about(
        _REALTIME,
        resource.id,
        RealtimeLogConfig={"ARN": resource.id, "Name": resource.name, "SamplingRate": rate},
    )


@TYPES.of("AWS::CloudFront::OriginAccessControl", attributes={"Id": "{id}"})
@TYPES.of(
    "AWS::CloudFront::CloudFrontOriginAccessIdentity",
    attributes={"Id": "{id}", "S3CanonicalUserId": "canonical user of {id}"},
)
def _access_control(resource: TypedResource) -> None:
    """Named by policies of buckets only."""
