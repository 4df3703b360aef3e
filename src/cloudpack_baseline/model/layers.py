"""Records of AWS Lambda: layers."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["LayerVersion"]


def _name(version: Answer) -> str:
    return ":".join(string(version, "LayerVersionArn").split(":")[-2:])


@frozen(kw_only=True)
class LayerVersion(Record):
    """A version of a layer (AWS Lambda API Reference, LayerVersionsListItem).

    Attributes:
        version: its number.
        policy: Policy, a JSON string (GetLayerVersionPolicy); ``None``: it has none.
    """

    api = Listed(
        "lambda:ListLayerVersions", arn="LayerVersionArn", id="LayerVersionArn", name=_name
    )

    version: int
    policy: Field[str | None] = described(
        "Policy",
        operation="lambda:GetLayerVersionPolicy",
        absent="ResourceNotFoundException",
        default=None,
    )
