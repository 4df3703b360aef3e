"""Buckets, access points and the account's settings, from answers as AWS gives them."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline.model.s3 import (
    AccessPoint,
    AccountPublicAccessBlock,
    Bucket,
    Grant,
    PublicAccessBlock,
)
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT, REGION

FIELDS = frozenset(("policy", "acl", "owner", "ownership", "public_access_block"))
ALL = {"GetBucketAcl", "GetBucketOwnershipControls", "GetBucketPolicy", "GetPublicAccessBlock"}
OWNER = {"Owner": {"ID": "me"}}
ANSWERS = {
    "s3:ListBuckets": {"Buckets": [{"Name": "one", "BucketRegion": "eu-west-1"}]},
    "s3:GetBucketAcl": OWNER
    | {
        "Grants": [
            {
                "Grantee": {
                    "Type": "Group",
                    "URI": "http://acs.amazonaws.com/groups/global/AllUsers",
                },
                "Permission": "READ",
            },
            {"Grantee": {"Type": "CanonicalUser", "ID": "me"}, "Permission": "FULL_CONTROL"},
        ]
    },
    "s3:GetBucketPolicy": {"Policy": "not JSON at all"},
    "s3:GetBucketOwnershipControls": {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    },
    "s3:GetPublicAccessBlock": {
        "PublicAccessBlockConfiguration": {"IgnorePublicAcls": True, "BlockPublicAcls": False}
    },
}


def gather(kind, answers, wanted):
    bound = calls(answers)
    return gatherer_of(kind).run(bound, frozenset(wanted)), bound.transport


def only(kind, answers, wanted):
    (record,) = gather(kind, answers, wanted)[0].records
    return record


def test_a_bucket_is_read_in_its_own_region():
    gathering, transport = gather(Bucket, ANSWERS, FIELDS)
    (record,) = gathering.records
    assert (record.arn, record.region, record.owner) == ("arn:aws:s3:::one", "eu-west-1", "me")
    assert record.acl == (
        Grant(
            grantee="http://acs.amazonaws.com/groups/global/AllUsers",
            grantee_type="Group",
            permission="READ",
        ),
        Grant(grantee="me", grantee_type="CanonicalUser", permission="FULL_CONTROL"),
    )
    assert record.ownership == "ObjectWriter"
    assert record.public_access_block == PublicAccessBlock(ignore_public_acls=True)
    assert {key.partition(":")[2]: region for key, region, _ in transport.asked} == {
        "ListBuckets": REGION
    } | dict.fromkeys(ALL, "eu-west-1")


def test_a_policy_that_is_no_json_is_kept_as_it_is():
    assert only(Bucket, ANSWERS, FIELDS).policy == "not JSON at all"


def test_owner_and_grants_share_one_call():
    _, transport = gather(Bucket, ANSWERS, {"owner", "acl"})
    assert [key for key, _, _ in transport.asked] == ["s3:ListBuckets", "s3:GetBucketAcl"]


@pytest.mark.parametrize(
    ("operation", "code", "fields"),
    [
        ("s3:GetBucketPolicy", "AccessDenied", {"policy"}),
        ("s3:GetBucketPolicy", "MethodNotAllowed", {"policy"}),
        ("s3:GetBucketAcl", "SlowDown", {"acl", "owner"}),
        ("s3:GetBucketOwnershipControls", "InternalError", {"ownership"}),
        ("s3:GetPublicAccessBlock", "AccessDenied", {"public_access_block"}),
        # The code of another call's absence is no absence here.
        ("s3:GetPublicAccessBlock", "NoSuchBucketPolicy", {"public_access_block"}),
    ],
)
def test_a_failing_call_makes_exactly_its_fields_unknown(operation, code, fields):
    bucket = only(Bucket, ANSWERS | {operation: code}, FIELDS)
    assert {name for name in FIELDS if isinstance(getattr(bucket, name), Unknown)} == fields
    for name in fields:
        (cause,) = getattr(bucket, name).causes
        assert (cause.operation, cause.code) == (operation, code)


@pytest.mark.parametrize(
    ("operation", "answer", "fields"),
    [
        ("s3:GetBucketPolicy", {}, {"policy"}),
        ("s3:GetBucketPolicy", {"Policy": {"Statement": []}}, {"policy"}),
        ("s3:GetBucketAcl", OWNER, {"acl"}),
        ("s3:GetBucketAcl", OWNER | {"Grants": [{"Permission": "READ"}]}, {"acl"}),
        ("s3:GetBucketAcl", {"Grants": []}, {"owner"}),
        ("s3:GetBucketOwnershipControls", {"OwnershipControls": {"Rules": []}}, {"ownership"}),
        (
            "s3:GetBucketOwnershipControls",
            {"OwnershipControls": {"Rules": [{"ObjectOwnership": "Nobody"}]}},
            {"ownership"},
        ),
        ("s3:GetPublicAccessBlock", {}, {"public_access_block"}),
        (
            "s3:GetPublicAccessBlock",
            {"PublicAccessBlockConfiguration": {"BlockPublicAcls": "yes"}},
            {"public_access_block"},
        ),
    ],
)
def test_an_odd_answer_makes_exactly_its_fields_unknown(operation, answer, fields):
    bucket = only(Bucket, ANSWERS | {operation: answer}, FIELDS)
    assert {name for name in FIELDS if isinstance(getattr(bucket, name), Unknown)} == fields
    for name in fields:
        assert getattr(bucket, name).causes[0].why is Why.MALFORMED


TWO = {"s3:ListBuckets": {"Buckets": [{"Name": "one"}, {"Name": "two"}]}}


def test_a_bucket_that_every_call_misses_is_gone():
    gone = {(f"s3:{name}", "one"): "NoSuchBucket" for name in ALL}
    gathering, _ = gather(Bucket, ANSWERS | TWO | gone, FIELDS)
    assert [record.name for record in gathering.records] == ["two"]
    assert gathering.unknown is None


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_bucket_that_one_call_misses_is_there_and_what_it_tells_is_unknown(name):
    """Half an answer is none: it must not take the bucket out of every control."""
    answers = ANSWERS | TWO | {(f"s3:{name}", "one"): "NoSuchBucket"}
    gathering, _ = gather(Bucket, answers, FIELDS)
    assert [record.name for record in gathering.records] == ["one", "two"]
    unknown = [getattr(gathering.records[0], field) for field in FIELDS]
    codes = {
        cause.code for value in unknown if isinstance(value, Unknown) for cause in value.causes
    }
    assert codes == {"NoSuchBucket"}


def test_an_odd_item_of_the_listing_is_told_and_costs_only_itself():
    odd = {"Buckets": [{"Name": "one"}, {}, {"Name": "two", "BucketRegion": 7}]}
    gathering, _ = gather(Bucket, ANSWERS | {"s3:ListBuckets": odd}, ())
    assert [record.name for record in gathering.records] == ["one"]
    assert {cause.detail for cause in gathering.unknown.causes} == {
        "BucketRegion: is not a string",
        "Name: is missing",
    }


def test_a_denied_listing():
    gathering, _ = gather(Bucket, {"s3:ListBuckets": "AccessDenied"}, FIELDS)
    assert gathering.records == ()
    assert gathering.unknown.causes[0].actions == ("s3:ListAllMyBuckets",)


def effective(content):
    return {"EffectivePolicy": {"PolicyContent": content}}


ACCOUNT_BLOCK = {
    "s3control:GetPublicAccessBlock": "NoSuchPublicAccessBlockConfiguration",
    "organizations:DescribeEffectivePolicy": "EffectivePolicyNotFoundException",
}
ENFORCED = {"s3_attributes": {"public_access_block_configuration": "all"}}
ALL_ON = PublicAccessBlock(
    block_public_acls=True,
    ignore_public_acls=True,
    block_public_policy=True,
    restrict_public_buckets=True,
)


@pytest.mark.parametrize(
    ("answer", "organization"),
    [
        ("EffectivePolicyNotFoundException", None),
        ("AWSOrganizationsNotInUseException", None),
        (effective(json.dumps(ENFORCED)), ALL_ON),
        (effective(json.dumps(ENFORCED).replace("all", "none")), PublicAccessBlock()),
        (effective("{}"), None),
    ],
)
def test_what_the_organization_enforces(answer, organization):
    answers = ACCOUNT_BLOCK | {"organizations:DescribeEffectivePolicy": answer}
    account_public_access_block = only(AccountPublicAccessBlock, answers, {"organization"})
    assert (account_public_access_block.settings, account_public_access_block.organization) == (
        None,
        organization,
    )


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("AccessDeniedException", Why.DENIED),
        (effective("["), Why.MALFORMED),
        (effective(json.dumps(ENFORCED).replace("all", "some")), Why.MALFORMED),
        ({}, Why.MALFORMED),
    ],
)
def test_an_organization_that_cannot_be_told(answer, why):
    answers = ACCOUNT_BLOCK | {"organizations:DescribeEffectivePolicy": answer}
    account_public_access_block = only(AccountPublicAccessBlock, answers, {"organization"})
    assert account_public_access_block.settings is None
    assert account_public_access_block.organization.causes[0].why is why


def test_the_accounts_settings():
    settings = {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": True}}
    account_public_access_block = only(
        AccountPublicAccessBlock, ACCOUNT_BLOCK | {"s3control:GetPublicAccessBlock": settings}, ()
    )
    assert account_public_access_block.arn == f"arn:aws:iam::{ACCOUNT}:root"
    assert account_public_access_block.settings == PublicAccessBlock(restrict_public_buckets=True)
    assert account_public_access_block.organization.causes[0].why is Why.NOT_GATHERED
    account_public_access_block = only(
        AccountPublicAccessBlock, {"s3control:GetPublicAccessBlock": "AccessDenied"}, ()
    )
    assert account_public_access_block.settings.causes[0].actions == (
        "s3:GetAccountPublicAccessBlock",
    )


def point(name, region, **fields):
    return {
        "Name": name,
        "NetworkOrigin": "Internet",
        "Bucket": "one",
        "BucketAccountId": ACCOUNT,
        "AccessPointArn": f"arn:aws:s3:{region}:{ACCOUNT}:accesspoint/{name}",
    } | fields


PLACES = ("ap-northeast-1", "eu-west-1")
POINTS = {
    "s3:ListBuckets": {
        "Buckets": [
            {"Name": f"{number}-{region}", "BucketRegion": region}
            for region in PLACES
            for number in range(2)
        ]
    },
    **{
        ("s3control:ListAccessPoints", region): {"AccessPointList": [point("p", region)]}
        for region in PLACES
    },
    "s3control:GetAccessPoint": {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
    "s3control:GetAccessPointPolicy": "NoSuchAccessPointPolicy",
}
POINT_FIELDS = {"policy", "public_access_block"}


def test_access_points_are_read_once_wherever_there_are_buckets():
    gathering, transport = gather(AccessPoint, POINTS, POINT_FIELDS)
    assert [(record.name, record.region, record.policy) for record in gathering.records] == [
        ("p", region, None) for region in PLACES
    ]
    assert all(record.public_access_block.block_public_acls for record in gathering.records)
    listed = [region for key, region, _ in transport.asked if key == "s3control:ListAccessPoints"]
    assert sorted(listed) == list(PLACES)


def test_an_access_point_of_a_vpc():
    listing = {
        "AccessPointList": [
            point("p", REGION, NetworkOrigin="VPC", VpcConfiguration={"VpcId": "vpc-1"})
        ]
    }
    answers = POINTS | {
        "s3:ListBuckets": {"Buckets": [{"Name": "one"}]},
        ("s3control:ListAccessPoints", REGION): listing,
        "s3control:GetAccessPointPolicy": {"Policy": "{}"},
    }
    access_point = only(AccessPoint, answers, POINT_FIELDS)
    assert (access_point.network_origin, access_point.vpc, access_point.policy) == (
        "VPC",
        "vpc-1",
        "{}",
    )


def test_what_access_points_cannot_tell():
    answers = POINTS | {
        ("s3control:ListAccessPoints", "eu-west-1"): "AccessDenied",
        "s3control:GetAccessPoint": "AccessDenied",
    }
    gathering, _ = gather(AccessPoint, answers, POINT_FIELDS)
    (record,) = gathering.records
    assert record.public_access_block.causes[0].actions == ("s3:GetAccessPoint",)
    assert record.policy is None
    assert gathering.unknown.causes[0].actions == ("s3:ListAccessPoints",)


def test_an_access_point_that_is_gone_vanishes_and_an_odd_one_is_told():
    answers = POINTS | {
        ("s3control:GetAccessPoint", "ap-northeast-1"): "NoSuchAccessPoint",
        ("s3control:GetAccessPointPolicy", "ap-northeast-1"): "NoSuchAccessPoint",
        ("s3control:ListAccessPoints", "eu-west-1"): {"AccessPointList": [{"Name": "q"}]},
    }
    gathering, _ = gather(AccessPoint, answers, POINT_FIELDS)
    assert gathering.records == ()
    assert gathering.unknown.causes[0].why is Why.MALFORMED


def test_a_denied_listing_of_buckets_hides_access_points():
    found, _ = gather(AccessPoint, {"s3:ListBuckets": "AccessDenied"}, POINT_FIELDS)
    assert found.unknown.causes[0].operation == "s3:ListBuckets"


def test_fields_that_are_not_wanted_cost_no_calls():
    gathering, transport = gather(AccessPoint, POINTS, ())
    assert gathering.records[0].policy.causes[0].why is Why.NOT_GATHERED
    assert {key for key, _, _ in transport.asked} == {
        "s3:ListBuckets",
        "s3control:ListAccessPoints",
    }
