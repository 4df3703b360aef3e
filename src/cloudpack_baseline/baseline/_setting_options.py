"""The tables ``[controls.ID]`` of the controls over single settings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from attrs import frozen

__all__ = ["SETTING_OPTIONS", "RdsDeletionProtectionOptions"]


@frozen(kw_only=True)
class RdsDeletionProtectionOptions:
    """Of rds-deletion-protection.

    Attributes:
        databases: the production databases: patterns of names or ARNs of instances and
            clusters.
    """

    databases: tuple[str, ...] = ()


SETTING_OPTIONS: Mapping[str, type[Any]] = MappingProxyType(
    {"rds-deletion-protection": RdsDeletionProtectionOptions}
)
"""By control id."""
