"""Which parameters choose the value of a property, so that each value they allow is a scenario.

A part of a text chooses as well, such as an account in an ARN, but not in what only names or
describes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from cloudpack_baseline.sources.cloudformation.conditions import mentioned_names
from cloudpack_baseline.sources.cloudformation.nodes import (
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
    type_of,
)
from cloudpack_baseline.sources.cloudformation.typed import ResourceType

__all__ = ["SIZES", "choosing_parameters"]

_LOOKUPS = ("Fn::FindInMap", "Fn::Select")
_TEXTS = ("Fn::Cidr", "Fn::Join", "Fn::Split", "Fn::Sub")
_DESCRIBING = frozenset(("Comment", "Description", "Environment", "Sid", "Tags", "UserData"))
"""Properties whose texts no control reads."""

SIZES = frozenset(
    (
        "AllocatedStorage",
        "BillingMode",
        "CacheNodeType",
        "Cpu",
        "DBInstanceClass",
        "DesiredCapacity",
        "InstanceClass",
        "InstanceType",
        "InstanceTypes",
        "Iops",
        "MaxAllocatedStorage",
        "MaxSize",
        "Memory",
        "MemorySize",
        "MinSize",
        "NodeType",
        "NumCacheNodes",
        "NumberOfNodes",
        "ReadCapacityUnits",
        "ShardCount",
        "StorageType",
        "Throughput",
        "Timeout",
        "WriteCapacityUnits",
    )
)
"""Properties that say how large or fast something is, which no control reads."""

_WHOLE, _IN_TEXT = 0, 1


def choosing_parameters(
    resources: Mapping[str, Node], types: Mapping[str, ResourceType]
) -> Mapping[str, int]:
    """The names that properties refer to, those of parameters among them, with a rank.

    Args:
        resources: the section Resources.
        types: those whose properties are read.

    Returns:
        0 for a name that is a whole property somewhere, 1 for one that is a part of texts only.
    """
    ranks: dict[str, int] = {}
    for node in resources.values():
        if isinstance(node, NodeMapping):
            for name, rank in _of_resource(node, types):
                ranks[name] = min(rank, ranks.get(name, rank))
    return ranks


_Ranked: TypeAlias = Iterator[tuple[str, int]]


def _of_resource(node: NodeMapping, types: Mapping[str, ResourceType]) -> _Ranked:
    declared, properties = types.get(type_of(node)), node.entries.get("Properties")
    if declared is None or not isinstance(properties, NodeMapping):
        return
    left_out = declared.naming | {"Tags"}
    for name, entry in properties.entries.items():
        if name not in left_out:
            yield from _of_member(name, entry)


def _references(node: Node) -> _Ranked:
    if isinstance(node, NodeSequence):
        for item in node.items:
            yield from _references(item)
    elif isinstance(node, NodeMapping):
        for name, entry in node.entries.items():
            if name == "Ref" and isinstance(entry, Scalar):
                yield entry.source, _WHOLE
            elif name == "Fn::If" and isinstance(entry, NodeSequence):
                yield from _references(NodeSequence(entry.items[1:], entry.mark))
            elif name in _LOOKUPS:
                yield from ((mentioned, _WHOLE) for mentioned in mentioned_names(entry))
            elif name in _TEXTS:
                yield from ((mentioned, _IN_TEXT) for mentioned in mentioned_names(entry))
            elif not name.startswith("Fn::"):
                yield from _of_member(name, entry)


def _of_member(name: str, entry: Node) -> _Ranked:
    """What the member of an object refers to; of one that names or describes, as a whole."""
    if name in SIZES:
        return
    is_descriptive = name in _DESCRIBING or name.endswith(("Description", "Name", "Names"))
    for mentioned, rank in _references(entry):
        if rank == _WHOLE or not is_descriptive:
            yield mentioned, rank
