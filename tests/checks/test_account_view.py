"""What a check sees of one account."""

import pytest
from attrs import evolve

from cloudpack_baseline.baseline import Baseline
from cloudpack_baseline.checks import AccountView, check
from cloudpack_baseline.checks.settings import Setting
from cloudpack_baseline.findings import Outcome
from cloudpack_baseline.model.ec2 import Subnet, Vpc
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.snapshot import AccountScope, Coverage, Snapshot
from cloudpack_baseline.model.values import Why
from cloudpack_baseline.whitepaper import control_of
from support import ACCOUNT, NOW, REGION, denied

OTHER = "210987654321"


def view(*coverage: Coverage) -> AccountView:
    accounts = (AccountScope(id=ACCOUNT), AccountScope(id=OTHER))
    return AccountView(
        control="vpc-flow-logs",
        snapshot=Snapshot(taken_at=NOW, source="aws", accounts=accounts, coverage=coverage),
        account=accounts[0],
        baseline=Baseline(),
        as_of=NOW,
    )


def listing(region=REGION, account=ACCOUNT, unknown=None) -> Coverage:
    return Coverage(kind="Vpc", account=account, region=region, unknown=unknown)


@pytest.mark.parametrize("region", [None, "", REGION])
def test_no_gap_where_the_listing_is_complete(region):
    assert view(listing()).gap(Vpc, region) is None


@pytest.mark.parametrize("region", ["", "*"])
def test_a_listing_of_all_regions_covers_each(region):
    assert view(listing(region)).gap(Vpc, REGION) is None


def test_a_region_that_nobody_read_is_a_gap():
    (cause,) = view(listing()).gap(Vpc, "us-east-1").causes
    assert (cause.why, cause.detail) == (Why.NOT_GATHERED, "Vpc (us-east-1)")


def test_a_kind_that_nobody_read_is_a_gap():
    (cause,) = view().gap(Vpc, REGION).causes
    assert (cause.why, cause.detail) == (Why.NOT_GATHERED, "Vpc")


@pytest.mark.parametrize(
    ("region", "gap"),
    [(None, denied()), ("us-east-1", denied()), (REGION, None)],
)
def test_a_denied_listing_is_a_gap_of_its_region(region, gap):
    covered = (listing(), listing("us-east-1", unknown=denied()))
    assert view(*covered).gap(Vpc, region) == gap


def test_gaps_of_another_account_are_told_apart():
    covered = (listing(), listing(account=OTHER, unknown=denied()))
    assert view(*covered).gap(Vpc, REGION) is None
    assert view(*covered).gap(Vpc, REGION, account=OTHER) == denied()


@pytest.mark.parametrize(
    ("regions", "reported"),
    [
        ((), True),
        ((REGION,), True),
        (("",), True),
        (("*",), True),
        (("us-east-1",), False),
        (("us-east-1", REGION), True),
    ],
)
def test_a_gap_is_reported_where_a_listing_was_tried_or_none_at_all(regions, reported):
    assert view(*map(listing, regions)).is_reported(Vpc, REGION) is reported


@pytest.mark.parametrize("owner", ["", ACCOUNT])
def test_what_the_account_owns_is_judged_here(owner):
    assert view().judged_elsewhere(owner) is None


@pytest.mark.parametrize(
    ("owner", "outcome"),
    [(OTHER, Outcome.NOT_APPLICABLE), ("111111111111", Outcome.UNKNOWN)],
)
def test_what_another_account_shares_is_settled_there(owner, outcome):
    assert view().judged_elsewhere(owner).outcome is outcome


def test_a_check_is_about_all_that_it_reads_unless_it_says_otherwise():
    def judge(_view):
        """Nothing."""
        return ()

    assert check(reads(Vpc), reads(Subnet))(judge).subjects == ("Vpc", "Subnet")
    assert check(reads(Vpc), reads(Subnet), subjects=(Subnet,))(judge).subjects == ("Subnet",)


@pytest.mark.parametrize(
    ("theme", "words", "expected"),
    [
        ("network", "", "network.vpc-flow-logs"),
        ("network", "open", "network.open"),
        # A control of one's own has no theme, and no text of its own.
        ("", "", "common.setting"),
    ],
)
def test_the_text_of_a_setting(theme, words, expected):
    judged = evolve(control_of("vpc-flow-logs"), theme=theme)
    setting = Setting("is_default", True, words)
    assert setting.words_in(evolve(view(listing()), judged=judged)) == expected
