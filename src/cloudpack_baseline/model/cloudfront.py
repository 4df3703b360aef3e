"""Records of Amazon CloudFront."""

from __future__ import annotations

from typing import ClassVar

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, derived, described
from cloudpack_baseline.model.reading import flag, member, structured
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Origin

__all__ = [
    "CacheBehavior",
    "Delivery",
    "Distribution",
    "DistributionOrigin",
    "LoggingConfig",
    "OriginGroup",
    "RealtimeLogConfig",
    "ViewerCertificate",
    "VpcOrigin",
]


@frozen(kw_only=True)
class DistributionOrigin:
    """Where content comes from (CloudFront API Reference, Origin).

    Attributes:
        id: what cache behaviors and origin groups name.
        domain_name: DomainName, such as ``docs.s3.ap-northeast-1.amazonaws.com``.
        path: OriginPath, put before the path of every request; as ``/public``.
        protocol_policy: CustomOriginConfig.OriginProtocolPolicy: ``https-only``, ``http-only`` or
            ``match-viewer``; ``None``: an S3 bucket by its REST endpoint, or a VPC origin.
        ssl_protocols: CustomOriginConfig.OriginSslProtocols: the versions that CloudFront uses.
        vpc_origin: VpcOriginConfig.VpcOriginId.
        written_at: where a template or plan contains it.
    """

    written_as: ClassVar[str] = "CustomOriginConfig"

    id: str
    domain_name: str
    path: str = described("OriginPath", default="")
    protocol_policy: Field[str | None] = described(
        "CustomOriginConfig.OriginProtocolPolicy", default=None
    )
    ssl_protocols: Field[tuple[str, ...]] = described(
        "CustomOriginConfig.OriginSslProtocols.Items", default=()
    )
    vpc_origin: str | None = described("VpcOriginConfig.VpcOriginId", default=None)
    written_at: Origin | None = None


@frozen(kw_only=True)
class OriginGroup:
    """Origins with failover (OriginGroup).

    Attributes:
        id: the ID that cache behaviors name.
        members: IDs of the origins.
    """

    id: str
    members: tuple[str, ...] = described("Members.Items[].OriginId", default=())


@frozen(kw_only=True)
class CacheBehavior:
    """Where requests of some paths go (CacheBehavior, DefaultCacheBehavior).

    Attributes:
        target: TargetOriginId: the ID of an origin, or of an origin group.
        path_pattern: which paths; ``*`` for the default.
        realtime_log_config: the ARN of a configuration of real-time logs.
        viewer_protocol_policy: ``allow-all``, ``https-only`` or ``redirect-to-https``; empty: not
            recorded.
        written_at: where a template or plan contains it.
    """

    written_as: ClassVar[str] = "ViewerProtocolPolicy"

    target: str = described("TargetOriginId")
    path_pattern: str = "*"
    realtime_log_config: str | None = described("RealtimeLogConfigArn", default=None)
    viewer_protocol_policy: Field[str] = ""
    written_at: Origin | None = None


@frozen(kw_only=True)
class ViewerCertificate:
    """How viewers connect over TLS (ViewerCertificate).

    Attributes:
        is_default: CloudFrontDefaultCertificate: whether it is that of ``*.cloudfront.net``.
        minimum_protocol_version: a version and the year of the policy, such as ``TLSv1.2_2021``.
        written_at: where a template or plan contains it.
    """

    written_as: ClassVar[str] = "MinimumProtocolVersion"

    is_default: bool = described("CloudFrontDefaultCertificate", default=False)
    minimum_protocol_version: str = ""
    written_at: Origin | None = None


@frozen(kw_only=True)
class LoggingConfig:
    """Standard logging, legacy (LoggingConfig).

    Attributes:
        bucket: Bucket, such as ``logs.s3.amazonaws.com``.
        prefix: what the keys begin with.
    """

    bucket: str
    prefix: str = ""


