"""Amazon ECR: the public registry, which one Region answers for."""

from __future__ import annotations

from attrs import evolve

from cloudpack_baseline.model.ecr import PublicRepository
from cloudpack_baseline.sources.calls import Calls, Gathered
from cloudpack_baseline.sources.gatherers._described import described_gatherer
from cloudpack_baseline.sources.operations import PUBLIC_REGISTRY

__all__ = ["GATHERERS"]

_PUBLIC = described_gatherer(PublicRepository)


def _public_repositories(calls: Calls, selected: frozenset[str]) -> Gathered:
    if calls.partition != "aws":
        return Gathered(())  # no other partition has a public registry
    return _PUBLIC.run(calls.in_region(PUBLIC_REGISTRY), selected)


GATHERERS = (evolve(_PUBLIC, run=_public_repositories),)
