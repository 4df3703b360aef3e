"""Finding the baseline file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from cloudpack_baseline.errors import InputError, Problem

FILE_NAME = "cloudpack-baseline.toml"
PYPROJECT = "pyproject.toml"
TOOL_TABLE = "cloudpack-baseline"


def find_baseline(starts: Iterable[Path]) -> Path:
    """The nearest baseline file from each folder upwards.

    Args:
        starts: folders or files; the first that leads to a baseline file decides.

    Raises:
        InputError: two at one level, or none at all.
    """
    path = nearest_baseline(starts)
    if path is None:
        raise InputError(
            f"no baseline file: neither {FILE_NAME} nor [tool.{TOOL_TABLE}] in {PYPROJECT}, here "
            "or in a folder above; 'cloudpack-baseline init' writes one"
        )
    return path


def nearest_baseline(starts: Iterable[Path]) -> Path | None:
    """As `find_baseline`, but ``None`` where there is none at all.

    Raises:
        InputError: two at one level.
    """
    for start in starts:
        folder = start if start.is_dir() else start.parent
        for level in (folder, *folder.parents):
            if (path := _at(level)) is not None:
                return path
    return None


def _at(folder: Path) -> Path | None:
    baseline, project = folder / FILE_NAME, folder / PYPROJECT
    in_project = project.is_file() and _has_table(project)
    if baseline.is_file() and in_project:
        raise InputError(
            Problem(
                f"two baselines at one level: this file and [tool.{TOOL_TABLE}] in {project}; "
                "keep one, or name it by --cloudpack-file",
                file=str(baseline),
            )
        )
    if baseline.is_file():
        return baseline
    return project if in_project else None


def _has_table(project: Path) -> bool:
    try:
        values = tomllib.loads(project.read_text(encoding="utf-8"))
    except (OSError, RecursionError, ValueError):
        # Not reported here: the owner of the file learns of it from other tools.
        return False
    tool = values.get("tool", {})
    return isinstance(tool, dict) and TOOL_TABLE in tool
