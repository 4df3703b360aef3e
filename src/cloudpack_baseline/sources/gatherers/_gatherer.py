"""What a gatherer is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.sources.calls import Calls, Gathered

__all__ = ["Gatherer"]


def _read_only(operations: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(dict(operations))


@frozen(kw_only=True)
class Gatherer:
    """How the records of one kind are read.

    Attributes:
        kind: the record class.
        run: reads the records; its second argument names the selected fields among those in
            `fields`. A field that is not selected stays ``Unknown(Why.NOT_GATHERED)``.
        operations: the operations that are always called.
        fields: the operations that each further field needs.
        regional: whether it runs in every Region, or once for each account.
        among: for further operations, their subjects: the listing, the path to the items in
            its answer if it is not that of the listing, and the member that names an item.
    """

    kind: type[Record]
    run: Callable[[Calls, frozenset[str]], Gathered]
    operations: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]] = field(factory=dict, converter=_read_only)
    regional: bool = True
    among: Mapping[str, tuple[str, str, str]] = field(factory=dict)

    def needs(self, selection: Iterable[str]) -> frozenset[str]:
        """Every operation that is called for the selected fields."""
        return frozenset(self.operations).union(
            *(self.fields[name] for name in selection if name in self.fields)
        )
