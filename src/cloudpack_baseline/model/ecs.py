"""Records of Amazon ECS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import (
    DocumentText,
    Misshapen,
    Tags,
    member,
    single,
    string,
    structured,
    tags_from,
)
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["ClusterSettings", "EcsCluster", "EcsService", "EcsTask", "ExecLogging"]

ExecLogging: TypeAlias = Literal["NONE", "DEFAULT", "OVERRIDE"]

_COMMAND = "configuration.executeCommandConfiguration"
_LOGS = f"{_COMMAND}.logConfiguration"
_DEFINITION = "ecs:DescribeTaskDefinition"


@frozen(kw_only=True)
class ClusterSettings:
    """What DescribeClusters says of a cluster (Amazon ECS API Reference, Cluster).

    Attributes:
        running_tasks: runningTasksCount.
        exec_logging: executeCommandConfiguration.logging: ``NONE``; ``DEFAULT`` records sessions
            of ECS Exec where the container has the log driver awslogs; ``OVERRIDE`` in the
            bucket or the log group.
        exec_log_group: cloudWatchLogGroupName; empty: none.
        exec_bucket: s3BucketName; empty: none.
        exec_prefix: s3KeyPrefix.
    """

    running_tasks: int = described("runningTasksCount", default=0)
    exec_logging: ExecLogging = described(f"{_COMMAND}.logging", default="DEFAULT")
    exec_log_group: str = described(f"{_LOGS}.cloudWatchLogGroupName", default="")
    exec_bucket: str = described(f"{_LOGS}.s3BucketName", default="")
    exec_prefix: str = described(f"{_LOGS}.s3KeyPrefix", default="")


def _name(cluster: Answer) -> str:
    return string(cluster, "clusterArn").rpartition("/")[2]


def _settings(clusters: Iterable[Answer]) -> ClusterSettings:
    return structured(ClusterSettings, single(clusters, "clusters"))


@frozen(kw_only=True)
class EcsCluster(Record):
    """A cluster (Amazon ECS API Reference, Cluster).

    Attributes:
        settings: of the cluster (DescribeClusters).
    """

    api = Listed("ecs:ListClusters", arn="clusterArn", id="clusterArn", name=_name)

    settings: Field[ClusterSettings] = described(
        "clusters", operation="ecs:DescribeClusters", convert=_settings, required=True
    )


def _tags(tags: Iterable[Answer]) -> Tags:
    return tags_from([{"Key": tag.get("key"), "Value": tag.get("value", "")} for tag in tags])


def _task_role(definition: Answer) -> str | None:
    role = member(definition, "taskRoleArn")
    if isinstance(role, DocumentText) and role.unknown is not None:
        raise Misshapen("taskRoleArn: is not known", role.unknown)
    return None if role is None else string(definition, "taskRoleArn")


def _last_part(arn: str) -> Callable[[Answer], str]:
    return lambda item: string(item, arn).rpartition("/")[2]


@frozen(kw_only=True)
class EcsService(Record):
    """A service (Amazon ECS API Reference, Service).

    Attributes:
        cluster: clusterArn.
        exec_enabled: enableExecuteCommand, of the tasks that it starts.
        tags: tags of the service.
        task_definition: the ARN of taskDefinition; ``None``: its task sets have theirs.
        role: the ARN of taskRoleArn of the task definition, or of those of its task sets if they
            agree (DescribeTaskDefinition); ``None``: there is none.
    """

    api = Listed(
        "ecs:DescribeServices", arn="serviceArn", id="serviceArn", name=_last_part("serviceArn")
    )

    cluster: Field[str] = described("clusterArn", required=True)
    exec_enabled: Field[bool] = described("enableExecuteCommand", default=False)
    tags: Field[Tags] = described("tags", convert=_tags, default=())
    task_definition: Field[str | None] = described("taskDefinition", default=None)
    role: Field[str | None] = described(
        "taskDefinition", operation=_DEFINITION, convert=_task_role, required=True
    )


@frozen(kw_only=True)
class EcsTask(Record):
    """A running task (Amazon ECS API Reference, Task).

    Attributes:
        cluster: clusterArn.
        exec_enabled: enableExecuteCommand.
        tags: tags of the task.
        task_definition: taskDefinitionArn.
        role_override: the ARN of overrides.taskRoleArn; ``None``: it has the role of the
            definition.
        definition_role: the ARN of taskRoleArn of the task definition (DescribeTaskDefinition);
            ``None``: there is none.
    """

    api = Listed("ecs:DescribeTasks", arn="taskArn", id="taskArn", name=_last_part("taskArn"))

    cluster: Field[str] = described("clusterArn", required=True)
    exec_enabled: Field[bool] = described("enableExecuteCommand", default=False)
    tags: Field[Tags] = described("tags", convert=_tags, default=())
    task_definition: Field[str] = described("taskDefinitionArn", required=True)
    role_override: Field[str | None] = described("overrides.taskRoleArn", default=None)
    definition_role: Field[str | None] = described(
        "taskDefinition", operation=_DEFINITION, convert=_task_role, required=True
    )

    @property
    def role(self) -> Field[str | None]:
        """The ARN of the role that its containers have; ``None``: none."""
        return self.definition_role if self.role_override is None else self.role_override
