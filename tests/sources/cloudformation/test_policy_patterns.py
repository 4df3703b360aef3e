"""A name that is known in part may be that of any resource of its type."""

import json

import pytest

ROLES = """
Parameters: {Any: {Type: String}}
Resources:
  Admin:
    Type: AWS::IAM::Role
    Properties:
      RoleName: admin
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Action: "sts:AssumeRole", Principal: {%(trusted)s}}
      Policies:
        - PolicyName: all
          PolicyDocument: {Statement: {Effect: Allow, Action: "*", Resource: "*"}}
  Worker:
    Type: AWS::IAM::Role
    Properties:
      RoleName: worker
      AssumeRolePolicyDocument:
        Statement:
          Effect: Allow
          Action: "sts:AssumeRole"
          Principal: {AWS: "arn:aws:iam::111122223333:root"}
      Policies: [{PolicyName: own, PolicyDocument: %(policy)s}]
"""
ACCOUNT = "000000009999"
SERVICE, OWNER = "Service: ec2.amazonaws.com", f'AWS: "arn:aws:iam::{ACCOUNT}:root"'


def role(name):
    return f"arn:aws:iam::${{AWS::AccountId}}:role/{name}"


def policy(*statements):
    return json.dumps({"Statement": list(statements)})


def passing(resource):
    return policy(
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": resource},
        {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"},
    )


def passing_but(resource):
    return policy(
        {"Effect": "Allow", "Action": ["iam:PassRole", "ec2:RunInstances"], "Resource": "*"},
        {"Effect": "Deny", "Action": "iam:PassRole", "NotResource": resource},
    )


def assuming(resource):
    return policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource})


def sub(name):
    return {"Fn::Sub": role(name)}


NAMES = [
    (sub("admin"), "fail"),
    (sub("x-*"), "pass"),
    (sub("${Any}"), "unknown"),
    (sub("${Any}*"), "unknown"),
    (sub("adm${Any}"), "unknown"),
    (sub("x-${Any}"), "pass"),
    ([sub("x-${Any}"), sub("x")], "pass"),
    ([sub("x"), sub("${Any}")], "unknown"),
    ([sub("admin"), sub("${Any}")], "fail"),
    (
        {"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "AWS::AccountId"}, ":role/", {"Ref": "Any"}]]},
        "unknown",
    ),
    ({"Ref": "Any"}, "unknown"),
]


@pytest.mark.parametrize(("resource", "outcome"), NAMES)
@pytest.mark.parametrize(
    ("trusted", "document"), [(SERVICE, passing), (SERVICE, passing_but), (OWNER, assuming)]
)
def test_a_role_that_may_have_the_name(judge_template, resource, outcome, trusted, document):
    text = ROLES % {"trusted": trusted, "policy": document(resource)}
    assert judge_template("admin-privileges", text)["worker"] == outcome


def test_a_policy_in_a_text(judge_template):
    document = passing(role("${Any}"))
    text = ROLES % {"trusted": SERVICE, "policy": json.dumps({"Fn::Sub": document})}
    assert judge_template("admin-privileges", text)["worker"] == "unknown"


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_policy_of_a_resource_is_about_it(judge_template, effect):
    text = """
    Parameters: {Any: {Type: String}}
    Resources:
      Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref Jobs]
          PolicyDocument:
            Statement:
              Effect: %s
              Principal: "*"
              Action: sqs:SendMessage
              Resource: !Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Any}"
    """
    expected = {"Allow": "fail", "Deny": "pass"}[effect]
    assert judge_template("resource-sharing", text % effect) == {"jobs": expected}
