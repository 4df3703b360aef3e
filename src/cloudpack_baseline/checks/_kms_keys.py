"""Whether a key is one of those that were declared."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Truth, Unknown, Why

__all__ = ["is_one_of"]


def is_one_of(key: str, declared: Iterable[str], owner: Record, partition: str) -> Truth:
    """Whether the key is declared.

    An alias names a key that may be declared by its own ARN, and the other way round:
    which one it names is not read, so that such a pair is unknown.

    Args:
        key: an ARN, an id, or an alias (AWS KMS Developer Guide, Key identifiers).
        declared: ARNs of keys and aliases.
        owner: what uses it; ids and aliases are of its account and region.
        partition: of the account.
    """
    arn = _arn(key, owner, partition)
    if isinstance(arn, Unknown):
        return arn
    declared = tuple(declared)
    if str(arn) in declared:
        return True
    if arn.resource.startswith("alias/aws/"):
        return False
    kind = arn.resource.partition("/")[0]
    if all(Arn.parse(one).resource.partition("/")[0] == kind for one in declared):
        return False
    return Unknown.because(Why.UNSUPPORTED, detail=f"{key}: alias or key")


def _arn(key: str, owner: Record, partition: str) -> Arn | Unknown:
    if key.startswith("arn:"):
        try:
            return Arn.parse(key)
        except ValueError as error:
            return Unknown.because(Why.MALFORMED, detail=str(error))
    if not (owner.region and owner.account):
        return Unknown.because(Why.UNDETERMINED, detail=key)
    resource = key if key.startswith("alias/") else f"key/{key}"
    return Arn(partition, "kms", owner.region, owner.account, resource)
