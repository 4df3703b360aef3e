"""Amazon ECS: services and tasks, which are listed by cluster and described in batches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.ecs import EcsService, EcsTask
from cloudpack_baseline.model.reading import member, string, value_of
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import (
    Answer,
    Calls,
    Gathered,
    Listing,
    converted,
    known_of,
)
from cloudpack_baseline.sources.gatherers._described import (
    ListedItem,
    Reply,
    described_gatherer,
    records_of,
)
from cloudpack_baseline.sources.gatherers._gatherer import Gatherer

__all__ = ["GATHERERS"]

_CLUSTERS = "ecs:ListClusters"
_DEFINITION = "ecs:DescribeTaskDefinition"


@frozen(kw_only=True)
class _Kind:
    """How a kind is listed by cluster.

    Attributes:
        record: the record class.
        listing: lists the ARNs in a cluster.
        description: describes some of them.
        names: its parameter with the ARNs.
        batch: the maximum number of ARNs in a request (Amazon ECS API Reference).
        definition: the member with the ARN of the task definition.
    """

    record: type[Record]
    listing: str
    description: str
    names: str
    batch: int
    definition: str


_KINDS = (
    _Kind(
        record=EcsService,
        listing="ecs:ListServices",
        description="ecs:DescribeServices",
        names="services",
        batch=10,
        definition="taskDefinition",
    ),
    _Kind(
        record=EcsTask,
        listing="ecs:ListTasks",
        description="ecs:DescribeTasks",
        names="tasks",
        batch=100,
        definition="taskDefinitionArn",
    ),
)


def _gather(kind: _Kind, calls: Calls, selected: frozenset[str]) -> Gathered:
    """The records of all clusters; each task definition is described once."""
    listed = calls.listing(_CLUSTERS)
    clusters, unknown = known_of(
        (converted(_CLUSTERS, _cluster_arn, item) for item in listed.items), listed.unknown
    )
    listing = Listing.joined(calls.map(partial(_described, kind, calls), clusters), unknown)
    definitions = [_definitions_of(kind, item) for item in listing.items] if selected else []
    known = sorted({name for names in known_of(definitions)[0] for name in names})
    answers = calls.map(partial(_definition, calls), known)
    replies = dict(zip(known, answers, strict=True))
    return records_of(
        calls,
        kind.record,
        kind.description,
        listing,
        selected,
        answered={_DEFINITION: partial(_reply, kind, replies)},
    )


def _cluster_arn(item: Answer | str) -> str:
    """A template lists objects."""
    return item if isinstance(item, str) else string(item, "clusterArn")


def _described(kind: _Kind, calls: Calls, cluster: str) -> Listing:
    """What runs in a cluster; what ended since it was listed is left out."""
    listing = calls.listing(kind.listing, cluster=cluster)
    batches = (
        list(listing.items[start : start + kind.batch])
        for start in range(0, len(listing.items), kind.batch)
    )
    described = (
        calls.listing(kind.description, cluster=cluster, **{kind.names: names}) for names in batches
    )
    return Listing.joined(described, listing.unknown)


def _definitions_of(kind: _Kind, item: Answer) -> tuple[str, ...] | Unknown:
    """The ARNs of the task definitions; none: nothing runs yet."""
    return converted(kind.description, partial(_read_definitions, kind.definition), item)


def _read_definitions(name: str, item: Answer) -> tuple[str, ...]:
    if member(item, name) is not None:
        return (string(item, name),)
    # Deployments by AWS CodeDeploy and by others have a task set each.
    return tuple(dict.fromkeys(map(str, member(item, "taskSets[].taskDefinition") or ())))


def _definition(calls: Calls, name: str) -> Reply:
    return calls.get(_DEFINITION, taskDefinition=name)


def _reply(kind: _Kind, replies: Mapping[str, Reply], _: Calls, item: ListedItem) -> Reply:
    names = _definitions_of(kind, item.item)
    if isinstance(names, Unknown):
        return names
    if not names:
        return {"taskDefinition": {}}
    roles, unknown = known_of(_role_in(replies[name]) for name in names)
    if unknown is None and len(set(roles)) > 1:  # a record has one
        detail = f"taskSets[].taskDefinition: {', '.join(names)}"
        unknown = Unknown.because(Why.UNSUPPORTED, operation=_DEFINITION, detail=detail)
    return replies[names[0]] if unknown is None else unknown


def _role_in(reply: Reply) -> str | Unknown | None:
    """The role of a task definition of a service."""
    if isinstance(reply, Unknown):
        return reply
    role: str | Unknown | None = converted(
        _DEFINITION, partial(value_of, EcsService, "role"), reply
    )
    return role


def _gatherer(kind: _Kind) -> Gatherer:
    plain = described_gatherer(kind.record)
    return evolve(
        plain,
        run=partial(_gather, kind),
        operations=(_CLUSTERS, kind.listing, kind.description),
        among={
            kind.listing: (_CLUSTERS, "", ""),
            kind.description: (kind.listing, "", ""),
            _DEFINITION: (kind.description, "", kind.definition),
        },
    )


GATHERERS = tuple(map(_gatherer, _KINDS))
