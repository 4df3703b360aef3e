"""Records of AWS KMS."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Listed
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["KmsAlias"]


@frozen(kw_only=True)
class KmsAlias(Record):
    """An alias, another name of a key of its own account and region.

    `name` is AliasName, as ``alias/own`` (AWS KMS API Reference, AliasListEntry).

    Attributes:
        target_key_id: the id of the key; ``None``: AWS set the alias aside for a key that
            is not there yet.
    """

    api = Listed("kms:ListAliases", arn="AliasArn", name="AliasName")

    target_key_id: Field[str | None] = None
