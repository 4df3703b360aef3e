"""Amazon DynamoDB: tables, which are listed by name, while their policies are read by ARN."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.dynamodb import DynamoDBTable
from cloudpack_baseline.sources.calls import Calls, Gathered, Listing
from cloudpack_baseline.sources.gatherers._described import described_gatherer, records_of

__all__ = ["GATHERERS"]

_TABLES = "dynamodb:ListTables"


def _tables(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_TABLES)
    arn = f"arn:{calls.partition}:dynamodb:{calls.region}:{calls.account}:table"
    items = tuple({"TableName": name, "TableArn": f"{arn}/{name}"} for name in listing.items)
    return records_of(calls, DynamoDBTable, _TABLES, Listing(items, listing.unknown), selected)


GATHERERS = (evolve(described_gatherer(DynamoDBTable), run=_tables),)
