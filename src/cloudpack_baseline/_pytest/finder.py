"""Importing this package as Python does, where pytest would rewrite its assertions."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

__all__ = ["PackageFinder"]

_PACKAGE = "cloudpack_baseline."


class PackageFinder:
    """Finds the modules of this package ahead of pytest's import hook.

    pytest rewrites the assertions of every module of a distribution with a plugin. This package
    asserts nothing, and to compile 300 modules anew, in each run of an environment where no
    bytecode can be written, takes longer than to judge a template.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """How Python itself imports a module of this package; ``None`` for any other."""
        return (
            PathFinder.find_spec(fullname, path, target) if fullname.startswith(_PACKAGE) else None
        )

    def install(self) -> None:
        """Ask this finder first."""
        sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Ask it no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
