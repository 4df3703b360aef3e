"""The formats of a report, by the suffix of its file: all of them from the JSON values.

A format is a function from the values and the language to bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import PurePath
from typing import Any, TypeAlias

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.texts import Language

__all__ = ["SUFFIXES", "Renderer", "renderer_of"]

Renderer: TypeAlias = Callable[[Mapping[str, Any], Language], bytes]

_MODULES: Mapping[str, str] = {
    ".asff.json": "asff",
    ".codequality.json": "codequality",
    ".csv": "csv",
    ".html": "html",
    ".json": "json",
    ".md": "markdown",
    ".ocsf.json": "ocsf",
    ".oscal.json": "oscal",
    ".sarif": "sarif",
}
"""The module of each suffix, which has a function ``render``; longer suffixes win."""

SUFFIXES = tuple(sorted(_MODULES, key=lambda suffix: (-len(suffix), suffix)))
"""The suffixes, the longest first."""


def renderer_of(file: PurePath) -> Renderer:
    """The format of the file; JSON if its name has no suffix.

    Raises:
        InputError: its name ends with no suffix of a format.
    """
    for suffix in SUFFIXES if "." in file.name else (".json",):
        if file.name.endswith(suffix) or "." not in file.name:
            module = import_module(f"cloudpack_baseline.reports.{_MODULES[suffix]}")
            render: Renderer = module.render
            return render
    suffixes = ", ".join(sorted(SUFFIXES))
    raise InputError(f"{file.name}: the name of a report ends with one of {suffixes}")
