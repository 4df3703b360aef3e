"""From a TOML file to a baseline, or to every problem in it with its line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve

from cloudpack_baseline.baseline._consistency import inconsistencies
from cloudpack_baseline.baseline._find import PYPROJECT, TOOL_TABLE
from cloudpack_baseline.baseline._lines import FileLayout, header_lines, key_lines
from cloudpack_baseline.baseline._structure import KeyPath, Mistake, Structurer, key_path
from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.whitepaper import Catalogue

B = TypeVar("B")


def load_baseline(kind: type[B], path: Path, catalogue: Catalogue) -> tuple[B, FileLayout]:
    """The baseline of the file, and where its tables are; see `Baseline.load`."""
    values, source = _parsed(path)
    prefix: KeyPath = ()
    if path.name == PYPROJECT:
        prefix = ("tool", TOOL_TABLE)
        values = _tool_table(values, path)
    baseline, mistakes = _structured(kind, values, catalogue)
    layout = FileLayout(path.name, prefix, header_lines(source))
    if mistakes:
        raise InputError(_placed(mistakes, evolve(layout, lines=key_lines(source)), path))
    return baseline, layout


def from_mapping(kind: type[B], values: Mapping[str, Any], catalogue: Catalogue) -> B:
    """The baseline of the values; see `Baseline.from_mapping`."""
    if not isinstance(values, Mapping):
        raise InputError(f"expected a mapping, got {type(values).__name__}")
    baseline, mistakes = _structured(kind, values, catalogue)
    if mistakes:
        raise InputError(Problem(message, key_path(steps)) for steps, message in mistakes)
    return baseline


def _structured(
    kind: type[B], values: Mapping[str, Any], catalogue: Catalogue
) -> tuple[B, list[Mistake]]:
    structurer = Structurer(catalogue)
    baseline: B = structurer.structure(kind, dict(values))
    mistakes = structurer.mistakes + inconsistencies(values, structurer.references, catalogue)
    return baseline, sorted(mistakes, key=lambda mistake: _position(values, mistake[0]))


def _position(values: Any, path: KeyPath) -> list[int]:  # noqa: ANN401 - as TOML holds them
    """The position of the key among those of its table, from the outermost table inwards."""
    position = []
    for step in path:
        if isinstance(values, dict):
            position.append(list(values).index(step) if step in values else len(values))
            values = values.get(step)
        elif isinstance(values, list) and isinstance(step, int):
            position.append(step)
            values = values[step]
    return position


def _parsed(path: Path) -> tuple[Mapping[str, Any], str]:
    # A pipe or a device may have no end.
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError(Problem("is not a regular file", file=str(path)))
    try:
        # Editors of Windows begin a file with a byte order mark.
        source = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(source), source
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    except RecursionError:
        message = "is nested too deeply"
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"is not TOML: line {line} is not in UTF-8; save the file in UTF-8"
    except tomllib.TOMLDecodeError as error:
        message = f"is not TOML: {error}"
    except ValueError:
        message = "contains a number that is too long"
    raise InputError(Problem(message, file=str(path)))


def _tool_table(values: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    tools = values.get("tool")
    table = tools.get(TOOL_TABLE) if isinstance(tools, dict) else None
    if not isinstance(table, dict):
        raise InputError(Problem(f"has no table [tool.{TOOL_TABLE}]", file=str(path)))
    return table


def _placed(mistakes: Iterable[Mistake], layout: FileLayout, path: Path) -> list[Problem]:
    origins = [(layout.origin_of(*steps), message) for steps, message in mistakes]
    problems = [
        Problem(message, path=origin.path, file=str(path), line=origin.line)
        for origin, message in origins
    ]
    return sorted(problems, key=lambda problem: problem.line)
