"""Amazon RDS: the snapshots that are generations of a backup."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.rds import DBSnapshot
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import Calls, Gathered, Listing
from cloudpack_baseline.sources.gatherers._described import described_gatherer, records_of

__all__ = ["GATHERERS"]

_SNAPSHOTS = described_gatherer(DBSnapshot)
_BACKUPS = ("automated", "awsbackup")
"""Snapshots of these types are generations of a daily backup; manual ones are not."""


def _snapshots(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Snapshots of instances and clusters that RDS or AWS Backup made by a schedule.

    RDS lists those of AWS Backup only on request (Amazon RDS API Reference,
    DescribeDBSnapshots). An answer that others recorded may hold manual ones too, or may
    leave out what AWS Backup made: then nothing is missing that was asked for.
    """
    gathered = Gathered(())
    for key in _SNAPSHOTS.operations:
        for snapshot_type in _BACKUPS:
            listing = calls.listing(key, SnapshotType=snapshot_type)
            if snapshot_type == "awsbackup" and _was_not_recorded(listing.unknown):
                listing = Listing(listing.items)
            gathered += records_of(calls, DBSnapshot, key, listing, selected)
    backups = {record.arn: record for record in gathered.records if _is_backup(record)}
    return evolve(gathered, records=tuple(backups.values()))


def _was_not_recorded(unknown: Unknown | None) -> bool:
    return unknown is not None and all(cause.why is Why.NOT_TOLD for cause in unknown.causes)


def _is_backup(record: Record) -> bool:
    return isinstance(record, DBSnapshot) and record.snapshot_type in _BACKUPS


GATHERERS = (evolve(_SNAPSHOTS, run=_snapshots),)
