"""Records of Amazon CloudWatch Logs: destinations and resource policies."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["LogDestination", "LogResourcePolicy"]


@frozen(kw_only=True)
class LogDestination(Record):
    """A destination for subscription filters (CloudWatch Logs API Reference, Destination).

    Attributes:
        policy: accessPolicy, a JSON string; ``None``: it has none.
    """

    api = Listed("logs:DescribeDestinations", arn="arn", name="destinationName")

    policy: Field[str | None] = described("accessPolicy", default=None)


@frozen(kw_only=True)
class LogResourcePolicy(Record):
    """A policy for log groups of an account and Region (CloudWatch Logs API, ResourcePolicy).

    Attributes:
        policy: policyDocument, a JSON string.
    """

    api = Listed(
        "logs:DescribeResourcePolicies",
        arn="arn:{partition}:logs:{region}:{account}:resource-policy:{policyName}",
        name="policyName",
    )

    policy: Field[str | None] = described("policyDocument", default=None)
