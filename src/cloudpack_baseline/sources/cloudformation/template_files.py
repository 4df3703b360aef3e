"""The files of templates: which are read, and where each is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from glob import glob
from pathlib import Path

from attrs import evolve, field

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.sources.cloudformation.assembly import is_assembly, stacks_in
from cloudpack_baseline.sources.cloudformation.parameters import parse_parameter_values
from cloudpack_baseline.sources.cloudformation.template import (
    Template,
    possible_template,
    read_template,
)
from cloudpack_baseline.sources.files import FileFault, read_file, shown_path
from cloudpack_baseline.whitepaper import no_such

__all__ = [
    "TemplateFile",
    "TemplateFiles",
    "check_parameter_values",
    "read_named_templates",
    "read_parameters",
    "read_template_file",
    "read_templates",
]

_SUFFIXES = (".yaml", ".yml", ".json", ".template")
_SKIPPED = frozenset((".git", ".aws-sam", "node_modules", ".venv"))


@frozen(kw_only=True)
class TemplateFile:
    """A template, and where it is deployed as far as its file says.

    Attributes:
        template: the template.
        stack: the name of the stack.
        account: the account ID; empty: it is not named.
        region: the Region; empty: it is not named.
        parameters: the values of parameters.
    """

    template: Template
    stack: str
    account: str = ""
    region: str = ""
    parameters: Mapping[str, str] = field(factory=dict)


@frozen(kw_only=True)
class TemplateFiles:
    """The templates of a path, and what is wrong with files that are none.

    Attributes:
        files: sorted by path; at least one.
        faults: of the others.
    """

    files: tuple[TemplateFile, ...]
    faults: tuple[InputError, ...] = ()

    @property
    def templates(self) -> tuple[Template, ...]:
        """The templates."""
        return tuple(file.template for file in self.files)

    def roots(self) -> Iterator[TemplateFile]:
        """The templates that no other one nests."""
        for file in self.files:
            name = Path(file.template.file).name
            if not any(
                parent is not file and name in parent.template.nested_files for parent in self.files
            ):
                yield file


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
    return parse_parameter_values(content, shown_path(file))


def check_parameter_values(values: Mapping[str, str], templates: Iterable[Template]) -> None:
    """Check that each parameter with a value is declared, and has a value that is allowed.

    Raises:
        InputError: names that no template declares, and values that are not allowed, all at once.
    """
    templates = tuple(templates)
    declared = {name for template in templates for name in template.parameters}
    problems = [
        Problem(no_such("parameter", name, declared), "parameters")
        for name in sorted(set(values) - declared)
    ]
    for template in templates:
        for name, parameter in template.parameters.items():
            value = values.get(name)
            if value is not None and parameter.allowed and value not in parameter.allowed:
                allowed = ", ".join(parameter.allowed)
                message = f"parameter {name}: {value!r} is not one of the allowed {allowed}"
                problems.append(Problem(message, file=template.file))
    if problems:
        raise InputError(problems)


def read_templates(path: str) -> TemplateFiles:
    """The templates of a file, a folder, a glob or a cloud assembly of the AWS CDK.

    In a folder and a glob, files that are no templates are skipped.

    Raises:
        InputError: there is none, or the only file is none.
    """
    place = Path(path)
    if is_assembly(place):
        return _assembly(place)
    if place.is_file():
        return TemplateFiles(files=(read_template_file(place),))
    if place.is_dir():
        paths = [file for file in place.rglob("*") if file.suffix in _SUFFIXES]
    else:
        paths = [Path(name) for name in glob(path, recursive=True)]  # noqa: PTH207 - an absolute pattern too
    files: list[TemplateFile] = []
    faults: list[InputError] = []
    for file in sorted(paths):
        if _SKIPPED.isdisjoint(file.relative_to(place).parts if place.is_dir() else ()):
            try:
                files += _templates_of(file)
            except InputError as error:
                faults.append(error)
    if not files:
        raise faults[0] if faults else InputError(f"there is no template in {path}")
    return TemplateFiles(files=tuple(files), faults=tuple(faults))


def read_named_templates(files: Iterable[Path]) -> tuple[TemplateFile, ...]:
    """The templates among files; those that are none are skipped.

    Raises:
        InputError: some cannot be read, or are broken templates, all at once.
    """
    templates: list[TemplateFile] = []
    problems: list[Problem] = []
    for file in files:
        try:
            templates += _templates_of(file)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(templates)


def read_template_file(file: Path) -> TemplateFile:
    """The template of a file.

    Raises:
        InputError: it cannot be read, or is no template.
    """
    return TemplateFile(template=read_template(_content(file), shown_path(file)), stack=file.stem)


def _templates_of(file: Path) -> Iterator[TemplateFile]:
    """The template of a file; nothing, if the file is another document.

    Raises:
        InputError: it cannot be read, or is a broken template.
    """
    template = possible_template(_content(file), shown_path(file))
    if template is not None:
        yield TemplateFile(template=template, stack=file.stem)


def _content(file: Path) -> bytes:
    try:
        return read_file(file)
    except FileFault as error:
        raise InputError(Problem(str(error), file=shown_path(file))) from None


def _assembly(place: Path) -> TemplateFiles:
    """The stacks of a cloud assembly; nested ones are found by their parents."""
    files: list[TemplateFile] = []
    faults: list[InputError] = []
    for stack in stacks_in(place):
        try:
            template = read_template(_content(stack.file), shown_path(stack.file))
            template = evolve(template, constructs=stack.constructs)
        except InputError as error:
            faults.append(error)
            continue
        files.append(
            TemplateFile(
                template=template,
                stack=stack.name,
                account=stack.account,
                region=stack.region,
                parameters=stack.parameters,
            )
        )
        folder = stack.file.parent
        for name in sorted(template.nested_files):
            files += _nested(folder / name, faults)
    if not files:
        raise faults[0] if faults else InputError(f"there is no stack in {place}")
    return TemplateFiles(files=tuple(files), faults=tuple(faults))


def _nested(file: Path, faults: list[InputError]) -> Iterator[TemplateFile]:
    if not file.is_file():
        return
    try:
        nested = read_template_file(file)
    except InputError as error:
        faults.append(error)
        return
    yield nested
    for name in sorted(nested.template.nested_files):
        if file.parent / name != file:
            yield from _nested(file.parent / name, faults)
