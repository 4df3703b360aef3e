"""Mutation testing: changes that could change a verdict, and whether a test notices each.

    python tools/mutate.py [PATH[::FUNCTION] ...] [--jobs N] [--list]

PATH is a module or folder below ``src/cloudpack_baseline``; by default those that judge and
those that a verdict is made of. First the tests run once under coverage, which tells the
tests of each line; every test begins with empty caches, so that it runs what it depends on
itself. Then each mutant is compiled in a process of its own, where an import
hook puts it in the place of its module: no file is changed, and functions with decorators
are mutated as any other. Texts, what an observation shows (``read``, ``expected``), origins,
annotations, messages of exceptions, encodings and sizes of caches are left alone.

A mutant that no test notices survives. ``tests/mutation/survivors.toml`` lists those that
cannot be noticed, each with an argument; a survivor that is not listed, or a listed one that
is killed or gone, fails the run.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import multiprocessing.connection
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from multiprocessing.context import ForkProcess
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "cloudpack_baseline"
SURVIVORS = ROOT / "tests" / "mutation" / "survivors.toml"
TARGETS = (
    "checks",
    "model",
    "findings.py",
    "naming.py",
    "scope.py",
    "waivers.py",
    "attestations.py",
    "judging.py",
    "assessment.py",
)
"""What is mutated unless the command line says otherwise, below `PACKAGE`."""
TESTS = {
    "checks": ("tests/checks",),
    "model": ("tests/model", "tests/property/test_codec.py", "tests/sources"),
    "findings.py": ("tests/test_assessment.py", "tests/test_findings.py", "tests/checks/account"),
    "naming.py": ("tests/test_naming.py", "tests/test_assessment.py"),
    "scope.py": ("tests/test_scope.py", "tests/test_assessment.py"),
    "waivers.py": ("tests/test_waivers.py", "tests/test_assessment.py"),
    "attestations.py": ("tests/test_attestations.py",),
    "judging.py": ("tests/test_assessment.py", "tests/test_naming.py", "tests/checks/account"),
    "assessment.py": ("tests/test_assessment.py", "tests/test_cli.py"),
}
"""By the first part of a module's path: the tests that have to notice its mutants."""
SLOWEST = 120.0
"""Seconds that the tests of one mutant may take on a quiet machine; longer is a kill."""
MOST_TESTS = 400
"""Test functions that one mutant is given, those of its own folder first."""

WORDS = frozenset(("text", "Text", "origin_of", "strftime", "TypeVar"))
"""Calls whose arguments only word a verdict, say where a value came from, or name a type."""
NAMED_FIRST = frozenset(("unknown", "passed", "failed", "not_applicable"))
"""Calls whose first argument says what was looked at."""
SHOWN = frozenset(
    (
        "read",
        "expected",
        "origin",
        "detail",
        "notes",
        "default",
        "message",
        "field",
        "owner_field",
        "evidence",
        "words",
    )
)
"""Keyword arguments, and names of values for them, that show a verdict and do not make it."""
UNSEEN = {"open": "encoding", "read_text": "encoding", "lru_cache": "maxsize", "zip": "strict"}
"""By call, a keyword argument that no verdict depends on."""
COMPARISONS = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}
FUNCTIONS = {"any": "all", "all": "any", "min": "max", "max": "min"}
OUTCOMES = {"PASS": "FAIL", "FAIL": "PASS", "UNKNOWN": "PASS", "NOT_APPLICABLE": "FAIL"}


@dataclass(frozen=True)
class Mutant:
    """A changed module.

    Attributes:
        module: its file, below the package.
        function: the qualified name of the function or class that is changed.
        change: ``before -> after``.
        number: counts equal changes of one function, from 1.
        line: of the change.
        index: of the change among those of the module.
    """

    module: str
    function: str
    change: str
    number: int
    line: int
    index: int

    @property
    def id(self) -> str:
        """What the list of survivors calls it: no line number, which any edit would change."""
        count = f" ({self.number})" if self.number > 1 else ""
        return f"{self.module}::{self.function}: {self.change}{count}"

    def tree(self) -> ast.Module:
        """The syntax tree of the changed module."""
        tree = ast.parse((PACKAGE / self.module).read_text("utf-8"))
        mutator = Mutator()
        mutator.visit(tree)
        _, node, replacement = mutator.changes[self.index]
        return ast.fix_missing_locations(Replacer(node, replacement).visit(tree))


