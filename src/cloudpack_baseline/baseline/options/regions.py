"""Options of controls of Regions."""

from __future__ import annotations

from cloudpack_baseline.baseline.formats import Region, RegionOrEvery
from cloudpack_baseline.immutable import frozen

__all__ = ["ApprovedRegionsOptions"]


@frozen(kw_only=True)
class ApprovedRegionsOptions:
    """Options of approved-regions, which apply to every control on where copies go.

    Attributes:
        regions: Regions in which data may be kept (5.6: Japan; the customer chooses).
        unused: Regions that are not read, and that are attested to contain no data; ``*``: all.
        exempt: names or ARNs of resources that may be elsewhere, or patterns (``*``, ``?``).
    """

    regions: tuple[Region, ...] = ("ap-northeast-1", "ap-northeast-3")
    unused: tuple[RegionOrEvery, ...] = ()
    exempt: tuple[str, ...] = ()
