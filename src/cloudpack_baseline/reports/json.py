"""An assessment as JSON: every finding, in both languages, and whatever did not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import asdict

from cloudpack_baseline._version import __version__
from cloudpack_baseline.findings import Finding, Observation, Resource, Witness
from cloudpack_baseline.model.codec import encode, to_bytes
from cloudpack_baseline.texts import LANGUAGES, Text
from cloudpack_baseline.whitepaper import PAPER, control

if TYPE_CHECKING:
    from cloudpack_baseline.assessment import Assessment, NotRun

__all__ = ["report", "report_bytes"]

SCHEMA = 2
"""2: an observation has ``expected`` in place of ``wanted``."""


def report_bytes(assessment: Assessment) -> bytes:
    """The report as canonical JSON: the same assessment gives the same bytes."""
    return to_bytes(report(assessment)) + b"\n"


def report(assessment: Assessment) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "schema": SCHEMA,
        "generator": {"name": "cloudpack-baseline", "version": __version__},
        "paper": PAPER,
        "as_of": encode(assessment.as_of),
        "source": assessment.source,
        "snapshot": assessment.snapshot,
        "outcome": assessment.outcome.value,
        "counts": assessment.counts,
        "findings": [_finding(one) for one in assessment.findings],
        "not_run": [_not_run(one) for one in assessment.not_run],
        "notes": [_both(note) for note in assessment.notes],
    }


def _both(text: Text) -> dict[str, str]:
    return {language: text.in_language(language) for language in LANGUAGES}


def _finding(one: Finding) -> dict[str, Any]:
    held = control(one.control)
    return {
        "id": one.id,
        "control": one.control,
        "title": dict(held.title),
        "clauses": {link.clause: link.relation.value for link in held.clauses},
        "resource": _resource(one.resource),
        "outcome": one.outcome.value,
        "waived": one.waived,
        "waiver": _both(one.waiver) if one.waiver else None,
        "observations": [_observation(each) for each in one.observations],
        "notes": [_both(note) for note in one.notes],
        "remedy": dict(held.remedy),
    }


def _resource(resource: Resource) -> dict[str, str]:
    return {name: value for name, value in asdict(resource).items() if name != "origin"}


def _observation(one: Observation) -> dict[str, Any]:
    return {
        "outcome": one.outcome.value,
        "message": _both(one.message),
        "read": one.read,
        "expected": one.expected,
        "origin": encode(one.origin),
        "witness": _witness(one.witness) if one.witness else None,
        "causes": encode(one.causes),
    }


def _witness(one: Witness) -> dict[str, Any]:
    return {
        "summary": _both(one.summary),
        "steps": [_both(step) for step in one.steps],
        "command": one.command,
    }


def _not_run(one: NotRun) -> dict[str, Any]:
    return {"control": one.control, "account": one.account, "reason": _both(one.reason)}
