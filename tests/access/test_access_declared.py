"""What gets in beyond the declared, and what of the declared cannot."""

from __future__ import annotations

import pytest

from access.evaluator import allows
from cloudpack_baseline.access import BucketAccess, Declaration, compare, parse_policy

OWNER, FRIEND = "123456789012", "111122223333"
KEYS = "arn:aws:s3:::b/*"
DISTRIBUTION = f"arn:aws:cloudfront::{OWNER}:distribution/E1"


def allow(condition=None, **more):
    found = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": KEYS,
        **more,
    }
    return {**found, "Condition": condition} if condition else found


def held(statements, *declarations):
    document = {"Version": "2012-10-17", "Statement": statements}
    bucket = BucketAccess(name="b", owner_account=OWNER, policy=parse_policy(document))
    found = compare(bucket, declarations)
    for surplus in found.surplus:
        assert allows(document, surplus.witness.request)
    return found


def told(found):
    return [(surplus.principal, surplus.access) for surplus in found.surplus]


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
    ("public write", [allow(Action=["s3:GetObject", "s3:PutObject"])],
     [Declaration(kind="public")], [("anonymous", "write")]),
    ("public list", [allow(Action="s3:ListBucket", Resource="arn:aws:s3:::b")],
     [Declaration(kind="public", access=("list",))], []),
    ("more keys", [allow()], [Declaration(kind="public", objects=("site/*",))],
     [("anonymous", "read")]),
    ("these keys", [allow(Resource="arn:aws:s3:::b/site/*")],
     [Declaration(kind="public", objects=("site/*",))], []),
    ("networks", [allow(NETS)],
     [Declaration(kind="networks", networks=("203.0.113.0/24", "2001:db8::/32"))], []),
    ("wider declared", [allow(NETS)],
     [Declaration(kind="networks", networks=("203.0.112.0/23", "2001:db8::/31"))], []),
    ("narrower declared", [allow(NETS)],
     [Declaration(kind="networks", networks=("203.0.113.0/25", "2001:db8::/32"))],
     [("anonymous", "read")]),
    ("accounts", [allow(Principal={"AWS": FRIEND})],
     [Declaration(kind="accounts", accounts=(FRIEND,))], []),
    ("other account", [allow(Principal={"AWS": "999900001111"})],
     [Declaration(kind="accounts", accounts=(FRIEND,))], [("999900001111", "read")]),
    ("organization", [allow({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})],
     [Declaration(kind="accounts", organizations=("o-1",))], []),
    ("other organization", [allow({"StringEquals": {"aws:PrincipalOrgID": "o-2"}})],
     [Declaration(kind="accounts", organizations=("o-1",))], [("*", "read")]),
    ("cloudfront", [allow(BOUND, Principal=CLOUDFRONT)], [Declaration(kind="cloudfront")], []),
    ("cloudfront by ARN", [allow(BOUND, Principal=CLOUDFRONT)],
     [Declaration(kind="cloudfront", distributions=(DISTRIBUTION,))], []),
    ("cloudfront, other ARN", [allow(BOUND, Principal=CLOUDFRONT)],
     [Declaration(kind="cloudfront", distributions=(DISTRIBUTION + "2",))],
     [("cloudfront.amazonaws.com", "read")]),
    ("cloudfront, unbound", [allow(Principal=CLOUDFRONT)], [Declaration(kind="cloudfront")],
     [("cloudfront.amazonaws.com", "read")]),
    ("cloudfront, undeclared", [allow(BOUND, Principal=CLOUDFRONT)], [],
     [("cloudfront.amazonaws.com", "read")]),
    ("cloudfront by account",
     [allow({"StringEquals": {"aws:SourceAccount": OWNER}}, Principal=CLOUDFRONT)],
     [Declaration(kind="cloudfront")], []),
    ("identity", [allow(Principal={"AWS": OAI})],
     [Declaration(kind="cloudfront", identities=("E1",))], []),
    ("identity, undeclared", [allow(Principal={"AWS": OAI})], [], [(OAI, "read")]),
    ("bound service", [allow({"StringEquals": {"aws:SourceAccount": OWNER}}, Action="s3:PutObject",
                             Principal={"Service": "logging.s3.amazonaws.com"})], [], []),
    ("unbound service", [allow(Principal={"Service": "logging.s3.amazonaws.com"},
                               Action="s3:PutObject")], [],
                               [("logging.s3.amazonaws.com", "write")]),
    ("combined", [allow(NETS), allow(Principal={"AWS": FRIEND})],
     [Declaration(kind="networks", networks=("203.0.113.0/24", "2001:db8::/32")),
      Declaration(kind="accounts", accounts=(FRIEND,))], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statements", "declared", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_surplus(statements, declared, expected):
    assert told(held(statements, *declared)) == expected


def test_surplus_networks_are_exact():
    found = held([allow(NETS)], Declaration(kind="networks", networks=("203.0.113.0/25",)))
    assert found.surplus[0].reach.ipv4 == ("203.0.113.128/25",)
    assert found.surplus[0].reach.ipv6 == ("2001:db8::/32",)


@pytest.mark.parametrize(
    ("statements", "declared", "parts"),
    [
        ([], Declaration(kind="public"), ("public",)),
        ([allow(NETS)], Declaration(kind="networks", networks=("203.0.112.0/23",)),
         ("203.0.112.0/24",)),
        ([allow(Principal={"AWS": FRIEND})],
         Declaration(kind="accounts", accounts=(FRIEND, "999900001111")), ("999900001111",)),
        ([allow(Resource="arn:aws:s3:::b/site/*")],
         Declaration(kind="public", objects=("site/*", "docs/*")), ("docs/*",)),
        ([], Declaration(kind="cloudfront"), ("cloudfront",)),
        ([], Declaration(kind="accounts", organizations=("o-1",)), ("o-1",)),
    ],
)  # fmt: skip
def test_shut(statements, declared, parts):
    (shut,) = held(statements, declared).shut
    assert shut.parts == parts


def test_a_declared_network_has_to_be_one():
    with pytest.raises(ValueError, match="nonsense"):
        held([], Declaration(kind="networks", networks=("nonsense",)))


def test_no_network_is_declared():
    found = held([allow(NETS)], Declaration(kind="networks", access=("read",)))
    assert told(found) == [("anonymous", "read")]
    assert found.shut[0].parts == ("*",)


def test_a_surplus_that_is_not_sure_says_so():
    either = {"StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}"}}
    document = {"Version": "2012-10-17", "Statement": [allow(either)]}
    bucket = BucketAccess(name="b", owner_account=OWNER, policy=parse_policy(document))
    found = compare(bucket, ())
    assert [surplus.exact for surplus in found.surplus] == [False] * len(found.surplus) != []
    assert found.approximations
