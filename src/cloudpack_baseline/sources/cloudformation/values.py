"""What a value in a template comes to: known, known in part, a list of unknown length, or unknown.

A boolean, number or list that is not known is an `Unknown`. A text of which a part is not
known stays a text (``<Env>-office``): equal texts are equal, so names and references still
match; `DocumentText.unknown` says why it must not be taken for what will be deployed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cloudpack_baseline.model.reading import DocumentText
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.cloudformation.nodes import Mark

if TYPE_CHECKING:
    from typing import Self

__all__ = [
    "NO_VALUE",
    "PLACEHOLDER_ACCOUNT",
    "ChosenText",
    "Resolved",
    "ResolvedList",
    "ResolvedObject",
    "as_json",
    "as_text",
    "concatenated",
    "is_exact",
    "literal",
    "marks_of",
    "placeholder",
    "undetermined",
    "why_of",
    "with_members",
]


Resolved: TypeAlias = Any
"""A scalar, `DocumentText`, `ResolvedObject`, `ResolvedList`, `Unknown`; ``None``: not given."""

PLACEHOLDER_ACCOUNT = "000000009999"
"""Stands for the account of a template that names none. An empty ID would match nobody. With
an ID that examples use, such as 999999999999, a foreign account that they name would be the own
one."""


class _NoValue:
    """``AWS::NoValue``: the property is left out."""

    def __repr__(self) -> str:
        return "NO_VALUE"


NO_VALUE: Final = _NoValue()


class ResolvedObject(dict[str, Any]):
    """An object, with the position of the object and of each key."""

    __slots__ = ("key_marks", "mark")

    def __init__(
        self, entries: dict[str, Any], mark: Mark, key_marks: dict[str, Mark] | None = None
    ) -> None:
        super().__init__(entries)
        self.mark = mark
        self.key_marks = key_marks or {}


class ResolvedList(list[Any]):
    """A list, with its position and those of its items."""

    __slots__ = ("item_marks", "mark")

    def __init__(self, items: Iterable[Any], mark: Mark, item_marks: Iterable[Mark] = ()) -> None:
        super().__init__(items)
        self.mark = mark
        self.item_marks = tuple(item_marks)


_INTERCHANGEABLE = (bool, int, float, type(None))
"""Values that may be one object in several places."""


def marks_of(properties: ResolvedObject) -> Iterator[tuple[int, Mark]]:
    """The position of each value in the properties, at any depth, by its `id`."""
    for name, value in properties.items():
        mark = properties.key_marks.get(name)
        if mark is not None and not isinstance(value, _INTERCHANGEABLE):
            yield id(value), mark
        if isinstance(value, ResolvedObject):
            yield from marks_of(value)


def with_members(value: Mapping[str, Any], **members: Resolved) -> dict[str, Any]:
    """The object with further members, at the same place."""
    entries = {**value, **members}
    if isinstance(value, ResolvedObject):
        return ResolvedObject(entries, value.mark, value.key_marks)
    return entries


class ChosenText(DocumentText):
    """A text that is not known, but is one of some texts, such as the entry for a Region.

    Attributes:
        unknown: why it is not known.
        choices: the texts.
    """

    __slots__ = ("choices",)
    unknown: Unknown
    choices: tuple[str, ...]

    def __new__(cls, text: str, unknown: Unknown, choices: Iterable[str]) -> Self:
        """The text with a placeholder, why it is not known, and what it may be."""
        self = super().__new__(cls, text, unknown)
        self.choices = tuple(choices)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """All parts: a copy keeps the choices."""
        return type(self), (str(self), self.unknown, self.choices)


def undetermined(detail: str) -> Unknown:
    """A value that is fixed at deployment only."""
    return Unknown.because(Why.UNDETERMINED, detail=detail)


def why_of(value: object) -> Unknown | None:
    """Why the value, or a part of it, is not known; ``None``: all of it is."""
    if isinstance(value, DocumentText):
        return value.unknown
    if isinstance(value, (dict, list)):
        members: Iterable[object] = value.values() if isinstance(value, dict) else value
        causes = [unknown for unknown in map(why_of, members) if unknown is not None]
        return reduce(or_, causes) if causes else None
    return value if isinstance(value, Unknown) else None


def is_exact(value: object) -> bool:
    """Whether every part of the value is known."""
    return why_of(value) is None


def concatenated(pieces: Iterable[object]) -> str:
    """The texts in a row; a part that is not known shows as its reason."""
    texts: list[str] = []
    causes: list[Unknown] = []
    pieces = tuple(pieces)
    for piece in pieces:
        if type(piece) is str:  # most are
            texts.append(piece)
            continue
        unknown = why_of(piece)
        if unknown is not None:
            causes.append(unknown)
        texts.append(placeholder(piece) if isinstance(piece, Unknown) else as_text(piece))
    if sum(map(len, texts)) > _LONGEST:
        return concatenated([undetermined(f"a text of more than {_LONGEST:,} characters")])
    text = "".join(texts)
    if _may_refer(text):
        text, references = _without_references(text)
        causes += references
    if not causes:
        return DocumentText(text)
    why = reduce(or_, causes)
    if len(causes) == 1 and any(isinstance(piece, ChosenText) for piece in pieces):
        return _chosen(text, why, pieces)
    return DocumentText(text, why)


def _chosen(text: str, why: Unknown, pieces: Iterable[object]) -> ChosenText:
    """The texts in a row, one of which is chosen."""
    rows = [""]
    for piece in pieces:
        choices = piece.choices if isinstance(piece, ChosenText) else (as_text(piece),)
        rows = [row + choice for row in rows for choice in choices]
    return ChosenText(text, why, rows)


def literal(text: str) -> str:
    """A text of the template; each is an object of its own, by which its position is found."""
    if len(text) > _LONGEST or _may_refer(text):
        return concatenated([text])
    return DocumentText(text)


_LONGEST = 1_000_000
"""Characters of a text; one that refers to another twice can double at each reference."""

_DYNAMIC = re.compile(r"\{\{resolve:([a-z-]+(?::/aws/service/[^}:]*)?)[^}]*\}\}")
"""A dynamic reference; of one to a public parameter of AWS, such as an image, the name is kept."""


_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")

_PRODUCT_OUTPUT = re.compile(r"\[\[servicecatalog:[^\]]*\]\]")
"""What the transform AWS::ServiceCatalog replaces by the output of a provisioned product."""


def _may_refer(text: str) -> bool:
    return "{{resolve:" in text or "${Token[" in text or "[[servicecatalog:" in text


def _without_references(text: str) -> tuple[str, list[Unknown]]:
    """The text without dynamic references, which name secrets, and what has no value yet."""
    causes = [
        undetermined(f"dynamic reference to {match.group(1)}") for match in _DYNAMIC.finditer(text)
    ]
    text = _DYNAMIC.sub(r"<dynamic reference to \1>", text)
    if _TOKEN.search(text):
        causes.append(undetermined("token of the AWS CDK"))
        text = _TOKEN.sub("<token of the AWS CDK>", text)
    if _PRODUCT_OUTPUT.search(text):
        causes.append(undetermined("output of a provisioned product"))
        text = _PRODUCT_OUTPUT.sub("<output of a provisioned product>", text)
    return text, causes


def placeholder(unknown: Unknown) -> str:
    """What is shown in a text in place of a part that is not known."""
    detail = unknown.causes[0].detail or unknown.causes[0].why.value
    # Colons separate the parts of an ARN.
    return f"<{detail.replace('::', '-').replace(':', '-')}>"


def as_json(value: object) -> Resolved:
    """The value as JSON; texts that are known in part stay, any other unknown makes all unknown."""
    unknown = _unknown_member(value)
    return json.dumps(value, ensure_ascii=False) if unknown is None else unknown


def _unknown_member(value: object) -> Unknown | None:
    if isinstance(value, Unknown):
        return value
    members = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    return next(
        (unknown for member in members if (unknown := _unknown_member(member)) is not None), None
    )


def as_text(value: object) -> str:
    """A scalar as CloudFormation writes it into a text."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