class Mutator(ast.NodeVisitor):
    """Visits whatever can change a verdict, and gathers (function, node, replacement)."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.changes: list[tuple[str, ast.AST, ast.AST]] = []

    def found(self, node: ast.AST, replacement: ast.AST) -> None:
        self.changes.append((".".join(self.names) or "<module>", node, replacement))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.within(node, [*node.decorator_list, *node.args.defaults, *node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.within(node, node.body)

    def within(self, node: ast.FunctionDef | ast.ClassDef, parts: Iterable[ast.AST]) -> None:
        self.names.append(node.name)
        for name in parts:
            self.visit(name)
        self.names.pop()

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        if isinstance(node.value, ast.Yield):
            nothing = ast.YieldFrom(ast.Tuple([], ast.Load()))
            self.found(node, ast.Expr(nothing))
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        name = node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""
        if name != "__all__" and name.strip("_").lower() not in SHOWN:
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        """What an exception says is no verdict."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """What is put together is shown, or a key that a lookup of its own tests."""

    def visit_Call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in WORDS:
            return
        if name in FUNCTIONS and isinstance(node.func, ast.Name):
            changed = copy.deepcopy(node)
            changed.func.id = FUNCTIONS[name]
            self.found(node, changed)
        if name != "join":  # what is between the parts of a text
            self.visit(node.func)
        for argument in node.args[1:] if name in NAMED_FIRST else node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg not in SHOWN and keyword.arg != UNSEEN.get(name):
                self.visit(keyword.value)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.value.id == "Outcome":
            if node.attr in OUTCOMES:
                self.found(node, ast.Attribute(node.value, OUTCOMES[node.attr], ast.Load()))
            return
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for index, operator in enumerate(node.ops):
            changed = copy.deepcopy(node)
            changed.ops[index] = COMPARISONS[type(operator)]()
            self.found(node, changed)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        operator = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        self.found(node, ast.BoolOp(operator, copy.deepcopy(node.values)))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in OPERATORS:
            operator = OPERATORS[type(node.op)]()
            self.found(
                node, ast.BinOp(copy.deepcopy(node.left), operator, copy.deepcopy(node.right))
            )
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self.found(node, copy.deepcopy(node.operand))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self.found(node, ast.Constant(not value))
        elif isinstance(value, int):
            self.found(node, ast.Constant(value + 1))
        elif isinstance(value, str) and "\n" not in value:
            self.found(node, ast.Constant(f"{value}~"))

    def visit_If(self, node: ast.If) -> None:
        self.condition(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.condition(node)

    def visit_While(self, node: ast.While) -> None:
        self.condition(node)

    def condition(self, node: ast.If | ast.IfExp | ast.While) -> None:
        """Conditions without an operator of their own are negated as a whole."""
        if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
            self.found(node.test, ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)))
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for condition in node.ifs:
            if not isinstance(condition, ast.Compare | ast.BoolOp | ast.UnaryOp):
                self.found(condition, ast.UnaryOp(ast.Not(), copy.deepcopy(condition)))
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self.found(node, ast.Pass())


class Replacer(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, node: ast.AST, replacement: ast.AST) -> None:
        self.node, self.replacement = node, replacement

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.node:
            return ast.copy_location(self.replacement, node)
        return self.generic_visit(node)


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of a module."""
    mutator = Mutator()
    mutator.visit(ast.parse(path.read_text("utf-8")))
    counts: Counter[tuple[str, str]] = Counter()
    for index, (function, node, replacement) in enumerate(mutator.changes):
        change = f"{ast.unparse(node)} -> {ast.unparse(replacement)}".replace("\n", " ")
        counts[function, change] += 1
        yield Mutant(
            module=path.relative_to(PACKAGE).as_posix(),
            function=function,
            change=change,
            number=counts[function, change],
            line=node.lineno,
            index=index,
        )


def modules(paths: Iterable[str]) -> list[Path]:
    """The files that the paths mean; not those that say that they are generated."""
    files = []
    for name in paths:
        path = (ROOT / name) if (ROOT / name).exists() else PACKAGE / name
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [file for file in files if "enerated by" not in file.read_text("utf-8")[:300]]


