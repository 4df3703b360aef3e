"""References of AWS SAM to the resources that it generates, such as ``!Ref Function.Alias``.

Source: AWS SAM Developer Guide, "Generated CloudFormation resources": the referenceable property of
each. SAM replaces them by the logical IDs of the resources, and so does this module. A part of a
logical ID that SAM computes, such as the hash of a version, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cloudpack_baseline.sources.cloudformation.nodes import (
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
    type_of,
)

__all__ = ["alias_of", "destinations_of", "generated_references", "stage_of", "with_references"]

_VARIABLE = re.compile(r"\$\{\s*([^!{}\s][^{}]*?)\s*\}")
_DESTINATIONS = {"SQS": "AWS::SQS::Queue", "SNS": "AWS::SNS::Topic"}
"""The types that SAM creates for destinations, if none is named."""


def alias_of(logical_id: str, properties: NodeMapping) -> str:
    """The logical ID of the alias of a function; empty: it has none."""
    alias = properties.entries.get("AutoPublishAlias")
    if alias is None:
        return ""
    name = alias.source if isinstance(alias, Scalar) else ""
    return f"{logical_id}Alias{name.replace('-', 'D').replace('_', 'U')}"


def stage_of(logical_id: str, properties: NodeMapping) -> str:
    """The logical ID of the stage of an API."""
    stage = properties.entries.get("StageName")
    name = stage.source if isinstance(stage, Scalar) and stage.source.isalnum() else ""
    return f"{logical_id}{name}Stage"


def destinations_of(logical_id: str, properties: NodeMapping) -> Iterator[tuple[str, str]]:
    """The queues and topics of a function that SAM creates: logical ID and type.

    ``Fn::If`` may choose between one and a destination that exists.
    """
    node: Node | None = properties
    for name in ("EventInvokeConfig", "DestinationConfig"):
        node = node.entries.get(name) if isinstance(node, NodeMapping) else None
    for event, config in node.entries.items() if isinstance(node, NodeMapping) else ():
        kind = _DESTINATIONS.get(type_of(config))
        if kind and isinstance(config, NodeMapping) and _may_be_left_out(config):
            yield f"{logical_id}EventInvokeConfig{event}{_resource_name(kind)}", kind


def _resource_name(kind: str) -> str:
    return kind.rpartition("::")[2]


def _may_be_left_out(config: NodeMapping) -> bool:
    destination = config.entries.get("Destination")
    return destination is None or (
        isinstance(destination, NodeMapping) and "Fn::If" in destination.entries
    )


def generated_references(
    logical_id: str, kind: str, properties: NodeMapping
) -> Iterator[tuple[str, str]]:
    """What a resource of SAM can be referred to by, and the logical ID that is meant.

    Args:
        logical_id: of the resource.
        kind: its type without ``AWS::Serverless::``.
        properties: with those of the section Globals.
    """
    if kind == "Function":
        alias = alias_of(logical_id, properties)
        if alias:
            yield f"{logical_id}.Alias", alias
            yield f"{logical_id}.Version", f"{logical_id}Version"
        for destination, created in destinations_of(logical_id, properties):
            yield f"{logical_id}.Destination{_resource_name(created)}", destination
    if kind in ("Api", "HttpApi"):
        yield f"{logical_id}.Stage", stage_of(logical_id, properties)
    if kind == "Api":
        yield f"{logical_id}.Deployment", f"{logical_id}Deployment"


def with_references(node: Node, references: Mapping[str, str]) -> Node:
    """The node with references to what SAM generates replaced by their logical IDs."""
    if isinstance(node, NodeSequence):
        items = tuple(with_references(item, references) for item in node.items)
        return NodeSequence(items, node.mark) if items != node.items else node
    if not isinstance(node, NodeMapping):
        return node
    entries = {
        name: _replaced(name, entry, references)
        if name in ("Ref", "Fn::GetAtt", "Fn::Sub")
        else with_references(entry, references)
        for name, entry in node.entries.items()
    }
    if all(entries[name] is entry for name, entry in node.entries.items()):
        return node
    return NodeMapping(entries, node.key_marks, node.mark)


def _replaced(function: str, argument: Node, references: Mapping[str, str]) -> Node:
    """The argument of an intrinsic function that refers to resources."""
    if function == "Fn::Sub":
        return _substituted(argument, references)
    if isinstance(argument, NodeSequence):
        names = [item.source for item in argument.items if isinstance(item, Scalar)]
        is_plain = len(names) == len(argument.items)
        joined = Scalar(".".join(names), ".".join(names), argument.mark)
        replaced = _replaced(function, joined, references) if is_plain else joined
        return argument if replaced is joined else replaced
    if not isinstance(argument, Scalar):
        return argument
    name = _meant(argument.source, references)
    return argument if name == argument.source else Scalar(name, name, argument.mark)


def _substituted(argument: Node, references: Mapping[str, str]) -> Node:
    if isinstance(argument, NodeSequence) and argument.items:
        text, *further = argument.items
        items = (
            _substituted(text, references),
            *(with_references(item, references) for item in further),
        )
        return NodeSequence(items, argument.mark) if items != argument.items else argument
    if not isinstance(argument, Scalar):
        return argument
    written = argument.source
    replaced = _VARIABLE.sub(lambda match: f"${{{_meant(match[1], references)}}}", written)
    return argument if replaced == written else Scalar(replaced, replaced, argument.mark)


def _meant(name: str, references: Mapping[str, str]) -> str:
    """The name, or the resource that is meant by it, with an attribute of that."""
    logical_id, _, qualified = name.partition(".")
    generated, dot, attribute = qualified.partition(".")
    resource = references.get(f"{logical_id}.{generated}")
    return name if resource is None else f"{resource}{dot}{attribute}"
