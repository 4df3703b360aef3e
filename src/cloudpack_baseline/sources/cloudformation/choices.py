"""Which parameters choose the value of a property, so that each value they allow is a scenario.

A part of a text, such as of a name, decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cloudpack_baseline.sources.cloudformation.conditions import mentioned_names
from cloudpack_baseline.sources.cloudformation.document import (
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
)
from cloudpack_baseline.sources.cloudformation.typed import ResourceType

__all__ = ["choosing_parameters"]

_LOOKUPS = ("Fn::FindInMap", "Fn::Select")


def choosing_parameters(
    resources: Mapping[str, Node], types: Mapping[str, ResourceType]
) -> frozenset[str]:
    """The names that properties refer to as a whole, those of parameters among them.

    Args:
        resources: the section Resources.
        types: those whose properties are read.
    """
    return frozenset(
        name
        for node in resources.values()
        if isinstance(node, NodeMapping)
        for name in _of_resource(node, types)
    )


def _of_resource(node: NodeMapping, types: Mapping[str, ResourceType]) -> Iterator[str]:
    kind, properties = node.entries.get("Type"), node.entries.get("Properties")
    declared = types.get(kind.source) if isinstance(kind, Scalar) else None
    if declared is None or not isinstance(properties, NodeMapping):
        return
    left_out = declared.naming | {"Tags"}
    for name, entry in properties.entries.items():
        if name not in left_out:
            yield from _references(entry)


def _references(node: Node) -> Iterator[str]:
    if isinstance(node, NodeSequence):
        for item in node.items:
            yield from _references(item)
    elif isinstance(node, NodeMapping):
        for name, entry in node.entries.items():
            if name == "Ref" and isinstance(entry, Scalar):
                yield entry.source
            elif name == "Fn::If" and isinstance(entry, NodeSequence):
                yield from _references(NodeSequence(entry.items[1:], entry.mark))
            elif name in _LOOKUPS:
                yield from mentioned_names(entry)
            elif not name.startswith("Fn::"):
                yield from _references(entry)
