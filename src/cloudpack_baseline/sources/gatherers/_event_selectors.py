"""AWS CloudTrail: which events are taken, as answers tell it."""

from __future__ import annotations

from cloudpack_baseline.model.cloudtrail import (
    AdvancedSelector,
    DataResource,
    EventSelector,
    FieldSelector,
)
from cloudpack_baseline.model.reading import Misshapen, flag, string
from cloudpack_baseline.sources.calls import Answer

__all__ = ["advanced_selectors", "event_selectors"]


def event_selectors(answer: Answer) -> tuple[EventSelector, ...]:
    """EventSelectors.

    Raises:
        Misshapen: a value of another type than AWS documents.
        ValueError: a value that AWS does not document.
    """
    return tuple(_selector(one) for one in answer.get("EventSelectors") or ())


def _selector(item: Answer) -> EventSelector:
    kind = item.get("ReadWriteType", "All")
    if kind not in ("All", "ReadOnly", "WriteOnly"):
        raise ValueError(f"no such ReadWriteType: {kind!r}")
    return EventSelector(
        read_write_type=kind,
        include_management_events=flag({"x": item.get("IncludeManagementEvents", True)}, "x"),
        exclude_management_event_sources=_texts(item, "ExcludeManagementEventSources"),
        data_resources=tuple(
            DataResource(type=string(one, "Type"), values=_texts(one, "Values"))
            for one in item.get("DataResources") or ()
        ),
    )


def advanced_selectors(answer: Answer) -> tuple[AdvancedSelector, ...]:
    """AdvancedEventSelectors.

    Raises:
        KeyError: a selector without conditions.
        Misshapen: a value of another type than AWS documents.
    """
    return tuple(
        AdvancedSelector(
            name=one.get("Name", ""),
            field_selectors=tuple(_field(held) for held in one["FieldSelectors"]),
        )
        for one in answer.get("AdvancedEventSelectors") or ()
    )


def _field(item: Answer) -> FieldSelector:
    return FieldSelector(
        field=string(item, "Field"),
        equals=_texts(item, "Equals"),
        starts_with=_texts(item, "StartsWith"),
        ends_with=_texts(item, "EndsWith"),
        not_equals=_texts(item, "NotEquals"),
        not_starts_with=_texts(item, "NotStartsWith"),
        not_ends_with=_texts(item, "NotEndsWith"),
    )


def _texts(item: Answer, key: str) -> tuple[str, ...]:
    held = item.get(key) or ()
    if not all(isinstance(one, str) for one in held):
        raise Misshapen(f"{key}: holds something that is no text")
    return tuple(held)
