"""Published paths to administrator rights, and action sets of the same kind (admin-privileges).

Sources: Rhino Security Labs, "AWS IAM Privilege Escalation Methods and Mitigation"; Bishop Fox,
"iam-vulnerable"; Datadog, "pathfinding.cloud"; NCC Group, "PMapper"; "Hacking the Cloud".
"""

from __future__ import annotations

import json

import pytest

from cloudpack_baseline import Baseline, Outcome, check_admin_privileges
from cloudpack_baseline.model.iam_principals import (
    InlinePolicy,
    ManagedPolicyDetail,
    UserDetail,
)
from principals import NOT_READ
from support import ACCOUNT, world

pytestmark = pytest.mark.lengthy

IAM = f"arn:aws:iam::{ACCOUNT}:"
BOSS = f"{IAM}role/boss"
PUBLISHED = """
iam:CreatePolicyVersion
iam:SetDefaultPolicyVersion
iam:CreateAccessKey
iam:DeleteAccessKey iam:CreateAccessKey
iam:CreateLoginProfile
iam:UpdateLoginProfile
iam:AttachUserPolicy
iam:AttachGroupPolicy
iam:AttachRolePolicy
iam:PutUserPolicy
iam:PutGroupPolicy
iam:PutRolePolicy
iam:AddUserToGroup
iam:UpdateAssumeRolePolicy
iam:AttachRolePolicy sts:AssumeRole
iam:AttachUserPolicy iam:CreateAccessKey
iam:CreatePolicyVersion sts:AssumeRole
iam:PutRolePolicy sts:AssumeRole
iam:PutUserPolicy iam:CreateAccessKey
iam:AttachRolePolicy iam:UpdateAssumeRolePolicy
iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy
iam:PutRolePolicy iam:UpdateAssumeRolePolicy
iam:UpdateAssumeRolePolicy sts:AssumeRole
iam:CreateRole iam:AttachRolePolicy
iam:CreateRole iam:PutRolePolicy sts:AssumeRole
iam:CreateUser iam:AttachUserPolicy iam:CreateAccessKey
iam:CreateUser iam:PutUserPolicy iam:CreateLoginProfile
iam:DeleteRolePermissionsBoundary
iam:DeleteUserPermissionsBoundary
iam:UpdateSAMLProvider
sts:AssumeRole
iam:PassRole ec2:RunInstances
iam:PassRole ec2:RequestSpotInstances
iam:PassRole ec2:RequestSpotFleet
iam:PassRole ec2:AssociateIamInstanceProfile
iam:PassRole ec2:ReplaceIamInstanceProfileAssociation
iam:PassRole ec2:CreateLaunchTemplate autoscaling:CreateAutoScalingGroup
iam:PassRole ec2:CreateLaunchTemplate ec2:CreateFleet
iam:PassRole ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate
iam:PassRole autoscaling:CreateLaunchConfiguration autoscaling:CreateAutoScalingGroup
iam:PassRole autoscaling:CreateLaunchConfiguration autoscaling:UpdateAutoScalingGroup
iam:PassRole bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:InvokeAgentRuntimeCommand
iam:PassRole lambda:CreateFunction lambda:InvokeFunction
iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping
iam:PassRole lambda:CreateFunction lambda:AddPermission
iam:PassRole lambda:CreateFunction lambda:CreateFunctionUrlConfig
iam:PassRole lambda:UpdateFunctionConfiguration
iam:PassRole cloudformation:CreateStack
iam:PassRole cloudformation:UpdateStack
iam:PassRole cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet
iam:PassRole cloudformation:CreateStackSet cloudformation:CreateStackInstances
iam:PassRole cloudformation:UpdateStackSet
iam:PassRole cloudformation:SetStackPolicy cloudformation:UpdateStack
iam:PassRole codebuild:CreateProject codebuild:StartBuild
iam:PassRole codebuild:CreateProject codebuild:StartBuildBatch
iam:PassRole codebuild:UpdateProject codebuild:StartBuild
iam:PassRole codebuild:StartBuildBatch
iam:PassRole codepipeline:CreatePipeline
iam:PassRole codepipeline:UpdatePipeline codepipeline:StartPipelineExecution
iam:PassRole codestar-connections:CreateSyncConfiguration
iam:PassRole codedeploy:CreateDeploymentGroup codedeploy:CreateDeployment
iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition
iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline
iam:PassRole ecs:RunTask
iam:PassRole ecs:StartTask
iam:PassRole ecs:RegisterTaskDefinition ecs:RunTask
iam:PassRole ecs:RegisterTaskDefinition ecs:StartTask
iam:PassRole ecs:RegisterTaskDefinition ecs:CreateService
iam:PassRole ecs:RegisterTaskDefinition ecs:UpdateService
iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:CreateService
iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:RunTask
iam:PassRole glue:CreateDevEndpoint
iam:PassRole glue:CreateDevEndpoint glue:GetDevEndpoint
iam:PassRole glue:CreateJob glue:StartJobRun
iam:PassRole glue:CreateJob glue:CreateTrigger
iam:PassRole glue:UpdateJob glue:StartJobRun
iam:PassRole glue:UpdateJob glue:CreateTrigger
iam:PassRole glue:CreateSession glue:RunStatement
iam:PassRole sagemaker:CreateNotebookInstance
iam:PassRole sagemaker:CreateNotebookInstance sagemaker:CreatePresignedNotebookInstanceUrl
iam:PassRole sagemaker:CreateTrainingJob
iam:PassRole sagemaker:CreateProcessingJob
iam:PassRole sagemaker:CreateHyperParameterTuningJob
iam:PassRole sagemaker:CreateAutoMLJob
iam:PassRole sagemaker:CreateDomain
iam:PassRole sagemaker:CreateModel sagemaker:CreateTransformJob
iam:PassRole sagemaker:CreateModel sagemaker:CreateEndpointConfig sagemaker:CreateEndpoint
iam:PassRole sagemaker:CreatePipeline sagemaker:StartPipelineExecution
iam:PassRole states:CreateStateMachine
iam:PassRole states:CreateStateMachine states:StartExecution
iam:PassRole states:UpdateStateMachine states:StartExecution
iam:PassRole scheduler:CreateSchedule
iam:PassRole scheduler:UpdateSchedule
iam:PassRole events:PutRule events:PutTargets
iam:PassRole pipes:CreatePipe
iam:PassRole apprunner:CreateService
iam:PassRole apprunner:UpdateService
iam:PassRole batch:RegisterJobDefinition batch:SubmitJob
iam:PassRole batch:CreateComputeEnvironment batch:CreateJobQueue batch:SubmitJob
iam:PassRole elasticmapreduce:RunJobFlow
iam:PassRole emr-serverless:StartJobRun
iam:PassRole emr-serverless:CreateApplication emr-serverless:StartJobRun
iam:PassRole emr-containers:StartJobRun
iam:PassRole elasticbeanstalk:CreateEnvironment
iam:PassRole elasticbeanstalk:CreateApplication elasticbeanstalk:CreateEnvironment
iam:PassRole ssm:StartAutomationExecution
iam:PassRole ssm:CreateDocument ssm:StartAutomationExecution
iam:PassRole ssm:CreateActivation
iam:PassRole ssm:CreateAssociation
iam:PassRole ssm:RegisterTaskWithMaintenanceWindow
iam:PassRole ssm:UpdateMaintenanceWindowTask
iam:PassRole bedrock:CreateAgent
iam:PassRole bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter
bedrock-agentcore:InvokeAgentRuntimeCommand
bedrock-agentcore:StartBrowserSession bedrock-agentcore:ConnectBrowserAutomationStream
codebuild:StartSandbox codebuild:StartCommandExecution
codebuild:StartSandbox codebuild:StartSandboxConnection
ec2:CreateReplaceRootVolumeTask
sagemaker:StartSession
iam:PassRole bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:InvokeAgentRuntime
iam:PassRole cognito-identity:SetIdentityPoolRoles
iam:PassRole eks:CreateNodegroup
iam:PassRole imagebuilder:CreateInfrastructureConfiguration imagebuilder:CreateImage
iam:PassRole synthetics:CreateCanary
iam:PassRole airflow:CreateEnvironment
iam:PassRole amplify:CreateApp
iam:PassRole appsync:CreateDataSource appsync:CreateResolver
iam:PassRole apigateway:PUT apigateway:POST
iam:PassRole gamelift:CreateFleet
iam:PassRole greengrass:AssociateServiceRoleToAccount
iam:PassRole iot:CreateRoleAlias
iam:PassRole iot:CreateTopicRule
iam:PassRole kafkaconnect:CreateConnector
iam:PassRole kinesisanalytics:CreateApplication
iam:PassRole proton:CreateEnvironment
iam:PassRole rolesanywhere:CreateProfile rolesanywhere:CreateTrustAnchor
iam:PassRole servicecatalog:CreateConstraint servicecatalog:ProvisionProduct
iam:PassRole braket:CreateJob
iam:PassRole omics:StartRun
iam:PassRole fis:CreateExperimentTemplate
iam:PassRole budgets:CreateBudgetAction
iam:PassRole config:PutRemediationConfigurations
iam:PassRole deadline:CreateQueue
iam:PassRole databrew:CreateProject
iam:PassRole swf:StartWorkflowExecution
iam:PassRole cloudcontrolapi:CreateResource
iam:PassRole apigateway:POST
iam:PassRole apigateway:PUT
iam:PassRole codebuild:UpdateProject
iam:PassRole codepipeline:UpdatePipeline
iam:PassRole batch:CreateComputeEnvironment batch:SubmitJob
iam:PassRole ec2:CreateFleet
iam:PassRole events:PutTargets
iam:PassRole imagebuilder:CreateImage
iam:PassRole sagemaker:CreateEndpointConfig sagemaker:CreateEndpoint
iam:PassRole sagemaker:StartPipelineExecution
iam:PassRole elasticbeanstalk:CreateApplication
iam:PassRole autoscaling:CreateAutoScalingGroup ec2:RunInstances
cloudformation:UpdateStack
cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet
codebuild:StartBuild
codebuild:StartBuildBatch
codedeploy:CreateDeployment
apprunner:UpdateService
bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter
ec2-instance-connect:SendSSHPublicKey
ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances
ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate
ecs:ExecuteCommand
ecs:ExecuteCommand ecs:DescribeTasks
elasticmapreduce:AddJobFlowSteps
glue:UpdateDevEndpoint
lambda:UpdateFunctionCode
lambda:UpdateFunctionCode lambda:InvokeFunction
lambda:UpdateFunctionCode lambda:AddPermission
lambda:UpdateFunctionConfiguration
lambda:PublishLayerVersion lambda:UpdateFunctionConfiguration
sagemaker:CreatePresignedNotebookInstanceUrl
sagemaker:CreatePresignedDomainUrl
sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance
ssm:SendCommand
ssm:StartSession
ssm:CreateAssociation
states:UpdateStateMachine
states:UpdateStateMachine states:StartExecution
ssm:ResumeSession
airflow:CreateWebLoginToken
airflow:CreateCliToken
kinesisanalytics:UpdateApplication
synthetics:UpdateCanary synthetics:StartCanary
amplify:UpdateApp amplify:StartJob
identitystore:CreateGroupMembership
sso:CreateAccountAssignment
sso:PutInlinePolicyToPermissionSet sso:ProvisionPermissionSet
sso:AttachManagedPolicyToPermissionSet sso:ProvisionPermissionSet
sso:AttachCustomerManagedPolicyReferenceToPermissionSet sso:ProvisionPermissionSet
iam:PassRole states:TestState
iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping dynamodb:CreateTable dynamodb:PutItem
iam:PassRole cloudformation:CreateStack cloudformation:DescribeStacks
iam:PassRole codepipeline:CreatePipeline codebuild:CreateProject codepipeline:StartPipelineExecution
"""  # noqa: E501 - one set a line
SETS = [tuple(line.split()) for line in PUBLISHED.strip().splitlines()]
EXPIRED = {"Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}}
ELSEWHERE = {"Condition": {"StringEquals": {"aws:PrincipalAccount": "210987654321"}}}
BOUND = f"{IAM}policy/bound"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resource="*", **fields):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource} | fields


