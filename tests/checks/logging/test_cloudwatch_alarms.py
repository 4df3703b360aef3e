"""cloudwatch-alarms (3.1, 4.5.3)."""

from __future__ import annotations

import pytest
from attrs import evolve

from cloudpack_baseline import Baseline, Outcome, check_cloudwatch_alarms
from cloudpack_baseline.model.cloudwatch import CompositeAlarm, Dimension, MetricAlarm, MetricQuery
from cloudpack_baseline.model.rds import DBInstance
from cloudpack_baseline.model.sns import Subscription, SubscriptionList
from cloudpack_baseline.testing import records
from support import ACCOUNT, REGION, denied, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NOT_APPLICABLE = Outcome.NOT_APPLICABLE
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:operators"
UNREAD = denied("cloudwatch:DescribeAlarms")
SUBSCRIBED = records.record(
    SubscriptionList,
    "*",
    service="sns",
    subscriptions=(Subscription(topic=TOPIC, protocol="email", confirmed=True),),
)


def dimensions(**values):
    return tuple(Dimension(name=name, value=value) for name, value in values.items())


def alarm(name="cpu", **fields):
    defaults = {"alarm_actions": (TOPIC,), "dimensions": dimensions(InstanceId="i-1")}
    return records.record(
        MetricAlarm, f"alarm:{name}", service="cloudwatch", **({"name": name} | defaults | fields)
    )


def composite(rule, name="any", **fields):
    defaults = {"alarm_actions": (TOPIC,), "alarm_rule": rule, "name": name}
    return records.record(
        CompositeAlarm, f"alarm:{name}", service="cloudwatch", **(defaults | fields)
    )


def database(**fields):
    defaults = {"name": "shop", "engine": "mysql"}
    return records.record(DBInstance, "db:shop", service="rds", **(defaults | fields))


def outcome(*entries, **fields):
    return judged(*entries, **fields).outcome


def judged(*entries, resource=None, baseline=None, **fields):
    resource = resource or records.instance("i-1")
    snapshot = world("cloudwatch-alarms", resource, *entries, SUBSCRIBED, **fields)
    (finding,) = (
        finding
        for finding in check_cloudwatch_alarms(snapshot, baseline).findings
        if finding.resource.key == resource.key
    )
    return finding


class TestDimensions:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({}, PASS),
            ({"dimensions": dimensions(InstanceId="i-2")}, FAIL),
            ({"dimensions": dimensions(Path="/", InstanceId="i-1")}, PASS),
            ({"dimensions": ()}, FAIL),
            ({"dimensions": UNREAD}, UNKNOWN),
            ({"dimensions": (), "metrics": UNREAD}, UNKNOWN),
            (
                {
                    "dimensions": (),
                    "metrics": (MetricQuery(dimensions=dimensions(InstanceId="i-1")),),
                },
                PASS,
            ),
            ({"dimensions": (), "metrics": (MetricQuery(expression="m1 + m2"),)}, FAIL),
            ({"region": "us-east-1"}, FAIL),
        ],
    )
    def test_of_an_instance(self, fields, expected):
        assert outcome(alarm(**fields)) is expected

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (
                'SELECT MAX(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId) GROUP BY InstanceId',
                PASS,
            ),
            ('SELECT MAX(CPUUtilization) FROM "AWS/RDS"', FAIL),
            ("SELECT MAX(CPUUtilization) FROM \"AWS/EC2\" WHERE tag.env = 'prod'", UNKNOWN),
        ],
    )
    def test_metrics_insights(self, query, expected):
        fields = {"dimensions": (), "metrics": (MetricQuery(expression=query),)}
        assert outcome(alarm(**fields)) is expected

    def test_metrics_insights_of_databases(self):
        query = MetricQuery(expression='SELECT MAX(CPUUtilization) FROM "AWS/RDS"')
        of_all = alarm(dimensions=(), metrics=(query,))
        assert outcome(of_all, resource=database()) is PASS

    def test_a_query_among_other_metrics(self):
        of_other = MetricQuery(dimensions=dimensions(InstanceId="i-2"))
        query = MetricQuery(expression='SELECT MAX(CPUUtilization) FROM "AWS/EC2"')
        assert outcome(alarm(dimensions=(), metrics=(of_other, query))) is PASS

    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            ((("aws:autoscaling:groupName", "web"),), PASS),
            ((("aws:autoscaling:groupName", "app"),), FAIL),
            ((), FAIL),
            (UNREAD, UNKNOWN),
        ],
    )
    def test_of_its_auto_scaling_group(self, tags, expected):
        scaled = alarm(dimensions=dimensions(AutoScalingGroupName="web"))
        assert outcome(scaled, resource=records.instance("i-1", tags=tags)) is expected

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"DBInstanceIdentifier": "shop"}, PASS),
            ({"DBClusterIdentifier": "aurora"}, PASS),
            ({"DBInstanceIdentifier": "other"}, FAIL),
            ({"InstanceId": "shop"}, FAIL),
        ],
    )
    def test_of_a_database(self, values, expected):
        entry = alarm(dimensions=dimensions(**values))
        assert outcome(entry, resource=database(cluster="aurora")) is expected


