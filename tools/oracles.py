"""Holds reports to the models of others: OCSF, OSCAL, and Markdown as GitHub renders it.

    python tools/oracles.py ocsf
    python tools/oracles.py oscal

Each needs an environment of its own, since they pin packages: py-ocsf-models, compliance-trestle
(which brings cmarkgfm, GitHub's renderer of Markdown). The reports are those of the examples and
one of 200 findings with hostile names, in both languages; one that is spoiled must be refused.
"""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from cloudpack_baseline.reports.formats import renderer_of
from cloudpack_baseline.texts import LANGUAGES
from reports import samples

REPORTS = {
    "template": samples.template_report,
    "plan": samples.plan_report,
    "account": samples.account_report,
    "hostile": lambda: samples.hostile_assessment(200).to_json(),
}
BEYOND = {".compliance.status"}
"""Attributes of OCSF 1.4.0 that the models lack."""
Validator = Callable[[Any], object]


def main(oracle: str) -> int:
    """Validate; 0 where everything is valid, and what was spoiled is refused."""
    wrong = [*{"ocsf": ocsf, "oscal": oscal}[oracle]()]
    for problem in wrong:
        print(f"WRONG  {problem}")
    if not wrong:
        print(f"{oracle}: {len(REPORTS)} reports in {len(LANGUAGES)} languages are valid")
    return 1 if wrong else 0


def ocsf() -> Iterator[str]:
    """Compliance Findings, each on its own."""
    from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
    from py_ocsf_models.objects.cloud import Cloud

    def validate(events: list[dict[str, Any]]) -> None:
        for event in events:
            known = ComplianceFinding(**event).model_dump(exclude_none=True)
            known["cloud"] = Cloud(**event["cloud"]).model_dump(exclude_none=True)  # a profile
            if further := {*paths(event)} - {*paths(known)} - BEYOND:
                raise ValueError(f"no attributes of the class: {sorted(further)}")

    def spoil(events: list[dict[str, Any]]) -> None:
        events[0]["type_uid"] = 1

    yield from validated(".ocsf.json", validate, spoil)


def paths(value: object, path: str = "") -> Iterator[str]:
    """The members of JSON values, with their place."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield f"{path}.{name}"
            yield from paths(member, f"{path}.{name}")
    elif isinstance(value, list):
        for entry in value:
            yield from paths(entry, path)


def oscal() -> Iterator[str]:
    """Assessment results, and what Markdown makes of hostile names."""
    from trestle.oscal.assessment_results import Model

    def spoil(document: dict[str, Any]) -> None:
        document["assessment-results"]["results"][0]["observations"][0]["uuid"] = "x"

    yield from validated(".oscal.json", lambda document: Model(**document), spoil)
    yield from markdown()


def validated(suffix: str, validate: Validator, spoil: Validator) -> Iterator[str]:
    """What the validator refuses, or accepts although it was spoiled."""
    for name, report in REPORTS.items():
        for language in LANGUAGES:
            document = json.loads(renderer_of(PurePath(f"r{suffix}"))(report(), language))
            if problem := refused(validate, document):
                yield f"{name}{suffix} ({language}): {problem}"
            spoil(broken := copy.deepcopy(document))
            if not refused(validate, broken):
                yield f"{name}{suffix} ({language}): accepted although it was spoiled"


def refused(validate: Validator, document: object) -> str:
    """Why the validator refuses it; empty: it does not."""
    try:
        validate(document)
    except ValueError as error:
        return str(error)
    return ""


def markdown() -> Iterator[str]:
    """Links, images and HTML that GitHub would make of hostile names."""
    from cmarkgfm import github_flavored_markdown_to_html

    for language in LANGUAGES:
        content = renderer_of(PurePath("r.md"))(REPORTS["hostile"](), language).decode()
        page = github_flavored_markdown_to_html(content)
        tags = set(re.findall(r"<(/?[a-zA-Z!][^\s>]*)", page))
        if active := tags & {"a", "img", "script", "em", "strong", "code", "pre", "hr", "del"}:
            yield f"hostile.md ({language}): {sorted(active)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
