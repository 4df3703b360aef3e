"""Loops, nested stacks, exports, scenarios and circles."""

import json
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.sources.cloudformation import conditions as conditions_module
from cloudpack_baseline.sources.cloudformation.deployments import deployments_of
from cloudpack_baseline.sources.cloudformation.stack_trees import Root, StackPlace
from cloudpack_baseline.sources.cloudformation.template import read_template
from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT, why_of


def deployed(*texts, given=None, region="ap-northeast-1"):
    """The deployments of templates `0.yaml`, `1.yaml`, ...; nested ones are no roots."""
    templates = [
        read_template(text.encode(), f"{number}.yaml") for number, text in enumerate(texts)
    ]
    nested = {name for template in templates for name in template.nested_files}
    roots = [
        Root(
            template=template,
            place=StackPlace(
                account=PLACEHOLDER_ACCOUNT, region=region, partition="aws", stack=f"s{number}"
            ),
            parameters=given or {},
        )
        for number, template in enumerate(templates)
        if template.file not in nested
    ]
    return deployments_of(roots, templates)


def free_conditions(number, resources=1):
    """A template with conditions that do not depend on each other."""
    names = [f"P{n}" for n in range(number)]
    return json.dumps(
        {
            "Parameters": {name: {"Type": "String"} for name in names},
            "Conditions": {f"C{name}": {"Fn::Equals": [{"Ref": name}, "x"]} for name in names},
            "Resources": {f"R{n}": {"Type": "T"} for n in range(resources)},
        }
    )


def properties(deployments, logical_id, number=0):
    """The properties of the first resource of that name."""
    return next(
        stack.resources[logical_id].properties()
        for stack, _ in deployments.deployments[number].stacks
        if logical_id in stack.resources
    )


LOOP = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: "log.s,data"}}
Resources:
  Fn::ForEach::Buckets:
    - Name
    - !Ref Names
    - Bucket&{Name}:
        Type: AWS::S3::Bucket
        Properties:
          BucketName: !Sub "acme-${Name}"
          Tags: [{Key: loop, Value: !Ref Name}]
"""


def test_a_loop_makes_a_resource_for_each_value():
    deployments = deployed(LOOP)
    assert properties(deployments, "Bucketlogs")["BucketName"] == "acme-log.s"
    assert properties(deployments, "Bucketdata")["Tags"] == [{"Key": "loop", "Value": "data"}]


CONDITION_LOOP = """
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Conditions:
  Fn::ForEach::Loop: [Name, !Ref Names, {"Is${Name}": !Equals [a, "${Name}"]}]
Resources: {A: {Type: T}}
"""


def test_conditions_of_a_loop_over_what_is_not_known_are_a_fault():
    (fault,) = deployed(CONDITION_LOOP).faults
    assert str(fault).startswith("0.yaml:5: column 29:")
    assert "parameter Names" in str(fault)


def test_a_loop_over_no_list_is_a_fault():
    (fault,) = deployed(LOOP.replace("!Ref Names", "!Ref Nobody")).faults
    assert "there is no parameter or resource 'Nobody'" in str(fault)


CHOSEN_LOOP = """
Transform: AWS::LanguageExtensions
Parameters: {Env: {Type: String}}
Mappings: {Names: {%s}}
Resources:
  Fn::ForEach::Loop:
    - Name
    - !FindInMap [Names, !Ref Env, list]
    - Bucket${Name}: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
"""


def test_a_loop_over_the_only_list_of_a_mapping_is_known():
    deployments = deployed(CHOSEN_LOOP % "prod: {list: [a, b]}")
    assert properties(deployments, "Bucketb") == {"BucketName": "b"}


def test_properties_of_a_loop_over_what_is_not_known_are_unknown():
    text = """
    Transform: AWS::LanguageExtensions
    Parameters: {Names: {Type: CommaDelimitedList}}
    Resources:
      A:
        Type: T
        Properties:
          Known: 1
          Members: {More: 1, Fn::ForEach::Loop: [Name, !Ref Names, {"${Name}": 2}]}
    """
    resolved = properties(deployed(textwrap.dedent(text)), "A")
    assert resolved["Known"] == 1
    assert "Fn::ForEach::Loop" in why_of(resolved["Members"]).causes[0].detail


PARENT = """
Resources:
  Net:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./1.yaml
      Parameters: {Cidr: 10.9.0.0/16}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !GetAtt Net.Outputs.Vpc, GroupDescription: x}
