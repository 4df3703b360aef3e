"""A template file as a tree of nodes that know their line and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.located import Mark

__all__ = [
    "MOST_NODES",
    "DocumentError",
    "Mark",
    "Node",
    "NodeMapping",
    "NodeSequence",
    "Scalar",
    "check_limits",
    "too_many",
    "type_of",
]

MOST_NODES = 250_000
"""Nodes after aliases are expanded: an alias of an alias can double at each line. A template of
1 MB, which is the most that CloudFormation takes, has fewer."""

_DEEPEST = 200
"""Levels of nesting: below Python's recursion limit, far above any real template."""


class DocumentError(ValueError):
    """The file is not a document; `mark` is where, as far as it is known."""

    def __init__(self, message: str, mark: Mark | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.mark = mark


@frozen
class Scalar:
    """A text, number, truth value or null.

    Attributes:
        value: as CloudFormation compares it: ``yes``, ``0123`` and dates stay texts.
        source: the text in the file, without quotes.
    """

    value: str | int | float | bool | None
    source: str
    mark: Mark


@frozen
class NodeSequence:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark


@frozen
class NodeMapping:
    """An object; `key_marks` has the position of each key."""

    entries: Mapping[str, Node]
    key_marks: Mapping[str, Mark]
    mark: Mark


Node: TypeAlias = "Scalar | NodeSequence | NodeMapping"


def type_of(node: Node) -> str:
    """The ``Type`` of a resource; empty: the node has none, or one that is no text."""
    kind = node.entries.get("Type") if isinstance(node, NodeMapping) else None
    return kind.value if isinstance(kind, Scalar) and isinstance(kind.value, str) else ""


def check_limits(number: int, depth: int, mark: Mark) -> None:
    """Check what a document has so far.

    Args:
        number: of its values.
        depth: how deep the value at the mark is nested.
        mark: where the value is.

    Raises:
        DocumentError: there are too many values, or they nest too deeply.
    """
    if number > MOST_NODES:
        raise too_many(mark)
    if depth > _DEEPEST:
        raise DocumentError(f"the document nests deeper than {_DEEPEST} levels", mark)


def too_many(mark: Mark) -> DocumentError:
    """The error of a document of more than `MOST_NODES` values."""
    message = f"the document has more than {MOST_NODES:,} values, those of aliases included"
    return DocumentError(message, mark)