def deny(actions, **fields):
    return allow(actions, **fields) | {"Effect": "Deny"}


def outcome_of(*statements, boundary=None, others=()):
    user = UserDetail(
        arn=f"{IAM}user/u",
        account=ACCOUNT,
        name="u",
        inline_policies=(InlinePolicy(name="own", document=document(*statements)),),
        boundary=BOUND if boundary else None,
    )
    bound = ManagedPolicyDetail(
        arn=BOUND, account=ACCOUNT, name="bound", document=document(*(boundary or ()))
    )
    baseline = Baseline.from_mapping({"controls": {"admin-privileges": {}}})
    findings = check_admin_privileges(
        world("admin-privileges", user, *([bound] if boundary else []), *others, gaps=NOT_READ),
        baseline,
    ).findings
    return next(finding.outcome for finding in findings if finding.resource.name == "u")


def ids(actions):
    return "+".join(actions).replace(":", ".")


def is_path(actions):
    """Whether some published set is among the actions."""
    return any(set(published) <= set(actions) for published in SETS)


@pytest.mark.parametrize("actions", SETS, ids=ids)
def test_a_published_path_fails(actions):
    assert outcome_of(allow(actions)) is Outcome.FAIL


@pytest.mark.parametrize("actions", SETS, ids=ids)
def test_a_denied_step_closes_it(actions):
    for action in actions:
        rest = [other for other in actions if other != action]
        expected = Outcome.FAIL if is_path(rest) else Outcome.PASS
        assert outcome_of(allow(actions), deny([action])) is expected, action


