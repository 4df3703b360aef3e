"""AWS SAM: resources as they expand."""

import textwrap
from pathlib import Path

import pytest

from cloudpack_baseline.model.dynamodb import DynamoDBTable
from cloudpack_baseline.model.iam_principals import RoleDetail
from cloudpack_baseline.model.lambda_functions import LambdaFunction
from cloudpack_baseline.model.s3 import Bucket
from cloudpack_baseline.model.stepfunctions import StateMachine
from cloudpack_baseline.sources.cloudformation.serverless import SERVERLESS_TYPES
from cloudpack_baseline.sources.cloudformation.template import read_template
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT

HEAD = """\
Transform: AWS::Serverless-2016-10-31
Parameters: {Any: {Type: String}, Stage: {Type: String, AllowedValues: [dev, prod]}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
"""


def template(*resources, defaults=""):
    """A template of SAM with these resources."""
    section = f"Globals: {defaults}\n" if defaults else ""
    lines = "".join(f"  {resource}\n" for resource in resources)
    return f"{HEAD}{section}Resources:\n{lines}"


def function(properties="", name="App"):
    """A function with these properties."""
    return f"{name}: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.13{properties}}}}}"


def roles(gathered, *texts):
    """The roles by name."""
    snapshot = gathered(*texts, controls=["admin-privileges"])
    return {role.name: role for role in snapshot.all(RoleDetail, PLACEHOLDER_ACCOUNT)}


def policies(role):
    """The last parts of the ARNs of the attached policies."""
    return {arn.rpartition("/")[2] for arn in role.attached_policies}


BASIC, VPC = "AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole"


def test_a_function_brings_a_role(gathered):
    role = roles(gathered, template(function()))["AppRole"]
    assert policies(role) == {BASIC}
    assert '"Service": ["lambda.amazonaws.com"]' in role.trust
    assert role.arn == "arn:aws:iam::000000009999:role/AppRole"


def test_a_function_with_a_role_brings_none(gathered):
    assert roles(gathered, template(function(", Role: !Ref Any"))) == {}


@pytest.mark.parametrize(
    ("properties", "attached"),
    [
        (", VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}", {BASIC, VPC}),
        (", Tracing: Active", {BASIC, "AWSXRayDaemonWriteAccess"}),
        (", Tracing: Disabled", {BASIC}),
        (", Policies: AmazonS3ReadOnlyAccess", {BASIC, "AmazonS3ReadOnlyAccess"}),
        (", Policies: [AWSLambdaVPCAccessExecutionRole]", {BASIC, VPC}),
        (", Policies: ['arn:aws:iam::aws:policy/AWSDenyAll']", {BASIC, "AWSDenyAll"}),
        (", Policies: [!Ref Any]", {BASIC, "<parameter Any>"}),
        (
            ", Events: {E: {Type: SQS, Properties: {Queue: a}}}",
            {BASIC, "AWSLambdaSQSQueueExecutionRole"},
        ),
        (", Events: {E: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}", {BASIC}),
    ],
)
def test_policies_that_the_role_of_a_function_gets(gathered, properties, attached):
    assert policies(roles(gathered, template(function(properties)))["AppRole"]) == attached


ALL = "{Version: '2012-10-17', Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}"


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("", "pass"),
        (f", Policies: [{ALL}]", "fail"),
        (f", Policies: {ALL}", "fail"),
        (", Policies: AdministratorAccess", "fail"),
        (", Policies: [{S3CrudPolicy: {BucketName: !Ref Any}}]", "pass"),
        (", Policies: [{NoSuchPolicy: {}}]", "unknown"),
        (f", Policies: [!If [Prod, {ALL}, AmazonS3ReadOnlyAccess]]", "fail"),
        (", Policies: [!If [Prod, AdministratorAccess, !Ref AWS::NoValue]]", "fail"),
        (
            ", Policies: [!If [Prod, {S3ReadPolicy: {BucketName: a}}, {S3CrudPolicy: {BucketName: a}}]]",
            "pass",
        ),
        (
            f", Policies: [{ALL}], PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'",
            "pass",
        ),
        (", Policies: [[]]", "unknown"),
    ],
)
def test_privileges_of_a_function(judge_template, properties, outcome):
    judged = judge_template("admin-privileges", template(function(properties)))
    assert judged == {"AppRole": outcome}


def test_a_policy_template_has_the_given_parameters(gathered):
    text = template(
        "Data: {Type: AWS::S3::Bucket}",
        function(", Policies: [{S3ReadPolicy: {BucketName: !Ref Data}}]"),
    )
    (inline,) = roles(gathered, text)["AppRole"].inline_policies
    assert "arn:aws:s3:::Data/*" in inline.document


