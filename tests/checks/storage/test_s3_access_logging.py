"""s3-access-logging (4.5.3 item 4)."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_s3_access_logging
from cloudpack_baseline.model.cloudtrail import (
    AdvancedSelector,
    DataResource,
    EventDataStore,
    EventSelector,
    FieldSelector,
    Trail,
)
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.s3 import Bucket, Grant, Logging
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.model.values import Unknown, Why
from support import ACCOUNT, REGION, denied, world

MANAGEMENT = "999988887777"
UNREAD = denied("s3:GetBucketLogging")
HIDDEN = denied("cloudtrail:GetEventSelectors")
DATA = FieldSelector(field="eventCategory", equals=("Data",))
OBJECTS = FieldSelector(field="resources.type", equals=("AWS::S3::Object",))


def bucket(name="data", **changes):
    fields = {"arn": f"arn:aws:s3:::{name}", "account": ACCOUNT, "region": REGION, "name": name}
    return Bucket(**(fields | changes))


def logged(name="data", target="logs"):
    return bucket(name, logging=Logging(target_bucket=target))


def trail(*selectors, owner=ACCOUNT, **changes):
    fields = {
        "arn": f"arn:aws:cloudtrail:{REGION}:{owner}:trail/all",
        "account": ACCOUNT,
        "region": REGION,
        "name": "all",
        "s3_bucket": "trail-logs",
        "logging": True,
        "event_selectors": tuple(
            selector for selector in selectors if isinstance(selector, EventSelector)
        ),
        "advanced_selectors": tuple(
            selector for selector in selectors if isinstance(selector, AdvancedSelector)
        ),
    }
    return Trail(**(fields | changes))


def simple(*values, kind="All", type_="AWS::S3::Object"):
    return EventSelector(
        read_write_type=kind, data_resources=(DataResource(type=type_, values=values),)
    )


def advanced(*fields):
    return AdvancedSelector(field_selectors=fields)


ALL = simple("arn:aws:s3")
SERVICE = {"Service": "logging.s3.amazonaws.com"}
OTHER_SERVICE = {"Service": "cloudtrail.amazonaws.com"}


def judged(*records, baseline=None, **changes):
    snapshot = world("s3-access-logging", *records, **changes)
    assessment = check_s3_access_logging(snapshot, baseline)
    return {
        finding.resource.name: finding
        for finding in assessment.findings
        if finding.resource.kind == "Bucket"
    }


def outcome(*records, **changes):
    return judged(*records, **changes)["data"].outcome


def declared(**keys):
    return Baseline.from_mapping({"buckets": [{"name": "data"} | keys]})


class TestServerAccessLogs:
    def test_on(self):
        finding_by_name = judged(logged(), bucket("logs"))
        assert finding_by_name["data"].outcome is Outcome.PASS
        assert finding_by_name["data"].observations[0].read == "TargetBucket=logs"
        # What receives logs is not asked for logs of its own.
        assert finding_by_name["logs"].outcome is Outcome.NOT_APPLICABLE

    def test_off(self):
        finding = judged(bucket())["data"]
        assert finding.outcome is Outcome.FAIL
        assert finding.observations[0].read == "LoggingEnabled="

    def test_into_itself(self):
        assert outcome(logged(target="data")) is Outcome.PASS

    def test_into_a_bucket_that_is_gone(self):
        finding = judged(logged())["data"]
        assert finding.outcome is Outcome.FAIL
        assert finding.observations[0].message.id == "storage.target-gone"
        assert outcome(logged(), trail(ALL)) is Outcome.PASS

    def test_the_target_of_a_template_may_be_in_another_one(self):
        planned = world("s3-access-logging", logged(), source="template")
        (finding,) = check_s3_access_logging(planned).findings
        assert finding.outcome is Outcome.PASS

    def test_the_target_may_be_among_those_that_were_not_listed(self):
        assert outcome(logged(), gaps={"Bucket": denied("s3:ListBuckets")}) is Outcome.PASS

    def test_unread(self):
        assert outcome(bucket(logging=UNREAD)) is Outcome.UNKNOWN
        assert outcome(bucket(logging=UNREAD), trail(ALL)) is Outcome.PASS

    def test_a_bucket_of_a_trail_receives_logs(self):
        finding_by_name = judged(bucket("trail-logs"), trail())
        assert finding_by_name["trail-logs"].outcome is Outcome.NOT_APPLICABLE

    @pytest.mark.parametrize(
        ("effect", "element", "principal", "action", "expected"),
        [
            ("Allow", "Principal", SERVICE, "s3:PutObject", Outcome.NOT_APPLICABLE),
            ("Allow", "Principal", SERVICE, ["s3:Get*", "s3:Put*"], Outcome.NOT_APPLICABLE),
            ("Allow", "Principal", SERVICE, "s3:GetObject", Outcome.FAIL),
            ("Deny", "Principal", SERVICE, "s3:PutObject", Outcome.FAIL),
            ("Allow", "NotPrincipal", SERVICE, "s3:PutObject", Outcome.FAIL),
            ("Allow", "Principal", OTHER_SERVICE, "s3:PutObject", Outcome.FAIL),
            ("Allow", "Principal", "*", "s3:PutObject", Outcome.FAIL),
        ],
    )
    def test_a_bucket_whose_policy_admits_logs(self, effect, element, principal, action, expected):
        statement = {
            "Effect": effect,
            element: principal,
            "Action": action,
            "Resource": "arn:aws:s3:::data/*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        assert outcome(bucket(policy=policy)) is expected
        unread = bucket(policy=policy, logging=UNREAD)
        excused = expected is Outcome.NOT_APPLICABLE
        assert outcome(unread) is (expected if excused else Outcome.UNKNOWN)
        # What is logged passes all the same.
        assert outcome(bucket(policy=policy), trail(ALL)) is Outcome.PASS

    def test_one_of_several_statements_is_enough(self):
        admitting = {
            "Effect": "Allow",
            "Principal": SERVICE,
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::data/*",
        }
        other = admitting | {"Principal": OTHER_SERVICE}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [other, admitting]})
        assert outcome(bucket(policy=policy)) is Outcome.NOT_APPLICABLE
        # What surely receives logs is told with their source.
        receiver = bucket("logs", policy=policy)
        (observation,) = judged(logged(), receiver)["logs"].observations
        assert observation.message.id == "storage.receives-logs"

    @pytest.mark.parametrize(
        ("group", "permission", "expected"),
        [
            ("s3/LogDelivery", "WRITE", Outcome.NOT_APPLICABLE),
            ("s3/LogDelivery", "READ_ACP", Outcome.FAIL),
            ("global/AllUsers", "WRITE", Outcome.FAIL),
        ],
    )
    def test_a_bucket_whose_acl_admits_logs(self, group, permission, expected):
        uri = f"http://acs.amazonaws.com/groups/{group}"
        grant = Grant(grantee=uri, grantee_type="Group", permission=permission)
        assert outcome(bucket(acl=(grant,))) is expected

    @pytest.mark.parametrize(
        ("unread", "name"),
        [
            ({"acl": denied("s3:GetBucketAcl")}, "Grants"),
            ({"policy": denied("s3:GetBucketPolicy")}, "Policy"),
            ({"policy": denied("s3:GetBucketPolicy"), "logging": UNREAD}, "LoggingEnabled"),
        ],
    )
    def test_what_is_not_read_may_admit_logs(self, unread, name):
        (observation,) = judged(bucket(**unread))["data"].observations
        assert observation.outcome is Outcome.UNKNOWN
        assert observation.message.in_language("en").startswith(f"{name} could not be read")
        assert outcome(bucket(**unread), trail(ALL)) is Outcome.PASS

    def test_a_malformed_policy_admits_no_logs(self):
        assert outcome(bucket(policy="{")) is Outcome.FAIL

    def test_a_bucket_that_is_declared_to_receive_logs(self):
        assert outcome(bucket(), baseline=declared(logs=True)) is Outcome.NOT_APPLICABLE
        unread = bucket(logging=UNREAD)
        assert outcome(unread, baseline=declared(logs=True)) is Outcome.NOT_APPLICABLE


class TestSimpleSelectors:
    @pytest.mark.parametrize(
        ("selectors", "expected"),
        [
            ([ALL], "pass"),
            ([simple("arn:aws:s3:::")], "pass"),
            ([simple("arn:aws:s3:::data/")], "pass"),
            ([simple("arn:aws:s3:::other/", "arn:aws:s3:::data/")], "pass"),
            ([simple("arn:aws:s3:::data/", kind="ReadOnly")], "fail"),
            ([simple("arn:aws:s3:::data/", kind="WriteOnly")], "fail"),
            (
                [
                    simple("arn:aws:s3:::data/", kind="ReadOnly"),
                    simple("arn:aws:s3:::data/", kind="WriteOnly"),
                ],
                "pass",
            ),
            # Some keys only, another bucket, another partition, another kind, nothing.
            ([simple("arn:aws:s3:::data/private/")], "fail"),
            ([simple("arn:aws:s3:::data-2/")], "fail"),
            ([simple("arn:aws-cn:s3")], "fail"),
            ([simple("arn:aws:lambda", type_="AWS::Lambda::Function")], "fail"),
            ([simple()], "fail"),
            ([EventSelector()], "fail"),
            ([], "fail"),
        ],
    )
    def test_every_object(self, selectors, expected):
        assert outcome(bucket(), trail(*selectors)) == expected

    def test_reads_and_writes_by_two_trails(self):
        reads = trail(simple("arn:aws:s3", kind="ReadOnly"))
        writes = evolve(
            trail(simple("arn:aws:s3", kind="WriteOnly")), arn=reads.arn + "-2", name="writes"
        )
        assert outcome(bucket(), reads, writes) is Outcome.PASS
        assert outcome(bucket(), reads) is Outcome.FAIL


def arn(**operators):
    return FieldSelector(field="resources.ARN", **operators)


def equal(field, *values):
    return FieldSelector(field=field, equals=values)


class TestAdvancedSelectors:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ([DATA, OBJECTS], "pass"),
            ([DATA, equal("resources.type", "AWS::S3::AccessPoint", "AWS::S3::Object")], "pass"),
            ([DATA, OBJECTS, arn(starts_with=("arn:aws:s3:::data/",))], "pass"),
            ([DATA, OBJECTS, arn(starts_with=("arn:aws:s3:::other/", "arn:aws:s3:::da"))], "pass"),
            ([DATA, OBJECTS, arn(not_starts_with=("arn:aws:s3:::data-2/",))], "pass"),
            ([DATA, OBJECTS, equal("readOnly", "true", "false")], "pass"),
            ([DATA, OBJECTS, equal("eventSource", "s3.amazonaws.com")], "pass"),
            ([DATA], "fail"),
            ([OBJECTS], "fail"),
            ([equal("eventCategory", "Management"), OBJECTS], "fail"),
            (
                [DATA, FieldSelector(field="resources.type", not_equals=("AWS::S3::Object",))],
                "fail",
            ),
            ([DATA, OBJECTS, arn(starts_with=("arn:aws:s3:::data/private/",))], "fail"),
            ([DATA, OBJECTS, arn(starts_with=("arn:aws:s3:::other/",))], "fail"),
            ([DATA, OBJECTS, arn(equals=("arn:aws:s3:::data/x",))], "fail"),
            ([DATA, OBJECTS, arn(not_equals=("arn:aws:s3:::data/x",))], "fail"),
            ([DATA, OBJECTS, arn(ends_with=(".html",))], "fail"),
            ([DATA, OBJECTS, arn(not_ends_with=(".html",))], "fail"),
            ([DATA, OBJECTS, arn(not_starts_with=("arn:aws:s3:::data/tmp/",))], "fail"),
            ([DATA, OBJECTS, arn(not_starts_with=("arn:aws:s3:::d",))], "fail"),
            ([DATA, OBJECTS, equal("readOnly", "true")], "fail"),
            ([DATA, OBJECTS, equal("readOnly", "false")], "fail"),
            ([DATA, OBJECTS, equal("readOnly", "maybe")], "fail"),
            ([DATA, OBJECTS, FieldSelector(field="readOnly", not_equals=("true",))], "fail"),
            ([DATA, OBJECTS, equal("eventSource", "s3-outposts.amazonaws.com")], "fail"),
            ([DATA, OBJECTS, equal("eventName", "PutObject")], "fail"),
            ([DATA, OBJECTS, equal("userIdentity.arn", "arn:aws:iam::1:root")], "fail"),
        ],
    )
    def test_every_object(self, fields, expected):
        assert outcome(bucket(), trail(advanced(*fields))) == expected

    def test_reads_and_writes_by_two_selectors(self):
        reads = advanced(DATA, OBJECTS, equal("readOnly", "true"))
        writes = advanced(DATA, OBJECTS, equal("readOnly", "false"))
        assert outcome(bucket(), trail(reads, writes)) is Outcome.PASS


class TestTrails:
    def test_that_is_not_recording(self):
        assert outcome(bucket(), trail(ALL, logging=False)) is Outcome.FAIL

    def test_of_which_nobody_knows_whether_it_records(self):
        hidden = denied("cloudtrail:GetTrailStatus")
        assert outcome(bucket(), trail(ALL, logging=hidden)) is Outcome.UNKNOWN
        # It records no objects in any case.
        assert outcome(bucket(), trail(logging=hidden)) is Outcome.FAIL

    def test_of_another_region(self):
        trail_record = trail(ALL, region="us-east-1")
        assert outcome(bucket(), trail_record) is Outcome.FAIL
        assert outcome(bucket(), evolve(trail_record, multi_region=True)) is Outcome.PASS

    def test_whose_selectors_were_not_read(self):
        hidden = trail(event_selectors=HIDDEN, advanced_selectors=HIDDEN)
        finding = judged(bucket(), hidden)["data"]
        assert finding.outcome is Outcome.UNKNOWN
        assert "GetEventSelectors" in finding.observations[0].message.in_language("en")
        assert outcome(logged(), bucket("logs"), hidden) is Outcome.PASS

    def test_that_were_not_listed(self):
        gaps = {"Trail": denied("cloudtrail:DescribeTrails")}
        assert outcome(bucket(), gaps=gaps) is Outcome.UNKNOWN
        assert outcome(bucket(), trail(ALL), gaps=gaps) is Outcome.PASS

    def test_of_a_region_that_was_not_read(self):
        # A trail of that region alone may record it.
        assert outcome(bucket(region="eu-west-1")) is Outcome.UNKNOWN
        assert outcome(bucket(region="eu-west-1"), trail(ALL, multi_region=True)) is Outcome.PASS

    def test_of_a_bucket_whose_region_was_not_told(self):
        assert outcome(bucket(region="")) is Outcome.FAIL
        assert outcome(bucket(region=""), trail()) is Outcome.FAIL
        assert outcome(bucket(region=""), trail(ALL)) is Outcome.UNKNOWN
        assert outcome(bucket(region=""), trail(ALL, multi_region=True)) is Outcome.PASS
        gaps = {"Trail": denied("cloudtrail:DescribeTrails")}
        assert outcome(bucket(region=""), gaps=gaps) is Outcome.UNKNOWN

    def test_of_the_organization(self):
        not_told = Unknown.because(Why.NOT_PROVIDED, detail="EventSelectors")
        trail_record = trail(
            owner=MANAGEMENT,
            multi_region=True,
            event_selectors=not_told,
            advanced_selectors=not_told,
        )
        assert outcome(bucket(), trail_record) is Outcome.UNKNOWN
        # The management account was read as well: its own record tells.
        theirs = evolve(
            trail_record, account=MANAGEMENT, event_selectors=(ALL,), advanced_selectors=()
        )
        accounts = tuple(
            AccountScope(id=account, regions=(REGION,)) for account in (ACCOUNT, MANAGEMENT)
        )
        assert outcome(bucket(), trail_record, theirs, accounts=accounts) is Outcome.PASS
        changed_theirs = evolve(theirs, event_selectors=())
        assert outcome(bucket(), trail_record, changed_theirs, accounts=accounts) is Outcome.FAIL


STORE_UNREAD = denied("cloudtrail:GetEventDataStore")
EVERY_OBJECT = advanced(DATA, OBJECTS)
BOTH = tuple(AccountScope(id=account, regions=(REGION,)) for account in (ACCOUNT, MANAGEMENT))


def store(*selectors, owner=ACCOUNT, **changes):
    fields = {
        "arn": f"arn:aws:cloudtrail:{REGION}:{owner}:eventdatastore/1234",
        "account": owner,
        "region": REGION,
        "name": "lake",
        "status": "ENABLED",
        "advanced_selectors": selectors or (EVERY_OBJECT,),
    }
    return EventDataStore(**(fields | changes))


def organization(account=ACCOUNT, name="o-1"):
    return Organization(
        arn=f"arn:aws:organizations::{MANAGEMENT}:organization/{name}",
        account=account,
        name=name,
        id=name,
        management_account=MANAGEMENT,
    )


def notes(*records, **changes):
    return [note.id for note in judged(*records, **changes)["data"].notes]


class TestEventDataStores:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "pass"),
            ({"status": "CREATED"}, "fail"),
            ({"status": "STARTING_INGESTION"}, "fail"),
            ({"status": "STOPPING_INGESTION"}, "fail"),
            ({"status": "STOPPED_INGESTION"}, "fail"),
            ({"status": "PENDING_DELETION"}, "fail"),
            ({"status": STORE_UNREAD}, "unknown"),
            ({"status": STORE_UNREAD, "advanced_selectors": ()}, "fail"),
            ({"advanced_selectors": STORE_UNREAD}, "unknown"),
            ({"advanced_selectors": STORE_UNREAD, "status": "STOPPED_INGESTION"}, "fail"),
            ({"region": "us-east-1"}, "fail"),
            ({"region": "us-east-1", "multi_region": True}, "pass"),
            ({"region": "us-east-1", "multi_region": STORE_UNREAD}, "unknown"),
            # One of the organization takes events of its own account too.
            ({"organization": True}, "pass"),
            ({"advanced_selectors": (advanced(DATA, OBJECTS, equal("readOnly", "true")),)}, "fail"),
            ({"advanced_selectors": (advanced(equal("eventCategory", "Insight")),)}, "fail"),
        ],
    )
    def test_of_the_account(self, changes, expected):
        assert outcome(bucket(), store(**changes)) == expected

    def test_reads_by_a_trail_and_writes_by_a_store(self):
        reads = trail(simple("arn:aws:s3", kind="ReadOnly"))
        writes = store(advanced(DATA, OBJECTS, equal("readOnly", "false")))
        assert outcome(bucket(), reads, writes) is Outcome.PASS
        assert outcome(bucket(), writes) is Outcome.FAIL

    def test_of_a_bucket_whose_region_was_not_told(self):
        assert outcome(bucket(region=""), store()) is Outcome.UNKNOWN
        assert outcome(bucket(region=""), store(multi_region=True)) is Outcome.PASS

    def test_that_were_not_listed(self):
        gaps = {"EventDataStore": denied("cloudtrail:ListEventDataStores")}
        finding = judged(bucket(), gaps=gaps)["data"]
        assert finding.outcome is Outcome.UNKNOWN
        assert "cloudtrail:ListEventDataStores" in finding.observations[0].message.in_language("en")
        assert outcome(bucket(), store(), gaps=gaps) is Outcome.PASS
        assert outcome(logged(), bucket("logs"), gaps=gaps) is Outcome.PASS

    def test_that_were_not_listed_in_another_region_of_the_account(self):
        # One of that region may take the events of every region.
        scope = AccountScope(id=ACCOUNT, regions=(REGION, "us-east-1"))
        assert outcome(bucket(), accounts=(scope,)) is Outcome.UNKNOWN

    def test_of_a_snapshot_that_is_older_than_the_question(self):
        snapshot = world("s3-access-logging", bucket()).without(EventDataStore, ACCOUNT)
        finding = next(iter(check_s3_access_logging(snapshot).findings))
        assert finding.outcome is Outcome.UNKNOWN
        assert [cause.detail for cause in finding.observations[0].causes] == ["EventDataStore"]

    def test_regions_that_were_not_asked_about_are_noted(self):
        baseline = Baseline.from_mapping({"regions": [REGION]})
        assert notes(bucket(), baseline=baseline) == ["logging.stores-elsewhere"]
        assert notes(bucket()) == []
        assert notes(bucket(), store(), baseline=baseline) == []


def seen_by(account, **changes):
    """A store of the organization as the account sees it."""
    held = {"owner": MANAGEMENT, "account": account, "multi_region": True, "organization": True}
    return store(**(held | changes))


class TestEventDataStoresOfTheOrganization:
    def test_that_the_management_account_tells_of(self):
        records = (bucket(), organization(), organization(MANAGEMENT), seen_by(MANAGEMENT))
        assert outcome(*records, accounts=BOTH) is Outcome.PASS

    @pytest.mark.parametrize(
        ("records", "expected"),
        [
            # Not of the organization, of another one, of none.
            (
                (organization(), organization(MANAGEMENT), seen_by(MANAGEMENT, organization=False)),
                "fail",
            ),
            ((organization(), organization(MANAGEMENT, "o-2"), seen_by(MANAGEMENT)), "fail"),
            ((seen_by(MANAGEMENT),), "fail"),
            (
                (
                    organization(),
                    organization(MANAGEMENT),
                    seen_by(MANAGEMENT, organization=STORE_UNREAD),
                ),
                "unknown",
            ),
        ],
    )
    def test_that_is_not_of_this_account(self, records, expected):
        held = (
            *world("s3-access-logging").coverage,
            Coverage(kind="Organization", account=MANAGEMENT),
        )
        finding_by_name = judged(bucket(), *records, accounts=BOTH, coverage=held)
        assert finding_by_name["data"].outcome == expected

    def test_where_nobody_knows_the_organization(self):
        gaps = {"Organization": denied("organizations:DescribeOrganization")}
        records = (bucket(), organization(MANAGEMENT), seen_by(MANAGEMENT))
        assert outcome(*records, accounts=BOTH, gaps=gaps) is Outcome.UNKNOWN
        # Theirs was not read at all.
        records = (bucket(), organization(), seen_by(MANAGEMENT))
        assert outcome(*records, accounts=BOTH) is Outcome.UNKNOWN

    @pytest.mark.parametrize(("organization_", "expected"), [(True, "pass"), (False, "fail")])
    def test_that_the_account_sees_as_a_delegate(self, organization_, expected):
        assert outcome(bucket(), seen_by(ACCOUNT, organization=organization_)) == expected

    def test_that_may_be_there_unseen_is_noted(self):
        (note,) = judged(bucket(), organization())["data"].notes
        assert note.id == "logging.stores-organization"
        assert f"account {MANAGEMENT} was not read" in note.in_language("en")
        # It was read, but for something else.
        assert notes(bucket(), organization(), accounts=BOTH) == ["logging.stores-organization"]
        gaps = {"Organization": denied("organizations:DescribeOrganization")}
        assert notes(bucket(), gaps=gaps) == ["logging.stores-organization-unread"]

    def test_that_is_surely_not_there_is_not_noted(self):
        held = (
            *world("s3-access-logging").coverage,
            Coverage(kind="EventDataStore", account=MANAGEMENT, region=REGION),
        )
        assert notes(bucket(), organization(), accounts=BOTH, coverage=held) == []
        changed_organization = evolve(organization(), management_account=ACCOUNT)
        assert notes(bucket(), changed_organization) == []
