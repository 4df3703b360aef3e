"""Policies that AWS would reject, as their authors mean them."""

import json

import pytest

from cloudpack_baseline.sources.cloudformation.policies import (
    IDENTITY_POLICY,
    TRUST_POLICY,
    policy_text,
)
from cloudpack_baseline.sources.cloudformation.policy_doubts import UNDETERMINED
from cloudpack_baseline.sources.cloudformation.policy_drafts import parsed_document
from cloudpack_baseline.sources.cloudformation.policy_resources import policy_here

ROLE = "arn:aws:iam::111122223333:role/app"


def principal_of(principal, effect="Allow", element="Principal"):
    statement = {"Effect": effect, element: principal, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return json.loads(policy_text(document, TRUST_POLICY))["Statement"][0].get(element)


@pytest.mark.parametrize(
    ("principal", "meant"),
    [
        ("*", "*"),
        ({"AWS": ROLE}, {"AWS": ROLE}),
        (ROLE, {"AWS": ROLE}),
        ([ROLE, "*"], {"AWS": [ROLE, "*"]}),
        ({"AWS": "arn:aws:iam::*:root"}, {"AWS": "*"}),
        ({"AWS": [ROLE, "arn:aws:iam::*:role/app"]}, {"AWS": [ROLE, "*"]}),
        ({"AWS": "arn:aws:iam::11112222????:root"}, {"AWS": "*"}),
        # Whoever these are, they are of one account.
        ({"AWS": f"{ROLE}*"}, {"AWS": f"{ROLE}*"}),
        ({"Service": "ec2.amazonaws.com"}, {"Service": "ec2.amazonaws.com"}),
        ({"AWS": 111122223333}, {"AWS": 111122223333}),
    ],
)
def test_a_principal_of_an_allow(principal, meant):
    assert principal_of(principal) == meant


@pytest.mark.parametrize(
    ("kind", "misplaced"),
    [(TRUST_POLICY, {"Resource": "*"}), (IDENTITY_POLICY, {"NotPrincipal": {"AWS": ROLE}})],
)
@pytest.mark.parametrize("form", [dict, json.dumps])
def test_what_a_policy_of_its_kind_does_not_have_says_nothing(kind, misplaced, form):
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"} | dict.fromkeys(kind, "*")
    document = form({"Statement": [statement | misplaced]})
    assert json.loads(policy_text(document, kind))["Statement"] == [statement]


def test_a_statement_without_an_effect_is_meant_to_allow():
    document = {"Statement": {"Action": "*", "Resource": "*"}}
    assert json.loads(policy_text(document))["Statement"]["Effect"] == "Allow"


@pytest.mark.parametrize("form", [dict, json.dumps])
def test_a_trust_statement_without_an_action_is_about_assuming_the_role(form):
    for element in ({}, {"NotAction": "sts:TagSession"}):
        statement = {"Effect": "Allow", "Principal": {"AWS": ROLE}, **element}
        meant = json.loads(policy_text(form({"Statement": [statement]}), TRUST_POLICY))
        action = {} if element else {"Action": "sts:AssumeRole*"}
        assert meant["Statement"] == [statement | action]


@pytest.mark.parametrize(
    ("statement", "meant"),
    [
        ({"Action": "sns:Publish"}, {"Action": "sns:Publish", "Resource": "*"}),
        ({"Resource": ROLE}, {"Action": "*", "Resource": ROLE}),
        ({"NotAction": "sns:Publish", "NotResource": ROLE}, {}),
        ({"Action": "s3:*", "Resource": "aws_s3_bucket.b.arn"}, {"Resource": ["*"]}),
        ({"Action": "s3:*", "Resource": [ROLE, "${b.arn}/*"]}, {"Resource": [ROLE, "*"]}),
        ({"Action": "s3:*", "Resource": "execute-api:/prod/*"}, {}),
        ({"Action": "s3:*", "Resource": "execute-api:prod/*"}, {"Resource": ["*"]}),
        ({"Action": "s3:*", "Resource": "${aws:PrincipalTag/bucket}"}, {}),
        ({"Action": "s3:*", "Resource": 1}, {}),
        # With "*" in its place, the statement would allow nothing.
        ({"Action": "s3:*", "NotResource": "aws_s3_bucket.b.arn"}, {}),
        ({"Action": "s3:*", "Resource": {"Ref": "B"}}, {}),
    ],
)
@pytest.mark.parametrize("form", [dict, json.dumps])
def test_a_statement_of_the_policy_of_a_resource_is_about_the_resource(statement, meant, form):
    allow = {"Effect": "Allow", "Principal": "*", **statement}
    read = json.loads(policy_text(form({"Statement": [allow]})))
    assert read["Statement"] == [allow | meant]


@pytest.mark.parametrize("form", [dict, json.dumps])
@pytest.mark.parametrize("named", [{}, {"Action": "s3:*"}, {"Resource": "*"}])
def test_what_a_deny_denies_that_names_nothing_is_in_doubt(form, named):
    deny = {"Effect": "Deny", "Principal": "*", **named}
    (statement,) = json.loads(policy_text(form({"Statement": [deny]})))["Statement"]
    missing = {"Action", "Resource"} - named.keys()
    assert {**statement, "Condition": None} == {
        **deny,
        **dict.fromkeys(missing, "*"),
        "Condition": None,
    }
    assert statement["Condition"]["StringEquals"].keys() == {
        f"{UNDETERMINED}the missing {name}" for name in missing
    }


def test_a_policy_with_such_a_deny_alone_allows_nothing(judge_template):
    template = """
    Resources:
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [jobs]
          PolicyDocument: {Statement: [{Effect: Deny, Principal: '*'}%s]}
    """
    allow = ", {Effect: Allow, Principal: '*', Action: 'sqs:*', Resource: '*'}"
    assert judge_template("resource-sharing", template % "") == {"jobs": "pass"}
    assert judge_template("resource-sharing", template % allow) == {"jobs": "unknown"}


@pytest.mark.parametrize("element", ["Resource", "NotResource"])
@pytest.mark.parametrize("form", [dict, json.dumps])
def test_whether_a_deny_that_names_no_resource_is_about_it_is_in_doubt(form, element):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", element: "aws_s3_bucket.b.arn"}
    document = form({"Version": "2012-10-17", "Statement": [deny]})
    (statement,) = json.loads(policy_text(document))["Statement"]
    (key,) = statement["Condition"]["StringEquals"]
    assert statement["Resource"] == "*"
    assert key.startswith(UNDETERMINED)
    assert "aws_s3_bucket.b.arn" in key


@pytest.mark.parametrize("form", [dict, json.dumps])
def test_a_deny_of_a_resource_and_of_nothing_certainly_denies_the_resource(form):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*"}
    named = {**deny, "Resource": ["arn:aws:s3:::b", "aws_s3_bucket.b.arn"]}
    document = form({"Version": "2012-10-17", "Statement": [named]})
    doubtful, certain = json.loads(policy_text(document))["Statement"]
    assert "Condition" in doubtful
    assert certain == {**deny, "Resource": ["arn:aws:s3:::b"]}


@pytest.mark.parametrize("element", ["Action", "Resource"])
def test_an_identity_statement_that_names_no_action_or_resource_allows_all(element):
    statement = {"Effect": "Allow", element: "*"}
    document = {"Statement": [statement]}
    (meant,) = json.loads(policy_text(document, IDENTITY_POLICY))["Statement"]
    assert meant == {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("effect", "element", "outcome"),
    [
        ("Allow", "Principal", "fail"),
        ("Allow", "NotPrincipal", "fail"),
        ("Deny", "NotPrincipal", "pass"),
    ],
)
def test_a_role_whose_trust_names_no_action_is_judged(judge_template, effect, element, outcome):
    template = f"""
    Resources:
      App:
        Type: AWS::IAM::Role
        Properties:
          RoleName: app
          AssumeRolePolicyDocument:
            Statement: {{Effect: {effect}, {element}: {{AWS: "{ROLE}"}}}}
    """
    assert judge_template("role-trust", template) == {"app": outcome}


def test_a_deny_of_every_account_denies_nobody():
    names = {"AWS": "arn:aws:iam::*:root"}
    assert principal_of(names, effect="Deny") == names


def test_whom_a_statement_leaves_out_stays():
    names = {"AWS": "arn:aws:iam::*:root"}
    assert principal_of(names, element="NotPrincipal") == names


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ('{"a": [1, 2,]}', {"a": [1, 2]}),
        ('{"a": ",]", "b": {"c": "x\\",}",\n },}', {"a": ",]", "b": {"c": 'x",}'}}),
        ('{"a": 1}', {"a": 1}),
    ],
)
def test_a_comma_after_the_last_item(text, document):
    assert parsed_document(text) == document


