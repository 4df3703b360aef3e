"""What a part of a template mentions: the names that it refers to, and the texts of its values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.cloudformation.nodes import Node
from cloudpack_baseline.sources.cloudformation.references import references_in

__all__ = ["NOT_A_NAME", "Mentions", "mentions_of"]

NOT_A_NAME = re.compile(r"[\s:/,;\"'<>{}()\[\]$*|@=]+")
"""What separates the names of resources in a text, such as those in an ARN."""


@frozen(kw_only=True)
class Mentions:
    """What a part of a template mentions.

    Attributes:
        references: the logical IDs and parameters that it refers to.
        words: the parts of its texts that may be names.
        text: its texts, one below the other.
    """

    references: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    text: str = ""


def mentions_of(node: Node, conditions: Mapping[str, bool], value: object) -> Mentions:
    """What a node mentions.

    Args:
        node: the node.
        conditions: the truth of the conditions of a scenario.
        value: what the node resolves to.
    """
    text = "\n".join(_texts(value))
    return Mentions(
        references=frozenset(references_in(node, conditions)),
        words=frozenset(NOT_A_NAME.split(text)),
        text=text,
    )


def _texts(value: object) -> Iterator[str]:
    """The texts in a value, at any depth."""
    pending = [value]
    while pending:
        current = pending.pop()
        if isinstance(current, str):
            yield str(current)
        elif isinstance(current, dict):
            pending += current.values()
        elif isinstance(current, list):
            pending += list.__iter__(current)
