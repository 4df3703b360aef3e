"""Full administrators, and what a single action takes."""

from __future__ import annotations

import string

import pytest

from cloudpack_baseline.access import PrincipalIdentity, has_full_admin, may, parse_policy

OWNER = "123456789012"
USER = f"arn:aws:iam::{OWNER}:user/al"


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


def deny(condition=None, **fields):
    return allow(condition, Effect="Deny", **fields)


def all_but(*actions):
    return allow(Action=None, NotAction=list(actions))


def beyond(resource):
    return allow(Resource=None, NotResource=resource)


def letters(characters):
    return allow(Action=[f"{character}*" for character in characters])


ALL = allow()
OFFICE = {"aws:SourceIp": "203.0.113.0/24"}
MFA = "aws:MultiFactorAuthPresent"
REGION = {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}
FULL, CONDITIONAL, NOT = (True, True), (True, False), (False, False)

# What stands in the policies, a statement each, and whether they are full, and on no condition.
ADMINS = [
    ("two stars for the action", [allow(Action="**")], FULL),
    ("two stars for the resource", [allow(Resource="**")], FULL),
    ("at least one character", [allow(Action="?*")], FULL),
    ("all but what is none", [all_but("foo:Bar")], NOT),
    (
        "all but two services, and those",
        [all_but("iam:*", "sts:*"), allow(Action=["IAM:*", "STS:*"])],
        FULL,
    ),
    ("all but a service, and a part of it", [all_but("iam:*"), allow(Action="iam:Get*")], NOT),
    ("all but one service, all but another", [all_but("iam:*"), all_but("s3:*")], FULL),
    (
        "all but one bucket, all but another",
        [beyond("arn:aws:s3:::a/*"), beyond("arn:aws:s3:::b/*")],
        FULL,
    ),
    ("all but one bucket", [beyond("arn:aws:s3:::a/*")], NOT),
    (
        "all but the buckets, and those",
        [beyond("arn:aws:s3:::*"), allow(Resource="arn:aws:s3:::*")],
        FULL,
    ),
    (
        "with MFA and without",
        [allow({"Bool": {MFA: "true"}}), allow({"BoolIfExists": {MFA: "false"}})],
        FULL,
    ),
    (
        "from the office and from elsewhere",
        [allow({"IpAddress": OFFICE}), allow({"NotIpAddress": OFFICE})],
        FULL,
    ),
    ("one action denied", [ALL, deny(Action="organizations:LeaveOrganization")], NOT),
    ("one resource denied", [ALL, deny(Resource="arn:aws:s3:::logs/*")], NOT),
    ("denied from elsewhere", [ALL, deny({"NotIpAddress": OFFICE})], CONDITIONAL),
    ("letters in capitals", [letters(string.ascii_uppercase)], FULL),
    ("letters in two policies", [letters("abcdefghijklm"), letters("nopqrstuvwxyz")], FULL),
    ("letters but one", [letters(string.ascii_lowercase.replace("s", ""))], NOT),
    ("a service on one resource", [allow(Action="iam:*", Resource=USER)], NOT),
]


@pytest.mark.parametrize(
    ("statements", "expected"), [case[1:] for case in ADMINS], ids=[case[0] for case in ADMINS]
)
def test_full_administrators(statements, expected):
    full_admin = has_full_admin([policy(statement) for statement in statements])
    assert (full_admin.full, full_admin.unconditional) == expected
    assert full_admin.exact


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"boundary": policy(allow(Action="iam:*"))}, NOT),
        ({"boundary": policy(ALL)}, FULL),
        ({"scps": [[policy(ALL, deny(REGION))]]}, CONDITIONAL),
        ({"scps": [[policy(deny({"NotIpAddress": OFFICE}))]]}, NOT),
    ],
    ids=["boundary of a service", "boundary of all", "SCP of a Region", "SCP that allows nothing"],
)
def test_what_limits_an_administrator(limits, expected):
    full_admin = has_full_admin([policy(ALL)], **limits)
    assert (full_admin.full, full_admin.unconditional) == expected


READ, WRITE, LIST = "s3:GetObject", "s3:PutObject", "s3:ListBucket"
SPARED = [ALL, deny(Action="s3:*", Resource="arn:aws:s3:::b/*")]
HOME = [allow(Resource="arn:aws:s3:::b/${aws:username}/*")]
MEMBER = [allow({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})]

# What stands in the policy, its statements, the action, the resource, who holds it, and whether.
ACTIONS = [
    ("any resource", [ALL], READ, None, None, True),
    ("another case", [allow(Action="s3:Get*")], "s3:getobject", None, None, True),
    ("capitals", [allow(Action="s3:Get*")], "S3:PUTOBJECT", None, None, False),
    ("all but it", [all_but("s3:Get*")], READ, None, None, False),
    ("all but others", [all_but("s3:Get*")], WRITE, None, None, True),
    ("denied there", SPARED, READ, "arn:aws:s3:::b/x", None, False),
    ("denied elsewhere", SPARED, READ, "arn:aws:s3:::b", None, True),
    ("denied somewhere", SPARED, READ, None, None, True),
    ("one character", [allow(Resource="arn:aws:s3:::b/?")], READ, "arn:aws:s3:::b/xy", None, False),
    (
        "bucket in capitals",
        [allow(Resource="arn:aws:s3:::B/*")],
        READ,
        "arn:aws:s3:::b/x",
        None,
        False,
    ),
    (
        "home of a role",
        HOME,
        READ,
        "arn:aws:s3:::b/al/x",
        PrincipalIdentity(arn=f"arn:aws:iam::{OWNER}:role/al"),
        False,
    ),
    (
        "home of a user with a path",
        HOME,
        READ,
        "arn:aws:s3:::b/al/x",
        PrincipalIdentity(arn=f"arn:aws:iam::{OWNER}:user/path/al"),
        True,
    ),
    ("another organization", MEMBER, READ, None, PrincipalIdentity(organization="o-2"), False),
    ("the organization", MEMBER, READ, None, PrincipalIdentity(organization="o-1"), True),
    (
        "another account",
        [allow({"StringEquals": {"aws:PrincipalAccount": "111122223333"}})],
        READ,
        None,
        None,
        False,
    ),
    ("a prefix", [allow({"StringEquals": {"s3:prefix": "a/"}})], LIST, None, None, True),
    (
        "for services",
        [allow({"Bool": {"aws:PrincipalIsAWSService": "true"}})],
        LIST,
        None,
        None,
        False,
    ),
]


@pytest.mark.parametrize(
    ("statements", "action", "resource", "principal", "expected"),
    [case[1:] for case in ACTIONS],
    ids=[case[0] for case in ACTIONS],
)
def test_single_actions(statements, action, resource, principal, expected):
    more = {} if principal is None else {"principal": principal}
    allowed_request = may([policy(*statements)], action, resource=resource, **more)
    assert (allowed_request is not None) is expected
    assert allowed_request is None or allowed_request.exact
