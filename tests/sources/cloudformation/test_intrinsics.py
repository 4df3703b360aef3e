"""What each intrinsic function comes to, by a table.

Source: AWS CloudFormation User Guide, "Intrinsic function reference".
"""

import textwrap

import pytest
from cfnlint.context import create_context_for_template
from cfnlint.decode import cfn_yaml
from cfnlint.jsonschema import CfnTemplateValidator
from cfnlint.template import Template

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.deployments import deployments_of
from cloudpack_baseline.sources.cloudformation.stack_trees import Root, StackPlace
from cloudpack_baseline.sources.cloudformation.template import read_template
from cloudpack_baseline.sources.cloudformation.values import ChosenText, why_of

HEAD = """
Parameters:
  Env: {Type: String}
  Name: {Type: String, Default: web}
  Port: {Type: Number, Default: 8080}
  Zones: {Type: CommaDelimitedList, Default: "a, b,c"}
  Ami: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /a/b}
  Secret: {Type: String, Default: hunter2, NoEcho: true}
  Only: {Type: String, AllowedValues: [blue]}
Mappings:
  Sizes:
    ap-northeast-1: {small: t3.small, list: [x, y]}
    us-east-1: {small: t3.micro, list: [z]}
  Rules:
    ap-northeast-1: {encrypted: true, days: 7}
    us-east-1: {encrypted: true, days: 35}
Conditions:
  IsWeb: !Equals [!Ref Name, web]
  IsNot: !Not [!Condition IsWeb]
  Both: !And [!Condition IsWeb, !Equals [!Ref Port, 8080]]
  Either: !Or [!Condition IsNot, !Equals ["1", 1]]
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Name}-data"}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Probe:
    Type: AWS::SNS::Topic
    Properties:
      Value: %s
"""


def resolved(expression, *, head=HEAD, region="ap-northeast-1", **fields):
    """The value of the expression in a stack, by default in Tokyo."""
    template = read_template((head % textwrap.dedent(expression)).encode(), "template.yaml")
    place = StackPlace(account="123456789012", region=region, partition="aws", stack="shop")
    root = Root(template=template, place=place, parameters=fields)
    ((stack, _),) = deployments_of([root], [template]).deployments[0].stacks
    return stack.resources["Probe"].properties().get("Value")


KNOWN = [
    ("!Ref Name", "web"),
    ("!Ref Port", "8080"),
    ("!Ref Zones", ["a", "b", "c"]),
    ("!Ref Only", "blue"),
    ("!Ref AWS::Region", "ap-northeast-1"),
    ("!Ref AWS::AccountId", "123456789012"),
    ("!Ref AWS::Partition", "aws"),
    ("!Ref AWS::URLSuffix", "amazonaws.com"),
    ("!Ref AWS::StackName", "shop"),
    ("!Ref AWS::NoValue", None),
    ("!Ref Named", "web-data"),
    ("!GetAtt Named.Arn", "arn:aws:s3:::web-data"),
    ("{'Fn::GetAtt': [Named, Arn]}", "arn:aws:s3:::web-data"),
    ("!GetAtt Vpc.CidrBlock", "10.0.0.0/16"),
    ("!Sub '${Name}-${AWS::Region}'", "web-ap-northeast-1"),
    ("!Sub ['${A}-${Name}', {A: !Ref Port}]", "8080-web"),
    ("!Sub '${!Literal} ${Named.Arn}'", "${Literal} arn:aws:s3:::web-data"),
    ("!Sub ['${Name}', {Name: shadow}]", "shadow"),
    ("!Join ['-', [a, !Ref Name, 1, true]]", "a-web-1-true"),
    ("!Join [',', !Ref Zones]", "a,b,c"),
    ("!Join ['', [a, !Ref AWS::NoValue, b]]", "ab"),
    ("!Join ['', []]", ""),
    ("!Select [1, !Ref Zones]", "b"),
    ("!Select ['0', [x, y]]", "x"),
    ("!Select [1, !Split ['|', 'p|q|r']]", "q"),
    ("!Split [',', 'a,,b']", ["a", "", "b"]),
    ("!FindInMap [Sizes, !Ref AWS::Region, small]", "t3.small"),
    ("!FindInMap [Sizes, us-east-1, list]", ["z"]),
    ("!FindInMap [Sizes, nowhere, small, {DefaultValue: none}]", "none"),
    ("!FindInMap [Rules, !Ref Env, encrypted]", True),
    ("!FindInMap [Rules, !Ref Env, encrypted, {DefaultValue: true}]", True),
    ("!If [IsWeb, yes, no]", "yes"),
    ("!If [IsNot, yes, !Ref AWS::NoValue]", None),
    ("!If [Both, 1, 2]", 1),
    ("!If [Either, 1, 2]", 1),
    ("[a, !If [IsNot, b, !Ref AWS::NoValue], c]", ["a", "c"]),
    ("{A: !If [IsWeb, !Ref AWS::NoValue, 1], B: 2}", {"B": 2}),
    ("!Base64 abc", "YWJj"),
    ("{'Fn::Base64': !Sub '${Name}'}", "d2Vi"),
    ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
    ("!Select [3, !Cidr [!GetAtt Vpc.CidrBlock, 4, '12']]", "10.0.48.0/20"),
    ("!Cidr ['2001:db8::/56', 1, 64]", ["2001:db8::/64"]),
    ("{'Fn::Length': !Ref Zones}", 3),
    ("{'Fn::ToJsonString': {a: !Ref Name, b: [1]}}", '{"a":"web","b":[1]}'),
    ("0123", "0123"),
    ("yes", "yes"),
    ("'true'", "true"),
    ("2012-10-17", "2012-10-17"),
    ("1.50", 1.5),
]

