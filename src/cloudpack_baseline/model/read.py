"""What a check reads: kinds of records, and those of their fields that need separate calls.

From this follow what is gathered, the least-privilege policy for a selection, and what a source
cannot provide.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.catalogue import record_class
from cloudpack_baseline.model.record import Record

__all__ = ["Read", "merged", "reads"]


@frozen(init=False)
class Read:
    """A kind of record, and the fields that are needed in addition to its listing.

    Attributes:
        name: of the kind, which is loaded once it is needed.
        fields: the fields.
    """

    name: str
    fields: frozenset[str]
    _kind: type[Record] | None = attrs.field(eq=False, repr=False)

    def __init__(self, kind: type[Record] | str, fields: frozenset[str] = frozenset()) -> None:
        """Of a record class, or of its name."""
        if isinstance(kind, str):
            self.__attrs_init__(kind, fields, None)
        else:
            self.__attrs_init__(kind.__name__, fields, kind)

    def with_fields(self, fields: frozenset[str]) -> Read:
        """The kind with other fields."""
        return Read(self.name if self._kind is None else self._kind, fields)

    @property
    def kind(self) -> type[Record]:
        """The record class."""
        return record_class(self.name) if self._kind is None else self._kind


def reads(kind: type[Record] | str, *fields: str) -> Read:
    """The kind with the fields.

    Args:
        kind: the record class, or its name, so that the class is not loaded.
        fields: that need separate calls.

    Raises:
        AttributeError: the class has no such field; that of a name is not looked up.
    """
    if isinstance(kind, str):
        return Read(kind, frozenset(fields))
    known = attrs.fields_dict(kind)
    for name in fields:
        if name not in known:
            raise AttributeError(f"{kind.__name__} has no field {name!r}")
    return Read(kind, frozenset(fields))


def merged(declared: Iterable[Read]) -> tuple[Read, ...]:
    """One `Read` for each kind, with the fields of all, sorted by name."""
    by_name: dict[str, Read] = {}
    for read in declared:
        known = by_name.get(read.name)
        fields = read.fields if known is None else known.fields | read.fields
        by_name[read.name] = read.with_fields(fields)
    return tuple(by_name[name] for name in sorted(by_name))