"""
CHILD = """
Parameters: {Cidr: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}
Outputs:
  Vpc: {Value: !Ref Vpc}
"""


def test_a_nested_stack_takes_parameters_and_gives_outputs():
    deployments = deployed(PARENT, CHILD)
    assert properties(deployments, "Vpc")["CidrBlock"] == "10.9.0.0/16"
    assert properties(deployments, "Group")["VpcId"] == "vpc-Net.Vpc"


@pytest.mark.parametrize(
    "url",
    [
        '!Sub "https://${AWS::Region}.example/templates/1.yaml"',
        '!Sub ["https://${Bucket}/1.yaml", {Bucket: b}]',
        '!Join ["", ["https://", !Ref AWS::Region, "/templates/1.yaml"]]',
        '!Join ["/", ["https://example", templates, 1.yaml]]',
    ],
)
def test_a_nested_stack_is_found_by_the_end_of_its_url(url):
    deployments = deployed(PARENT.replace("./1.yaml", url), CHILD)
    assert properties(deployments, "Vpc")["CidrBlock"] == "10.9.0.0/16"


@pytest.mark.parametrize(
    "url",
    [
        '!Sub "https://example/${AWS::Region}.yaml"',
        '!Join ["", ["https://example/", !Ref AWS::Region]]',
        '!Join ["", []]',
        "!Ref AWS::Region",
        "!Sub []",
        "[]",
    ],
)
def test_a_nested_stack_whose_file_is_not_known_is_unknown(url):
    deployments = deployed(PARENT.replace("./1.yaml", url), CHILD)
    assert len(deployments.deployments[0].stacks) == 2
    assert "Net.Outputs.Vpc" in properties(deployments, "Group")["VpcId"].unknown.causes[0].detail


def test_a_nested_stack_that_is_not_given_is_unknown():
    deployments = deployed(PARENT)
    assert "Net.Outputs.Vpc" in properties(deployments, "Group")["VpcId"].unknown.causes[0].detail


def test_stacks_that_nest_themselves_are_a_fault():
    text = PARENT.replace("1.yaml", "2.yaml")
    other = "Resources: {A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: %s}}}"
    (fault,) = deployed(text, "Resources: {B: {Type: T}}", other % "2.yaml").faults
    assert "circle" in str(fault)


EXPORTING = """
Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}
Outputs: {Vpc: {Value: !Ref Vpc, Export: {Name: !Sub "${AWS::StackName}-vpc"}}}
"""
IMPORTING = """
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !ImportValue s1-vpc, GroupDescription: x}
"""


def test_an_import_takes_the_export_of_another_template():
    assert properties(deployed(IMPORTING, EXPORTING), "Group")["VpcId"] == "vpc-s1.Vpc"


READING = """
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      VpcId: {Fn::GetStackOutput: {StackName: s1, OutputName: %s}}
"""


@pytest.mark.parametrize(
    ("arguments", "vpc"),
    [
        ("Vpc", "vpc-s1.Vpc"),
        ("Vpc, Region: ap-northeast-1", "vpc-s1.Vpc"),
        ("Vpc, RoleArn: arn:aws:iam::000000009999:role/reads", "vpc-s1.Vpc"),
        ("Vpc, Region: us-east-1", "<output Vpc of s1>"),
        ("Vpc, RoleArn: arn:aws:iam::111122223333:role/reads", "<output Vpc of s1>"),
        ("Subnet", "<output Subnet of s1>"),
    ],
)
def test_an_output_is_that_of_the_named_stack(arguments, vpc):
    exporting = EXPORTING.replace(', Export: {Name: !Sub "${AWS::StackName}-vpc"}', "")
    assert properties(deployed(READING % arguments, exporting), "Group")["VpcId"] == vpc


def test_outputs_that_refer_to_each_other_are_not_known():
    output = "Outputs: {O: {Value: {Fn::GetStackOutput: {StackName: %s, OutputName: O}}}}"
    reading = READING.replace("%s", "O") + output % "s1"
    exporting = "Resources: {A: {Type: T}}\n" + output % "s0"
    vpc = properties(deployed(reading, exporting), "Group")["VpcId"]
    assert "output O" in why_of(vpc).causes[0].detail


CIRCLES = [
    "{A: {Type: T, Properties: {X: !Ref B}}, B: {Type: T, Properties: {X: !GetAtt A.Y}}}",
    "{A: {Type: T, Properties: {X: !Sub '${B}'}}, B: {Type: T, DependsOn: A}}",
    "{A: {Type: T, Properties: {X: !Ref A}}}",
    "{A: {Type: T, DependsOn: [B]}, B: {Type: T, DependsOn: C}, C: {Type: T, DependsOn: A}}",
]


@pytest.mark.parametrize("resources", CIRCLES)
def test_resources_in_a_circle_are_a_fault(resources):
    (fault,) = deployed(f"Resources: {resources}").faults
    assert "0.yaml:1: column 13: resources depend on each other in a circle: A -> " in str(fault)


def test_a_circle_that_a_condition_rules_out_is_none():
    text = (
        "Conditions: {No: !Equals [a, b]}\n"
        "Resources:\n"
        "  A: {Type: T, Properties: {X: !Ref B}}\n"
        "  B: {Type: T, Properties: {X: !If [No, !Ref A, 1]}}\n"
    )
    assert deployed(text).faults == ()


@pytest.mark.parametrize("text", ["B", "${B}", "B.Arn"])
def test_texts_that_only_look_like_references_make_no_circle(text):
    resources = f"{{A: {{Type: T, Properties: {{X: '{text}'}}}}, B: {{Type: T, DependsOn: A}}}}"
    assert deployed(f"Resources: {resources}").faults == ()


def test_a_long_chain_of_references_is_no_circle():
    chain = {f"R{n}": {"Type": "T", "DependsOn": f"R{n + 1}"} for n in range(499)}
    text = json.dumps({"Resources": chain | {"R499": {"Type": "T"}}})
    assert deployed(text).faults == ()


def test_conditions_in_a_circle_are_a_fault():
    text = "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\nResources: {R: {Type: T}}"
    (fault,) = deployed(text).faults
    assert "conditions refer to each other in a circle: A -> B -> A" in str(fault)


def scenarios(conditions, parameters="{P: {Type: String}}", rules="{}"):
    """The scenarios of the conditions, as sets of pairs."""
    text = (
        f"Parameters: {parameters}\nConditions: {conditions}\nRules: {rules}\n"
        "Resources: {R: {Type: T}}\n"
    )
    return {deployment.scenario for deployment in deployed(text).deployments}


SCENARIOS = [
    ("{A: !Equals [!Ref P, x]}", {(("A", "false"),), (("A", "true"),)}),
    (
        "{A: !Equals [!Ref P, x], B: !Equals [!Ref P, y]}",
        {
            (("A", "true"), ("B", "false")),
            (("A", "false"), ("B", "true")),
            (("A", "false"), ("B", "false")),
        },
    ),
    (
        "{A: !Equals [!Ref P, x], B: !Not [!Condition A]}",
        {
            (("A", "true"), ("B", "false")),
            (("A", "false"), ("B", "true")),
        },
    ),
    ("{A: !Equals [x, x]}", {()}),
    ("{A: !Equals [!Ref AWS::AccountId, '123456789012']}", {(("A", "false"),), (("A", "true"),)}),
]


@pytest.mark.parametrize(("conditions", "expected"), SCENARIOS)
def test_every_scenario_that_can_hold_is_judged(conditions, expected):
    assert scenarios(conditions) == expected


def test_allowed_values_and_rules_limit_the_scenarios():
    conditions = "{A: !Equals [!Ref P, x], B: !Equals [!Ref P, y]}"
    allowed = "{P: {Type: String, AllowedValues: [x, y]}}"
    both = {(("A", "true"), ("B", "false")), (("A", "false"), ("B", "true"))}
    assert scenarios(conditions, allowed) == both
    rules = "{R: {Assertions: [{Assert: !Equals [!Ref P, x]}]}}"
    assert scenarios(conditions, allowed, rules) == {()}


def test_scenarios_of_separate_templates_are_each_judged():
    text = (
        "Parameters: {P: {Type: String}}\nConditions: {A%s: !Equals [!Ref P, x]}\n"
        "Resources: {R%s: {Type: T, Condition: A%s}}\n"
    )
    deployments = deployed(text % (1, 1, 1), text % (2, 2, 2)).deployments
    seen = {name for deployment in deployments for name in deployment.scenario}
    assert seen == {("A1", "true"), ("A1", "false"), ("A2", "true"), ("A2", "false")}


def test_more_scenarios_than_are_judged_are_said():
    names = [f"P{n}" for n in range(10)]
    parameters = ", ".join(f"{name}: {{Type: String}}" for name in names)
    conditions = ", ".join(f"C{name}: !Equals [!Ref {name}, x]" for name in names)
    text = (
        f"Parameters: {{{parameters}}}\nConditions: {{{conditions}}}\nResources: {{R: {{Type: T}}}}"
    )
    assert deployed(text).is_bounded


@pytest.mark.parametrize(("resources", "scenarios"), [(93, 64), (94, 63), (200, 30), (500, 12)])
def test_many_resources_have_fewer_scenarios(resources, scenarios):
    planned = deployed(free_conditions(7, resources))
    assert (len(planned.deployments), planned.is_bounded) == (scenarios, True)


def test_many_conditions_have_fewer_trials(monkeypatch):
    evaluated = []
    is_equal = conditions_module._Evaluation.compared
    monkeypatch.setitem(
        conditions_module._FUNCTIONS,
        "Fn::Equals",
        (lambda *given: evaluated.append(1) or is_equal(*given), 2),
    )
    assert deployed(free_conditions(400)).is_bounded
    assert len(evaluated) == 100_000


FUNCTIONS = [
    "Ref",
    "Fn::GetAtt",
    "Fn::Sub",
    "Fn::Join",
    "Fn::If",
    "Fn::Select",
    "Fn::Split",
    "Fn::FindInMap",
    "Fn::Equals",
    "Fn::Not",
    "Fn::And",
    "Condition",
    "Fn::Cidr",
    "Fn::ForEach::X",
    "Fn::GetAZs",
    "Fn::ImportValue",
    "Fn::Base64",
    "Type",
    "Fn::ToJsonString",
    "Fn::Length",
    "Properties",
    "DependsOn",
    "Fn::Transform",
]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from(["A", "P"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FUNCTIONS),
            inner,
            max_size=2,
        )
    ),
    max_leaves=12,
)


@given(
    section=st.sampled_from(
        ["Parameters", "Mappings", "Conditions", "Outputs", "Rules", "Metadata"]
    ),
    content=VALUES,
    value=VALUES,
    resources=st.dictionaries(st.sampled_from(["A", "B"]), VALUES, max_size=2),
)
def test_whatever_stands_in_a_template_is_a_value_or_a_fault(section, content, value, resources):
    template = {
        section: {"P": content},
        "Resources": resources | {"R": {"Type": "AWS::S3::Bucket", "Properties": {"X": value}}},
    }
    try:
        deployments = deployed(json.dumps(template))
    except InputError:
        return
    for deployment in deployments.deployments:
        for stack, _ in deployment.stacks:
            stack.resources["R"].properties()


RULE = """
Parameters: {{Subnets: {{Type: 'List<AWS::EC2::Subnet::Id>'}}, Vpc: {{Type: 'AWS::EC2::VPC::Id'}}}}
Rules:
  Placed:
    Assertions: [{{Assert: {assertion}}}]
