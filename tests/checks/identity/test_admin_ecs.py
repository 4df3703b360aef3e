"""Paths by ECS Exec to the roles of tasks (admin-privileges, 4.5.2)."""

from __future__ import annotations

import pytest

from cloudpack_baseline import Baseline, Outcome, check_admin_privileges
from cloudpack_baseline.model.ecs import EcsService, EcsTask
from cloudpack_baseline.model.values import Unknown, Why
from principals import BOSS, IAM, allow, boss, deny, me, role
from support import ACCOUNT, REGION, denied, world

PLACE = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
CLUSTER = f"{PLACE}:cluster/app"
DEFINITION = f"{PLACE}:task-definition/web:3"
READER = f"{IAM}role/reader"
EXEC = "ecs:ExecuteCommand"
UPDATE = "ecs:UpdateService"
HIDDEN = Unknown.because(Why.UNDETERMINED, detail="<parameter Exec>")


def task(bearer_role=BOSS, **changes):
    values = {
        "arn": f"{PLACE}:task/app/1",
        "account": ACCOUNT,
        "region": REGION,
        "cluster": CLUSTER,
        "exec_enabled": True,
        "task_definition": DEFINITION,
        "definition_role": bearer_role,
    }
    return EcsTask(**(values | changes))


def service(bearer_role=BOSS, **changes):
    values = {
        "arn": f"{PLACE}:service/app/web",
        "account": ACCOUNT,
        "region": REGION,
        "cluster": CLUSTER,
        "task_definition": DEFINITION,
        "role": bearer_role,
    }
    return EcsService(**(values | changes))


def judged(*records, gaps=None):
    baseline = Baseline.from_mapping({"controls": {"admin-privileges": {"principals": [BOSS]}}})
    assessment = check_admin_privileges(world("admin-privileges", *records, gaps=gaps), baseline)
    return next(finding for finding in assessment.findings if finding.resource.name == "me")


def outcome(statements, *records, gaps=None):
    return judged(me(*statements), boss(), *records, gaps=gaps).outcome


@pytest.mark.parametrize(
    "records",
    [
        (task(),),
        (task(READER, role_override=BOSS),),
        (service(exec_enabled=True),),
        (task(cluster=HIDDEN),),
    ],
    ids=["task", "override", "service", "unknown-cluster"],
)
def test_a_shell_in_a_task_has_its_role(records):
    finding = judged(me(allow(EXEC)), boss(), *records)
    assert finding.outcome is Outcome.FAIL
    (observation,) = finding.observations
    assert observation.message.id == "identity.escalation-path"
    assert f"{PLACE}:task/app/" in observation.message.in_language("en")


@pytest.mark.parametrize(
    "records",
    [
        (),
        (task(READER), service(READER, exec_enabled=True)),
        (task(None),),
        (task(BOSS, role_override=READER),),
        (task(exec_enabled=False),),
        (service(),),
    ],
    ids=["none", "harmless", "without-role", "override", "exec-off", "service-off"],
)
def test_tasks_without_the_role_or_without_exec_are_no_path(records):
    reader = role("reader", allow("s3:*"))
    assert outcome([allow(EXEC)], reader, *records) is Outcome.PASS


def test_the_cluster_and_the_task_are_both_needed():
    in_cluster, on_task = allow(EXEC, CLUSTER), allow(EXEC, f"{PLACE}:task/app/*")
    assert outcome([in_cluster, on_task], task()) is Outcome.FAIL
    assert outcome([in_cluster], task()) is Outcome.PASS
    assert outcome([on_task], task()) is Outcome.PASS
    elsewhere = allow(EXEC, [f"{PLACE}:cluster/dev", f"{PLACE}:task/dev/*"])
    assert outcome([elsewhere], task(), service(exec_enabled=True)) is Outcome.PASS
    assert outcome([allow(EXEC), deny(EXEC, CLUSTER)], task()) is Outcome.PASS


def test_whoever_updates_a_service_opens_its_tasks():
    both = allow([EXEC, UPDATE])
    assert outcome([both], service()) is Outcome.FAIL
    assert outcome([both], service(READER), role("reader", allow("s3:*"))) is Outcome.PASS
    assert outcome([allow(UPDATE)], service(exec_enabled=True)) is Outcome.PASS
    never = {"Condition": {"Bool": {"ecs:enable-execute-command": "true"}}}
    assert outcome([both, deny(UPDATE, **never)], service()) is Outcome.PASS
    assert outcome([both, deny(UPDATE, **never)], service(exec_enabled=True)) is Outcome.FAIL


