"""Records that an earlier scenario of the same templates made of the same answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import field

from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.model.record import Record
from cloudpack_baseline.model.values import Unknown
from cloudpack_baseline.sources.located import is_same

__all__ = ["KnownRecords"]

_Answers: TypeAlias = tuple[Mapping[str, Any], ...]
"""The answers that a record is made of."""


@frozen(eq=False)
class KnownRecords:
    """Records by kind, listing and ARN, with what they were made of.

    Most resources of a template do not depend on its conditions. To compare what they answer takes
    a fraction of the time of making their records, and checks compare shared records at no cost.
    """

    _known: dict[tuple[type[Record], str, str], tuple[_Answers, Record | Unknown]] = field(
        factory=dict, init=False, repr=False
    )

    def record(
        self,
        key: tuple[type[Record], str, str],
        answers: _Answers,
        make: Callable[[], Record | Unknown],
    ) -> Record | Unknown:
        """The record that the same answers made, or else a new one.

        Args:
            key: the kind of the record, the operation that listed it and its ARN.
            answers: all that the record is made of.
            make: makes it of the answers, and of nothing else.
        """
        known = self._known.get(key)
        if known is not None and is_same(known[0], answers):
            return known[1]
        record = make()
        self._known[key] = answers, record
        return record
