"""Amazon ECS: clusters, services, and whether ECS Exec can open sessions in their containers.

Source: AWS CloudFormation Template Reference, "Amazon Elastic Container Service resource types".
"""

from __future__ import annotations

from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.cloudformation.stack_answers import extending
from cloudpack_baseline.sources.cloudformation.typed import (
    TypedResource,
    Types,
    camel_case,
    exact,
    shown,
    truth_of,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, undetermined
from cloudpack_baseline.sources.located import AnswerList

__all__ = ["TYPES"]

TYPES = Types()

_CLUSTERS = "ecs:ListClusters"
_CLUSTER = "ecs:DescribeClusters"
_SERVICES = "ecs:ListServices"
_SERVICE = "ecs:DescribeServices"
_DEFINITION = "ecs:DescribeTaskDefinition"
_REGION = "<AWS-Region>"


@TYPES.of(
    "AWS::ECS::Cluster",
    _CLUSTERS,
    _CLUSTER,
    ref="ClusterName",
    attributes={"Arn": "arn:{partition}:ecs:{region}:{account}:cluster/{id}"},
)
def _cluster(resource: TypedResource) -> None:
    arn = resource.attribute("Arn")
    resource.item(_CLUSTERS, clusterArn=arn)
    cluster = {"clusterArn": arn, "clusterName": resource.id}
    configuration = resource.get("Configuration")
    if configuration is not None:
        cluster["configuration"] = camel_case(configuration)
    resource.about(_CLUSTER, arn, clusters=[cluster])


@TYPES.of("AWS::ECS::TaskDefinition", _DEFINITION, attributes={"TaskDefinitionArn": "{id}"})
def _task_definition(resource: TypedResource) -> None:
    definition = resource.object(
        taskDefinitionArn=resource.id, taskRoleArn=resource.get("TaskRoleArn")
    )
    resource.about(_DEFINITION, resource.id, taskDefinition=definition)


@TYPES.of("AWS::ECS::Service", _SERVICES, _SERVICE, order=4)
def _described_service(resource: TypedResource) -> None:
    """The service, by its cluster; a task definition of another template is not read."""
    cluster = str(shown(resource.get("Cluster", "default"))).rpartition("/")[2]
    place = f"{resource.partition}:ecs:{resource.region or _REGION}:{resource.account}"
    name = str(shown(resource.get("ServiceName", resource.name)))
    arn, cluster = f"arn:{place}:service/{cluster}/{name}", f"arn:{place}:cluster/{cluster}"
    join = extending("serviceArns")
    resource.about(_SERVICES, cluster, join=join, serviceArns=AnswerList([arn]))
    resource.about(
        _SERVICE,
        arn,
        serviceArn=arn,
        serviceName=name,
        clusterArn=cluster,
        taskDefinition=resource.get("TaskDefinition"),
        enableExecuteCommand=truth_of(resource.get("EnableExecuteCommand")),
        tags=camel_case(resource.tags()),
    )


@TYPES.of("AWS::ECS::Service", _CLUSTERS, _CLUSTER, order=4)
def _service(resource: TypedResource) -> None:
    """Its tasks count where ECS Exec can open sessions in them (``EnableExecuteCommand``).

    A cluster that is elsewhere may record these sessions or not.
    """
    tasks = _open_tasks(resource)
    if tasks == 0:
        return
    name = str(shown(resource.get("Cluster", "default"))).rpartition("/")[2]
    for (operation, arn), described in resource.answers.subjects.items():
        if operation == _CLUSTER and arn.endswith(f":cluster/{name}"):
            cluster = described.raw("clusters")[0]
            if not isinstance(tasks, Unknown) or "runningTasksCount" not in cluster:
                cluster["runningTasksCount"] = tasks
            return
    place = f"{resource.partition}:ecs:{resource.region or _REGION}:{resource.account}"
    arn = f"arn:{place}:cluster/{name}"
    resource.item(_CLUSTERS, clusterArn=arn)
    settings = undetermined(f"the settings of cluster {name}")
    cluster = {"clusterArn": arn, "configuration": settings, "runningTasksCount": tasks}
    resource.about(_CLUSTER, arn, clusters=[cluster])


def _open_tasks(resource: TypedResource) -> Resolved:
    """How many tasks there are that ECS Exec can open sessions in."""
    is_open = truth_of(resource.get("EnableExecuteCommand"))
    desired = resource.get("DesiredCount", 1)
    if is_open is False or str(desired) == "0":
        return 0
    return exact(desired) if is_open is True else is_open
