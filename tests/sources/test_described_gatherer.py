"""The gatherer that follows from a declaration alone."""

from __future__ import annotations

import pytest
from attrs import frozen

from cloudpack_baseline.model.described import Listed, Singular, described
from cloudpack_baseline.model.kms import KmsAlias
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Origin, Unknown, Why
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.gatherers._described import described_gatherer
from fakes import calls
from support import ACCOUNT, REGION

BUCKET = {"Name": "b", "BucketRegion": "eu-west-1"}


@frozen(kw_only=True)
class Store(Record):
    """A bucket, as far as this module needs one."""

    api = Listed(
        "s3:ListBuckets",
        arn="arn:{partition}:s3:::{Name}",
        id="Name",
        region="BucketRegion",
        gone="NoSuchBucket",
        regional=False,
    )

    policy: Field[str | None] = described(
        "Policy", operation="s3:GetBucketPolicy", absent="NoSuchBucketPolicy", default=None
    )
    versioning: Field[str | None] = described(
        "Status", operation="s3:GetBucketVersioning", default=None
    )


@frozen(kw_only=True)
class Table(Record):
    """Something whose listing holds bare names."""

    api = Listed(
        "dynamodb:ListTables", arn="arn:{partition}:dynamodb:{region}:{account}:{Id}", id="Id"
    )


@frozen(kw_only=True)
class Summary(Record):
    api = Singular(
        "iam:GetAccountSummary",
        arn="arn:{partition}:iam::{account}:root",
        name="root",
        regional=False,
    )

    users: Field[int] = described("SummaryMap.Users")
    policy: Field[str | None] = described(
        "Policy", operation="s3:GetBucketPolicy", absent="NoSuchBucketPolicy", default=None
    )


def read(kind, answers, *fields):
    gathering = calls(answers)
    return described_gatherer(kind).run(gathering, frozenset(fields)), gathering.transport.asked


def test_what_it_needs():
    gatherer = described_gatherer(Store)
    assert gatherer.operations == ("s3:ListBuckets",)
    assert gatherer.needs({"policy"}) == {"s3:ListBuckets", "s3:GetBucketPolicy"}
    assert not gatherer.regional


def test_a_record_with_a_further_call():
    gathering, asked = read(
        Store,
        {"s3:ListBuckets": {"Buckets": [BUCKET]}, "s3:GetBucketPolicy": {"Policy": "{}"}},
        "policy",
    )
    (record,) = gathering.records
    assert (record.arn, record.region, record.name) == ("arn:aws:s3:::b", "eu-west-1", "b")
    assert record.policy == "{}"
    assert record.versioning == Unknown.because(
        Why.NOT_GATHERED, operation="s3:GetBucketVersioning"
    )
    assert record.origin_of("policy") == Origin(operation="s3:GetBucketPolicy")
    assert asked[1:] == [("s3:GetBucketPolicy", "eu-west-1", "b")]


def test_an_error_that_means_that_there_is_none():
    answers = {"s3:ListBuckets": {"Buckets": [BUCKET]}, "s3:GetBucketPolicy": "NoSuchBucketPolicy"}
    gathering, _ = read(Store, answers, "policy")
    assert gathering.records[0].policy is None


@pytest.mark.parametrize("versioning", ["NoSuchBucket", {"Status": "Enabled"}])
def test_gone_only_if_every_call_says_so(versioning):
    answers = {
        "s3:ListBuckets": {"Buckets": [BUCKET]},
        "s3:GetBucketPolicy": "NoSuchBucket",
        "s3:GetBucketVersioning": versioning,
    }
    gathering, _ = read(Store, answers, "policy", "versioning")
    if versioning == "NoSuchBucket":
        assert gathering.records == ()
    else:
        assert gathering.records[0].policy.causes[0].code == "NoSuchBucket"
    assert gathering.unknown is None


def test_an_odd_item_costs_itself():
    gathering, _ = read(Store, {"s3:ListBuckets": {"Buckets": [{"Name": 3}, BUCKET]}})
    assert [record.name for record in gathering.records] == ["b"]
    assert gathering.unknown.causes[0].why is Why.MALFORMED


def test_bare_names():
    gathering, _ = read(Table, {"dynamodb:ListTables": {"TableNames": ["orders"]}})
    assert gathering.records[0].arn == f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:orders"


def test_a_text_among_structures_names_nothing():
    gathering, _ = read(Store, {"s3:ListBuckets": {"Buckets": ["b", BUCKET]}})
    assert [record.name for record in gathering.records] == ["b"]
    assert gathering.unknown.causes[0].why is Why.MALFORMED


def test_settings_are_one_record_whatever_fails():
    gathering, _ = read(Summary, {"iam:GetAccountSummary": "AccessDenied"})
    (record,) = gathering.records
    assert record.users.causes[0].why is Why.DENIED
    assert record.policy.causes[0].why is Why.NOT_GATHERED
    gathering, _ = read(Summary, {"iam:GetAccountSummary": {"SummaryMap": {"Users": 2}}})
    assert gathering.records[0].users == 2


def test_a_kind_without_a_declaration():
    with pytest.raises(LookupError):
        gatherer_of(Record)


def test_a_real_kind():
    assert gatherer_of(KmsAlias).operations == ("kms:ListAliases",)
