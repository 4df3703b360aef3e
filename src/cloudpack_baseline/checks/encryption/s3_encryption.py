"""Whether new objects in buckets are encrypted, with declared keys if any are declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.arn import Arn
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Truth, Unknown, Why, any_of
from cloudpack_baseline.texts import text

__all__ = ["s3_encryption"]


_KMS = frozenset(("aws:kms", "aws:kms:dsse"))


@check(reads(Bucket, "encryption"), reads(KmsAlias), subjects=(Bucket,))
def s3_encryption(view: AccountView) -> Iterator[Finding]:
    """Reads ``ApplyServerSideEncryptionByDefault`` (GetBucketEncryption).

    Since January 2023, S3 encrypts every new object with its own keys (Amazon S3 User Guide,
    "Default encryption FAQ"), so a bucket passes if no key is declared (``kms_keys``).
    A key can be declared by its ARN and set by an alias, or the other way round (ListAliases).
    """
    for bucket in view.all(Bucket):
        yield view.finding(bucket, _encryption(view, bucket))


def _encryption(view: AccountView, bucket: Bucket) -> Observation:
    encryption, origin = bucket.encryption, bucket.origin_of("encryption")
    keys = view.baseline.bucket(bucket.name).kms_keys
    expected = f"KMSMasterKeyID={' | '.join(keys)}" if keys else ""
    if isinstance(encryption, Unknown):
        field = "ApplyServerSideEncryptionByDefault"
        return unknown(field, encryption, expected=expected, origin=origin)
    algorithm = encryption.algorithm if encryption else "AES256"
    if not keys:
        message = text("encryption.encrypted", algorithm=algorithm)
        return passed(message, read=f"SSEAlgorithm={algorithm}", origin=origin)
    if encryption is None or algorithm not in _KMS or encryption.kms_key is None:
        message = text("encryption.no-own-key", algorithm=algorithm)
        return failed(message, read=f"SSEAlgorithm={algorithm}", expected=expected, origin=origin)
    read = f"KMSMasterKeyID={encryption.kms_key}"
    is_declared = is_declared_key(view, encryption.kms_key, bucket, keys)
    if isinstance(is_declared, Unknown):
        return unknown("KMSMasterKeyID", is_declared, expected=expected, origin=origin)
    if is_declared:
        return passed(text("encryption.own-key"), read=read, expected=expected, origin=origin)
    return failed(text("encryption.other-key"), read=read, expected=expected, origin=origin)


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
    arn = _arn(key, owner, view.account.partition)
    if isinstance(arn, Unknown):
        return arn
    return any_of(_name_same_key(view, arn, Arn.parse(name)) for name in declared)


def _name_same_key(view: AccountView, first: Arn, second: Arn) -> Truth:
    """Whether both name the same key; an alias names one of its own account and region."""
    if first == second:
        return True
    if evolve(first, resource="") != evolve(second, resource=""):
        return False
    keys = _key(view, first), _key(view, second)
    unknown = [key for key in keys if isinstance(key, Unknown)]
    return unknown[0] if unknown else keys[0] == keys[1] is not None


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
        return Unknown.because(Why.NOT_TOLD, detail=f"{arn}: {arn.account} was not read")
    return view.gap(KmsAlias, arn.region, account=arn.account)


def _arn(key: str, owner: Record, partition: str) -> Arn | Unknown:
    if key.startswith("arn:"):
        try:
            return Arn.parse(key)
        except ValueError as error:
            return Unknown.because(Why.MALFORMED, detail=str(error))
    if not owner.account:  # of a template
        return Unknown.because(Why.UNDETERMINED, detail=key)
    if not owner.region:
        return Unknown.because(Why.NOT_TOLD, detail=f"{owner.key}: Region ({key})")
    resource = key if key.startswith("alias/") else f"key/{key}"
    return Arn(partition, "kms", owner.region, owner.account, resource)
