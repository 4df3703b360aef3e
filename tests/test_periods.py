"""Snapshots of the same accounts over time: rounds, and the assessment of a period."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from cloudpack_baseline import InputError, assess, assess_period
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.snapshot import AccountScope, Snapshot
from cloudpack_baseline.periods import rounds
from cloudpack_baseline.testing import records

START = datetime(2026, 1, 1, tzinfo=UTC)
A, B = "1" * 12, "2" * 12


def snapshot(day, *accounts, source="aws"):
    """A snapshot of the accounts with nothing in them."""
    scopes = [AccountScope(id=account) for account in accounts]
    return Snapshot(taken_at=START + timedelta(days=day), source=source, accounts=scopes)


def states(*snapshots):
    """For each round the day, and its accounts."""
    return [
        ((state.taken_at - START).days, "".join(account.id[0] for account in state.accounts))
        for state in rounds(snapshots)
    ]


@pytest.mark.parametrize(
    ("snapshots", "expected"),
    [
        ([(0, A)], [(0, "1")]),
        ([(0, A), (1, B)], [(1, "12")]),
        ([(1, A), (0, A)], [(0, "1"), (1, "1")]),
        ([(0, A), (1, B), (7, A), (8, B)], [(1, "12"), (8, "12")]),
        ([(0, A), (1, B), (7, A), (14, A)], [(1, "12"), (7, "12"), (14, "12")]),
        ([(0, A, B), (7, A)], [(0, "12"), (7, "12")]),
        ([(0, A), (7, A, B)], [(0, "1"), (7, "12")]),
    ],
)
def test_a_round_ends_before_an_account_is_read_again(snapshots, expected):
    assert states(*(snapshot(*arguments) for arguments in snapshots)) == expected


def test_a_single_snapshot_stays_as_it_is():
    template = evolve(snapshot(0, A), alternatives=(snapshot(1, A),), scenario=(("x", "y"),))
    assert rounds([template]) == (template,)


def test_what_is_carried_over_has_only_the_records_of_its_account():
    bucket = records.record(Bucket, "site", service="s3", versioning="Enabled")
    first = records.snapshot(bucket)
    (account,) = first.accounts
    changed_first = evolve(first, accounts=(account, AccountScope(id=B)), taken_at=START)
    _, last = rounds([changed_first, snapshot(7, B, source=first.source)])
    assert {scope.id for scope in last.accounts} == {account.id, B}
    assert last.records == first.records
    _, last = rounds([changed_first, evolve(snapshot(7, account.id), source=first.source)])
    assert last.records == ()


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (snapshot(0, A), "two of account 111111111111 were taken at 2026-01-01"),
        (snapshot(0, B, source="moto"), "cannot be judged together"),
    ],
)
def test_snapshots_that_do_not_go_together_are_refused(second, message):
    with pytest.raises(InputError, match=message):
        rounds([snapshot(0, A), second])


def test_the_period_has_the_earlier_assessments_as_of_their_own_time():
    good = records.snapshot(records.record(Bucket, "b", service="s3", versioning="Enabled"))
    bad = records.snapshot(records.record(Bucket, "b", service="s3", versioning=""))
    before = evolve(bad, taken_at=good.taken_at - timedelta(days=7))
    assessment = assess_period(iter([good, before]), controls=iter(["s3-versioning"]))
    assert assessment.findings == assess(good, controls=["s3-versioning"]).findings
    (earlier,) = assessment.earlier
    assert earlier.as_of == before.taken_at
    assert earlier.counts["fail"] == 1
    rows = {row["clause"]: row for row in assessment.to_json()["rows"]}
    assert [rows["2.2.2"][name] for name in ("status", "previous")] == ["?", "×"]
    (corrected,) = rows["2.2.2"]["corrected"]
    assert corrected["finding"].startswith("s3-versioning:")
    assert len(rows["2.2.2"]["snapshots"]) == 2


def test_snapshots_before_a_declared_start_are_left_out():
    snapshots = [snapshot(day, A) for day in (0, 7, 14)]
    assessment = assess_period(snapshots, starts=START + timedelta(days=7))
    assert len(assessment.earlier) == 1
    period = assessment.to_json()["audit"]["period"]
    assert (period["starts"], period["is_declared"]) == ("2026-01-08T00:00:00Z", True)
    assert not assess_period(snapshots).to_json()["audit"]["period"]["is_declared"]


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        (START + timedelta(days=15), "no snapshot is of the audit period"),
        (datetime(2026, 1, 1), "requires a time zone"),  # noqa: DTZ001 - that is the point
    ],
)
def test_a_start_without_a_snapshot_or_a_time_zone_is_refused(starts, message):
    with pytest.raises(InputError, match=message):
        assess_period([snapshot(14, A)], starts=starts)
