"""Principals of policies of which a part is not known, and those beside them."""

import copy
import json

import pytest

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.sources.cloudformation.policies import TRUST_POLICY, policy_text
from cloudpack_baseline.sources.cloudformation.values import (
    ChosenText,
    concatenated,
    undetermined,
)

ENV = undetermined("parameter Env")
REGION = undetermined("AWS::Region")
OWN = concatenated(["arn:aws:iam::123456789012:role/", ENV, "-app"])
OTHER = concatenated(["arn:aws:iam::210987654321:role/", ENV])
UNDECIDED = {"cloudpack-baseline:undetermined/parameter Env": "true"}


def statements(principal, **elements):
    """The statements that one with a principal comes to."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **elements}
    return json.loads(policy_text({"Statement": [statement]}, TRUST_POLICY))["Statement"]


@pytest.mark.parametrize("suffix", [".amazonaws.com", ".amazonaws.com.cn"])
def test_a_service_of_the_region_is_known(suffix):
    service = concatenated(["states.", REGION, suffix])
    (statement,) = statements({"Service": service})
    assert statement["Principal"] == {"Service": [f"states.<AWS-Region>{suffix}"]}
    assert "Condition" not in statement


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Service", concatenated(["states.", ENV, ".amazonaws.com"])),
        ("Service", concatenated([REGION, ".amazonaws.com"])),
        ("Service", concatenated(["states.", REGION, ".example.com"])),
        ("AWS", concatenated(["states.", REGION, ".amazonaws.com"])),
        ("AWS", concatenated(["arn:aws:iam::", ENV, ":root"])),
        ("AWS", concatenated(["arn:", ENV, ":iam::123456789012:root"])),
        ("Federated", OWN),
        ("AWS", ENV),
        ("Service", REGION),
    ],
)
def test_other_principals_may_be_anybody(kind, name):
    (statement,) = statements({kind: name})
    assert statement["Principal"] == "*"
    (operator,) = statement["Condition"].values()
    assert all(key.startswith("cloudpack-baseline:undetermined/") for key in operator)


@pytest.mark.parametrize("effect", ["Allow", "Deny", ENV])
def test_a_principal_that_is_chosen_is_one_of_the_choices(effect):
    """What a possible principal is allowed counts; which one is denied anything is in doubt."""
    account = ChosenText("<AWS-Region>", REGION, ("123456789012", "210987654321"))
    principal = concatenated(["arn:aws:iam::", account, ":root"])
    known, chosen, *denied = statements({"AWS": ["111122223333", principal]}, Effect=effect)
    assert known["Principal"] == {"AWS": ["111122223333"]}
    for statement in (chosen, *denied[1:]):
        assert statement["Principal"] == {
            "AWS": ["arn:aws:iam::123456789012:root", "arn:aws:iam::210987654321:root"]
        }
    undecided = {"cloudpack-baseline:undetermined/AWS::Region": "true"}
    conditions = {
        "Allow": (None, None),
        "Deny": (None, undecided),
        ENV: (UNDECIDED, UNDECIDED, UNDECIDED, undecided | UNDECIDED),
    }
    assert (
        tuple(
            statement.get("Condition", {}).get("StringEquals")
            for statement in (known, chosen, *denied)
        )
        == conditions[effect]
    )


@pytest.mark.parametrize("further", [ENV, ChosenText("<AWS-Region>", REGION, ("a", "b"))])
def test_a_principal_with_a_further_unknown_part_may_be_anybody(further):
    account = ChosenText("<AWS-Region>", REGION, ("123456789012", "210987654321"))
    (statement,) = statements({"AWS": concatenated(["arn:aws:iam::", account, ":role/", further])})
    assert statement["Principal"] == "*"


def test_a_copy_of_a_chosen_text_keeps_its_choices():
    chosen = copy.deepcopy(ChosenText("<AWS-Region>", REGION, ("a", "b")))
    assert (str(chosen), chosen.unknown, chosen.choices) == ("<AWS-Region>", REGION, ("a", "b"))


def test_an_arn_of_a_known_account_may_be_anybody_in_it():
    (statement,) = statements({"AWS": OWN})
    assert statement["Principal"] == "*"
    assert statement["Condition"] == {
        "StringEquals": {**UNDECIDED, "aws:PrincipalAccount": "123456789012"}
    }


def test_principals_are_judged_on_their_own():
    principal = {"AWS": ["*", OWN, OTHER, ENV], "Service": "ec2.amazonaws.com"}
    certain, own, other, anybody = statements(
        principal, Condition={"StringEquals": {"sts:ExternalId": "7f3a"}}
    )
    assert certain["Principal"] == {"AWS": ["*"], "Service": ["ec2.amazonaws.com"]}
    assert certain["Condition"] == {"StringEquals": {"sts:ExternalId": "7f3a"}}
    accounts = [part["Condition"]["StringEquals"]["aws:PrincipalAccount"] for part in (own, other)]
    assert accounts == ["123456789012", "210987654321"]
    assert anybody["Condition"]["StringEquals"] == {"sts:ExternalId": "7f3a", **UNDECIDED}


@pytest.mark.parametrize(
    ("kind", "name", "neighbour"),
    [
        ("AWS", "foo", "*"),
        ("AWS", "", "*"),
        ("AWS", "arn:aws:iam::root", "*"),
        ("AWS", "12345", "210987654321"),
        ("AWS", "foo", "AIDA1EXAMPLE"),
        ("Service", "s*.amazonaws.com", "sns.amazonaws.com"),
    ],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("as_text", [False, True])
def test_a_name_that_aws_rejects_says_nothing_of_its_neighbours(
    kind, name, neighbour, effect, as_text
):
    statement = {
        "Effect": effect,
        "Action": "sts:AssumeRole",
        "Principal": {kind: [name, neighbour]},
    }
    document = {"Statement": [statement]}
    text = policy_text(json.dumps(document) if as_text else document, TRUST_POLICY)
    certain, anybody = json.loads(text)["Statement"]
    assert certain["Principal"] == {kind: [neighbour]}
    assert "Condition" not in certain
    assert anybody["Principal"] == "*"
    key = f"cloudpack-baseline:undetermined/the principal {name}"
    assert anybody["Condition"] == {"StringEquals": {key: "true"}}


def test_what_is_excepted_is_not_taken_apart():
    (statement,) = statements({"AWS": "*"}, NotPrincipal={"AWS": DocumentText("x", ENV)})
    assert "NotPrincipal" not in statement


ROLE = """
Parameters: {Env: {Type: String}}
Resources:
  Worker:
    Type: AWS::IAM::Role
    Properties:
      RoleName: worker
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: {%s}}
"""
KEY = """
Parameters: {Env: {Type: String}}
Resources:
  Logs:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Action: kms:*
            Resource: '*'
            Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}
          - Effect: Allow
            Action: [kms:Encrypt*, kms:Decrypt*, kms:GenerateDataKey*]
            Resource: '*'
            Principal: {%s}
