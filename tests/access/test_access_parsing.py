"""Faults are told with their path; what can be read despite its looks is read."""

from __future__ import annotations

import datetime as dt
import json
import pickle

import pytest

from cloudpack_baseline.access import BucketAccess, MalformedPolicy, exposure, parse_policy

GOOD = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def changed(**fields):
    found = {**GOOD, **fields}
    return {"Statement": [{key: value for key, value in found.items() if value is not None}]}


def nested(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ("{", "$"),
        ("[]", "$"),
        ("[" * 100_000, "$"),
        ('{"Statement": [], "Statement": []}', "$.Statement"),
        ({}, "$.Statement"),
        ({"Statement": ["x"]}, "$.Statement[0]"),
        ({"Statement": "x"}, "$.Statement"),
        ({"Version": "2012-10-18", "Statement": []}, "$.Version"),
        ({"Version": nested(100_000), "Statement": []}, "$.Version"),
        ({"Version": 20121017, "Statement": []}, "$.Version"),
        ({"Statement": [], "More": 1}, "$.More"),
        (changed(Effect="allow"), "$.Statement[0].Effect"),
        (changed(Effect=["Allow"]), "$.Statement[0].Effect"),
        (changed(Sid=1), "$.Statement[0].Sid"),
        (changed(Action=None), "$.Statement[0].Action"),
        (changed(Action=1), "$.Statement[0].Action"),
        (changed(Action=["x", {}]), "$.Statement[0].Action[1]"),
        (changed(NotAction="x"), "$.Statement[0].NotAction"),
        (changed(Resource=None), "$.Statement[0].Resource"),
        (changed(Principal=None), "$.Statement[0].Principal"),
        (changed(Principal="111122223333"), "$.Statement[0].Principal"),
        (changed(Principal={"Aws": "*"}), "$.Statement[0].Principal.Aws"),
        (changed(Principal={"AWS": [{}]}), "$.Statement[0].Principal.AWS[0]"),
        (changed(Principal={"Service": "*.amazonaws.com"}), "$.Statement[0].Principal.Service"),
        (changed(Principal={"AWS": "arn:aws:iam::root"}), "$.Statement[0].Principal.AWS"),
        (changed(Principal={"AWS": "arn:aws:iam:::root"}), "$.Statement[0].Principal.AWS"),
        (changed(Principal={"AWS": ["*", "arn:aws:s3:::b"]}), "$.Statement[0].Principal.AWS"),
        *(
            (changed(Principal={"AWS": ["*", name]}), "$.Statement[0].Principal.AWS")
            for name in ("x", "12345", "1234567890123", "", "aida1", "AIDA", "XAIDAI23", "AROA 1")
        ),
        (changed(Condition=[]), "$.Statement[0].Condition"),
        (changed(Condition={"Bool": "x"}), "$.Statement[0].Condition.Bool"),
        (changed(Condition={"Bool": {"k": {}}}), "$.Statement[0].Condition.Bool.k"),
        (changed(Condition={1: {}}), "$.Statement[0].Condition.1"),
        (changed(Nope=1), "$.Statement[0].Nope"),
        (json.dumps(changed(Action=5)), "$.Statement[0].Action"),
        (json.dumps(changed(Action=["s3:*", 5])), "$.Statement[0].Action[1]"),
        (json.dumps(changed(Resource=1.5)), "$.Statement[0].Resource"),
        (json.dumps(changed(Resource=float("nan"))), "$.Statement[0].Resource"),
        (json.dumps(changed(Sid=5)), "$.Statement[0].Sid"),
        (json.dumps(changed(Effect=5)), "$.Statement[0].Effect"),
        (json.dumps({"Version": 20121017, "Statement": []}), "$.Version"),
        *(
            (write(changed(Principal={"AWS": ["*", odd]})), "$.Statement[0].Principal.AWS[1]")
            for odd in (5, 1234567890123, -123456789012, 123456789012.0, True, None)
            for write in (json.dumps, dict)
        ),
        (changed(Principal={"AWS": dt.date(2012, 10, 17)}), "$.Statement[0].Principal.AWS"),
        *(
            (write(changed(Principal={name: 123456789012})), f"$.Statement[0].Principal.{name}")
            for name in ("Service", "Federated", "CanonicalUser")
            for write in (json.dumps, dict)
        ),
        (changed(Principal=None, NotPrincipal={}), "$.Statement[0].NotPrincipal"),
        (changed(Principal=None, NotPrincipal={"AWS": []}), "$.Statement[0].NotPrincipal.AWS"),
        (changed(Principal=None, NotPrincipal=[]), "$.Statement[0].NotPrincipal"),
        (changed(Action=None, NotAction=[]), "$.Statement[0].NotAction"),
        (changed(Resource=None, NotResource=[]), "$.Statement[0].NotResource"),
    ],
)
def test_faults_have_a_path(document, path):
    with pytest.raises(MalformedPolicy) as caught:
        parse_policy(document)
    assert path in [problem.path for problem in caught.value.problems]
    assert path in str(caught.value)
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - an error that was just raised
    assert copy.problems == caught.value.problems


