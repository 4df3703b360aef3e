"""Settings of repositories of images."""

from __future__ import annotations

from cloudpack_baseline.checks.settings import Setting, each, one_of
from cloudpack_baseline.model.ecr import Repository

__all__ = ["ecr_scan_on_push"]

ecr_scan_on_push = each(
    Repository,
    Setting("scan_frequency", one_of("SCAN_ON_PUSH", "CONTINUOUS_SCAN")),
    evidence="""Reads the scan frequency of each private repository.

The scan frequency follows from the scanning configuration of the registry, basic or enhanced,
and from the filters of its rules (BatchGetRepositoryScanningConfiguration). The setting of the
repository itself is deprecated.""",
)