Resources:
  Data: {{Type: AWS::S3::Bucket}}
"""


@pytest.mark.parametrize(
    "assertion",
    [
        "{Fn::EachMemberIn: [{Fn::ValueOfAll: [Subnet, VpcId]}, {Fn::RefAll: AWS::EC2::VPC::Id}]}",
        "{Fn::EachMemberEquals: [{Fn::ValueOf: [Subnets, VpcId]}, !Ref Vpc]}",
        "!Equals [{Fn::ValueOf: [Subnets, VpcId]}, vpc-1]",
    ],
)
def test_a_rule_about_the_account_forbids_nothing(assertion, judge_template):
    text = RULE.format(assertion=assertion)
    assert judge_template("s3-versioning", text) == {"Data": "fail"}


@pytest.mark.parametrize("assertion", ["!Equals [a]", "!Not []"])
def test_a_condition_with_too_few_arguments_is_an_error(assertion, judge_template):
    text = RULE.format(assertion=assertion)
    with pytest.raises(InputError, match=r"takes \d arguments"):
        judge_template("s3-versioning", text)


# Combinations of scenarios -----------------------------------------------------------------------

CHOOSING = """\
Parameters: {P: {Type: String}}
Conditions: {Open: !Equals [!Ref P, x]}
Resources: {R: {Type: T}}
Outputs:
  Group: {Value: !If [Open, everyone, nobody], Export: {Name: group}}