BOTH = {"Action": "s3:GetObject", "NotAction": "s3:PutObject"}


@pytest.mark.parametrize(
    ("document", "kind", "faults"),
    [
        ("{", "resource", [("$", "is-not-JSON")]),
        ("[" * 100_000, "resource", [("$", "is-nested-too-deeply")]),
        ([], "resource", [("$", "is-not-an-object"), ("$.Statement", "is-missing")]),
        (
            '{"Version": "2012-10-17", "Statement": [], "Statement": []}',
            "resource",
            [("$.Statement", "occurs-twice")],
        ),
        ({"Statement": [], "X": 1}, "resource", [("$.X", "is-not-an-element-of-a-policy")]),
        (
            {"Statement": [], "Version": "2012-10-18"},
            "resource",
            [("$.Version", "is-not-a-version-of-the-policy-language")],
        ),
        (changed(X=1), "resource", [("$.Statement[0].X", "is-not-an-element-of-a-statement")]),
        (changed(Effect="x"), "resource", [("$.Statement[0].Effect", "is-neither-Allow-nor-Deny")]),
        (changed(Sid=1), "resource", [("$.Statement[0].Sid", "is-not-a-string")]),
        (changed(**BOTH), "resource", [("$.Statement[0].NotAction", "stands-beside")]),
        (changed(Action=None), "resource", [("$.Statement[0].Action", "is-missing")]),
        (changed(Resource=None), "resource", [("$.Statement[0].Resource", "is-missing")]),
        (changed(Resource=None), "service", []),
        (changed(Resource=None), "trust", []),
        (changed(), "trust", [("$.Statement[0].Resource", "does-not-belong-here")]),
        (changed(), "identity", [("$.Statement[0].Principal", "does-not-belong-here")]),
        (changed(Principal=None), "identity", []),
        (
            changed(Principal=None),
            "trust",
            [
                ("$.Statement[0].Resource", "does-not-belong-here"),
                ("$.Statement[0].Principal", "is-missing"),
            ],
        ),
        (
            changed(Principal="x"),
            "resource",
            [("$.Statement[0].Principal", "is-neither-a-star-nor-an-object")],
        ),
        (
            changed(Principal={"Aws": "*"}),
            "resource",
            [("$.Statement[0].Principal.Aws", "is-not-a-kind-of-principal")],
        ),
        (
            changed(Principal={"Service": "sns*"}),
            "resource",
            [("$.Statement[0].Principal.Service", "has-a-wildcard-in-a-name")],
        ),
        (
            changed(Principal={"AWS": "arn:aws:iam::root"}),
            "resource",
            [("$.Statement[0].Principal.AWS", "has-an-ARN-without-an-account")],
        ),
        (
            changed(Principal={"AWS": "x"}),
            "resource",
            [("$.Statement[0].Principal.AWS", "has-a-text-that-is-no-principal")],
        ),
        (
            changed(Principal=None, NotPrincipal={}),
            "service",
            [("$.Statement[0].NotPrincipal", "is-empty")],
        ),
        (
            changed(Condition={1: {}}),
            "resource",
            [("$.Statement[0].Condition.1", "has-a-key-that-is-not-a-string")],
        ),
    ],
)
def test_each_fault_by_its_name(document, kind, faults):
    if not faults:
        assert parse_policy(document, kind=kind)
        return
    with pytest.raises(MalformedPolicy) as caught:
        parse_policy(document, kind=kind)
    assert [(problem.path, problem.fault) for problem in caught.value.problems] == faults


def test_all_faults_at_once():
    with pytest.raises(MalformedPolicy) as caught:
        parse_policy(changed(Effect="x", Action=1, Sid=2))
    assert len(caught.value.problems) == 3


def test_a_kind_of_policy_has_its_elements():
    with pytest.raises(MalformedPolicy, match="does not belong here"):
        parse_policy(changed(), kind="identity")
    with pytest.raises(MalformedPolicy, match="does not belong here"):
        parse_policy(changed(), kind="trust")


def test_what_yaml_makes_of_a_policy():
    document = changed(Principal={"AWS": 12345678901})
    document["Version"] = dt.date(2012, 10, 17)
    parsed_policy = parse_policy(document)
    assert parsed_policy.variables
    assert parsed_policy.statements[0].principal.aws == ("012345678901",)


