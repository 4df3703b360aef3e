"""Stacks with resources of the same names: a part belongs to the resource of its own stack."""

import pytest

TRUST = (
    "AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: 'sts:AssumeRole', "
    "Principal: {Service: ec2.amazonaws.com}}]}"
)
RESOURCES = f"""
Resources:
  Role: {{Type: "AWS::IAM::Role", Properties: {{RoleName: app, {TRUST}}}}}
  User: {{Type: "AWS::IAM::User", Properties: {{UserName: person}}}}
  Data: {{Type: "AWS::S3::Bucket", Properties: {{BucketName: data}}}}
  Queue: {{Type: "AWS::SQS::Queue", Properties: {{QueueName: jobs}}}}
"""
ALL = "PolicyDocument: {Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}"
OPEN = (
    "PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: 's3:GetObject', "
    "Resource: 'arn:aws:s3:::data/*'}]}"
)


def part(kind, properties):
    return f"  Part: {{Type: 'AWS::{kind}', Properties: {{{properties}}}}}\n"


PARTS = [
    ("admin-privileges", part("IAM::RolePolicy", f"RoleName: app, PolicyName: p, {ALL}"), "Role"),
    ("admin-privileges", part("IAM::Policy", f"Roles: [app], PolicyName: p, {ALL}"), "Role"),
    ("admin-privileges", part("IAM::ManagedPolicy", f"Users: [other, person], {ALL}"), "User"),
    ("s3-exposure", part("S3::BucketPolicy", f"Bucket: data, {OPEN}"), "Data"),
]
NAMES = {"Role": "app", "User": "person", "Data": "data"}


@pytest.mark.parametrize(("control", "text", "logical_id"), PARTS)
def test_the_part_of_one_of_two_stacks(judge_template, control, text, logical_id):
    """Files are read by name, so that the second one, 1-template.yaml, has the names."""
    named, unnamed = NAMES[logical_id], f"template.{logical_id}"
    judged = judge_template(control, RESOURCES + text, RESOURCES)
    assert (judged[named], judged[unnamed]) == ("pass", "fail")
    judged = judge_template(control, RESOURCES, RESOURCES + text)
    assert (judged[named], judged[unnamed]) == ("fail", "pass")


@pytest.mark.parametrize(("control", "text", "logical_id"), PARTS)
def test_a_name_that_one_stack_has_alone(judge_template, control, text, logical_id):
    assert judge_template(control, RESOURCES + text)[NAMES[logical_id]] == "fail"


def test_of_two_in_one_stack_the_first_is_meant(judge_template):
    twin = "  Twin: {Type: 'AWS::S3::Bucket', Properties: {BucketName: data}}\n"
    _, text, _ = PARTS[-1]
    judged = judge_template("s3-exposure", RESOURCES + twin + text)
    assert judged == {"data": "fail", "Twin": "pass"}


def test_a_property_of_another_name_stays(judge_template):
    """The name of a user is not that of a role."""
    text = part("IAM::UserPolicy", f"UserName: app, PolicyName: p, {ALL}")
    judged = judge_template("admin-privileges", RESOURCES + text, RESOURCES)
    assert judged["template.Role"] == "pass"


def test_properties_that_are_no_object(judge_template):
    broken = "  Part: {Type: 'AWS::IAM::Role', Properties: [1]}\n"
    judged = judge_template("admin-privileges", RESOURCES, RESOURCES + broken)
    assert judged["*"] == "unknown"
