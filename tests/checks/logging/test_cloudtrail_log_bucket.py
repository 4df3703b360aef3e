"""cloudtrail-log-bucket (4.4.5)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline, Outcome, check_cloudtrail_log_bucket
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.s3 import Bucket, DefaultRetention
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.testing import records
from principals import EVERYTHING, ME, allow, deny, document, me
from support import ACCOUNT, REGION, denied, world
from trails import trail

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NOT_APPLICABLE = Outcome.NOT_APPLICABLE
ARCHIVE, MANAGEMENT = "222222222222", "999988887777"
LOGS, OBJECTS = "arn:aws:s3:::logs", "arn:aws:s3:::logs/*"
UNREAD = denied("s3:GetObjectLockConfiguration")
LOCK = DefaultRetention(mode="COMPLIANCE", days=365)
GOVERNANCE = DefaultRetention(mode="GOVERNANCE", years=1)
SHORT = DefaultRetention(mode="COMPLIANCE", days=364)


def bucket(**fields):
    defaults = {
        "arn": LOGS,
        "account": ACCOUNT,
        "region": REGION,
        "name": "logs",
        "policy": None,
        "versioning": None,
        "mfa_delete": False,
        "default_retention": None,
    }
    return Bucket(**(defaults | fields))


def options(**keys):
    return Baseline.from_mapping({"controls": {"cloudtrail-log-bucket": keys}})


def finding(*entries, baseline=None, **fields):
    snapshot = world("cloudtrail-log-bucket", *entries, **fields)
    (entry,) = (
        entry
        for entry in check_cloudtrail_log_bucket(snapshot, baseline).findings
        if entry.resource.kind == "Trail" and entry.resource.account == ACCOUNT
    )
    return entry


def messages(judged):
    return {observation.message.id: observation.outcome for observation in judged.observations}


def outcome(*statements, logs=None, recorded=None, others=(), **fields):
    entries = (recorded or trail(), logs or bucket(), me(*statements), *others)
    return finding(*entries, **fields).outcome


class TestLogFiles:
    @pytest.mark.parametrize(
        ("action", "fields", "expected"),
        [
            ("s3:DeleteObject", {}, FAIL),
            ("s3:PutObject", {}, FAIL),
            ("s3:GetObject", {}, PASS),
            ("s3:DeleteObject", {"versioning": "Suspended"}, FAIL),
            ("s3:DeleteObject", {"versioning": "Enabled"}, PASS),
            ("s3:PutObject", {"versioning": "Enabled"}, PASS),
            ("s3:DeleteObjectVersion", {"versioning": "Enabled"}, FAIL),
            ("s3:DeleteObjectVersion", {"versioning": "Enabled", "mfa_delete": True}, PASS),
            ("s3:*", {"versioning": "Enabled", "mfa_delete": True}, PASS),
            ("s3:DeleteObjectVersion", {"versioning": "Enabled", "mfa_delete": UNREAD}, UNKNOWN),
            ("s3:DeleteObject", {"versioning": UNREAD}, UNKNOWN),
            ("s3:PutObject", {"versioning": UNREAD}, UNKNOWN),
            ("s3:GetObject", {"versioning": UNREAD}, PASS),
            ("s3:DeleteObjectVersion", {"versioning": UNREAD}, FAIL),
            ("s3:DeleteObjectVersion", {"versioning": "Enabled", "default_retention": LOCK}, PASS),
            ("s3:DeleteObjectVersion", {"versioning": "Enabled", "default_retention": SHORT}, FAIL),
            (
                "s3:DeleteObjectVersion",
                {"versioning": "Enabled", "default_retention": GOVERNANCE},
                PASS,
            ),
            (
                ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"],
                {"versioning": "Enabled", "default_retention": GOVERNANCE},
                FAIL,
            ),
            (
                "s3:DeleteObjectVersion",
                {"versioning": "Enabled", "default_retention": UNREAD},
                UNKNOWN,
            ),
        ],
    )
    def test_who_can_delete_or_change_them(self, action, fields, expected):
        assert outcome(allow(action), logs=bucket(**fields)) is expected

    @pytest.mark.parametrize(
        ("resource", "expected"),
        [
            (OBJECTS, FAIL),
            (f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/*", FAIL),
            (f"{LOGS}/AWSLogs/{ACCOUNT}/Config/*", PASS),
            (f"{LOGS}/AWSLogs/*/CloudTrail/us-east-1/*", FAIL),
            (f"{LOGS}/AWSLogs/{ACCOUNT}/Cloud?rail/x", FAIL),
            (f"{LOGS}/*.gz", FAIL),
            (f"{LOGS}/AWSLogs/{ACCOUNT}", PASS),
            (f"{LOGS}/${{aws:username}}/*", PASS),
            ("arn:aws:s3:::other/*", PASS),
        ],
    )
    def test_where_they_are(self, resource, expected):
        assert outcome(allow("s3:DeleteObject", resource)) is expected


def test_what_is_left_by_a_deny():
    deny_statement = deny("s3:*", NotResource=[f"{LOGS}/AWSLogs/{ACCOUNT}/CloudTrail/2026/*", LOGS])
    statements = ({key: value for key, value in deny_statement.items() if key != "Resource"},)
    assert outcome(allow("s3:DeleteObject"), *statements) is FAIL


class TestBucketPolicy:
    @pytest.mark.parametrize(
        ("statement", "expected"),
        [
            (deny("s3:Delete*", OBJECTS, Principal="*"), PASS),
            (deny("s3:Delete*", OBJECTS, Principal={"AWS": ME}), PASS),
            (deny("s3:Delete*", OBJECTS, Principal={"AWS": ACCOUNT}), PASS),
            (deny("s3:Delete*", OBJECTS, Principal={"AWS": f"{ME}-2"}), FAIL),
            (deny("s3:Delete*", OBJECTS, NotPrincipal={"AWS": ME}), FAIL),
            (deny("s3:Delete*", OBJECTS, NotPrincipal={"AWS": f"{ME}-2"}), PASS),
        ],
    )
    def test_it_denies(self, statement, expected):
        logs = bucket(policy=document(statement))
        assert outcome(allow("s3:DeleteObject", OBJECTS), logs=logs) is expected

    @pytest.mark.parametrize(
        ("principal", "expected"),
        [({"AWS": ME}, FAIL), ("*", FAIL), ({"AWS": ACCOUNT}, PASS), ({"AWS": f"{ME}-2"}, PASS)],
    )
    def test_it_allows(self, principal, expected):
        logs = bucket(policy=document(allow("s3:DeleteObject", OBJECTS, Principal=principal)))
        assert outcome(logs=logs) is expected

    def test_it_could_not_be_read(self):
        assert outcome(logs=bucket(policy=denied("s3:GetBucketPolicy"))) is UNKNOWN
        twice = '{"Statement": [{"Effect": "Allow"}], "Id": 1}'
        (observation, _) = finding(trail(), bucket(policy=twice), me()).observations
        assert observation.outcome is UNKNOWN
        (cause,) = observation.causes
        assert cause.operation == "s3:GetBucketPolicy"
        assert "Action: is missing; $.Statement[0].Resource: is missing" in cause.detail


class TestSettings:
    @pytest.mark.parametrize(
        ("action", "fields", "expected"),
        [
            ("s3:PutLifecycleConfiguration", {}, FAIL),
            ("s3:PutBucketPolicy", {}, FAIL),
            ("s3:DeleteBucketPolicy", {}, FAIL),
            ("s3:PutBucketVersioning", {"versioning": "Enabled"}, FAIL),
            ("s3:PutBucketVersioning", {}, PASS),
            ("s3:PutBucketObjectLockConfiguration", {}, PASS),
            ("s3:PutLifecycleConfiguration", {"versioning": "Enabled", "mfa_delete": True}, PASS),
            ("s3:PutLifecycleConfiguration", {"default_retention": LOCK}, PASS),
            ("s3:PutBucketObjectLockConfiguration", {"default_retention": LOCK}, FAIL),
            ("s3:PutBucketObjectLockConfiguration", {"default_retention": GOVERNANCE}, FAIL),
            ("s3:PutLifecycleConfiguration", {"default_retention": UNREAD}, UNKNOWN),
            ("s3:PutLifecycleConfiguration", {"versioning": UNREAD}, FAIL),
            ("s3:PutBucketVersioning", {"versioning": UNREAD}, UNKNOWN),
            ("s3:PutBucketVersioning", {"mfa_delete": UNREAD}, PASS),
        ],
    )
    def test_who_can_change_them(self, action, fields, expected):
        assert outcome(allow(action), logs=bucket(**fields)) is expected


def test_locked_log_files_are_told():
    logs = bucket(default_retention=LOCK)
    assert messages(finding(trail(), logs, me(allow("s3:DeleteObjectVersion")))) == {
        "logging.log-files-locked": PASS,
        "logging.log-bucket-safe": PASS,
        "logging.trail-safe": PASS,
    }


class TestTrail:
    @pytest.mark.parametrize(
        "action", ["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"]
    )
    def test_who_can_stop_it(self, action):
        assert outcome(allow(f"cloudtrail:{action}")) is FAIL
        other = "arn:aws:cloudtrail:*:*:trail/other"
        assert outcome(allow(f"cloudtrail:{action}", other)) is PASS

    def test_a_member_cannot_stop_that_of_its_organization(self):
        shared = trail(owner=MANAGEMENT, organization=True)
        assert outcome(allow("cloudtrail:*"), recorded=shared) is PASS


class TestOtherAccounts:
    ACCOUNTS = tuple(AccountScope(id=id_, regions=(REGION,)) for id_ in (ACCOUNT, ARCHIVE))

    def outcome(self, *policy, statements=(EVERYTHING,)):
        shared = trail(owner=MANAGEMENT, organization=True)
        logs = bucket(account=ARCHIVE, policy=document(*policy) if policy else None)
        return finding(shared, logs, me(*statements), accounts=self.ACCOUNTS).outcome

    @pytest.mark.parametrize(
        ("principal", "expected"),
        [
            ({"AWS": ACCOUNT}, FAIL),
            ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, FAIL),
            ({"AWS": ME}, FAIL),
            ("*", FAIL),
            ({"AWS": MANAGEMENT}, PASS),
            ({"Service": "cloudtrail.amazonaws.com"}, PASS),
        ],
    )
    def test_its_policy_has_to_let_this_account_in(self, principal, expected):
        grant = allow("s3:*", [LOGS, OBJECTS], Principal=principal)
        assert self.outcome(grant) is expected
        assert self.outcome(grant, statements=()) is PASS

    def test_without_a_policy_nobody_is_let_in(self):
        assert self.outcome() is PASS

    def test_an_archive_that_is_not_read(self):
        archived = trail(s3_bucket="archive")
        assert outcome(recorded=archived) is UNKNOWN
        declared = finding(archived, bucket(), me(), baseline=options(archives=["arch*"]))
        assert messages(declared) == {
            "logging.log-bucket-declared": PASS,
            "logging.trail-safe": PASS,
        }
        gaps = {"Bucket": denied("s3:ListBuckets")}
        assert outcome(recorded=archived, gaps=gaps) is UNKNOWN


class TestPrincipals:
    def test_declared_principals_may(self):
        assert outcome(EVERYTHING) is FAIL
        assert outcome(EVERYTHING, baseline=options(principals=["me"])) is PASS
        administrators = {"controls": {"admin-privileges": {"principals": [ME]}}}
        assert outcome(EVERYTHING, baseline=Baseline.from_mapping(administrators)) is PASS

    def test_what_could_not_be_read(self):
        unread = me(attached_policies=denied("iam:GetAccountAuthorizationDetails"))
        assert finding(trail(), bucket(), unread).outcome is UNKNOWN
        gaps = {"RoleDetail": denied("iam:GetAccountAuthorizationDetails")}
        assert finding(trail(), bucket(), gaps=gaps).outcome is UNKNOWN

    def test_service_control_policies_that_were_not_read(self):
        organization = records.record(
            Organization, "organization/o-1", id="o-1", management_account=MANAGEMENT
        )
        assert outcome(EVERYTHING, others=(organization,)) is UNKNOWN
        assert outcome(others=(organization,)) is PASS

    def test_the_witness(self):
        observations = finding(trail(), bucket(), me(allow("s3:DeleteObject"))).observations
        witness = observations[0].witness
        assert "s3:DeleteObject" in witness.summary.in_language("en")
        assert "me" in observations[0].message.in_language("ja")
        granted = bucket(policy=document(allow("s3:DeleteObject", OBJECTS, Principal={"AWS": ME})))
        steps = finding(trail(), granted, me()).observations[0].witness.steps
        assert "policy of the resource" in steps[0].in_language("en")
        (request,) = finding(trail(), granted, me()).observations[0].witness.requests
        (statement,) = request.statements
        assert (statement.policy, statement.policy_name) == ("resource-policy", "")
        assert (statement.policy_arn, statement.group) == ("", "")
