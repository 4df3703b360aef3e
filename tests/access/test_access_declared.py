"""What gets in beyond the declared, and what of the declared cannot."""

from __future__ import annotations

import pytest
from attrs import evolve

from access.evaluator import allows
from cloudpack_baseline.access import (
    ALL_USERS,
    AUTHENTICATED_USERS,
    AccessPointAccess,
    AclGrant,
    BucketAccess,
    Declaration,
    PublicAccessSettings,
    compare_access,
    exposure,
    parse_policy,
)

OWNER, FRIEND = "123456789012", "111122223333"
KEYS = "arn:aws:s3:::b/*"
DISTRIBUTION = f"arn:aws:cloudfront::{OWNER}:distribution/E1"


def allow(condition=None, **fields):
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": KEYS,
        **fields,
    }
    return {**statement, "Condition": condition} if condition else statement


def bucket_of(statements, **settings):
    document = {"Version": "2012-10-17", "Statement": statements}
    settings["policy"] = parse_policy(document)
    return document, BucketAccess(name="b", owner_account=OWNER, **settings)


def held(statements, *declarations, **settings):
    document, bucket = bucket_of(statements, **settings)
    comparison = compare_access(bucket, declarations)
    acl = [(grant.grantee, grant.permission) for grant in bucket.acl]
    for surplus in comparison.excess:
        # What comes through an access point, the judge of single policies cannot tell.
        if not bucket.access_points:
            assert allows(document, surplus.witness.request, acl=acl)
    return comparison


def told(found):
    return [(surplus.principal, surplus.access) for surplus in found.excess]


