"""What is wrong with the rows of a catalogue's files: each by its key, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from cloudpack_baseline.errors import Problem
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.whitepaper.catalogue import no_such
from cloudpack_baseline.whitepaper.records import Relation

__all__ = ["row_problems"]

_LANGUAGES = frozenset(("ja", "en"))
_PARTIES = ("aws", "cloudpack", "customer")
_KINDS = ("judged", "attested", "informative")


@frozen
class _Key:
    """A key of a row.

    Attributes:
        expected: what its value has to be.
        accepts: whether a value is that.
        required: whether each row has it.
    """

    expected: str
    accepts: Callable[[Any], bool]
    required: bool = False


def _one_of(*words: str) -> _Key:
    return _Key(f"one of {', '.join(words)}", lambda value: value in words)


def _list_of(expected: str, accepts: Callable[[Any], bool]) -> _Key:
    return _Key(
        f"a list of {expected}",
        lambda value: isinstance(value, list) and all(map(accepts, value)),
    )


def _is_words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_in_both_languages(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == _LANGUAGES
        and all(map(_is_words, value.values()))
    )


def _is_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _are_relations(value: object) -> bool:
    relations = [relation.value for relation in Relation]
    return (
        isinstance(value, dict)
        and bool(value)
        and all(relation in relations for relation in value.values())
    )


_WORDS = _Key("a string", _is_words)
_TRANSLATED = _Key("a table with ja and en", _is_in_both_languages)
_PARTY_LIST = _list_of(", ".join(_PARTIES), _PARTIES.__contains__)
_NUMBERS = _list_of("strings", _is_words)
_RELATIONS = ", ".join(relation.value for relation in Relation)


def _required(key: _Key) -> _Key:
    return _Key(key.expected, key.accepts, required=True)


_HEADING = {"ja": _required(_WORDS), "en": _required(_WORDS)}
_CLAUSE = {
    **_HEADING,
    "kind": _required(_one_of("judged", "attested", "mixed", "informative")),
    "reason": _TRANSLATED,
    "table_ja": _WORDS,
}
_PROMISE = {
    **_HEADING,
    "kind": _required(_one_of(*_KINDS)),
    "party": _one_of(*_PARTIES),
    "parties": _PARTY_LIST,
    "valid_days": _Key("a number of days", _is_days),
    "best_practice": _Key("true or false", lambda value: isinstance(value, bool)),
}
_CONTROL = {
    "clauses": _Key(
        f"a table of clauses or promises, each with one of {_RELATIONS}",
        _are_relations,
        required=True,
    ),
    "theme": _WORDS,
    "title": _TRANSLATED,
    "remedy": _TRANSLATED,
    "parties": _PARTY_LIST,
    "since": _WORDS,
}
_REFERENCES = {"pci_dss": _NUMBERS, "iso_27001": _NUMBERS, "note": _TRANSLATED}


def row_problems(name: str, rows: Mapping[str, Any], file: str = "") -> Iterator[Problem]:
    """What is wrong with a file of a catalogue.

    Args:
        name: ``clauses``, ``promises``, ``controls`` or ``cross_references``.
        rows: what the file contains.
        file: how it is called in the problems.
    """
    for path, message in _FILES[name](rows):
        yield Problem(message, path=path, file=file)


def _clauses(rows: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for number, row in rows.items():
        yield from _row(_quoted(number), row, _CLAUSE)


def _promises(rows: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for number, promises in rows.items():
        if not isinstance(promises, dict) or not all(map(_is_table, promises.values())):
            yield _quoted(number), 'expected a table for each promise, such as ["4.1.4".education]'
            continue
        for name, row in promises.items():
            path = f"{_quoted(number)}.{name}"
            yield from _row(path, row, _PROMISE)
            yield from _promise(path, row)


def _promise(path: str, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if ("party" in row) is ("parties" in row):
        yield path, "expected either party or parties"
    if (row.get("kind") == "attested") is not ("valid_days" in row):
        yield path, "expected valid_days if kind is attested, and only then"


def _controls(rows: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for id_, row in rows.items():
        yield from _row(id_, row, _CONTROL)
        if isinstance(row, dict) and "title" in row:
            yield from ((id_, f"{key} is missing") for key in ("theme", "remedy") if key not in row)


def _cross_references(rows: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tables = {"caution": _TRANSLATED, "clauses": _TABLE, "controls": _TABLE}
    yield from _row("", rows, tables)
    for table in ("clauses", "controls"):
        entries = rows.get(table)
        for id_, row in entries.items() if isinstance(entries, dict) else ():
            yield from _row(f"{table}.{_quoted(id_)}", row, _REFERENCES)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


_TABLE = _Key("a table", _is_table)

_FILES: Mapping[str, Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]] = MappingProxyType(
    {
        "clauses": _clauses,
        "promises": _promises,
        "controls": _controls,
        "cross_references": _cross_references,
    }
)


def _row(path: str, row: object, keys: Mapping[str, _Key]) -> Iterator[tuple[str, str]]:
    """Keys that are missing, that do not exist, and values that are not as expected."""
    if not isinstance(row, dict):
        yield path, "expected a table"
        return
    for name, key in keys.items():
        if key.required and name not in row:
            yield path, f"{name} is missing"
    for name, value in row.items():
        place = f"{path}.{name}" if path else name
        if name not in keys:
            yield place, no_such("key", name, keys)
        elif not keys[name].accepts(value):
            yield place, f"expected {keys[name].expected}"


def _quoted(number: str) -> str:
    """A key as TOML writes it."""
    return f'"{number}"' if "." in number else number
