"""The tables ``[controls.ID]``: what a user may change of a control; the paper's values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from attrs import field, frozen, validators

__all__ = ["OPTIONS", "RdsBackupOptions"]


@frozen(kw_only=True)
class RdsBackupOptions:
    """Of rds-backup.

    Attributes:
        generations: how many daily generations are kept at least (3.1: two).
        restorable_within_minutes: how old the latest restorable time may be.
    """

    generations: int = field(default=2, validator=validators.in_(range(1, 36)))
    restorable_within_minutes: int = field(default=30, validator=validators.ge(5))


OPTIONS: Mapping[str, type[Any]] = MappingProxyType({"rds-backup": RdsBackupOptions})
"""By control id; a control that is not named here has no table."""