"""
ATTACHED = """\
Parameters: {Q: {Type: String}}
Conditions: {Attached: !Equals [!Ref Q, y]}
Resources:
  Server: {Type: T, Properties: {Group: !If [Attached, !ImportValue group, none]}}
"""


def truths(*texts):
    return [dict(deployment.scenario) for deployment in deployed(*texts).deployments]


def test_every_combination_with_an_imported_stack_is_judged():
    combinations = truths(CHOOSING, ATTACHED)
    assert len(combinations) == 4
    assert {(combination["Attached"], combination["Open"]) for combination in combinations} == {
        (first, second) for first in ("true", "false") for second in ("true", "false")
    }


def test_every_combination_with_a_stack_whose_output_is_read_is_judged():
    read = "{Fn::GetStackOutput: {StackName: s0, OutputName: Group}}"
    assert len(truths(CHOOSING, ATTACHED.replace("!ImportValue group", read))) == 4


def test_stacks_without_imports_are_combined_scenario_by_scenario():
    alone = ATTACHED.replace("!ImportValue group", "other")
    assert len(truths(CHOOSING, alone)) == 2


NESTING = """\
Parameters: {P: {Type: String}, Q: {Type: String}}
Conditions: {Open: !Equals [!Ref P, x]}
Resources:
  R: {Type: T, Condition: Open}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: 1.yaml, Parameters: {Q: %s}}
