"""The check of ``cloudtrail-retention``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from cloudpack_baseline.baseline.options.logging import CloudtrailRetentionOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.logging._management_events import (
    MANAGEMENT_READS,
    records_management_events,
)
from cloudpack_baseline.checks.logging._retention import (
    Retention,
    log_prefix,
    stored_in_bucket,
    stored_in_log_group,
)
from cloudpack_baseline.checks.logging.recorders import Recorder, recorders
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    not_applicable,
    passed,
    unknown,
)
from cloudpack_baseline.model.cloudtrail import EventDataStore, Trail
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.read import merged, reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import (
    Truth,
    Unknown,
    all_of,
    any_of,
    is_known,
    lift,
    negate,
)
from cloudpack_baseline.texts import Text, text

__all__ = ["cloudtrail_retention"]

_KINDS = ("ReadOnly", "WriteOnly")


@check(
    *merged(
        (
            *MANAGEMENT_READS,
            reads(Trail, "log_group_error"),
            reads(Bucket, "lifecycle", "default_retention", "versioning"),
            reads(LogGroup),
        )
    ),
    subjects=(Trail, EventDataStore),
)
def cloudtrail_retention(view: AccountView) -> Iterator[Finding]:
    """Reads for how long each trail and event data store keeps management events.

    One place is enough: a bucket without a lifecycle rule that deletes log files earlier
    (GetBucketLifecycleConfiguration; with versioning, expiration and the deletion of old versions
    together; or Object Lock with a default retention, GetObjectLockConfiguration), a log group
    (DescribeLogGroups), or the event data store (``RetentionPeriod``). A trail that keeps them
    for a shorter time does not fail if another trail or store that records as much keeps them.
    Buckets and log groups of another account are judged if that account is in the snapshot, or
    if the baseline declares them.
    """
    known = tuple(recorders(view))
    for recorder in known:
        if recorder.record.account == view.account.id or isinstance(recorder.record, Trail):
            yield view.finding(_subject(view, recorder), _observe(view, recorder, known))


def _subject(view: AccountView, recorder: Recorder) -> Trail | EventDataStore:
    """The record of the account of the view, not that of the owner."""
    record = recorder.record
    return next((trail for trail in view.all(Trail) if trail.arn == record.arn), record)


def _observe(view: AccountView, recorder: Recorder, known: Iterable[Recorder]) -> Observation:
    days = view.baseline.options(CloudtrailRetentionOptions).days
    recording = _records_all(recorder)
    if recording is False:
        return not_applicable(text("logging.no-management-events"))
    places = tuple(_places(view, recorder))
    enough = any_of(place.enough for place in places)
    read = "; ".join(place.read for place in places if place.read)
    if enough is True:
        return _passed(view, places, read, days)
    for alternative in known:
        if alternative is not recorder and _replaces(view, alternative, recorder):
            return not_applicable(text("logging.kept-by-other", name=alternative.record.name))
    if isinstance(enough, Unknown):
        return unknown(text("logging.retention-unread", places=_names(places)), enough)
    if isinstance(recording, Unknown):
        return unknown("EventSelectors", recording)
    message = text("logging.trail-kept-too-short", places=_names(places), days=days)
    return failed(message, read=read)


def _names(places: Iterable[Retention]) -> tuple[Text, ...]:
    return tuple(place.place for place in places)


def _passed(view: AccountView, places: Iterable[Retention], read: str, days: int) -> Observation:
    place = next(place for place in places if place.enough is True)
    if place.account in ("", view.account.id):
        message = text("logging.trail-kept", place=place.place, days=days)
    else:
        message = text(
            "logging.trail-kept-elsewhere", place=place.place, days=days, account=place.account
        )
    return passed(message, read=read)


def _records_all(recorder: Recorder) -> Truth:
    return all_of(records_management_events(recorder, kind) for kind in _KINDS)


def _replaces(view: AccountView, alternative: Recorder, recorder: Recorder) -> bool:
    """Whether the other one surely records as much, and keeps it."""
    same_region = all_of((negate(recorder.multi_region), alternative.region == recorder.region))
    covers = any_of((alternative.multi_region, same_region))
    enough = any_of(place.enough for place in _places(view, alternative))
    return all_of((covers, alternative.recording, _records_all(alternative), enough)) is True


def _places(view: AccountView, recorder: Recorder) -> Iterator[Retention]:
    options = view.baseline.options(CloudtrailRetentionOptions)
    record = recorder.record
    if isinstance(record, EventDataStore):
        period = record.retention_period
        yield Retention(
            place=text("logging.event-data-store", name=record.name),
            enough=lift(lambda days: days >= options.days, period),
            read=f"RetentionPeriod={period}" if is_known(period) else "",
        )
        return
    prefix = log_prefix(view, record)
    yield stored_in_bucket(view, record.s3_bucket, prefix, options.days, options.archives)
    if isinstance(record.log_group, Unknown):
        place = text("logging.log-group", name="?")
        yield Retention(place=place, enough=record.log_group)
    elif record.log_group:
        stored = stored_in_log_group(view, record.log_group, options.days)
        delivered = lift(lambda error: not error, record.log_group_error)
        yield evolve(stored, enough=all_of((delivered, stored.enough)))
