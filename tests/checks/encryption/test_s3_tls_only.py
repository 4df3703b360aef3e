"""s3-tls-only (2.2.2, 3.3)."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Baseline, Outcome, check_s3_tls_only
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.values import Origin
from support import ACCOUNT, REGION, denied, only, world

ARNS = ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]
CLEAR = {"Bool": {"aws:SecureTransport": "false"}}


def deny(**changes):
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ARNS,
        "Condition": CLEAR,
    }
    return statement | changes


def judged(*statements, policy=None, baseline=None, source="aws", **changes):
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    fields = {"arn": "arn:aws:s3:::data", "account": ACCOUNT, "region": REGION, "name": "data"}
    bucket = Bucket(**(fields | {"policy": policy} | changes))
    return only(check_s3_tls_only(world("s3-tls-only", bucket, source=source), baseline))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (deny(), "pass"),
        (deny(Principal={"AWS": "*"}), "pass"),
        (deny(Action="*"), "pass"),
        (deny(Resource="arn:aws:s3:::data*"), "pass"),
        (deny(Condition={"BoolIfExists": {"aws:SecureTransport": "false"}}), "pass"),
        (deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}), "fail"),
        # Objects or the bucket alone, one action, some principals, both conditions at once.
        (deny(Resource="arn:aws:s3:::data/*"), "fail"),
        (deny(Resource="arn:aws:s3:::data"), "fail"),
        (deny(Action="s3:GetObject"), "fail"),
        (deny(Principal={"AWS": ACCOUNT}), "fail"),
        (deny(Condition=CLEAR | {"NumericLessThan": {"s3:TlsVersion": "1.2"}}), "fail"),
        (deny(Condition={"Bool": {"aws:SecureTransport": "true"}}), "fail"),
        # An Allow over TLS is no substitute.
        (deny(Effect="Allow", Condition={"Bool": {"aws:SecureTransport": "true"}}), "fail"),
    ],
)
def test_plain_http_is_refused_to_everybody(statement, expected):
    assert judged(statement).outcome == expected


def test_two_denies_that_only_together_cover_everything():
    bucket, objects = (deny(Resource=arn) for arn in ARNS)
    assert judged(bucket, objects).outcome is Outcome.PASS


def test_a_bucket_without_policy():
    finding = judged()
    assert finding.outcome is Outcome.FAIL
    assert finding.observations[0].message.id == "encryption.no-policy"


def test_a_policy_of_a_bucket_that_is_not_in_the_template():
    elsewhere = {"source": "template", "origin": Origin(file="policy.yaml", elsewhere=True)}
    refused = judged(deny(), **elsewhere)
    assert refused.outcome is Outcome.PASS
    assert refused.notes
    assert judged(deny(Resource=ARNS[0]), **elsewhere).outcome is Outcome.FAIL
    # Without a policy, the template says nothing of it.
    (observation,) = judged(**elsewhere).observations
    assert observation.message.id == "common.none-concerned"


def test_a_failure_shows_a_request():
    finding = judged(deny(Action="s3:GetObject", Resource="arn:aws:s3:::data/*"))
    (observation,) = finding.observations
    assert "arn:aws:s3:::data" in observation.witness.summary.in_language("en")
    assert "with aws:SecureTransport = false" in [
        step.in_language("en") for step in observation.witness.steps
    ]
    assert "HTTP" in observation.witness.summary.in_language("ja")


def test_the_lowest_tls_version_is_a_note():
    version = deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})
    (note,) = judged(deny(), version).notes
    assert note.in_language("en") == "the lowest TLS version that is not denied is 1.2"
    # A bucket that refuses everything has none.
    everything = deny()
    del everything["Condition"]
    assert judged(everything).notes == ()


def test_a_policy_that_was_not_read():
    assert judged(policy=denied()).outcome is Outcome.UNKNOWN
    assert judged(policy="{").outcome is Outcome.UNKNOWN


def test_a_statement_that_cannot_be_taken_exactly():
    odd = deny(Condition=CLEAR | {"StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}"}})
    assert judged(odd).outcome is Outcome.FAIL
    unheard = deny(Condition=CLEAR | {"StringUnlike": {"aws:userid": "x"}})
    finding = judged(unheard)
    assert finding.outcome is Outcome.UNKNOWN
    (observation,) = finding.observations
    cause = "$.Statement[0].Condition.StringUnlike: unknown operator"
    assert observation.message.in_language("en").endswith(f": {cause}")
    assert [cause.detail for cause in observation.causes] == [cause]


def test_a_declared_website_is_exempt():
    baseline = Baseline.from_mapping({"buckets": [{"name": "data", "website": True}]})
    assert judged(baseline=baseline).outcome is Outcome.NOT_APPLICABLE


def test_no_bucket():
    assert only(check_s3_tls_only(world("s3-tls-only"))).outcome is Outcome.NOT_APPLICABLE


def test_a_deny_that_leaves_the_bucket_out():
    finding = judged(deny(Resource="arn:aws:s3:::data/*"))
    (observation,) = finding.observations
    assert observation.outcome is Outcome.FAIL
    assert (
        "not all requests about the bucket itself: deny every action on arn:aws:s3:::data as well"
        in (observation.message.in_language("en"))
    )
    assert observation.witness.command.startswith("curl 'http://data.s3.")
    finding = judged(deny(Resource="arn:aws:s3:::data"))
    assert "does not deny every request" in finding.observations[0].message.in_language("en")
