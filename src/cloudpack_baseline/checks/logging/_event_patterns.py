"""Whether an event pattern of EventBridge selects an event."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

from cloudpack_baseline.model.values import Truth, Unknown, Why, all_of, any_of

__all__ = ["selects"]


def selects(pattern: str, event: Mapping[str, str]) -> Truth:
    """Whether the pattern selects events with these members.

    Filters on the detail of an event are not evaluated: they select the severe ones. Comparison
    operators are those of the Amazon EventBridge User Guide, Comparison operators.

    Args:
        pattern: JSON text.
        event: members of the event, such as ``source`` and ``detail-type``.
    """
    try:
        members = json.loads(pattern)
    except ValueError:
        members = None
    if not isinstance(members, dict):
        return Unknown.because(Why.MALFORMED, operation="events:ListRules", detail="EventPattern")
    if "$or" in members:
        return _unsupported("$or")
    return all_of(
        _selects_value(members[name], event[name]) for name in sorted(event) if name in members
    )


def _selects_value(conditions: object, text: str) -> Truth:
    if not isinstance(conditions, list):
        return _unsupported(json.dumps(conditions))
    return any_of(_selects_one(condition, text) for condition in conditions)


def _selects_one(condition: object, text: str) -> Truth:
    if not isinstance(condition, dict):
        return bool(condition == text)
    if len(condition) == 1:
        ((operator, operand),) = condition.items()
        kind, test = _OPERATORS.get(operator, (None, None))
        if kind is not None and test is not None and isinstance(operand, kind):
            return test(text, operand)
    return _unsupported(json.dumps(condition))


def _wildcard(text: str, operand: str) -> bool:
    """A star is any text; nothing else is special."""
    return fnmatchcase(text, re.sub(r"([?[])", r"[\1]", operand))


def _anything_but(text: str, operand: str | list[Any]) -> bool:
    return text not in ((operand,) if isinstance(operand, str) else operand)


_OPERATORS: Mapping[str, tuple[Any, Callable[[str, Any], bool]]] = MappingProxyType(
    {
        "prefix": (str, str.startswith),
        "suffix": (str, str.endswith),
        "wildcard": (str, _wildcard),
        "equals-ignore-case": (str, lambda text, operand: text.lower() == operand.lower()),
        "exists": (bool, lambda _text, operand: operand),
        "anything-but": ((str, list), _anything_but),
    }
)
"""The types of the operand, and the test, by operator."""


def _unsupported(construct: str) -> Unknown:
    return Unknown.because(Why.UNSUPPORTED, detail=f"EventPattern: {construct}")
