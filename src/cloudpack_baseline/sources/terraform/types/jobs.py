"""Jobs, builds, workflows and notebooks, which run with a role, and stacks.

Source: Terraform AWS provider.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.typed import TypedResource, exact, shown
from cloudpack_baseline.sources.cloudformation.values import Resolved, ResolvedObject, why_of
from cloudpack_baseline.sources.terraform.mapping import Mapped, Mappings, Properties

__all__ = ["TYPES"]

TYPES = Mappings()

TYPES.plain(
    "aws_codebuild_project",
    "AWS::CodeBuild::Project",
    {"project_visibility": "Visibility"},
    ref="name",
)
TYPES.plain(
    "aws_sfn_state_machine",
    "AWS::StepFunctions::StateMachine",
    {"name": "StateMachineName"},
    ref="arn",
)
TYPES.plain(
    "aws_sagemaker_notebook_instance",
    "AWS::SageMaker::NotebookInstance",
    {"name": "NotebookInstanceName"},
    ref="arn",
)
TYPES.plain("aws_glue_job", "AWS::Glue::Job", {"role_arn": "Role"}, ref="name")

_CONTAINERS = {
    "container_properties": "ContainerProperties",
    "ecs_properties": "EcsProperties",
    "node_properties": "NodeProperties",
}
"""Each a text in JSON, as the API has it."""


@TYPES.made("aws_batch_job_definition", "AWS::Batch::JobDefinition", ref="arn")
def _job_definition(values: ResolvedObject) -> Iterator[tuple[str, Properties]]:
    containers = {
        property_name: _parsed(values[name])
        for name, property_name in _CONTAINERS.items()
        if name in values
    }
    yield "AWS::Batch::JobDefinition", {"JobDefinitionName": values.get("name"), **containers}


def _parsed(text: Resolved) -> Resolved:
    if why_of(text) is not None:
        return text
    try:
        return json.loads(str(text))
    except ValueError:
        return Unknown.because(Why.MALFORMED, detail="container properties: not JSON")


def _stack(resource: TypedResource) -> None:
    """A stack, which has a role; that of a nested stack in a template is its parent's."""
    place = f"{resource.partition}:cloudformation:{resource.region}:{resource.account}"
    name = str(shown(resource.get("Name", resource.name)))
    resource.item(
        "cloudformation:DescribeStacks",
        StackId=f"arn:{place}:stack/{name}/{resource.name}",
        StackName=name,
        RoleARN=exact(resource.get("IamRoleArn")),
    )


TYPES["aws_cloudformation_stack"] = Mapped(
    describe=_stack, describes=("cloudformation:DescribeStacks",)
)
