"""Records of AWS Batch."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import member
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["JobDefinition"]


def _roles(definition: Answer) -> tuple[str, ...]:
    """Those of its containers, each once."""
    nodes = member(definition, "nodeProperties.nodeRangeProperties") or ()
    containers = [
        member(definition, "containerProperties"),
        *(member(node, "container") for node in nodes),
    ]
    tasks = [
        task
        for run in (definition, *nodes)
        for task in member(run, "ecsProperties.taskProperties") or ()
    ]
    roles = [
        *(member(container or {}, "jobRoleArn") for container in containers),
        *(member(task, "taskRoleArn") for task in tasks),
    ]
    return tuple(dict.fromkeys(str(role) for role in roles if role is not None))


def _role(definition: Answer) -> str | None:
    return next(iter(_roles(definition)), None)


def _further_roles(definition: Answer) -> tuple[str, ...]:
    return _roles(definition)[1:]


@frozen(kw_only=True)
class JobDefinition(Record):
    """An active job definition (AWS Batch API Reference, JobDefinition).

    Attributes:
        role: the ARN of the role that its containers have: jobRoleArn of containerProperties or
            of the first node, or taskRoleArn of ecsProperties; ``None``: none.
        further_roles: the ARNs of the roles of its further nodes and tasks.
    """

    api = Listed(
        "batch:DescribeJobDefinitions",
        arn="jobDefinitionArn",
        id="jobDefinitionArn",
        name="jobDefinitionName",
        parameters={"status": "ACTIVE"},
    )

    role: Field[str | None] = described("", convert=_role)
    further_roles: Field[tuple[str, ...]] = described("", convert=_further_roles, default=())
