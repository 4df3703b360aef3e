"""What is certain of conditions of templates whose values are known in part.

An ARN whose account is known limits who makes a request, or on whose behalf, although the rest of
it is known after deployment only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from cloudpack_baseline.sources.cloudformation.values import (
    Resolved,
    placeholder,
    undetermined,
    why_of,
)

__all__ = ["bounds_of"]

_OPERATORS: Final = frozenset({"ArnEquals", "ArnLike", "StringEquals", "StringLike"})
_KEYS: Final = frozenset({"aws:principalarn", "aws:sourcearn"})
_REGION = re.escape(placeholder(undetermined("AWS::Region")))
_OF_ACCOUNT = re.compile(
    rf"(arn:[a-z-]+:[a-z0-9-]+):(?:[a-z0-9-]*|{_REGION}):(\d{{12}}):.+", re.DOTALL
)
"""An ARN without wildcards before its name: what precedes its Region, and its account."""


def bounds_of(condition: Resolved) -> dict[str, list[str]]:
    """By key, patterns of ARNs that contain all that its values may come to."""
    return dict(_bounds(condition)) if isinstance(condition, Mapping) else {}


def _bounds(condition: Mapping[str, Resolved]) -> Iterator[tuple[str, list[str]]]:
    for operator, keys in condition.items():
        if operator not in _OPERATORS or not isinstance(keys, Mapping):
            continue
        for key, value in keys.items():
            if key.lower() in _KEYS and why_of(value) is not None:
                patterns = [
                    _pattern(name) for name in (value if isinstance(value, list) else [value])
                ]
                if all(patterns):
                    yield key, patterns


def _pattern(name: Resolved) -> str:
    """Every ARN of the service in the account; empty: the account is not known."""
    match = _OF_ACCOUNT.fullmatch(name) if isinstance(name, str) else None
    return f"{match[1]}:*:{match[2]}:*" if match else ""
