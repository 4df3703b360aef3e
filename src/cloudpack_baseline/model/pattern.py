"""Patterns of names: ``*`` is any run of characters, ``?`` exactly one, all else itself."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["covers", "literal_prefix", "matches"]


def matches(pattern: str, name: str) -> bool:
    """Whether the pattern covers the whole name; case counts.

    The work grows with the product of both lengths at most, whatever the pattern.
    """
    first, star, last = pattern.partition("*")
    if "?" in pattern or "*" in last:
        return _compiled(pattern).fullmatch(name) is not None
    if not star:
        return name == pattern
    return len(name) >= len(first) + len(last) and name.startswith(first) and name.endswith(last)


def covers(pattern: str, arn: str, name: str = "") -> bool:
    """Whether the pattern matches a resource: its ARN, the ID at its end, or its name.

    Names stay the same where IDs change, as on moto or in a stack that is replaced.

    Args:
        pattern: a pattern of any of them.
        arn: the ARN of the resource, or the key of a finding.
        name: the tag ``Name``, or the name of the resource; may be empty.
    """
    id_ = re.split(r"[:/#]", arn)[-1]
    return any(matches(pattern, text) for text in dict.fromkeys((arn, id_, name)) if text)


def literal_prefix(pattern: str) -> str:
    """The text before the first wildcard."""
    return re.split(r"[*?]", pattern, maxsplit=1)[0]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    first, *pieces = ("".join(map(_character, piece)) for piece in pattern.split("*"))
    if not pieces:
        return re.compile(first, re.DOTALL)
    *between, last = pieces
    # What is between two wildcards can be matched where it occurs first: a later place
    # leaves less for the others. Atomic groups keep it there, so nothing is tried again.
    gaps = "".join(f"(?>.*?{piece})" for piece in between if piece)
    return re.compile(f"{first}{gaps}.*{last}", re.DOTALL)


def _character(character: str) -> str:
    return "." if character == "?" else re.escape(character)
