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
def _representation(record: Any) -> str:  # noqa: ANN401 - of any attrs class
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


def _add_comparison(kind: type[Any]) -> None:
    """Add ``__eq__`` and ``__hash__`` of the values that attrs would compare."""
    equal_values = _values_of(attribute for attribute in attrs.fields(kind) if attribute.eq)
    hashed_values = _values_of(
        attribute
        for attribute in attrs.fields(kind)
        if (attribute.eq if attribute.hash is None else attribute.hash)
    )

    def equals(self: Any, other: object) -> object:  # noqa: ANN401 - of any attrs class
        if other.__class__ is not self.__class__:
            return NotImplemented
        return equal_values(self) == equal_values(other)

    def hashed(self: Any) -> int:  # noqa: ANN401 - of any attrs class
        return hash(hashed_values(self))

    kind.__eq__, kind.__hash__ = equals, hashed  # type: ignore[assignment]


def _values_of(attributes: Iterable[Any]) -> Callable[[Any], object]:
    """Returns the values of the attributes, by their keys if they have any."""
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

    def frozen(kind: type | None = None, **options: Any) -> type | Callable[[type], type]:  # noqa: ANN401 - those of attrs
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
        _add_comparison(record_class)
        return record_class
