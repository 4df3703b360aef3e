"""The tables ``[controls.ID]``: options of controls; defaults are those of the white paper."""

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
    """Options of rds-backup.

    Attributes:
        generations: the minimum number of daily generations (3.1: two). A database keeps at most
            35 (Amazon RDS API Reference, CreateDBInstance).
        restorable_within_minutes: the maximum age of the latest restorable time. RDS advances it
            every five minutes (Amazon RDS User Guide, Point-in-time recovery).
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
"""By control ID; a control that is not named here has no table."""
