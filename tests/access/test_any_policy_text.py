"""Any document is read or refused with paths; never a traceback of another kind."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpack_baseline.access import (
    BucketAccess,
    MalformedPolicy,
    exposure,
    has_full_admin,
    parse_policy,
    who_can_assume,
)

words = st.sampled_from(
    [
        "Allow",
        "Deny",
        "*",
        "s3:*",
        "s3:Get*",
        "arn:aws:s3:::b/*",
        "2012-10-17",
        "true",
        "1e99",
        "${aws:username}",
        "${*}",
        "${",
        "1" * 50,
        "999999999999999999999e99",
        "::",
        "0.0.0.0/0",
        "/",
        "2024-02-30",
        "\x00",
        "あ",
        "",
    ]
)
names = st.sampled_from(
    [
        "Version",
        "Statement",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "AWS",
        "Service",
        "StringLike",
        "Bool",
        "Null",
        "NumericLessThan",
        "DateLessThan",
        "IpAddress",
        "ArnLike",
        "ForAllValues:StringLike",
        "Nope",
        "aws:SourceIp",
        "aws:username",
        "s3:prefix",
        "aws:CurrentTime",
        "aws:PrincipalOrgPaths",
        "x",
    ]
)
scalars = st.one_of(words, st.booleans(), st.integers(), st.floats(), st.none(), st.text())
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=5)),
    max_leaves=20,
)
values = st.one_of(scalars, st.lists(scalars, max_size=3))
operators = st.sampled_from(
    [
        "StringLike",
        "StringNotEquals",
        "Bool",
        "Null",
        "NumericLessThan",
        "DateLessThanEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnLike",
        "ForAnyValue:StringLike",
        "ForAllValues:ArnNotLike",
        "BinaryEquals",
        "NullIfExists",
        "Nope",
        "StringLikeIfExists",
        "NumericEquals",
    ]
)
keys = st.sampled_from(
    [
        "aws:SourceIp",
        "aws:username",
        "s3:prefix",
        "s3:max-keys",
        "aws:CurrentTime",
        "aws:userid",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalTag/a",
        "aws:SecureTransport",
        "s3:TlsVersion",
        "foo",
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:SourceArn",
        "aws:Referer",
        "aws:TagKeys",
    ]
)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Principal": st.sampled_from(["*", {"AWS": "*"}, {"AWS": "111122223333"}]),
        "Action": st.sampled_from(["*", "s3:Get*", "s3:ListBucket"]),
        "Resource": st.sampled_from(["*", "arn:aws:s3:::b/${aws:username}*", "arn:aws:s3:::b"]),
        "Condition": st.dictionaries(
            operators, st.dictionaries(keys, values, max_size=2), max_size=3
        ),
    }
)


def judged(document, kind="resource"):
    try:
        return parse_policy(document, kind=kind)
    except MalformedPolicy as error:
        problems = error.problems
    assert problems
    for problem in problems:
        assert problem.path.startswith("$")
        assert problem.fault
        assert problem.message in str(problem)
    return None


@pytest.mark.lengthy
@settings(max_examples=300)
@given(documents)
def test_any_json_is_read_or_refused(document):
    judged(json.dumps(document))
    for kind in ("resource", "identity", "trust"):
        judged(document, kind)


@settings(max_examples=300)
@given(st.text())
def test_any_text_is_read_or_refused(text):
    judged(text)


@pytest.mark.lengthy
@settings(max_examples=200)
@given(st.lists(statements, max_size=3))
def test_any_condition_is_judged(parts):
    parsed_policy = judged({"Version": "2012-10-17", "Statement": parts})
    if parsed_policy is not None:
        bucket_exposure = exposure(
            BucketAccess(name="b", owner_account="123456789012", policy=parsed_policy)
        )
        assert bucket_exposure.bucket == "b"


@settings(max_examples=100)
@given(st.lists(statements, max_size=2))
def test_any_identity_policy_is_judged(parts):
    parts = [{k: v for k, v in part.items() if k != "Principal"} for part in parts]
    parsed_policy = judged({"Version": "2012-10-17", "Statement": parts}, "identity")
    if parsed_policy is not None:
        assert has_full_admin([parsed_policy]).full in {True, False}
    trust = [{k: v for k, v in part.items() if k != "Resource"} for part in parts]
    trust = [{**part, "Principal": "*", "Action": "sts:*"} for part in trust]
    parsed_policy = judged({"Version": "2012-10-17", "Statement": trust}, "trust")
    if parsed_policy is not None:
        assert isinstance(who_can_assume(parsed_policy, account="123456789012"), tuple)
