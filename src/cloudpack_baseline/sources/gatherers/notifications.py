"""AWS User Notifications, which has one endpoint."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.notifications import NotificationConfiguration
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import described_gatherer
from cloudpack_baseline.sources.operations import NOTIFICATIONS

__all__ = ["GATHERERS"]

_CONFIGURATIONS = described_gatherer(NotificationConfiguration)


def _gather(calls: Calls, selected: frozenset[str]) -> Gathered:
    """The configurations; the service exists in the commercial partition."""
    if calls.partition != "aws":
        return Gathered(())
    return _CONFIGURATIONS.run(calls.in_region(NOTIFICATIONS), selected)


GATHERERS = (evolve(_CONFIGURATIONS, run=_gather),)