def test_a_service_that_was_not_read_cannot_be_opened_where_that_is_denied():
    gaps = {"EcsService": Unknown.because(Why.NOT_GATHERED, detail="EcsService")}
    never = {"Condition": {"Bool": {"ecs:enable-execute-command": "true"}}}
    both = allow([EXEC, UPDATE])
    assert outcome([both], gaps=gaps) is Outcome.FAIL
    assert outcome([both, deny(UPDATE, **never)], gaps=gaps) is Outcome.PASS


def test_a_session_outside_of_ecs_exec_opens_the_same_shell():
    session = "ssm:StartSession"
    documents = "arn:aws:ssm:*:*:document/*"
    assert outcome([allow(session)], task()) is Outcome.FAIL
    assert outcome([allow(session, [f"{PLACE}:task/app/*", documents])], task()) is Outcome.FAIL
    assert outcome([allow(session)], task(exec_enabled=False)) is Outcome.PASS
    for arn in ("arn:aws:ec2:*:*:instance/*", f"{PLACE}:task/dev/*"):
        assert outcome([allow(session, [arn, documents])], task()) is Outcome.PASS
    closed = deny(session, "arn:aws:ecs:*:*:task/*")
    assert outcome([allow(session), closed], task()) is Outcome.PASS


def test_whoever_updates_a_service_opens_its_tasks_to_sessions():
    both = allow(["ssm:StartSession", UPDATE])
    assert outcome([both], service()) is Outcome.FAIL
    assert outcome([both, deny("ssm:StartSession", f"{PLACE}:task/*")], service()) is Outcome.PASS
    never = {"Condition": {"Bool": {"ecs:enable-execute-command": "true"}}}
    assert outcome([both, deny(UPDATE, **never)], service()) is Outcome.PASS


def test_the_cluster_is_known_to_conditions():
    for cluster, expected in ((CLUSTER, Outcome.FAIL), (f"{PLACE}:cluster/dev", Outcome.PASS)):
        condition = {"Condition": {"ArnEquals": {"ecs:cluster": cluster}}}
        assert outcome([allow(EXEC, **condition)], task()) is expected


def test_the_tags_of_a_task_are_known_to_conditions():
    condition = {"Condition": {"StringEquals": {"ecs:ResourceTag/env": "dev"}}}
    statements = [allow(EXEC, CLUSTER), allow(EXEC, f"{PLACE}:task/*", **condition)]
    assert outcome(statements, task(tags=(("env", "dev"),))) is Outcome.FAIL
    assert outcome(statements, task(tags=(("env", "prod"),))) is Outcome.PASS
    assert outcome(statements, task(tags=HIDDEN)) is Outcome.UNKNOWN
    assert outcome(statements, service(exec_enabled=True)) is Outcome.UNKNOWN


def test_what_is_not_known_of_a_task_leaves_doubt():
    limited = [allow(EXEC, [CLUSTER, f"{PLACE}:task/app/*"])]
    for changes in ({"exec_enabled": HIDDEN}, {"definition_role": HIDDEN}):
        assert outcome(limited, task(**changes)) is Outcome.UNKNOWN
    assert outcome(limited, service(exec_enabled=HIDDEN)) is Outcome.UNKNOWN
    assert outcome(limited, service(HIDDEN)) is Outcome.PASS  # ECS Exec is off
    assert outcome(limited, task(None, exec_enabled=HIDDEN)) is Outcome.PASS  # no role


def test_a_denied_listing_leaves_no_pass_on_a_single_cluster():
    gaps = {"EcsTask": denied("ecs:ListTasks")}
    statements = [allow(EXEC, [CLUSTER, f"{PLACE}:task/app/*"])]
    finding = judged(me(*statements), boss(), gaps=gaps)
    assert finding.outcome is Outcome.UNKNOWN
    assert "ecs:ListTasks" in str(finding.observations[0].causes)
    assert outcome([allow(EXEC, CLUSTER)], gaps=gaps) is Outcome.PASS
    assert outcome([allow(EXEC)], gaps=gaps) is Outcome.FAIL
