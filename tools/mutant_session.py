"""Mutants that are tried within one session of pytest, whose tests are collected once.

A fork of the session gives the functions that differ the code of the mutant, and runs the
tests. What an import shows is tried by `mutant_imports`: constants, decorators, defaults, the
bodies of classes, and what a test has to see but a module did before it.
"""

from __future__ import annotations

import ast
import gc
import importlib
import multiprocessing
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from multiprocessing.connection import Connection
from types import CodeType, FunctionType

import pytest
from attempts import OPTIONS, Alarm, outcomes
from mutants import PACKAGE, ROOT, Mutant

OPTIMIZED = 0x1
"""`inspect.CO_OPTIMIZED`: the code of a function, not that of a module or class."""

Key = tuple[str, str, int]
"""A function: its file, qualified name and first line."""


class LiveFunctions:
    """The functions of the package that are loaded, whose code a mutant replaces."""

    def __init__(self) -> None:
        self.by_key: dict[Key, list[FunctionType]] = defaultdict(list)
        gc.unfreeze()  # what the collector passes over, it does not list
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType):
                self.by_key[_key(thing.__code__)].append(thing)

    def replacements(self, mutant: Mutant) -> list[tuple[FunctionType, CodeType]] | None:
        """What to replace by what; `None` if only an import shows the mutant."""
        original, changed = _compiled(mutant.module), _compile(mutant.module, mutant.tree())
        if _frame(original) != _frame(changed):
            return None
        before, after = _functions(original), _functions(changed)
        replaced = []
        for key in before.keys() | after.keys():
            if before.get(key) == after.get(key):
                continue
            functions = self.by_key.get(key, [])
            if len(before.get(key, ())) != 1 or len(after.get(key, ())) != 1:
                return None
            if not functions and not _is_nested(key):
                return None
            replaced += [(function, *after[key]) for function in functions]
        if any(f.__code__.co_freevars != code.co_freevars for f, code in replaced):
            return None
        return replaced or None


def _key(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _is_nested(key: Key) -> bool:
    return "<locals>" in key[1]


def _compile(module: str, tree: ast.Module) -> CodeType:
    return compile(tree, str(PACKAGE / module), "exec", dont_inherit=True)


@cache
def _compiled(module: str) -> CodeType:
    return _compile(module, ast.parse((PACKAGE / module).read_text("utf-8")))


def _inner(code: CodeType) -> Iterator[CodeType]:
    return (constant for constant in code.co_consts if isinstance(constant, CodeType))


def _functions(code: CodeType) -> Mapping[Key, list[CodeType]]:
    """Every function of a module, those of classes and functions included."""
    functions: dict[Key, list[CodeType]] = defaultdict(list)
    remaining = [code]
    while remaining:
        for inner in _inner(remaining.pop()):
            remaining.append(inner)
            if inner.co_flags & OPTIMIZED:
                functions[_key(inner)].append(inner)
    return functions


def _frame(code: CodeType) -> tuple[object, ...]:
    """A module without its functions: what its import runs itself."""
    return (
        code.co_code,
        code.co_names,
        tuple((type(c), repr(c)) for c in code.co_consts if not isinstance(c, CodeType)),
        tuple(_frame(inner) for inner in _inner(code) if not inner.co_flags & OPTIMIZED),
    )


class Failure:
    """As a plugin of pytest: the number of the test that failed, from 1; 0: none."""

    number = 0
    running = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.number = self.running


class Trials:
    """As a plugin of pytest: instead of its tests, a session runs the mutants' tests."""

    def __init__(
        self,
        chosen: list[Mutant],
        tests_of: Callable[[Mutant], list[str]],
        jobs: int,
        results: Connection,
    ) -> None:
        self.chosen, self.tests_of, self.jobs, self.results = chosen, tests_of, jobs, results
        self.kills: Counter[str] = Counter()
        """By test, the mutants that it has killed: it may kill the next one too."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for mutant in self.chosen:
            importlib.import_module(mutant.module_name)
        self.config = session.config
        self.items = {item.nodeid: item for item in session.items}
        self.functions = LiveFunctions()
        gc.collect()
        gc.freeze()  # so that no fork copies what stays
        unchanged = [test for test in self.tests_of(self.chosen[0]) if test in self.items]
        if any(code for _, code in outcomes([(None, partial(self.run, [], unchanged))], 1)):
            raise pytest.UsageError("tests fail in a fork of their session, without any mutant")
        for (mutant, tests), exit_code in outcomes(self.attempts(), self.jobs):
            if 0 < exit_code <= len(tests):
                self.kills[tests[exit_code - 1]] += 1
            self.results.send((mutant, exit_code == 0))
        return True

    def attempts(self) -> Iterator[tuple[tuple[Mutant, list[str]], Callable[[], int]]]:
        """Each mutant that needs no import, with its tests."""
        for mutant in self.chosen:
            replaced = self.functions.replacements(mutant)
            tests = [test for test in self.tests_of(mutant) if test in self.items]
            if not replaced or not tests:
                self.results.send((mutant, None))
                continue
            tests.sort(key=lambda test: -self.kills[test])
            yield (mutant, tests), partial(self.run, replaced, tests)

    def run(self, replaced: list[tuple[FunctionType, CodeType]], tests: list[str]) -> int:
        """In a fork: 0 if all tests pass, else the number of the first that fails, at most 255."""
        for function, code in replaced:
            function.__code__ = code
        empty_caches()
        failure = Failure()
        items = [self.items[test] for test in tests]
        self.config.pluginmanager.register(failure)
        self.config.pluginmanager.register(Alarm())
        for number, item in enumerate(items, 1):
            failure.running = number
            following = items[number] if number < len(items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if failure.number:
                break
        return min(failure.number, 255)


def empty_caches() -> None:
    """Empty those of the package: what was computed before a mutant is no result of it."""
    loaded = [module for name, module in sys.modules.items() if name.startswith(PACKAGE.name)]
    for module in loaded:
        for attribute in vars(module).values():
            if hasattr(attribute, "cache_clear"):
                attribute.cache_clear()


def trials(
    chosen: list[Mutant],
    tests_of: Callable[[Mutant], list[str]],
    paths: list[str],
    jobs: int,
) -> Iterator[tuple[Mutant, bool | None]]:
    """Each mutant and whether it survives its tests, as they come; `None`: import it.

    In a process of its own, so that the calling one has not imported the package.
    """
    context = multiprocessing.get_context("fork")
    results, sender = context.Pipe(duplex=False)
    process = context.Process(
        target=_run_session, args=(Trials(chosen, tests_of, jobs, sender), paths)
    )
    process.start()
    sender.close()
    try:
        while True:
            yield results.recv()
    except EOFError:
        process.join()
    if process.exitcode:
        raise SystemExit(f"the session of the mutants ended with {process.exitcode}")


def _run_session(trials: Trials, paths: list[str]) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.chdir(ROOT)
    os._exit(int(pytest.main([*OPTIONS, *paths], plugins=[trials])))
