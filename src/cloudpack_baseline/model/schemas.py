"""Records of the Amazon EventBridge schema registry."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["SchemaRegistry"]


@frozen(kw_only=True)
class SchemaRegistry(Record):
    """A registry of schemas of events (EventBridge Schemas API Reference, RegistrySummary).

    Attributes:
        policy: Policy, a JSON string (GetResourcePolicy); ``None``: it has none.
    """

    api = Listed(
        "schemas:ListRegistries",
        arn="RegistryArn",
        id="RegistryName",
        name="RegistryName",
        parameters={"Scope": "LOCAL"},
        absent="EndpointConnectionError",
    )

    policy: Field[str | None] = described(
        "Policy", operation="schemas:GetResourcePolicy", absent="NotFoundException", default=None
    )
