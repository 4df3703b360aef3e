"""Records of AWS Resource Access Manager."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["ResourceShare"]

_ENDED = ("DISASSOCIATED", "FAILED", "RESTORE_FAILED")


def _principals(associations: Iterable[Answer]) -> tuple[str, ...]:
    """Those of the associations that are in force, or are about to be."""
    return tuple(
        sorted(
            str(association["associatedEntity"])
            for association in associations
            if association.get("status") not in _ENDED
        )
    )


@frozen(kw_only=True)
class ResourceShare(Record):
    """A resource share that the account owns (AWS RAM API Reference, ResourceShare).

    Attributes:
        principals: account IDs, ARNs of organizations, organizational units, roles and users, and
            service principals (GetResourceShareAssociations, PRINCIPAL).
    """

    api = Listed(
        "ram:GetResourceShares", arn="resourceShareArn", id="resourceShareArn", name="name"
    )

    principals: Field[tuple[str, ...]] = described(
        "resourceShareAssociations",
        operation="ram:GetResourceShareAssociations",
        convert=_principals,
        required=True,
        default=(),
    )
