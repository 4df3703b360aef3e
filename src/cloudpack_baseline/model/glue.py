"""Records of AWS Glue."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Singular, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["GlueCatalog"]


@frozen(kw_only=True)
class GlueCatalog(Record):
    """The Data Catalog of an account in a Region (AWS Glue API Reference, GetResourcePolicy).

    Attributes:
        policy: PolicyInJson; ``None``: it has none.
    """

    api = Singular(
        "glue:GetResourcePolicy",
        arn="arn:{partition}:glue:{region}:{account}:catalog",
        name="{region}",
        absent="EntityNotFoundException",
    )

    policy: Field[str | None] = described("PolicyInJson", default=None)
