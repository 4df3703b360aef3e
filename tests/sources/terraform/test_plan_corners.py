"""Corner cases of plans: replacements, deferred and ephemeral resources, sensitive values."""

import json

import pytest

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources import parse_source
from cloudpack_baseline.sources.terraform.types import terraform_types
from cloudpack_baseline.whitepaper import select
from sources.terraform.plans import PlanBuilder, judge, outcomes

ROTATION = "kms-key-rotation"
KEY = "aws_kms_key.k"
SECRET = "TopSecretValue"


def a_key(**change):
    plan = PlanBuilder().add(KEY, {"enable_key_rotation": True}, ["id", "arn"])
    plan.changes[0]["change"] |= change
    return plan


@pytest.mark.parametrize("actions", [["delete", "create"], ["create", "delete"], ["no-op"]])
def test_the_object_that_replaces_another_is_judged(tmp_path, actions):
    plan = a_key(actions=actions)
    gone = {"actions": ["delete"], "before": {}, "after": None, "after_unknown": {}}
    plan.changes.append(plan.changes[0] | {"deposed": "b4d0ff3d", "change": gone})
    assert outcomes(tmp_path, plan, ROTATION) == {KEY: "pass"}


@pytest.mark.parametrize(
    "change",
    [
        {"importing": {"id": "1234"}},
        {"after_unknown": False},
        {"after_unknown": None, "after_identity": {"id": "1"}},
    ],
)
def test_imports_and_known_changes_are_judged(tmp_path, change):
    assert outcomes(tmp_path, a_key(**change), ROTATION) == {KEY: "pass"}


def test_a_resource_that_moves_is_judged_at_its_new_address(tmp_path):
    plan = a_key()
    plan.changes[0] |= {"previous_address": "aws_kms_key.old"}
    assert outcomes(tmp_path, plan, ROTATION) == {KEY: "pass"}


def test_a_resource_of_which_nothing_is_known_leaves_everything_open(tmp_path):
    findings = outcomes(tmp_path, a_key(after_unknown=True), ROTATION)
    assert set(findings.values()) == {"unknown"}


def test_the_reason_of_an_incomplete_plan_is_named(tmp_path):
    findings = judge(tmp_path, a_key(), ROTATION, errored=True)
    (text,) = (
        observation.message.in_language("en")
        for finding in findings.values()
        for observation in finding.observations
        if observation.outcome.value == "unknown"
    )
    assert text.endswith("plan.json is not complete")


def test_an_ephemeral_resource_is_nothing(tmp_path):
    plan = a_key()
    plan.planned[0]["mode"] = plan.changes[0]["mode"] = "ephemeral"
    assert set(outcomes(tmp_path, plan, ROTATION).values()) == {"not applicable"}


def test_a_reference_to_an_ephemeral_resource_is_unknown(tmp_path):
    plan = PlanBuilder().add(
        KEY,
        {},
        ["enable_key_rotation"],
        {"enable_key_rotation": ["ephemeral.random_password.p.result"]},
    )
    assert outcomes(tmp_path, plan, ROTATION) == {KEY: "unknown"}


def test_checks_drift_and_actions_are_not_judged(tmp_path):
    more = {
        "checks": [{"address": {"kind": "check"}, "status": "fail"}],
        "resource_drift": [{"address": KEY, "change": {"after": {"enable_key_rotation": False}}}],
        "relevant_attributes": [{"resource": KEY, "attribute": ["id"]}],
        "action_invocations": [{"address": "action.aws_lambda_invoke.a"}],
        "applyable": False,
    }
    assert outcomes(tmp_path, a_key(), ROTATION, **more) == {KEY: "pass"}


# Providers ---------------------------------------------------------------------------------------


def in_module(key, providers):
    """A key in a module, whose provider has a name."""
    plan = PlanBuilder()
    resource = {"mode": "managed", "type": "aws_kms_key", "name": "k"}
    address = "module.m[0].aws_kms_key.k"
    plan.children.append(
        {"address": "module.m[0]", "resources": [{**resource, "address": address, "values": {}}]}
    )
    plan.changes.append({**resource, "address": address, "change": {"after_unknown": {"id": True}}})
    configured = {**resource, "provider_config_key": key, "expressions": {}}
    plan.calls["m"] = {"module": {"resources": [configured]}}
    document = plan.document()
    document["configuration"]["provider_config"] = providers
    return document


def provider(region, role=None):
    expressions = {"region": {"constant_value": region}}
    if role:
        expressions["assume_role"] = [{"role_arn": {"constant_value": role}}]
    return {"name": "aws", "expressions": expressions}