"""


@pytest.mark.parametrize(
    ("given", "number"),
    [("!Ref Q", 4), ("fixed", 2), ("!Ref P", 2)],
    ids=["another", "constant", "the same"],
)
def test_every_combination_with_a_nested_stack_is_judged(given, number):
    combinations = truths(NESTING % given, ATTACHED.replace("y]", "x]"))
    assert len(combinations) == number
    if given == "!Ref P":
        assert all(
            combination.get("Attached", combination["Open"]) == combination["Open"]
            for combination in combinations
        )


def test_a_condition_of_the_same_name_names_its_stack():
    combinations = truths(NESTING % "!Ref Q", ATTACHED.replace("Attached", "Open"))
    assert {"s0.Open": "true", "Child.Open": "false"} in combinations
    assert {"Open": "true"} in combinations


def test_more_combinations_than_are_judged_are_said():
    names = [f"P{number}" for number in range(4)]
    parameters = ", ".join(f"{name}: {{Type: String}}" for name in names)
    conditions = ", ".join(f"C{name}: !Equals [!Ref {name}, x]" for name in names)
    text = "Parameters: {%s}\nConditions: {%s}\nResources: {R: {Type: T, Properties: {A: %s}}}\n%s"
    outputs = "Outputs: {O: {Value: a, Export: {Name: e}}}"
    first = text % (parameters, conditions, "b", outputs)
    second = text % (parameters, conditions, "!ImportValue e", "")
    planned = deployed(first, second)
    assert planned.is_bounded
    names_of = {name for deployment in planned.deployments for name in deployment.scenario}
    assert {truth for _, truth in names_of} == {"true", "false"}
    assert not deployed(first, text % (parameters, conditions, "c", "")).is_bounded


METADATA = """\
Conditions: {Available: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  R: {Type: T, Properties: {A: %s}}
  CDKMetadata: {Type: AWS::CDK::Metadata, Condition: Available}
"""


@pytest.mark.parametrize(("value", "number"), [("b", 1), ("!If [Available, b, c]", 2)])
def test_where_the_cdk_counts_its_use_is_no_scenario(value, number):
    assert len(deployed(METADATA % value, region="").deployments) == number


EXPORTED_IN_PART = """\
Parameters: {P: {Type: String}}
Conditions: {Shared: !Equals [!Ref P, x]}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Condition: Shared, Properties: {CidrBlock: 10.0.0.0/16}}
Outputs:
  Vpc: {Condition: Shared, Value: !Ref Vpc, Export: {Name: vpc}}
