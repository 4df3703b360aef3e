"""What runs with a role, is reached through accelerators, or stores data, in templates."""

import pytest

from cloudpack_baseline.model.batch import JobDefinition
from cloudpack_baseline.model.codebuild import BuildProject
from cloudpack_baseline.model.ec2_posture import InstanceConnectEndpoint
from cloudpack_baseline.model.fsx import FsxFileSystem, FsxVolume
from cloudpack_baseline.model.functions import LambdaAlias
from cloudpack_baseline.model.globalaccelerator import Accelerator, CrossAccountAttachment
from cloudpack_baseline.model.glue import GlueJob
from cloudpack_baseline.model.sagemaker import NotebookInstance
from cloudpack_baseline.model.ssm import DesktopRecording
from cloudpack_baseline.model.stepfunctions import StateMachine
from cloudpack_baseline.model.values import Unknown

ADMIN = """
Parameters: {Anything: {Type: String}}
Resources:
  Admin:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: sts:AssumeRole
            Principal: {Service: [batch.amazonaws.com, ecs-tasks.amazonaws.com,
              codebuild.amazonaws.com, states.amazonaws.com, sagemaker.amazonaws.com,
              glue.amazonaws.com]}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]
  Developer:
    Type: AWS::IAM::User
    Properties:
      Policies:
        - PolicyName: run
          PolicyDocument:
            Version: "2012-10-17"
            Statement: [{Effect: Allow, Action: "%s", Resource: "*"}]
  Runs:
    Type: %s
    Properties: %s
"""
ROLE = "!GetAtt Admin.Arn"
CONTAINER = "{Type: container, ContainerProperties: {JobRoleArn: %s}}"
NODE = (
    "{Type: multinode, NodeProperties: {NodeRangeProperties: [{Container: {Image: a}},"
    " {Container: {JobRoleArn: %s}}]}}"
)
TASK = "{Type: container, EcsProperties: {TaskProperties: [{TaskRoleArn: %s}]}}"
RUNNING = [
    (BuildProject, "codebuild:StartBuild", "AWS::CodeBuild::Project", "{ServiceRole: %s}"),
    (JobDefinition, "batch:SubmitJob", "AWS::Batch::JobDefinition", CONTAINER),
    (JobDefinition, "batch:SubmitJob", "AWS::Batch::JobDefinition", TASK),
    (StateMachine, "states:StartExecution", "AWS::StepFunctions::StateMachine", "{RoleArn: %s}"),
    (
        NotebookInstance,
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        "AWS::SageMaker::NotebookInstance",
        "{RoleArn: %s}",
    ),
    (GlueJob, "glue:StartJobRun", "AWS::Glue::Job", "{Role: %s}"),
]


def only(snapshot, kind):
    (record,) = (record for record in snapshot.records if isinstance(record, kind))
    return record


@pytest.mark.parametrize(("kind", "action", "type_", "properties"), RUNNING)
def test_what_runs_has_its_role(gathered, kind, action, type_, properties):
    text = ADMIN % (action, type_, properties % ROLE)
    role = only(gathered(text, controls=["admin-privileges"]), kind).role
    assert role == "arn:aws:iam::000000009999:role/Admin"
    text = ADMIN % (action, type_, properties % "!Ref Anything")
    assert isinstance(only(gathered(text, controls=["admin-privileges"]), kind).role, Unknown)


def test_who_may_start_a_build_has_the_privileges_of_its_role(judge_template):
    judged = judge_template(
        "admin-privileges",
        ADMIN % ("codebuild:StartBuild", "AWS::CodeBuild::Project", f"{{ServiceRole: {ROLE}}}"),
    )
    assert judged["Developer"] == "fail"
    judged = judge_template(
        "admin-privileges",
        ADMIN % ("codebuild:ListBuilds", "AWS::CodeBuild::Project", f"{{ServiceRole: {ROLE}}}"),
    )
    assert judged["Developer"] == "pass"


def test_a_job_of_several_nodes_has_the_role_of_each(gathered):
    text = ADMIN % ("batch:SubmitJob", "AWS::Batch::JobDefinition", NODE % ROLE)
    definition = only(gathered(text, controls=["admin-privileges"]), JobDefinition)
    assert definition.role == "arn:aws:iam::000000009999:role/Admin"


def test_a_job_without_a_role_has_none(gathered):
    text = ADMIN % ("batch:SubmitJob", "AWS::Batch::JobDefinition", "{Type: container}")
    assert only(gathered(text, controls=["admin-privileges"]), JobDefinition).role is None


