"""The policies of templates and plans that a run evaluates."""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import assess, gather_plan, gather_template
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources import policy_limits
from cloudpack_baseline.sources.policy_limits import TOO_MANY, WORK, work_of

BUCKET = "arn:aws:s3:::{}/*"


def statement(number, patterns, bucket):
    return {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "s3:GetObject",
        "Resource": BUCKET.format(bucket),
        "Condition": {"StringLike": {"aws:Referer": [f"*{number}x{i}*" for i in range(patterns)]}},
    }


def policy(statements, patterns, bucket):
    contents = [statement(number, patterns, bucket) for number in range(statements)]
    return {"Version": "2012-10-17", "Statement": contents}


def template(*policies):
    resources = {}
    for place, (statements, patterns) in enumerate(policies):
        name = f"bucket-{place}"
        resources[f"B{place}"] = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
        resources[f"P{place}"] = {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": f"B{place}"},
                "PolicyDocument": policy(statements, patterns, name),
            },
        }
    return {"Resources": resources}


def gathered(folder, content):
    file = folder / "template.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return gather_template(str(file), controls=["s3-exposure"])


def policies_of(snapshot):
    return {
        record.name: record.policy
        for record in snapshot.records
        if type(record).__name__ == "Bucket"
    }


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("{", 0),
        ("[" * 100_000, 0),
        ("[]", 0),
        ('{"Statement": "x"}', 0),
        (json.dumps(policy(1, 1, "b")), 0),  # a pattern; the resource, and everyone, are plain
        (json.dumps({"Statement": statement(0, 3, "b")}), 3 * 10 + 2 - 20),
        (json.dumps(policy(2, 3, "b")), 6 * 10 + 2 - 20),
    ],
)
def test_work_is_what_the_engine_has_to_tell_apart(text, work):
    assert work_of(text) == work


def test_actions_cost_nothing():
    few, many = ({"Effect": "Allow", "Action": ["s3:*Object"] * n, "Sid": "*a*"} for n in (1, 99))
    assert work_of(json.dumps({"Statement": [few]})) == work_of(json.dumps({"Statement": [many]}))


def test_the_largest_policies_are_not_evaluated(tmp_path):
    """They are unknown, with the reason and the place; all others are evaluated."""
    number = WORK // (20 * 100 * 10 - 18)
    large = [(20, 100)] * (number + 1)
    snapshot = gathered(tmp_path, template((1, 1), *large))
    unread = {
        name: policy
        for name, policy in policies_of(snapshot).items()
        if isinstance(policy, Unknown)
    }
    assert list(unread) == [f"bucket-{number + 1}"]
    assert unread[f"bucket-{number + 1}"].causes[0].detail == TOO_MANY
    findings = {
        finding.resource.name: finding
        for finding in assess(snapshot, controls=["s3-exposure"]).findings
    }
    finding = findings[f"bucket-{number + 1}"]
    assert finding.outcome.value == "unknown"
    assert TOO_MANY in finding.observations[0].message.in_language("en")
    assert finding.observations[0].origin.path == f"Resources.B{number + 1}"


def test_within_the_work_all_are_evaluated(tmp_path):
    large = [(20, 100)] * (WORK // (20 * 100 * 10 - 18))
    snapshot = gathered(tmp_path, template((1, 1), *large))
    assert not any(isinstance(policy, Unknown) for policy in policies_of(snapshot).values())


def test_what_is_small_in_all_is_evaluated(tmp_path, monkeypatch):
    monkeypatch.setattr(policy_limits, "WORK", 0)
    content = template((2, 3))
    assert isinstance(policies_of(gathered(tmp_path, content))["bucket-0"], str)
    monkeypatch.setattr(policy_limits, "_SMALL", 0)
    assert isinstance(policies_of(gathered(tmp_path, content))["bucket-0"], Unknown)


def test_policies_of_principals_count(tmp_path, monkeypatch):
    monkeypatch.setattr(policy_limits, "WORK", 0)
    monkeypatch.setattr(policy_limits, "_SMALL", 0)
    wide = {**statement(0, 9, "b")}
    del wide["Principal"]
    trust = {"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sts:*"}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": wide}}
            ],
        },
    }
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"Resources": {"R": role}}), encoding="utf-8")
    snapshot = gather_template(str(file), controls=["admin-privileges"])
    (record,) = (record for record in snapshot.records if type(record).__name__ == "RoleDetail")
    assert isinstance(record.inline_policies, Unknown)
    assert isinstance(record.trust, str)
    (finding,) = assess(snapshot, controls=["admin-privileges"]).findings
    assert finding.outcome.value == "unknown"


def test_scenarios_count_each_policy_once(tmp_path, monkeypatch):
    monkeypatch.setattr(policy_limits, "_SMALL", 0)
    content = template((2, 3))
    monkeypatch.setattr(policy_limits, "WORK", work_of(json.dumps(policy(2, 3, "bucket-0"))))
    content["Parameters"] = {"Stage": {"Type": "String"}}
    content["Conditions"] = {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}}
    content["Resources"]["B1"] = {"Type": "AWS::S3::Bucket", "Condition": "Live"}
    snapshot = gathered(tmp_path, content)
    assert len(snapshot.alternatives) == 1
    for scenario in (snapshot, *snapshot.alternatives):
        assert isinstance(policies_of(scenario)["bucket-0"], str)


def test_policies_of_a_plan_count(tmp_path, monkeypatch):
    monkeypatch.setattr(policy_limits, "WORK", 0)
    monkeypatch.setattr(policy_limits, "_SMALL", 0)
    bucket = {
        "address": "aws_s3_bucket.b",
        "mode": "managed",
        "type": "aws_s3_bucket",
        "name": "b",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "values": {"bucket": "bucket-0"},
    }
    attached = {
        **bucket,
        "address": "aws_s3_bucket_policy.p",
        "type": "aws_s3_bucket_policy",
        "name": "p",
        "values": {"bucket": "bucket-0", "policy": json.dumps(policy(2, 3, "bucket-0"))},
    }
    file = tmp_path / "plan.json"
    planned = {"root_module": {"resources": [bucket, attached]}}
    plan = {"format_version": "1.2", "planned_values": planned, "resource_changes": []}
    file.write_text(json.dumps(plan), encoding="utf-8")
    snapshot = gather_plan(str(file), controls=["s3-exposure"])
    assert isinstance(policies_of(snapshot)["bucket-0"], Unknown)
