"""A request of the access engine in words and as data."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.access import Request, RequestWitness
from cloudpack_baseline.checks.request_texts import (
    describe_caller,
    describe_context,
    granted_request,
    located,
    request_data,
)
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.testing import records
from cloudpack_baseline.witnesses import WitnessRequest, WitnessStatement

ORIGIN, OF_ACL = Origin(file="site.yaml", line=12), Origin(file="site.yaml", line=30)
ROLE = "arn:aws:iam::123456789012:role/app"
UNSIGNED = Request(
    principal_kind="anonymous",
    principal="anonymous",
    account=None,
    action="s3:GetObject",
    resource="arn:aws:s3:::docs/a",
    context={"aws:SourceIp": "8.8.8.8", "aws:SecureTransport": "true"},
)
SIGNED = evolve(UNSIGNED, principal_kind="account", principal=ROLE, account="123456789012")


def test_who_sends_it():
    assert describe_caller(UNSIGNED).in_language("en") == "an anonymous user"
    assert describe_caller(SIGNED) == ROLE


@pytest.mark.parametrize(
    ("origin", "expected"),
    [(None, "LetIn"), (Origin(), "LetIn"), (ORIGIN, "LetIn (site.yaml:12)")],
)
def test_where_a_statement_is(origin, expected):
    assert located("LetIn", origin) == expected


@pytest.mark.parametrize(
    ("kind", "context", "expected"),
    [
        ("anonymous", {"aws:SourceIp": "8.8.8.8"}, ["with aws:SourceIp = 8.8.8.8"]),
        ("anonymous", {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}, []),
        ("anonymous", {"aws:SecureTransport": "false"}, ["with aws:SecureTransport = false"]),
        ("anonymous", {"aws:RequestedRegion": "us-east-1"}, []),
        ("anonymous", {"aws:TagKeys": ("a", "b")}, ["with aws:TagKeys = a, b"]),
        # The name of the principal shows it already.
        ("account", {"aws:PrincipalArn": ROLE}, []),
        ("service", {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}, []),
        ("account", {"aws:SourceIp": "8.8.8.8"}, ["with aws:SourceIp = 8.8.8.8"]),
        ("canonical", {"aws:PrincipalArn": ROLE}, [f"with aws:PrincipalArn = {ROLE}"]),
    ],
)
def test_what_it_carries(kind, context, expected):
    request = evolve(UNSIGNED, principal_kind=kind, context=context)
    assert [words.in_language("en") for words in describe_context(request)] == expected


ORDINARY = {
    "aws:CurrentTime": "2026-01-01T00:00:00Z",
    "aws:PrincipalAccount": "anonymous",
    "aws:PrincipalType": "Anonymous",
    "aws:RequestedRegion": "us-east-1",
    "aws:ResourceAccount": "123456789012",
    "aws:SecureTransport": "true",
    "aws:UserAgent": "curl/8.5.0",
    "aws:ViaAWSService": "false",
    "aws:userid": "anonymous",
    "s3:ResourceAccount": "123456789012",
    "s3:TlsVersion": "1.3",
}
"""Typed anew, so that the texts cannot begin to show one of them unnoticed."""


def test_what_any_unsigned_request_carries_is_not_said():
    assert describe_context(evolve(UNSIGNED, context=ORDINARY)) == ()
    for key in ("aws:CurrentTime", "aws:UserAgent", "s3:TlsVersion"):
        (words,) = describe_context(evolve(UNSIGNED, context=ORDINARY | {key: "other"}))
        assert words.in_language("en") == f"with {key} = other"


OF_CALLERS = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:username",
)
"""Typed anew, so that the texts cannot begin to show one of them unnoticed."""


@pytest.mark.parametrize("kind", ["account", "service"])
def test_what_the_name_of_the_principal_shows_is_not_said(kind):
    context = dict.fromkeys(OF_CALLERS, "x")
    assert describe_context(evolve(UNSIGNED, principal_kind=kind, context=context)) == ()
    unnamed = evolve(UNSIGNED, principal_kind="canonical", context=context)
    assert len(describe_context(unnamed)) == len(OF_CALLERS)


def test_as_data():
    assert request_data(UNSIGNED) == WitnessRequest(
        principal_kind="anonymous",
        principal="anonymous",
        action="s3:GetObject",
        resource="arn:aws:s3:::docs/a",
        context=UNSIGNED.context,
    )
    through = evolve(SIGNED, region="us-east-1", access_point="ap")
    data = request_data(through)
    assert (data.principal, data.region, data.access_point) == (ROLE, "us-east-1", "ap")


@pytest.mark.parametrize(
    ("source", "statement", "expected"),
    [
        ("policy", "LetIn", {"policy": "resource-policy", "sid": "LetIn", "origin": ORIGIN}),
        ("policy", "$.Statement[0]", {"policy": "resource-policy", "origin": ORIGIN}),
        ("acl", "READ", {"policy": "acl", "sid": "READ", "origin": OF_ACL}),
        ("ap", "LetIn", {"policy": "access-point", "policy_name": "ap", "sid": "LetIn"}),
    ],
)
def test_what_allows_it(source, statement, expected):
    bucket = records.bucket("docs", origins=(("policy", ORIGIN), ("acl", OF_ACL)))
    witness = RequestWitness(
        request=UNSIGNED, statement=statement, source=source, path="$.Statement[0]"
    )
    of_bucket = {} if source == "ap" else {"policy_arn": bucket.arn}
    expected = WitnessStatement(path="$.Statement[0]", **of_bucket, **expected)
    assert granted_request(witness, bucket).statements == (expected,)
