"""Controls as rules of cfn-lint: ``cfn-lint template.yaml -a cloudpack_baseline.cfn_lint_rules``.

Each control has two rules with one number of its own, from the block 9801 to 9899 that cfn-lint
does not use: ``E9801`` for a resource that fails, ``W9801`` for one that is unknown. Controls that
installed packages add have numbers from 9900 to 9999, and `rules_of` makes the rules of others.
``E9800`` says that a template is not judged, ``W9800`` (``unread-templates``) that it nests one
that is not: a template is judged alone, with the nearest baseline file, in every scenario of its
conditions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from cloudpack_baseline.assessment import assess
from cloudpack_baseline.baseline import Baseline, nearest_baseline
from cloudpack_baseline.errors import InputError, MissingExtraError
from cloudpack_baseline.findings import Finding, Observation, Outcome
from cloudpack_baseline.immutable import frozen
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
from cloudpack_baseline.unread_templates import UNREAD
from cloudpack_baseline.whitepaper import Catalogue, Control, builtin, installed
from cloudpack_baseline.whitepaper.declared import declarations

try:
    from cfnlint.rules import CloudFormationLintRule, RuleMatch
except ImportError:
    raise MissingExtraError("cfn-lint", "the rules of cfn-lint") from None

if TYPE_CHECKING:
    from cfnlint.template import Template

__all__ = ["rules_of"]

_FAULT = 9800
_OF_PACKAGES = range(9900, 10000)
_PREFIXES = {Outcome.FAIL: "E", Outcome.UNKNOWN: "W"}


def _numbers() -> Mapping[str, int]:
    """The number of each control; a number is never given to another control."""
    text = files("cloudpack_baseline").joinpath("cfn_lint_numbers.json").read_text("utf-8")
    numbers: Mapping[str, int] = json.loads(text)
    return numbers


def _further_numbers(*groups: Iterable[str]) -> Mapping[str, int]:
    """The numbers of controls that are not those of the white paper.

    A number follows from the ID, so that it stays when other controls come and go; of two IDs with
    the same number, the later one has the next number that is free. A group is later than those
    before it, and its IDs are in the order of the alphabet: what installed packages add has the
    same numbers in every module.

    Raises:
        InputError: there are more controls than numbers.
    """
    numbers: dict[str, int] = {}
    ids = [id_ for group in groups for id_ in sorted(group)]
    if len(ids) > len(_OF_PACKAGES):
        raise InputError(f"cfn-lint has numbers for {len(_OF_PACKAGES)} controls, not {len(ids)}")
    for id_ in ids:
        place = crc32(id_.encode()) % len(_OF_PACKAGES)
        while _OF_PACKAGES[place] in numbers.values():
            place = (place + 1) % len(_OF_PACKAGES)
        numbers[id_] = _OF_PACKAGES[place]
    return numbers


def _rule(
    control: Control, number: int, outcome: Outcome, judge: _Judge
) -> type[CloudFormationLintRule]:
    """The rule that reports findings of the control with the outcome."""

    def match(_self: CloudFormationLintRule, cfn: Template) -> list[RuleMatch]:
        return [
            _match(cfn, finding, observation)
            for finding in judge(cfn).findings
            if finding.control == control.id and not finding.waived
            for observation in finding.observations
            if observation.outcome is outcome
        ]

    state = "fails" if outcome is Outcome.FAIL else "is unknown"
    return _rule_class(
        f"{_PREFIXES[outcome]}{number}",
        f"{control.id} {state}",
        f"{control.title['en']}. {control.advice.get('en', '')}".rstrip(),
        (control.id, control.theme),
        match,
    )


def _fault_rule(judge: _Judge) -> type[CloudFormationLintRule]:
    """The rule that says that the template is not judged: no finding would look like a pass."""

    def match(_self: CloudFormationLintRule, cfn: Template) -> list[RuleMatch]:
        fault = judge(cfn).fault
        return [RuleMatch(["Resources"], f"the template is not judged: {fault}")] if fault else []

    description = "The template, the baseline file or an installed catalogue cannot be read."
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


_Judge: TypeAlias = Callable[["Template"], _Judgement]
"""Judges a template, once for all rules."""


def _judge_of(catalogue: Catalogue, ids: Iterable[str], fault: str = "") -> _Judge:
    """What judges templates against controls of a catalogue.

    Args:
        catalogue: in force.
        ids: of the controls.
        fault: why nothing is judged.
    """
    judge = partial(_judgement, catalogue, tuple(ids), fault)
    return lru_cache(maxsize=1)(judge)


def _judgement(catalogue: Catalogue, ids: tuple[str, ...], fault: str, cfn: Template) -> _Judgement:
    """What controls say about a template."""
    try:
        return _Judgement(fault=fault) if fault else _Judgement(_findings(catalogue, ids, cfn))
    except InputError as error:
        return _Judgement(fault=str(error))


def _findings(catalogue: Catalogue, ids: Iterable[str], cfn: Template) -> tuple[Finding, ...]:
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
    baseline = (
        Baseline.from_mapping({}, catalogue=catalogue)
        if path is None
        else Baseline.load(path, catalogue=catalogue)
    )
    selected = catalogue.select(ids)
    opened = OpenTemplates(
        files=TemplateFiles(files=(template,)),
        parameters={},
        targets=(SourceAccount(regions=baseline.regions),),
    )
    return assess(opened.gather(reads_of(selected, baseline)), baseline, controls=selected).findings


def rules_of(*additions: Catalogue | Control) -> Mapping[str, type[CloudFormationLintRule]]:
    """The rules of controls of your own, by name, for the namespace of a module.

    Put ``globals().update(rules_of(my_control))`` into a module, and pass its name to cfn-lint.
    Pass all controls to one call: two calls may give the same number to different controls.

    Args:
        additions: controls and catalogues, as the hook ``pytest_cloudpack_catalogue`` returns them.

    Raises:
        InputError: an ID exists already, or there are more than 100 controls.
    """
    base = installed()
    catalogue = base.extended(*additions)
    user_controls = [id_ for id_ in catalogue.controls if id_ not in base.controls]
    of_packages = [id_ for id_ in base.controls if id_ not in builtin().controls]
    numbers = _further_numbers(of_packages, user_controls)
    judge = _judge_of(catalogue, user_controls)
    rules = _rules(catalogue, {id_: numbers[id_] for id_ in user_controls}, judge)
    return {rule.__name__: rule for rule in rules}


def _rules(
    catalogue: Catalogue, numbers: Mapping[str, int], judge: _Judge
) -> Iterator[type[CloudFormationLintRule]]:
    for id_, number in numbers.items():
        if id_ in catalogue.controls:
            for outcome in _PREFIXES:
                yield _rule(catalogue.controls[id_], number, outcome, judge)


def _installed_rules() -> Iterator[type[CloudFormationLintRule]]:
    """The rules of the white paper and of installed packages."""
    catalogue, fault = builtin(), ""
    numbers = _numbers()
    try:
        catalogue = installed()
        further = [id_ for id_ in catalogue.controls if id_ not in builtin().controls]
        numbers = {**numbers, **_further_numbers(further)}
    except InputError as error:  # an exception would end cfn-lint with a traceback
        fault = str(error)
    judge = _judge_of(catalogue, catalogue.controls, fault)
    yield _fault_rule(judge)
    yield _rule(declarations()[UNREAD], _FAULT, Outcome.UNKNOWN, judge)
    yield from _rules(catalogue, numbers, judge)


# cfn-lint takes the classes in the namespace of the module.
globals().update({rule.__name__: rule for rule in _installed_rules()})
