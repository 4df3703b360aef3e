"""Settings of trails and detectors."""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve

from cloudpack_baseline.baseline.options.logging import GuarddutyOptions
from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.checks.settings import Expected, Setting, each, in_each_region, includes
from cloudpack_baseline.model.cloudtrail import Trail
from cloudpack_baseline.model.guardduty import Detector

__all__ = ["cloudtrail_log_integrity", "guardduty"]

cloudtrail_log_integrity = each(
    Trail,
    Setting("log_file_validation", expected=True),
    evidence="Reads ``LogFileValidationEnabled`` of each trail (DescribeTrails).",
)


_INCLUDED_IN = {"EKS_RUNTIME_MONITORING": "RUNTIME_MONITORING"}
"""The feature that includes another one, so that a detector has only one of them."""


def _features(view: AccountView) -> Expected | None:
    features = view.baseline.options(GuarddutyOptions).features

    def accepts(enabled: Collection[str]) -> bool:
        return all(
            feature in enabled or _INCLUDED_IN.get(feature) in enabled for feature in features
        )

    return evolve(includes(*features), accepts=accepts) if features else None


guardduty = in_each_region(
    Detector,
    Setting("status", "ENABLED"),
    Setting("features", _features, words="guardduty-features"),
    evidence="""Reads ``Status`` of the detector in each Region of the account.

A member account has a detector of its own too (ListDetectors, GetDetector). Without declared
Regions, all enabled Regions are read, because intruders prefer those that nobody uses.
Optional features count only if the baseline names them. ``RUNTIME_MONITORING`` includes
``EKS_RUNTIME_MONITORING`` (GuardDuty API Reference, DetectorFeatureConfiguration).""",
)
