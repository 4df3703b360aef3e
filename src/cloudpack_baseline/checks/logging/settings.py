"""Settings of trails and detectors."""

from __future__ import annotations

from cloudpack_baseline.checks.settings import Setting, each
from cloudpack_baseline.model.cloudtrail import Trail

__all__ = ["cloudtrail_log_integrity"]

cloudtrail_log_integrity = each(
    Trail,
    Setting("log_file_validation", expected=True),
    evidence="Reads ``LogFileValidationEnabled`` of each trail (DescribeTrails).",
)
