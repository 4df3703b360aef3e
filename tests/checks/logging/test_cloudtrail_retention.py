"""cloudtrail-retention (4.5.3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cloudpack_baseline import Baseline, Outcome, check_cloudtrail_retention
from cloudpack_baseline.model.cloudtrail import EventSelector
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.organizations import Organization
from cloudpack_baseline.model.s3 import Bucket, DefaultRetention, LifecycleRule
from cloudpack_baseline.model.snapshot import AccountScope
from cloudpack_baseline.testing import records
from support import ACCOUNT, REGION, denied, world
from trails import advanced, store, trail

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NOT_APPLICABLE = Outcome.NOT_APPLICABLE
DAY = datetime(2030, 1, 1, tzinfo=UTC)
ARCHIVE, MANAGEMENT = "222222222222", "999988887777"
UNREAD = denied("s3:GetBucketLifecycleConfiguration")
SHORT = LifecycleRule(enabled=True, days=364)
GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:trail"


def bucket(*rules, **fields):
    defaults = {
        "arn": "arn:aws:s3:::logs",
        "account": ACCOUNT,
        "region": REGION,
        "name": "logs",
        "versioning": None,
        "lifecycle": rules,
        "default_retention": None,
    }
    return Bucket(**(defaults | fields))


def group(**fields):
    return records.record(
        LogGroup, "log-group:trail", service="logs", **({"name": "trail"} | fields)
    )


def judged(*entries, baseline=None, **fields):
    snapshot = world("cloudtrail-retention", *entries, **fields)
    return {
        finding.resource.name: finding
        for finding in check_cloudtrail_retention(snapshot, baseline).findings
        if finding.resource.account == ACCOUNT
    }


def outcome(*entries, **fields):
    return judged(*entries, **fields)["all"].outcome


def rule(**fields):
    return LifecycleRule(**({"enabled": True} | fields))


class TestBucket:
    @pytest.mark.parametrize(
        ("rules", "versioning", "expected"),
        [
            ((), None, PASS),
            ((rule(days=365),), None, PASS),
            ((SHORT,), None, FAIL),
            ((SHORT, rule(days=1000)), None, FAIL),
            ((rule(days=30, enabled=False),), None, PASS),
            ((rule(days=30, tagged=True),), None, PASS),
            ((rule(date=datetime(2030, 1, 1, tzinfo=UTC)),), None, FAIL),
            # The key of log files begins with AWSLogs/123456789012/CloudTrail/.
            ((rule(days=30, prefix="AWSLogs/"),), None, FAIL),
            ((rule(days=30, prefix=f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/"),), None, FAIL),
            ((rule(days=30, prefix=f"AWSLogs/{ACCOUNT}/Config/"),), None, PASS),
            ((rule(days=30, prefix="s3/"),), None, PASS),
            # An expired object is an old version first.
            ((SHORT,), "Enabled", PASS),
            ((rule(days=300, noncurrent_days=65),), "Enabled", PASS),
            ((rule(days=300, noncurrent_days=64),), "Enabled", FAIL),
            ((rule(days=300), rule(noncurrent_days=64)), "Enabled", FAIL),
            ((rule(days=300), rule(noncurrent_days=99), rule(noncurrent_days=64)), "Enabled", FAIL),
            ((rule(date=DAY), rule(noncurrent_days=364)), "Enabled", FAIL),
            ((rule(date=DAY), rule(noncurrent_days=365)), "Enabled", PASS),
            ((rule(noncurrent_days=1),), "Enabled", PASS),
            ((rule(days=300, noncurrent_days=65),), "Suspended", FAIL),
            ((SHORT,), UNREAD, UNKNOWN),
        ],
    )
    def test_lifecycle(self, rules, versioning, expected):
        assert outcome(trail(), bucket(*rules, versioning=versioning)) is expected

    @pytest.mark.parametrize(
        ("lock", "expected"),
        [
            (DefaultRetention(mode="GOVERNANCE", days=365), PASS),
            (DefaultRetention(mode="COMPLIANCE", years=1), PASS),
            (DefaultRetention(mode="COMPLIANCE", days=364), FAIL),
            (DefaultRetention(mode="COMPLIANCE"), FAIL),
            (UNREAD, UNKNOWN),
        ],
    )
    def test_object_lock_is_longer(self, lock, expected):
        assert outcome(trail(), bucket(SHORT, default_retention=lock)) is expected

    def test_what_could_not_be_read(self):
        assert outcome(trail(), bucket(lifecycle=UNREAD)) is UNKNOWN

    def test_a_prefix_of_the_trail(self):
        short = bucket(rule(days=30, prefix="AWSLogs/"))
        assert outcome(trail(s3_prefix="audit"), short) is PASS
        assert outcome(trail(s3_prefix=UNREAD), short) is FAIL

    def test_the_number_of_days_is_an_option(self):
        options = {"controls": {"cloudtrail-retention": {"days": 364}}}
        assert outcome(trail(), bucket(SHORT), baseline=Baseline.from_mapping(options)) is PASS

    def test_a_log_group_that_is_gone_shows_nothing(self):
        finding = judged(trail(log_group=GROUP_ARN), bucket(SHORT))["all"]
        assert (finding.outcome, finding.observations[0].read) == (FAIL, "Rule: Days=364")

    def test_a_bucket_without_rules_is_shown_as_such(self):
        assert judged(trail(), bucket())["all"].observations[0].read == "Rules=[]"

    def test_what_was_read_is_shown(self):
        lock = DefaultRetention(mode="GOVERNANCE", days=7)
        rules = (
            rule(days=30, noncurrent_days=2, id="old"),
            rule(date=datetime(2030, 1, 1, tzinfo=UTC), prefix="AWSLogs/"),
        )
        finding = judged(trail(), bucket(*rules, default_retention=lock))["all"]
        assert finding.observations[0].read == (
            "old: Days=30, NoncurrentDays=2; AWSLogs/: Date=2030-01-01; "
            "DefaultRetention=GOVERNANCE 7 days"
        )


class TestOtherAccounts:
    def test_an_archive_that_is_not_read(self):
        assert outcome(trail(s3_bucket="archive")) is UNKNOWN
        options = {"controls": {"cloudtrail-retention": {"archives": ["arch*"]}}}
        baseline = Baseline.from_mapping(options)
        (observation, *_) = judged(trail(s3_bucket="archive"), baseline=baseline)[
            "all"
        ].observations
        assert (observation.outcome, observation.message.id) == (PASS, "logging.trail-kept")

    @pytest.mark.parametrize(("rules", "expected"), [((), PASS), ((SHORT,), FAIL)])
    def test_an_archive_in_the_snapshot(self, rules, expected):
        accounts = tuple(AccountScope(id=id_, regions=(REGION,)) for id_ in (ACCOUNT, ARCHIVE))
        archive = bucket(*rules, account=ARCHIVE)
        finding = judged(trail(), archive, accounts=accounts)["all"]
        assert finding.outcome is expected
        if expected is PASS:
            assert ARCHIVE in finding.observations[0].message.in_language("en")

    def test_a_denied_listing_of_buckets(self):
        assert outcome(trail(), gaps={"Bucket": denied("s3:ListBuckets")}) is UNKNOWN

    @pytest.mark.parametrize(
        ("prefix", "expected"),
        [
            (f"AWSLogs/o-1/{ACCOUNT}/", FAIL),
            ("AWSLogs/o-1/111111111111/", PASS),
            (f"AWSLogs/{ACCOUNT}/", PASS),
        ],
    )
    def test_the_keys_of_an_organization(self, prefix, expected):
        organization = records.record(
            Organization, "organization/o-1", id="o-1", management_account=MANAGEMENT
        )
        shared = trail(owner=MANAGEMENT, organization=True)
        short = bucket(rule(days=30, prefix=prefix))
        assert outcome(shared, organization, short) is expected

    def test_an_organization_that_is_not_known(self):
        shared = trail(owner=MANAGEMENT, organization=True)
        assert outcome(shared, bucket(rule(days=30, prefix="AWSLogs/o-1/"))) is FAIL
        assert outcome(shared, bucket(rule(days=30, prefix="other/"))) is PASS


class TestLogGroup:
    @pytest.mark.parametrize(
        ("entries", "fields", "expected"),
        [
            ((group(),), {}, PASS),
            ((group(retention_in_days=365),), {}, PASS),
            ((group(retention_in_days=180),), {}, FAIL),
            ((group(retention_in_days=denied("logs:DescribeLogGroups")),), {}, UNKNOWN),
            ((group(),), {"log_group_error": "AccessDenied"}, FAIL),
            ((group(),), {"log_group_error": UNREAD}, UNKNOWN),
            ((group(),), {"log_group": UNREAD}, UNKNOWN),
            ((group(),), {"log_group": "trail"}, UNKNOWN),
            ((), {}, FAIL),
            ((group(arn=f"{GROUP_ARN}-2"),), {}, FAIL),
            ((group(),), {"log_group": GROUP_ARN.replace(ACCOUNT, MANAGEMENT)}, UNKNOWN),
        ],
    )
    def test_it_may_keep_them_instead(self, entries, fields, expected):
        recorded = trail(**({"log_group": f"{GROUP_ARN}:*"} | fields))
        assert outcome(recorded, bucket(SHORT), *entries) is expected


class TestStores:
    @pytest.mark.parametrize(("period", "expected"), [(365, PASS), (364, FAIL), (UNREAD, UNKNOWN)])
    def test_retention_period(self, period, expected):
        assert judged(store(advanced(), retention_period=period))["lake"].outcome is expected

    def test_a_store_of_data_events(self):
        assert judged(store())["lake"].outcome is NOT_APPLICABLE

    def test_one_of_another_account_is_judged_there(self):
        accounts = tuple(AccountScope(id=id_, regions=(REGION,)) for id_ in (ACCOUNT, MANAGEMENT))
        finding_by_name = judged(
            store(advanced(), account=MANAGEMENT), trail(), bucket(), accounts=accounts
        )
        assert set(finding_by_name) == {"all"}


class TestSeveral:
    def test_another_trail_keeps_as_much(self):
        second = trail(name="second", s3_bucket="long")
        long = bucket(name="long", arn="arn:aws:s3:::long")
        findings = judged(trail(), bucket(SHORT), second, long)
        assert findings["all"].outcome is NOT_APPLICABLE
        assert findings["second"].outcome is PASS

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"multi_region": False}, FAIL),
            ({"logging": False}, FAIL),
            ({"custom_selectors": True}, FAIL),
        ],
    )
    def test_one_that_records_less_does_not(self, fields, expected):
        second = trail(name="second", s3_bucket="long", **fields)
        long = bucket(name="long", arn="arn:aws:s3:::long")
        assert outcome(trail(), bucket(SHORT), second, long) is expected

    def test_trails_of_one_region(self):
        second = trail(name="second", s3_bucket="long", multi_region=False)
        long = bucket(name="long", arn="arn:aws:s3:::long")
        assert outcome(trail(multi_region=False), bucket(SHORT), second, long) is NOT_APPLICABLE

    def test_a_trail_of_some_events(self):
        event_selector = EventSelector(read_write_type="WriteOnly", include_management_events=True)
        assert (
            outcome(trail(event_selector, custom_selectors=True), bucket(SHORT)) is NOT_APPLICABLE
        )
        unread = trail(custom_selectors=True, event_selectors=UNREAD)
        assert outcome(unread, bucket(SHORT)) is UNKNOWN

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [("All", NOT_APPLICABLE), ("ReadOnly", FAIL), ("WriteOnly", FAIL)],
    )
    def test_another_trail_of_some_events_keeps_not_as_much(self, kind, expected):
        selector = EventSelector(read_write_type=kind, include_management_events=True)
        second = trail(selector, name="second", s3_bucket="long", custom_selectors=True)
        long = bucket(name="long", arn="arn:aws:s3:::long")
        assert outcome(trail(), bucket(SHORT), second, long) is expected


def test_no_trail():
    snapshot = world("cloudtrail-retention")
    assert check_cloudtrail_retention(snapshot).outcome is NOT_APPLICABLE
