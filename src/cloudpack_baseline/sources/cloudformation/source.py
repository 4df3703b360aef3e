"""The source ``template:PATH``: a file, a folder, a glob or the output of ``cdk synth``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.model.catalogue import record_class
from cloudpack_baseline.model.read import merged
from cloudpack_baseline.model.snapshot import Coverage, Snapshot
from cloudpack_baseline.model.values import Unknown, Why
from cloudpack_baseline.sources.calls import Calls
from cloudpack_baseline.sources.cloudformation.parameters import parse_given
from cloudpack_baseline.sources.cloudformation.resources import answers_of
from cloudpack_baseline.sources.cloudformation.stacks import (
    PLACEHOLDER_ACCOUNT,
    Deployment,
    Root,
    StackPlace,
    deployments_of,
)
from cloudpack_baseline.sources.cloudformation.template import (
    Template,
    is_template,
    read_template,
)
from cloudpack_baseline.sources.cloudformation.transport import (
    ASSUMED,
    StackTransport,
    absent_codes,
)
from cloudpack_baseline.sources.cloudformation.typed import StackAnswers
from cloudpack_baseline.sources.cloudformation.types import described_operations
from cloudpack_baseline.sources.files import FileFault, read_file, shown_path
from cloudpack_baseline.sources.gathering import gather_with, merge, operations_of
from cloudpack_baseline.sources.regions import Regions
from cloudpack_baseline.sources.targets import SourceAccount
from cloudpack_baseline.whitepaper import no_such

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cloudpack_baseline.model.read import Read

__all__ = ["TemplateSource", "gather_deployments", "read_parameters", "read_templates"]

_SUFFIXES = (".yaml", ".yml", ".json", ".template")
_SKIPPED = frozenset((".git", ".aws-sam", "node_modules", ".venv"))


@frozen(kw_only=True)
class TemplateSource:
    """Templates of CloudFormation.

    Attributes:
        path: a file, a folder or a glob.
        parameters: values of parameters by name, for every template that declares them.
    """

    path: str
    parameters: Mapping[str, str] = field(factory=dict)
    name: str = "template"

    @contextmanager
    def open(self, targets: Iterable[SourceAccount] = ()) -> Iterator[_OpenTemplates]:
        """The templates.

        Raises:
            InputError: there is no such file, or it is no template.
        """
        templates, faults = read_templates(self.path)
        check_given(self.parameters, templates)
        yield _OpenTemplates(
            templates=templates,
            faults=faults,
            parameters=self.parameters,
            targets=tuple(targets) or (SourceAccount(),),
        )


@frozen(kw_only=True)
class _OpenTemplates:
    templates: tuple[Template, ...]
    faults: tuple[InputError, ...]
    parameters: Mapping[str, str]
    targets: tuple[SourceAccount, ...]

    def gather(self, selection: Iterable[Read], *, executor: Executor | None = None) -> Snapshot:  # noqa: ARG002 - of the protocol
        """The snapshot of the first scenario, with those of the others as alternatives."""
        selection = merged(selection)
        return _together([self._gather(selection, target) for target in self.targets])

    def _gather(self, selection: tuple[Read, ...], target: SourceAccount) -> Snapshot:
        roots = [
            Root(
                template=template,
                place=StackPlace(
                    account=target.id or PLACEHOLDER_ACCOUNT,
                    region=_single(target.regions),
                    partition="aws",
                    stack=Path(template.file).stem,
                ),
                given=self.parameters,
            )
            for template in self.templates
            if not _is_nested(template, self.templates)
        ]
        planned = deployments_of(roots, self.templates)
        if planned.faults and len(self.templates) == 1:
            raise planned.faults[0]
        gaps = [_fault(error) for error in (*self.faults, *planned.faults)]
        if planned.is_bounded:
            detail = "the templates have more scenarios of conditions than are judged"
            gaps.append(Unknown.because(Why.UNDETERMINED, detail=detail))
        return gather_deployments(
            planned.deployments, selection, target, source="template", gaps=gaps
        )


def _single(regions: tuple[str, ...] | None) -> str:
    """The Region, if it is the only one that the template may be deployed to."""
    return regions[0] if regions and len(regions) == 1 and regions != ("*",) else ""


def gather_deployments(
    deployments: Iterable[Deployment],
    selection: tuple[Read, ...],
    target: SourceAccount,
    *,
    source: str,
    gaps: Iterable[Unknown] = (),
) -> Snapshot:
    """The snapshot of the first deployment, with those of the others as alternatives.

    Args:
        deployments: one for each scenario.
        selection: what to gather.
        target: the account that the baseline declares.
        source: for `Snapshot.source`.
        gaps: what may be missing from every kind.
    """
    gaps = tuple(gaps)
    first, *others = [
        _gather_deployment(deployment, selection, target, source, gaps)
        for deployment in deployments
    ]
    distinct: list[Snapshot] = []
    for snapshot in others:
        contents = (snapshot.records, snapshot.coverage)
        if all(contents != (known.records, known.coverage) for known in (first, *distinct)):
            distinct.append(snapshot)
    return evolve(first, alternatives=tuple(distinct))


def _together(snapshots: list[Snapshot]) -> Snapshot:
    """The snapshots of several accounts, scenario by scenario."""
    by_scenario = [[snapshot, *snapshot.alternatives] for snapshot in snapshots]
    first, *others = [
        evolve(
            merge(scenarios[index % len(scenarios)] for scenarios in by_scenario),
            scenario=by_scenario[0][index % len(by_scenario[0])].scenario,
        )
        for index in range(max(map(len, by_scenario)))
    ]
    return evolve(first, alternatives=tuple(others))


def _fault(error: InputError) -> Unknown:
    return Unknown.because(Why.MALFORMED, detail=str(error))


def _gather_deployment(
    deployment: Deployment,
    selection: tuple[Read, ...],
    target: SourceAccount,
    source: str,
    gaps: tuple[Unknown, ...],
) -> Snapshot:
    answers = answers_of(deployment.stacks)
    if not answers:
        answers = {(target.id or PLACEHOLDER_ACCOUNT, ""): StackAnswers()}
    for of_region in answers.values():
        for gap in gaps:
            of_region.add_gap(described_operations(), gap)
    accounts: dict[str, dict[str, StackAnswers]] = {}
    for (account, region), of_region in answers.items():
        accounts.setdefault(account, {})[region] = of_region
    snapshots = [
        _gather_account(account, by_region, selection, target, source)
        for account, by_region in accounts.items()
    ]
    return evolve(merge(snapshots), scenario=deployment.scenario)


def _gather_account(
    account: str,
    by_region: Mapping[str, StackAnswers],
    selection: tuple[Read, ...],
    target: SourceAccount,
    source: str,
) -> Snapshot:
    calls = Calls(
        transport=StackTransport(by_region, absent_codes(selection)),
        account=account,
        partition="aws",
        region=next(iter(by_region)),
    )
    snapshot = gather_with(
        calls,
        selection,
        source=source,
        regions=Regions(read=tuple(sorted(by_region))),
        name=target.name if account == (target.id or PLACEHOLDER_ACCOUNT) else "",
        workers=1,
    )
    asked = operations_of(selection) & ASSUMED.keys()
    return evolve(
        snapshot,
        coverage=tuple(map(_with_limits, snapshot.coverage)),
        assumptions={ASSUMED[key].assumption for key in asked},
    )


def _with_limits(coverage: Coverage) -> Coverage:
    """The coverage; a kind that no resource of a template makes cannot be provided."""
    api = record_class(coverage.kind).api
    if api is not None and described_operations().isdisjoint(api.operations):
        return evolve(coverage, cannot_tell="common.cannot-tell")
    return coverage


def _is_nested(template: Template, templates: Iterable[Template]) -> bool:
    name = Path(template.file).name
    return any(other is not template and name in other.nested_files for other in templates)


def read_parameters(file: Path) -> Mapping[str, str]:
    """The values of parameters in a file.

    Raises:
        InputError: it cannot be read, or has none of the forms that CloudFormation knows.
    """
    try:
        content = read_file(file).decode("utf-8-sig")
    except (FileFault, UnicodeDecodeError) as error:
        message = str(error) if isinstance(error, FileFault) else "is not UTF-8"
        raise InputError(Problem(message, file=shown_path(file))) from None
    return parse_given(content, shown_path(file))


def check_given(given: Mapping[str, str], templates: Iterable[Template]) -> None:
    """Check that each given parameter is declared, and has a value that is allowed.

    Raises:
        InputError: names that no template declares, and values that are not allowed, all at once.
    """
    templates = tuple(templates)
    declared = {name for template in templates for name in template.parameters}
    problems = [
        Problem(no_such("parameter", name, declared), "parameters")
        for name in sorted(set(given) - declared)
    ]
    for template in templates:
        for name, parameter in template.parameters.items():
            value = given.get(name)
            if value is not None and parameter.allowed and value not in parameter.allowed:
                allowed = ", ".join(parameter.allowed)
                message = f"parameter {name}: {value!r} is not one of the allowed {allowed}"
                problems.append(Problem(message, file=template.file))
    if problems:
        raise InputError(problems)


def read_templates(path: str) -> tuple[tuple[Template, ...], tuple[InputError, ...]]:
    """The templates of a file, a folder or a glob, and what is wrong with the others.

    In a folder and a glob, files that are no templates are skipped.

    Raises:
        InputError: there is none, or the only file is none.
    """
    place = Path(path)
    if place.is_file():
        return (_read(place),), ()
    if place.is_dir():
        files = [file for file in place.rglob("*") if file.suffix in _SUFFIXES]
    else:
        files = [Path(name) for name in glob(path, recursive=True)]  # noqa: PTH207 - an absolute pattern too
    templates: list[Template] = []
    faults: list[InputError] = []
    for file in sorted(files):
        if _SKIPPED.isdisjoint(file.relative_to(place).parts if place.is_dir() else ()):
            try:
                content = read_file(file)
                if is_template(content):
                    templates.append(read_template(content, shown_path(file)))
            except FileFault as error:
                faults.append(InputError(Problem(str(error), file=shown_path(file))))
            except InputError as error:
                faults.append(error)
    if not templates:
        raise faults[0] if faults else InputError(f"there is no template in {path}")
    return tuple(templates), tuple(faults)


def _read(file: Path) -> Template:
    try:
        return read_template(read_file(file), shown_path(file))
    except FileFault as error:
        raise InputError(Problem(str(error), file=shown_path(file))) from None
