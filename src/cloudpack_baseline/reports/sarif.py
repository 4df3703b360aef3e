"""Findings as SARIF 2.1.0, which code review shows at the lines of a template.

A finding of an account has a logical location, its resource; one of a template or plan has its
file and line too (OASIS, Static Analysis Results Interchange Format).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from cloudpack_baseline.reports.words import messages_of, safe
from cloudpack_baseline.texts import Language

__all__ = ["render"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"fail": "error", "unknown": "warning"}
_KINDS = {"fail": "fail", "unknown": "open", "pass": "pass", "not applicable": "notApplicable"}


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """The report as SARIF; results are the findings, rules the controls."""
    generator = values["generator"]
    rules = {finding["control"]: finding for finding in values["findings"]}
    indexes = {id_: index for index, id_ in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": generator["name"],
                "semanticVersion": generator["version"],
                "rules": [_rule(finding, language) for finding in rules.values()],
            }
        },
        "invocations": [{"executionSuccessful": True, "endTimeUtc": values["as_of"]}],
        "results": [
            _result(finding, indexes[finding["control"]], language)
            for finding in values["findings"]
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {"snapshot": values["snapshot"], "source": values["source"]},
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=True, indent=1, sort_keys=True).encode() + b"\n"


def _rule(finding: Mapping[str, Any], language: Language) -> dict[str, Any]:
    return {
        "id": finding["control"],
        "shortDescription": {"text": safe(finding["title"][language])},
        "help": {"text": safe(finding["remedy"][language])},
        "properties": {"tags": ["security", *sorted(finding["clauses"])]},
    }


def _result(finding: Mapping[str, Any], index: int, language: Language) -> dict[str, Any]:
    outcome = finding["outcome"]
    result: dict[str, Any] = {
        "ruleId": finding["control"],
        "ruleIndex": index,
        "kind": _KINDS[outcome],
        "level": _LEVELS.get(outcome, "none"),
        "message": {"text": "; ".join(messages_of(finding, language))},
        "locations": list(_locations(finding)),
        "partialFingerprints": {"finding/v1": _fingerprint(finding["id"])},
    }
    if finding["waived"]:
        reason = safe(finding["waiver"][language])
        result["suppressions"] = [{"kind": "external", "justification": reason}]
    return result


def _fingerprint(id_: str) -> str:
    return hashlib.sha256(id_.encode()).hexdigest()


def _locations(finding: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A location for each place that the observations name, at least the resource."""
    resource = finding["resource"]
    logical = [
        {
            "name": safe(resource["name"] or resource["key"]),
            "fullyQualifiedName": safe(resource["key"]),
            "kind": "resource",
        }
    ]
    places = {
        (origin["file"], origin.get("line", 0), origin.get("column", 0))
        for observation in finding["observations"]
        if (origin := observation["origin"]) and origin.get("file")
    }
    for file, line, column in sorted(places):
        physical: dict[str, Any] = {"artifactLocation": {"uri": PurePath(file).as_posix()}}
        if line:
            region = {"startLine": line} | ({"startColumn": column} if column else {})
            physical["region"] = region
        yield {"physicalLocation": physical, "logicalLocations": logical}
    if not places:
        yield {"logicalLocations": logical}
