"""``cloudpack-baseline templates``: judge the templates among files, as a hook names them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from cloudpack_baseline._cli._gathering import baseline_of, targets_of
from cloudpack_baseline._cli.colours import marks, show
from cloudpack_baseline.assessment import assess
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.findings import Outcome
from cloudpack_baseline.judging import reads_of
from cloudpack_baseline.sources.cloudformation.source import open_templates
from cloudpack_baseline.sources.cloudformation.template_files import (
    TemplateFiles,
    read_named_templates,
    read_parameters,
)
from cloudpack_baseline.texts import printable

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Judge the templates together, and print what fails or is unknown.

    Returns:
        The exit code: 1 if something fails or is unknown.

    Raises:
        InputError: a template or the baseline is broken, or there is no such file.
    """
    paths = [Path(name) for name in dict.fromkeys(arguments.template)]
    if problems := [_no_file(path) for path in paths if not path.is_file()]:
        raise InputError(problems)
    templates = read_named_templates(paths)
    if not templates:
        return 0
    baseline = baseline_of(arguments)
    selected = baseline.catalogue.select(arguments.control, arguments.clause)
    narrowed = bool(arguments.control or arguments.clause)
    files = TemplateFiles(files=templates)
    opened = open_templates(
        files, _parameters(arguments, files), targets_of(baseline, arguments.region)
    )
    assessment = assess(
        opened.gather(reads_of(selected, baseline)),
        baseline,
        controls=selected if narrowed else None,
    )
    show(map(printable, assessment.text(arguments.lang).splitlines()), arguments, marks)
    tolerated = arguments.allow_unknown and assessment.outcome is Outcome.UNKNOWN
    return 0 if assessment or (tolerated and not assessment.not_run) else 1


def _no_file(path: Path) -> Problem:
    if path.is_dir():
        return Problem("is a folder; name its templates", file=str(path))
    return Problem("no such file", file=str(path))


def _parameters(arguments: argparse.Namespace, files: TemplateFiles) -> Mapping[str, str]:
    """The values of parameters that the templates declare.

    A hook names what changed: the templates that declare the others may not be among the files.
    """
    if not arguments.parameters:
        return {}
    declared = {name for template in files.templates for name in template.parameters}
    given = read_parameters(arguments.parameters)
    return {name: value for name, value in given.items() if name in declared}
