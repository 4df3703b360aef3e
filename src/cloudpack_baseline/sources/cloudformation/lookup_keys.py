"""Parameters that only have the keys of a mapping as values: with another one, no lookup succeeds.

Source: AWS CloudFormation Template Reference, "Fn::FindInMap".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.sources.cloudformation.nodes import (
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
)
from cloudpack_baseline.sources.cloudformation.parameters import Parameter

__all__ = ["limited_by_lookups"]

_LOOKUP = "Fn::FindInMap"
_ARGUMENTS = 3
"""A mapping and two keys; a default is a fourth one."""
_MOST_KEYS = 16
"""Of more, such as types of instances, each would be tried in vain: they are no scenarios."""
_PERHAPS = ("Fn::If", "Fn::ForEach")
"""What the names of functions begin with that may leave out what they contain."""


def limited_by_lookups(
    parameters: Iterable[Parameter], resources: Mapping[str, Node], mappings: Mapping[str, Node]
) -> tuple[Parameter, ...]:
    """The parameters; those that may have any value, with the keys of lookups as allowed values.

    A lookup counts if every deployment evaluates it and it has no default: not one of a resource
    with a condition, or in ``Fn::If`` or ``Fn::ForEach``.

    Args:
        parameters: whose values are not known.
        resources: the section Resources.
        mappings: the section Mappings.
    """
    parameters = tuple(parameters)
    if not mappings or not any(map(_is_open, parameters)):
        return parameters
    keys = {
        name: possible
        for name, possible in _keys_by_parameter(resources, mappings).items()
        if len(possible) <= _MOST_KEYS
    }
    return tuple(
        evolve(parameter, allowed=keys.get(parameter.name, ()))
        if _is_open(parameter)
        else parameter
        for parameter in parameters
    )


def _is_open(parameter: Parameter) -> bool:
    """Whether it is a declared text that may have any value."""
    is_declared = not parameter.name.startswith("AWS::")
    is_text = not parameter.is_list and not parameter.is_stored
    return is_declared and is_text and not parameter.allowed


def _keys_by_parameter(
    resources: Mapping[str, Node], mappings: Mapping[str, Node]
) -> Mapping[str, tuple[str, ...]]:
    """By parameter, the keys with which all lookups succeed."""
    keys: dict[str, tuple[str, ...]] = {}
    for node in resources.values():
        if not isinstance(node, NodeMapping) or "Condition" in node.entries:
            continue
        for lookup in _lookups(node.entries.get("Properties")):
            for name, possible in _keys(lookup, mappings):
                earlier = keys.get(name, possible)
                keys[name] = tuple(key for key in possible if key in earlier)
    return keys


def _lookups(node: Node | None) -> Iterator[NodeSequence]:
    """The arguments of each lookup that is evaluated in any case."""
    if isinstance(node, NodeSequence):
        for item in node.items:
            yield from _lookups(item)
    elif isinstance(node, NodeMapping):
        for name, entry in node.entries.items():
            if name == _LOOKUP and isinstance(entry, NodeSequence):
                yield entry
            elif not name.startswith(_PERHAPS):
                yield from _lookups(entry)


def _keys(
    lookup: NodeSequence, mappings: Mapping[str, Node]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The parameters that are keys of a lookup without a default, and which keys there are."""
    if len(lookup.items) != _ARGUMENTS:
        return
    mapping, top, second = lookup.items
    entries = _members(mappings.get(_text(mapping)))
    if (name := _referred(top)) and entries:
        second_key = _text(second)
        yield (
            name,
            tuple(key for key in entries if not second_key or second_key in _members(entries[key])),
        )
    if (name := _referred(second)) and _text(top) in entries:
        yield name, tuple(_members(entries[_text(top)]))


def _members(node: Node | None) -> Mapping[str, Node]:
    return node.entries if isinstance(node, NodeMapping) else {}


def _text(node: Node) -> str:
    return node.source if isinstance(node, Scalar) else ""


def _referred(node: Node) -> str:
    """The name that a reference refers to; empty: it is none."""
    return _text(_members(node).get("Ref", node)) if isinstance(node, NodeMapping) else ""