def test_the_trust_policy_of_a_function_may_be_given(judge_template):
    trust = "{Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}]}"
    text = template(function(f", AssumeRolePolicyDocument: {trust}"))
    assert judge_template("role-trust", text) == {"AppRole": "fail"}


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("{AuthType: NONE}", "fail"),
        ("{AuthType: AWS_IAM}", "pass"),
        ("{AuthType: !Sub AWS_IAM}", "pass"),
        ("{AuthType: !Sub NONE}", "fail"),
        ("{AuthType: !Ref Any}", "unknown"),
    ],
)
def test_the_url_of_a_function_without_authentication_is_public(judge_template, url, outcome):
    text = template(function(f", FunctionUrlConfig: {url}"))
    assert judge_template("resource-sharing", text)["App"] == outcome


def test_a_condition_holds_for_what_a_function_brings(gathered):
    text = template("App: {Type: AWS::Serverless::Function, Condition: Prod}")
    snapshot = gathered(text, controls=["admin-privileges"])
    states = [
        len(entry.all(RoleDetail, PLACEHOLDER_ACCOUNT))
        for entry in (snapshot, *snapshot.alternatives)
    ]
    assert sorted(states) == [0, 1]


GLOBALS = """
  Function:
    FunctionName: named
    VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}
    Tags: {a: x, b: y}
"""


def test_globals_are_merged_beneath_the_properties(gathered):
    text = template(function(", Tags: {b: z}"), defaults=GLOBALS)
    snapshot = gathered(text, controls=["resource-sharing", "admin-privileges"])
    (record,) = snapshot.all(LambdaFunction, PLACEHOLDER_ACCOUNT)
    assert record.name == "named"
    (role,) = snapshot.all(RoleDetail, PLACEHOLDER_ACCOUNT)
    assert policies(role) == {BASIC, VPC}
    assert role.tags == (("a", "x"), ("b", "z"))


def test_references_to_what_is_implied_resolve(gathered):
    text = template(
        function(", Events: {E: {Type: Api, Properties: {Path: /, Method: get}}}"),
        "Data: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '${ServerlessRestApi}-data'}}",
    )
    (bucket,) = gathered(text, controls=["s3-versioning"]).all(Bucket, PLACEHOLDER_ACCOUNT)
    assert bucket.name == "ServerlessRestApi-data"


def test_tables_and_state_machines(gathered):
    text = template(
        "Data: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: data}}",
        "Flow: {Type: AWS::Serverless::StateMachine, Properties: {Policies: [{S3ReadPolicy: {BucketName: a}}]}}",
    )
    snapshot = gathered(text, controls=["resource-sharing", "admin-privileges"])
    assert [table.name for table in snapshot.all(DynamoDBTable, PLACEHOLDER_ACCOUNT)] == ["data"]
    (role,) = snapshot.all(RoleDetail, PLACEHOLDER_ACCOUNT)
    assert role.name == "FlowRole"
    assert "states.amazonaws.com" in role.trust


def test_an_application_is_a_nested_stack(judge_template):
    nested = textwrap.dedent("""\
        Resources:
          Data: {Type: AWS::S3::Bucket, Properties: {VersioningConfiguration: {Status: Enabled}}}
    """)
    text = template(
        "Part: {Type: AWS::Serverless::Application, Properties: {Location: ./1-template.yaml}}"
    )
    judged = judge_template("s3-versioning", text, nested)
    assert list(judged.values()) == ["pass"]


def test_what_is_not_expanded_may_add_policies(judge_template):
    text = template(function(), "It: {Type: AWS::Serverless::Connector, Properties: {}}")
    assert judge_template("admin-privileges", text) == {"AppRole": "pass", "*": "unknown"}


def test_a_function_keeps_the_position_of_what_is_written(gathered):
    text = template(
        "App:", "  Type: AWS::Serverless::Function", "  Properties:", "    FunctionName: app"
    )
    (record,) = gathered(text, controls=["resource-sharing"]).all(
        LambdaFunction, PLACEHOLDER_ACCOUNT
    )
    assert record.origin.line == 5


def test_without_the_transform_nothing_is_expanded(gathered):
    text = template(function()).replace("Transform: AWS::Serverless-2016-10-31\n", "")
    assert roles(gathered, text) == {}


def test_the_reference_lists_every_type():
    page = (Path(__file__).parents[3] / "docs/reference/template-types.md").read_text(
        encoding="utf-8"
    )
    for name in (*resource_types(), *SERVERLESS_TYPES):
        _, service, kind = name.split("::")
        assert any(
            line.startswith(f"| {service} |") and f"`{kind}`" in line for line in page.splitlines()
        )


