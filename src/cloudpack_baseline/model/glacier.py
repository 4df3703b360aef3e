"""Records of Amazon S3 Glacier."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["GlacierVault"]


@frozen(kw_only=True)
class GlacierVault(Record):
    """A vault of archives (Amazon S3 Glacier API Reference, DescribeVaultOutput).

    Attributes:
        policy: Policy, a JSON string (GetVaultAccessPolicy); ``None``: it has none.
    """

    api = Listed("glacier:ListVaults", arn="VaultARN", id="VaultName", name="VaultName")

    policy: Field[str | None] = described(
        "policy.Policy",
        operation="glacier:GetVaultAccessPolicy",
        absent="ResourceNotFoundException",
        default=None,
    )
