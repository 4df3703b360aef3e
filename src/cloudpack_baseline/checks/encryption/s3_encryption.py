"""Whether new objects in buckets are encrypted, with declared keys if any are declared."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.encryption.keys import is_declared_key
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    failed,
    passed,
    unknown,
)
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Unknown
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