"""
SECRET = """
Parameters: {Env: {Type: String}}
Resources:
  Password: {Type: AWS::SecretsManager::Secret, Properties: {Name: password}}
  Readers:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: !Ref Password
      ResourcePolicy:
        Statement:
          Effect: Allow
          Action: secretsmanager:GetSecretValue
          Resource: '*'
          Principal: {%s}
"""
OF_REGION = "Service: !Sub 'states.${AWS::Region}.amazonaws.com'"
OF_STACK = "AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:role/${Env}-app'"
OF_ANOTHER = "AWS: !Sub 'arn:aws:iam::210987654321:role/${Env}-app'"
OF_ANY = "AWS: !Sub 'arn:aws:iam::${Env}:root'"


@pytest.mark.parametrize(
    ("control", "template", "principal", "outcome"),
    [
        ("role-trust", ROLE, OF_REGION, "pass"),
        ("role-trust", ROLE, OF_STACK, "pass"),
        ("role-trust", ROLE, OF_ANOTHER, "unknown"),
        ("role-trust", ROLE, OF_ANY, "unknown"),
        ("role-trust", ROLE, "AWS: ['*', !Ref Env]", "fail"),
        ("resource-sharing", KEY, OF_REGION.replace("states", "logs"), "pass"),
        ("resource-sharing", KEY, OF_STACK, "pass"),
        ("resource-sharing", SECRET, OF_STACK, "pass"),
        ("resource-sharing", SECRET, OF_ANOTHER, "unknown"),
        ("resource-sharing", SECRET, OF_ANY, "unknown"),
        ("resource-sharing", SECRET, "AWS: ['*', !Ref Env]", "fail"),
    ],
)
def test_the_outcome_of_a_principal(judge_template, control, template, principal, outcome):
    assert {*judge_template(control, template % principal).values()} == {outcome}


def test_an_account_by_a_pattern_under_an_effect_that_is_not_known(judge_template):
    template = ROLE.replace("Effect: Allow", "Effect: !Ref Env") % "AWS: 'arn:aws:iam::*:root'"
    assert "Effect: !Ref" in template
    assert {*judge_template("role-trust", template).values()} == {"unknown"}


LOGS = """
Mappings:
  Accounts:
    eu-west-1: {LoadBalancers: '156460612806'}
    us-east-1: {LoadBalancers: '%s'}
Resources:
  Logs:
    Type: AWS::S3::Bucket
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Logs
      PolicyDocument:
        Statement:
          Effect: %s
          Action: s3:PutObject
          Resource: !Sub '${Logs.Arn}/AWSLogs/${AWS::AccountId}/*'
          Principal:
            AWS: !FindInMap [Accounts, !Ref AWS::Region, LoadBalancers]
"""


@pytest.mark.parametrize(
    ("account", "effect", "outcome"),
    [
        ("127311923021", "Allow", "pass"),
        ("111122223333", "Allow", "fail"),
        ("111122223333", "Deny", "pass"),
    ],
)
def test_an_account_that_a_mapping_names_for_each_region(judge_template, account, effect, outcome):
    """Elastic Load Balancing delivers logs through an account of AWS, another in each Region."""
    outcomes = judge_template("s3-exposure", LOGS % (account, effect))
    assert {*outcomes.values()} == {outcome}
