"""AWS CodeArtifact: repositories, whose names are unique in a domain only."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.codeartifact import CodeArtifactRepository
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)

__all__ = ["GATHERERS"]

_REPOSITORIES = "codeartifact:ListRepositories"
_POLICY = "codeartifact:GetRepositoryPermissionsPolicy"
_PARAMETERS = {"domain": "domainName", "domainOwner": "domainOwner", "repository": "name"}


def _repositories(calls: Calls, selected: frozenset[str]) -> Gathered:
    listing = calls.listing(_REPOSITORIES)
    answered = {_POLICY: _policy}
    return records_of(
        calls, CodeArtifactRepository, _REPOSITORIES, listing, selected, answered=answered
    )


def _policy(calls: Calls, repository: ListedItem) -> Reply:
    parameters = {name: repository.item.get(member) for name, member in _PARAMETERS.items()}
    return calls.get(_POLICY, absent=("ResourceNotFoundException",), **parameters)


# A policy is identified by three parameters, so a script cannot ask about it.
GATHERERS = (
    evolve(
        described_gatherer(CodeArtifactRepository),
        run=_repositories,
        operations=(_REPOSITORIES,),
    ),
)
