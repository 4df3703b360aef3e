"""Databases that are made of one in the same template or plan, once that is described.

Source: Amazon RDS User Guide, "Encrypting Amazon RDS resources" (a replica in the Region of its
source is encrypted as that is), "Working with DB instance read replicas", "Restoring a DB instance
to a specified time for Amazon RDS".
"""

from __future__ import annotations

from functools import partial

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, shown
from cloudpack_baseline.sources.cloudformation.values import Resolved, why_of

__all__ = ["TYPES"]

TYPES = Types()

_INHERITED = {
    "StorageEncrypted": ("StorageEncrypted", "StorageEncryptionType", "KmsKeyId"),
    "Engine": ("Engine",),
    "EngineVersion": ("EngineVersion",),
}
"""What the listing has of the source, where the database does not have the property."""
_OF_SOURCE = frozenset({"StorageEncrypted"})
"""Properties that a copy cannot have of its own; a key may decide instead."""


def _made_of(operation: str, kind: str, resource: TypedResource) -> None:
    derivation = partial(_derived, operation, f"{kind}Identifier", resource)
    resource.answers.derivations.append(derivation)


def _derived(operation: str, key: str, resource: TypedResource) -> bool:
    """Set what the database has of its source; returns whether that changed anything."""
    name = str(shown(resource.get(f"Source{key}"))).rpartition(":")[2]
    source = resource.answers.find(operation, key, name)
    database = resource.answers.find(operation, key, resource.id)
    if source is None or database is None:
        return False
    inherited: dict[str, Resolved] = {}
    for property_name, members in _INHERITED.items():
        is_open = why_of(database.raw(property_name)) is not None
        if is_open if property_name in _OF_SOURCE else resource.get(property_name) is None:
            inherited |= {member: source.raw(member) for member in members}
    changed = {
        member: value
        for member, value in inherited.items()
        if value is not None and value != database.raw(member)
    }
    database.update(changed)
    return bool(changed)


for _kind, _operation in (
    ("DBInstance", "rds:DescribeDBInstances"),
    ("DBCluster", "rds:DescribeDBClusters"),
):
    TYPES.of(f"AWS::RDS::{_kind}", _operation, ref=f"{_kind}Identifier", order=6)(
        partial(_made_of, _operation, _kind)
    )
