"""Why something is unknown, if a listing has a gap or lacks it."""

from __future__ import annotations

from collections.abc import Collection

from cloudpack_baseline.checks.network.segments import Membership
from cloudpack_baseline.model.values import Truth, Unknown, Why

__all__ = ["is_in", "missing"]


def missing(gap: Unknown | None, detail: str) -> Unknown:
    """The gap of the listing; without one, an unknown that the source does not provide it."""
    return Unknown.because(Why.NOT_TOLD, detail=detail) if gap is None else gap


def is_in(membership: Membership, names: Collection[str]) -> Truth:
    """Whether the interface is in one of the named segments."""
    if not set(membership.segments).isdisjoint(names):
        return True
    return False if membership.unknown is None else membership.unknown
