"""Whether what is done to the objects of a bucket is recorded (data events of CloudTrail)."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.logging.recorders import Recorder, recorders, recorders_unread
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
        any_of([*(_takes(one, bucket, view, kind) for one in known), *unread])
        for kind in sorted(_BOTH)
    )


def _takes(recorder: Recorder, bucket: Bucket, view: AccountView, kind: str) -> Truth:
    every = _Every(partition=view.account.partition, bucket=bucket.name)
    simple = lift(
        lambda held: any(kind in every.simple(one) for one in held), recorder.event_selectors
    )
    advanced = lift(
        lambda held: any(kind in every.advanced(one) for one in held),
        recorder.advanced_selectors,
    )
    taken = any_of((simple, advanced))
    return all_of((_is_there(recorder, bucket), recorder.recording, taken))


def _is_there(recorder: Recorder, bucket: Bucket) -> Truth:
    """Whether the region of the bucket is recorded, which a mock may not tell."""
    if bucket.region:
        return any_of((recorder.region == bucket.region, recorder.multi_region))
    not_told = Unknown.because(Why.NOT_TOLD, detail=f"BucketRegion of {bucket.name}")
    return any_of((recorder.multi_region, not_told))


@frozen(kw_only=True)
class _Every:
    """Which kinds of events a selector takes of every object of the bucket."""

    partition: str
    bucket: str

    @property
    def _start(self) -> str:
        """What the ARN of each object begins with."""
        return f"arn:{self.partition}:s3:::{self.bucket}/"

    def simple(self, selector: EventSelector) -> frozenset[str]:
        """Reads, writes, both or nothing."""
        whole = (f"arn:{self.partition}:s3", f"arn:{self.partition}:s3:::", self._start)
        named = any(
            value in whole
            for one in selector.data_resources
            if one.type == _OBJECT
            for value in one.values
        )
        return _KINDS[selector.read_write_type] if named else _NONE

    def advanced(self, selector: AdvancedSelector) -> frozenset[str]:
        """Reads, writes, both or nothing."""
        fields = selector.field_selectors
        if not (
            _names(fields, "eventCategory", "Data") and _names(fields, "resources.type", _OBJECT)
        ):
            return _NONE
        kinds = _BOTH
        for one in fields:
            kinds &= self._left_by(one)
        return kinds

    def _left_by(self, one: FieldSelector) -> frozenset[str]:
        """What a condition leaves of all events; nothing where it may leave out some."""
        if one.field in ("eventCategory", "resources.type"):
            return _BOTH
        if one.field == "readOnly" and _only_equals(one):
            return frozenset(_READ_ONLY[value] for value in one.equals if value in _READ_ONLY)
        if one.field == "eventSource" and _only_equals(one) and "s3.amazonaws.com" in one.equals:
            return _BOTH
        return _BOTH if one.field == "resources.ARN" and self._all_arns(one) else _NONE

    def _all_arns(self, one: FieldSelector) -> bool:
        if one.equals or one.ends_with or one.not_equals or one.not_ends_with:
            return False
        start = self._start
        if any(bad.startswith(start) or start.startswith(bad) for bad in one.not_starts_with):
            return False
        return not one.starts_with or any(start.startswith(good) for good in one.starts_with)


def _names(fields: tuple[FieldSelector, ...], field: str, value: str) -> bool:
    return any(one.field == field and value in one.equals and _only_equals(one) for one in fields)


def _only_equals(one: FieldSelector) -> bool:
    return one == FieldSelector(field=one.field, equals=one.equals)
