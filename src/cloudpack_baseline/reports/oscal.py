"""The assessment as OSCAL assessment results 1.2.1.

IDs are UUIDs of version 5 over the findings: two runs over one snapshot give the same bytes.

Source: NIST OSCAL, Assessment Results Model.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from cloudpack_baseline.documentation import control_page
from cloudpack_baseline.reports.ascii_json import document
from cloudpack_baseline.reports.unjudged import findings_of
from cloudpack_baseline.reports.words import messages_of, place_of, safe
from cloudpack_baseline.texts import Language

__all__ = ["render"]

_VERSION = "1.2.1"
_NAMESPACE = uuid.UUID("6f2d3f0e-5f0a-5c62-9a55-2f5a0a6f4c11")
_SPACE = "https://cloudpack-baseline.example/ns/oscal"


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """One result: an observation for each finding, and a finding for each control."""
    seed = f"{values['snapshot']}|{values['as_of']}"
    title = f"cloudpack security white paper {values['paper']}"
    judged = [finding for finding in findings_of(values) if finding["outcome"] != "not applicable"]
    by_control: dict[str, list[Mapping[str, Any]]] = {}
    for finding in judged:
        by_control.setdefault(finding["control"], []).append(finding)
    result: dict[str, Any] = {
        "uuid": _uuid(seed, "result"),
        "title": title,
        "description": f"{values['source']}: {values['snapshot']}",
        "start": values["as_of"],
        "props": [
            _prop("snapshot", values["snapshot"]),
            _prop("source", values["source"]),
            _prop("outcome", values["outcome"]),
        ],
        "reviewed-controls": {"control-selections": [_selection(sorted(by_control))]},
        "observations": [_observation(seed, finding, values, language) for finding in judged],
        "findings": [
            _finding(seed, id_, findings, language) for id_, findings in by_control.items()
        ],
    }
    result = {name: value for name, value in result.items() if value != []}
    results = {
        "assessment-results": {
            "uuid": _uuid(seed, "assessment-results"),
            "metadata": {
                "title": title,
                "last-modified": values["as_of"],
                "version": values["generator"]["version"],
                "oscal-version": _VERSION,
            },
            "import-ap": {"href": "#", "remarks": "no assessment plan in OSCAL exists"},
            "results": [result],
        }
    }
    return document(results)


def _selection(controls: list[str]) -> dict[str, Any]:
    if not controls:
        return {"include-all": {}}
    return {"include-controls": [{"control-id": id_} for id_ in controls]}


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, safe("|".join(parts))))


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": _SPACE, "value": safe(value) or "-"}


def _observation(
    seed: str, finding: Mapping[str, Any], values: Mapping[str, Any], language: Language
) -> dict[str, Any]:
    resource = finding["resource"]
    places = [place_of(observation["origin"]) for observation in finding["observations"]]
    props = [
        _prop("outcome", "waived" if finding["waived"] else finding["outcome"]),
        _prop("resource", resource["key"]),
        *(_prop("place", place) for place in dict.fromkeys(places) if place),
    ]
    return {
        "uuid": _uuid(seed, "observation", finding["id"]),
        "title": safe(finding["title"][language]),
        "description": "; ".join(messages_of(finding, language)) or finding["control"],
        "methods": ["TEST"],
        "types": ["finding"],
        "props": props,
        "subjects": [
            {
                "subject-uuid": _uuid("resource", resource["key"]),
                "type": "resource",
                "title": safe(resource["name"] or resource["key"]),
            }
        ],
        "relevant-evidence": [{"description": _evidence(values)}],
        "collected": values["as_of"],
    } | _links(finding, language)


def _evidence(values: Mapping[str, Any]) -> str:
    """The snapshots that were judged, by their digests."""
    digests = [snapshot["digest"] for snapshot in values["audit"]["snapshots"]]
    return ", ".join(digests) or values["snapshot"] or "-"


def _links(finding: Mapping[str, Any], language: Language) -> dict[str, Any]:
    link = control_page(finding["control"], language)
    return {"links": [{"href": link, "rel": "reference"}]} if link else {}


def _finding(
    seed: str, control: str, findings: Iterable[Mapping[str, Any]], language: Language
) -> dict[str, Any]:
    findings = tuple(findings)
    outcomes = {finding["outcome"] for finding in findings}
    satisfied = outcomes == {"pass"}
    return {
        "uuid": _uuid(seed, "finding", control),
        "title": safe(findings[0]["title"][language]),
        "description": safe(findings[0]["remedy"][language]),
        "target": {
            "type": "objective-id",
            "target-id": control,
            "status": {
                "state": "satisfied" if satisfied else "not-satisfied",
                "reason": "pass" if satisfied else "fail" if "fail" in outcomes else "other",
            },
        },
        "related-observations": [
            {"observation-uuid": _uuid(seed, "observation", finding["id"])} for finding in findings
        ],
    }
