"""States of the controls of vulnerabilities."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cloudpack_baseline.model.ecr import Repository
from cloudpack_baseline.model.elasticache import CacheCluster
from cloudpack_baseline.model.inspector2 import InspectorCoverage, InspectorFinding, InspectorStatus
from cloudpack_baseline.model.ssm_compliance import PatchCompliance
from cloudpack_baseline.sources.recording import write_snapshot
from cloudpack_baseline.testing.records import (
    TAKEN_AT,
    db_instance,
    instance,
    record,
    security_group,
    snapshot,
    tcp,
)
from control_examples.example import Example

__all__ = ["EXAMPLES"]


def _write_reference(folder: Path) -> None:
    """The snapshot of a month ago, which `security-drift` compares with."""
    before = snapshot(
        security_group("sg-1", [tcp(443, "10.0.0.0/8")]),
        controls=["security-drift"],
        taken_at=TAKEN_AT - timedelta(days=30),
    )
    write_snapshot(before, folder / "reference.json.gz")


EXAMPLES = (
    Example(
        "ecr-scan-on-push",
        passing=(
            record(Repository, "repository/app", service="ecr", scan_frequency="SCAN_ON_PUSH"),
        ),
        failing=(record(Repository, "repository/app", service="ecr", scan_frequency="MANUAL"),),
    ),
    Example(
        "rds-auto-minor-version",
        passing=(db_instance("shop-1", "mysql", auto_minor_version_upgrade=True),),
        failing=(db_instance("shop-1", "mysql", auto_minor_version_upgrade=False),),
    ),
    Example(
        "elasticache-auto-minor-version",
        passing=(
            record(
                CacheCluster,
                "cluster:shop",
                service="elasticache",
                name="shop",
                engine="valkey",
                engine_version="8.0",
                auto_minor_version_upgrade=True,
            ),
        ),
        failing=(
            record(
                CacheCluster,
                "cluster:shop",
                service="elasticache",
                name="shop",
                engine="valkey",
                engine_version="8.0",
                auto_minor_version_upgrade=False,
            ),
        ),
    ),
    Example(
        "engine-support",
        common=(db_instance("shop", "docdb", engine_version="5.0.0"),),
        baseline="""\
[controls.engine-support.support_ends]
"docdb 5.0" = 2028-03-31
""",
        failing_baseline="""\
[controls.engine-support.support_ends]
"docdb 5.0" = 2026-09-30
""",
    ),
    Example(
        "inspector",
        common=(instance("i-1", launched_at=TAKEN_AT - timedelta(days=40)),),
        passing=(
            record(
                InspectorStatus,
                "account-status",
                service="inspector2",
                ec2="ENABLED",
            ),
            record(
                InspectorCoverage,
                "coverage/i-1",
                service="inspector2",
                resource_id="i-1",
                resource_type="AWS_EC2_INSTANCE",
                account_id="123456789012",
                status_code="ACTIVE",
                last_scanned_at=TAKEN_AT,
            ),
        ),
        failing=(record(InspectorStatus, "account-status", service="inspector2", ec2="DISABLED"),),
    ),
    Example(
        "security-drift",
        passing=(security_group("sg-1", [tcp(443, "10.0.0.0/8")]),),
        failing=(security_group("sg-1", [tcp(443, "0.0.0.0/0")]),),
        baseline="""\
[controls.security-drift]
reference = "reference.json.gz"
""",
        files=_write_reference,
    ),
    Example(
        "instance-patch-compliance",
        common=(instance("i-1", launched_at=TAKEN_AT - timedelta(days=40)),),
        passing=(
            record(
                PatchCompliance,
                "patch-compliance/i-1",
                service="ssm",
                status="COMPLIANT",
                scanned_at=TAKEN_AT - timedelta(days=1),
                patches=(),
            ),
        ),
        failing=(),
    ),
    Example(
        "urgent-vulnerabilities",
        common=(
            record(
                InspectorStatus,
                "account-status",
                service="inspector2",
                ec2="ENABLED",
                ecr="ENABLED",
                functions="ENABLED",
            ),
            record(Repository, "repository/app", service="ecr", scan_frequency="SCAN_ON_PUSH"),
        ),
        passing=(),
        failing=(
            record(
                InspectorFinding,
                "finding/1",
                service="inspector2",
                name="CVE-2026-1 - openssl",
                account_id="123456789012",
                severity="CRITICAL",
                status="ACTIVE",
                fix_available="YES",
                first_observed_at=TAKEN_AT - timedelta(days=31),
                resources=("arn:aws:ecr:ap-northeast-1:123456789012:repository/app",),
            ),
        ),
    ),
)
