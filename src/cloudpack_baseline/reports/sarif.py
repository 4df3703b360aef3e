"""Failures and unknown outcomes as SARIF 2.1.0, which code review shows at the lines of a template.

A finding of an account has a logical location, its resource, at the line of the baseline file that
declares the account; one of a template or plan has its own file and line. What passes is no result:
code scanning shows each result as an alert.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from cloudpack_baseline.documentation import control_page
from cloudpack_baseline.reports.ascii_json import document
from cloudpack_baseline.reports.places import account_places, origins_of
from cloudpack_baseline.reports.unjudged import findings_of
from cloudpack_baseline.reports.words import messages_of, safe
from cloudpack_baseline.texts import Language

__all__ = ["fingerprint", "render"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_KINDS = {"fail": "fail", "unknown": "open"}
"""The kinds of results. ``level`` is of failures alone (3.27.10); other kinds go without it."""


def render(values: Mapping[str, Any], language: Language) -> bytes:
    """The report as SARIF; results are the findings, rules the controls."""
    generator = values["generator"]
    findings, accounts = list(findings_of(values)), account_places(values)
    rules = {finding["control"]: finding for finding in findings}
    indexes = {id_: index for index, id_ in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": generator["name"],
                "semanticVersion": generator["version"],
                "rules": [_rule(finding, language) for finding in rules.values()],
            }
        },
        "invocations": [
            {"executionSuccessful": not values["not_run"], "endTimeUtc": values["as_of"]}
        ],
        "results": [
            _result(finding, indexes[finding["control"]], language, accounts)
            for finding in findings
            if finding["outcome"] in _KINDS
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "snapshot": values["snapshot"],
            "source": values["source"],
            "counts": values["counts"],
        },
    }
    return document({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def fingerprint(id_: str) -> str:
    """What identifies a finding from run to run, of a length that every tool accepts."""
    return hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()


def _rule(finding: Mapping[str, Any], language: Language) -> dict[str, Any]:
    link = control_page(finding["control"], language)
    page = {"helpUri": link} if link else {}
    title = {"text": safe(finding["title"][language])}
    return {
        "id": finding["control"],
        "shortDescription": title,
        "fullDescription": title,
        "help": {"text": safe(finding["remedy"][language])},
        "properties": {"tags": ["security", *sorted(finding["clauses"])]},
        **page,
    }


def _result(
    finding: Mapping[str, Any],
    index: int,
    language: Language,
    accounts: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    outcome, resource = finding["outcome"], finding["resource"]
    result: dict[str, Any] = {
        "ruleId": finding["control"],
        "ruleIndex": index,
        "kind": _KINDS[outcome],
        "message": {"text": "; ".join(messages_of(finding, language)) or finding["control"]},
        "locations": list(_locations(finding, accounts)),
        "partialFingerprints": {"finding/v1": fingerprint(finding["id"])},
        "properties": {"account": resource["account"], "region": resource["region"]},
    }
    if outcome == "fail":
        result["level"] = "error"
    if related := list(_related(finding, language)):
        result["relatedLocations"] = related
    if finding["waived"]:
        reason = safe(finding["waiver"][language])
        result["suppressions"] = [{"kind": "external", "justification": reason}]
    return result


def _locations(
    finding: Mapping[str, Any], accounts: Mapping[str, Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """A location for each place that the observations name, at least the resource."""
    resource = finding["resource"]
    logical = [
        {
            "name": safe(resource["name"] or resource["key"]),
            "fullyQualifiedName": safe(resource["key"]),
            "kind": "resource",
        }
    ]
    declared = accounts.get(resource["account"]) or accounts.get("")
    origins = origins_of(finding) or ([declared] if declared else [])
    places = [_physical(origin) for origin in _places(origins)]
    for physical in places:
        yield {"physicalLocation": physical, "logicalLocations": logical}
    if not places:
        yield {"logicalLocations": logical}


def _related(finding: Mapping[str, Any], language: Language) -> Iterator[dict[str, Any]]:
    """The lines of the rules, routes and statements that the witnesses pass."""
    numbered = 0
    for observation in finding["observations"]:
        witness = observation["witness"] or {"requests": (), "packet": None}
        hops = witness["packet"]["hops"] if witness["packet"] else ()
        steps = [(hop["origin"], hop["detail"][language]) for hop in hops]
        steps += [
            (statement["origin"], statement["sid"] or statement["path"])
            for request in witness["requests"]
            for statement in request["statements"]
        ]
        for origin, words in steps:
            if origin and origin.get("file"):
                numbered += 1
                message = {"text": safe(words)}
                yield {"id": numbered, "message": message, "physicalLocation": _physical(origin)}


def _places(origins: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each place once, by file and line."""
    places = {
        (origin["file"], origin.get("line", 0), origin.get("column", 0)): origin
        for origin in origins
    }
    return [places[place] for place in sorted(places)]


def _physical(origin: Mapping[str, Any]) -> dict[str, Any]:
    path = PurePath(origin["file"]).as_posix().encode("utf-8", "surrogatepass")
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(path)}}
    if origin.get("line"):
        column = {"startColumn": origin["column"]} if origin.get("column") else {}
        physical["region"] = {"startLine": origin["line"], **column}
    return physical
