"""Tables over other standards: what supports each requirement, from the cross-references.

Numbers only. What supports a requirement never satisfies it, so that these rows have no marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cloudpack_baseline.findings import Outcome
from cloudpack_baseline.texts import LANGUAGES, text
from cloudpack_baseline.whitepaper import Catalogue, References, is_within

__all__ = ["standards"]

_REQUIREMENTS = tuple(map(str, range(1, 13)))
"""Those of PCI DSS, which the paper lists."""


def standards(catalogue: Catalogue, findings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The tables as JSON values.

    Args:
        catalogue: with the cross-references.
        findings: of a report, as JSON values.

    Returns:
        ``caution`` by language, and the rows ``pci_dss`` (the 12 requirements, then further ones)
        and ``iso_27001`` (the controls of Annex A that something supports). A row has ``number``,
        ``numbers`` (each with the ``controls`` and ``clauses`` that support it) and ``counts`` of
        the findings by outcome; a requirement also its ``topic``, and ``notes`` on what limits a
        match.
    """
    outcomes: dict[str, dict[str, int]] = {}
    for finding in findings:
        counts = outcomes.setdefault(finding["control"], _no_counts())
        counts["waived" if finding["waived"] else finding["outcome"]] += 1
    pci_dss = _supporters(catalogue, lambda references: references.pci_dss)
    iso_27001 = _supporters(catalogue, lambda references: references.iso_27001)
    further = {number.partition(".")[0] for number in pci_dss} - set(_REQUIREMENTS)
    return {
        "caution": dict(catalogue.caution),
        "pci_dss": [
            {
                "number": requirement,
                "topic": _topic(requirement),
                "notes": _notes(requirement, pci_dss, catalogue),
                **_row(requirement, pci_dss, catalogue, outcomes),
            }
            for requirement in (*_REQUIREMENTS, *sorted(further))
        ],
        "iso_27001": [
            {
                "number": number,
                "notes": [],
                **_row(number, {number: iso_27001[number]}, catalogue, outcomes),
            }
            for number in iso_27001
        ],
    }


def _no_counts() -> dict[str, int]:
    return dict.fromkeys((outcome.value for outcome in Outcome), 0)


def _topic(requirement: str) -> dict[str, str]:
    """What a requirement is about, in our own words; empty where there are none."""
    if requirement not in _REQUIREMENTS:
        return dict.fromkeys(LANGUAGES, "")
    topic = text(f"standards.requirement-{requirement}")
    return {language: topic.in_language(language) for language in LANGUAGES}


def _notes(
    requirement: str, supporters: Mapping[str, list[str]], catalogue: Catalogue
) -> list[dict[str, str]]:
    """What limits a match, each once."""
    notes = [
        dict(catalogue.references[id_].note)
        for number, ids in supporters.items()
        if is_within(number, requirement)
        for id_ in ids
    ]
    return [note for place, note in enumerate(notes) if note and note not in notes[:place]]


def _supporters(
    catalogue: Catalogue, numbers_of: Callable[[References], tuple[str, ...]]
) -> dict[str, list[str]]:
    """The IDs of clauses, promises and controls that support each number, in its order."""
    supporters: dict[str, list[str]] = {}
    for id_, references in catalogue.references.items():
        for number in numbers_of(references):
            supporters.setdefault(number, []).append(id_)
    return dict(sorted(supporters.items(), key=lambda entry: _order(entry[0])))


def _order(number: str) -> list[tuple[int, str]]:
    return [(int(digits or 0), letters) for letters, digits in re.findall(r"([A-Z]*)(\d*)", number)]


def _row(
    requirement: str,
    supporters: Mapping[str, list[str]],
    catalogue: Catalogue,
    outcomes: Mapping[str, Mapping[str, int]],
) -> dict[str, Any]:
    within = {number: ids for number, ids in supporters.items() if is_within(number, requirement)}
    judged = {id_ for ids in within.values() for id_ in ids}
    judged |= {promise.id for promise in catalogue.promises.values() if promise.clause in judged}
    counts = _no_counts()
    for id_ in judged:
        for outcome, number in outcomes.get(id_, {}).items():
            counts[outcome] += number
    return {
        "numbers": [
            {
                "number": number,
                "controls": [id_ for id_ in ids if id_ in catalogue.controls],
                "clauses": [id_ for id_ in ids if id_ not in catalogue.controls],
            }
            for number, ids in within.items()
        ],
        "counts": counts,
    }
