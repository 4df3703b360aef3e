"""What GitHub Actions shows of a run: annotations at lines, and a summary of the job.

Source: GitHub Docs, Workflow commands for GitHub Actions.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

from cloudpack_baseline.documentation import control_page
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.reports.markdown import escaped, table_lines
from cloudpack_baseline.reports.places import origins_of
from cloudpack_baseline.reports.unjudged import findings_of, unjudged_lines
from cloudpack_baseline.reports.words import (
    counts_of,
    label,
    messages_of,
    outcome_label,
    outcome_words,
    place_of,
    safe,
)
from cloudpack_baseline.sources.files import append_file
from cloudpack_baseline.texts import Language

__all__ = ["annotations", "announce", "step_summary"]

_COMMANDS = {"fail": "error", "unknown": "warning"}
_ANNOTATIONS = 10
"""GitHub shows 10 annotations of each kind for a step."""
_ROWS = 50
"""Findings in the summary: GitHub rejects one above 1 MiB."""
_MESSAGE = 2000
"""The longest message of an annotation, in characters."""


def announce(
    values: Mapping[str, Any], language: Language, environment: Mapping[str, str]
) -> list[str]:
    """Write the summary of the job, and give the lines to print; nothing outside of GitHub Actions.

    Args:
        values: the report.
        language: of the words.
        environment: the variables of the process: ``GITHUB_ACTIONS``, ``GITHUB_STEP_SUMMARY``,
            ``GITHUB_WORKSPACE``.

    Raises:
        InputError: the summary cannot be written.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        return []
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        try:
            append_file(Path(summary), step_summary(values, language))
        except OSError as error:
            raise InputError(f"GITHUB_STEP_SUMMARY: cannot be written: {error.strerror}") from None
    workspace = Path(environment.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    return list(workflow_commands(values, language, workspace))


def workflow_commands(
    values: Mapping[str, Any], language: Language, workspace: PurePath
) -> Iterator[str]:
    """Workflow commands for failures and unknown outcomes, at their lines if they are of a file.

    Args:
        values: the report.
        language: of the words.
        workspace: the folder of the repository; files elsewhere have no line to show.
    """
    for outcome, command in _COMMANDS.items():
        findings = _open(findings_of(values), outcome)
        annotated = findings if len(findings) <= _ANNOTATIONS else findings[: _ANNOTATIONS - 1]
        for finding in annotated:
            yield _annotation(command, finding, language, workspace)
        if further := len(findings) - len(annotated):
            words = label(
                "further-findings",
                language,
                number=str(further),
                outcome=outcome_label(outcome, language),
            )
            yield f"::{command} title=cloudpack-baseline::{_data(words)}"


def step_summary(values: Mapping[str, Any], language: Language) -> bytes:
    """A short report in Markdown: the numbers, then what fails, is unknown or is waived."""
    findings = [*_open(values["findings"], "fail"), *_open(values["findings"], "unknown")]
    findings += [finding for finding in values["findings"] if finding["waived"]]
    columns = ("outcome", "control", "resource", "observed", "place")
    lines = [
        f"## {label('title', language, paper=values['paper'])}",
        "",
        ", ".join(counts_of(values["counts"], language)) or label("no-findings", language),
        "",
        *(f"- {escaped(line)}" for line in unjudged_lines(values, language)),
        "",
    ]
    if findings:
        head = [label(column, language) for column in columns]
        lines += table_lines(head, (_row(finding, language) for finding in findings[:_ROWS]))
    if further := len(findings) - _ROWS if len(findings) > _ROWS else 0:
        words = label("more-findings", language, number=str(further))
        lines += ["", words]
    evidence = escaped(values["snapshot"])
    lines += ["", f"{label('evidence', language)}: {evidence}", ""]
    return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def _open(findings: Iterable[Mapping[str, Any]], outcome: str) -> list[Mapping[str, Any]]:
    """The findings of that outcome without an approved exception."""
    return [
        finding for finding in findings if finding["outcome"] == outcome and not finding["waived"]
    ]


def _row(finding: Mapping[str, Any], language: Language) -> Iterator[str]:
    control, link = escaped(finding["control"]), control_page(finding["control"], language)
    yield escaped(outcome_words(finding, language))
    yield f"[{control}]({link})" if link else control
    yield escaped(_resource(finding))
    yield escaped("; ".join(messages_of(finding, language))[:_MESSAGE])
    yield escaped(place_of(_origin(finding)))


def _resource(finding: Mapping[str, Any]) -> str:
    resource = finding["resource"]
    name = resource["name"] if resource["name"] != "*" else ""
    return f"{name} ({resource['key']})" if name not in resource["key"] else resource["key"]


def _origin(finding: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first place in a file; empty: there is none."""
    return next(iter(origins_of(finding)), {})


def _annotation(
    command: str, finding: Mapping[str, Any], language: Language, workspace: PurePath
) -> str:
    message = "; ".join(messages_of(finding, language))[:_MESSAGE]
    message = f"{safe(_resource(finding))}: {message}"
    place = _place(_origin(finding), workspace)
    properties = place | {"title": f"{finding['control']}: {finding['title'][language]}"}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {listed}::{_data(message)}"


def _place(origin: Mapping[str, Any], workspace: PurePath) -> dict[str, str]:
    """The file below the workspace, its line and column; nothing of a file elsewhere."""
    if not origin:
        return {}
    file = Path(os.path.normpath(Path.cwd() / origin["file"]))
    if not file.is_relative_to(workspace):
        return {}
    names = {"line": "line", "column": "col"}
    numbers = {names[name]: str(origin[name]) for name in names if origin.get(name)}
    return {"file": file.relative_to(workspace).as_posix(), **numbers}


def _data(value: str) -> str:
    """A message, in which nothing begins another command."""
    return safe(value).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    """A property, in which nothing ends it."""
    return _data(value).replace(":", "%3A").replace(",", "%2C")