def chosen_mutants(paths: Iterable[str]) -> list[Mutant]:
    """The mutants of the paths; of one function, or of a class with its methods, if it is named."""
    chosen = []
    for name in paths:
        path, _, function = name.partition("::")
        chosen += [
            mutant
            for file in modules([path])
            for mutant in mutants(file)
            if not function or f"{mutant.function}.".startswith(f"{function}.")
        ]
    return chosen


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
        segments = ("cloudpack_baseline", *Path(mutant.module).with_suffix("").parts)
        self.is_package = segments[-1] == "__init__"
        self.name = ".".join(segments[:-1] if self.is_package else segments)
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
            submodule_search_locations=[str(self.file.parent)] if self.is_package else None,
        )


def _run(mutant: Mutant | None, tests: list[str]) -> None:
    """In a process of its own: the tests against the mutant; exit code 0 if all pass."""
    import pytest

    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.chdir(ROOT)
    if mutant is not None:
        sys.meta_path.insert(0, Finder(mutant))
    # Without rewritten assertions: nobody reads them, and what is loaded already stays as it is.
    options = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "--hypothesis-profile=ci"]
    os._exit(int(pytest.main([*options, *tests])))


@dataclass(frozen=True)
class Attempt:
    """A mutant whose tests are running.

    Attributes:
        mutant: `None`: the module as it is.
        process: runs its tests.
        deadline: when they have taken too long, which is noticing.
    """

    mutant: Mutant | None
    process: ForkProcess
    deadline: float

    @classmethod
    def start(cls, mutant: Mutant | None, tests: list[str]) -> Attempt:
        """Begin; a busy machine has more time."""
        process = multiprocessing.get_context("fork").Process(target=_run, args=(mutant, tests))
        process.start()
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        return cls(mutant, process, time.monotonic() + SLOWEST * max(1.0, load))

    def survived(self) -> bool | None:
        """Whether every test passed; `None`: they are still running."""
        if self.process.is_alive():
            if time.monotonic() < self.deadline:
                return None
            self.process.kill()
        self.process.join()
        return self.process.exitcode == 0


def attempts(
    chosen: Iterable[Mutant], lines: Mapping[str, Mapping[int, set[str]]], jobs: int
) -> Iterator[Mutant]:
    """The mutants that survive, as they come.

    One thread starts and watches all processes: of a process with several threads, a fork
    may inherit a lock that nobody lets go.
    """
    waiting = iter(chosen)
    running: list[Attempt] = []
    while True:
        while len(running) < jobs and (mutant := next(waiting, None)):
            if tests := tests_of(mutant, lines):
                running.append(Attempt.start(mutant, tests))
            else:
                yield mutant
        if not running:
            return
        multiprocessing.connection.wait(
            [attempt.process.sentinel for attempt in running], timeout=5
        )
        outcomes = [(attempt, attempt.survived()) for attempt in running]
        running = [attempt for attempt, survived in outcomes if survived is None]
        yield from (attempt.mutant for attempt, survived in outcomes if survived)


def test_paths(chosen: Iterable[str]) -> list[str]:
    """Where the tests of the modules are."""
    paths = {path for module in chosen for path in TESTS[module.partition("/")[0]]}
    return sorted(path for path in paths if (ROOT / path).exists())


def tests_by_line(folder: Path, paths: list[str]) -> Mapping[str, Mapping[int, set[str]]]:
    """By module and line: the test functions that run it; line 0: all of the module."""
    data = folder / "coverage"
    config = folder / "coveragerc"
    config.write_text(f"[run]\nsource_pkgs = cloudpack_baseline\ndata_file = {data}\n", "utf-8")
    plugins = ["-p", "no:cacheprovider", "-p", Path(__file__).stem]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, *paths]
    cover = ["--cov", f"--cov-config={config}", "--cov-context=test", "--cov-report="]
    done = subprocess.run(
        [*command, *cover, "--hypothesis-profile=ci"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(_search_path())},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"the tests fail without any mutant:\n{done.stdout[-3000:]}")
    lines: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    from coverage import CoverageData

    coverage = CoverageData(str(data))
    coverage.read()
    for file in coverage.measured_files():
        if not Path(file).is_relative_to(PACKAGE):
            continue
        module = Path(file).relative_to(PACKAGE).as_posix()
        for line, contexts in coverage.contexts_by_lineno(file).items():
            functions = {context.partition("|")[0].partition("[")[0] for context in contexts}
            lines[module][line] |= functions - {""}
            lines[module][0] |= functions - {""}
    return lines


