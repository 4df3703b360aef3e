"""Records to canonical JSON and back.

The form: objects with sorted keys, no spaces, UTF-8; fields that equal their default are omitted;
times are UTC in ISO 8601 with ``Z``; an unknown is ``{"$unknown": [cause, ...]}``. Types are read
from the annotations of the classes, so a record module needs no hooks.
"""

from __future__ import annotations

import functools
import json
import types
import typing
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum

import attrs

from cloudpack_baseline.model.values import Cause, Unknown

__all__ = ["DecodeError", "Json", "as_bytes", "decode", "encode", "to_bytes", "to_text"]

Json: typing.TypeAlias = typing.Any
"""What `json.loads` gives."""

_UNKNOWN = "$unknown"


class DecodeError(ValueError):
    """The JSON does not have the shape of the class; `path` leads to the place."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(f"{message} (at {path})" if path else message)
        self.message = message
        self.path = path

    def under(self, step: str) -> DecodeError:
        """The same error, seen from one level further out."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return DecodeError(self.message, f"{step}{joint}{self.path}")


def to_bytes(value: Json) -> bytes:
    """Canonical JSON: the same value gives the same bytes."""
    return as_bytes(to_text(value))


to_text: Callable[[Json], str] = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":")
).encode
"""The text of canonical JSON, from which that of a whole is joined."""


def as_bytes(text: str) -> bytes:
    """The bytes of such a text."""
    # Half a surrogate pair, which UTF-8 cannot hold, becomes the escape that JSON has for it.
    return text.encode("utf-8", "backslashreplace")


def encode(value: typing.Any) -> Json:  # noqa: ANN401 - whatever records may hold
    """A record, or any part of one, as JSON values.

    Raises:
        TypeError: a type that records must not contain.
    """
    kind: type = type(value)
    if kind in _PLAIN:  # first, because most are
        return value
    return _encoder(kind)(value)


_PLAIN = frozenset((str, bool, int, float, types.NoneType))


@functools.cache
def _encoder(kind: type) -> Callable[[typing.Any], Json]:
    """What encodes the values of a type.

    Raises:
        TypeError: records must not contain it.
    """
    if issubclass(kind, Unknown):
        return lambda unknown: {_UNKNOWN: [encode(cause) for cause in unknown.causes]}
    if issubclass(kind, Enum):
        return lambda member: encode(member.value)
    if issubclass(kind, str | int | float):
        return lambda value: value
    if issubclass(kind, datetime):
        return lambda moment: moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if issubclass(kind, tuple):
        return lambda items: [encode(item) for item in items]
    if attrs.has(kind):
        stored = _stored(kind)
        return lambda record: {
            name: field_value if type(field_value) in _PLAIN else encode(field_value)
            for name, default in stored
            if (field_value := getattr(record, name)) != default
        }
    raise TypeError(f"records hold no {kind.__name__}")


@functools.cache
def _stored(kind: type) -> tuple[tuple[str, object], ...]:
    """The attributes that a class is made of, each with its default."""
    return tuple(
        (attribute.name, attribute.default) for attribute in attrs.fields(kind) if attribute.init
    )


def decode(kind: typing.Any, value: Json) -> typing.Any:  # noqa: ANN401 - any annotation
    """The JSON value as `kind`, an annotation of a record.

    Raises:
        DecodeError: wrong shape, with the path to it.
    """
    return _decoder(kind)(value)


