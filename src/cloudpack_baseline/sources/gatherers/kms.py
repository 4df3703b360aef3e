"""AWS KMS: which keys aliases name."""

from __future__ import annotations

from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered
from cloudpack_baseline.sources.gatherers._convert import text
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS"]

_LIST = "kms:ListAliases"


def _aliases(calls: Calls, _wanted: frozenset[str]) -> Gathered:
    return calls.records(_LIST, lambda item: _alias(calls, item))


def _alias(calls: Calls, item: Answer) -> KmsAlias:
    return KmsAlias(
        arn=text(item, "AliasArn"),
        account=calls.account,
        region=calls.region,
        name=text(item, "AliasName"),
        origin=Origin(operation=_LIST),
        target_key_id=text(item, "TargetKeyId") if "TargetKeyId" in item else None,
    )


GATHERERS = (Gatherer(kind=KmsAlias, run=_aliases, operations=(_LIST,)),)
