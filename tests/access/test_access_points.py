"""Access points: both policies have to let a request through."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.access import (
    ALL_USERS,
    AccessPointAccess,
    AclGrant,
    BucketAccess,
    PublicAccessSettings,
    exposure,
    parse_policy,
)

OWNER = "123456789012"
POINT = f"arn:aws:s3:us-east-1:{OWNER}:accesspoint/ap"
BUCKET = ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]


def policy(*statements):
    return parse_policy({"Version": "2012-10-17", "Statement": list(statements)})


def allow(resource, condition=None, principal="*"):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:*", "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


DELEGATION = policy(allow(BUCKET, {"StringEquals": {"s3:DataAccessPointAccount": OWNER}}))
OPEN = policy(allow([POINT, f"{POINT}/object/*"]))
OFFICE = policy(
    allow([POINT, f"{POINT}/object/*"], {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
)


def held(bucket_policy=DELEGATION, point_policy=OPEN, **fields):
    settings = {"network_origin": "Internet", **fields}
    point = AccessPointAccess(name="ap", account=OWNER, arn=POINT, policy=point_policy, **settings)
    bucket = BucketAccess(
        name="b", owner_account=OWNER, policy=bucket_policy, access_points=(point,)
    )
    return exposure(bucket)


def test_delegation_without_an_access_point_lets_nobody_in():
    bucket_exposure = exposure(BucketAccess(name="b", owner_account=OWNER, policy=DELEGATION))
    assert (
        bucket_exposure.policy_public,
        bucket_exposure.public,
        bucket_exposure.anonymous.scope,
    ) == (False, False, "none")


def test_an_open_access_point_opens_the_bucket():
    bucket_exposure = held()
    assert (
        bucket_exposure.policy_public,
        bucket_exposure.public,
        bucket_exposure.anonymous.scope,
    ) == (False, True, "all")
    assert bucket_exposure.access_points[0].public
    assert bucket_exposure.anonymous.witness.request.access_point == "ap"


def test_an_access_point_for_the_office():
    bucket_exposure = held(point_policy=OFFICE)
    assert bucket_exposure.anonymous.ipv4 == ("203.0.113.0/24",)
    assert not bucket_exposure.public
    assert not bucket_exposure.access_points[0].policy_public


def test_an_access_point_without_a_policy_lets_nobody_in():
    assert held(point_policy=None).anonymous.scope == "none"


def test_an_open_access_point_of_a_bucket_that_does_not_delegate():
    bucket_exposure = held(bucket_policy=None)
    assert bucket_exposure.access_points[0].policy_public
    assert not bucket_exposure.access_points[0].public
    assert not bucket_exposure.public


def test_the_access_points_own_block():
    bucket_exposure = held(block=PublicAccessSettings(restrict_public_buckets=True))
    assert bucket_exposure.access_points[0].policy_public
    assert not bucket_exposure.public
    assert bucket_exposure.anonymous.scope == "none"


def test_a_deny_of_the_bucket_stops_the_access_point():
    deny = {**allow(BUCKET), "Effect": "Deny"}
    policy_document = policy(
        allow(BUCKET, {"StringEquals": {"s3:DataAccessPointAccount": OWNER}}), deny
    )
    assert held(bucket_policy=policy_document).anonymous.scope == "none"


def test_a_deny_of_the_access_point():
    deny = {**allow(f"{POINT}/object/secret/*"), "Effect": "Deny"}
    bucket_exposure = held(point_policy=policy(allow([POINT, f"{POINT}/object/*"]), deny))
    assert bucket_exposure.by_access["read"].objects.scope == "some"


def test_a_value_that_only_a_deny_of_the_bucket_names():
    everywhere = {"IpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0"]}}
    delegation = allow(BUCKET, {"StringEquals": {"s3:DataAccessPointAccount": OWNER}})
    denied = allow(BUCKET, {"StringEquals": {"aws:SourceVpce": "vpce-1"}}) | {"Effect": "Deny"}
    bucket_exposure = held(
        bucket_policy=policy(delegation, denied),
        point_policy=policy(allow([POINT, f"{POINT}/object/*"], everywhere)),
    )
    assert bucket_exposure.access_points[0].public


def test_vpc_origin_is_never_public():
    bucket_exposure = held(network_origin="VPC", vpc_id="vpc-1")
    assert not bucket_exposure.access_points[0].policy_public
    assert (bucket_exposure.public, bucket_exposure.anonymous.scope) == (False, "none")
    endpoints = bucket_exposure.anonymous.endpoints
    assert (endpoints.scope, endpoints.vpcs) == ("some", ("vpc-1",))


def test_the_buckets_block_holds_for_its_access_points():
    point = AccessPointAccess(name="ap", account=OWNER, arn=POINT, policy=OPEN)
    shut = PublicAccessSettings(restrict_public_buckets=True)
    bucket_exposure = exposure(
        BucketAccess(
            name="b",
            owner_account=OWNER,
            policy=DELEGATION,
            access_points=(point,),
            bucket_block=shut,
        )
    )
    assert not bucket_exposure.policy_public
    assert bucket_exposure.anonymous.scope == "none"


@pytest.mark.parametrize("name", ["ap", "*"])
def test_an_access_points_name_has_to_be_fixed_in_its_policy(name):
    arns = {"StringLike": {"s3:DataAccessPointArn": POINT.replace("/ap", f"/{name}")}}
    point = policy(allow([POINT, f"{POINT}/object/*"], arns))
    assert held(point_policy=point).access_points[0].policy_public is (name == "*")


@pytest.mark.parametrize("owner", [OWNER, "111122223333"])
def test_delegation_to_another_account_lets_its_access_points_decide(owner):
    delegation = policy(allow(BUCKET, {"StringEquals": {"s3:DataAccessPointAccount": owner}}))
    bucket_exposure = exposure(BucketAccess(name="b", owner_account=OWNER, policy=delegation))
    assert not bucket_exposure.policy_public
    assert bucket_exposure.anonymous.scope == ("none" if owner == OWNER else "all")


def test_vpc_origin_of_an_unknown_vpc():
    bucket_exposure = held(network_origin="VPC")
    assert (bucket_exposure.public, bucket_exposure.anonymous.scope) == (False, "none")
    assert bucket_exposure.anonymous.endpoints.scope == "all"


def test_a_variable_that_the_access_point_settles():
    keys = {**allow(f"{BUCKET[0]}/${{s3:DataAccessPointAccount}}/*")}
    bucket_exposure = held(bucket_policy=policy(keys))
    by_point = bucket_exposure.by_access["read"].objects
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
        name="b",
        owner_account=OWNER,
        owner_org_id="o-own",
        policy=document,
        organization_block=PublicAccessSettings(),
    )
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
    bucket_exposure = owned(organization, "StringNotEquals", "aws:ResourceOrgID", "o-mine")
    assert bucket_exposure.exact
    assert bucket_exposure.public is public


def test_only_the_own_organization_by_a_variable():
    bucket_exposure = owned("o-mine", "StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}")
    assert bucket_exposure.exact
    (account,) = bucket_exposure.accounts
    assert account.organizations == ("o-mine",)


BY_ACCOUNT = {"StringEquals": {"s3:DataAccessPointAccount": OWNER}}
NETWORK = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
OUTSIDE = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
ANY_POINT = POINT.replace("/ap", "/*")
SECOND = POINT.replace("/ap", "/second")
FRIEND = "111122223333"
FOREIGN = f"arn:aws:s3:us-east-1:{FRIEND}:accesspoint/foreign"
NAMED = {"AWS": FRIEND}
RESTRICT = PublicAccessSettings(restrict_public_buckets=True)
ALL_FOUR = PublicAccessSettings(
    block_public_acls=True,
    ignore_public_acls=True,
    block_public_policy=True,
    restrict_public_buckets=True,
)


def deny(resource, condition=None):
    return {**allow(resource, condition), "Effect": "Deny"}


def through(arn=POINT, condition=None, principal="*"):
    """A grant of the access point of this ARN, on itself and its objects."""
    return allow([arn, f"{arn}/object/*"], condition, principal)


def changed(statement, **fields):
    return {**statement, **fields}


def point(*statements, arn=POINT, **settings):
    return AccessPointAccess(
        name=arn.rpartition("/")[2],
        account=arn.split(":")[4],
        arn=arn,
        policy=policy(*statements) if statements else None,
        **settings,
    )


EVERYTHING, DELEGATE = allow(BUCKET), allow(BUCKET, BY_ACCOUNT)
READS, READS_BELOW = (
    changed(allow(resource), Action="s3:GetObject")
    for resource in (f"{POINT}/object/pub/*", f"{POINT}/pub/*")
)

# What stands in the policies, the bucket's statements, its access points, other settings of the
# bucket, and what is found; of the access points, whether each and its policy is public.
POINTS = [
    (
        "open bucket, no policy of the point",
        [EVERYTHING],
        [point()],
        {},
        {"policy_public": True, "public": True, "anonymous": "all", "points": [(False, False)]},
    ),
    (
        "open bucket, shut point",
        [EVERYTHING],
        [point(through(), block=ALL_FOUR)],
        {},
        {"public": True, "points": [(False, True)]},
    ),
    (
        "delegation by ARN",
        [allow(BUCKET, {"StringEquals": {"s3:DataAccessPointArn": POINT}})],
        [point(through())],
        {},
        {"policy_public": False, "public": True, "anonymous": "all", "points": [(True, True)]},
    ),
    (
        "delegation to another point",
        [allow(BUCKET, {"StringEquals": {"s3:DataAccessPointArn": SECOND}})],
        [point(through())],
        {},
        {"policy_public": False, "public": False, "anonymous": "none", "points": [(False, True)]},
    ),
    (
        "delegation by pattern",
        [allow(BUCKET, {"ArnLike": {"s3:DataAccessPointArn": ANY_POINT}})],
        [point(through())],
        {},
        {"policy_public": False, "public": True, "points": [(True, True)]},
    ),
    (
        "delegation to points of VPC origin",
        [allow(BUCKET, {**BY_ACCOUNT, "StringLike": {"s3:AccessPointNetworkOrigin": "VPC"}})],
        [point(through())],
        {},
        {"policy_public": False, "public": False, "anonymous": "none", "points": [(False, True)]},
    ),
    (
        "one of VPC origin, one open",
        [DELEGATE],
        [
            point(through(), network_origin="VPC", vpc_id="vpc-1"),
            point(through(SECOND), arn=SECOND),
        ],
        {},
        {"public": True, "anonymous": "all", "points": [(False, False), (True, True)]},
    ),
    (
        "policy about another point",
        [DELEGATE],
        [point(through(SECOND))],
        {},
        {"public": False, "anonymous": "none"},
    ),
    (
        "point for its own account's points",
        [DELEGATE],
        [point(through(condition=BY_ACCOUNT))],
        {},
        {"policy_public": False, "public": False, "anonymous": "all", "points": [(False, False)]},
    ),
    (
        "a network of a network",
        [allow(BUCKET, {**BY_ACCOUNT, "IpAddress": {"aws:SourceIp": "203.0.113.0/25"}})],
        [point(through(condition={"IpAddress": {"aws:SourceIp": "203.0.113.64/26"}}))],
        {},
        {"public": False, "ipv4": ["203.0.113.64/26"]},
    ),
    (
        "bucket to read, point to write",
        [changed(allow(BUCKET[1], BY_ACCOUNT), Action="s3:GetObject")],
        [point(changed(through(), Action="s3:PutObject"))],
        {},
        {"public": False, "anonymous": "none", "points": [(False, True)]},
    ),
    (
        "HTTPS only by the point",
        [DELEGATE],
        [
            point(
                through(),
                deny([POINT, f"{POINT}/object/*"], {"Bool": {"aws:SecureTransport": "false"}}),
            )
        ],
        {},
        {"public": True, "clear_text": False},
    ),
    (
        "point that lists",
        [DELEGATE],
        [point(changed(allow(POINT), Action="s3:ListBucket"))],
        {},
        {"read": "none", "list": "all", "write": "none", "points": [(True, True)]},
    ),
    (
        "point of a prefix",
        [DELEGATE],
        [point(READS)],
        {},
        {"read": "all", "list": "none", "objects": "some"},
    ),
    (
        "point without the part of objects",
        [DELEGATE],
        [point(READS_BELOW)],
        {},
        {"read": "none", "anonymous": "none"},
    ),
    (
        "restricted by the account",
        [DELEGATE],
        [point(through())],
        {"account_block": RESTRICT},
        {"public": False, "anonymous": "none", "points": [(False, True)]},
    ),
    (
        "restricted by the organization",
        [DELEGATE],
        [point(through())],
        {"organization_block": True},
        {"public": False, "anonymous": "none", "points": [(False, True)]},
    ),
    (
        "all blocks, and the office",
        [DELEGATE],
        [point(through(condition=NETWORK), block=ALL_FOUR)],
        {"bucket_block": ALL_FOUR},
        {"public": False, "anonymous": "some", "ipv4": ["203.0.113.0/24"]},
    ),
    (
        "restricted, an account beside an open grant",
        [DELEGATE],
        [point(READS, through(principal=NAMED), block=RESTRICT)],
        {},
        {"public": False, "anonymous": "none", "accounts": []},
    ),
    (
        "point for one account",
        [DELEGATE],
        [point(through(principal=NAMED))],
        {},
        {"public": False, "anonymous": "none", "accounts": [FRIEND], "points": [(False, False)]},
    ),
    (
        "direct requests denied",
        [EVERYTHING, deny(BUCKET, {"StringNotEquals": {"s3:DataAccessPointAccount": OWNER}})],
        [point(through())],
        {},
        {"policy_public": False, "public": True, "anonymous": "all", "points": [(True, True)]},
    ),
    (
        "requests through the point denied",
        [EVERYTHING, deny(BUCKET, BY_ACCOUNT)],
        [point(through())],
        {},
        {"policy_public": True, "public": True, "points": [(False, True)]},
    ),
    (
        "office by the bucket's Deny",
        [DELEGATE, deny(BUCKET, OUTSIDE)],
        [point(through())],
        {},
        {"anonymous": "some", "ipv4": ["203.0.113.0/24"]},
    ),
    (
        "one account by both policies",
        [allow(BUCKET, principal=NAMED)],
        [point(through(principal=NAMED))],
        {},
        {"public": False, "accounts": [FRIEND]},
    ),
    (
        "one for the office, one for an account",
        [DELEGATE],
        [point(through(condition=NETWORK)), point(through(SECOND, principal=NAMED), arn=SECOND)],
        {},
        {"public": False, "ipv4": ["203.0.113.0/24"]},
    ),
    (
        "another account's point",
        [allow(BUCKET, {"StringEquals": {"s3:DataAccessPointAccount": FRIEND}})],
        [point(through(FOREIGN), arn=FOREIGN)],
        {},
        {"policy_public": False, "public": True, "points": [(True, True)]},
    ),
    (
        "unknown action",
        [DELEGATE],
        [point(changed(through(), Action="s3:FooBar"))],
        {},
        {"points": [(False, True)]},
    ),
    (
        "office by the bucket",
        [allow(BUCKET, {**BY_ACCOUNT, **NETWORK})],
        [point(through())],
        {},
        {"public": False, "points": [(False, True)]},
    ),
    (
        "organization by the bucket's Deny",
        [DELEGATE, deny(BUCKET, {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}})],
        [point(through())],
        {},
        {"public": False, "points": [(False, True)]},
    ),
    (
        "one account by the bucket",
        [allow(BUCKET, principal=NAMED)],
        [point(through())],
        {},
        {"public": False, "points": [(False, True)]},
    ),
]


@pytest.mark.parametrize(
    ("statements", "points", "settings", "expected"),
    [case[1:] for case in POINTS],
    ids=[case[0] for case in POINTS],
)
def test_bucket_and_access_points(statements, points, settings, expected):
    bucket_exposure = exposure(
        BucketAccess(
            name="b",
            owner_account=OWNER,
            policy=policy(*statements),
            access_points=tuple(points),
            **settings,
        )
    )
    tables = {
        "policy_public": bucket_exposure.policy_public,
        "public": bucket_exposure.public,
        "anonymous": bucket_exposure.anonymous.scope,
        "ipv4": list(bucket_exposure.anonymous.ipv4),
        "objects": bucket_exposure.anonymous.objects.scope,
        **{kind: reach.scope for kind, reach in bucket_exposure.by_access.items()},
        "accounts": [access.account for access in bucket_exposure.accounts],
        "clear_text": bucket_exposure.clear_text_anonymous is not None,
        "points": [(point.public, point.policy_public) for point in bucket_exposure.access_points],
    }
    assert {key: tables[key] for key in expected} == expected
    assert bucket_exposure.exact


def test_an_access_point_that_ignores_public_acls_lets_nobody_in_by_them():
    through = {"Null": {"s3:DataAccessPointArn": "true"}}
    direct = {**allow(BUCKET, through), "Effect": "Deny"}
    for ignores in (False, True):
        point = AccessPointAccess(
            name="ap",
            account=OWNER,
            arn=POINT,
            policy=OPEN,
            block=PublicAccessSettings(ignore_public_acls=ignores),
        )
        bucket = BucketAccess(
            name="b",
            owner_account=OWNER,
            policy=policy(direct),
            acl=(AclGrant(grantee=ALL_USERS, permission="READ"),),
            access_points=(point,),
        )
        assert exposure(bucket).access_points[0].public is not ignores


UNDETERMINED = {"StringEquals": {"cloudpack-baseline:undetermined/parameter Role": "true"}}
EVERYBODY_READS = changed(allow(BUCKET), Action="s3:GetObject")
NAMES_AT_DEPLOYMENT = [
    ([allow(BUCKET, UNDETERMINED)], [], ["*"]),
    ([allow(BUCKET, UNDETERMINED), EVERYBODY_READS], [], []),
    ([DELEGATE], [point(through(condition=UNDETERMINED))], ["*"]),
    ([DELEGATE], [point(through())], []),
]


@pytest.mark.parametrize(("statements", "points", "accounts"), NAMES_AT_DEPLOYMENT)
def test_a_policy_that_may_be_public_may_name_other_accounts_instead(statements, points, accounts):
    bucket = BucketAccess(
        name="b",
        owner_account=OWNER,
        policy=policy(*statements),
        bucket_block=RESTRICT,
        access_points=tuple(evolve(point, block=RESTRICT) for point in points),
    )
    found = exposure(bucket)
    assert not found.public
    assert found.anonymous.scope == "none"
    assert [account.account for account in found.accounts] == accounts
