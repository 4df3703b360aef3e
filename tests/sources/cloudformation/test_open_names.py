"""A policy may be about a role whose name is fixed at deployment only."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline import Baseline, assess
from cloudpack_baseline.model.pattern import matches
from cloudpack_baseline.sources.cloudformation.open_names import (
    OpenNames,
    generated_name,
    named_later,
)

TEMPLATE = """
Parameters: {Name: {Type: String}, Prefix: {Type: String}, Path: {Type: String}}
Mappings: {Names: {eu-west-1: {Name: admin-eu}, us-east-1: {Name: admin-us}}}
Resources:
  Admin:
    Type: AWS::IAM::Role
    Properties:
      PROPERTIES
      AssumeRolePolicyDocument:
        Statement:
          Effect: Allow
          Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
          Action: sts:AssumeRole
      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]
  Small:
    Type: AWS::IAM::User
    Properties:
      UserName: small
      Policies: [{PolicyName: p, PolicyDocument: {Statement: STATEMENTS}}]
"""
ASSUME = "{Effect: Allow, Action: 'sts:AssumeRole', Resource: [%s]}"


def outcome(judge_template, properties, statements):
    text = TEMPLATE.replace("PROPERTIES", properties).replace("STATEMENTS", statements)
    return judge_template("admin-privileges", text)["small"]


def role(name, account="${AWS::AccountId}"):
    return f"!Sub 'arn:aws:iam::{account}:role/{name}'"


@pytest.mark.parametrize(
    ("properties", "name", "expected"),
    [
        # A name that a parameter gives may be any, one with a known part only some.
        ("RoleName: !Ref Name", "deployer", "unknown"),
        ("RoleName: !Ref Name", "deploy*", "unknown"),
        ("RoleName: !Ref Name", "${Name}", "fail"),
        ("RoleName: !Ref Name", "other/*", "pass"),  # of another path
        ("RoleName: !Ref Name, Path: !Ref Path", "other/*", "unknown"),
        ("RoleName: !Sub '${Prefix}-admin'", "x-admin", "unknown"),
        ("RoleName: !Sub '${Prefix}-admin'", "x-?dmi*", "unknown"),
        ("RoleName: !Sub '${Prefix}-admin'", "deployer", "pass"),
        ("RoleName: !Sub '${Prefix}-admin'", "*-reader", "pass"),
        ("RoleName: !FindInMap [Names, !Ref AWS::Region, Name]", "admin-eu", "unknown"),
        ("RoleName: !FindInMap [Names, !Ref AWS::Region, Name]", "admin-as", "pass"),
        # One without a name is called after its stack and its logical ID.
        ("MaxSessionDuration: 3600", "deployer", "pass"),
        ("MaxSessionDuration: 3600", "*", "fail"),
        ("MaxSessionDuration: 3600", "${AWS::StackName}-*", "fail"),
        ("MaxSessionDuration: 3600", "*-Admin-*", "fail"),
        ("MaxSessionDuration: 3600", "other-Admin-1ABCDEFGHIJKL", "unknown"),
        ("MaxSessionDuration: 3600", "other-Reader-*", "pass"),
        ("MaxSessionDuration: 3600", "cdk-*", "pass"),
        ("MaxSessionDuration: 3600", "prod-Admin-1*", "unknown"),
        ("MaxSessionDuration: 3600", "other-Reader-1ABCDEFGHIJKL", "pass"),
        ("RoleName: !Select [0, !Split [',', !Ref Name]]", "deployer", "unknown"),
        # A name that is known stays one.
        ("RoleName: deployer", "deployer", "fail"),
        ("RoleName: deployer", "reader", "pass"),
        ("RoleName: deployer", "template-*", "pass"),
    ],
)
def test_a_policy_names_a_role_whose_name_is_not_known(judge_template, properties, name, expected):
    properties = properties.replace(", Path", "\n      Path")
    assert outcome(judge_template, properties, ASSUME % role(name)) == expected


def test_an_account_that_is_spelled_out_may_be_that_of_the_stack(judge_template):
    statement = ASSUME % role("deployer", account="123456789012")
    assert outcome(judge_template, "RoleName: !Ref Name", statement) == "unknown"


ADMIN = "!GetAtt Admin.Arn"


@pytest.mark.parametrize(
    ("properties", "allowed", "denied", "expected"),
    [
        ("RoleName: !Ref Name", ADMIN, f"Resource: {role('deployer')}", "unknown"),
        ("RoleName: !Ref Name", ADMIN, f"NotResource: {role('deployer')}", "unknown"),
        ("RoleName: !Sub '${Prefix}-admin'", ADMIN, f"Resource: {role('deployer')}", "fail"),
        ("RoleName: !Sub '${Prefix}-admin'", ADMIN, f"NotResource: {role('deployer')}", "pass"),
        ("MaxSessionDuration: 3600", ADMIN, f"Resource: {role('*-Admin-*')}", "pass"),
        ("MaxSessionDuration: 3600", ADMIN, f"Resource: {role('deployer')}", "fail"),
        ("MaxSessionDuration: 3600", "'*'", f"NotResource: {role('*-Admin-*')}", "fail"),
        ("MaxSessionDuration: 3600", "'*'", f"NotResource: [{role('deployer')}]", "pass"),
    ],
)
def test_a_deny_of_a_role_whose_name_is_not_known(
    judge_template, properties, allowed, denied, expected
):
    deny = f"{{Effect: Deny, Action: 'sts:AssumeRole', {denied}}}"
    assert outcome(judge_template, properties, f"[{ASSUME % allowed}, {deny}]") == expected


@pytest.mark.parametrize(("name", "expected"), [("deployer", "unknown"), ("x", "fail")])
def test_an_allow_of_all_but_a_role_whose_name_is_not_known(judge_template, name, expected):
    statement = f"{{Effect: Allow, Action: 'sts:AssumeRole', NotResource: {role(name)}}}"
    boundary = f"{{Effect: Deny, Action: 'sts:AssumeRole', NotResource: {ADMIN}}}"
    properties = "RoleName: !Sub '${Prefix}loyer'"
    assert outcome(judge_template, properties, f"[{statement}, {boundary}]") == expected


def test_of_two_roles_with_the_same_name_each_may_be_meant(judge_template):
    """In stacks of two Regions only one can be created, and which one is not known."""
    reader = (
        "RoleName: deployer\n      AssumeRolePolicyDocument: {Statement: []}\n"
        "  Second:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: deployer"
    )
    statement = ASSUME % role("deployer")
    assert outcome(judge_template, reader, statement) == "unknown"


def test_the_message_names_what_is_not_known(gathered):
    text = TEMPLATE.replace("PROPERTIES", "RoleName: !Ref Name")
    text = text.replace("STATEMENTS", ASSUME % role("deployer"))
    snapshot = gathered(text, controls=["admin-privileges"])
    judged = assess(snapshot, Baseline(), controls=["admin-privileges"]).text()
    named = "arn:aws:iam::000000009999:role/deployer names role/<parameter Name>"
    assert f"whether {named} is known only at deployment" in judged


ALPHABET = "ab*?"
PATTERNS = st.text(ALPHABET, max_size=4)
TEXTS = ["".join(text) for size in range(9) for text in itertools.product("ab", repeat=size)]


@given(PATTERNS, PATTERNS)
def test_two_patterns_meet_where_some_text_matches_both(pattern, own):
    opened = named_later("arn:x", "x", own)
    expected = any(matches(pattern, text) and matches(own, text) for text in TEXTS)
    is_covered = matches(f"arn:{pattern}", "arn:x")
    assert opened.may_be(f"arn:{pattern}") == (expected and not is_covered)


def test_a_resource_that_has_its_name_is_not_open():
    assert named_later("arn:aws:iam::1:role/admin", "Admin", "*") is None
    assert named_later("arn:aws:iam::1:role/Admin", "Admin", "*").may_be("arn:*:role/x")


NAMES = OpenNames(
    (
        named_later("arn:aws:iam::1:role/Admin", "Admin", "*-admin"),
        generated_name("arn:aws:iam::1:role/Reader", "Reader", "app", "Reader"),
        generated_name("arn:aws:s3:::Reader", "Reader", "app", "Reader"),
        named_later("arn:<AWS-Partition>:iam::1:role/Any", "Any", "*"),
    )
)
ARNS = st.builds(
    "arn:{}:{}:{}".format,
    st.sampled_from(("aws", "*", "aw?", "aws-cn")),
    st.sampled_from(("iam", "s3", "*", "i?m")),
    st.sampled_from(
        (
            *(":1:role/*", ":1:role/x-admin", ":1:role/x/y-admin", ":1:role/Admin"),
            *(":1:role/app-Reader-*", ":1:role/app-Reader-1", "::*-Reader-*", "*"),
        )
    ),
)


@given(st.lists(st.one_of(ARNS, st.sampled_from(("*", "a*", "**", "x"))), max_size=3))
def test_names_of_another_service_need_not_be_compared(patterns):
    covered, possible = NAMES.meant_by(patterns)
    if "*" in patterns:
        assert (covered, possible) == ([], [])
        return
    expected = [name for name in NAMES.names if any(map(name.is_covered, patterns))]
    assert covered == expected
    assert possible == [
        name for name in NAMES.names if name not in expected and any(map(name.may_be, patterns))
    ]


def test_names_are_of_the_service_that_a_pattern_spells_out():
    covered, possible = NAMES.meant_by(["arn:aws:s3:::app-Reader-*"])
    assert [name.arn for name in covered] == ["arn:aws:s3:::Reader"]
    assert possible == []
    _, possible = NAMES.meant_by(["arn:aws:iam::1:role/x-admin"])
    assert [name.arn for name in possible] == ["arn:aws:iam::1:role/Admin"]