@frozen(kw_only=True)
class Delivery:
    """A delivery of standard logs, v2 (CloudWatch Logs API Reference, Delivery).

    Attributes:
        destination: deliveryDestinationArn.
        type: deliveryDestinationType: ``S3``, ``CWL``, ``FH``, ...
        resource: destinationResourceArn, what receives the logs; ``None``: the destination
            is of another account.
    """

    destination: str = described("deliveryDestinationArn")
    type: str = described("deliveryDestinationType")
    resource: Field[str | None] = derived(None)


@frozen(kw_only=True)
class RealtimeLogConfig:
    """A configuration of real-time logs (GetRealtimeLogConfig).

    Attributes:
        arn: what cache behaviors name.
        sampling_rate: how many of 100 requests are logged.
    """

    arn: str = described("ARN")
    sampling_rate: int


def _cache_behaviors(distribution: Answer) -> tuple[CacheBehavior, ...]:
    """Where requests go, the default last."""
    items = member(distribution, "CacheBehaviors.Items") or ()
    for item in items:
        item["PathPattern"]  # AWS always sends it
    default = {"PathPattern": "*"} | distribution["DefaultCacheBehavior"]
    return tuple(structured(CacheBehavior, item) for item in (*items, default))


def _logging(config: Answer) -> LoggingConfig | None:
    logging = config.get("Logging") or {}
    return structured(LoggingConfig, logging) if flag(logging, "Enabled") else None


@frozen(kw_only=True)
class Distribution(Record):
    """A distribution; `name` is its ID (CloudFront API Reference, DistributionSummary).

    Attributes:
        enabled: whether it answers requests.
        status: ``Deployed``, or ``InProgress`` while changes are being deployed.
        content_origins: Origins: where content comes from.
        origin_groups: groups of origins with failover.
        cache_behaviors: where requests go, the default last.
        logging: standard logs, legacy (GetDistributionConfig); ``None``: off.
        deliveries: standard logs, v2, of this distribution (DescribeDeliveries of the
            delivery sources of log type ``ACCESS_LOGS``).
        realtime_log_configs: the existing ones that its cache behaviors name.
        viewer_certificate: how viewers connect over TLS; ``None``: not in the answer.
    """

    api = Listed(
        "cloudfront:ListDistributions",
        arn="ARN",
        id="Id",
        name="Id",
        gone="NoSuchDistribution",
        regional=False,
    )

    enabled: Field[bool] = described("Enabled", required=True, default=True)
    status: Field[str] = described("Status", required=True, default="Deployed")
    content_origins: Field[tuple[DistributionOrigin, ...]] = described("Origins.Items", default=())
    origin_groups: Field[tuple[OriginGroup, ...]] = described("OriginGroups.Items", default=())
    cache_behaviors: Field[tuple[CacheBehavior, ...]] = described(
        "", convert=_cache_behaviors, default=()
    )
    logging: Field[LoggingConfig | None] = described(
        "DistributionConfig",
        operation="cloudfront:GetDistributionConfig",
        convert=_logging,
        required=True,
        default=None,
    )
    deliveries: Field[tuple[Delivery, ...]] = derived(())
    realtime_log_configs: Field[tuple[RealtimeLogConfig, ...]] = derived(())
    viewer_certificate: Field[ViewerCertificate | None] = None


@frozen(kw_only=True)
class VpcOrigin(Record):
    """A VPC origin: a private load balancer or instance (CloudFront API Reference, VpcOrigin).

    Attributes:
        vpc_origin_id: what origins of distributions name.
        protocol_policy: OriginProtocolPolicy: ``https-only``, ``http-only`` or ``match-viewer``.
        ssl_protocols: OriginSslProtocols: the versions that CloudFront uses.
    """

    api = Listed(
        "cloudfront:ListVpcOrigins",
        arn="Arn",
        id="Id",
        name="Name",
        gone="EntityNotFound",
        regional=False,
    )

    vpc_origin_id: str = described("Id")
    protocol_policy: Field[str] = described(
        "VpcOrigin.VpcOriginEndpointConfig.OriginProtocolPolicy",
        operation="cloudfront:GetVpcOrigin",
    )
    ssl_protocols: Field[tuple[str, ...]] = described(
        "VpcOrigin.VpcOriginEndpointConfig.OriginSslProtocols.Items",
        operation="cloudfront:GetVpcOrigin",
        default=(),
    )
