"""Portfolios of AWS Service Catalog, and the accounts that they are shared with.

Source: AWS CloudFormation Template Reference, "AWS Service Catalog resource types".
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, exact

__all__ = ["TYPES"]

TYPES = Types()

_PORTFOLIOS = "servicecatalog:ListPortfolios"
_SHARES = "servicecatalog:DescribePortfolioShares"


@TYPES.of("AWS::ServiceCatalog::Portfolio", _PORTFOLIOS, _SHARES, prefix="port-")
def _portfolio(resource: TypedResource) -> None:
    name = resource.get("DisplayName")
    resource.item(_PORTFOLIOS, Id=resource.id, ARN=_arn(resource, resource.id), DisplayName=name)
    resource.about(_SHARES, resource.id, PortfolioShareDetails=[])


@TYPES.of("AWS::ServiceCatalog::PortfolioShare", _SHARES, order=1)
def _share(resource: TypedResource) -> None:
    portfolio_id = resource.subject("PortfolioId")
    if resource.answers.find(_PORTFOLIOS, "Id", portfolio_id) is None:
        arn = _arn(resource, portfolio_id)
        resource.elsewhere(_PORTFOLIOS, Id=portfolio_id, ARN=arn, DisplayName=portfolio_id)
        resource.about(_SHARES, portfolio_id, PortfolioShareDetails=[])
    share = resource.object(PrincipalId=exact(resource.get("AccountId")))
    resource.append_about(_SHARES, portfolio_id, "PortfolioShareDetails", share)


def _arn(resource: TypedResource, portfolio_id: str) -> str:
    place = f"{resource.partition}:catalog:{resource.region}:{resource.account}"
    return f"arn:{place}:portfolio/{portfolio_id}"
