"""Conversion of API answers to values of records, by the declarations of their fields.

Everything here is pure, and raises `Misshapen` if an answer is not what AWS documents.
"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Self, TypeAlias, TypeVar, cast

import attrs

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.described import Answer, Description, descriptions
from cloudpack_baseline.model.values import Unknown

__all__ = [
    "DocumentFloat",
    "DocumentInteger",
    "DocumentText",
    "FieldReader",
    "Misshapen",
    "PathStep",
    "Tags",
    "field_readers",
    "flag",
    "instant",
    "is_field",
    "member",
    "path_steps",
    "single",
    "string",
    "structured",
    "tags_from",
    "value_of",
]

T = TypeVar("T")

Tags: TypeAlias = tuple[tuple[str, str], ...]
"""Tags as sorted (key, value) pairs."""

_Convert: TypeAlias = Callable[[Any, str], Any]
"""Converts what is under a name to a value; the name is for error messages."""


class Misshapen(ValueError):  # noqa: N818 - it names what the answer is
    """An answer, or a member of it, is not what AWS documents; the message says where.

    Attributes:
        unknown: why the member is unknown, if the source says so (a value of a template that is
            known only at deployment).
    """

    def __init__(self, message: str, unknown: Unknown | None = None) -> None:
        super().__init__(message)
        self.unknown = unknown


class DocumentText(str):
    """A string of a template or plan, in which every scalar may be written as a string.

    Attributes:
        unknown: why a part of it is not known before deployment; ``None``: all of it is. A part
            that is not known is shown as ``<parameter Env>``.
    """

    __slots__ = ("unknown",)
    unknown: Unknown | None

    def __new__(cls, text: str, unknown: Unknown | None = None) -> Self:
        """The string, and why a part of it is not known."""
        self = super().__new__(cls, text)
        self.unknown = unknown
        return self

    def __getnewargs__(self) -> tuple[str, Unknown | None]:  # type: ignore[override]  # str has one
        """Both parts: a copy keeps the reason."""
        return (str(self), self.unknown)


class DocumentInteger(int):
    """A whole number of a template, in which a string of digits may be written without quotes."""


class DocumentFloat(float):
    """The same of a number with a decimal point, such as a version."""


def member(answer: Answer, path: str) -> Any:  # noqa: ANN401 - whatever an answer holds
    """What the path leads to; ``None`` if the answer does not contain it, or contains no text.

    Raises:
        Misshapen: something on the path is not an object or a list, or lacks its member.
    """
    if path.isidentifier() and isinstance(answer, dict):  # most paths are a single step
        value = answer.get(path)
        return None if value == "" else value
    for steps in path_steps(path):
        value = _follow(answer, steps)
        if value is not None and value != "":
            return value
    return None


@frozen
class PathStep:
    """One step of a path through an answer.

    Attributes:
        name: the member; empty: the object itself.
        is_list: whether the path goes on in each of its items.
        path: the rest of the path, from this step on; errors show it.
    """

    name: str
    is_list: bool
    path: str


@cache
def path_steps(path: str) -> tuple[tuple[PathStep, ...], ...]:
    """The steps of each alternative of a path."""
    return tuple(tuple(_steps(alternative)) for alternative in path.split(" || "))


def _steps(path: str) -> Iterator[PathStep]:
    name, _, below = path.partition(".")
    yield PathStep(name.removesuffix("[]"), name.endswith("[]"), path)
    if below:
        yield from _steps(below)


_OBJECTS = (dict, Mapping)
"""Most are dictionaries, which `isinstance` recognizes sooner than a `Mapping`."""


def _follow(value: Any, steps: tuple[PathStep, ...]) -> Any:  # noqa: ANN401 - whatever an answer holds
    for number, step in enumerate(steps, 1):
        if not isinstance(value, _OBJECTS):
            raise Misshapen(f"{step.path}: is not in an object")
        value = value.get(step.name) if step.name else value
        if value is None:
            return None
        if step.is_list:
            below = steps[number:]
            return [_needed(item, below) for item in _listed(value, step.name)]
    return value


def _needed(item: Any, steps: tuple[PathStep, ...]) -> Any:  # noqa: ANN401 - whatever an answer holds
    if not steps and not isinstance(item, _OBJECTS):
        raise Misshapen(": is not in an object")
    value = _follow(item, steps)
    if value is None:
        raise Misshapen(f"{steps[0].path}: is missing")
    return value


def _listed(value: object, name: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise Misshapen(f"{name}: is not a list")
    return value


def string(item: Answer, key: str) -> str:
    """The text under the key.

    Raises:
        KeyError: there is none.
        Misshapen: it is no text.
    """
    return _string(item[key], key)


def flag(item: Answer, key: str) -> bool:
    """The truth value under the key; absent means false.

    Raises:
        Misshapen: it is neither true nor false.
    """
    return _flag(item.get(key, False), key)


def instant(value: object) -> datetime:
    """A time as boto3 parses it, or as the AWS CLI prints it (ISO 8601), in UTC.

    Raises:
        Misshapen: no time, one without a zone, or one that no calendar of ours reaches.
        ValueError: a text that is no time.
    """
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise Misshapen(f"{value!r} is no time")
    if moment.tzinfo is None:
        raise Misshapen(f"{value!r} is a time without zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise Misshapen(f"{value!r} is out of range") from None


def single(items: Iterable[T], name: str) -> T:
    """The only item.

    Raises:
        Misshapen: there is none, or there are several.
    """
    members = tuple(items)
    if len(members) != 1:
        raise Misshapen(f"{name}: {len(members)} of them, where there is one")
    return members[0]


def tags_from(pairs: object) -> Tags:
    """AWS's ``[{"Key": ..., "Value": ...}]`` as `Tags`; absent means none.

    Raises:
        Misshapen: a pair is not known.
    """
    if not isinstance(pairs, list):
        return ()
    for pair in pairs:
        if isinstance(pair, DocumentText) and pair.unknown is not None:
            raise Misshapen("Tags: a pair is not known", pair.unknown)
    return tuple(sorted((str(pair["Key"]), str(pair.get("Value", ""))) for pair in pairs))


def structured(kind: type[T], answer: Answer) -> T:
    """A part of a record, an attrs class, from its object in an answer.

    A member that the source does not know costs the field that reads it, if that can be unknown.
    Its field ``written_at`` is where the object is written, or the member that the class names in
    ``written_as``.

    Raises:
        Misshapen: a member is missing or is not what AWS documents.
    """
    values = {name: _part(kind, name, read, answer) for name, read in field_readers(kind).items()}
    if "written_at" in values:
        place_of = getattr(answer, "place_of", None)
        values["written_at"] = place_of and place_of(getattr(kind, "written_as", ""))
    return kind(**values)


def _part(kind: type, field: str, read: FieldReader, answer: Answer) -> Any:  # noqa: ANN401 - fields have values of any type
    try:
        return read(answer)
    except Misshapen as error:
        if error.unknown is None or not is_field(kind, field):
            raise
        return error.unknown


def value_of(kind: type, field: str, answer: Answer | None) -> Any:  # noqa: ANN401 - fields have values of any type
    """The value of a field in the answer that describes it; its default if there is none.

    Raises:
        Misshapen: it is missing, or is not what AWS documents.
        KeyError: so it is, in a conversion of the field's own.
    """
    return field_readers(kind)[field](answer)


def field_readers(kind: type) -> Mapping[str, FieldReader]:
    """What reads each described field of an attrs class, in their order."""
    return _readers(cast("Hashable", kind))


def is_field(kind: type, field: str) -> bool:
    """Whether the field can be unknown."""
    return field in _open_fields(cast("Hashable", kind))


@cache
def _open_fields(kind: Any) -> AbstractSet[str]:  # noqa: ANN401 - attrs has no type for its classes
    return {name for name, hint in _hints(kind).items() if Unknown in typing.get_args(hint)}


@frozen
class FieldReader:
    """Reads the value of a field in the answer that describes it; see `value_of`."""

    name: str
    description: Description
    convert: _Convert
    default: Any
    is_exact: bool

    def __call__(self, answer: Answer | None) -> Any:  # noqa: ANN401 - fields have values of any type
        """The value; see `value_of`."""
        path = self.description.path
        value = None if answer is None else member(answer, path)
        if value is None:
            if self.default is attrs.NOTHING or (answer is not None and self.description.required):
                raise _missing(answer or {}, path)
            return self.default
        if self.is_exact:
            _require_known(value)
        if self.description.convert is not None:
            return self.description.convert(value)
        value = self.convert(value, path.rpartition(".")[2])
        return tuple(sorted(value)) if self.description.unordered else value


def _missing(answer: Any, path: str) -> Misshapen:  # noqa: ANN401 - whatever an answer holds
    """That the member is missing, in the words of the answer where it has some."""
    path = path.partition(" || ")[0]
    try:
        for name in path.split("."):
            answer = answer[name.removesuffix("[]")]
    except Misshapen as error:
        return error
    except (KeyError, TypeError):
        pass
    return Misshapen(f"{path}: is missing")


@cache
def _readers(kind: Any) -> Mapping[str, FieldReader]:  # noqa: ANN401 - attrs has no type for its classes
    hints = _hints(kind)
    fields = attrs.fields_dict(kind)
    return {
        name: FieldReader(
            name,
            description,
            _converter(hints[name]),
            _default(fields[name], hints, description),
            _is_exact(hints[name], description),
        )
        for name, description in descriptions(kind).items()
    }


@cache
def _hints(kind: Any) -> Mapping[str, Any]:  # noqa: ANN401 - attrs has no type for its classes
    """As `typing.get_type_hints`, which evaluates those of a base again for each class."""
    hints: dict[str, Any] = {}
    for base in reversed(kind.__bases__):
        hints |= _hints(base)
    return hints | inspect.get_annotations(kind, locals={}, eval_str=True)


def _is_exact(hint: Any, description: Description) -> bool:  # noqa: ANN401 - any annotation
    """Whether a value that is known in part is unknown: the field may be, and names nothing."""
    return Unknown in typing.get_args(hint) and not _NAMES.search(description.path)


def _default(field: Any, hints: Mapping[str, Any], description: Description) -> Any:  # noqa: ANN401 - attrs' and the field's
    if description.omitted is not attrs.NOTHING:
        return description.omitted
    optional = types.NoneType in typing.get_args(hints[field.name])
    return None if field.default is attrs.NOTHING and optional else field.default


@cache
def _converter(  # noqa: PLR0911 - one line for each form of annotation
    hint: Any,  # noqa: ANN401 - any annotation
) -> _Convert:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        meant = [argument for argument in arguments if argument not in (Unknown, types.NoneType)]
        return _converter(single(meant, f"types of {hint}"))
    if hint == Tags:
        return lambda value, _name: tags_from(value)
    if origin is typing.Annotated:
        return partial(_checked, _converter(arguments[0]), arguments[1])
    if origin is tuple:
        return partial(_tuple, _converter(arguments[0]))
    if origin is typing.Literal:
        return partial(_literal, arguments)
    if attrs.has(hint):
        return partial(_structured, hint)
    return _PLAIN[hint]


def _tuple(convert: _Convert, value: Any, name: str) -> tuple[Any, ...]:  # noqa: ANN401 - any
    return tuple(convert(item, name) for item in _listed(value, name))


def _checked(convert: _Convert, check: Callable[[Any], Any], value: Any, name: str) -> Any:  # noqa: ANN401 - any
    try:
        return check(convert(value, name))
    except ValueError as error:
        raise error if isinstance(error, Misshapen) else Misshapen(f"{name}: {error}") from None


def _literal(values: tuple[Any, ...], value: T, _name: str) -> T:
    if value not in values:
        _require_known(value)
        raise Misshapen(f"not one of {values}: {value!r}")
    return cast("T", next(literal for literal in values if literal == value))


def _structured(kind: type, value: Any, name: str) -> Any:  # noqa: ANN401 - attrs has no type for its classes
    if not isinstance(value, Mapping):
        raise Misshapen(f"{name}: is not an object")
    return structured(kind, value)


def _string(value: object, name: str) -> str:
    if not isinstance(value, (str, DocumentInteger, DocumentFloat)):
        raise Misshapen(f"{name}: is not a string")
    return str(value)


def _require_known(value: object) -> None:
    if isinstance(value, DocumentText) and value.unknown is not None:
        raise Misshapen("a part of it is not known", value.unknown)
    if isinstance(value, list):
        for item in value:
            _require_known(item)


_NAMES = re.compile(r"(Id|Ids|Identifier|Arn|ARN|Arns|Name|Names|Bucket|Url|Origin)(\[\])?$")
"""Members that name something: a part of them may be unknown, since equal texts name the same."""


_TRUTH: Mapping[str, bool] = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
}
"""Truth values as strings of a document: in YAML 1.1, ``yes`` is true."""


def _flag(value: object, name: str) -> bool:
    if isinstance(value, DocumentText):
        _require_known(value)
        value = _TRUTH.get(value.lower(), value)
    if not isinstance(value, bool):
        raise Misshapen(f"{name}: is not true or false")
    return value


def _number(value: object, name: str) -> int:
    if isinstance(value, DocumentText):
        _require_known(value)
        value = int(value) if value.lstrip("-").isdecimal() else value
    if not isinstance(value, int) or isinstance(value, bool):
        raise Misshapen(f"{name}: is not a whole number")
    return int(value)


_PLAIN: Mapping[Any, _Convert] = {
    str: _string,
    bool: _flag,
    int: _number,
    datetime: lambda value, _name: instant(value),
}
