"""AWS CloudTrail Lake: event data stores, region by region."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast, get_args

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.cloudtrail import EventDataStore, Status
from cloudpack_baseline.model.reading import flag, string
from cloudpack_baseline.model.values import Field, Origin, Unknown
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted
from cloudpack_baseline.sources.gatherers._event_selectors import advanced_selectors
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["EVENT_DATA_STORES"]

_LIST = "cloudtrail:ListEventDataStores"
_GET = "cloudtrail:GetEventDataStore"


def _stores(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    """The stores of the region; none where it has no CloudTrail Lake."""
    listing = calls.listing(_LIST)
    if listing.unknown is not None and _is_unsupported(listing.unknown):
        return Gathered(())
    found = Gathered((), listing.unknown)
    for made in calls.map(partial(_read, calls), listing.items):
        if isinstance(made, Unknown):
            found += Gathered((), made)
        elif made is not None:
            found += Gathered((made,))
    return found


def _is_unsupported(unknown: Unknown) -> bool:
    return all(one.code == "UnsupportedOperationException" for one in unknown.causes)


def _read(calls: Calls, item: Answer) -> EventDataStore | Unknown | None:
    """The store; ``None`` if it was deleted since it was listed."""
    arn = converted(_LIST, lambda held: str(Arn.parse(string(held, "EventDataStoreArn"))), item)
    if isinstance(arn, Unknown):
        return arn
    answer = calls.get(_GET, absent=("EventDataStoreNotFoundException",), EventDataStore=arn)
    return None if answer is None else _made(calls, arn, item, answer)


def _made(calls: Calls, arn: str, item: Answer, answer: Answer | Unknown) -> EventDataStore:
    def told(convert: Callable[[Answer], Any]) -> Field[Any]:
        return answer if isinstance(answer, Unknown) else converted(_GET, convert, answer)

    return EventDataStore(
        arn=arn,
        account=calls.account,
        region=calls.region,
        name=item.get("Name", arn),
        origin=Origin(operation=_GET),
        status=told(_status),
        multi_region=told(lambda held: flag(held, "MultiRegionEnabled")),
        organization=told(lambda held: flag(held, "OrganizationEnabled")),
        advanced_selectors=told(advanced_selectors),
    )


def _status(answer: Answer) -> Status:
    status = string(answer, "Status")
    if status not in get_args(Status):
        raise ValueError(f"no such Status: {status!r}")
    return cast("Status", status)


EVENT_DATA_STORES = Gatherer(kind=EventDataStore, run=_stores, operations=(_LIST, _GET))
