"""Witnesses as command lines, and variables that depend on the channel."""

from __future__ import annotations

import pytest

from access.evaluator import allows
from cloudpack_baseline.access import BucketAccess, exposure, parse_policy
from cloudpack_baseline.commands import request_command

GOOD = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b/*",
}


def held(**fields):
    document = {"Version": "2012-10-17", "Statement": [{**GOOD, **fields}]}
    bucket_exposure = exposure(
        BucketAccess(name="b", owner_account="123456789012", policy=parse_policy(document))
    )
    return document, bucket_exposure


@pytest.mark.parametrize(
    ("more", "start"),
    [
        ({}, "curl 'https://b.s3.amazonaws.com/file.txt'"),
        ({"Action": "s3:PutObject"}, "curl -X PUT -d '' 'https://b.s3.amazonaws.com/file.txt'"),
        ({"Condition": {"StringEquals": {"aws:Referer": "https://a/"}}}, "curl -e 'https://a/' "),
        ({"Condition": {"StringEquals": {"aws:UserAgent": "me"}}}, "curl -A 'me' "),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, "curl 'http://b.s3."),
        (
            {"Principal": {"AWS": "111122223333"}},
            "aws s3api get-object --bucket b --key 'file.txt'",
        ),
    ],
)
def test_command(more, start):
    _, found = held(**more)
    witness = found.accounts[0].witness if "Principal" in more else found.anonymous.witness
    assert request_command(witness.request).startswith(start)


@pytest.mark.parametrize(
    ("variable", "internet", "endpoint"),
    [
        ("aws:SourceVpce", "none", "all"),
        ("aws:SourceIp", "all", "none"),
        ("aws:SourceArn", "none", "none"),
        ("aws:PrincipalTag/team", "none", "none"),
        ("s3:DataAccessPointArn", "none", "none"),
        ("aws:ResourceAccount", "all", "all"),
        ("aws:userid", "all", "all"),
    ],
)
def test_variables_are_absent_where_their_key_is(variable, internet, endpoint):
    _, found = held(
        Condition={
            "StringNotLike": {"aws:UserAgent": "x"},
            "StringLike": {"aws:UserAgent": f"${{{variable}}}*"},
        }
    )
    assert found.anonymous.scope == internet
    assert found.anonymous.endpoints.scope == endpoint


def test_a_variable_of_the_caller_is_exact_where_the_caller_settles_it():
    user = "arn:aws:iam::111122223333:user/al"
    document, found = held(Principal={"AWS": user}, Resource="arn:aws:s3:::b/${aws:username}/*")
    assert found.exact
    request = found.accounts[0].witness.request
    assert request.key.startswith("al/")
    assert allows(document, request)
