"""A template file as a tree of nodes that know their line and column.

YAML is composed by libyaml, JSON is read by a scanner of our own: neither builds Python
objects before a position is kept. Short intrinsic tags (``!Ref``) become their long form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from cloudpack_baseline.errors import MissingExtraError
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.located import Mark

__all__ = ["DocumentError", "Mark", "Node", "NodeMapping", "NodeSequence", "Scalar", "parse"]

LARGEST = 10_000_000
"""Bytes of one file; CloudFormation itself accepts 1 MB."""

_MOST_NODES = 250_000
"""Nodes after aliases are expanded: an alias of an alias can double at each line. A template of
1 MB, which is the most that CloudFormation takes, has fewer."""

_TOO_MANY = f"the document has more than {_MOST_NODES:,} values, those of aliases included"

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


def parse(content: bytes) -> Node:
    """The document of a template file, YAML or JSON.

    Raises:
        DocumentError: too large, not UTF-8, no YAML or JSON, a key that stands twice,
            aliases that multiply without end.
        MissingExtraError: YAML, and PyYAML is not installed.
    """
    if len(content) > LARGEST:
        raise DocumentError(f"the file has {len(content):,} bytes; at most {LARGEST:,} are read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("the file is not UTF-8", _mark_at(content, error.start)) from None
    if text.lstrip()[:1] in ("{", "["):
        return _Json(text).document()
    return _yaml(text)


def _mark_at(content: bytes, offset: int) -> Mark:
    line = content.count(b"\n", 0, offset) + 1
    return Mark(line, offset - content.rfind(b"\n", 0, offset))


# JSON ------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
        (?P<punctuation>[{}\[\],:])
      | (?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")
      | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | (?P<word>true|false|null)
    )""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


class _Json:
    """A recursive reader over one regular expression for tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._count = 0
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._line = 0

    def document(self) -> Node:
        node = self._value(self._next(), 0)
        if self._text[self._offset :].strip():
            raise DocumentError("there is more after the end of the document", self._mark())
        return node

    def _next(self) -> re.Match[str]:
        match = _TOKEN.match(self._text, self._offset)
        if match is None:
            blank = re.compile(r"[ \t\r\n]*").match(self._text, self._offset)
            self._offset = blank.end() if blank else self._offset
            at_end = self._offset >= len(self._text)
            raise DocumentError(
                "the document ends too early" if at_end else "this is not JSON", self._mark()
            )
        self._offset = match.end()
        return match

    def _mark(self, offset: int | None = None) -> Mark:
        offset = self._offset if offset is None else offset
        # Tokens come in order, so the line is never searched from the start.
        starts, line = self._line_starts, self._line
        while line + 1 < len(starts) and starts[line + 1] <= offset:
            line += 1
        while starts[line] > offset:
            line -= 1
        self._line = line
        return Mark(line + 1, offset - starts[line] + 1)

    def _value(self, token: re.Match[str], depth: int) -> Node:
        kind, source = token.lastgroup, token.group(token.lastgroup or 0)
        mark = self._mark(token.start(kind or 0))
        self._count += 1
        if self._count > _MOST_NODES:
            raise DocumentError(_TOO_MANY, mark)
        if depth > _DEEPEST:
            raise DocumentError(f"the document nests deeper than {_DEEPEST} levels", mark)
        if kind == "string":
            text = self._string(source, mark)
            return Scalar(text, text, mark)
        if kind == "number":
            return Scalar(
                int(source) if _INTEGER.fullmatch(source) else float(source), source, mark
            )
        if kind == "word":
            return Scalar(_WORDS[source], source, mark)
        if source == "{":
            return self._object(mark, depth)
        if source == "[":
            return self._array(mark, depth)
        raise DocumentError(f"{source!r} is not expected here", mark)

    @staticmethod
    def _string(source: str, mark: Mark) -> str:
        if "\\" not in source:
            return source[1:-1]
        try:
            return str(json.loads(source))
        except json.JSONDecodeError as error:
            raise DocumentError(error.msg, mark) from None

    def _object(self, mark: Mark, depth: int) -> NodeMapping:
        entries: dict[str, Node] = {}
        marks: dict[str, Mark] = {}
        token = self._next()
        while token.group(token.lastgroup or 0) != "}":
            key_mark = self._mark(token.start(token.lastgroup or 0))
            if token.lastgroup != "string":
                raise DocumentError("a key has to be a text in double quotes", key_mark)
            key = self._string(token.group("string"), key_mark)
            if key in entries:
                raise DocumentError(f"the key {key!r} occurs twice", key_mark)
            self._expect(":")
            entries[key], marks[key] = self._value(self._next(), depth + 1), key_mark
            token = self._separator("}")
        return NodeMapping(entries, marks, mark)

    def _array(self, mark: Mark, depth: int) -> NodeSequence:
        items: list[Node] = []
        token = self._next()
        while token.group(token.lastgroup or 0) != "]":
            items.append(self._value(token, depth + 1))
            token = self._separator("]")
        return NodeSequence(tuple(items), mark)

    def _separator(self, end: str) -> re.Match[str]:
        """The token after a comma, or the end."""
        token = self._next()
        sign = token.group("punctuation")
        if sign == end:
            return token
        if sign != ",":
            raise DocumentError(
                f"expected ',' or {end!r}", self._mark(token.start(token.lastgroup or 0))
            )
        token = self._next()
        if token.group("punctuation") in ("}", "]"):
            raise DocumentError("nothing follows the comma", self._mark(token.start("punctuation")))
        return token

    def _expect(self, sign: str) -> None:
        token = self._next()
        if token.group("punctuation") != sign:
            raise DocumentError(f"expected {sign!r}", self._mark(token.start(token.lastgroup or 0)))


