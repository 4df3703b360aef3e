"""Records of Amazon API Gateway."""

from __future__ import annotations

import json

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["RestApi"]


def _unescaped(policy: object) -> str:
    """The policy, which the API escapes as if it were part of a JSON string."""
    text = str(policy)
    if not text.startswith("{\\"):
        return text
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError as error:
        raise Misshapen(f"policy: {error}") from None


@frozen(kw_only=True)
class RestApi(Record):
    """A REST API (Amazon API Gateway API Reference, RestApi).

    Attributes:
        endpoint_types: endpointConfiguration.types: ``EDGE``, ``REGIONAL`` or ``PRIVATE``.
        policy: its resource policy, a JSON string; ``None``: it has none.
    """

    api = Listed(
        "apigateway:GetRestApis",
        arn="arn:{partition}:execute-api:{region}:{account}:{id}",
        id="id",
        name="name",
    )

    endpoint_types: Field[tuple[str, ...]] = described(
        "endpointConfiguration.types", default=("EDGE",)
    )
    policy: Field[str | None] = described("policy", convert=_unescaped, default=None)
