"""The names that the resources of a stack may have once it is deployed."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.sources.cloudformation.open_names import (
    OpenName,
    generated_name,
    named_later,
    open_name,
)
from cloudpack_baseline.sources.cloudformation.stack_trees import StackPlace
from cloudpack_baseline.sources.cloudformation.template import Stack, TemplateResource
from cloudpack_baseline.sources.cloudformation.typed import ResourceType
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import Resolved, is_exact

__all__ = ["open_names_of"]


def open_names_of(stack: Stack, place: StackPlace) -> Iterator[OpenName]:
    """The resources of a stack whose names are not known in full."""
    for resource in stack.resources.values():
        kind = resource_types().get(resource.type)
        if kind is not None and kind.naming:
            opened = _open_name(stack, place, resource, kind)
            if opened is not None:
                yield opened


def _open_name(
    stack: Stack, place: StackPlace, resource: TemplateResource, kind: ResourceType
) -> OpenName | None:
    logical_id, names = resource.logical_id, stack.names
    has_arn = "Arn" in kind.attributes
    arn = names.attribute(logical_id, "Arn") if has_arn else names.resource(logical_id)
    opened = open_name(arn)
    if opened is not None:
        return opened
    identifier, name = names.qualified(logical_id), _declared_name(resource, kind)
    if name is None:
        return generated_name(arn, identifier, place.stack, logical_id)
    pattern = str(name) if isinstance(name, str) and is_exact(name) else "*"
    return named_later(arn, identifier, pattern)


def _declared_name(resource: TemplateResource, kind: ResourceType) -> Resolved | None:
    """The property that names the resource; ``None``: the name is generated."""
    try:
        properties = resource.properties()
    except Misshapen as error:
        return error.unknown
    return next((properties[name] for name in sorted(kind.naming) if name in properties), None)
