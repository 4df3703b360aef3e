"""Actions are shown as AWS writes them."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline.access import can_act_from_outside, has_full_admin, may, parse_policy
from cloudpack_baseline.access._spelling import spelled


def policy(*actions):
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return parse_policy(text, kind="identity")


@pytest.mark.parametrize(
    ("action", "patterns", "expected"),
    [
        ("s3:getobject", (), "s3:GetObject"),
        # What AWS writes goes before what a policy does.
        ("s3:getobject", ("S3:GETOBJECT",), "s3:GetObject"),
        ("rds:describedbclusters", ("rds:DescribeDBClusters",), "rds:DescribeDBClusters"),
        ("rds:describedbx", ("rds:*", "rds:DescribeDB*", "rds:D?"), "rds:DescribeDB*"),
        ("kms:x", ("rds:*", "*"), "*"),
        ("kms:x", ("rds:*",), "kms:x"),
    ],
)
def test_an_action(action, patterns, expected):
    assert spelled(action, patterns) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("*", "s3:GetObject"),
        ("ec2:*", "ec2:DescribeInstances"),
        ("s3:Get*", "s3:GetObject"),
        ("rds:StopDBInstance", "rds:StopDBInstance"),
        ("s3:putbucketpolicy", "s3:PutBucketPolicy"),
    ],
)
def test_what_can_be_done_from_outside(action, expected):
    outside_request = can_act_from_outside([policy(action)], networks=["203.0.113.0/28"])
    assert outside_request.action == expected


def test_what_was_asked_for():
    assert may([policy("*")], "rds:StopDBInstance").action == "rds:StopDBInstance"


def test_what_is_missing():
    action, _ = has_full_admin([policy("iam:*")]).missing
    assert action == "s3:GetObject"
