"""Records of Amazon DynamoDB."""

from __future__ import annotations

from attrs import frozen

from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["DynamoDBTable"]


@frozen(kw_only=True)
class DynamoDBTable(Record):
    """A table, or a replica of a global table (Amazon DynamoDB API Reference, ListTables).

    Attributes:
        policy: Policy, a JSON string (GetResourcePolicy); ``None``: it has none.
    """

    api = Listed(
        "dynamodb:ListTables",
        arn="arn:{partition}:dynamodb:{region}:{account}:table/{TableName}",
        id="TableArn",
        name="TableName",
        gone="ResourceNotFoundException",
    )

    policy: Field[str | None] = described(
        "Policy",
        operation="dynamodb:GetResourcePolicy",
        absent="PolicyNotFoundException",
        default=None,
    )
