"""Controls as rules of cfn-lint: ``cfn-lint template.yaml -a cloudpack_baseline.cfn_lint_rules``.

Each control has two rules with one number of its own, from the block 9801 to 9899 that cfn-lint
does not use: ``E9801`` for a resource that fails, ``W9801`` for one that is unknown. A template is
judged alone, with the nearest baseline file, in every scenario of its conditions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from cloudpack_baseline.assessment import assess
from cloudpack_baseline.baseline import Baseline, nearest_baseline
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.findings import Finding, Observation, Outcome
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.cloudformation.source import OpenTemplates
from cloudpack_baseline.sources.cloudformation.template import read_template
from cloudpack_baseline.sources.cloudformation.template_files import TemplateFile, TemplateFiles
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.whitepaper import Control, controls

if TYPE_CHECKING:
    from cfnlint.template import Template

__all__: list[str] = []

_PREFIXES = {Outcome.FAIL: "E", Outcome.UNKNOWN: "W"}


def _numbers() -> Mapping[str, int]:
    """The number of each control; a number is never given to another control."""
    text = files("cloudpack_baseline").joinpath("cfn_lint_numbers.json").read_text("utf-8")
    numbers: Mapping[str, int] = json.loads(text)
    return numbers


def _rule(control: Control, number: int, outcome: Outcome) -> type[CloudFormationLintRule]:
    """The rule that reports findings of the control with the outcome."""

    def match(_self: CloudFormationLintRule, cfn: Template) -> list[RuleMatch]:
        return [
            _match(cfn, finding, observation)
            for finding in _findings(str(cfn.filename or ""), json.dumps(cfn.template))
            if finding.control == control.id and not finding.waived
            for observation in finding.observations
            if observation.outcome is outcome
        ]

    id_ = f"{_PREFIXES[outcome]}{number}"
    state = "fails" if outcome is Outcome.FAIL else "is unknown"
    return type(
        id_,
        (CloudFormationLintRule,),
        {
            "__module__": __name__,
            "id": id_,
            "shortdesc": f"{control.id} {state}",
            "description": f"{control.title['en']}. {control.remedy['en']}",
            "tags": ["cloudpack-baseline", control.id, control.theme],
            "match": match,
        },
    )


def _match(cfn: Template, finding: Finding, observation: Observation) -> RuleMatch:
    """The match at the line of the observation, in the resource that it belongs to."""
    origin = observation.origin or finding.resource.origin
    message = (
        f"{finding.control}: {finding.resource.label}: {observation.message.in_language('en')}"
    )
    notes = "; ".join(note.in_language("en") for note in finding.notes)
    message = f"{message} ({notes})" if notes else message
    if origin is None or not origin.line:
        return RuleMatch(["Resources"], message)
    line, column = origin.line - 1, max(origin.column, 1) - 1  # cfn-lint counts from 0
    location = (line, column, line, column + 1)
    return RuleMatch(["Resources", *_logical_id(cfn, origin)], message, location=location)


def _logical_id(cfn: Template, origin: Origin) -> Iterator[str]:
    """The resource in which the line is, so that it can suppress the rule."""
    starts = {
        key.start_mark.line + 1: str(key)
        for key in cfn.get_resources()
        if hasattr(key, "start_mark")
    }
    above = [line for line in starts if line <= origin.line]
    if above:
        yield starts[max(above)]


@lru_cache(maxsize=4)
def _findings(filename: str, template: str) -> tuple[Finding, ...]:
    """The findings of all controls about a template: of its file, else of what cfn-lint read."""
    file = Path(filename)
    content = file.read_bytes() if file.is_file() else template.encode()
    try:
        parsed = read_template(content, filename or "template")
    except InputError:
        return ()  # cfn-lint itself says what is wrong with it
    path = nearest_baseline([file.parent if file.is_file() else Path.cwd()])
    baseline = Baseline() if path is None else Baseline.load(path)
    opened = OpenTemplates(
        files=TemplateFiles(files=(TemplateFile(template=parsed, stack=file.stem or "template"),)),
        parameters={},
        targets=(SourceAccount(regions=baseline.regions),),
    )
    snapshot = opened.gather(reads_of(controls().values()))
    return assess(snapshot, baseline).findings


def _rules() -> Iterator[type[CloudFormationLintRule]]:
    for id_, number in _numbers().items():
        control = controls().get(id_)
        if control is not None:
            for outcome in _PREFIXES:
                yield _rule(control, number, outcome)


# cfn-lint takes the classes in the namespace of the module.
globals().update({rule.__name__: rule for rule in _rules()})
