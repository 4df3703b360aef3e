"""Records of AWS Service Catalog."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["Portfolio"]


def _accounts(shares: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(sorted(string(share, "PrincipalId") for share in shares))


@frozen(kw_only=True)
class Portfolio(Record):
    """A portfolio of products (AWS Service Catalog API Reference, PortfolioDetail).

    Attributes:
        accounts: IDs of the accounts that it is shared with (DescribePortfolioShares, ACCOUNT).
            Other shares stay in the organization of the account.
    """

    api = Listed(
        "servicecatalog:ListPortfolios",
        arn="ARN",
        id="Id",
        name="DisplayName",
        gone="ResourceNotFoundException",
    )

    accounts: Field[tuple[str, ...]] = described(
        "PortfolioShareDetails",
        operation="servicecatalog:DescribePortfolioShares",
        convert=_accounts,
        default=(),
    )