def _search_path() -> list[str]:
    """Where modules are found, with this one, which is a plugin of pytest there."""
    before = os.environ.get("PYTHONPATH")
    return [str(Path(__file__).parent), *([before] if before else [])]


def pytest_runtest_setup() -> None:
    """As a plugin of pytest: empty the caches of the package before each test.

    Otherwise only the first of the tests that depend on a cached function would run it.
    """
    loaded = [module for name, module in sys.modules.items() if name.startswith(PACKAGE.name)]
    for module in loaded:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def tests_of(mutant: Mutant, lines: Mapping[str, Mapping[int, set[str]]]) -> list[str]:
    """The tests that run the line, those of the module's own folder first, then of those above.

    What is run at import, as a constant, is noticed by any test of the module.
    """
    covered = lines.get(mutant.module, {})
    at_import = mutant.function == "<module>" or not covered.get(mutant.line)
    functions = covered.get(0 if at_import else mutant.line, set())
    own_tests = f"tests/{Path(mutant.module).parent.as_posix()}/"
    stem = Path(mutant.module).stem.strip("_")

    def distance(test: str) -> tuple[bool, bool, bool, str]:
        above = own_tests.startswith(f"{test.partition('::')[0].rpartition('/')[0]}/")
        return stem not in test, own_tests not in test, not above, test

    return sorted(functions, key=distance)[:MOST_TESTS]


def listed() -> dict[str, str]:
    """The survivors that are known, with the argument for each."""
    if not SURVIVORS.exists():
        return {}
    rows = tomllib.loads(SURVIVORS.read_text("utf-8")).get("survivors", [])
    return {row["mutant"]: row["argument"] for row in rows}


def stale_rows(
    known: Iterable[str], chosen: Iterable[Mutant], survivors: Iterable[str]
) -> list[str]:
    """The listed mutants that were killed, or that their module has no longer."""
    files = {mutant.module for mutant in chosen}
    present = {mutant.id for file in files for mutant in mutants(PACKAGE / file)}
    killed = {mutant.id for mutant in chosen} - set(survivors)
    return [
        row
        for row in known
        if row in killed or (row.partition("::")[0] in files and row not in present)
    ]


def main() -> int:
    """Run; 0 if the survivors are those that are listed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=list(TARGETS), metavar="PATH[::FUNCTION]")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes at once")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    arguments = parser.parse_args()
    chosen = chosen_mutants(arguments.paths)
    if arguments.list:
        print(*(mutant.id for mutant in chosen), sep="\n")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        lines = tests_by_line(Path(folder), test_paths(mutant.module for mutant in chosen))
    _preload()
    attempt = Attempt.start(None, tests_of(chosen[0], lines)[:5])
    while (passed := attempt.survived()) is None:
        attempt.process.join(5)
    if not passed:
        raise SystemExit("tests fail in a process of their own, without any mutant")
    known = listed()
    started = time.monotonic()
    survivors = []
    for mutant in attempts(chosen, lines, arguments.jobs):
        survivors.append(mutant.id)
        if mutant.id not in known:
            print(f"SURVIVES  {mutant.id}  (line {mutant.line})", flush=True)
    stale = stale_rows(known, chosen, survivors)
    for mutant in stale:
        print(f"LISTED, but killed or gone  {mutant}")
    new = [mutant for mutant in survivors if mutant not in known]
    print(
        f"{len(chosen)} mutants in {time.monotonic() - started:.0f} s: "
        f"{len(chosen) - len(survivors)} killed, {len(survivors) - len(new)} listed, "
        f"{len(new)} new survivors"
    )
    return 1 if new or stale else 0


def _preload() -> None:
    """What every run imports anyway, so that it is there when a process begins."""
    for module in ("boto3", "hypothesis", "pytest"):
        importlib.import_module(module)


if __name__ == "__main__":
    sys.exit(main())
