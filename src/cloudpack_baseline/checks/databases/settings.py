"""Settings of databases."""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

from cloudpack_baseline.baseline.options.databases import (
    RdsDeletionProtectionOptions,
    RdsMultiAzOptions,
)
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.settings import Setting, each
from cloudpack_baseline.findings import Observation, not_applicable, unknown
from cloudpack_baseline.model.pattern import covers
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.texts import text

__all__ = ["rds_deletion_protection", "rds_multi_az"]

_Options: TypeAlias = type[RdsDeletionProtectionOptions | RdsMultiAzOptions]


def _exempt(
    options: _Options, view: AccountView, database: DBInstance | DBCluster
) -> Observation | None:
    """That it is a member of a cluster, or not declared as a production database."""
    cluster = database.cluster if isinstance(database, DBInstance) else None
    if isinstance(cluster, str):
        return not_applicable(text("databases.member", cluster=cluster))
    patterns = view.baseline.options(options).databases
    if any(covers(pattern, database.arn, database.name) for pattern in patterns):
        return None if cluster is None else unknown("DBClusterIdentifier", cluster)
    return not_applicable(text("databases.not-production"))


rds_deletion_protection = each(
    (DBInstance, DBCluster),
    Setting("deletion_protection", expected=True),
    exempt=partial(_exempt, RdsDeletionProtectionOptions),
    evidence="""Reads ``DeletionProtection`` of declared production databases.

For an Aurora or Multi-AZ cluster, the setting of the cluster counts, not that of its members
(RDS API Reference, DBInstance, DBCluster).""",
)

rds_multi_az = each(
    (DBInstance, DBCluster),
    Setting("multi_az", expected=True),
    exempt=partial(_exempt, RdsMultiAzOptions),
    evidence="""Reads ``MultiAZ`` of declared production databases.

An instance needs a standby in another Availability Zone, and a cluster needs members in several
Availability Zones. For members of a cluster, ``MultiAZ`` is false, so the cluster counts (RDS API
Reference, DBInstance, DBCluster).""",
)
