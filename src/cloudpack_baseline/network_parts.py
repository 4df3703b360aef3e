"""The parts of a network that nothing connects: each can be judged without the others.

A folder of templates describes many VPCs that have nothing to do with each other: a scenario of one
template, or a nested stack that nobody read, changes its own part only. Records are in one part if
one of them mentions the other, or if both mention the same resource elsewhere, such as a VPC that a
parameter names. What is in no VPC belongs to every part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs
from attrs import evolve

from cloudpack_baseline.checks.index import connected_kinds
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.snapshot import Snapshot
from cloudpack_baseline.model.unread import UnreadTemplate, written_place
from cloudpack_baseline.model.values import Unknown

__all__ = ["ChangedPart", "changed_parts", "part_around"]

_ELSEWHERE = "<"
"""What the ID of a resource that a template does not contain starts with."""

_RESOURCE_ID = re.compile(r"(eni|i|igw|nat|pcx|rtb|sg|subnet|tgw|vgw|vpc|vpce|vpn)-\w.*")
"""An ID that a template contains as it is: of a resource elsewhere that it names itself."""

_UNCONNECTED = frozenset(("account", "origin", "origins", "region", "tags"))
"""Fields that connect nothing."""


@frozen
class ChangedPart:
    """What differs between two scenarios.

    Attributes:
        snapshot: the second scenario, without the parts that are the same in both.
        unchanged: the keys of the records in those.
    """

    snapshot: Snapshot
    unchanged: frozenset[str]


def changed_parts(snapshot: Snapshot) -> tuple[ChangedPart | None, ...]:
    """What differs in each alternative; `None`: possibly everything."""
    return tuple(_changed_part(snapshot, alternative) for alternative in snapshot.alternatives)


def _changed_part(first: Snapshot, alternative: Snapshot) -> ChangedPart | None:
    if first.coverage != alternative.coverage:
        return None
    before, after = set(_connected(first)), set(_connected(alternative))
    part_of = _parts(before | after)
    may_change = _differences(first.unread, alternative.unread)
    changed = {part_of.get(record.key) for record in before ^ after}
    changed |= {part_of.get(record.key) for record in before & after if may_change(record)}
    unchanged = frozenset(key for key, part_id in part_of.items() if part_id not in changed)
    if None in changed or not unchanged:
        return None
    return ChangedPart(_without(alternative, unchanged), unchanged)


def _differences(
    first: tuple[UnreadTemplate, ...], second: tuple[UnreadTemplate, ...]
) -> Callable[[Record], bool]:
    """Whether templates that nobody read may change a record in one scenario only."""
    if [template.name for template in first] != [template.name for template in second]:
        return lambda _: True
    places = {
        place
        for before, after in zip(first, second, strict=True)
        for place in {*before.passed} ^ {*after.passed} | {*before.unaffected} ^ {*after.unaffected}
    }
    return lambda record: record.origin is None or written_place(record.origin) in places


def part_around(snapshot: Snapshot, keys: Collection[str]) -> Snapshot:
    """The snapshot without the parts that contain no record with one of the keys."""
    part_of = snapshot.derived(_parts_of)
    part_ids = frozenset(part_of.get(key) for key in keys)
    if None in part_ids:
        return snapshot
    known = snapshot.derived(_known_parts)
    if part_ids not in known:
        left_out = frozenset(key for key, part_id in part_of.items() if part_id not in part_ids)
        known[part_ids] = _without(snapshot, left_out) if left_out else snapshot
    return known[part_ids]


def _known_parts(_snapshot: Snapshot) -> dict[frozenset[str | None], Snapshot]:
    """The parts of a snapshot that were asked for so far."""
    return {}


def _parts_of(snapshot: Snapshot) -> Mapping[str, str]:
    return _parts(_connected(snapshot))


def _connected(snapshot: Snapshot) -> Iterator[Record]:
    """The records that the network may connect."""
    kinds = connected_kinds()
    return (record for record in snapshot.records if type(record).__name__ in kinds)


def _without(snapshot: Snapshot, keys: Collection[str]) -> Snapshot:
    kinds = connected_kinds()
    return evolve(
        snapshot,
        alternatives=(),
        records=tuple(
            record
            for record in snapshot.records
            if record.key not in keys or type(record).__name__ not in kinds
        ),
    )


def _parts(records: Iterable[Record]) -> Mapping[str, str]:
    """By the key of each record in a VPC: an ID that stands for its part."""
    records = tuple(records)
    ids = {id_ for record in records for id_ in _ids(record)}
    joined: dict[str, str] = {}
    vpcs: set[str] = set()
    for record in records:
        for id_ in (*_ids(record), *_mentioned(record, ids)):
            joined[_root(joined, id_)] = _root(joined, record.key)
        vpc = getattr(record, "vpc_id", None)
        if isinstance(vpc, str) and vpc:
            vpcs.add(vpc)
            joined[_root(joined, vpc)] = _root(joined, record.key)
    in_vpc = {_root(joined, vpc) for vpc in vpcs}
    part_of = {record.key: _root(joined, record.key) for record in records}
    return {key: part_id for key, part_id in part_of.items() if part_id in in_vpc}


def _root(joined: dict[str, str], id_: str) -> str:
    while (above := joined.get(id_, id_)) != id_:
        joined[id_] = joined.get(above, above)
        id_ = above
    return id_


def _ids(record: Record) -> tuple[str, ...]:
    """What other records may call it."""
    id_ = record.key.rpartition("/")[2]
    return (record.key, id_) if id_ else (record.key,)


def _mentioned(record: Record, ids: Collection[str]) -> Iterator[str]:
    """The IDs that the record contains, and those of resources elsewhere."""
    pending: list[object] = [record]
    while pending:
        value = pending.pop()
        if not isinstance(value, str):
            pending += _items(value)
        elif value in ids or value.startswith(_ELSEWHERE) or _RESOURCE_ID.fullmatch(value):
            yield value


def _items(value: object) -> Iterable[object]:
    if isinstance(value, Unknown):
        return ()
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, (tuple, frozenset)):
        return value
    kind: type[Any] = type(value)
    if not attrs.has(kind):
        return ()
    names = (attribute.name for attribute in attrs.fields(kind))
    return [getattr(value, name) for name in names if name not in _UNCONNECTED]
