"""Whether access to the objects of a bucket is recorded (CloudTrail data events)."""

from __future__ import annotations

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.logging.recorders import Recorder, recorders, recorders_unread
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.cloudtrail import AdvancedSelector, EventSelector, FieldSelector
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Truth, Unknown, Why, all_of, any_of, lift

__all__ = ["events_recorded"]

_OBJECT = "AWS::S3::Object"
_READ, _WRITE = "read", "write"
_BOTH = frozenset((_READ, _WRITE))
_NONE: frozenset[str] = frozenset()
_KINDS = {"All": _BOTH, "ReadOnly": frozenset((_READ,)), "WriteOnly": frozenset((_WRITE,))}
_READ_ONLY = {"true": _READ, "false": _WRITE}


def events_recorded(view: AccountView, bucket: Bucket) -> Truth:
    """Whether reads and writes of every object are recorded, by one recorder or by several.

    A selector counts only if it surely takes every object (AWS CloudTrail User Guide,
    Logging data events): those that name some keys, events or callers do not.
    """
    known = tuple(recorders(view))
    unread = tuple(recorders_unread(view, bucket.region))
    return all_of(
        any_of([*(_records(recorder, bucket, view, kind) for recorder in known), *unread])
        for kind in sorted(_BOTH)
    )


def _records(recorder: Recorder, bucket: Bucket, view: AccountView, kind: str) -> Truth:
    objects = _AllObjects(partition=view.account.partition, bucket=bucket.name)
    selectors = recorder.event_selectors
    simple = (
        selectors
        if isinstance(selectors, Unknown)
        else any_of(objects.simple(selector, kind) for selector in selectors)
    )
    advanced = lift(
        lambda selectors: any(kind in objects.advanced(selector) for selector in selectors),
        recorder.advanced_selectors,
    )
    selected = any_of((simple, advanced))
    return all_of((_is_there(recorder, bucket), recorder.recording, selected))


def _is_there(recorder: Recorder, bucket: Bucket) -> Truth:
    """Whether the Region of the bucket is recorded, which a mock may not report."""
    if bucket.region:
        return any_of((recorder.region == bucket.region, recorder.multi_region))
    not_provided = Unknown.because(Why.NOT_PROVIDED, detail=f"BucketRegion of {bucket.name}")
    return any_of((recorder.multi_region, not_provided))


@frozen(kw_only=True)
class _AllObjects:
    """Which kinds of events a selector takes of every object of the bucket."""

    partition: str
    bucket: str

    @property
    def _start(self) -> str:
        """What the ARN of each object begins with."""
        return f"arn:{self.partition}:s3:::{self.bucket}/"

    def simple(self, selector: EventSelector, kind: str) -> Truth:
        """Whether it takes reads, or writes."""
        if kind not in _KINDS[selector.read_write_type]:
            return False
        prefixes = (f"arn:{self.partition}:s3", f"arn:{self.partition}:s3:::", self._start)
        return lift(
            lambda resources: any(
                value in prefixes
                for resource in resources
                if resource.type == _OBJECT
                for value in resource.values
            ),
            selector.data_resources,
        )

    def advanced(self, selector: AdvancedSelector) -> frozenset[str]:
        """Reads, writes, both or nothing."""
        fields = selector.field_selectors
        if not (
            _names(fields, "eventCategory", "Data") and _names(fields, "resources.type", _OBJECT)
        ):
            return _NONE
        kinds = _BOTH
        for field in fields:
            kinds &= self._left_by(field)
        return kinds

    def _left_by(self, selector: FieldSelector) -> frozenset[str]:
        """What a condition leaves of all events; nothing where it may leave out some."""
        if selector.field in ("eventCategory", "resources.type"):
            return _BOTH
        if selector.field == "readOnly" and _only_equals(selector):
            return frozenset(_READ_ONLY[value] for value in selector.equals if value in _READ_ONLY)
        if (
            selector.field == "eventSource"
            and _only_equals(selector)
            and "s3.amazonaws.com" in selector.equals
        ):
            return _BOTH
        return _BOTH if selector.field == "resources.ARN" and self._all_arns(selector) else _NONE

    def _all_arns(self, selector: FieldSelector) -> bool:
        if selector.equals or selector.ends_with or selector.not_equals or selector.not_ends_with:
            return False
        start = self._start
        if any(
            prefix.startswith(start) or start.startswith(prefix)
            for prefix in selector.not_starts_with
        ):
            return False
        return not selector.starts_with or any(
            start.startswith(prefix) for prefix in selector.starts_with
        )


def _names(fields: tuple[FieldSelector, ...], field: str, value: str) -> bool:
    return any(
        selector.field == field and value in selector.equals and _only_equals(selector)
        for selector in fields
    )


def _only_equals(selector: FieldSelector) -> bool:
    return selector == FieldSelector(field=selector.field, equals=selector.equals)
