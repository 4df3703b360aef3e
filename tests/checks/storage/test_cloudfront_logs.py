"""s3-access-logging of buckets that are reached through CloudFront (4.5.3 item 4)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_s3_access_logging
from cloudpack_baseline.model.cloudfront import (
    CacheBehavior,
    Delivery,
    Distribution,
    DistributionOrigin,
    LoggingConfig,
    OriginGroup,
    RealtimeLogConfig,
)
from cloudpack_baseline.model.cloudtrail import DataResource, EventSelector, Trail
from cloudpack_baseline.model.s3 import Bucket, Logging
from cloudpack_baseline.model.snapshot import AccountScope
from support import ACCOUNT, REGION, denied, world

OTHER = "999988887777"
CLOUDFRONT = Baseline.from_mapping({"buckets": [{"name": "data", "exposure": ["cloudfront"]}]})
UNREAD = denied("cloudfront:GetDistributionConfig")
LEGACY = LoggingConfig(bucket="logs.s3.amazonaws.com")
REALTIME = f"arn:aws:cloudfront::{ACCOUNT}:realtime-log-config/all"
DATA = DistributionOrigin(id="data", domain_name="data.s3.ap-northeast-1.amazonaws.com")
SITE = DistributionOrigin(id="site", domain_name="www.example.jp")


def bucket(name="data", **changes):
    fields = {"arn": f"arn:aws:s3:::{name}", "account": ACCOUNT, "region": REGION, "name": name}
    return Bucket(**(fields | changes))


def distribution(name="E1", account=ACCOUNT, **changes):
    fields = {
        "arn": f"arn:aws:cloudfront::{account}:distribution/{name}",
        "account": account,
        "name": name,
        "content_origins": (DATA,),
        "cache_behaviors": (CacheBehavior(target="data"),),
    }
    return Distribution(**(fields | changes))


def delivered(type_="S3", resource=None):
    destination = f"arn:aws:logs:us-east-1:{OTHER}:delivery-destination:d"
    return (Delivery(destination=destination, type=type_, resource=resource),)


def realtime(rate=100, **changes):
    """A distribution whose default cache behavior has real-time logs."""
    behavior = CacheBehavior(target="data", realtime_log_config=REALTIME)
    configs = (RealtimeLogConfig(arn=REALTIME, sampling_rate=rate),)
    held = {"cache_behaviors": (behavior,), "realtime_log_configs": configs}
    return distribution(**(held | changes))


def judged(*records, baseline=CLOUDFRONT, **changes):
    snapshot = world("s3-access-logging", *records, **changes)
    findings = check_s3_access_logging(snapshot, baseline).findings
    return {one.resource.name: one for one in findings if one.resource.kind == "Bucket"}


def outcome(*records, **changes):
    return judged(bucket(), *records, **changes)["data"].outcome


def said(*records, **changes):
    return judged(bucket(), *records, **changes)["data"].observations[0].message


GROUP = CacheBehavior(target="group")


class TestOneDistribution:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "fail"),
            # Standard logs, legacy.
            ({"logging": LEGACY}, "pass"),
            ({"logging": UNREAD}, "unknown"),
            # Standard logs, v2: wherever they go.
            ({"deliveries": delivered("S3")}, "pass"),
            ({"deliveries": delivered("CWL")}, "pass"),
            ({"deliveries": delivered("FH")}, "pass"),
            ({"deliveries": UNREAD}, "unknown"),
            ({"deliveries": UNREAD, "logging": LEGACY}, "pass"),
            ({"deliveries": delivered(), "logging": UNREAD}, "pass"),
            # Nobody is served.
            ({"enabled": False}, "unknown"),
            # It is being disabled, and serves until it is.
            ({"enabled": False, "status": "InProgress"}, "fail"),
            ({"status": "InProgress", "logging": LEGACY}, "pass"),
            # What leads to the bucket is unknown.
            ({"enabled": UNREAD}, "unknown"),
            ({"enabled": UNREAD, "status": "InProgress"}, "fail"),
            ({"enabled": UNREAD, "logging": LEGACY}, "unknown"),
            ({"enabled": False, "status": UNREAD}, "unknown"),
            ({"content_origins": UNREAD}, "unknown"),
            ({"cache_behaviors": UNREAD}, "unknown"),
            ({"cache_behaviors": UNREAD, "content_origins": UNREAD}, "unknown"),
            ({"origin_groups": UNREAD}, "fail"),
            ({"origin_groups": UNREAD, "cache_behaviors": (GROUP,)}, "unknown"),
        ],
    )
    def test_standard_logs(self, changes, expected):
        assert outcome(distribution(**changes)) == expected

    @pytest.mark.parametrize(
        ("rate", "changes", "expected"),
        [
            (100, {}, "pass"),
            (99, {}, "fail"),
            (1, {}, "fail"),
            (1, {"logging": LEGACY}, "pass"),
            # The configuration is gone, or was not read.
            (100, {"realtime_log_configs": ()}, "fail"),
            (100, {"realtime_log_configs": UNREAD}, "unknown"),
            (100, {"cache_behaviors": (CacheBehavior(target="data"),)}, "fail"),
        ],
    )
    def test_real_time_logs(self, rate, changes, expected):
        assert outcome(realtime(rate, **changes)) == expected

    @pytest.mark.parametrize(
        ("ownership", "expected"),
        [
            ("BucketOwnerPreferred", "pass"),
            ("ObjectWriter", "pass"),
            (None, "pass"),
            ("BucketOwnerEnforced", "fail"),
            (denied("s3:GetBucketOwnershipControls"), "unknown"),
        ],
    )
    def test_legacy_logs_need_the_acl_of_the_bucket(self, ownership, expected):
        logs, held = bucket("logs", ownership=ownership), distribution(logging=LEGACY)
        assert outcome(logs, held) == expected
        # No other log asks for it.
        assert outcome(logs, evolve(held, deliveries=delivered())) is Outcome.PASS
        assert outcome(logs, realtime(logging=LEGACY)) is Outcome.PASS

    def test_legacy_logs_that_do_not_arrive_are_told(self):
        logs = bucket("logs", ownership="BucketOwnerEnforced")
        (observation,) = judged(bucket(), logs, distribution(logging=LEGACY))["data"].observations
        assert observation.message.id == "storage.cloudfront-refused"
        assert observation.read == "Logging.Bucket=logs.s3.amazonaws.com"

    def test_legacy_logs_into_a_bucket_of_another_account(self):
        theirs = bucket("logs", account=OTHER, ownership="BucketOwnerEnforced")
        distribution_record = distribution(logging=LEGACY)
        assert outcome(theirs, distribution_record) is Outcome.PASS  # it was not read
        accounts = tuple(
            AccountScope(id=account, regions=(REGION,)) for account in (ACCOUNT, OTHER)
        )
        assert outcome(theirs, distribution_record, accounts=accounts) is Outcome.FAIL

    def test_what_it_says(self):
        assert said(distribution(logging=LEGACY)).in_language("en").endswith("requests: E1")
        (observation,) = judged(bucket(), distribution())["data"].observations
        assert observation.message.in_language("en").endswith("log none of them: E1 *")
        assert (observation.read, observation.expected) == (
            "Logging.Enabled=false",
            "Logging.Enabled=true",
        )
        unread = said(distribution(logging=UNREAD)).in_language("en")
        assert "cloudfront:GetDistributionConfig" in unread


class TestEveryCacheBehavior:
    def of(self, *behaviors, **changes):
        held = {
            "content_origins": (DATA, SITE),
            "cache_behaviors": behaviors,
            "realtime_log_configs": (RealtimeLogConfig(arn=REALTIME, sampling_rate=100),),
        }
        return distribution(**(held | changes))

    def test_that_leads_to_the_bucket_has_to_be_logged(self):
        logged = CacheBehavior(target="data", path_pattern="/a/*", realtime_log_config=REALTIME)
        bare = CacheBehavior(target="data", path_pattern="/b/*")
        elsewhere = CacheBehavior(target="site")
        assert outcome(self.of(logged, elsewhere)) is Outcome.PASS
        assert outcome(self.of(logged, bare, elsewhere)) is Outcome.FAIL
        assert said(self.of(logged, bare)).in_language("en").endswith("log none of them: E1 /b/*")

    def test_that_leads_elsewhere_is_not_asked(self):
        # No request gets to the bucket, so nothing tells how it is reached.
        assert outcome(self.of(CacheBehavior(target="site"))) is Outcome.UNKNOWN

    def test_that_leads_to_a_group_of_origins(self):
        group = OriginGroup(id="both", members=("site", "data"))
        behavior = CacheBehavior(target="both")
        held = self.of(behavior, origin_groups=(group,))
        assert outcome(held) is Outcome.FAIL
        assert outcome(evolve(held, logging=LEGACY)) is Outcome.PASS
        alone = OriginGroup(id="both", members=("site",))
        assert outcome(evolve(held, origin_groups=(alone,))) is Outcome.UNKNOWN


class TestOrigins:
    def through(self, domain, path="", **changes):
        origin = DistributionOrigin(id="data", domain_name=domain, path=path)
        return distribution(content_origins=(origin,), **changes)

    def test_by_website(self):
        domain = "data.s3-website-ap-northeast-1.amazonaws.com"
        assert outcome(self.through(domain)) is Outcome.FAIL
        assert outcome(self.through(domain, logging=LEGACY)) is Outcome.PASS

    def test_of_other_buckets(self):
        finding = judged(bucket(), self.through("data-2.s3.amazonaws.com"))["data"]
        assert finding.outcome is Outcome.UNKNOWN
        assert finding.observations[0].message.id == "storage.cloudfront-elsewhere"

    @pytest.mark.parametrize("domain", ["s3.amazonaws.com", "p-1-s3alias.s3.amazonaws.com", "data"])
    def test_that_may_be_the_bucket(self, domain):
        origin = self.through(domain)
        assert outcome(origin) is Outcome.UNKNOWN
        assert said(origin).id == "storage.cloudfront-unread"
        sure = distribution("E2", logging=LEGACY)
        assert outcome(origin, sure) is Outcome.UNKNOWN
        # Whatever it leads to, it is logged.
        assert outcome(evolve(origin, logging=LEGACY), sure) is Outcome.PASS
        # It alone does not show that the bucket is reached at all.
        assert outcome(evolve(origin, logging=LEGACY)) is Outcome.UNKNOWN
        assert outcome(self.through("s3.amazonaws.com", "/data")) is Outcome.FAIL


class TestSeveralDistributions:
    def test_all_have_to_log(self):
        one, two = distribution("E1", logging=LEGACY), distribution("E2", deliveries=delivered())
        assert outcome(one, two) is Outcome.PASS
        assert outcome(one, evolve(two, deliveries=())) is Outcome.FAIL
        assert outcome(one, evolve(two, deliveries=UNREAD)) is Outcome.UNKNOWN
        assert outcome(evolve(one, logging=None), evolve(two, deliveries=UNREAD)) is Outcome.FAIL

    def test_that_were_not_listed(self):
        gaps = {"Distribution": denied("cloudfront:ListDistributions")}
        assert outcome(gaps=gaps) is Outcome.UNKNOWN
        assert outcome(distribution(logging=LEGACY), gaps=gaps) is Outcome.UNKNOWN
        assert outcome(distribution(), gaps=gaps) is Outcome.FAIL

    def test_of_other_accounts(self):
        theirs = distribution(account=OTHER, logging=LEGACY)
        accounts = tuple(
            AccountScope(id=account, regions=(REGION,)) for account in (ACCOUNT, OTHER)
        )
        assert outcome(theirs, accounts=accounts) is Outcome.PASS
        assert outcome(evolve(theirs, logging=None), accounts=accounts) is Outcome.FAIL
        # Where their account was not read nothing tells.
        assert outcome() is Outcome.UNKNOWN
        assert said().id == "storage.cloudfront-elsewhere"


class TestOtherLogs:
    def test_count_before_those_of_cloudfront(self):
        finding_by_name = judged(
            bucket(logging=Logging(target_bucket="logs")), bucket("logs"), distribution()
        )
        assert finding_by_name["data"].observations[0].message.id == "storage.logged"
        everything = EventSelector(
            data_resources=(DataResource(type="AWS::S3::Object", values=("arn:aws:s3",)),)
        )
        trail = Trail(
            arn=f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/all",
            account=ACCOUNT,
            region=REGION,
            name="all",
            logging=True,
            event_selectors=(everything,),
        )
        assert said(distribution(), trail).id == "storage.events-recorded"

    def test_that_were_not_read(self):
        logging = denied("s3:GetBucketLogging")
        bucket_record = bucket(logging=logging)
        assert judged(bucket_record, distribution())["data"].outcome is Outcome.UNKNOWN
        assert judged(bucket_record, distribution(logging=LEGACY))["data"].outcome is Outcome.PASS
        gaps = {"Trail": denied("cloudtrail:DescribeTrails")}
        assert outcome(distribution(), gaps=gaps) is Outcome.UNKNOWN
        assert outcome(distribution(logging=LEGACY), gaps=gaps) is Outcome.PASS

    def test_whose_target_is_gone(self):
        bucket_record = bucket(logging=Logging(target_bucket="logs"))
        assert judged(bucket_record, distribution())["data"].outcome is Outcome.FAIL
        assert judged(bucket_record, distribution(logging=LEGACY))["data"].outcome is Outcome.PASS


class TestDeclarations:
    @pytest.mark.parametrize(
        ("keys", "message"),
        [
            ({}, "unlogged"),
            ({"exposure": ["public"]}, "unlogged"),
            ({"exposure": ["public", "cloudfront"]}, "cloudfront-partly"),
            ({"exposure": ["cloudfront", "accounts"], "accounts": [OTHER]}, "cloudfront-partly"),
        ],
    )
    def test_cloudfront_tells_of_nobody_else(self, keys, message):
        baseline = Baseline.from_mapping({"buckets": [{"name": "data"} | keys]})
        (observation,) = judged(bucket(), distribution(logging=LEGACY), baseline=baseline)[
            "data"
        ].observations
        assert (observation.outcome, observation.message.id) == (Outcome.FAIL, f"storage.{message}")

    def test_one_table_for_cloudfront_is_enough(self):
        rows = [
            {"name": "data", "exposure": ["cloudfront"]},
            {"name": "data", "exposure": ["accounts"], "accounts": [OTHER]},
        ]
        baseline = Baseline.from_mapping({"buckets": rows})
        (observation,) = judged(bucket(), distribution(logging=LEGACY), baseline=baseline)[
            "data"
        ].observations
        assert observation.message.id == "storage.cloudfront-partly"

    def test_a_server_access_log_tells_of_everybody(self):
        baseline = Baseline.from_mapping(
            {"buckets": [{"name": "data", "exposure": ["public", "cloudfront"]}]}
        )
        bucket_record = bucket(logging=Logging(target_bucket="logs"))
        found = judged(bucket_record, bucket("logs"), baseline=baseline)["data"]
        assert found.outcome is Outcome.PASS


class TestReceivers:
    def receives(self, held, **changes):
        found = judged(bucket("logs"), held, baseline=None, **changes)["logs"]
        return found.outcome is Outcome.NOT_APPLICABLE

    def test_of_standard_logs(self):
        assert self.receives(distribution(logging=LEGACY))
        assert self.receives(distribution(enabled=False, logging=LEGACY))
        for resource in ("arn:aws:s3:::logs", "arn:aws:s3:::logs/cloudfront"):
            assert self.receives(distribution(deliveries=delivered(resource=resource)))

    def test_of_another_account(self):
        theirs = distribution(account=OTHER, logging=LEGACY)
        accounts = tuple(
            AccountScope(id=account, regions=(REGION,)) for account in (ACCOUNT, OTHER)
        )
        assert self.receives(theirs, accounts=accounts)

    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"logging": UNREAD, "deliveries": UNREAD},
            {"logging": LoggingConfig(bucket="logs-2.s3.amazonaws.com")},
            {"logging": LoggingConfig(bucket="s3.amazonaws.com")},
            {"deliveries": delivered("S3", "arn:aws:s3:::logs-2/logs")},
            {"deliveries": delivered("S3", UNREAD)},
            {"deliveries": delivered("S3")},
            {"deliveries": delivered("CWL", "arn:aws:logs:us-east-1:1:log-group:logs")},
        ],
    )
    def test_of_nothing_that_is_known(self, changes):
        assert not self.receives(distribution(**changes))

    def test_an_origin_of_the_distribution_is_judged(self):
        origin = DistributionOrigin(id="data", domain_name="logs.s3.amazonaws.com")
        assert not self.receives(distribution(content_origins=(origin,), logging=LEGACY))
