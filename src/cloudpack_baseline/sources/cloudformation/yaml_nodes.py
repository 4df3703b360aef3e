"""YAML as nodes: libyaml composes it, which keeps positions and builds no Python objects.

Short intrinsic tags (``!Ref``) become their long form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from cloudpack_baseline.sources.cloudformation.nodes import (
    MOST_NODES,
    DocumentError,
    Mark,
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
    check_limits,
    too_many,
)

__all__ = ["yaml_nodes"]

_MERGE = "tag:yaml.org,2002:merge"
_TEXT = "tag:yaml.org,2002:str"
_PLAIN = ""
"""The tag of values without one, which say themselves what they are."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the base depends on whether PyYAML was built with libyaml
    """Composes nodes, and leaves to us what their values are: its own patterns take longest."""

    def descend_resolver(self, current_node: object, current_index: object) -> None:
        """Nothing depends on where a node is."""

    def ascend_resolver(self) -> None:
        """Nothing depends on where a node is."""

    def resolve(self, kind: type, value: str, implicit: tuple[bool, bool]) -> str:  # noqa: ARG002 - PyYAML calls it with these
        """The tag of a node that has none itself."""
        return _MERGE if value == "<<" and implicit[0] else _PLAIN


def yaml_nodes(text: str) -> Node:
    """The document as nodes.

    Raises:
        DocumentError: it is not YAML, a key occurs twice, or it has too many values, with
            those of aliases.
    """
    try:
        if _may_be_many(text):
            _reject_many(yaml.parse(text, Loader=_Loader))
        composed = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        position = getattr(error, "problem_mark", None)
        message = getattr(error, "problem", None) or str(error).partition("\n")[0]
        mark = Mark(position.line + 1, position.column + 1) if position else _refused(text)
        if position and _is_tab(text, position.line, position.column):
            message = "a tab is here; YAML takes spaces only, to indent lines"
        raise DocumentError(str(message), mark) from None
    except RecursionError:
        raise DocumentError("the document nests too deeply") from None
    if composed is None:
        raise DocumentError("the file is empty", Mark(1, 1))
    return _Composed().node(composed, 0)


def _is_tab(text: str, line: int, column: int) -> bool:
    lines = text.splitlines()
    return line < len(lines) and lines[line][column : column + 1] == "\t"


_NOT_PRINTABLE = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""What YAML does not accept (YAML 1.1, c-printable); compiled only where a file has it."""


def _refused(text: str) -> Mark | None:
    """Where the first character is that YAML does not accept; libyaml does not say it."""
    match = re.search(_NOT_PRINTABLE, text)
    if match is None:
        return None
    before = text[: match.start()]
    return Mark(before.count("\n") + 1, match.start() - before.rfind("\n"))


def _may_be_many(text: str) -> bool:
    """Whether there may be too many values; each stands beside a comma, colon or line end."""
    return sum(map(text.count, (",", ":", "\n", "["))) > MOST_NODES


def _reject_many(events: Iterable[Any]) -> None:
    """Count the values before any is composed, which takes ten times as long.

    Raises:
        DocumentError: there are too many.
    """
    # A key is an event as well, so that a document may have two for each value.
    for number, event in enumerate(events):
        if number > 4 * MOST_NODES:
            raise too_many(_mark_of(event))


def _mark_of(composed: Any) -> Mark:  # noqa: ANN401 - PyYAML is not typed
    start = composed.start_mark
    return Mark(start.line + 1, start.column + 1)


class _Composed:
    """Nodes of libyaml as ours."""

    def __init__(self) -> None:
        self._count = 0
        self._open: set[int] = set()

    def node(self, composed: Any, depth: int) -> Node:  # noqa: ANN401 - PyYAML is not typed
        mark = _mark_of(composed)
        self._count += 1
        check_limits(self._count, depth, mark)
        plain = (
            _scalar(composed, mark)
            if composed.id == "scalar"
            else self._collection(composed, mark, depth)
        )
        tag = composed.tag
        return _tagged(tag, plain, mark) if tag.startswith("!") else plain

    def _collection(self, composed: Any, mark: Mark, depth: int) -> Node:  # noqa: ANN401 - PyYAML is not typed
        if id(composed) in self._open:
            raise DocumentError("an alias contains itself", mark)
        self._open.add(id(composed))
        if composed.id == "sequence":
            items = tuple([self.node(item, depth + 1) for item in composed.value])
            collection: Node = NodeSequence(items, mark)
        else:
            collection = self._mapping(composed, mark, depth)
        self._open.discard(id(composed))
        return collection

    def _mapping(self, composed: Any, mark: Mark, depth: int) -> NodeMapping:  # noqa: ANN401 - PyYAML is not typed
        entries: dict[str, Node] = {}
        marks: dict[str, Mark] = {}
        merged: dict[str, Node] = {}
        for key_node, value_node in composed.value:
            key_mark = _mark_of(key_node)
            if key_node.id != "scalar":
                raise DocumentError("a key has to be a text", key_mark)
            value = self.node(value_node, depth + 1)
            if key_node.tag == _MERGE:
                merged |= dict(_merged(value, key_mark))
                continue
            key = key_node.value
            if key in entries:
                raise DocumentError(f"the key {key!r} occurs twice", key_mark)
            entries[key], marks[key] = value, key_mark
        for key, value in merged.items():
            entries.setdefault(key, value)
            marks.setdefault(key, value.mark)
        return NodeMapping(entries, marks, mark)


def _merged(value: Node, mark: Mark) -> Iterator[tuple[str, Node]]:
    """The entries that ``<<`` brings; of several mappings the first wins."""
    mappings = value.items[::-1] if isinstance(value, NodeSequence) else (value,)
    for mapping in mappings:
        if not isinstance(mapping, NodeMapping):
            raise DocumentError("'<<' merges mappings only", mark)
        yield from mapping.entries.items()


_QUOTED = ("'", '"', "|", ">")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_NUMERIC = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
"""Longer runs of digits are names; Python refuses to convert the longest."""
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]+(?:[eE][-+][0-9]+)?|\.[0-9]+(?:[eE][-+][0-9]+)?")


def _scalar(composed: Any, mark: Mark) -> Scalar:  # noqa: ANN401 - PyYAML is not typed
    source, tag = composed.value, composed.tag
    is_text = composed.style in _QUOTED or tag == _TEXT or tag.startswith("!")
    return Scalar(source if is_text else _plain_value(source), source, mark)


def _plain_value(source: str) -> str | int | float | bool | None:
    if source[:1] in _NUMERIC:
        if _INTEGER.fullmatch(source):
            return int(source)
        return float(source) if _FLOAT.fullmatch(source) else source
    if source in _NULL:
        return None
    return _TRUTH.get(source, source)


_REFERRING = ("!Ref", "!Condition")


def _tagged(tag: str, plain: Node, mark: Mark) -> Node:
    """``!Sub x`` as ``{"Fn::Sub": x}``."""
    name = tag[1:] if tag in _REFERRING else f"Fn::{tag[1:]}"
    if tag == "!GetAtt" and isinstance(plain, Scalar) and "." in plain.source:
        logical_id, _, attribute = plain.source.partition(".")
        names = (logical_id, attribute)
        plain = NodeSequence(tuple(Scalar(name, name, plain.mark) for name in names), plain.mark)
    return NodeMapping({name: plain}, {name: mark}, mark)
