"""OpenID Connect providers."""

from __future__ import annotations

from functools import partial

from cloudpack_baseline.model.iam_principals import OpenIDConnectProvider
from cloudpack_baseline.model.reading import Misshapen, string
from cloudpack_baseline.model.values import Origin, Unknown
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["PROVIDERS"]

_LIST = "iam:ListOpenIDConnectProviders"
_GET = "iam:GetOpenIDConnectProvider"


def _providers(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    listing = calls.listing(_LIST)
    found = Gathered((), listing.unknown)
    for one in calls.map(partial(_listed, calls), listing.items):
        found += one
    return found


def _listed(calls: Calls, item: Answer) -> Gathered:
    arn = converted(_LIST, lambda held: string(held, "Arn"), item)
    if isinstance(arn, Unknown):
        return Gathered((), arn)
    answer = calls.get(
        _GET, absent=("NoSuchEntity", "NoSuchEntityException"), OpenIDConnectProviderArn=arn
    )
    if answer is None:
        return Gathered(())
    made = OpenIDConnectProvider(
        arn=arn,
        account=calls.account,
        name=arn.partition("/")[2],
        origin=Origin(operation=_GET),
        client_ids=answer if isinstance(answer, Unknown) else converted(_GET, _clients, answer),
    )
    return Gathered((made,))


def _clients(held: Answer) -> tuple[str, ...]:
    string(held, "Url")  # an answer without it is half of one, which may lack the list too
    clients = tuple(held.get("ClientIDList") or ())
    if not all(isinstance(one, str) for one in clients):
        raise Misshapen("ClientIDList: holds something that is no text")
    return clients


PROVIDERS = (
    Gatherer(kind=OpenIDConnectProvider, run=_providers, operations=(_LIST, _GET), regional=False),
)