@pytest.mark.parametrize(
    ("alias", "outcomes"),
    [
        ("", {"F": "fail"}),
        ("AutoPublishAlias: live", {"F": "pass", "F:live": "fail"}),
    ],
)
def test_a_url_belongs_to_the_alias_that_is_published(judge_template, alias, outcomes):
    text = f"""
    Transform: AWS::Serverless-2016-10-31
    Resources:
      F:
        Type: AWS::Serverless::Function
        Properties:
          Handler: a.b
          Runtime: python3.13
          Role: arn:aws:iam::111122223333:role/f
          FunctionUrlConfig: {{AuthType: NONE}}
          {alias}
    """
    assert judge_template("resource-sharing", text) == outcomes


@pytest.mark.parametrize(
    ("role", "arn"),
    [
        ("Role: arn:aws:iam::111122223333:role/runs", "arn:aws:iam::111122223333:role/runs"),
        ("Policies: [AWSLambdaRole]", "arn:aws:iam::000000009999:role/MachineRole"),
    ],
)
def test_a_state_machine_has_its_name_and_role(gathered, role, arn):
    text = f"""
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Machine:
        Type: AWS::Serverless::StateMachine
        Properties:
          Name: orders
          DefinitionUri: a.json
          {role}
    """
    snapshot = gathered(text, controls=["admin-privileges"])
    (machine,) = (record for record in snapshot.records if isinstance(record, StateMachine))
    assert (machine.name, machine.role) == ("orders", arn)


PUBLISHED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Job:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      AutoPublishAlias: %s
  Everyone:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: %s, Action: "lambda:InvokeFunction", Principal: "*"}
"""
GENERATED = [
    ("live", "!Ref Job.Alias", "Job:live"),
    ("pre-live", "!Ref Job.Alias", "Job:pre-live"),
    ("pre-live", "!Ref JobAliaspreDlive", "Job:pre-live"),
    ("live", '!Sub "${Job.Alias}"', "Job:live"),
    ("live", '!Sub ["${Given}", {Given: !Ref Job.Alias}]', "Job:live"),
    ("live", "!GetAtt Job.Alias.AliasArn", "Job:live"),
    ("live", "!GetAtt [Job.Alias, AliasArn]", "Job:live"),
    ("live", "!Ref Job.Version", "Job:JobVersion"),
    ("live", "!GetAtt Job.Version.FunctionArn", "Job:JobVersion"),
    ("!Sub live", "!Ref Job.Alias", "Job:live"),
    ("live", "!Ref Job", "Job"),
]


@pytest.mark.parametrize(("alias", "reference", "holder"), GENERATED)
def test_a_generated_alias_or_version_is_referred_to(judge_template, alias, reference, holder):
    judged = judge_template("resource-sharing", PUBLISHED % (alias, reference))
    assert {name for name, outcome in judged.items() if outcome == "fail"} == {holder}
    assert not any("there is no" in name for name in judged)


def test_a_reference_to_what_sam_does_not_generate_stays_open(judge_template):
    judged = judge_template("resource-sharing", PUBLISHED % ("live", "!Ref Job.Alia"))
    assert any("there is no" in name for name in judged)


DESTINATIONS = """
Transform: AWS::Serverless-2016-10-31
Conditions: {Own: !Equals [!Ref "AWS::Region", us-east-1]}
Resources:
  Job:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: x
      EventInvokeConfig:
        DestinationConfig:
          OnSuccess: {Type: SQS}
          OnFailure: {Type: SNS%s}
  Everyone:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Job.DestinationQueue]
      PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: "sqs:*"}]}
"""
CREATED = [
    ("", "pass"),
    (", Destination: !If [Own, !Ref AWS::NoValue, 'arn:aws:sns:us-east-1:1:t']", "pass"),
    (", Destination: 'arn:aws:sns:us-east-1:111122223333:t'", None),
]


@pytest.mark.parametrize(("destination", "outcome"), CREATED)
def test_destinations_that_sam_creates_are_resources(judge_template, destination, outcome):
    judged = judge_template("resource-sharing", DESTINATIONS % destination)
    assert judged["JobEventInvokeConfigOnSuccessQueue"] == "fail"
    assert judged.get("JobEventInvokeConfigOnFailureTopic") == outcome


def test_the_stage_of_an_api_is_referred_to_by_its_name():
    text = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Shop: {Type: AWS::Serverless::Api, Properties: {StageName: prod}}
  Open: {Type: AWS::Serverless::Api, Properties: {StageName: !Sub "a"}}
Outputs:
  Stage: {Value: !Ref Shop.Stage}
  Deployment: {Value: !Ref Shop.Deployment}
  Open: {Value: !Sub "${Open.Stage}/x"}
  Other: {Value: !GetAtt [Shop, !Ref Shop]}
"""
    template = read_template(text.encode(), "a.yaml")
    values = {
        name: next(iter(output.entries["Value"].entries.values()))
        for name, output in template.entries("Outputs").items()
    }
    assert values["Stage"].source == "ShopprodStage"
    assert values["Deployment"].source == "ShopDeployment"
    assert values["Open"].source == "${OpenStage}/x"
    assert "ShopprodStage" in template.entries("Resources")
