"""What a stack means by a name that a resource of another stack has already.

Of several resources with the same name the first one has it, and the others are known by their
logical IDs. A part that names its resource by such a name belongs to that of its own stack.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from cloudpack_baseline.model.reading import Misshapen
from cloudpack_baseline.sources.cloudformation.template import Stack, TemplateResource
from cloudpack_baseline.sources.cloudformation.types import resource_types
from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    ResolvedList,
    ResolvedObject,
)

__all__ = ["OwnNames", "own_names", "properties_with", "property_of"]

OwnNames: TypeAlias = Mapping[tuple[str, str], Resolved]
"""What the text of a property means in a stack, by the name of the property and the text."""


def properties_with(names: OwnNames, resource: TemplateResource) -> ResolvedObject:
    """The properties of a resource, in which names mean resources of its own stack.

    Args:
        names: of the stack.
        resource: of the stack.

    Raises:
        Misshapen: they are not an object.
    """
    properties = resource.properties()
    if not names:
        return properties
    kind = resource_types().get(resource.type)
    own_naming = frozenset() if kind is None else kind.naming
    replaced = {
        name: value
        for name, before in properties.items()
        if name not in own_naming and (value := _meant(names, name, before)) is not before
    }
    if not replaced:
        return properties
    return ResolvedObject({**properties, **replaced}, properties.mark, properties.key_marks)


def own_names(stack: Stack) -> OwnNames:
    """What names mean in the stack: its first resource of each; empty: all have their names."""
    meanings: dict[tuple[str, str], Resolved] = {}
    if not stack.names.unnamed:
        return meanings
    for resource in stack.resources.values():
        kind = resource_types().get(resource.type)
        for naming in () if kind is None else kind.naming:
            name = property_of(resource, naming)
            if isinstance(name, str):
                word = resource.type.rpartition("::")[2]
                is_unnamed = resource.logical_id in stack.names.unnamed
                identifier = stack.names.resource(resource.logical_id) if is_unnamed else name
                for property_name in (naming, word, f"{word}s"):
                    meanings.setdefault((property_name, str(name)), identifier)
    return meanings


def property_of(resource: TemplateResource, name: str) -> Resolved:
    """The property; ``None``: it is not given, or the properties are not known."""
    try:
        return resource.properties().get(name)
    except Misshapen:
        return None


def _meant(names: OwnNames, property_name: str, value: Resolved) -> Resolved:
    """The value of a property; the same object if it names nothing of the stack."""
    if isinstance(value, ResolvedList):
        items = [_meant(names, property_name, item) for item in list.__iter__(value)]
        same = all(item is before for item, before in zip(items, list.__iter__(value), strict=True))
        return value if same else ResolvedList(items, value.mark, value.item_marks)
    meant = names.get((property_name, str(value))) if isinstance(value, str) else None
    return value if meant is None or meant == value else meant
