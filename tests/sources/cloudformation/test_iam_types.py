"""Principals, their policies and identity providers in templates."""

import json
from importlib.resources import files

import pytest

from cloudpack_baseline.model.iam_principals import (
    GroupDetail,
    ManagedPolicyDetail,
    OpenIDConnectProvider,
    RoleDetail,
    UserDetail,
)
from cloudpack_baseline.sources import cloudformation
from cloudpack_baseline.sources.cloudformation.managed_policies import managed_policy
from cloudpack_baseline.sources.cloudformation.values import PLACEHOLDER_ACCOUNT

PARAMETERS = "Parameters: {Any: {Type: String}, List: {Type: CommaDelimitedList}}\n"
LAMBDA = "{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}"


def template(*resources):
    """A template with these resources."""
    return f"{PARAMETERS}Resources:\n" + "".join(f"  {resource}\n" for resource in resources)


def role(properties="", *, trust=LAMBDA, name="App"):
    """A role, assumed by Lambda where nothing else is said."""
    return (
        f"{name}: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: "
        f"{{Version: '2012-10-17', Statement: [{trust}]}}{properties}}}}}"
    )


def statement(body):
    """A policy document with one statement."""
    return f"{{Version: '2012-10-17', Statement: [{{{body}}}]}}"


ALL = statement("Effect: Allow, Action: '*', Resource: '*'")
READ = statement("Effect: Allow, Action: 's3:GetObject', Resource: '*'")
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize(
    ("properties", "outcome"),
    [
        ("", "pass"),
        (f", Policies: [{{PolicyName: a, PolicyDocument: {READ}}}]", "pass"),
        (f", Policies: [{{PolicyName: a, PolicyDocument: {ALL}}}]", "fail"),
        (", Policies: [{PolicyName: a, PolicyDocument: !Ref Any}]", "unknown"),
        (", Policies: !Ref List", "unknown"),
        (
            (
                f", Policies: [{{PolicyName: a, PolicyDocument: !Ref Any}}, "
                f"{{PolicyName: b, PolicyDocument: {ALL}}}]"
            ),
            "unknown",  # the first may deny what the second allows
        ),
        (f", ManagedPolicyArns: ['{ADMINISTRATOR}']", "fail"),
        (
            (
                ", ManagedPolicyArns: "
                "[!Sub 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']"
            ),
            "pass",
        ),
        (", ManagedPolicyArns: ['arn:aws:iam::aws:policy/NobodyKnows']", "unknown"),
        (", ManagedPolicyArns: [!Ref Any]", "unknown"),
        (", ManagedPolicyArns: !Ref List", "unknown"),
        (
            (
                f", ManagedPolicyArns: ['{ADMINISTRATOR}'], "
                "PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'"
            ),
            "pass",
        ),
        (f", ManagedPolicyArns: ['{ADMINISTRATOR}'], PermissionsBoundary: !Ref Any", "unknown"),
    ],
)
def test_policies_of_a_role(judge_template, properties, outcome):
    assert judge_template("admin-privileges", template(role(properties))) == {"App": outcome}


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("Effect: Allow, Action: '*', Resource: '*'", "fail"),
        ("Effect: Allow, Action: !Ref Any, Resource: '*'", "unknown"),
        ("Effect: Allow, NotAction: !Ref Any, Resource: '*'", "unknown"),
        ("Effect: Allow, Action: '*', Resource: !Ref Any", "unknown"),
        ("Effect: !Ref Any, Action: '*', Resource: '*'", "unknown"),
        ("Effect: Allow, Action: 's3:GetObject', Resource: !Ref Any", "pass"),
        (
            (
                "Effect: Allow, Action: '*', Resource: '*', "
                "Condition: {StringEquals: {aws:RequestedRegion: !Ref Any}}"
            ),
            "unknown",
        ),
    ],
)
def test_an_unknown_part_of_an_identity_policy(judge_template, body, outcome):
    policy = f"P: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Roles: [!Ref App], PolicyDocument: {statement(body)}}}}}"
    assert judge_template("admin-privileges", template(role(), policy)) == {"App": outcome}


