"""Whether database snapshots are shared with declared accounts only."""

from __future__ import annotations

from cloudpack_baseline.checks.sharing._permissions import shared_as_declared
from cloudpack_baseline.model.rds import ManualDBClusterSnapshot, ManualDBSnapshot

__all__ = ["rds_snapshot_sharing"]

rds_snapshot_sharing = shared_as_declared(
    (ManualDBSnapshot, ManualDBClusterSnapshot),
    "restore",
    evidence="""Reads the attribute ``restore`` of each manual snapshot of an instance or cluster.

Automated snapshots and those of AWS Backup cannot be shared (DescribeDBSnapshotAttributes,
DescribeDBClusterSnapshotAttributes).""",
)
