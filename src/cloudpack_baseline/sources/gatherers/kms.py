"""AWS KMS: grants of customer managed keys."""

from __future__ import annotations

from functools import partial

from attrs import evolve

from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.reading import value_of
from cloudpack_baseline.sources.calls import Calls, Gathered, converted
from cloudpack_baseline.sources.gatherers._described import (
    complete_each,
    described_gatherer,
)

__all__ = ["GATHERERS"]

_KEYS = described_gatherer(KmsKey)
_GRANTS = "kms:ListGrants"


def _keys(calls: Calls, selected: frozenset[str]) -> Gathered:
    gathered = _KEYS.run(calls, selected - {"grantees"})
    if "grantees" not in selected:
        return gathered
    return complete_each(calls, gathered, partial(_with_grants, calls))


def _with_grants(calls: Calls, key: KmsKey) -> KmsKey:
    """The key with its grants; AWS makes thousands of those of its own keys."""
    if key.key_manager == "AWS":
        return evolve(key, grantees=())
    listing = calls.listing(_GRANTS, KeyId=key.name)
    if listing.unknown is not None:
        return evolve(key, grantees=listing.unknown)
    answer = {"Grants": list(listing.items)}
    grantees = converted(_GRANTS, partial(value_of, KmsKey, "grantees"), answer)
    return evolve(key, grantees=grantees)


GATHERERS = (evolve(_KEYS, run=_keys),)
