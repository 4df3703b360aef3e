"""Services and tasks of Amazon ECS, from answers as AWS gives them."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline.model.ecs import EcsService, EcsTask
from cloudpack_baseline.model.read import reads
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.gatherers import gatherer_of
from cloudpack_baseline.sources.script import record_script
from cloudpack_baseline.sources.targets import SourceAccount
from fakes import calls
from support import ACCOUNT, REGION

PLACE = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
CLUSTER = f"{PLACE}:cluster/app"
WEB, JOB = f"{PLACE}:task-definition/web:1", f"{PLACE}:task-definition/job:1"
BOSS = f"arn:aws:iam::{ACCOUNT}:role/boss"
TASKS = [f"{PLACE}:task/app/{number}" for number in range(150)]


def task(arn, definition=WEB, **more):
    return {"taskArn": arn, "clusterArn": CLUSTER, "taskDefinitionArn": definition} | more


def service(name, **more):
    return {"serviceArn": f"{PLACE}:service/app/{name}", "clusterArn": CLUSTER} | more


ANSWERS = {
    "ecs:ListClusters": {"clusterArns": [CLUSTER]},
    "ecs:ListServices": {"serviceArns": [f"{PLACE}:service/app/{name}" for name in "ab"]},
    "ecs:DescribeServices": {
        "services": [
            service(
                "a",
                taskDefinition=WEB,
                enableExecuteCommand=True,
                tags=[{"key": "env", "value": "dev"}, {"key": "empty"}],
            ),
            service("b", taskSets=[{"taskDefinition": JOB}]),
            service("c"),
        ]
    },
    "ecs:ListTasks": {"taskArns": [TASKS[0], TASKS[1]]},
    "ecs:DescribeTasks": {
        "tasks": [
            task(TASKS[0], enableExecuteCommand=True),
            task(TASKS[1], JOB, overrides={"taskRoleArn": BOSS}),
        ]
    },
    ("ecs:DescribeTaskDefinition", WEB): {"taskDefinition": {"taskRoleArn": BOSS}},
    ("ecs:DescribeTaskDefinition", JOB): {"taskDefinition": {}},
}
FIELDS = frozenset(("role", "definition_role"))


def gathered(kind, answers=ANSWERS, fields=FIELDS):
    asked = calls(answers)
    return gatherer_of(kind).run(asked, fields), asked.transport.asked


def test_services_have_the_role_of_their_task_definition():
    found, asked = gathered(EcsService)
    assert found.unknown is None
    a, b, c = found.records
    assert (a.name, a.cluster, a.exec_enabled, a.role) == ("a", CLUSTER, True, BOSS)
    assert a.tags == (("empty", ""), ("env", "dev"))
    assert (b.task_definition, b.exec_enabled, b.role) == (None, False, None)
    assert c.role is None
    assert [key for key, *_ in asked].count("ecs:DescribeTaskDefinition") == 2


@pytest.mark.parametrize(
    ("second", "role"),
    [
        ({"taskRoleArn": BOSS}, BOSS),
        ({"taskRoleArn": f"{BOSS}-2"}, "unsupported"),
        ({}, "unsupported"),
        ({"taskRoleArn": 5}, "malformed"),
    ],
    ids=["the-same", "another", "none", "malformed"],
)
def test_the_role_of_several_task_sets_is_known_if_it_is_the_same(second, role):
    sets = [{"taskDefinition": WEB}, {"taskDefinition": JOB}, {"taskDefinition": WEB}]
    answers = {
        "ecs:DescribeServices": {"services": [service("b", taskSets=sets)]},
        ("ecs:DescribeTaskDefinition", JOB): {"taskDefinition": second},
    }
    (record,) = gathered(EcsService, ANSWERS | answers)[0].records
    known = not isinstance(record.role, Unknown)
    assert (record.role if known else record.role.causes[0].why) == role


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        ({"arn": TASKS[1], "reason": "MISSING"}, None),
        ({"arn": TASKS[1], "reason": "AccessDenied"}, ("denied", "AccessDenied")),
        ({"arn": TASKS[1], "reason": "RESOURCE"}, ("failed", "RESOURCE")),
        ({"arn": TASKS[1]}, ("malformed", "")),
        ("MISSING", ("malformed", "")),
    ],
)
def test_only_a_task_that_is_missing_is_gone(failure, cause):
    answers = {"ecs:DescribeTasks": {"tasks": [task(TASKS[0])], "failures": [failure]}}
    found, _ = gathered(EcsTask, ANSWERS | answers)
    assert [record.arn for record in found.records] == TASKS[:1]
    causes = () if found.unknown is None else found.unknown.causes
    assert [(entry.why, entry.code) for entry in causes] == ([cause] if cause else [])


def test_tasks_have_the_role_of_their_task_definition_or_another():
    found, _ = gathered(EcsTask)
    first, second = found.records
    assert (first.name, first.role, first.role_override) == ("0", BOSS, None)
    assert (second.definition_role, second.role) == (None, BOSS)


def test_a_task_definition_is_only_read_for_its_role():
    found, asked = gathered(EcsTask, fields=frozenset())
    assert isinstance(found.records[0].definition_role, Unknown)
    assert "ecs:DescribeTaskDefinition" not in {key for key, *_ in asked}


def test_tasks_are_described_in_batches():
    answers = ANSWERS | {
        "ecs:ListTasks": {"taskArns": TASKS},
        ("ecs:DescribeTasks", TASKS[0]): {"tasks": [task(arn) for arn in TASKS[:100]]},
        ("ecs:DescribeTasks", TASKS[100]): {"tasks": [task(arn) for arn in TASKS[100:]]},
    }
    found, asked = gathered(EcsTask, answers)
    assert [record.arn for record in found.records] == TASKS
    assert [key for key, *_ in asked].count("ecs:DescribeTasks") == 2
    assert [key for key, *_ in asked].count("ecs:DescribeTaskDefinition") == 1


@pytest.mark.parametrize(
    "key", ["ecs:ListClusters", "ecs:ListTasks", "ecs:DescribeTasks"], ids=lambda key: key
)
def test_a_denied_listing_may_hide_tasks(key):
    found, _ = gathered(EcsTask, ANSWERS | {key: "AccessDeniedException"})
    assert found.records == ()
    assert found.unknown.causes[0].operation == key


def test_a_denied_task_definition_leaves_roles_unknown():
    denied = {("ecs:DescribeTaskDefinition", WEB): "AccessDeniedException"}
    found, _ = gathered(EcsTask, ANSWERS | denied)
    first, second = found.records
    assert first.role.causes[0].operation == "ecs:DescribeTaskDefinition"
    assert second.role == BOSS


def test_a_malformed_task_affects_only_its_role():
    answers = {"ecs:DescribeTasks": {"tasks": [task(TASKS[0], 5), task(TASKS[1])]}}
    found, _ = gathered(EcsTask, ANSWERS | answers)
    first, second = found.records
    assert isinstance(first.role, Unknown)
    assert second.role == BOSS


def test_a_folder_has_a_file_for_each_task(tmp_path):
    folder = tmp_path / ACCOUNT / REGION
    folder.mkdir(parents=True)

    def write(name, answer):
        (folder / f"{name}.json").write_text(json.dumps(answer), encoding="utf-8")

    write("ecs.list-clusters", {"clusterArns": [CLUSTER]})
    quoted = CLUSTER.replace("/", "%2F")
    write(f"ecs.list-tasks@{quoted}", {"taskArns": TASKS[:2]})
    for arn in TASKS[:2]:
        write(f"ecs.describe-tasks@{arn.replace('/', '%2F')}", {"tasks": [task(arn)]})
    role = {"taskDefinition": {"taskRoleArn": BOSS}}
    write(f"ecs.describe-task-definition@{WEB.replace('/', '%2F')}", role)
    account = SourceAccount(id=ACCOUNT, regions=(REGION,))

    def gather():
        with parse_source(f"describe:{tmp_path}").open([account]) as opened:
            return opened.gather([reads(EcsTask, "definition_role")])

    assert [record.role for record in gather().all(EcsTask, ACCOUNT)] == [BOSS, BOSS]
    (folder / f"ecs.describe-tasks@{TASKS[1].replace('/', '%2F')}.json").unlink()
    (coverage,) = gather().coverage
    assert "ecs.describe-tasks" in str(coverage.unknown)


def test_the_script_describes_each_task_and_each_definition():
    script = record_script([reads(EcsTask, "definition_role"), reads(EcsService, "role")])
    loops = [line for line in script.splitlines() if "describe-task-definition@" in line]
    assert len(loops) == 2
    assert '--cluster "$(basename "$(dirname "$name")")"' in script


def test_moto_keeps_roles_and_forgets_whether_exec_is_on():
    account = SourceAccount(id=ACCOUNT, regions=(REGION,))
    with parse_source("moto").open([account]) as cloud:
        ecs = cloud.accounts[0].session.client("ecs", region_name=REGION)
        ecs.create_cluster(clusterName="app")
        ecs.register_task_definition(family="web", taskRoleArn=BOSS, containerDefinitions=[])
        ecs.create_service(
            cluster="app",
            serviceName="web",
            taskDefinition="web",
            desiredCount=1,
            enableExecuteCommand=True,
        )
        snapshot = cloud.gather([reads(EcsService, "role")])
    (record,) = snapshot.all(EcsService, ACCOUNT)
    assert (record.role, record.exec_enabled) == (BOSS, False)
    assert "ecs-exec-off" in snapshot.assumptions
