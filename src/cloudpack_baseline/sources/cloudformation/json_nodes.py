"""JSON as nodes: a scanner of our own, since Python's keeps no positions."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Container, Mapping

from cloudpack_baseline.sources.cloudformation.nodes import (
    DocumentError,
    Mark,
    Node,
    NodeMapping,
    NodeSequence,
    Scalar,
    check_limits,
)

__all__ = ["json_nodes"]


def json_nodes(text: str) -> Node:
    """The document as nodes.

    Raises:
        DocumentError: it is not JSON, a key occurs twice, or it has too many values.
    """
    return _JsonReader(text).document()


_BLANK = r"[ \t\r\n]*"
_STRING = r'"(?:[^"\\\x00-\x1f]|\\.)*"'
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}

_KEY = re.compile(rf"{_BLANK}({_STRING}){_BLANK}:", re.DOTALL)
_VALUE = re.compile(rf"{_BLANK}(?:({_STRING})|([{{\[])|({_NUMBER})|(true|false|null))", re.DOTALL)
_STRING_GROUP, _BEGIN_GROUP, _NUMBER_GROUP = 1, 2, 3
_SEPARATOR = re.compile(rf"{_BLANK}([}}\]]|,(?={_BLANK}([}}\]])?))")
"""An end, or a comma with the end that wrongly follows it."""
_TOKEN = re.compile(
    rf"{_BLANK}(?:([{{}}\[\],:])|({_STRING})|({_NUMBER})|(true|false|null))", re.DOTALL
)
"""Any token, to say what is wrong with the one that is not expected."""
_PUNCTUATION_GROUP, _KEY_GROUP = 1, 2
_SPACE = re.compile(_BLANK)
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
"""Longer runs of digits are no whole numbers: Python refuses to convert the longest."""


class _JsonReader:
    """A recursive reader that takes a key, a value or a separator by one match each."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._count = 0
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> Node:
        node = self._value(0)
        if self._text[self._offset :].strip():
            raise DocumentError(
                "there is more after the end of the document", self._mark(self._offset)
            )
        return node

    def _mark(self, offset: int) -> Mark:
        line = bisect_right(self._line_starts, offset)
        return Mark(line, offset - self._line_starts[line - 1] + 1)

    def _value(self, depth: int) -> Node:
        match = _VALUE.match(self._text, self._offset)
        if match is None:
            raise self._no_value(depth)
        group = match.lastindex or 0
        source, mark = match.group(group), self._mark(match.start(group))
        self._offset = match.end()
        self._count += 1
        check_limits(self._count, depth, mark)
        if group == _STRING_GROUP:
            text = _unquoted(source, mark)
            return Scalar(text, text, mark)
        if group == _BEGIN_GROUP:
            return self._object(mark, depth) if source == "{" else self._array(mark, depth)
        if group == _NUMBER_GROUP:
            return Scalar(int(source) if _WHOLE.fullmatch(source) else float(source), source, mark)
        return Scalar(_WORDS[source], source, mark)

    def _object(self, mark: Mark, depth: int) -> NodeMapping:
        entries: dict[str, Node] = {}
        marks: dict[str, Mark] = {}
        is_last = self._is_empty("}")
        while not is_last:
            match = _KEY.match(self._text, self._offset)
            if match is None:
                raise self._no_key(entries)
            self._offset = match.end()
            key_mark = self._mark(match.start(1))
            key = _unquoted(match.group(1), key_mark)
            if key in entries:
                raise _twice(key, key_mark)
            marks[key] = key_mark
            entries[key] = self._value(depth + 1)
            is_last = self._is_last("}")
        return NodeMapping(entries, marks, mark)

    def _array(self, mark: Mark, depth: int) -> NodeSequence:
        items: list[Node] = []
        is_last = self._is_empty("]")
        while not is_last:
            items.append(self._value(depth + 1))
            is_last = self._is_last("]")
        return NodeSequence(tuple(items), mark)

    def _is_empty(self, end: str) -> bool:
        match = _SEPARATOR.match(self._text, self._offset)
        if match is None or match.group(1) != end:
            return False
        self._offset = match.end()
        return True

    def _is_last(self, end: str) -> bool:
        """Whether the end follows, instead of a comma and what follows that."""
        match = _SEPARATOR.match(self._text, self._offset)
        if match is None or match.group(1) not in (",", end):
            raise DocumentError(f"expected ',' or {end!r}", self._token_mark())
        self._offset = match.end()
        if match.group(1) == end:
            return True
        if match.group(2):
            raise DocumentError("nothing follows the comma", self._mark(match.start(2)))
        return False

    # What is wrong -----------------------------------------------------------------------

    def _token(self) -> re.Match[str]:
        """The next token, whatever it is.

        Raises:
            DocumentError: there is none.
        """
        match = _TOKEN.match(self._text, self._offset)
        if match is None:
            blank = _SPACE.match(self._text, self._offset)
            end = blank.end() if blank else self._offset
            is_early = end >= len(self._text)
            raise DocumentError(
                "the document ends too early" if is_early else "this is not JSON", self._mark(end)
            )
        self._offset = match.end()
        return match

    def _token_mark(self) -> Mark:
        token = self._token()
        return self._mark(token.start(token.lastindex or 0))

    def _no_value(self, depth: int) -> DocumentError:
        token = self._token()
        mark = self._mark(token.start(_PUNCTUATION_GROUP))
        check_limits(self._count + 1, depth, mark)
        return DocumentError(f"{token.group(_PUNCTUATION_GROUP)!r} is not expected here", mark)

    def _no_key(self, keys: Container[str]) -> DocumentError:
        token = self._token()
        mark = self._mark(token.start(token.lastindex or 0))
        if token.lastindex != _KEY_GROUP:
            return DocumentError("a key has to be a text in double quotes", mark)
        key = _unquoted(token.group(_KEY_GROUP), mark)
        if key in keys:
            return _twice(key, mark)
        return DocumentError("expected ':'", self._token_mark())


def _unquoted(source: str, mark: Mark) -> str:
    if "\\" not in source:
        return source[1:-1]
    try:
        return str(json.loads(source))
    except json.JSONDecodeError as error:
        raise DocumentError(error.msg, mark) from None


def _twice(key: str, mark: Mark) -> DocumentError:
    return DocumentError(f"the key {key!r} occurs twice", mark)