@pytest.mark.parametrize("actions", SETS, ids=ids)
def test_a_missing_step_closes_it(actions):
    for action in actions:
        rest = [other for other in actions if other != action]
        expected = Outcome.FAIL if is_path(rest) else Outcome.PASS
        if rest:
            assert outcome_of(allow(rest)) is expected, action


@pytest.mark.parametrize("actions", SETS, ids=ids)
def test_a_boundary_closes_it(actions):
    assert outcome_of(allow(actions), boundary=[allow(["s3:*", "logs:*"])]) is Outcome.PASS


@pytest.mark.parametrize("condition", [EXPIRED, ELSEWHERE], ids=["expired", "elsewhere"])
@pytest.mark.parametrize("actions", SETS, ids=ids)
def test_a_condition_that_never_holds_closes_it(actions, condition):
    assert outcome_of(allow(actions, **condition)) is Outcome.PASS


@pytest.mark.parametrize(
    "actions", [actions for actions in SETS if "iam:PassRole" in actions], ids=ids
)
def test_another_service_closes_it(actions):
    rest = [action for action in actions if action != "iam:PassRole"]
    other = {"Condition": {"StringEquals": {"iam:PassedToService": "polly.amazonaws.com"}}}
    expected = Outcome.FAIL if is_path(rest) else Outcome.PASS
    assert outcome_of(allow(rest), allow(["iam:PassRole"], **other)) is expected
