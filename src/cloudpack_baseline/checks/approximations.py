"""Statements that could not be evaluated exactly, as causes of an unknown: where, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from cloudpack_baseline.access import Approximation, RequestWitness
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["as_unknown", "causes_of", "describe_approximations"]


def causes_of(
    approximations: Iterable[Approximation], witness: RequestWitness
) -> tuple[Approximation, ...]:
    """What makes the witness inexact: its own statement, if that is inexact.

    Otherwise it is the others, such as a Deny that may or may not apply.
    """
    approximations = tuple(approximations)
    of_witness = tuple(filter(partial(_is_of, witness), approximations))
    return of_witness or approximations


def _is_of(witness: RequestWitness, approximation: Approximation) -> bool:
    return (approximation.source, approximation.statement) == (witness.source, witness.statement)


def describe_approximations(approximations: Iterable[Approximation]) -> tuple[str | Text, ...]:
    """Each cause with the path to it; the statement alone where nothing smaller is at fault."""
    return tuple(dict.fromkeys(_descriptions(approximations)))


def _descriptions(approximations: Iterable[Approximation]) -> Iterator[str | Text]:
    for approximation in approximations:
        for cause in approximation.inexactness:
            words = text(f"common.{cause.reason}")
            yield text("common.at", path=_located(approximation, cause.path), reason=words)
        if not approximation.inexactness:
            yield _located(approximation, approximation.statement)


def as_unknown(approximations: Iterable[Approximation]) -> Unknown:
    """The causes as a value."""
    causes = (
        cause if isinstance(cause, str) else cause.in_language("en")
        for cause in describe_approximations(approximations)
    )
    return Unknown.because(Why.UNSUPPORTED, detail="; ".join(causes))


def _located(approximation: Approximation, path: str) -> str:
    return path if approximation.source == "policy" else f"{approximation.source} {path}"
