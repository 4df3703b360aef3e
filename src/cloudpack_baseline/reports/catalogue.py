"""The catalogue as text and as JSON values: clauses, promises, controls, cross-references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cloudpack_baseline.reports.columns import aligned
from cloudpack_baseline.texts import Language, Parameter, Text, text
from cloudpack_baseline.whitepaper import (
    Catalogue,
    Clause,
    Control,
    Link,
    Promise,
    References,
    Relation,
)

__all__ = ["clause_entry", "clause_lines", "control_entry", "control_lines", "kind_text"]

_COLUMNS = ("control", "clause", "relation", "title")
_INDENT = "    "


def control_lines(controls: Iterable[Control], language: Language) -> list[str]:
    """A table with a line for each clause of each control."""
    heading = tuple(_say(column, language) for column in _COLUMNS)
    rows = [
        (control.id, link.clause, _say(link.relation, language), control.title[language])
        for control in controls
        for link in control.clauses
    ]
    # Several promises of a clause are several links, and one line.
    return aligned([heading, *dict.fromkeys(rows)])


def control_entry(catalogue: Catalogue, control: Control, language: Language) -> dict[str, Any]:
    """The control as JSON values."""
    return {
        "id": control.id,
        "title": control.title[language],
        "remedy": control.advice[language],
        "parties": list(control.parties),
        "since": control.since,
        "clauses": [
            {
                "number": link.clause,
                "heading": link.heading[language],
                "relation": link.relation.value,
                "promise": promise.id if (promise := catalogue.promise_of(link)) else None,
            }
            for link in control.clauses
        ],
        "promises": [promise.id for promise in catalogue.judged_promises(control)],
        **_references_entry(catalogue, control.id, language),
    }


def clause_lines(catalogue: Catalogue, clause: Clause, language: Language) -> Iterator[str]:
    """The clause, its cross-references, and its promises with the controls that judge them."""
    kind = _say(clause.kind, language)
    yield f"{clause.id}  {clause.heading_in(language)}  [{kind}]"
    for reference in _references(catalogue.references.get(clause.id), language):
        yield f"{_INDENT}{reference}"
    if clause.reason:
        yield f"{_INDENT}{clause.reason[language]}"
    for promise in catalogue.promises_of(clause.id):
        yield from (f"{_INDENT}{line}" for line in _promise_lines(catalogue, promise, language))
    unpromised = tuple(_unpromised(catalogue, clause.id))
    for relation in Relation:
        controls = tuple(control.id for control, link in unpromised if link.relation is relation)
        if controls and relation is Relation.BEST_PRACTICE:
            yield _INDENT + _say("not-promised", language, controls=controls)
        elif controls:
            words = text(f"catalogue.{relation.value}")
            yield _INDENT + _say("by-relation", language, relation=words, controls=controls)


def _promise_lines(catalogue: Catalogue, promise: Promise, language: Language) -> Iterator[str]:
    """The promise, then what judges it and its cross-references, indented."""
    kind, parties = kind_text(promise), _parties(promise)
    heading = _say("kind-and-parties", language, kind=kind, parties=parties)
    yield f"{promise.id}  [{heading}]  {promise.text[language]}"
    for relation in Relation:
        controls = tuple(
            control.id for control, judged in _controls_of(catalogue, promise) if judged is relation
        )
        if controls:
            words = text(f"catalogue.{relation.value}")
            yield _INDENT + _say("by-relation", language, relation=words, controls=controls)
    for reference in _references(catalogue.references.get(promise.id), language):
        yield f"{_INDENT}{reference}"


def kind_text(promise: Promise) -> Text:
    """The kind of the promise, with the longest validity of an attestation."""
    kind = text(f"catalogue.{promise.kind}")
    if promise.valid_days is None:
        return kind
    return text("catalogue.valid-days", kind=kind, days=promise.valid_days)


def clause_entry(catalogue: Catalogue, clause: Clause, language: Language) -> dict[str, Any]:
    """The clause as JSON values, with its promises and the controls that judge it."""
    return {
        "number": clause.id,
        "heading": clause.heading_in(language),
        "kind": clause.kind,
        "reason": clause.reason.get(language),
        "promises": [
            _promise_entry(catalogue, promise, language)
            for promise in catalogue.promises_of(clause.id)
        ],
        **_unpromised_entry(catalogue, clause.id),
        **_references_entry(catalogue, clause.id, language),
    }


def _promise_entry(catalogue: Catalogue, promise: Promise, language: Language) -> dict[str, Any]:
    return {
        "id": promise.id,
        "text": promise.text[language],
        "parties": list(promise.parties),
        "kind": promise.kind,
        "valid_days": promise.valid_days,
        "controls": [
            {"id": control.id, "relation": relation.value}
            for control, relation in _controls_of(catalogue, promise)
        ],
        **_references_entry(catalogue, promise.id, language),
    }


def _controls_of(catalogue: Catalogue, promise: Promise) -> Iterator[tuple[Control, Relation]]:
    """The controls whose outcome counts for the promise, each with its relation to it."""
    for control in catalogue.controls.values():
        relations = [
            link.relation for link in control.clauses if catalogue.promise_of(link) == promise
        ]
        if relations:
            yield control, relations[0]
        elif promise in catalogue.judged_promises(control):
            yield control, Relation.BEST_PRACTICE


def _unpromised(catalogue: Catalogue, clause: str) -> Iterator[tuple[Control, Link]]:
    """The controls that name the clause and no promise of it.

    They judge a clause of another catalogue that lists no promises, or are best practices that
    the clause does not promise.
    """
    for control, link in catalogue.links_to(clause):
        if catalogue.promise_of(link) is None:
            yield control, link


def _unpromised_entry(catalogue: Catalogue, clause: str) -> dict[str, list[dict[str, str]]]:
    """Those that judge the clause itself, and best practices that it does not promise."""
    entries: dict[str, list[dict[str, str]]] = {"controls": [], "not_promised": []}
    for control, link in _unpromised(catalogue, clause):
        name = "not_promised" if link.relation is Relation.BEST_PRACTICE else "controls"
        entries[name].append({"id": control.id, "relation": link.relation.value})
    return entries


def _references(references: References | None, language: Language) -> Iterator[str]:
    if references is None:
        return
    if references.pci_dss:
        yield _say("pci-dss", language, numbers=references.pci_dss)
    if references.iso_27001:
        yield _say("iso-27001", language, numbers=references.iso_27001)
    if references.note:
        yield references.note[language]


def _references_entry(
    catalogue: Catalogue, id_: str, language: Language
) -> dict[str, Mapping[str, object]]:
    references = catalogue.references.get(id_, References())
    return {
        "references": {
            "pci_dss_4_0_1": list(references.pci_dss),
            "iso_27001_2022_annex_a": list(references.iso_27001),
            "note": references.note.get(language),
        }
    }


def _parties(promise: Promise) -> tuple[str | Text, ...]:
    names: dict[str, str | Text] = {"aws": "AWS", "customer": text("catalogue.customer")}
    return tuple(names.get(party, party) for party in promise.parties)


def _say(name: str, language: Language, **parameters: Parameter) -> str:
    return text(f"catalogue.{name}", **parameters).in_language(language)
