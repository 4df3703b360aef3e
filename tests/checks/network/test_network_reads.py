"""Of which records the network is made, and why there may be more."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline
from cloudpack_baseline.checks.network.network_reads import gaps_of, network_of
from cloudpack_baseline.judging import view_of
from cloudpack_baseline.model.ec2 import Vpc
from cloudpack_baseline.model.snapshot import AccountScope, Coverage, Snapshot
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.testing.records import network_interface, small_account, vpc
from support import ACCOUNT, NOW, REGION, denied, world

OTHER = "210987654321"
UNREAD = denied("ec2:DescribeVpcs")
PLACE = world("segmentation", *small_account())
FURTHER = AccountScope(id=OTHER, regions=(REGION,))


def scenario(snapshot):
    view = view_of(snapshot, Baseline(), "segmentation", snapshot.accounts[0])
    return evolve(view, first=PLACE)


def test_scenarios_of_one_network_share_it():
    first = network_of(scenario(PLACE))
    assert network_of(scenario(evolve(PLACE, assumptions=("a",)))) is first


@pytest.mark.parametrize(
    "snapshot",
    [
        world("segmentation", *small_account(), vpc("vpc-9")),
        world("segmentation", *small_account(), gaps={"Vpc": UNREAD}),
        evolve(PLACE, accounts=(*PLACE.accounts, FURTHER)),
    ],
    ids=["records", "coverage", "accounts"],
)
def test_a_scenario_of_another_network_has_its_own(snapshot):
    first, second = network_of(scenario(PLACE)), network_of(scenario(snapshot))
    assert second is not first
    assert network_of(scenario(snapshot)) is second


def test_interfaces_that_are_added_make_another_network():
    added = (network_interface("eni-added", "10.0.1.99"),)
    assert network_of(scenario(PLACE), added) is not network_of(scenario(PLACE))
    assert network_of(scenario(PLACE), added) is network_of(scenario(PLACE), added)


def gap(*coverage, near=None):
    accounts = (AccountScope(id=ACCOUNT), FURTHER)
    snapshot = Snapshot(taken_at=NOW, source="aws", accounts=accounts, coverage=coverage)
    return gaps_of(snapshot)(Vpc, near)


def listing(region=REGION, account=ACCOUNT, unknown=None):
    return Coverage(kind="Vpc", account=account, region=region, unknown=unknown)


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        ((listing(),), None),
        ((listing(unknown=UNREAD),), UNREAD),
        ((listing("", unknown=UNREAD),), UNREAD),
        ((listing("*", unknown=UNREAD),), UNREAD),
        ((listing(), listing("us-east-1", unknown=UNREAD)), None),
        ((listing(), listing(account=OTHER, unknown=UNREAD)), None),
        # Of an account that was not gathered at all, nothing is said.
        ((listing(account=OTHER, unknown=UNREAD),), None),
    ],
)
def test_why_there_may_be_more_records_near_another(coverage, expected):
    assert gap(*coverage, near=vpc()) == expected


def test_a_region_that_was_not_gathered():
    (cause,) = gap(listing("us-east-1"), near=vpc()).causes
    assert (cause.why, cause.detail) == (Why.NOT_GATHERED, f"Vpc {REGION}")


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [((listing(),), None), ((listing(), listing(account=OTHER, unknown=UNREAD)), UNREAD)],
)
def test_why_there_may_be_more_records_anywhere(coverage, expected):
    assert gap(*coverage) == expected


def test_a_kind_that_was_not_gathered_anywhere():
    (cause,) = gap().causes
    assert (cause.why, cause.detail) == (Why.NOT_GATHERED, "Vpc")
