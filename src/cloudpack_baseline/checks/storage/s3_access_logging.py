"""Whether access to the objects of buckets is logged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.baseline import BucketDeclaration
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.logging.recorders import RECORDER_READS, recorders_elsewhere
from cloudpack_baseline.checks.storage._cloudfront_logs import (
    CLOUDFRONT_READS,
    cloudfront_receivers,
    logged_by_cloudfront,
)
from cloudpack_baseline.checks.storage._log_targets import receives_access_logs
from cloudpack_baseline.checks.storage._object_events import events_recorded
from cloudpack_baseline.checks.storage.declared_exposure import exposure_texts
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket, Logging
from cloudpack_baseline.model.values import Origin, Unknown
from cloudpack_baseline.texts import text

__all__ = ["s3_access_logging"]


@check(
    reads(Bucket, "logging", "ownership", "policy", "acl"),
    *RECORDER_READS,
    *CLOUDFRONT_READS,
    subjects=(Bucket,),
)
def s3_access_logging(view: AccountView) -> Iterator[Finding]:
    """Reads server access logging, data events and CloudFront logs of each bucket.

    One of these is enough: server access logs to a bucket that exists (GetBucketLogging); data
    events of all reads and writes, recorded by active trails (GetEventSelectors, GetTrailStatus)
    or by enabled event data stores (GetEventDataStore), including those of the organization if
    its management account is in the snapshot; or, for a bucket that is declared for CloudFront
    only, logs of every distribution that leads to it (GetDistributionConfig, DescribeDeliveries,
    GetRealtimeLogConfig). Buckets that receive logs are exempt, and so are those whose policy or
    ACL lets Amazon S3 deliver logs to them.
    """
    receivers = dict(_receivers(view))
    for bucket in view.all(Bucket):
        if bucket.name in receivers:
            observation = not_applicable(
                text("storage.receives-logs", source=receivers[bucket.name])
            )
        elif view.baseline.bucket(bucket.name).logs:
            observation = not_applicable(text("storage.logs-declared"))
        else:
            observation = _unless_exempt(bucket, _access_logging(view, bucket))
        elsewhere = recorders_elsewhere(view) if observation.outcome is Outcome.FAIL else ()
        yield view.finding(bucket, observation, notes=elsewhere)


def _unless_exempt(bucket: Bucket, observation: Observation) -> Observation:
    """The observation, but what does not pass is exempt if it receives logs."""
    receives = receives_access_logs(bucket)
    if observation.outcome is Outcome.PASS or receives is False:
        return observation
    if receives is True:
        return not_applicable(text("storage.logs-admitted"))
    if observation.outcome is Outcome.UNKNOWN:
        return observation
    name = "Grants" if isinstance(bucket.acl, Unknown) else "Policy"
    return unknown(name, receives, expected="LoggingEnabled")


def _receivers(view: AccountView) -> Iterator[tuple[str, str]]:
    """Buckets that receive logs, and whose."""
    yield from cloudfront_receivers(view)
    for trail in view.all(Trail):
        yield trail.s3_bucket, trail.arn
    for bucket in view.all(Bucket):
        if isinstance(bucket.logging, Logging) and bucket.logging.target_bucket != bucket.name:
            yield bucket.logging.target_bucket, bucket.name


def _access_logging(view: AccountView, bucket: Bucket) -> Observation:
    logging, origin = bucket.logging, bucket.origin_of("logging")
    gone = isinstance(logging, Logging) and _is_gone(view, logging.target_bucket)
    if isinstance(logging, Logging) and not gone:
        message = text("storage.logged", target=logging.target_bucket)
        return passed(message, read=f"TargetBucket={logging.target_bucket}", origin=origin)
    events = events_recorded(view, bucket)
    if events is True:
        return passed(text("storage.events-recorded"))
    openings = view.baseline.openings(bucket.name)
    exposure = {kind for opening in openings for kind in opening.exposure}
    by_cloudfront = logged_by_cloudfront(view, bucket) if exposure == {"cloudfront"} else None
    if by_cloudfront is not None and by_cloudfront.outcome is Outcome.PASS:
        return by_cloudfront
    if isinstance(logging, Unknown):
        return unknown("LoggingEnabled", logging, expected="LoggingEnabled", origin=origin)
    if isinstance(events, Unknown):
        return unknown("EventSelectors", events, expected=f"DataResources: {bucket.arn}/")
    return _unlogged(logging, origin, openings) if by_cloudfront is None else by_cloudfront


def _unlogged(
    logging: Logging | None, origin: Origin | None, openings: Iterable[BucketDeclaration]
) -> Observation:
    """An observation that access is not logged; CloudFront logs cover only requests through it."""
    read = "LoggingEnabled="
    message = text("storage.unlogged")
    if logging is not None:
        read = f"TargetBucket={logging.target_bucket}"
        message = text("storage.target-gone")
    elif any("cloudfront" in opening.exposure for opening in openings):
        message = text("storage.cloudfront-partly", exposure=exposure_texts(openings))
    return failed(message, read=read, expected="LoggingEnabled", origin=origin)


def _is_gone(view: AccountView, target: str) -> bool:
    """Whether the bucket that should receive logs is missing; it is of the same account.

    That of a template may be in another one.
    """
    if view.snapshot.is_planned:
        return False
    return view.gap(Bucket) is None and all(bucket.name != target for bucket in view.all(Bucket))
