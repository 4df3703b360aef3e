"""Whether the storage of databases is encrypted, with declared keys if any are declared."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.baseline import RdsEncryptionOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.databases.clusters import databases_of, exempt_member
from cloudpack_baseline.checks.encryption.at_rest import observe_encryption
from cloudpack_baseline.checks.settings import Setting, one_of
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.read import reads

__all__ = ["rds_encryption"]

_TYPE = Setting("storage_encryption_type", one_of("sse-kms", "sse-rds"), words="at-rest")
_ENCRYPTED = Setting("storage_encrypted", expected=True, words="at-rest")
"""Of answers without the type."""


@check(reads(DBInstance), reads(DBCluster), reads(KmsAlias), subjects=(DBInstance, DBCluster))
def rds_encryption(view: AccountView) -> Iterator[Finding]:
    """Reads ``StorageEncryptionType`` of each database, and ``KmsKeyId`` if keys are declared.

    ``StorageEncrypted`` is false under a key that AWS owns (``sse-rds``), although the storage is
    encrypted (RDS API Reference, DBInstance, DBCluster); it decides only if there is no
    ``StorageEncryptionType`` in the answer. A member of a cluster is evaluated through its
    cluster. Amazon DocumentDB and Amazon Neptune are in the same listings, and count.
    """
    keys = view.baseline.options(RdsEncryptionOptions).kms_keys
    for database in databases_of(view):
        exemption = exempt_member(view, database)
        if exemption is not None:
            yield view.finding(database, exemption)
        else:
            setting = _ENCRYPTED if database.storage_encryption_type is None else _TYPE
            yield view.finding(database, *observe_encryption(view, database, setting, keys))
