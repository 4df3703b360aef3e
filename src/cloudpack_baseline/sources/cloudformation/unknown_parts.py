"""Parts of resources of which nothing is known: a route that a macro makes, or a loop.

That a listing may lack something does not say that a route table in it may have another route. So
each resource that such a part may belong to gets a part of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.model.values import Origin, Unknown
from cloudpack_baseline.sources.cloudformation.intrinsics import LOOP
from cloudpack_baseline.sources.cloudformation.nodes import Node, type_of
from cloudpack_baseline.sources.cloudformation.open_loops import resources_of_loop
from cloudpack_baseline.sources.cloudformation.references import references_in
from cloudpack_baseline.sources.cloudformation.stack_trees import StackPlace
from cloudpack_baseline.sources.cloudformation.template import Stack, TemplateResource
from cloudpack_baseline.sources.cloudformation.unread import Attachable
from cloudpack_baseline.sources.cloudformation.unread_additions import (
    AddedResource,
    added_to,
    added_types,
)
from cloudpack_baseline.sources.cloudformation.values import undetermined

__all__ = ["UnknownPart", "unknown_parts"]


@frozen(kw_only=True)
class UnknownPart:
    """A part of which nothing is known but what it may belong to.

    Attributes:
        added: what it is.
        why: it is not known.
        origin: where it is written.
        place: where what it may belong to is deployed.
    """

    added: AddedResource
    why: Unknown
    origin: Origin
    place: StackPlace


@frozen
class _Source:
    """What makes parts of a type.

    Attributes:
        type: of the parts.
        node: that describes them.
        why: they are not known.
        origin: where they are written.
    """

    type: str
    node: Node
    why: Unknown
    origin: Origin


def unknown_parts(stacks: Iterable[tuple[Stack, StackPlace]]) -> Iterator[UnknownPart]:
    """The parts of resources of stacks of which nothing is known: of each type, one a resource."""
    stacks = tuple(stacks)
    targets: dict[tuple[str, str], list[Attachable]] = {}
    described: set[tuple[str, int]] = set()
    for stack, place in stacks:
        for source in _sources(stack):
            key = source.type, place.account
            if key not in targets:
                targets[key] = [*_targets(*key, stacks)]
            for target in _meant(source, stack, targets[key]):
                # Of a second part no more is known than of the first.
                if (source.type, id(target.resource)) not in described:
                    described.add((source.type, id(target.resource)))
                    yield from _parts(source, target)


def _targets(
    type_: str, account: str, stacks: Iterable[tuple[Stack, StackPlace]]
) -> Iterator[Attachable]:
    """The resources of an account that parts of a type may belong to."""
    for stack, place in stacks:
        for resource in stack.resources.values() if place.account == account else ():
            if type_ in added_types(resource.type):
                yield Attachable(stack=stack, place=place, resource=resource)


def _meant(source: _Source, stack: Stack, targets: Iterable[Attachable]) -> Iterable[Attachable]:
    """The resources of its stack that the source refers to; if there are none, any."""
    named = frozenset(references_in(source.node, stack.scenario.conditions))
    return [
        target
        for target in targets
        if target.stack is stack and target.resource.logical_id in named
    ] or targets


def _parts(source: _Source, target: Attachable) -> Iterator[UnknownPart]:
    for added in added_to(target, source.why, ()):
        if added.type == source.type:
            yield UnknownPart(added=added, why=source.why, origin=source.origin, place=target.place)


def _sources(stack: Stack) -> Iterator[_Source]:
    for resource in stack.resources.values():
        why = _why_unknown(resource)
        if why is not None:
            yield _Source(resource.type, resource.node, why, resource.origin)
    for key, node in stack.template.entries("Resources").items():
        for entry in resources_of_loop(node) if key.startswith(LOOP) else ():
            file, mark = stack.template.file, node.mark
            why = undetermined(f"what {key} loops over ({file}:{mark.line})")
            origin = Origin(file=file, line=mark.line, column=mark.column, path=f"Resources.{key}")
            yield _Source(type_of(entry), entry, why, origin)


def _why_unknown(resource: TemplateResource) -> Unknown | None:
    """Why nothing of the properties is known; ``None``: some of it is."""
    try:
        resource.properties()
    except Misshapen as error:
        return error.unknown
    return None
