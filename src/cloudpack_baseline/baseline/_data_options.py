"""The tables ``[controls.ID]`` of the controls on where data goes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from attrs import field, frozen

from cloudpack_baseline.baseline.formats import AccountId, Region


@frozen(kw_only=True)
class ApprovedRegionsOptions:
    """Options of approved-regions, which apply to every control on where copies go.

    Attributes:
        regions: Regions in which data may be kept (5.6: Japan; the customer chooses).
    """

    regions: tuple[Region, ...] = ("ap-northeast-1", "ap-northeast-3")


@frozen(kw_only=True)
class S3ReplicationDestinationOptions:
    """Options of s3-replication-destination.

    Attributes:
        accounts: IDs of accounts that may receive copies, in addition to those of ``[accounts]``.
        buckets: buckets of declared accounts that are not read here, or whose Region is not
            available from the source: name = Region.
    """

    accounts: tuple[AccountId, ...] = ()
    buckets: Mapping[str, Region] = field(factory=dict)


DATA_OPTIONS: Mapping[str, type[Any]] = MappingProxyType(
    {
        "approved-regions": ApprovedRegionsOptions,
        "s3-replication-destination": S3ReplicationDestinationOptions,
    }
)
"""By control ID."""