# YAML ------------------------------------------------------------------------------------

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
"""Longer runs of digits are names; Python refuses to convert the longest."""
_FLOAT = re.compile(r"[-+]?[0-9]*\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_QUOTED = ("'", '"', "|", ">")
_PLAIN = ("!Ref", "!Condition")


def _yaml(text: str) -> Node:
    try:
        import yaml  # noqa: PLC0415 - an extra, and not free
    except ImportError:
        raise MissingExtraError("templates", "a YAML template") from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if _may_be_many(text):
            _reject_many(yaml.parse(text, Loader=loader))
        composed = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        position = getattr(error, "problem_mark", None)
        message = getattr(error, "problem", None) or str(error).partition("\n")[0]
        mark = Mark(position.line + 1, position.column + 1) if position else _refused(text)
        raise DocumentError(str(message), mark) from None
    except RecursionError:
        raise DocumentError("the document nests too deeply") from None
    if composed is None:
        raise DocumentError("the file is empty", Mark(1, 1))
    return _Composed().node(composed, 0)


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
    return sum(map(text.count, (",", ":", "\n", "["))) > _MOST_NODES


def _reject_many(events: Iterable[Any]) -> None:
    """Count the values before any is composed, which takes ten times as long.

    Raises:
        DocumentError: there are too many.
    """
    # A key is an event as well, so that a document may have two for each value.
    for number, event in enumerate(events):
        if number > 4 * _MOST_NODES:
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            raise DocumentError(_TOO_MANY, mark)


class _Composed:
    """Nodes of libyaml as ours."""

    def __init__(self) -> None:
        self._count = 0
        self._open: set[int] = set()

    def node(self, composed: Any, depth: int) -> Node:  # noqa: ANN401 - PyYAML is not typed
        mark = Mark(composed.start_mark.line + 1, composed.start_mark.column + 1)
        self._count += 1
        if self._count > _MOST_NODES:
            raise DocumentError(_TOO_MANY, mark)
        if depth > _DEEPEST:
            raise DocumentError(f"the document nests deeper than {_DEEPEST} levels", mark)
        if id(composed) in self._open:
            raise DocumentError("an alias contains itself", mark)
        self._open.add(id(composed))
        plain = self._untagged(composed, mark, depth)
        self._open.discard(id(composed))
        tag = str(composed.tag)
        return _tagged(tag, plain, mark) if tag.startswith("!") else plain

    def _untagged(self, composed: Any, mark: Mark, depth: int) -> Node:  # noqa: ANN401 - PyYAML is not typed
        if composed.id == "scalar":
            return _scalar(composed, mark)
        if composed.id == "sequence":
            return NodeSequence(tuple(self.node(item, depth + 1) for item in composed.value), mark)
        entries: dict[str, Node] = {}
        marks: dict[str, Mark] = {}
        merged: dict[str, Node] = {}
        for key_node, value_node in composed.value:
            key_mark = Mark(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key_node.id != "scalar":
                raise DocumentError("a key has to be a text", key_mark)
            value = self.node(value_node, depth + 1)
            if key_node.tag == "tag:yaml.org,2002:merge":
                merged |= dict(_merged(value, key_mark))
                continue
            key = str(key_node.value)
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


def _scalar(composed: Any, mark: Mark) -> Scalar:  # noqa: ANN401 - PyYAML is not typed
    source = str(composed.value)
    is_text = composed.style in _QUOTED or composed.tag == "tag:yaml.org,2002:str"
    if is_text or composed.tag.startswith("!"):
        return Scalar(source, source, mark)
    return Scalar(_plain_value(source), source, mark)


def _plain_value(source: str) -> str | int | float | bool | None:
    if source in _TRUTH:
        return _TRUTH[source]
    if source in _NULL:
        return None
    if _INTEGER.fullmatch(source):
        return int(source)
    return float(source) if _FLOAT.fullmatch(source) else source


def _tagged(tag: str, plain: Node, mark: Mark) -> Node:
    """``!Sub x`` as ``{"Fn::Sub": x}``."""
    name = tag[1:] if tag in _PLAIN else f"Fn::{tag[1:]}"
    if tag == "!GetAtt" and isinstance(plain, Scalar) and "." in plain.source:
        logical_id, _, attribute = plain.source.partition(".")
        names = (logical_id, attribute)
        plain = NodeSequence(tuple(Scalar(name, name, plain.mark) for name in names), plain.mark)
    return NodeMapping({name: plain}, {name: mark}, mark)