@pytest.mark.parametrize("number", ["123456789012", "12345678901", "9996457667", "123456789"])
def test_an_account_id_that_yaml_took_for_a_number(number):
    for document in (
        json.dumps(changed(Principal={"AWS": int(number)})),
        changed(Principal={"AWS": int(number)}),
    ):
        assert parse_policy(document).statements[0].principal.aws == (number.zfill(12),)


def test_values_of_conditions_may_be_numbers():
    document = changed(Condition={"NumericLessThan": {"s3:max-keys": [5, "6", 7.5]}})
    for held in (document, json.dumps(document)):
        (condition,) = parse_policy(held).statements[0].conditions
        assert condition.values == ("5", "6", "7.5")
        assert {type(one) for one in condition.values} == {str}


@pytest.mark.parametrize(
    "empty",
    [
        {"Action": []},
        {"Resource": []},
        {"Principal": {}},
        {"Principal": []},
        {"Principal": {"AWS": []}},
    ],
)
def test_a_statement_with_an_empty_element_does_not_affect_a_bucket_policy(empty):
    policy = parse_policy(json.dumps(changed(**empty)))
    bucket_exposure = exposure(BucketAccess(name="b", owner_account="123456789012", policy=policy))
    assert not bucket_exposure.anonymous
    assert not bucket_exposure.accounts
    assert exposure(
        BucketAccess(name="b", owner_account="123456789012", policy=parse_policy(changed()))
    ).public


@pytest.mark.parametrize("kind", ["identity", "trust"])
def test_iam_takes_what_is_empty(kind):
    block = {"Effect": "Allow", "Action": []}
    block |= {"Principal": {"AWS": []}} if kind == "trust" else {"Resource": []}
    assert parse_policy({"Statement": [block]}, kind=kind).statements[0].actions == ()


@pytest.mark.parametrize(
    "condition",
    [
        {"Nope": {"aws:SourceIp": "203.0.113.0/24"}},
        {"NullIfExists": {"aws:SourceIp": "true"}},
        {"ForSome:Bool": {"aws:SecureTransport": "true"}},
        {"StringEquals": {"foo:bar": "x"}},
        {"IpAddress": {"aws:SourceIp": "nonsense"}},
        {"NumericLessThan": {"s3:TlsVersion": "9" * 50 + "e999"}},
        {"DateLessThan": {"aws:CurrentTime": "2024-02-30"}},
        {"StringEquals": {"sts:ExternalId": "x"}},
    ],
)
def test_the_unknown_is_taken_on_the_side_of_exposure(condition):
    document = {"Statement": [{**GOOD, "Condition": condition}]}
    bucket_exposure = exposure(
        BucketAccess(name="b", owner_account="1" * 12, policy=parse_policy(document))
    )
    assert bucket_exposure.public
    assert bucket_exposure.anonymous.scope == "all"
    assert "public" in bucket_exposure.approximations[0].questions
    assert (
        bucket_exposure.approximations[0]
        .inexactness[0]
        .path.startswith("$.Statement[0].Condition.")
    )
    whole = {"Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}
    deny = {**GOOD, **whole, "Effect": "Deny", "Condition": condition}
    document = {"Statement": [GOOD, deny]}
    bucket_exposure = exposure(
        BucketAccess(name="b", owner_account="1" * 12, policy=parse_policy(document))
    )
    assert bucket_exposure.public
    assert not bucket_exposure.exact


def test_the_unknown_is_not_told_where_nothing_hangs_on_it():
    document = {"Statement": [GOOD, {**GOOD, "Condition": {"Nope": {"x": "y"}}}]}
    bucket_exposure = exposure(
        BucketAccess(name="b", owner_account="1" * 12, policy=parse_policy(document))
    )
    assert bucket_exposure.exact


@pytest.mark.parametrize("digits", ["9" * 5000, "-" + "9" * 30, "0." + "0" * 400 + "1"])
def test_huge_numbers(digits):
    text = json.dumps(
        {"Statement": [{**GOOD, "Condition": {"NumericLessThan": {"s3:max-keys": "@"}}}]}
    ).replace('"@"', digits)
    assert parse_policy(text).statements[0].conditions[0].values == (digits,)
    exposure(BucketAccess(name="b", owner_account="1" * 12, policy=parse_policy(text)))


@pytest.mark.parametrize(
    "name",
    [
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
        "arn:aws:iam::*",  # names nobody, and is told as that
        "AROAEXAMPLE",
        "123456789012",
    ],
)
def test_principals_that_an_account_has(name):
    assert parse_policy(changed(Principal={"AWS": name})).statements[0].principal.aws == (name,)
