"""Policies that are meant to hurt: the answer errs on the side of exposure, and says so."""

from __future__ import annotations

import itertools

import pytest

from cloudpack_baseline.access import (
    BucketAccess,
    MalformedPolicy,
    can_act_from_outside,
    compare_access,
    exposure,
    has_full_admin,
    parse_policy,
    who_can_assume,
)
from cloudpack_baseline.access.denies import subtract
from cloudpack_baseline.access.patterns import ANYTHING, glob, string_classes
from cloudpack_baseline.access.rules import Rule
from cloudpack_baseline.access.source_binding import bound_requests
from cloudpack_baseline.access.space import RequestSet, Space

BUCKET = "arn:aws:s3:::b"
HURTING = "*?a?*b" * 100
TRIPLES = list(itertools.islice(itertools.combinations(range(40), 3), 0, 9880, 82))


def statement(effect, condition=None, **fields):
    found = {
        "Effect": effect,
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"{BUCKET}/*",
        **fields,
    }
    found = {name: value for name, value in found.items() if value is not None}
    return {**found, "Condition": condition} if condition else found


def judged(*statements):
    policy = parse_policy({"Version": "2012-10-17", "Statement": list(statements)})
    return exposure(BucketAccess(name="b", owner_account="123456789012", policy=policy))


def tagged(triple):
    return {"StringNotEquals": {f"aws:PrincipalTag/k{number}": "x" for number in triple}}


def test_patterns_that_cannot_be_taken_apart():
    bucket_exposure = judged(
        statement("Allow", Resource=[f"{BUCKET}/{HURTING}{n}" for n in range(20)])
    )
    assert (bucket_exposure.policy_public, bucket_exposure.exact) == (True, False)


def test_a_simple_pattern_beside_them_stays_exact():
    hurting = [f"{BUCKET}/pub/{HURTING}{n}" for n in range(20)]
    bucket_exposure = judged(
        statement("Allow", Resource=[*hurting, f"{BUCKET}/open/*"]),
        statement("Deny", Resource=f"{BUCKET}/pub/*"),
    )
    assert bucket_exposure.anonymous.scope == "all"
    assert bucket_exposure.anonymous.witness.request.resource.startswith(f"{BUCKET}/open/")


def test_many_values_of_a_key_with_many_values():
    tests = [
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"o-1/*/ou-{n}/*"}} for n in range(14)
    ]
    tests += [
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": [f"o-{n}/", f"o-{n + 1}/"]}}
        for n in range(14)
    ]
    bucket_exposure = judged(statement("Allow"), *(statement("Deny", test) for test in tests[:14]))
    assert bucket_exposure.anonymous.scope == "all"
    bucket_exposure = judged(statement("Allow"), *(statement("Deny", test) for test in tests))
    assert not bucket_exposure.exact


@pytest.mark.lengthy
def test_denies_that_outgrow_the_limit_are_left_out():
    bucket_exposure = judged(statement("Allow"), *(statement("Deny", tagged(t)) for t in TRIPLES))
    assert (bucket_exposure.policy_public, bucket_exposure.exact) == (True, False)


@pytest.mark.parametrize("steps", [0, 100])
def test_a_deny_beyond_the_steps_is_left_out(steps):
    space = Space((2, 2))
    everything = RequestSet.everything(space)
    denied = RequestSet.box(space, {0: 1, 1: 1})
    rule = Rule("d", "policy", "$", allows=False, low=denied, high=denied)
    high, low, skipped = subtract(space, everything, [rule], rules=1, steps=steps)
    expected = (everything - denied, [])
    if not steps:
        expected = (everything, [rule])
    assert (high, skipped) == expected
    assert low == (high if steps else RequestSet.nothing(space))


@pytest.mark.lengthy
def test_a_role_with_denies_that_outgrow_the_limit():
    denies = [
        statement("Deny", tagged(t), Action="sts:AssumeRole", Resource=None, Principal={"AWS": "*"})
        for t in TRIPLES
    ]
    allow = statement("Allow", Action=None, NotAction="sts:TagSession", Resource=None)
    trust = parse_policy({"Version": "2012-10-17", "Statement": [allow, *denies]}, kind="trust")
    assert any(one.principal == "*" for one in who_can_assume(trust, account="123456789012"))


def identity(*statements):
    changed = [{**statement, "Principal": None} for statement in statements]
    kept = [{name: value for name, value in one.items() if value} for one in changed]
    return parse_policy({"Version": "2012-10-17", "Statement": kept}, kind="identity")


@pytest.mark.lengthy
def test_an_identity_with_denies_that_outgrow_the_limit():
    denies = [statement("Deny", tagged(t), Action="*", Resource="*") for t in TRIPLES]
    policy = identity(statement("Allow", Action="*", Resource="*"), *denies)
    outside_request = can_act_from_outside([policy], networks=["203.0.113.0/24"])
    assert outside_request is not None
    assert not outside_request.exact


