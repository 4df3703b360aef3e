"""States of the controls of databases."""

from __future__ import annotations

from datetime import timedelta

from cloudpack_baseline.model.ec2_images import EbsSnapshot
from cloudpack_baseline.model.ec2_storage import Volume
from cloudpack_baseline.model.rds import DBSnapshot
from cloudpack_baseline.testing.records import TAKEN_AT, db_instance, record
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "rds-backup",
        passing=(
            db_instance(
                "main",
                "mysql",
                resource_id="db-ABC",
                created_at=TAKEN_AT - timedelta(days=400),
                backup_retention_period=7,
                latest_restorable_time=TAKEN_AT - timedelta(minutes=5),
            ),
            record(
                DBSnapshot,
                "snapshot:rds:main-2026-11-01",
                service="rds",
                database="main",
                resource_id="db-ABC",
                snapshot_type="automated",
                status="available",
                created_at=TAKEN_AT - timedelta(hours=9),
            ),
            record(
                DBSnapshot,
                "snapshot:rds:main-2026-10-31",
                service="rds",
                database="main",
                resource_id="db-ABC",
                snapshot_type="automated",
                status="available",
                created_at=TAKEN_AT - timedelta(hours=33),
            ),
        ),
        failing=(
            db_instance(
                "main",
                "mysql",
                resource_id="db-ABC",
                created_at=TAKEN_AT - timedelta(days=400),
                backup_retention_period=0,
            ),
        ),
    ),
    Example(
        "daily-backup",
        common=(
            record(
                Volume,
                "volume/vol-1",
                volume_id="vol-1",
                state="in-use",
                created_at=TAKEN_AT - timedelta(days=30),
            ),
        ),
        passing=(
            record(
                EbsSnapshot,
                "snapshot/snap-2",
                snapshot_id="snap-2",
                volume_id="vol-1",
                state="completed",
                started_at=TAKEN_AT - timedelta(hours=9),
            ),
            record(
                EbsSnapshot,
                "snapshot/snap-1",
                snapshot_id="snap-1",
                volume_id="vol-1",
                state="completed",
                started_at=TAKEN_AT - timedelta(hours=33),
            ),
        ),
        failing=(),
    ),
    Example(
        "rds-deletion-protection",
        passing=(db_instance("shop", "mysql", deletion_protection=True),),
        failing=(db_instance("shop", "mysql", deletion_protection=False),),
        baseline="""\
[controls.rds-deletion-protection]
databases = ["shop", "arn:*:cluster:shop"]
""",
    ),
    Example(
        "rds-multi-az",
        passing=(db_instance("shop", "mysql", multi_az=True),),
        failing=(db_instance("shop", "mysql", multi_az=False),),
        baseline="""\
[controls.rds-multi-az]
databases = ["shop"]
""",
    ),
)
