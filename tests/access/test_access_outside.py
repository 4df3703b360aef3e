"""Whether an identity can act from outside the declared networks."""

from __future__ import annotations

import string

import pytest

from cloudpack_baseline.access import PrincipalIdentity, can_act_from_outside, may, parse_policy

OWNER = "123456789012"
OFFICE = "203.0.113.0/24"
USER = PrincipalIdentity(arn=f"arn:aws:iam::{OWNER}:user/al")


def policy(*statements):
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return parse_policy(document, kind="identity")


def allow(condition=None, **fields):
    statement = {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Condition": condition,
        **fields,
    }
    return {key: value for key, value in statement.items() if value is not None}


def deny(*conditions, **fields):
    """A Deny under all the conditions at once."""
    joined = {}
    for condition in conditions:
        for operator, keys in condition.items():
            joined.setdefault(operator, {}).update(keys)
    return allow(joined or None, Effect="Deny", **fields)


def address(operator, value=OFFICE):
    return {operator: {"aws:SourceIp": value}}


def other(key, value):
    return {"StringNotEquals": {key: value}}


ALL = allow()
INSIDE, OUT = address("IpAddress"), address("NotIpAddress")
HALVES = ["0.0.0.0/1", "128.0.0.0/1"]

# What stands in the policy, its statements, and whether something can be done from outside.
POLICIES = [
    ("plain Deny", [ALL, deny(OUT)], False),
    (
        "services spared by IfExists",
        [ALL, deny(OUT, {"BoolIfExists": {"aws:ViaAWSService": "false"}})],
        False,
    ),
    ("services alone denied", [ALL, deny(OUT, {"Bool": {"aws:ViaAWSService": "true"}})], True),
    ("absence denied, too", [ALL, deny(address("NotIpAddressIfExists"))], False),
    (
        "a VPC spared",
        [ALL, deny(OUT, {"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-1"}})],
        False,
    ),
    ("endpoints spared", [ALL, deny(OUT, other("aws:SourceVpce", ["vpce-1", "vpce-2"]))], False),
    ("a VPC alone denied", [ALL, deny(OUT, {"StringEquals": {"aws:SourceVpc": "vpc-1"}})], True),
    ("any endpoint spared", [ALL, deny(OUT, {"Null": {"aws:SourceVpce": "true"}})], False),
    (
        "a caller by services spared",
        [
            ALL,
            deny(OUT, {"ForAllValues:StringNotEquals": {"aws:CalledVia": "athena.amazonaws.com"}}),
        ],
        False,
    ),
    (
        "MFA spared",
        [ALL, deny(OUT, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})],
        True,
    ),
    ("a tag spared", [ALL, deny(OUT, other("aws:PrincipalTag/exempt", "true"))], True),
    ("other accounts denied", [ALL, deny(OUT, other("aws:PrincipalAccount", OWNER))], True),
    (
        "since a date",
        [ALL, deny(OUT, {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}})],
        True,
    ),
    ("over TLS alone", [ALL, deny(OUT, {"Bool": {"aws:SecureTransport": "true"}})], True),
    ("outside a wider network", [ALL, deny(address("NotIpAddress", "203.0.112.0/23"))], True),
    ("outside a narrower network", [ALL, deny(address("NotIpAddress", "203.0.113.8/29"))], False),
    ("outside two networks", [ALL, deny(address("NotIpAddress", [OFFICE, "198.51.100.7"]))], True),
    (
        "outside each of two networks",
        [ALL, deny(OUT), deny(address("NotIpAddress", "198.51.100.7"))],
        False,
    ),
    ("from all of IPv4", [ALL, deny(address("IpAddress", HALVES))], True),
    ("from everywhere", [ALL, deny(address("IpAddress", [*HALVES, "::/0"]))], False),
    ("outside, by ForAnyValue", [ALL, deny(address("ForAnyValue:NotIpAddress"))], False),
    ("outside, as text", [ALL, deny(address("StringNotLike", "203.0.113.*"))], False),
    (
        "some actions spared",
        [ALL, deny(OUT, Action=None, NotAction=["sts:*", "iam:ListUsers"])],
        True,
    ),
    (
        "actions spared that are not allowed",
        [allow(Action="s3:*"), deny(OUT, Action=None, NotAction="sts:*")],
        False,
    ),
    (
        "actions by letters",
        [ALL, deny(OUT, Action=[f"{c}*" for c in string.ascii_lowercase])],
        False,
    ),
    (
        "some resources spared",
        [ALL, deny(OUT, Resource=None, NotResource="arn:aws:s3:::public/*")],
        True,
    ),
    (
        "all allowed resources denied",
        [allow(Resource="arn:aws:s3:::b/*"), deny(OUT, Resource="arn:aws:s3:::b*")],
        False,
    ),
    ("with MFA", [allow({"Bool": {"aws:MultiFactorAuthPresent": "true"}})], True),
]


