"""Access points: both policies have to let a request through."""

from __future__ import annotations

import pytest

from cloudpack_baseline.access import (
    AccessPoint,
    BucketAccess,
    PublicAccessBlock,
    exposure,
    parse_policy,
)

OWNER = "123456789012"
POINT = f"arn:aws:s3:us-east-1:{OWNER}:accesspoint/ap"
BUCKET = ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]


def policy(*statements):
    return parse_policy({"Version": "2012-10-17", "Statement": list(statements)})


def allow(resource, condition=None, principal="*"):
    found = {"Effect": "Allow", "Principal": principal, "Action": "s3:*", "Resource": resource}
    return {**found, "Condition": condition} if condition else found


DELEGATION = policy(allow(BUCKET, {"StringEquals": {"s3:DataAccessPointAccount": OWNER}}))
OPEN = policy(allow([POINT, f"{POINT}/object/*"]))
OFFICE = policy(
    allow([POINT, f"{POINT}/object/*"], {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
)


def held(bucket_policy=DELEGATION, point_policy=OPEN, **more):
    settings = {"network_origin": "Internet", **more}
    point = AccessPoint(name="ap", account=OWNER, arn=POINT, policy=point_policy, **settings)
    bucket = BucketAccess(
        name="b", owner_account=OWNER, policy=bucket_policy, access_points=(point,)
    )
    return exposure(bucket)


def test_delegation_without_an_access_point_lets_nobody_in():
    found = exposure(BucketAccess(name="b", owner_account=OWNER, policy=DELEGATION))
    assert (found.policy_public, found.public, found.anonymous.scope) == (False, False, "none")


def test_an_open_access_point_opens_the_bucket():
    found = held()
    assert (found.policy_public, found.public, found.anonymous.scope) == (False, True, "all")
    assert found.access_points[0].public
    assert found.anonymous.witness.request.access_point == "ap"


def test_an_access_point_for_the_office():
    found = held(point_policy=OFFICE)
    assert found.anonymous.ipv4 == ("203.0.113.0/24",)
    assert not found.public
    assert not found.access_points[0].policy_public


def test_an_access_point_without_a_policy_lets_nobody_in():
    assert held(point_policy=None).anonymous.scope == "none"


def test_an_open_access_point_of_a_bucket_that_does_not_delegate():
    found = held(bucket_policy=None)
    assert found.access_points[0].policy_public
    assert not found.access_points[0].public
    assert not found.public


def test_the_access_points_own_block():
    found = held(block=PublicAccessBlock(restrict_public_buckets=True))
    assert found.access_points[0].policy_public
    assert not found.public
    assert found.anonymous.scope == "none"


def test_a_deny_of_the_bucket_stops_the_access_point():
    deny = {**allow(BUCKET), "Effect": "Deny"}
    both = policy(allow(BUCKET, {"StringEquals": {"s3:DataAccessPointAccount": OWNER}}), deny)
    assert held(bucket_policy=both).anonymous.scope == "none"


def test_a_deny_of_the_access_point():
    deny = {**allow(f"{POINT}/object/secret/*"), "Effect": "Deny"}
    found = held(point_policy=policy(allow([POINT, f"{POINT}/object/*"]), deny))
    assert found.by_access["read"].objects.scope == "some"


def test_vpc_origin_is_never_public():
    found = held(network_origin="VPC", vpc_id="vpc-1")
    assert not found.access_points[0].policy_public
    assert (found.public, found.anonymous.scope) == (False, "none")
    assert found.anonymous.endpoints.vpcs == ("vpc-1",)


def test_the_buckets_block_holds_for_its_access_points():
    point = AccessPoint(name="ap", account=OWNER, arn=POINT, policy=OPEN)
    shut = PublicAccessBlock(restrict_public_buckets=True)
    found = exposure(BucketAccess(name="b", owner_account=OWNER, policy=DELEGATION,
                                  access_points=(point,), bucket_block=shut))  # fmt: skip
    assert not found.policy_public
    assert found.anonymous.scope == "none"


@pytest.mark.parametrize("name", ["ap", "*"])
def test_an_access_points_name_has_to_be_fixed_in_its_policy(name):
    arns = {"StringLike": {"s3:DataAccessPointArn": POINT.replace("/ap", f"/{name}")}}
    point = policy(allow([POINT, f"{POINT}/object/*"], arns))
    assert held(point_policy=point).access_points[0].policy_public is (name == "*")


@pytest.mark.parametrize("owner", [OWNER, "111122223333"])
def test_delegation_to_another_account_lets_its_access_points_decide(owner):
    delegation = policy(allow(BUCKET, {"StringEquals": {"s3:DataAccessPointAccount": owner}}))
    found = exposure(BucketAccess(name="b", owner_account=OWNER, policy=delegation))
    assert not found.policy_public
    assert found.anonymous.scope == ("none" if owner == OWNER else "all")


def test_vpc_origin_of_an_unknown_vpc():
    found = held(network_origin="VPC")
    assert (found.public, found.anonymous.scope) == (False, "none")
    assert found.anonymous.endpoints.scope == "all"


def test_a_variable_that_the_access_point_settles():
    keys = {**allow(f"{BUCKET[0]}/${{s3:DataAccessPointAccount}}/*")}
    found = held(bucket_policy=policy(keys))
    by_point = found.by_access["read"].objects
    assert by_point.scope == "some"
    assert any(example.startswith(f"{OWNER}/") for example in by_point.examples)


@pytest.mark.parametrize(
    ("condition", "denied"),
    [
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-own"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-own"}}, True),
        ({"Null": {"aws:PrincipalOrgID": "true"}}, False),
        ({"Null": {"aws:PrincipalOrgPaths": "false"}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalOrgID}"}}, True),
        ({"StringNotEquals": {"aws:Referer": "${aws:PrincipalOrgID}"}}, False),
    ],
)
def test_the_owner_is_in_its_organization(condition, denied):
    deny = {**allow(BUCKET), "Effect": "Deny"}
    strangers = {**deny, "Condition": {"StringNotEquals": {"aws:PrincipalAccount": OWNER}}}
    document = policy(strangers, {**deny, "Condition": condition})
    bucket = BucketAccess(
        name="b", owner_account=OWNER, owner_org_id="o-own", policy=document,
        organization_block=PublicAccessBlock(),
    )  # fmt: skip
    assert (exposure(bucket).clear_text is None) is denied


def owned(organization, operator, key, value):
    held_policy = policy(allow(BUCKET, {operator: {key: value}}))
    return exposure(
        BucketAccess(name="b", owner_account=OWNER, owner_org_id=organization, policy=held_policy)
    )


@pytest.mark.parametrize(
    ("organization", "public"), [("o-mine", False), ("o-other", True), (None, True)]
)
def test_the_bucket_is_in_its_owners_organization(organization, public):
    found = owned(organization, "StringNotEquals", "aws:ResourceOrgID", "o-mine")
    assert found.exact
    assert found.public is public


def test_only_the_own_organization_by_a_variable():
    found = owned("o-mine", "StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}")
    assert found.exact
    (others,) = found.accounts
    assert others.organizations == ("o-mine",)
