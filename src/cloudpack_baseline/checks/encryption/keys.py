"""Whether the keys that encrypt resources are declared."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from cloudpack_baseline.checks.check import AccountView
from cloudpack_baseline.findings import Observation, failed, passed, unknown
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Truth, Unknown, Why, any_of
from cloudpack_baseline.texts import text

__all__ = ["is_declared_key", "observe_key"]


def observe_key(
    view: AccountView, record: Record, field: str, declared: tuple[str, ...]
) -> Observation:
    """What is reported about the key of an encrypted resource: whether it is declared.

    Args:
        view: the account with its aliases.
        record: the resource.
        field: its field with the key; ``None`` stands for a key that AWS owns.
        declared: ARNs of keys and aliases, at least one.
    """
    key, origin = getattr(record, field), record.origin_of(field)
    expected = f"KmsKeyId={' | '.join(declared)}"
    if key is None:
        message = text("encryption.key-of-aws")
        return failed(message, read="KmsKeyId=", expected=expected, origin=origin)
    is_declared = key if isinstance(key, Unknown) else is_declared_key(view, key, record, declared)
    if isinstance(is_declared, Unknown):
        return unknown("KmsKeyId", is_declared, expected=expected, origin=origin)
    read = f"KmsKeyId={key}"
    if is_declared:
        message = text("encryption.declared-key")
        return passed(message, read=read, expected=expected, origin=origin)
    return failed(text("encryption.undeclared-key"), read=read, expected=expected, origin=origin)


def is_declared_key(view: AccountView, key: str, owner: Record, declared: Iterable[str]) -> Truth:
    """Whether the key is declared, by its ARN or by an alias.

    Aliases stand for the keys that they name (ListAliases). The replica of a multi-Region key is a
    separate key with its own ARN.

    Args:
        view: the account with its aliases.
        key: an ARN, an ID or an alias (AWS KMS Developer Guide, Key identifiers).
        owner: the resource that uses it; IDs and aliases belong to its account and Region.
        declared: ARNs of keys and aliases.
    """
    arn = _arn(key, owner, view.account.partition, is_planned=view.snapshot.is_planned)
    if isinstance(arn, Unknown):
        return arn
    return any_of(_name_same_key(view, arn, Arn.parse(name)) for name in declared)


def _name_same_key(view: AccountView, first: Arn, second: Arn) -> Truth:
    """Whether both name the same key; an alias names one of its own account and region.

    A template may be deployed to any account and Region, and makes keys without an ARN yet.
    """
    if first == second:
        return True
    if view.snapshot.is_planned and first.account == view.account.id:
        return _name_same_planned_key(view, first, second)
    if evolve(first, resource="") != evolve(second, resource=""):
        return False
    keys = _key(view, first), _key(view, second)
    unknown = [key for key in keys if isinstance(key, Unknown)]
    return unknown[0] if unknown else keys[0] == keys[1] is not None


def _name_same_planned_key(view: AccountView, first: Arn, second: Arn) -> Truth:
    """The same by the names of keys and aliases."""
    if first.resource == second.resource:
        return True
    aliases = {alias.name: alias.target_key_id for alias in view.all(KmsAlias)}
    first_key, second_key = (
        aliases.get(arn.resource) if arn.resource.startswith("alias/") else arn.resource[4:]
        for arn in (first, second)
    )
    if isinstance(first_key, str) and first_key == second_key:
        return True
    return Unknown.because(Why.UNDETERMINED, detail=f"the key behind {first.resource}")


def _key(view: AccountView, arn: Arn) -> Arn | Unknown | None:
    """The key that is meant; ``None`` where an alias names none."""
    if not arn.resource.startswith("alias/"):
        return arn
    for alias in view.snapshot.all(KmsAlias, arn.account):
        if alias.arn == str(arn):
            target = alias.target_key_id
            if target is None or isinstance(target, Unknown):
                return target
            return evolve(arn, resource=f"key/{target}")
    if all(account.id != arn.account for account in view.snapshot.accounts):
        return Unknown.because(Why.NOT_PROVIDED, detail=f"{arn}: {arn.account} was not read")
    return view.gap(KmsAlias, arn.region, account=arn.account)


def _arn(key: str, owner: Record, partition: str, *, is_planned: bool) -> Arn | Unknown:
    if key.startswith("arn:"):
        try:
            return Arn.parse(key)
        except ValueError as error:
            return Unknown.because(Why.MALFORMED, detail=str(error))
    if not owner.account:  # of a template
        return Unknown.because(Why.UNDETERMINED, detail=key)
    if not owner.region and not is_planned:
        return Unknown.because(Why.NOT_PROVIDED, detail=f"{owner.key}: Region ({key})")
    resource = key if key.startswith("alias/") else f"key/{key}"
    return Arn(partition, "kms", owner.region, owner.account, resource)
