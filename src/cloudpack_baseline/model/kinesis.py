"""Records of Amazon Kinesis Data Streams."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["KinesisStream"]


@frozen(kw_only=True)
class KinesisStream(Record):
    """A data stream (Amazon Kinesis API Reference, StreamSummary).

    Attributes:
        policy: Policy, a JSON string (GetResourcePolicy); ``None``: it has none.
    """

    api = Listed(
        "kinesis:ListStreams",
        arn="StreamARN",
        id="StreamARN",
        name="StreamName",
    )

    policy: Field[str | None] = described(
        "Policy",
        operation="kinesis:GetResourcePolicy",
        absent="ResourceNotFoundException",
        default=None,
    )