# Functions -------------------------------------------------------------------------------------

FUNCTION = """
Parameters: {Anything: {Type: String}}
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {FunctionName: f}}
  Alias:
    Type: AWS::Lambda::Alias
    Properties: {FunctionName: %s, FunctionVersion: "1", Name: live}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: %s, Action: lambda:InvokeFunction, Principal: "%s"}
"""


@pytest.mark.parametrize("function", ["!Ref Function", "f", "!GetAtt Function.Arn"])
@pytest.mark.parametrize("holder", ["f:live", '!Sub "${Function}:live"'])
def test_an_alias_has_a_policy_of_its_own(judge_template, function, holder):
    shared = judge_template("resource-sharing", FUNCTION % (function, holder, "*"))
    assert shared == {"f": "pass", "f:live": "fail"}


def test_a_permission_of_the_function_is_none_of_its_alias(judge_template):
    shared = judge_template("resource-sharing", FUNCTION % ("f", "!Ref Function", "*"))
    assert shared == {"f": "fail", "f:live": "pass"}
    shared = judge_template("resource-sharing", FUNCTION % ("f", "f:$LATEST", "*"))
    assert shared == {"f": "fail", "f:live": "pass"}


def test_the_reference_to_an_alias_is_its_arn(judge_template):
    shared = judge_template("resource-sharing", FUNCTION % ("f", "!Ref Alias", "*"))
    assert shared == {"f": "pass", "f:live": "fail"}


PERMISSION = """
Resources:
  Function: {Type: AWS::Lambda::Function, Properties: {FunctionName: f}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: "%s", Action: lambda:InvokeFunction, Principal: "%s"}
"""
ELSEWHERE = "arn:aws:lambda:ap-northeast-1:111122223333:function:g"


@pytest.mark.parametrize(
    ("holder", "outcomes"),
    [
        ("f:live", {"f": "pass", "f:live": "fail"}),
        ("g", {"f": "pass", "g": "fail"}),
        ("g:live", {"f": "pass", "g:live": "fail"}),
        (f"{ELSEWHERE}:live", {"f": "pass", "g:live": "fail"}),
        ("g:$LATEST", {"f": "pass", "g": "fail"}),
    ],
)
def test_a_permission_of_an_alias_elsewhere_is_judged(judge_template, holder, outcomes):
    assert judge_template("resource-sharing", PERMISSION % (holder, "*")) == outcomes


def test_a_url_of_an_alias_elsewhere_is_judged(judge_template):
    url = "{TargetFunctionArn: f, Qualifier: live, AuthType: NONE}"
    permission = (
        '{FunctionName: "f:live", Action: lambda:InvokeFunctionUrl, Principal: "*",'
        " FunctionUrlAuthType: NONE}"
    )
    text = resources(
        F=("AWS::Lambda::Function", "{FunctionName: f}"),
        Url=("AWS::Lambda::Url", url),
        P=("AWS::Lambda::Permission", permission),
    )
    assert judge_template("resource-sharing", text) == {"f": "pass", "f:live": "fail"}


def test_a_url_of_an_alias_is_its_own(gathered):
    url = "{TargetFunctionArn: f, Qualifier: live, AuthType: NONE}"
    text = FUNCTION % ("f", "f:live", "*")
    text += f"  Url: {{Type: AWS::Lambda::Url, Properties: {url}}}\n"
    alias = only(gathered(text, controls=["resource-sharing"]), LambdaAlias)
    assert (alias.name, alias.url_auth_type) == ("f:live", "NONE")


# File systems, recordings, endpoints -----------------------------------------------------------


def resources(**types):
    text = "Parameters: {Anything: {Type: String}}\nResources:\n"
    for name, (type_, properties) in types.items():
        text += f"  {name}: {{Type: {type_}, Properties: {properties}}}\n"
    return text


@pytest.mark.parametrize(
    ("properties", "kind", "deployment"),
    [
        ("{FileSystemType: WINDOWS}", "WINDOWS", None),
        ("{FileSystemType: LUSTRE}", "LUSTRE", "SCRATCH_1"),
        (
            "{FileSystemType: LUSTRE, LustreConfiguration: {DeploymentType: PERSISTENT_2}}",
            "LUSTRE",
            "PERSISTENT_2",
        ),
    ],
)
def test_a_file_system_has_its_type(gathered, properties, kind, deployment):
    text = resources(System=("AWS::FSx::FileSystem", properties))
    system = only(gathered(text, controls=["daily-backup"]), FsxFileSystem)
    assert (system.name, system.type, system.deployment_type) == ("fs-System", kind, deployment)


