"""Controls as rules of cfn-lint: ``cfn-lint template.yaml -a cloudpack_baseline.cfn_lint_rules``.

Each control has two rules with one number of its own, from the block 9801 to 9899 that cfn-lint
does not use: ``E9801`` for a resource that fails, ``W9801`` for one that is unknown. ``E9800`` says
that a template is not judged. A template is
judged alone, with the nearest baseline file, in every scenario of its conditions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen
from cfnlint.rules import CloudFormationLintRule, RuleMatch

from cloudpack_baseline.assessment import assess
from cloudpack_baseline.baseline import Baseline, nearest_baseline
from cloudpack_baseline.errors import InputError
from cloudpack_baseline.findings import Finding, Observation, Outcome
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.model.values import Origin
from cloudpack_baseline.sources.cloudformation.source import OpenTemplates
from cloudpack_baseline.sources.cloudformation.template import read_template
from cloudpack_baseline.sources.cloudformation.template_files import (
    TemplateFile,
    TemplateFiles,
    read_template_file,
)
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.whitepaper import Control, controls

if TYPE_CHECKING:
    from cfnlint.template import Template

__all__: list[str] = []

_FAULT = 9800
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
            for finding in _judgement(cfn).findings
            if finding.control == control.id and not finding.waived
            for observation in finding.observations
            if observation.outcome is outcome
        ]

    state = "fails" if outcome is Outcome.FAIL else "is unknown"
    return _rule_class(
        f"{_PREFIXES[outcome]}{number}",
        f"{control.id} {state}",
        f"{control.title['en']}. {control.advice['en']}",
        (control.id, control.theme),
        match,
    )


def _fault_rule() -> type[CloudFormationLintRule]:
    """The rule that says that the template is not judged: no finding would look like a pass."""

    def match(_self: CloudFormationLintRule, cfn: Template) -> list[RuleMatch]:
        fault = _judgement(cfn).fault
        return [RuleMatch(["Resources"], f"the template is not judged: {fault}")] if fault else []

    description = "The template, or the baseline file, cannot be read."
    return _rule_class(f"E{_FAULT}", "the template is not judged", description, (), match)


def _rule_class(
    id_: str,
    summary: str,
    description: str,
    tags: Iterable[str],
    match: Callable[[CloudFormationLintRule, Template], list[RuleMatch]],
) -> type[CloudFormationLintRule]:
    return type(
        id_,
        (CloudFormationLintRule,),
        {
            "__module__": __name__,
            "id": id_,
            "shortdesc": summary,
            "description": description,
            "tags": ["cloudpack-baseline", *tags],
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


@frozen
class _Judgement:
    """The findings about a template, or why there are none."""

    findings: tuple[Finding, ...] = ()
    fault: str = ""


@lru_cache(maxsize=1)
def _judgement(cfn: Template) -> _Judgement:
    """What all controls say about a template; judged once for all rules."""
    try:
        return _Judgement(_findings(cfn))
    except InputError as error:
        return _Judgement(fault=str(error))


def _findings(cfn: Template) -> tuple[Finding, ...]:
    """The findings about the file of the template; of standard input, about what was parsed.

    Raises:
        InputError: the template or the baseline file is wrong.
    """
    file = Path(str(cfn.filename or ""))
    if file.is_file():
        template, folder = read_template_file(file), file.parent
    else:
        parsed = read_template(json.dumps(cfn.template).encode(), "template")
        template, folder = TemplateFile(template=parsed, stack="template"), Path.cwd()
    path = nearest_baseline([folder])
    baseline = Baseline() if path is None else Baseline.load(path)
    opened = OpenTemplates(
        files=TemplateFiles(files=(template,)),
        parameters={},
        targets=(SourceAccount(regions=baseline.regions),),
    )
    return assess(opened.gather(reads_of(controls().values())), baseline).findings


def _rules() -> Iterator[type[CloudFormationLintRule]]:
    yield _fault_rule()
    for id_, number in _numbers().items():
        control = controls().get(id_)
        if control is not None:
            for outcome in _PREFIXES:
                yield _rule(control, number, outcome)


# cfn-lint takes the classes in the namespace of the module.
globals().update({rule.__name__: rule for rule in _rules()})
