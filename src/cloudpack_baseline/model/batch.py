"""Records of AWS Batch."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import member, string
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
        *(_named_role(container or {}, "jobRoleArn") for container in containers),
        *(_named_role(task, "taskRoleArn") for task in tasks),
    ]
    return tuple(dict.fromkeys(role for role in roles if role is not None))


def _named_role(container: Answer, name: str) -> str | None:
    return None if member(container, name) is None else string(container, name)


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
