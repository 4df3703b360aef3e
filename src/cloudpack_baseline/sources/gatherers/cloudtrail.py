"""AWS CloudTrail: trails as each Region lists them, including shadow trails."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)

__all__ = ["GATHERERS"]

_LIST = "cloudtrail:DescribeTrails"
_SELECTORS = "cloudtrail:GetEventSelectors"


def _trails(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_LIST)
    return records_of(calls, Trail, _LIST, listing, selected, answered={_SELECTORS: _selectors})


def _selectors(calls: Calls, item: ListedItem) -> Reply:
    """Members see the trail of their organization, but not what it records."""
    if Arn.parse(item.subject).account != calls.account:
        detail = f"EventSelectors of {item.subject}"
        return Unknown.because(Why.NOT_PROVIDED, operation=_SELECTORS, detail=detail)
    return calls.get(_SELECTORS, TrailName=item.subject)


GATHERERS = (evolve(described_gatherer(Trail), run=_trails),)
