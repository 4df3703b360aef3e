"""Options of controls of databases and backups."""

from __future__ import annotations

from typing import Annotated

from cloudpack_baseline.baseline.formats import Between
from cloudpack_baseline.immutable import frozen

__all__ = [
    "DailyBackupOptions",
    "RdsBackupOptions",
    "RdsDeletionProtectionOptions",
    "RdsMultiAzOptions",
]


@frozen(kw_only=True)
class RdsBackupOptions:
    """Options of rds-backup.

    Attributes:
        generations: the minimum number of daily generations (3.1: two). A database keeps at most
            35 (Amazon RDS API Reference, CreateDBInstance).
        restorable_within_minutes: the maximum age of the latest restorable time. RDS advances it
            every five minutes (Amazon RDS User Guide, Point-in-time recovery).
    """

    generations: Annotated[int, Between(1, 35)] = 2
    restorable_within_minutes: Annotated[int, Between(5, 1440)] = 30


@frozen(kw_only=True)
class RdsDeletionProtectionOptions:
    """Options of rds-deletion-protection.

    Attributes:
        databases: the production databases: patterns of names or ARNs of instances and clusters.
    """

    databases: tuple[str, ...] = ()


@frozen(kw_only=True)
class RdsMultiAzOptions:
    """Options of rds-multi-az.

    Attributes:
        databases: the production databases: patterns of names or ARNs of instances and clusters.
    """

    databases: tuple[str, ...] = ()


@frozen(kw_only=True)
class DailyBackupOptions:
    """Options of daily-backup.

    Attributes:
        generations: the minimum number of daily generations (3.1: two).
        newest_within_hours: the maximum age of the newest one: a day, and room for the window.
        exempt: resources that need no backup: patterns of names or ARNs.
    """

    generations: Annotated[int, Between(1, 35)] = 2
    newest_within_hours: Annotated[int, Between(1, 168)] = 26
    exempt: tuple[str, ...] = ()
