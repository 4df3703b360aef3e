"""AWS WAF: IP sets, which are read by name and ID together."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.wafv2 import WafIpSet
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    list_items,
    records_of,
)

__all__ = ["GATHERERS"]

_IP_SETS = "wafv2:ListIPSets"
_IP_SET = "wafv2:GetIPSet"


def _ip_sets(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = list_items(calls, _IP_SETS, WafIpSet.api)
    return records_of(calls, WafIpSet, _IP_SETS, listing, selected, answered={_IP_SET: _ip_set})


def _ip_set(calls: Calls, listed: ListedItem) -> Reply:
    return calls.get(_IP_SET, Id=listed.subject, Name=string(listed.item, "Name"))


GATHERERS = (evolve(described_gatherer(WafIpSet), run=_ip_sets),)
