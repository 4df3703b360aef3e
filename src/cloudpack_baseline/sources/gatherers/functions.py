"""AWS Lambda: aliases and published versions, each of which has a policy of its own."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.functions import LambdaAlias, LambdaVersion
from cloudpack_baseline.model.reading import member
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, Listing
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_below,
    records_of,
)

__all__ = ["GATHERERS"]

_FUNCTIONS = "lambda:ListFunctions"
_ALIASES = "lambda:ListAliases"
_COLONS = 7
"""Of the ARN of a version; that of a function has one less."""
_URLS = "lambda:ListFunctionUrlConfigs"


def _aliases(calls: Calls, selected: frozenset[str]) -> Gathered:
    return records_below(
        calls,
        LambdaAlias,
        _FUNCTIONS,
        "FunctionName",
        _ALIASES,
        selected=selected,
        answered={_URLS: _url},
    )


def _url(name: str, calls: Calls, alias: ListedItem) -> Reply:
    """The URL of the alias: the listing of its function names those of all aliases."""
    listing = calls.listing(_URLS, FunctionName=name)
    for url in listing.items:
        if member(url, "FunctionArn") == alias.subject:
            return url
    return listing.unknown


def _versions(calls: Calls, selected: frozenset[str]) -> Gathered:
    """The published versions; the listing contains the unpublished ones too."""
    listing = calls.listing(_FUNCTIONS, FunctionVersion="ALL")
    published = tuple(version for version in listing.items if not _is_unpublished(version))
    return records_of(
        calls, LambdaVersion, _FUNCTIONS, Listing(published, listing.unknown), selected
    )


def _is_unpublished(version: Answer) -> bool:
    """Whether the ARN names ``$LATEST``, or no version, as that of a function in a template."""
    arn = member(version, "FunctionArn")
    if not isinstance(arn, str):
        return False
    return arn.endswith(":$LATEST") or arn.count(":") < _COLONS


GATHERERS = (
    evolve(
        described_gatherer(LambdaAlias),
        run=_aliases,
        operations=(_FUNCTIONS, _ALIASES),
        among={_ALIASES: (_FUNCTIONS, "", "FunctionName"), _URLS: (_FUNCTIONS, "", "FunctionName")},
    ),
    evolve(described_gatherer(LambdaVersion), run=_versions, among={}),
)
