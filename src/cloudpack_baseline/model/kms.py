"""Records of AWS KMS."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["KmsAlias", "KmsKey"]

_METADATA = "kms:DescribeKey"


@frozen(kw_only=True)
class KmsAlias(Record):
    """An alias: another name of a key in the same account and Region.

    `name` is AliasName, such as ``alias/own`` (AWS KMS API Reference, AliasListEntry).

    Attributes:
        target_key_id: the ID of the key; ``None``: AWS reserved the alias for a key that does
            not exist yet.
    """

    api = Listed("kms:ListAliases", arn="AliasArn", name="AliasName")

    target_key_id: Field[str | None] = None


def _grantees(grants: Iterable[Answer]) -> tuple[str, ...]:
    """Without duplicates: AWS services make many grants to one principal."""
    return tuple(sorted({_grantee(grant) for grant in grants}))


def _grantee(grant: Answer) -> str:
    name = "GranteePrincipal" if "GranteePrincipal" in grant else "GranteeServicePrincipal"
    return string(grant, name)


@frozen(kw_only=True)
class KmsKey(Record):
    """A key (AWS KMS API Reference, KeyMetadata, GetKeyRotationStatus).

    Attributes:
        key_manager: ``CUSTOMER`` or ``AWS``.
        key_spec: ``SYMMETRIC_DEFAULT``, or that of an asymmetric or HMAC key.
        key_state: ``Enabled``, ``Disabled``, ``PendingDeletion``, ...
        key_material: Origin: ``AWS_KMS``, ``EXTERNAL`` where it was imported, or that of a
            custom key store.
        multi_region_key_type: ``PRIMARY`` or ``REPLICA``; ``None``: of a single Region.
        rotation_enabled: whether it is rotated automatically.
        rotation_period: days between rotations; AWS KMS rotates once a year by default.
        policy: the key policy, a JSON string (GetKeyPolicy).
        grantees: the principals of its grants: ARNs, and names of services (ListGrants); those of
            keys that AWS manages are not read.
    """

    api = Listed("kms:ListKeys", arn="KeyArn", id="KeyId")

    key_manager: Field[str] = described(
        "KeyMetadata.KeyManager", operation=_METADATA, always_read=True
    )
    key_spec: Field[str] = described("KeyMetadata.KeySpec", operation=_METADATA, always_read=True)
    key_state: Field[str] = described("KeyMetadata.KeyState", operation=_METADATA, always_read=True)
    key_material: Field[str] = described(
        "KeyMetadata.Origin", operation=_METADATA, always_read=True
    )
    multi_region_key_type: Field[str | None] = described(
        "KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType",
        operation=_METADATA,
        always_read=True,
        default=None,
    )
    rotation_enabled: Field[bool] = described(
        "KeyRotationEnabled",
        operation="kms:GetKeyRotationStatus",
        absent="UnsupportedOperationException",
        default=False,
    )
    rotation_period: Field[int] = described(
        "RotationPeriodInDays", operation="kms:GetKeyRotationStatus", default=365
    )
    policy: Field[str] = described(
        "Policy",
        operation="kms:GetKeyPolicy",
        required=True,
        default=Unknown.because(Why.NOT_GATHERED, operation="kms:GetKeyPolicy"),
    )
    grantees: Field[tuple[str, ...]] = described(
        "Grants",
        operation="kms:ListGrants",
        convert=_grantees,
        default=Unknown.because(Why.NOT_GATHERED, operation="kms:ListGrants"),
    )
