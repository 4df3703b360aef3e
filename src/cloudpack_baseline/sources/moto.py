"""moto in the place of AWS: in this process, on a server of ours, or on one that is filled.

Importing this module imports nothing of moto.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from cloudpack_baseline.sources.calls import Answer, Transport
from cloudpack_baseline.sources.fidelity import Mended

if TYPE_CHECKING:
    from cloudpack_baseline.sources.identity import Caller

__all__ = ["Mock", "in_process"]


@frozen
class Mock:
    """What stands between us and moto.

    Attributes:
        told: what tests set, by account id and operation id.
    """

    told: Mapping[str, Mapping[str, Answer]] = field(factory=dict)

    @property
    def source(self) -> str:
        """For `Snapshot.source`."""
        return "moto"

    @property
    def attempts(self) -> int:
        """One: moto is never busy, and what it does not implement fails each time."""
        return 1

    def over(self, transport: Transport, caller: Caller) -> Transport:
        """The transport with moto's gaps mended."""
        return Mended(transport, self.told.get(caller.account, {}))


def in_process() -> Mock | None:
    """The mock of moto, where one is active in this process; else ``None``."""
    models = sys.modules.get("moto.core.models")
    stubber = getattr(models, "botocore_stubber", None)
    return Mock() if getattr(stubber, "enabled", False) else None
