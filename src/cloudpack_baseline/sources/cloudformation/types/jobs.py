"""Jobs, builds, workflows and notebooks, which run with a role.

Source: AWS CloudFormation Template Reference, the resource types of AWS Batch, AWS CodeBuild, AWS
Step Functions, AWS Glue and Amazon SageMaker AI.
"""

from __future__ import annotations

from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    as_list,
    camel_case,
    exact,
    shown,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved

__all__ = ["TYPES"]

TYPES = Types()

_DEFINITIONS = "batch:DescribeJobDefinitions"
_PROJECTS = "codebuild:ListProjects"
_PROJECT = "codebuild:BatchGetProjects"
_MACHINES = "stepfunctions:ListStateMachines"
_MACHINE = "stepfunctions:DescribeStateMachine"
_NOTEBOOKS = "sagemaker:ListNotebookInstances"
_NOTEBOOK = "sagemaker:DescribeNotebookInstance"
_JOBS = "glue:GetJobs"


@TYPES.of(
    "AWS::Batch::JobDefinition",
    _DEFINITIONS,
    ref="arn:{partition}:batch:{region}:{account}:job-definition/{name}:1",
    name="JobDefinitionName",
    attributes={"JobDefinitionArn": "{id}"},
)
def _job_definition(resource: TypedResource) -> None:
    containers = ("ContainerProperties", "EcsProperties", "NodeProperties")
    resource.item(
        _DEFINITIONS,
        jobDefinitionArn=resource.id,
        jobDefinitionName=shown(resource.get("JobDefinitionName", resource.name)),
        **{
            name[:1].lower() + name[1:]: _with_exact_roles(camel_case(resource.get(name)))
            for name in containers
            if name in resource.properties
        },
    )


def _with_exact_roles(value: Resolved) -> Resolved:
    """The containers, where an ARN counts only if all of it is known."""
    if isinstance(value, dict):
        return {
            name: exact(member) if name.endswith("RoleArn") else _with_exact_roles(member)
            for name, member in value.items()
        }
    return [*map(_with_exact_roles, as_list(value))] if isinstance(value, list) else value


@TYPES.of(
    "AWS::CodeBuild::Project",
    _PROJECTS,
    _PROJECT,
    ref="Name",
    attributes={"Arn": "arn:{partition}:codebuild:{region}:{account}:project/{id}"},
)
def _project(resource: TypedResource) -> None:
    resource.item(_PROJECTS, name=resource.id)
    project = resource.object(
        name=resource.id,
        serviceRole=exact(resource.get("ServiceRole")),
        projectVisibility=resource.get("Visibility", "PRIVATE"),
    )
    resource.about(_PROJECT, resource.id, projects=[project])


@TYPES.of(
    "AWS::StepFunctions::StateMachine",
    _MACHINES,
    _MACHINE,
    ref="arn:{partition}:states:{region}:{account}:stateMachine:{name}",
    name="StateMachineName",
    attributes={"Arn": "{id}", "Name": "{name}"},
)
def _state_machine(resource: TypedResource) -> None:
    name = shown(resource.get("StateMachineName", resource.name))
    resource.item(_MACHINES, stateMachineArn=resource.id, name=name)
    resource.about(_MACHINE, resource.id, roleArn=exact(resource.get("RoleArn")))


@TYPES.of(
    "AWS::SageMaker::NotebookInstance",
    _NOTEBOOKS,
    _NOTEBOOK,
    ref="arn:{partition}:sagemaker:{region}:{account}:notebook-instance/{name}",
    name="NotebookInstanceName",
    attributes={"NotebookInstanceName": "{name}"},
)
def _notebook(resource: TypedResource) -> None:
    name = str(shown(resource.get("NotebookInstanceName", resource.name)))
    resource.item(_NOTEBOOKS, NotebookInstanceName=name, NotebookInstanceArn=resource.id)
    resource.about(_NOTEBOOK, name, RoleArn=exact(resource.get("RoleArn")))


@TYPES.of("AWS::Glue::Job", _JOBS, ref="Name")
def _glue_job(resource: TypedResource) -> None:
    resource.item(_JOBS, Name=resource.id, Role=exact(resource.get("Role")))
