"""``Fn::ForEach`` expanded: each loop becomes the entries that it stands for.

Source: AWS CloudFormation User Guide, "Intrinsic function reference", Fn::ForEach.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from attrs import evolve

from cloudpack_baseline.model.values import Why
from cloudpack_baseline.sources.cloudformation.intrinsics import LOOP, Resolver
from cloudpack_baseline.sources.cloudformation.nodes import (
    DocumentError,
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
)
from cloudpack_baseline.sources.cloudformation.values import Resolved, as_text, why_of

__all__ = ["without_loops"]

_NOT_ALPHANUMERIC = re.compile("[^A-Za-z0-9]")
_MOST_ENTRIES = 10_000
"""Entries of one template's loops; CloudFormation allows 500 resources."""


def without_loops(root: NodeMapping, resolver: Resolver) -> NodeMapping:
    """The document without the loops over what is known.

    Args:
        root: the document.
        resolver: resolves the collections.

    Raises:
        DocumentError: a loop is malformed, or the collection of one that makes conditions is not
            known before deployment.
    """
    sections = {
        name: _Expansion(resolver, needs_all=name == "Conditions").node(section, {})
        for name, section in root.entries.items()
    }
    return evolve(root, entries=sections)


class _Expansion:
    def __init__(self, resolver: Resolver, *, needs_all: bool) -> None:
        self._resolver = resolver
        self._needs_all = needs_all
        self._count = 0

    def node(self, node: Node, variables: Mapping[str, str]) -> Node:
        if isinstance(node, Scalar):
            return _replaced(node, variables)
        if isinstance(node, NodeSequence):
            items = tuple(self.node(item, variables) for item in node.items)
            return NodeSequence(items, node.mark)
        return self.mapping(node, variables)

    def mapping(self, node: NodeMapping, variables: Mapping[str, str]) -> Node:
        reference = node.entries.get("Ref")
        if len(node.entries) == 1 and isinstance(reference, Scalar):
            value = variables.get(reference.source)
            if value is not None:
                return Scalar(value, value, node.mark)
        return self.entries(node, variables)

    def entries(self, node: NodeMapping, variables: Mapping[str, str]) -> NodeMapping:
        entries: dict[str, Node] = {}
        marks = dict(node.key_marks)
        for key, entry in node.entries.items():
            if key.startswith(LOOP):
                for name, looped in self._loop(key, entry, variables):
                    entries[name] = looped
                    marks[name] = node.key_marks.get(key, entry.mark)
            else:
                name = _text(key, variables)
                entries[name] = self.node(entry, variables)
                marks[name] = node.key_marks.get(key, entry.mark)
        return NodeMapping(entries, marks, node.mark)

    def _loop(
        self, key: str, node: Node, variables: Mapping[str, str]
    ) -> Iterator[tuple[str, Node]]:
        """The entries that a loop stands for; itself, if its collection is not known."""
        items = node.items if isinstance(node, NodeSequence) else ()
        if len(items) != 3:  # noqa: PLR2004 - identifier, collection, body
            raise DocumentError(
                "Fn::ForEach takes an identifier, a collection and a body", node.mark
            )
        identifier, collection, body = items
        if not isinstance(identifier, Scalar) or not isinstance(body, NodeMapping):
            raise DocumentError(
                "the identifier of Fn::ForEach is a string, its body an object", node.mark
            )
        values = self._resolver.value(self.node(collection, variables))
        if not self._needs_all and _is_open(values):
            yield key, node
            return
        for value in self._texts(values, collection):
            inner = self.entries(body, {**variables, identifier.source: value})
            yield from inner.entries.items()

    def _texts(self, values: Resolved, collection: Node) -> Iterator[str]:
        unknown = why_of(values)
        if unknown is not None:
            detail = unknown.causes[0].detail
            raise DocumentError(
                f"the collection of Fn::ForEach is not known: {detail}", collection.mark
            )
        if not isinstance(values, list):
            raise DocumentError("the collection of Fn::ForEach is a list", collection.mark)
        for value in values:
            self._count += 1
            if self._count > _MOST_ENTRIES:
                raise DocumentError(
                    f"loops make more than {_MOST_ENTRIES:,} entries", collection.mark
                )
            yield as_text(value)


def _is_open(values: Resolved) -> bool:
    """Whether the values are known at deployment only; a mistake in the template never is."""
    unknown = why_of(values)
    return unknown is not None and unknown.causes[0].why is Why.UNDETERMINED


def _replaced(node: Scalar, variables: Mapping[str, str]) -> Scalar:
    if not variables or not isinstance(node.value, str):
        return node
    text = _text(node.value, variables)
    return evolve(node, value=text, source=text) if text != node.value else node


def _text(text: str, variables: Mapping[str, str]) -> str:
    for name, value in variables.items():
        text = text.replace(f"${{{name}}}", value)
        text = text.replace(f"&{{{name}}}", _NOT_ALPHANUMERIC.sub("", value))
    return text