def outside(*statements, **fields):
    return can_act_from_outside([policy(*statements)], networks=[OFFICE], **fields)


@pytest.mark.parametrize(
    ("statements", "expected"), [case[1:] for case in POLICIES], ids=[case[0] for case in POLICIES]
)
def test_what_a_policy_leaves_to_do_from_outside(statements, expected):
    outside_request = outside(*statements)
    assert (outside_request is not None) is expected
    assert outside_request is None or outside_request.exact


# What stands in the way, the policy's statements, the boundary or the SCPs by level.
LIMITS = [
    ("boundary with a Deny", ALL, {"boundary": [ALL, deny(OUT)]}, False),
    (
        "boundary that leaves one action",
        ALL,
        {"boundary": [allow(INSIDE), allow(Action="iam:ChangePassword")]},
        True,
    ),
    (
        "boundary of another service",
        allow(Action="s3:*"),
        {"boundary": [allow(Action="ec2:*")]},
        False,
    ),
    ("SCP with a Deny", ALL, {"scps": [[[ALL], [deny(OUT)]]]}, False),
    (
        "SCPs of one level add up",
        ALL,
        {"scps": [[[ALL]], [[allow(Action="s3:*")], [allow(Action="ec2:*")]]]},
        True,
    ),
    (
        "SCPs of two levels share nothing",
        ALL,
        {"scps": [[[allow(Action="s3:*")]], [[allow(Action="ec2:*")]]]},
        False,
    ),
    ("SCP that allows nothing", ALL, {"scps": [[[deny(OUT)]]]}, False),
    (
        "SCP that spares a service",
        ALL,
        {"scps": [[[ALL, deny(OUT, Action=None, NotAction="s3:*")]]]},
        True,
    ),
]


@pytest.mark.parametrize(
    ("statement", "limits", "expected"), [case[1:] for case in LIMITS], ids=[c[0] for c in LIMITS]
)
def test_what_boundaries_and_scps_leave_to_do_from_outside(statement, limits, expected):
    more = {}
    if "boundary" in limits:
        more["boundary"] = policy(*limits["boundary"])
    if "scps" in limits:
        more["scps"] = [[policy(*held) for held in level] for level in limits["scps"]]
    outside_request = outside(statement, **more)
    assert (outside_request is not None) is expected
    assert outside_request is None or outside_request.exact


@pytest.mark.parametrize(("spared", "expected"), [("role/breakglass", False), ("user/*", True)])
def test_a_spared_principal_may_be_the_holder(spared, expected):
    arn = {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWNER}:{spared}"}}
    outside_request = outside(ALL, deny(OUT, arn), principal=USER)
    assert (outside_request is not None) is expected


def test_the_account_of_a_resource_is_free():
    deny_statement = deny(other("aws:ResourceAccount", OWNER))
    assert outside(ALL, scps=[[policy(ALL, deny_statement)]]).exact
    friend = allow({"StringEquals": {"aws:ResourceAccount": "111122223333"}})
    assert may([policy(friend)], "s3:GetObject").exact
