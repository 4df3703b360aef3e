"""Records of AWS Glue."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, Singular, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["GlueCatalog", "GlueJob"]


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


@frozen(kw_only=True)
class GlueJob(Record):
    """A job (AWS Glue Web API Reference, Job).

    Attributes:
        role: Role, with which it runs: a name or an ARN.
    """

    api = Listed(
        "glue:GetJobs", arn="arn:{partition}:glue:{region}:{account}:job/{Name}", id="Name"
    )

    role: Field[str] = described("Role", required=True)
