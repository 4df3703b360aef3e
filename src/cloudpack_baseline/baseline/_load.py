"""From TOML to a `Baseline`, gathering every mistake."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import attrs
from cattrs import Converter, transform_error
from cattrs.errors import (
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from cloudpack_baseline.baseline._declared import Baseline, Flow
from cloudpack_baseline.baseline._find import PYPROJECT, TOOL_TABLE
from cloudpack_baseline.baseline._lines import line_of
from cloudpack_baseline.baseline._options import OPTIONS
from cloudpack_baseline.baseline._sense import problems_of
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.whitepaper import no_such

__all__ = ["load", "structure"]

_FAULTS = (ValueError, TypeError, KeyError, BaseValidationError)


def load(path: Path) -> Baseline:
    """The baseline of the file; see `Baseline.load`."""
    held: Mapping[str, Any]
    try:
        source = path.read_text(encoding="utf-8")
        held = tomllib.loads(source)
    except OSError as error:
        raise InputError(Problem(f"cannot be read: {error.strerror}", file=str(path))) from None
    except RecursionError:
        raise InputError(Problem("is nested too deeply", file=str(path))) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(Problem(f"is not TOML: {error}", file=str(path))) from None
    except ValueError:
        raise InputError(Problem("holds a number that is too long", file=str(path))) from None
    prefix = ""
    if path.name == PYPROJECT:
        prefix = f"tool.{TOOL_TABLE}"
        held = _tool_table(held, path)
    try:
        return attrs.evolve(structure(held), path=path)
    except InputError as error:
        raise InputError(_placed(error.problems, path, source, prefix)) from None


def _tool_table(held: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    tools = held.get("tool")
    table = tools.get(TOOL_TABLE) if isinstance(tools, dict) else None
    if not isinstance(table, dict):
        raise InputError(Problem(f"has no table [tool.{TOOL_TABLE}]", file=str(path)))
    return table


def _placed(problems: tuple[Problem, ...], path: Path, source: str, prefix: str) -> list[Problem]:
    placed = []
    for problem in problems:
        key = ".".join(part for part in (prefix, problem.path) if part)
        placed.append(attrs.evolve(problem, path=key, file=str(path), line=line_of(source, key)))
    return sorted(placed, key=lambda problem: problem.line)


def structure(held: Mapping[str, Any]) -> Baseline:
    """The baseline of the values; see `Baseline.from_mapping`."""
    tables = held.get("controls", {})
    problems, controls = _controls(tables) if isinstance(tables, dict) else ([], {})
    rest = {key: value for key, value in held.items() if key != "controls"}
    if not isinstance(tables, dict):
        problems = [Problem("expected a table", "controls")]
    try:
        baseline = _converter().structure(rest, Baseline)
    except BaseValidationError as error:
        problems += _told(error)
        raise InputError(problems + problems_of(held)) from None
    if problems := problems + problems_of(held):
        raise InputError(problems)
    return attrs.evolve(baseline, controls=controls)


def _controls(tables: Mapping[str, Any]) -> tuple[list[Problem], dict[str, Any]]:
    problems: list[Problem] = []
    controls: dict[str, Any] = {}
    for name, table in tables.items():
        if name not in OPTIONS:
            message = no_such("control with options", name, OPTIONS)
            problems.append(Problem(message, f"controls.{name}"))
            continue
        try:
            controls[name] = _converter().structure(table, OPTIONS[name])
        except _FAULTS as error:
            problems += _told(error, f"controls.{name}")
    return problems, controls


def _told(error: BaseException, base: str = "") -> list[Problem]:
    problems = []
    for line in transform_error(error, path="$", format_exception=_message):
        message, _, path = line.rpartition(" @ $")
        for part in message.split("\0"):
            key = (
                f"{base}{path}".lstrip(".")
                .replace("['", ".")
                .replace("']", "")
                .replace("from_", "from")
            )
            joined, _, extra = part.partition("\1")
            where = ".".join(one for one in (key.lstrip("."), extra) if one)
            problems.append(Problem(joined, where))
    return problems


def _message(error: BaseException, _kind: type | None) -> str:
    """The words for one error; several, parted by NUL, for several unknown keys."""
    if isinstance(error, ForbiddenExtraKeysError):
        known = [_toml_name(one.name) for one in attrs.fields(error.cl) if one.init]
        return "\0".join(
            f"{no_such('key', key, known)}\1{key}" for key in sorted(error.extra_fields)
        )
    if isinstance(error, KeyError):
        return "the key is missing"
    return str(error)


def _toml_name(attribute: str) -> str:
    return attribute.rstrip("_")


@cache
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, words in (
        (str, "a string"),
        (int, "a whole number"),
        (bool, "true or false"),
        (date, "a date such as 2027-03-31"),
    ):
        converter.register_structure_hook(kind, _exactly(kind, words))
    converter.register_structure_hook_factory(
        lambda kind: _origin(kind) is tuple, lambda kind: _list_of(converter, kind)
    )
    converter.register_structure_hook_factory(
        lambda kind: _origin(kind) in (Mapping, dict), lambda kind: _table_of(converter, kind)
    )
    converter.register_structure_hook_factory(
        lambda kind: _origin(kind) is Literal, lambda kind: _one_of(get_args(kind))
    )
    converter.register_structure_hook_factory(
        lambda kind: _origin(kind) is Annotated, lambda kind: _bounded(converter, kind)
    )
    converter.register_structure_hook_factory(attrs.has, lambda kind: _class_of(converter, kind))
    return converter


def _bounded(converter: Converter, kind: Any) -> Callable[[Any, Any], int]:  # noqa: ANN401 - any annotation
    inner, bounds = get_args(kind)

    def run(value: Any, _: Any) -> int:  # noqa: ANN401 - cattrs' signature
        number: int = converter.structure(value, inner)
        if not bounds.low <= number <= bounds.high:
            raise ValueError(f"expected {bounds.low} to {bounds.high}, got {number}")
        return number

    return run


def _one_of(allowed: tuple[Any, ...]) -> Callable[[Any, Any], Any]:
    def run(value: Any, _: Any) -> Any:  # noqa: ANN401 - cattrs' signature
        if value not in allowed:
            raise ValueError(f"expected {' or '.join(map(repr, allowed))}, got {value!r}")
        return value

    return run


def _origin(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    return get_origin(kind)


def _exactly(kind: type, words: str) -> Callable[[Any, Any], Any]:
    def run(value: Any, _: Any) -> Any:  # noqa: ANN401 - cattrs' signature
        # A datetime is a date and a bool an int to Python, but not to a reader.
        if type(value) is not kind or isinstance(value, datetime):
            raise ValueError(f"expected {words}, got {value!r}")
        return value

    return run


def _list_of(converter: Converter, kind: Any) -> Callable[[Any, Any], tuple[Any, ...]]:  # noqa: ANN401 - any annotation
    item_kind = get_args(kind)[0]

    def run(value: Any, _: Any) -> tuple[Any, ...]:  # noqa: ANN401 - cattrs' signature
        if not isinstance(value, list):
            raise ValueError(  # noqa: TRY004 - cattrs gathers it
                f"expected a list, got {value!r}"
            )
        return tuple(_each(converter, kind, [(i, one, item_kind) for i, one in enumerate(value)]))

    return run


def _table_of(
    converter: Converter,
    kind: Any,  # noqa: ANN401 - any annotation
) -> Callable[[Any, Any], dict[str, Any]]:
    item_kind = get_args(kind)[1]

    def run(value: Any, _: Any) -> dict[str, Any]:  # noqa: ANN401 - cattrs' signature
        if not isinstance(value, dict):
            raise ValueError(  # noqa: TRY004 - cattrs gathers it
                f"expected a table, got {value!r}"
            )
        items = [(key, one, item_kind) for key, one in value.items()]
        return dict(zip(value, _each(converter, kind, items), strict=True))

    return run


def _each(
    converter: Converter,
    kind: Any,  # noqa: ANN401 - any annotation
    items: list[tuple[int | str, Any, Any]],
) -> list[Any]:
    errors, made = [], []
    for place, value, item_kind in items:
        try:
            made.append(converter.structure(value, item_kind))
        except _FAULTS as error:
            error.add_note(IterableValidationNote("", place, item_kind))
            errors.append(error)
    if errors:
        raise IterableValidationError("", errors, kind)
    return made


def _class_of(converter: Converter, kind: Any) -> Callable[[Any, Any], Any]:  # noqa: ANN401 - any annotation
    renamed: dict[str, Any] = {}
    if kind is Flow:
        renamed["from_"] = override(rename="from")
    if kind is Baseline:
        renamed["path"] = override(omit=True)
    inner = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True, **renamed)

    def run(value: Any, wanted: Any) -> Any:  # noqa: ANN401 - cattrs' signature
        if not isinstance(value, dict):
            raise ValueError(  # noqa: TRY004 - cattrs gathers it
                f"expected a table, got {value!r}"
            )
        return inner(value, wanted)

    return run
