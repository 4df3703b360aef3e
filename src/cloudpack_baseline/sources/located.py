"""Answers that know where each member is written: those of templates and plans.

A member that is not known before deployment raises `Misshapen` when it is read, so that it costs
the field that reads it and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from attrs import evolve

from cloudpack_baseline.model.reading import (
    DocumentFloat,
    DocumentInteger,
    DocumentText,
    Misshapen,
    PathStep,
    path_steps,
)
from cloudpack_baseline.model.values import Origin, Unknown

__all__ = [
    "AnswerList",
    "AnswerObject",
    "LocatedDocument",
    "Mark",
    "documents_within",
    "is_same",
    "origin_within",
]

_IDENTIFIER = re.compile(
    r"(?:\[\d+\]|Name|Id|ID|Identifier|Arn|ARN|Bucket|Prefix|Key|Value|Path|Pattern|Zone|Alias"
    r"|Address|Endpoint|Destination|Description|Uri|URI|Url|URL|Group|Resource|Role|Queue|Topic"
    r"|Content|Container)$",
    re.IGNORECASE,
).search
"""Members that identify: a text of which a part is not known matches the same text elsewhere.
Any other text is a choice, such as ``allow-all``, which must not be compared in part."""


class Mark(NamedTuple):
    """A position in a file: line and column, both from 1; or a path, where a file has no lines.

    A tuple, since a template has one for each key and value, and tuples are made in half of the
    time.
    """

    line: int
    column: int
    path: str = ""

    def within(self, origin: Origin) -> Origin:
        """The origin of what is at the position, in the file of another origin."""
        if self.line:
            return evolve(origin, line=self.line, column=self.column)
        return evolve(origin, path=self.path) if self.path else origin


class LocatedDocument(DocumentText):
    """A policy document as a text that knows where its statements are written.

    Attributes:
        places: the path of each statement in the document, such as ``$.Statement[0]``, with its
            position, or with its origin once the file is known; ``$`` is the document itself.
    """

    __slots__ = ("places",)
    places: tuple[tuple[str, Mark | Origin], ...]

    def __new__(cls, text: str, places: Iterable[tuple[str, Mark | Origin]] = ()) -> Self:
        """The text, and where its parts are written."""
        self = super().__new__(cls, text)
        self.places = tuple(places)
        return self

    def __getnewargs__(self) -> tuple[str, Any]:  # type: ignore[override]  # str has one
        """Both parts: a copy keeps the places."""
        return (str(self), self.places)

    def within(self, origin: Origin) -> LocatedDocument:
        """The document with the origin of each place, in the file of another origin."""
        origins = (
            (path, place.within(origin) if isinstance(place, Mark) else place)
            for path, place in self.places
        )
        return LocatedDocument(str(self), origins)


class AnswerObject(dict[str, Any]):
    """An object of an answer.

    Attributes:
        origin: of the object as a whole.
        marks: the positions of its members.
    """

    __slots__ = ("marks", "origin")

    def __init__(
        self,
        members: Mapping[str, Any],
        origin: Origin | None = None,
        marks: Mapping[str, Mark] | None = None,
    ) -> None:
        super().__init__(members)
        self.origin = origin
        self.marks = dict(marks or {})

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - any member
        """The member.

        Raises:
            KeyError: there is none.
            Misshapen: it is not known; with the reason.
        """
        return _known(dict.__getitem__(self, key), key)

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - any member
        """The member, or the default.

        Raises:
            Misshapen: it is not known; with the reason.
        """
        return _known(dict.get(self, key, default), key)

    def __ror__(self, defaults: Any) -> Any:  # noqa: ANN401 - as of a dictionary
        """The object with defaults for members that it does not have."""
        return AnswerObject({**defaults, **dict(self)}, self.origin, self.marks)

    def raw(self, key: str) -> Any:  # noqa: ANN401 - any member
        """The member as it is, an unknown too; ``None``: there is none."""
        return dict.get(self, key)

    def origin_of(self, key: str) -> Origin | None:
        """Where the member is written; the object's own origin if it has no position."""
        mark = self.marks.get(key)
        if mark is None or self.origin is None:
            return self.origin
        path = f"{self.origin.path}.{key}" if self.origin.path else key
        return Origin(
            file=self.origin.file, line=mark.line, column=mark.column, path=mark.path or path
        )

    def place_of(self, path: str) -> Origin | None:
        """Where the member that the path leads to is written; without it, the object."""
        return (origin_within(self, path) if path else None) or self.origin