@pytest.mark.parametrize(
    ("denied", "outcome"),
    [
        ("Action: '*', Resource: '*'", "pass"),
        ("Action: !Ref Any, Resource: '*'", "unknown"),
        ("NotAction: !Ref Any, Resource: '*'", "unknown"),
        ("Action: '*', Resource: !Ref Any", "unknown"),
        (
            "Action: '*', Resource: '*', Condition: {Bool: {aws:MultiFactorAuthPresent: !Ref Any}}",
            "unknown",
        ),
    ],
)
def test_an_unknown_part_of_a_deny(judge_template, denied, outcome):
    allowed = "{Effect: Allow, Action: '*', Resource: '*'}"
    document = f"{{Version: '2012-10-17', Statement: [{allowed}, {{Effect: Deny, {denied}}}]}}"
    properties = f", Policies: [{{PolicyName: a, PolicyDocument: {document}}}]"
    assert judge_template("admin-privileges", template(role(properties))) == {"App": outcome}


@pytest.mark.parametrize(
    "resource",
    [
        f"P: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, Users: [!Ref Anna], PolicyDocument: {ALL}}}}}",
        f"P: {{Type: AWS::IAM::UserPolicy, Properties: {{PolicyName: p, UserName: !Ref Anna, PolicyDocument: {ALL}}}}}",
        f"P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{Users: [!Ref Anna], PolicyDocument: {ALL}}}}}",
        f"P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{Groups: [!Ref Staff], PolicyDocument: {ALL}}}}}",
        f"P: {{Type: AWS::IAM::GroupPolicy, Properties: {{PolicyName: p, GroupName: !Ref Staff, PolicyDocument: {ALL}}}}}",
    ],
)
def test_a_policy_that_names_its_principal(judge_template, resource):
    people = (
        "Staff: {Type: AWS::IAM::Group}",
        "Anna: {Type: AWS::IAM::User}",
        "Added: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref Staff, Users: [!Ref Anna]}}",
    )
    assert judge_template("admin-privileges", template(*people)) == {"Anna": "pass"}
    assert judge_template("admin-privileges", template(*people, resource)) == {"Anna": "fail"}


@pytest.mark.parametrize(
    ("trust", "outcome"),
    [
        (LAMBDA, "pass"),
        (
            "{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, Action: 'sts:AssumeRole'}",
            "pass",
        ),
        ("{Effect: Allow, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}", "fail"),
        (
            "{Effect: Allow, Principal: {AWS: 'arn:aws:iam::210987654321:root'}, Action: 'sts:AssumeRole'}",
            "fail",
        ),
        ("{Effect: Allow, Principal: {AWS: !Ref Any}, Action: 'sts:AssumeRole'}", "unknown"),
        ("{Effect: Allow, Principal: {AWS: '*'}, Action: !Ref Any}", "unknown"),
        ("!Ref Any", "unknown"),
        (f"{LAMBDA}, !Ref Any", "unknown"),
        ("{Effect: Allow, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}, !Ref Any", "unknown"),
        (
            "{Effect: Allow, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}, {Effect: Allow, Principal: !Ref Any, Action: 'sts:AssumeRole'}",
            "fail",
        ),
        (
            "{Effect: Allow, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}, {Effect: Deny, Principal: {AWS: !Ref Any}, Action: 'sts:AssumeRole'}",
            "unknown",
        ),
    ],
)
def test_who_may_assume_a_role(judge_template, trust, outcome):
    assert judge_template("role-trust", template(role(trust=trust))) == {"App": outcome}


def test_a_role_without_a_trust_policy_is_unknown(judge_template):
    assert judge_template("role-trust", template("App: {Type: AWS::IAM::Role}")) == {
        "App": "unknown"
    }


def test_records_of_principals(gathered):
    snapshot = gathered(
        template(
            role(", Path: /apps/, RoleName: app, Tags: [{Key: a, Value: b}]"),
            "Staff: {Type: AWS::IAM::Group}",
            "Anna: {Type: AWS::IAM::User, Properties: {Groups: [!Ref Staff], LoginProfile: {Password: !Ref Any}}}",
            "Key: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref Anna}}",
            "Other: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref Anna, Status: Inactive}}",
            f"P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{Path: /a/, Users: [!Ref Anna], PolicyDocument: {READ}}}}}",
        ),
    )
    (app,) = snapshot.all(RoleDetail, PLACEHOLDER_ACCOUNT)
    assert app.arn == "arn:aws:iam::000000009999:role/apps/app"
    assert (app.path, app.tags) == ("/apps/", (("a", "b"),))
    (anna,) = snapshot.all(UserDetail, PLACEHOLDER_ACCOUNT)
    assert (anna.groups, anna.password) == (("Staff",), True)
    assert sorted((key.id, key.active) for key in anna.access_keys) == [
        ("AKIAKey", True),
        ("AKIAOther", False),
    ]
    assert [group.name for group in snapshot.all(GroupDetail, PLACEHOLDER_ACCOUNT)] == ["Staff"]
    (policy,) = snapshot.all(ManagedPolicyDetail, PLACEHOLDER_ACCOUNT)
    assert policy.arn == "arn:aws:iam::000000009999:policy/a/P"


