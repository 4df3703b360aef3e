"""How trails are read: from moto's answers, and from odd ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from cloudpack_baseline.model.cloudtrail import (
    AdvancedSelector,
    DataResource,
    EventSelector,
    FieldSelector,
    Trail,
)
from cloudpack_baseline.model.cloudtrail_events import RootSession
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.aws import gather_account
from cloudpack_baseline.sources.calls import CallError, Calls
from cloudpack_baseline.sources.gatherers import gatherer_of
from fakes import calls
from support import ACCOUNT, REGION

FIELDS = ("logging", "event_selectors", "advanced_selectors")
ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/all"


def created(session, name="all", **changes):
    s3 = session.client("s3")
    place = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=f"{name}-logs", CreateBucketConfiguration=place)
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:*",
        "Resource": "*",
    }
    s3.put_bucket_policy(Bucket=f"{name}-logs", Policy=json.dumps({"Statement": [allowed]}))
    client = session.client("cloudtrail")
    client.create_trail(Name=name, S3BucketName=f"{name}-logs", **changes)
    return client


def gathered(session, *fields):
    snapshot = gather_account(session, [reads(Trail, *fields)], regions=[REGION, "us-east-1"])
    return snapshot.all(Trail, ACCOUNT)


def test_a_trail_of_every_region_is_one_record(session):
    client = created(session, IsMultiRegionTrail=True, EnableLogFileValidation=True)
    client.start_logging(Name="all")
    objects = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}
    client.put_event_selectors(
        TrailName="all",
        EventSelectors=[
            {
                "ReadWriteType": "WriteOnly",
                "IncludeManagementEvents": False,
                "DataResources": [objects],
            }
        ],
    )
    (trail,) = gathered(session, *FIELDS)
    assert (trail.arn, trail.region, trail.s3_bucket) == (ARN, REGION, "all-logs")
    assert trail.multi_region
    assert trail.log_file_validation
    assert not trail.organization
    assert trail.logging is True
    assert trail.event_selectors == (
        EventSelector(
            read_write_type="WriteOnly",
            data_resources=(DataResource(type="AWS::S3::Object", values=("arn:aws:s3",)),),
            include_management_events=False,
        ),
    )
    assert trail.advanced_selectors == ()


def test_advanced_selectors(session):
    client = created(session)
    client.put_event_selectors(
        TrailName="all",
        AdvancedEventSelectors=[
            {
                "Name": "objects",
                "FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Data"]},
                    {"Field": "resources.ARN", "NotStartsWith": ["arn:aws:s3:::tmp/"]},
                ],
            }
        ],
    )
    (trail,) = gathered(session, *FIELDS)
    assert trail.logging is False
    assert trail.advanced_selectors == (
        AdvancedSelector(
            name="objects",
            field_selectors=(
                FieldSelector(field="eventCategory", equals=("Data",)),
                FieldSelector(field="resources.ARN", not_starts_with=("arn:aws:s3:::tmp/",)),
            ),
        ),
    )


def test_what_nobody_asked_for_is_not_called(session):
    created(session)
    (trail,) = gathered(session)
    for name in FIELDS:
        assert getattr(trail, name).causes[0].why is Why.NOT_GATHERED


class Answers:
    """A transport: one trail, and what each operation answers (a code: the error)."""

    assumptions = frozenset()

    def __init__(self, **answers):
        self.answers = answers
        self.called = []

    def pages(self, operation, region, parameters):
        self.called.append((operation.name, region, dict(parameters)))
        held = self.answers[operation.name]
        if isinstance(held, str):
            raise CallError(held)
        yield held

    def release(self, client, region):
        pass


TOLD = {"Name": "all", "TrailARN": ARN, "HomeRegion": REGION}
GOOD = {
    "DescribeTrails": {"trailList": [TOLD]},
    "GetTrailStatus": {"IsLogging": True},
    "GetEventSelectors": {"EventSelectors": []},
}


def run(region=REGION, **answers):
    transport = Answers(**(GOOD | answers))
    calls = Calls(transport=transport, account=ACCOUNT, partition="aws", region=region)
    return gatherer_of(Trail).run(calls, frozenset(FIELDS)), transport


def test_a_shadow_is_asked_about_at_home():
    gathering, transport = run("eu-west-1")
    assert gathering.records[0].region == REGION
    assert ("GetTrailStatus", REGION, {"Name": ARN}) in transport.called
    assert ("GetEventSelectors", REGION, {"TrailName": ARN}) in transport.called


def test_selectors_of_an_organizations_trail_are_told_by_its_own_account():
    theirs = ARN.replace(ACCOUNT, "999988887777")
    gathering, transport = run(DescribeTrails={"trailList": [TOLD | {"TrailARN": theirs}]})
    (trail,) = gathering.records
    assert trail.logging is True
    assert trail.event_selectors.causes[0].why is Why.NOT_PROVIDED
    assert "999988887777" in trail.event_selectors.causes[0].detail
    assert "GetEventSelectors" not in [name for name, *_ in transport.called]


@pytest.mark.parametrize(
    ("operation", "answer", "fields"),
    [
        ("GetTrailStatus", "AccessDeniedException", ["logging"]),
        ("GetTrailStatus", {}, ["logging"]),
        ("GetTrailStatus", {"IsLogging": "yes"}, ["logging"]),
        ("GetEventSelectors", "AccessDeniedException", ["event_selectors", "advanced_selectors"]),
        (
            "GetEventSelectors",
            {"EventSelectors": [{"ReadWriteType": "Some"}]},
            ["event_selectors"],
        ),
        (
            "GetEventSelectors",
            {"EventSelectors": [{"DataResources": [{"Type": "x", "Values": [1]}]}]},
            ["event_selectors"],
        ),
        ("GetEventSelectors", {"AdvancedEventSelectors": [{}]}, ["advanced_selectors"]),
    ],
)
def test_what_cannot_be_read_is_unknown(operation, answer, fields):
    (trail,) = run(**{operation: answer})[0].records
    unread = [name for name in FIELDS if isinstance(getattr(trail, name), Unknown)]
    assert unread == fields


def test_an_odd_trail_is_named_and_costs_only_itself():
    gathering, _ = run(DescribeTrails={"trailList": [{"Name": "odd"}, TOLD]})
    assert len(gathering.records) == 1
    assert gathering.unknown.causes[0].why is Why.MALFORMED


def test_trails_that_may_not_be_listed():
    gathering, _ = run(DescribeTrails="AccessDeniedException")
    assert gathering.records == ()
    assert gathering.unknown.causes[0].why is Why.DENIED


def event(**content):
    """An event as CloudTrail lists it."""
    request = {"requestParameters": {"targetPrincipal": "222222222222"}}
    return {
        "EventId": "e-1",
        "EventName": "AssumeRoot",
        "EventTime": "2026-10-20T22:00:00Z",
        "CloudTrailEvent": json.dumps(request | content),
    }


def root_session(item):
    answers = {"cloudtrail:LookupEvents": {"Events": [item]}}
    (record,) = gatherer_of(RootSession).run(calls(answers), frozenset()).records
    return record


def test_a_session_for_the_root_user_of_a_member():
    record = root_session(event())
    assert record.target_account == "222222222222"
    assert record.event_time == datetime(2026, 10, 20, 22, tzinfo=UTC)
    arn = {"requestParameters": {"targetPrincipal": "arn:aws:iam::222222222222:root"}}
    assert root_session(event(**arn)).target_account == "222222222222"
    assert root_session(event(errorCode="AccessDenied")).target_account is None


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", '{"requestParameters": {"targetPrincipal": "me"}}', 1],
)
def test_an_odd_event_is_unknown(content):
    record = root_session(event() | {"CloudTrailEvent": content})
    assert isinstance(record.target_account, Unknown)
    assert record.event_time is not None
