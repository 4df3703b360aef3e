"""Records of AWS Secrets Manager."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record, Tags
from cloudpack_baseline.model.values import Field

__all__ = ["Secret"]


@frozen(kw_only=True)
class Secret(Record):
    """A secret, or a replica of one (Secrets Manager API Reference, SecretListEntry).

    Attributes:
        policy: ResourcePolicy, a JSON string (GetResourcePolicy); ``None``: it has none.
        tags: its tags.
    """

    api = Listed("secretsmanager:ListSecrets", arn="ARN", id="ARN", name="Name")

    policy: Field[str | None] = described(
        "ResourcePolicy", operation="secretsmanager:GetResourcePolicy", default=None
    )
    tags: Field[Tags] = ()