def test_a_boundary_that_outgrows_the_limit():
    pairs = [
        {
            "StringLike": {
                f"aws:PrincipalTag/k{a}": "*x*",
                f"aws:PrincipalTag/k{b}": "*y*",
                f"aws:RequestTag/k{c}": "*z*",
            }
        }
        for a, b, c in TRIPLES
    ]
    boundary = identity(*(statement("Allow", pair, Action="*", Resource="*") for pair in pairs))
    policy = identity(statement("Allow", Action="*", Resource="*"))
    assert (
        can_act_from_outside([policy], networks=["203.0.113.0/24"], boundary=boundary) is not None
    )


def test_actions_that_cannot_be_taken_apart():
    policy = identity(
        *(statement("Allow", Action=f"*{letter}*", Resource="*") for letter in "abcdefghijklmnop")
    )
    full_admin = has_full_admin([policy])
    assert not full_admin.exact


def test_one_statement_with_many_stars_is_exact():
    actions = ["*a*b" * 40 + str(number) for number in range(30)]
    policy = identity(statement("Allow", Action=actions, Resource="*"))
    full_admin = has_full_admin([policy])
    assert full_admin.exact
    assert not full_admin.full


def test_a_long_action_is_no_action_of_s3():
    assert judged(statement("Allow", Action="s3:" + "*?" * 9_000)).anonymous.scope == "none"


def test_every_letter_is_taken():
    letters = "kxyzabcdefghijlmnopqrstuvw0123456789KXYZABCDEFGHIJLMNOPQRSTUVW-_.~"
    bucket_exposure = judged(
        statement("Allow"),
        statement("Deny", Resource=[f"{BUCKET}/{letter}*" for letter in letters]),
    )
    assert bucket_exposure.anonymous.scope == "all"


def test_no_word_beyond_the_alphabet():
    heads = [(glob((("a*", False),)),), (glob((("b*", False),)),)]
    assert {vector for _, vector in string_classes(heads, alphabet="ab")} == {0, 1, 2}
    assert "" not in dict(string_classes(heads, alphabet="ab", empty=False))
    longer = [(glob((("a*", False),)),), (glob((("b", False),)),)]
    assert ("ba", 0) in string_classes(longer, alphabet="ab", empty=False)


def test_loosened_patterns_match_no_less():
    assert glob((("ab*c?", False),)).loosened() == glob((("ab*", False),))
    assert glob((("ab*c?", False),), fold=True).loosened() == ANYTHING
    assert glob((("ab", False),)).loosened() == glob((("ab", False),))


def test_a_number_that_python_does_not_print():
    tests = {"NumericLessThan": {"s3:max-keys": 10**20_000}}
    allow = statement("Allow", tests, Action="s3:ListBucket", Resource=BUCKET)
    bucket_exposure = judged(allow)
    assert bucket_exposure.by_access["list"]
    assert not bucket_exposure.by_access["read"]


@pytest.mark.parametrize("depth", [900, 950, 980, 5_000])
def test_depth(depth):
    with pytest.raises(MalformedPolicy):
        parse_policy('{"Statement": ' + "[" * depth + "]" * depth + "}")


@pytest.mark.parametrize(
    "pattern", ["iam:" + "*?" * 1_500 + "z", "iam:" + "*-" * 3_000 + "z", "*" + "?*a" * 500]
)
def test_patterns_that_backtrack_elsewhere_are_matched_in_linear_time(pattern):
    policy = identity(statement("Allow", Action=pattern, Resource="*"))
    assert not has_full_admin([policy]).full
    outside_request = can_act_from_outside([policy], networks=["203.0.113.0/24"])
    assert outside_request is not None
    role = "arn:aws:iam::123456789012:role/" + pattern.partition(":")[2]
    passing = identity(statement("Allow", Action="iam:PassRole", Resource=role))
    assert not has_full_admin([passing]).full


@pytest.mark.parametrize(("number", "accepted"), [(600, True), (601, False)])
def test_more_statements_than_aws_accepts_are_no_policy(number, accepted):
    document = {"Statement": [statement("Deny")] * number}
    if accepted:
        assert len(parse_policy(document).statements) == number
        return
    with pytest.raises(MalformedPolicy, match=r"has too many members: 601 @ \$\.Statement$"):
        parse_policy(document)


def test_what_binds_services_is_computed_once_for_all_principals(monkeypatch):
    calls = []
    monkeypatch.setattr(
        "cloudpack_baseline.access.excess.bound_requests",
        lambda analysis: calls.append(analysis) or bound_requests(analysis),
    )
    accounts = [f"arn:aws:iam::{number}:root" for number in range(10**11, 10**11 + 20)]
    policy = parse_policy({"Statement": [statement("Allow", Principal={"AWS": accounts})]})
    bucket = BucketAccess(name="b", owner_account="123456789012", policy=policy)
    assert (len(compare_access(bucket, []).excess), len(calls)) == (20, 1)
