"""Mutants that are imported in the place of their modules, each in a process of its own.

That is right for every mutant, and slow: each process imports the package and collects its
tests anew.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.machinery import ModuleSpec
from types import CodeType

from attempts import OPTIONS, Alarm, outcomes
from mutants import PACKAGE, ROOT, Mutant


class Loader(importlib.machinery.SourceFileLoader):
    """Loads the mutant in place of its module."""

    def __init__(self, name: str, path: str, tree: ast.Module) -> None:
        super().__init__(name, path)
        self.tree = tree

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.path, "exec", dont_inherit=True)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the mutant before its module."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = mutant.module_name
        self.file = PACKAGE / mutant.module
        self.tree = mutant.tree()

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(
            fullname,
            self.file,
            loader=Loader(fullname, str(self.file), self.tree),
            submodule_search_locations=(
                [str(self.file.parent)] if self.file.stem == "__init__" else None
            ),
        )


def survivors_of_imports(
    chosen: Iterable[Mutant], tests_of: Callable[[Mutant], list[str]], jobs: int
) -> Iterator[Mutant]:
    """The mutants that survive their tests, which are functions of tests, as they come."""
    for module in ("boto3", "hypothesis", "pytest"):
        importlib.import_module(module)  # what every process imports anyway
    tests = {mutant: tests_of(mutant) for mutant in chosen}
    some_tests = next(iter(tests.values()), [])[:5]
    if any(code for _, code in outcomes([(None, partial(_run, None, some_tests))], jobs)):
        raise SystemExit("tests fail in a process of their own, without any mutant")
    attempts = ((mutant, partial(_run, mutant, tests[mutant])) for mutant in tests)
    for mutant, exit_code in outcomes(attempts, jobs):
        if exit_code == 0:
            yield mutant


def _run(mutant: Mutant | None, tests: list[str]) -> int:
    """The tests against the mutant, or the package as it is: 0 if all pass."""
    import pytest

    if not tests:
        return 0
    os.chdir(ROOT)
    if mutant is not None:
        sys.meta_path.insert(0, Finder(mutant))
    return int(pytest.main(["-x", *OPTIONS, *tests], plugins=[Alarm()]))
