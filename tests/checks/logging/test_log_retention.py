"""log-retention (4.5.3)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline, Outcome, check_log_retention
from cloudpack_baseline.model.ecs import ClusterSettings, EcsCluster
from cloudpack_baseline.model.logs import LogGroup
from cloudpack_baseline.model.ssm import SessionPreferences, SessionRecording
from cloudpack_baseline.testing import records
from support import ACCOUNT, denied, world

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NOT_APPLICABLE = Outcome.NOT_APPLICABLE
UNREAD = denied("ssm:GetDocument")


def group(name="sessions", **fields):
    return records.record(
        LogGroup, f"log-group:{name}", service="logs", **({"name": name} | fields)
    )


TO_SESSIONS = SessionRecording(log_group="sessions")


def preferences(recording=TO_SESSIONS):
    return records.record(
        SessionPreferences,
        "document/SSM-SessionManagerRunShell",
        service="ssm",
        recording=recording,
    )


def cluster(settings):
    return records.record(EcsCluster, "cluster/web", service="ecs", settings=settings)


def options(**keys):
    return Baseline.from_mapping({"controls": {"log-retention": keys}})


def judged(*entries, baseline=None, **fields):
    findings = check_log_retention(world("log-retention", *entries, **fields), baseline).findings
    return {finding.resource.name or finding.resource.key: finding.outcome for finding in findings}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, PASS),  # never expires
        ({"retention_in_days": 365}, PASS),
        ({"retention_in_days": 364}, FAIL),
        ({"retention_in_days": denied("logs:DescribeLogGroups")}, UNKNOWN),
        ({"log_group_class": "DELIVERY"}, FAIL),
        ({"log_group_class": "INFREQUENT_ACCESS"}, PASS),
        ({"log_group_class": denied("logs:DescribeLogGroups")}, UNKNOWN),
    ],
)
def test_the_log_group_of_sessions(fields, expected):
    assert judged(group(**fields), preferences()) == {"sessions": expected}


def test_log_groups_that_could_not_be_listed():
    """That there is none of sessions was not read."""
    unread = {"LogGroup": denied("logs:DescribeLogGroups")}
    assert set(judged(preferences(), gaps=unread).values()) == {UNKNOWN}


@pytest.mark.parametrize(("days", "expected"), [(1, PASS), (2, FAIL)])
def test_the_class_delivery_keeps_events_for_a_day(days, expected):
    entries = group(log_group_class="DELIVERY"), preferences()
    assert judged(*entries, baseline=options(days=days)) == {"sessions": expected}


def test_the_log_group_of_ecs_exec():
    override = ClusterSettings(exec_logging="OVERRIDE", exec_log_group="exec")
    entries = group("exec", retention_in_days=30), cluster(override)
    assert judged(*entries) == {"exec": FAIL}
    default = ClusterSettings(exec_logging="DEFAULT", exec_log_group="exec")
    assert judged(entries[0], cluster(default)) == {ACCOUNT: NOT_APPLICABLE}


def test_other_log_groups_are_judged_where_declared():
    entries = group("/bastion/secure", retention_in_days=30), group("app", retention_in_days=1)
    assert judged(*entries) == {ACCOUNT: NOT_APPLICABLE}
    assert judged(*entries, baseline=options(log_groups=["/bastion/*"])) == {
        "/bastion/secure": FAIL
    }
    days = options(log_groups=["/bastion/*"], days=30)
    assert judged(*entries, baseline=days) == {"/bastion/secure": PASS}
    forwarded = options(log_groups=["*"], forwarded=["/bastion/*"])
    assert judged(*entries, baseline=forwarded) == {"/bastion/secure": PASS, "app": FAIL}


def test_a_log_group_of_the_name_in_another_region():
    assert judged(group(region="us-east-1"), preferences()) == {ACCOUNT: NOT_APPLICABLE}


def test_no_preferences():
    assert judged(preferences(None)) == {ACCOUNT: NOT_APPLICABLE}
    (finding,) = check_log_retention(world("log-retention", preferences(None))).findings
    assert [one.message.id for one in finding.observations] == ["logging.no-session-groups"]


def test_what_names_log_groups_could_not_be_read():
    assert judged(preferences(UNREAD)) == {"SSM-SessionManagerRunShell": UNKNOWN}
    assert judged(cluster(denied("ecs:DescribeClusters"))) == {"web": UNKNOWN}
    gaps = {"EcsCluster": denied("ecs:ListClusters")}
    assert judged(gaps=gaps) == {ACCOUNT: UNKNOWN}
    gaps |= {"SessionPreferences": UNREAD}
    (finding,) = check_log_retention(world("log-retention", gaps=gaps)).findings
    assert len(finding.observations) == len(gaps)


def test_a_denied_listing():
    gaps = {"LogGroup": denied("logs:DescribeLogGroups")}
    outcomes = judged(preferences(), gaps=gaps)
    assert outcomes["*"] is UNKNOWN
