"""Settings of databases."""

from __future__ import annotations

from cloudpack_baseline.baseline import RdsDeletionProtectionOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.settings import Setting, each
from cloudpack_baseline.findings import Observation, not_applicable, unknown
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.texts import text

__all__ = ["rds_deletion_protection"]


def _exempt(view: AccountView, database: DBInstance | DBCluster) -> Observation | None:
    cluster = database.cluster if isinstance(database, DBInstance) else None
    if isinstance(cluster, str):
        return not_applicable(text("databases.member", cluster=cluster))
    patterns = view.baseline.options(RdsDeletionProtectionOptions).databases
    if any(covers(pattern, database.arn, database.name) for pattern in patterns):
        return None if cluster is None else unknown("DBClusterIdentifier", cluster)
    return not_applicable(text("databases.not-production"))


rds_deletion_protection = each(
    (DBInstance, DBCluster),
    Setting("deletion_protection", expected=True),
    exempt=_exempt,
    evidence="""Reads ``DeletionProtection`` of declared production databases.

For an Aurora or Multi-AZ cluster, the setting of the cluster counts, not that of its members
(RDS API Reference, DBInstance, DBCluster).""",
)
