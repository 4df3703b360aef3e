"""Which fields of the records that it reads a check uses, by the syntax of its modules.

A declaration (`checks.settings`) says so itself. Of a function, it is each field whose name stands
in its module, or in one of the checks and engines that this module imports: as an attribute, or
through a property of the record. That may be a field too many, and is never one too few.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from inspect import getsource
from types import ModuleType

import attrs

from cloudpack_baseline.checks import Check
from cloudpack_baseline.checks.settings import needs_call
from cloudpack_baseline.model.record import Record

__all__ = ["used_fields"]

_PACKAGE = "cloudpack_baseline"
_ROOMS = ("access", "checks", "naming", "reachability")
"""Where fields of records are used."""

_OWN = frozenset(attribute.name for attribute in attrs.fields(Record))


def used_fields(place: str, check: Check) -> dict[str, str]:
    """By kind: the fields that the check uses, beside those that only identify a record, as words.

    Args:
        place: the module of the check.
        check: that is meant.
    """
    names = _names_within(place)
    return {
        read.kind.__name__: " ".join(sorted(_fields(check, read.kind, read.fields, names)))
        for read in check.reads
    }


def _fields(
    check: Check, kind: type[Record], costly: frozenset[str], names: frozenset[str]
) -> Iterator[str]:
    declared = {name for declared_kind, name in check.settings if declared_kind is kind}
    used = _through_properties(kind, names)
    for attribute in attrs.fields(kind):
        name = attribute.name
        if not attribute.init or name in _OWN:
            continue
        if declared:
            if name in declared:
                yield name
        elif name in costly or (name in used and not _is_costly(kind, name)):
            yield name


def _is_costly(kind: type[Record], name: str) -> bool:
    try:
        return needs_call(kind, name)
    except KeyError:  # derived: no operation describes it
        return False


def _through_properties(kind: type[Record], names: frozenset[str]) -> frozenset[str]:
    """The names, with those that the methods of the record among them use."""
    methods = _methods(kind)
    known = set(names)
    while reachable := {used for name in known & methods.keys() for used in methods[name]} - known:
        known |= reachable
    return frozenset(known)


@cache
def _methods(kind: type[Record]) -> dict[str, frozenset[str]]:
    (tree,) = ast.parse(getsource(kind)).body
    return {
        node.name: _attributes(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    }


@cache
def _names_within(place: str) -> frozenset[str]:
    """The names of attributes in the module, and in those that it imports."""
    reached, frontier = {place}, [place]
    names: set[str] = set()
    while frontier:
        attributes, imports = _parsed(frontier.pop())
        names |= attributes
        frontier += imports - reached
        reached |= imports
    return frozenset(names)


@cache
def _parsed(place: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names of attributes in the module, and the modules that it imports."""
    tree = ast.parse(getsource(import_module(place)))
    return _attributes(tree), frozenset(_imports(tree))


def _attributes(tree: ast.AST) -> frozenset[str]:
    """Attributes, and words that ``getattr`` may be given."""
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return frozenset(attributes | words)


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{_PACKAGE}."):
            yield from _modules(node.module or "", (alias.name for alias in node.names))


def _modules(name: str, members: Iterable[str]) -> Iterator[str]:
    segments = name.split(".")
    if segments[1] not in (*_ROOMS, "model"):
        return
    module = import_module(name)
    if segments[1] != "model":
        yield name
    for member in members:
        value = getattr(module, member, None)
        if isinstance(value, ModuleType):
            yield value.__name__
        elif callable(value) and not isinstance(value, type):
            # A function of the model, or one that a package passes on.
            home = getattr(value, "__module__", "")
            if home.startswith(f"{_PACKAGE}."):
                yield home
