"""Amazon RDS: the snapshots that are generations of a backup."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.rds import DBSnapshot
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import described_gatherer

__all__ = ["GATHERERS"]

_SNAPSHOTS = described_gatherer(DBSnapshot)


def _snapshots(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Automated ones; an answer recorded by others may hold manual ones too."""
    gathered = _SNAPSHOTS.run(calls, selected)
    return evolve(gathered, records=tuple(filter(_is_automated, gathered.records)))


def _is_automated(record: Record) -> bool:
    return isinstance(record, DBSnapshot) and record.snapshot_type == "automated"


GATHERERS = (evolve(_SNAPSHOTS, run=_snapshots),)
