"""Records of the Regions of an account."""

from __future__ import annotations

from typing import Literal

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["AccountRegion"]


@frozen(kw_only=True)
class AccountRegion(Record):
    """A Region, and whether the account can use it (EC2 API Reference, Region).

    Attributes:
        opt_in_status: ``not-opted-in`` if it is disabled in the account.
    """

    api = Listed(
        "ec2:DescribeRegions",
        arn="arn:{partition}:ec2:{RegionName}:{account}:region/{RegionName}",
        name="RegionName",
        parameters={"AllRegions": True},
        regional=False,
    )

    opt_in_status: Field[Literal["opt-in-not-required", "opted-in", "not-opted-in"]]
