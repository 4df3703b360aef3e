"""Which kinds in which regions; all at once; what is missing is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.model.iam import AccountSummary
from cloudpack_baseline.model.rds import DBCluster, DBInstance
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.s3 import AccessPoint, Bucket
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.gathering import gather_with, merge, operations_of
from fakes import FakeTransport, calls
from support import ACCOUNT, REGION

NOW = datetime(2026, 11, 1, tzinfo=UTC)
REGIONS = {
    "Regions": [
        {"RegionName": "ap-northeast-1", "OptInStatus": "opt-in-not-required"},
        {"RegionName": "ap-northeast-3", "OptInStatus": "opted-in"},
        {"RegionName": "af-south-1", "OptInStatus": "not-opted-in"},
    ]
}


def instance(name, region):
    return {
        "DBInstanceArn": f"arn:aws:rds:{region}:{ACCOUNT}:db:{name}",
        "DBInstanceIdentifier": name,
        "Engine": "mysql",
        "BackupRetentionPeriod": 2,
    }


ANSWERS = {
    "ec2:DescribeRegions": REGIONS,
    ("rds:DescribeDBInstances", "ap-northeast-1"): {
        "DBInstances": [instance("one", "ap-northeast-1")]
    },
    "rds:DescribeDBInstances": {"DBInstances": []},
    "rds:DescribeDBClusters": {"DBClusters": []},
    "iam:GetAccountSummary": {"SummaryMap": {"AccountMFAEnabled": 1}},
    "s3:ListBuckets": {"Buckets": []},
}


def gathered(answers, *wanted, regions=None, workers=4):
    bound = calls(answers)
    snapshot = gather_with(
        bound, wanted, source="aws", regions=regions, clock=lambda: NOW, workers=workers
    )
    return snapshot, bound.transport


def asked(transport):
    return sorted({(key, region) for key, region, _ in transport.asked})


def test_a_global_kind_needs_no_regions():
    snapshot, transport = gathered(ANSWERS, reads(AccountSummary))
    assert transport.asked == [("iam:GetAccountSummary", REGION, "")]
    (coverage,) = snapshot.covered(AccountSummary, ACCOUNT)
    assert (coverage.region, coverage.unknown) == ("", None)
    assert snapshot.accounts[0].regions == ()
    assert snapshot.taken_at == NOW


@pytest.mark.parametrize("named", [None, ("*",)])
def test_every_enabled_region_is_read_where_none_is_named(named):
    snapshot, transport = gathered(ANSWERS, reads(DBInstance), regions=named)
    assert snapshot.accounts[0].regions == ("ap-northeast-1", "ap-northeast-3")
    assert snapshot.accounts[0].regions_off == ()
    assert {coverage.region for coverage in snapshot.covered(DBInstance, ACCOUNT)} == {
        "ap-northeast-1",
        "ap-northeast-3",
    }
    assert not any(region == "af-south-1" for _, region, _ in transport.asked)
    assert [db_instance.name for db_instance in snapshot.all(DBInstance, ACCOUNT)] == ["one"]


def test_a_named_region_that_is_off_is_left_out_told_once_and_unknown():
    snapshot, transport = gathered(
        ANSWERS, reads(DBInstance), regions=("ap-northeast-1", "af-south-1")
    )
    assert snapshot.accounts[0].regions == ("ap-northeast-1",)
    assert snapshot.accounts[0].regions_off == ("af-south-1",)
    unknown = {
        coverage.region: coverage.unknown for coverage in snapshot.covered(DBInstance, ACCOUNT)
    }
    assert unknown["ap-northeast-1"] is None
    assert unknown["af-south-1"].causes[0].why is Why.NOT_PROVIDED
    assert ("rds:DescribeDBInstances", "af-south-1") not in asked(transport)


def test_a_region_that_does_not_exist_is_wrong_input():
    with pytest.raises(InputError, match="no such Region in partition aws: ap-northwest-9"):
        gathered(ANSWERS, reads(DBInstance), regions=("ap-northwest-9",))


def test_named_regions_are_taken_as_they_are_where_the_listing_is_denied():
    answers = ANSWERS | {"ec2:DescribeRegions": "UnauthorizedOperation"}
    snapshot, _ = gathered(answers, reads(DBInstance), regions=("eu-west-1",))
    assert snapshot.accounts[0].regions == ("eu-west-1",)
    assert [coverage.unknown for coverage in snapshot.covered(DBInstance, ACCOUNT)] == [None]


def test_without_names_and_without_the_listing_there_is_a_gap():
    answers = ANSWERS | {"ec2:DescribeRegions": "UnauthorizedOperation"}
    snapshot, _ = gathered(answers, reads(DBInstance), reads(AccountSummary))
    unknown = {
        coverage.region: coverage.unknown for coverage in snapshot.covered(DBInstance, ACCOUNT)
    }
    assert unknown[REGION] is None
    assert unknown["*"].causes[0].actions == ("ec2:DescribeRegions",)
    assert [coverage.unknown for coverage in snapshot.covered(AccountSummary, ACCOUNT)] == [None]


def test_a_denied_listing_costs_its_own_kind_and_region_alone():
    answers = ANSWERS | {("rds:DescribeDBInstances", "ap-northeast-3"): "AccessDenied"}
    snapshot, _ = gathered(answers, reads(DBInstance), reads(DBCluster))
    unknown = {
        coverage.region: coverage.unknown for coverage in snapshot.covered(DBInstance, ACCOUNT)
    }
    assert unknown["ap-northeast-1"] is None
    assert isinstance(unknown["ap-northeast-3"], Unknown)
    assert all(coverage.unknown is None for coverage in snapshot.covered(DBCluster, ACCOUNT))


def test_only_the_fields_that_cost_calls_are_told_as_read():
    answers = ANSWERS | {"s3:GetBucketPolicy": "NoSuchBucketPolicy"}
    snapshot, transport = gathered(answers, reads(Bucket, "policy", "name"))
    assert [coverage.fields for coverage in snapshot.covered(Bucket, ACCOUNT)] == [("policy",)]
    assert asked(transport) == [("s3:ListBuckets", REGION)]


@pytest.mark.parametrize("workers", [1, 2, 16])
def test_nested_calls_end_whatever_the_number_of_threads(workers):
    names = [f"bucket-{number}" for number in range(40)]
    answers = ANSWERS | {
        "s3:ListBuckets": {"Buckets": [{"Name": name, "BucketRegion": REGION} for name in names]},
        "s3:GetBucketPolicy": "NoSuchBucketPolicy",
    }
    snapshot, _ = gathered(answers, reads(Bucket, "policy"), reads(DBInstance), workers=workers)
    assert sorted(bucket.name for bucket in snapshot.all(Bucket, ACCOUNT)) == sorted(names)


def test_threads_change_nothing_of_the_snapshot():
    digests = {
        gathered(ANSWERS, reads(DBInstance), reads(AccountSummary), workers=workers)[0].digest
        for workers in (1, 2, 16)
    }
    assert len(digests) == 1


def test_clients_are_let_go_after_their_last_use():
    _, transport = gathered(ANSWERS, reads(DBInstance), reads(DBCluster), reads(Bucket))
    assert sorted(transport.released) == [
        ("rds", "ap-northeast-1"),
        ("rds", "ap-northeast-3"),
        ("s3", ""),
    ]


def test_what_two_regions_both_tell_is_one_record():
    answers = ANSWERS | {
        "rds:DescribeDBInstances": {"DBInstances": [instance("one", "ap-northeast-1")]}
    }
    snapshot, _ = gathered(answers, reads(DBInstance))
    assert len(snapshot.all(DBInstance, ACCOUNT)) == 1


def test_a_listing_that_two_kinds_need_is_asked_once():
    answers = ANSWERS | {
        "s3:ListBuckets": [{"Buckets": [{"Name": "one", "BucketRegion": REGION}]}, "SlowDown"],
        "s3control:ListAccessPoints": {"AccessPointList": []},
    }
    snapshot, transport = gathered(answers, reads(Bucket), reads(AccessPoint))
    assert [key for key, _, _ in transport.asked].count("s3:ListBuckets") == 1
    for kind in (Bucket, AccessPoint):
        (one,) = snapshot.covered(kind, ACCOUNT)
        assert one.unknown.causes[0].why is Why.THROTTLED
    assert [bucket.name for bucket in snapshot.all(Bucket, ACCOUNT)] == ["one"]


def test_a_defect_in_a_gatherer_is_raised_and_ends_the_threads():
    class Broken(FakeTransport):
        def pages(self, operation, region, parameters):
            if operation.id == "rds:DescribeDBClusters":
                raise ZeroDivisionError
            return super().pages(operation, region, parameters)

    bound = calls({}, transport=Broken(ANSWERS))
    with pytest.raises(ZeroDivisionError):
        gather_with(bound, [reads(DBInstance), reads(DBCluster)], source="aws")


def test_only_what_is_read_may_be_called():
    assert operations_of([reads(AccountSummary)]) == {
        "iam:GetAccountSummary",
        "sts:GetCallerIdentity",
    }
    assert operations_of([reads(Bucket, "policy"), reads(DBInstance)]) == {
        "ec2:DescribeRegions",
        "rds:DescribeDBInstances",
        "s3:GetBucketPolicy",
        "s3:ListBuckets",
        "sts:GetCallerIdentity",
    }


def test_snapshots_of_several_accounts_become_one():
    one, _ = gathered(ANSWERS, reads(DBInstance))
    bound = calls(ANSWERS, account="210987654321")
    other = gather_with(
        bound, [reads(AccountSummary)], source="aws", clock=lambda: NOW.replace(day=2)
    )
    both = merge([other, one])
    assert [account.id for account in both.accounts] == [ACCOUNT, "210987654321"]
    assert both.taken_at == NOW.replace(day=2)
    assert both.all(DBInstance, ACCOUNT) == one.all(DBInstance, ACCOUNT)
    assert both.covered(AccountSummary, "210987654321")
    with pytest.raises(ValueError, match="in two of the snapshots"):
        merge([one, one])
