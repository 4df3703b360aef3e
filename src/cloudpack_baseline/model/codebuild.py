"""Records of AWS CodeBuild."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import single, string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["BuildProject"]


def _service_role(projects: Iterable[Answer]) -> str:
    return string(single(projects, "projects"), "serviceRole")


@frozen(kw_only=True)
class BuildProject(Record):
    """A build project (AWS CodeBuild API Reference, Project).

    Attributes:
        role: the ARN of serviceRole, with which builds run (BatchGetProjects).
    """

    api = Listed(
        "codebuild:ListProjects",
        arn="arn:{partition}:codebuild:{region}:{account}:project/{name}",
        id="name",
    )

    role: Field[str] = described(
        "projects", operation="codebuild:BatchGetProjects", convert=_service_role, required=True
    )
