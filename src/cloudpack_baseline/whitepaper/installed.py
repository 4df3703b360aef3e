"""The catalogue of the white paper, with those of installed packages."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from attrs import evolve

from cloudpack_baseline.errors import InputError
from cloudpack_baseline.whitepaper.catalogue import Catalogue
from cloudpack_baseline.whitepaper.records import Control

__all__ = ["GROUP", "extended_by"]

GROUP = "cloudpack_baseline.catalogues"
"""The entry points; each names a `Catalogue` or a `Control`."""


def extended_by(catalogue: Catalogue) -> Catalogue:
    """The catalogue with those that installed packages add, in the order of their names.

    Raises:
        InputError: a package cannot be loaded, names something else, or repeats an ID.
    """
    packages = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return catalogue.extended(*map(_loaded, packages))


def _loaded(entry: EntryPoint) -> Catalogue | Control:
    try:
        addition = entry.load()
    except InputError as error:
        raise InputError(
            evolve(problem, message=f"{problem.message} (entry point {entry.name})")
            for problem in error.problems
        ) from error
    except Exception as error:  # the code of another package: anything
        message = f"{type(error).__name__}: {error}"
        raise InputError(f"entry point {entry.name} ({entry.value}): {message}") from error
    if not isinstance(addition, Catalogue | Control):
        kind = type(addition).__name__
        raise InputError(
            f"entry point {entry.name} ({entry.value}): expected a Catalogue or Control, got {kind}"
        )
    return addition
