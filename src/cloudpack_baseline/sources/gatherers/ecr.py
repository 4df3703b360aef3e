"""Amazon ECR: scan frequencies of many repositories at once, and the public registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from attrs import evolve

from cloudpack_baseline.model.ecr import PublicRepository, Repository
from cloudpack_baseline.model.reading import string
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.calls import Answer, Calls, Gathered, converted, known_of
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)
from cloudpack_baseline.sources.operations import PUBLIC_REGISTRY

__all__ = ["GATHERERS"]

_REPOSITORIES = "ecr:DescribeRepositories"
_FREQUENCY = "ecr:BatchGetRepositoryScanningConfiguration"
_BATCH = 25
"""Names of repositories that one call accepts (Amazon ECR API Reference)."""

_PRIVATE = described_gatherer(Repository)
_PUBLIC = described_gatherer(PublicRepository)


def _repositories(calls: Calls, selected: frozenset[str]) -> Gathered:
    """Repositories; what a call about several of them does not answer is asked of each."""
    listing = calls.listing(_REPOSITORIES)
    configurations: dict[str, Answer] = {}
    if "scan_frequency" in selected:
        names, _ = known_of(converted(_REPOSITORIES, _name, item) for item in listing.items)
        batches = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
        for answered in calls.map(partial(_configurations, calls), batches):
            configurations |= answered
    return records_of(
        calls,
        Repository,
        _REPOSITORIES,
        listing,
        selected,
        answered={_FREQUENCY: partial(_configuration, configurations)},
    )


def _name(repository: Answer) -> str:
    return string(repository, "repositoryName")


def _configurations(calls: Calls, names: Sequence[str]) -> dict[str, Answer]:
    """What one call answers about several repositories, by their names.

    Folders of answers and templates answer about one repository only.
    """
    answer = calls.get(_FREQUENCY, repositoryNames=list(names)) if len(names) > 1 else None
    configurations = {} if answer is None else converted(_FREQUENCY, _by_name, answer)
    if isinstance(configurations, Unknown) or len(configurations) == 1:
        return {}
    return configurations


def _by_name(answer: Answer | Unknown) -> dict[str, Answer]:
    if isinstance(answer, Unknown):
        return {}
    configurations = answer["scanningConfigurations"]
    return {
        _name(configuration): {"scanningConfigurations": [configuration]}
        for configuration in configurations
    }


def _configuration(
    configurations: Mapping[str, Answer], calls: Calls, repository: ListedItem
) -> Reply:
    name = repository.subject
    if name in configurations:
        return configurations[name]
    return calls.get(_FREQUENCY, repositoryNames=[name])


def _public_repositories(calls: Calls, selected: frozenset[str]) -> Gathered:
    if calls.partition != "aws":
        return Gathered(())  # no other partition has a public registry
    return _PUBLIC.run(calls.in_region(PUBLIC_REGISTRY), selected)


GATHERERS = (
    evolve(_PRIVATE, run=_repositories),
    evolve(_PUBLIC, run=_public_repositories),
)
