"""Whether management events of a Region are recorded, and by what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from cloudpack_baseline.baseline.options.logging import CloudtrailEnabledOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.logging.recorders import (
    Recorder,
    owner_of,
    recorders,
    recorders_unread,
)
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.cloudtrail import (
    AdvancedSelector,
    EventDataStore,
    EventSelector,
    FieldSelector,
    Trail,
)
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import (
    Field,
    Truth,
    Unknown,
    Why,
    all_of,
    any_of,
    is_known,
    lift,
    negate,
)

__all__ = ["MANAGEMENT_READS", "ManagementEvents", "records_management_events"]

MANAGEMENT_READS = (
    reads(
        Trail,
        "logging",
        "delivery_error",
        "delivered_at",
        "event_selectors",
        "advanced_selectors",
    ),
    reads(EventDataStore),
    reads(Organization),
)
"""What `ManagementEvents` needs."""

_GLOBAL_REGIONS = frozenset(("us-east-1", "cn-north-1", "us-gov-west-1"))
"""Where events of global services such as IAM are recorded, one Region of each partition."""

T = TypeVar("T")

_READ, _WRITE = "ReadOnly", "WriteOnly"
_KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"All": frozenset((_READ, _WRITE)), _READ: frozenset((_READ,)), _WRITE: frozenset((_WRITE,))}
)
_READ_ONLY: Mapping[str, str] = MappingProxyType({"true": _READ, "false": _WRITE})


@frozen
class _Criterion:
    """What a recorder has to fulfil, and what was read, as the API names it."""

    truth: Truth
    read: str


@frozen(kw_only=True)
class ManagementEvents:
    """The management events of an account, and what records them.

    Attributes:
        view: the account.
        recorders: all known ones.
        options: those of cloudtrail-enabled.
    """

    view: AccountView
    recorders: tuple[Recorder, ...]
    options: CloudtrailEnabledOptions

    @classmethod
    def of(cls, view: AccountView) -> ManagementEvents:
        """Those of the account of the view."""
        options = view.baseline.options(CloudtrailEnabledOptions)
        return cls(view=view, recorders=tuple(recorders(view)), options=options)

    def recorded(self, region: str) -> Truth:
        """Whether all of them are recorded in the Region, by one recorder or by several."""
        return all_of(
            any_of(
                [
                    *(self._counts(recorder, region, kind) for recorder in self.recorders),
                    *recorders_unread(self.view, region),
                ]
            )
            for kind in (_READ, _WRITE)
        )

    def recorded_everywhere(self) -> Truth:
        """Whether multi-Region recorders record all of them."""
        return all_of(
            any_of(
                all_of((recorder.multi_region, self._counts(recorder, recorder.region, kind)))
                for recorder in self.recorders
            )
            for kind in (_READ, _WRITE)
        )

    def names(self, region: str) -> tuple[str, ...]:
        """The recorders that count in the Region for reads, for writes or for both."""
        return tuple(
            recorder.record.name
            for recorder in self.recorders
            if any(self._counts(recorder, region, kind) is True for kind in (_READ, _WRITE))
        )

    def shortcomings(self, region: str) -> Iterator[str]:
        """For each recorder, why it does not count, in a Region that is not recorded."""
        for recorder in self.recorders:
            criteria = [
                criterion
                for kind in (_READ, _WRITE)
                for criterion in self._criteria(recorder, region, kind)
            ]
            missed = dict.fromkeys(
                criterion.read for criterion in criteria if criterion.truth is False
            )
            yield f"{recorder.record.name}: {', '.join(missed)}"

    def _counts(self, recorder: Recorder, region: str, kind: str) -> Truth:
        return all_of(criterion.truth for criterion in self._criteria(recorder, region, kind))

    def _criteria(self, recorder: Recorder, region: str, kind: str) -> Iterator[_Criterion]:
        yield _Criterion(_takes_region(recorder, region), f"HomeRegion={recorder.region}")
        record = recorder.record
        if isinstance(record, Trail):
            yield _Criterion(recorder.recording, f"IsLogging={_shown(record.logging)}")
            if not self.view.snapshot.is_planned:
                yield from self._deliveries(record)
        else:
            yield _Criterion(recorder.recording, f"Status={_shown(record.status)}")
        selected = records_management_events(recorder, kind, self.options.excluded_sources)
        yield _Criterion(selected, f"EventSelectors: {kind}")

    def _deliveries(self, trail: Trail) -> Iterator[_Criterion]:
        error, delivered_at = trail.delivery_error, trail.delivered_at
        accepted = lift(lambda code: not code, error)
        yield _Criterion(accepted, f"LatestDeliveryError={_shown(error)}")
        yield _Criterion(self._recent(trail), f"LatestDeliveryTime={_shown(delivered_at)}")

    def _recent(self, trail: Trail) -> Truth:
        """Whether log files are being delivered; a member may not read that of its organization."""
        delivered_at = trail.delivered_at
        if isinstance(delivered_at, Unknown):
            return delivered_at
        if delivered_at is None:
            if owner_of(trail) == trail.account:
                return False
            detail = f"LatestDeliveryTime of {trail.arn}"
            return Unknown.because(
                Why.NOT_PROVIDED, operation="cloudtrail:GetTrailStatus", detail=detail
            )
        age = self.view.as_of - delivered_at
        return age <= timedelta(hours=self.options.delivered_within_hours)


def _takes_region(recorder: Recorder, region: str) -> Truth:
    """Whether it records the Region, with the global services whose events appear there.

    Every multi-Region trail includes them (AWS CloudTrail User Guide, Global service events).
    """
    home: Truth = recorder.region == region
    if home and isinstance(recorder.record, Trail) and region in _GLOBAL_REGIONS:
        home = recorder.record.global_service_events
    return any_of((recorder.multi_region, home))


def records_management_events(
    recorder: Recorder, kind: str, excluded: tuple[str, ...] = ()
) -> Truth:
    """Whether its selectors take all management events of the kind.

    Args:
        recorder: the trail or the store.
        kind: ``ReadOnly`` or ``WriteOnly``.
        excluded: services whose events it may leave out.
    """
    simple = _any_selector(
        recorder.event_selectors, lambda selector: _simple(selector, kind, excluded)
    )
    advanced = _any_selector(
        recorder.advanced_selectors, lambda selector: _advanced(selector, kind, excluded)
    )
    return any_of((_by_default(recorder), simple, advanced))


def _by_default(recorder: Recorder) -> Truth:
    """A trail without custom selectors records all management events, and nothing else.

    That is all that a member account can read of a trail of its organization.
    """
    if isinstance(recorder.record, EventDataStore):
        return False
    selectors = (recorder.event_selectors, recorder.advanced_selectors)
    if any(is_known(entry) and entry for entry in selectors):
        return False
    return negate(recorder.record.custom_selectors)


def _any_selector(selectors: Field[tuple[T, ...]], test: Callable[[T], Truth]) -> Truth:
    if isinstance(selectors, Unknown):
        return selectors
    return any_of(map(test, selectors))


def _simple(selector: EventSelector, kind: str, excluded: tuple[str, ...]) -> Truth:
    if kind not in _KINDS[selector.read_write_type]:
        return False
    if not set(selector.exclude_management_event_sources) <= set(excluded):
        return False
    return selector.include_management_events


def _advanced(selector: AdvancedSelector, kind: str, excluded: tuple[str, ...]) -> bool:
    fields = selector.field_selectors
    management = FieldSelector(field="eventCategory", equals=("Management",))
    return management in fields and all(
        field == management or _leaves_all(field, kind, excluded) for field in fields
    )


def _leaves_all(selector: FieldSelector, kind: str, excluded: tuple[str, ...]) -> bool:
    """Whether a condition leaves all events of the kind; not where it may leave out some."""
    if selector.field == "readOnly":
        kinds = {_READ_ONLY[text] for text in selector.equals if text in _READ_ONLY}
        return kind in kinds and selector == FieldSelector(field="readOnly", equals=selector.equals)
    if selector.field == "eventSource":
        plain = FieldSelector(field="eventSource", not_equals=selector.not_equals)
        return selector == plain and set(selector.not_equals) <= set(excluded)
    return False


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str("" if value is None else value)