def test_a_path_tells_the_organization():
    paths = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-1/r-1/*", "o-2/*"]}}
    comparison = held([allow(paths)])
    assert [excess.organizations for excess in comparison.excess] == [("o-1", "o-2")]


NETS = {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}
CLOUDFRONT = {"Service": "cloudfront.amazonaws.com"}
BOUND = {"StringEquals": {"aws:SourceArn": DISTRIBUTION}}
OAI = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
BOTH = ["arn:aws:s3:::b", KEYS]

CASES = [
    ("private", [], [], []),
    ("owner", [allow(Principal={"AWS": OWNER}, Action="s3:*", Resource=BOTH)], [], []),
    ("public, undeclared", [allow()], [], [("anonymous", "read")]),
    ("public", [allow()], [Declaration(kind="public")], []),
    (
        "public write",
        [allow(Action=["s3:GetObject", "s3:PutObject"])],
        [Declaration(kind="public")],
        [("anonymous", "write")],
    ),
    (
        "public list",
        [allow(Action="s3:ListBucket", Resource="arn:aws:s3:::b")],
        [Declaration(kind="public", access=("list",))],
        [],
    ),
    (
        "more keys",
        [allow()],
        [Declaration(kind="public", objects=("site/*",))],
        [("anonymous", "read")],
    ),
    (
        "these keys",
        [allow(Resource="arn:aws:s3:::b/site/*")],
        [Declaration(kind="public", objects=("site/*",))],
        [],
    ),
    (
        "networks",
        [allow(NETS)],
        [Declaration(kind="networks", networks=("203.0.113.0/24", "2001:db8::/32"))],
        [],
    ),
    (
        "wider declared",
        [allow(NETS)],
        [Declaration(kind="networks", networks=("203.0.112.0/23", "2001:db8::/31"))],
        [],
    ),
    (
        "narrower declared",
        [allow(NETS)],
        [Declaration(kind="networks", networks=("203.0.113.0/25", "2001:db8::/32"))],
        [("anonymous", "read")],
    ),
    (
        "accounts",
        [allow(Principal={"AWS": FRIEND})],
        [Declaration(kind="accounts", accounts=(FRIEND,))],
        [],
    ),
    (
        "other account",
        [allow(Principal={"AWS": "999900001111"})],
        [Declaration(kind="accounts", accounts=(FRIEND,))],
        [("999900001111", "read")],
    ),
    (
        "organization",
        [allow({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})],
        [Declaration(kind="accounts", organizations=("o-1",))],
        [],
    ),
    (
        "a path of the organization",
        [allow({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/ou-1/*"}})],
        [Declaration(kind="accounts", organizations=("o-1",))],
        [],
    ),
    (
        "a path of another organization",
        [allow({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-12/r-1/ou-1/*"}})],
        [Declaration(kind="accounts", organizations=("o-1",))],
        [("*", "read")],
    ),
    (
        "other organization",
        [allow({"StringEquals": {"aws:PrincipalOrgID": "o-2"}})],
        [Declaration(kind="accounts", organizations=("o-1",))],
        [("*", "read")],
    ),
    ("cloudfront", [allow(BOUND, Principal=CLOUDFRONT)], [Declaration(kind="cloudfront")], []),
    (
        "cloudfront by ARN",
        [allow(BOUND, Principal=CLOUDFRONT)],
        [Declaration(kind="cloudfront", distributions=(DISTRIBUTION,))],
        [],
    ),
    (
        "cloudfront, other ARN",
        [allow(BOUND, Principal=CLOUDFRONT)],
        [Declaration(kind="cloudfront", distributions=(DISTRIBUTION + "2",))],
        [("cloudfront.amazonaws.com", "read")],
    ),
    (
        "cloudfront, unbound",
        [allow(Principal=CLOUDFRONT)],
        [Declaration(kind="cloudfront")],
        [("cloudfront.amazonaws.com", "read")],
    ),
    (
        "cloudfront, undeclared",
        [allow(BOUND, Principal=CLOUDFRONT)],
        [],
        [("cloudfront.amazonaws.com", "read")],
    ),
    (
        "cloudfront by account",
        [allow({"StringEquals": {"aws:SourceAccount": OWNER}}, Principal=CLOUDFRONT)],
        [Declaration(kind="cloudfront")],
        [],
    ),
    (
        "identity",
        [allow(Principal={"AWS": OAI})],
        [Declaration(kind="cloudfront", identities=("E1",))],
        [],
    ),
    (
        "two identities",
        [allow(Principal={"AWS": OAI})],
        [Declaration(kind="cloudfront", identities=("E2", "E1"))],
        [],
    ),
    (
        "identity by its canonical user",
        [allow(Principal={"CanonicalUser": "d" * 64})],
        [Declaration(kind="cloudfront", identities=("d" * 64,))],
        [],
    ),
    ("identity, undeclared", [allow(Principal={"AWS": OAI})], [], [(OAI, "read")]),
    (
        "bound service",
        [
            allow(
                {"StringEquals": {"aws:SourceAccount": OWNER}},
                Action="s3:PutObject",
                Principal={"Service": "logging.s3.amazonaws.com"},
            )
        ],
        [],
        [],
    ),
    (
        "unbound service",
        [allow(Principal={"Service": "logging.s3.amazonaws.com"}, Action="s3:PutObject")],
        [],
        [("logging.s3.amazonaws.com", "write")],
    ),
    (
        "combined",
        [allow(NETS), allow(Principal={"AWS": FRIEND})],
        [
            Declaration(kind="networks", networks=("203.0.113.0/24", "2001:db8::/32")),
            Declaration(kind="accounts", accounts=(FRIEND,)),
        ],
        [],
    ),
]


@pytest.mark.parametrize(
    ("statements", "declared", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_surplus(statements, declared, expected):
    assert told(held(statements, *declared)) == expected


def test_surplus_networks_are_exact():
    comparison = held([allow(NETS)], Declaration(kind="networks", networks=("203.0.113.0/25",)))
    assert comparison.excess[0].reach.ipv4 == ("203.0.113.128/25",)
    assert comparison.excess[0].reach.ipv6 == ("2001:db8::/32",)


@pytest.mark.parametrize(
    ("statements", "declared", "parts"),
    [
        ([], Declaration(kind="public"), ("public",)),
        (
            [allow(NETS)],
            Declaration(kind="networks", networks=("203.0.112.0/23",)),
            ("203.0.112.0/24",),
        ),
        (
            [allow(Principal={"AWS": FRIEND})],
            Declaration(kind="accounts", accounts=(FRIEND, "999900001111")),
            ("999900001111",),
        ),
        (
            [allow(Resource="arn:aws:s3:::b/site/*")],
            Declaration(kind="public", objects=("site/*", "docs/*")),
            ("docs/*",),
        ),
        ([], Declaration(kind="cloudfront"), ("cloudfront",)),
        ([], Declaration(kind="accounts", organizations=("o-1",)), ("o-1",)),
    ],
)
def test_shut(statements, declared, parts):
    (shut,) = held(statements, declared).blocked
    assert shut.unreachable == parts


def test_a_declared_network_has_to_be_one():
    with pytest.raises(ValueError, match="nonsense"):
        held([], Declaration(kind="networks", networks=("nonsense",)))


def test_no_network_is_declared():
    comparison = held([allow(NETS)], Declaration(kind="networks", access=("read",)))
    assert told(comparison) == [("anonymous", "read")]
    assert comparison.blocked[0].unreachable == ("*",)


def test_a_surplus_that_is_not_sure_says_so():
    either = {"StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}"}}
    document = {"Version": "2012-10-17", "Statement": [allow(either)]}
    bucket = BucketAccess(name="b", owner_account=OWNER, policy=parse_policy(document))
    comparison = compare_access(bucket, ())
    assert (
        [surplus.exact for surplus in comparison.excess] == [False] * len(comparison.excess) != []
    )
    questions = {
        name for approximation in comparison.approximations for name in approximation.questions
    }
    assert "excess" in questions


def test_a_surplus_for_everybody_that_is_not_sure_hides_none_that_is():
    perhaps = {"StringEquals": {"cloudpack-baseline:undetermined/parameter A": "true"}}
    signed = allow({"StringLike": {"aws:PrincipalArn": "*"}})
    _, bucket = bucket_of([allow(perhaps), signed])
    exact = {surplus.principal: surplus.exact for surplus in compare_access(bucket, ()).excess}
    assert exact == {"anonymous": False} | {name: True for name, _ in told(held([signed]))}
    assert exact["*"]


def deny(condition=None, **fields):
    return allow(condition, Effect="Deny", Action="s3:*", Resource=BOTH, **fields)


def equal(key, value):
    return {"StringEquals": {key: value}}


def service(name, condition=None, **fields):
    return allow(condition, Principal={"Service": name}, **fields)


def accounts(*named, **fields):
    return Declaration(kind="accounts", accounts=named, **fields)


def acl(grantee, permission):
    return {"acl": (AclGrant(grantee=grantee, permission=permission),)}


def keys(pattern):
    return f"arn:aws:s3:::b/{pattern}"


def point(condition=None):
    """A bucket's setting: an access point that lets everybody read under the condition."""
    arn = f"arn:aws:s3:us-east-1:{OWNER}:accesspoint/ap"
    reads = {"Statement": [allow(condition, Resource=f"{arn}/object/*")]}
    access_point_access = AccessPointAccess(
        name="ap", account=OWNER, arn=arn, policy=parse_policy(reads)
    )
    return {"access_points": (access_point_access,)}


OTHER, CANONICAL = "444455556666", "d" * 64
CF, SNS, LOGGING = "cloudfront.amazonaws.com", "sns.amazonaws.com", "logging.s3.amazonaws.com"
SECOND = DISTRIBUTION.replace("E1", "E2")
IN_OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
LISTING = allow(Action="s3:ListBucket", Resource="arn:aws:s3:::b")
DELEGATED = allow(equal("s3:DataAccessPointAccount", OWNER), Action="s3:*", Resource=BOTH)
PUBLIC, CLOUD = Declaration(kind="public"), Declaration(kind="cloudfront")
LISTED = Declaration(kind="public", access=("list",))
OFFICE = Declaration(kind="networks", networks=("203.0.113.0/24",))
MEMBERS = Declaration(kind="accounts", organizations=("o-1",))
ONE = Declaration(kind="cloudfront", distributions=(DISTRIBUTION,))
ANYBODY, CLOUDFRONT_READS = [("anonymous", "read")], [(CF, "read")]
ALL_READ = [(0, "read", ("public",))]

# What stands in the policy, the statements, the declarations, other settings of the bucket, the
# surplus by principal and access, and what is shut: declaration, access, parts.
BOTH_WAYS = [
    ("read for listing, too", [allow(), LISTING], [PUBLIC], {}, [("anonymous", "list")], []),
    (
        "read and list",
        [allow(), LISTING],
        [Declaration(kind="public", access=("read", "list"))],
        {},
        [],
        [],
    ),
    (
        "listing needs no keys",
        [LISTING],
        [Declaration(kind="public", access=("list",), objects=("site/*",))],
        {},
        [],
        [],
    ),
    (
        "the ACL of an object",
        [allow(Action="s3:GetObjectAcl")],
        [PUBLIC],
        {},
        [("anonymous", "other")],
        ALL_READ,
    ),
    (
        "versions, too",
        [allow(Action=["s3:GetObject", "s3:GetObjectVersion"])],
        [PUBLIC],
        {},
        [("anonymous", "other")],
        [],
    ),
    (
        "keys of two declarations",
        [allow(Resource=[keys("a/*"), keys("b/*")])],
        [
            Declaration(kind="public", objects=("a/*",)),
            Declaration(kind="public", objects=("b/*",)),
        ],
        {},
        [],
        [],
    ),
    (
        "networks of two declarations",
        [allow({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}})],
        [OFFICE, Declaration(kind="networks", networks=("198.51.100.0/24",))],
        {},
        [],
        [],
    ),
    (
        "a network by halves",
        [allow(IN_OFFICE)],
        [Declaration(kind="networks", networks=("203.0.113.0/25", "203.0.113.128/25"))],
        {},
        [],
        [],
    ),
    (
        "endpoints beside the network",
        [allow({"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}})],
        [OFFICE],
        {},
        ANYBODY,
        [],
    ),
    (
        "half of the network",
        [allow({"IpAddress": {"aws:SourceIp": "203.0.113.0/25"}})],
        [OFFICE],
        {},
        [],
        [(0, "read", ("203.0.113.128/25",))],
    ),
    ("no network", [], [OFFICE], {}, [], [(0, "read", ("203.0.113.0/24",))]),
    (
        "a prefix for a network",
        [
            allow(
                {**IN_OFFICE, "StringLike": {"s3:prefix": "a/*"}},
                Action="s3:ListBucket",
                Resource="arn:aws:s3:::b",
            )
        ],
        [Declaration(kind="networks", networks=("203.0.113.0/24",), access=("list",))],
        {},
        [],
        [],
    ),
    (
        "deletions for a network",
        [allow(IN_OFFICE, Action="s3:DeleteObject")],
        [Declaration(kind="networks", networks=("203.0.113.0/24",), access=("write",))],
        {},
        [],
        [],
    ),
    (
        "an account from anywhere",
        [allow(IN_OFFICE), allow(Principal={"AWS": FRIEND})],
        [OFFICE],
        {},
        [(FRIEND, "read")],
        [],
    ),
    (
        "an account from the network alone",
        [allow(IN_OFFICE, Principal={"AWS": FRIEND})],
        [OFFICE],
        {},
        [],
        [(0, "read", ("203.0.113.0/24",))],
    ),
    (
        "an account that writes, too",
        [allow(Principal={"AWS": FRIEND}, Action=["s3:GetObject", "s3:PutObject"])],
        [accounts(FRIEND)],
        {},
        [(FRIEND, "write")],
        [],
    ),
    (
        "an account that may write",
        [allow(Principal={"AWS": FRIEND}, Action=["s3:GetObject", "s3:PutObject"])],
        [accounts(FRIEND, access=("read", "write"))],
        {},
        [],
        [],
    ),
    (
        "a role of the account",
        [allow(Principal={"AWS": f"arn:aws:iam::{FRIEND}:role/r"})],
        [accounts(FRIEND)],
        {},
        [],
        [],
    ),
    (
        "an account and another",
        [allow(Principal={"AWS": [FRIEND, OTHER]})],
        [accounts(FRIEND)],
        {},
        [(OTHER, "read")],
        [],
    ),
    ("an account, everybody let in", [allow()], [accounts(FRIEND)], {}, ANYBODY, []),
    ("no account", [], [accounts(FRIEND)], {}, [], [(0, "read", (FRIEND,))]),
    (
        "an account of no known organization",
        [allow(Principal={"AWS": FRIEND})],
        [MEMBERS],
        {},
        [(FRIEND, "read")],
        [],
    ),
    (
        "an organization and an account",
        [allow(equal("aws:PrincipalOrgID", "o-1")), allow(Principal={"AWS": FRIEND})],
        [accounts(FRIEND, organizations=("o-1",))],
        {},
        [],
        [],
    ),
    (
        "two organizations",
        [allow(equal("aws:PrincipalOrgID", ["o-1", "o-2"]))],
        [MEMBERS],
        {},
        [("*", "read")],
        [],
    ),
    (
        "the owner for an organization",
        [allow(Principal={"AWS": OWNER})],
        [MEMBERS],
        {},
        [],
        [(0, "read", ("o-1",))],
    ),
    (
        "another account's distribution",
        [service(CF, equal("aws:SourceArn", DISTRIBUTION.replace(OWNER, FRIEND)))],
        [CLOUD],
        {},
        CLOUDFRONT_READS,
        None,
    ),
    (
        "another account's distributions",
        [service(CF, equal("aws:SourceAccount", FRIEND))],
        [CLOUD],
        {},
        CLOUDFRONT_READS,
        None,
    ),
    (
        "two distributions for one",
        [service(CF, equal("aws:SourceArn", [DISTRIBUTION, SECOND]))],
        [ONE],
        {},
        CLOUDFRONT_READS,
        [],
    ),
    (
        "all distributions for one",
        [service(CF, equal("aws:SourceAccount", OWNER))],
        [ONE],
        {},
        CLOUDFRONT_READS,
        [],
    ),
    (
        "distributions by pattern",
        [service(CF, equal("aws:SourceArn", DISTRIBUTION))],
        [Declaration(kind="cloudfront", distributions=(DISTRIBUTION.replace("E1", "*"),))],
        {},
        [],
        [],
    ),
    (
        "another distribution",
        [service(CF, equal("aws:SourceArn", SECOND))],
        [ONE],
        {},
        CLOUDFRONT_READS,
        [(0, "read", (DISTRIBUTION,))],
    ),
    (
        "one distribution for two",
        [service(CF, equal("aws:SourceArn", DISTRIBUTION))],
        [Declaration(kind="cloudfront", distributions=(DISTRIBUTION, SECOND))],
        {},
        [],
        [(0, "read", (SECOND,))],
    ),
    (
        "a distribution and everybody",
        [service(CF, equal("aws:SourceArn", DISTRIBUTION)), allow()],
        [CLOUD],
        {},
        ANYBODY,
        [],
    ),
    (
        "a distribution that writes, too",
        [
            service(
                CF, equal("aws:SourceArn", DISTRIBUTION), Action=["s3:GetObject", "s3:PutObject"]
            )
        ],
        [CLOUD],
        {},
        [(CF, "write")],
        [],
    ),
    (
        "a distribution by key alone",
        [allow(equal("aws:SourceArn", DISTRIBUTION))],
        [],
        {},
        CLOUDFRONT_READS,
        [],
    ),
    (
        "another identity",
        [allow(Principal={"AWS": OAI})],
        [Declaration(kind="cloudfront", identities=("E2",))],
        {},
        [(OAI, "read")],
        None,
    ),
    (
        "a service by key alone",
        [allow(equal("aws:PrincipalServiceName", LOGGING))],
        [],
        {},
        [(LOGGING, "read")],
        [],
    ),
    (
        "a service by its list of names",
        [allow({"ForAnyValue:StringEquals": {"aws:PrincipalServiceNamesList": LOGGING}})],
        [],
        {},
        [(LOGGING, "read")],
        [],
    ),
    ("a bound service", [service(SNS, equal("aws:SourceAccount", OWNER))], [], {}, [], []),
    ("listing by ACL", [], [], acl(ALL_USERS, "READ"), [("anonymous", "list")], []),
    ("listing by ACL, declared", [], [LISTED], acl(ALL_USERS, "READ"), [], []),
    ("listing by ACL for accounts", [], [], acl(AUTHENTICATED_USERS, "READ"), [("*", "list")], []),
    ("listing by ACL for one", [], [], acl(CANONICAL, "READ"), [(CANONICAL, "list")], []),
    (
        "listing by ACL for one, declared",
        [],
        [accounts(CANONICAL, access=("list",))],
        acl(CANONICAL, "READ"),
        [],
        [],
    ),
    (
        "the ACL by ACL",
        [],
        [Declaration(kind="public", access=("read", "list", "write"))],
        acl(ALL_USERS, "READ_ACP"),
        [("anonymous", "other")],
        None,
    ),
    (
        "other accounts denied",
        [allow(), deny({"StringNotEquals": {"aws:PrincipalAccount": OWNER}})],
        [],
        {},
        [],
        [],
    ),
    (
        "four kinds, keys for each",
        [
            allow(Resource=keys("pub/*")),
            service(CF, equal("aws:SourceArn", DISTRIBUTION)),
            allow(IN_OFFICE, Resource=keys("office/*")),
            allow(Principal={"AWS": FRIEND}, Resource=keys("in/*"), Action="s3:PutObject"),
        ],
        [
            Declaration(kind="public", objects=("pub/*",)),
            CLOUD,
            Declaration(kind="networks", networks=("203.0.113.0/24",), objects=("office/*",)),
            accounts(FRIEND, access=("write",), objects=("in/*",)),
        ],
        {},
        [],
        [],
    ),
    ("an access point of the office", [DELEGATED], [OFFICE], point(IN_OFFICE), [], []),
    ("an open access point", [DELEGATED], [OFFICE], point(), ANYBODY, []),
    (
        "everybody here, members there",
        [
            allow(Resource=keys("pub/*")),
            allow(equal("aws:PrincipalOrgID", "o-1"), Resource=keys("priv/*")),
        ],
        [],
        {},
        [*ANYBODY, ("*", "read")],
        [],
    ),
    (
        "keys that another account reads",
        [allow(Resource=keys("b/*")), allow(Principal={"AWS": FRIEND}, Resource=keys("a/*"))],
        [Declaration(kind="public", objects=("a/*", "b/*"))],
        {},
        None,
        [(0, "read", ("a/*",))],
    ),
    (
        "keys that the owner reads",
        [allow(Resource=keys("b/*")), allow(Principal={"AWS": OWNER}, Resource=keys("a/*"))],
        [Declaration(kind="public", objects=("a/*", "b/*"))],
        {},
        [],
        [(0, "read", ("a/*",))],
    ),
    (
        "everybody, restricted",
        [allow()],
        [PUBLIC],
        {"bucket_block": PublicAccessSettings(restrict_public_buckets=True)},
        None,
        ALL_READ,
    ),
]


@pytest.mark.lengthy
@pytest.mark.parametrize(
    ("statements", "declared", "settings", "surplus", "shut"),
    [case[1:] for case in BOTH_WAYS],
    ids=[case[0] for case in BOTH_WAYS],
)
def test_surplus_and_shut(statements, declared, settings, surplus, shut):
    comparison = held(statements, *declared, **settings)
    if surplus is not None:
        assert set(told(comparison)) == set(surplus)
    if shut is not None:
        assert [
            (one.declaration, one.access, one.unreachable) for one in comparison.blocked
        ] == shut
    assert all(one.exact for one in comparison.excess)
    assert not comparison.approximations


def test_a_declaration_adds_no_surplus():
    signed = allow({"StringNotEquals": {"aws:PrincipalType": "Anonymous"}})
    statements = [allow(IN_OFFICE), signed]
    assert set(told(held(statements, OFFICE))) <= set(told(held(statements)))


@pytest.mark.parametrize(
    "condition", [equal("aws:SourceArn", DISTRIBUTION), equal("aws:SourceAccount", OWNER), None]
)
def test_cloudfront_let_in_as_anybody_is_not_shut(condition):
    statements = [allow(condition)]
    assert held(statements, PUBLIC, CLOUD).blocked == held(statements, PUBLIC).blocked


def test_an_identity_that_a_deny_spares():
    spared = deny(NotPrincipal={"AWS": OAI})
    del spared["Principal"]
    _, bucket = bucket_of([allow(Principal={"AWS": OAI}), spared])
    assert exposure(bucket).cloudfront_identities == (OAI,)


def test_a_grant_to_one_of_two_canonical_users():
    other = "f" * 64
    grants = (
        AclGrant(grantee=other, permission="READ"),
        AclGrant(grantee=CANONICAL, permission="WRITE"),
    )
    assert set(told(held([], acl=grants))) == {(other, "list"), (CANONICAL, "write")}


def test_a_canonical_user_is_authenticated():
    grants = (
        AclGrant(grantee=AUTHENTICATED_USERS, permission="READ"),
        AclGrant(grantee=CANONICAL, permission="WRITE"),
    )
    assert set(told(held([], acl=grants))) == {
        ("*", "list"),
        (CANONICAL, "list"),
        (CANONICAL, "write"),
    }


def test_an_identity_beside_an_account():
    statements = [allow(Principal={"AWS": OAI}), allow(Principal={"AWS": FRIEND})]
    _, bucket = bucket_of(statements)
    assert exposure(bucket).cloudfront_identities == (OAI,)


@pytest.mark.parametrize(
    ("condition", "principal", "distributions", "expected"),
    [
        ({"aws:SourceAccount": OWNER}, "*", None, CLOUDFRONT_READS),
        ({"aws:SourceAccount": OWNER}, "*", {OWNER: ()}, []),
        ({"aws:SourceOwner": OWNER}, "*", {OWNER: ()}, []),
        ({"aws:SourceOwner": OWNER}, "*", {OWNER: (DISTRIBUTION,)}, CLOUDFRONT_READS),
        ({"aws:SourceOwner": OWNER, "aws:SourceAccount": OWNER}, "*", {OWNER: ()}, []),
        ({"aws:SourceAccount": OWNER}, "*", {OWNER: (DISTRIBUTION,)}, CLOUDFRONT_READS),
        ({"aws:SourceAccount": OWNER}, "*", {"999999999999": ()}, CLOUDFRONT_READS),
        ({"aws:SourceArn": DISTRIBUTION}, "*", {OWNER: ()}, []),
        ({"aws:SourceArn": DISTRIBUTION}, "*", {OWNER: (DISTRIBUTION,)}, CLOUDFRONT_READS),
        ({"aws:SourceArn": SECOND}, "*", {OWNER: (DISTRIBUTION,)}, []),
        ({"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OWNER}:t"}, "*", None, []),
        ({"aws:SourceOrgID": "o-1234567890"}, "*", {OWNER: ()}, CLOUDFRONT_READS),
        ({"aws:SourceAccount": OWNER}, CLOUDFRONT, {OWNER: ()}, CLOUDFRONT_READS),
        ({"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OWNER}:t"}, CLOUDFRONT, None, []),
    ],
)
def test_cloudfront_sends_requests_for_distributions_of_the_bucket(
    condition, principal, distributions, expected
):
    statement = allow({"StringEquals": condition}, Principal=principal)
    _, bucket = bucket_of([statement])
    assert told(compare_access(bucket, distributions=distributions)) == expected


def test_cloudfront_sends_no_request_for_nobody():
    condition = equal("aws:SourceAccount", OWNER) | {"Null": {"aws:SourceArn": "true"}}
    _, bucket = bucket_of([allow(condition)])
    assert told(compare_access(bucket, distributions={OWNER: ()})) == []


@pytest.mark.parametrize(
    ("condition", "principal", "declared", "expected"),
    [
        ({"aws:SourceAccount": FRIEND}, "*", {"accounts": (FRIEND,)}, []),
        ({"aws:SourceAccount": FRIEND}, "*", {"accounts": ("999999999999",)}, CLOUDFRONT_READS),
        ({"aws:SourceAccount": FRIEND}, CLOUDFRONT, {"accounts": (FRIEND,)}, CLOUDFRONT_READS),
        (
            {"aws:SourceAccount": FRIEND},
            "*",
            {"accounts": (FRIEND,), "access": ("list",)},
            CLOUDFRONT_READS,
        ),
        (
            {"aws:SourceArn": DISTRIBUTION.replace(OWNER, FRIEND)},
            "*",
            {"accounts": (FRIEND,)},
            [],
        ),
        ({"aws:SourceOrgID": "o-1234567890"}, "*", {"organizations": ("o-1234567890",)}, []),
        (
            {"aws:SourceOrgID": "o-1234567890"},
            "*",
            {"organizations": ("o-0987654321",)},
            CLOUDFRONT_READS,
        ),
    ],
)
def test_cloudfront_of_whoever_has_access(condition, principal, declared, expected):
    """A distribution publishes what its account may read anyway."""
    statement = allow({"StringEquals": condition}, Principal=principal)
    _, bucket = bucket_of([statement])
    assert told(compare_access(bucket, [Declaration(kind="accounts", **declared)])) == expected


def test_the_excess_of_some_kinds_of_principals_is_part_of_all():
    statements = [
        allow(),
        allow(Principal={"AWS": FRIEND}, Action="s3:*"),
        allow(Principal={"Service": "logging.s3.amazonaws.com"}, Action="s3:PutObject"),
        allow({"StringLike": {"aws:SourceArn": "arn:aws:*:1*"}}, Action="s3:List*"),
    ]
    _, bucket = bucket_of(statements)
    everything = compare_access(bucket)
    kinds = {surplus.principal_kind for surplus in everything.excess}
    assert kinds >= {"anonymous", "account"}
    for kind in kinds:
        some = compare_access(bucket, kinds_of_principals=(kind,))
        assert some.excess == tuple(
            surplus for surplus in everything.excess if surplus.principal_kind == kind
        )
        assert evolve(some, excess=()) == evolve(everything, excess=())


DENY = allow(Effect="Deny", Action="s3:*", Resource=BOTH)
LISTED_BY_ALL = (AclGrant(grantee=ALL_USERS, permission="READ"),)


def point_with(*statements):
    policy = parse_policy({"Version": "2012-10-17", "Statement": list(statements)})
    arn = f"arn:aws:s3:eu-west-1:{OWNER}:accesspoint/p"
    return AccessPointAccess(name="p", account=OWNER, arn=arn, policy=policy)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, True),
        ({"access_points": (point_with(DENY),)}, True),
        ({"access_points": (evolve(point_with(), policy=None),)}, True),
        ({"acl": LISTED_BY_ALL, "ownership": "BucketOwnerEnforced"}, True),
        ({"acl": LISTED_BY_ALL}, False),
        ({"access_points": (point_with(DENY, allow(Resource="*")),)}, False),
    ],
)
@pytest.mark.parametrize("statements", [[], [DENY]])
def test_what_grants_nothing_compares_as_if_it_were_analysed(
    statements, settings, expected, monkeypatch
):
    _, bucket = bucket_of(statements, **settings)
    assert bucket.grants_nothing is expected
    comparison = compare_access(bucket)
    monkeypatch.setattr(BucketAccess, "grants_nothing", False)
    assert compare_access(bucket) == comparison


def test_a_statement_or_the_lack_of_a_policy():
    assert not bucket_of([DENY, allow()])[1].grants_nothing
    assert BucketAccess(name="b", owner_account=OWNER).grants_nothing
