"""Amazon EventBridge: the targets of rules that are about security findings."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.events import EventRule
from cloudpack_baseline.model.reading import member
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)

__all__ = ["GATHERERS"]

_LIST = "events:ListRules"
_TARGETS = "events:ListTargetsByRule"
_FINDINGS = ("guardduty", "securityhub")


def _rules(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_LIST)
    return records_of(calls, EventRule, _LIST, listing, selected, answered={_TARGETS: _targets})


def _targets(calls: Calls, item: ListedItem) -> Reply:
    """One call a rule, so only of those that may select findings."""
    pattern = str(member(item.item, "EventPattern") or "").lower()
    if pattern and (any(name in pattern for name in _FINDINGS) or '"source"' not in pattern):
        listing = calls.listing(_TARGETS, Rule=item.subject)
        return {"Targets": list(listing.items)} if listing.unknown is None else listing.unknown
    detail = f"{item.subject} is not about findings"
    return Unknown.because(Why.NOT_GATHERED, operation=_TARGETS, detail=detail)


GATHERERS = (evolve(described_gatherer(EventRule), run=_rules),)
