"""Amazon RDS: the snapshots that are generations of a backup, and parameter groups in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from attrs import evolve

from cloudpack_baseline.model.described import Listed
from cloudpack_baseline.model.rds import DBSnapshot
from cloudpack_baseline.model.rds_parameters import DBClusterParameterGroup, DBParameterGroup
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing, converted, known_of
from cloudpack_baseline.sources.gatherers._described import described_gatherer, records_of

__all__ = ["GATHERERS"]

_SNAPSHOTS = described_gatherer(DBSnapshot)
_GROUP = "DBParameterGroupName"
_CLUSTER_GROUP = "DBClusterParameterGroup"
_BACKUPS = ("automated", "awsbackup")
"""Snapshots of these types are generations of a daily backup; manual ones are not."""


def _snapshots(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Snapshots of instances and clusters that RDS or AWS Backup made by a schedule.

    RDS lists those of AWS Backup only on request (Amazon RDS API Reference,
    DescribeDBSnapshots). An answer that others recorded may hold manual ones too, or may
    leave out what AWS Backup made: then nothing is missing that was asked for.
    """
    gatherings = []
    for key in _SNAPSHOTS.operations:
        for snapshot_type in _BACKUPS:
            listing = calls.listing(key, SnapshotType=snapshot_type)
            if snapshot_type == "awsbackup" and _was_not_recorded(listing.unknown):
                listing = Listing(listing.items)
            gatherings.append(records_of(calls, DBSnapshot, key, listing, selected))
    gathered = Gathered.joined(gatherings)
    backups = {record.arn: record for record in gathered.records if _is_backup(record)}
    return evolve(gathered, records=tuple(backups.values()))


def _was_not_recorded(unknown: Unknown | None) -> bool:
    return unknown is not None and all(cause.why is Why.NOT_PROVIDED for cause in unknown.causes)


def _is_backup(record: Record) -> bool:
    return isinstance(record, DBSnapshot) and record.snapshot_type in _BACKUPS


def _groups_in_use(
    kind: type[Record],
    api: Listed,
    names_of: Callable[[Answer], Iterable[str]],
    calls: Calls,
    selected: frozenset[str],
) -> Gathered:
    """A record for each parameter group that a database uses, with one call for its parameters."""
    (key,) = api.operations
    listing = calls.listing(key)
    answers = (converted(key, lambda item: tuple(names_of(item)), item) for item in listing.items)
    groups, unknown = known_of(answers, listing.unknown)
    names = sorted({name for names in groups for name in names})
    items = tuple({api.id: name} for name in names)
    return records_of(calls, kind, key, Listing(items, unknown), selected)


def _of_instance(instance: Answer) -> Iterable[str]:
    """The groups of an instance; a member of a cluster is judged through that of its cluster."""
    if instance.get("DBClusterIdentifier"):
        return ()
    return [string(group, _GROUP) for group in instance.get("DBParameterGroups") or ()]


def _of_cluster(cluster: Answer) -> Iterable[str]:
    return [string(cluster, _CLUSTER_GROUP)] if cluster.get(_CLUSTER_GROUP) else ()


GATHERERS = (
    evolve(_SNAPSHOTS, run=_snapshots),
    evolve(
        described_gatherer(DBParameterGroup),
        run=partial(_groups_in_use, DBParameterGroup, DBParameterGroup.api, _of_instance),
        among={
            "rds:DescribeDBParameters": (
                "rds:DescribeDBInstances",
                "",
                f"[DBParameterGroups[]][][].{_GROUP}",
            )
        },
    ),
    evolve(
        described_gatherer(DBClusterParameterGroup),
        run=partial(
            _groups_in_use, DBClusterParameterGroup, DBClusterParameterGroup.api, _of_cluster
        ),
    ),
)
