"""What the resources of a template refer to, by their nodes alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from cloudpack_baseline.sources.cloudformation.nodes import (
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
)

__all__ = [
    "ANYTHING",
    "affected_by",
    "circle_among",
    "mention_in_circle",
    "names_within",
    "references_in",
]

ANYTHING = "\0"
"""Stands for a name that is computed, or of another template; no text of one is this."""

_DEPENDING = frozenset(("CreationPolicy", "DependsOn", "Properties", "UpdatePolicy"))
_VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")


def circle_among(
    resources: Mapping[str, Node], conditions: Mapping[str, bool] | None = None
) -> list[str]:
    """Resources that depend on each other in a circle, closed; empty: none do.

    Args:
        resources: their nodes, by logical ID.
        conditions: the truth of the conditions of a scenario; by default, all go both ways.
    """
    return _circle_of(
        {
            logical_id: sorted(
                frozenset(references_in(_attributes(node), conditions)) & resources.keys()
            )
            for logical_id, node in resources.items()
        }
    )


def mention_in_circle(mentioned: Mapping[str, AbstractSet[str]]) -> bool:
    """Whether resources mention each other in a circle; those that do not cannot depend so.

    Args:
        mentioned: what each resource may refer to, as of `names_within`.
    """
    graph = {name: sorted(names & mentioned.keys()) for name, names in mentioned.items()}
    return bool(_circle_of(graph))


def _attributes(node: Node) -> Node:
    """The resource without what is no attribute of one, such as a resource that it contains."""
    if not isinstance(node, NodeMapping):
        return node
    entries = {key: entry for key, entry in node.entries.items() if key in _DEPENDING}
    return NodeMapping(entries, node.key_marks, node.mark)


def affected_by(names: Iterable[str], mentioned: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    """The logical IDs of resources that refer to the names, also through other resources.

    Args:
        names: of parameters, conditions and resources.
        mentioned: what each resource may refer to, as of `names_within`.
    """
    mentioning: dict[str, list[str]] = {}
    for logical_id, mentioned_names in mentioned.items():
        for name in mentioned_names:
            mentioning.setdefault(name, []).append(logical_id)
    affected: set[str] = set()
    pending = [ANYTHING, *names]
    while pending:
        for logical_id in mentioning.pop(pending.pop(), ()):
            if logical_id not in affected:
                affected.add(logical_id)
                pending.append(logical_id)
    return frozenset(affected)


def names_within(node: Node) -> Iterator[str]:
    """Every text that may name a parameter, condition or resource; `ANYTHING` where any may be.

    Iterative, since templates may nest deeply.
    """
    pending = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Scalar):
            yield current.source
            if "." in current.source or "${" in current.source:
                yield from _named_by_parts(current.source)
        elif isinstance(current, NodeSequence):
            pending += current.items
        else:
            if len(current.entries) == 1 and not _is_named(*next(iter(current.entries.items()))):
                yield ANYTHING  # of an object with several keys, none is a function
            pending += current.entries.values()


def _named_by_parts(source: str) -> Iterator[str]:
    yield source.partition(".")[0]
    for match in _VARIABLE.finditer(source):
        yield match.group(1).strip()
        yield match.group(1).strip().partition(".")[0]


def _is_named(function: str, argument: Node) -> bool:
    """Whether what the function refers to, if it does, is in this template and not computed."""
    if function in _ELSEWHERE:
        return False
    if function in _REFERRING and isinstance(argument, NodeSequence):
        return isinstance(next(iter(argument.items), None), Scalar)
    return function not in _REFERRING or isinstance(argument, Scalar)


_ELSEWHERE = frozenset(("Fn::GetStackOutput", "Fn::ImportValue"))
_REFERRING = frozenset(("Fn::GetAtt", "Fn::If", "Ref"))


def references_in(node: Node, conditions: Mapping[str, bool] | None) -> Iterator[str]:
    """The names that a node refers to: of resources, and of parameters.

    Args:
        node: at any depth.
        conditions: the truth of the conditions of a scenario; ``None``: all go both ways.
    """
    if isinstance(node, NodeSequence):
        for item in node.items:
            yield from references_in(item, conditions)
    if not isinstance(node, NodeMapping):
        return
    for key, entry in node.entries.items():
        if key in ("Ref", "Fn::GetAtt", "DependsOn"):
            yield from _names(entry)
        elif key == "Fn::Sub":
            yield from _substituted(entry)
            yield from references_in(entry, conditions)
        elif key == "Fn::If" and isinstance(entry, NodeSequence) and len(entry.items) == 3:  # noqa: PLR2004 - condition, two values
            for branch in _chosen(entry, conditions):
                yield from references_in(branch, conditions)
        elif key != "Metadata" and not isinstance(entry, Scalar):
            yield from references_in(entry, conditions)


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


def _chosen(entry: NodeSequence, conditions: Mapping[str, bool] | None) -> Iterable[Node]:
    name, *branches = entry.items
    if conditions is None:
        return branches
    is_true = conditions.get(name.source, True) if isinstance(name, Scalar) else True
    return branches[:1] if is_true else branches[1:]


def _circle_of(graph: Mapping[str, list[str]]) -> list[str]:
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
