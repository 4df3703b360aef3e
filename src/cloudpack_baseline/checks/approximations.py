"""Statements that could not be evaluated exactly, as causes of an unknown: where, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial, reduce
from operator import or_

from cloudpack_baseline.access import (
    Approximation,
    Policy,
    RequestWitness,
    undetermined_parts,
)
from cloudpack_baseline.findings import Observation, causes_text, unknown
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.texts import Text, text

__all__ = ["as_unknown", "causes_of", "describe_approximations", "in_doubt"]


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
            words = text(f"common.{cause.reason}", detail=cause.detail)
            yield text("common.at", path=_located(approximation, cause.path), reason=words)
        if not approximation.inexactness:
            yield _located(approximation, approximation.statement)


def in_doubt(message: Text, detail: str, policies: Iterable[Policy]) -> Observation:
    """That an outcome depends on a statement which cannot be evaluated exactly.

    Args:
        message: what depends on it.
        detail: the statement.
        policies: those that decide; parts that are known only at deployment are named.
    """
    references = undetermined_parts(policies)
    if not references:
        return unknown(message, Unknown.because(Why.UNSUPPORTED, detail=detail))
    why = reduce(or_, (Unknown.because(Why.UNDETERMINED, detail=name) for name in references))
    return unknown(text("common.because", message=message, causes=causes_text(why.causes)), why)


def as_unknown(approximations: Iterable[Approximation]) -> Unknown:
    """The causes as a value."""
    causes = (
        cause if isinstance(cause, str) else cause.in_language("en")
        for cause in describe_approximations(approximations)
    )
    return Unknown.because(Why.UNSUPPORTED, detail="; ".join(causes))


def _located(approximation: Approximation, path: str) -> str:
    return path if approximation.source == "policy" else f"{approximation.source} {path}"
