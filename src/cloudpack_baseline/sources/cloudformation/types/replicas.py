"""Read replicas whose source is in the same template or plan, once that is described.

Source: Amazon RDS User Guide, "Encrypting Amazon RDS resources": a replica in the Region of its
source is encrypted as that is; "Working with DB instance read replicas": it has the engine of it.
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import TypedResource, Types, shown

__all__ = ["TYPES"]

TYPES = Types()

_INSTANCES = "rds:DescribeDBInstances"
_INHERITED = {
    "StorageEncrypted": ("StorageEncrypted", "StorageEncryptionType", "KmsKeyId"),
    "Engine": ("Engine",),
    "EngineVersion": ("EngineVersion",),
}
"""What the listing has of the source, where the replica does not have the property."""


@TYPES.of("AWS::RDS::DBInstance", _INSTANCES, ref="DBInstanceIdentifier", order=6)
def _replica(resource: TypedResource) -> None:
    name = str(shown(resource.get("SourceDBInstanceIdentifier"))).rpartition(":")[2]
    source = resource.answers.find(_INSTANCES, "DBInstanceIdentifier", name)
    replica = resource.answers.find(_INSTANCES, "DBInstanceIdentifier", resource.id)
    if source is None or replica is None:
        return
    for said, members in _INHERITED.items():
        if resource.get(said) is None:
            inherited = {member: source.raw(member) for member in members}
            replica.update(
                {member: value for member, value in inherited.items() if value is not None}
            )
