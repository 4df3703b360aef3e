"""Parameters without allowed values that are keys of a mapping: a lookup limits them."""

import pytest

TEMPLATE = """
Parameters:
  Key: {Type: %s}
  Env: {Type: String}
  Other: {Type: String}
Mappings:
  Sizes:
    dev: {days: 35, small: 35}
    prod: {days: %s, small: 35}
    odd: {large: 1}
  Names: {dev: {name: a}, test: {name: b}, prod: {name: c}}
Conditions:
  IsTest: !Equals [!Ref Env, test]
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Orders:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: mysql, DBInstanceIdentifier: orders, BackupRetentionPeriod: %s}
  Further:
    Type: AWS::SNS::Topic
    %s
"""
DAYS = "!FindInMap [Sizes, !Ref Key, days]"
LARGE = "{'Fn::FindInMap': [Sizes, prod, !Ref Key]}"


def outcome_of(judge_template, days, further="", kept=1, kind="String"):
    outcomes = judge_template("rds-backup", TEMPLATE % (kind, kept, days, further))
    return outcomes["orders"]


@pytest.mark.parametrize(
    ("days", "kept", "outcome"),
    [
        (DAYS, 1, "fail"),
        (DAYS, 35, "pass"),
        (DAYS, 7, "pass"),
        (LARGE, 1, "fail"),
        (LARGE, 7, "pass"),
        # No value has to be a key here.
        ("!FindInMap [Sizes, !Ref Key, days, {DefaultValue: 7}]", 1, "unknown"),
        ("!If [IsProd, !FindInMap [Sizes, !Ref Key, days], !Ref Other]", 7, "unknown"),
        ("!FindInMap [Sizes, !Ref Missing, days]", 1, "unknown"),
        ("!FindInMap [Nothing, !Ref Key, days]", 1, "unknown"),
        ("!FindInMap [!Ref Other, !Ref Key, days]", 1, "unknown"),
        ("!Ref Key", 7, "unknown"),
    ],
)
def test_each_key_is_a_value(judge_template, days, kept, outcome):
    assert outcome_of(judge_template, days, kept=kept) == outcome


@pytest.mark.parametrize("kind", ["CommaDelimitedList", "AWS::SSM::Parameter::Value<String>"])
def test_a_list_and_a_stored_value_are_not_limited(judge_template, kind):
    assert outcome_of(judge_template, DAYS, kind=kind) == "unknown"


CONDITIONAL = "!If [IsTest, 1, 7]"
NAME = "{TopicName: !FindInMap [Sizes, !Ref Env, days]}"


@pytest.mark.parametrize(
    ("further", "outcome"),
    [
        ("", "fail"),
        (f"Properties: {NAME}", "pass"),
        (f"Properties: {{Tags: [{NAME}]}}", "pass"),
        ("Properties: {TopicName: !FindInMap [Names, !Ref Env, name]}", "fail"),
        (f"Condition: IsProd\n    Properties: {NAME}", "fail"),
        ("Properties: {TopicName: !If [IsProd, !FindInMap [Sizes, !Ref Env, days], b]}", "fail"),
        (f"Metadata: {NAME}", "fail"),
    ],
)
def test_a_condition_cannot_hold_for_what_is_no_key(judge_template, further, outcome):
    assert outcome_of(judge_template, CONDITIONAL, further) == outcome


def test_the_keys_of_several_lookups_count_together(judge_template):
    both = "Properties: {TopicName: !FindInMap [Names, !Ref Env, name], DisplayName: %s}"
    assert outcome_of(judge_template, CONDITIONAL, both % "x") == "fail"
    further = both % "!FindInMap [Sizes, !Ref Env, small]"
    assert outcome_of(judge_template, CONDITIONAL, further) == "pass"


@pytest.mark.parametrize(("number", "outcome"), [(16, "pass"), (17, "fail")])
def test_many_keys_limit_nothing(judge_template, number, outcome):
    keys = ", ".join(f"k{place}: {{name: a}}" for place in range(number - 1))
    text = TEMPLATE.replace("{dev: {name: a}, test: {name: b}, ", f"{{{keys}, ")
    name = "Properties: {TopicName: !FindInMap [Names, !Ref Env, name]}"
    outcomes = judge_template("rds-backup", text % ("String", 7, CONDITIONAL, name))
    assert outcomes["orders"] == outcome