PROVIDER = (
    "Git: {Type: AWS::IAM::OIDCProvider, "
    "Properties: {Url: 'https://token.actions.githubusercontent.com', ClientIdList: [sts.amazonaws.com]}}"
)


def test_an_openid_connect_provider_has_the_arn_that_a_trust_policy_names(gathered):
    snapshot = gathered(template(PROVIDER), controls=["role-trust"])
    (provider,) = snapshot.all(OpenIDConnectProvider, PLACEHOLDER_ACCOUNT)
    assert provider.arn == (
        "arn:aws:iam::000000009999:oidc-provider/token.actions.githubusercontent.com"
    )
    assert provider.client_ids == ("sts.amazonaws.com",)


def test_a_policy_that_aws_manages_is_that_of_the_partition():
    path = "iam::aws:policy/AmazonS3ReadOnlyAccess"
    assert managed_policy(f"arn:aws:{path}") is not None
    assert managed_policy(f"arn:aws-cn:{path}") is not None
    assert managed_policy("arn:aws:iam::123456789012:policy/AmazonS3ReadOnlyAccess") is None
    execute = "iam::aws:policy/service-role/AWSLambdaRole"
    assert "arn:aws-cn:" not in managed_policy(f"arn:aws:{execute}")


def test_the_table_of_policies_is_json_with_one_in_a_line():
    table = json.loads(files(cloudformation).joinpath("managed_policies.json").read_text("utf-8"))
    for path, document in table.items():
        assert json.loads(managed_policy(f"arn:aws:iam::aws:policy/{path}")) == document


RUNNING = """
Resources:
  Boss:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]
  Function:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt Boss.Arn, Runtime: python3.12, Code: {ZipFile: x}}
  Deployer:
    Type: AWS::IAM::User
    Properties:
      Policies:
        - PolicyName: deploy
          PolicyDocument:
            Statement: [{Effect: Allow, Action: lambda:UpdateFunctionCode, Resource: RESOURCE}]
"""


@pytest.mark.parametrize(
    ("resource", "outcome"),
    [
        ("!GetAtt Function.Arn", "fail"),
        ("'arn:aws:lambda:*:*:function:other'", "pass"),
        # Other stacks of the account have functions too.
        ("'*'", "fail"),
    ],
)
def test_a_function_of_the_template_runs_with_its_role(judge_template, resource, outcome):
    outcomes = judge_template("admin-privileges", RUNNING.replace("RESOURCE", resource))
    assert outcomes["Deployer"] == outcome


def test_a_function_whose_role_is_a_parameter_leaves_no_pass(judge_template):
    parameter = "Parameters: {Role: {Type: String}}\n"
    text = parameter + RUNNING.replace("!GetAtt Boss.Arn", "!Ref Role")
    outcomes = judge_template("admin-privileges", text.replace("RESOURCE", "!GetAtt Function.Arn"))
    assert outcomes["Deployer"] == "unknown"


@pytest.mark.parametrize(
    ("profile", "outcome"),
    [("IamInstanceProfile: elsewhere", "unknown"), ("Monitoring: true", "pass")],
)
def test_an_instance_with_a_profile_leaves_no_pass(judge_template, profile, outcome):
    connect = "ec2-instance-connect:SendSSHPublicKey"
    instance = (
        f"  Server: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, {profile}}}}}\n"
    )
    text = RUNNING.replace("lambda:UpdateFunctionCode", connect)
    resource = "!Sub 'arn:aws:ec2:*:*:instance/${Server}'"
    outcomes = judge_template("admin-privileges", text.replace("RESOURCE", resource) + instance)
    assert outcomes["Deployer"] == outcome


