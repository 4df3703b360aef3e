"""Whether the requests that reach a bucket through CloudFront are logged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.storage._cloudfront_origins import (
    answers_requests,
    behaviors_to,
    distributions_of,
    has_origin,
)
from cloudpack_baseline.checks.storage._s3_domains import bucket_at
from cloudpack_baseline.findings import Observation, causes_text, failed, passed, unknown
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.cloudfront import (
    CacheBehavior,
    Distribution,
    LoggingConfig,
)
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import (
    Truth,
    Unknown,
    Why,
    all_of,
    any_of,
    lift,
    negate,
)
from cloudpack_baseline.texts import text

__all__ = ["CLOUDFRONT_READS", "cloudfront_receivers", "logged_by_cloudfront"]

CLOUDFRONT_READS = (reads(Distribution, "logging", "deliveries", "realtime_log_configs"),)
"""What is needed here, beside the ownership of buckets."""

_EVERY_REQUEST = 100
_EXPECTED = "Logging.Enabled=true"


@frozen
class _Path:
    """A cache behavior that leads to the bucket, or may.

    Attributes:
        distribution: its distribution.
        behavior: the cache behavior.
        leads: whether requests get to the bucket.
        logged: whether each of them is logged.
    """

    distribution: Distribution
    behavior: CacheBehavior
    leads: Truth
    logged: Truth

    def __str__(self) -> str:
        return f"{self.distribution.name} {self.behavior.path_pattern}"


def logged_by_cloudfront(view: AccountView, bucket: Bucket) -> Observation:
    """Whether every distribution that leads to the bucket logs every request to it.

    Standard logs, legacy or v2, cover every request to their distribution. Real-time logs cover the
    cache behaviors that name a configuration, and only with a sampling rate of 100 (Amazon
    CloudFront Developer Guide, Logging requests). The distributions of every account that was read
    count.
    """
    paths = tuple(_paths(view, bucket))
    unlogged = tuple(path for path in paths if path.leads is True and path.logged is False)
    if unlogged:
        return _unlogged(unlogged)
    doubts = tuple(_doubts(view, paths))
    if doubts:
        why = reduce(or_, doubts)
        message = text("storage.cloudfront-unread", cause=causes_text(why.causes))
        return unknown(message, why, expected=_EXPECTED)
    if not paths:
        why = Unknown.because(
            Why.NOT_PROVIDED, detail=f"a distribution with the origin {bucket.name}"
        )
        return unknown(text("storage.cloudfront-elsewhere"), why, expected=_EXPECTED)
    names = tuple(dict.fromkeys(path.distribution.name for path in paths))
    return passed(text("storage.cloudfront-logged", distributions=names))


def _unlogged(paths: tuple[_Path, ...]) -> Observation:
    """That requests are not logged, or that their logs are not taken where they are sent."""
    behaviors = tuple(map(str, paths))
    for path in paths:
        logging = path.distribution.logging
        if isinstance(logging, LoggingConfig):
            message = text("storage.cloudfront-refused", behaviors=behaviors, bucket=logging.bucket)
            return failed(message, read=f"Logging.Bucket={logging.bucket}", expected=_EXPECTED)
    message = text("storage.cloudfront-unlogged", behaviors=behaviors)
    return failed(message, read="Logging.Enabled=false", expected=_EXPECTED)


def _doubts(view: AccountView, paths: tuple[_Path, ...]) -> Iterator[Unknown]:
    """What would have to be known to say that all is logged."""
    gap = view.gap(Distribution)
    if gap is not None:
        yield gap
    for path in paths:
        harmless = any_of((negate(path.leads), path.logged))
        if isinstance(harmless, Unknown):
            yield harmless


def _paths(view: AccountView, bucket: Bucket) -> Iterator[_Path]:
    for distribution in distributions_of(view):
        answers = answers_requests(distribution)
        for behavior, target_leads in behaviors_to(distribution, bucket.name):
            leads = all_of((answers, target_leads))
            logged = _is_logged(view, distribution, behavior)
            # What only may lead there matters only where it is not logged.
            if leads is True or (leads is not False and logged is not True):
                yield _Path(distribution, behavior, leads, logged)


def _is_logged(view: AccountView, distribution: Distribution, behavior: CacheBehavior) -> Truth:
    legacy = distribution.logging
    accepted = (
        legacy if isinstance(legacy, Unknown) else legacy is not None and _accepts(view, legacy)
    )
    standard = lift(bool, distribution.deliveries)
    return any_of((accepted, standard, _in_real_time(distribution, behavior)))


def _accepts(view: AccountView, logging: LoggingConfig) -> Truth:
    """Whether the bucket takes legacy logs, which CloudFront delivers by its right in the ACL.

    With ACLs off it takes none (Amazon CloudFront Developer Guide, Configure standard
    logging, legacy). Of a bucket that was not read nothing speaks against it.
    """
    for account in view.snapshot.accounts:
        for bucket in view.snapshot.all(Bucket, account.id):
            if bucket.name == bucket_at(logging.bucket):
                return lift(lambda ownership: ownership != "BucketOwnerEnforced", bucket.ownership)
    return True


def _in_real_time(distribution: Distribution, behavior: CacheBehavior) -> Truth:
    if behavior.realtime_log_config is None:
        return False
    return lift(
        lambda configs: any(
            config.arn == behavior.realtime_log_config and config.sampling_rate == _EVERY_REQUEST
            for config in configs
        ),
        distribution.realtime_log_configs,
    )


def cloudfront_receivers(view: AccountView) -> Iterator[tuple[str, str]]:
    """Buckets that receive logs of distributions, and of which.

    A bucket that is an origin of the same distribution is no mere receiver.
    """
    for distribution in distributions_of(view):
        for bucket in _receivers(distribution):
            if has_origin(distribution, bucket) is False:
                yield bucket, distribution.arn


def _receivers(distribution: Distribution) -> Iterator[str]:
    legacy = distribution.logging
    if legacy is not None and not isinstance(legacy, Unknown):
        bucket = bucket_at(legacy.bucket)
        if isinstance(bucket, str):
            yield bucket
    if not isinstance(distribution.deliveries, Unknown):
        for delivery in distribution.deliveries:
            if delivery.type == "S3" and isinstance(delivery.resource, str):
                yield Arn.parse(delivery.resource).resource.partition("/")[0]
