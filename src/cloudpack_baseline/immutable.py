"""Frozen attrs classes that are made in three quarters of the time.

To write and compile a ``__repr__`` is the most expensive part of what attrs does for a class, and
a run makes several hundred classes. They share the one in this module; all else is that of attrs.
"""

from __future__ import annotations

from collections.abc import Callable
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


if TYPE_CHECKING:
    from attrs import frozen
else:

    def frozen(kind: type | None = None, **options: Any) -> type | Callable[[type], type]:  # noqa: ANN401 - those of attrs
        """`attrs.frozen`, with the same options."""
        if kind is None:
            return lambda kind: frozen(kind, **options)
        if options.get("repr", True) and "__repr__" not in vars(kind):
            kind.__repr__ = _representation
        return attrs.frozen(kind, **options)