class AnswerList(list[Any]):
    """A list of an answer; an item that is not known raises where it is read."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        """The items.

        Raises:
            Misshapen: at the item that is not known; with the reason.
        """
        for index, item in enumerate(super().__iter__()):
            yield _known(item, f"[{index}]")

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - as of a list
        """The item.

        Raises:
            Misshapen: it is not known; with the reason.
        """
        return _known(super().__getitem__(index), f"[{index}]")

    def raw(self) -> Iterator[Any]:
        """The items as they are, unknown ones too."""
        return super().__iter__()


def _known(value: Any, name: str) -> Any:  # noqa: ANN401 - any member
    if type(value) in _KNOWN:
        return value
    if isinstance(value, Unknown):
        raise Misshapen(f"{name}: is not known", value)
    if isinstance(value, DocumentText) and value.unknown is not None and not _IDENTIFIER(name):
        raise Misshapen(f"{name}: is not known", value.unknown)
    return value


_KNOWN = frozenset(
    (AnswerList, AnswerObject, DocumentFloat, DocumentInteger, bool, int, str, type(None))
)
"""Types of members that are known for certain: most are of one of these."""


def is_same(first: object, second: object) -> bool:
    """Whether answers say the same and are written at the same places."""
    if first is second:
        return True
    if type(first) is not type(second) or not _is_marked_alike(first, second):
        return False
    if isinstance(first, dict) and isinstance(second, dict):
        return [*first] == [*second] and all(map(is_same, first.values(), second.values()))
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(is_same, _raw(first), _raw(second)))
    return bool(first == second)


def _raw(members: list[Any] | tuple[Any, ...]) -> Iterator[Any]:
    """The members as they are, unknown ones too."""
    return list.__iter__(members) if isinstance(members, list) else iter(members)


def _is_marked_alike(first: Any, second: Any) -> bool:  # noqa: ANN401 - any part of an answer
    """Whether what is known of two values of the same type, beside them, is the same."""
    if isinstance(first, AnswerObject):
        is_at_origin = first.origin is second.origin or first.origin == second.origin
        return is_at_origin and bool(first.marks == second.marks)
    if isinstance(first, LocatedDocument):
        return bool(first.unknown == second.unknown and first.places == second.places)
    return bool(not isinstance(first, DocumentText) or first.unknown == second.unknown)


def origin_within(answer: object, path: str) -> Origin | None:
    """Where the value that the path leads to is written; ``None``: the answer does not know."""
    if not path and isinstance(answer, AnswerObject) and len(set(answer.marks.values())) == 1:
        return answer.origin_of(next(iter(answer.marks)))
    if path.isidentifier():  # most paths are a single step
        if not isinstance(answer, AnswerObject) or (member := answer.raw(path)) is None:
            return None
        if isinstance(member, AnswerList) and path not in answer.marks:
            return _origin_of_items(member) or answer.origin
        return answer.origin_of(path)
    for steps in path_steps(path):
        origin = _origin_within(answer, steps)
        if origin is not None:
            return origin
    return None


def _origin_of_items(items: AnswerList) -> Origin | None:
    """Where the items are written that resources of their own add; ``None``: at several places."""
    objects = [item for item in items.raw() if isinstance(item, AnswerObject)]
    for origins in (
        {origin_within(item, "") for item in objects},
        {item.origin for item in objects},
    ):
        if len(origins) == 1 and (origin := origins.pop()) is not None:
            return origin
    return None


def _origin_within(answer: object, steps: Iterable[PathStep]) -> Origin | None:
    origin = None
    for name in (step.name for step in steps):
        if not isinstance(answer, AnswerObject):
            break
        # An object that a resource type made around a value has no positions of its own.
        member = answer.raw(name)
        if member is not None and (origin is None or name in answer.marks):
            origin = answer.origin_of(name)
        answer = member
    return origin


def documents_within(answer: object, path: str) -> Iterator[tuple[str, Origin]]:
    """Where the statements of the policy documents below the path are written.

    The first part of a pair leads from the field to a statement: ``$.Statement[0]`` of a document,
    ``[1]$.Statement[0]`` of the second one of a list.
    """
    for step in path_steps(path)[0]:
        if not isinstance(answer, AnswerObject):
            return
        answer = answer.raw(step.name)
    if isinstance(answer, LocatedDocument):
        yield from _origins(answer)
    elif isinstance(answer, AnswerList):
        for index, member in enumerate(answer.raw()):
            if isinstance(member, AnswerObject):
                yield from _documents_of(member, f"[{index}]")


def _documents_of(policy: AnswerObject, prefix: str) -> Iterator[tuple[str, Origin]]:
    for name, member in policy.items():
        if isinstance(member, LocatedDocument):
            origin = policy.origin_of(name)
            if origin is not None:
                yield prefix, origin
            yield from ((f"{prefix}{path}", place) for path, place in _origins(member))


def _origins(document: LocatedDocument) -> Iterator[tuple[str, Origin]]:
    return ((path, place) for path, place in document.places if isinstance(place, Origin))