@pytest.mark.parametrize("text", ["{'a': 1}", "{", "a,]"])
def test_what_is_no_json(text):
    with pytest.raises(ValueError, match="line 1"):
        parsed_document(text)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[1, 2]",
        '{ "Statement": [] }',
        '{"Statement": {"Effect":  "Deny", "NotAction": "*", "NotResource": "*"}}',
        "1",
    ],
)
def test_a_text_without_a_fault_stays_as_it_is(text):
    assert policy_text(text) == text


@pytest.mark.parametrize(
    ("text", "principal"),
    [
        ('{"Statement": {"Effect": "Allow", "Principal": "%s"}}', {"AWS": ROLE}),
        ('{"Statement": {"Effect": "Allow", "Principal": {"AWS": "%s"},}}', {"AWS": ROLE}),
    ],
)
def test_a_text_is_read_as_it_is_meant(text, principal):
    assert json.loads(policy_text(text % ROLE))["Statement"]["Principal"] == principal
    several = text.replace('"Statement": {', '"Statement": [{').replace("}}", "}, null]}")
    assert json.loads(policy_text(several % ROLE))["Statement"][0]["Principal"] == principal


OPEN = """
Resources:
  Trusted:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: %s, Action: sts:AssumeRole}]
"""


@pytest.mark.parametrize("principal", ["['*']", "{AWS: 'arn:aws:iam::*:root'}"])
def test_a_role_that_every_account_is_meant_to_assume(principal, judge_template):
    assert judge_template("role-trust", OPEN % principal) == {"Trusted": "fail"}


