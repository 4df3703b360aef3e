"""Whether databases and their snapshots are encrypted, with declared keys if any are declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from cloudpack_baseline.baseline.options.encryption import RdsEncryptionOptions
from cloudpack_baseline.checks.check import AccountView, check
from cloudpack_baseline.checks.databases.clusters import databases_of, exempt_member
from cloudpack_baseline.checks.encryption.at_rest import exempt_snapshot, observe_encryption
from cloudpack_baseline.checks.settings import Setting, one_of
from cloudpack_baseline.findings import Finding
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.rds import (
    DBCluster,
    DBInstance,
    DBSnapshot,
    ManualDBClusterSnapshot,
    ManualDBSnapshot,
)
from cloudpack_baseline.model.read import reads

__all__ = ["rds_encryption"]

_TYPE = Setting("storage_encryption_type", one_of("sse-kms", "sse-rds"), words="at-rest")
_ENCRYPTED = Setting("storage_encrypted", expected=True, words="at-rest")
_ENCRYPTED_SNAPSHOT = Setting("encrypted", expected=True, words="at-rest")
"""Of answers without the type; the API names that of an instance's snapshot another way."""

_Snapshot: TypeAlias = DBSnapshot | ManualDBSnapshot | ManualDBClusterSnapshot
_SNAPSHOTS: tuple[type[_Snapshot], ...] = (DBSnapshot, ManualDBSnapshot, ManualDBClusterSnapshot)


@check(
    reads(DBInstance),
    reads(DBCluster),
    reads(DBSnapshot),
    reads(ManualDBSnapshot),
    reads(ManualDBClusterSnapshot),
    reads(KmsAlias),
    subjects=(DBInstance, DBCluster),
    later=_SNAPSHOTS,
)
def rds_encryption(view: AccountView) -> Iterator[Finding]:
    """Reads ``StorageEncryptionType`` of each database and snapshot, and ``KmsKeyId``.

    ``StorageEncrypted`` is false under a key that AWS owns (``sse-rds``), although the storage is
    encrypted (RDS API Reference, DBInstance, DBCluster); it decides only if there is no
    ``StorageEncryptionType`` in the answer. The key counts if keys are declared. A member
    of a cluster is evaluated through its cluster. Amazon DocumentDB and Amazon Neptune are in the
    same listings, and count.
    """
    keys = view.baseline.options(RdsEncryptionOptions).kms_keys
    for database in databases_of(view):
        exemption = exempt_member(view, database)
        if exemption is not None:
            yield view.finding(database, exemption)
        else:
            setting = _ENCRYPTED if database.storage_encryption_type is None else _TYPE
            yield view.finding(database, *observe_encryption(view, database, setting, keys))
    for snapshot in (snapshot for kind in _SNAPSHOTS for snapshot in view.all(kind)):
        exemption = exempt_snapshot(snapshot.status)
        if exemption is not None:
            yield view.finding(snapshot, exemption)
        else:
            setting = _setting_of(snapshot)
            yield view.finding(snapshot, *observe_encryption(view, snapshot, setting, keys))


def _setting_of(snapshot: _Snapshot) -> Setting:
    if snapshot.storage_encryption_type is not None:
        return _TYPE
    of_cluster = isinstance(snapshot, ManualDBClusterSnapshot) or (
        isinstance(snapshot, DBSnapshot) and snapshot.of_cluster
    )
    return _ENCRYPTED if of_cluster else _ENCRYPTED_SNAPSHOT
