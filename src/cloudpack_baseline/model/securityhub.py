"""Records of AWS Security Hub and Security Hub CSPM."""

from __future__ import annotations

from typing import Literal

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, Singular, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["FindingAggregator", "SecurityHub"]

_DISABLED = ("InvalidAccessException", "ResourceNotFoundException")


@frozen(kw_only=True)
class SecurityHub(Record):
    """Whether Security Hub CSPM and Security Hub are enabled in a Region.

    Attributes:
        cspm: whether Security Hub CSPM is (DescribeHub).
        enabled: whether Security Hub is (DescribeSecurityHubV2).
    """

    api = Singular(
        "securityhub:DescribeHub",
        arn="arn:{partition}:securityhub:{region}:{account}:hub/default",
        name="{region}",
        absent=_DISABLED,
    )

    cspm: Field[bool] = described("HubArn", convert=bool, default=False)
    enabled: Field[bool] = described(
        "HubV2Arn",
        operation="securityhub:DescribeSecurityHubV2",
        absent=_DISABLED,
        convert=bool,
        default=False,
    )


@frozen(kw_only=True)
class FindingAggregator(Record):
    """What copies findings to one Region (AWS Security Hub API Reference, GetFindingAggregator).

    Attributes:
        to_region: FindingAggregationRegion.
        linking_mode: which Regions: ``ALL_REGIONS``, all except `regions`, or just `regions`.
        regions: Regions.
    """

    api = Listed(
        "securityhub:ListFindingAggregators",
        arn="FindingAggregatorArn",
        id="FindingAggregatorArn",
        absent=_DISABLED,
    )

    to_region: Field[str] = described(
        "FindingAggregationRegion", operation="securityhub:GetFindingAggregator"
    )
    linking_mode: Field[
        Literal["ALL_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS", "NO_REGIONS"]
    ] = described("RegionLinkingMode", operation="securityhub:GetFindingAggregator")
    regions: Field[tuple[str, ...]] = described(
        "Regions", operation="securityhub:GetFindingAggregator", default=()
    )
