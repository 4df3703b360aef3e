"""Records of AWS Batch."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import member
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["JobDefinition"]

_NODES = "nodeProperties.nodeRangeProperties"


def _role(definition: Answer) -> str | None:
    """The first of its roles."""
    tasks = member(definition, "ecsProperties.taskProperties") or ()
    nodes = member(definition, _NODES) or ()
    roles = (
        member(definition, "containerProperties.jobRoleArn"),
        *(member(task, "taskRoleArn") for task in tasks),
        *(member(node, "container.jobRoleArn") for node in nodes),
    )
    return next((str(role) for role in roles if role is not None), None)


@frozen(kw_only=True)
class JobDefinition(Record):
    """An active job definition (AWS Batch API Reference, JobDefinition).

    Attributes:
        role: the ARN of the role that its containers have: jobRoleArn of containerProperties or
            of the first node, or taskRoleArn of ecsProperties; ``None``: none.
    """

    api = Listed(
        "batch:DescribeJobDefinitions",
        arn="jobDefinitionArn",
        id="jobDefinitionArn",
        name="jobDefinitionName",
        parameters={"status": "ACTIVE"},
    )

    role: Field[str | None] = described("", convert=_role)