@pytest.mark.parametrize(
    ("key", "region", "account"),
    [
        ("aws", "ap-northeast-1", "000000009999"),
        ("aws.east", "us-east-1", "210987654321"),
        ("module.m:aws", "ap-northeast-1", "000000009999"),
        ("module.m:aws.own", "eu-west-1", "000000009999"),
    ],
)
def test_a_resource_of_a_module_has_the_region_and_account_of_its_provider(
    tmp_path, key, region, account
):
    providers = {
        "aws": provider("ap-northeast-1"),
        "aws.east": provider("us-east-1", "arn:aws:iam::210987654321:role/deploy"),
        "module.m:aws.own": provider("eu-west-1"),
    }
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(in_module(key, providers)), encoding="utf-8")
    with parse_source(f"plan:{file}").open() as opened:
        snapshot = opened.gather(reads_of(select([ROTATION])))
    (finding,) = assess(snapshot, Baseline(), controls=[ROTATION]).findings
    assert (finding.resource.region, finding.resource.account) == (region, account)


# Sensitive values --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planned", "change", "outcome"),
    [
        ({}, {}, "pass"),
        ({"enable_key_rotation": True}, {}, "unknown"),
        ({}, {"after_sensitive": {"enable_key_rotation": True}}, "unknown"),
        ({"enable_key_rotation": False}, {"after_sensitive": False}, "pass"),
        (True, {}, "unknown"),
    ],
)
def test_a_sensitive_value_is_unknown_wherever_the_plan_says_so(tmp_path, planned, change, outcome):
    plan = a_key(**change)
    plan.planned[0]["sensitive_values"] = planned
    assert outcomes(tmp_path, plan, ROTATION) == {KEY: outcome}


@pytest.mark.parametrize("mark", ["sensitive", "ephemeral"])
def test_a_sensitive_variable_is_not_used(tmp_path, mark):
    plan = a_key().document(variables={"region": {"value": "us-west-2"}})
    configuration = plan["configuration"]
    configuration["root_module"]["variables"] = {"region": {mark: True, "default": "eu-west-1"}}
    expressions = {"region": {"references": ["var.region"]}}
    configuration["provider_config"]["aws"]["expressions"] = expressions
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    with parse_source(f"plan:{file}").open() as opened:
        snapshot = opened.gather(reads_of(select([ROTATION])))
    (finding,) = assess(snapshot, Baseline(), controls=[ROTATION]).findings
    assert finding.resource.region == ""


NAMES = [
    "access_policies",
    "account_id",
    "alias",
    "arn",
    "assume_role_policy",
    "bucket",
    "cidr_block",
    "cluster_identifier",
    "comment",
    "container_definitions",
    "db_name",
    "db_snapshot_identifier",
    "description",
    "domain_name",
    "email_address",
    "endpoint_url",
    "function_name",
    "group",
    "group_name",
    "id",
    "identifier",
    "image_id",
    "key_id",
    "key_name",
    "kms_key_id",
    "master_password",
    "name",
    "password",
    "policy",
    "principal",
    "publicly_accessible",
    "queue_url",
    "records",
    "repository_name",
    "role",
    "s3_bucket_name",
    "secret_id",
    "secret_string",
    "server_hostname",
    "subnet_id",
    "topic_arn",
    "url",
    "user",
    "user_data",
    "value",
    "vpc_id",
    "zone_id",
]


def test_nothing_that_is_sensitive_is_in_the_snapshot_or_a_finding(tmp_path):
    plan = PlanBuilder()
    values = {**dict.fromkeys(NAMES, SECRET), "tags": {"Name": SECRET}}
    for name in terraform_types():
        sensitive = dict.fromkeys(values, True)
        plan.add(f"{name}.x", values, (), None, sensitive=sensitive)
    with parse_source(f"plan:{plan.write(tmp_path)}").open() as opened:
        snapshot = opened.gather(reads_of(select(None)))
    assert len(snapshot.records) > 100
    assert SECRET not in json.dumps(snapshot.to_json())
    assert SECRET not in repr(assess(snapshot, Baseline()))


def test_what_is_missing_is_named_with_its_resource(tmp_path):
    plan = PlanBuilder().add("aws_route53_zone.z", {}, ["id", "arn"])
    (finding,) = judge(tmp_path, plan, "route53-dnssec").values()
    message = finding.observations[0].message.in_language("en")
    assert "plan.json: aws_route53_zone.z: Name: is missing" in message
