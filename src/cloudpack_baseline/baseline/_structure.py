"""From the plain values of a TOML file to records, by the annotations of their fields."""

from __future__ import annotations

import types
from collections import ChainMap
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import attrs

from cloudpack_baseline.baseline.formats import Catalogued, Reference, ValueRule
from cloudpack_baseline.whitepaper import Catalogue, no_such

KeyPath: TypeAlias = tuple[str | int, ...]
"""The steps to a value: keys of tables and indexes of lists."""

Mistake: TypeAlias = tuple[KeyPath, str]
"""Where, and what is wrong and what is allowed."""

INVALID: Any = object()
"""Stands for a value whose mistakes have been noted."""

_LONGEST = 80
"""Characters of a value that a message repeats."""

_PLAIN: Mapping[type, str] = {
    str: "a string",
    int: "a whole number",
    bool: "true or false",
    date: "a date such as 2027-03-31",
}


@cache
def fields_in_file(kind: type) -> Mapping[str, tuple[Any, Any]]:
    """The fields that the file may set: by their names there, attribute and annotation."""
    annotations = get_type_hints(kind, include_extras=True)
    return {
        file_key(attribute.name): (attribute, annotations[attribute.name])
        for attribute in attrs.fields(kind)
        if attribute.metadata.get("in_file", True)
    }


def file_key(attribute: str) -> str:
    """The key of an attribute: ``from_`` is ``from``, which Python reserves."""
    return attribute.rstrip("_")


