"""An assessment as JSON: every finding, in both languages, and whatever did not run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import asdict

from cloudpack_baseline._version import __version__
from cloudpack_baseline.findings import Finding, Observation, Resource, Witness
from cloudpack_baseline.model.codec import encode, to_bytes
from cloudpack_baseline.texts import LANGUAGES, Language, Text
from cloudpack_baseline.whitepaper import PAPER

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["render", "report", "report_bytes"]

SCHEMA = 2
"""2: an observation has ``expected`` in place of ``wanted``."""


def report_bytes(values: Mapping[str, Any]) -> bytes:
    r"""A report as canonical JSON: the same assessment gives the same bytes.

    What could act on a terminal or turn the direction of writing is escaped, such as ``\u202e``.
    """
    characters = to_bytes(values).decode()
    if not characters.isprintable():
        characters = "".join(
            character if character.isprintable() else _escape(character) for character in characters
        )
    return characters.encode() + b"\n"


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """The report itself; it has the texts of every language."""
    del language
    return report_bytes(values)


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1]


def report(
    findings: Iterable[Finding],
    *,
    as_of: datetime,
    not_run: Iterable[tuple[str, str, Text]],
    notes: Iterable[Text],
    **summary: object,
) -> dict[str, Any]:
    """The report as JSON values.

    Args:
        findings: all of them.
        as_of: the time as of which ages were calculated.
        not_run: control, account and reason of what was selected but not judged.
        notes: remarks on the whole.
        summary: ``source``, ``snapshot``, ``outcome`` and ``counts``, as they are.
    """
    return {
        "schema": SCHEMA,
        "generator": {"name": "cloudpack-baseline", "version": __version__},
        "paper": PAPER,
        "as_of": encode(as_of),
        **summary,
        "findings": [_finding(finding) for finding in findings],
        "not_run": [
            {"control": control_id, "account": account, "reason": _both(reason)}
            for control_id, account, reason in not_run
        ],
        "notes": [_both(note) for note in notes],
    }


def _both(text: Text) -> dict[str, str]:
    return {language: text.in_language(language) for language in LANGUAGES}


def _finding(finding: Finding) -> dict[str, Any]:
    judged = finding.definition
    return {
        "id": finding.id,
        "control": finding.control,
        "title": dict(judged.title),
        "clauses": {link.clause: link.relation.value for link in judged.clauses},
        "resource": _resource(finding.resource),
        "outcome": finding.outcome.value,
        "waived": finding.waived,
        "waiver": _both(finding.waiver) if finding.waiver else None,
        "observations": [_observation(observation) for observation in finding.observations],
        "notes": [_both(note) for note in finding.notes],
        "remedy": dict(judged.remedy),
    }


def _resource(resource: Resource) -> dict[str, str]:
    return {name: value for name, value in asdict(resource).items() if name != "origin"}


def _observation(observation: Observation) -> dict[str, Any]:
    witness = observation.witness
    return {
        "outcome": observation.outcome.value,
        "message": _both(observation.message),
        "read": observation.read,
        "expected": observation.expected,
        "origin": encode(observation.origin),
        "witness": _witness(witness) if witness else None,
        "causes": encode(observation.causes),
    }


def _witness(witness: Witness) -> dict[str, Any]:
    return {
        "summary": _both(witness.summary),
        "steps": [_both(step) for step in witness.steps],
        "command": witness.command,
    }
