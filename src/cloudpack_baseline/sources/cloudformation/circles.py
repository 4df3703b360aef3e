"""Circles of references between resources, which CloudFormation refuses to deploy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.sources.cloudformation.document import (
    DocumentError,
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
)
from cloudpack_baseline.sources.cloudformation.template import Stack

__all__ = ["reject_circles"]

_DEPENDING = frozenset(("CreationPolicy", "DependsOn", "Properties", "UpdatePolicy"))
_VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")


def reject_circles(stack: Stack) -> None:
    """Check that no resource depends on itself.

    Raises:
        DocumentError: resources depend on each other in a circle.
    """
    graph = {
        logical_id: sorted(
            {
                name
                for name in _references(_attributes(resource.node), stack.scenario.conditions)
                if name in stack.resources
            }
        )
        for logical_id, resource in stack.resources.items()
    }
    circle = _circle(graph)
    if circle:
        path = " -> ".join(circle)
        mark = stack.resources[circle[0]].mark
        raise DocumentError(f"resources depend on each other in a circle: {path}", mark)


def _attributes(node: Node) -> Node:
    """The resource without what is no attribute of one, such as a resource that it contains."""
    if not isinstance(node, NodeMapping):
        return node
    return evolve(
        node, entries={key: entry for key, entry in node.entries.items() if key in _DEPENDING}
    )


def _references(node: Node, conditions: Mapping[str, bool]) -> Iterator[str]:
    """The names that a resource refers to in a scenario."""
    if isinstance(node, NodeSequence):
        for item in node.items:
            yield from _references(item, conditions)
    if not isinstance(node, NodeMapping):
        return
    for key, entry in node.entries.items():
        if key in ("Ref", "Fn::GetAtt", "DependsOn"):
            yield from _names(entry)
        elif key == "Fn::Sub":
            yield from _substituted(entry)
            yield from _references(entry, conditions)
        elif key == "Fn::If" and isinstance(entry, NodeSequence) and len(entry.items) == 3:  # noqa: PLR2004 - condition, two values
            yield from _references(_chosen(entry, conditions), conditions)
        elif key != "Metadata":
            yield from _references(entry, conditions)


def _names(entry: Node) -> Iterator[str]:
    if isinstance(entry, Scalar):
        yield entry.source.partition(".")[0]
    elif isinstance(entry, NodeSequence):
        yield from (item.source for item in entry.items if isinstance(item, Scalar))


def _substituted(entry: Node) -> Iterator[str]:
    template = entry.items[0] if isinstance(entry, NodeSequence) and entry.items else entry
    variable_names: frozenset[str] = frozenset()
    if isinstance(entry, NodeSequence) and len(entry.items) > 1:
        variables = entry.items[1]
        variable_names = (
            frozenset(variables.entries) if isinstance(variables, NodeMapping) else variable_names
        )
    if isinstance(template, Scalar):
        for match in _VARIABLE.finditer(template.source):
            name = match.group(1).strip().partition(".")[0]
            if name not in variable_names:
                yield name


def _chosen(entry: NodeSequence, conditions: Mapping[str, bool]) -> Node:
    name = entry.items[0]
    is_true = conditions.get(name.source, True) if isinstance(name, Scalar) else True
    return entry.items[1 if is_true else 2]


def _circle(graph: Mapping[str, list[str]]) -> list[str]:
    """A circle of the graph, closed; empty: there is none. Iterative: chains may be long."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        on_path: set[str] = set()
        pending = [(start, iter(graph[start]))] if start not in done else []
        while pending:
            name, following = pending[-1]
            if name not in on_path:
                path.append(name)
                on_path.add(name)
            step = next((successor for successor in following if successor not in done), None)
            if step is None:
                pending.pop()
                path.pop()
                on_path.discard(name)
                done.add(name)
            elif step in on_path:
                return [*path[path.index(step) :], step]
            else:
                pending.append((step, iter(graph[step])))
    return []
