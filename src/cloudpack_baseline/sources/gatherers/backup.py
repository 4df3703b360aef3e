"""AWS Backup: the recovery points of the resources that no other listing has backups of."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.backup_protection import PROTECTED_TYPES, ProtectedResource
from cloudpack_baseline.sources.calls import Calls, Gathered, Listing
from cloudpack_baseline.sources.gatherers._described import described_gatherer, records_of

__all__ = ["GATHERERS"]

_RESOURCES = "backup:ListProtectedResources"


def _protected(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Only resources of these types, since each takes a call; what has no type is malformed."""
    listing = calls.listing(_RESOURCES)
    items = tuple(
        item
        for item in listing.items
        if item.get("ResourceType") is None or item["ResourceType"] in PROTECTED_TYPES
    )
    return records_of(
        calls, ProtectedResource, _RESOURCES, Listing(items, listing.unknown), selected
    )


GATHERERS = (evolve(described_gatherer(ProtectedResource), run=_protected),)
