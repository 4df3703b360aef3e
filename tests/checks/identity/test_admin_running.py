"""Paths by what runs with a role already (admin-privileges, 4.5.2)."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Baseline, Outcome, check_admin_privileges
from cloudpack_baseline.model.batch import JobDefinition
from cloudpack_baseline.model.cloudformation import CloudFormationStack
from cloudpack_baseline.model.codebuild import BuildProject
from cloudpack_baseline.model.ec2 import Instance
from cloudpack_baseline.model.glue import GlueJob
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.sagemaker import NotebookInstance
from cloudpack_baseline.model.stepfunctions import StateMachine
from cloudpack_baseline.model.values import Unknown, Why
from principals import BOSS, IAM, allow, boss, deny, me, role, user
from support import ACCOUNT, REGION, denied, world

READER = f"{IAM}role/reader"
PROFILE = f"{IAM}instance-profile/boss"
UNSURE = {"StringUnlike": {"aws:userid": "x"}}
RUNNING = {
    LambdaFunction: ("lambda", "function:f", [["lambda:UpdateFunctionCode"]]),
    CloudFormationStack: (
        "cloudformation",
        "stack/s/0",
        [
            ["cloudformation:UpdateStack"],
            ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
        ],
    ),
    BuildProject: (
        "codebuild",
        "project/p",
        [
            ["codebuild:StartBuild"],
            ["codebuild:StartSandbox", "codebuild:StartCommandExecution"],
            ["codebuild:StartSandbox", "codebuild:StartSandboxConnection"],
        ],
    ),
    JobDefinition: ("batch", "job-definition/d:1", [["batch:SubmitJob"]]),
    GlueJob: ("glue", "job/j", [["glue:StartJobRun"]]),
    StateMachine: ("states", "stateMachine:m", [["states:UpdateStateMachine"]]),
    NotebookInstance: (
        "sagemaker",
        "notebook-instance/n",
        [
            ["sagemaker:CreatePresignedNotebookInstanceUrl"],
            [
                "sagemaker:UpdateNotebookInstanceLifecycleConfig",
                "sagemaker:StopNotebookInstance",
                "sagemaker:StartNotebookInstance",
            ],
        ],
    ),
}
CASES = [
    (kind, service, resource, actions)
    for kind, (service, resource, paths) in RUNNING.items()
    for actions in paths
]


def bearer(kind, service, resource, bearer_role=BOSS, **changes):
    arn = f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"
    values = {"arn": arn, "account": ACCOUNT, "region": REGION, "role": bearer_role}
    return kind(**(values | changes))


def function(bearer_role=BOSS, name="f", **changes):
    return bearer(LambdaFunction, "lambda", f"function:{name}", bearer_role, **changes)


def instance(profile=PROFILE, **changes):
    values = {
        "arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1",
        "account": ACCOUNT,
        "region": REGION,
        "instance_id": "i-1",
        "instance_profile": profile,
    }
    return Instance(**(values | changes))


def judged(*records, gaps=None, principal="me"):
    baseline = Baseline.from_mapping({"controls": {"admin-privileges": {"principals": [BOSS]}}})
    assessment = check_admin_privileges(world("admin-privileges", *records, gaps=gaps), baseline)
    return next(finding for finding in assessment.findings if finding.resource.name == principal)


def message(finding):
    (observation,) = finding.observations
    return observation.message


@pytest.mark.parametrize(("kind", "service", "resource", "actions"), CASES)
def test_it_leads_to_the_role_of_what_it_runs_on(kind, service, resource, actions):
    running = bearer(kind, service, resource)
    for statement in (allow(actions), allow(actions, f"arn:aws:{service}:*:*:*")):
        finding = judged(me(statement), boss(), running)
        assert finding.outcome is Outcome.FAIL
        assert message(finding).id == "identity.escalation-path"
        assert running.arn in message(finding).in_language("en")
        assert BOSS in message(finding).in_language("ja")


@pytest.mark.parametrize(("kind", "service", "resource", "actions"), CASES)
def test_a_harmless_role_is_no_path(kind, service, resource, actions):
    running = bearer(kind, service, resource, READER)
    reader = role("reader", allow("s3:*"))
    assert judged(me(allow(actions)), boss(), reader, running).outcome is Outcome.PASS


def test_each_node_of_a_job_has_its_role():
    reader = role("reader", allow("s3:*"))
    hidden = Unknown.because(Why.UNDETERMINED, detail="<parameter Role>")
    cases = (((BOSS,), Outcome.FAIL), ((READER,), Outcome.PASS), (hidden, Outcome.UNKNOWN))
    for roles, expected in cases:
        arn = "job-definition/d:1"
        job = bearer(JobDefinition, "batch", arn, READER, further_roles=roles)
        assert judged(me(allow("batch:SubmitJob")), boss(), reader, job).outcome is expected


@pytest.mark.parametrize(("kind", "service", "resource", "actions"), CASES)
def test_another_resource_is_no_path(kind, service, resource, actions):
    running = bearer(kind, service, resource)
    for statement in (deny("*", running.arn), deny(actions[-1])):
        assert judged(me(allow(actions), statement), boss(), running).outcome is Outcome.PASS


ONLY_READ = (JobDefinition, GlueJob)


@pytest.mark.parametrize(
    ("kind", "service", "resource", "actions"),
    [case for case in CASES if case[0] not in ONLY_READ],
)
def test_what_was_not_read_is_asked_about_at_large(kind, service, resource, actions):
    unread = {kind.__name__: Unknown.because(Why.NOT_GATHERED, detail=kind.__name__)}
    assert message(judged(me(allow(actions)), boss(), gaps=unread)).id == "identity.escalation"
    arns = [f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}", "arn:aws:sagemaker:*:*:x/y"]
    assert judged(me(allow(actions, arns)), boss(), gaps=unread).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("kind", "operation", "action"),
    [
        (JobDefinition, "batch:DescribeJobDefinitions", "batch:SubmitJob"),
        (GlueJob, "glue:GetJobs", "glue:StartJobRun"),
    ],
)
def test_starting_jobs_is_a_path_only_where_they_were_read(kind, operation, action):
    unread = {kind.__name__: Unknown.because(Why.NOT_GATHERED, detail=kind.__name__)}
    assert judged(me(allow(action)), boss(), gaps=unread).outcome is Outcome.PASS
    finding = judged(me(allow(action)), boss(), gaps={kind.__name__: denied(operation)})
    assert finding.outcome is Outcome.UNKNOWN
    assert operation in str(finding.observations[0].causes)


def test_a_job_may_name_its_role():
    job = bearer(GlueJob, "glue", "job/j", "boss")
    assert judged(me(allow("glue:StartJobRun")), boss(), job).outcome is Outcome.FAIL
    assert judged(me(allow("glue:StartJobRun", "*:job/k")), boss(), job).outcome is Outcome.PASS


def test_a_denied_listing_leaves_no_pass_on_a_single_resource():
    gaps = {"LambdaFunction": denied("lambda:ListFunctions")}
    statement = allow("lambda:UpdateFunctionCode", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f")
    finding = judged(me(statement), boss(), gaps=gaps)
    assert finding.outcome is Outcome.UNKNOWN
    assert "lambda:ListFunctions" in str(finding.observations[0].causes)
    assert dict(message(finding).parameters)["message"].id == "identity.running-in-doubt"
    assert judged(me(allow("s3:*")), boss(), gaps=gaps).outcome is Outcome.PASS
    allow_statement = allow(
        "cloudformation:CreateChangeSet", f"arn:aws:cloudformation:*:{ACCOUNT}:stack/s/*"
    )
    gaps = {"CloudFormationStack": denied("cloudformation:DescribeStacks")}
    assert judged(me(allow_statement), boss(), gaps=gaps).outcome is Outcome.PASS
    three = {"Effect": "Allow", "Action": "cloudformation:ExecuteChangeSet", "Resource": "x"}
    assert judged(me(allow_statement, three), boss(), gaps=gaps).outcome is Outcome.PASS


def test_an_unknown_role_leaves_its_kind_unread():
    running = function(Unknown.because(Why.MALFORMED, operation="lambda:ListFunctions"))
    finding = judged(me(allow("lambda:UpdateFunctionCode")), boss(), running)
    assert message(finding).id == "identity.escalation"


def test_an_unknown_role_leaves_no_pass_on_its_own_resource():
    unsure = Unknown.because(Why.UNDETERMINED, detail="<parameter Role>")
    for name, outcome in (("f", Outcome.UNKNOWN), ("g", Outcome.PASS)):
        statement = allow("lambda:UpdateFunctionCode", f"*:function:{name}")
        finding = judged(me(statement), boss(), function(unsure))
        assert finding.outcome is outcome
    earlier = function(Unknown.because(Why.NOT_GATHERED, operation="lambda:ListFunctions"))
    statement = allow("lambda:UpdateFunctionCode", "*:function:f")
    assert judged(me(statement), boss(), earlier).outcome is Outcome.PASS


def test_whoever_may_do_all_on_one_resource_is_asked_about_its_unknown_role():
    unsure = Unknown.because(Why.UNDETERMINED, detail="<parameter Role>")
    for name, outcome in (("f", Outcome.UNKNOWN), ("g", Outcome.PASS)):
        finding = judged(me(allow("*", f"*:function:{name}")), boss(), function(unsure))
        assert finding.outcome is outcome


def test_a_listing_that_was_denied_in_part_leaves_no_pass():
    earlier = Unknown.because(Why.NOT_GATHERED, operation="lambda:ListFunctions")
    statement = allow("lambda:UpdateFunctionCode", "*:function:f")
    for gap, outcome in (
        (earlier, Outcome.PASS),
        (earlier | denied("lambda:ListFunctions"), Outcome.UNKNOWN),
    ):
        finding = judged(me(statement), boss(), gaps={"LambdaFunction": gap})
        assert finding.outcome is outcome


def test_a_role_that_escalates_is_an_end_also_through_another():
    step = role("step", allow("iam:PutRolePolicy", f"{IAM}role/step"))
    relay = role("relay", allow("lambda:UpdateFunctionCode", "*:function:g"))
    records = (step, relay, function(step.arn, "g"), function(relay.arn, "f"))
    statement = allow("lambda:UpdateFunctionCode", "*:function:f")
    finding = judged(me(statement), *records)
    assert finding.outcome is Outcome.FAIL
    assert message(finding).id == "identity.escalation-path-on"
    assert "role/relay" in message(finding).in_language("en")
    assert judged(me(statement), step, relay, function(relay.arn, "f")).outcome is Outcome.PASS


def test_a_role_that_escalates_beside_a_path_in_doubt():
    chief, other = user("chief", allow("*")), user("other", allow("*"))
    certain = allow("iam:CreateAccessKey", chief.arn)
    doubtful = allow("iam:CreateAccessKey", other.arn, Condition=UNSURE)
    mine = me(allow("lambda:UpdateFunctionCode"))
    for statements, outcome in (
        ((certain,), Outcome.FAIL),
        ((certain, doubtful), Outcome.FAIL),
        ((doubtful,), Outcome.UNKNOWN),
    ):
        app = role("app", *statements)
        assert judged(mine, app, function(app.arn), chief, other).outcome is outcome


def test_a_role_that_may_escalate_leaves_doubt():
    step = role("step", allow("iam:PutRolePolicy", f"{IAM}role/step", Condition=UNSURE))
    finding = judged(me(allow("lambda:UpdateFunctionCode")), step, function(step.arn))
    assert finding.outcome is Outcome.UNKNOWN


def test_a_role_does_not_reach_itself():
    step = role(
        "step",
        allow("iam:PutRolePolicy", f"{IAM}role/step"),
        allow("lambda:UpdateFunctionCode", "*:function:f"),
    )
    ids = {
        observation.message.id
        for observation in judged(step, function(step.arn), principal="step").observations
    }
    assert ids == {"identity.escalates-itself"}


INSTANCE_PATHS = [
    ["ec2-instance-connect:SendSSHPublicKey"],
    ["ec2:CreateReplaceRootVolumeTask"],
    ["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"],
    ["ssm:SendCommand"],
    ["ssm:StartSession"],
]


@pytest.mark.parametrize("actions", INSTANCE_PATHS)
def test_instances_run_with_the_role_of_their_profile(actions):
    chief = boss(instance_profiles=(PROFILE,))
    deployer = me(allow(actions))
    assert message(judged(deployer, chief, instance())).id == "identity.escalation-path"
    for harmless in (
        instance(None),
        instance(state="terminated"),
        instance(state="shutting-down"),
        instance(f"{IAM}instance-profile/deleted"),
    ):
        assert judged(deployer, chief, harmless).outcome is Outcome.PASS
    unread = Unknown.because(Why.NOT_GATHERED, operation="ec2:DescribeInstances")
    assert message(judged(deployer, chief, instance(unread))).id == "identity.escalation"
    vague = boss(instance_profiles=unread)
    assert message(judged(deployer, vague, instance())).id == "identity.escalation"


def test_a_document_of_a_fixed_purpose_is_no_path():
    chief = boss(instance_profiles=(PROFILE,))
    target = allow("ssm:SendCommand", "arn:aws:ec2:*:*:instance/*")
    document = "arn:aws:ssm:*:*:document/{}"
    shell = allow("ssm:SendCommand", document.format("AWS-RunShellScript"))
    patches = allow("ssm:SendCommand", document.format("AWS-RunPatchBaseline"))
    assert judged(me(target, shell), chief, instance()).outcome is Outcome.FAIL
    assert judged(me(target, patches), chief, instance()).outcome is Outcome.PASS


@pytest.mark.parametrize(("tags", "outcome"), [((("env", "dev"),), "fail"), ((), "pass")])
def test_the_tags_of_an_instance_count(tags, outcome):
    condition = {"StringEquals": {"aws:ResourceTag/env": "dev"}}
    statement = allow("ec2-instance-connect:SendSSHPublicKey", Condition=condition)
    chief = boss(instance_profiles=(PROFILE,))
    assert str(judged(me(statement), chief, instance(tags=tags)).outcome) == outcome
    unread = instance(tags=Unknown.because(Why.MALFORMED, operation="ec2:DescribeInstances"))
    finding = judged(me(statement), chief, unread)
    assert finding.outcome is Outcome.UNKNOWN
    assert message(finding).id == "identity.admin-in-doubt"
    bare = allow("ec2-instance-connect:SendSSHPublicKey")
    assert judged(me(bare), chief, unread).outcome is Outcome.FAIL


def test_whoever_gives_more_to_the_role_of_a_function_and_runs_it():
    reader = role("reader", allow("s3:*"))
    giving = allow("iam:AttachRolePolicy", READER)
    running = allow("lambda:UpdateFunctionCode", "*:function:f")
    assert judged(me(giving, running), reader, function(READER)).outcome is Outcome.FAIL
    assert judged(me(giving, running), reader).outcome is Outcome.PASS


def test_a_declared_administrator_may_deploy():
    deployer = user("deployer", allow("lambda:UpdateFunctionCode"))
    assert judged(deployer, boss(), function(), principal="boss").outcome is Outcome.PASS
    assert json.loads(boss().trust)["Statement"]
