"""The catalogue of a command: of the white paper, of installed packages, of named files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from inspect import signature
from pathlib import Path
from typing import Any

from cloudpack_baseline.errors import InputError, Problem
from cloudpack_baseline.whitepaper import Catalogue, Control, additions_of, installed

__all__ = ["catalogue_of"]

_HOOK = "pytest_cloudpack_catalogue"


def catalogue_of(arguments: argparse.Namespace) -> Catalogue:
    """The catalogue in force, with the controls of the files of ``--catalogue``.

    Raises:
        InputError: a file that cannot be run or has no such hook, or an ID that exists already.
    """
    additions: list[Catalogue | Control] = []
    for name in arguments.catalogue or ():
        additions += additions_of(_answer(name), f"{name}: {_HOOK}")
    return installed().extended(*additions)


def _answer(name: str) -> Any:  # noqa: ANN401 - as the hook returns
    """What the hook of the file returns; outside pytest, its ``config`` is ``None``."""
    hook = _hook(Path(name))
    try:
        return hook(**dict.fromkeys(signature(hook).parameters))
    except Exception as error:  # the user's code: anything
        message = f"{_HOOK} failed: {type(error).__name__}: {error}"
        raise InputError(Problem(message, file=name)) from error


def _hook(path: Path) -> Callable[..., Any]:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise InputError(Problem("is not a Python file", file=str(path)))
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # the user's code: anything
        message = f"cannot be imported: {type(error).__name__}: {error}"
        raise InputError(Problem(message, file=str(path))) from error
    hook: Callable[..., Any] | None = getattr(module, _HOOK, None)
    if hook is None:
        raise InputError(Problem(f"has no function {_HOOK}", file=str(path)))
    return hook
