"""States of the controls of regions."""

from __future__ import annotations

from cloudpack_baseline.model.dynamodb import DynamoDBTable
from cloudpack_baseline.testing.records import record
from control_examples.example import Example

__all__ = ["EXAMPLES"]

EXAMPLES = (
    Example(
        "approved-regions",
        passing=(record(DynamoDBTable, "table/carts", service="dynamodb"),),
        failing=(record(DynamoDBTable, "table/carts", service="dynamodb", region="us-east-1"),),
    ),
)
