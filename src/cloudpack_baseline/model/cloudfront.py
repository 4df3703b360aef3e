"""Records of Amazon CloudFront."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = [
    "CacheBehavior",
    "Delivery",
    "Distribution",
    "DistributionOrigin",
    "LoggingConfig",
    "OriginGroup",
    "RealtimeLogConfig",
]


@frozen(kw_only=True)
class DistributionOrigin:
    """Where content comes from (CloudFront API Reference, Origin).

    Attributes:
        id: what cache behaviors and origin groups name.
        domain_name: DomainName, as ``docs.s3.ap-northeast-1.amazonaws.com``.
        path: OriginPath, put before the path of every request; as ``/public``.
    """

    id: str
    domain_name: str
    path: str = ""


@frozen(kw_only=True)
class OriginGroup:
    """Origins of which each stands in for another (OriginGroup).

    Attributes:
        id: what cache behaviors name.
        members: ids of the origins.
    """

    id: str
    members: tuple[str, ...] = ()


@frozen(kw_only=True)
class CacheBehavior:
    """Where requests of some paths go (CacheBehavior, DefaultCacheBehavior).

    Attributes:
        target: TargetOriginId: the id of an origin, or of an origin group.
        path_pattern: which paths; ``*`` for the default.
        realtime_log_config: the ARN of a configuration of real-time logs.
    """

    target: str
    path_pattern: str = "*"
    realtime_log_config: str | None = None


@frozen(kw_only=True)
class LoggingConfig:
    """Standard logging, legacy (LoggingConfig).

    Attributes:
        bucket: Bucket, as ``logs.s3.amazonaws.com``.
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

    destination: str
    type: str
    resource: Field[str | None] = None


@frozen(kw_only=True)
class RealtimeLogConfig:
    """A configuration of real-time logs (GetRealtimeLogConfig).

    Attributes:
        arn: what cache behaviors name.
        sampling_rate: how many of 100 requests are logged.
    """

    arn: str
    sampling_rate: int


@frozen(kw_only=True)
class Distribution(Record):
    """A distribution; `name` is its id (CloudFront API Reference, DistributionSummary).

    Attributes:
        enabled: whether it answers requests.
        status: ``Deployed``, or ``InProgress`` while changes are on their way.
        content_origins: Origins: where content comes from.
        origin_groups: groups of them.
        cache_behaviors: where requests go, the default last.
        logging: standard logs, legacy (GetDistributionConfig); ``None``: off.
        deliveries: standard logs, v2, of this distribution (DescribeDeliveries of the
            delivery sources of log type ``ACCESS_LOGS``).
        realtime_log_configs: those that its cache behaviors name, and that are there.
    """

    enabled: bool = True
    status: str = "Deployed"
    content_origins: tuple[DistributionOrigin, ...] = ()
    origin_groups: tuple[OriginGroup, ...] = ()
    cache_behaviors: tuple[CacheBehavior, ...] = ()
    logging: Field[LoggingConfig | None] = None
    deliveries: Field[tuple[Delivery, ...]] = ()
    realtime_log_configs: Field[tuple[RealtimeLogConfig, ...]] = ()
