"""Frozen attrs classes that are made in half of the time.

To write and compile methods is the most expensive part of what attrs does for a class, and a run
makes several hundred classes. They share the ``__repr__`` in this module, and each compares by a
getter of its attributes; all else is that of attrs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

import attrs

__all__ = ["frozen"]


@recursive_repr()
def _representation(record: attrs.AttrsInstance) -> str:
    """As attrs would write it: the class, and its attributes in their order."""
    attributes = (
        f"{attribute.name}={_represented(attribute, record)}"
        for attribute in attrs.fields(type(record))
        if attribute.repr
    )
    return f"{type(record).__qualname__.rpartition('>.')[2]}({', '.join(attributes)})"


def _represented(attribute: attrs.Attribute[Any], record: object) -> str:
    represent = attribute.repr if callable(attribute.repr) else repr
    return represent(getattr(record, attribute.name, attrs.NOTHING))


_COMPARING = frozenset(("__eq__", "__hash__", "cache_hash", "eq", "hash", "order", "unsafe_hash"))
"""Options and methods with which attrs makes all that compares, or none of it."""


def _comparison(
    kind: type[attrs.AttrsInstance],
) -> tuple[Callable[[object, object], object], Callable[[object], int]]:
    """``__eq__`` and ``__hash__`` of the values that attrs would compare."""
    equal_values = _values_of(attribute for attribute in attrs.fields(kind) if attribute.eq)
    hashed_values = _values_of(
        attribute
        for attribute in attrs.fields(kind)
        if (attribute.eq if attribute.hash is None else attribute.hash)
    )

    def equals(self: object, other: object) -> object:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return equal_values(self) == equal_values(other)

    def hashed(self: object) -> int:
        return hash(hashed_values(self))

    return equals, hashed


def _values_of(attributes: Iterable[Any]) -> Callable[[object], object]:
    """A getter of the values of the attributes, by their keys if they have any."""
    keys = {attribute.name: attribute.eq_key for attribute in attributes}
    if any(keys.values()):
        return lambda record: tuple(
            key(getattr(record, name)) if key else getattr(record, name)
            for name, key in keys.items()
        )
    return attrgetter(*keys) if keys else lambda _: ()


if TYPE_CHECKING:
    from attrs import frozen
else:

    def frozen(kind: type | None = None, **options: object) -> type | Callable[[type], type]:
        """`attrs.frozen`, with the same options."""
        if kind is None:
            return lambda kind: frozen(kind, **options)
        if options.get("repr", True) and "__repr__" not in vars(kind):
            kind.__repr__ = _representation
        if issubclass(kind, BaseException) or not (
            _COMPARING.isdisjoint(options) and _COMPARING.isdisjoint(vars(kind))
        ):
            return attrs.frozen(kind, **options)
        record_class = attrs.frozen(kind, eq=False, **options)
        record_class.__eq__, record_class.__hash__ = _comparison(record_class)
        return record_class