class TestNotification:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"actions_enabled": False}, FAIL),
            ({"actions_enabled": UNREAD}, UNKNOWN),
            ({"alarm_actions": ()}, FAIL),
            ({"alarm_actions": UNREAD}, UNKNOWN),
            ({"alarm_actions": (f"arn:aws:automate:{REGION}:ec2:recover",)}, FAIL),
            ({"alarm_actions": (f"{TOPIC}-2",)}, FAIL),
            ({"alarm_actions": ("operators",)}, UNKNOWN),
            ({"alarm_actions": (f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",)}, UNKNOWN),
        ],
    )
    def test_actions(self, fields, expected):
        assert outcome(alarm(**fields)) is expected

    def test_declared_receivers(self):
        options = {"controls": {"cloudwatch-alarms": {"receivers": ["arn:*:function:page"]}}}
        arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:page"
        entry = alarm(alarm_actions=(arn,))
        assert outcome(entry, baseline=Baseline.from_mapping(options)) is PASS

    @pytest.mark.parametrize(
        ("rule", "fields", "expected"),
        [
            ('ALARM("cpu") OR ALARM("disk")', {}, PASS),
            ("ALARM(cpu)", {}, PASS),
            (f"ALARM({alarm().arn})", {}, PASS),
            ("ALARM(disk)", {}, FAIL),
            ("ALARM(cpu) AND ALARM(disk)", {}, UNKNOWN),
            ("ALARM(cpu)", {"actions_enabled": False}, FAIL),
            ("ALARM(cpu)", {"region": "us-east-1"}, FAIL),
            (UNREAD, {}, UNKNOWN),
        ],
    )
    def test_a_composite_alarm_notifies_instead(self, rule, fields, expected):
        assert outcome(alarm(alarm_actions=()), composite(rule, **fields)) is expected

    def test_composite_alarms_of_composite_alarms(self):
        entries = composite("ALARM(cpu)", alarm_actions=()), composite("ALARM(any)", name="above")
        assert outcome(alarm(alarm_actions=()), *entries) is PASS
        chain = (
            composite("ALARM(cpu)", "first", alarm_actions=()),
            composite("ALARM(first)", "second", alarm_actions=()),
            composite("ALARM(second)", "third"),
        )
        assert outcome(alarm(alarm_actions=()), *chain) is PASS
        circle = (
            composite("ALARM(cpu) OR ALARM(above)", alarm_actions=()),
            composite("ALARM(any)", name="above", alarm_actions=()),
        )
        assert outcome(alarm(alarm_actions=()), *circle) is FAIL


def test_many_composite_alarms_that_nobody_hears():
    """Each of them is asked for once, not for each chain of them."""
    silent = [
        composite(f"ALARM(c{index + 1})", f"c{index}", alarm_actions=()) for index in range(40)
    ]
    assert outcome(alarm(alarm_actions=()), *silent) is FAIL
    unread = [evolve(entry, alarm_rule=UNREAD) for entry in silent]
    assert outcome(alarm(alarm_actions=()), *unread) is FAIL
    heard = evolve(unread[-1], alarm_actions=(TOPIC,))
    assert outcome(alarm(alarm_actions=()), *unread[:-1], heard) is UNKNOWN


def test_a_circle_below_alarms_that_were_read_in_part():
    """What is asked ends, although the causes of the two alarms alternate."""
    below = (
        composite("ALARM(cpu) OR ALARM(second)", "first", alarm_actions=()),
        composite("ALARM(first)", "second", alarm_actions=()),
    )
    middle = composite("ALARM(second) AND ALARM(night)", "middle", alarm_actions=UNREAD)
    assert outcome(alarm(alarm_actions=()), *below, middle) is UNKNOWN
    above = composite("ALARM(middle)", "above")
    assert outcome(alarm(alarm_actions=()), *below, middle, above) is UNKNOWN
    certain = evolve(middle, alarm_rule="ALARM(second)")
    assert outcome(alarm(alarm_actions=()), *below, certain, above) is PASS


def test_an_alarm_on_several_metrics_is_read_once():
    queries = tuple(MetricQuery(dimensions=dimensions(InstanceId="i-1")) for _ in range(2))
    twice = alarm(dimensions=dimensions(InstanceId="i-1"), metrics=queries)
    assert outcome(twice) is PASS
    assert outcome(twice, resource=records.instance("i-2")) is FAIL


def test_two_resources_under_one_alarm():
    alarm_record = alarm(dimensions=(*dimensions(InstanceId="i-1"), *dimensions(InstanceId="i-2")))
    instances = records.instance("i-1"), records.instance("i-2")
    snapshot = world("cloudwatch-alarms", *instances, alarm_record, SUBSCRIBED)
    outcomes = {finding.outcome for finding in check_cloudwatch_alarms(snapshot).findings}
    assert outcomes == {PASS}


def test_alarms_are_named():
    silent, of_other = alarm("silent", alarm_actions=()), alarm("other", dimensions=())
    (observation,) = judged(alarm(), silent, of_other).observations
    assert (observation.outcome, observation.read) == (PASS, "cpu")
    (observation,) = judged(silent, of_other).observations
    message = observation.message.in_language("en")
    assert (observation.outcome, message) == (FAIL, "alarms on it notify nobody: silent")


def test_no_alarm():
    (observation,) = judged(alarm(dimensions=())).observations
    assert (observation.outcome, observation.message.id) == (FAIL, "logging.no-alarm")


@pytest.mark.parametrize("kind", ["MetricAlarm", "CompositeAlarm"])
def test_a_denied_listing(kind):
    assert outcome(gaps={kind: UNREAD}) is UNKNOWN
    assert outcome(alarm(), gaps={kind: UNREAD}) is PASS


@pytest.mark.parametrize(
    ("state", "expected"),
    [("running", PASS), ("stopped", NOT_APPLICABLE)],
)
def test_states(state, expected):
    assert outcome(alarm(), resource=records.instance("i-1", state=state)) is expected


@pytest.mark.parametrize("state", ["terminated", "shutting-down"])
def test_a_terminated_instance_is_none(state):
    snapshot = world("cloudwatch-alarms", records.instance("i-1", state=state))
    kinds = {finding.resource.kind for finding in check_cloudwatch_alarms(snapshot).findings}
    assert kinds == {"Account"}


@pytest.mark.parametrize(("pattern", "expected"), [("*", PASS), ("i-1", PASS), ("i-2", FAIL)])
def test_an_external_monitor(pattern, expected):
    options = {"controls": {"cloudwatch-alarms": {"monitored": [pattern]}}}
    assert outcome(baseline=Baseline.from_mapping(options)) is expected
