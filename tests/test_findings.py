"""Findings: their order, labels, words and origins."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline.findings import (
    Finding,
    Outcome,
    Resource,
    Witness,
    cause_text,
    failed,
    not_applicable,
    passed,
    unknown,
    worst,
)
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Cause, Origin, Unknown, Why
from cloudpack_baseline.texts import text

LISTED = Origin(operation="rds:DescribeDBInstances", file="main.tf", line=3)
FIELD = Origin(operation="rds:DescribeDBSnapshots")
NOTHING = text("common.verbatim", en="something", ja="何か")


def finding(*observations, resource=None):
    resource = resource or Resource(key="arn:aws:rds:::db:a", origin=LISTED)
    return Finding(control="rds-backup", resource=resource, observations=observations)


def test_an_observation_without_an_origin_has_that_of_the_record():
    why = Unknown.because(Why.DENIED, operation="rds:DescribeDBInstances")
    failing_finding = finding(passed(NOTHING), failed(NOTHING), unknown("MultiAZ", why))
    assert [observation.origin for observation in failing_finding.observations] == [LISTED] * 3


def test_an_origin_of_its_own_stays():
    assert finding(failed(NOTHING, origin=FIELD)).observations[0].origin == FIELD


def test_a_listing_has_no_origin():
    listing = Resource.listing("DBInstance", "1" * 12, "eu-west-1")
    assert finding(failed(NOTHING), resource=listing).observations[0].origin is None


@pytest.mark.parametrize(
    ("why", "operation", "detail", "id_"),
    [
        (Why.FAILED, "s3:GetX", "half an answer", "failed-as"),
        (Why.FAILED, "s3:GetX", "", "failed"),
        (Why.NOT_PROVIDED, "s3:GetX", "no file", "not-provided-by"),
        (Why.NOT_PROVIDED, "", "no file", "not-provided"),
        (Why.NOT_PROVIDED, "s3:GetX", "", "not-provided"),
        (Why.DENIED, "s3:GetX", "a reason", "denied"),
        (Why.DENIED, "s3:GetX", "service control policy", "denied-by"),
        (Why.MALFORMED, "s3:GetX", "Name: is not a text", "malformed"),
        (Why.MALFORMED, "", "Name: is not a text", "malformed-value"),
    ],
)
def test_a_cause_is_told_by_its_kind_and_by_what_is_known_of_it(why, operation, detail, id_):
    cause = Cause(why=why, operation=operation, code="Code", detail=detail)
    words = cause_text(cause)
    assert words.id == f"causes.{id_}"
    for language in ("ja", "en"):
        assert operation in words.in_language(language)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    ("why", "is_named"),
    [
        (Why.DENIED, True),
        (Why.THROTTLED, True),
        (Why.FAILED, True),
        (Why.MALFORMED, True),
        (Why.NOT_PROVIDED, False),
        (Why.UNSUPPORTED, False),
    ],
)
def test_a_message_of_its_own_names_the_calls_that_went_wrong(why, is_named, language):
    cause = Unknown.because(why, operation="s3:GetX", code="Code", actions=["s3:GetY"])
    words = unknown(NOTHING, cause).message.in_language(language)
    assert ("s3:GetX" in words) is is_named
    assert words.startswith(NOTHING.in_language(language))


def test_a_call_that_a_message_names_is_not_added():
    named = text("common.verbatim", en="s3:GetX", ja="s3:GetX")
    why = Unknown.because(Why.DENIED, operation="s3:GetX", actions=["s3:GetX"])
    assert unknown(named, why).message == named


def test_outcomes_are_written_in_reports_as_they_always_were():
    values = {outcome.name: outcome.value for outcome in Outcome}
    assert values == {
        "FAIL": "fail",
        "UNKNOWN": "unknown",
        "WAIVED": "waived",
        "PASS": "pass",
        "NOT_APPLICABLE": "not applicable",
    }


def test_what_nobody_says_is_empty():
    resource = Resource(key="template.yaml#Db")
    assert (resource.arn, resource.account, resource.region) == ("", "", "")
    assert (resource.kind, resource.name, resource.origin) == ("", "", None)
    for observation in (passed(NOTHING), not_applicable(NOTHING)):
        assert (observation.read, observation.expected) == ("", "")
    assert Witness(summary=NOTHING).command == ""


@pytest.mark.parametrize(
    ("region", "key"), [("eu-west-1", "1:eu-west-1:Bucket:*"), ("", "1:Bucket:*")]
)
def test_a_listing_is_known_by_account_region_and_kind(region, key):
    listing = Resource.listing("Bucket", "1", region)
    assert (listing.key, listing.account, listing.region) == (key, "1", region)
    assert (listing.kind, listing.name, listing.arn) == ("Bucket", "*", "")


def test_observations_stand_worst_first_and_the_worst_decides():
    why = Unknown.because(Why.FAILED)
    failing_finding = finding(
        not_applicable(NOTHING), passed(NOTHING), unknown("MultiAZ", why), failed(NOTHING)
    )
    order = [Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE]
    assert [observation.outcome for observation in failing_finding.observations] == order
    for count, outcome in enumerate(order):
        assert finding(*failing_finding.observations[count:]).outcome is outcome


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_a_failure_is_waived(outcome):
    observation = evolve(passed(NOTHING), outcome=outcome)
    waived = evolve(finding(observation), waiver=NOTHING)
    assert waived.waived is (outcome is Outcome.FAIL)
    assert not finding(observation).waived


def test_a_record_gives_its_origin():
    arn = "arn:aws:rds:eu-west-1:111111111111:db:a"
    record = Record(arn=arn, account="111111111111", name="a", origin=LISTED)
    assert Resource.of(record).origin == LISTED


@pytest.mark.parametrize(
    ("name", "key", "label"),
    [
        ("db-c", "arn:aws:ec2:r:1:subnet/subnet-1f", "db-c (arn:aws:ec2:r:1:subnet/subnet-1f)"),
        ("subnet-1f", "arn:aws:ec2:r:1:subnet/subnet-1f", "arn:aws:ec2:r:1:subnet/subnet-1f"),
        ("logs", "arn:aws:s3:::logs", "arn:aws:s3:::logs"),
        ("logs", "arn:aws:s3:::my-logs", "logs (arn:aws:s3:::my-logs)"),
        ("Db", "template.yaml#Db", "template.yaml#Db"),
        ("*", "1:r:Vpc:*", "1:r:Vpc:*"),
        ("", "arn:aws:s3:::logs", "arn:aws:s3:::logs"),
        ("a.b", "arn:aws:s3:::axb", "a.b (arn:aws:s3:::axb)"),
    ],
)
def test_a_label_names_what_the_key_does_not(name, key, label):
    assert Resource(key=key, name=name).label == label


def test_title_and_remedy_are_of_the_control():
    failing_finding = finding(passed(NOTHING))
    assert failing_finding.title.in_language("en")
    assert failing_finding.title.in_language("ja")
    assert failing_finding.title != failing_finding.remedy
    assert "BackupRetentionPeriod" in failing_finding.remedy.in_language("en")


def test_the_worst_is_first_and_nothing_is_not_applicable():
    failing_finding = finding(passed(NOTHING), failed(NOTHING))
    assert [observation.outcome for observation in failing_finding.observations] == [
        Outcome.FAIL,
        Outcome.PASS,
    ]
    assert failing_finding.outcome is Outcome.FAIL
    assert worst([]) is Outcome.NOT_APPLICABLE
