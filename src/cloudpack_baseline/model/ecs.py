"""Records of Amazon ECS."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import single, string, structured
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["ClusterSettings", "EcsCluster", "ExecLogging"]

ExecLogging: TypeAlias = Literal["NONE", "DEFAULT", "OVERRIDE"]

_COMMAND = "configuration.executeCommandConfiguration"
_LOGS = f"{_COMMAND}.logConfiguration"


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
