"""Amazon DynamoDB: tables, which are listed by name, while their policies are read by ARN."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from attrs import evolve

from cloudpack_baseline.model.dynamodb import DynamoDBTable
from cloudpack_baseline.sources.calls import Calls, Gathered, Listing
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)

__all__ = ["GATHERERS"]

_TABLES = "dynamodb:ListTables"
_BY_NAME = ("dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable")


def _tables(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_TABLES)
    arn = f"arn:{calls.partition}:dynamodb:{calls.region}:{calls.account}:table"
    items = tuple(
        name
        if isinstance(name, Mapping)  # a template knows the ARN beside the name
        else {"TableName": name, "TableArn": f"{arn}/{name}"}
        for name in listing.items
    )
    listing = Listing(items, listing.unknown)
    return records_of(
        calls,
        DynamoDBTable,
        _TABLES,
        listing,
        selected,
        answered={key: partial(_ask_by_name, key) for key in _BY_NAME},
    )


def _ask_by_name(key: str, calls: Calls, table: ListedItem) -> Reply:
    return calls.get(key, TableName=str(table.identity["name"]))


_PLAIN = described_gatherer(DynamoDBTable)
# No listing has the ARNs, so a script cannot ask about policies.
_AMONG = {key: place for key, place in _PLAIN.among.items() if key in _BY_NAME}

GATHERERS = (evolve(_PLAIN, run=_tables, among=_AMONG),)
