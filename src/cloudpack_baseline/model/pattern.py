"""Patterns of names: ``*`` is any run of characters, ``?`` exactly one, all else itself."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["literal_prefix", "matches"]


def matches(pattern: str, name: str) -> bool:
    """Whether the pattern covers the whole name; case counts."""
    return _compiled(pattern).fullmatch(name) is not None


def literal_prefix(pattern: str) -> str:
    """What stands before the first wildcard."""
    return re.split(r"[*?]", pattern, maxsplit=1)[0]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (
        ".*" if one == "*" else "." if one == "?" else re.escape(one)
        for one in re.split(r"([*?])", pattern)
    )
    return re.compile("".join(parts), re.DOTALL)
