"""Loops over what is not known: what the resources that they make may answer."""

from __future__ import annotations

from collections.abc import Iterator

from cloudpack_baseline.sources.cloudformation.intrinsics import LOOP
from cloudpack_baseline.sources.cloudformation.nodes import (
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
    type_of,
)
from cloudpack_baseline.sources.cloudformation.types import described_operations, resource_types

__all__ = ["operations_of_loop", "resources_of_loop"]

_EXPANDED = ("AWS::CloudFormation::", "AWS::Serverless::")
"""How types begin that stand for resources of others; so do modules, which end otherwise."""


def operations_of_loop(loop: Node) -> frozenset[str]:
    """The operations, or lists of one, whose answers the resources of a loop take part in.

    Args:
        loop: the identifier, the collection and the body of ``Fn::ForEach``.
    """
    operations: set[str] = set()
    for entry in resources_of_loop(loop):
        name = _type_name(entry)
        if not name or name.startswith(_EXPANDED) or name.endswith("::MODULE"):
            return described_operations()
        if name in resource_types():
            operations.update(*(kind.describes for kind in resource_types()[name].parts))
    return frozenset(operations)


def resources_of_loop(loop: Node) -> Iterator[Node]:
    """The resources in the body; those of a loop in it too."""
    body = loop.items[-1] if isinstance(loop, NodeSequence) else loop
    for key, entry in body.entries.items() if isinstance(body, NodeMapping) else ():
        if key.startswith(LOOP):
            yield from resources_of_loop(entry)
        else:
            yield entry


def _type_name(entry: Node) -> str:
    """The type of a resource; empty: it is not written there."""
    if not isinstance(entry, NodeMapping):
        return ""
    is_literal = isinstance(entry.entries.get("Type"), Scalar)
    return type_of(entry) if is_literal else ""