UNKNOWN = [
    ("{'Fn::GetStackOutput': {StackName: net, OutputName: VpcId}}", "output VpcId of net"),
    ("!GetStackOutput {StackName: net, OutputName: VpcId}", "output VpcId of net"),
    ("{'Fn::GetStackOutput': {StackName: !Ref Env, OutputName: a}}", "output a of <parameter Env>"),
    ("{'Fn::GetStackOutput': net.VpcId}", "an object is expected"),
    ("!Sub ['${A}', {A: !GetStackOutput {OutputName: a, StackName: net}}]", "output a of net"),
    ("{'Fn::Length': !GetAZs ''}", "the number of zones"),
    ("{A: 1, 'Fn::Transform': {Name: AWS::Include}}", "the macro AWS::Include makes at line"),
    ("!Equals [a, a]", "Fn::Equals at line"),
    ("{'Fn::Later': [a]}", "Fn::Later at line"),
    ("!Ref Env", "parameter Env"),
    ("!Ref Ami", "parameter Ami"),
    ("!Ref Secret", "parameter Secret"),
    ("!Sub '${Env}-x'", "parameter Env"),
    ("!Join ['-', [a, !Ref Env]]", "parameter Env"),
    ("!Split [',', !Ref Env]", "parameter Env"),
    ("!FindInMap [Sizes, !Ref Secret, small]", "parameter Secret"),
    ("!FindInMap [Rules, us-east-1, !Ref Secret]", "parameter Secret"),
    ("!FindInMap [Rules, !Ref Env, other]", "parameter Env"),
    ("!FindInMap [Nothing, !Ref Env, small]", "parameter Env"),
    ("!FindInMap [!Ref Env, us-east-1, small]", "parameter Env"),
    ("!ImportValue elsewhere", "import elsewhere"),
    ("!Sub '{{resolve:secretsmanager:${Name}:SecretString:password}}'", "dynamic reference"),
    ("'{{resolve:ssm:/a/b:1}}'", "dynamic reference to ssm"),
    ("!Join ['', ['{{resolve:', 'ssm-secure:x:1}}']]", "dynamic reference to ssm-secure"),
    ("'[[servicecatalog:provisionedproduct:Net:Id]]'", "output of a provisioned product"),
    ("!Sub 'a-[[servicecatalog:provisionedproduct:Net:Id]]'", "output of a provisioned product"),
    ("{'Fn::Transform': {Name: AWS::Include}}", "the macro AWS::Include makes at line"),
    ("!GetAtt Vpc.DefaultThing", "Vpc.DefaultThing"),
    ("!Select [0, !GetAZs '']", "zone 0 of ap-northeast-1"),
    ("!Ref Nobody", "there is no parameter or resource 'Nobody'"),
    ("!Select [7, [a]]", "index 7"),
    ("!If [Never, a, b]", "no condition 'Never'"),
    ("!FindInMap [Sizes, nowhere, small]", "Sizes.nowhere.small"),
    ("!Join [a]", "arguments"),
    ("!Cidr [10.0.0.0/30, 9, 8]", "cannot be divided"),
]


@pytest.mark.parametrize(("expression", "value"), KNOWN)
def test_a_value_is_known(expression, value):
    result = resolved(expression)
    assert result == value
    assert why_of(result) is None


@pytest.mark.parametrize(("expression", "reason"), UNKNOWN)
def test_a_value_is_not_known_and_says_why(expression, reason):
    unknown = why_of(resolved(expression))
    assert isinstance(unknown, Unknown)
    assert reason in unknown.causes[0].detail


@pytest.mark.parametrize("expression", ["!Ref Secret", "!Sub '{{resolve:ssm:/hunter2:1}}'"])
def test_no_secret_is_shown(expression):
    assert "hunter2" not in repr(resolved(expression))


def test_given_values_win_over_defaults():
    assert resolved("!Sub '${Name}${Env}'", Name="api", Env="-prod") == "api-prod"
    assert resolved("!Ref Zones", Zones="x,y") == ["x", "y"]


def test_json_is_read_like_yaml():
    text = '{"Resources": {"A": {"Type": "T", "Properties": {"X": {"Fn::Sub": "${AWS::Region}"}}}}}'
    template = read_template(text.encode(), "t.json")
    place = StackPlace(account="1" * 12, region="us-east-1", partition="aws", stack="s")
    root = Root(template=template, place=place, parameters={})
    ((stack, _),) = deployments_of([root], [template]).deployments[0].stacks
    assert stack.resources["A"].properties() == {"X": "us-east-1"}
    assert stack.resources["A"].mark.column == 16


