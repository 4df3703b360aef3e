"""How much of the policies of templates and plans is evaluated in a run.

Each policy has limits of its own in the access engine, but a file of 10 MB can contain hundreds
that reach them. What is counted is what the engine has to tell apart, never the time: the same
files have the same findings, whatever controls are selected.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast

import attrs
from attrs import evolve

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.reading import is_field
from cloudpack_baseline.model.values import Unknown, Why

if TYPE_CHECKING:
    from cloudpack_baseline.model.record import Record
    from cloudpack_baseline.model.snapshot import Snapshot

__all__ = ["TOO_MANY", "WORK", "with_evaluated_policies", "work_of"]

WORK: Final = 40_000
"""Of all policies of a run: about 5 s at most. Those of a landing zone need some hundreds."""

TOO_MANY: Final = "more policies with conditions and patterns than a run evaluates"

_SMALL: Final = 40_000
"""Policies of so many characters in all are within `WORK`, whatever they say."""
_FREE: Final = 20
"""What a policy may tell apart at the cost of one without conditions."""
_PATTERN: Final = 10
"""A wildcard before the end of a text divides what other texts name."""


@frozen
class _Document:
    """A policy of a record.

    Attributes:
        kind: of the record.
        key: of the record.
        field: that contains the policy.
        texts: the policies in the field.
    """

    kind: str
    key: str
    field: str
    texts: tuple[str, ...]


def with_evaluated_policies(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the policies that a run evaluates; the others are unknown.

    The smallest ones go first.
    """
    documents = dict.fromkeys(
        document
        for scenario in (snapshot, *snapshot.alternatives)
        for record in scenario.records
        for document in _documents(record)
    )
    if sum(len(text) for document in documents for text in document.texts) <= _SMALL:
        return snapshot
    work = {document: sum(map(work_of, document.texts)) for document in documents}
    excess = frozenset(_beyond(work))
    if not excess:
        return snapshot
    first, *alternatives = (
        evolve(scenario, records=tuple(_without(excess, scenario.records)))
        for scenario in (snapshot, *snapshot.alternatives)
    )
    return evolve(first, alternatives=tuple(alternatives))


def _beyond(work: Mapping[_Document, int]) -> Iterator[_Document]:
    remaining = WORK
    smallest_first = sorted(
        work.items(), key=lambda item: (item[1], item[0].kind, item[0].key, item[0].field)
    )
    for document, cost in smallest_first:
        remaining -= cost
        if remaining < 0:
            yield document


def _documents(record: Record) -> Iterator[_Document]:
    for field in _fields(cast("Hashable", type(record))):
        value = getattr(record, field)
        # Most values are neither: what follows is for the others.
        if isinstance(value, str | tuple) and (texts := tuple(_policies_in(value))):
            yield _Document(type(record).__name__, record.key, field, texts)


@cache
def _fields(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - attrs has no type for its classes
    names = (attribute.name for attribute in attrs.fields(kind))
    return tuple(name for name in names if is_field(kind, name))


def _policies_in(value: str | tuple[object, ...]) -> Iterator[str]:
    """The policy that a value is, or the policies that its items contain."""
    if isinstance(value, str):
        if value.startswith("{") and '"Statement"' in value:
            yield value
        return
    for item in value:
        document = getattr(item, "document", None)
        if isinstance(document, str | tuple):
            yield from _policies_in(document)


def _without(excess: frozenset[_Document], records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        unread: dict[str, Any] = {
            document.field: _too_many(record, document.field)
            for document in _documents(record)
            if document in excess
        }
        yield evolve(record, **unread) if unread else record


def _too_many(record: Record, field: str) -> Unknown:
    origin = record.origin_of(field)
    return Unknown.because(
        Why.UNSUPPORTED, operation=origin.operation if origin else "", detail=TOO_MANY
    )


def work_of(document: str) -> int:
    """What the engine has to tell apart to evaluate the policy, beyond that of a small one."""
    try:
        policy = json.loads(document)
    except (ValueError, RecursionError):
        return 0  # it is no policy
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    texts = {
        text
        for statement in (statements if isinstance(statements, list) else [statements])
        if isinstance(statement, dict)
        for name, value in statement.items()
        if name not in ("Action", "NotAction", "Effect", "Sid")
        for text in _texts(value)
    }
    return max(0, sum(_PATTERN if _divides(text) else 1 for text in texts) - _FREE)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)


def _divides(text: str) -> bool:
    return any(wildcard in text[:-1] for wildcard in "*?$")
