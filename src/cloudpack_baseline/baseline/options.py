"""The tables ``[controls.ID]``: what a user may change of a control; the paper's values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from attrs import frozen

from cloudpack_baseline.baseline._data_options import DATA_OPTIONS
from cloudpack_baseline.baseline._identity_options import IDENTITY_OPTIONS
from cloudpack_baseline.baseline._network_options import NETWORK_OPTIONS
from cloudpack_baseline.baseline._setting_options import SETTING_OPTIONS
from cloudpack_baseline.baseline.formats import Between

__all__ = ["OPTIONS", "RdsBackupOptions"]


@frozen(kw_only=True)
class RdsBackupOptions:
    """Of rds-backup.

    Attributes:
        generations: how many daily generations are kept at least (3.1: two). No
            database keeps more than 35 (Amazon RDS API Reference, CreateDBInstance).
        restorable_within_minutes: how old the latest restorable time may be. RDS moves it
            on every five minutes (Amazon RDS User Guide, Point-in-time recovery).
    """

    generations: Annotated[int, Between(1, 35)] = 2
    restorable_within_minutes: Annotated[int, Between(5, 1440)] = 30


OPTIONS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "rds-backup": RdsBackupOptions,
        **DATA_OPTIONS,
        **IDENTITY_OPTIONS,
        **NETWORK_OPTIONS,
        **SETTING_OPTIONS,
    }
)
"""By control id; a control that is not named here has no table."""
