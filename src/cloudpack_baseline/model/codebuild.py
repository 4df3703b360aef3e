"""Records of AWS CodeBuild."""

from __future__ import annotations

from collections.abc import Iterable

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Listed, described
from cloudpack_baseline.model.reading import single, string
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field, Unknown, Why

__all__ = ["BuildProject"]


def _service_role(projects: Iterable[Answer]) -> str:
    return string(single(projects, "projects"), "serviceRole")


def _visibility(projects: Iterable[Answer]) -> str:
    """A project is private until its visibility is changed (UpdateProjectVisibility)."""
    project = single(projects, "projects")
    is_given = "projectVisibility" in project
    return string(project, "projectVisibility") if is_given else "PRIVATE"


@frozen(kw_only=True)
class BuildProject(Record):
    """A build project (AWS CodeBuild API Reference, Project).

    Attributes:
        role: the ARN of serviceRole, with which builds run (BatchGetProjects).
        visibility: projectVisibility: ``PUBLIC_READ`` or ``PRIVATE`` (BatchGetProjects).
    """

    api = Listed(
        "codebuild:ListProjects",
        arn="arn:{partition}:codebuild:{region}:{account}:project/{name}",
        id="name",
    )

    role: Field[str] = described(
        "projects", operation="codebuild:BatchGetProjects", convert=_service_role, required=True
    )
    visibility: Field[str] = described(
        "projects",
        operation="codebuild:BatchGetProjects",
        convert=_visibility,
        required=True,
        default=Unknown.because(Why.NOT_GATHERED, operation="codebuild:BatchGetProjects"),
    )