@functools.cache
def _decoder(  # noqa: PLR0911 - one line for each form of annotation
    kind: typing.Any,  # noqa: ANN401 - any annotation
) -> Callable[[Json], typing.Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(arguments)
    if origin is typing.Annotated:
        return _checked(_decoder(arguments[0]), arguments[1])
    if origin is tuple:
        return _tuple(arguments)
    if origin is typing.Literal:
        return _plain(lambda value: value in arguments, f"one of {arguments}")
    if kind is Unknown:
        return _unknown
    if kind is datetime:
        return _time
    if kind in (str, int, float, bool, types.NoneType):
        return _plain(lambda value: type(value) is kind, kind.__name__)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    if attrs.has(kind):
        return _class(kind)
    raise TypeError(f"no decoder for {kind!r}")


def _plain(fits: Callable[[Json], bool], name: str) -> Callable[[Json], Json]:
    def run(value: Json) -> Json:
        if not fits(value):
            raise DecodeError(f"expected {name}, got {type(value).__name__}")
        return value

    return run


def _checked(
    decoder: Callable[[Json], Json], check: Callable[[Json], Json]
) -> Callable[[Json], Json]:
    def run(value: Json) -> Json:
        try:
            return check(decoder(value))
        except DecodeError:
            raise
        except ValueError as error:
            raise DecodeError(str(error)) from None

    return run


def _enum(kind: type[Enum]) -> Callable[[Json], Enum]:
    def run(value: Json) -> Enum:
        try:
            return kind(value)
        except ValueError as error:
            raise DecodeError(str(error)) from None

    return run


def _time(value: Json) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise DecodeError(f"expected a time in ISO 8601, got {value!r}") from None
    if moment.tzinfo is None:
        raise DecodeError(f"a time without zone: {value!r}")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        # The first and the last hours of the calendar, in a zone that leads out of it.
        raise DecodeError(f"a time out of range: {value!r}") from None


def _unknown(value: Json) -> Unknown:
    if not (isinstance(value, dict) and set(value) == {_UNKNOWN}):
        raise DecodeError("expected an unknown")
    return Unknown(decode(tuple[Cause, ...], value[_UNKNOWN]))


def _union(members: tuple[typing.Any, ...]) -> Callable[[Json], typing.Any]:
    decoders = [_decoder(member) for member in members]

    def run(value: Json) -> typing.Any:  # noqa: ANN401 - any member
        if isinstance(value, dict) and _UNKNOWN in value and Unknown in members:
            return _unknown(value)
        if value is None and types.NoneType in members:
            return None
        failures = []
        for member, decoder in zip(members, decoders, strict=True):
            if member in (Unknown, types.NoneType):
                continue
            try:
                return decoder(value)
            except DecodeError as error:
                failures.append(error)
        if not failures:
            raise DecodeError(f"expected nothing or an unknown, got {type(value).__name__}")
        # The deepest failure is the member that was meant.
        raise max(failures, key=lambda error: len(error.path))

    return run


def _tuple(arguments: tuple[typing.Any, ...]) -> Callable[[Json], tuple[typing.Any, ...]]:
    endless = len(arguments) == 2 and arguments[1] is ...  # noqa: PLR2004 - tuple[X, ...]

    def run(value: Json) -> tuple[typing.Any, ...]:
        if not isinstance(value, list):
            raise DecodeError(f"expected a list, got {type(value).__name__}")
        kinds = (arguments[0],) * len(value) if endless else arguments
        if len(kinds) != len(value):
            raise DecodeError(f"expected {len(kinds)} items, got {len(value)}")
        items = []
        for index, (kind, item) in enumerate(zip(kinds, value, strict=True)):
            try:
                items.append(_decoder(kind)(item))
            except DecodeError as error:
                raise error.under(f"[{index}]") from None
        return tuple(items)

    return run


def _class(kind: type) -> Callable[[Json], object]:
    hints = typing.get_type_hints(kind, include_extras=True)
    fields = {field.name: hints[field.name] for field in attrs.fields(kind) if field.init}

    def run(value: Json) -> object:
        if not isinstance(value, dict):
            raise DecodeError(f"expected an object, got {type(value).__name__}")
        if unknown := sorted(set(value) - set(fields)):
            raise DecodeError(f"{kind.__name__} has no field {unknown[0]!r}")
        values = {}
        for name, item in value.items():
            try:
                values[name] = _decoder(fields[name])(item)
            except DecodeError as error:
                raise error.under(name) from None
        try:
            return kind(**values)
        except TypeError as error:
            raise DecodeError(f"{kind.__name__}: {error}") from None

    return run