@pytest.mark.parametrize(
    "condition", [{}, {"Condition": {"StringEquals": {"aws:PrincipalTag/a": "b"}}}]
)
def test_a_deny_in_a_region_may_not_be_about_the_stack(condition):
    arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/x"
    deny = {"Effect": "Deny", "Principal": "*", "Action": "kinesis:*", **condition}
    for region, count in (("eu-west-1", 1), ("", 2)):
        document = policy_here({"Statement": [{**deny, "Resource": arn}]}, "123456789012", region)
        certain, *doubtful = json.loads(document)["Statement"]
        assert certain == {**deny, "Resource": arn if region else [arn]}
        assert len(doubtful) == count - 1
        for statement in doubtful:
            assert arn.replace("eu-west-1", "") in statement["Resource"]
            tests = statement["Condition"]["StringEquals"]
            assert tests.pop("cloudpack-baseline:undetermined/AWS::Region") == "true"
            assert tests == condition.get("Condition", {}).get("StringEquals", {})


@pytest.mark.parametrize("condition", ["x", {"StringEquals": "x"}])
def test_a_doubtful_deny_with_a_condition_of_the_wrong_shape_is_kept(condition):
    arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/x"
    deny = {"Effect": "Deny", "Action": "kinesis:*", "Resource": arn, "Condition": condition}
    document = policy_here({"Statement": deny}, "000000009999", "")
    assert len(json.loads(document)["Statement"]) == 2


@pytest.mark.parametrize("form", [dict, json.dumps])
def test_an_empty_principal_is_no_principal(form):
    statement = {"Effect": "Allow", "Principal": "", "Action": "sns:Publish", "Resource": "*"}
    (read,) = json.loads(policy_text(form({"Statement": [statement]})))["Statement"]
    assert read == statement


def test_a_policy_with_an_empty_principal_is_not_private(judge_template):
    template = """
    Resources:
      Policy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [news]
          PolicyDocument:
            Statement: [{Effect: Allow, Principal: '', Action: 'sns:Publish', Resource: '*'}]
    """
    assert list(judge_template("resource-sharing", template).values()) == ["unknown"]


ALL = "arn:aws:s3:::b/*"


@pytest.mark.parametrize(
    ("resource", "meant"),
    [
        ("arn:aws:s3:::other/*", [ALL]),
        ("arn:aws-cn:s3:::other", ["arn:aws-cn:s3:::b"]),
        (["arn:aws:s3:::other", "arn:aws:s3:::x-*/a"], ["arn:aws:s3:::b", "arn:aws:s3:::b/a"]),
        ("arn:aws:s3:::[b]/*", [ALL]),
        (ALL, ALL),
        ("arn:aws:s3:::?/*", "arn:aws:s3:::?/*"),
        ("*", "*"),
        (["arn:aws:s3:::other/*", ALL], ["arn:aws:s3:::other/*", ALL]),
        (["arn:aws:s3:::other/*", 1], ["arn:aws:s3:::other/*", 1]),
        ("arn:aws:sqs:::other", "arn:aws:sqs:::other"),
    ],
)
@pytest.mark.parametrize("form", [dict, json.dumps])
@pytest.mark.parametrize("several", [True, False])
def test_the_policy_of_a_bucket_is_about_the_bucket(resource, meant, form, several):
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": resource}
    document = form({"Statement": [allow] if several else allow})
    read = json.loads(policy_text(document, bucket="b"))["Statement"]
    assert read == ([allow | {"Resource": meant}] if several else allow | {"Resource": meant})