def test_a_volume_has_its_type(gathered):
    text = resources(
        Files=("AWS::FSx::Volume", "{Name: files}"),
    )
    volume = only(gathered(text, controls=["daily-backup"]), FsxVolume)
    assert (volume.volume_id, volume.name, volume.type) == ("fsvol-Files", "files", "ONTAP")


def test_remote_desktops_are_recorded_in_a_bucket(gathered):
    destinations = "{RecordingDestinations: {S3Buckets: [{BucketName: recordings}]}}"
    text = resources(
        Preferences=(
            "AWS::SSMGuiConnect::Preferences",
            f"{{ConnectionRecordingPreferences: {destinations}}}",
        )
    )
    recording = only(gathered(text, controls=["session-recording"]), DesktopRecording)
    assert recording.buckets == ("recordings",)


def test_a_connect_endpoint_is_in_the_network_of_its_subnet(gathered):
    text = resources(
        Vpc=("AWS::EC2::VPC", "{CidrBlock: 10.0.0.0/16}"),
        A=("AWS::EC2::Subnet", "{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}"),
        Endpoint=("AWS::EC2::InstanceConnectEndpoint", "{SubnetId: !Ref A}"),
    )
    endpoint = only(gathered(text, controls=["server-access-paths"]), InstanceConnectEndpoint)
    assert (endpoint.state, endpoint.vpc_id) == ("create-complete", "vpc-Vpc")


# Accelerators ----------------------------------------------------------------------------------


def accelerated(endpoint, **accelerator):
    overrides = "PortOverrides: [{ListenerPort: 80, EndpointPort: 8080}]"
    members = ", ".join(f"{name}: {value}" for name, value in accelerator.items())
    return resources(
        Fast=("AWS::GlobalAccelerator::Accelerator", f"{{Name: fast, {members}}}"),
        Listener=(
            "AWS::GlobalAccelerator::Listener",
            "{AcceleratorArn: !Ref Fast, Protocol: UDP, PortRanges: [{FromPort: 80, ToPort: 81}]}",
        ),
        Group=(
            "AWS::GlobalAccelerator::EndpointGroup",
            f"{{ListenerArn: !Ref Listener, EndpointConfigurations: {endpoint}, {overrides}}}",
        ),
    )


def only_endpoint(accelerator):
    (listener,) = accelerator.listeners
    (group,) = listener.endpoint_groups
    (endpoint,) = group.endpoints
    return listener, group, endpoint


@pytest.mark.parametrize(
    ("configuration", "endpoint_id", "weight", "preserves"),
    [
        ("{EndpointId: i-1}", "i-1", 128, True),
        ("{EndpointId: eipalloc-1, Weight: 0}", "eipalloc-1", 0, False),
        ("{EndpointId: i-1, ClientIPPreservationEnabled: false}", "i-1", 128, False),
    ],
)
def test_an_accelerator_leads_to_endpoints(gathered, configuration, endpoint_id, weight, preserves):
    text = accelerated(f"[{configuration}]")
    accelerator = only(gathered(text, controls=["admin-ingress"]), Accelerator)
    listener, group, endpoint = only_endpoint(accelerator)
    assert (accelerator.name, accelerator.enabled, accelerator.ip_address_type) == (
        "fast",
        True,
        "IPV4",
    )
    assert listener.protocol == "UDP"
    assert [(ports.from_port, ports.to_port) for ports in listener.port_ranges] == [(80, 81)]
    (override,) = group.port_overrides
    assert (override.listener_port, override.endpoint_port) == (80, 8080)
    assert (endpoint.endpoint_id, endpoint.weight) == (endpoint_id, weight)
    assert endpoint.client_ip_preservation is preserves


@pytest.mark.parametrize("endpoint", ["!Ref Anything", "[!Ref Anything]"])
def test_endpoints_of_a_parameter_are_unknown(gathered, endpoint):
    text = accelerated(endpoint)
    accelerator = only(gathered(text, controls=["admin-ingress"]), Accelerator)
    assert isinstance(accelerator.listeners, Unknown)


def test_an_attachment_shares_endpoints_and_no_addresses(gathered):
    text = resources(
        Shared=(
            "AWS::GlobalAccelerator::CrossAccountAttachment",
            "{Name: shared, Resources: [{EndpointId: i-1}, {Cidr: 198.51.100.0/24}]}",
        )
    )
    attachment = only(gathered(text, controls=["admin-ingress"]), CrossAccountAttachment)
    assert attachment.endpoint_ids == ("i-1",)
