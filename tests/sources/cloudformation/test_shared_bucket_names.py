"""Two buckets with one name: the policy of each may name it by that name."""

import json

import pytest

from sources.terraform.plans import PlanBuilder, outcomes

ARNS = ["arn:aws:s3:::same", "arn:aws:s3:::same/*"]
DENIED = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "same"}}


def template(document):
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "Second"}, "PolicyDocument": document},
    }
    parameters = {"Any": {"Type": "String"}}
    resources = {"First": BUCKET, "Second": BUCKET, "Policy": policy}
    return json.dumps({"Parameters": parameters, "Resources": resources})


STATEMENT = {**DENIED, "Resource": ARNS}
BY_REFERENCE = {
    **DENIED,
    "Resource": [{"Fn::GetAtt": ["Second", "Arn"]}, {"Fn::Sub": "${Second.Arn}/*"}],
}
OF_ANOTHER = {**DENIED, "Resource": [arn.replace("same", "other") for arn in ARNS]}
IN_PART = {**DENIED, "Resource": [ARNS[0], {"Fn::Sub": "arn:aws:s3:::same/${Any}"}]}


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        ({"Statement": STATEMENT}, "pass"),
        ({"Version": "2012-10-17", "Statement": [STATEMENT]}, "pass"),
        (json.dumps({"Statement": STATEMENT}), "pass"),
        ({"Statement": BY_REFERENCE}, "pass"),
        ({"Statement": OF_ANOTHER}, "unknown"),
        ({"Statement": IN_PART}, "fail"),
    ],
)
def test_the_policy_of_the_second_bucket(judge_template, document, outcome):
    judged = judge_template("s3-tls-only", template(document))
    assert judged == {"same": "fail", "Second": outcome}


def test_a_policy_that_opens_the_second_bucket(judge_template):
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": ARNS[1]}
    judged = judge_template("s3-exposure", template({"Statement": allowed}))
    assert judged == {"same": "pass", "Second": "fail"}


def test_the_second_bucket_of_a_plan(tmp_path):
    plan = PlanBuilder()
    for name in ("first", "second"):
        plan.add(f"aws_s3_bucket.{name}", {"bucket": "same"}, ["id", "arn"])
    plan.add("aws_s3_bucket.third", {}, ["id", "arn", "bucket"])
    plan.add(
        "aws_s3_bucket_policy.p",
        {"policy": json.dumps({"Statement": STATEMENT})},
        ["id", "bucket"],
        {"bucket": ["aws_s3_bucket.second.id"]},
    )
    assert outcomes(tmp_path, plan, "s3-tls-only") == {
        "aws_s3_bucket.first": "fail",
        "aws_s3_bucket.second": "pass",
        "aws_s3_bucket.third": "fail",
    }
