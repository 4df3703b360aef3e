"""The tables ``[controls.ID]`` of the controls over single settings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from attrs import frozen

from cloudpack_baseline.baseline.formats import Between

__all__ = [
    "SETTING_OPTIONS",
    "GuarddutyOptions",
    "KmsKeyRotationOptions",
    "RdsDeletionProtectionOptions",
]


@frozen(kw_only=True)
class GuarddutyOptions:
    """Options of guardduty.

    Attributes:
        features: names of optional features that also have to be enabled, such as
            ``S3_DATA_EVENTS`` (GuardDuty API Reference, DetectorFeatureResult).
    """

    features: tuple[str, ...] = ()


@frozen(kw_only=True)
class KmsKeyRotationOptions:
    """Options of kms-key-rotation.

    Attributes:
        days: the maximum number of days between rotations (AWS KMS API Reference,
            EnableKeyRotation: 90 to 2560).
    """

    days: Annotated[int, Between(90, 2560)] = 365


@frozen(kw_only=True)
class RdsDeletionProtectionOptions:
    """Options of rds-deletion-protection.

    Attributes:
        databases: the production databases: patterns of names or ARNs of instances and clusters.
    """

    databases: tuple[str, ...] = ()


SETTING_OPTIONS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "guardduty": GuarddutyOptions,
        "kms-key-rotation": KmsKeyRotationOptions,
        "rds-deletion-protection": RdsDeletionProtectionOptions,
    }
)
"""By control ID."""