WITH_BOSS = """
Resources:
  Boss:
    Type: AWS::IAM::Role
    Properties:
      RoleName: boss
      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]
      AssumeRolePolicyDocument:
        Statement:
          Effect: Allow
          Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
          Action: sts:AssumeRole
"""
"""A role of an administrator, which all principals of the account may assume that may do so."""


def user(name, statements):
    """A user with an inline policy."""
    return f"""
  {name.title()}:
    Type: AWS::IAM::User
    Properties:
      UserName: {name}
      Policies: [{{PolicyName: assume, PolicyDocument: {{Statement: {statements}}}}}]
"""


@pytest.mark.parametrize("account", ["${AWS::AccountId}", "123456789012"])
def test_a_policy_names_a_role_of_the_template_in_its_account(judge_template, account):
    """A template does not say where it is deployed: an ARN that is spelled out says it."""
    text = WITH_BOSS
    for name, role in (("operator", "boss"), ("reader", "reader")):
        arn = f"!Sub 'arn:aws:iam::{account}:role/{role}'"
        text += user(name, f"{{Effect: Allow, Action: 'sts:AssumeRole', Resource: {arn}}}")
    judged = judge_template("admin-privileges", text)
    assert (judged["operator"], judged["reader"]) == ("fail", "pass")


@pytest.mark.parametrize(
    ("account", "outcome"), [("${AWS::AccountId}", "pass"), ("123456789012", "unknown")]
)
@pytest.mark.parametrize(
    "statements",
    [
        (
            "[{Effect: Allow, Action: 'sts:AssumeRole', Resource: '*'}, "
            "{Effect: Deny, Action: 'sts:AssumeRole', Resource: !Sub ROLES}]"
        ),
        "[{Effect: Allow, Action: 'sts:AssumeRole', NotResource: [!Sub ROLES]}]",
    ],
    ids=["deny", "except"],
)
def test_a_deny_that_spells_out_an_account_may_be_about_another(
    judge_template, statements, account, outcome
):
    statements = statements.replace("ROLES", f"'arn:aws:iam::{account}:role/*'")
    text = WITH_BOSS + user("operator", statements)
    assert judge_template("admin-privileges", text)["operator"] == outcome


@pytest.mark.parametrize(
    ("account", "outcome"),
    [
        ("!Ref AWS::AccountId", "pass"),
        ("'999999999999'", "fail"),
        ("'123456789012'", "fail"),
        ("'000000000000'", "fail"),
    ],
)
def test_no_account_that_examples_name_is_taken_for_the_own_one(account, outcome, judge_template):
    template = f"""
    Resources:
      App:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement: {{Effect: Allow, Principal: {{AWS: {account}}}, Action: sts:AssumeRole}}
    """
    assert judge_template("role-trust", template) == {"App": outcome}


MEMBER = """
Parameters: {{Name: {{Type: String}}, Names: {{Type: CommaDelimitedList}}}}
Resources:
  Admins:
    Type: AWS::IAM::Group
    Properties:
      GroupName: !Ref Name
      ManagedPolicyArns: [{policy}]
  It: {{Type: AWS::IAM::User, Properties: {{Groups: {groups}}}}}
  Member: {{Type: AWS::IAM::UserToGroupAddition, Properties: {{{member}}}}}
"""


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", "fail"),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", "pass"),
    ],
)
@pytest.mark.parametrize(
    ("groups", "member"),
    [
        ("[!Ref Admins]", "GroupName: !Ref Admins, Users: []"),
        ("[!Sub '${Name}']", "GroupName: !Ref Admins, Users: []"),
        ("[]", "GroupName: !Ref Name, Users: [!Ref It]"),
    ],
)
def test_a_member_of_a_group_whose_name_is_not_known(
    judge_template, policy, outcome, groups, member
):
    text = MEMBER.format(policy=policy, groups=groups, member=member)
    assert judge_template("admin-privileges", text)["It"] == outcome


@pytest.mark.parametrize("groups", ["[elsewhere]", "[!Select [0, !Ref Names]]", "!Ref Names"])
def test_a_member_of_a_group_that_is_not_known(judge_template, groups):
    text = MEMBER.format(policy="", groups=groups, member="GroupName: !Ref Name, Users: []")
    assert judge_template("admin-privileges", text)["It"] == "unknown"
