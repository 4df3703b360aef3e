"""The options and ini keys of a run, read and validated at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from cloudpack_baseline.assessment import utc
from cloudpack_baseline.attestations import promises_within
from cloudpack_baseline.baseline import find_baseline
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.immutable import frozen
from cloudpack_baseline.reports.formats import renderer_of
from cloudpack_baseline.texts import LANGUAGES, Language, environment_language
from cloudpack_baseline.whitepaper import Catalogue, Control

if TYPE_CHECKING:
    from cloudpack_baseline.reports.comparison import JudgedReport

__all__ = [
    "DEFAULT_SOURCE",
    "FILED_SOURCES",
    "Settings",
    "argument_path",
    "baseline_path",
    "instant_of",
    "is_named",
    "passed_over",
    "settings",
]

T = TypeVar("T")

DEFAULT_SOURCE = "aws"
_INCOMPATIBLE = {"retries": "--retries", "flake_finder_enable": "--flake-finder"}
"""Options of plugins (pytest-retry, pytest-flakefinder) that end with an INTERNALERROR where an
item is no Python function, by the name of their value."""
FILED_SOURCES = ("snapshot", "describe", "template", "plan")
"""Kinds of sources whose second half is a path."""


@frozen(kw_only=True)
class Settings:
    """The options of a run.

    Attributes:
        folder: the folder in which pytest was started.
        controls: the selected controls, in the order of the catalogue.
        promises: the selected attested promises, in the order of the white paper.
        narrowed: whether the user selected them, by control or clause.
        as_of: the time as of which ages are calculated; ``None``: the time of gathering.
        language: of what is printed.
        source: such as ``aws`` or ``snapshot:FILE``, with absolute paths.
        parameters: the file with values of a template's parameters.
        record: where the snapshot is written.
        reports: where reports are written; their suffixes say in which format.
        previous: the earlier report that the run is compared with.
    """

    folder: Path
    controls: tuple[Control, ...]
    promises: tuple[Control, ...]
    narrowed: bool
    as_of: datetime | None
    language: Language
    source: str
    parameters: Path | None
    record: Path | None
    reports: tuple[Path, ...]
    previous: JudgedReport | None


def settings(config: pytest.Config, catalogue: Catalogue) -> Settings:
    """The options of the run.

    Args:
        config: of the run.
        catalogue: the controls that can be selected.

    Raises:
        InputError: everything that is wrong with them, each with the option's name.
    """
    problems: list[Problem] = []
    options = config.option
    language = options.cloudpack_lang or config.getini("cloudpack_lang")
    named = [*(options.cloudpack_control or ()), *(options.cloudpack_clause or ())]
    read = Settings(
        folder=config.invocation_params.dir,
        controls=_checked(problems, lambda: _controls(config, catalogue), ()),
        promises=_checked(problems, lambda: _promises(config, catalogue), ()),
        narrowed=bool(named),
        as_of=_checked(problems, lambda: instant_of(options.cloudpack_as_of), None),
        language=_checked(
            problems, lambda: _language(language or environment_language(os.environ)), "en"
        ),
        source=_source(config),
        parameters=_parameters(config),
        record=_checked(problems, lambda: _output(config, "record"), None),
        reports=tuple(_reports(config, problems)),
        previous=_checked(problems, lambda: _previous(config), None),
    )
    problems += [
        Problem("works with Python test functions only; leave it out", option)
        for name, option in _INCOMPATIBLE.items()
        if config.getoption(name, None)
    ]
    if problems:
        raise InputError(problems)
    return read


def _checked(problems: list[Problem], read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except InputError as error:
        problems.extend(error.problems)
        return otherwise


def _controls(config: pytest.Config, catalogue: Catalogue) -> tuple[Control, ...]:
    named = _listed(config.option.cloudpack_control)
    clauses = _listed(config.option.cloudpack_clause)
    chosen = catalogue.select(named, clauses)
    if not (chosen or _promises(config, catalogue)):
        names = ", ".join(clauses or ()) or "nothing"
        raise InputError(
            Problem(f"no control judges {names}", "--cloudpack-clause" if clauses else "")
        )
    return chosen


def _promises(config: pytest.Config, catalogue: Catalogue) -> tuple[Control, ...]:
    """The attested promises: all of them, or those of the named clauses."""
    clauses = _listed(config.option.cloudpack_clause)
    if clauses is None and config.option.cloudpack_control:
        return ()
    return promises_within(catalogue, clauses)


def _listed(values: Iterable[str] | None) -> list[str] | None:
    if values is None:
        return None
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def instant_of(value: str | None) -> datetime | None:
    """The time of ``--cloudpack-as-of``; a date alone is the start of its day in UTC.

    Raises:
        InputError: not a time, or a time without a time zone.
    """
    if value is None:
        return None
    option = "--cloudpack-as-of"
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        examples = "2026-11-23 or 2026-11-23T09:00:00+09:00"
        problem = Problem(f"expected a time such as {examples}, got {value!r}", option)
        raise InputError(problem) from None
    if moment.tzinfo is None and _is_date(value):
        moment = moment.replace(tzinfo=UTC)
    if moment.tzinfo is None:
        problem = Problem(f"a time requires a time zone: {value}Z or {value}+09:00", option)
        raise InputError(problem)
    in_utc = utc(moment)
    if in_utc is None:
        raise InputError(Problem(f"out of range: {value!r}", option))
    return in_utc


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _language(value: str) -> Language:
    if value not in LANGUAGES:
        raise InputError(Problem(f"expected ja or en, got {value!r}", "--cloudpack-lang"))
    return value


def _source(config: pytest.Config) -> str:
    """The source; a file is relative to the invocation folder, or in an ini file to its folder."""
    option = config.option.cloudpack_source
    folder = config.invocation_params.dir if option else _ini_folder(config)
    source: str = option or config.getini("cloudpack_source") or DEFAULT_SOURCE
    kind, _, path = source.partition(":")
    return f"{kind}:{folder / path}" if path and kind in FILED_SOURCES else source


def _ini_folder(config: pytest.Config) -> Path:
    return config.inipath.parent if config.inipath else config.rootpath


def _parameters(config: pytest.Config) -> Path | None:
    option = config.option.cloudpack_parameters
    return config.invocation_params.dir / option if option else None


def _reports(config: pytest.Config, problems: list[Problem]) -> Iterator[Path]:
    for option in config.option.cloudpack_report or ():
        try:
            path = _output_path(config, "report", option)
            renderer_of(path)
        except InputError as error:
            problems.extend(error.problems)
        else:
            yield path


def _previous(config: pytest.Config) -> JudgedReport | None:
    option = config.option.cloudpack_compare
    if not option:
        return None
    from cloudpack_baseline.reports.comparison import read_report  # noqa: PLC0415 - most runs do without it

    return read_report(config.invocation_params.dir / option)


def _output(config: pytest.Config, name: str) -> Path | None:
    option = getattr(config.option, f"cloudpack_{name}")
    return _output_path(config, name, option) if option else None


def _output_path(config: pytest.Config, name: str, option: str) -> Path:
    path: Path = config.invocation_params.dir / option
    if path.is_dir():
        raise InputError(Problem("is a folder; name a file", f"--cloudpack-{name}", str(path)))
    if not path.parent.is_dir():
        raise InputError(Problem("its folder does not exist", f"--cloudpack-{name}", str(path)))
    return path


def baseline_path(config: pytest.Config) -> Path:
    """The baseline file of the run, absolute.

    Raises:
        InputError: none, two at one level, or a named one that is no file.
    """
    folder = config.invocation_params.dir
    path: Path | None = None
    if option := config.option.cloudpack_file:
        path = folder / option
    elif key := config.getini("cloudpack_file"):
        path = _ini_folder(config) / key
    if path is None:
        return find_baseline(argument_path(config, argument) for argument in config.args).absolute()
    if not path.is_file():
        raise InputError(Problem("there is no such file", "--cloudpack-file", str(path)))
    return _normal(path)


def argument_path(config: pytest.Config, argument: str) -> Path:
    """The absolute path that an argument of pytest names, without its ``::`` parts."""
    return _normal(config.invocation_params.dir / argument.partition("::")[0])


def is_named(config: pytest.Config, path: Path) -> bool:
    """Whether an argument names the file, or a folder above it."""
    named = {argument_path(config, argument) for argument in config.args}
    return path in named or not named.isdisjoint(path.parents)


def passed_over(config: pytest.Config, path: Path) -> Path | None:
    """The highest folder above the file that ``norecursedirs`` hides; ``None``: there is none."""
    patterns = config.getini("norecursedirs")
    folders = [folder for folder in reversed(path.parents) if config.rootpath in folder.parents]
    hidden = (
        folder for folder in folders if any(fnmatch(folder.name, pattern) for pattern in patterns)
    )
    return next(hidden, None)


def _normal(path: Path) -> Path:
    # As pytest does: dots are folded, links are kept.
    return Path(os.path.normpath(path))