"""
IMPORTED_IN_PART = """\
Parameters: {Q: {Type: String}}
Conditions: {Uses: !Equals [!Ref Q, y]}
Resources:
  Own: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !If [Uses, !ImportValue vpc, !Ref Own]
"""


def switched_buckets(*switches):
    """A bucket for each switch, versioned if it is on."""
    parameters = "".join(f"  {name}: {{Type: String}}\n" for name in switches)
    conditions = "".join(f"  Is{name}: !Equals [!Ref {name}, 'yes']\n" for name in switches)
    buckets = "".join(
        f"""  {name}Bucket:
    Type: AWS::S3::Bucket
    Properties: {{VersioningConfiguration: {{Status: !If [Is{name}, Enabled, Suspended]}}}}
"""
        for name in switches
    )
    return f"Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n{buckets}"


def test_a_template_without_a_further_scenario_is_in_its_first_again(gathered):
    texts = (switched_buckets("One", "Two"), switched_buckets("Three"))
    first, *further = [
        {record.name.rpartition(".")[2]: record.versioning for record in scenario.records}
        for snapshot in [gathered(*texts, controls=["s3-versioning"])]
        for scenario in (snapshot, *snapshot.alternatives)
    ]
    assert len(further) == 3
    assert [each["ThreeBucket"] != first["ThreeBucket"] for each in further] == [True, False, False]
    pairs = {(each["OneBucket"], each["TwoBucket"]) for each in (first, *further)}
    assert len(pairs) == 4


def test_a_combination_without_the_export_that_is_imported_cannot_be_deployed(gathered):
    snapshot = gathered(EXPORTED_IN_PART, IMPORTED_IN_PART, controls=["open-security-groups"])
    names = {alternative.scenario for alternative in (snapshot, *snapshot.alternatives)}
    assert (("Shared", "false"), ("Uses", "true")) not in names
    assert (("Shared", "false"), ("Uses", "false")) in names
    assert len(names) == 3


def test_an_export_of_another_run_leaves_the_import_open(gathered):
    elsewhere = IMPORTED_IN_PART.replace("ImportValue vpc", "ImportValue other")
    snapshot = gathered(EXPORTED_IN_PART, elsewhere, controls=["open-security-groups"])
    assert len((snapshot, *snapshot.alternatives)) == 2


def test_properties_that_are_no_value_are_none():
    text = "Resources: {A: {Type: T, Properties: !Ref AWS::NoValue}}"
    assert properties(deployed(text), "A") == {}
