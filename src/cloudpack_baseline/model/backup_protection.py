"""Records of AWS Backup: what it has backed up."""

from __future__ import annotations

from datetime import datetime

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["PROTECTED_TYPES", "ProtectedResource", "RecoveryPoint"]

PROTECTED_TYPES = frozenset(("DynamoDB", "EFS"))
"""The types of resources whose recovery points are read; other services list theirs themselves."""


@frozen(kw_only=True)
class RecoveryPoint:
    """A recovery point of a resource (RecoveryPointByResource).

    Attributes:
        arn: RecoveryPointArn.
        status: ``COMPLETED`` or ``AVAILABLE`` if it can be restored.
        created_at: CreationDate.
    """

    arn: str = described("RecoveryPointArn")
    status: str
    created_at: datetime = described("CreationDate")


@frozen(kw_only=True)
class ProtectedResource(Record):
    """A resource that AWS Backup has backed up (ProtectedResource); `arn` is that of the resource.

    Attributes:
        type: ResourceType, one of `PROTECTED_TYPES`.
        recovery_points: its recovery points (ListRecoveryPointsByResource).
    """

    api = Listed("backup:ListProtectedResources", arn="ResourceArn", id="ResourceArn")

    type: str = described("ResourceType")
    recovery_points: Field[tuple[RecoveryPoint, ...]] = described(
        "RecoveryPoints", operation="backup:ListRecoveryPointsByResource", default=()
    )
