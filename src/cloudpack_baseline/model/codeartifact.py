"""Records of AWS CodeArtifact."""

from __future__ import annotations

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Listed, described
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Field

__all__ = ["CodeArtifactDomain", "CodeArtifactRepository"]

_GONE = "ResourceNotFoundException"


@frozen(kw_only=True)
class CodeArtifactDomain(Record):
    """A domain of package repositories (CodeArtifact API Reference, DomainSummary).

    Attributes:
        policy: document of the permissions policy, a JSON string (GetDomainPermissionsPolicy);
            ``None``: it has none.
    """

    api = Listed("codeartifact:ListDomains", arn="arn", id="name", name="name")

    policy: Field[str | None] = described(
        "policy.document",
        operation="codeartifact:GetDomainPermissionsPolicy",
        absent=_GONE,
        default=None,
    )


@frozen(kw_only=True)
class CodeArtifactRepository(Record):
    """A repository of packages (CodeArtifact API Reference, RepositorySummary).

    Attributes:
        policy: document of the permissions policy, a JSON string (GetRepositoryPermissionsPolicy);
            ``None``: it has none.
    """

    api = Listed("codeartifact:ListRepositories", arn="arn", id="arn", name="name")

    policy: Field[str | None] = described(
        "policy.document",
        operation="codeartifact:GetRepositoryPermissionsPolicy",
        absent=_GONE,
        default=None,
    )
