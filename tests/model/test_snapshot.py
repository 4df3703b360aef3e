"""A snapshot is its canonical JSON, whatever order its parts came in."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import evolve

from cloudpack_baseline.model.codec import DecodeError, to_bytes
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import AccountScope, Coverage, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from support import ACCOUNT, NOW, REGION, denied

OTHER = "210987654321"
RECORDS = [
    *(
        Bucket(arn=f"arn:aws:s3:::{name}", account=account, name=name, policy=denied())
        for name in "abc"
        for account in (ACCOUNT, OTHER)
    ),
    AccountSummary(arn="root", account=ACCOUNT, mfa_enabled=False),
    DBInstance(arn="db", account=ACCOUNT, region=REGION, engine="mysql", status="available"),
]
COVERAGE = [
    Coverage(kind=kind, account=account, region=region)
    for kind in ("Bucket", "DBInstance")
    for account in (ACCOUNT, OTHER)
    for region in ("", REGION)
]
ACCOUNTS = [AccountScope(id=account) for account in (OTHER, ACCOUNT)]


def made(records=tuple(RECORDS), coverage=tuple(COVERAGE), accounts=tuple(ACCOUNTS), **fields):
    held = {"taken_at": NOW, "source": "aws", "assumptions": ("b", "a")} | fields
    return Snapshot(accounts=accounts, records=records, coverage=coverage, **held)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_its_parts_does_not_matter(seed):
    shuffled = [list(account) for account in (RECORDS, COVERAGE, ACCOUNTS)]
    for part in shuffled:
        random.Random(seed).shuffle(part)  # noqa: S311 - an order, no secret
    other = made(*shuffled, assumptions=["a", "b"])
    assert other == made()
    assert to_bytes(other.to_json()) == to_bytes(made().to_json())
    assert other.digest == made().digest


@pytest.mark.parametrize(
    "change",
    [
        {"taken_at": NOW + timedelta(microseconds=1)},
        {"source": "moto"},
        {"records": tuple(RECORDS[1:])},
        {"coverage": tuple(COVERAGE[1:])},
        {"accounts": tuple(ACCOUNTS[1:])},
        {"assumptions": ("a",)},
        {"scenario": (("IsProduction", "true"),)},
    ],
)
def test_every_part_is_in_the_digest(change):
    assert made(**change).digest != made().digest


def test_the_zone_of_the_instant_is_not():
    tokyo = timezone(timedelta(hours=9))
    assert made(taken_at=NOW.astimezone(tokyo)).digest == made().digest


@pytest.mark.parametrize("more", [{}, {"scenario": (("IsProduction", "true"),)}])
def test_it_is_read_as_it_was_written(more):
    snapshot = made(**more)
    assert Snapshot.from_json(snapshot.to_json()) == snapshot


def test_records_are_found_by_kind_and_account():
    snapshot = made()
    assert [bucket.name for bucket in snapshot.all(Bucket, ACCOUNT)] == ["a", "b", "c"]
    assert snapshot.all(DBInstance, OTHER) == ()
    assert [coverage.region for coverage in snapshot.covered(DBInstance, ACCOUNT)] == ["", REGION]
    assert snapshot.covered(AccountSummary, ACCOUNT) == ()


def test_a_kind_can_be_taken_out_of_an_account():
    rest = made().without(Bucket, ACCOUNT)
    assert rest.all(Bucket, ACCOUNT) == ()
    assert rest.covered(Bucket, ACCOUNT) == ()
    assert len(rest.all(Bucket, OTHER)) == 3
    assert rest.covered(DBInstance, ACCOUNT)


def broken(**changes):
    return {key: value for key, value in (made().to_json() | changes).items() if value != "gone"}


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ([], "", "expected an object, got list"),
        (broken(more=1), "", "a snapshot has no 'more'"),
        (broken(taken_at="gone"), "", "a snapshot without 'taken_at'"),
        (broken(taken_at=7), "taken_at", "expected a time"),
        (broken(accounts={}), "accounts", "expected a list, got dict"),
        (broken(accounts=[{"name": "a"}]), "accounts[0]", "AccountScope"),
        (broken(accounts=[{"id": 7}]), "accounts[0].id", "expected str, got int"),
        (broken(coverage=[{"kind": "A", "account": "1", "x": 1}]), "coverage[0]", "no field 'x'"),
        (broken(records=[]), "records", "expected an object"),
        (broken(records={"Boat": []}), "records", "no such kind of record: 'Boat'"),
        (broken(records={"Bucket": {}}), "records.Bucket", "expected a list"),
        (
            broken(records={"Bucket": [{"arn": "a", "account": "1", "policy": {"$unknown": 7}}]}),
            "records.Bucket[0].policy",
            "expected a list, got int",
        ),
        (
            broken(records={"Bucket": [{"arn": "a", "account": "1", "ownership": "Nobody"}]}),
            "records.Bucket[0].ownership",
            "one of",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_path(value, path, message):
    with pytest.raises(DecodeError) as caught:
        Snapshot.from_json(value)
    assert caught.value.path == path
    assert message in caught.value.message


def test_two_gatherings_of_one_instant_compare_by_value():
    assert made() == evolve(made())
    assert hash(AccountScope(id=ACCOUNT)) == hash(AccountScope(id=ACCOUNT))
    assert made().taken_at == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert made(coverage=[Coverage(kind="A", account="1", unknown=Unknown.because(Why.FAILED))])
