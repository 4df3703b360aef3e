"""What a gatherer is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from attrs import field, frozen

from cloudpack_baseline.model.record import Record
from cloudpack_baseline.sources.calls import Calls, Gathered

__all__ = ["Gatherer"]


def _read_only(held: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(dict(held))


@frozen(kw_only=True)
class Gatherer:
    """How the records of one kind are read.

    Attributes:
        kind: the record class.
        run: reads the records; its second argument names the fields that are wanted
            of those in `fields`. A field that is not wanted is left
            ``Unknown(Why.NOT_GATHERED)``.
        operations: what is always called.
        fields: what each further field costs.
        regional: whether it is run in every region, or once an account.
        among: by further operation, what it is asked about: the listing, the path to the
            items in its answer where it is not the listing's own, and the member that names
            one.
    """

    kind: type[Record]
    run: Callable[[Calls, frozenset[str]], Gathered]
    operations: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]] = field(factory=dict, converter=_read_only)
    regional: bool = True
    among: Mapping[str, tuple[str, str, str]] = field(factory=dict)

    def needs(self, wanted: Iterable[str]) -> frozenset[str]:
        """Every operation that is called for the wanted fields."""
        return frozenset(self.operations).union(
            *(self.fields[name] for name in wanted if name in self.fields)
        )
