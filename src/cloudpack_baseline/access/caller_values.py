"""The values that callers have for the keys of their identity, with who has each.

A policy may name hundreds of accounts, each with several classes of callers, and test their ARNs in
each of its statements. Most tests are about one account: they look only at its callers.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, TypeAlias

from attrs import field

from cloudpack_baseline.access.patterns import beginning
from cloudpack_baseline.access.predicates import StringPredicate
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cloudpack_baseline.access.callers import Caller, UndecidedValue
    from cloudpack_baseline.access.predicates import Predicate

__all__ = ["CallerValues"]

_Value: TypeAlias = "str | tuple[str, ...] | UndecidedValue | None"


@frozen
class _ValuesOfKey:
    """The values of one key.

    Attributes:
        texts: in ascending order.
        bearers: by text, the callers that have it, as a mask.
        every_bearer: those that have any of them.
        beyond_texts: values that are no text, with the callers that have them.
    """

    texts: list[str]
    bearers: dict[str, int]
    every_bearer: int
    beyond_texts: list[tuple[_Value, int]]

    def beginning_with(self, start: str) -> Iterator[str]:
        """The texts that begin with the start."""
        place = bisect_left(self.texts, start)
        while place < len(self.texts) and self.texts[place].startswith(start):
            yield self.texts[place]
            place += 1


@frozen(eq=False)
class CallerValues:
    """The values that the callers of an analysis have."""

    callers: Sequence[Caller]
    _by_key: dict[str, _ValuesOfKey] = field(factory=dict, init=False, repr=False)

    def groups(self, key: str, predicate: Predicate | None) -> Iterator[tuple[_Value, int]]:
        """The values that the predicate may distinguish, with the callers that have them.

        Of texts that it certainly does not match there is one, which stands for all of them.
        """
        values = self._values(key)
        yield from values.beyond_texts
        near = {text for start in _starts(predicate) for text in values.beginning_with(start)}
        for text in near:
            yield text, values.bearers[text]
        if len(near) < len(values.texts):
            example = next(text for text in values.texts if text not in near)
            yield example, values.every_bearer & ~sum(values.bearers[text] for text in near)

    def _values(self, key: str) -> _ValuesOfKey:
        if key not in self._by_key:
            bearers: dict[str, int] = {}
            beyond_texts: dict[object, tuple[_Value, int]] = {}
            for index, caller in enumerate(self.callers):
                value = caller.value(key)
                if isinstance(value, str):
                    bearers[value] = bearers.get(value, 0) | 1 << index
                else:
                    # Values that are not known may be equal and yet mean something else.
                    likeness = value if isinstance(value, tuple) else id(value)
                    beyond_texts[likeness] = (
                        value,
                        beyond_texts.get(likeness, (value, 0))[1] | 1 << index,
                    )
            self._by_key[key] = _ValuesOfKey(
                sorted(bearers), bearers, sum(bearers.values()), [*beyond_texts.values()]
            )
        return self._by_key[key]


def _starts(predicate: Predicate | None) -> Iterable[str]:
    """The beginnings of all texts that the predicate may match."""
    if predicate is None:  # whether there is a value
        return ()
    if not isinstance(predicate, StringPredicate):
        return ("",)
    return {beginning(pattern) for pattern in (*predicate.patterns, *predicate.maybe)}
