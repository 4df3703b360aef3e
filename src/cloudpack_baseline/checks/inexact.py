"""Statements that could not be taken exactly, as the cause of a doubt: where, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloudpack_baseline.access import Approximation, RequestWitness
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["behind", "doubt_of", "told_doubts"]


def behind(found: Iterable[Approximation], witness: RequestWitness) -> tuple[Approximation, ...]:
    """What makes it doubtful that the witness gets in: its own statement, if that is inexact.

    Else it is the others: a Deny that may hold, or not.
    """
    held = tuple(found)
    own = tuple(one for one in held if _is_of(one, witness))
    return own or held


def _is_of(one: Approximation, witness: RequestWitness) -> bool:
    return (one.source, one.statement) == (witness.source, witness.statement)


def told_doubts(found: Iterable[Approximation]) -> tuple[str | Text, ...]:
    """Each cause with the path to it; the statement alone where nothing smaller is at fault."""
    return tuple(dict.fromkeys(_told(found)))


def _told(found: Iterable[Approximation]) -> Iterator[str | Text]:
    for one in found:
        for cause in one.inexactness:
            words = text(f"common.{cause.reason}")
            yield text("common.at", path=_placed(one, cause.path), reason=words)
        if not one.inexactness:
            yield _placed(one, one.statement)


def doubt_of(found: Iterable[Approximation]) -> Unknown:
    """The causes as a value."""
    told = (one if isinstance(one, str) else one.in_language("en") for one in told_doubts(found))
    return Unknown.because(Why.UNSUPPORTED, detail="; ".join(told))


def _placed(one: Approximation, path: str) -> str:
    return path if one.source == "policy" else f"{one.source} {path}"
