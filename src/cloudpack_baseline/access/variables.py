"""Policy variables: ``${aws:username}``, ``${*}``, ``${aws:username, 'nobody'}``.

Source: IAM User Guide, "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from cloudpack_baseline.access.predicates import Value
from cloudpack_baseline.immutable import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FREE", "Variable", "replace", "split"]


class Free:
    """A value that does not follow from the caller and the channel."""


FREE: Final = Free()


@frozen
class Variable:
    """A key, in lower case, and the default for requests without it."""

    key: str
    default: str | None


Part = tuple[str, bool] | Variable

_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_INSIDE: Final = re.compile(r"\s*([^\s,'](?:[^,']*[^\s,'])?)\s*(?:,\s*'([^']*)'\s*)?")


@lru_cache(maxsize=4096)
def split(text: str, *, variables: bool) -> tuple[Part, ...]:
    """The text as segments and variables; in old versions there are no variables."""
    if not variables or "${" not in text:
        return ((text, False),)
    pieces: list[Part] = []
    position = 0
    for match in _VARIABLE.finditer(text):
        inside = _INSIDE.fullmatch(match[1])
        if inside is None:
            continue
        pieces.append((text[position : match.start()], False))
        position = match.end()
        if match[1] in {"*", "?", "$"}:
            pieces.append((match[1], True))
        else:
            pieces.append(Variable(inside[1].lower(), inside[2]))
    pieces.append((text[position:], False))
    return tuple(piece for piece in pieces if piece != ("", False)) or (("", False),)


def replace(pieces: tuple[Part, ...], environment: Mapping[str, str | Free | None]) -> Value | None:
    """The value in these circumstances, or None if a variable has none."""
    if len(pieces) == 1 and not isinstance(pieces[0], Variable):
        return Value((pieces[0],))
    segments: list[tuple[str, bool]] = []
    for piece in pieces:
        if not isinstance(piece, Variable):
            segments.append(piece)
            continue
        value = environment.get(piece.key, FREE)
        value = piece.default if value is None else value
        if value is None:
            return None
        if isinstance(value, Free):
            # What follows an unsettled value is unsettled too, unless an absence ends it all.
            following = pieces[pieces.index(piece) + 1 :]
            gone = any(
                isinstance(p, Variable)
                and p.default is None
                and environment.get(p.key, FREE) is None
                for p in following
            )
            return None if gone else Value(tuple(segments), open=True)
        segments.append((value, True))
    return Value(tuple(segments))
