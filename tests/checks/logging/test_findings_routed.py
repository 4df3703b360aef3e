"""findings-routed (4.9)."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Baseline, Outcome, check_findings_routed
from cloudpack_baseline.checks.index import entry_of
from cloudpack_baseline.checks.logging._event_patterns import selects
from cloudpack_baseline.model.events import EventRule
from cloudpack_baseline.model.guardduty import Detector, DetectorAdministrator
from cloudpack_baseline.model.notifications import NotificationConfiguration, NotificationRule
from cloudpack_baseline.model.securityhub import FindingAggregator, SecurityHub
from cloudpack_baseline.model.snapshot import AccountScope, Coverage
from cloudpack_baseline.model.sns import Subscription, SubscriptionList
from cloudpack_baseline.testing import records
from support import ACCOUNT, REGION, denied, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NOT_APPLICABLE = Outcome.NOT_APPLICABLE
AUDIT, ELSEWHERE = "222222222222", "us-east-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:operators"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:chat"
UNREAD = denied("events:ListTargetsByRule")
GUARDDUTY = {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}
CSPM = {"source": ["aws.securityhub"], "detail-type": ["Security Hub Findings - Imported"]}
V2 = {"source": ["aws.securityhub"], "detail-type": ["Findings Imported V2"]}


def detector(**fields):
    defaults = {"status": "ENABLED", "administrator": None}
    return records.record(Detector, "detector/d1", service="guardduty", **(defaults | fields))


def rule(pattern=GUARDDUTY, *targets, **fields):
    region = fields.get("region", REGION)
    defaults = {
        "arn": f"arn:aws:events:{region}:{ACCOUNT}:rule/findings",
        "event_pattern": pattern if isinstance(pattern, str) else json.dumps(pattern),
        "targets": targets or (TOPIC,),
    }
    return records.record(EventRule, "rule/findings", service="events", **(defaults | fields))


def subscribed(*protocols, confirmed=True, **fields):
    subscriptions = tuple(
        Subscription(topic=TOPIC, protocol=protocol, confirmed=confirmed)
        for protocol in protocols or ("email",)
    )
    defaults = {"subscriptions": subscriptions}
    return records.record(SubscriptionList, "*", service="sns", **(defaults | fields))


def hub(**fields):
    defaults = {"cspm": True, "enabled": False}
    return records.record(SecurityHub, "hub/default", service="securityhub", **(defaults | fields))


def options(**keys):
    return Baseline.from_mapping({"controls": {"findings-routed": keys}})


def outcome(*entries, **fields):
    return judged(*entries, **fields).outcome


def judged(*entries, baseline=None, **fields):
    entries = (
        entries if any(isinstance(entry, Detector) for entry in entries) else (detector(), *entries)
    )
    snapshot = world("findings-routed", *entries, **fields)
    (finding,) = (
        finding
        for finding in check_findings_routed(snapshot, baseline).findings
        if finding.resource.kind == "Detector" and finding.resource.account == ACCOUNT
    )
    return finding


class TestRules:
    @pytest.mark.parametrize(
        ("pattern", "expected"),
        [
            (GUARDDUTY, PASS),
            ({"source": ["aws.guardduty"]}, PASS),
            (GUARDDUTY | {"detail": {"severity": [{"numeric": [">=", 7]}]}}, PASS),
            ({"source": ["aws.ec2", "aws.guardduty"]}, PASS),
            ({"source": [{"prefix": "aws.g"}]}, PASS),
            ({"source": [{"prefix": "aws.s"}]}, FAIL),
            ({"source": [{"suffix": "duty"}]}, PASS),
            ({"source": [{"wildcard": "aws.*duty"}]}, PASS),
            ({"source": [{"wildcard": "aws.guarddut?"}]}, FAIL),
            ({"source": [{"wildcard": "aws.[g]uardduty"}]}, FAIL),
            ({"source": [{"equals-ignore-case": "AWS.GuardDuty"}]}, PASS),
            ({"source": [{"exists": True}]}, PASS),
            ({"source": [{"anything-but": "aws.ec2"}]}, PASS),
            ({"source": [{"anything-but": ["aws.guardduty"]}]}, FAIL),
            ({"source": [{"numeric": [">", 1]}]}, UNKNOWN),
            ({"source": [{"prefix": {"equals-ignore-case": "aws"}}]}, UNKNOWN),
            ({"source": [{"a": 1, "b": 2}]}, UNKNOWN),
            ({"source": "aws.guardduty"}, UNKNOWN),
            ({"$or": [GUARDDUTY]}, UNKNOWN),
            ("{", UNKNOWN),
            ("[]", UNKNOWN),
            ({"source": ["aws.ec2"]}, FAIL),
            ({"source": ["aws.guardduty"], "detail-type": ["Other"]}, FAIL),
        ],
    )
    def test_patterns(self, pattern, expected):
        assert outcome(rule(pattern), subscribed()) is expected

    @pytest.mark.parametrize(
        ("pattern", "operation", "detail"),
        [
            ("{", "events:ListRules", "EventPattern"),
            ({"$or": [GUARDDUTY]}, "", "EventPattern: $or"),
        ],
    )
    def test_a_pattern_that_is_not_evaluated_is_named(self, pattern, operation, detail):
        (observation,) = judged(rule(pattern), subscribed()).observations
        (cause,) = observation.causes
        assert (cause.operation, cause.detail) == (operation, detail)

    @pytest.mark.parametrize(
        ("operand", "name", "expected"),
        [
            ("a?c*", "a?cd", True),
            ("a?c*", "abcd", False),
            ("a[b]*", "a[b]c", True),
            ("a[b]*", "abc", False),
        ],
    )
    def test_only_a_star_is_a_wildcard(self, operand, name, expected):
        pattern = json.dumps({"source": [{"wildcard": operand}]})
        assert selects(pattern, {"source": name}) is expected

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"state": "DISABLED"}, FAIL),
            ({"state": UNREAD}, UNKNOWN),
            ({"event_pattern": None}, FAIL),
            ({"event_pattern": UNREAD}, UNKNOWN),
            ({"targets": UNREAD}, UNKNOWN),
            ({"region": ELSEWHERE}, FAIL),
        ],
    )
    def test_other_rules(self, fields, expected):
        assert outcome(rule(**fields), subscribed()) is expected

    def test_no_rule(self):
        assert outcome(subscribed()) is FAIL

    def test_a_denied_listing(self):
        assert outcome(gaps={"EventRule": denied("events:ListRules")}) is UNKNOWN


class TestTargets:
    @pytest.mark.parametrize(
        ("subscriptions", "expected"),
        [
            (subscribed("email"), PASS),
            (subscribed("https"), PASS),
            (subscribed("http"), PASS),
            (subscribed("email-json"), PASS),
            (subscribed("sms"), PASS),
            (subscribed("application"), PASS),
            (subscribed("sqs", "sms"), PASS),
            (subscribed("email", confirmed=False), FAIL),
            (subscribed("lambda"), UNKNOWN),
            (subscribed(subscriptions=()), FAIL),
            (subscribed(subscriptions=UNREAD), UNKNOWN),
        ],
    )
    def test_subscriptions(self, subscriptions, expected):
        assert outcome(rule(), subscriptions) is expected

    def test_subscriptions_that_were_not_read(self):
        assert (
            outcome(rule(), gaps={"SubscriptionList": denied("sns:ListSubscriptions")}) is UNKNOWN
        )
        assert outcome(rule()) is UNKNOWN
        elsewhere = subscribed(region=ELSEWHERE)
        assert outcome(rule(), elsewhere) is UNKNOWN

    @pytest.mark.parametrize(
        ("arn", "expected"),
        [
            (FUNCTION, UNKNOWN),
            (f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:findings", FAIL),
            (f"arn:aws:swf:{REGION}:{ACCOUNT}:/domain/d", FAIL),
            (f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:p", FAIL),
            (f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1", FAIL),
            (f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/findings", PASS),
            (f"arn:aws:sns:{REGION}:{AUDIT}:operators", UNKNOWN),
        ],
    )
    def test_others(self, arn, expected):
        assert outcome(rule(GUARDDUTY, arn), subscribed()) is expected
        assert outcome(rule(GUARDDUTY, arn), baseline=options(receivers=[arn])) is PASS

    def test_one_that_reaches_somebody_is_enough(self):
        assert outcome(rule(GUARDDUTY, FUNCTION, TOPIC), subscribed()) is PASS

    def test_the_bus_of_another_region(self):
        bus = f"arn:aws:events:{ELSEWHERE}:{ACCOUNT}:event-bus/default"
        rule_record = rule(GUARDDUTY, TOPIC, region=ELSEWHERE)
        assert outcome(rule(GUARDDUTY, bus), rule_record, subscribed(), **regions()) is PASS
        assert outcome(rule(GUARDDUTY, bus), subscribed(), **regions()) is FAIL
        # A bus that passes them on again is not followed.
        back = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"
        again = rule(GUARDDUTY, back, region=ELSEWHERE)
        assert outcome(rule(GUARDDUTY, bus), again, subscribed(), **regions()) is UNKNOWN

    def test_the_routes_are_named(self):
        lost = rule(GUARDDUTY, f"{TOPIC}-2", arn=f"{rule().arn}-2", name="lost")
        works = rule(name="works")
        (observation,) = judged(works, lost, subscribed()).observations
        assert (observation.outcome, observation.message.in_language("en")) == (
            PASS,
            f"findings reach a person through EventBridge rule works ({REGION})",
        )
        (observation,) = judged(lost, subscribed()).observations
        assert (observation.outcome, observation.message.id) == (FAIL, "logging.findings-lost")
        (observation,) = judged(subscribed()).observations
        assert observation.message.id == "logging.findings-not-routed"


def regions(**unread):
    kinds = entry_of("findings-routed").reads
    return {
        "accounts": (AccountScope(id=ACCOUNT, regions=(REGION, ELSEWHERE)),),
        "coverage": [
            Coverage(kind=kind, account=ACCOUNT, region=region, unknown=unread.get(kind))
            for kind in kinds
            for region in ("",) * (kind == "NotificationConfiguration") or (REGION, ELSEWHERE)
        ],
    }


class TestSecurityHub:
    @pytest.mark.parametrize(
        ("fields", "pattern", "expected"),
        [
            ({}, CSPM, PASS),
            ({"cspm": False}, CSPM, FAIL),
            ({"cspm": UNREAD}, CSPM, UNKNOWN),
            ({"cspm": False, "enabled": True}, V2, PASS),
            ({"cspm": False, "enabled": True}, CSPM, FAIL),
            ({}, V2, FAIL),
        ],
    )
    def test_its_findings_are_events_of_their_own(self, fields, pattern, expected):
        assert outcome(hub(**fields), rule(pattern), subscribed()) is expected

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"linking_mode": "ALL_REGIONS"}, PASS),
            ({"linking_mode": "ALL_REGIONS_EXCEPT_SPECIFIED", "regions": (ELSEWHERE,)}, PASS),
            ({"linking_mode": "ALL_REGIONS_EXCEPT_SPECIFIED", "regions": (REGION,)}, FAIL),
            ({"linking_mode": "SPECIFIED_REGIONS", "regions": (REGION,)}, PASS),
            ({"linking_mode": "SPECIFIED_REGIONS", "regions": ()}, FAIL),
            ({"linking_mode": "NO_REGIONS"}, FAIL),
            ({"linking_mode": UNREAD}, FAIL),
        ],
    )
    def test_findings_are_aggregated(self, fields, expected):
        aggregator = records.record(
            FindingAggregator,
            "finding-aggregator/a",
            service="securityhub",
            **({"to_region": ELSEWHERE} | fields),
        )
        there = (
            hub(region=ELSEWHERE, arn="arn:aws:securityhub:us-east-1::hub/default"),
            rule(CSPM, region=ELSEWHERE),
        )
        assert outcome(hub(), aggregator, *there, subscribed(), **regions()) is expected


@pytest.mark.parametrize("pattern", [CSPM, V2])
@pytest.mark.parametrize(("source", "expected"), [("aws.securityhub", PASS), ("aws.ec2", FAIL)])
def test_events_of_another_source_are_none_of_security_hub(pattern, source, expected):
    of_source = rule(pattern | {"source": [source]})
    assert outcome(hub(enabled=True), of_source, subscribed()) is expected


class TestAdministrator:
    @pytest.mark.parametrize(
        ("administrator", "declared", "expected"),
        [
            (DetectorAdministrator(account=AUDIT, status="Enabled"), [AUDIT], PASS),
            (DetectorAdministrator(account=AUDIT, status="Disabled"), [AUDIT], FAIL),
            (DetectorAdministrator(account=AUDIT, status="Enabled"), [], UNKNOWN),
            (DetectorAdministrator(account=AUDIT, status="Disabled"), [], FAIL),
            (denied("guardduty:GetAdministratorAccount"), [AUDIT], UNKNOWN),
            (None, [AUDIT], FAIL),
        ],
    )
    def test_it_is_declared(self, administrator, declared, expected):
        managed = detector(administrator=administrator)
        assert outcome(managed, baseline=options(administrators=declared)) is expected

    def test_it_is_judged_where_it_was_read(self):
        accounts = tuple(AccountScope(id=id_, regions=(REGION,)) for id_ in (ACCOUNT, AUDIT))
        managed = detector(administrator=DetectorAdministrator(account=AUDIT, status="Enabled"))
        assert outcome(managed, accounts=accounts) is NOT_APPLICABLE


class TestNotifications:
    def configuration(self, **fields):
        source = NotificationRule(
            source="aws.guardduty", event_type="GuardDuty Finding", regions=(REGION,)
        )
        defaults = {"status": "ACTIVE", "channels": ("arn:aws:chatbot::1:c",), "rules": (source,)}
        return records.record(
            NotificationConfiguration,
            "configuration/c",
            service="notifications",
            **(defaults | fields),
        )

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({}, PASS),
            ({"channels": ()}, FAIL),
            ({"channels": UNREAD}, UNKNOWN),
            ({"status": "DELETING"}, FAIL),
            ({"rules": UNREAD}, UNKNOWN),
            ({"rules": ()}, FAIL),
        ],
    )
    def test_a_configuration(self, fields, expected):
        assert outcome(self.configuration(**fields)) is expected

    def test_of_another_region(self):
        source = NotificationRule(
            source="aws.guardduty", event_type="GuardDuty Finding", regions=(ELSEWHERE,)
        )
        assert outcome(self.configuration(rules=(source,))) is FAIL

    def test_a_denied_listing(self):
        gaps = {"NotificationConfiguration": denied("notifications:ListNotificationConfigurations")}
        assert outcome(gaps=gaps) is UNKNOWN


def test_a_suspended_detector():
    assert outcome(detector(status="DISABLED")) is NOT_APPLICABLE
    assert outcome(detector(status=UNREAD), rule(), subscribed()) is UNKNOWN
