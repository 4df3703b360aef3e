"""What a check reads: kinds of records, and those of their fields that need separate calls.

From this follow what is gathered, the least-privilege policy for a selection, and what a source
cannot provide.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from cloudpack_baseline.model.record import Record

__all__ = ["Read", "merged", "reads"]


@attrs.frozen
class Read:
    """A kind of record, and the fields that are needed in addition to its listing."""

    kind: type[Record]
    fields: frozenset[str] = frozenset()


def reads(kind: type[Record], *fields: str) -> Read:
    """The kind with the fields.

    Raises:
        AttributeError: the kind has no such field.
    """
    known = attrs.fields_dict(kind)
    for name in fields:
        if name not in known:
            raise AttributeError(f"{kind.__name__} has no field {name!r}")
    return Read(kind, frozenset(fields))


def merged(reads_: Iterable[Read]) -> tuple[Read, ...]:
    """One `Read` for each kind, with the fields of all, sorted by name."""
    fields: dict[type[Record], frozenset[str]] = {}
    for read in reads_:
        fields[read.kind] = fields.get(read.kind, frozenset()) | read.fields
    return tuple(Read(kind, fields[kind]) for kind in sorted(fields, key=lambda k: k.__name__))
