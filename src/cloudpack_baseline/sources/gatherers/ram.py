"""AWS Resource Access Manager: one listing has the principals of all resource shares."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.ram import ResourceShare
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    list_items,
    records_of,
)

__all__ = ["GATHERERS"]

_SHARES = "ram:GetResourceShares"
_ASSOCIATIONS = "ram:GetResourceShareAssociations"
_ITEMS = "resourceShareAssociations"


def _shares(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = list_items(calls, _SHARES, ResourceShare.api)
    if not listing.items:
        return Gathered((), listing.unknown)
    associations = calls.listing(_ASSOCIATIONS)

    def reply(_calls: Calls, share: ListedItem) -> Reply:
        if associations.unknown is not None:
            return associations.unknown
        principals = [
            association
            for association in associations.items
            if association.get("resourceShareArn") == share.subject
        ]
        return {_ITEMS: principals}

    answered = {_ASSOCIATIONS: reply}
    return records_of(calls, ResourceShare, _SHARES, listing, selected, answered=answered)


GATHERERS = (evolve(described_gatherer(ResourceShare), run=_shares, among={}),)