def key_path(steps: KeyPath) -> str:
    """The steps as ``waivers[2].expires``; keys that TOML must quote are quoted."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            bare = step.replace("-", "").replace("_", "").isalnum()
            text += ("." if text else "") + (step if bare else repr(step))
    return text


class Structurer:
    """Makes records of values, and notes every mistake with its path.

    Args:
        catalogue: the controls and clauses that the values may name.

    Attributes:
        mistakes: in the order in which they were met.
        references: names that other tables have to declare: (path, rule, name).
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.mistakes: list[Mistake] = []
        self.references: list[tuple[KeyPath, Reference, str]] = []

    def structure(  # noqa: PLR0911 - one line for each form of annotation
        self,
        annotation: Any,  # noqa: ANN401 - any annotation
        value: object,
        path: KeyPath = (),
    ) -> Any:  # noqa: ANN401 - as the annotation says
        """The value as the annotation says; `INVALID` where it does not fit."""
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin in (Union, types.UnionType):
            # TOML has no null, so what may be None is simply absent.
            return self.structure(arguments[0], value, path)
        if origin is Annotated:
            return self._ruled(arguments[0], arguments[1:], value, path)
        if origin is Literal:
            return self._literal(arguments, value, path)
        if origin is tuple:
            return self._list(arguments[0], value, path)
        if origin is Mapping:
            return self._table(arguments, value, path)
        if attrs.has(annotation):
            return self._record(annotation, value, path)
        # Exactly: a bool is an int and a datetime a date to Python, but not to a reader.
        return self._typed(annotation, value, path, _PLAIN[annotation])

    def tables(self, kinds: Mapping[str, type], value: object, path: KeyPath) -> Any:  # noqa: ANN401 - records of several kinds
        """A table of tables, each of the kind that its key names."""
        records = {}
        for name, table in self._items(value, path):
            if name in kinds:
                records[name] = self.structure(kinds[name], table, (*path, name))
            elif name in self._catalogue.controls:
                self._note((*path, name), "the control has no options")
            else:
                self._note((*path, name), no_such("control with options", name, kinds))
        return records if _is_whole(records) else INVALID

    def _note(self, path: KeyPath, message: str) -> Any:  # noqa: ANN401 - INVALID
        self.mistakes.append((path, message))
        return INVALID

    def _typed(self, kind: type, value: object, path: KeyPath, description: str) -> Any:  # noqa: ANN401 - of the kind
        if type(value) is kind:
            return value
        return self._note(path, f"expected {description}, got {_shown(value)}")

    def _items(self, value: object, path: KeyPath) -> list[tuple[Any, object]]:
        table = self._typed(dict, value, path, "a table")
        return [] if table is INVALID else list(table.items())

    def _literal(self, allowed: tuple[Any, ...], value: object, path: KeyPath) -> Any:  # noqa: ANN401 - one of them
        if any(type(value) is type(literal) and value == literal for literal in allowed):
            return value
        words = " or ".join(map(repr, allowed))
        return self._note(path, f"expected {words}, got {_shown(value)}")

    def _list(self, annotation: Any, value: object, path: KeyPath) -> Any:  # noqa: ANN401 - any annotation
        entries = self._typed(list, value, path, "a list")
        if entries is INVALID:
            return INVALID
        records = {
            index: self.structure(annotation, entry, (*path, index))
            for index, entry in enumerate(entries)
        }
        return tuple(records.values()) if _is_whole(records) else INVALID

    def _table(self, annotations: tuple[Any, ...], value: object, path: KeyPath) -> Any:  # noqa: ANN401 - any annotation
        """Keys and entries, each as its annotation says."""
        entries = {
            self.structure(annotations[0], key, (*path, key)): self.structure(
                annotations[1], entry, (*path, key)
            )
            for key, entry in self._items(value, path)
        }
        is_valid = INVALID not in entries and _is_whole(entries)
        return entries if isinstance(value, dict) and is_valid else INVALID

    def _ruled(
        self,
        annotation: Any,  # noqa: ANN401 - any annotation
        rules: tuple[ValueRule | Reference | Catalogued, ...],
        value: object,
        path: KeyPath,
    ) -> Any:  # noqa: ANN401 - as the annotation says
        record = self.structure(annotation, value, path)
        for rule in rules if record is not INVALID else ():
            if isinstance(rule, Reference):
                self.references.append((path, rule, record))
            elif error := self._error(rule, record):
                return self._note(path, error)
        return record

    def _error(self, rule: ValueRule | Catalogued, value: Any) -> str:  # noqa: ANN401 - of the rule's type
        if isinstance(rule, Catalogued):
            return rule.error(value, self._catalogue)
        return rule.error(value)

    def _record(self, kind: type, value: object, path: KeyPath) -> Any:  # noqa: ANN401 - of the kind
        if self._typed(dict, value, path, "a table") is INVALID:
            return INVALID
        table: dict[str, object] = value  # type: ignore[assignment]  # TOML's keys are strings
        arguments = {}
        for name, (attribute, annotation) in fields_in_file(kind).items():
            place = (*path, name)
            if name not in table:
                if attribute.default is attrs.NOTHING:
                    arguments[attribute.name] = self._note(place, "the key is missing")
            elif kinds := attribute.metadata.get("tables"):
                kinds = ChainMap(dict(self._catalogue.options), kinds)  # loads no class
                arguments[attribute.name] = self.tables(kinds, table[name], place)
            else:
                arguments[attribute.name] = self.structure(annotation, table[name], place)
        unknown = [name for name in table if name not in fields_in_file(kind)]
        for name in sorted(unknown):
            self._note((*path, name), no_such("key", name, fields_in_file(kind)))
        return kind(**arguments) if not unknown and _is_whole(arguments) else INVALID


def _is_whole(records: Mapping[Any, Any]) -> bool:
    """Whether no mistake was noted in any of the records."""
    return all(record is not INVALID for record in records.values())


def _shown(value: object) -> str:
    """A value in a message: lists and tables by what they are, long texts cut."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a table"
    try:
        text = repr(value) if not isinstance(value, date | datetime) else value.isoformat()
    except ValueError:
        # Python writes no number of more than 4,300 digits, which hexadecimal TOML may hold.
        return "a number that is too long"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
