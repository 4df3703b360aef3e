"""AWS KMS: the rotation of symmetric keys, and grants of customer managed keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from attrs import evolve

from cloudpack_baseline.model.kms import KmsKey
from cloudpack_baseline.model.reading import value_of
from cloudpack_baseline.sources.calls import Calls, Gathered, converted
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    complete_each,
    described_gatherer,
    records_of,
)

__all__ = ["GATHERERS"]

_KEYS = described_gatherer(KmsKey)
_LIST = "kms:ListKeys"
_METADATA = "kms:DescribeKey"
_ROTATION = "kms:GetKeyRotationStatus"
_NO_ROTATION = ("UnsupportedOperationException",)
_GRANTS = "kms:ListGrants"


def _keys(calls: Calls, selected: frozenset[str]) -> Gathered:
    gathered = records_of(
        calls,
        KmsKey,
        _LIST,
        calls.listing(_LIST),
        selected - {"grantees"},
        answered={_ROTATION: _rotation},
        asked_before=(_METADATA,),
    )
    if "grantees" not in selected:
        return gathered
    return complete_each(calls, gathered, partial(_with_grants, calls))


def _rotation(calls: Calls, key: ListedItem) -> Reply:
    """``None`` for an asymmetric or HMAC key, which AWS KMS does not rotate."""
    metadata = key.replies.get(_METADATA)
    if isinstance(metadata, Mapping):
        spec = converted(_METADATA, partial(value_of, KmsKey, "key_spec"), metadata)
        if isinstance(spec, str) and spec != "SYMMETRIC_DEFAULT":
            return None
    return calls.get(_ROTATION, absent=_NO_ROTATION, KeyId=key.subject)


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