@pytest.mark.parametrize("form", [dict, json.dumps])
def test_whether_a_deny_that_names_another_bucket_denies_is_in_doubt(form):
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::other"}
    (statement,) = json.loads(policy_text(form({"Statement": [deny]}), bucket="b"))["Statement"]
    (key,) = statement["Condition"]["StringEquals"]
    assert key == f"{UNDETERMINED}the resource arn:aws:s3:::other"


@pytest.mark.parametrize("name", ["", "BucketName: site", "BucketName: !Ref Name"])
def test_a_bucket_whose_policy_names_another_one_is_exposed(judge_template, name):
    template = f"""
    Parameters: {{Name: {{Type: String}}}}
    Resources:
      Site: {{Type: AWS::S3::Bucket, Properties: {{{name}}}}}
      Readers:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Site
          PolicyDocument:
            Statement:
              Effect: Allow
              Principal: "*"
              Action: s3:GetObject
              Resource: arn:aws:s3:::docs/*
    """
    assert set(judge_template("s3-exposure", template).values()) == {"fail"}


@pytest.mark.parametrize(
    ("resources", "outcome"),
    [
        (["!Sub 'arn:aws:s3:::${Name}/*'"], "fail"),
        (["!Sub 'arn:aws:s3:::${Path}/*'"], "fail"),
        (["!Sub 'arn:aws:s3:::${Name}'", "!Sub 'arn:aws:s3:::${Name}/*'"], "fail"),
        (["!GetAtt Site.Arn", "!Sub 'arn:aws:s3:::${Name}/*'"], "fail"),
        (["!Sub 'arn:aws:s3:::${Name}'"], "unknown"),
        (["!GetAtt Site.Arn", "!Sub 'arn:aws:s3:::${Name}'"], "unknown"),
        (["!Sub 'arn:aws:s3:::${Name}/*'", "!Sub '${Name}/*'"], "unknown"),
    ],
)
def test_a_name_in_the_policy_of_a_bucket_that_is_not_known_is_that_of_the_bucket(
    judge_template, resources, outcome
):
    template = f"""
    Parameters:
      Name: {{Type: String}}
      Path: {{Type: AWS::SSM::Parameter::Value<String>, Default: /site/name}}
    Resources:
      Site: {{Type: AWS::S3::Bucket}}
      Readers:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Site
          PolicyDocument:
            Statement:
              Effect: Allow
              Principal: "*"
              Action: s3:GetObject
              Resource: [{", ".join(resources)}]
    """
    assert set(judge_template("s3-exposure", template).values()) == {outcome}


@pytest.mark.parametrize(
    ("resources", "outcome"),
    [
        (["!Sub 'arn:aws:s3:::${Name}'", "!Sub 'arn:aws:s3:::${Name}/*'"], "unknown"),
        (["!GetAtt Site.Arn", "!Sub '${Site.Arn}/*'", "!Sub 'arn:aws:s3:::${Name}/*'"], "pass"),
        (["!GetAtt Site.Arn", "!Sub 'arn:aws:s3:::${Name}/*'"], "unknown"),
        (["!GetAtt Site.Arn", "'arn:aws:s3:::other/*'"], "fail"),
    ],
)
def test_whether_a_deny_with_a_name_that_is_not_known_denies_is_in_doubt(
    judge_template, resources, outcome
):
    template = f"""
    Parameters: {{Name: {{Type: String}}}}
    Resources:
      Site: {{Type: AWS::S3::Bucket}}
      Encrypted:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Site
          PolicyDocument:
            Statement:
              Effect: Deny
              Principal: "*"
              Action: s3:*
              Resource: [{", ".join(resources)}]
              Condition: {{Bool: {{'aws:SecureTransport': false}}}}
    """
    assert set(judge_template("s3-tls-only", template).values()) == {outcome}
