"""Records of Amazon CloudWatch Logs: destinations for other accounts."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["LogDestination"]


@frozen(kw_only=True)
class LogDestination(Record):
    """A destination for subscription filters (CloudWatch Logs API Reference, Destination).

    Attributes:
        policy: accessPolicy, a JSON string; ``None``: it has none.
    """

    api = Listed("logs:DescribeDestinations", arn="arn", name="destinationName")

    policy: Field[str | None] = described("accessPolicy", default=None)
