"""Conditions of policies whose values are known in part."""

import json

import pytest

from cloudpack_baseline.sources.cloudformation.policies import policy_text
from cloudpack_baseline.sources.cloudformation.policy_bounds import bounds_of
from cloudpack_baseline.sources.cloudformation.values import concatenated, undetermined

ENV = undetermined("parameter Env")
REGION = undetermined("AWS::Region")
ROLE = concatenated(["arn:aws:iam::123456789012:role/", ENV, "-*"])
TOPIC = concatenated(["arn:aws:sns:", REGION, ":210987654321:", ENV])
IN_ACCOUNT = "arn:aws:iam:*:123456789012:*"
OF_TOPICS = "arn:aws:sns:*:210987654321:*"


@pytest.mark.parametrize("operator", ["ArnLike", "ArnEquals", "StringLike", "StringEquals"])
def test_an_arn_of_a_known_account_is_within_it(operator):
    assert bounds_of({operator: {"aws:PrincipalArn": ROLE}}) == {"aws:PrincipalArn": [IN_ACCOUNT]}
    named = {operator: {"AWS:SourceArn": [TOPIC, "arn:aws:sns:eu-west-1:123456789012:news"]}}
    expected = [OF_TOPICS, "arn:aws:sns:*:123456789012:*"]
    assert bounds_of(named) == {"AWS:SourceArn": expected}


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLikeIfExists": {"aws:PrincipalArn": ROLE}},
        {"ArnNotLike": {"aws:PrincipalArn": ROLE}},
        {"ForAllValues:ArnLike": {"aws:PrincipalArn": ROLE}},
        {"ArnLike": {"aws:userid": ROLE}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:news"}},
        {"ArnLike": {"aws:SourceArn": concatenated(["arn:aws:s3:::", ENV])}},
        {"ArnLike": {"aws:SourceArn": concatenated(["arn:aws:sns:", ENV, ":123456789012:news"])}},
        {"StringLike": {"aws:SourceArn": concatenated(["arn:aws:sns:*:123456789012:", ENV])}},
        {"ArnLike": {"aws:SourceArn": [TOPIC, ENV]}},
        {"ArnLike": {"aws:SourceArn": [TOPIC, "*"]}},
        {"ArnLike": TOPIC},
        TOPIC,
        None,
    ],
)
def test_other_values_bound_nothing(condition):
    assert bounds_of(condition) == {}


def test_a_known_test_of_the_same_key_stays():
    known = "arn:aws:iam::123456789012:role/app-*"
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Condition": {
            "ArnLike": {"aws:PrincipalArn": known},
            "StringLike": {"aws:PrincipalArn": ROLE},
        },
    }
    (read,) = json.loads(policy_text({"Statement": [statement]}))["Statement"]
    assert read["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": known},
        "StringEquals": {"cloudpack-baseline:undetermined/parameter Env": "true"},
    }


QUEUE = """
Parameters: {Env: {Type: String}}
Resources:
  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  Senders:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs]
      PolicyDocument:
        Statement:
          Effect: Allow
          Principal: '*'
          Action: sqs:SendMessage
          Resource: !GetAtt Jobs.Arn
          Condition: {ArnLike: {%s}}
"""


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("aws:PrincipalArn: !Sub 'arn:aws:iam::${AWS::AccountId}:role/${Env}-*'", "pass"),
        ("aws:SourceArn: !Sub 'arn:aws:sns:${AWS::Region}:${AWS::AccountId}:${Env}'", "pass"),
        ("aws:PrincipalArn: !Sub 'arn:aws:iam::210987654321:role/${Env}-*'", "unknown"),
        ("aws:PrincipalArn: !Sub 'arn:aws:iam::${Env}:role/app'", "unknown"),
        ("aws:SourceArn: !Sub 'arn:aws:s3:::${Env}'", "unknown"),
    ],
)
def test_the_outcome_of_a_condition_that_is_known_in_part(judge_template, value, outcome):
    assert judge_template("resource-sharing", QUEUE % value) == {"jobs": outcome}
