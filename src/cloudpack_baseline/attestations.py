"""Promises that no API describes: somebody examined the evidence, and it is still valid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from cloudpack_baseline.baseline import Attestation, Baseline
from cloudpack_baseline.findings import (
    Finding,
    Observation,
    Outcome,
    Resource,
    failed,
    not_applicable,
    passed,
)
from cloudpack_baseline.model.stored import UNREAD
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.scope import out_of_scope
from cloudpack_baseline.texts import Text, text
from cloudpack_baseline.whitepaper import Catalogue, Control, attested, is_within

__all__ = [
    "attestation_notes",
    "judge_attestation",
    "judged_promises",
    "promises_within",
]

_SOON = timedelta(days=30)
"""How long before its end an attestation is mentioned, or a quarter of its validity if shorter:
that of a monthly committee would always be mentioned otherwise."""


def promises_within(catalogue: Catalogue, clauses: Iterable[str] | None) -> tuple[Control, ...]:
    """The attested promises of the clauses and of those below them; all of them for ``None``."""
    promises = attested(catalogue).values()
    if clauses is None:
        return tuple(promises)
    numbers = tuple(clauses)
    return tuple(
        promise
        for promise in promises
        if any(is_within(promise.clauses[0].clause, number) for number in numbers)
    )


def judged_promises(promises: Iterable[Control], baseline: Baseline) -> tuple[Control, ...]:
    """The promises that are judged: in scope, and attested or to be attested."""
    declared = {attestation.promise for attestation in baseline.attestations}
    return tuple(
        promise
        for promise in promises
        if out_of_scope(promise, baseline) is None
        and (baseline.scope.attested or promise.id in declared)
    )


def judge_attestation(promise: Control, baseline: Baseline, day: date) -> Finding:
    """The finding on an attested promise.

    Args:
        promise: as a control.
        baseline: with the attestations, and the files that they name.
        day: the day of evaluation (UTC).
    """
    declared = {
        attestation.promise: (index, attestation)
        for index, attestation in enumerate(baseline.attestations)
    }
    origin = None
    if (reason := out_of_scope(promise, baseline)) is not None:
        observations = [not_applicable(reason)]
    elif promise.id in declared:
        index, attestation = declared[promise.id]
        origin = baseline.origin_of("attestations", index)
        observations = [
            *_of_its_period(attestation, origin, baseline, day),
            *_of_its_evidence(attestation, origin, baseline),
        ]
    elif baseline.scope.attested:
        observations = [_unattested("common.unattested")]
    else:
        observations = [not_applicable(text("common.unattested-out-of-scope"))]
    resource = Resource(key=promise.id, kind="Promise", origin=origin)
    return Finding(control=promise.id, resource=resource, observations=observations, judged=promise)


def attestation_notes(
    promises: Iterable[Control], baseline: Baseline, day: date
) -> tuple[Text, ...]:
    """The attestations of the promises that are valid, and soon expire."""
    ids = {promise.id for promise in judged_promises(promises, baseline)}
    last_days = [
        (attestation, baseline.last_day(attestation))
        for attestation in baseline.attestations
        if attestation.promise in ids
    ]
    return tuple(
        text("common.attestation-expires", **_words(attestation, last_day))
        for attestation, last_day in last_days
        if timedelta(0) <= last_day - day <= min(_SOON, (last_day - attestation.attested_on) // 4)
    )


def _words(attestation: Attestation, last_day: date) -> dict[str, str]:
    return {
        "promise": attestation.promise,
        "attested_by": attestation.attested_by,
        "attested_on": attestation.attested_on.isoformat(),
        "expires": last_day.isoformat(),
    }


def _unattested(words: str, **parameters: str) -> Observation:
    return Observation(outcome=Outcome.UNKNOWN, message=text(words, **parameters))


def _of_its_period(
    attestation: Attestation, origin: Origin, baseline: Baseline, day: date
) -> Iterator[Observation]:
    last_day = baseline.last_day(attestation)
    words = _words(attestation, last_day)
    read = f"{origin.path}.expires={words['expires']}"
    if day > last_day:
        message = text("common.attestation-expired", **words)
        yield failed(message, read=read, expected=f"expires>={day.isoformat()}")
    elif day < attestation.attested_on:
        yield _unattested("common.attestation-not-yet", **words)
    else:
        message = text("common.attested", **words)
        if attestation.ticket:
            message = text("common.attested-ticket", **words, ticket=attestation.ticket)
        yield passed(message, read=read)


def _of_its_evidence(
    attestation: Attestation, origin: Origin, baseline: Baseline
) -> Iterator[Observation]:
    evidence = f"{origin.path}.evidence={attestation.evidence}"
    if not attestation.is_file:
        yield passed(text("common.evidence-url"), read=evidence)
        return
    file = baseline.files.get(attestation.evidence, UNREAD)
    if file.problem:
        message = text(
            "common.evidence-unreadable", file=attestation.evidence, problem=file.problem
        )
        yield failed(message, read=evidence)
        return
    read = f"{evidence} sha256={file.sha256}"
    if attestation.sha256 in (None, file.sha256):
        yield passed(text("common.evidence-file"), read=read)
    else:
        message = text("common.evidence-changed", file=attestation.evidence)
        yield failed(message, read=read, expected=f"sha256={attestation.sha256}")