def test_conditions_of_json_are_those_of_yaml():
    text = (
        '{"Conditions": {"No": {"Fn::Equals": ["a", "b"]},'
        ' "Yes": {"Fn::Not": [{"Condition": "No"}]}},'
        ' "Resources": {"A": {"Type": "T", "Condition": "No"},'
        ' "B": {"Type": "T", "Condition": "Yes", "Properties": {"X": {"Fn::If": ["No", 1, 2]}}}}}'
    )
    template = read_template(text.encode(), "t.json")
    place = StackPlace(account="1" * 12, region="us-east-1", partition="aws", stack="s")
    root = Root(template=template, place=place, parameters={})
    ((stack, _),) = deployments_of([root], [template]).deployments[0].stacks
    assert {name: item.properties() for name, item in stack.resources.items()} == {"B": {"X": 2}}


CFN_LINT_DIFFERS = frozenset(
    (
        "!Ref AWS::StackName",
        "!Join ['-', [a, !Ref Name, 1, true]]",
        "!If [IsWeb, yes, no]",
        "!If [IsNot, yes, !Ref AWS::NoValue]",
        "[a, !If [IsNot, b, !Ref AWS::NoValue], c]",
        "{A: !If [IsWeb, !Ref AWS::NoValue, 1], B: 2}",
        "{'Fn::ToJsonString': {a: !Ref Name, b: [1]}}",
        "0123",
        "yes",
        "2012-10-17",
    )
)
"""cfn-lint compares Python's values of YAML, resolves objects in part, and names every stack
``teststack``."""


@pytest.mark.parametrize(("expression", "value"), KNOWN)
def test_cfn_lint_comes_to_the_same_where_it_comes_to_a_value(expression, value):
    template = cfn_yaml.loads(HEAD % expression)
    read = Template("t.yaml", template, ["ap-northeast-1"])
    validator = CfnTemplateValidator(schema={}, context=create_context_for_template(read), cfn=read)
    node = template["Resources"]["Probe"]["Properties"]["Value"]
    values = [result[0] for result in validator.resolve_value(node)]
    assert not values or (value in values) is (expression not in CFN_LINT_DIFFERS)


def test_a_default_that_differs_leaves_the_value_of_a_mapping_open():
    """AWS takes the default where the mapping does not have the key."""
    unknown = why_of(resolved("!FindInMap [Rules, !Ref Env, encrypted, {DefaultValue: false}]"))
    assert unknown.causes[0].detail == "parameter Env"


@pytest.mark.parametrize(
    ("further", "value"),
    [("cn-north-1", "t3.small"), ("us-gov-west-1", "t3.small"), ("us-east-1", None)],
)
def test_a_region_that_is_not_known_is_one_of_the_partition(further, value):
    """As for the names of service principals by Region, which templates of old list."""
    head = HEAD.replace("us-east-1: {small", f"{further}: {{small")
    entry = resolved("!FindInMap [Sizes, !Ref AWS::Region, small]", head=head, region="")
    assert entry == value if value else why_of(entry).causes[0].detail == "AWS::Region"


def regional(count):
    """The head, with a mapping of so many Regions with an entry each, the first of which twice."""
    entries = "".join(f"    eu-west-{number}: {{Id: id-{number}}}\n" for number in range(count))
    again = "    eu-south-1: {Id: id-0}\n"
    return HEAD.replace("Mappings:\n", f"Mappings:\n  Accounts:\n{again}{entries}")


LOOKED_UP = "!Sub ['arn:${A}', {A: !FindInMap [Accounts, !Ref AWS::Region, Id]}]"


def test_a_text_with_an_entry_for_each_region_is_one_of_their_texts():
    value = resolved(LOOKED_UP, head=regional(100), region="")
    assert str(value) == "arn:<AWS-Region>"
    assert value.choices == tuple(f"arn:id-{number}" for number in range(100))


def test_a_text_with_more_entries_than_there_are_regions_may_be_any():
    value = resolved(LOOKED_UP, head=regional(101), region="")
    assert str(value) == "arn:<AWS-Region>"
    assert not isinstance(value, ChosenText)


def test_a_default_is_a_choice():
    lookup = "!FindInMap [Accounts, !Ref AWS::Region, Id, {DefaultValue: other}]"
    value = resolved(lookup, head=regional(2), region="")
    assert value.choices == ("id-0", "id-1", "other")


def test_entries_that_are_not_known_or_no_texts_are_no_choices():
    head = regional(2).replace("{Id: id-1}", "{Id: [id-1]}")
    value = resolved("!FindInMap [Accounts, !Ref AWS::Region, Id]", head=head, region="")
    assert not isinstance(value, ChosenText)
    assert why_of(value).causes[0].detail == "AWS::Region"
